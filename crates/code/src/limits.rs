//! How large code may be.

/// Limits of a version, of what is sent, and of names. They are far above what code needs, and below what hurts.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Files and links of one environment.
    pub files_max: usize,
    /// Bytes of one file.
    pub file_bytes_max: u64,
    /// Bytes of all files of one environment.
    pub total_bytes_max: u64,
    /// Bytes of a path inside of an environment.
    pub path_bytes_max: usize,
    /// Directories inside of each other.
    pub depth_max: usize,
    /// Environments.
    pub environments_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            files_max: 500_000,
            file_bytes_max: 256 * 1024 * 1024,
            total_bytes_max: 4 * 1024 * 1024 * 1024,
            path_bytes_max: 1024,
            depth_max: 64,
            environments_max: 10_000,
        }
    }
}
