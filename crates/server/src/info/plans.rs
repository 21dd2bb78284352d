//! `GET plans` and `GET plans/:module/:plan`: which plans there are. Nothing of them is read.

use rest::{Problem, Request, Response, StatusCode};
use serde_json::{Value as Json, json};

use super::{environment, full_name, is_short_name, names_in, split_ending, with_modules};
use crate::Server;
use crate::files::Module;

/// Names that no plan may have, for they mean something in the language.
const RESERVED: [&str; 46] = [
    "and",
    "application",
    "attr",
    "case",
    "class",
    "consumes",
    "default",
    "else",
    "elsif",
    "environment",
    "false",
    "function",
    "if",
    "import",
    "in",
    "inherits",
    "node",
    "or",
    "private",
    "produces",
    "site",
    "true",
    "type",
    "undef",
    "unless",
    "any",
    "array",
    "boolean",
    "catalogentry",
    "collection",
    "callable",
    "data",
    "enum",
    "float",
    "hash",
    "integer",
    "numeric",
    "optional",
    "pattern",
    "resource",
    "runtime",
    "scalar",
    "string",
    "struct",
    "tuple",
    "variant",
];

/// `GET plans?environment=E`
pub(super) async fn list(server: &Server, request: &Request) -> Result<Response, Problem> {
    let name = environment(&request.query_params()?)?;
    let document = with_modules(server, name.clone(), move |_, modules| {
        let mut plans = Vec::new();
        for module in modules {
            for plan in plans_of(module).map_err(Problem::internal)? {
                let environment = [json!({"name": name, "code_id": null})];
                plans.push(json!({"name": full_name(&module.name, &plan), "environment": environment}));
            }
        }
        Ok(Json::Array(plans))
    })
    .await?;
    Ok(Response::json(StatusCode::OK, &document))
}

/// `GET plans/:module/:plan?environment=E`
pub(super) async fn find(
    server: &Server,
    request: &Request,
    module: &str,
    plan: &str,
) -> Result<Response, Problem> {
    let name = environment(&request.query_params()?)?;
    let (module, plan) = (module.to_owned(), plan.to_owned());
    let document = with_modules(server, name, move |_, modules| {
        let Some(found) = modules.iter().find(|known| known.name == module) else {
            return Err(Problem::not_found(format!("Could not find module '{module}'")));
        };
        if !plans_of(found).map_err(Problem::internal)?.contains(&plan) {
            return Err(Problem::not_found(format!("Could not find plan '{plan}'")));
        }
        Ok(json!({"metadata": {}, "name": full_name(&module, &plan)}))
    })
    .await?;
    Ok(Response::json(StatusCode::OK, &document))
}

/// Short names of a module's plans, sorted by file.
fn plans_of(module: &Module) -> std::io::Result<Vec<String>> {
    let mut plans: Vec<String> = Vec::new();
    for file in names_in(&module.path.join("plans"))? {
        let (name, ending) = split_ending(&file);
        let is_plan = matches!(ending, ".pp" | ".yaml") && is_short_name(name) && !RESERVED.contains(&name);
        if is_plan && !plans.iter().any(|known| known == name) {
            plans.push(name.to_owned());
        }
    }
    Ok(plans)
}
