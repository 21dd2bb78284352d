//! A catalog as JSON, in Puppet's order of keys, straight from the vectors.

use std::ops::Range;

use pcore::Str;

use super::tags::Tags;
use super::{Catalog, Resource, ResourceId};
use crate::data::{write_hash, write_value};
use crate::json::{write_list, write_str, write_str_inside};

/// Places in a catalog's JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// The value of `version`.
    pub version: Range<usize>,
    /// The value of `catalog_uuid`, quotes included.
    pub uuid: Range<usize>,
}

impl Catalog {
    /// Appends the catalog as JSON. Values beyond plain data are encoded when `rich` is set (readers of
    /// `application/vnd.puppet.rich+json`), and strings otherwise.
    pub fn write_json(&self, out: &mut Vec<u8>, rich: bool) {
        self.write_json_marked(out, rich);
    }

    /// The same, and where in `out` the values stand that differ between two compiles with the same result.
    pub fn write_json_marked(&self, out: &mut Vec<u8>, rich: bool) -> Marks {
        // A resource takes some 250 bytes, an edge some 80.
        out.reserve(256 + 256 * self.resources.len() + 80 * self.edges.len());
        out.extend_from_slice(b"{\"tags\":");
        write_list(&self.tags, out, |tag, out| write_str(tag, out));
        out.extend_from_slice(b",\"name\":");
        write_str(&self.name, out);
        out.extend_from_slice(b",\"version\":");
        let version = out.len();
        write_value(&self.version, rich, out);
        let version = version..out.len();
        out.extend_from_slice(b",\"code_id\":");
        match &self.code_id {
            Some(id) => write_str(id, out),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"catalog_uuid\":");
        let uuid = out.len();
        write_str(&self.catalog_uuid, out);
        let uuid = uuid..out.len();
        out.extend_from_slice(b",\"catalog_format\":2,\"environment\":");
        write_str(&self.environment, out);
        out.extend_from_slice(b",\"resources\":");
        let mut before = Before::default();
        write_list(&self.resources, out, |resource, out| resource.write_after(&mut before, out, rich));
        out.extend_from_slice(b",\"edges\":");
        // Neighbours mostly lie in the same container.
        let mut last: Option<(ResourceId, Range<usize>)> = None;
        write_list(&self.edges, out, |(source, target), out| {
            out.extend_from_slice(b"{\"source\":\"");
            match &last {
                Some((id, written)) if id == source => out.extend_from_within(written.clone()),
                _ => {
                    let start = out.len();
                    self.write_reference(*source, out);
                    last = Some((*source, start..out.len()));
                }
            }
            out.extend_from_slice(b"\",\"target\":\"");
            self.write_reference(*target, out);
            out.extend_from_slice(b"\"}");
        });
        out.extend_from_slice(b",\"classes\":");
        write_list(&self.classes, out, |class, out| write_str(class, out));
        if !self.metadata.is_empty() {
            out.extend_from_slice(b",\"metadata\":");
            write_hash(&self.metadata, rich, out);
        }
        if !self.recursive_metadata.is_empty() {
            out.extend_from_slice(b",\"recursive_metadata\":");
            write_hash(&self.recursive_metadata, rich, out);
        }
        out.push(b'}');
        Marks { version, uuid }
    }

    /// What readers of plain JSON lose, in Puppet's words. The setting `strict` says whether that is an error.
    pub fn losses(&self) -> Vec<String> {
        let mut losses = Vec::new();
        for resource in &self.resources {
            for (name, value) in &resource.parameters {
                let prefix = || format!("{}['{name}']", resource.reference());
                if !pcore::rich::is_data(value) {
                    crate::data::losses(value, &prefix(), &mut |text| losses.push(text));
                }
            }
        }
        losses
    }

    fn write_reference(&self, id: ResourceId, out: &mut Vec<u8>) {
        if let Some(resource) = self.resources.get(id.0 as usize) {
            write_str_inside(&resource.type_name, out);
            out.push(b'[');
            write_str_inside(&resource.title, out);
            out.push(b']');
        }
    }
}

/// What was written of the resource before, and where: much of it is the same in the next one, and is copied from there.
#[derive(Default)]
struct Before<'r> {
    tags: LastTags<'r>,
    file: Option<(&'r Str, Range<usize>)>,
}

/// Two resources of one container differ in the tags of their own names, which come first, and share those of the container.
#[derive(Default)]
struct LastTags<'r> {
    tags: Option<&'r Tags>,
    /// Where each of them begins.
    starts: Vec<usize>,
    /// Behind the last one.
    end: usize,
    /// For the places of the next ones.
    spare: Vec<usize>,
}

