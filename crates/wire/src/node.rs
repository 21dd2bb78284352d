//! The node document: which environment, classes and parameters a classifier gives a node.

use pcore::{Hash, Str, Value};

use crate::data;
use crate::json;

/// A classified node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Certname.
    pub name: Str,
    /// Environment.
    pub environment: Str,
    /// Classes, with parameters where given.
    pub classes: Vec<(Str, Option<Hash>)>,
    /// Top-scope variables.
    pub parameters: Hash,
}

impl Node {
    /// Appends the answer to `GET /puppet/v3/node`; agents read only the environment. Classes are a list, or a
    /// hash as soon as one of them has parameters.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"name\":");
        json::write_str(&self.name, out);
        out.extend_from_slice(b",\"environment\":");
        json::write_str(&self.environment, out);
        if !self.classes.is_empty() {
            out.extend_from_slice(b",\"classes\":");
            if self.classes.iter().all(|(_, parameters)| parameters.is_none()) {
                json::write_list(&self.classes, out, |(name, _), out| json::write_str(name, out));
            } else {
                let classes: Hash = self
                    .classes
                    .iter()
                    .map(|(name, parameters)| (name.clone(), parameters.clone().map(Value::hash)))
                    .collect();
                data::write_hash(&classes, false, out);
            }
        }
        if !self.parameters.is_empty() {
            out.extend_from_slice(b",\"parameters\":");
            data::write_hash(&self.parameters, false, out);
        }
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(node: &Node) -> String {
        let mut out = Vec::new();
        node.write_json(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn empty_parts_are_left_out() {
        let mut node =
            Node { name: "wire2.lab.test".into(), environment: "production".into(), ..Node::default() };
        insta::assert_snapshot!(json(&node), @r#"{"name":"wire2.lab.test","environment":"production"}"#);
        node.classes = vec![("a".into(), None), ("b".into(), None)];
        node.parameters = [("p", "v")].into_iter().collect();
        insta::assert_snapshot!(json(&node), @r#"{"name":"wire2.lab.test","environment":"production","classes":["a","b"],"parameters":{"p":"v"}}"#);
        node.classes =
            vec![("a".into(), None), ("b".into(), Some([("x", Value::Int(1))].into_iter().collect()))];
        insta::assert_snapshot!(json(&node), @r#"{"name":"wire2.lab.test","environment":"production","classes":{"a":null,"b":{"x":1}},"parameters":{"p":"v"}}"#);
    }
}
