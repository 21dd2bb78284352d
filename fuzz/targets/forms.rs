//! Any bytes are a form of a catalog request, facts, or refused; facts that were read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rest::Params;
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;

fuzz_target!(|data: &[u8]| {
    let limits = Limits { bytes_max: 1 << 16, ..Limits::default() };
    for format in [FactsFormat::Json, FactsFormat::Pson] {
        for facts in [Facts::from_json(data, format, &limits), Facts::from_form_field(data, format, &limits)] {
            again(facts.ok());
        }
    }
    let Some(mut params) = std::str::from_utf8(data).ok().and_then(|text| Params::parse(text).ok()) else { return };
    let names: Vec<String> = params.iter().map(|(name, _)| name.to_owned()).collect();
    for name in &names {
        assert!(params.contains(name) && params.value(name).is_some());
        let _ = (params.text(name), params.is_true(name));
        assert!(params.all(name).count() <= names.len());
    }
    params.merge(params.clone());
    assert_eq!(params.iter().count(), names.len());
    if let Some(field) = params.take("facts") {
        again(Facts::from_form_field(field.as_bytes(), FactsFormat::Json, &limits).ok());
    }
});

fn again(facts: Option<Facts>) {
    let Some(facts) = facts else { return };
    let mut text = Vec::new();
    facts.write_json(&mut text);
    // What looks like rich data is escaped when it is written.
    if text.windows(9).any(|window| window == b"\"__ptype\"") {
        return;
    }
    let limits = Limits::default();
    let read = Facts::from_json(&text, FactsFormat::Json, &limits).expect("what was written can be read");
    assert_eq!(read, facts);
}
