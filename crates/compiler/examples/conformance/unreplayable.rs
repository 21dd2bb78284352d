//! Which records cannot be replayed, and why: what they rest on was made in Ruby by the test that was recorded, and is no
//! part of the record.
//!
//! A rule speaks for a record only if it came out differently: what is the same without it is counted as the same. A rule
//! names where the record comes from, its kind, and what has to be seen in it or in the outcome, so that it hides nothing else.

use serde_json::Value as Json;

/// What a rule looks at.
enum Sign {
    /// Text in the code or in the arguments.
    Input(&'static [&'static str]),
    /// Text in what was recorded.
    Want(&'static [&'static str]),
    /// Text in what came out here.
    Got(&'static [&'static str]),
    /// No folder of an environment: the record has the files of modules and manifests, and no others.
    NoEnvironment,
    /// Nothing more: the whole place is so.
    Always,
}

struct Rule {
    /// Part of the file and example that a record comes from.
    from: &'static str,
    kind: &'static str,
    sign: Sign,
    reason: &'static str,
}

const FUNCTION: &str = "a function that the test defines in Ruby";
const TYPE: &str = "a type that the test defines in Ruby";
const STUB: &str = "a stub of the test gives the answer";
const FILES: &str = "files that were gone after the test";
const SCOPE: &str = "variables, classes or nodes that the test sets from Ruby";
const LIBRARY: &str =
    "a library that the recording had in another version or not at all (hiera-eyaml, hocon, json)";
const DATA: &str = "data and configuration of Hiera outside of modules are not in the record";
const FILTERED: &str = "asks a catalog from which the test has taken the virtual resources";
const CLOCK: &str = "the time of the recording";
const ARGUMENTS: &str = "a function called from Ruby, with arguments that are not in the record";
const LOST: &str = "the text of a type or value says less than the type or value that was recorded";

const fn rule(from: &'static str, kind: &'static str, sign: Sign, reason: &'static str) -> Rule {
    Rule { from, kind, sign, reason }
}

const RULES: &[Rule] = &[
    rule(
        "parser/compiler_spec.rb[1:5:1]",
        "compile",
        Sign::Input(&["$server_facts"]),
        "server facts are not in the record",
    ),
    rule("parameter_defaults_spec", "compile", Sign::Always, ARGUMENTS),
    rule(
        "evaluating_parser_spec",
        "evaluate",
        Sign::Input(&["test(", "assert_no_undef(", "bazinga("]),
        FUNCTION,
    ),
    rule("evaluating_parser_spec", "evaluate", Sign::Input(&["apply("]), STUB),
    rule("evaluating_parser_spec", "evaluate", Sign::Input(&["$a_3x_resource"]), SCOPE),
    rule(
        "",
        "evaluate",
        Sign::Want(&["#<Puppet::Resource::Type:0x"]),
        "the address of an object of Ruby's in the text",
    ),
    rule("deferred_resolver_spec", "compile", Sign::Input(&["test_deferred {"]), TYPE),
    rule(
        "type_mismatch_describer_spec",
        "compile",
        Sign::Input(&["string_return", "no_return", "variant_return"]),
        FUNCTION,
    ),
    rule("map_spec", "compile", Sign::Input(&["nil_array("]), FUNCTION),
    rule("no_modules", "compile", Sign::Always, SCOPE),
    rule("loaders_spec.rb[2:13:1]", "compile", Sign::Input(&["value_from_scope"]), SCOPE),
    rule("p_binary_type_spec", "compile", Sign::Input(&["$testing"]), SCOPE),
    rule("parser/compiler_spec", "compile", Sign::Got(&["Could not find class"]), SCOPE),
    rule("parser/compiler_spec.rb[1:8:6]", "compile", Sign::Always, SCOPE),
    rule("parser/resource_spec", "compile", Sign::Want(&["\"foo\""]), SCOPE),
    rule("lookup/context_spec", "compile", Sign::Input(&["cached_file_data("]), FILES),
    rule("lookup/context_spec", "compile", Sign::Input(&["$ctx.explain", "$ctx.interpolate"]), STUB),
    rule(
        "p_time",
        "compile",
        Sign::Got(&["Formats = Variant[String[2]"]),
        "an alias that other tests of the process had shown before",
    ),
    rule("strftime_spec", "compile", Sign::Input(&["strftime('%F"]), CLOCK),
    rule("binary_file_spec", "compile", Sign::Always, FILES),
    rule("find_file_spec", "compile", Sign::Always, FILES),
    rule("find_template_spec", "compile", Sign::Always, FILES),
    rule("module_directory_spec", "compile", Sign::Always, STUB),
    rule("ruby_generator_spec", "", Sign::Always, TYPE),
    rule("functions/lookup_spec", "compile", Sign::NoEnvironment, DATA),
    rule("functions/lookup_fixture_spec", "compile", Sign::NoEnvironment, DATA),
    rule("functions/hiera_spec", "compile", Sign::NoEnvironment, DATA),
    rule("", "compile", Sign::Want(&["hiera/backend/eyaml", "without hocon library", "rspecrun"]), LIBRARY),
    rule("lookup_spec.rb[1:1:1:4:2:1]", "compile", Sign::Got(&["hocon_data"]), LIBRARY),
    rule(
        "",
        "compile",
        Sign::Got(&["Hiera 3 is not installed"]),
        "a backend of the library Hiera 3, which Puppet 8 does not bring",
    ),
    rule(
        "puppet_spec/language.rb[1:7:1]",
        "",
        Sign::Input(&["Notify[example]", "Notify['example']"]),
        FILTERED,
    ),
    rule("", "evaluate", Sign::Want(&["\"451: unexpected token"]), LIBRARY),
    rule("", "assignable", Sign::Input(&["String"]), LOST),
];

/// Why a record that came out differently could not come out otherwise, if that is so.
///
/// `code` is what [`crate::shown`] makes of `input`.
pub(crate) fn reason(kind: &str, from: &str, input: &Json, code: &str, detail: &str) -> Option<&'static str> {
    let (want, got) = detail.split_once("\n  got:  ").unwrap_or((detail, ""));
    let found = RULES.iter().find(|rule| {
        from.contains(rule.from)
            && (rule.kind.is_empty() || rule.kind == kind)
            && match rule.sign {
                Sign::Input(texts) => texts.iter().any(|text| code.contains(text)),
                Sign::Want(texts) => texts.iter().any(|text| want.contains(text)),
                Sign::Got(texts) => texts.iter().any(|text| got.contains(text)),
                Sign::NoEnvironment => input["root"].is_null(),
                Sign::Always => true,
            }
    });
    found.map(|rule| rule.reason)
}
