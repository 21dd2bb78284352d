//! Files of data as a version of the code sees them that is not where the environment is.

use std::io;
use std::path::{Path, PathBuf};

use hiera::source::{DirEntry, Disk, Source, Stat};

use crate::image::ImageOptions;

/// The files of this machine for an image.
pub(super) fn source(options: &ImageOptions) -> Box<dyn Source> {
    match &options.directory {
        Some(directory) if !options.known_as.is_empty() => {
            Box::new(View { known_as: options.known_as.clone(), directory: directory.clone() })
        }
        _ => Box::new(Disk),
    }
}

#[derive(Debug)]
struct View {
    known_as: Vec<(PathBuf, PathBuf)>,
    directory: PathBuf,
}

impl View {
    fn real(&self, path: &str) -> String {
        let path = Path::new(path);
        if path.starts_with(&self.directory) {
            return path.to_string_lossy().into_owned();
        }
        let real = |(known, real): &(PathBuf, PathBuf)| Some(real.join(path.strip_prefix(known).ok()?));
        let real = self.known_as.iter().find_map(real);
        real.unwrap_or_else(|| path.to_owned()).to_string_lossy().into_owned()
    }
}

impl Source for View {
    fn stat(&self, path: &str) -> Option<Stat> {
        Disk.stat(&self.real(path))
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        Disk.read(&self.real(path))
    }

    fn list(&self, folder: &str) -> Vec<DirEntry> {
        Disk.list(&self.real(folder))
    }
}
