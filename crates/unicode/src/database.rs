//! What the module `unicodedata` tells of code points, for the current version of Unicode and for 3.2.0, which
//! internationalized domain names need. Invariant: as for the other tables, answers are the reference's.

use crate::generated::{database as new, database_3_2 as old};

/// A version of the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Version {
    /// That of [`UNICODE_VERSION`](crate::UNICODE_VERSION).
    #[default]
    Current,
    /// 3.2.0
    Old,
}

/// The answer for the run that a code point is in.
fn in_run(runs: &[(u32, u8)], c: u32) -> u8 {
    let behind = runs.partition_point(|&(start, _)| start <= c);
    behind.checked_sub(1).and_then(|at| runs.get(at)).map_or(0, |&(_, answer)| answer)
}

fn kind(kinds: &[&'static str], runs: &[(u32, u8)], c: u32) -> &'static str {
    kinds.get(usize::from(in_run(runs, c))).copied().unwrap_or("")
}

fn single<T: Copy>(table: &[(u32, T)], c: u32) -> Option<T> {
    let at = table.binary_search_by_key(&c, |&(code, _)| code).ok()?;
    table.get(at).map(|&(_, value)| value)
}

/// The general category, as `Lu`.
pub fn category(version: Version, c: u32) -> &'static str {
    match version {
        Version::Current => kind(new::CATEGORY_KINDS, new::CATEGORY, c),
        Version::Old => kind(old::CATEGORY_KINDS, old::CATEGORY, c),
    }
}

/// Whether the version has the character.
pub fn is_assigned(version: Version, c: u32) -> bool {
    category(version, c) != "Cn"
}

/// The class of the bidirectional algorithm, as `AL`; empty if it has none.
pub fn bidirectional(version: Version, c: u32) -> &'static str {
    match version {
        Version::Current => kind(new::BIDIRECTIONAL_KINDS, new::BIDIRECTIONAL, c),
        Version::Old => kind(old::BIDIRECTIONAL_KINDS, old::BIDIRECTIONAL, c),
    }
}

/// The width in East Asian text, as `W`.
pub fn east_asian_width(version: Version, c: u32) -> &'static str {
    match version {
        Version::Current => kind(new::EAST_ASIAN_WIDTH_KINDS, new::EAST_ASIAN_WIDTH, c),
        Version::Old => kind(old::EAST_ASIAN_WIDTH_KINDS, old::EAST_ASIAN_WIDTH, c),
    }
}

/// The canonical combining class.
pub fn combining(version: Version, c: u32) -> u8 {
    match version {
        Version::Current => in_run(new::COMBINING, c),
        Version::Old => in_run(old::COMBINING, c),
    }
}

/// Whether the character is mirrored in text that runs from right to left.
pub fn is_mirrored(version: Version, c: u32) -> bool {
    match version {
        Version::Current => in_run(new::MIRRORED, c) != 0,
        Version::Old => in_run(old::MIRRORED, c) != 0,
    }
}

/// A value as numerator and denominator.
pub type Fraction = (f64, u32);

fn value(table: &[(u32, f64, u32)], c: u32) -> Option<Fraction> {
    let at = table.binary_search_by_key(&c, |&(code, _, _)| code).ok()?;
    table.get(at).map(|&(_, over, under)| (over, under))
}

/// The value of a decimal digit.
pub fn decimal(version: Version, c: u32) -> Option<i64> {
    let table = if version == Version::Current { new::DECIMAL_VALUES } else { old::DECIMAL_VALUES };
    value(table, c).map(|(over, _)| over as i64)
}

/// The value of a digit, as superscripts.
pub fn digit(version: Version, c: u32) -> Option<i64> {
    let table = if version == Version::Current { new::DIGIT_VALUES } else { old::DIGIT_VALUES };
    value(table, c).map(|(over, _)| over as i64)
}

/// The value of a number.
pub fn numeric(version: Version, c: u32) -> Option<Fraction> {
    value(if version == Version::Current { new::NUMERIC_VALUES } else { old::NUMERIC_VALUES }, c)
}

/// The decomposition: a tag in angle brackets if it is one of compatibility, then code points in hexadecimal; empty if
/// there is none.
pub fn decomposition(version: Version, c: u32) -> &'static str {
    let own = match version {
        Version::Old if !is_assigned(version, c) => return "",
        Version::Old => single(old::DECOMPOSITION, c),
        Version::Current => None,
    };
    own.or_else(|| single(new::DECOMPOSITION, c)).unwrap_or("")
}

/// The code point that a code point decomposed to before a corrigendum, in 3.2.0.
pub fn uncorrected(c: u32) -> Option<u32> {
    single(old::CORRECTIONS, c)
}
