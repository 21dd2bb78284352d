//! Any text is HOCON or refused, with a place inside of the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stdx::hocon::{Included, Options, parse, parse_with};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(error) = parse(text, "a.conf") {
        let lines = text.split('\n').count() as u32;
        assert!((1..=lines).contains(&error.position.line), "{error}");
    }
    // A file that includes itself, one that is not there, and one more.
    let include = |name: &str, _: &str| {
        Ok(match name {
            "self" => Some(Included { name: "self".to_owned(), text: text.to_owned() }),
            "other" => Some(Included { name: "other".to_owned(), text: "a = 1, b = ${?A}".to_owned() }),
            _ => None,
        })
    };
    let environment = |name: &str| (name.len() == 1).then(|| name.to_owned());
    let options = Options { includes: Some(&include), environment: Some(&environment) };
    let _ = parse_with(text, "a.conf", &options);
});
