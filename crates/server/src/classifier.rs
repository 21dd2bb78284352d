//! What is known of a node beyond its facts: the external node classifier (`node_terminus = exec`), and trusted data from outside
//! (`trusted_external_command`).
//!
//! Both are commands of the administrator's that take a node's name. They are run before a compile, on threads that may wait, so many at
//! a time and no more; their texts are Puppet's. What they say is used for this request alone.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pcore::{Hash, Str, Value, yaml};

use crate::execution::Execution;

/// Where a node's classes, parameters and environment come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum NodeTerminus {
    /// Nowhere: the code decides.
    #[default]
    Plain,
    /// A command (`external_nodes`): words, the first an absolute path; the node's name is added.
    Exec(String),
}

/// What a classifier says of a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// Classes, with parameters where there are any.
    pub classes: Vec<(Str, Option<Hash>)>,
    /// Variables of the top scope.
    pub parameters: Hash,
    /// The node's environment, whatever its agent asks for.
    pub environment: Option<String>,
}

impl NodeTerminus {
    /// The definition of a node; nothing if the classifier does not know it.
    ///
    /// # Errors
    /// Puppet's text: the command fails, or what it says is no definition.
    pub fn find(&self, certname: &str, time_max: Duration) -> Result<Option<Definition>, String> {
        let NodeTerminus::Exec(command) = self else { return Ok(Some(Definition::default())) };
        if command.is_empty() || command == "none" {
            return Err(
                "You must set the 'external_nodes' parameter to use the external node terminus".into()
            );
        }
        let mut words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if !words.first().is_some_and(|program| program.starts_with('/')) {
            return Err("You must set the exec parameter to a fully qualified command".into());
        }
        words.push(certname.to_owned());
        let execution = Execution { command: &words, folder: None, combine: false, time_max };
        let output =
            execution.run().map_err(|error| format!("Failed to find {certname} via exec: {error}"))?;
        if output.iter().all(u8::is_ascii_whitespace) {
            tracing::debug!("Empty response for {certname} from exec terminus");
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&output);
        read(&text)
            .map(Some)
            .map_err(|reason| format!("Could not load external node results for {certname}: {reason}"))
    }
}

/// Reads what a classifier prints: a YAML hash of `classes`, `parameters` and `environment`.
fn read(text: &str) -> Result<Definition, String> {
    let document = yaml::load(text, "").map_err(|error| error.to_string())?;
    let Some(document) = document.as_hash() else {
        return Err("it is not a hash".to_owned());
    };
    if let Some((key, _)) = document.iter().find(|(key, _)| key.as_str().is_none()) {
        let class = pcore::parameterize::class_name(key);
        return Err(format!("key is a {class}, not a string or symbol"));
    }
    let parameters = match document.get_str("parameters") {
        None | Some(Value::Undef) => Hash::new(),
        Some(Value::Hash(parameters)) => Hash::clone(parameters),
        Some(_) => return Err("parameters are not a hash".to_owned()),
    };
    let environment = match document.get_str("environment") {
        None | Some(Value::Undef) => None,
        Some(Value::Str(name)) => Some(name.to_string()),
        Some(_) => return Err("environment is not a string".to_owned()),
    };
    Ok(Definition { classes: classes(document.get_str("classes"))?, parameters, environment })
}

fn classes(value: Option<&Value>) -> Result<Vec<(Str, Option<Hash>)>, String> {
    let name = |value: &Value| match value {
        Value::Str(name) => Ok(Str::clone(name)),
        _ => Err("the name of a class is not a string".to_owned()),
    };
    match value {
        None | Some(Value::Undef) => Ok(Vec::new()),
        Some(Value::Array(names)) => names.iter().map(|class| Ok((name(class)?, None))).collect(),
        Some(Value::Hash(classes)) => classes
            .iter()
            .map(|(class, parameters)| {
                let class = name(class)?;
                match parameters {
                    Value::Undef => Ok((class, None)),
                    Value::Hash(parameters) => Ok((class, Some(Hash::clone(parameters)))),
                    _ => Err(format!("parameters of the class {class} are not a hash")),
                }
            })
            .collect(),
        Some(_) => Err("classes are neither an array nor a hash".to_owned()),
    }
}

/// `$trusted['external']` of a node: what a command prints as JSON; of a directory, what each program in it prints, by its name
/// without ending.
///
/// # Errors
/// Puppet's text.
pub fn trusted_external(command: &Path, certname: &str, time_max: Duration) -> Result<Value, String> {
    tracing::debug!("Retrieving trusted external data from {}", command.display());
    if !command.is_dir() {
        return fetch(command, certname, time_max);
    }
    let unreadable = |error: std::io::Error| format!("could not read {}: {error}", command.display());
    let mut programs: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(command).map_err(unreadable)? {
        programs.push(entry.map_err(unreadable)?.path());
    }
    programs.sort_unstable();
    let mut data = Hash::new();
    for program in programs {
        if !is_executable_file(&program) {
            tracing::debug!("Skipping non-executable file {}", program.display());
            continue;
        }
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        if data.get_str(&name).is_some() {
            return Err(format!("There is more than one '{name}' script in {}", command.display()));
        }
        data.insert(&*name, fetch(&program, certname, time_max)?);
    }
    Ok(Value::hash(data))
}

