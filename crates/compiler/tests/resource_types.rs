//! Resource types of environments, compared with what a real Puppet has made of the same files (`record.rb`).
#![allow(clippy::expect_used, reason = "a failed test is told by its panic")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use compiler::world::Quiet;
use compiler::{Image, ImageOptions, Level, NodeInput, compile};
use serde_json::{Value as Json, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/resource_types")
}

fn options(environment: &Path) -> ImageOptions {
    ImageOptions {
        directory: Some(environment.to_owned()),
        modulepath: vec![environment.join("modules")],
        ..ImageOptions::default()
    }
}

/// Title and text of each part that begins with `### `.
fn parts(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split("### ").skip(1);
    parts.map(|part| part.split_once('\n').expect("a title and a text")).collect()
}

/// What becomes of a piece of code, in the words of `record.rb`.
fn outcome(image: &Image, options: &ImageOptions, code: &str) -> String {
    let options = ImageOptions { code: Some(code.into()), ..options.clone() };
    let image = image.with_options(&options).expect("an image");
    let certname: pcore::Str = "n1".into();
    let trusted = json!({"authenticated": "local", "certname": "n1", "extensions": {}, "hostname": "n1"});
    let node = NodeInput {
        certname,
        trusted: pcore::json::parse(trusted.to_string().as_bytes()).unwrap_or_default(),
        facts: Arc::default(),
        ..NodeInput::default()
    };
    let mut lines = Vec::new();
    let logs = match compile(&image, &Quiet::default(), &node) {
        Ok(compilation) => {
            let mut bytes = Vec::new();
            compilation.catalog.write_json(&mut bytes, true);
            let catalog: Json = serde_json::from_slice(&bytes).expect("JSON");
            for resource in catalog["resources"].as_array().into_iter().flatten() {
                let text = |key: &str| resource[key].as_str().unwrap_or_default().to_owned();
                if !matches!(&*text("type"), "Class" | "Stage") {
                    let parameters = resource.get("parameters").cloned().unwrap_or_else(|| json!({}));
                    lines.push(format!("{}[{}] {} {parameters}", text("type"), text("title"), text("kind")));
                }
            }
            compilation.logs
        }
        Err(error) => {
            lines.push(format!("error: {}", error.message));
            error.logs
        }
    };
    for log in logs.iter().filter(|log| log.level != Level::Debug) {
        lines.push(format!("{}: {}", log.level.as_str(), log.message));
    }
    lines.join("\n")
}

fn compare(name: &str) {
    let folder = folder();
    let environment = folder.join(name);
    let read = |ending: &str| {
        std::fs::read_to_string(folder.join(format!("{name}.{ending}"))).expect("a file of the suite")
    };
    let options = options(&environment);
    let image = Image::load(&options).expect("an image");
    let (cases, recorded) = (read("pp"), read("txt"));
    let recorded = parts(&recorded);
    let mut wrong = String::new();
    for (title, code) in parts(&cases) {
        let want = recorded.iter().find(|(other, _)| *other == title).map_or("nothing", |(_, text)| text);
        let got = outcome(&image, &options, code).replace(&environment.display().to_string(), "ENV");
        if got.trim() != want.trim() {
            wrong += &format!("### {title}\n{code}Puppet:\n{}\nhere:\n{got}\n\n", want.trim());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn generated_types() {
    compare("generated");
}

#[test]
fn types_of_ruby_code() {
    compare("ruby");
}

/// An environment in a folder of its own, with these files.
fn environment(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

#[test]
fn a_type_that_cannot_be_read_takes_any_attribute_and_says_so_once() {
    let folder = environment(&[(
        "modules/m/lib/puppet/type/odd.rb",
        "Puppet::Type.newtype(:odd) do\n  newparam(:name)\n  newparam(:here) if File.exist?('/x')\nend\n",
    )]);
    let options = options(folder.path());
    let image = Image::load(&options).expect("an image");
    let code = "odd { 'a': anything => 1 }";
    let shown = |text: String| text.replace(&folder.path().display().to_string(), "ENV");
    assert_eq!(
        shown(outcome(&image, &options, code)),
        "Odd[a] compilable_type {\"anything\":1}\n\
         warning: The attributes of resource type 'odd' are not checked, since its Ruby code cannot be followed \
         (ENV/modules/m/lib/puppet/type/odd.rb:3: whether an attribute is declared depends on something that is not known); \
         `puppet generate types` writes down what they are"
    );
    assert_eq!(outcome(&image, &options, code), "Odd[a] compilable_type {\"anything\":1}");
}

#[test]
fn a_file_without_its_type_defines_nothing() {
    let folder = environment(&[
        ("modules/m/lib/puppet/type/none.rb", "# nothing\n"),
        ("modules/m/lib/puppet/type/other.rb", "Puppet::Type.newtype(:another) { newparam(:name) }\n"),
    ]);
    let options = options(folder.path());
    let image = Image::load(&options).expect("an image");
    for name in ["none", "other"] {
        assert_eq!(
            outcome(&image, &options, &format!("{name} {{ 'a': }}")),
            format!(
                "error: Evaluation Error: Error while evaluating a Resource Statement, Unknown resource type: '{name}' (line: 1, column: 1) on node n1\n\
                 warning: Loaded puppet/type/{name} but no class was created"
            )
        );
    }
    // A define steps in.
    let code = "define none { } none { 'a': }";
    assert!(outcome(&image, &options, code).starts_with("None[a] defined_type {}"));
}

#[test]
fn changes_of_everything_that_was_read_are_seen() {
    let common = "module PuppetX; module Common; def shared; newparam(:NAME); end; end; end\n";
    let folder = environment(&[
        (
            "modules/m/lib/puppet/type/t.rb",
            "require_relative '../../puppet_x/common'\nPuppet::Type.newtype(:t) do\n  newparam(:title_of)  { isnamevar }\n  extend PuppetX::Common\n  shared\nend\n",
        ),
        ("modules/m/lib/puppet_x/common.rb", &common.replace("NAME", "one")),
        ("modules/n/manifests/init.pp", "class n { }"),
    ]);
    let options = options(folder.path());
    let image = Image::load(&options).expect("an image");
    let takes = |image: &Image, name: &str| {
        let shown = outcome(image, &options, &format!("t {{ 'a': {name} => 1 }}"));
        match shown.starts_with("error: no parameter named") {
            true => false,
            false => shown == format!("T[a] compilable_type {{\"{name}\":1}}"),
        }
    };
    // `outcome` makes images of its own, so this one has to be asked, too.
    let read = |image: &Image| image.resource_types().len();
    assert_eq!(read(&image), 1);
    assert!(takes(&image, "one") && !takes(&image, "second") && !takes(&image, "provider"));
    assert!(image.refreshed().expect("folders").is_none(), "nothing has changed");

    write(folder.path(), "modules/m/lib/puppet_x/common.rb", &common.replace("NAME", "second"));
    let image = image.refreshed().expect("folders").expect("a helper has changed");
    assert_eq!(read(&image), 1);
    assert!(!takes(&image, "one") && takes(&image, "second"));

    write(folder.path(), "modules/n/lib/puppet/provider/t/x.rb", "Puppet::Type.type(:t).provide(:x) { }\n");
    let image = image.refreshed().expect("folders").expect("a provider has appeared");
    assert_eq!(read(&image), 1);
    assert!(takes(&image, "provider"));

    write(folder.path(), ".resource_types/t.pp", "Puppet::Resource::ResourceType3.new('t')\n");
    let image = image.refreshed().expect("folders").expect("metadata has been generated");
    assert!(!takes(&image, "second"));
}
