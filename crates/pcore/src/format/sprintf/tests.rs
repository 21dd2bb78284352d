use proptest::prelude::*;

use super::*;

#[test]
fn widths_are_bounded() {
    assert_eq!(sprintf("%1000001d", &[1.into()]).unwrap_err().message, "width too big");
    assert_eq!(sprintf("%.*f", &[10_000_000.into(), 1.into()]).unwrap_err().message, "precision too big");
}

#[test]
fn secrets_are_not_shown() {
    let secret = Value::sensitive("x".into());
    assert_eq!(
        sprintf("%s %p", &[secret.clone(), secret]).unwrap(),
        "Sensitive [value redacted] #<Sensitive [value redacted]>"
    );
}

proptest! {
    #[test]
    fn never_panics(format in r"(%[-+ #0]{0,3}[0-9*]{0,2}(\.[0-9*]{0,2})?[a-zA-Z%<{$é]|[a<>{}1$ ]){0,6}", number in any::<i64>(), float in any::<f64>(), text in any::<String>()) {
        let _ = sprintf(&format, &[number.into(), float.into(), text.clone().into(), number.into()]);
        let _ = sprintf(&format, &[Hash::from_iter([("a", text)]).into()]);
    }
}
