//! Which items of a sequence moved: those outside a longest increasing subsequence, so that taking one item to another
//! place is one move and not a shift of all that stand between.

/// An item at another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    /// The item.
    pub item: usize,
    /// The item before it in the old order.
    pub old_after: Option<usize>,
    /// The item before it in the new order.
    pub new_after: Option<usize>,
}

/// The moves that make the new order from the old one. `new_order` holds each item's position in the old sequence, no
/// position twice; items come in the new order.
pub(super) fn moves(new_order: &[usize]) -> impl Iterator<Item = Moved> {
    let staying = longest_increasing(new_order);
    let mut old_order = new_order.to_vec();
    old_order.sort_unstable();
    let mut staying = staying.into_iter().peekable();
    new_order.iter().enumerate().filter_map(move |(place, &item)| {
        if staying.next_if_eq(&place).is_some() {
            return None;
        }
        let before =
            |order: &[usize], place: usize| place.checked_sub(1).and_then(|place| order.get(place).copied());
        let old_place = old_order.binary_search(&item).unwrap_or_default();
        Some(Moved { item, old_after: before(&old_order, old_place), new_after: before(new_order, place) })
    })
}

/// Places of a longest increasing subsequence, ascending (patience sorting, n log n).
fn longest_increasing(items: &[usize]) -> Vec<usize> {
    // `ends[n]`: the place of the least item that ends an increasing run of n + 1.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; items.len()];
    for (place, item) in items.iter().enumerate() {
        let length = ends.partition_point(|&end| items[end] < *item);
        if let Some(&end) = length.checked_sub(1).and_then(|length| ends.get(length)) {
            before[place] = end;
        }
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut places = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(place) = next {
        places.push(place);
        next = before.get(place).copied().filter(|&place| place != usize::MAX);
    }
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(new_order: &[usize]) -> Vec<(usize, Option<usize>, Option<usize>)> {
        moves(new_order).map(|moved| (moved.item, moved.old_after, moved.new_after)).collect()
    }

    #[test]
    fn the_same_order_has_no_moves() {
        assert_eq!(moved(&[0, 2, 5]), []);
        assert_eq!(moved(&[]), []);
    }

    #[test]
    fn one_item_taken_elsewhere_is_one_move() {
        assert_eq!(moved(&[4, 0, 1, 2, 3]), [(4, Some(3), None)]);
        assert_eq!(moved(&[1, 2, 3, 0]), [(0, None, Some(3))]);
    }

    #[test]
    fn a_reversed_order_keeps_one() {
        assert_eq!(moved(&[3, 2, 1, 0]).len(), 3);
    }
}
