//! Any bytes, packed and as they are, are unpacked into their directory or refused; nothing lands beside it.

#![no_main]

use std::io::Write as _;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let root = folder.path().join("a/b");
    std::fs::create_dir_all(&root).expect("a directory");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(data).expect("memory");
    let packed = packed.finish().expect("memory");
    for is_release in [true, false] {
        deploy::unpack_any(&packed, &root, is_release);
        deploy::unpack_any(data, &root, is_release);
    }
    for (directory, only) in [(folder.path(), "a"), (&folder.path().join("a"), "b")] {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            assert_eq!(entry.expect("an entry").file_name(), only);
        }
    }
});
