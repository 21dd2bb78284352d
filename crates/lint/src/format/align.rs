//! Columns: arrows of a list stand below each other; other things do if the author has them so.

use std::collections::HashMap;

use syntax::tokens::Kind;

use super::atoms::What;
use super::brackets::{Inside, Plan};
use super::lines::Line;

/// What is aligned where the author has aligned it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// A parameter's name, behind its type.
    Parameter,
    /// The `=` before a parameter's default.
    Default,
    /// The `=` of a statement.
    Assignment,
    /// What follows a title or the values of an option on its line.
    Body,
    /// A comment behind code.
    Comment,
}

/// Aligns everything that is to be aligned.
pub(super) fn align(plan: &Plan, lines: &mut [Line]) {
    arrows(plan, lines);
    for cell in [Cell::Parameter, Cell::Default, Cell::Body, Cell::Assignment, Cell::Comment] {
        kept(plan, lines, cell);
    }
}

/// The column behind the atom before an atom of a line, from 0.
fn end_before(plan: &Plan, line: &Line, index: usize) -> usize {
    let mut column = line.indent;
    for &(at, spaces) in &line.atoms[..index] {
        column += spaces;
        let text = &plan.atoms[at].text;
        column = match text.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => column + text.chars().count(),
        };
        column += usize::from(plan.comma[at]);
    }
    column
}

/// The list that an arrow belongs to: its bracket, and which body if that is a resource's.
///
/// Within resources it is the innermost brace that counts, as for the check `arrow_alignment`.
fn list_of(plan: &Plan, at: usize, bodies: &HashMap<usize, usize>) -> Option<(usize, usize)> {
    let direct = plan.around[at]?;
    let mut brace = None;
    let mut in_resource = false;
    let mut around = Some(direct);
    while let Some(open) = around {
        match plan.inside[open] {
            Some(Inside::Resource) => {
                brace = brace.or(Some(open));
                in_resource = true;
                break;
            }
            Some(Inside::Hash | Inside::Selector | Inside::Attributes) => brace = brace.or(Some(open)),
            Some(Inside::Block | Inside::Lambda | Inside::Case) => brace = brace.or(Some(direct)),
            _ => {}
        }
        around = plan.around[open];
    }
    let list = if in_resource { brace? } else { direct };
    match plan.inside[list]? {
        Inside::Resource => Some((list, bodies.get(&list).copied().unwrap_or(0))),
        Inside::Hash
        | Inside::Selector
        | Inside::Attributes
        | Inside::Call
        | Inside::Array
        | Inside::Access => Some((list, 0)),
        _ => None,
    }
}

fn arrows(plan: &Plan, lines: &mut [Line]) {
    // Line and index of the first arrow of a list on each line.
    let mut lists: HashMap<(usize, usize), Vec<(usize, usize)>> = HashMap::new();
    // How many bodies of each resource are over.
    let mut bodies: HashMap<usize, usize> = HashMap::new();
    for (number, line) in lines.iter().enumerate() {
        for (index, &(at, _)) in line.atoms.iter().enumerate().skip(1) {
            if plan.atoms[at].is(Kind::Semicolon)
                && let Some(resource) = plan.around[at]
            {
                *bodies.entry(resource).or_default() += 1;
            }
            if !matches!(plan.atoms[at].kind(), Some(Kind::FatArrow | Kind::PlusArrow)) {
                continue;
            }
            let Some(list) = list_of(plan, at, &bodies) else { continue };
            let arrows = lists.entry(list).or_default();
            if arrows.last().is_none_or(|&(last, _)| last != number) {
                arrows.push((number, index));
            }
        }
    }
    let mut lists: Vec<_> = lists.into_values().filter(|arrows| arrows.len() > 1).collect();
    lists.sort_unstable();
    for arrows in lists {
        let ends: Vec<usize> =
            arrows.iter().map(|&(line, index)| end_before(plan, &lines[line], index)).collect();
        let is_plain =
            |&(line, index): &(usize, usize)| plan.atoms[lines[line].atoms[index].0].is(Kind::FatArrow);
        let widest = arrows.iter().zip(&ends).filter(|(arrow, _)| is_plain(arrow)).map(|(_, &end)| end).max();
        let Some(column) = widest.or_else(|| ends.iter().copied().max()).map(|end| end + 1) else { continue };
        for (&(line, index), end) in arrows.iter().zip(ends) {
            lines[line].atoms[index].1 = column.saturating_sub(end).max(1);
        }
    }
}

