//! What may be signed: the rules for names and extensions, without any files.
//!
//! Each rule is one function with Puppet's message; the order in which they are asked is that of
//! `process-csr-submission!` in Puppet Server, because it decides which message a request with two faults gets.

use pki::{AltName, Csr, Extension, oid};

use crate::error::{Error, Reason, Result};
use crate::files::is_file_name;
use crate::settings::Settings;

/// What an administrator allows for the one request that is signed by hand, beside what the settings allow for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Alternative names.
    pub alt_names: bool,
    /// The extension `pp_auth_role` = `pe_compiler`, and no other authorization extension.
    pub compiler_role: bool,
}

/// The certname of a request: the common name of its subject.
pub fn certname(csr: &Csr) -> Result<String> {
    csr.certname().ok_or_else(|| Error::refused(Reason::InvalidName, "Subject hostname format is invalid"))
}

/// The name in the request is the name it was sent for, and is fit to be a certname.
pub fn check_subject(requested: &str, subject: &str) -> Result<()> {
    let invalid = |message: String| Err(Error::refused(Reason::InvalidName, message));
    if requested != subject {
        return Err(Error::refused(
            Reason::NameMismatch,
            format!("Instance name \"{subject}\" does not match requested key \"{requested}\""),
        ));
    }
    if subject.to_lowercase() != subject {
        return invalid("Certificate names must be lower case.".into());
    }
    if subject.contains('*') {
        return invalid(format!("Subject contains a wildcard, which is not allowed: {subject}"));
    }
    if !is_certname(subject) {
        return invalid("Subject hostname format is invalid".into());
    }
    Ok(())
}

fn is_certname(subject: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // Dots at the end are not seen, as in Puppet Server, where the split drops empty labels there.
    let labels = subject.trim_end_matches('.');
    is_file_name(subject)
        && !subject.ends_with('-')
        && labels.starts_with(is_word)
        && labels
            .split('.')
            .all(|label| label.ends_with(is_word) && label.chars().all(|c| is_word(c) || c == '-'))
}

/// The alternative names are only the certname itself, or are allowed.
pub fn check_alt_names(csr: &Csr, subject: &str, settings: &Settings, grants: Grants) -> Result<()> {
    let names = csr.alt_names().map_err(|error| Error::refused(Reason::Malformed, error.to_string()))?;
    if settings.allow_subject_alt_names || grants.alt_names {
        return Ok(());
    }
    let own = AltName::Dns(subject.to_owned());
    let mut extra: Vec<&AltName> = names.iter().filter(|name| **name != own).collect();
    if extra.is_empty() {
        return Ok(());
    }
    // Addresses come first, as in the status documents.
    extra.sort_by_key(|name| !matches!(name, AltName::Ip(_)));
    let extra: Vec<String> = extra.iter().map(ToString::to_string).collect();
    Err(Error::refused(
        Reason::DisallowedExtension,
        format!(
            "CSR '{subject}' contains extra subject alternative names ({}), which are disallowed. To allow subject \
             alternative names, set allow-subject-alt-names to true in your ca.conf file. Then restart the \
             puppetserver and try signing this certificate again.",
            extra.join(", ")
        ),
    ))
}

/// There are no authorization extensions, or they are allowed.
pub fn check_authorization_extensions(
    csr: &Csr,
    subject: &str,
    settings: &Settings,
    grants: Grants,
) -> Result<()> {
    let granted = |extension: &Extension| {
        grants.compiler_role && extension.oid == oid::PP_AUTH_ROLE && extension.as_text() == "pe_compiler"
    };
    let asks = csr
        .extensions()
        .iter()
        .any(|extension| oid::is_below(&extension.oid, &oid::PUPPET_AUTHORIZATION) && !granted(extension));
    if !asks || settings.allow_authorization_extensions {
        return Ok(());
    }
    Err(Error::refused(
        Reason::DisallowedExtension,
        format!(
            "CSR '{subject}' contains an authorization extension, which is disallowed. To allow authorization \
             extensions, set allow-authorization-extensions to true in your ca.conf file. Then restart the \
             puppetserver and try signing this certificate again."
        ),
    ))
}

/// Nothing but alternative names and Puppet's own extensions is asked for, and never the right to administer
/// the authority.
pub fn check_extensions(extensions: &[Extension]) -> Result<()> {
    let allowed = |extension: &&Extension| {
        extension.oid == oid::SUBJECT_ALT_NAME
            || extension.oid != oid::PP_CLI_AUTH
                && [oid::PUPPET_AUTHORIZATION, oid::PUPPET_REGISTERED, oid::PUPPET_PRIVATE]
                    .iter()
                    .any(|arc| oid::is_below(&extension.oid, arc))
    };
    let bad: Vec<String> =
        extensions.iter().filter(|e| !allowed(e)).map(|extension| extension.oid.to_string()).collect();
    if bad.is_empty() {
        return Ok(());
    }
    Err(Error::refused(
        Reason::DisallowedExtension,
        format!("Found extensions that are not permitted: {}", bad.join(", ")),
    ))
}

/// Whoever sent the request has the private key.
pub fn check_signature(csr: &Csr) -> Result<()> {
    csr.verify().map_err(|_| {
        Error::refused(
            Reason::InvalidSignature,
            "CSR contains a public key that does not correspond to the signing key",
        )
    })
}

