//! Iterations that wait for their block: `list.each_with_index.map { ... }`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::enumerable;
use super::object::need_block;
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, Flow, unsupported};
use crate::name::{M, Name};
use crate::proc::Proc;
use crate::value::{Enumerator, Value};

/// The enumerator that a method gives when it has no block.
pub(crate) fn of(receiver: &Value, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let enumerator = Enumerator {
        receiver: receiver.clone(),
        method: id.into(),
        arguments: args.values.to_vec(),
        has_keywords: args.has_keywords,
    };
    Ok(Some(Value::Enumerator(Rc::new(enumerator))))
}

/// `to_enum(:method, ...)`
pub(crate) fn to_enum(it: &mut Interp<'_>, me: &Value, args: &Args<'_>) -> Eval {
    let (method, arguments) = match args.values.split_first() {
        None => ("each".to_owned(), Vec::new()),
        Some((method, rest)) => (super::object::method_name(it, method)?, rest.to_vec()),
    };
    let enumerator = Enumerator {
        receiver: me.clone(),
        method: Name::new(&method),
        arguments,
        has_keywords: args.has_keywords,
    };
    Ok(Value::Enumerator(Rc::new(enumerator)))
}

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Enumerator>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Each => match args.block {
            None => Value::Enumerator(me.clone()),
            Some(block) => run(it, me, block)?,
        },
        M::WithIndex | M::EachWithIndex => {
            args.count(it, 0, 1)?;
            let offset = match args.get(0) {
                None | Some(Value::Nil) => 0,
                Some(offset) => it.int_argument(offset)?,
            };
            let Some(block) = args.block else { return of(&Value::Enumerator(me.clone()), id, args) };
            let block = block.clone();
            let next = Cell::new(offset);
            let counting = Proc::native(move |it, values| {
                let index = next.get();
                next.set(index.saturating_add(1));
                it.call_block(&block, &[packed(values), Value::Int(index)])
            });
            run(it, me, &counting)?
        }
        M::WithObject | M::EachWithObject => {
            let object = args.one(it)?.clone();
            let block = need_block(it, args)?.clone();
            let memo = object.clone();
            let passing =
                Proc::native(move |it, values| it.call_block(&block, &[packed(values), memo.clone()]));
            run(it, me, &passing)?;
            object
        }
        M::Size => match me.method.id {
            Some(M::Each | M::Map | M::EachWithIndex | M::Select | M::Reject | M::Collect | M::FlatMap) => {
                it.send(&me.receiver, M::Size, &[])?
            }
            _ => return Err(unsupported("Enumerator#size")),
        },
        M::Next | M::Peek | M::Rewind => return Err(unsupported(format!("Enumerator#{}", id.text()))),
        _ => return enumerable::call(it, &Value::Enumerator(me.clone()), id, args),
    }))
}

/// Runs the iteration with a block.
fn run(it: &mut Interp<'_>, me: &Enumerator, block: &Rc<Proc>) -> Eval {
    let args = Args { values: &me.arguments, has_keywords: me.has_keywords, block: Some(block) };
    it.dispatch(&me.receiver, &me.method, &args)
}

/// The items of an enumerator; several values at once become an array.
pub(crate) fn items(it: &mut Interp<'_>, me: &Enumerator) -> Eval<Vec<Value>> {
    // A loop without an end has no list of its turns; the limits would end it late.
    let is_endless = match me.method.id {
        Some(M::Loop) => true,
        Some(M::Cycle) => me.arguments.first().is_none_or(Value::is_nil),
        Some(M::Step) => matches!(me.receiver, Value::Int(_) | Value::Float(_)) && me.arguments.is_empty(),
        _ => false,
    };
    if is_endless {
        return Err(unsupported("a list of an endless enumerator"));
    }
    items_until(it, me, |_, _| Ok(false))
}

/// The items of an enumerator up to the first one, included, of which `is_last` says so.
pub(crate) fn items_until(
    it: &mut Interp<'_>,
    me: &Enumerator,
    is_last: impl Fn(&mut Interp<'_>, &Value) -> Eval<bool> + 'static,
) -> Eval<Vec<Value>> {
    let list = Rc::new(RefCell::new(Vec::new()));
    let target = list.clone();
    let tag = it.new_tag();
    let collecting = Proc::native(move |it, values| {
        it.charge(size_of::<Value>())?;
        let item = packed(values);
        let stop = is_last(it, &item)?;
        target.borrow_mut().push(item);
        if stop { Err(Box::new(Flow::BreakFrom(tag, Value::Nil))) } else { Ok(Value::Nil) }
    });
    match run(it, me, &collecting) {
        Ok(_) => {}
        Err(flow) => match *flow {
            Flow::BreakFrom(from, _) if from == tag => {}
            other => return Err(Box::new(other)),
        },
    }
    Ok(list.take())
}

/// What a block with one parameter gets of several values.
fn packed(values: &[Value]) -> Value {
    match values {
        [] => Value::Nil,
        [only] => only.clone(),
        several => Value::array(several.to_vec()),
    }
}

/// An error for methods that need an iteration over something that has none.
pub(crate) fn not_iterable(it: &mut Interp<'_>, value: &Value) -> Eval<Vec<Value>> {
    let shown = it.describe(value)?;
    Err(it.raise(Class::NoMethodError, format!("undefined method `each' for {shown}")))
}
