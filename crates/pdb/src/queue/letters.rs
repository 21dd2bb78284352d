//! The dead letters: commands that the store could not take, with why. People look at them, and say which are tried again.
//!
//! They lie in the queue's file, where a command line reaches them beside a server that runs: what it marks, the server's [`Queue`]
//! takes up ([`Queue::follow_marks`]), or the next server when it starts.
//!
//! [`Queue`]: super::Queue
//! [`Queue::follow_marks`]: super::Queue::follow_marks

use std::path::Path;

use db::{Db, Row, Tx};

use crate::command::{Body, Encoding};
use crate::payload::time_text;

/// A command that the store could not take.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct DeadLetter {
    /// What its sender was told.
    pub uuid: String,
    /// Its name.
    pub command: String,
    /// Its version.
    pub version: i64,
    /// Its node.
    pub certname: String,
    /// When it arrived, microseconds since 1970.
    pub received: i64,
    /// When it was given up.
    pub discarded: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it could not be stored.
    pub error: String,
}

impl DeadLetter {
    /// When it arrived, and when it was given up, ISO 8601.
    pub fn times(&self) -> (String, String) {
        (time_text(self.received), time_text(self.discarded))
    }
}

/// Which of them.
#[derive(Clone, Debug)]
pub enum Which {
    /// All.
    All,
    /// Those of which senders were told these.
    Uuids(Vec<String>),
}

/// The dead letters of a queue's file.
#[derive(Clone)]
pub struct DeadLetters {
    db: Db,
}

impl DeadLetters {
    /// Those of a file that a queue has made, which may run.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path) -> Result<DeadLetters, db::Error> {
        Ok(DeadLetters::of(Db::open(path, "queue", super::SCHEMA)?))
    }

    pub(super) fn of(db: Db) -> DeadLetters {
        DeadLetters { db }
    }

    /// The newest, and how many there are.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn newest(&self, limit: usize) -> Result<(i64, Vec<DeadLetter>), db::Error> {
        let read = move |tx: &Tx<'_>| {
            let count = match tx.first("SELECT count(*) FROM dead_letters", &[])? {
                Some(row) => row.get(0)?,
                None => 0,
            };
            let sql = "SELECT uuid, command, version, certname, received, discarded, attempts, error
                       FROM dead_letters ORDER BY id DESC LIMIT $1";
            let letters = tx.query(sql, &[i64::try_from(limit).unwrap_or(i64::MAX).into()])?;
            Ok((count, letters.iter().map(letter).collect::<Result<_, _>>()?))
        };
        self.db.read(read).await
    }

    /// The document of one, of at most so many bytes; nothing if there is no such letter.
    ///
    /// # Errors
    /// The file cannot be read, or what was sent cannot be unpacked.
    pub async fn document(&self, uuid: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, db::Error> {
        let uuid = uuid.to_owned();
        let read = move |tx: &Tx<'_>| {
            let sql = "SELECT encoding, body FROM dead_letters WHERE uuid = $1";
            let Some(row) = tx.first(sql, &[uuid.into()])? else { return Ok(None) };
            let encoding = if row.get::<i64>(0)? == 1 { Encoding::Gzip } else { Encoding::Plain };
            Ok(Some(Body { encoding, bytes: row.get(1)? }))
        };
        let Some(body) = self.db.read(read).await? else { return Ok(None) };
        body.text(bytes_max).map(Some).map_err(|error| db::Error::Refused(error.to_string()))
    }

    /// Has letters tried again; gives how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn mark(&self, which: Which) -> Result<usize, db::Error> {
        self.each(
            which,
            "UPDATE dead_letters SET retry = 1",
            "UPDATE dead_letters SET retry = 1 WHERE uuid = $1",
        )
        .await
    }

    /// Deletes letters; gives how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn delete(&self, which: Which) -> Result<usize, db::Error> {
        self.each(which, "DELETE FROM dead_letters", "DELETE FROM dead_letters WHERE uuid = $1").await
    }

    async fn each(&self, which: Which, all: &'static str, one: &'static str) -> Result<usize, db::Error> {
        let write = move |tx: &Tx<'_>| match &which {
            Which::All => tx.execute(all, &[]),
            Which::Uuids(uuids) => {
                let mut count = 0;
                for uuid in uuids {
                    count += tx.execute(one, &[uuid.as_str().into()])?;
                }
                Ok(count)
            }
        };
        self.db.write(write).await
    }
}

fn letter(row: &Row) -> Result<DeadLetter, db::Error> {
    Ok(DeadLetter {
        uuid: row.get(0)?,
        command: row.get(1)?,
        version: row.get(2)?,
        certname: row.get(3)?,
        received: row.get(4)?,
        discarded: row.get(5)?,
        attempts: row.get(6)?,
        error: row.get(7)?,
    })
}
