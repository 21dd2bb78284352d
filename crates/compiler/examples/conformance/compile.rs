//! Records of whole compiles: manifest, node and files, to catalog and messages or to an error.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use compiler::{ImageOptions, NodeInput};
use serde_json::{Value as Json, json};

use crate::values::{hash, value};
use crate::{Outcome, differs, group_of, options, run, text, without_place};

pub(crate) fn check_compile(input: &Json, output: &Json) -> Outcome {
    let mut options = options(input);
    let folder = tempfile::tempdir().unwrap();
    let prefix = lay_out(input, folder.path(), &mut options);
    let code = text(&input["code"]);
    if !code.is_empty() || options.manifest.is_none() {
        options.code = Some(code.into());
    }
    let classes = match &input["classes"] {
        Json::Array(names) => names.iter().map(|name| (text(name).into(), None)).collect(),
        Json::Object(classes) => {
            let given = |parameters: &Json| (!parameters.is_null()).then(|| hash(parameters, &[]));
            classes.iter().map(|(name, parameters)| (name.as_str().into(), given(parameters))).collect()
        }
        _ => Vec::new(),
    };
    let node = NodeInput {
        certname: text(&input["node"]).into(),
        facts: Arc::new(hash(&input["facts"], &[])),
        trusted: value(&input["trusted"]),
        server_facts: Arc::new(hash(&input["server_facts"], &[])),
        classes,
        parameters: hash(&input["parameters"], &["environment"]),
    };
    let got = run(&options, &node);
    let ours = folder.path().display().to_string();
    let replace = |text: &str| text.replace(&ours, &prefix);
    if let Some(want) = output["error"].as_str() {
        let Some(error) = &got.error else {
            return differs(format!("no error: {}", group_of(want)), want, "a catalog");
        };
        let mut error = replace(error);
        // Some of the recorded calls end below where the node's name is added.
        let suffix = format!(" on node {}", node.certname);
        if !want.ends_with(&suffix) && error.ends_with(&suffix) {
            error.truncate(error.len() - suffix.len());
        }
        let same = error.replace("(file: unknown, ", "(") == want.replace("(file: unknown, ", "(");
        return if same && (input["root"].is_null() || same_logs(output, &got.logs, &replace)) {
            Outcome::Same
        } else if same {
            differs("messages of an error", &output["logs"], format!("{:?}", got.logs))
        } else if without_place(&error) == without_place(want) {
            differs("error place", want, error)
        } else {
            differs(format!("error text: {}", group_of(want)), want, error)
        };
    }
    let Some(catalog) = &got.catalog else {
        let error = replace(got.error.as_deref().unwrap_or_default());
        return differs(format!("fails: {}", group_of(&error)), "a catalog", error);
    };
    let mut catalog: Json = serde_json::from_str(&replace(&catalog.to_string())).unwrap();
    // The records were made without exported resources, as they are for an agent.
    if let Some(resources) = catalog["resources"].as_array_mut() {
        let names: Vec<Json> =
            items(&output["catalog"]["resources"]).iter().map(|r| json!([r["type"], r["title"]])).collect();
        resources.retain(|r| r["exported"] != true || names.contains(&json!([r["type"], r["title"]])));
    }
    if let Some(difference) = compare_catalogs(&output["catalog"], &catalog) {
        return difference;
    }
    if !same_logs(output, &got.logs, &replace) {
        return differs("messages", &output["logs"], format!("{:?}", got.logs));
    }
    Outcome::Same
}

pub(crate) fn same_logs(output: &Json, got: &[(String, String)], replace: &dyn Fn(&str) -> String) -> bool {
    // That a test loads a function twice says nothing of the code.
    let want: Vec<_> = items(&output["logs"])
        .iter()
        .map(|entry| (text(&entry[0]).to_owned(), without_place(text(&entry[1]))))
        .filter(|(_, text)| !text.starts_with("Overwriting previous definition for function "))
        .collect();
    let got: Vec<_> =
        got.iter().map(|(level, text)| (level.clone(), without_place(&replace(text)))).collect();
    // What the parser says is logged when the code is read, and that may be before the record begins.
    got == want || got.iter().skip_while(|(level, text)| is_of_parser(level, text)).eq(want.iter())
}

/// Whether the parser gives this warning.
fn is_of_parser(level: &str, text: &str) -> bool {
    let texts = ["Unrecognized escape sequence ", "The key '"];
    level == "warning" && texts.iter().any(|start| text.starts_with(start))
}

