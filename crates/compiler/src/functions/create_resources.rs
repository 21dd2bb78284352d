//! `create_resources`

use pcore::{Hash, Value};

use super::{Legacy, ruby};
use crate::context::Context;
use crate::error::{Control, Error};

/// Declares resources of one type from a hash of titles and parameters. A second hash gives parameters for all of
/// them.
///
/// ```puppet
/// create_resources('user', { 'nick' => { 'uid' => 1330 }, 'dan' => { 'uid' => 1308 } }, { 'ensure' => 'present' })
/// create_resources('@@nagios_host', $hosts)   # exported; with one @ virtual
/// create_resources('class', { 'apache' => { 'port' => 80 } })
/// ```
///
/// Parameters that are `undef` take their defaults.
pub(super) const FUNCTION: Legacy =
    Legacy { name: "create_resources", arity: -3, statement: true, body: create_resources };

pub(super) fn create_resources(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    context.needs_catalog("create_resources")?;
    let (type_name, instances, defaults) = match arguments {
        [type_name, instances] => (type_name, instances, None),
        [type_name, instances, defaults] => (type_name, instances, Some(defaults)),
        more => {
            let count = more.len();
            return Err(
                format!("create_resources(): wrong number of arguments ({count}; must be 2 or 3)").into()
            );
        }
    };
    let Value::Hash(instances) = instances else {
        return Err("create_resources(): second argument must be a hash".into());
    };
    let defaults = match defaults {
        None => None,
        Some(Value::Hash(defaults)) => Some(&**defaults),
        Some(_) => return Err("create_resources(): third argument, if provided, must be a hash".into()),
    };
    let Value::Str(type_name) = type_name else { return Err(ruby::no_method("sub", type_name).into()) };
    if type_name.starts_with('@') && type_name.trim_start_matches('@').eq_ignore_ascii_case("class") {
        return Err(Error::issue_at("Classes are not virtualizable", &context.site().of_stack()).into());
    }
    for (title, parameters) in instances.iter() {
        let Value::Hash(parameters) = parameters else {
            return Err(ruby::no_conversion(parameters, "Hash").into());
        };
        let parameters = match defaults {
            None => (**parameters).clone(),
            Some(defaults) => merged(defaults, parameters),
        };
        let resources: Vec<(Value, Hash)> = match title {
            Value::Array(titles) => titles.iter().map(|title| (title.clone(), parameters.clone())).collect(),
            title => vec![(title.clone(), parameters)],
        };
        context.declare(type_name, &resources)?;
    }
    Ok(Value::Undef)
}

fn merged(defaults: &Hash, own: &Hash) -> Hash {
    let mut all = defaults.clone();
    all.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
    all
}
