use std::fs;

use compiler::{ImageOptions, compile};

use super::*;
use crate::world::Machine;

struct Site {
    folder: tempfile::TempDir,
    image: Arc<Image>,
    memo: Memo,
}

const UUID: &str = "4b0f8cd2-8f4e-4f0a-9d5b-2c1b6f5a7e10";

impl Site {
    fn new(manifest: &str) -> Site {
        let folder = tempfile::tempdir().unwrap();
        for directory in ["manifests", "data", "modules/m/templates"] {
            fs::create_dir_all(folder.path().join(directory)).unwrap();
        }
        fs::write(folder.path().join("manifests/site.pp"), manifest).unwrap();
        fs::write(
            folder.path().join("hiera.yaml"),
            "version: 5\nhierarchy:\n  - name: all\n    paths: ['%{facts.role}.yaml', 'common.yaml']\n",
        )
        .unwrap();
        let options = ImageOptions {
            environment: "production".into(),
            directory: Some(folder.path().to_owned()),
            modulepath: vec![folder.path().join("modules")],
            manifest: Some(folder.path().join("manifests/site.pp")),
            ..ImageOptions::default()
        };
        let image = Arc::new(Image::load(&options).unwrap());
        let memo = Memo { settled: Duration::ZERO, ..Memo::new(1 << 20, 0) };
        Site { folder, image, memo }
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }

    fn node(facts: &str) -> NodeInput {
        let facts = pcore::json::parse(facts.as_bytes()).unwrap();
        NodeInput {
            certname: "n".into(),
            facts: Arc::new(facts.as_hash().unwrap().clone()),
            ..NodeInput::default()
        }
    }

    fn compile(&self, node: &NodeInput) -> String {
        let compiled = compile(&self.image, &Machine, node).unwrap();
        let mut body = Vec::new();
        let marks = compiled.catalog.write_json_marked(&mut body, true);
        self.memo.keep(Site::key(), &self.image, node, &compiled, sent(&compiled, &body, &marks));
        String::from_utf8(body).unwrap()
    }

    fn key() -> Key {
        Key { certname: "n".into(), environment: "production".into(), rich: true, inlined: None }
    }

    fn find(&self, node: &NodeInput) -> Option<Hit> {
        self.memo.find(&Site::key(), &self.image, node, None, || Some(Value::Int(7)), UUID)
    }

    fn cause(&self) -> String {
        let causes = self.memo.figures().causes;
        causes.into_keys().next().unwrap_or_default()
    }
}

