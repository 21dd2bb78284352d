//! Query and form parameters, typed on arrival as Puppet does (`Puppet::Network::HTTP::Handler`): `true` and
//! `false` are booleans, digits an integer, `n.n` a float; a repeated key is an array; `node` and `ip` are dropped,
//! since identity comes from TLS only.

use crate::Problem;
use crate::path::{PathError, percent_decode_text};

/// Upper bound of keys in a query or form; real agents send about ten, a search with `ignore` some twenty.
pub const PARAMS_MAX: usize = 4096;

/// One value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Param<'a> {
    /// `true` or `false`
    Bool(bool),
    /// All digits.
    Int(i64),
    /// `n.n`
    Float(f64),
    /// Anything else.
    Text(&'a str),
    /// A key that came more than once.
    List(Vec<Param<'a>>),
}

impl<'a> Param<'a> {
    fn of(text: &'a str) -> Param<'a> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match text {
            "true" => return Param::Bool(true),
            "false" => return Param::Bool(false),
            _ if digits(text) => {
                if let Ok(number) = text.parse() {
                    return Param::Int(number);
                }
            }
            _ => {
                if let Some((whole, fraction)) = text.split_once('.')
                    && digits(whole)
                    && digits(fraction)
                    && let Ok(number) = text.parse()
                {
                    return Param::Float(number);
                }
            }
        }
        Param::Text(text)
    }
}

/// Decoded parameters in order of arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes a query string or a form body.
    pub fn parse(encoded: &str) -> Result<Params, Problem> {
        let mut pairs = Vec::new();
        for pair in encoded.split('&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == PARAMS_MAX {
                return Err(Problem::bad_request(format!("More than {PARAMS_MAX} parameters")));
            }
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| {
                percent_decode_text(text, true)
                    .map_err(|error: PathError| Problem::bad_request(format!("Invalid parameter: {error}")))
            };
            let key = decode(key)?;
            if !matches!(key.as_str(), "" | "node" | "ip") {
                pairs.push((key, decode(value)?));
            }
        }
        Ok(Params(pairs))
    }

    /// Adds the parameters of a form; a key of the form replaces the same key of the query.
    pub fn merge(&mut self, form: Params) {
        self.0.retain(|(key, _)| !form.contains(key));
        self.0.extend(form.0);
    }

    /// True if the key came at all.
    pub fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// The raw text of a key; the last one if it came more than once.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Takes the raw text of a key out, without a copy: facts are megabytes.
    pub fn take(&mut self, key: &str) -> Option<String> {
        let index = self.0.iter().rposition(|(name, _)| name == key)?;
        Some(self.0.remove(index).1)
    }

    /// All raw texts of a key.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The typed value of a key.
    pub fn value<'a>(&'a self, key: &'a str) -> Option<Param<'a>> {
        let mut values: Vec<Param<'a>> = self.all(key).map(Param::of).collect();
        match values.len() {
            0 => None,
            1 => values.pop(),
            _ => Some(Param::List(values)),
        }
    }

    /// True if the key is present and not `false`: what Ruby sees as true.
    pub fn is_true(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| value != Param::Bool(false))
    }

    /// Pairs in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_typed() {
        let params = Params::parse(
            "recurse=true&max_files=-1&recurselimit=3&f=1.5&ignore=.svn&ignore=CVS&name=a+b%2Bc",
        )
        .unwrap();
        assert_eq!(params.value("recurse"), Some(Param::Bool(true)));
        assert_eq!(params.value("max_files"), Some(Param::Text("-1")));
        assert_eq!(params.value("recurselimit"), Some(Param::Int(3)));
        assert_eq!(params.value("f"), Some(Param::Float(1.5)));
        assert_eq!(params.value("ignore"), Some(Param::List(vec![Param::Text(".svn"), Param::Text("CVS")])));
        assert_eq!(params.text("name"), Some("a b+c"));
        assert_eq!(params.value("absent"), None);
        assert!(params.is_true("recurse") && !params.is_true("absent"));
        // Too big for an integer of ours: stays text.
        assert_eq!(
            Params::parse("n=99999999999999999999").unwrap().value("n"),
            Some(Param::Text("99999999999999999999"))
        );
    }

    #[test]
    fn identity_cannot_be_claimed_in_parameters() {
        let params = Params::parse("node=other&ip=1.2.3.4&environment=production&=x").unwrap();
        assert_eq!(params.iter().collect::<Vec<_>>(), [("environment", "production")]);
    }

    #[test]
    fn a_form_replaces_the_query() {
        let mut params = Params::parse("environment=a&x=1").unwrap();
        params.merge(Params::parse("environment=b").unwrap());
        assert_eq!(params.iter().collect::<Vec<_>>(), [("x", "1"), ("environment", "b")]);
    }

    #[test]
    fn malformed_parameters_are_bad_requests() {
        for query in ["a=%", "a=%g1", "%ff=1", "a=%ff"] {
            assert_eq!(Params::parse(query).unwrap_err().status(), 400, "{query}");
        }
        let many = "a=1&".repeat(PARAMS_MAX + 1);
        assert_eq!(Params::parse(&many).unwrap_err().status(), 400);
    }
}
