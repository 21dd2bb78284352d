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

/// Numbers of texts.
type Ids = FxHashMap<&'static str, u32>;

fn ids() -> &'static RwLock<Ids> {
    static IDS: OnceLock<RwLock<Ids>> = OnceLock::new();
    IDS.get_or_init(Default::default)
}

/// Texts by number, in chunks of which each is twice as long as the one before: none ever moves, so they are read without a lock.
static TEXTS: [OnceLock<Box<[OnceLock<&'static str>]>>; CHUNKS] = [const { OnceLock::new() }; CHUNKS];

/// As many chunks as there may be numbers.
const CHUNKS: usize = 33 - FIRST_BITS as usize;

/// The first chunk has two to the power of this.
const FIRST_BITS: u32 = 10;

thread_local! {
    static LOCAL: RefCell<Local> = RefCell::default();
}

/// What a thread remembers: the same few names are asked for over and over, and this answers without a lock.
struct Local {
    ids: Ids,
    /// The last name of each slot: what is asked for most is here without a hash.
    last: [(&'static str, u32); SLOTS],
}

const SLOTS: usize = 64;

impl Default for Local {
    fn default() -> Local {
        Local { ids: Ids::default(), last: [("", NONE); SLOTS] }
    }
}

/// Of a slot that is empty.
const NONE: u32 = u32::MAX;

impl Local {
    fn find(&mut self, text: &str) -> Option<u32> {
        let (known, id) = &mut self.last[slot(text)];
        if *known == text && *id != NONE {
            return Some(*id);
        }
        let (&text, &found) = self.ids.get_key_value(text)?;
        (*known, *id) = (text, found);
        Some(found)
    }
}

/// Names that differ in length, beginning or end mostly differ in this.
fn slot(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (first, last) = (bytes.first().copied().unwrap_or(0), bytes.last().copied().unwrap_or(0));
    (bytes.len().wrapping_mul(5) ^ usize::from(first).wrapping_mul(3) ^ usize::from(last)) % SLOTS
}

/// The chunk of a number, and the place in it.
fn place(id: u32) -> (usize, usize) {
    let number = u64::from(id) + (1 << FIRST_BITS);
    let chunk = number.ilog2() - FIRST_BITS;
    (chunk as usize, (number - (1 << (chunk + FIRST_BITS))) as usize)
}

impl Symbol {
    /// The symbol of a name.
    pub fn new(text: &str) -> Symbol {
        LOCAL.with_borrow_mut(|local| {
            if let Some(id) = local.find(text) {
                return Symbol(id);
            }
            let (id, text) = intern(text);
            local.ids.insert(text, id);
            Symbol(id)
        })
    }

    /// The symbol of a name, if some code has it already. For names that come from outside.
    pub fn existing(text: &str) -> Option<Symbol> {
        if let Some(id) = LOCAL.with_borrow_mut(|local| local.find(text)) {
            return Some(Symbol(id));
        }
        read().get(text).map(|&id| Symbol(id))
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        let (chunk, at) = place(self.0);
        let texts = TEXTS.get(chunk).and_then(OnceLock::get);
        // A symbol is given away after its text has been set.
        texts.and_then(|texts| texts.get(at)?.get()).copied().unwrap_or_default()
    }

    /// A dense number, for tables indexed by symbol.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

fn read() -> std::sync::RwLockReadGuard<'static, Ids> {
    // The table is only ever added to, so a panic elsewhere cannot leave it half written.
    ids().read().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn intern(text: &str) -> (u32, &'static str) {
    if let Some((&text, &id)) = read().get_key_value(text) {
        return (id, text);
    }
    let mut ids = ids().write().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((&text, &id)) = ids.get_key_value(text) {
        return (id, text);
    }
    let text: &'static str = Box::leak(text.into());
    let id = ids.len() as u32;
    let (chunk, at) = place(id);
    let texts = TEXTS[chunk]
        .get_or_init(|| (0..1_usize << (chunk as u32 + FIRST_BITS)).map(|_| OnceLock::new()).collect());
    texts[at].get_or_init(|| text);
    ids.insert(text, id);
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
    fn every_number_has_a_place_of_its_own() {
        let mut next = (0, 0);
        for id in 0..10_000 {
            assert_eq!(place(id), next, "{id}");
            next = if next.1 + 1 == 1 << (next.0 + 10) { (next.0 + 1, 0) } else { (next.0, next.1 + 1) };
        }
        assert_eq!(place(u32::MAX).0, 22);
        assert_eq!(place(u32::MAX).0, TEXTS.len() - 1);
    }

    #[test]
    fn texts_of_several_chunks_are_found() {
        let names: Vec<String> = (0..5_000).map(|number| format!("chunked::{number}")).collect();
        let symbols: Vec<Symbol> = names.iter().map(|name| Symbol::new(name)).collect();
        assert!(symbols.iter().zip(&names).all(|(symbol, name)| symbol.as_str() == name));
    }

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
