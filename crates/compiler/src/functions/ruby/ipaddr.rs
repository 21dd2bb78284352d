//! IP addresses and networks as Ruby's `IPAddr` reads and writes them, with its messages.

use std::fmt;

/// An address, or a network: the address with the bits behind the mask cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::functions) struct IpAddr {
    /// The bits; of IPv4 the lower 32.
    bits: u128,
    mask: u128,
    is_v6: bool,
    zone: Option<String>,
}

/// Why a text is no address. Ruby names what it has read so far, which is mostly nothing.
type Failure = String;

impl IpAddr {
    /// Reads `1.2.3.4`, `fe80::1%eth0`, `[::1]`, each maybe with `/24` or `/255.255.255.0`.
    pub(in crate::functions) fn new(text: &str) -> Result<IpAddr, Failure> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let mut must_be_v6 = false;
        let mut address = address;
        if let Some(inner) = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (address, must_be_v6) = (inner, true);
        }
        let mut zone = None;
        if let Some(at) = address.rfind('%') {
            let (before, id) = address.split_at(at);
            let name = id.get(1..).unwrap_or_default();
            if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                (address, must_be_v6, zone) = (before, true, Some(id.to_owned()));
            }
        }
        let v4 = if must_be_v6 { None } else { v4(address)? };
        let mut ip = match v4 {
            Some(bits) => IpAddr { bits: bits.into(), mask: u32::MAX.into(), is_v6: false, zone },
            None => IpAddr { bits: v6(address)?, mask: u128::MAX, is_v6: true, zone },
        };
        if let Some(prefix) = prefix {
            ip.apply(prefix)?;
        }
        Ok(ip)
    }

    /// True for IPv6.
    pub(in crate::functions) fn is_v6(&self) -> bool {
        self.is_v6
    }

    /// The bits of the address; of IPv4 the lower 32.
    pub(in crate::functions) fn bits(&self) -> u128 {
        self.bits
    }

    /// How many bits of the mask are ones.
    pub(in crate::functions) fn prefix(&self) -> u32 {
        self.mask.count_ones()
    }

    /// The mask in its full form.
    pub(in crate::functions) fn netmask(&self) -> String {
        if self.is_v6 {
            let groups: Vec<String> =
                (0..8).rev().map(|at| format!("{:04x}", self.mask >> (16 * at) & 0xffff)).collect();
            groups.join(":")
        } else {
            std::net::Ipv4Addr::from(self.mask as u32).to_string()
        }
    }

    /// The last address of the network.
    pub(in crate::functions) fn last(&self) -> IpAddr {
        self.with_bits(self.bits | (self.all_ones() ^ self.mask))
    }

    /// The address at a place in the network; `None` beyond its end.
    pub(in crate::functions) fn nth(&self, at: u128) -> Option<IpAddr> {
        let inside = at <= self.all_ones() ^ self.mask;
        inside.then(|| self.with_bits(self.bits + at))
    }

    /// How many addresses the network has, less one.
    pub(in crate::functions) fn span(&self) -> u128 {
        self.all_ones() ^ self.mask
    }

    fn with_bits(&self, bits: u128) -> IpAddr {
        IpAddr { bits, mask: self.all_ones(), is_v6: self.is_v6, zone: None }
    }

    /// The name under which DNS knows the address the other way round.
    pub(in crate::functions) fn reverse(&self) -> String {
        if self.is_v6 {
            let digits: Vec<String> =
                (0..32).map(|at| format!("{:x}", self.bits >> (4 * at) & 0xf)).collect();
            format!("{}.ip6.arpa", digits.join("."))
        } else {
            let octets: Vec<String> = (0..4).map(|at| (self.bits >> (8 * at) & 0xff).to_string()).collect();
            format!("{}.in-addr.arpa", octets.join("."))
        }
    }

    fn width(&self) -> u32 {
        if self.is_v6 { 128 } else { 32 }
    }

    fn all_ones(&self) -> u128 {
        if self.is_v6 { u128::MAX } else { u32::MAX.into() }
    }

    /// Applies a prefix length or a netmask.
    fn apply(&mut self, prefix: &str) -> Result<(), Failure> {
        let is_number = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && prefix.len() > 1 && prefix.starts_with('0') {
            return Err("leading zeros in prefix".to_owned());
        }
        if is_number {
            let length = prefix.parse::<u32>().unwrap_or(u32::MAX);
            if length > self.width() {
                return Err(format!("invalid length: {}", self.bits));
            }
            let hidden = self.width() - length;
            self.mask = if hidden == 128 { 0 } else { (self.all_ones() >> hidden) << hidden };
        } else {
            let mask = IpAddr::new(prefix)?;
            if mask.is_v6 != self.is_v6 {
                return Err(format!("address family is not same: {}", self.bits));
            }
            let hidden = mask.bits ^ self.all_ones();
            if hidden & hidden.wrapping_add(1) != 0 {
                return Err(format!("invalid mask {prefix}: {}", self.bits));
            }
            self.mask = mask.bits;
        }
        self.bits &= self.mask;
        Ok(())
    }

    /// True if the other one lies within this network.
    pub(in crate::functions) fn includes(&self, other: &IpAddr) -> bool {
        let range = |ip: &IpAddr| (ip.bits & ip.mask, ip.bits | (ip.all_ones() ^ ip.mask));
        let ((from, to), (other_from, other_to)) = (range(self), range(other));
        self.is_v6 == other.is_v6 && from <= other_from && to >= other_to
    }
}

