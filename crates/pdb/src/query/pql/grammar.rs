//! The grammar, a function a rule, each giving the AST of what it read.

use serde_json::{Value as Json, json};

use super::cursor::Cursor;

/// Longer names stand before those that they begin with.
const ENTITIES: [&str; 14] = [
    "factsets",
    "facts",
    "reports",
    "catalogs",
    "packages",
    "package_inventory",
    "resources",
    "nodes",
    "environments",
    "fact_paths",
    "fact_contents",
    "inventory",
    "edges",
    "events",
];
const FUNCTIONS: [&str; 6] = ["count", "avg", "sum", "min", "max", "to_string"];
/// What PuppetDB says of text behind a query.
const TRAILING: &str = "#\"\\s+\" (followed by end-of-string):end-of-string";
/// Columns that have fields below them.
const DOTTED: [&str; 3] = ["facts", "trusted", "parameters"];

type Found = Option<Json>;

/// `query = [ws] from [ws]`
pub(super) fn query(c: &mut Cursor<'_>) -> Found {
    c.spaces();
    let found = from(c)?;
    let end = c.at;
    c.spaces();
    if c.rest().is_empty() {
        return Some(found);
    }
    c.at = end;
    c.miss(TRAILING)
}

/// `from = entity [[ws] extract] [ws] where`
fn from(c: &mut Cursor<'_>) -> Found {
    c.deeper(|c| {
        let name = entity(c)?;
        let columns = c.attempt(|c| {
            c.spaces();
            extract(c)
        });
        c.spaces();
        let body = where_clause(c)?;
        let mut out = vec![json!("from"), json!(name)];
        match (columns, body.filter, body.group_by) {
            // A projection takes filter and grouping in.
            (Some(Json::Array(mut columns)), filter, group_by) => {
                columns.extend(filter);
                columns.extend(group_by);
                out.push(Json::Array(columns));
            }
            (_, filter, group_by) => {
                out.extend(filter);
                out.extend(group_by);
            }
        }
        out.extend(body.paging);
        Some(Json::Array(out))
    })
}

