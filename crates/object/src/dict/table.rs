//! The memory of a dict: one raw block with a header, the index table (1, 2, 4 or 8 bytes a place) and the
//! entries. Invariants: a number in the index table is below `filled`; places are a power of two, at most two
//! thirds of them have entries; entries below `filled` are initialised.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::heap::{Heap, Kind, MAX_SIZE};
use crate::thread::Thread;
use crate::types::layout::VisitProc;
use crate::value::Value;
use crate::word::Word;

/// A place that was never used.
pub(super) const EMPTY: i64 = -1;
/// A place whose entry is gone.
pub(super) const GONE: i64 = -2;
/// The fewest places.
pub(super) const LEAST: u32 = 3;

/// An entry; a hole if there is no key.
pub(super) struct Entry {
    pub(super) hash: Cell<i64>,
    pub(super) key: Cell<Option<Word>>,
    pub(super) value: Cell<Option<Word>>,
}

/// The header of the block.
#[repr(C)]
pub(super) struct Header {
    /// Binary logarithm of the number of places.
    log_size: u8,
    /// Binary logarithm of the bytes of a place.
    log_width: u8,
    /// Whether all keys are exact strings.
    pub(super) strings: Cell<bool>,
    /// Entries that may still be appended. It only falls, so that a place that was never used is left.
    usable: Cell<u32>,
    /// Entries that were used, holes among them.
    pub(super) filled: Cell<u32>,
    padding: u32,
}

const HEADER: usize = size_of::<Header>();
const _: () = assert!(HEADER == 16 && size_of::<Entry>() == 24);

/// The header and the one place of a dict without memory of its own.
#[repr(C)]
struct EmptyTable {
    header: Header,
    place: [i8; 8],
}

// SAFETY: never written: it has no room for entries.
unsafe impl Sync for EmptyTable {}

static EMPTY_TABLE: EmptyTable = EmptyTable {
    header: Header {
        log_size: 0,
        log_width: 0,
        strings: Cell::new(true),
        usable: Cell::new(0),
        filled: Cell::new(0),
        padding: 0,
    },
    place: [EMPTY as i8; 8],
};

/// A pointer to such a block; owns it unless it is the one of empty dicts.
#[repr(transparent)]
pub(super) struct Table {
    block: Cell<*const Header>,
}

/// Bytes of a block, and where its entries begin.
fn layout(log_size: u32) -> Option<(usize, usize, u32)> {
    if log_size > 40 {
        return None;
    }
    let places = 1_usize << log_size;
    let capacity = u32::try_from(places as u64 * 2 / 3).ok()?;
    let entries = HEADER + (places << log_width(log_size));
    let bytes = entries.checked_add((capacity as usize).checked_mul(size_of::<Entry>())?)?;
    (bytes <= MAX_SIZE).then_some((bytes, entries, capacity))
}

fn log_width(log_size: u32) -> u32 {
    match log_size {
        0..8 => 0,
        8..16 => 1,
        16..32 => 2,
        _ => 3,
    }
}

/// The binary logarithm of a power of two that is not below `places`.
pub(super) fn log_size_of(places: u64) -> u32 {
    (64 - (places.max(1) - 1).leading_zeros()).max(LEAST)
}

/// The same for as many places as so many keys need.
pub(super) fn log_size_for(keys: usize) -> u32 {
    log_size_of((keys as u64).saturating_mul(3).div_ceil(2))
}

impl Table {
    /// The table of an empty dict.
    pub(super) fn empty() -> Table {
        Table { block: Cell::new(&raw const EMPTY_TABLE.header) }
    }

    /// A table with `1 << log_size` places, without entries.
    pub(super) fn new(thread: &Thread, log_size: u32) -> Option<Table> {
        let (bytes, entries, capacity) = layout(log_size)?;
        let block = thread.heap().alloc(Kind::Raw, bytes)?;
        // SAFETY: the block is as long as asked for; all bits set is EMPTY in every width.
        unsafe {
            block.cast::<Header>().write(Header {
                log_size: log_size as u8,
                log_width: log_width(log_size) as u8,
                strings: Cell::new(true),
                usable: Cell::new(capacity),
                filled: Cell::new(0),
                padding: 0,
            });
            block.byte_add(HEADER).write_bytes(0xFF, entries - HEADER);
        }
        Some(Table { block: Cell::new(block.as_ptr().cast()) })
    }

