use super::*;

fn key(ty: &str, title: &str, parameters: &[(&str, &str)]) -> Result<Option<Vec<Value>>, TitleError> {
    let parameters: Vec<(Symbol, Value)> =
        parameters.iter().map(|&(name, value)| (Symbol::new(name), value.into())).collect();
    lookup(ty).unwrap().title_key(
        &title.into(),
        || title.into(),
        |name| parameters.iter().find(|(other, _)| *other == name).map(|(_, value)| value),
    )
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
        assert_eq!(title::without_trailing_slashes(title), path, "{title:?}");
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
}

#[test]
fn every_type_of_the_tables_reads_a_title_into_a_namevar() {
    for row in rows() {
        let ty = lookup(row.name).unwrap();
        let parts = ty.title.split(&"/x".into()).unwrap();
        assert!(
            parts.iter().all(|(attribute, _)| ty.namevars().contains(attribute)) && !parts.is_empty(),
            "{}",
            row.name
        );
        for name in row.namevars {
            assert!(ty.attributes().iter().any(|(other, _)| other.as_str() == *name), "{}: {name}", row.name);
        }
        if let Title::Patterns(patterns) = row.title {
            assert!(matches!(&ty.title, TitleRule::Patterns(read) if read.len() == patterns.len()));
        }
    }
}

#[test]
fn the_modules_of_the_agent_add_the_types_that_left_the_core() {
    let mut all: Vec<&str> = vendored::TYPES.iter().map(|row| row.name).collect();
    all.sort_unstable();
    insta::assert_snapshot!(all.join(" "), @"augeas cron host mount scheduled_task selboolean selmodule ssh_authorized_key sshkey yumrepo zfs zone zpool");
    assert!(is_core("file") && !is_core("cron"));
}

#[test]
fn patterns_take_titles_apart() {
    let finish = |title: &str, parameters: &[(&str, &str)]| {
        let mut parameters: Vec<(Symbol, Value)> =
            parameters.iter().map(|&(name, value)| (Symbol::new(name), value.into())).collect();
        lookup("sshkey").unwrap().finish_parameters(&title.into(), &mut parameters).map(|()| {
            let shown = parameters.iter().map(|(name, value)| match value.as_str() {
                Some(text) => format!("{name}={text}"),
                None => format!("{name} is undef"),
            });
            shown.collect::<Vec<_>>().join(" ")
        })
    };
    assert_eq!(finish("web@rsa", &[("key", "k")]).unwrap(), "name=web type=rsa key=k");
    assert_eq!(finish("web@rsa", &[("key", "k"), ("type", "dsa")]).unwrap(), "name=web type=dsa key=k");
    assert_eq!(finish("web", &[("type", "dsa")]).unwrap(), "type=dsa");
    assert_eq!(key("sshkey", "web@rsa", &[]), Ok(Some(vec!["web".into(), "rsa".into()])));
    assert_eq!(key("sshkey", "x", &[("name", "web")]), Ok(Some(vec!["web".into(), Value::Undef])));
    assert_eq!(finish("", &[]).unwrap_err().to_string(), "No set of title patterns matched the title \"\".");
}

#[test]
fn a_group_that_took_no_part_is_an_attribute_without_value() {
    let symbols = |names: &[&str]| names.iter().map(|name| Symbol::new(name)).collect::<Vec<_>>();
    let regexp = pcore::regexp::Regexp::new(r"\A([^:]+)(?::(\d+))?\z").unwrap();
    let rule = TitleRule::patterns(vec![TitlePattern { regexp, attributes: symbols(&["host", "port"]) }]);
    let ty = ResourceType::new(Symbol::new("t"), true, symbols(&["port", "host"]), rule, Vec::new());
    let mut parameters = vec![(Symbol::new("value"), Value::from("v"))];
    ty.finish_parameters(&"web".into(), &mut parameters).unwrap();
    let names: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    assert_eq!(names, [("host", "web".into()), ("port", Value::Undef), ("value", "v".into())]);
    assert!(ty.has_attribute(Symbol::new("name")));
    assert!(!ty.without_name().has_attribute(Symbol::new("name")));
}

#[test]
fn a_type_without_patterns_takes_no_title() {
    let ty =
        ResourceType::new(Symbol::new("t"), true, Vec::new(), TitleRule::patterns(Vec::new()), Vec::new());
    let error = ty.title_key(&"a".into(), || "a".into(), |_| None).unwrap_err();
    assert_eq!(error.to_string(), "No set of title patterns matched the title \"a\".");
}
