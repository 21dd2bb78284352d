//! Any text is parsed or refused; nothing panics, and a tree stays within its text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use syntax::source::SourceFile;
use syntax::{Options, parse, pn, render};

fuzz_target!(|data: &[u8]| {
    let Some((&flags, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let options = Options { epp: flags & 1 != 0, tasks: flags & 2 != 0, ..Options::default() };
    let parsed = parse(SourceFile::new(Some("a.pp".into()), text), options);
    let length = text.len() as u32;
    for (index, (expr, span)) in parsed.ast.exprs.iter().zip(&parsed.ast.spans).enumerate() {
        assert!(span.start <= span.end && span.end <= length, "{span:?} of {expr:?}");
        expr.each_child(&mut |child| assert!((child.0 as usize) < index, "{expr:?}"));
    }
    pn::dump(&parsed.ast);
    parsed.failure_message();
    for diagnostic in parsed.errors.iter().chain(&parsed.warnings) {
        assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= length);
        render(diagnostic);
    }
});
