//! `/metrics/v1/mbeans` and `/metrics/v2`, the latter in the form of Jolokia.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use rest::{Method, Problem, Request, Response, StatusCode};
use serde_json::{Map, Value as Json, json};

use super::Handlers;
use crate::json_text;
use crate::metrics::Gauges;

/// Questions that one request may hold.
const QUESTIONS_MAX: usize = 1_000;
const QUESTION_BYTES_MAX: u64 = 1 << 20;

impl Handlers {
    pub(super) async fn beans(&self, request: &mut Request) -> Result<Response, Problem> {
        let beans = self.metrics.beans(&self.gauges().await);
        let path = request.canonical_path().to_owned();
        if let Some(rest) = path.strip_prefix("/metrics/v1/mbeans") {
            let name = rest.trim_start_matches('/');
            if name.is_empty() {
                let all: Map<String, Json> = beans
                    .keys()
                    .map(|name| (name.clone(), format!("/metrics/v1/mbeans/{name}").into()))
                    .collect();
                return Ok(Response::json(StatusCode::OK, &all));
            }
            return match beans.get(name) {
                Some(bean) => Ok(Response::json(StatusCode::OK, bean)),
                None => Err(Problem::not_found(format!("No mbean '{name}' found"))),
            };
        }
        let Some(rest) = path.strip_prefix("/metrics/v2") else {
            return Err(Problem::not_found("Not Found"));
        };
        if request.method == Method::POST {
            request.body.set_limit(QUESTION_BYTES_MAX);
            let text = request.body.bytes().await?;
            let question: Json = serde_json::from_slice(&text)
                .map_err(|error| Problem::bad_request(json_text::whole(&error)))?;
            return Ok(match question {
                Json::Array(questions) if questions.len() <= QUESTIONS_MAX => {
                    let answers: Vec<Json> =
                        questions.iter().map(|question| posed(&beans, question)).collect();
                    Response::json(StatusCode::OK, &answers)
                }
                Json::Array(_) => {
                    return Err(Problem::bad_request(format!("More than {QUESTIONS_MAX} questions")));
                }
                one => Response::json(StatusCode::OK, &posed(&beans, &one)),
            });
        }
        // A slash inside of a bean's name is written `!/`.
        let rest = rest.trim_start_matches('/').replace("!/", "\u{0}");
        let parts: Vec<String> =
            rest.split('/').map(|part| part.replace('\u{0}', "/").replace("!!", "!")).collect();
        let mut parts = parts.iter().map(String::as_str);
        let answer = match parts.next().unwrap_or_default() {
            "" | "version" => version(),
            "read" => {
                // Names of beans hold slashes that not everybody writes in the special way.
                let rest: Vec<&str> = parts.collect();
                let name = rest.join("/");
                match beans.contains_key(&name) || rest.len() < 2 || name.contains('*') {
                    true => read(&beans, &name, None),
                    false => {
                        let (attribute, name) = rest.split_last().unwrap_or((&"", &[]));
                        read(&beans, &name.join("/"), Some(attribute))
                    }
                }
            }
            "list" => list(&beans),
            "search" => search(&beans, parts.next().unwrap_or("*:*")),
            other => error(json!({"type": other}), 400, format!("No type with name '{other}' exists")),
        };
        Ok(Response::json(StatusCode::OK, &answer))
    }

    async fn gauges(&self) -> Gauges {
        let population = self.store.population().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the store could not be counted");
            Default::default()
        });
        Gauges { depth: self.queue.depth(), awaiting_retry: self.queue.delayed(), ..population }
    }
}

fn posed(beans: &BTreeMap<String, Json>, question: &Json) -> Json {
    let text = |key: &str| question.get(key).and_then(Json::as_str);
    match text("type").unwrap_or_default() {
        "read" => read(beans, text("mbean").unwrap_or_default(), text("attribute")),
        "list" => list(beans),
        "search" => search(beans, text("mbean").unwrap_or("*:*")),
        "version" => version(),
        other => error(json!({"type": other}), 400, format!("No type with name '{other}' exists")),
    }
}

fn answer(request: Json, value: Json) -> Json {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    json!({"request": request, "value": value, "timestamp": now, "status": 200})
}

fn error(request: Json, status: u16, text: String) -> Json {
    json!({"request": request, "error": text, "error_type": "java.lang.IllegalArgumentException", "status": status})
}

fn version() -> Json {
    let value = json!({"agent": "1.7.1", "protocol": "7.2", "config": {}, "info": {}});
    answer(json!({"type": "version"}), value)
}

fn list(beans: &BTreeMap<String, Json>) -> Json {
    let mut domains: BTreeMap<&str, Map<String, Json>> = BTreeMap::new();
    for (name, bean) in beans {
        let (domain, properties) = name.split_once(':').unwrap_or(("", name));
        let attributes: Map<String, Json> = bean
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| (name.clone(), json!({"rw": false, "desc": "Attribute exposed for management"})))
            .collect();
        domains.entry(domain).or_default().insert(properties.into(), json!({"attr": attributes}));
    }
    answer(json!({"type": "list"}), json!(domains))
}

fn search(beans: &BTreeMap<String, Json>, pattern: &str) -> Json {
    let found: Vec<&String> = beans.keys().filter(|name| fits(pattern, name)).collect();
    answer(json!({"type": "search", "mbean": pattern}), json!(found))
}

fn read(beans: &BTreeMap<String, Json>, name: &str, attribute: Option<&str>) -> Json {
    let mut request = json!({"type": "read", "mbean": name});
    if let Some(attribute) = attribute {
        request["attribute"] = attribute.into();
    }
    if name.contains('*') {
        let found: Map<String, Json> = beans
            .iter()
            .filter(|(other, _)| fits(name, other))
            .map(|(name, bean)| (name.clone(), bean.clone()))
            .collect();
        return answer(request, found.into());
    }
    match (beans.get(name), attribute) {
        (None, _) => {
            let text = format!("javax.management.InstanceNotFoundException : {name}");
            json!({"request": request, "error": text, "error_type": "javax.management.InstanceNotFoundException", "status": 404})
        }
        (Some(bean), None) => answer(request, bean.clone()),
        (Some(bean), Some(attribute)) => match bean.get(attribute) {
            Some(value) => answer(request, value.clone()),
            None => error(request, 404, format!("No such attribute: {attribute}")),
        },
    }
}

/// Whether a name fits a pattern with stars.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}
