//! Checking and fixing hold whatever the text is.

use lint::{CHECKS, Options};
use proptest::prelude::*;

mod words;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn fixing_settles_and_costs_no_file(text in words::text()) {
        let options = Options {
            enabled: CHECKS.iter().map(|check| check.name).collect(),
            full_path: Some("/m/a/manifests/init.pp".into()),
            ..Options::default()
        };
        let before = lint::lint(&text, &options);
        let fixed = lint::fix(&text, &options);
        if let Some(after) = &fixed.fixed {
            let again = lint::lint(after, &options);
            prop_assert!(again.problems.iter().all(|problem| problem.check != "syntax"), "{after}");
            prop_assert!(before.problems.iter().all(|problem| problem.check != "syntax"));
        }
    }
}
