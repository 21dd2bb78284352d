//! `template`, `inline_template`

use std::path::Path;

use pcore::Value;
use pcore::format::to_s;

use super::Legacy;
use crate::context::Context;
use crate::erb;
use crate::error::{Control, Error};

/// Renders ERB templates of modules (`module/file`, in the folder `templates`) or at absolute paths, and joins the results.
///
/// ```puppet
/// template('apache/vhost.conf.erb')
/// ```
///
/// A template sees the variables of the caller as `@name`, and any variable through `scope['module::name']`. Its Ruby
/// code is run by a native interpreter; what that does not know a process with a Ruby renders, if there is one.
pub(super) const TEMPLATE: Legacy = Legacy {
    name: "template",
    arity: -2,
    statement: false,
    body: |context, arguments| {
        let mut out = String::new();
        for argument in arguments {
            let Value::Str(name) = argument else {
                return Err(format!("the name of a template must be a String, not {}", to_s(argument)).into());
            };
            out.push_str(&template(context, name)?);
        }
        Ok(out.into())
    },
};

/// Renders strings as ERB templates and joins the results.
///
/// ```puppet
/// inline_template('<%= @servers.sort.join(",") %>')
/// ```
pub(super) const INLINE_TEMPLATE: Legacy = Legacy {
    name: "inline_template",
    arity: -2,
    statement: false,
    body: |context, arguments| {
        let mut out = String::new();
        for argument in arguments {
            out.push_str(&erb::render(context, &to_s(argument), None).map_err(erb::inline_error)?);
        }
        Ok(out.into())
    },
};

fn template(context: &mut Context<'_, '_>, name: &str) -> Result<String, Control> {
    context.debug(|| format!("Retrieving template {name}"));
    if let Some(template) = context.session.templates_as_found().erb.get(name).cloned() {
        return erb::render_file(context, &template)
            .map_err(|failure| erb::template_error(failure, name, &template.path));
    }
    let Some(path) = context.find_file("templates", name) else {
        if Path::new(name).is_absolute() {
            let detail = format!("No such file or directory @ rb_sysopen - {name}");
            return Err(erb::template_error(erb::Failure::Raised(detail, 1), name, name));
        }
        return Err(Error::new(format!("Could not find template '{name}'")).into());
    };
    let shown = path.to_string_lossy();
    let failed = |detail: String| erb::template_error(erb::Failure::Raised(detail, 1), name, &shown);
    let bytes = context.read_file(&path).map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| failed("the template is not UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let template = erb::TemplateFile::new(context, text, &shown);
    context.session.templates.erb.insert(name.to_owned(), template.clone());
    erb::render_file(context, &template).map_err(|failure| erb::template_error(failure, name, &shown))
}