fn entity(c: &mut Cursor<'_>) -> Option<&'static str> {
    let found = ENTITIES.into_iter().find(|name| c.rest().starts_with(name));
    match found {
        Some(name) => {
            c.at += name.len();
            Some(name)
        }
        None => {
            for name in ENTITIES {
                c.miss::<()>(name);
            }
            None
        }
    }
}

/// `extract = "[" [ws] [fieldlist] [ws] "]"`, as `["extract", [field…]]`
fn extract(c: &mut Cursor<'_>) -> Found {
    c.take("[")?;
    c.spaces();
    let fields = c.attempt(field_list).unwrap_or_default();
    c.spaces();
    c.take("]")?;
    Some(json!(["extract", fields]))
}

#[derive(Default)]
struct Body {
    filter: Option<Json>,
    group_by: Option<Json>,
    paging: Vec<Json>,
}

/// `where = "{" [ws] [expression] [ws] [groupby | {paging [ws]}] {ws} "}"`
fn where_clause(c: &mut Cursor<'_>) -> Option<Body> {
    c.take("{")?;
    c.spaces();
    let mut body = Body { filter: c.attempt(expression), ..Body::default() };
    c.spaces();
    body.group_by = c.attempt(group_by);
    if body.group_by.is_none() {
        while let Some(clause) = c.attempt(paging) {
            body.paging.push(clause);
            c.spaces();
        }
    }
    c.spaces();
    c.take("}")?;
    Some(body)
}

/// `or` binds less than `and`; both are flat however they are written.
fn expression(c: &mut Cursor<'_>) -> Found {
    joined(c, "or", |c| joined(c, "and", negation))
}

fn joined(c: &mut Cursor<'_>, operator: &'static str, operand: fn(&mut Cursor<'_>) -> Found) -> Found {
    let first = operand(c)?;
    let mut rest = Vec::new();
    while let Some(next) = c.attempt(|c| {
        c.space()?;
        c.take(operator)?;
        c.space()?;
        operand(c)
    }) {
        rest.push(next);
    }
    if rest.is_empty() {
        return Some(first);
    }
    let mut out = vec![json!(operator)];
    for operand in std::iter::once(first).chain(rest) {
        match operand {
            Json::Array(items) if items.first().and_then(Json::as_str) == Some(operator) => {
                out.extend(items.into_iter().skip(1));
            }
            other => out.push(other),
        }
    }
    Some(Json::Array(out))
}

/// `not = "!" [ws] not | "(" expression ")" | condition | subquery`
fn negation(c: &mut Cursor<'_>) -> Found {
    if c.take("!").is_some() {
        c.spaces();
        let inner = c.deeper(negation)?;
        return Some(json!(["not", inner]));
    }
    if c.take("(").is_some() {
        c.spaces();
        let inner = c.deeper(expression)?;
        c.spaces();
        c.take(")")?;
        return Some(inner);
    }
    c.attempt(condition).or_else(|| c.attempt(list_in)).or_else(|| subquery(c))
}

fn subquery(c: &mut Cursor<'_>) -> Found {
    c.deeper(|c| {
        let name = entity(c)?;
        c.spaces();
        let body = where_clause(c)?;
        let mut inner: Vec<Json> = body.filter.into_iter().chain(body.group_by).chain(body.paging).collect();
        match (inner.pop(), inner.is_empty()) {
            (None, _) => Some(json!(["subquery", name])),
            (Some(one), true) => Some(json!(["subquery", name, one])),
            _ => {
                c.refuse(format!(
                    "A subquery of {name} takes a filter, without paging or grouping beside it"
                ));
                None
            }
        }
    })
}

/// `field op value`
fn condition(c: &mut Cursor<'_>) -> Found {
    let name = field(c)?;
    c.spaces();
    // Longer operators first; those that begin alike would otherwise hide them.
    if c.take("~>").is_some() {
        c.spaces();
        return Some(json!(["~>", name, bracketed(c, string)?]));
    }
    if c.take("~").is_some() {
        c.spaces();
        return Some(json!(["~", name, string(c)?]));
    }
    for operator in [">=", "<=", "<", ">"] {
        if c.take(operator).is_some() {
            c.spaces();
            return Some(json!([operator, name, ordered(c)?]));
        }
    }
    if c.take("=").is_some() {
        c.spaces();
        return Some(json!(["=", name, literal(c)?]));
    }
    if c.take("!=").is_some() {
        c.spaces();
        return Some(json!(["not", ["=", name, literal(c)?]]));
    }
    if c.take("!~").is_some() {
        c.spaces();
        return Some(json!(["not", ["~", name, literal(c)?]]));
    }
    if c.take("is null").is_some() {
        return Some(json!(["null?", name, true]));
    }
    if c.take("is not null").is_some() {
        return Some(json!(["null?", name, false]));
    }
    c.take("in")?;
    c.spaces();
    Some(json!(["in", name, members(c)?]))
}

/// `[a, b] in …`
fn list_in(c: &mut Cursor<'_>) -> Found {
    c.take("[")?;
    c.spaces();
    let fields = field_list(c)?;
    c.spaces();
    c.take("]")?;
    c.spaces();
    c.take("in")?;
    c.spaces();
    Some(json!(["in", fields, members(c)?]))
}

/// `query | "[" literals "]"`
fn members(c: &mut Cursor<'_>) -> Found {
    if let Some(literals) = c.attempt(|c| bracketed(c, literal)) {
        return Some(json!(["array", literals]));
    }
    c.spaces();
    let found = from(c)?;
    // White space behind it is the query's as well; whoever comes next takes it.
    Some(found)
}

/// `"[" [ws] item {[ws] "," [ws] item} [ws] "]"`
fn bracketed(c: &mut Cursor<'_>, item: fn(&mut Cursor<'_>) -> Found) -> Found {
    c.take("[")?;
    c.spaces();
    let items = listed(c, item)?;
    c.spaces();
    c.take("]")?;
    Some(Json::Array(items))
}

fn listed(c: &mut Cursor<'_>, item: fn(&mut Cursor<'_>) -> Found) -> Option<Vec<Json>> {
    let mut items = vec![item(c)?];
    while let Some(next) = c.attempt(|c| {
        c.spaces();
        c.take(",")?;
        c.spaces();
        item(c)
    }) {
        items.push(next);
    }
    Some(items)
}

fn field_list(c: &mut Cursor<'_>) -> Option<Vec<Json>> {
    listed(c, |c| c.attempt(function).or_else(|| field(c)))
}

