//! Interned names.
//!
//! Names that stand in code (variables, classes, parameters, types, functions) are compared and hashed
//! millions of times, so each is stored once for the life of the process and handled as a number. What
//! a network peer sends (facts, titles) must not be interned: it would never be freed.

use std::cell::RefCell;
use std::fmt;
use std::sync::{OnceLock, RwLock};

use rustc_hash::FxHashMap;

/// An interned name. Equality and hashing are those of the number; ordering is by number, not by text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

#[derive(Default)]
struct Table {
    ids: FxHashMap<&'static str, u32>,
    texts: Vec<&'static str>,
}

fn table() -> &'static RwLock<Table> {
    static TABLE: OnceLock<RwLock<Table>> = OnceLock::new();
    TABLE.get_or_init(Default::default)
}

thread_local! {
    // Parsing interns the same few names over and over; the local table answers without a lock.
    static LOCAL: RefCell<Table> = RefCell::default();
}

impl Symbol {
    /// The symbol of a name.
    pub fn new(text: &str) -> Symbol {
        LOCAL.with_borrow_mut(|local| {
            if let Some(&id) = local.ids.get(text) {
                return Symbol(id);
            }
            let (id, text) = intern(text);
            local.ids.insert(text, id);
            Symbol(id)
        })
    }

    /// The symbol of a name, if some code has it already. For names that come from outside.
    pub fn existing(text: &str) -> Option<Symbol> {
        if let Some(id) = LOCAL.with_borrow(|local| local.ids.get(text).copied()) {
            return Some(Symbol(id));
        }
        read().ids.get(text).map(|&id| Symbol(id))
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        LOCAL.with_borrow_mut(|local| {
            let index = self.0 as usize;
            if index >= local.texts.len() {
                let shared = read();
                let from = local.texts.len();
                local.texts.extend_from_slice(&shared.texts[from..]);
            }
            local.texts[index]
        })
    }

    /// A dense number, for tables indexed by symbol.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

fn read() -> std::sync::RwLockReadGuard<'static, Table> {
    // The table is only ever appended to, so a panic elsewhere cannot leave it half written.
    table().read().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn intern(text: &str) -> (u32, &'static str) {
    if let Some((&text, &id)) = read().ids.get_key_value(text) {
        return (id, text);
    }
    let mut shared = table().write().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((&text, &id)) = shared.ids.get_key_value(text) {
        return (id, text);
    }
    let text: &'static str = Box::leak(text.into());
    let id = shared.texts.len() as u32;
    shared.texts.push(text);
    shared.ids.insert(text, id);
    (id, text)
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Symbol {
        Symbol::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_text_same_symbol_on_every_thread() {
        let here = Symbol::new("a::b");
        let there = std::thread::spawn(|| (Symbol::new("a::b"), Symbol::new("only::there"))).join().unwrap();
        assert_eq!(here, there.0);
        assert_eq!(there.1.as_str(), "only::there");
        assert_eq!(Symbol::existing("never seen before"), None);
        assert_eq!(Symbol::existing("a::b"), Some(here));
    }
}
