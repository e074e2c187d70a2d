//! The tables of encodings without a state, read when they are first needed. A table is text, a line each:
//!
//! ```text
//! base NAME [shifted]     what is not said here is as in another table, in the form of Shift JIS
//! a1a1 …                  what code points the codes from this one on stand for
//! -a1a1..a1a5             codes that stand for nothing
//! a4f7=304b+309a          a code that stands for two code points
//! >00a5 5c                a code point that is written otherwise than it is read, or not at all (-)
//! >00a5 =                 one that is written as it is read, although the other table says otherwise
//! ~0080 00a3 0            code points that are written with four bytes, and the number of the first
//! ```
//!
//! Invariants: a code is one byte, two, or three of which the first is 8F; the first of several codes of a code point is
//! the one that is written.

use std::collections::HashMap;
use std::sync::OnceLock;

macro_rules! names {
    ($($variant:ident $text:literal;)*) => {
        /// An encoding without a state.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Name { $($variant),* }

        const ALL: [(Name, &str, &str); { [$($text),*].len() }] = [
            $((Name::$variant, $text, include_str!(concat!("tables/", $text, ".txt")))),*
        ];
    };
}

names! {
    Big5 "big5";
    Big5Hkscs "big5hkscs";
    Cp932 "cp932";
    Cp949 "cp949";
    Cp950 "cp950";
    EucJis2004 "euc_jis_2004";
    EucJisx0213 "euc_jisx0213";
    EucJp "euc_jp";
    EucKr "euc_kr";
    Gb18030 "gb18030";
    Gb2312 "gb2312";
    Gbk "gbk";
    Johab "johab";
    ShiftJis "shift_jis";
    ShiftJis2004 "shift_jis_2004";
    ShiftJisx0213 "shift_jisx0213";
}

static TABLES: [OnceLock<Table>; ALL.len()] = [const { OnceLock::new() }; ALL.len()];

impl Name {
    pub(crate) fn named(text: &str) -> Option<Name> {
        ALL.iter().find(|(_, known, _)| *known == text).map(|(name, ..)| *name)
    }

    pub(crate) fn text(self) -> &'static str {
        ALL.get(self as usize).map_or("", |(_, text, _)| text)
    }

    pub(crate) fn table(self) -> &'static Table {
        static NONE: OnceLock<Table> = OnceLock::new();
        let source = ALL.get(self as usize).map_or("", |(.., source)| source);
        let place = TABLES.get(self as usize).unwrap_or(&NONE);
        place.get_or_init(|| Table::read(source))
    }
}

/// What a code stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Meaning {
    One(u32),
    Two(u32, u32),
}

/// Code points that are written with four bytes: the first, the last, the number of the first.
type Range = (u32, u32, u32);

/// A table.
#[derive(Default)]
pub(crate) struct Table {
    meanings: HashMap<u32, Meaning>,
    codes: HashMap<u32, u32>,
    /// By both code points.
    pairs: HashMap<(u32, u32), u32>,
    /// Code points that begin a pair.
    begins: Vec<u32>,
    /// Code points that are written otherwise than they are read, or not at all.
    otherwise: HashMap<u32, Option<u32>>,
    /// Codes that another table has and this one has not.
    removed: Vec<u32>,
    ranges: Vec<Range>,
}

