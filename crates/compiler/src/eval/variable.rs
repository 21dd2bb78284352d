//! Reading and setting variables.

use pcore::Value;
use stdx::Symbol;
use syntax::ast::{Expr, ExprId};

use super::{Eval, issue};
use crate::code::Code;
use crate::error::{Control, Error};
use crate::image::Strict;
use crate::log::Level;
use crate::scope::{ScopeId, TOP};
use crate::session::Session;

impl<'i> Session<'i> {
    pub(super) fn eval_variable(&mut self, code: &'i Code, id: ExprId, name: Symbol, scope: ScopeId) -> Eval {
        // Nearly all are of the same scope.
        if let Some(Some(value)) = self.scope(scope).own(name) {
            return Ok(value.clone());
        }
        if let Some(value) = self.lookup_variable(scope, name)? {
            return Ok(value);
        }
        let text = name.as_str();
        if is_number(text)
            || name == self.well_known.module_name
            || name == self.well_known.caller_module_name
        {
            return Ok(Value::Undef);
        }
        let message = format!("Unknown variable: '{text}'.");
        let options = &self.image.options;
        let strict = if options.strict_variables { Strict::Error } else { options.strict };
        match strict {
            Strict::Error => Err(issue(code, id, message)),
            Strict::Warning => {
                let site = code.site(id);
                self.log(Level::Warning, message, "Puppet".into(), Some(site));
                Ok(Value::Undef)
            }
            Strict::Off => Ok(Value::Undef),
        }
    }

