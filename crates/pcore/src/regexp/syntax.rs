//! The tree of a regular expression, independent of the engine that will run it.

/// A node of the tree. Options (`i`, `m`, `x`) are resolved while parsing: each node says what it needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Matches the empty string.
    Empty,
    Literal {
        c: char,
        ignore_case: bool,
    },
    /// `.`; with the `m` option line breaks too.
    Any {
        newline: bool,
    },
    Class {
        class: Class,
        ignore_case: bool,
    },
    Assertion(Assertion),
    /// `(...)` and `(?<name>...)`, numbered from 1.
    Capture {
        index: usize,
        node: Box<Node>,
    },
    /// `(?=...)` and its kin.
    Look {
        behind: bool,
        negated: bool,
        node: Box<Node>,
    },
    /// `(?>...)`
    Atomic(Box<Node>),
    /// `(?~...)`
    Absent(Box<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        greed: Greed,
    },
    /// `\1`, `\k<name>`; several groups if they share a name, the last that matched counts.
    Backreference {
        groups: Vec<usize>,
        ignore_case: bool,
    },
    /// `\g<name>`; 0 is the whole expression.
    Call(usize),
    /// `(?(1)yes|no)`
    Conditional {
        group: usize,
        yes: Box<Node>,
        no: Box<Node>,
    },
    /// `\R`
    LineBreak,
    /// `\X`
    Grapheme,
    Concat(Vec<Node>),
    Alternation(Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    /// `^`
    LineStart,
    /// `$`
    LineEnd,
    /// `\A`
    TextStart,
    /// `\z`
    TextEnd,
    /// `\Z`
    TextEndOrNewline,
    /// `\b` and `\B`
    WordBoundary { negated: bool, ascii: bool },
    /// `\G`
    SearchStart,
    /// `\K`
    Keep,
}

/// A set of characters: the union of its items, cut with every set behind `&&`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Class {
    pub(super) negated: bool,
    pub(super) items: Vec<ClassItem>,
    /// Operands of `&&` after the first; empty for most sets.
    pub(super) intersections: Vec<Vec<ClassItem>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ClassItem {
    Range(char, char),
    /// A named set, in the notation of the engines' own classes.
    Named {
        set: Set,
        negated: bool,
    },
    Nested(Class),
}

/// Named sets: `\d`, `[:alpha:]`, `\p{Han}`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Set {
    /// Written in the notation of the `regex` crate, for use inside brackets.
    Fixed(&'static str),
    /// A property of Unicode by its name.
    Property(String),
}

impl Class {
    pub(super) fn of(set: Set, negated: bool) -> Class {
        Class { items: vec![ClassItem::Named { set, negated }], ..Class::default() }
    }
}

/// `[:name:]`, `\p{Name}` and the shorthands. `None` for a name POSIX does not know.
pub(super) fn posix(name: &str, ascii: bool) -> Option<Set> {
    let fixed = match (name, ascii) {
        ("alnum", false) => r"\p{Alphabetic}\p{Nd}",
        ("alnum", true) => "0-9A-Za-z",
        ("alpha", false) => r"\p{Alphabetic}",
        ("alpha", true) => "A-Za-z",
        ("ascii", _) => r"\x{0}-\x{7F}",
        ("blank", false) => r"\p{Zs}\t",
        ("blank", true) => r"\t\x{20}",
        ("cntrl", false) => r"\p{Cc}\p{Cf}\p{Cn}\p{Co}",
        ("cntrl", true) => r"\x{0}-\x{1F}\x{7F}",
        ("digit", false) => r"\p{Nd}",
        ("digit", true) => "0-9",
        ("graph", false) => r"[^\p{White_Space}\p{Cc}\p{Cn}]",
        ("graph", true) => r"\x{21}-\x{7E}",
        ("lower", false) => r"\p{Lowercase}",
        ("lower", true) => "a-z",
        ("print", false) => r"[^\p{White_Space}\p{Cc}\p{Cn}]\p{Zs}",
        ("print", true) => r"\x{20}-\x{7E}",
        ("punct", false) => r"\p{P}\x{24}\x{2B}\x{3C}-\x{3E}\x{5E}\x{60}\x{7C}\x{7E}",
        ("punct", true) => r"\x{21}-\x{2F}\x{3A}-\x{40}\x{5B}-\x{60}\x{7B}-\x{7E}",
        ("space", false) => r"\p{White_Space}",
        ("space", true) => r"\t-\r\x{20}",
        ("upper", false) => r"\p{Uppercase}",
        ("upper", true) => "A-Z",
        ("xdigit", _) => "0-9A-Fa-f",
        ("word", false) => r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}",
        ("word", true) => "0-9A-Za-z_",
        _ => return None,
    };
    Some(Set::Fixed(fixed))
}
