//! What the formatter makes of code, and what it never does to any.

use lint::FormatError;
use proptest::prelude::*;

mod words;

#[test]
fn code_is_laid_out() {
    insta::glob!("format/*.pp", |path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let formatted = lint::format(&text, false).unwrap_or_else(|error| error.to_string());
        insta::assert_snapshot!(formatted);
    });
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    let reason = |text| lint::format(text, false).err().map(|error| error.to_string());
    assert_eq!(reason("$a = (").as_deref(), Some("Syntax error at end of input"));
    assert_eq!(
        reason("$a = \"${f(@(E))} b\nx\nE\n c\"").as_deref(),
        Some("a heredoc begins within a string, which cannot be formatted")
    );
    assert_eq!(lint::format("plan a { }\n", true).ok().as_deref(), Some("plan a { }\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn meaning_stays_and_twice_is_once(text in words::text()) {
        match lint::format(&text, false) {
            Ok(formatted) => {
                let again = lint::format(&formatted, false);
                prop_assert_eq!(again.ok(), Some(formatted));
            }
            Err(FormatError::Meaning) => prop_assert!(false, "{}", text),
            Err(_) => {}
        }
    }
}

#[test]
fn a_variable_with_a_capital_in_its_name_stays_without_braces() {
    for text in ["notice(\"a $d::User\")\n", "notice(\"a $2title\")\n", "notice(\"a $User ${b}\")\n"] {
        assert_eq!(lint::format(text, false).unwrap(), text);
    }
    assert_eq!(lint::format("notice(\"a $d::User $e\")\n", false).unwrap(), "notice(\"a $d::User ${e}\")\n");
    assert_eq!(lint::format("notice(\"a $2\")\n", false).unwrap(), "notice(\"a ${2}\")\n");
}