/// All checks that stand between a pending request and its signature, but the one of the subject.
pub fn check_contents(csr: &Csr, subject: &str, settings: &Settings, grants: Grants) -> Result<()> {
    check_alt_names(csr, subject, settings, grants)?;
    check_authorization_extensions(csr, subject, settings, grants)?;
    check_extensions(csr.extensions())?;
    check_signature(csr)
}

/// Whether the agent says that it will renew the certificate in time.
pub fn renews(csr: &Csr) -> bool {
    csr.attribute_text(&oid::PP_AUTH_AUTO_RENEW).as_deref() == Some("true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pki::{CsrBuilder, KeyKind, KeyPair, Oid, OidNames};

    fn subject_error(requested: &str, subject: &str) -> Option<String> {
        check_subject(requested, subject).err().map(|error| error.to_string())
    }

    #[test]
    fn names_that_are_certnames() {
        for name in ["a", "web01.example.com", "_x", "a_b-c.d", "10.example", "a."] {
            assert_eq!(subject_error(name, name), None, "{name}");
        }
        let long = "a".repeat(300);
        for name in ["", ".", ".a", "-a", "a-", "a..b", "a b", "a/b", "a.b-.c", "é", "a\n", long.as_str()] {
            let told = subject_error(name, name);
            assert_eq!(told.as_deref(), Some("Subject hostname format is invalid"), "{name:?}");
        }
    }

    #[test]
    fn messages_about_names() {
        assert_eq!(
            subject_error("a", "b").as_deref(),
            Some("Instance name \"b\" does not match requested key \"a\"")
        );
        assert_eq!(subject_error("Web", "Web").as_deref(), Some("Certificate names must be lower case."));
        assert_eq!(
            subject_error("*.x", "*.x").as_deref(),
            Some("Subject contains a wildcard, which is not allowed: *.x")
        );
    }

    fn request(extensions: Vec<Extension>) -> Csr {
        let key = KeyPair::generate(KeyKind::EcP256).unwrap();
        let builder = CsrBuilder::new("web01").unwrap();
        extensions.into_iter().fold(builder, CsrBuilder::extension).sign(&key).unwrap()
    }

    fn contents_error(extensions: Vec<Extension>, settings: &Settings) -> Option<String> {
        check_contents(&request(extensions), "web01", settings, Grants::default())
            .err()
            .map(|error| error.to_string())
    }

    fn alt_names(names: &[&str]) -> Extension {
        let names: Vec<AltName> = names.iter().map(|name| AltName::parse(name).unwrap()).collect();
        Extension::subject_alt_name(&names).unwrap()
    }

    #[test]
    fn an_administrator_allows_one_request_more_and_no_other_right() {
        let settings = Settings::new("/ca", "puppet");
        let granted = |extensions: Vec<Extension>, grants: Grants| {
            check_contents(&request(extensions), "web01", &settings, grants).is_ok()
        };
        let role = |role: &str| Extension::text(oid::PP_AUTH_ROLE, role).unwrap();
        let both = Grants { alt_names: true, compiler_role: true };
        let compiler = || vec![alt_names(&["web01", "puppet"]), role("pe_compiler")];
        assert!(granted(compiler(), both));
        assert!(!granted(compiler(), Grants { alt_names: false, ..both }));
        assert!(!granted(compiler(), Grants { compiler_role: false, ..both }));
        assert!(!granted(vec![role("administrator")], both));
        let other = Extension::text(Oid::new("1.3.6.1.4.1.34380.1.3.1").unwrap(), "x").unwrap();
        assert!(!granted(vec![role("pe_compiler"), other], both));
        assert!(!granted(vec![Extension::text(oid::PP_CLI_AUTH, "true").unwrap()], both));
    }

    #[test]
    fn alternative_names_need_permission_unless_they_are_the_own_one() {
        let mut settings = Settings::new("/ca", "puppet");
        assert_eq!(contents_error(vec![alt_names(&["web01"])], &settings), None);
        let told = contents_error(vec![alt_names(&["www", "web01", "IP:10.0.0.1"])], &settings).unwrap();
        assert!(
            told.starts_with(
                "CSR 'web01' contains extra subject alternative names (IP:10.0.0.1, DNS:www), which are disallowed. To \
                 allow subject alternative names, set"
            ),
            "{told}"
        );
        settings.allow_subject_alt_names = true;
        assert_eq!(contents_error(vec![alt_names(&["www"])], &settings), None);
    }

    #[test]
    fn a_name_of_another_kind_is_no_way_round_the_permission() {
        let mut mail = alt_names(&[]);
        mail.value = b"\x30\x05\x81\x03a@b".to_vec();
        let told = contents_error(vec![mail], &Settings::new("/ca", "puppet")).unwrap();
        assert!(told.contains("(email:a@b)"), "{told}");
    }

    #[test]
    fn the_administrators_extension_is_never_given() {
        let names = OidNames::default();
        let text = |name: &str| Extension::text(names.oid(name).unwrap(), "true").unwrap();
        let mut settings = Settings::new("/ca", "puppet");
        let told = contents_error(vec![text("pp_auth_role")], &settings).unwrap();
        assert!(told.starts_with("CSR 'web01' contains an authorization extension, which is disallowed."));
        settings.allow_authorization_extensions = true;
        assert_eq!(contents_error(vec![text("pp_auth_role"), text("pp_role")], &settings), None);
        assert_eq!(
            contents_error(vec![text("pp_cli_auth"), text("2.5.29.19")], &settings).unwrap(),
            "Found extensions that are not permitted: 1.3.6.1.4.1.34380.1.3.39, 2.5.29.19"
        );
    }
}
