//! `Init[T]`: values from which a `T` can be made.
//!
//! A value fits when it is a `T`, when `T.new` takes it as the only argument, or when it is an array of arguments
//! that `T.new` takes. What `new` takes of each type stands in [`convert`].

use std::cell::RefCell;
use std::sync::{Arc, LazyLock, OnceLock};

use super::{Frame, assignable, instance};
use crate::ty::Tuple;
use crate::{Type, Value, convert, infer};

/// The parameters of `Init[T, args...]`.
#[derive(Debug)]
pub struct Init {
    /// What is to be made.
    pub ty: Type,
    /// Arguments after the value.
    pub arguments: Vec<Value>,
    accepted: OnceLock<Option<Accepted>>,
}

/// What fits.
#[derive(Debug)]
struct Accepted {
    /// The value itself.
    single: Type,
    /// An array of arguments.
    many: Option<Type>,
    /// Whether some list of arguments needs no more than one.
    one_is_enough: bool,
}

thread_local! {
    /// Those of which it is being found out what they accept, on this thread.
    static OPEN: RefCell<Vec<*const Init>> = const { RefCell::new(Vec::new()) };
}

/// Nothing but what is of the type.
static NOTHING: LazyLock<Accepted> =
    LazyLock::new(|| Accepted { single: Type::Variant(Arc::new([])), many: None, one_is_enough: false });

impl Init {
    /// `Init[T, args...]`
    pub fn new(ty: Type, arguments: Vec<Value>) -> Init {
        Init { ty, arguments, accepted: OnceLock::new() }
    }

    /// False if a `T` cannot be made, or not with these arguments: nothing fits such a type.
    pub fn is_possible(&self) -> bool {
        self.accepted().is_some()
    }

    /// True if a value is converted as it is, although it is an array.
    pub(crate) fn is_single(&self, value: &Value) -> bool {
        self.accepted().is_some_and(|accepted| instance::is_instance(&accepted.single, value, None))
    }

    fn accepted(&self) -> Option<&Accepted> {
        if let Some(accepted) = self.accepted.get() {
            return accepted.as_ref();
        }
        // What `new` of an `Object` type takes may be an `Init` of that very type; inside, only the type itself counts.
        let this: *const Init = self;
        if OPEN.with_borrow(|open| open.contains(&this)) {
            return Some(&NOTHING);
        }
        OPEN.with_borrow_mut(|open| open.push(this));
        let accepted = self.accept();
        OPEN.with_borrow_mut(|open| open.pop());
        self.accepted.get_or_init(|| accepted).as_ref()
    }

    fn accept(&self) -> Option<Accepted> {
        let tuples = convert::parameters(&self.ty)?;
        let mut single = vec![self.ty.clone()];
        if self.arguments.is_empty() {
            let (ones, others): (Vec<Tuple>, Vec<Tuple>) =
                tuples.into_iter().partition(|tuple| (tuple.range().min, tuple.range().max) == (1, 1));
            single.extend(ones.into_iter().filter_map(|tuple| tuple.types.into_iter().next()));
            let one_is_enough = others.iter().any(|tuple| tuple.range().min == 1);
            let many = (!others.is_empty())
                .then(|| Type::variant(others.into_iter().map(|tuple| Type::Tuple(Arc::new(tuple)))));
            return Some(Accepted { single: Type::variant(single), many, one_is_enough });
        }
        let given: Vec<Type> = self.arguments.iter().map(infer::infer).collect();
        for tuple in tuples {
            let Some(first) = tuple.types.first().cloned() else { continue };
            let arguments = Tuple::new(std::iter::once(first.clone()).chain(given.iter().cloned()).collect());
            if tuple.range().contains(arguments.types.len())
                && assignable::tuple_accepts(&tuple, &arguments, None)
            {
                single.push(first);
            }
        }
        (single.len() > 1).then(|| Accepted {
            single: Type::variant(single),
            many: None,
            one_is_enough: false,
        })
    }
}

impl PartialEq for Init {
    fn eq(&self, other: &Init) -> bool {
        self.ty == other.ty && self.arguments == other.arguments
    }
}

pub(super) fn is_instance(init: &Init, value: &Value, up: &Frame<'_>) -> bool {
    let Some(accepted) = init.accepted() else {
        return false;
    };
    if instance::is_instance(&init.ty, value, Some(up))
        || instance::is_instance(&accepted.single, value, Some(up))
    {
        return true;
    }
    accepted.many.as_ref().is_some_and(|many| {
        instance::is_instance(many, value, Some(up))
            || accepted.one_is_enough && instance::is_instance(many, &Value::array([value.clone()]), Some(up))
    })
}

pub(super) fn is_assignable(init: &Init, from: &Type, up: &Frame<'_>) -> bool {
    let Some(accepted) = init.accepted() else {
        return false;
    };
    if let Type::Init(other) = from {
        return match other {
            Some(other) => assignable::is_assignable(&init.ty, &other.ty, Some(up)),
            None => false,
        };
    }
    if assignable::is_assignable(&init.ty, from, Some(up))
        || assignable::is_assignable(&accepted.single, from, Some(up))
    {
        return true;
    }
    accepted.many.as_ref().is_some_and(|many| {
        assignable::is_assignable(many, from, Some(up))
            || accepted.one_is_enough
                && assignable::is_assignable(many, &Type::tuple(vec![from.clone()]), Some(up))
    })
}
