//! What a server does to documents before they are stored: from facts, catalogs and reports as agents and the compiler have them to
//! the payloads of commands. The counterpart of Puppet's termini for PuppetDB.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use api::pdb::{KeepCatalog, ReplaceCatalog, ReplaceFacts, StoreReport};
use pcore::Value as Pcore;
use serde_json::{Map, Value as Json};
use wire::report::{Details, Event as AgentEvent, ResourceStatus};

use crate::document;
use crate::payload::catalog::{Edge, Resource, is_tag};
use crate::payload::report::{Document, Event};
use crate::payload::{self, Catalog, CatalogInputs, Facts, Invalid, Report, microseconds};

/// The largest report that is read; the largest real ones (10,000 resources, all listed) have some 20 MB.
const REPORT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The payload of facts. `producer` is this server.
pub(crate) fn facts(command: &ReplaceFacts, producer: Option<&str>) -> Result<Facts, Invalid> {
    facts_of(command, &FactTexts::new(command), producer)
}

/// JSON of the values of facts.
pub(crate) struct FactTexts {
    pub(crate) values: Vec<u8>,
    /// Nothing without a `trusted`.
    pub(crate) trusted: Vec<u8>,
}

impl FactTexts {
    pub(crate) fn new(command: &ReplaceFacts) -> FactTexts {
        let (mut values, mut trusted) = (Vec::new(), Vec::new());
        wire::data::write_hash(&command.facts, false, &mut values);
        if let Some(value) = &command.trusted {
            wire::data::write_value(value, false, &mut trusted);
        }
        FactTexts { values, trusted }
    }
}

/// [`facts`] whose texts are there already.
pub(crate) fn facts_of(
    command: &ReplaceFacts,
    texts: &FactTexts,
    producer: Option<&str>,
) -> Result<Facts, Invalid> {
    let mut values = match payload::decode(&texts.values)? {
        Json::Object(values) => values,
        _ => Map::new(),
    };
    if !texts.trusted.is_empty() {
        values.insert("trusted".into(), payload::decode(&texts.trusted)?);
    }
    let mut packages = Vec::new();
    if let Some(inventory) = values.get_mut("_puppet_inventory_1").and_then(Json::as_object_mut)
        && let Some(Json::Array(listed)) = inventory.remove("packages")
    {
        packages = listed.into_iter().filter_map(|package| serde_json::from_value(package).ok()).collect();
        if inventory.is_empty() {
            values.remove("_puppet_inventory_1");
        }
    }
    if let Some(name) = values.keys().find(|name| name.len() > payload::NAME_BYTES_MAX) {
        return Err(Invalid(format!(
            "the name of a fact has {} bytes; {} are allowed",
            name.len(),
            payload::NAME_BYTES_MAX
        )));
    }
    Ok(Facts {
        certname: command.certname.clone(),
        environment: command.environment.clone(),
        producer_timestamp: microseconds(command.producer_timestamp),
        producer: producer.map(str::to_owned),
        values,
        packages,
    })
}

/// A catalog whose content was stored under the identity given, as one that is sent again.
pub(crate) fn kept(catalog: &ReplaceCatalog, content: String) -> KeepCatalog {
    KeepCatalog {
        certname: catalog.certname.clone(),
        environment: catalog.environment.clone(),
        transaction_uuid: catalog.transaction_uuid.clone(),
        job_id: catalog.job_id.clone(),
        content,
        catalog_uuid: catalog.catalog.catalog_uuid.to_string(),
        version: version(&catalog.catalog.version),
        // Keys that were looked up may be others; they follow.
        has_lookups: false,
        producer_timestamp: catalog.producer_timestamp,
    }
}

