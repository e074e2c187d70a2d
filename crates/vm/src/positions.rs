//! From instructions to places in the source.

use taipan_bytecode_format::Code;
use taipan_bytecode_format::tables::positions::{self, Location};

/// Where the instruction at a code unit stands in the source; none if it stands nowhere.
pub fn location_of(code: &Code, unit: u32) -> Option<Location> {
    let mut at = 0u32;
    for entry in positions::decode(&code.linetable, code.firstlineno) {
        let entry = entry.ok()?;
        at = at.saturating_add(entry.units);
        if unit < at {
            return entry.location;
        }
    }
    None
}

/// The line of the instruction at a code unit.
pub fn line_of(code: &Code, unit: u32) -> Option<i32> {
    location_of(code, unit).map(|location| location.line)
}
