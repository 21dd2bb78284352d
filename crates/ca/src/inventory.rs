//! The inventory: one line for each certificate ever issued, and the index over it.
//!
//! `0x0004 2024-05-01T10:00:00UTC 2029-05-01T10:00:00UTC /CN=agent.example.com`
//!
//! The file is the only memory of certificates whose files are gone, so revocation by name reads it. Lines
//! of another shape (comments, other tools) are kept in the file and left out of the index.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pki::{Certificate, Serial, time};

use crate::error::{Error, Result};
use crate::files::{self, PUBLIC, Stamp};

/// One issued certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its number.
    pub serial: Serial,
    /// End of validity; nothing if the line does not say so in a way we read.
    pub not_after: Option<SystemTime>,
}

impl Issued {
    /// Whether it may still be in use. What has no readable date counts as in use, so that a revocation
    /// rather names one serial too many.
    pub fn is_live(&self, now: SystemTime) -> bool {
        self.not_after.is_none_or(|end| now < end)
    }

    /// Whether it has certainly run out.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.not_after.is_some_and(|end| end < now)
    }
}

/// The index over the file.
#[derive(Debug)]
pub(crate) struct Inventory {
    path: PathBuf,
    by_subject: HashMap<String, Vec<Issued>>,
    highest: Option<Serial>,
    stamp: Stamp,
}

impl Inventory {
    /// Reads the file; a missing one is empty.
    pub(crate) fn load(path: &Path) -> Result<Inventory> {
        let mut inventory = Inventory {
            path: path.to_owned(),
            by_subject: HashMap::new(),
            highest: None,
            stamp: Stamp::of(path)?,
        };
        let bytes = files::read_list(path)?.unwrap_or_default();
        for (subject, issued) in String::from_utf8_lossy(&bytes).lines().filter_map(parse) {
            inventory.index(subject, issued);
        }
        Ok(inventory)
    }

    /// Reads the file again if somebody else changed it.
    pub(crate) fn refresh(&mut self) -> Result<()> {
        if Stamp::of(&self.path)? != self.stamp {
            *self = Inventory::load(&self.path)?;
        }
        Ok(())
    }

    /// Adds certificates. On return their lines are on disk.
    pub(crate) fn append(&mut self, certificates: &[&Certificate]) -> Result<()> {
        let lines: Vec<String> = certificates.iter().map(|certificate| line(certificate)).collect();
        stdx::fs::append_line_durable(&self.path, &lines.join("\n"), PUBLIC)
            .map_err(Error::file("write", &self.path))?;
        self.stamp = Stamp::of(&self.path)?;
        for (subject, issued) in lines.iter().filter_map(|line| parse(line)) {
            self.index(subject, issued);
        }
        Ok(())
    }

    fn index(&mut self, subject: &str, issued: Issued) {
        self.highest = self.highest.max(Some(issued.serial));
        match self.by_subject.get_mut(subject) {
            Some(list) => list.push(issued),
            None => {
                self.by_subject.insert(subject.to_owned(), vec![issued]);
            }
        }
    }

    /// What a certname was ever issued.
    pub(crate) fn of(&self, certname: &str) -> &[Issued] {
        self.by_subject.get(&format!("CN={certname}")).map(Vec::as_slice).unwrap_or_default()
    }

    /// Everything, in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Issued> {
        self.by_subject.values().flatten()
    }

    /// The highest serial that was ever given out.
    pub(crate) fn highest(&self) -> Option<Serial> {
        self.highest
    }
}

/// The line of a certificate, without newline.
pub(crate) fn line(certificate: &Certificate) -> String {
    // A line break or a blank in a foreign subject must not make two lines or five fields of one.
    let subject: String =
        certificate.subject().to_string().chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    format!(
        "0x{} {} {} /{subject}",
        certificate.serial(),
        time::to_inventory(certificate.not_before()),
        time::to_inventory(certificate.not_after()),
    )
}

/// Subject (without its slash) and certificate of a line; `None` for a line of another shape.
pub(crate) fn parse(line: &str) -> Option<(&str, Issued)> {
    let mut fields = line.trim_end().splitn(4, ' ');
    let serial = fields.next()?;
    let serial = serial.starts_with("0x").then(|| Serial::from_hex(serial))??;
    let _not_before = fields.next()?;
    let not_after = time::from_inventory(fields.next()?);
    let subject = fields.next()?.strip_prefix('/')?;
    Some((subject, Issued { serial, not_after }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const TEXT: &str = "\
# made by hand
0x0001 2024-05-01T10:00:00UTC 2029-05-01T10:00:00UTC /CN=Puppet CA: puppet.example.com
0x002f 2024-05-01T10:00:00UTC 2029-05-01T10:00:00UTC /CN=a.example.com
0x0030 2014-05-01T10:00:00UTC 2019-05-01T10:00:00UTC /CN=a.example.com
0x0031 2014-05-01T10:00:00UTC sometime /CN=a.example.com
0x00";

    fn year(year: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs((year - 1970) * 31_557_600)
    }

    #[test]
    fn foreign_lines_are_tolerated_and_torn_ones_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inventory.txt");
        std::fs::write(&path, TEXT).unwrap();
        let inventory = Inventory::load(&path).unwrap();
        assert_eq!(inventory.highest(), Some(Serial::from(0x31)));
        assert_eq!(inventory.of("Puppet CA: puppet.example.com").len(), 1);
        let live: Vec<Serial> = inventory
            .of("a.example.com")
            .iter()
            .filter(|i| i.is_live(year(2025)))
            .map(|i| i.serial)
            .collect();
        assert_eq!(live, [Serial::from(0x2f), Serial::from(0x31)]);
        let expired: Vec<Serial> =
            inventory.all().filter(|i| i.is_expired(year(2025))).map(|i| i.serial).collect();
        assert_eq!(expired, [Serial::from(0x30)]);
        assert_eq!(inventory.of("b.example.com"), []);
    }

    #[test]
    fn a_change_by_somebody_else_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inventory.txt");
        let mut inventory = Inventory::load(&path).unwrap();
        std::fs::write(&path, TEXT).unwrap();
        inventory.refresh().unwrap();
        assert_eq!(inventory.of("a.example.com").len(), 3);
    }
}