impl<'r> LastTags<'r> {
    fn write(&mut self, tags: &'r Tags, out: &mut Vec<u8>) {
        let shared = self.tags.map_or(0, |last| tags.shared_end(last));
        let own = tags.len().saturating_sub(shared);
        self.spare.clear();
        let mut opening = b'[';
        for tag in tags.iter().take(own) {
            out.push(opening);
            self.spare.push(out.len());
            write_str(tag, out);
            opening = b',';
        }
        if let Some(old) = self.starts.len().checked_sub(shared).and_then(|from| self.starts.get(from..))
            && let Some(&from) = old.first()
        {
            out.push(opening);
            let to = out.len();
            out.extend_from_within(from..self.end);
            self.spare.extend(old.iter().map(|start| to + (start - from)));
        } else if own == 0 {
            out.push(b'[');
        }
        std::mem::swap(&mut self.starts, &mut self.spare);
        (self.tags, self.end) = (Some(tags), out.len());
        out.push(b']');
    }
}

impl<'r> Before<'r> {
    fn write_file(&mut self, file: &'r Str, out: &mut Vec<u8>) {
        match &self.file {
            Some((last, written)) if *last == file => out.extend_from_within(written.clone()),
            _ => {
                let start = out.len();
                write_str(file, out);
                self.file = Some((file, start..out.len()));
            }
        }
    }
}

impl Resource {
    /// Appends the resource as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>, rich: bool) {
        self.write_after(&mut Before::default(), out, rich);
    }

    fn write_after<'r>(&'r self, before: &mut Before<'r>, out: &mut Vec<u8>, rich: bool) {
        out.extend_from_slice(b"{\"type\":");
        write_str(&self.type_name, out);
        out.extend_from_slice(b",\"title\":");
        write_str(&self.title, out);
        out.extend_from_slice(b",\"tags\":");
        before.tags.write(&self.tags, out);
        if let Some(file) = &self.file {
            out.extend_from_slice(b",\"file\":");
            before.write_file(file, out);
        }
        if let Some(line) = self.line {
            out.extend_from_slice(b",\"line\":");
            out.extend_from_slice(itoa::Buffer::new().format(line).as_bytes());
        }
        out.extend_from_slice(if self.exported { b",\"exported\":true" } else { b",\"exported\":false" });
        out.extend_from_slice(b",\"kind\":");
        write_str(self.kind.as_str(), out);
        let mut opening: &[u8] = b",\"parameters\":{";
        for (name, value) in &self.parameters {
            out.extend_from_slice(opening);
            write_str(name.as_str(), out);
            out.push(b':');
            write_value(value, rich, out);
            opening = b",";
        }
        if opening == b"," {
            out.push(b'}');
        }
        if !self.sensitive_parameters.is_empty() {
            out.extend_from_slice(b",\"sensitive_parameters\":");
            write_list(&self.sensitive_parameters, out, |name, out| write_str(name.as_str(), out));
        }
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::super::tags::Lists;
    use super::*;

    /// What is copied from the resource before is what it would be if it were written anew.
    #[test]
    fn every_resource_has_its_own_tags_and_file() {
        let texts = ["a", "b\"c", "d", "e", "f"];
        let lists: [&[usize]; 9] =
            [&[0, 2, 3], &[1, 2, 3], &[1, 2, 3], &[], &[2, 3], &[3], &[0, 1, 2, 3], &[4], &[4, 0]];
        let mut tags = Lists::new(texts.map(Str::from).to_vec());
        lists.iter().for_each(|list| tags.push(list.iter().copied()));
        let files =
            [Some("/x"), Some("/x"), None, Some("/x\"y"), Some("/x\"y"), None, Some("/x"), Some("/x"), None];
        let resources = tags.finish().zip(files).enumerate().map(|(number, (tags, file))| Resource {
            type_name: "File".into(),
            title: format!("{number}").into(),
            tags,
            exported: false,
            file: file.map(Str::from),
            line: None,
            kind: super::super::Kind::CompilableType,
            parameters: Vec::new(),
            sensitive_parameters: Vec::new(),
        });
        let edges =
            [(0, 1), (0, 2), (1, 3), (1, 4), (0, 5)].map(|(from, to)| (ResourceId(from), ResourceId(to)));
        let catalog = Catalog { resources: resources.collect(), edges: edges.to_vec(), ..Catalog::default() };
        let mut out = Vec::new();
        catalog.write_json(&mut out, false);
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        for (at, (list, file)) in lists.iter().zip(files).enumerate() {
            let expected: Vec<&str> = list.iter().map(|&tag| texts[tag]).collect();
            let resource = &read["resources"][at];
            assert_eq!(resource["tags"], serde_json::json!(expected), "{at}");
            assert_eq!(resource["file"].as_str(), file, "{at}");
        }
        for (at, (from, to)) in edges.iter().enumerate() {
            let edge = serde_json::json!({"source": format!("File[{}]", from.0), "target": format!("File[{}]", to.0)});
            assert_eq!(read["edges"][at], edge);
        }
    }
}
