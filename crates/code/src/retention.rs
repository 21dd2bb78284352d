//! Which versions stay, and which may go.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use crate::git::Id;

/// How long versions stay that are not the newest any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// So many of an environment stay in any case; the newest always does.
    pub versions: usize,
    /// So long a version stays after a newer one came.
    pub age: Duration,
}

/// A version in the history of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The version.
    pub commit: Id,
    /// When it was overtaken, or its environment ended; nothing for the newest version of an environment that is there.
    pub until: Option<SystemTime>,
}

impl Retention {
    /// Those of a history, which has the newest first, that stay. `used` are versions that somebody needs.
    pub fn staying<'a>(
        &'a self,
        history: &'a [Past],
        used: &'a HashSet<Id>,
        now: SystemTime,
    ) -> impl Iterator<Item = Id> + 'a {
        let is_there = history.first().is_some_and(|newest| newest.until.is_none());
        let stays = move |(place, past): &(usize, &Past)| match past.until {
            None => true,
            Some(_) if is_there && *place < self.versions => true,
            // A time to come is one of a clock that was wrong.
            Some(until) => {
                now.duration_since(until).unwrap_or_default() < self.age || used.contains(&past.commit)
            }
        };
        history.iter().enumerate().filter(stays).map(|(_, past)| past.commit)
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn staying(versions: usize, age: u64, until: &[Option<u64>], used: &[u8]) -> Vec<u8> {
        let retention = Retention { versions, age: Duration::from_secs(age) };
        let at = |seconds: u64| UNIX_EPOCH + Duration::from_secs(seconds);
        let history: Vec<Past> = (0_u8..)
            .zip(until)
            .map(|(n, until)| Past { commit: Id::new([n; 20]), until: until.map(at) })
            .collect();
        let used = used.iter().map(|n| Id::new([*n; 20])).collect();
        retention.staying(&history, &used, at(1000)).map(|id| id.as_bytes()[0]).collect()
    }

    #[test]
    fn what_is_new_young_or_used_stays() {
        let history = [None, Some(990), Some(980), Some(500), Some(100), Some(90)];
        assert_eq!(staying(0, 0, &history, &[]), [0]);
        assert_eq!(staying(1, 0, &history, &[]), [0]);
        assert_eq!(staying(3, 0, &history, &[]), [0, 1, 2]);
        assert_eq!(staying(1, 20, &history, &[]), [0, 1], "by when it was overtaken");
        assert_eq!(staying(1, 501, &history, &[]), [0, 1, 2, 3]);
        assert_eq!(staying(1, 0, &history, &[4, 77]), [0, 4]);
        // A clock that was ahead.
        assert_eq!(staying(1, 10, &[None, Some(5000), Some(10)], &[]), [0, 1]);
        // An environment that is gone.
        assert_eq!(staying(9, 20, &[Some(990), Some(100)], &[]), [0]);
        assert_eq!(staying(9, 20, &[Some(900), Some(100)], &[1]), [1]);
    }
}
