//! Any bytes are a report or refused; one that was read has its text unchanged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::report::Report;

fuzz_target!(|data: &[u8]| {
    let Ok(report) = Report::from_json(data, 1 << 16) else { return };
    assert_eq!(report.json(), data);
    if let Ok(details) = report.details() {
        let _ = details.metric("resources", "total");
    }
});
