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
