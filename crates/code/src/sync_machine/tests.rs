//! The machine in a small world: a primary whose code changes, a link that loses answers, and a store.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

fn id(environment: u8, version: u32, object: u8) -> Id {
    let mut bytes = [0; 20];
    bytes[0] = environment;
    bytes[1..5].copy_from_slice(&version.to_be_bytes());
    bytes[5] = object;
    Id::new(bytes)
}

/// An object with number 0 is the commit; versions consist of it and some others, most of which older versions have, too.
fn content(commit: Id) -> BTreeSet<Id> {
    let bytes = commit.as_bytes();
    let version = u32::from_be_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]);
    let others = (1..=9u8).map(|object| id(bytes[0], version.saturating_sub(u32::from(object) % 4), object));
    others.chain([commit]).collect()
}

struct World {
    dice: Dice,
    now: u64,
    /// Environments and their newest version, on the primary.
    versions: BTreeMap<u8, u32>,
    store: BTreeSet<Id>,
    serving: BTreeMap<String, Id>,
    loss: u64,
    /// Tasks under way, with the time at which they end and what the primary was like when they reached it.
    under_way: Vec<(u64, Task, Option<Latest>)>,
    waits: bool,
}

impl World {
    fn latest(&self) -> Latest {
        let submodules =
            self.versions.iter().map(|(n, version)| (format!("environments/e{n}"), id(*n, *version, 0)));
        let newest = self.versions.values().max().copied().unwrap_or_default();
        Latest { commit: id(255, newest, 0), submodules: submodules.collect() }
    }

    fn begin(&mut self, machine: &mut Machine) {
        for task in machine.start(self.now) {
            let ends = self.now + 1 + self.dice.below(300);
            self.under_way.push((ends, task, Some(self.latest())));
        }
        let busy = self.under_way.iter().filter(|(_, task, _)| !matches!(task, Task::Poll { .. })).count();
        assert!(busy <= 2, "more at once than allowed");
        let polls = self.under_way.len() - busy;
        assert!(polls <= 1, "two questions at once");
        let names: Vec<_> = self.under_way.iter().filter_map(|(_, task, _)| name_of(task)).collect();
        assert_eq!(
            names.len(),
            names.iter().collect::<BTreeSet<_>>().len(),
            "an environment is worked on twice"
        );
    }

    /// Goes on to the next event.
    fn step(&mut self, machine: &mut Machine) {
        self.begin(machine);
        let next = self.under_way.iter().map(|(at, ..)| *at).chain(machine.wake()).min().unwrap();
        self.now = self.now.max(next);
        let (done, rest) =
            std::mem::take(&mut self.under_way).into_iter().partition(|(at, ..)| *at <= self.now);
        self.under_way = rest;
        let done: Vec<(u64, Task, Option<Latest>)> = done;
        for (_, task, latest) in done {
            self.end(machine, task, latest);
        }
    }

    fn end(&mut self, machine: &mut Machine, task: Task, latest: Option<Latest>) {
        let lost = self.dice.happens(self.loss);
        match task {
            Task::Poll { .. } if lost => machine.polled(self.now, Err("lost".into())),
            Task::Poll { seen } => {
                let tag = self.waits.then(|| format!("{latest:?}"));
                let polled = if seen.is_some() && seen == tag {
                    Polled::Unchanged
                } else {
                    Polled::Latest { latest, tag }
                };
                machine.polled(self.now, Ok(polled));
            }
            Task::Fetch { name, .. } if lost => machine.fetched(self.now, &name, Err("lost".into())),
            Task::Fetch { name, want, have, ids } => {
                let wanted: Vec<Id> = match ids.is_empty() {
                    true => {
                        let old = have.map(content).unwrap_or_default();
                        content(want).into_iter().filter(|id| !old.contains(id)).collect()
                    }
                    false => ids,
                };
                // An answer is cut somewhere, and may bring nothing.
                let cut = self.dice.below(wanted.len() as u64 + 2) as usize;
                let gained = wanted.into_iter().take(cut).filter(|id| self.store.insert(*id)).count();
                let missing = content(want).into_iter().filter(|id| !self.store.contains(id)).collect();
                machine.fetched(self.now, &name, Ok(Fetched { gained, missing }));
            }
            Task::LayOut { name, .. } if lost => machine.laid_out(self.now, &name, Err("disk full".into())),
            Task::LayOut { name, commit } => {
                assert!(content(commit).is_subset(&self.store), "laid out with objects missing");
                let before = self.serving.insert(name.clone(), commit);
                assert!(before.is_none_or(|before| before < commit), "an older version after a newer one");
                machine.laid_out(self.now, &name, Ok(()));
            }
            Task::Drop { name } => {
                self.serving.remove(&name);
                machine.laid_out(self.now, &name, Ok(()));
            }
        }
    }

    fn is_served(&self) -> bool {
        let latest = self.latest();
        let mut wanted: BTreeMap<String, Id> = latest
            .submodules
            .into_iter()
            .map(|(name, id)| (name.trim_start_matches("environments/").to_owned(), id))
            .collect();
        wanted.insert(TOP.to_owned(), latest.commit);
        wanted == self.serving
    }
}

