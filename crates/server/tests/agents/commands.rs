//! Commands that a compile runs: `generate` and `config_version`.

use std::path::PathBuf;

use super::catalog::{PATH, facts, form, post};
use super::*;

fn script(site: &Site, name: &str, text: &str) -> PathBuf {
    let path = site.folder.path().canonicalize().unwrap().join(name);
    crate::executable(&path, text);
    path
}

#[tokio::test]
async fn a_generators_output_is_all_that_it_writes() {
    let site = Site::new();
    let generator = script(&site, "generator", "#!/bin/sh\npwd\necho \"$@\" >&2\n");
    let code = format!("notify {{ 'n': message => generate('{}', 'a', 'b  c') }}\n", generator.display());
    site.manifest("production", &code);
    let catalog = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
    let resources = catalog["resources"].as_array().unwrap();
    let notify = resources.iter().find(|resource| resource["type"] == "Notify").unwrap();
    let folder = generator.parent().unwrap().display().to_string();
    assert_eq!(notify["parameters"]["message"], format!("{folder}\na b  c\n"));
}

#[tokio::test]
async fn a_generator_that_fails_ends_the_compile() {
    let site = Site::new();
    let generator = script(&site, "generator", "#!/bin/sh\necho oh >&2\nexit 3\n");
    site.manifest("production", &format!("generate('{}', 'a')\n", generator.display()));
    let (status, message, _) = site.send(post(PATH, form(&facts(NODE), ""))).await.error();
    let generator = generator.display();
    let expected = format!(
        "Server Error: Evaluation Error: Error while evaluating a Function Call, Failed to execute generator {generator}: \
         Execution of '{generator} a' returned 3: oh (file: "
    );
    assert_eq!(status, 500);
    assert!(message.starts_with(&expected), "{message}");
}

#[tokio::test]
async fn a_catalogs_version_is_what_the_command_prints() {
    let site = Site::new();
    let environment = site.folder.path().join("environments/production");
    let version = script(&site, "environments/production/version", "#!/bin/sh\necho \"  $1 $#\"\n");
    std::fs::write(environment.join("environment.conf"), "config_version = version $environment two\n")
        .unwrap();
    let catalog = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
    assert_eq!(catalog["version"], "production 2");

    std::fs::write(&version, "#!/bin/sh\necho no; exit 1\n").unwrap();
    let (status, message, _) = site.send(post(PATH, form(&facts(NODE), ""))).await.error();
    assert_eq!(status, 500);
    let command = format!(" {} production two", environment.join("version").display());
    let command = command.trim_start();
    let expected = format!(
        "Execution of config_version command `{command}` failed: Execution of '{command}' returned 1: no"
    );
    assert!(message.contains(&expected), "{message}");
}
