//! The order of items by a comparison that may be dear and may fail: a stable merge sort of the runs that are there
//! already, after "Nearly-Optimal Mergesorts" (Munro and Wild, 2018) for which runs are merged when, and after
//! "Optimistic Sorting and Information Theoretic Complexity" (McIlroy, 1993) for merging by leaps.
//!
//! Items are numbers that stand for something else, so what a failed comparison leaves behind is of no account.

use taipan_object::PyResult;

/// Whether the first item comes before the second one.
pub(super) trait Before: Fn(u32, u32) -> PyResult<bool> {}

impl<F: Fn(u32, u32) -> PyResult<bool>> Before for F {}

/// So many items in a row from one side make a merge leap.
const LEAST_LEAP: usize = 7;

/// Runs of fewer items are made longer by insertion; half of it at least.
const SHORT: usize = 64;

/// A run: where it begins, its length, and how deep its border to the next one stands in the tree of merges.
struct Run {
    start: usize,
    len: usize,
    depth: u32,
}

/// Sorts; items of which none comes before the other keep their order.
///
/// # Errors
/// Those of the comparison; then the order is of no meaning.
pub(super) fn sort(items: &mut [u32], before: &impl Before) -> PyResult<()> {
    let total = items.len();
    let least = least_run(total);
    let mut runs = Vec::<Run>::new();
    let mut merge = Merge { aside: Vec::new(), leap: LEAST_LEAP };
    let mut start = 0;
    while start < total {
        let rest = &mut items[start..];
        let found = run_at(rest, before)?;
        let len = found.max(least.min(rest.len()));
        insert(&mut rest[..len], found, before)?;
        if let Some(last) = runs.last_mut() {
            last.depth = depth(last, len, total);
            let depth = last.depth;
            while let [.., a, b] = &runs[..]
                && a.depth > depth
            {
                let (start, middle, len) = (a.start, a.len, a.len + b.len);
                merge.merge(&mut items[start..start + len], middle, before)?;
                runs.pop();
                if let Some(merged) = runs.last_mut() {
                    (merged.len, merged.depth) = (len, depth);
                }
            }
        }
        runs.push(Run { start, len, depth: 0 });
        start += len;
    }
    while let Some(last) = runs.pop()
        && let Some(before_it) = runs.last_mut()
    {
        let middle = before_it.len;
        before_it.len += last.len;
        merge.merge(&mut items[before_it.start..last.start + last.len], middle, before)?;
    }
    Ok(())
}

/// A length of runs so that their number is a power of two or little less.
fn least_run(mut total: usize) -> usize {
    let mut odd = 0;
    while total >= SHORT {
        odd |= total & 1;
        total >>= 1;
    }
    total + odd
}

/// How deep the border between a run and the one of a length behind it stands: the first binary digit in which the
/// middles of both, as fractions of the whole, differ.
fn depth(run: &Run, next: usize, total: usize) -> u32 {
    let (mut a, mut b) = (2 * run.start + run.len, 2 * run.start + 2 * run.len + next);
    let mut depth = 1;
    loop {
        if a >= total {
            a -= total;
            b -= total;
        } else if b >= total {
            return depth;
        }
        a <<= 1;
        b <<= 1;
        depth += 1;
    }
}

/// The length of the run that the items begin with; one that goes down is turned round.
fn run_at(items: &mut [u32], before: &impl Before) -> PyResult<usize> {
    if items.len() < 2 {
        return Ok(items.len());
    }
    let goes_down = before(items[1], items[0])?;
    let mut len = 2;
    while len < items.len() && before(items[len], items[len - 1])? == goes_down {
        len += 1;
    }
    if goes_down {
        items[..len].reverse();
    }
    Ok(len)
}

