//! Any text is YAML or refused; what was read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pcore::yaml;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match yaml::load(text, "a.yaml") {
        Ok(value) => {
            let written = yaml::dump(&value);
            let read = yaml::load(&written, "b.yaml");
            assert_eq!(read.as_ref(), Ok(&value), "{written}");
        }
        Err(error) => assert!(error.line >= 1 && error.column >= 1, "{error}"),
    }
});
