use super::*;

fn key(ty: &str, title: &str, parameters: &[(&str, &str)]) -> Result<Option<Vec<Value>>, TitleError> {
    let parameters: Vec<(Symbol, Value)> =
        parameters.iter().map(|&(name, value)| (Symbol::new(name), value.into())).collect();
    lookup(ty).unwrap().title_key(&title.into(), |name| {
        parameters.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    })
}

#[test]
fn paths_lose_trailing_slashes_as_with_the_regexp_of_the_type() {
    // Results of Ruby's `%r{^(/|.+:/|.*[^/])/*\Z}m`.
    for (title, path) in [
        ("/tmp/a", Some("/tmp/a")),
        ("/tmp/a/", Some("/tmp/a")),
        ("/tmp/a///", Some("/tmp/a")),
        ("/", Some("/")),
        ("///", Some("/")),
        ("C:/", Some("C:/")),
        ("C://", Some("C:/")),
        (":/", Some(":")),
        ("C:", Some("C:")),
        ("/a:/", Some("/a:/")),
        ("a/\n", Some("a/\n")),
        ("/\n", Some("/")),
        ("//\n", Some("/")),
        ("C:/\n", Some("C:/")),
        ("\n", Some("\n")),
        ("", None),
    ] {
        assert_eq!(without_trailing_slashes(title), path, "{title:?}");
    }
}

#[test]
fn attributes_include_metaparameters_and_name() {
    let file = lookup("file").unwrap();
    for name in ["ensure", "source", "path", "name", "require", "stage", "tag"] {
        assert!(file.has_attribute(Symbol::new(name)), "{name}");
    }
    assert!(!file.has_attribute(Symbol::new("bogus")));
    assert_eq!(file.attribute_name(Symbol::new("name")), Symbol::new("path"));
    assert_eq!(file.attribute_kind(Symbol::new("ensure")), Some(AttributeKind::Property));
    assert_eq!(file.attribute_kind(Symbol::new("noop")), Some(AttributeKind::Metaparameter));
    assert!(lookup("cron").is_none(), "moved to a module");
}

#[test]
fn keys_are_given_only_where_they_differ_from_the_title() {
    assert_eq!(key("notify", "a", &[]), Ok(None));
    assert_eq!(key("notify", "a", &[("name", "b")]), Ok(Some(vec!["b".into()])));
    assert_eq!(key("file", "/tmp/a/", &[]), Ok(Some(vec!["/tmp/a".into()])));
    assert_eq!(key("file", "x", &[("path", "x")]), Ok(None));
    assert_eq!(key("exec", "x", &[("command", "y")]), Ok(None), "not isomorphic");
    let composite = |provider: Value, name: &str| Ok(Some(vec![Value::Undef, name.into(), provider]));
    assert_eq!(key("package", "foo", &[]), composite(Value::Undef, "foo"));
    assert_eq!(key("package", "p2", &[("name", "foo"), ("provider", "gem")]), composite("gem".into(), "foo"));
    assert_eq!(
        key("file", "", &[]).unwrap_err().to_string(),
        "No set of title patterns matched the title \"\"."
    );
}

#[test]
fn finished_parameters_start_with_what_the_title_gives() {
    let finish = |ty: &str, title: &str, parameters: &[(&str, &str)]| {
        let mut parameters: Vec<(Symbol, Value)> =
            parameters.iter().map(|&(name, value)| (Symbol::new(name), value.into())).collect();
        lookup(ty).unwrap().finish_parameters(&title.into(), &mut parameters).unwrap();
        parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    assert_eq!(finish("file", "/a", &[("mode", "1"), ("path", "/a")]), ["mode=1"]);
    assert_eq!(finish("file", "/a/", &[("mode", "1")]), ["path=/a", "mode=1"]);
    assert_eq!(finish("file", "x", &[("mode", "1"), ("path", "/a")]), ["path=/a", "mode=1"]);
    assert_eq!(finish("package", "p", &[("ensure", "1"), ("provider", "gem")]), ["ensure=1", "provider=gem"]);
}

#[test]
fn the_table_has_the_types_of_puppet_8() {
    let mut all: Vec<&str> = names().collect();
    all.sort_unstable();
    insta::assert_snapshot!(all.join(" "), @"component exec file filebucket group notify package resources schedule service stage tidy user whit");
    for name in all {
        let ty = lookup(name).unwrap();
        let (attribute, _) = ty.split_title(&"/x".into()).unwrap();
        assert!(ty.has_attribute(attribute) && ty.namevars().contains(&attribute), "{name}");
    }
}
