//! `eyaml_lookup_key`: values of YAML files of which parts are encrypted (`ENC[PKCS7,...]`), as the library hiera-eyaml has it.
//!
//! Decrypting takes a millisecond, so what it gave is kept with the parsed file, for as long as neither the file nor the key
//! changes. The clear text never gets into an error.

use std::cell::{OnceCell, RefCell};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use pcore::{Hash, Str, Value};
use pki::{KeyPair, envelope};
use rustc_hash::FxHashMap;

use crate::LookupError;
use crate::source::{Source as _, Stat, Watching};

/// What a file's encrypted values are in the clear, by key of the file.
#[derive(Default)]
pub(crate) struct Decrypted(Mutex<FxHashMap<Str, Clear>>);

struct Clear {
    value: Value,
    key_file: (String, Option<Stat>),
}

impl std::fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decrypted")
    }
}

impl Decrypted {
    /// A value that was decrypted before with the key as it is now.
    pub(crate) fn find(&self, root: &Str, files: &Watching<'_>) -> Option<Value> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clear = known.get(root)?;
        let (path, stat) = &clear.key_file;
        (files.stat(path) == *stat).then(|| clear.value.clone())
    }

    /// Keeps a value with the key that opened it.
    pub(crate) fn keep(&self, root: &Str, value: &Value, key_file: (String, Option<Stat>)) {
        let clear = Clear { value: value.clone(), key_file };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(root.clone(), clear);
    }
}

/// A decryption with the options of a hierarchy entry.
pub(crate) struct Eyaml<'a> {
    options: &'a Hash,
    files: Watching<'a>,
    key: OnceCell<Result<KeyPair, String>>,
    key_file: RefCell<Option<(String, Option<Stat>)>>,
}

impl<'a> Eyaml<'a> {
    pub(crate) fn new(options: &'a Hash, files: Watching<'a>) -> Eyaml<'a> {
        Eyaml { options, files, key: OnceCell::new(), key_file: RefCell::default() }
    }

    /// The file of the key, if one was needed.
    pub(crate) fn into_key_file(self) -> Option<(String, Option<Stat>)> {
        self.key_file.into_inner()
    }

    /// A value with everything in the clear. `root` and `path` are for messages.
    ///
    /// # Errors
    /// A value that cannot be decrypted.
    pub(crate) fn decrypt(&self, value: &Value, root: &str, path: &str) -> Result<Value, LookupError> {
        Ok(match value {
            Value::Str(text) if is_encrypted(text) => Value::from(self.text(text).map_err(|reason| {
                LookupError::located(format!(
                    "hiera-eyaml backend error decrypting {text} when looking up {root} in {path}. Error was {reason}"
                ))
            })?),
            Value::Array(items) => Value::array(
                items.iter().map(|item| self.decrypt(item, root, path)).collect::<Result<Vec<_>, _>>()?,
            ),
            Value::Hash(hash) => {
                let mut clear = Hash::new();
                for (key, value) in hash.iter() {
                    clear.insert(key.clone(), self.decrypt(value, root, path)?);
                }
                Value::hash(clear)
            }
            other => other.clone(),
        })
    }

    /// Encrypted parts are replaced, the rest stays.
    fn text(&self, text: &str) -> Result<String, String> {
        let mut clear = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(OPEN) {
            let (before, token) = rest.split_at(start);
            clear.push_str(before);
            match Token::read(token) {
                Some(token) => {
                    clear.push_str(&self.token(&token)?);
                    rest = token.rest;
                }
                None => {
                    clear.push_str(OPEN);
                    rest = &token[OPEN.len()..];
                }
            }
        }
        clear.push_str(rest);
        // Ruby's `chomp`.
        for end in ["\r\n", "\n", "\r"] {
            if clear.ends_with(end) {
                clear.truncate(clear.len() - end.len());
                break;
            }
        }
        Ok(clear)
    }

    fn token(&self, token: &Token<'_>) -> Result<String, String> {
        if !token.scheme.eq_ignore_ascii_case("PKCS7") {
            return Err(format!("the encryption {} is not supported, only PKCS7 is", token.scheme));
        }
        let bytes = decode(token.cipher);
        let key = self.key.get_or_init(|| self.load_key()).as_ref().map_err(Clone::clone)?;
        let clear = envelope::open(&bytes, key).map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&clear).into_owned())
    }

    fn load_key(&self) -> Result<KeyPair, String> {
        let option = |name: &str| self.options.get_str(name).and_then(Value::as_str);
        if option("pkcs7_public_key").is_none() && option("pkcs7_public_key_env_var").is_none() {
            return Err("pkcs7_public_key is not defined".to_owned());
        }
        let variable = option("pkcs7_private_key_env_var").and_then(|name| std::env::var(name).ok());
        let pem = match (variable, option("pkcs7_private_key")) {
            (Some(pem), _) => pem.into_bytes(),
            (None, Some(path)) => {
                *self.key_file.borrow_mut() = Some((path.to_owned(), self.files.stat(path)));
                self.files
                    .read(path)
                    .map_err(|error| format!("the private key {path} cannot be read: {error}"))?
            }
            (None, None) => return Err("pkcs7_private_key is not defined".to_owned()),
        };
        KeyPair::from_pem(&pem).map_err(|error| format!("the private key is not valid: {error}"))
    }
}

const OPEN: &str = "ENC[";