/// The payload of a catalog, and the catalog itself as an agent gets it, without the values of sensitive parameters.
pub(crate) fn catalog(
    command: &ReplaceCatalog,
    producer: Option<&str>,
) -> Result<(Catalog, Vec<u8>), Invalid> {
    let has_secrets = |resource: &wire::catalog::Resource| !resource.sensitive_parameters.is_empty();
    let (mut whole, mut exported) =
        (Cow::Borrowed(command.catalog.as_ref()), Cow::Borrowed(command.exported.resources.as_slice()));
    if whole.resources.iter().chain(exported.iter()).any(has_secrets) {
        for resource in whole.to_mut().resources.iter_mut().chain(exported.to_mut()) {
            let sensitive = std::mem::take(&mut resource.sensitive_parameters);
            resource.parameters.retain(|(name, _)| !sensitive.contains(name));
        }
    }
    let mut text = Vec::new();
    // Without rich data: Sensitive values inside collections become their redacted text.
    whole.write_json(&mut text, false);
    let mut resources = Vec::with_capacity(whole.resources.len() + exported.len());
    for resource in whole.resources.iter().chain(exported.iter()) {
        resources.push(flat(resource)?);
    }
    let mut edges: Vec<Edge> = Vec::with_capacity(whole.edges.len());
    for (source, target) in &whole.edges {
        if let (Some(source), Some(target)) =
            (resources.get(source.0 as usize), resources.get(target.0 as usize))
        {
            edges.push(edge(name(source), name(target), "contains"));
        }
    }
    let only_exported = resources.get(whole.resources.len()..).unwrap_or_default();
    for (content, container) in only_exported.iter().zip(&command.exported.containers) {
        if let Some(container) = container.and_then(|container| resources.get(container.0 as usize)) {
            edges.push(edge(name(container), name(content), "contains"));
        }
    }
    // No relation begins or ends at what is only exported.
    relations(resources.get(..whole.resources.len()).unwrap_or_default(), &mut edges);
    edges.sort();
    edges.dedup();
    let payload = Catalog {
        certname: command.certname.clone(),
        version: version(&whole.version),
        environment: Some(command.environment.clone()),
        transaction_uuid: command.transaction_uuid.clone(),
        catalog_uuid: Some(whole.catalog_uuid.to_string()),
        code_id: whole.code_id.as_deref().map(str::to_owned),
        job_id: command.job_id.clone(),
        producer_timestamp: microseconds(command.producer_timestamp),
        producer: producer.map(str::to_owned),
        edges,
        resources,
    };
    Ok((payload, text))
}

