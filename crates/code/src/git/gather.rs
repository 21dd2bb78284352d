//! Many small packs become one.
//!
//! Each version adds a pack, and each search goes through all of them. So from time to time the small ones are gathered: first the new
//! pack is on disk, then the old ones go. A pack that has grown large stays as it is; one with differences between objects, which
//! `git gc` makes and which are never made here, too.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use super::pack::{OBJECT_BYTES_MAX, PackReader};
use super::prune::remove_pack;
use super::{Addition, Repository};
use crate::error::{Error, Result};

/// So many small packs may be there.
const SMALL_PACKS_MAX: usize = 40;
/// A pack is small below this.
const SMALL_PACK_BYTES: u64 = 32 * 1024 * 1024;

impl Repository {
    /// Gathers small packs if there are many. Returns how many were replaced. Only one at a time may do that.
    ///
    /// # Errors
    /// A pack cannot be read or written; then all are as they were.
    pub fn gather_packs(&self) -> Result<usize> {
        let small = self.small_packs()?;
        if small.len() <= SMALL_PACKS_MAX {
            return Ok(0);
        }
        let mut addition = self.add()?;
        let mut seen = HashSet::new();
        let mut gathered = Vec::new();
        for path in small {
            let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
            if copy(&bytes, &mut addition, &mut seen)? {
                gathered.push(path);
            }
        }
        if gathered.len() < 2 {
            return Ok(0);
        }
        let name = addition.store()?;
        for path in &gathered {
            if path.file_stem().is_some_and(|stem| Some(stem.to_string_lossy().as_ref()) == name.as_deref()) {
                continue;
            }
            remove_pack(path)?;
        }
        Ok(gathered.len())
    }

    fn small_packs(&self) -> Result<Vec<PathBuf>> {
        let directory = self.path.join("objects/pack");
        let mut small = Vec::new();
        for item in fs::read_dir(&directory).map_err(Error::io("read", &directory))? {
            let path = item.map_err(Error::io("read", &directory))?.path();
            let is_pack = path.extension().is_some_and(|extension| extension == "pack");
            if is_pack
                && path.with_extension("idx").exists()
                && fs::metadata(&path).is_ok_and(|metadata| metadata.len() < SMALL_PACK_BYTES)
            {
                small.push(path);
            }
        }
        Ok(small)
    }
}

/// Adds the objects of a pack; false if it is of a kind that is left alone.
fn copy(bytes: &[u8], addition: &mut Addition, seen: &mut HashSet<super::Id>) -> Result<bool> {
    let Ok(mut reader) = PackReader::new(bytes, OBJECT_BYTES_MAX, u64::MAX) else { return Ok(false) };
    let mut object = Vec::new();
    loop {
        match reader.next(&mut object) {
            Ok(Some((kind, location))) if seen.insert(location.id) => {
                addition.put(location.id, kind, &object)?
            }
            Ok(Some(_)) => {}
            Ok(None) => return Ok(true),
            // What was copied of it until here is there twice.
            Err(_) => return Ok(false),
        }
    }
}
