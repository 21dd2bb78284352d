use super::*;

/// Versions that each range is asked about, in order.
const VERSIONS: &str = "0.0.0 0.2.3 0.2.9 0.3.0 0.5.1 0.7.3 1.0.0-rc1 1.0.0-rc2 1.0.0 1.0.1 \
    1.2.3-beta 1.2.3-beta.2 1.2.3 1.2.3+b 1.2.4 1.5.0 \
    1.9.9 2.0.0-a 2.0.0 2.0.1 3.0.0 4.0.0";

/// Ranges with what `semantic_puppet` 1.0.4 answered for each of [`VERSIONS`].
const OBSERVED: &[(&str, &str)] = &[
    ("1.0.0", "0000000010000000000000"),
    ("1.0", "0000000011000000000000"),
    ("1", "0000000011001111100000"),
    ("1.x", "0000000011001111100000"),
    ("*", "1111111111111111111111"),
    ("x", "1111111111111111111111"),
    ("", "1111111111111111111111"),
    (">1.0.0", "0000000001001111101111"),
    (">1.0", "0000000000001111101111"),
    (">1", "0000000000000000001111"),
    (">x", "0000000000000000000000"),
    (">=1.0", "0000000011001111101111"),
    (">= 1.2.3", "0000000000001111101111"),
    ("<1.2", "1111110011000000000000"),
    ("<=1.2", "1111110011001110000000"),
    ("<=1", "1111110011001111100000"),
    ("<=1.2.3", "1111110011001100000000"),
    ("~1.2.3", "0000000000001110000000"),
    ("~1.2", "0000000000001110000000"),
    ("~1", "0000000011001111100000"),
    ("~> 1.2", "0000000000001110000000"),
    ("~=1.2.3", "0000000000001110000000"),
    ("^1.2.3", "0000000000001111100000"),
    ("^1.2", "0000000000001111100000"),
    ("^1", "0000000011001111100000"),
    ("^0.2.3", "0110000000000000000000"),
    ("^0.0", "1000000000000000000000"),
    ("1.0.0 - 2.0.0", "0000000011001111101000"),
    ("1 - 2", "0000000011001111101000"),
    ("1.0.0 - 2", "0000000011001111101000"),
    (">=1.0.0 <2.0.0", "0000000011001111100000"),
    (">=1.0.0   <1.5.0", "0000000011001110000000"),
    (">2.0.0 <1.0.0", "0000000000000000000000"),
    ("1.x || 3.x", "0000000011001111100010"),
    ("1.0.0 || 1.0.1", "0000000011000000000000"),
    ("1.0.0||>=2.0.0 <3.0.0", "0000000010000000001100"),
    ("<1.0.0 || >=1.0.0", "1111110011001111101111"),
    (">=1.0.0-rc1 <2.0.0", "0000001111001111100000"),
    ("^1.2.3-beta", "0000000000111111100000"),
    ("1.2.3-beta", "0000000000100000000000"),
    ("=1.2.3", "0000000000001000000000"),
    (">v1.0.0", "0000000001001111101111"),
    ("1.2.3+b", "0000000000000100000000"),
    ("^1.2.3+b", "0000000000001111100000"),
    ("1.0.0 ", "0000000010000000000000"),
    ("1.0.0 || ", "0000000010000000000000"),
    (" || 1.0.0", "0000000010000000000000"),
    ("||", "1111111111111111111111"),
    (">1.0.0 || <0.5.0", "1111000001001111101111"),
    ("1.2.*", "0000000000001110000000"),
    ("1.*.3", "0000000011001111100000"),
    ("<1.0.0 >0.5.0 0.7.x", "0000010000000000000000"),
    ("1.0.0\n", "0000000010000000000000"),
    ("~1.2.3-rc", "0000000000001110000000"),
    (">1.2.3-rc", "0000000000001111101111"),
    ("<=2 >=1", "0000000011001111101100"),
];

const REFUSED: &[(&str, &str)] = &[
    ("= v1.2.3", "Unparsable version range: \"= v1.2.3\""),
    ("v1.2.3", "Unparsable version range: \"v1.2.3\""),
    (" 1.0.0", "Unparsable version range: \" 1.0.0\""),
    (">>1", "Unparsable version range: \">>1\""),
    ("foo", "Unparsable version range: \"foo\""),
    ("1.2.3.4", "Unparsable version range: \"1.2.3.4\""),
    ("1.0.0-", "Unparsable version range: \"1.0.0-\""),
    ("01.0.0", "Unparsable version range: \"01.0.0\""),
    (">=1.0.0 foo", "Unparsable version range: \">=1.0.0 foo\""),
    (">=1.0.0, <2.0.0", "Unparsable version range: \">=1.0.0, <2.0.0\""),
    (">=1.0.0-01", "Numeric pre-release identifiers MUST NOT contain leading zeroes"),
];

#[test]
fn ranges_include_what_they_do_in_ruby() {
    for (text, expected) in OBSERVED {
        let range = SemVerRange::parse(text).unwrap();
        let included: String = VERSIONS
            .split_whitespace()
            .map(|version| if range.includes(&SemVer::parse(version).unwrap()) { '1' } else { '0' })
            .collect();
        assert_eq!(included, *expected, "{text:?}: {:?}", range.intervals);
    }
}

#[test]
fn malformed_ranges_are_refused() {
    for (text, message) in REFUSED {
        assert_eq!(SemVerRange::parse(text).unwrap_err().message, *message);
    }
}

#[test]
fn ranges_are_equal_by_meaning() {
    let range = |text| SemVerRange::parse(text).unwrap();
    assert_eq!(range("1.x"), range(">=1.0.0 <2.0.0"));
    assert_eq!(range("^x"), range("*"));
    assert_ne!(range("1.x"), range("2.x"));
    assert_eq!(range("").to_string(), "*");
}

#[test]
fn ranges_merge_and_cover() {
    let range = |text| Arc::new(SemVerRange::parse(text).unwrap());
    let merged = SemVerRange::merge_ranges(vec![range("1.x"), range("5.x"), range("2.x")]);
    let texts: Vec<_> = merged.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["5.x", ">=1.0.0 <3.0.0"]);
    assert!(range("1.2.x").is_covered_by(&range("1.x")));
    assert!(!range("1.x").is_covered_by(&range("1.2.x")));
    assert!(!range(">=1.0.0").is_covered_by(&range("1.x")));
}

#[test]
fn ranges_between_print_their_ends_exchanged() {
    let between = SemVerRange::between(SemVer::new(1, 0, 0), SemVer::new(2, 0, 0), false);
    assert_eq!(between.to_string(), "2.0.0 - 1.0.0");
    assert!(between.includes(&SemVer::new(2, 0, 0)) && !between.includes(&SemVer::new(0, 9, 0)));
}