fn name_of(task: &Task) -> Option<String> {
    match task {
        Task::Poll { .. } => None,
        Task::Fetch { name, .. } | Task::LayOut { name, .. } | Task::Drop { name } => Some(name.clone()),
    }
}

#[test]
fn over_a_lossy_link_every_version_arrives_in_the_end() {
    for seed in 1..=120u64 {
        let mut world = World {
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            now: 0,
            versions: BTreeMap::new(),
            store: BTreeSet::new(),
            serving: BTreeMap::new(),
            loss: 10 + seed % 70,
            under_way: Vec::new(),
            waits: seed % 3 != 0,
        };
        let mut machine = Machine::new(Pace::default(), "environments", []);
        // Versions of an environment that comes back are higher, as those of its repository are others.
        let mut newest = 0;
        for _ in 0..200 {
            if world.dice.happens(30) {
                newest += 1;
                let environment = world.dice.below(5) as u8;
                match world.dice.happens(15) {
                    true => world.versions.remove(&environment),
                    false => world.versions.insert(environment, newest),
                };
                // One is there all the time, and changes with each of the others.
                world.versions.insert(200, newest);
            }
            if world.dice.happens(3) {
                // A restart: what serves is known, and what was under way is lost.
                world.under_way.clear();
                machine = Machine::new(Pace::default(), "environments", world.serving.clone());
            }
            world.step(&mut machine);
        }
        world.loss = 0;
        let mut steps = 0;
        while !(world.is_served() && machine.is_synced()) {
            world.step(&mut machine);
            steps += 1;
            assert!(steps < 5_000, "seed {seed}: {machine:?}");
        }
        assert!(machine.status().values().all(|part| part.status == SyncStatus::Ok), "seed {seed}");
    }
}

fn latest(version: u32) -> Polled {
    let submodules = BTreeMap::from([("environments/production".to_owned(), id(1, version, 0))]);
    let latest = Some(Latest { commit: id(255, version, 0), submodules });
    Polled::Latest { latest, tag: Some(version.to_string()) }
}

#[test]
fn a_usual_deploy() {
    let live = [(TOP.to_owned(), id(255, 1, 0)), ("production".to_owned(), id(1, 1, 0))];
    let mut machine = Machine::new(Pace::default(), "environments", live);
    assert_eq!(machine.start(0), [Task::Poll { seen: None }]);
    machine.polled(10, Ok(latest(1)));
    assert!(machine.is_synced());
    assert_eq!(machine.start(10), [Task::Poll { seen: Some("1".into()) }]);
    assert_eq!((machine.wake(), machine.start(20)), (None, vec![]));
    machine.polled(500, Ok(latest(2)));
    let fetch = |name: &str, n, ids: Vec<Id>| Task::Fetch {
        name: name.into(),
        want: id(n, 2, 0),
        have: Some(id(n, 1, 0)),
        ids,
    };
    let tasks = machine.start(500);
    assert_eq!(
        tasks,
        [Task::Poll { seen: Some("2".into()) }, fetch(TOP, 255, vec![]), fetch("production", 1, vec![])]
    );
    assert_eq!(machine.status()["production"].status, SyncStatus::NewCommits);
    machine.fetched(510, "production", Ok(Fetched { gained: 3, missing: vec![id(1, 2, 5)] }));
    assert_eq!(machine.start(510), [fetch("production", 1, vec![id(1, 2, 5)])]);
    machine.fetched(520, "production", Ok(Fetched { gained: 1, missing: vec![] }));
    machine.fetched(520, TOP, Ok(Fetched { gained: 1, missing: vec![] }));
    let lay_out = |name: &str, n| Task::LayOut { name: name.into(), commit: id(n, 2, 0) };
    assert_eq!(machine.start(520), [lay_out(TOP, 255), lay_out("production", 1)]);
    machine.laid_out(530, TOP, Ok(()));
    // A newer version while this one is laid out: this one serves, then the newer one.
    machine.polled(530, Ok(latest(3)));
    machine.laid_out(540, "production", Ok(()));
    assert_eq!(machine.status()["production"].live, Some(id(1, 2, 0)));
    assert!(
        machine
            .start(540)
            .iter()
            .any(|task| matches!(task, Task::Fetch { name, .. } if name == "production"))
    );
}

