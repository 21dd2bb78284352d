//! `template`, `inline_template`: ERB, which takes a Ruby interpreter and is not supported.

use super::Legacy;

/// Would render an ERB template. Templates in ERB hold Ruby code, which this compiler does not run; rewrite them in EPP.
pub(super) const TEMPLATE: Legacy = Legacy {
    name: "template",
    arity: -2,
    statement: false,
    body: |_, arguments| {
        let names: Vec<String> = arguments.iter().map(pcore::format::to_s).collect();
        Err(format!(
            "ERB templates are not supported: {}. Rewrite the template in EPP and render it with epp()",
            names.join(", ")
        )
        .into())
    },
};

/// Would render a string as an ERB template. Such strings hold Ruby code, which this compiler does not run; rewrite them
/// in EPP.
pub(super) const INLINE_TEMPLATE: Legacy = Legacy {
    name: "inline_template",
    arity: -2,
    statement: false,
    body: |_, _| {
        Err("ERB templates are not supported. Rewrite the text in EPP and render it with inline_epp()".into())
    },
};
