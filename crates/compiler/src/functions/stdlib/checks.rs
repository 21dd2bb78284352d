//! `validate_cmd`, `validate_augeas`, `validate_x509_rsa_key_pair`, `pry`, and the checks of names of stdlib 9

use std::time::Duration;

use pcore::Value;
use pcore::format::{ruby_inspect, ruby_to_s};

use super::arguments::fits;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::shellwords;
use crate::functions::{Legacy, Native, Overload, ruby};

/// Longest run of a command.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Fails if a command does not accept a text as the content of a file. A `%` in the command is the name of the file,
/// which else stands behind it; a third argument is the message.
///
/// ```puppet
/// validate_cmd($content, '/usr/sbin/visudo -c -f', 'the sudoers file is wrong')
/// ```
pub(super) const VALIDATE_CMD: Legacy = Legacy::statement("validate_cmd", -1, |context, arguments| {
    let (content, command) = match arguments {
        [content, command] | [content, command, _] => (content, command),
        _ => {
            let count = arguments.len();
            return Err(format!("validate_cmd(): wrong number of arguments ({count}; must be 2 or 3)").into());
        }
    };
    let Value::Str(line) = command else { return Err(ruby::no_conversion(command, "String").into()) };
    let message = match arguments.get(2).filter(|message| message.is_true()) {
        Some(message) => ruby_to_s(message),
        None => format!("validate_cmd(): failed to validate content with command {}", ruby_inspect(command)),
    };
    match run_with_file(context, &ruby::legacy_to_s(content), line) {
        Ok(()) => Ok(Value::Undef),
        Err(detail) => Err(format!("{message}\n{detail}").into()),
    }
});

/// Runs a command line with a file of that content; the error is the text of a run that failed.
fn run_with_file(context: &mut Context<'_, '_>, content: &str, line: &str) -> Result<(), String> {
    context.mark_impure();
    let has_place = fits(r"\s%(\s|$)", line);
    let line = if has_place { line.replace('%', "$file") } else { format!("{line} $file") };
    let world = context.world();
    let file = world.scratch_file("validate_cmd", content.as_bytes())?;
    let path = file.path().to_string_lossy();
    // The shell says at the end how it went.
    let script = format!("file={}\n( {line}\n)\nprintf '\\n%s' \"$?\"", shellwords::escape(&path));
    let shell = ["/bin/sh", "-c", &script].map(str::to_owned);
    let output = world.run(&shell, None, TIME_MAX).map_err(|error| error.replace(&script, &line))?;
    let output = String::from_utf8_lossy(&output);
    let (said, status) = output.rsplit_once('\n').ok_or("the command gave no status")?;
    if status == "0" {
        return Ok(());
    }
    let line = line.replace("$file", &path);
    Err(format!("Execution of '{line}' returned {status}: {said}"))
}

/// Fails: it needs the library Augeas.
pub(super) const VALIDATE_AUGEAS: Legacy = Legacy::statement("validate_augeas", -1, |_, _| {
    Err("validate_augeas(): this function requires the augeas feature. See \
         http://docs.puppetlabs.com/guides/augeas.html#pre-requisites for how to activate it."
        .into())
});

/// Fails: there is no debugger to start.
pub(super) const PRY: Legacy = Legacy::statement("pry", -1, |_, _| {
    Err("pry(): Requires the 'pry' rubygem to use, but it was not found".into())
});

/// Fails if a certificate is not signed with an RSA key, both in PEM.
///
/// ```puppet
/// validate_x509_rsa_key_pair($certificate, $key)
/// ```
pub(super) const VALIDATE_X509_RSA_KEY_PAIR: Legacy =
    Legacy::statement("validate_x509_rsa_key_pair", -1, |_, arguments| {
        let [certificate, key] = arguments else {
            let count = arguments.len();
            let text =
                format!("validate_x509_rsa_key_pair(): wrong number of arguments ({count}; must be 2)");
            return Err(text.into());
        };
        let text = |value: &Value| match value {
            Value::Str(text) => Ok(text.clone()),
            other => Err(Control::from(format!("{} is not a string.", ruby_inspect(other)))),
        };
        let (certificate, key) = (text(certificate)?, text(key)?);
        let certificate = pki::Certificate::from_pem(certificate.as_bytes())
            .map_err(|error| Control::from(format!("Not a valid x509 certificate: {}", detail(&error))))?;
        let key = pki::KeyPair::from_pem(key.as_bytes())
            .map_err(|error| Control::from(format!("Not a valid RSA key: {}", key_detail(&error))))?;
        match certificate.verify(key.public_key()) {
            Ok(()) => Ok(Value::Undef),
            Err(_) => Err("Certificate signature does not match supplied key".into()),
        }
    });

/// The text for a certificate without PEM as OpenSSL has it, else our own.
fn detail(error: &pki::Error) -> String {
    match error {
        pki::Error::NoPem { .. } | pki::Error::NotOnePem { found: 0, .. } => {
            "PEM_read_bio_X509: no start line".to_owned()
        }
        other => other.to_string(),
    }
}

fn key_detail(error: &pki::Error) -> String {
    match error {
        pki::Error::NoPem { .. } => "Neither PUB key nor PRIV key: unsupported".to_owned(),
        other => other.to_string(),
    }
}

/// Fails if one of the arguments is no domain name.
pub(super) const VALIDATE_DOMAIN_NAME: Native = Native {
    name: "stdlib::validate_domain_name",
    local_types: &[],
    overloads: &[Overload::new("(Any *$values)", |context, arguments| {
        validate(context, arguments, "(Variant[Stdlib::Fqdn, Stdlib::Dns::Zone] *$values)")
    })],
};

/// Fails if one of the arguments is no mail address.
pub(super) const VALIDATE_EMAIL_ADDRESS: Native = Native {
    name: "stdlib::validate_email_address",
    local_types: &[],
    overloads: &[Overload::new("(Any *$values)", |context, arguments| {
        validate(context, arguments, "(Stdlib::Email *$values)")
    })],
};

fn validate(context: &mut Context<'_, '_>, arguments: &[Value], signature: &str) -> Result<Value, Control> {
    context.check_signatures(&[signature], arguments)?;
    if arguments.is_empty() {
        return Err(format!("{}(): Wrong number of arguments need at least one", context.name()).into());
    }
    Ok(Value::Undef)
}

/// `sprintf_hash`: as `sprintf` with a hash, but deprecated.
pub(super) const SPRINTF_HASH: Native = Native {
    name: "sprintf_hash",
    local_types: &[],
    overloads: &[Overload::new("(String $format, Hash $arguments)", |context, arguments| {
        let text =
            "This method is deprecated. From Puppet 4.10.10/5.3.4 please use the built-in sprintf instead";
        super::deprecated::deprecation(context, "sprintf_hash", text, true)?;
        let [Value::Str(format), hash] = arguments else { return Ok(Value::Undef) };
        Ok(pcore::format::sprintf(format, std::slice::from_ref(hash))?.into())
    })],
};
