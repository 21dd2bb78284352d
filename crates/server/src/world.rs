//! The compiler's window to this machine.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::pdb::{ExportedFilter, ExportedQuery, Fingerprint};
use compiler::world::{ExportFilter, ExportQuery, ExportedResource};
use compiler::{Level, World};
use pcore::time::Timestamp;
use wire::json::Limits;

use crate::execution::Execution;

/// Files, clock and commands of this machine, without a store of exported resources.
pub struct Machine;

/// This machine with the store of what nodes export.
#[derive(Clone)]
pub(crate) struct Connected {
    pdb: Arc<dyn api::Pdb>,
    /// Compiles run on threads of their own; the store's work is done by the runtime.
    runtime: tokio::runtime::Handle,
    /// The least level of messages that somebody will see.
    least: Level,
}

impl Connected {
    /// `least` is the least level of messages that somebody will see. Must be called on the runtime.
    pub(crate) fn new(pdb: Arc<dyn api::Pdb>, least: Level) -> Connected {
        Connected { pdb, runtime: tokio::runtime::Handle::current(), least }
    }
}

impl Connected {
    /// Waits for work that the runtime does. None of it is done by this thread: threads that it starts for that must not be as patient
    /// as this one may be.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, String> {
        self.runtime.block_on(self.runtime.spawn(work)).map_err(|error| error.to_string())
    }

    /// See [`api::Pdb::stored_content`].
    pub(crate) fn stored_content(&self, certname: &str, fingerprint: &Fingerprint) -> Option<String> {
        self.pdb.stored_content(certname, fingerprint)
    }
}

impl World for Connected {
    fn wants(&self, level: Level) -> bool {
        level >= self.least
    }

    fn now(&self) -> Timestamp {
        Machine.now()
    }

    fn utc_offset(&self) -> i32 {
        Machine.utc_offset()
    }

    fn random(&self) -> u128 {
        Machine.random()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        Machine.read_file(path)
    }

    fn exists(&self, path: &Path) -> bool {
        Machine.exists(path)
    }

    fn run(&self, command: &[String], folder: Option<&Path>, time_max: Duration) -> Result<Vec<u8>, String> {
        Machine.run(command, folder, time_max)
    }

    fn keep_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        Machine.keep_file(path, content)
    }

    fn query_store(&self, query: &pcore::Value) -> Result<pcore::Value, String> {
        let mut text = Vec::new();
        wire::data::write_value(query, false, &mut text);
        let query = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let pdb = self.pdb.clone();
        let rows = self.wait(async move { pdb.query(&query).await })?.map_err(|error| error.to_string())?;
        wire::json::parse(&rows, &Limits::default())
            .map_err(|error| format!("could not read the rows: {error}"))
    }

    fn stores_exports(&self) -> bool {
        true
    }

    fn exported_resources(&self, query: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        let query = ExportedQuery {
            type_name: query.type_name.to_owned(),
            certname: query.certname.to_owned(),
            filter: query.filter.as_ref().map(filter),
        };
        let pdb = self.pdb.clone();
        let found = self.wait(async move { pdb.exported(query).await })?.map_err(|error| {
            format!("Could not retrieve resources from the PuppetDB at {}: {error}", self.pdb.place())
        })?;
        let resource = |found: api::pdb::ExportedResource| ExportedResource {
            certname: found.certname.into(),
            title: found.title.into(),
            tags: found.tags.into_iter().map(Into::into).collect(),
            parameters: found.parameters,
        };
        Ok(found.into_iter().map(resource).collect())
    }
}

/// The store's form of a condition; tags have no capitals. The compiler limits how deep conditions nest.
fn filter(condition: &ExportFilter) -> ExportedFilter {
    let not = |condition| ExportedFilter::Not(Box::new(condition));
    match condition {
        ExportFilter::And(left, right) => {
            ExportedFilter::And(Box::new(filter(left)), Box::new(filter(right)))
        }
        ExportFilter::Or(left, right) => ExportedFilter::Or(Box::new(filter(left)), Box::new(filter(right))),
        ExportFilter::Equal(name, value) => equal(name, value),
        ExportFilter::NotEqual(name, value) => not(equal(name, value)),
    }
}

