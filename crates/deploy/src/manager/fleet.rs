//! Who serves which version, and who has to be waited for.

use std::time::{Duration, SystemTime};

/// A version that somebody serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The environment.
    pub environment: String,
    /// The commit of its version.
    pub commit: String,
    /// When it was made, as these documents write times.
    pub date: Option<String>,
    /// The commit of the control repository that it was made from, if it was made by a deploy.
    pub signature: Option<String>,
}

/// A server that takes versions over.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its certname.
    pub certname: String,
    /// When it was heard of last.
    pub checked_in: SystemTime,
    /// The same, as these documents write times.
    pub last_check_in: String,
    /// What it serves.
    pub serves: Vec<Served>,
}

/// All servers of code.
pub trait Fleet: Send + Sync {
    /// The newest versions.
    fn newest(&self) -> Vec<Served>;
    /// Who should serve them.
    fn clients(&self) -> Vec<Client>;
}

/// Servers that are heard of and serve neither this version nor a newer one.
pub(super) fn behind(
    fleet: &dyn Fleet,
    environment: &str,
    commit: &str,
    silence_max: Duration,
) -> Vec<String> {
    let newest = fleet.newest();
    let newest = newest.iter().find(|served| served.environment == environment).map(|served| &served.commit);
    let Some(newest) = newest else { return Vec::new() };
    let has = |client: &Client| {
        let mut serves = client.serves.iter().filter(|served| served.environment == environment);
        serves.any(|served| served.commit == commit || served.commit == *newest)
    };
    let is_heard = |client: &Client| client.checked_in.elapsed().unwrap_or_default() < silence_max;
    fleet
        .clients()
        .into_iter()
        .filter(|client| is_heard(client) && !has(client))
        .map(|client| client.certname)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Servers(Vec<Client>);

    impl Fleet for Servers {
        fn newest(&self) -> Vec<Served> {
            vec![served("c2")]
        }

        fn clients(&self) -> Vec<Client> {
            self.0.clone()
        }
    }

    fn served(commit: &str) -> Served {
        Served { environment: "production".into(), commit: commit.into(), date: None, signature: None }
    }

    #[test]
    fn silent_servers_are_not_waited_for() {
        let client = |certname: &str, age: u64, serves: &[&str]| Client {
            certname: certname.into(),
            checked_in: SystemTime::now() - Duration::from_secs(age),
            last_check_in: String::new(),
            serves: serves.iter().map(|commit| served(commit)).collect(),
        };
        let servers = Servers(vec![
            client("has", 1, &["c1"]),
            client("newer", 1, &["c2"]),
            client("old", 1, &["c0"]),
            client("empty", 1, &[]),
            client("silent", 1000, &["c0"]),
        ]);
        let limit = Duration::from_secs(300);
        assert_eq!(behind(&servers, "production", "c1", limit), ["old", "empty"]);
        // Gone meanwhile: there is nothing to wait for.
        assert!(behind(&servers, "other", "c1", limit).is_empty());
    }
}