/// `name [ws] "(" [ws] [(field | string) {"," string}] [ws] ")"`
fn function(c: &mut Cursor<'_>) -> Found {
    let name = FUNCTIONS.into_iter().find(|name| c.rest().starts_with(name));
    let Some(name) = name else {
        for name in FUNCTIONS {
            c.miss::<()>(name);
        }
        return None;
    };
    c.at += name.len();
    c.spaces();
    c.take("(")?;
    c.spaces();
    let mut call = vec![json!("function"), json!(name)];
    let arguments = c.attempt(|c| {
        let mut arguments = vec![c.attempt(field).or_else(|| string(c))?];
        while let Some(next) = c.attempt(|c| {
            c.spaces();
            c.take(",")?;
            c.spaces();
            string(c)
        }) {
            arguments.push(next);
        }
        Some(arguments)
    });
    call.extend(arguments.unwrap_or_default());
    c.spaces();
    c.take(")")?;
    Some(Json::Array(call))
}

/// `[a-zA-Z0-9_]+\??`, or a dotted one. The text is AST's as well.
fn field(c: &mut Cursor<'_>) -> Found {
    let start = c.rest();
    let Some(name) = c.run("#\"[a-zA-Z0-9_]+\\??\"", |c| c.is_ascii_alphanumeric() || c == '_') else {
        for name in DOTTED {
            c.miss::<()>(name);
        }
        return None;
    };
    if c.rest().starts_with('?') {
        c.at += 1;
        return start.get(..name.len() + 1).map(Json::from);
    }
    let mut length = name.len();
    if DOTTED.contains(&name) {
        while c.rest().starts_with('.') {
            c.at += 1;
            length += 1 + field_part(c)?;
        }
        // A dot could have followed.
        c.miss::<()>(".");
    }
    start.get(..length).map(Json::from)
}

/// A part behind a dot; its length.
fn field_part(c: &mut Cursor<'_>) -> Option<usize> {
    let rest = c.rest();
    // `"…"`, when a dot or white space follows.
    if let Some(inner) = rest.strip_prefix('"') {
        let closing = inner.match_indices('"').map(|(at, _)| at).find(|at| {
            let after = inner.get(at + 1..).unwrap_or_default();
            after.starts_with(|c: char| c == '.' || c.is_ascii_whitespace())
        });
        let line = inner.find('\n').unwrap_or(inner.len());
        if let Some(closing) = closing.filter(|closing| *closing < line) {
            c.at += closing + 2;
            return Some(closing + 2);
        }
        return c.miss("#\"\\\".*?\\\"(?=\\.|\\s)\"");
    }
    // `match(…)` takes what a plain part would not.
    if let Some(closing) = rest.strip_prefix("match(").and_then(|inner| inner.find(')')) {
        let length = "match(".len() + closing + 1;
        c.at += length;
        return Some(length);
    }
    let plain = |c: char| {
        !(c.is_ascii_whitespace() || matches!(c, '.' | '"' | ',' | '[' | ']' | '!' | '<' | '=' | '>' | '~'))
    };
    let Some(name) = c.run("#\"[^\\s\\.\\\",\\[\\]!<=>~]+(\\[\\d+\\])?\"", plain) else {
        c.miss::<()>("#\"match\\(.*?\\)\"");
        return c.miss("#\"\\\".*?\\\"(?=\\.|\\s)\"");
    };
    let index = c.rest().strip_prefix('[').and_then(|inner| inner.find(']').and_then(|end| inner.get(..end)));
    let index = index.filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let length = index.map_or(0, |digits| digits.len() + 2);
    c.at += length;
    Some(name.len() + length)
}

fn group_by(c: &mut Cursor<'_>) -> Found {
    c.take("group by")?;
    c.space()?;
    let mut out = vec![json!("group_by")];
    out.extend(field_list(c)?);
    Some(Json::Array(out))
}

/// `"limit" n | "offset" n | "order by" field [asc|desc] {"," …}`
fn paging(c: &mut Cursor<'_>) -> Found {
    for name in ["limit", "offset"] {
        if c.take(name).is_some() {
            c.space()?;
            return Some(json!([name, integer(c)?]));
        }
    }
    c.take("order by")?;
    c.space()?;
    let mut terms = vec![order_term(c)?];
    while c.take(",").is_some() {
        c.spaces();
        terms.push(order_term(c)?);
    }
    Some(json!(["order_by", terms]))
}

