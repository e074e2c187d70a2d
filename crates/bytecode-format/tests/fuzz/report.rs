//! What a fuzz test did: how many inputs, how fast, and what became of them.

use std::collections::BTreeMap;
use std::time::Instant;

/// The counts of one thread or of all.
pub struct Report {
    start: Instant,
    outcomes: BTreeMap<String, u64>,
}

impl Default for Report {
    fn default() -> Self {
        Report { start: Instant::now(), outcomes: BTreeMap::new() }
    }
}

impl Report {
    /// Counts an input by what became of it.
    pub fn add(&mut self, outcome: &str) {
        match self.outcomes.get_mut(outcome) {
            Some(count) => *count += 1,
            None => drop(self.outcomes.insert(outcome.to_owned(), 1)),
        }
    }

    pub fn join(&mut self, other: Report) {
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
    }

    /// The inputs whose outcome begins so.
    pub fn count(&self, outcome: &str) -> u64 {
        self.outcomes.iter().filter(|(name, _)| name.starts_with(outcome)).map(|(_, count)| count).sum()
    }

    /// Which part of all inputs that is.
    pub fn share(&self, outcome: &str) -> f64 {
        self.count(outcome) as f64 / self.count("").max(1) as f64
    }

    /// Prints it.
    pub fn print(&self, what: &str) {
        let (total, seconds) = (self.count(""), self.start.elapsed().as_secs_f64());
        println!("{what}: {total} inputs in {seconds:.1} s, {:.0} a second", total as f64 / seconds);
        let mut outcomes: Vec<_> = self.outcomes.iter().collect();
        outcomes.sort_by(|a, b| b.1.cmp(a.1));
        for (outcome, count) in outcomes {
            println!("  {count:9} {outcome}");
        }
    }
}

/// The number of inputs to try: what `cargo xtask fuzz` says, or what fits an ordinary test run.
pub fn rounds(ordinary: u64) -> u64 {
    std::env::var("TAIPAN_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}

/// Tries the inputs of these numbers, in two threads; stops at the first error.
pub fn in_threads(rounds: u64, work: impl Fn(u64, &mut Report) -> Result<(), String> + Sync) -> Report {
    const THREADS: u64 = 2;
    let mut whole = Report::default();
    let one = |first: u64| {
        let mut report = Report::default();
        for round in (first..rounds).step_by(THREADS as usize) {
            if let Err(error) = work(round, &mut report) {
                panic!("round {round}: {error}");
            }
        }
        report
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || one(first))).collect();
        for thread in threads {
            match thread.join() {
                Ok(report) => whole.join(report),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    whole
}
