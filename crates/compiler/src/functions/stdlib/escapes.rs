//! `batch_escape`, `powershell_escape`, `shell_escape`, `uriescape`

use pcore::Value;
use pcore::format::ruby_to_s;

use super::strings::each_text;
use crate::functions::ruby::shellwords;
use crate::functions::ruby::string::percent_encoded;
use crate::functions::{Legacy, Native, Overload};

/// `batch_escape` as stdlib 8 has it.
pub(super) const BATCH_ESCAPE_8: Native = Native { name: "batch_escape", local_types: &[], overloads: BATCH };

/// Text as one argument of a batch file.
///
/// ```puppet
/// stdlib::batch_escape('say "hi"') # '"say ""hi"""'
/// ```
pub(super) const BATCH_ESCAPE: Native =
    Native { name: "stdlib::batch_escape", local_types: &[], overloads: BATCH };

const BATCH: &[Overload] = &[Overload::new("(Any $string)", |_, arguments| {
    let mut out = String::from('"');
    for c in text_of(arguments).chars() {
        match c {
            '"' => out.push_str("\"\""),
            '$' | '\\' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push('"');
    Ok(out.into())
})];

/// `powershell_escape` as stdlib 8 has it.
pub(super) const POWERSHELL_ESCAPE_8: Native =
    Native { name: "powershell_escape", local_types: &[], overloads: POWERSHELL };

/// Text as one argument in PowerShell.
///
/// ```puppet
/// stdlib::powershell_escape('a $b') # 'a` `$b'
/// ```
pub(super) const POWERSHELL_ESCAPE: Native =
    Native { name: "stdlib::powershell_escape", local_types: &[], overloads: POWERSHELL };

const POWERSHELL: &[Overload] = &[Overload::new("(Any $string)", |_, arguments| {
    let mut out = String::new();
    for c in text_of(arguments).chars() {
        match c {
            ' ' | '\'' | '`' | '|' | '\n' | '$' => out.extend(['`', c]),
            '"' => out.push_str("\\`\""),
            c => out.push(c),
        }
    }
    Ok(out.into())
})];

/// `shell_escape` as stdlib 8 has it.
pub(super) const SHELL_ESCAPE_8: Native = Native { name: "shell_escape", local_types: &[], overloads: SHELL };

/// Text as one word of a command line.
///
/// ```puppet
/// stdlib::shell_escape('two words') # 'two\ words'
/// ```
pub(super) const SHELL_ESCAPE: Native =
    Native { name: "stdlib::shell_escape", local_types: &[], overloads: SHELL };

const SHELL: &[Overload] =
    &[Overload::new("(Any $string)", |_, arguments| Ok(shellwords::escape(&text_of(arguments)).into()))];

fn text_of(arguments: &[Value]) -> String {
    arguments.first().map(ruby_to_s).unwrap_or_default()
}

/// A text, or the texts of an array, as part of a URL.
///
/// ```puppet
/// uriescape('a b') # 'a%20b'
/// ```
pub(super) const URIESCAPE_8: Legacy = Legacy::value("uriescape", -1, |_, arguments| {
    each_text("uriescape", arguments, |text| {
        let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'();/?:@&=+$,[]".contains(&byte);
        percent_encoded(text, is_kept)
    })
});

/// Refuses: since stdlib 9 there is no such function under Puppet 8.
pub(super) const URIESCAPE: Legacy = Legacy::value("uriescape", -1, |_, _| {
    Err("Puppet: This function is not available in Puppet 8. URI.escape no longer exists as of Ruby 3+."
        .into())
});
