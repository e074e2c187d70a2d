//! The pure-Python part of the standard library: CPython 3.14's modules, compiled and verified when this crate is
//! built, with their sources.
//!
//! [`find`] finds a module, [`Entry::code`] gives its code; each code object is decoded when it is first needed. The file names in the code are
//! those of frozen modules, as `<frozen os>`. Which modules there are is decided in `build/tree.rs`. Invariant: the
//! archive's code was verified; who runs it verifies it once more, code object by code object, when it is
//! translated.
#![forbid(unsafe_code)]

mod layout;

use layout::{MAGIC, PACKAGE, RECORD};
use taipan_artifact::ReadError;
use taipan_bytecode_format::{CodeRef, artifact};

static ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.archive"));

/// The names of the modules that are in no package.
pub static NAMES: &[&str] = include!(concat!(env!("OUT_DIR"), "/names.rs"));

/// Where the library's sources stood as files, in `lib/python3.14`, when this crate was built: they are there as long
/// as the build is.
pub const BUILT: &str = env!("OUT_DIR");

/// A module of the archive.
#[derive(Clone, Copy)]
pub struct Entry {
    record: &'static [u8],
}

impl Entry {
    /// The part of a number: 0 is the name, 1 the file, 2 the code, 3 the source, 4 the index.
    fn part(self, index: usize) -> &'static [u8] {
        let start = number(self.record, index * 8) as usize;
        let length = number(self.record, index * 8 + 4) as usize;
        ARCHIVE.get(start..start + length).unwrap_or_default()
    }

    /// Its full name.
    pub fn name(self) -> &'static str {
        text(self.part(0))
    }

    /// Its file, relative to the library's folder, with `/`.
    pub fn file(self) -> &'static str {
        text(self.part(1))
    }

    /// Its code, as an artifact.
    pub fn code_bytes(self) -> &'static [u8] {
        self.part(2)
    }

    /// Its source; the encoding is what the source says.
    pub fn source(self) -> &'static [u8] {
        self.part(3)
    }

    /// Where in its code each code object stands, for [`artifact::stored_code`].
    pub fn index(self) -> &'static [u8] {
        self.part(4)
    }

    /// Whether it is a package.
    pub fn is_package(self) -> bool {
        number(self.record, 40) & PACKAGE != 0
    }

    /// Its code, of which nothing is decoded yet.
    ///
    /// # Errors
    /// Only if the archive is damaged.
    pub fn code(self) -> Result<CodeRef, ReadError> {
        artifact::stored_code(self.code_bytes(), self.index(), None)
    }
}

fn text(bytes: &'static [u8]) -> &'static str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// The records.
fn records() -> &'static [u8] {
    let Some(rest) = ARCHIVE.strip_prefix(&MAGIC) else { return &[] };
    let length = number(rest, 0) as usize * RECORD;
    rest.get(4..4 + length).unwrap_or_default()
}

fn entry(at: usize) -> Option<Entry> {
    records().get(at * RECORD..(at + 1) * RECORD).map(|record| Entry { record })
}

/// The number of modules.
pub fn len() -> usize {
    records().len() / RECORD
}

/// All modules, sorted by name.
pub fn entries() -> impl Iterator<Item = Entry> {
    (0..len()).filter_map(entry)
}

/// The module of a name.
pub fn find(name: &str) -> Option<Entry> {
    let (mut low, mut high) = (0, len());
    while low < high {
        let middle = (low + high) / 2;
        let found = entry(middle)?;
        match found.name().cmp(name) {
            std::cmp::Ordering::Equal => return Some(found),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

/// The module of a file, which is named relative to the library's folder, with `/`.
pub fn find_file(file: &str) -> Option<Entry> {
    let stem = file.strip_suffix(".py")?;
    let name = stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".");
    find(&name).filter(|entry| entry.file() == file)
}

#[cfg(test)]
mod tests;