#[test]
fn failures_pause_longer_each_time_and_end_with_a_new_version() {
    let mut machine = Machine::new(Pace::default(), "environments", []);
    machine.start(0);
    machine.polled(0, Ok(latest(1)));
    let mut now = 0;
    let mut pauses = Vec::new();
    for _ in 0..9 {
        let tasks = machine.start(now);
        assert!(tasks.iter().any(|task| name_of(task).as_deref() == Some("production")), "{tasks:?}");
        machine.fetched(now, TOP, Err("no".into()));
        machine.fetched(now, "production", Err("no".into()));
        let wake = machine.wake().unwrap();
        pauses.push(wake - now);
        now = wake;
    }
    assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    machine.start(now);
    machine.fetched(now, "production", Ok(Fetched { gained: 0, missing: vec![id(1, 1, 3)] }));
    let status = machine.status()["production"].clone();
    assert_eq!(status.status, SyncStatus::Error);
    assert!(status.error.unwrap().contains("does not send object"));
    machine.polled(now, Ok(latest(2)));
    assert!(
        machine
            .start(now)
            .iter()
            .any(|task| matches!(task, Task::Fetch { name, .. } if name == "production"))
    );
}

#[test]
fn a_primary_that_is_away_takes_nothing_away() {
    let live = [("production".to_owned(), id(1, 1, 0))];
    let mut machine = Machine::new(Pace::default(), "environments", live);
    machine.start(0);
    machine.polled(0, Err("connection refused".into()));
    assert_eq!((machine.start(0), machine.wake()), (vec![], Some(500)));
    assert_eq!(machine.poll_error(), Some("connection refused"));
    assert!(!machine.is_synced());
    assert_eq!(machine.status()["production"].live, Some(id(1, 1, 0)));
    // Asked for by somebody while the next question has to wait.
    machine.force(100);
    assert_eq!(machine.start(100), [Task::Poll { seen: None }]);
    // And while one is under way.
    machine.force(150);
    machine.polled(200, Ok(Polled::Unchanged));
    assert_eq!(machine.start(200), [Task::Poll { seen: None }]);
    // Another question is given up for the next one, which does not tell that the primary is back.
    machine.polled(210, Err("connection refused".into()));
    machine.force(220);
    assert_eq!(machine.start(220), [Task::Poll { seen: None }]);
    machine.poll_given_up(230);
    assert_eq!(machine.poll_error(), Some("connection refused"));
    assert_eq!(machine.start(230), [Task::Poll { seen: None }]);
}

#[test]
fn a_primary_that_forgot_the_repository_takes_nothing_away() {
    let live = [("production".to_owned(), id(1, 1, 0)), ("test".to_owned(), id(2, 1, 0))];
    let mut machine = Machine::new(Pace::default(), "environments", live.clone());
    machine.start(0);
    let nothing = Polled::Latest { latest: None, tag: Some("nothing".into()) };
    machine.polled(0, Ok(nothing.clone()));
    assert_eq!(machine.start(0), [Task::Poll { seen: Some("nothing".into()) }]);
    let serves = |machine: &Machine, name: &str| machine.status().get(name).and_then(|part| part.live);
    assert_eq!(serves(&machine, "production"), Some(id(1, 1, 0)));
    let error = |machine: &Machine| machine.status().get(TOP).and_then(|top| top.error.clone());
    assert!(error(&machine).is_some_and(|error| error.contains("bunraku code commit")), "{machine:?}");
    assert!(!machine.is_synced());
    // It waits with its answers as ever, and it is as it was.
    machine.polled(30_000, Ok(Polled::Unchanged));
    assert!(error(&machine).is_some() && !machine.is_synced());

    // Code is committed there again, without one of the environments: that one goes, and only that one.
    machine.start(30_000);
    machine.polled(31_000, Ok(latest(2)));
    for _ in 0..10 {
        for task in machine.start(31_000) {
            match task {
                Task::Poll { .. } => {}
                Task::Fetch { name, .. } => {
                    machine.fetched(31_000, &name, Ok(Fetched { gained: 1, missing: vec![] }));
                }
                Task::LayOut { name, .. } => machine.laid_out(31_000, &name, Ok(())),
                Task::Drop { name } => {
                    assert_eq!(name, "test");
                    machine.laid_out(31_000, &name, Ok(()));
                }
            }
        }
    }
    assert_eq!((serves(&machine, "production"), serves(&machine, "test")), (Some(id(1, 2, 0)), None));
    assert!(machine.is_synced() && error(&machine).is_none(), "{machine:?}");

    // What was under way when the repository went ends by itself: what is there in full serves, what is not is given up.
    machine.polled(32_000, Ok(latest(3)));
    machine.start(32_000);
    machine.fetched(32_010, "production", Ok(Fetched { gained: 1, missing: vec![] }));
    machine.start(32_010);
    machine.polled(32_020, Ok(nothing.clone()));
    machine.fetched(32_030, TOP, Err("there is no repository".into()));
    machine.laid_out(32_040, "production", Ok(()));
    assert!(machine.start(40_000).iter().all(|task| name_of(task).is_none()));
    assert_eq!(
        (serves(&machine, "production"), serves(&machine, TOP)),
        (Some(id(1, 3, 0)), Some(id(255, 2, 0)))
    );

    // Where nothing serves yet, nothing is wrong: no code has been committed.
    let mut machine = Machine::new(Pace::default(), "environments", []);
    machine.start(0);
    machine.polled(0, Ok(nothing));
    assert!(machine.is_synced() && machine.status().is_empty());
}