/// Writes the files of a record and gives the folder that they were in when it was recorded.
pub(crate) fn lay_out(input: &Json, folder: &Path, options: &mut ImageOptions) -> String {
    let files: Vec<(&String, &str)> = input["files"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(path, content)| (path, text(content)))
        .collect();
    // Newer records name the folder of the environment, and one that holds it and the global data.
    if let Some(root) = input["root"].as_str() {
        let base = input["base"].as_str().unwrap_or(root);
        let moved = |path: &str| folder.join(Path::new(path).strip_prefix(base).unwrap_or(Path::new(path)));
        let here = folder.display().to_string();
        let directory = moved(root);
        for (path, content) in files {
            let target = moved(path);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::write(&target, content.replace(base, &here)).unwrap();
        }
        if input["code"] == "" {
            options.manifest = Some(directory.join("manifests"));
        }
        options.modulepath.push(directory.join("modules"));
        options.directory = Some(directory);
        options.settings.push(("codedir".to_owned(), here.as_str().into()));
        options.hiera_config = input["hiera_config"].as_str().map(moved);
        return base.to_owned();
    }
    let mut prefix = files.first().map_or(PathBuf::new(), |(path, _)| PathBuf::from(path));
    for (path, _) in &files {
        while !Path::new(path).starts_with(&prefix) || prefix == Path::new(path) {
            prefix.pop();
        }
    }
    // The folders above modules and manifests are found by their names.
    for _ in 0..4 {
        if prefix.components().count() > 3 {
            prefix.pop();
        }
    }
    for (path, content) in files {
        let relative = Path::new(path).strip_prefix(&prefix).unwrap_or(Path::new(path));
        let target = folder.join(relative);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(&target, content).unwrap();
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let upto = |at: usize| folder.join(parts[..=at].iter().collect::<PathBuf>());
        if let Some(at) = parts.iter().position(|part| part == "modules") {
            let modules = upto(at);
            if !options.modulepath.contains(&modules) {
                options.directory = modules.parent().map(Path::to_owned);
                options.modulepath.push(modules);
            }
        } else if parts.iter().any(|part| part == "fixtures") || path.contains("/spec/fixtures/") {
            // A module in a folder of another name.
            if let Some(at) = parts.iter().position(|part| part == "manifests" || part == "lib")
                && at >= 1
            {
                let modules = if at == 1 { folder.to_owned() } else { upto(at - 2) };
                if !options.modulepath.contains(&modules) {
                    options.modulepath.push(modules);
                }
            }
        } else if let Some(at) = parts.iter().position(|part| part.starts_with("manifests")) {
            options.manifest = Some(upto(at));
        }
    }
    prefix.display().to_string()
}

pub(crate) fn items(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], |items| items)
}

pub(crate) fn sorted(json: &Json) -> Json {
    let mut all: Vec<String> = items(json).iter().map(ToString::to_string).collect();
    all.sort();
    json!(all)
}

pub(crate) fn compare_catalogs(want: &Json, got: &Json) -> Option<Outcome> {
    let name = |r: &Json| format!("{}[{}]", text(&r["type"]), text(&r["title"]));
    let names = |catalog: &Json| items(&catalog["resources"]).iter().map(name).collect::<Vec<_>>();
    let (want_names, got_names) = (names(want), names(got));
    if want_names != got_names {
        return Some(differs("resources", want_names.join(" "), got_names.join(" ")));
    }
    for (a, b) in items(&want["resources"]).iter().zip(items(&got["resources"])) {
        for field in
            ["parameters", "sensitive_parameters", "tags", "file", "line", "exported", "virtual", "kind"]
        {
            let (mut x, mut y) = (a[field].clone(), b[field].clone());
            if field == "tags" || field == "sensitive_parameters" {
                (x, y) = (sorted(&x), sorted(&y));
            }
            if field == "parameters" && x.as_object().is_some_and(serde_json::Map::is_empty) {
                x = Json::Null;
            }
            if x != y {
                return Some(differs(format!("resource {field}"), format!("{} {x}", name(a)), y));
            }
        }
    }
    if sorted(&want["tags"]) != sorted(&got["tags"]) {
        return Some(differs("tags", &want["tags"], &got["tags"]));
    }
    let names = names(want);
    let edges: Vec<&Json> = items(&got["edges"])
        .iter()
        .filter(|edge| names.iter().any(|name| *name == text(&edge["target"])))
        .collect();
    if json!(edges) != want["edges"] {
        return Some(differs("edges", &want["edges"], json!(edges)));
    }
    let field = ["classes", "name", "environment"].into_iter().find(|field| want[*field] != got[*field])?;
    Some(differs(field, &want[field], &got[field]))
}
