//! Putting problems right in the text.

use crate::problem::{Edit, Problem, State};

/// Applies the fixes of all open problems that do not get in each other's way, marks these as fixed and gives the new text. `None` if
/// there was nothing to do.
///
/// Everything that no edit covers keeps its bytes. A fix whose edits touch those of an earlier one is left for the next round.
pub(crate) fn apply(text: &str, problems: &mut [Problem]) -> Option<String> {
    let mut taken: Vec<Edit> = Vec::new();
    for problem in problems.iter_mut().filter(|problem| problem.state == State::Open) {
        if problem.fix.is_empty() {
            continue;
        }
        // The same edit for two problems settles both.
        let settled = problem.fix.iter().all(|edit| taken.contains(edit));
        let free = problem.fix.iter().all(|edit| taken.iter().all(|other| !touches(edit, other)));
        if settled || free {
            if !settled {
                taken.append(&mut problem.fix.clone());
            }
            problem.state = State::Fixed;
        }
    }
    if taken.is_empty() {
        return None;
    }
    taken.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in taken {
        out.push_str(text.get(at..edit.span.start as usize)?);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Whether two edits overlap or meet.
fn touches(one: &Edit, other: &Edit) -> bool {
    one.span.start <= other.span.end && other.span.start <= one.span.end
}
