//! Directories of environments, made and removed without following a link: what a branch or a module brings decides what lies in an
//! environment, and must not decide where the next one is written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{DeployError, Result};

/// Makes the directory at a path of the environment with those above it. A file in the way is removed, a link is refused.
pub(crate) fn make_directory(environment: &Path, path: &str) -> Result<PathBuf> {
    let mut place = environment.to_owned();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        place.push(name);
        match fs::symlink_metadata(&place) {
            Ok(found) if found.is_dir() => {}
            Ok(found) if found.is_symlink() => {
                return Err(DeployError::failed(format!(
                    "{} is a link, and no module is put behind a link; remove it from the branch, or set moduledir",
                    place.display()
                )));
            }
            Ok(_) => {
                fs::remove_file(&place).map_err(DeployError::io("remove", &place))?;
                fs::create_dir(&place).map_err(DeployError::io("create", &place))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(&place).map_err(DeployError::io("create", &place))?;
            }
            Err(error) => return Err(DeployError::io("look at", &place)(error)),
        }
    }
    Ok(place)
}

/// The directory at a path of the environment, if it is there and no link leads to it.
pub(crate) fn inner_directory(environment: &Path, path: &str) -> Option<PathBuf> {
    let mut place = environment.to_owned();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        place.push(name);
        if !is_directory(&place) {
            return None;
        }
    }
    is_directory(&place).then_some(place)
}

/// Removes whatever is at a place; links are removed and not followed.
pub(crate) fn remove(place: &Path) -> Result<()> {
    let result = match fs::symlink_metadata(place) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(place),
        Ok(_) => fs::remove_file(place),
        Err(error) => Err(error),
    };
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DeployError::io("remove", place)(error)),
        _ => Ok(()),
    }
}

/// Whether a directory, and no link, is at a place.
pub(crate) fn is_directory(place: &Path) -> bool {
    fs::symlink_metadata(place).is_ok_and(|found| found.is_dir())
}
