//! Counts the code units of a position table without making its entries, which is what the verifier asks.
//! Invariant: the answer, errors included, is that of the entries.

use super::TableError;
use super::positions::{NO_COLUMN, NONE, decode};

/// What the first byte of an entry of a fixed size says.
#[derive(Clone, Copy)]
struct Fixed {
    /// Bytes of the entry; 0 if the first does not tell, or begins no entry.
    size: u8,
    units: u8,
    lines: u8,
}

static FIXED: [Fixed; 256] = {
    let mut table = [Fixed { size: 0, units: 0, lines: 0 }; 256];
    let mut byte = 0x80;
    while byte < 256 {
        let form = (byte >> 3 & 15) as u8;
        let (size, lines) = match form {
            0..10 => (2, 0),
            10..NO_COLUMN => (3, form - 10),
            NONE => (1, 0),
            _ => (0, 0),
        };
        table[byte] = Fixed { size, units: (byte & 7) as u8 + 1, lines };
        byte += 1;
    }
    table
};

/// The number of code units that a table covers, if it decodes.
///
/// # Errors
/// What [`decode`] says of it.
pub fn units(table: &[u8], firstlineno: i32) -> Result<u64, TableError> {
    let mut entries = decode(table, firstlineno);
    let (mut total, mut line) = (0, i64::from(firstlineno));
    while let Some(first) = table.get(entries.cursor.at) {
        // nearly all; lines only grow here, so it is enough to look at them afterwards
        let fixed = FIXED[usize::from(*first)];
        let next = entries.cursor.at + usize::from(fixed.size);
        if fixed.size > 0 && next <= table.len() {
            entries.cursor.at = next;
            total += u64::from(fixed.units);
            line += i64::from(fixed.lines);
            continue;
        }
        let Ok(known) = i32::try_from(line) else { break };
        entries.line = known;
        total += u64::from(entries.entry()?.units);
        line = entries.line.into();
    }
    if i32::try_from(line).is_ok() { Ok(total) } else { units_one_by_one(table, firstlineno) }
}

/// The same for a table whose lines overflow somewhere, which is refused.
#[cold]
fn units_one_by_one(table: &[u8], firstlineno: i32) -> Result<u64, TableError> {
    decode(table, firstlineno).try_fold(0, |total, entry| Ok(total + u64::from(entry?.units)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_table_has_the_units_that_its_entries_have() {
        let mut seed = 1u64;
        for round in 0..200_000 {
            let mut byte = || {
                seed = seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
                (seed >> 56) as u8
            };
            let starts = |at: u8| u8::from(at.is_multiple_of(3)) << 7;
            let table: Vec<u8> = (0..byte() % 12).map(|at| byte() & byte() | starts(at)).collect();
            let line = if round % 2 == 0 { i32::MAX - 3 } else { 1 };
            let entries = decode(&table, line).try_fold(0, |sum, entry| Ok(sum + u64::from(entry?.units)));
            assert_eq!(units(&table, line), entries, "{table:?}");
        }
    }
}
