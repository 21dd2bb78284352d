//! PEM as it is found in the wild: text between blocks, CRLF, any line length, old labels.
//!
//! Administrators concatenate files with `cat`, and `openssl x509 -text` writes a page of prose above each
//! block, so everything outside `BEGIN`/`END` is skipped. Inside a block nothing but base64 is accepted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Error, Result};

/// Label of a certificate.
pub const CERTIFICATE: &str = "CERTIFICATE";
/// Label of a request.
pub const CERTIFICATE_REQUEST: &str = "CERTIFICATE REQUEST";
/// Label of a revocation list.
pub const X509_CRL: &str = "X509 CRL";

/// No more blocks than this are read from one input.
pub const BLOCKS_MAX: usize = 1000;

/// One decoded block.
#[derive(Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// The words after `BEGIN`, such as `CERTIFICATE`.
    pub label: &'a str,
    /// What the base64 stands for.
    pub der: Vec<u8>,
    /// Whether the block has headers that say it is encrypted (old OpenSSL private keys).
    pub encrypted: bool,
}

/// All blocks of an input, in order.
///
/// # Errors
/// A block without end or with something that is not base64; more than [`BLOCKS_MAX`] blocks.
pub fn blocks(input: &[u8]) -> Result<Vec<Block<'_>>> {
    let mut blocks = Vec::new();
    let mut lines = input.split(|&byte| byte == b'\n').enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(label) = boundary(line, "-----BEGIN ") else { continue };
        if blocks.len() == BLOCKS_MAX {
            return Err(Error::TooLarge { what: "number of PEM blocks", limit: BLOCKS_MAX });
        }
        let damaged = |why| Error::DamagedPem { line: at + 1, why };
        let mut text = Vec::new();
        let mut encrypted = false;
        loop {
            let Some((_, line)) = lines.next() else { return Err(damaged("it has no end")) };
            if let Some(end) = boundary(line, "-----END ") {
                if end != label {
                    return Err(damaged("its end has another label"));
                }
                break;
            }
            if line.contains(&b':') {
                // Headers of RFC 1421; only "Proc-Type: 4,ENCRYPTED" means anything to us.
                encrypted |= line.windows(9).any(|word| word == b"ENCRYPTED");
                continue;
            }
            text.extend(line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()));
        }
        let der = if encrypted {
            Vec::new()
        } else {
            STANDARD.decode(&text).map_err(|_| damaged("its content is not base64"))?
        };
        blocks.push(Block { label, der, encrypted });
    }
    Ok(blocks)
}

/// The contents of all blocks with one of these labels.
pub fn labelled(input: &[u8], labels: &[&str]) -> Result<Vec<Vec<u8>>> {
    Ok(blocks(input)?.into_iter().filter(|b| labels.contains(&b.label)).map(|b| b.der).collect())
}

/// One block as text, in lines of 64 characters, ending with a newline.
pub fn encode(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = String::with_capacity(base64.len() + base64.len() / 64 + 2 * label.len() + 40);
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

fn boundary<'a>(line: &'a [u8], start: &str) -> Option<&'a str> {
    let line = std::str::from_utf8(line).ok()?.trim();
    line.strip_prefix(start)?.strip_suffix("-----")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prose_crlf_and_long_lines_are_no_trouble() {
        let text =
            "Certificate:\r\n    Data: x\r\n-----BEGIN A B-----\r\nAAEC\r\nAwQF\r\n-----END A B-----\r\nmore";
        let found = blocks(text.as_bytes()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].label, found[0].der.as_slice()), ("A B", &[0, 1, 2, 3, 4, 5][..]));
    }

    #[test]
    fn damage_is_told_with_its_line() {
        let error = |text: &str| blocks(text.as_bytes()).err().unwrap().to_string();
        assert_eq!(error("\n-----BEGIN X-----\nAAEC\n"), "damaged PEM block at line 2: it has no end");
        assert_eq!(
            error("-----BEGIN X-----\n!!\n-----END X-----\n"),
            "damaged PEM block at line 1: its content is not base64"
        );
        assert_eq!(
            error("-----BEGIN X-----\nAAEC\n-----END Y-----\n"),
            "damaged PEM block at line 1: its end has another label"
        );
    }

    #[test]
    fn an_encrypted_key_is_recognised() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAEC\n\
                    -----END RSA PRIVATE KEY-----\n";
        assert!(blocks(text.as_bytes()).unwrap()[0].encrypted);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(der in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = encode(CERTIFICATE, &der);
            prop_assert!(text.lines().all(|line| line.len() <= 64));
            prop_assert_eq!(labelled(text.as_bytes(), &[CERTIFICATE]).unwrap(), vec![der]);
        }

        #[test]
        fn nothing_panics(input in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = blocks(&input);
        }
    }
}
