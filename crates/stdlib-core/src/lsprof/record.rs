//! What a profiler writes down: how often each function was called, how long it took, and who called it. Invariant: a
//! call that runs refers to entries by their numbers, which stay until all is forgotten.

use std::collections::HashMap;

use taipan_object::Value;

/// What is known of a function, or of a function as one that another calls.
#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    /// Calls, and how many of them were made while the function ran already.
    pub(super) calls: i64,
    pub(super) recursive: i64,
    /// How many run.
    level: i64,
    /// Time of all calls, and of it what was not spent in others.
    pub(super) total: i64,
    pub(super) inline: i64,
}

impl Sums {
    fn end(&mut self, total: i64, inline: i64) {
        self.level -= 1;
        match self.level {
            0 => self.total += total,
            _ => self.recursive += 1,
        }
        self.inline += inline;
        self.calls += 1;
    }
}

/// A function.
pub(super) struct Entry {
    /// Its code object, or what a built-in function looks like.
    pub(super) shown: Value,
    pub(super) sums: Sums,
    /// What it calls, in the order of the first calls.
    pub(super) callees: Vec<(usize, Sums)>,
    /// Where a function stands there.
    places: HashMap<usize, usize>,
}

impl Entry {
    fn callee(&mut self, entry: usize) -> &mut Sums {
        let next = self.callees.len();
        let place = *self.places.entry(entry).or_insert(next);
        if place == next {
            self.callees.push((entry, Sums::default()));
        }
        match self.callees.get_mut(place) {
            Some((_, sums)) => sums,
            None => unreachable!("every place is of one that there is"),
        }
    }
}

/// A call that runs.
struct Call {
    entry: usize,
    begin: i64,
    /// Time spent in the functions that it called.
    within: i64,
    /// Whether the caller is told of it.
    counts: bool,
}

/// All that was written down.
#[derive(Default)]
pub(super) struct Record {
    pub(super) entries: Vec<Entry>,
    /// The number of each function's entry, by what the function is known by.
    numbers: HashMap<usize, usize>,
    running: Vec<Call>,
}

impl Record {
    /// Whether a function has an entry.
    pub(super) fn knows(&self, key: usize) -> bool {
        self.numbers.contains_key(&key)
    }

    /// Gives a function an entry.
    pub(super) fn add(&mut self, key: usize, shown: Value) {
        let (sums, callees, places) = (Sums::default(), Vec::new(), HashMap::new());
        self.numbers.insert(key, self.entries.len());
        self.entries.push(Entry { shown, sums, callees, places });
    }

    /// A call of a function that has an entry begins. Its caller is told if `counts`.
    pub(super) fn begin(&mut self, key: usize, counts: bool) {
        let Some(&entry) = self.numbers.get(&key) else { return };
        if let Some(own) = self.entries.get_mut(entry) {
            own.sums.level += 1;
        }
        let caller = self.running.last().map(|call| call.entry).filter(|_| counts);
        if let Some(caller) = caller.and_then(|caller| self.entries.get_mut(caller)) {
            caller.callee(entry).level += 1;
        }
        self.running.push(Call { entry, begin: 0, within: 0, counts });
    }

    /// Says when the call began that began last.
    pub(super) fn begun(&mut self, now: i64) {
        if let Some(call) = self.running.last_mut() {
            call.begin = now;
        }
    }

    /// The innermost call ends, which is one of this function; unless it has no entry.
    pub(super) fn end(&mut self, key: usize, now: i64) {
        let Some(call) = self.running.pop() else { return };
        if let Some(&entry) = self.numbers.get(&key) {
            self.close(&call, entry, now);
        }
    }

    /// The innermost call ends, whatever function it is of.
    pub(super) fn end_last(&mut self, now: i64) {
        if let Some(call) = self.running.pop() {
            self.close(&call, call.entry, now);
        }
    }

    fn close(&mut self, call: &Call, entry: usize, now: i64) {
        let total = now - call.begin;
        let inline = total - call.within;
        if let Some(own) = self.entries.get_mut(entry) {
            own.sums.end(total, inline);
        }
        let Some(caller) = self.running.last_mut() else { return };
        caller.within += total;
        if call.counts
            && let Some(caller) = self.entries.get_mut(caller.entry)
        {
            caller.callee(entry).end(total, inline);
        }
    }

    /// Whether a call runs.
    pub(super) fn is_running(&self) -> bool {
        !self.running.is_empty()
    }
}