/// `None` if the text has not the form of an address.
fn v4(text: &str) -> Result<Option<u32>, Failure> {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() != 4 || !parts.iter().all(is_number) {
        return Ok(None);
    }
    let mut bits = 0u32;
    for part in parts {
        let octet: u8 = part.parse().map_err(|_| invalid())?;
        if part.len() > 1 && part.starts_with('0') {
            return Err("zero-filled number in IPv4 address is ambiguous: ".to_owned());
        }
        bits = bits << 8 | u32::from(octet);
    }
    Ok(Some(bits))
}

fn invalid() -> Failure {
    "invalid address: ".to_owned()
}

fn v6(text: &str) -> Result<u128, Failure> {
    // Dotted digits at the end stand for two groups.
    let (groups, tail) = match text.rfind(':') {
        Some(at) if text.contains('.') => {
            let (groups, dotted) = text.split_at(at + 1);
            let bits = v4(dotted)?.ok_or_else(invalid)?;
            (format!("{groups}{:x}:{:x}", bits >> 16, bits & 0xffff), true)
        }
        _ => (text.to_owned(), false),
    };
    let read = |part: &str| -> Result<Vec<u128>, Failure> {
        let group = |group: &str| {
            let is_hex = (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_hexdigit());
            u16::from_str_radix(group, 16).ok().filter(|_| is_hex).map(u128::from).ok_or_else(invalid)
        };
        if part.is_empty() { Ok(Vec::new()) } else { part.split(':').map(group).collect() }
    };
    let all = match groups.split_once("::") {
        None => read(&groups)?,
        Some((left, right)) => {
            let (mut all, right) = (read(left)?, read(right)?);
            // The gap stands for at least one group, and may stand for none only at an end.
            let max = if left.is_empty() || right.is_empty() || tail { 7 } else { 6 };
            if all.len() + right.len() > max {
                return Err(invalid());
            }
            all.resize(8 - right.len(), 0);
            all.extend(right);
            all
        }
    };
    if all.len() != 8 {
        return Err(invalid());
    }
    Ok(all.into_iter().fold(0, |bits, group| bits << 16 | group))
}

impl fmt::Display for IpAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_v6 {
            return write!(f, "{}", std::net::Ipv4Addr::from(self.bits as u32));
        }
        let groups: Vec<u128> = (0..8).rev().map(|at| self.bits >> (16 * at) & 0xffff).collect();
        let (start, length) = longest_gap(&groups);
        let zone = self.zone.as_deref().unwrap_or_default();
        let hex =
            |groups: &[u128]| groups.iter().map(|group| format!("{group:x}")).collect::<Vec<_>>().join(":");
        let (before, after) = (groups.get(..start), groups.get(start + length..));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        if length < 2 {
            return write!(f, "{}{zone}", hex(&groups));
        }
        // The forms that embed an IPv4 address show it, unless a zone stands behind.
        let is_dotted = start == 0 && zone.is_empty();
        match after {
            [a, b] if is_dotted => write!(f, "::{}", std::net::Ipv4Addr::from((a << 16 | b) as u32)),
            [0xffff, a, b] if is_dotted => {
                write!(f, "::ffff:{}", std::net::Ipv4Addr::from((a << 16 | b) as u32))
            }
            after => write!(f, "{}::{}{zone}", hex(before), hex(after)),
        }
    }
}

/// The first of the longest runs of zeroes: start and length.
fn longest_gap(groups: &[u128]) -> (usize, usize) {
    let mut best = (0, 0);
    let mut start = 0;
    for (at, group) in groups.iter().enumerate() {
        if *group != 0 {
            start = at + 1;
        } else if at + 1 - start > best.1 {
            best = (start, at + 1 - start);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bits in any::<[u16; 8]>(), zeroes in 0usize..8) {
            let mut groups = bits;
            groups.iter_mut().take(zeroes).for_each(|group| *group = 0);
            let text = groups.map(|group| format!("{group:x}")).join(":");
            let ip = IpAddr::new(&text).unwrap();
            prop_assert_eq!(IpAddr::new(&ip.to_string()).unwrap(), ip);
        }

        #[test]
        fn any_text_is_taken(text in "[0-9a-f:./%\\[\\]x]{0,24}") {
            let _ = IpAddr::new(&text);
        }
    }

    #[test]
    fn addresses_are_shown_as_in_ruby() {
        for (text, shown) in [
            ("1.2.3.4/24", "1.2.3.0"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("0:0:1::", "0:0:1::"),
            ("::1.2.3.4", "::1.2.3.4"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
            ("fe80::1%eth0", "fe80::1%eth0"),
            ("::", "::"),
            ("[FE80::1]", "fe80::1"),
        ] {
            assert_eq!(IpAddr::new(text).unwrap().to_string(), shown, "{text}");
        }
        assert!(IpAddr::new("10.0.0.0/8").unwrap().includes(&IpAddr::new("10.1.0.0/16").unwrap()));
    }
}