fn order_term(c: &mut Cursor<'_>) -> Found {
    if c.rest().starts_with("asc") || c.rest().starts_with("desc") {
        let other = if c.rest().starts_with("asc") { "desc" } else { "asc" };
        c.miss::<()>(other);
        return c.miss("NOT \"asc\" | \"desc\"");
    }
    let name = field(c)?;
    let direction = c.attempt(|c| {
        c.space()?;
        c.take("asc").map(|()| "asc").or_else(|| c.take("desc").map(|()| "desc"))
    });
    c.spaces();
    Some(match direction {
        Some(direction) => json!([name, direction]),
        None => name,
    })
}

/// `string | number | true | false | "[" literals "]"`
fn literal(c: &mut Cursor<'_>) -> Found {
    if let Some(value) = c.attempt(ordered) {
        return Some(value);
    }
    if c.take("true").is_some() {
        return Some(Json::Bool(true));
    }
    if c.take("false").is_some() {
        return Some(Json::Bool(false));
    }
    c.deeper(|c| bracketed(c, literal))
}

/// What has an order: numbers, and strings that may be dates.
fn ordered(c: &mut Cursor<'_>) -> Found {
    c.attempt(number).or_else(|| string(c))
}

fn integer(c: &mut Cursor<'_>) -> Found {
    let start = c.rest();
    let sign = usize::from(c.take("-").is_some());
    let digits = digits(c)?;
    whole(c, start.get(..sign + digits.len())?)
}

fn whole(c: &mut Cursor<'_>, text: &str) -> Found {
    match text.parse::<i64>() {
        Ok(number) => Some(Json::from(number)),
        Err(_) => {
            c.refuse(format!("For input string: \"{text}\""));
            None
        }
    }
}

fn digits<'a>(c: &mut Cursor<'a>) -> Option<&'a str> {
    c.run("#\"[0-9]+\"", |c| c.is_ascii_digit())
}

/// `[-] digits ["." digits [("E"|"e") [-+] digits]]`
fn number(c: &mut Cursor<'_>) -> Found {
    let start = c.rest();
    let mut length = usize::from(c.take("-").is_some());
    length += digits(c)?.len();
    let fraction = c.attempt(|c| {
        c.take(".")?;
        Some(1 + digits(c)?.len())
    });
    let Some(fraction) = fraction else {
        return whole(c, start.get(..length)?);
    };
    length += fraction;
    let exponent = c.attempt(|c| {
        c.take("E").or_else(|| c.take("e"))?;
        let sign = usize::from(c.take("-").or_else(|| c.take("+")).is_some());
        Some(1 + sign + digits(c)?.len())
    });
    length += exponent.unwrap_or(0);
    let text = start.get(..length)?;
    match text.parse::<f64>().ok().and_then(serde_json::Number::from_f64) {
        Some(number) => Some(Json::Number(number)),
        None => {
            c.refuse(format!("The number {text} is too large"));
            None
        }
    }
}

/// `"…"` with the escapes of JSON, or `'…'` in which only the quote is escaped.
fn string(c: &mut Cursor<'_>) -> Found {
    if let Some(inner) = c.attempt(|c| quoted(c, "\"")) {
        return match serde_json::from_str::<String>(&format!("\"{inner}\"")) {
            Ok(text) => Some(Json::String(text)),
            Err(_) => {
                c.refuse(format!("The string \"{inner}\" has an escape that is not one of JSON's"));
                None
            }
        };
    }
    quoted(c, "'").map(|inner| Json::String(inner.replace("\\'", "'")))
}

fn quoted<'a>(c: &mut Cursor<'a>, quote: &'static str) -> Option<&'a str> {
    c.take(quote)?;
    let rest = c.rest();
    let mut escaped = false;
    let length = rest.find(|c: char| {
        if escaped {
            escaped = false;
            return c == '\n';
        }
        escaped = c == '\\';
        quote.starts_with(c)
    });
    let length = length.unwrap_or(rest.len() - usize::from(escaped));
    c.at += length;
    c.take(quote)?;
    rest.get(..length)
}
