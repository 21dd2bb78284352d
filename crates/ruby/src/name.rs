//! Names of methods.
//!
//! A method that the interpreter knows for any class has an [`M`], so that a call needs no comparison of text. Which
//! class has it is the business of [`crate::methods`].

use pcore::Str;

/// The name of a method, and what it means if it means anything here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: Str,
    pub(crate) id: Option<M>,
}

impl Name {
    pub(crate) fn new(text: &str) -> Name {
        Name { text: text.into(), id: M::of(text) }
    }
}

impl From<M> for Name {
    fn from(id: M) -> Name {
        Name { text: id.text().into(), id: Some(id) }
    }
}

macro_rules! names {
    ($($id:ident $text:literal),* $(,)?) => {
        /// A method that some class here has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum M {
            $(#[doc = $text] $id),*
        }

        impl M {
            /// How many there are.
            pub(crate) const COUNT: usize = [$($text),*].len();

            pub(crate) fn of(text: &str) -> Option<M> {
                match text {
                    $($text => Some(M::$id),)*
                    _ => None,
                }
            }

            pub(crate) fn text(self) -> &'static str {
                match self { $(M::$id => $text),* }
            }
        }
    };
}

#[rustfmt::skip]
names! {
    Not "!", NotEqual "!=", MatchesNot "!~", Percent "%", BitAnd "&", Star "*", Power "**", Plus "+", UnaryPlus "+@",
    Minus "-", UnaryMinus "-@", Slash "/", Less "<", ShiftLeft "<<", LessEqual "<=", Compare "<=>", Equal "==",
    CaseEqual "===", Matches "=~", Greater ">", GreaterEqual ">=", ShiftRight ">>", ArrayFunction "Array",
    FloatFunction "Float", HashFunction "Hash", IntegerFunction "Integer", StringFunction "String", UriFunction "URI",
    Element "[]", Put "[]=", BitXor "^", SendAlways "__send__", Abs "abs", AbsoluteIs "absolute?", Add "add",
    AddIs "add?", Alert "alert", AllIs "all?", AllTags "all_tags", AllbitsIs "allbits?", Ancestors "ancestors",
    AnyIs "any?", AnybitsIs "anybits?", Append "append", Arity "arity", AsciiOnlyIs "ascii_only?", Assoc "assoc",
    At "at", Base64digest "base64digest", Basename "basename", Begin "begin", BetweenIs "between?",
    BitLength "bit_length", BlockGivenIs "block_given?", Bytes "bytes", Bytesize "bytesize", Call "call",
    CallFunction "call_function", Capitalize "capitalize", CapitalizeNow "capitalize!", Captures "captures",
    Casecmp "casecmp", CasecmpIs "casecmp?", Catch "catch", Cbrt "cbrt", Ceil "ceil", Center "center", Chars "chars",
    Chomp "chomp", ChompNow "chomp!", Chop "chop", ChopNow "chop!", Chr "chr", ChunkWhile "chunk_while", Clamp "clamp",
    Class "class", Classes "classes", Clear "clear", Clone "clone", Coerce "coerce", Collect "collect",
    CollectNow "collect!", CollectConcat "collect_concat", Combination "combination", Compact "compact",
    CompactNow "compact!", CompareByIdentity "compare_by_identity", Concat "concat", Count "count", CoverIs "cover?",
    Crit "crit", Cycle "cycle", Debug "debug", Decode64 "decode64", Default "default", SetDefault "default=",
    Delete "delete", DeleteNow "delete!", DeleteAt "delete_at", DeleteIf "delete_if", DeletePrefix "delete_prefix",
    DeletePrefixNow "delete_prefix!", DeleteSuffix "delete_suffix", DeleteSuffixNow "delete_suffix!", Detect "detect",
    Difference "difference", Dig "dig", Digits "digits", Dirname "dirname", Div "div", Divmod "divmod",
    Downcase "downcase", DowncaseNow "downcase!", Downto "downto", Drop "drop", DropWhile "drop_while", Dump "dump",
    Dup "dup", Each "each", EachByte "each_byte", EachChar "each_char", EachCons "each_cons", EachEntry "each_entry",
    EachIndex "each_index", EachKey "each_key", EachLine "each_line", EachPair "each_pair", EachSlice "each_slice",
    EachValue "each_value", EachWithIndex "each_with_index", EachWithObject "each_with_object", Emerg "emerg",
    EmptyIs "empty?", Encode "encode", Encode64 "encode64", EncodeWwwFormComponent "encode_www_form_component",
    End "end", EndWithIs "end_with?", Entries "entries", EqlIs "eql?", EqualIs "equal?", Err "err", Escape "escape",
    EscapeHTML "escapeHTML", EvenIs "even?", Except "except", Exception "exception", ExistIs "exist?",
    Extname "extname", Fail "fail", Fdiv "fdiv", Fetch "fetch", FetchValues "fetch_values", File "file", Fill "fill",
    Filter "filter", FilterNow "filter!", FilterMap "filter_map", Find "find", FindAll "find_all",
    FindIndex "find_index", FiniteIs "finite?", First "first", FlatMap "flat_map", Flatten "flatten",
    FlattenNow "flatten!", Floor "floor", ForceEncoding "force_encoding", Format "format", Fragment "fragment",
    Freeze "freeze", FrozenIs "frozen?", Gcd "gcd", Generate "generate", Grep "grep", GrepV "grep_v",
    GroupBy "group_by", Gsub "gsub", GsubNow "gsub!", H "h", HasKeyIs "has_key?", HasValueIs "has_value?",
    HasVariableIs "has_variable?", Hex "hex", Hexdigest "hexdigest", Host "host", Hostname "hostname",
    HtmlEscape "html_escape", Hypot "hypot", IncludeIs "include?", Index "index", InfiniteIs "infinite?", Info "info",
    Inject "inject", Insert "insert", Inspect "inspect", InstanceOfIs "instance_of?",
    InstanceVariableDefinedIs "instance_variable_defined?", InstanceVariableGet "instance_variable_get",
    InstanceVariableSet "instance_variable_set", InstanceVariables "instance_variables", IntegerIs "integer?",
    IntersectIs "intersect?", Intersection "intersection", Invert "invert", Ipv4Is "ipv4?", Ipv6Is "ipv6?",
    IsAIs "is_a?", Itself "itself", Join "join", KeepIf "keep_if", Key "key", KeyIs "key?", Keys "keys",
    KindOfIs "kind_of?", Lambda "lambda", LambdaIs "lambda?", Last "last", LastMatch "last_match", Lazy "lazy",
    Lcm "lcm", Length "length", Lines "lines", Ljust "ljust", Load "load", Log "log", Log10 "log10", Log2 "log2",
    Lookupvar "lookupvar", Loop "loop", Lstrip "lstrip", LstripNow "lstrip!", Magnitude "magnitude", Map "map",
    MapNow "map!", Mask "mask", Match "match", MatchIs "match?", Max "max", MaxBy "max_by", MemberIs "member?",
    Merge "merge", MergeNow "merge!", Message "message", Min "min", MinBy "min_by", Minmax "minmax",
    MinmaxBy "minmax_by", Modulo "modulo", Name "name", NamedCaptures "named_captures", Names "names", NanIs "nan?",
    NegativeIs "negative?", New "new", Next "next", NilIs "nil?", NobitsIs "nobits?", NoneIs "none?",
    NonzeroIs "nonzero?", Notice "notice", Oct "oct", OddIs "odd?", Offset "offset", OneIs "one?", Opaque "opaque",
    Options "options", Ord "ord", P "p", Parse "parse", Partition "partition", Password "password", Path "path",
    Peek "peek", Permutation "permutation", Pop "pop", Port "port", PositiveIs "positive?", PostMatch "post_match",
    Pow "pow", Pp "pp", PreMatch "pre_match", Pred "pred", Prefix "prefix", Prepend "prepend",
    PrettyGenerate "pretty_generate", Print "print", Proc "proc", Product "product", PublicSend "public_send",
    Push "push", Puts "puts", Query "query", Quo "quo", Quote "quote", Raise "raise", Rassoc "rassoc", Reduce "reduce",
    Reject "reject", RejectNow "reject!", RelativeIs "relative?", Remainder "remainder", Replace "replace",
    RequestUri "request_uri", Require "require", RespondToIs "respond_to?", Reverse "reverse", ReverseNow "reverse!",
    ReverseEach "reverse_each", Rewind "rewind", Rindex "rindex", Rjust "rjust", Rotate "rotate", RotateNow "rotate!",
    Round "round", Rpartition "rpartition", Rstrip "rstrip", RstripNow "rstrip!", SafeLoad "safe_load", Sample "sample",
    Scan "scan", Scheme "scheme", Scope "scope", Scrub "scrub", Select "select", SelectNow "select!", Send "send",
    Setvar "setvar", Shellescape "shellescape", Shelljoin "shelljoin", Shellsplit "shellsplit", Shellwords "shellwords",
    Shift "shift", Shuffle "shuffle", ShuffleNow "shuffle!", Size "size", Slice "slice", SliceNow "slice!",
    SliceWhen "slice_when", Sort "sort", SortNow "sort!", SortBy "sort_by", SortByNow "sort_by!", Source "source",
    Split "split", Sprintf "sprintf", Sqrt "sqrt", Squeeze "squeeze", SqueezeNow "squeeze!", StartWithIs "start_with?",
    Step "step", Store "store", StrictDecode64 "strict_decode64", StrictEncode64 "strict_encode64", String "string",
    Strip "strip", StripNow "strip!", Sub "sub", SubNow "sub!", SubsetIs "subset?", Succ "succ", Sum "sum",
    Superclass "superclass", SupersetIs "superset?", Swapcase "swapcase", SwapcaseNow "swapcase!", Tags "tags",
    Take "take", TakeWhile "take_while", Tally "tally", Tap "tap", Then "then", Throw "throw", Times "times",
    Title "title", ToA "to_a", ToAry "to_ary", ToEnum "to_enum", ToF "to_f", ToH "to_h", ToHash "to_hash", ToI "to_i",
    ToInt "to_int", ToJson "to_json", ToProc "to_proc", ToRange "to_range", ToS "to_s", ToSet "to_set", ToStr "to_str",
    ToSym "to_sym", ToYaml "to_yaml", Tr "tr", TrNow "tr!", TrS "tr_s", TransformKeys "transform_keys",
    TransformKeysNow "transform_keys!", TransformValues "transform_values", TransformValuesNow "transform_values!",
    Transpose "transpose", Truncate "truncate", U "u", UnicodeNormalize "unicode_normalize", Union "union", Uniq "uniq",
    UniqNow "uniq!", Unshift "unshift", Unwrap "unwrap", Upcase "upcase", UpcaseNow "upcase!", Update "update",
    Upto "upto", UrlEncode "url_encode", UrlsafeEncode64 "urlsafe_encode64", User "user", Userinfo "userinfo",
    ValidEncodingIs "valid_encoding?", ValueIs "value?", Values "values", ValuesAt "values_at", Versioncmp "versioncmp",
    Warn "warn", Warning "warning", WithIndex "with_index", WithObject "with_object", YieldSelf "yield_self",
    ZeroIs "zero?", Zip "zip", BitOr "|", BitNot "~",
}
