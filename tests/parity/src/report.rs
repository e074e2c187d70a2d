//! Counts what is equal and lists what is not.

use std::fs::File;
use std::io::{self, BufWriter, Write};

/// The outcome of one comparison.
pub struct Report {
    name: &'static str,
    equal: usize,
    all: usize,
    show: usize,
    shown: usize,
    out: Option<BufWriter<File>>,
}

impl Report {
    /// Nothing compared yet. Differences go to standard output, up to `show` of them, and all of them
    /// to `out`.
    pub fn new(name: &'static str, show: usize, out: Option<&std::path::Path>) -> io::Result<Report> {
        let out = out.map(File::create).transpose()?.map(BufWriter::new);
        Ok(Report { name, equal: 0, all: 0, show, shown: 0, out })
    }

    /// Whether the next difference is shown.
    pub fn shows_more(&self) -> bool {
        self.shown < self.show
    }

    /// One that is equal.
    pub fn equal(&mut self) {
        self.equal += 1;
        self.all += 1;
    }

    /// One that is not.
    pub fn differs(&mut self, what: &str) -> io::Result<()> {
        self.all += 1;
        self.note(what)
    }

    /// Something to look at that is not counted.
    pub fn note(&mut self, what: &str) -> io::Result<()> {
        if self.shown < self.show {
            self.shown += 1;
            println!("{what}");
        }
        match &mut self.out {
            Some(out) => writeln!(out, "{what}"),
            None => Ok(()),
        }
    }

    /// Prints the counts; true if all are equal, of which there must be some.
    pub fn finish(mut self) -> io::Result<bool> {
        if let Some(out) = &mut self.out {
            out.flush()?;
        }
        println!("{}: equal {} of {}", self.name, self.equal, self.all);
        Ok(self.equal == self.all && self.all > 0)
    }
}