/// A version as text.
pub(crate) fn version(version: &Pcore) -> String {
    match version {
        Pcore::Int(number) => number.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

fn name(resource: &Resource) -> (String, String) {
    (resource.kind.clone(), resource.title.clone())
}

fn edge(source: (String, String), target: (String, String), relationship: &str) -> Edge {
    Edge { source, target, relationship: relationship.into() }
}

/// Parameters whose values have no order.
const UNORDERED: &[&str] = &["alias", "audit", "before", "check", "notify", "require", "subscribe", "tag"];

fn flat(resource: &wire::catalog::Resource) -> Result<Resource, Invalid> {
    let mut parameters = Map::new();
    for (name, value) in &resource.parameters {
        let mut text = Vec::new();
        wire::data::write_value(value, false, &mut text);
        let mut value = payload::decode(&text)?;
        if let Json::Array(items) = &mut value
            && UNORDERED.contains(&name.as_str())
        {
            items.sort_by_cached_key(Json::to_string);
        }
        parameters.insert(name.as_str().into(), value);
    }
    add_aliases(resource, &mut parameters);
    let mut tags: Vec<String> =
        resource.tags.iter().map(|tag| tag.to_string()).filter(|tag| is_tag(tag)).collect();
    tags.sort();
    tags.dedup();
    Ok(Resource {
        kind: resource.type_name.to_string(),
        title: resource.title.replace('\0', "\u{fffd}"),
        exported: resource.exported,
        file: resource.file.as_deref().map(str::to_owned),
        line: resource.line.map(i64::from),
        tags,
        parameters,
    })
}

/// Makes `alias` the list of all names under which a resource may be meant beside its title: those it was given, and its namevar.
fn add_aliases(resource: &wire::catalog::Resource, parameters: &mut Map<String, Json>) {
    let by_type = wire::types::lookup(&resource.type_name.to_ascii_lowercase());
    if by_type.is_some_and(|found| found.namevars().len() > 1) {
        return;
    }
    let mut aliases = match parameters.get("alias") {
        Some(Json::Array(all)) => all.clone(),
        Some(Json::Null) | None => Vec::new(),
        Some(one) => vec![one.clone()],
    };
    let namevar = by_type.map_or("name", |found| found.namevar().as_str());
    if by_type.is_none_or(|found| found.is_isomorphic())
        && let Some(name) = parameters.get(namevar).filter(|name| !name.is_null())
    {
        // Puppet knows the title of these two by a symbol, which does not equal their name.
        let is_main =
            resource.title.as_str() == "main" && matches!(resource.type_name.as_str(), "Class" | "Stage");
        if (is_main || name.as_str() != Some(resource.title.as_str())) && !aliases.contains(name) {
            aliases.push(name.clone());
        }
    }
    if !aliases.is_empty() {
        aliases.sort_by_cached_key(Json::to_string);
        parameters.insert("alias".into(), aliases.into());
    }
}

/// Edges that parameters make.
fn relations(resources: &[Resource], edges: &mut Vec<Edge>) {
    const RELATIONS: &[(&str, &str, bool)] = &[
        ("before", "before", true),
        ("notify", "notifies", true),
        ("require", "required-by", false),
        ("subscribe", "subscription-of", false),
    ];
    let known: HashSet<(&str, &str)> =
        resources.iter().map(|resource| (resource.kind.as_str(), resource.title.as_str())).collect();
    let mut aliases: HashMap<(&str, &str), &Resource> = HashMap::new();
    for resource in resources {
        if let Some(Json::Array(all)) = resource.parameters.get("alias") {
            let all = all.iter().filter_map(Json::as_str);
            aliases.extend(all.map(|alias| ((resource.kind.as_str(), alias), resource)));
        }
    }
    for resource in resources {
        for (parameter, relationship, forward) in RELATIONS {
            let mut others = Vec::new();
            references(resource.parameters.get(*parameter), &mut others);
            for other in others {
                let Some((kind, title)) = reference(other) else { continue };
                let bare = title.trim_end_matches('/');
                let title = if kind == "File" && !bare.is_empty() { bare } else { title };
                let found = match aliases.get(&(kind, title)) {
                    _ if known.contains(&(kind, title)) => (kind.to_owned(), title.to_owned()),
                    Some(other) => name(other),
                    // The compiler has checked relations; one to a resource that was only virtual is no edge.
                    None => continue,
                };
                edges.push(if *forward {
                    edge(name(resource), found, relationship)
                } else {
                    edge(found, name(resource), relationship)
                });
            }
        }
    }
}

/// The texts in a value; the decoder bounds how deep it nests.
fn references<'a>(value: Option<&'a Json>, found: &mut Vec<&'a str>) {
    match value {
        Some(Json::String(text)) => found.push(text),
        Some(Json::Array(items)) => items.iter().for_each(|item| references(Some(item), found)),
        _ => {}
    }
}

/// The type and title of `Type[title]`.
fn reference(text: &str) -> Option<(&str, &str)> {
    text.strip_suffix(']')?.split_once('[')
}

/// The payload of a report.
pub(crate) fn report(command: &StoreReport, producer: Option<&str>) -> Result<Report, Invalid> {
    report_and_details(command, producer).map(|(report, _)| report)
}

/// The payload of a report, and what it was made of.
pub(crate) fn report_and_details(
    command: &StoreReport,
    producer: Option<&str>,
) -> Result<(Report, Details), Invalid> {
    let invalid = |error: wire::report::ReportError| Invalid(error.to_string());
    let report = wire::report::Report::from_json(&command.report[..], REPORT_BYTES_MAX).map_err(invalid)?;
    let details = report.details().map_err(invalid)?;
    let summary = report.summary;
    if summary.host != command.certname {
        return Err(Invalid(format!("the report's host is {}, not {}", summary.host, command.certname)));
    }
    let received = microseconds(command.producer_timestamp);
    // A clock that cannot be read does not lose the report.
    let start_time = payload::time(&summary.time).unwrap_or(received);
    let seconds = details.metric("time", "total").filter(|seconds| seconds.is_finite()).unwrap_or_default();
    let metrics = document::metrics(&details);
    let figures =
        metrics.into_iter().filter_map(|(category, name, value)| Some((category, name, value.as_f64()?)));
    let report = Report {
        certname: summary.host,
        environment: command.environment.clone(),
        puppet_version: summary.puppet_version,
        report_format: summary.report_format.into(),
        configuration_version: plain(&summary.configuration_version),
        start_time,
        end_time: start_time.saturating_add((seconds * 1e6) as i64),
        producer_timestamp: received,
        producer: producer.map(str::to_owned),
        transaction_uuid: summary.transaction_uuid,
        catalog_uuid: summary.catalog_uuid,
        code_id: summary.code_id,
        job_id: summary.job_id,
        cached_catalog_status: summary.cached_catalog_status,
        status: Some(summary.status.as_str().into()),
        noop: Some(summary.noop),
        noop_pending: Some(summary.noop_pending.unwrap_or_default()),
        corrective_change: Some(summary.corrective_change.unwrap_or_default()),
        kind: "agent".into(),
        events: details.resource_statuses.iter().flat_map(|status| events(status, start_time)).collect(),
        metrics: figures.collect(),
        document: Document::Agent(command.report.to_vec()),
    };
    Ok((report, details))
}

pub(crate) fn events(status: &ResourceStatus, start_time: i64) -> Vec<Event> {
    let clean = |text: &str| text.replace('\0', "\u{fffd}");
    let own = Event {
        timestamp: payload::time(&status.time).unwrap_or(start_time),
        resource_type: clean(&status.resource_type),
        resource_title: clean(&status.title),
        file: status.file.as_deref().map(clean),
        line: status.line.map(i64::from),
        containment_path: status.containment_path.iter().map(|part| clean(part)).collect(),
        ..Event::default()
    };
    if status.skipped {
        return vec![Event { status: "skipped".into(), corrective_change: Some(false), ..own }];
    }
    let event = |event: &AgentEvent| Event {
        timestamp: payload::time(&event.time).unwrap_or(own.timestamp),
        status: event.status.as_deref().map(clean).unwrap_or_default(),
        corrective_change: Some(event.corrective_change.unwrap_or_default()),
        property: event.property.as_deref().map(clean),
        name: event.name.as_deref().map(clean),
        new_value: Json::String(clean(&plain(&event.desired_value))),
        old_value: Json::String(clean(&plain(&event.previous_value))),
        message: event.message.as_deref().map(clean),
        ..own.clone()
    };
    status.events.iter().map(event).collect()
}

/// The text of a value; collections as JSON, null as nothing.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What was looked up for a catalog.
pub(crate) fn inputs(command: &ReplaceCatalog) -> Option<CatalogInputs> {
    let keys = command.lookups.as_ref().filter(|keys| !keys.is_empty())?;
    Some(CatalogInputs {
        certname: command.certname.clone(),
        catalog_uuid: command.catalog.catalog_uuid.to_string(),
        inputs: keys.iter().map(|key| ("hiera".to_owned(), key.replace('\0', "\u{fffd}"))).collect(),
        producer_timestamp: microseconds(command.producer_timestamp),
    })
}
