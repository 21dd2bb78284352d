//! Records of anything smaller than a compile.

use compiler::{ImageOptions, NodeInput};
use serde_json::{Value as Json, json};
use syntax::Options;
use syntax::source::SourceFile;

use crate::compile::items;
use crate::values::{hash, is_plain, literal, quoted};
use crate::{NO_FORM, Outcome, Run, differs, group_of, options, run, text, without_place};

/// There is nothing in the record that could be compared.
const NOTHING: &str = "the record has no outcome";
/// The record has a call alone, not what was loaded and set around it.
const AROUND: &str = "a call that rests on what the test has loaded or set before it";
/// Names that were loaded when it was recorded.
const LOADED: &str = "a type that the test has loaded";

pub(crate) fn check_parse(input: &Json, output: &Json) -> Outcome {
    // The record does not say which dialect it is in.
    let mut outcome = None;
    for (epp, tasks) in [(false, false), (true, false), (false, true), (true, true)] {
        let file = SourceFile::new(None, text(&input["source"]));
        let parsed = syntax::parse(file, Options { epp, tasks, ..Options::default() });
        let this = match (output["pn"].as_str(), output["error"].as_str()) {
            (Some(want), _) => {
                let got = syntax::pn::dump(&parsed.ast);
                if got == want { Outcome::Same } else { differs("tree", want, got) }
            }
            (None, Some(want)) => match parsed.errors.first() {
                Some(error) if without_place(&error.puppet_message()) == without_place(want) => Outcome::Same,
                Some(error) => differs("error", want, error.puppet_message()),
                None => differs("no error", want, ""),
            },
            _ => Outcome::Unreplayable(NOTHING),
        };
        match this {
            Outcome::Same => return Outcome::Same,
            other if outcome.is_none() => outcome = Some(other),
            _ => {}
        }
    }
    outcome.unwrap_or(Outcome::Unreplayable(NOTHING))
}

/// Compiles code for a node without anything.
pub(crate) fn run_code(code: String, input: &Json, certname: &str) -> Run {
    let known = ["environment", "module_name", "title", "name", "trusted", "facts", "server_facts"];
    let options = ImageOptions { code: Some(code), ..options(input) };
    let parameters = hash(&input["vars"], &known);
    let node = NodeInput { certname: certname.into(), parameters, ..NodeInput::default() };
    run(&options, &node)
}

/// The node of most records; none is named in them.
const NODE: &str = "test";

/// Runs the code of a record, after the manifest that was compiled before it.
fn evaluated(input: &Json, output: &Json, before: Option<&Json>, certname: &str) -> Run {
    let source = text(&input["source"]);
    let shown = match output["error"].is_null() && is_plain(&output["value"]) {
        true => "notify { 'conformance': message => [$conformance] }",
        false => "",
    };
    let code = format!(
        "$conformance = with() || {{ {source}\n}} notice(\"type ${{type($conformance, reduced)}}\") {shown}"
    );
    let Some(before) = before else {
        let mut code = code;
        // The record ends before arrows are drawn, so what they need was never asked for.
        for _ in 0..8 {
            let got = run_code(code.clone(), input, certname);
            let error = got.error.as_deref().unwrap_or_default();
            let missing =
                error.strip_prefix("Could not find resource '").and_then(|rest| rest.split_once("]'"));
            match missing.and_then(|(reference, _)| reference.split_once('[')) {
                Some((ty, title)) => code.push_str(&format!(" {} {{ '{title}': }}", ty.to_lowercase())),
                None => return got,
            }
        }
        return run_code(code, input, certname);
    };
    // The body of a define is evaluated last.
    let code =
        format!("{}\ndefine conformance() {{ {code} }} conformance {{ 'last': }}", text(&before["code"]));
    let settings = json!({ "settings": before["settings"] });
    run_code(code, &settings, certname)
}

pub(crate) fn check_evaluate(input: &Json, output: &Json, before: Option<&Json>) -> Outcome {
    let named = output.to_string().contains("node.example.com");
    let certname = if named { "node.example.com" } else { NODE };
    let got = evaluated(input, output, before, certname);
    if let Some(want) = output["error"].as_str() {
        return match &got.error {
            None => differs(format!("no error: {}", group_of(want)), want, "a value"),
            Some(error) => {
                let on_node = format!(" on node {certname}");
                let strip = |text: &str| {
                    let text = without_place(text);
                    let text = text.strip_suffix(&on_node).unwrap_or(&text);
                    text.replace("Evaluation Error: ", "")
                        .replace("Could not parse for environment production: ", "")
                };
                let (want, got) = (strip(want), strip(error));
                // The lambda around the code is a call.
                let inner = got.strip_prefix("Error while evaluating a Function Call, ");
                if want == got || inner == Some(&want) {
                    Outcome::Same
                } else {
                    differs(format!("error text: {}", group_of(&want)), want, got)
                }
            }
        };
    }
    let Some(catalog) = &got.catalog else {
        let error = got.error.unwrap_or_default();
        return differs(format!("fails: {}", group_of(&error)), output, error);
    };
    if let Some(want) = output["type"].as_str() {
        let got = got.logs.iter().rev().find_map(|(_, message)| message.strip_prefix("type "));
        if got != Some(want) {
            return differs("type", want, got.unwrap_or("nothing"));
        }
    }
    let want = &output["value"];
    if !is_plain(want) {
        return Outcome::Same;
    }
    let resource = items(&catalog["resources"]).iter().find(|resource| resource["title"] == "conformance");
    let got = resource.map_or(&Json::Null, |resource| &resource["parameters"]["message"][0]);
    if want == got { Outcome::Same } else { differs("value", want, got) }
}

