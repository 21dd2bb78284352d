//! Whatever bytes arrive, they are read or refused.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use code::git::{
    Kind, PackReader, PackWriter, checksum, decode_commit, decode_tree, encode_commit, encode_tree, id_of,
    is_entry_name,
};
use code::protocol;
use proptest::collection::vec;
use proptest::prelude::*;

fn sealed(mut body: Vec<u8>) -> Vec<u8> {
    let sum = checksum(&body).unwrap();
    body.extend_from_slice(sum.as_bytes());
    body
}

proptest! {
    #[test]
    fn trees(parts in vec((prop_oneof!["40000", "100644", "100755", "120000", "160000", "[0-7]{1,7}"], "[a-c./]{0,3}", vec(any::<u8>(), 18..22)), 0..5)) {
        let bytes: Vec<u8> = parts
            .iter()
            .flat_map(|(mode, name, id)| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", id].concat())
            .collect();
        if let Ok(mut entries) = decode_tree(&bytes) {
            prop_assert!(entries.iter().all(|entry| is_entry_name(&entry.name)));
            let names: std::collections::HashSet<_> = entries.iter().map(|entry| &entry.name).collect();
            prop_assert_eq!(names.len(), entries.len());
            prop_assert_eq!(encode_tree(&mut entries), bytes);
        }
    }

    #[test]
    fn commits(bytes in "(tree [0-9a-f]{39,41}\n)?(parent [0-9a-f]{40}\n)?(author .{0,9}<.{0,5}> -?[0-9]{1,22} [+]0000\n)?.{0,9}\n{0,2}.{0,9}") {
        if let Ok(commit) = decode_commit(bytes.as_bytes()) {
            let again = decode_commit(&encode_commit(&commit)).unwrap();
            prop_assert_eq!((again.tree, again.parents), (commit.tree, commit.parents));
        }
    }

    #[test]
    fn packs(
        blobs in vec(vec(any::<u8>(), 0..60), 0..4),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut writer = PackWriter::new(Vec::new()).unwrap();
        for blob in &blobs {
            writer.add(id_of(Kind::Blob, blob).unwrap(), Kind::Blob, blob).unwrap();
        }
        let mut bytes = writer.finish().into_bytes().unwrap();
        let is_whole = changes.is_empty() && cut.is_none();
        bytes.truncate(bytes.len() - 20);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        // As if somebody had meant it so.
        let bytes = sealed(bytes);
        let mut found = Vec::new();
        let mut object = Vec::new();
        let mut read = || -> Result<(), code::git::PackError> {
            let mut reader = PackReader::new(&bytes, 50, 100)?;
            while let Some((kind, location)) = reader.next(&mut object)? {
                assert_eq!(id_of(kind, &object).unwrap(), location.id);
                assert!(object.len() <= 50);
                found.push(object.clone());
            }
            Ok(())
        };
        let outcome = read();
        let total: usize = blobs.iter().map(Vec::len).sum();
        if is_whole && blobs.iter().all(|blob| blob.len() <= 50) && total <= 100 {
            prop_assert!(outcome.is_ok());
            prop_assert_eq!(found, blobs);
        }
    }

    #[test]
    fn documents(text in "[\\{\\}\\[\\]\":,a-f0-9-]{0,40}") {
        let bytes = text.as_bytes();
        let _ = protocol::read_commit_request(bytes);
        let _ = protocol::read_objects_request(bytes);
        let _ = protocol::read_latest_commits(bytes);
        let _ = protocol::read_check_in(bytes);
    }
}
