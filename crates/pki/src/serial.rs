//! Serial numbers: up to twenty bytes, printed as Puppet's files print them.

use std::fmt;

/// A serial number of a certificate (or the number of a CRL), not negative, below 2^160.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Serial([u8; 20]);

impl Serial {
    /// The serial with these big-endian bytes; `None` if it has more than twenty that matter.
    pub fn from_bytes(bytes: &[u8]) -> Option<Serial> {
        let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
        let bytes = bytes.get(start..)?;
        let mut serial = [0; 20];
        let at = serial.len().checked_sub(bytes.len())?;
        serial.get_mut(at..)?.copy_from_slice(bytes);
        Some(Serial(serial))
    }

    /// The big-endian bytes without leading zeros (one zero byte for zero).
    pub fn as_bytes(&self) -> &[u8] {
        let start = self.0.iter().position(|&byte| byte != 0).unwrap_or(self.0.len() - 1);
        self.0.get(start..).unwrap_or_default()
    }

    /// The serial after this one; `None` at the end of the range.
    pub fn next(&self) -> Option<Serial> {
        let mut next = *self;
        for byte in next.0.iter_mut().rev() {
            let (sum, carry) = byte.overflowing_add(1);
            *byte = sum;
            if !carry {
                return Some(next);
            }
        }
        None
    }

    /// As a machine number, if it fits.
    pub fn to_u128(&self) -> Option<u128> {
        let (high, low) = self.0.split_at(4);
        let low = <[u8; 16]>::try_from(low).ok()?;
        high.iter().all(|&byte| byte == 0).then(|| u128::from_be_bytes(low))
    }

    /// Reads hexadecimal digits, with or without `0x`, of either case.
    pub fn from_hex(text: &str) -> Option<Serial> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        Self::parse(digits, 16)
    }

    /// Reads decimal digits, as in `infra_serials`.
    pub fn from_decimal(text: &str) -> Option<Serial> {
        Self::parse(text, 10)
    }

    fn parse(digits: &str, radix: u32) -> Option<Serial> {
        if digits.is_empty() {
            return None;
        }
        let mut serial = [0u8; 20];
        for digit in digits.chars() {
            let mut carry = digit.to_digit(radix)?;
            for byte in serial.iter_mut().rev() {
                let sum = u32::from(*byte) * radix + carry;
                *byte = (sum & 0xff) as u8;
                carry = sum >> 8;
            }
            if carry != 0 {
                return None;
            }
        }
        Some(Serial(serial))
    }

    /// Decimal digits.
    pub fn to_decimal(&self) -> String {
        let mut rest = self.0;
        let mut digits = Vec::new();
        while rest.iter().any(|&byte| byte != 0) {
            let mut remainder = 0u32;
            for byte in &mut rest {
                let value = remainder << 8 | u32::from(*byte);
                *byte = (value / 10) as u8;
                remainder = value % 10;
            }
            digits.push(char::from(b'0' + remainder as u8));
        }
        if digits.is_empty() {
            digits.push('0');
        }
        digits.iter().rev().collect()
    }
}

impl From<u64> for Serial {
    fn from(number: u64) -> Serial {
        let mut serial = [0; 20];
        if let Some(low) = serial.last_chunk_mut::<8>() {
            *low = number.to_be_bytes();
        }
        Serial(serial)
    }
}

/// Upper-case hexadecimal, at least four digits: the form of Puppet's `serial` file.
impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits: String = self.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        if digits.starts_with('0') {
            digits.remove(0);
        }
        write!(f, "{digits:0>4}")
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        assert_eq!(Serial::from(1).to_string(), "0001");
        assert_eq!(Serial::from(0xabcde).to_string(), "ABCDE");
        assert_eq!(Serial::from(0).as_bytes(), [0]);
        assert_eq!(Serial::from(255).next(), Some(Serial::from(256)));
        assert_eq!(Serial([0xff; 20]).next(), None);
        assert_eq!(Serial::from_hex("0x002f"), Some(Serial::from(0x2f)));
        assert_eq!(Serial::from_hex(""), None);
        assert_eq!(Serial::from_hex("xyz"), None);
        assert_eq!(Serial::from_bytes(&[1; 21]), None);
        assert_eq!(Serial::from_bytes(&[0, 0, 7]), Some(Serial::from(7)));
        assert_eq!(Serial::from_decimal(&"9".repeat(60)), None);
        assert!(Serial::from(9) < Serial::from(10));
    }

    proptest! {
        #[test]
        fn digits_round_trip(bytes in any::<[u8; 20]>(), number in any::<u64>()) {
            let serial = Serial(bytes);
            prop_assert_eq!(Serial::from_hex(&serial.to_string()), Some(serial));
            prop_assert_eq!(Serial::from_decimal(&serial.to_decimal()), Some(serial));
            prop_assert_eq!(Serial::from_bytes(serial.as_bytes()), Some(serial));
            prop_assert_eq!(Serial::from(number).to_decimal(), number.to_string());
            prop_assert_eq!(Serial::from(number).to_u128(), Some(u128::from(number)));
        }
    }
}