/// Compares what an expression prints.
pub(crate) fn check_notice(expression: &str, input: &Json, output: &Json) -> Outcome {
    let got = run_code(format!("notice({expression})"), input, NODE);
    match (output["text"].as_str(), output["error"].as_str(), got.error) {
        (Some(want), _, None) => match got.logs.last() {
            Some((_, message)) if message == want => Outcome::Same,
            other => differs("text", want, other.map_or("nothing", |(_, message)| message)),
        },
        (Some(want), _, Some(error)) => differs(format!("fails: {}", group_of(&error)), want, error),
        (None, Some(_), Some(_)) => Outcome::Same,
        (None, Some(want), None) => differs(format!("no error: {}", group_of(want)), want, "a text"),
        _ => Outcome::Unreplayable(NOTHING),
    }
}

/// True if a call failed for want of a class, a template, a function, a type or a variable that are not in the record.
pub(crate) fn rests_on_more(name: &str, outcome: &Outcome) -> bool {
    let Outcome::Differs(_, detail) = outcome else { return false };
    let got = detail.split_once("got: ").map_or("", |(_, got)| got);
    let missing = [
        "Could not find class ::",
        "Could not find template",
        "Unknown function: '",
        "Unknown function 'user::",
        "Unknown variable: '",
        "Resource type not found: ",
        "Use of an Iterator is not supported here",
    ];
    name == "defined" && got.trim() == "false" || missing.iter().any(|text| got.contains(text))
}

/// A type from text, as `Type(...)` makes it.
pub(crate) fn check_type(input: &Json, output: &Json) -> Outcome {
    let source = text(&input["source"]);
    if source.is_empty() {
        return Outcome::Unreplayable("the type parser takes it, the function Type() does not");
    }
    let got = run_code(format!("notice(Type({}))", quoted(source)), input, NODE);
    let shown = got.logs.last().map_or("", |(_, message)| message);
    match (output["text"].as_str(), output["error"].as_str(), got.error) {
        (Some(want), _, None) if want == shown => Outcome::Same,
        // Names that were loaded when it was recorded.
        (Some(want), _, None) if shown.contains("TypeReference[") && !want.contains("TypeReference[") => {
            Outcome::Unreplayable(LOADED)
        }
        (Some(want), _, None) => differs("text", want, shown),
        (Some(want), _, Some(error)) => differs(format!("fails: {}", group_of(&error)), want, error),
        (None, Some(want), Some(error)) => {
            let error = without_place(&error).replace(" on node test", "");
            let frame = "Evaluation Error: Error while evaluating a Function Call, ";
            let error = error.strip_prefix(frame).unwrap_or(&error);
            let same = error == without_place(want);
            if same { Outcome::Same } else { differs("error text", want, error) }
        }
        (None, Some(_), None) if shown.contains("TypeReference[") => Outcome::Unreplayable(LOADED),
        (None, Some(want), None) => differs(format!("no error: {}", group_of(want)), want, shown),
        _ => Outcome::Unreplayable(NOTHING),
    }
}

pub(crate) fn check_bool(expression: &str, output: &Json) -> Outcome {
    let Some(want) = output.as_bool() else { return Outcome::Unreplayable(NOTHING) };
    let got = run_code(format!("notice({expression})"), &Json::Null, NODE);
    match (got.error, got.logs.last()) {
        // Types that only programs can make have no form in code.
        (Some(error), _) if error.contains("Resource type not found") || error.contains("Syntax error") => {
            Outcome::Unreplayable(NO_FORM)
        }
        (Some(error), _) => differs(format!("fails: {}", group_of(&error)), expression, error),
        (None, Some((_, message))) if *message == want.to_string() => Outcome::Same,
        (None, other) => differs("answer", format!("{expression} is {want}"), format!("{other:?}")),
    }
}

pub(crate) fn check_call(input: &Json, output: &Json, before: Option<&Json>) -> Outcome {
    let Some(args) = items(&input["args"]).iter().map(literal).collect::<Option<Vec<_>>>() else {
        return Outcome::Unreplayable(NO_FORM);
    };
    let source = format!("{}({})", text(&input["name"]), args.join(", "));
    let settings = json!({ "source": source, "settings": { "strict": input["strict"] } });
    let outcome = check_evaluate(&settings, output, before);
    match outcome {
        // The record has the call alone, not what was loaded and set around it.
        Outcome::Differs(..) if rests_on_more(text(&input["name"]), &outcome) => {
            Outcome::Unreplayable(AROUND)
        }
        outcome => outcome,
    }
}
