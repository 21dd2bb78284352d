//! Any bytes are JSON or refused, by both readers alike; what was read can be written and read again. Catalogs, too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::catalog::Catalog;
use wire::json::{Limits, parse};

fuzz_target!(|data: &[u8]| {
    let limits = Limits { bytes_max: 1 << 16, depth_max: pcore::json::DEPTH_MAX, ..Limits::default() };
    let (ours, strict) = (pcore::json::parse(data), parse(data, &limits));
    let _ = pcore::json::parse_lossy(data);
    // To one `-0` is an integer, to the other not.
    let has_minus_zero = data.windows(2).any(|pair| pair == b"-0");
    if let (Ok(ours), Ok(strict), false) = (&ours, &strict, has_minus_zero) {
        assert_eq!(ours, strict);
    }
    if let Ok(value) = &ours {
        let text = pcore::json::to_string(value);
        assert_eq!(&pcore::json::parse(text.as_bytes()).expect("what was written can be read"), value);
        let mut pretty = Vec::new();
        pcore::json::write_pretty(value, &mut pretty);
        assert_eq!(&pcore::json::parse(&pretty).expect("what was written can be read"), value);
    }
    if let Ok(catalog) = Catalog::from_json(data, &limits) {
        let mut first = Vec::new();
        catalog.write_json(&mut first, false);
        let read = Catalog::from_json(&first, &limits).expect("what was written can be read");
        let mut second = Vec::new();
        read.write_json(&mut second, false);
        assert_eq!(first, second);
    }
});