/// `ENC[PKCS7,base64]`; blanks and line ends may stand in the base64.
struct Token<'a> {
    scheme: &'a str,
    cipher: &'a str,
    rest: &'a str,
}

impl<'a> Token<'a> {
    fn read(text: &'a str) -> Option<Token<'a>> {
        let (inside, rest) = text.strip_prefix(OPEN)?.split_once(']')?;
        let (scheme, cipher) = inside.split_once(',').unwrap_or(("PKCS7", inside));
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_cipher = |c: char| c.is_ascii_alphanumeric() || "+/ =\n".contains(c);
        let is_token = !scheme.is_empty()
            && scheme.chars().all(is_word)
            && !cipher.is_empty()
            && cipher.chars().all(is_cipher);
        is_token.then_some(Token { scheme, cipher, rest })
    }
}

/// Whether something looks encrypted: `ENC[` and a `]` after it in the same line.
fn is_encrypted(text: &str) -> bool {
    text.lines().any(|line| line.split_once(OPEN).is_some_and(|(_, after)| after.contains(']')))
}

/// As Ruby's `Base64.decode64` reads: what is no digit is left out, and the first `=` ends it.
fn decode(text: &str) -> Vec<u8> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let digits: String =
        text.chars().take_while(|c| *c != '=').filter(|c| !c.is_ascii_whitespace()).collect();
    LENIENT.decode(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Consulted, Disk};

    const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../pki/tests/eyaml");

    fn encrypted() -> String {
        let bytes = std::fs::read(format!("{KEYS}/secret.der")).unwrap();
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    fn options(private: &str) -> Hash {
        let mut options = Hash::new();
        options.insert("pkcs7_private_key", format!("{KEYS}/{private}"));
        options.insert("pkcs7_public_key", format!("{KEYS}/public_key.pkcs7.pem"));
        options
    }

    fn decrypt(options: &Hash, value: &Value) -> Result<Value, String> {
        let consulted = Consulted::default();
        let eyaml = Eyaml::new(options, Watching::new(&Disk, &consulted));
        eyaml.decrypt(value, "key", "/data.eyaml").map_err(|error| error.message)
    }

    #[test]
    fn whole_values_parts_and_nested_ones() {
        let cipher = encrypted();
        let (head, tail) = cipher.split_at(60);
        let texts = [
            (format!("ENC[PKCS7,{cipher}]"), "correct horse"),
            (format!("ENC[{cipher}]\n"), "correct horse"),
            (format!("a ENC[PKCS7,{head} {tail}] b ENC[]"), "a correct horse b ENC[]"),
            ("plain ENC[ text".to_owned(), "plain ENC[ text"),
            ("ENC[no!base64]".to_owned(), "ENC[no!base64]"),
        ];
        for (text, clear) in texts {
            assert_eq!(
                decrypt(&options("private_key.pkcs7.pem"), &Value::str(text)).unwrap(),
                Value::str(clear)
            );
        }
        let nested = Value::array(vec![Value::hash(
            [("k", format!("ENC[PKCS7,{cipher}]"))].into_iter().map(|(k, v)| (k, Value::str(v))).collect(),
        )]);
        let clear = decrypt(&options("private_key.pkcs7.pem"), &nested).unwrap();
        assert_eq!(pcore::json::to_string(&clear), r#"[{"k":"correct horse"}]"#);
    }

    #[test]
    fn what_cannot_be_decrypted_says_why() {
        let text = Value::str(format!("ENC[PKCS7,{}]", encrypted()));
        let error = decrypt(&options("none.pem"), &text).unwrap_err();
        assert!(error.starts_with("hiera-eyaml backend error decrypting ENC[PKCS7,"), "{error}");
        assert!(error.contains(" when looking up key in /data.eyaml. Error was the private key "), "{error}");
        let error = decrypt(&Hash::new(), &text).unwrap_err();
        assert!(error.ends_with("Error was pkcs7_public_key is not defined"), "{error}");
        let error = decrypt(&options("private_key.pkcs7.pem"), &Value::str("ENC[GPG,abcd]")).unwrap_err();
        assert!(error.ends_with("the encryption GPG is not supported, only PKCS7 is"), "{error}");
        let error = decrypt(&options("private_key.pkcs7.pem"), &Value::str("ENC[PKCS7,abcd]")).unwrap_err();
        assert!(error.contains("it is not enveloped data"), "{error}");
    }

    #[test]
    fn kept_values_end_with_their_key() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.pem");
        std::fs::copy(format!("{KEYS}/private_key.pkcs7.pem"), &key).unwrap();
        let mut options = options("");
        options.insert("pkcs7_private_key", key.to_string_lossy().into_owned());
        let consulted = Consulted::default();
        let files = || Watching::new(&Disk, &consulted);
        let eyaml = Eyaml::new(&options, files());
        let value = eyaml.decrypt(&Value::str(format!("ENC[PKCS7,{}]", encrypted())), "k", "/f").unwrap();
        let kept = Decrypted::default();
        kept.keep(&"k".into(), &value, eyaml.into_key_file().unwrap());
        assert_eq!(kept.find(&"k".into(), &files()), Some(value));
        assert!(consulted.states().iter().any(|(path, _)| *path == key.to_string_lossy()));
        std::fs::write(&key, "another").unwrap();
        assert_eq!(kept.find(&"k".into(), &files()), None);
    }
}
