use super::*;
use proptest::prelude::*;

fn regexp(source: &str) -> Arc<Regexp> {
    Regexp::new(source).unwrap()
}

#[test]
fn captures_are_values() {
    let captures = regexp("(a)(x)?(?:b)").captures("zab").unwrap();
    assert_eq!(captures.values(), ["ab".into(), "a".into(), crate::Value::Undef]);
    assert_eq!((captures.start(), captures.end()), (1, 3));
}

#[test]
fn most_expressions_are_linear() {
    let is_linear = |source| regexp(source).program().unwrap().linear.is_some();
    assert!(is_linear(r"\A((::)?[a-z]\w*)(::[a-z]\w*)*\z"));
    assert!(is_linear(r"^\s*(?<key>\w+)\s*=\s*(.*?)$"));
    assert!(is_linear(r"\A\h+\Z"));
    assert!(!is_linear(r"(?<!a)b"));
    assert!(!is_linear(r"(a)\1"));
}

#[test]
fn substitution() {
    let all = |source, text, template| regexp(source).replace_all(text, template).unwrap();
    assert_eq!(all("b*", "abc", "-"), "-a--c-");
    assert_eq!(all("^", "a\nb\n", "> "), "> a\n> b\n");
    assert_eq!(all(r"(\w)(\w)", "abcd", r"\2\1"), "badc");
    assert_eq!(all("b", "abc", r"[\0\&\\\`\'\9\q]"), r"a[bb\ac\q]c");
    assert_eq!(all(r"(?<x>b)", "abc", r"\k<x>\k<x>\k<nope>\k"), r"abb\kc");
    assert_eq!(all("é*", "aé日", "-"), "-a--日-");
    assert_eq!(regexp("b").replace_first("abb", "x\\").unwrap(), "ax\\b");
    assert_eq!(regexp("z").replace_first("abb", "x").unwrap(), "abb");
}

#[test]
fn splitting() {
    let split = |source, text| regexp(source).split(text).unwrap();
    assert_eq!(split(" ", "a b  c  "), ["a", "b", "", "c"]);
    assert_eq!(split("", "abé"), ["a", "b", "é"]);
    assert_eq!(split(",", ""), Vec::<&str>::new());
    assert_eq!(split("(,)", "a,b"), ["a", ",", "b"]);
    assert_eq!(split(",", ",a"), ["", "a"]);
    assert_eq!(split("x*", "axb"), ["a", "b"]);
    assert_eq!(split("(?=b)", "abab"), ["a", "ba", "b"]);
    assert_eq!(split("^", "a\nb\n"), ["a\n", "b\n"]);
    assert_eq!(split(",", "no"), ["no"]);
}

#[test]
fn text_between_slashes() {
    assert_eq!(slashed("a/b"), r"/a\/b/");
    assert_eq!(slashed(r"a\/b"), r"/a\/b/");
    assert_eq!(slashed("a\n\u{1}é"), "/a\n\\x01é/");
    assert_eq!(
        escape(" #-[]{}()|*.?+^$\n\t\r\u{c}\u{b}/&~\\"),
        r"\ \#\-\[\]\{\}\(\)\|\*\.\?\+\^\$\n\t\r\f\v/&~\\"
    );
    assert_eq!(format!("{:?}", regexp("a/b")), r"/a\/b/");
}

#[test]
fn runaway_matches_are_given_up() {
    let evil = regexp(r"\A(?:(a|aa)(?!c))+(?!d)\1b\z");
    let error = evil.try_captures(&"a".repeat(40)).unwrap_err();
    assert!(error.message.starts_with("matching "), "{error}");
    assert!(!evil.is_match(&"a".repeat(40)));
}

#[test]
fn nesting_and_size_are_bounded() {
    let deep = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(Regexp::new(&deep).unwrap_err().message.split(':').next(), Some("too deep nest level"));
    let deep = format!("{}a{}", "[".repeat(5000), "]".repeat(5000));
    assert!(Regexp::new(&deep).is_err());
    let huge = regexp("((a{1,1000}){1,1000}){1,1000}");
    assert!(huge.try_captures("a").unwrap_err().message.starts_with("cannot be compiled"));
    assert!(Regexp::new(&"a".repeat(SOURCE_BYTES_MAX + 1)).is_err());
}

proptest! {
    #[test]
    fn never_panics(source in r"[\\\[\](){}|*+?^$.:<>=!&a-dA\-,0-3knpzZugxiP~é' #]{0,24}", text in "[ab\\n é]{0,8}") {
        if let Ok(regexp) = Regexp::new(&source) {
            let _ = regexp.try_captures(&text);
            let _ = regexp.replace_all(&text, r"\1\0\k<n>\");
            let _ = regexp.split(&text);
        }
    }

    #[test]
    fn escaped_text_matches_itself(text in any::<String>()) {
        let regexp = regexp(&format!("\\A{}\\z", escape(&text)));
        prop_assert!(regexp.is_match(&text));
    }
}

#[test]
fn texts_of_types_and_values() {
    for (source, shown, bare) in [
        ("a/b", r"/a\/b/", "a/b"),
        (r"a\/b", r"/a\/b/", r"a\/b"),
        ("(?x)a\n\tb\\\nc\u{1}", "/(?x)a\n\tb\\\nc\\x01/", "(?x)a\n\tb\\\nc\u{1}"),
        // With characters beyond ASCII there are options.
        ("a/‰", r"/(?-mix:a\/‰)/", "(?-imx:a/‰)"),
        (r"\u2030", r"/(?-mix:\u2030)/", r"(?-imx:\u2030)"),
        (r"\\u", r"/\\u/", r"\\u"),
    ] {
        assert_eq!(to_s(source), shown);
        assert_eq!(plain(source), bare);
    }
}
