//! The merge sort behind Ruby's `sort`.
//!
//! Ruby sorts with the C library, which on the systems that Puppet servers run on merges halves. It is stable, and the
//! order in which it compares is seen in the error of a comparison that fails; so it is made here step by step.

use std::cmp::Ordering;

/// Sorts in place.
pub(crate) fn sort<T>(items: &mut Vec<T>, compare: &mut dyn FnMut(&T, &T) -> Ordering) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    let mut spare = order.clone();
    merge_sort(&mut order, &mut spare, &mut |&a, &b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut slots: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|index| slots.get_mut(index).and_then(Option::take)));
}

fn merge_sort(items: &mut [usize], spare: &mut [usize], compare: &mut dyn FnMut(&usize, &usize) -> Ordering) {
    let length = items.len();
    if length <= 1 {
        return;
    }
    let middle = length / 2;
    {
        let (left, right) = items.split_at_mut(middle);
        let (spare_left, spare_right) = spare.split_at_mut(middle);
        merge_sort(left, spare_left, compare);
        merge_sort(right, spare_right, compare);
    }
    let (left, right) = items.split_at(middle);
    let (mut l, mut r) = (left.iter().peekable(), right.iter().peekable());
    let mut merged = spare.iter_mut();
    while let (Some(&&a), Some(&&b)) = (l.peek(), r.peek()) {
        let taken = if compare(&a, &b).is_le() {
            l.next();
            a
        } else {
            r.next();
            b
        };
        if let Some(slot) = merged.next() {
            *slot = taken;
        }
    }
    for (slot, &rest) in merged.zip(l.chain(r)) {
        *slot = rest;
    }
    items.copy_from_slice(spare);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_and_keeps_the_order_of_equals() {
        let mut items = vec![(3, 'a'), (1, 'b'), (2, 'c'), (1, 'd'), (3, 'e'), (1, 'f')];
        sort(&mut items, &mut |a, b| a.0.cmp(&b.0));
        assert_eq!(items, [(1, 'b'), (1, 'd'), (1, 'f'), (2, 'c'), (3, 'a'), (3, 'e')]);
    }

    #[test]
    fn the_first_comparison_is_in_the_smaller_half() {
        let mut seen = Vec::new();
        sort(&mut vec![5, 9, 1], &mut |a, b| {
            seen.push((*a, *b));
            a.cmp(b)
        });
        assert_eq!(seen, [(9, 1), (5, 1), (5, 9)]);
    }
}
