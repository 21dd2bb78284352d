//! Any text is a Puppetfile or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = deploy::is_puppetfile(text);
    let _ = deploy::r10k_yaml::parse(text, "r10k.yaml", "/nowhere");
});
