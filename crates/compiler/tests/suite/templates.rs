//! Templates rendered for themselves.

use compiler::world::Quiet;
use compiler::{Image, Rendering, Template, ValueCode, render};

use super::Site;

/// What rendering gives, or its error.
fn rendered(site: &Site, template: Template, code: &[&str]) -> String {
    let image = Image::load(&site.options).unwrap();
    let code = code.iter().map(|text| ValueCode {
        path: "values-hash".into(),
        text: (*text).to_owned(),
        label: "--values",
    });
    let rendering = Rendering { template, values: None, code: code.collect() };
    match render(&image, &Quiet::default(), &site.node, &rendering) {
        Ok(rendered) => rendered.text,
        Err(error) => error.message,
    }
}

fn text(text: &str) -> Template {
    Template::Text(text.to_owned())
}

#[test]
fn values_are_parameters_and_variables() {
    let site = Site::new("", &[]);
    let template = "<%- | Integer $a, $b = 'z' | -%>\n<%= $a %> <%= $b %>";
    assert_eq!(rendered(&site, text(template), &["{ a => 1 }", "{ a => 2 }"]), "2 z");
    assert_eq!(rendered(&site, text("<%= $q %>"), &["$q = 7 undef"]), "7");
    assert_eq!(rendered(&site, text("<%= Sensitive('x') %>"), &[]), "x");
    assert_eq!(
        rendered(&site, text("x"), &["[1]"]),
        "--values option must evaluate to a Hash or undef, got: 'Array'"
    );
    assert_eq!(
        rendered(&site, text("<%= $nope %>"), &[]),
        "Evaluation Error: Unknown variable: 'nope'. (file: inlined-epp-text, line: 1, column: 5)"
    );
}

#[test]
fn templates_of_modules_are_stronger_than_files() {
    let site = Site::new("", &[("modules/m/templates/t.epp", "of the module"), ("other.epp", "of the path")]);
    let path = Some(site.folder.path().join("other.epp"));
    let file = |name: &str| Template::File(name.to_owned(), path.clone());
    assert_eq!(rendered(&site, file("m/t.epp"), &[]), "of the module");
    assert_eq!(rendered(&site, file("m/t"), &[]), "of the module");
    assert_eq!(rendered(&site, file("m/u.epp"), &[]), "of the path");
}

#[test]
fn methods_of_a_template_are_there_for_those_after_it() {
    let code = "$a = inline_template('<% def loud(text) = text.upcase -%>')\n\
                notice(inline_template('<%= loud(\"x\") %>'))";
    super::check(code, &[], "X");
    let error = Site::new("notice(inline_template('<%= loud(\"x\") %>'))", &[]).says();
    assert!(error.contains("undefined method `loud'"), "{error}");
}

#[test]
fn templates_read_no_more_facts_than_they_name() {
    let facts = r#"{"os": {"family": "Debian", "release": {"major": "12"}}, "uptime": 1, "list": [5]}"#;
    let reads = |template: &str, output: &str| {
        let mut site = Site::new(&format!("notice(inline_template(@(END)))\n{template}\n| - END\n"), &[]);
        let facts = pcore::json::parse(facts.as_bytes()).unwrap();
        site.node.facts = std::sync::Arc::new(facts.as_hash().unwrap().clone());
        let compilation = site.compile().unwrap();
        let told: Vec<&str> = compilation.logs.iter().map(|entry| entry.message.as_str()).collect();
        assert_eq!(told, [output], "{template}");
        let shown = |path: String| if path.is_empty() { "all".to_owned() } else { path };
        let paths = compilation.reads.facts.iter().map(|path| shown(path.to_string()));
        paths.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(reads("<%= @facts['os']['family'] %>", "Debian"), "os.family");
    assert_eq!(reads("<%= scope['facts']['os']['release']['major'].to_i + 1 %>", "13"), "os.release.major");
    assert_eq!(reads("<%= scope.lookupvar('::facts')['os']['family'].upcase %>", "DEBIAN"), "os.family");
    assert_eq!(reads("<%= @facts.dig('os', 'release', 'major') %>", "12"), "os.release.major");
    assert_eq!(reads("<%= @facts.dig('no', 'such', 'fact').inspect %>", "nil"), "no.such.fact");
    assert_eq!(reads("<%= @facts['none'].inspect %>", "nil"), "none");
    assert_eq!(reads("<%= @facts['os'].keys.join(',') %>", "family,release"), "os");
    assert_eq!(reads("<%= @facts['list'][0] %>", "5"), "list");
    // All of them may have been meant.
    assert_eq!(reads("<%= @facts.size %>", "3"), "all");
    assert_eq!(reads("<%= k = 'uptime'; @facts[k] %>", "1"), "all");
    // What a template has changed is seen by either way.
    let changed = "<% @facts['os']['family'] << '!' %><%= @facts['os']['family'] %> <%= @facts['os'] %>";
    let shown = r#"Debian! {"family"=>"Debian!", "release"=>{"major"=>"12"}}"#;
    assert!(reads(changed, shown).contains("os"));
}

#[test]
fn values_from_functions_of_the_older_interface_are_copies() {
    let files = [
        ("modules/stdlib/lib/puppet/parser/functions/pick.rb", ""),
        ("modules/stdlib/metadata.json", r#"{"name": "puppetlabs-stdlib", "version": "8.5.0"}"#),
    ];
    let message = |value: &str| {
        let code = format!(
            "$a = {{'k' => ['v']}}\n$b = {value}\n$c = inline_template('<% @b[\"k\"] << \"w\"; @b[\"l\"] = 1 %>')\n\
             notify {{ 'n': message => $a }}"
        );
        let compilation = Site::new(&code, &files).compile().unwrap();
        let mut json = Vec::new();
        compilation.catalog.write_json(&mut json, true);
        let json = String::from_utf8(json).unwrap();
        json.split_once("\"message\":").unwrap().1.split_once('}').unwrap().0.to_owned()
    };
    assert_eq!(message("$a"), r#"{"k":["v","w"],"l":1"#);
    assert_eq!(message("pick($a)"), r#"{"k":["v"]"#);
}