/// Sorts by insertion, the first `sorted` of which are; the place of each is found by halving.
fn insert(items: &mut [u32], sorted: usize, before: &impl Before) -> PyResult<()> {
    for end in sorted..items.len() {
        let item = items[end];
        let (mut low, mut high) = (0, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if before(item, items[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        items.copy_within(low..end, low + 1);
        items[low] = item;
    }
    Ok(())
}

/// How many of the first `len` places a test holds for, which holds for none behind the first one that it does not
/// hold for: found in leaps that double.
fn leap(len: usize, holds: impl Fn(usize) -> PyResult<bool>) -> PyResult<usize> {
    let (mut low, mut step) = (0, 1);
    while low + step <= len && holds(low + step - 1)? {
        low += step;
        step *= 2;
    }
    let mut high = (low + step - 1).min(len);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Merges; what it holds is room to work in, and what was learnt about leaps.
struct Merge {
    aside: Vec<u32>,
    leap: usize,
}

impl Merge {
    /// Merges two runs, the second of which begins at `middle`.
    fn merge(&mut self, items: &mut [u32], middle: usize, before: &impl Before) -> PyResult<()> {
        let (left, right) = items.split_at(middle);
        let (Some(&last), Some(&first)) = (left.last(), right.first()) else { return Ok(()) };
        // what stands in its place already
        let skipped = leap(left.len(), |at| before(first, left[at]).map(|is| !is))?;
        let kept = leap(right.len(), |at| before(right[right.len() - 1 - at], last).map(|is| !is))?;
        let end = items.len() - kept;
        if skipped < middle {
            self.merge_rest(&mut items[skipped..end], middle - skipped, before)?;
        }
        Ok(())
    }

    /// The rest of it: the first item of the right side is the first of all, the last of the left side the last.
    fn merge_rest(&mut self, items: &mut [u32], middle: usize, before: &impl Before) -> PyResult<()> {
        self.aside.clear();
        self.aside.extend_from_slice(&items[..middle]);
        let mut sides = Sides { items, left: &self.aside, taken: 0, right: middle };
        while !sides.is_done() {
            sides.step(self.leap, before)?;
            if !sides.is_done() {
                self.leap = sides.leap(self.leap, before)?;
            }
        }
        sides.take_left(sides.left.len() - sides.taken);
        Ok(())
    }
}

/// Two sides in the middle of a merge. What was taken stands at the beginning of the items, behind it is room for
/// what is left of the left side, then what is left of the right one.
struct Sides<'a> {
    items: &'a mut [u32],
    /// The whole left side.
    left: &'a [u32],
    /// How many of the left side were taken.
    taken: usize,
    /// Where what is left of the right side begins.
    right: usize,
}

impl Sides<'_> {
    fn is_done(&self) -> bool {
        self.taken == self.left.len() || self.right == self.items.len()
    }

    fn next_place(&self) -> usize {
        self.right - (self.left.len() - self.taken)
    }

    fn take_left(&mut self, count: usize) {
        let (to, from) = (self.next_place(), self.taken);
        self.items[to..to + count].copy_from_slice(&self.left[from..from + count]);
        self.taken += count;
    }

    fn take_right(&mut self, count: usize) {
        self.items.copy_within(self.right..self.right + count, self.next_place());
        self.right += count;
    }

    /// Takes one by one until `in_a_row` came from one side.
    fn step(&mut self, in_a_row: usize, before: &impl Before) -> PyResult<()> {
        let (mut lefts, mut rights) = (0, 0);
        while lefts < in_a_row && rights < in_a_row && !self.is_done() {
            if before(self.items[self.right], self.left[self.taken])? {
                self.take_right(1);
                (lefts, rights) = (0, rights + 1);
            } else {
                self.take_left(1);
                (lefts, rights) = (lefts + 1, 0);
            }
        }
        Ok(())
    }

    /// Takes in leaps as long as they are worth it; returns what is to be in a row before the next time: less, the
    /// longer it went well.
    fn leap(&mut self, mut in_a_row: usize, before: &impl Before) -> PyResult<usize> {
        loop {
            let (first, left) = (self.items[self.right], &self.left[self.taken..]);
            let lefts = leap(left.len(), |at| before(first, left[at]).map(|is| !is))?;
            self.take_left(lefts);
            if self.is_done() {
                break;
            }
            self.take_right(1);
            if self.is_done() {
                break;
            }
            let (first, right) = (self.left[self.taken], &self.items[self.right..]);
            let rights = leap(right.len(), |at| before(right[at], first))?;
            self.take_right(rights);
            if self.is_done() {
                break;
            }
            self.take_left(1);
            if self.is_done() {
                break;
            }
            if lefts < LEAST_LEAP && rights < LEAST_LEAP {
                return Ok(in_a_row + 1);
            }
            in_a_row = in_a_row.saturating_sub(1).max(1);
        }
        Ok(in_a_row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Sorts the places of keys; gives the keys in order and the number of comparisons.
    fn sorted(keys: &[u32]) -> (Vec<(u32, u32)>, usize) {
        let count = Cell::new(0);
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        let before = |a: u32, b: u32| {
            count.set(count.get() + 1);
            Ok(keys[a as usize] < keys[b as usize])
        };
        assert!(sort(&mut order, &before).is_ok());
        (order.into_iter().map(|at| (keys[at as usize], at)).collect(), count.get())
    }

    /// Numbers below a bound that look like chance.
    fn numbers(len: usize, below: u32, mut seed: u32) -> Vec<u32> {
        let next = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        (0..len).map(next).collect()
    }

    #[test]
    fn the_order_is_that_of_a_stable_sort() {
        for len in (0..200).chain([1000, 4097, 20_000]) {
            for below in [1, 2, 10, 1 << 20] {
                let keys = numbers(len, below, len as u32 + below);
                let mut expected: Vec<(u32, u32)> = keys.iter().copied().zip(0..).collect();
                expected.sort();
                assert_eq!(sorted(&keys).0, expected, "{len} below {below}");
            }
        }
    }

    #[test]
    fn what_is_in_order_already_takes_a_comparison_each() {
        let up: Vec<u32> = (0..1000).collect();
        let down: Vec<u32> = (0..1000).rev().collect();
        for keys in [&up, &down] {
            let (order, comparisons) = sorted(keys);
            assert!(order.is_sorted());
            assert_eq!(comparisons, 999);
        }
    }

    #[test]
    fn runs_that_lie_apart_are_merged_in_leaps() {
        // two runs, each of which has hundreds in a row
        let keys: Vec<u32> = (0..2000).map(|at| if at < 1000 { at + 1000 } else { at - 1000 }).collect();
        let (order, comparisons) = sorted(&keys);
        assert!(order.is_sorted());
        assert!(comparisons < 2100, "{comparisons}");
        let blocks: Vec<u32> = (0..500).flat_map(|run| (0..200).map(move |at| at * 500 + run)).collect();
        let (order, comparisons) = sorted(&blocks);
        assert!(order.is_sorted());
        assert!(comparisons < 1_200_000, "{comparisons}");
    }

    #[test]
    fn chance_takes_little_more_than_it_must() {
        let (_, comparisons) = sorted(&numbers(1 << 14, u32::MAX, 7));
        // log2(16384!) is 205,740
        assert!(comparisons < 212_000, "{comparisons}");
    }
}
