//! The store of what nodes report, where the configuration says that it is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use pdb::Store;

use crate::config::Site;

/// Opens the store for a server; an embedded one is made if there is none. Its producer is this server's name.
pub(super) async fn open(site: &Site) -> anyhow::Result<Store> {
    // The queue of commands is here in any case.
    let directory = &site.data_dir;
    std::fs::create_dir_all(directory).with_context(|| format!("could not make {}", directory.display()))?;
    let store = match &site.config.puppetdb.database_url {
        None => embedded(file(site)).await?,
        // The database may come later.
        Some(url) => Store::connect_or_wait(connection(site, url)?).await.context("puppetdb.database-url")?,
    };
    Ok(store.with_producer(&site.certname))
}

/// Opens the store for a command; nothing if no server has made an embedded one yet.
pub(crate) async fn existing(site: &Site) -> anyhow::Result<Option<Store>> {
    match &site.config.puppetdb.database_url {
        None if !file(site).exists() => Ok(None),
        None => embedded(file(site)).await.map(Some),
        Some(url) => connected(site, url).await.map(Some),
    }
}

/// [`existing`], where a command is of no use without it.
pub(crate) async fn required(site: &Site) -> anyhow::Result<Store> {
    match existing(site).await? {
        Some(store) => Ok(store),
        None => bail!("there is no store at {}; has a server run here?", file(site).display()),
    }
}

/// The file of commands that wait, and of those set aside.
pub(crate) fn queue_file(site: &Site) -> PathBuf {
    site.data_dir.join("queue.sqlite")
}

fn file(site: &Site) -> PathBuf {
    site.data_dir.join("pdb.sqlite")
}

async fn embedded(file: PathBuf) -> anyhow::Result<Store> {
    Ok(tokio::task::spawn_blocking(move || Store::open(&file))
        .await
        .context("opening the store failed")??)
}

async fn connected(site: &Site, url: &str) -> anyhow::Result<Store> {
    Store::connect(connection(site, url)?).await.context("puppetdb.database-url")
}

fn connection(site: &Site, url: &str) -> anyhow::Result<db::PostgresSettings> {
    let config = &site.config.puppetdb;
    let password = |path: &Path| -> anyhow::Result<Option<String>> {
        let text = std::fs::read_to_string(path);
        let text = text.with_context(|| format!("could not read {}", path.display()))?;
        Ok(text.lines().next().map(str::to_owned))
    };
    Ok(db::PostgresSettings {
        url: url.to_owned(),
        user: config.database_username.clone(),
        password: config.database_password_file.as_deref().map(password).transpose()?.flatten(),
        authorities: config.database_ca.clone(),
        connections_max: config.database_connections,
    })
}
