//! Signatures of functions and blocks, ready to be tested against arguments.

use crate::matches::{callable_accepts, is_assignable, is_instance};
use crate::ty::{Callable, Size, Tuple};
use crate::{Str, Type, Value};

/// What a function takes, in one of its forms.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Parameters in order, without the block.
    pub parameters: Vec<Param>,
    /// Name of the block parameter, when a block is taken.
    pub block_name: Option<Str>,
    /// The same as a type.
    pub callable: Callable,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Name.
    pub name: Str,
    /// Type; `Any` when none was given.
    pub ty: Type,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it takes all arguments that are left (`*$rest`). Only the last may.
    pub captures_rest: bool,
}

impl Param {
    /// A parameter that has to be given.
    pub fn required(name: impl Into<Str>, ty: Type) -> Param {
        Param { name: name.into(), ty, optional: false, captures_rest: false }
    }
}

impl Signature {
    /// A signature. A parameter that captures the rest and is not optional takes at least one argument; its `ty` is
    /// that of each argument.
    pub fn new(parameters: Vec<Param>, block: Option<(Str, Type)>, result: Option<Type>) -> Signature {
        let required = parameters.iter().filter(|parameter| !parameter.optional).count() as u64;
        let unbounded = parameters.last().is_some_and(|last| last.captures_rest);
        let max = if unbounded { u64::MAX } else { parameters.len() as u64 };
        // A size is part of the type only where it says more than the number of parameters.
        let exact = required == max && max > 0;
        let tuple = Tuple {
            types: parameters.iter().map(|parameter| parameter.ty.clone()).collect(),
            size: (!exact).then(|| Size::new(required, max)),
        };
        let (block_name, block) = block.map_or((None, None), |(name, ty)| (Some(name), Some(ty)));
        let result = result.filter(|result| *result != Type::Any);
        Signature { parameters, block_name, callable: Callable { parameters: tuple, block, result } }
    }

    /// How many arguments are taken.
    pub fn arity(&self) -> Size {
        self.callable.parameters.range()
    }

    /// True if a call with these arguments and this block is meant for this signature.
    pub fn accepts(&self, arguments: &[Value], block: Option<&Callable>) -> bool {
        let tuple = &self.callable.parameters;
        tuple.range().contains(arguments.len())
            && arguments
                .iter()
                .enumerate()
                .all(|(index, argument)| tuple.at(index).is_none_or(|ty| is_instance(ty, argument)))
            && self.accepts_block(block)
    }

    fn accepts_block(&self, block: Option<&Callable>) -> bool {
        match (&self.callable.block, block) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(wanted), None) => {
                matches!(wanted, Type::Optional(_)) || is_assignable(wanted, &Type::Undef)
            }
            (Some(wanted), Some(block)) => takes_block(wanted, block),
        }
    }
}

fn takes_block(wanted: &Type, block: &Callable) -> bool {
    match wanted {
        Type::Callable(None) => true,
        Type::Callable(Some(wanted)) => callable_accepts(wanted, block),
        Type::Optional(wanted) => takes_block(wanted, block),
        Type::Variant(wanted) => wanted.iter().any(|wanted| takes_block(wanted, block)),
        wanted => is_assignable(wanted, &Type::callable(block.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_counted_and_tested() {
        let rest = Param { optional: true, captures_rest: true, ..Param::required("rest", Type::INTEGER) };
        let signature = Signature::new(vec![Param::required("first", Type::STRING), rest], None, None);
        assert!(signature.accepts(&["a".into()], None));
        assert!(signature.accepts(&["a".into(), 1.into(), 2.into()], None));
        assert!(!signature.accepts(&[], None));
        assert!(!signature.accepts(&["a".into(), "b".into()], None));
        assert_eq!(Type::callable(signature.callable).to_string(), "Callable[String, Integer, 1]");
    }

    #[test]
    fn blocks() {
        let block =
            |count| Callable { parameters: Tuple::new(vec![Type::Any; count]), block: None, result: None };
        let wanted = Type::callable(Callable {
            parameters: Tuple::new(vec![Type::STRING]),
            block: None,
            result: None,
        });
        let required = Signature::new(Vec::new(), Some(("block".into(), wanted.clone())), None);
        assert!(required.accepts(&[], Some(&block(1))));
        assert!(!required.accepts(&[], Some(&block(2))) && !required.accepts(&[], None));
        let optional = Signature::new(Vec::new(), Some(("block".into(), Type::optional(wanted))), None);
        assert!(optional.accepts(&[], None) && optional.accepts(&[], Some(&block(1))));
        let none = Signature::new(Vec::new(), None, None);
        assert!(none.accepts(&[], None) && !none.accepts(&[], Some(&block(0))));
    }
}
