//! `$5$` and `$6$`

use sha2::{Digest, Sha256, Sha512};

use super::{push_group, repeated};

/// The longest salt that counts, in bytes.
const SALT_MAX: usize = 16;
const ROUNDS: usize = 5000;

/// The hash of a password with a salt, as `$5$salt$hash`.
pub(in super::super) fn sha256(password: &[u8], salt: &str) -> String {
    let salt = cut(salt);
    let digest = rounds::<Sha256>(password, salt.as_bytes());
    let at = |index: usize| digest.get(index).copied().unwrap_or_default();
    let mut out = format!("$5${salt}$");
    // The three bytes of a group lie ten apart, and the order within them turns.
    for group in 0..10 {
        let bytes = [group, group + 10, group + 20];
        let [a, b, c] = turned(bytes, group % 3);
        push_group(&mut out, [at(a), at(b), at(c)], 4);
    }
    push_group(&mut out, [0, at(31), at(30)], 3);
    out
}

/// The hash of a password with a salt, as `$6$salt$hash`.
pub(in super::super) fn sha512(password: &[u8], salt: &str) -> String {
    let salt = cut(salt);
    let digest = rounds::<Sha512>(password, salt.as_bytes());
    let at = |index: usize| digest.get(index).copied().unwrap_or_default();
    let mut out = format!("$6${salt}$");
    for group in 0..21 {
        let bytes = [group, group + 21, group + 42];
        let [a, b, c] = turned(bytes, (3 - group % 3) % 3);
        push_group(&mut out, [at(a), at(b), at(c)], 4);
    }
    push_group(&mut out, [0, 0, at(63)], 2);
    out
}

fn cut(salt: &str) -> &str {
    salt.get(..SALT_MAX.min(salt.len())).unwrap_or(salt)
}

/// The bytes rotated to the right.
fn turned(mut bytes: [usize; 3], by: usize) -> [usize; 3] {
    bytes.rotate_right(by);
    bytes
}

fn rounds<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let other = D::new().chain_update(password).chain_update(salt).chain_update(password).finalize();
    let mut start = D::new().chain_update(password).chain_update(salt);
    start.update(repeated(&other, password.len()).collect::<Vec<u8>>());
    let mut length = password.len();
    while length > 0 {
        if length & 1 == 1 {
            start.update(&other)
        } else {
            start.update(password)
        }
        length >>= 1;
    }
    let mut digest = start.finalize();

    let mut passwords = D::new();
    (0..password.len()).for_each(|_| passwords.update(password));
    let p: Vec<u8> = repeated(&passwords.finalize(), password.len()).collect();
    let mut salts = D::new();
    let count = 16 + usize::from(digest.first().copied().unwrap_or_default());
    (0..count).for_each(|_| salts.update(salt));
    let s: Vec<u8> = repeated(&salts.finalize(), salt.len()).collect();

    for round in 0..ROUNDS {
        let mut next = D::new();
        if round % 2 == 1 {
            next.update(&p)
        } else {
            next.update(&digest)
        }
        if round % 3 != 0 {
            next.update(&s);
        }
        if round % 7 != 0 {
            next.update(&p);
        }
        if round % 2 == 1 {
            next.update(&digest)
        } else {
            next.update(&p)
        }
        digest = next.finalize();
    }
    digest.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_hashes() {
        assert_eq!(
            sha256(b"Hello world!", "saltstring"),
            "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"
        );
        assert_eq!(
            sha512(b"Hello world!", "saltstring"),
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
        );
    }
}