fn fetch(program: &Path, certname: &str, time_max: Duration) -> Result<Value, String> {
    let words = [program.to_string_lossy().into_owned(), certname.to_owned()];
    let execution = Execution { command: &words, folder: None, combine: false, time_max };
    let output = execution.run().map_err(|error| error.to_string())?;
    pcore::json::parse(&output)
        .map_err(|error| format!("{} printed for {certname} what is not JSON: {error}", program.display()))
}

fn is_executable_file(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// Writes a program. Another process does, since what other threads start meanwhile would hold the file open, and what is open for
    /// writing is not executed.
    fn executable(path: &Path, text: &str) {
        let mut cat = std::process::Command::new("/bin/sh")
            .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
            .arg(path)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut cat.stdin.take().unwrap(), text.as_bytes()).unwrap();
        assert!(cat.wait().unwrap().success());
    }

    fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        executable(&path, &format!("#!/bin/sh\n{text}\n"));
        path
    }

    #[test]
    fn what_classifiers_print() {
        let full =
            read("---\nclasses:\n  a:\n  b: {x: 1, y: [z]}\nparameters:\n  role: web\nenvironment: test\n")
                .unwrap();
        assert_eq!(full.environment.as_deref(), Some("test"));
        assert_eq!(full.parameters["role"], "web".into());
        let names: Vec<(&str, usize)> =
            full.classes.iter().map(|(name, hash)| (&**name, hash.as_ref().map_or(0, Hash::len))).collect();
        assert_eq!(names, [("a", 0), ("b", 2)]);
        let list = read("classes: [a, 'b::c']\n").unwrap();
        assert_eq!(list.classes, [("a".into(), None), ("b::c".into(), None)]);
        assert_eq!((list.parameters.len(), list.environment), (0, None));
        // Ruby's symbols, as old classifiers print them.
        let symbols = read("---\n:environment: test\n:classes:\n- a\n").unwrap();
        assert_eq!((symbols.environment.as_deref(), symbols.classes.len()), (Some("test"), 1));
        assert_eq!(read("{}").unwrap(), Definition::default());
        assert_eq!(read("classes:\nparameters: ~\n").unwrap(), Definition::default());
        for (text, reason) in [
            ("- a\n", "it is not a hash"),
            ("1: x\n", "key is a Integer, not a string or symbol"),
            ("classes: a\n", "classes are neither an array nor a hash"),
            ("classes: {a: 1}\n", "parameters of the class a are not a hash"),
            ("parameters: [a]\n", "parameters are not a hash"),
            ("environment: [a]\n", "environment is not a string"),
            ("a: b: c\n", "(<unknown>): mapping values are not allowed in this context at line 1 column 5"),
        ] {
            assert_eq!(read(text).unwrap_err(), reason, "{text}");
        }
    }

    #[test]
    fn commands_and_their_failures() {
        let folder = tempfile::tempdir().unwrap();
        let run = |text: &str, time_max| {
            let path = script(folder.path(), "enc", text);
            let found = NodeTerminus::Exec(format!("{} one", path.display())).find("web", time_max);
            found.map_err(|error| error.replace(&path.display().to_string(), "ENC"))
        };
        let found = run("echo noise >&2; echo \"parameters: {args: '$1 $2 $#'}\"", LONG).unwrap().unwrap();
        assert_eq!(found.parameters["args"], "one web 2".into());
        assert_eq!(run("echo; echo '  '", LONG), Ok(None));
        assert_eq!(
            run("echo who; echo noise >&2; exit 1", LONG).unwrap_err(),
            "Failed to find web via exec: Execution of 'ENC one web' returned 1: who"
        );
        assert_eq!(
            run("echo '- x'", LONG).unwrap_err(),
            "Could not load external node results for web: it is not a hash"
        );
        assert_eq!(
            run("sleep 1000", Duration::from_millis(20)).unwrap_err(),
            "Failed to find web via exec: Execution of 'ENC one web' took longer than 0 seconds"
        );
        let without = |command: &str| NodeTerminus::Exec(command.to_owned()).find("web", LONG).unwrap_err();
        assert_eq!(
            without("none"),
            "You must set the 'external_nodes' parameter to use the external node terminus"
        );
        assert_eq!(without("enc"), "You must set the exec parameter to a fully qualified command");
        assert_eq!(NodeTerminus::Plain.find("web", LONG), Ok(Some(Definition::default())));
    }

    #[test]
    fn trusted_data_from_a_command_or_a_directory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let one = script(path, "one.sh", "echo \"{\\\"name\\\": \\\"$1\\\"}\"; echo noise >&2");
        let fetched = |command: &Path| trusted_external(command, "web", LONG);
        let shown = |value: Value| pcore::json::to_string(&value);
        assert_eq!(fetched(&one).map(shown).unwrap(), r#"{"name":"web"}"#);
        std::fs::write(path.join("README.md"), "x").unwrap();
        std::fs::create_dir(path.join("sub")).unwrap();
        script(path, "two", "echo '[1]'");
        assert_eq!(fetched(path).map(shown).unwrap(), r#"{"one":{"name":"web"},"two":[1]}"#);
        script(path, "one.rb", "echo 1");
        let twice = format!("There is more than one 'one' script in {}", path.display());
        assert_eq!(fetched(path).unwrap_err(), twice);
        let bad = script(path, "bad", "echo no; exit 2");
        assert_eq!(
            fetched(&bad).unwrap_err(),
            format!("Execution of '{} web' returned 2: no", bad.display())
        );
        script(path, "bad", "echo {");
        assert!(fetched(&bad).unwrap_err().contains("what is not JSON"));
    }
}
