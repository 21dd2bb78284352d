//! Tokens: what the lexer hands to the parser.
//!
//! A whole file is cut into one vector of 16-byte tokens before parsing. That is faster than lexing on
//! demand, gives the parser any look-ahead, and makes a broken string fail as a whole, as it does in
//! Puppet, where the lexer runs to the end of a string before the parser sees its first part.

/// No entry in the text table: the token's text is its slice of the source.
pub(crate) const SLICE: u32 = u32::MAX;

/// One token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Offset of the first byte in the file.
    pub(crate) start: u32,
    /// Offset after the last byte in the file.
    pub(crate) end: u32,
    /// Index of the text in the lexer's text table, or [`SLICE`].
    pub(crate) text: u32,
}

/// Kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    // Operands, in the order that keeps `is_operand` a comparison.
    Name,
    Word,
    ClassRef,
    Number,
    String,
    StringStart,
    StringMiddle,
    StringEnd,
    True,
    False,
    Heredoc,
    Regex,
    Variable,
    RightParen,
    RightBracket,
    RightCollect,
    RightExportCollect,
    // From here on a `/` may begin a regular expression.
    HeredocText,
    LeftBracket,
    ListStart,
    LeftBrace,
    SelectorBrace,
    RightBrace,
    LeftParen,
    LineParen,
    Assign,
    AppendAssign,
    DeleteAssign,
    Equal,
    NotEqual,
    Match,
    NotMatch,
    GreaterEqual,
    Greater,
    LessEqual,
    Less,
    FatArrow,
    PlusArrow,
    ShiftLeft,
    LeftExportCollect,
    LeftCollect,
    ShiftRight,
    Plus,
    Minus,
    Divide,
    Times,
    Modulo,
    Not,
    Dot,
    Pipe,
    At,
    AtAt,
    Colon,
    Comma,
    Semicolon,
    Question,
    Tilde,
    Before,
    Notify,
    After,
    Subscribe,
    EppStart,
    EppEnd,
    EppEndTrim,
    RenderString,
    RenderExpr,
    Other,
    // Keywords, in the order that keeps `is_keyword` a comparison.
    Case,
    Class,
    Default,
    Define,
    If,
    Elsif,
    Else,
    Inherits,
    Node,
    And,
    Or,
    Undef,
    In,
    Unless,
    Function,
    Type,
    Attr,
    Private,
    Plan,
    Apply,
    /// The text cannot be cut further; the lexer's failure says why.
    Broken,
    /// End of the text.
    End,
}

impl Kind {
    /// Whether `/` after this token divides.
    pub(crate) fn is_operand(self) -> bool {
        (self as u8) < Kind::HeredocText as u8
    }

    /// Whether the token may be an attribute's name besides a plain name.
    pub fn is_keyword(self) -> bool {
        (Kind::Case as u8..=Kind::Apply as u8).contains(&(self as u8))
    }

    /// The keyword of a word, if it is one.
    pub(crate) fn keyword(word: &[u8], tasks: bool) -> Option<Kind> {
        Some(match word {
            b"in" => Kind::In,
            b"if" => Kind::If,
            b"or" => Kind::Or,
            b"and" => Kind::And,
            b"case" => Kind::Case,
            b"else" => Kind::Else,
            b"node" => Kind::Node,
            b"true" => Kind::True,
            b"type" => Kind::Type,
            b"attr" => Kind::Attr,
            b"class" => Kind::Class,
            b"elsif" => Kind::Elsif,
            b"false" => Kind::False,
            b"undef" => Kind::Undef,
            b"define" => Kind::Define,
            b"unless" => Kind::Unless,
            b"default" => Kind::Default,
            b"private" => Kind::Private,
            b"function" => Kind::Function,
            b"inherits" => Kind::Inherits,
            b"plan" if tasks => Kind::Plan,
            b"apply" if tasks => Kind::Apply,
            _ => return None,
        })
    }
}

impl Token {
    /// The range of the token in the file.
    pub(crate) fn span(self) -> crate::ast::Span {
        crate::ast::Span { start: self.start, end: self.end }
    }
}
