//! Any text is checked, fixed and formatted or refused: nothing panics, fixing costs no file that works, formatting changes no
//! meaning and is done after one time.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lint::{CHECKS, FormatError, Options};

fuzz_target!(|data: &[u8]| {
    let Some((&flags, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let tasks = flags & 2 != 0;
    let options = Options {
        enabled: CHECKS.iter().map(|check| check.name).collect(),
        full_path: Some("/m/a/manifests/init.pp".into()),
        tasks,
        ..Options::default()
    };
    let works = lint::lint(text, &options).problems.iter().all(|problem| problem.check != "syntax");
    if let Some(fixed) = lint::fix(text, &options).fixed {
        assert!(works);
        assert!(lint::lint(&fixed, &options).problems.iter().all(|problem| problem.check != "syntax"));
    }
    match lint::format(text, tasks) {
        Ok(formatted) => assert_eq!(lint::format(&formatted, tasks).ok(), Some(formatted)),
        Err(FormatError::Meaning) => panic!("the meaning would change"),
        Err(_) => {}
    }
});