fn equal(name: &str, value: &pcore::Value) -> ExportedFilter {
    match name {
        "tag" => ExportedFilter::Tag(pcore::format::to_s(value).to_lowercase()),
        "title" => ExportedFilter::Title(pcore::format::to_s(value)),
        name => ExportedFilter::Parameter(name.to_owned(), value.clone()),
    }
}

impl World for Machine {
    fn wants(&self, level: Level) -> bool {
        // What uses it shows warnings and worse.
        level > Level::Debug
    }

    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp { seconds: since.as_secs() as i64, nanoseconds: since.subsec_nanos() }
    }

    fn utc_offset(&self) -> i32 {
        jiff::Zoned::now().offset().seconds()
    }

    fn random(&self) -> u128 {
        uuid::Uuid::new_v4().as_u128()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn run(&self, command: &[String], folder: Option<&Path>, time_max: Duration) -> Result<Vec<u8>, String> {
        Execution { command, folder, combine: true, time_max }.run().map_err(|error| error.to_string())
    }

    fn keep_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(path);
        let made: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
        stdx::fs::create_directory(folder, 0o750)?;
        stdx::fs::create_atomic(path, content, 0o600)?;
        // The command line may run as another user than the server.
        if let Some(owned) = made.last().copied().unwrap_or(path).parent() {
            let owner = std::fs::metadata(owned)?;
            for path in made.into_iter().chain([path]) {
                std::os::unix::fs::lchown(path, Some(owner.uid()), Some(owner.gid()))?;
            }
        }
        Ok(())
    }

    fn stores_exports(&self) -> bool {
        false
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use compiler::{Image, ImageOptions, NodeInput, compile};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn kept_files_stay_as_they_were_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/c");
        Machine.keep_file(&path, b"one").unwrap();
        assert_eq!(Machine.keep_file(&path, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.path().join("a"))), (0o600, 0o750));
    }

    #[test]
    fn data_of_one_compile_are_there_in_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let function = folder.path().join("modules/extlib/lib/puppet/functions/extlib/cache_data.rb");
        fs::create_dir_all(function.parent().unwrap()).unwrap();
        fs::write(function, "").unwrap();
        let vardir = folder.path().join("var");
        let keep = |name: &str, data: &str| {
            let options = ImageOptions {
                environment: "production".into(),
                directory: Some(folder.path().to_owned()),
                modulepath: vec![folder.path().join("modules")],
                code: Some(format!(
                    "notify {{ 'n': message => extlib::cache_data('m/x', '{name}', {data}) }}"
                )),
                settings: vec![("vardir".into(), vardir.to_string_lossy().as_ref().into())],
                ..ImageOptions::default()
            };
            let node = NodeInput { certname: "n".into(), ..NodeInput::default() };
            let compiled = compile(&Image::load(&options).unwrap(), &Machine, &node);
            let mut json = Vec::new();
            match compiled {
                Ok(compilation) => compilation.catalog.write_json(&mut json, true),
                Err(error) => return error.message,
            }
            let json = String::from_utf8(json).unwrap();
            let (_, rest) = json.split_once("\"message\":").unwrap();
            rest.split_once('}').unwrap().0.to_owned()
        };
        assert_eq!(keep("password", "'one'"), "\"one\"");
        assert_eq!(fs::read_to_string(vardir.join("m/x/password")).unwrap(), "--- one\n");
        assert_eq!(keep("password", "'two'"), "\"one\"");
        assert_eq!(keep("list", "[1, 'a', true]"), "[1,\"a\",true]");
        assert_eq!(keep("list", "[]"), "[1,\"a\",true]");
        // As Puppet's own server has left it.
        fs::write(vardir.join("m/x/old"), "---\na: 'b'\n...\n").unwrap();
        assert_eq!(keep("old", "undef"), "{\"a\":\"b\"");
        for (name, data, error) in [
            ("../../../out", "1", "m/x/../../../out leads out of"),
            ("secret", "Sensitive('s')", "only data can be kept, and Sensitive[String] is none"),
        ] {
            let told = keep(name, data);
            assert!(told.contains(error), "{told}");
        }
        assert!(!vardir.join("m/x/secret").exists() && !folder.path().join("out").exists());
    }
}