    /// A table with the same entries, which are counted once more; none if there is no memory.
    pub(super) fn duplicate(&self, thread: &Thread) -> Option<Table> {
        let (bytes, entries, _) = layout(self.log_size())?;
        let filled = self.header().filled.get() as usize;
        let block = thread.heap().alloc(Kind::Raw, bytes)?;
        // SAFETY: the new block is as long as the old one, which is written up to its last entry.
        unsafe {
            let used = entries + filled * size_of::<Entry>();
            block.as_ptr().copy_from_nonoverlapping(self.block.get().cast(), used);
        }
        for number in 0..filled {
            // SAFETY: below `filled`; what a dict holds is alive.
            unsafe {
                let entry = self.entry_unchecked(number);
                for word in [entry.key.get(), entry.value.get()].into_iter().flatten() {
                    std::mem::forget(Value::from_borrowed(word));
                }
            }
        }
        Some(Table { block: Cell::new(block.as_ptr().cast()) })
    }

    pub(super) fn is_there(&self) -> bool {
        !self.block.get().is_null()
    }

    /// Puts another table in, and hands out what was there.
    pub(super) fn replace(&self, table: Table) -> Table {
        let new = std::mem::ManuallyDrop::new(table).block.get();
        Table { block: Cell::new(self.block.replace(new)) }
    }

    /// Which block it is: two states with different blocks are different.
    #[inline(always)]
    pub(super) fn header(&self) -> &Header {
        debug_assert!(self.is_there());
        // SAFETY: a table points to a live block; a derived dict is initialised before it is used.
        unsafe { &*self.block.get() }
    }

    #[inline(always)]
    pub(super) fn mask(&self) -> usize {
        (1 << self.header().log_size) - 1
    }

    #[inline(always)]
    pub(super) fn log_size(&self) -> u32 {
        self.header().log_size.into()
    }

    /// Whether an entry more has room.
    #[inline(always)]
    pub(super) fn has_room(&self) -> bool {
        self.header().usable.get() > 0
    }

    /// What stands at a place: the number of an entry, or EMPTY, or GONE.
    ///
    /// # Safety
    /// The place is at most the mask.
    #[inline(always)]
    pub(super) unsafe fn place(&self, at: usize) -> i64 {
        let header = self.header();
        // SAFETY: the index table follows the header; its width is in the header.
        unsafe {
            let places = self.block.get().byte_add(HEADER);
            match header.log_width {
                0 => i64::from(*places.cast::<i8>().add(at)),
                1 => i64::from(*places.cast::<i16>().add(at)),
                2 => i64::from(*places.cast::<i32>().add(at)),
                _ => *places.cast::<i64>().add(at),
            }
        }
    }

    /// Sets what stands at a place.
    ///
    /// # Safety
    /// The place is at most the mask, and the table has memory of its own.
    #[inline(always)]
    pub(super) unsafe fn set_place(&self, at: usize, to: i64) {
        // SAFETY: as in `place`.
        unsafe {
            let places = self.block.get().cast_mut().byte_add(HEADER);
            match self.header().log_width {
                0 => places.cast::<i8>().add(at).write(to as i8),
                1 => places.cast::<i16>().add(at).write(to as i16),
                2 => places.cast::<i32>().add(at).write(to as i32),
                _ => places.cast::<i64>().add(at).write(to),
            }
        }
    }

    #[inline(always)]
    fn entries(&self) -> *const Entry {
        let header = self.header();
        // eight places of one byte are the least; the table of empty dicts has no entries
        let table = 1_usize << (header.log_size + header.log_width);
        // SAFETY: the entries follow the index table.
        unsafe { self.block.get().byte_add(HEADER + table).cast() }
    }

