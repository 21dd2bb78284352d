//! The list of checks. Names, levels and messages are those of puppet-lint, since control comments, configurations and pipelines
//! speak of them; each file under `checks/` has one theme.

mod arrows;
mod classes;
mod classnames;
mod commas;
mod comments;
mod conditionals;
mod documentation;
mod execs;
mod facts;
mod lines;
mod names;
mod nodes;
mod numbers;
mod parameters;
mod relationships;
mod resources;
mod scope;
mod strings;
mod titles;
mod typing;
mod urls;
mod variables;
mod whitespace;

pub(crate) use strings::needs_double_quotes;

use std::borrow::Cow;

use syntax::ast::Span;

use crate::Options;
use crate::manifest::Manifest;
use crate::problem::{Edit, Level, Problem, State};

/// A check.
pub struct Check {
    /// Name, as in options and control comments.
    pub name: &'static str,
    /// Whether it runs unless told otherwise.
    pub default: bool,
    /// What it finds, in one sentence.
    pub about: &'static str,
    /// Where the rule is written down.
    pub help: Option<&'static str>,
    /// Looks at a file.
    pub(crate) run: fn(&Manifest, &Options, &mut Found),
}

const fn on(
    name: &'static str,
    run: fn(&Manifest, &Options, &mut Found),
    help: Option<&'static str>,
    about: &'static str,
) -> Check {
    Check { name, default: true, about, help, run }
}

const fn off(
    name: &'static str,
    run: fn(&Manifest, &Options, &mut Found),
    help: Option<&'static str>,
    about: &'static str,
) -> Check {
    Check { name, default: false, about, help, run }
}

/// A place in the style guide.
macro_rules! guide {
    ($anchor:literal) => {
        Some(concat!("https://puppet.com/docs/puppet/latest/style_guide.html#", $anchor))
    };
}

/// All checks, in the order in which reports list their findings.
#[rustfmt::skip]
pub static CHECKS: &[Check] = &[
    on("arrow_on_right_operand_line", relationships::arrow_on_right_operand_line, guide!("chaining-arrow-syntax"), "a chaining arrow stands on the line of what is right of it"),
    on("autoloader_layout", classes::autoloader_layout, guide!("separate-files"), "classes and defined types are in the files where the autoloader looks for them"),
    off("class_inherits_from_params_class", classes::class_inherits_from_params_class, None, "no class inherits from a params class"),
    off("code_on_top_scope", classes::code_on_top_scope, None, "no code stands outside of classes and defined types"),
    on("inherits_across_namespaces", classes::inherits_across_namespaces, guide!("class-inheritance"), "classes inherit within their module only"),
    on("names_containing_dash", names::names_containing_dash, None, "no class or defined type has a dash in its name"),
    on("names_containing_uppercase", names::names_containing_uppercase, Some("https://puppet.com/docs/puppet/latest/modules_fundamentals.html#allowed-module-names"), "names of classes and defined types are lower case"),
    on("nested_classes_or_defines", classes::nested_classes_or_defines, guide!("nested-classes-or-defined-types"), "no class or defined type is defined within a class"),
    on("parameter_order", parameters::parameter_order, guide!("params-display-order"), "required parameters stand before optional ones"),
    on("right_to_left_relationship", relationships::right_to_left_relationship, guide!("chaining-arrow-syntax"), "chaining arrows point to the right"),
    on("variable_scope", scope::variable_scope, guide!("namespacing-variables"), "variables of other scopes are named with their scope"),
    on("slash_comments", comments::slash_comments, guide!("comments"), "comments begin with #, not //"),
    on("star_comments", comments::star_comments, guide!("comments"), "comments begin with #, not /*"),
    on("case_without_default", conditionals::case_without_default, guide!("defaults-for-case-statements-and-selectors"), "every case statement has a default"),
    on("selector_inside_resource", conditionals::selector_inside_resource, guide!("keep-resource-declarations-simple"), "no selector stands among the attributes of a resource"),
    on("documentation", documentation::documentation, guide!("public-and-private"), "a comment stands directly above every class and defined type"),
    on("unquoted_node_name", nodes::unquoted_node_name, None, "names of nodes are quoted"),
    on("duplicate_params", resources::duplicate_params, None, "no resource has an attribute twice"),
    on("ensure_first_param", resources::ensure_first_param, guide!("attribute-ordering"), "ensure is the first attribute of a resource"),
    on("ensure_not_symlink_target", resources::ensure_not_symlink_target, guide!("symbolic-links"), "links say ensure => link and target"),
    on("file_mode", resources::file_mode, guide!("file-modes"), "modes of files have four octal digits or are symbolic"),
    on("unquoted_file_mode", resources::unquoted_file_mode, guide!("file-modes"), "modes of files are quoted"),
    on("unquoted_resource_title", titles::unquoted_resource_title, guide!("resource-names"), "titles of resources are quoted"),
    on("double_quoted_strings", strings::double_quoted_strings, guide!("quoting"), "strings without variables are in single quotes"),
    on("only_variable_string", strings::only_variable_string, guide!("quoting"), "a variable alone is not put in a string"),
    on("puppet_url_without_modules", urls::puppet_url_without_modules, None, "puppet:// URLs name the mount modules/"),
    off("quoted_booleans", strings::quoted_booleans, None, "true and false are not put in strings"),
    on("single_quote_string_with_variables", strings::single_quote_string_with_variables, guide!("quoting"), "no variable stands in a string that does not interpolate"),
    on("variables_not_enclosed", strings::variables_not_enclosed, guide!("quoting"), "variables in strings are enclosed in braces"),
    on("variable_contains_dash", variables::variable_contains_dash, None, "names of variables have no dashes"),
    on("variable_is_lowercase", variables::variable_is_lowercase, None, "names of variables are lower case"),
    on("140chars", lines::line_of_140, guide!("spacing-indentation-and-whitespace"), "lines have no more than 140 characters, but for URLs and templates"),
    on("2sp_soft_tabs", whitespace::two_space_soft_tabs, guide!("spacing-indentation-and-whitespace"), "lines are indented by twos"),
    off("80chars", lines::line_of_80, guide!("spacing-indentation-and-whitespace"), "lines have no more than 80 characters, but for URLs and templates"),
    on("arrow_alignment", arrows::arrow_alignment, guide!("spacing-indentation-and-whitespace"), "the arrows of a resource stand below each other"),
    on("hard_tabs", whitespace::hard_tabs, guide!("spacing-indentation-and-whitespace"), "no tab characters stand between tokens"),
    on("space_before_arrow", arrows::space_before_arrow, None, "one space stands before an arrow that has no others to align with"),
    on("trailing_whitespace", whitespace::trailing_whitespace, guide!("spacing-indentation-and-whitespace"), "no line ends in white space"),
    on("legacy_facts", facts::legacy_facts, None, "facts are taken from the structured ones"),
    on("top_scope_facts", facts::top_scope_facts, None, "facts are taken from $facts rather than from the top scope"),
    // Those of plugins that many projects use.
    off("anchor_resource", resources::anchor_resource, None, "classes are contained rather than anchored"),
    off("check_unsafe_interpolations", execs::check_unsafe_interpolations, None, "no variable is put into a command that a shell reads"),
    off("file_ensure", resources::file_ensure, None, "files say whether they are files, directories or links"),
    off("leading_zero", numbers::leading_zero, None, "numbers with leading zeros, which are octal, are quoted"),
    off("lookup_in_parameter", parameters::lookup_in_parameter, None, "defaults of parameters come from data without a call of lookup"),
    off("parameter_documentation", typing::parameter_documentation, guide!("public-and-private"), "every parameter is documented, and nothing else is as one"),
    off("parameter_types", typing::parameter_types, None, "every parameter has a type"),
    off("relative_classname_inclusion", classnames::relative_classname_inclusion, None, "classes are included without a leading ::"),
    off("relative_classname_reference", classnames::relative_classname_reference, None, "classes are referred to without a leading ::"),
    off("topscope_variable", variables::topscope_variable, None, "variables of classes are named without a leading ::"),
    off("trailing_comma", commas::trailing_comma, guide!("spacing-indentation-and-whitespace"), "a comma stands behind the last of several elements"),
    off("unquoted_string_in_case", conditionals::unquoted_string_in_case, guide!("quoting"), "strings in case options are quoted"),
    off("unquoted_string_in_selector", conditionals::unquoted_string_in_selector, guide!("quoting"), "strings in selectors are quoted"),
];

