//! Each bound by itself.

use compiler::Bounds;

use crate::{BOUNDS, run, says};

#[track_caller]
fn ends(code: &str, bounds: Bounds, error: &str) {
    assert_eq!(says(run(code, bounds)), format!("{error} on node n1"), "{code}");
}

#[test]
fn steps() {
    let code = "Integer[1, 10000].each |$i| { $i }";
    assert_eq!(says(run(code, BOUNDS)), "compiled ");
    let bounds = Bounds { steps: 9_000, ..BOUNDS };
    let error = "Evaluation Error: Error while evaluating a Block Expression, the compile takes too long (more than 9000 \
                 expressions; the setting compile.max-steps) (line: 1, column: 24)";
    ends(code, bounds, error);
}

#[test]
fn resources() {
    let code = "Integer[1, 100].each |$i| { notify { \"n${i}\": } }";
    // Stage, settings and main are there, too.
    assert_eq!(says(run(code, Bounds { resources: 103, ..BOUNDS })), "compiled ");
    let error = "Evaluation Error: Error while evaluating a Resource Statement, the catalog is too large (more than 102 \
                 resources; the setting compile.max-resources) (line: 1, column: 29)";
    ends(code, Bounds { resources: 102, ..BOUNDS }, error);
}

#[test]
fn time() {
    let bounds = Bounds { time: std::time::Duration::ZERO, ..BOUNDS };
    let error = "Evaluation Error: Error while evaluating a Block Expression, the compile takes too long (more than 0 \
                 seconds; the setting compile.timeout) (line: 1, column: 24)";
    ends("Integer[1, 10000].each |$i| { $i }", bounds, error);
}

#[test]
fn memory() {
    // What is made and given up again does not count.
    let code = "Integer[1, 1000].each |$i| { $x = range(1, 300) }";
    assert_eq!(says(run(code, BOUNDS)), "compiled ");
    // Where it is noticed is a matter of chance.
    let said = says(run("$x = Integer[1, 1000000].map |$i| { range(1, 100) }", BOUNDS));
    let error = "the compile needs too much memory (more than 64 MB; the setting compile.max-memory)";
    assert!(said.contains(error), "{said}");
}

/// A value is measured as if nothing of it were shared, and so is a catalog.
#[test]
fn extents() {
    let code = "$x = range(1, 100000) notice([$x, $x].size)";
    assert_eq!(says(run(code, BOUNDS)), "compiled 2");
    let bounds = Bounds { memory: 8 * 1024 * 1024, ..BOUNDS };
    let error = "Evaluation Error: Error while evaluating an Array Expression, a value is too large (more than 4 MB; the \
                 setting compile.max-memory) (line: 1, column: 30)";
    ends(code, bounds, error);
    let code = "$x = range(1, 100000) notify { ['a', 'b']: message => $x }";
    let error = "Notify[b]: the value of message makes the catalog too large (more than 4 MB; the setting compile.max-memory)";
    ends(code, bounds, error);
}
