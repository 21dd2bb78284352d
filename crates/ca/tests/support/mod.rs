//! An estate in a temporary folder, on the first of January 2027.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ca::{Authority, Host, Settings};
use pki::{CsrBuilder, Extension, KeyKind, KeyPair};
use stdx::{Clock, TestClock};

pub const YEAR: Duration = Duration::from_secs(31_536_000);

pub struct Estate {
    pub folder: tempfile::TempDir,
    pub settings: Settings,
    pub host: Host,
    pub clock: Arc<TestClock>,
}

impl Estate {
    pub fn new() -> Estate {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(folder.path().join("ca"), "puppet.example.com");
        // Quick to make; the kinds of keys have their own tests.
        settings.key_kind = KeyKind::EcP256;
        let host = Host::in_directory(&folder.path().join("ssl"), "puppet.example.com");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_798_761_600);
        Estate { folder, settings, host, clock: Arc::new(TestClock::at(now)) }
    }

    pub fn now(&self) -> SystemTime {
        self.clock.now()
    }

    pub fn root(&self) -> String {
        self.folder.path().display().to_string()
    }

    pub fn try_open(&self) -> ca::Result<Authority> {
        Authority::open(self.settings.clone(), self.clock.clone())
    }

    pub fn open(&self) -> Authority {
        self.try_open().unwrap()
    }

    pub fn set_up(&self) -> Authority {
        Authority::set_up(self.settings.clone(), "Puppet Root CA: 1234", self.clock.clone()).unwrap()
    }
}

pub fn key() -> KeyPair {
    KeyPair::generate(KeyKind::EcP256).unwrap()
}

pub fn csr_with(certname: &str, key: &KeyPair, extensions: Vec<Extension>) -> String {
    let builder = CsrBuilder::new(certname).unwrap();
    extensions.into_iter().fold(builder, CsrBuilder::extension).sign(key).unwrap().to_pem()
}

pub fn csr(certname: &str) -> (String, KeyPair) {
    let key = key();
    (csr_with(certname, &key, vec![]), key)
}