/// The check of a name.
pub fn check(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// Where a check puts what it finds.
pub(crate) struct Found<'m> {
    manifest: &'m Manifest,
    check: &'static str,
    pub(crate) problems: Vec<Problem>,
}

impl<'m> Found<'m> {
    pub(crate) fn new(manifest: &'m Manifest) -> Found<'m> {
        Found { manifest, check: "", problems: Vec::new() }
    }

    /// Runs a check.
    pub(crate) fn run(&mut self, check: &Check, options: &Options) {
        self.check = check.name;
        (check.run)(self.manifest, options, self);
    }

    /// A warning about a piece.
    pub(crate) fn warning(&mut self, at: usize, message: impl Into<Cow<'static, str>>) {
        self.warning_fixed(at, message, Vec::new());
    }

    /// A warning about a piece, and what puts it right.
    pub(crate) fn warning_fixed(&mut self, at: usize, message: impl Into<Cow<'static, str>>, fix: Vec<Edit>) {
        self.add(Level::Warning, self.manifest.span(at), message.into(), fix);
    }

    /// An error at a piece.
    pub(crate) fn error(&mut self, at: usize, message: impl Into<Cow<'static, str>>) {
        self.error_fixed(at, message, Vec::new());
    }

    /// An error at a piece, and what puts it right.
    pub(crate) fn error_fixed(&mut self, at: usize, message: impl Into<Cow<'static, str>>, fix: Vec<Edit>) {
        self.add(Level::Error, self.manifest.span(at), message.into(), fix);
    }

    fn add(&mut self, level: Level, span: Span, message: Cow<'static, str>, fix: Vec<Edit>) {
        let position = self.manifest.file.position(span.start);
        self.problems.push(Problem {
            check: self.check,
            level,
            state: State::Open,
            message,
            line: position.line,
            column: position.column,
            span,
            fix,
        });
    }

    /// A warning about a part of a piece.
    pub(crate) fn place(&mut self, span: Span, message: String) {
        self.add(Level::Warning, span, message.into(), Vec::new());
    }

    /// A warning about a line.
    pub(crate) fn line(&mut self, line: u32, column: u32, span: Span, message: String) {
        self.problems.push(Problem {
            check: self.check,
            level: Level::Warning,
            state: State::Open,
            message: message.into(),
            line,
            column,
            span,
            fix: Vec::new(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
    }
}
