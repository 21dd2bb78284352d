//! `GET environment_classes`: the classes of an environment, from its image.
//!
//! The document is made once for an image and has a tag, so that tools which ask again and again are told that nothing is new.

use std::sync::{Arc, OnceLock};

use compiler::image::Image;
use compiler::image::classes::{ClassFile, ClassParameter};
use pcore::{Hash, Value, json};
use rest::{HeaderValue, KeptBody, Problem, Request, Response, StatusCode, header};
use sha2::{Digest, Sha256};

use super::{blocking, environment, unusable};
use crate::Server;

/// The classes of one image as the answer has them.
#[derive(Debug)]
pub struct ClassDocument {
    body: Arc<KeptBody>,
    /// Digest of the body.
    tag: String,
}

impl ClassDocument {
    fn new(environment: &str, image: &Image) -> ClassDocument {
        let files: Vec<Value> = image.classes().into_iter().map(file).collect();
        let document = hash([("files", Value::array(files)), ("name", environment.into())]);
        let text = json::to_string(&document);
        ClassDocument { tag: hex::encode(Sha256::digest(&text)), body: Arc::new(KeptBody::new(text)) }
    }
}

/// Keys of all hashes are sorted, as Puppet Server has them.
fn file(file: ClassFile) -> Value {
    let path = file.path.to_string_lossy().into_owned().into();
    match file.classes {
        Err(error) => hash([("error", error.into()), ("path", path)]),
        Ok(classes) => {
            let classes: Vec<Value> = classes
                .into_iter()
                .map(|class| {
                    let parameters: Vec<Value> = class.parameters.into_iter().map(parameter).collect();
                    hash([("name", class.name.as_str().into()), ("params", Value::array(parameters))])
                })
                .collect();
            hash([("classes", Value::array(classes)), ("path", path)])
        }
    }
}

fn parameter(parameter: ClassParameter) -> Value {
    let mut entries = Hash::new();
    if let Some(literal) = parameter.default_literal {
        entries.insert("default_literal", sorted(&literal));
    }
    if let Some(source) = parameter.default_source {
        entries.insert("default_source", source);
    }
    entries.insert("name", parameter.name.as_str());
    if let Some(text) = parameter.type_text {
        entries.insert("type", text);
    }
    Value::hash(entries)
}

fn hash<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let mut hash = Hash::with_capacity(N);
    for (key, value) in entries {
        hash.insert(key, value);
    }
    Value::hash(hash)
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::array(items.iter().map(sorted).collect::<Vec<_>>()),
        Value::Hash(hash) => {
            let mut entries: Vec<(&Value, &Value)> = hash.iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.as_str().cmp(&other.as_str()));
            let mut sorted_hash = Hash::with_capacity(entries.len());
            for (key, value) in entries {
                sorted_hash.insert(key.clone(), sorted(value));
            }
            Value::hash(sorted_hash)
        }
        other => other.clone(),
    }
}

/// `GET environment_classes?environment=E`
pub(super) async fn find(server: &Server, request: &Request) -> Result<Response, Problem> {
    let name = environment(&request.query_params()?)?;
    let environments = server.environments.clone();
    let document = blocking(move || {
        let environment = environments.get(&name).map_err(unusable)?;
        Ok(environment.classes.get_or_make(&name, &environment.image))
    })
    .await?;
    // A web server between may have marked the tag.
    let known = request.header(header::IF_NONE_MATCH).map(|tag| tag.strip_suffix("--gzip").unwrap_or(tag));
    let response = if known == Some(&*document.tag) {
        Response::not_modified()
    } else {
        Response::kept("application/json", document.body.clone())
    };
    let tag = HeaderValue::from_str(&document.tag).map_err(Problem::internal)?;
    debug_assert!(matches!(response.status, StatusCode::OK | StatusCode::NOT_MODIFIED));
    Ok(response.with_header(header::ETAG, tag))
}

/// The document of an image, once somebody has asked for it.
#[derive(Debug, Default)]
pub struct Classes(OnceLock<Arc<ClassDocument>>);

impl Classes {
    fn get_or_make(&self, environment: &str, image: &Image) -> Arc<ClassDocument> {
        self.0.get_or_init(|| Arc::new(ClassDocument::new(environment, image))).clone()
    }
}
