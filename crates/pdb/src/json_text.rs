//! What is wrong with a text that should be JSON, in words of our own and with the place.

use serde_json::Error;

/// What the decoder says, and what it means. The first that its text begins with counts.
const REASONS: &[(&str, &str)] = &[
    ("EOF while parsing a list", "the text ends inside of a list"),
    ("EOF while parsing an object", "the text ends inside of an object"),
    ("EOF while parsing a string", "the text ends inside of a string"),
    ("EOF while parsing a value", "the text ends where a value should be"),
    ("expected `:`", "a colon is missing behind the name of a member"),
    ("expected `,` or `]`", "a comma or the end of the list is missing"),
    ("expected `,` or `}`", "a comma or the end of the object is missing"),
    ("expected ident", "this is no value; only true, false, null and numbers stand without quotes"),
    ("expected value", "this is no value"),
    ("expected a value", "this is no value"),
    ("key must be a string", "the name of a member must be a string in double quotes"),
    ("invalid escape", "this escape sequence is not known"),
    ("invalid number", "this is no number"),
    ("number out of range", "this number is too large"),
    ("invalid unicode code point", "this is no character of Unicode"),
    ("control character", "control characters in strings must be written as escape sequences"),
    ("lone leading surrogate", "half of a surrogate pair stands alone"),
    ("unexpected end of hex escape", "half of a surrogate pair stands alone"),
    ("trailing comma", "there is nothing behind the last comma"),
    ("trailing characters", "something stands behind the end"),
    ("recursion limit exceeded", "values are nested too deep"),
];

/// The reason without the place.
pub(crate) fn reason(error: &Error) -> String {
    let text = error.to_string();
    match REASONS.iter().find(|(known, _)| text.starts_with(known)) {
        Some((_, reason)) => (*reason).to_owned(),
        None => text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned()),
    }
}

/// Reason and place, for texts that are not shown again.
pub(crate) fn whole(error: &Error) -> String {
    format!("line {}, column {}: {}", error.line().max(1), error.column().max(1), reason(error))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_kind_of_mistake_has_a_reason_of_our_own() {
        let texts = [
            "",
            "[",
            "{",
            "\"",
            "[1",
            "[1,",
            "{\"a\"",
            "{\"a\" 1}",
            "[1 2]",
            "{\"a\":1 \"b\":2}",
            "[tru]",
            "[x]",
            "{1:2}",
            "[\"\\x\"]",
            "[01]",
            "[1.]",
            "[1e999]",
            "[\"\n\"]",
            "[\"\\ud800\"]",
            "[1,]",
            "{\"a\":1,}",
            "[1] 2",
            "[nul]",
        ];
        let found: Vec<String> = texts
            .iter()
            .map(|text| {
                let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
                format!("{text:?} {}", super::whole(&error))
            })
            .collect();
        insta::assert_snapshot!(found.join("\n"));
        let deep = "[".repeat(200);
        let error = serde_json::from_str::<serde_json::Value>(&deep).unwrap_err();
        assert_eq!(super::reason(&error), "values are nested too deep");
    }
}
