//! `$1$`

use md5::{Digest, Md5};

use super::{push_group, repeated};

/// The longest salt that counts, in bytes.
const SALT_MAX: usize = 8;
const ROUNDS: usize = 1000;

/// The hash of a password with a salt, as `$1$salt$hash`.
pub(in super::super) fn md5(password: &[u8], salt: &str) -> String {
    let salt = salt.get(..SALT_MAX.min(salt.len())).unwrap_or(salt);
    let other = Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize();
    let mut start = Md5::new().chain_update(password).chain_update("$1$").chain_update(salt);
    start.update(repeated(&other, password.len()).collect::<Vec<u8>>());
    let mut length = password.len();
    while length > 0 {
        let byte = if length & 1 == 1 { 0 } else { password.first().copied().unwrap_or_default() };
        start.update([byte]);
        length >>= 1;
    }
    let mut digest: [u8; 16] = start.finalize().into();
    for round in 0..ROUNDS {
        let mut next = Md5::new();
        if round % 2 == 1 {
            next.update(password)
        } else {
            next.update(digest)
        }
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        if round % 2 == 1 {
            next.update(digest)
        } else {
            next.update(password)
        }
        digest = next.finalize().into();
    }
    let mut out = format!("$1${salt}$");
    for [a, b, c] in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        push_group(&mut out, [digest[a], digest[b], digest[c]], 4);
    }
    push_group(&mut out, [0, 0, digest[11]], 2);
    out
}

#[cfg(test)]
mod tests {
    use super::md5;

    #[test]
    fn known_hashes() {
        assert_eq!(md5(b"password", "salt"), "$1$salt$qJH7.N4xYta3aEG/dfqo/0");
        assert_eq!(md5(b"test", ""), "$1$$whuMjZj.HMFoaTaZRRtkO0");
    }
}