#[test]
fn a_kept_catalog_is_the_compiled_one_with_a_new_identity() {
    let site = Site::new("notice('said')\nnotify { \"on ${facts['os']['family']}\": }");
    let node = Site::node(r#"{"os": {"family": "Debian"}, "uptime": 1}"#);
    let body = site.compile(&node);
    let hit = site.find(&Site::node(r#"{"os": {"family": "Debian"}, "uptime": 2}"#)).expect("a hit");
    let fresh: serde_json::Value = serde_json::from_str(&body).unwrap();
    let mut kept: serde_json::Value = serde_json::from_slice(&hit.body).unwrap();
    assert_eq!((kept["version"].as_i64(), kept["catalog_uuid"].as_str()), (Some(7), Some(UUID)));
    assert_eq!(hit.content, fresh["catalog_uuid"]);
    kept["version"] = fresh["version"].clone();
    kept["catalog_uuid"] = fresh["catalog_uuid"].clone();
    assert_eq!(kept, fresh);
    assert_eq!(hit.logs.len(), 1);
    let again = compile(&site.image, &Machine, &node).unwrap().catalog;
    assert!(is_same_catalog(&hit, &again, true));
}

#[test]
fn a_fact_that_was_read_breaks_it() {
    let site = Site::new("notify { \"on ${facts['os']['family']} ${::kernel}\": }");
    site.compile(&Site::node(r#"{"os": {"family": "Debian"}, "kernel": "Linux"}"#));
    assert!(site.find(&Site::node(r#"{"os": {"family": "RedHat"}, "kernel": "Linux"}"#)).is_none());
    assert_eq!(site.cause(), "facts.os.family");
    assert!(site.find(&Site::node(r#"{"os": {"family": "Debian"}, "kernel": "Minix"}"#)).is_none());
    assert!(site.find(&Site::node(r#"{"os": {"family": "Debian"}, "kernel": "Linux", "x": 1}"#)).is_some());
}

#[test]
fn a_fact_that_was_looked_for_in_vain_breaks_it_when_it_appears() {
    let site = Site::new(
        "if $facts['virtual'] { notify { 'virtual': } }\nif defined('$special') { notify { 'special': } }",
    );
    site.compile(&Site::node("{}"));
    assert!(site.find(&Site::node("{}")).is_some());
    assert!(site.find(&Site::node(r#"{"virtual": true}"#)).is_none());
    assert!(site.find(&Site::node(r#"{"special": true}"#)).is_none());
}

#[test]
fn data_breaks_it_when_it_changes_appears_or_is_chosen_by_another_fact() {
    let site = Site::new("notify { lookup('text'): }");
    site.write("data/common.yaml", "text: one\n");
    let node = Site::node(r#"{"role": "web"}"#);
    site.compile(&node);
    assert!(site.find(&node).is_some());
    assert!(site.find(&Site::node(r#"{"role": "db"}"#)).is_none());
    site.write("data/web.yaml", "text: two\n");
    assert!(site.find(&node).is_none());
    assert!(site.compile(&node).contains("two"));
    assert!(site.find(&node).is_some());
    site.write("data/common.yaml", "text: one and more\n");
    // The file is looked at only if the first has no answer; that it was looked for counts all the same.
    fs::remove_file(site.folder.path().join("data/web.yaml")).unwrap();
    assert!(site.find(&node).is_none());
    assert!(site.compile(&node).contains("one and more"));
}

#[test]
fn templates_and_files_break_it() {
    let site = Site::new(
        "notify { epp('m/t.epp'): }\nnotify { 'f': message => file('/nonexistent/f', 'm/f') }\nnotify { \"x${find_file('m/later')}\": }",
    );
    fs::create_dir_all(site.folder.path().join("modules/m/files")).unwrap();
    site.write("modules/m/templates/t.epp", "one");
    site.write("modules/m/files/f", "text");
    let node = Site::node("{}");
    site.compile(&node);
    assert!(site.find(&node).is_some());
    site.write("modules/m/files/later", "");
    assert!(site.find(&node).is_none());
    site.compile(&node);
    site.write("modules/m/templates/t.epp", "another");
    assert!(site.find(&node).is_none());
}

#[test]
fn chance_time_and_code_are_not_kept() {
    let node = Site::node("{}");
    let site = Site::new("notify { \"${Timestamp()}\": }");
    if compile(&site.image, &Machine, &node).is_ok() {
        site.compile(&node);
        assert!(site.find(&node).is_none());
        assert_eq!(site.memo.figures().unkept, 1);
    }
    let site = Site::new("notify { 'a': }");
    site.compile(&node);
    assert!(site.find(&node).is_some());
    site.write("manifests/site.pp", "notify { 'other': }");
    let image = Arc::new(site.image.refreshed().unwrap().unwrap());
    assert!(site.memo.find(&Site::key(), &image, &node, None, || Some(Value::Int(7)), UUID).is_none());
    assert_eq!(site.cause(), "code");
}

#[test]
fn what_has_just_changed_is_not_trusted_yet() {
    let site = Site::new("notify { lookup('text'): }");
    site.write("data/common.yaml", "text: one\n");
    let node = Site::node("{}");
    let site = Site { memo: Memo::new(1 << 20, 0), ..site };
    site.compile(&node);
    assert!(site.find(&node).is_none());
    assert_eq!(site.memo.figures().unkept, 1);
}

#[test]
fn classification_breaks_it() {
    let site = Site::new("class a { notify { 'a': } }\nnotify { \"${::rack}\": }");
    let node = |rack: &str, class: bool| {
        let mut parameters = Hash::new();
        parameters.insert("rack", rack);
        let classes = if class { vec![("a".into(), None)] } else { Vec::new() };
        NodeInput { parameters, classes, ..Site::node("{}") }
    };
    site.compile(&node("1", true));
    assert!(site.find(&node("1", true)).is_some());
    assert!(site.find(&node("2", true)).is_none());
    assert!(site.find(&node("1", false)).is_none());
}

#[test]
fn the_shelf_has_a_limit_and_drops_what_was_used_least() {
    let site = Site::new("notify { 'a': }");
    let node = Site::node("{}");
    let compiled = compile(&site.image, &Machine, &node).unwrap();
    let mut body = Vec::new();
    let marks = compiled.catalog.write_json_marked(&mut body, true);
    let key = |name: &str| Key { certname: name.into(), ..Site::key() };
    let memo = Memo::new(1 << 20, 0);
    memo.keep(key("one"), &site.image, &node, &compiled, sent(&compiled, &body, &marks));
    let one = memo.figures().bytes;
    let memo = Memo::new(2 * one + one / 2, 0);
    for name in ["one", "two"] {
        memo.keep(key(name), &site.image, &node, &compiled, sent(&compiled, &body, &marks));
    }
    assert!(memo.find(&key("one"), &site.image, &node, None, || Some(Value::Int(1)), UUID).is_some());
    memo.keep(key("three"), &site.image, &node, &compiled, sent(&compiled, &body, &marks));
    assert!(memo.find(&key("two"), &site.image, &node, None, || Some(Value::Int(1)), UUID).is_none());
    assert!(memo.find(&key("one"), &site.image, &node, None, || Some(Value::Int(1)), UUID).is_some());
    let figures = memo.figures();
    assert_eq!((figures.entries, figures.bytes), (2, 2 * one));
    memo.forget(&key("one"));
    assert_eq!(memo.figures().entries, 1);
}

fn sent<'c>(
    compiled: &'c compiler::Compilation,
    body: &'c [u8],
    marks: &'c wire::catalog::Marks,
) -> Sent<'c> {
    Sent { body, marks, content: &compiled.catalog.catalog_uuid }
}
