//! Which command is next: a lane for each node, first come, first served; no lane is worked on twice at once.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::Queued;

#[derive(Default)]
pub(super) struct Lanes {
    by_node: HashMap<String, Lane>,
    /// Nodes whose first command can be worked on.
    ready: VecDeque<String>,
    /// By the time they are due, and their place.
    delayed: BTreeMap<(i64, i64), Queued>,
    /// Commands in lanes and on workers; the delayed ones count apart.
    count: usize,
    bytes: u64,
}

/// How much is taken at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    /// Commands.
    pub(crate) commands: usize,
    /// Bytes of their bodies.
    pub(crate) bytes: u64,
}

#[derive(Default)]
struct Lane {
    /// In the order of their places.
    waiting: VecDeque<Queued>,
    is_busy: bool,
}

impl Lanes {
    /// Commands that wait, are delayed, or are worked on.
    pub(super) fn len(&self) -> usize {
        self.count + self.delayed.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn has(&self, certname: &str) -> bool {
        self.by_node.contains_key(certname)
    }

    pub(super) fn delayed(&self) -> usize {
        self.delayed.len()
    }

    /// When the oldest arrived of those that nobody works on.
    pub(super) fn oldest(&self) -> Option<i64> {
        let waiting = self.by_node.values().filter_map(|lane| lane.waiting.front());
        waiting.chain(self.delayed.values()).map(|command| command.received).min()
    }

    pub(super) fn push(&mut self, command: Queued) {
        self.count += 1;
        self.bytes += command.bytes;
        let lane = self.by_node.entry(command.certname.clone()).or_default();
        if lane.waiting.is_empty() && !lane.is_busy {
            self.ready.push_back(command.certname.clone());
        }
        // Writes that end at the same time may come here in another order.
        let place = lane.waiting.partition_point(|other| other.id < command.id);
        lane.waiting.insert(place, command);
    }

    pub(super) fn delay(&mut self, command: Queued, until: i64) {
        self.bytes += command.bytes;
        self.delayed.insert((until, command.id), command);
    }

    /// The next commands, each of another node, within limits that the first need not keep; if there are none, when the first delayed
    /// one is due.
    pub(super) fn take(&mut self, now: i64, most: Most) -> Result<Vec<Queued>, Option<i64>> {
        while let Some(entry) = self.delayed.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let command = entry.remove();
            self.bytes = self.bytes.saturating_sub(command.bytes);
            self.push(command);
        }
        let (mut taken, mut bytes) = (Vec::new(), 0u64);
        while taken.len() < most.commands.max(1)
            && let Some(certname) = self.ready.pop_front()
        {
            let Some(lane) = self.by_node.get_mut(&certname).filter(|lane| !lane.is_busy) else { continue };
            let Some(next) = lane.waiting.front() else { continue };
            bytes += next.bytes;
            if !taken.is_empty() && bytes > most.bytes {
                self.ready.push_front(certname);
                break;
            }
            lane.is_busy = true;
            taken.extend(lane.waiting.pop_front());
        }
        if !taken.is_empty() {
            return Ok(taken);
        }
        Err(self.delayed.first_key_value().map(|(key, _)| key.0))
    }

    /// Ends the work on a command that was taken.
    pub(super) fn free(&mut self, command: &Queued) {
        self.count = self.count.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(command.bytes);
        let Some(lane) = self.by_node.get_mut(&command.certname) else { return };
        lane.is_busy = false;
        if lane.waiting.is_empty() {
            self.by_node.remove(&command.certname);
        } else {
            self.ready.push_back(command.certname.clone());
        }
    }

    /// True if a command of the same name and node waits that was made later.
    pub(super) fn has_newer(&self, command: &Queued) -> bool {
        let Some(time) = command.producer_timestamp else { return false };
        self.by_node.get(&command.certname).is_some_and(|lane| {
            lane.waiting.iter().any(|other| {
                other.name == command.name
                    && other.id > command.id
                    && other.producer_timestamp.is_some_and(|other| other >= time)
            })
        })
    }
}