fn number(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

impl Table {
    fn read(source: &str) -> Table {
        let mut table = Table::default();
        for line in source.lines() {
            table.line(line);
        }
        table.invert();
        table
    }

    /// Adds what a line says; none if it says nothing.
    fn line(&mut self, line: &str) -> Option<()> {
        if let Some(rest) = line.strip_prefix("base ") {
            let (name, shifted) = rest.split_once(' ').map_or((rest, false), |(name, _)| (name, true));
            self.begin_as(Name::named(name)?.table(), shifted);
        } else if let Some(rest) = line.strip_prefix('-') {
            let (first, last) = rest.split_once("..").unwrap_or((rest, rest));
            for code in number(first)?..=number(last)? {
                self.meanings.remove(&code);
                self.removed.push(code);
            }
        } else if let Some(rest) = line.strip_prefix('>') {
            let (c, code) = rest.split_once(' ')?;
            match code {
                "=" => drop(self.otherwise.remove(&number(c)?)),
                _ => drop(self.otherwise.insert(number(c)?, number(code))),
            }
        } else if let Some(rest) = line.strip_prefix('~') {
            let mut parts = rest.split(' ');
            let (first, last) = (number(parts.next()?)?, number(parts.next()?)?);
            self.ranges.push((first, last, parts.next()?.parse().ok()?));
        } else if let Some((code, pair)) = line.split_once('=').filter(|(code, _)| number(code).is_some()) {
            let (one, two) = pair.split_once('+')?;
            self.meanings.insert(number(code)?, Meaning::Two(number(one)?, number(two)?));
        } else {
            let (code, text) = line.split_once(' ')?;
            for (code, c) in (number(code)?..).zip(text.chars()) {
                self.meanings.insert(code, Meaning::One(u32::from(c)));
            }
        }
        Some(())
    }

    fn begin_as(&mut self, base: &Table, is_shifted: bool) {
        if is_shifted {
            let shifted = base.meanings.iter().filter_map(|(code, meaning)| Some((shift(*code)?, *meaning)));
            self.meanings = shifted.collect();
        } else {
            self.meanings.clone_from(&base.meanings);
            self.otherwise.clone_from(&base.otherwise);
        }
    }

    fn invert(&mut self) {
        let mut all: Vec<(u32, Meaning)> =
            self.meanings.iter().map(|(code, meaning)| (*code, *meaning)).collect();
        all.sort_unstable_by_key(|(code, _)| *code);
        for (code, meaning) in all {
            match meaning {
                Meaning::One(c) => drop(self.codes.entry(c).or_insert(code)),
                Meaning::Two(one, two) => {
                    self.pairs.insert((one, two), code);
                    self.begins.push(one);
                }
            }
        }
        for (c, code) in &self.otherwise {
            match code {
                Some(code) => drop(self.codes.insert(*c, *code)),
                None => drop(self.codes.remove(c)),
            }
        }
    }

    /// What a code stands for.
    pub(crate) fn meaning(&self, code: u32) -> Option<Meaning> {
        self.meanings.get(&code).copied()
    }

    /// The code of a code point that is written otherwise than ASCII is.
    pub(crate) fn code(&self, c: u32) -> Option<u32> {
        match self.codes.get(&c) {
            Some(code) => Some(*code),
            None if c < 0x80 && !self.meanings.contains_key(&c) && !self.otherwise.contains_key(&c) => {
                Some(c)
            }
            None => None,
        }
    }

    /// Whether a code point may be one with the next.
    pub(crate) fn begins_pair(&self, c: u32) -> bool {
        self.begins.contains(&c)
    }

    /// The code of two code points.
    pub(crate) fn pair(&self, one: u32, two: u32) -> Option<u32> {
        self.pairs.get(&(one, two)).copied()
    }

    /// Whether another table has the code.
    pub(crate) fn is_removed(&self, code: u32) -> bool {
        self.removed.contains(&code)
    }

    /// The number of a code point that is written with four bytes.
    pub(crate) fn number_of(&self, c: u32) -> Option<u32> {
        let range = self.ranges.iter().find(|(first, last, _)| (*first..=*last).contains(&c));
        range.map(|(first, _, start)| start + (c - first))
    }

    /// The code point of a number.
    pub(crate) fn numbered(&self, number: u32) -> Option<u32> {
        let within = |(first, last, start): &&Range| number >= *start && number - *start <= *last - *first;
        self.ranges.iter().find(within).map(|(first, _, start)| first + (number - start))
    }
}

/// A code of EUC for Japanese in the form of Shift JIS; none if it has none.
fn shift(code: u32) -> Option<u32> {
    let second_plane = [0, 7, 2, 3, 4, 11, 12, 13, 14];
    match code {
        0..=0xff => return Some(code),
        0x8e00..=0x8eff => return Some(code & 0xff),
        _ => {}
    }
    let (row, cell) = ((code >> 8 & 0xff).checked_sub(0xa1)?, (code & 0xff).checked_sub(0xa1)?);
    let row = match code > 0xffff {
        false => row,
        // the rows of the second plane stand behind those of the first
        true if row >= 77 => 94 + 9 + row - 77,
        true => 94 + second_plane.iter().position(|known| *known == row)? as u32,
    };
    let lead = row / 2 + if row / 2 + 0x81 >= 0xa0 { 0xc1 } else { 0x81 };
    let second = match row % 2 {
        0 if cell >= 0x3f => cell + 0x41,
        0 => cell + 0x40,
        _ => cell + 0x9f,
    };
    Some(lead << 8 | second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_says_something() {
        for (_, name, source) in ALL {
            let mut table = Table::default();
            for line in source.lines() {
                assert!(table.line(line).is_some(), "{name}: {line}");
            }
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for (name, text, _) in ALL {
            let table = name.table();
            for (c, code) in &table.codes {
                let is_single = *code < 0x80 && table.meaning(*code).is_none();
                let is_otherwise = table.otherwise.contains_key(c);
                let reads_back = table.meaning(*code) == Some(Meaning::One(*c));
                assert!(reads_back || is_single || is_otherwise, "{text}: {c:x} {code:x}");
            }
        }
    }

    #[test]
    fn four_bytes_and_numbers_are_each_other() {
        let table = Name::Gb18030.table();
        for c in 0x80..0x1_0000 {
            if let Some(number) = table.number_of(c) {
                assert_eq!(table.numbered(number), Some(c));
            }
        }
    }
}
