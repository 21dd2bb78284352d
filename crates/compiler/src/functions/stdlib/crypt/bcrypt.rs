//! `$2a$`, `$2b$`, `$2x$` and `$2y$`

use blowfish::Blowfish;

const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Bytes of a password that count.
const PASSWORD_MAX: usize = 72;
/// "OrpheanBeholderScryDoubt"
const TEXT: [u32; 6] = [0x4f72_7068, 0x6561_6e42, 0x6568_6f6c, 0x6465_7253, 0x6372_7944, 0x6f75_6274];

/// The hash of a password; the setting is a cost of two digits, `$` and a salt of 22 characters. `None` if it is none
/// of that.
pub(in super::super) fn bcrypt(password: &[u8], version: &str, setting: &str) -> Option<String> {
    let cost: u32 = setting.get(..2)?.parse().ok()?;
    let salt_text = setting.get(3..25)?;
    let salt = decode(salt_text)?;
    let key = key(password, version == "2x");
    let mut state = Blowfish::bc_init_state();
    state.salted_expand_key(&salt, &key);
    for _ in 0..1u64 << cost {
        state.bc_expand_key(&key);
        state.bc_expand_key(&salt);
    }
    let mut words = TEXT;
    for pair in words.chunks_exact_mut(2) {
        if let [left, right] = pair {
            for _ in 0..64 {
                [*left, *right] = state.bc_encrypt([*left, *right]);
            }
        }
    }
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).take(23).collect();
    // The last character of a salt stands for four bits only.
    Some(format!("${version}${cost:02}${}{}", encode(&salt), encode(&bytes)))
}

/// The words that the password gives, as bytes. An early implementation, which `2x` asks for, extended the sign of
/// each byte into the ones before it.
fn key(password: &[u8], extends_sign: bool) -> Vec<u8> {
    let mut text: Vec<u8> = password.iter().copied().take(PASSWORD_MAX).collect();
    text.push(0);
    if !extends_sign {
        text.truncate(PASSWORD_MAX);
        return text;
    }
    let mut bytes = text.iter().copied().cycle();
    let mut words = Vec::with_capacity(PASSWORD_MAX);
    for _ in 0..PASSWORD_MAX / 4 {
        let mut word = 0u32;
        for _ in 0..4 {
            let byte = bytes.next().unwrap_or_default();
            word = word << 8 | i32::from(byte as i8) as u32;
        }
        words.extend(word.to_be_bytes());
    }
    words
}

fn decode(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    let (mut bits, mut count, mut at) = (0u32, 0, 0);
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|&other| other == byte)?;
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            if let Some(slot) = bytes.get_mut(at) {
                *slot = (bits >> count) as u8;
            }
            at += 1;
        }
    }
    (at == bytes.len()).then_some(bytes)
}

fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for at in 0..=group.len() {
            let digit = (bits >> (18 - 6 * at)) & 0x3f;
            out.push(ALPHABET.get(digit as usize).copied().unwrap_or_default().into());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::bcrypt;

    #[test]
    fn known_hashes() {
        // From the test vectors of crypt_blowfish.
        for (password, version, setting, hash) in [
            ("U*U", "2a", "05$CCCCCCCCCCCCCCCCCCCCC.", "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("U*U*U", "2a", "05$XXXXXXXXXXXXXXXXXXXXXO", "AcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
            ("", "2a", "05$CCCCCCCCCCCCCCCCCCCCC.", "7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        ] {
            let full = format!("${version}${setting}{hash}");
            assert_eq!(bcrypt(password.as_bytes(), version, setting), Some(full), "{password}");
        }
        let full = "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e";
        assert_eq!(bcrypt(b"\xa3", "2x", "05$/OK.fbVrR/bpIqNJ5ianF."), Some(full.to_owned()));
        assert_eq!(bcrypt(b"x", "2a", "05$short"), None);
    }
}
