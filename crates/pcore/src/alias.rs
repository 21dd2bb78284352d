//! Giving an alias its target.

use std::sync::Arc;

use crate::Type;
use crate::normalize::normalize;
use crate::parameterize::TypeError;
use crate::ty::Alias;

/// Sets what an alias stands for, in simplest form. Aliases that the target mentions may still be without theirs;
/// members of a variant that lead back to the alias and nowhere else are dropped.
///
/// # Errors
/// The target is made of aliases only, so that nothing could ever fit it.
pub fn define(alias: &Arc<Alias>, target: &Type) -> Result<(), TypeError> {
    let target = normalize(target);
    let target = match &target {
        Type::Variant(members) => {
            let real: Vec<Type> = members
                .iter()
                .filter(|member| is_real(member, &mut vec![Arc::as_ptr(alias)], true))
                .cloned()
                .collect();
            if real.is_empty() || real.len() == members.len() { target } else { Type::variant(real) }
        }
        _ => target,
    };
    if !is_real(&target, &mut vec![Arc::as_ptr(alias)], true) {
        return Err(unreal(alias));
    }
    // Another thread may have been first; it made the same.
    let _ = alias.target.set(target);
    Ok(())
}

/// Checks an alias again, now that all aliases that it leads to have their targets.
///
/// # Errors
/// As [`define`].
pub fn check(alias: &Arc<Alias>) -> Result<(), TypeError> {
    match alias.target.get() {
        Some(target) if !is_real(target, &mut vec![Arc::as_ptr(alias)], false) => Err(unreal(alias)),
        _ => Ok(()),
    }
}

fn unreal(alias: &Alias) -> TypeError {
    TypeError::new(format!("Type alias '{}' cannot be resolved to a real type", alias.name))
}

/// True if there is anything but aliases and variants of them. `pending` is what to say of an alias without a target.
fn is_real(ty: &Type, open: &mut Vec<*const Alias>, pending: bool) -> bool {
    match ty {
        Type::Alias(alias) => {
            let key = Arc::as_ptr(alias);
            if open.contains(&key) {
                return false;
            }
            open.push(key);
            let real = alias.target.get().map_or(pending, |target| is_real(target, open, pending));
            open.pop();
            real
        }
        Type::Variant(members) => {
            members.is_empty() || members.iter().any(|member| is_real(member, open, pending))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;
    use crate::Value;
    use crate::matches::is_instance;

    fn alias(name: &str) -> Arc<Alias> {
        Arc::new(Alias { name: name.into(), target: OnceLock::new() })
    }

    #[test]
    fn an_alias_of_itself_is_refused() {
        let own = alias("Mod::Own");
        let error = define(&own, &Type::Alias(own.clone())).unwrap_err();
        assert_eq!(error.message, "Type alias 'Mod::Own' cannot be resolved to a real type");
    }

    #[test]
    fn a_circle_of_aliases_is_refused_once_it_is_closed() {
        let (one, two) = (alias("One"), alias("Two"));
        define(&one, &Type::Alias(two.clone())).unwrap();
        assert!(define(&two, &Type::Alias(one.clone())).is_err());
        let error = check(&one).unwrap_err();
        assert_eq!(error.message, "Type alias 'One' cannot be resolved to a real type");
    }

    #[test]
    fn members_that_lead_nowhere_are_dropped() {
        let own = alias("Mod::Own");
        define(&own, &Type::Variant(Arc::new([Type::Alias(own.clone()), Type::INTEGER]))).unwrap();
        assert_eq!(own.target.get(), Some(&Type::INTEGER));
    }

    #[test]
    fn recursive_aliases_hold_nested_values() {
        let tree = alias("Mod::Tree");
        let branches = Type::array_of(Type::Alias(tree.clone()));
        define(&tree, &Type::variant([Type::INTEGER, branches])).unwrap();
        let ty = Type::Alias(tree);
        let nested = Value::array([1.into(), Value::array([2.into(), Value::array([])])]);
        assert!(is_instance(&ty, &nested));
        assert!(!is_instance(&ty, &Value::array([Value::array(["a".into()])])));
        assert_eq!(ty.to_string(), "Mod::Tree = Variant[Integer, Array[Mod::Tree]]");
    }

    #[test]
    fn an_optional_of_itself_holds_undef_only() {
        let own = alias("Mod::Own");
        define(&own, &Type::optional(Type::Alias(own.clone()))).unwrap();
        let ty = Type::Alias(own);
        assert!(is_instance(&ty, &Value::Undef));
        assert!(!is_instance(&ty, &Value::from(1)));
    }
}