    /// An entry below `filled`.
    #[inline(always)]
    pub(super) fn entry(&self, number: usize) -> Option<&Entry> {
        if number >= self.header().filled.get() as usize {
            return None;
        }
        // SAFETY: entries below `filled` are initialised.
        Some(unsafe { &*self.entries().add(number) })
    }

    /// An entry that the index table names.
    ///
    /// # Safety
    /// The number is below `filled`.
    #[inline(always)]
    pub(super) unsafe fn entry_unchecked(&self, number: usize) -> &Entry {
        // SAFETY: by contract.
        unsafe { &*self.entries().add(number) }
    }

    /// Appends an entry and names it at the first free place of its probe sequence.
    ///
    /// # Safety
    /// There is room, and the key is not there; the table takes over the words' references.
    #[inline]
    pub(super) unsafe fn append(&self, hash: i64, key: Word, value: Word) {
        let filled = self.header().filled.get();
        let mask = self.mask();
        let mut probe = Probe::new(hash, mask);
        // SAFETY: places stay within the mask; a table with room has an empty place.
        unsafe {
            while self.place(probe.at) >= 0 {
                probe.advance(mask);
            }
            self.set_place(probe.at, filled.into());
            self.entries().cast_mut().add(filled as usize).write(Entry {
                hash: Cell::new(hash),
                key: Cell::new(Some(key)),
                value: Cell::new(Some(value)),
            });
        }
        self.header().filled.set(filled + 1);
        self.header().usable.set(self.header().usable.get() - 1);
    }

    /// Visits keys and values.
    ///
    /// # Safety
    /// `visit` takes `arg`.
    pub(super) unsafe fn visit(&self, visit: VisitProc, arg: *mut c_void) -> i32 {
        if !self.is_there() {
            return 0;
        }
        let strings = self.header().strings.get();
        for number in 0..self.header().filled.get() as usize {
            let Some(entry) = self.entry(number) else { break };
            let words = [entry.key.get().filter(|_| !strings), entry.value.get()];
            // SAFETY: what a dict holds is alive.
            let stop = unsafe { crate::gc::visit::visit_words(&words, visit, arg) };
            if stop != 0 {
                return stop;
            }
        }
        0
    }

    fn bytes(&self) -> usize {
        layout(self.log_size()).map_or(0, |(bytes, _, _)| bytes)
    }
}

impl Drop for Table {
    /// Gives the memory back. Entries are not looked at: [`Contents`] releases them.
    fn drop(&mut self) {
        let block = self.block.get();
        if let Some(block) = NonNull::new(block.cast_mut())
            && !std::ptr::eq(block.as_ptr(), &raw const EMPTY_TABLE.header)
        {
            let bytes = self.bytes();
            // SAFETY: the table's own block, of this size.
            unsafe { Heap::free_anywhere(Kind::Raw, block.cast(), bytes) };
        }
    }
}

/// The sequence of places at which a hash is looked for: every place comes up.
pub(super) struct Probe {
    pub(super) at: usize,
    perturb: u64,
}

impl Probe {
    #[inline(always)]
    pub(super) fn new(hash: i64, mask: usize) -> Probe {
        Probe { at: hash as usize & mask, perturb: hash as u64 }
    }

    #[inline(always)]
    pub(super) fn advance(&mut self, mask: usize) {
        self.perturb >>= 5;
        self.at = (self.at.wrapping_mul(5).wrapping_add(self.perturb as usize).wrapping_add(1)) & mask;
    }
}

/// All that was in a dict, taken out; dropping it releases keys and values, which may run Python code.
#[must_use = "what was in the dict is released here, which may run Python code: say where"]
pub struct Contents {
    pub(super) table: Table,
}

impl Drop for Contents {
    fn drop(&mut self) {
        if !self.table.is_there() {
            return;
        }
        let mut number = 0;
        while let Some(entry) = self.table.entry(number) {
            for word in [entry.key.take(), entry.value.take()].into_iter().flatten() {
                // SAFETY: the table owned the reference; nobody else sees the table.
                drop(unsafe { Value::from_word(word) });
            }
            number += 1;
        }
    }
}