/// The cell of a kind in a line: its index.
fn cell_of(plan: &Plan, line: &Line, cell: Cell) -> Option<usize> {
    let is_colon = |at: usize| {
        plan.atoms[at].is(Kind::Colon) && matches!(plan.place(at), Some(Inside::Resource | Inside::Case))
    };
    let found = line.atoms.iter().enumerate().skip(1).find(|&(_, &(at, _))| match cell {
        Cell::Body => at > 0 && is_colon(at - 1) && !plan.atoms[at].is_comment(),
        Cell::Comment => plan.atoms[at].what == What::Comment,
        Cell::Parameter => plan.atoms[at].is(Kind::Variable) && plan.place(at) == Some(Inside::Parameters),
        Cell::Default => plan.atoms[at].is(Kind::Assign) && plan.place(at) == Some(Inside::Parameters),
        Cell::Assignment => {
            plan.atoms[at].is(Kind::Assign)
                && matches!(plan.place(at), None | Some(Inside::Block | Inside::Lambda))
        }
    })?;
    let (index, &(at, _)) = found;
    // `*$rest` is not torn apart.
    let glued = index > 0 && plan.atoms[line.atoms[index - 1].0].is(Kind::Times);
    // A variable behind `=` is a default.
    let is_default = cell == Cell::Parameter
        && plan.code_before(at).is_some_and(|before| plan.atoms[before].is(Kind::Assign));
    (!glued && !is_default).then_some(index)
}

/// Aligns cells that are in one column on lines that follow each other, if there is more than one space before one of them.
fn kept(plan: &Plan, lines: &mut [Line], cell: Cell) {
    let mut run: Vec<(usize, usize)> = Vec::new();
    for number in 0..=lines.len() {
        let found = lines.get(number).and_then(|line| cell_of(plan, line, cell).map(|index| (number, index)));
        let column =
            |lines: &[Line], (line, index): (usize, usize)| plan.atoms[lines[line].atoms[index].0].column;
        if let (Some(found), Some(&last)) = (found, run.last()) {
            let adjacent = match cell {
                Cell::Comment | Cell::Assignment | Cell::Body => {
                    last.0 + 1 == number && !lines[number].blank_before
                }
                // Parameters may have comments above them.
                Cell::Parameter | Cell::Default => {
                    let at = |(line, index): (usize, usize)| lines[line].atoms[index].0;
                    plan.around[at(last)] == plan.around[at(found)]
                }
            };
            if adjacent && column(lines, last) == column(lines, found) {
                run.push(found);
                continue;
            }
        } else if found.is_none() && matches!(cell, Cell::Parameter | Cell::Default) && number < lines.len() {
            continue;
        }
        finish(plan, lines, &run);
        run.clear();
        run.extend(found);
    }
}

fn finish(plan: &Plan, lines: &mut [Line], run: &[(usize, usize)]) {
    let wide = |&(line, index): &(usize, usize)| plan.atoms[lines[line].atoms[index].0].gap > 1;
    if run.len() < 2 || !run.iter().any(wide) {
        return;
    }
    let ends: Vec<usize> = run.iter().map(|&(line, index)| end_before(plan, &lines[line], index)).collect();
    let Some(column) = ends.iter().max().map(|end| end + 1) else { return };
    for (&(line, index), end) in run.iter().zip(ends) {
        lines[line].atoms[index].1 = column - end;
    }
}