    /// The value of a variable of the scope itself, or of something in it that plain keys lead to, where it stands: so that who
    /// only reads it makes no copy. `None` says nothing but that it must be evaluated.
    pub(super) fn peek(&self, code: &Code, id: ExprId, scope: ScopeId) -> Option<&Value> {
        match &code[id] {
            Expr::Var(name) => self.scope(scope).own(*name)?.as_ref(),
            Expr::Access { left, keys } => {
                let [key] = keys[..] else { return None };
                let key: &str = match &code[key] {
                    Expr::Str(text) => text,
                    Expr::Name(name) => name.as_str(),
                    _ => return None,
                };
                match self.peek(code, *left, scope)? {
                    Value::Hash(hash) => hash.get_str(key),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// [`Session::peek`] inside `${}`, where a name stands for the variable.
    pub(super) fn peek_text(&self, code: &Code, id: ExprId, scope: ScopeId) -> Option<&Value> {
        match &code[id] {
            Expr::Name(name) => self.scope(scope).own(*name)?.as_ref(),
            _ => self.peek(code, id, scope),
        }
    }

    /// A variable as code in the scope sees it; `None` if there is none.
    pub(crate) fn lookup_variable(&mut self, scope: ScopeId, name: Symbol) -> Result<Option<Value>, Control> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let this = self.scope(id);
            match this.own(name) {
                Some(Some(value)) => return Ok(Some(value.clone())),
                Some(None) => return Err(pending(name)),
                None => at = this.outer,
            }
        }
        let text = name.as_str();
        if text.contains("::") {
            return self.lookup_qualified(text);
        }
        if let Ok(number) = text.parse::<usize>() {
            let mut at = Some(scope);
            while let Some(id) = at {
                let this = self.scope(id);
                if let Some(group) = this.frames.group(number) {
                    return Ok(Some(group));
                }
                at = this.outer;
            }
            return Ok(None);
        }
        Ok(self.lookup_global(name))
    }

    /// A variable of the top scope that the node brings: parameters of the classifier, facts, server facts.
    pub(crate) fn lookup_global(&mut self, name: Symbol) -> Option<Value> {
        let text = name.as_str();
        let known = &self.well_known;
        if name == known.facts {
            return Some(Value::Hash(self.all_facts()));
        }
        if name == known.trusted {
            self.reads.trusted([]);
            return Some(self.node.trusted.clone());
        }
        if name == known.server_facts {
            return Some(Value::Hash(self.node.server_facts.clone()));
        }
        if name == known.environment {
            return Some(Value::from(self.image.environment()));
        }
        // Parameters of the classifier come before facts, and both before what the server says of itself. The answer is a
        // read even if there is no such fact.
        self.node_variable(text)
    }

    /// [`Session::lookup_global`] of a name that no code has.
    pub(crate) fn node_variable(&mut self, name: &str) -> Option<Value> {
        if let Some(value) = self.node.parameters.get_str(name) {
            return Some(value.clone());
        }
        self.reads.fact([name]);
        let node = self.node;
        node.facts.get_str(name).or_else(|| node.server_facts.get_str(name)).cloned()
    }

    /// `$facts` or `$trusted` on the way to something in it, so that only that path counts as read.
    pub(crate) fn narrow_fact(
        &mut self,
        scope: ScopeId,
        name: Symbol,
        below: &[hiera::Segment],
    ) -> Option<Value> {
        let text = name.as_str();
        let known = &self.well_known;
        let plain = Symbol::existing(text.strip_prefix("::").unwrap_or(text))?;
        let is_facts = plain == known.facts;
        if below.is_empty() || !(is_facts || plain == known.trusted) || self.is_shadowed(scope, plain) {
            return None;
        }
        // An index may mean an item or a key: what it leads into counts as a whole.
        let path = below.iter().map_while(|segment| match segment {
            hiera::Segment::Name(name) => Some(name.as_str()),
            hiera::Segment::Index(_) => None,
        });
        if is_facts {
            self.reads.fact(path);
            Some(Value::Hash(self.node.facts.clone()))
        } else {
            self.reads.trusted(path);
            Some(self.node.trusted.clone())
        }
    }

    /// True if a variable of some scope hides what the node brings.
    pub(crate) fn is_shadowed(&self, scope: ScopeId, name: Symbol) -> bool {
        let mut at = Some(scope);
        while let Some(id) = at {
            let this = self.scope(id);
            if this.own(name).is_some() {
                return true;
            }
            at = this.outer;
        }
        false
    }

    /// `$::x` and `$a::b`; also finds variables of inherited classes.
    pub(crate) fn lookup_qualified(&mut self, name: &str) -> Result<Option<Value>, Control> {
        let text = name.strip_prefix("::").unwrap_or(name);
        let Some((class, leaf)) = text.rsplit_once("::") else {
            let Some(name) = Symbol::existing(text) else { return Ok(self.node_variable(text)) };
            return Ok(match self.scope(TOP).vars.get(name) {
                Some(value) => value.clone(),
                None => self.lookup_global(name),
            });
        };
        if class == "settings" {
            return Ok(self.setting(leaf));
        }
        let (Some(class), Some(leaf)) = (Symbol::existing(class), Symbol::existing(leaf)) else {
            return Ok(None);
        };
        let Some(definition) = self.find_class(class.as_str())? else { return Ok(None) };
        let mut at = self.class_scope(definition.name);
        while let Some(id) = at {
            let this = self.scope(id);
            match this.own(leaf) {
                Some(value) => return Ok(value.clone()),
                None => {
                    let parent = this.source.parent;
                    at = parent.and_then(|name| self.class_scope(name));
                }
            }
        }
        Ok(None)
    }

    /// True if an assignment in the scope would be a second one.
    pub(crate) fn is_bound(&mut self, scope: ScopeId, name: Symbol) -> bool {
        if self.scope(scope).is_bound(name) {
            return true;
        }
        // Frames of blocks at the top level shadow what the node brings.
        scope == TOP && !self.scope(scope).frames.is_open() && self.lookup_global(name).is_some()
    }

    /// Sets a variable in the innermost frame of the scope.
    ///
    /// # Errors
    /// Names that nobody may set, and any name while default values are computed.
    pub(crate) fn set_variable(&mut self, scope: ScopeId, name: Symbol, value: Value) -> Result<(), Control> {
        let known = &self.well_known;
        if name == known.trusted || name == known.facts || name == known.server_facts {
            return Err(Error::new(format!("Attempt to assign to a reserved variable name: '{name}'")).into());
        }
        let this = self.scope_mut(scope);
        if this.frames.is_read_only() {
            return Err(
                Error::new(format!("Attempt to assign variable {name} when evaluating parameters")).into()
            );
        }
        this.set(name, value);
        Ok(())
    }
}

/// Names of match variables.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A parameter is read before it has a value. Whoever computes defaults turns this into the message, since only
/// it knows whose parameters they are.
fn pending(name: Symbol) -> Control {
    Control::Pending(name)
}
