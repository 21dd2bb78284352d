//! Any bytes are what file sync gets over the network, or refused. The first byte says what they are read as.

#![no_main]

use code::git::{PackReader, checksum, decode_commit, decode_tree, encode_tree, id_of, is_entry_name};
use code::protocol;
use libfuzzer_sys::fuzz_target;

const OBJECT_BYTES_MAX: usize = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    match first % 4 {
        0 => {
            let Ok(mut entries) = decode_tree(data) else { return };
            assert!(entries.iter().all(|entry| is_entry_name(&entry.name)));
            assert_eq!(encode_tree(&mut entries), data);
        }
        1 => {
            let _ = decode_commit(data);
        }
        2 => {
            // The checksum would keep everything else from being tried.
            let mut bytes = data.to_vec();
            let Ok(sum) = checksum(&bytes) else { return };
            bytes.extend_from_slice(sum.as_bytes());
            let Ok(mut reader) = PackReader::new(&bytes, OBJECT_BYTES_MAX, 8 << 20) else { return };
            let mut object = Vec::new();
            while let Ok(Some((kind, location))) = reader.next(&mut object) {
                assert!(object.len() <= OBJECT_BYTES_MAX);
                assert_eq!(id_of(kind, &object).ok(), Some(location.id));
            }
        }
        _ => {
            let _ = protocol::read_commit_request(data);
            let _ = protocol::read_objects_request(data);
            let _ = protocol::read_latest_commits(data);
            let _ = protocol::read_check_in(data);
        }
    }
});
