//! A catalog as JSON, in Puppet's order of keys, straight from the vectors.

use std::ops::Range;

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
        let mut tags = LastTags::default();
        write_list(&self.resources, out, |resource, out| resource.write_after(&mut tags, out, rich));
        out.extend_from_slice(b",\"edges\":");
        write_list(&self.edges, out, |(source, target), out| {
            out.extend_from_slice(b"{\"source\":\"");
            self.write_reference(*source, out);
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

/// The tags that were written last, and where: the next resource often has the same.
#[derive(Default)]
struct LastTags<'r>(Option<(&'r Tags, Range<usize>)>);

impl<'r> LastTags<'r> {
    fn write(&mut self, tags: &'r Tags, out: &mut Vec<u8>) {
        match &self.0 {
            Some((last, written)) if last.is_same_list(tags) => out.extend_from_within(written.clone()),
            _ => {
                let start = out.len();
                write_list(tags.iter(), out, |tag, out| write_str(tag, out));
                self.0 = Some((tags, start..out.len()));
            }
        }
    }
}

impl Resource {
    /// Appends the resource as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>, rich: bool) {
        self.write_after(&mut LastTags::default(), out, rich);
    }

    fn write_after<'r>(&'r self, tags: &mut LastTags<'r>, out: &mut Vec<u8>, rich: bool) {
        out.extend_from_slice(b"{\"type\":");
        write_str(&self.type_name, out);
        out.extend_from_slice(b",\"title\":");
        write_str(&self.title, out);
        out.extend_from_slice(b",\"tags\":");
        tags.write(&self.tags, out);
        if let Some(file) = &self.file {
            out.extend_from_slice(b",\"file\":");
            write_str(file, out);
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
