//! Times in certificates and in Puppet's inventory.

use std::time::SystemTime;

use der::DateTime;
use x509_cert::time::Time;

use crate::{Error, Result};

/// As X.509 wants it: two-digit years through 2049, four digits after.
pub(crate) fn to_x509(time: SystemTime) -> Result<Time> {
    DateTime::from_system_time(time).map(Time::from).map_err(Error::encode("a time"))
}

/// The form of the inventory and of status documents: `2029-05-01T10:00:00UTC`. A time outside the years
/// 1970 to 9999 gives the nearest one inside.
pub fn to_inventory(time: SystemTime) -> String {
    let time = match DateTime::from_system_time(time) {
        Ok(time) => time,
        Err(_) if time < SystemTime::UNIX_EPOCH => return "1970-01-01T00:00:00UTC".to_owned(),
        Err(_) => return "9999-12-31T23:59:59UTC".to_owned(),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}UTC",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minutes(),
        time.seconds()
    )
}

/// Reads the form of the inventory. `GMT` and `Z`, which other tools wrote, mean the same as `UTC`.
pub fn from_inventory(text: &str) -> Option<SystemTime> {
    let text = ["UTC", "GMT", "Z"].iter().find_map(|zone| text.strip_suffix(zone))?;
    let (date, time) = text.split_once('T')?;
    let number = |digits: &str, length: usize| -> Option<u16> {
        (digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let mut date = date.split('-');
    let mut time = time.split(':');
    let year = number(date.next()?, 4)?;
    let two = |from: &mut dyn Iterator<Item = &str>| u8::try_from(number(from.next()?, 2)?).ok();
    let (month, day) = (two(&mut date)?, two(&mut date)?);
    let (hour, minute, second) = (two(&mut time)?, two(&mut time)?, two(&mut time)?);
    if date.next().is_some() || time.next().is_some() {
        return None;
    }
    DateTime::new(year, month, day, hour, minute, second).ok().map(|time| time.to_system_time())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn inventory_form() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_714_557_600);
        assert_eq!(to_inventory(time), "2024-05-01T10:00:00UTC");
        assert_eq!(from_inventory("2024-05-01T10:00:00UTC"), Some(time));
        assert_eq!(from_inventory("2024-05-01T10:00:00GMT"), Some(time));
        for bad in
            ["", "2024-05-01", "2024-13-01T10:00:00UTC", "2024-05-01T10:00UTC", "2024-05-01T10:00:00CET"]
        {
            assert_eq!(from_inventory(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn round_trip(seconds in 0u64..250_000_000_000) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            prop_assert_eq!(from_inventory(&to_inventory(time)), Some(time));
        }

        #[test]
        fn nothing_panics(text in ".{0,40}") {
            let _ = from_inventory(&text);
        }
    }
}
