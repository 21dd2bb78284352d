//! Tokens: who may deploy what without a certificate. The file has only their digests; a token is shown once, when it is made.
//!
//! A token is 244 random bits, so a plain digest is as good as a slow one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use stdx::fs::FileLock;

use super::webhook::is_same;

const FILE_BYTES_MAX: u64 = 16 << 20;
/// What every token begins with, so that scanners for secrets find them.
const PREFIX: &str = "bunraku_";

/// A token, without what makes it one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its number, to revoke it by.
    pub id: u64,
    /// What it is for.
    pub name: String,
    /// SHA-256 of it, in hexadecimal.
    pub digest: String,
    /// Environments that may be deployed with it; `*` is all of them.
    pub environments: Vec<String>,
    /// Seconds since 1970.
    pub created: u64,
    /// When it ends, if it does; seconds since 1970.
    pub expires: Option<u64>,
}

impl Token {
    /// Whether an environment may be deployed with it.
    pub fn allows(&self, environment: &str) -> bool {
        self.environments.iter().any(|allowed| allowed == "*" || allowed == environment)
    }

    /// Whether everything may be deployed with it.
    pub fn allows_all(&self) -> bool {
        self.environments.iter().any(|allowed| allowed == "*")
    }

    /// Whether it counts at a time.
    pub fn is_in_force(&self, now: SystemTime) -> bool {
        self.expires.is_none_or(|expires| seconds(now) < expires)
    }
}

/// Why tokens cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// A file.
    #[error("could not use the tokens in {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Its content.
    #[error("{path} is not a list of tokens: {reason}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    last_id: u64,
    tokens: Vec<Token>,
}

/// The tokens of a file, which a command line may change at any time.
pub struct Tokens {
    path: PathBuf,
    /// What was read, and the state of the file then.
    read: Mutex<(Option<Stamp>, Arc<[Token]>)>,
}

type Stamp = (Option<SystemTime>, u64, u64);

impl Tokens {
    /// Nothing is read yet; the file may be absent.
    pub fn at(path: impl Into<PathBuf>) -> Tokens {
        Tokens { path: path.into(), read: Mutex::new((None, Arc::new([]))) }
    }

    /// All of them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn all(&self) -> Result<Arc<[Token]>, TokensError> {
        let stamp = stamp(&self.path);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.0 != Some(stamp) {
            *read = (Some(stamp), self.load()?.tokens.into());
        }
        Ok(read.1.clone())
    }

    /// The token that a text is, if it is in force.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn find(&self, text: &str) -> Result<Option<Token>, TokensError> {
        let digest = digest(text);
        let now = SystemTime::now();
        let tokens = self.all()?;
        let found = tokens.iter().find(|token| is_same(token.digest.as_bytes(), digest.as_bytes()));
        Ok(found.filter(|token| token.is_in_force(now)).cloned())
    }

    /// Makes a token. The text is known to nobody but the caller.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(
        &self,
        name: &str,
        environments: Vec<String>,
        expires: Option<SystemTime>,
    ) -> Result<(Token, String), TokensError> {
        let text = format!("{PREFIX}{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        let token = self.change(|content| {
            content.last_id += 1;
            let token = Token {
                id: content.last_id,
                name: name.to_owned(),
                digest: digest(&text),
                environments,
                created: seconds(SystemTime::now()),
                expires: expires.map(seconds),
            };
            content.tokens.push(token.clone());
            token
        })?;
        Ok((token, text))
    }

    /// Takes a token out of force; false if there is none with this number.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn revoke(&self, id: u64) -> Result<bool, TokensError> {
        self.change(|content| {
            let before = content.tokens.len();
            content.tokens.retain(|token| token.id != id);
            content.tokens.len() < before
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Content) -> T) -> Result<T, TokensError> {
        let parent = self.path.parent().unwrap_or(Path::new("/"));
        stdx::fs::create_directory(parent, 0o750).map_err(|source| self.failed(source))?;
        let lock = self.path.with_extension("lock");
        let _lock = FileLock::acquire(&lock, 0o600).map_err(|source| self.failed(source))?;
        let mut content = self.load()?;
        let changed = change(&mut content);
        let text = serde_json::to_vec_pretty(&content).map_err(|error| self.failed(error.into()))?;
        stdx::fs::write_atomic(&self.path, &text, 0o600).map_err(|source| self.failed(source))?;
        Ok(changed)
    }

    fn load(&self) -> Result<Content, TokensError> {
        let bytes =
            stdx::fs::read_limited(&self.path, FILE_BYTES_MAX).map_err(|source| self.failed(source))?;
        let Some(bytes) = bytes else { return Ok(Content::default()) };
        serde_json::from_slice(&bytes)
            .map_err(|error| TokensError::Content { path: self.path.clone(), reason: error.to_string() })
    }

    fn failed(&self, source: std::io::Error) -> TokensError {
        TokensError::File { path: self.path.clone(), source }
    }
}

/// A file that is written anew is another file.
fn stamp(path: &Path) -> Stamp {
    use std::os::unix::fs::MetadataExt as _;
    match std::fs::metadata(path) {
        Ok(found) => (found.modified().ok(), found.len(), found.ino()),
        Err(_) => (None, 0, 0),
    }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_token_is_known_until_it_ends_or_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = Tokens::at(folder.path().join("code-manager/tokens.json"));
        assert_eq!(tokens.find("anything").unwrap(), None);
        let (token, text) = tokens.create("ci", vec!["qa".into()], None).unwrap();
        // Another process sees it, and the file does not show it.
        let others = Tokens::at(folder.path().join("code-manager/tokens.json"));
        assert_eq!(others.find(&text).unwrap(), Some(token.clone()));
        let file = std::fs::read_to_string(folder.path().join("code-manager/tokens.json")).unwrap();
        assert!(!file.contains(&text) && file.contains("\"ci\""));
        assert!(token.allows("qa") && !token.allows("production") && !token.allows_all());
        let past = SystemTime::now() - Duration::from_secs(1);
        let (_, ended) = tokens.create("old", vec!["*".into()], Some(past)).unwrap();
        assert_eq!(tokens.find(&ended).unwrap(), None);
        assert_eq!(others.all().unwrap().len(), 2);
        assert!(tokens.revoke(token.id).unwrap() && !tokens.revoke(token.id).unwrap());
        assert_eq!(others.find(&text).unwrap(), None);
        // Numbers are not used again.
        assert_eq!(tokens.create("new", vec![], None).unwrap().0.id, 3);
    }
}
