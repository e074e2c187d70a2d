//! Making strings. Invariant: a string that leaves this file is complete: narrowest kind, NUL, no hash.

use std::cell::Cell;
use std::ptr::NonNull;

use super::{
    Chars, Kind, PyASCIIObject, PyCompactUnicodeObject, PyStr, PyUnicodeObject, STR, state, statics,
};
use crate::error::PyResult;
use crate::heap::{Heap, Kind as HeapKind, MAX_SIZE};
use crate::thread::Thread;
use crate::types::lifecycle;
use crate::value::{Owned, Value};

/// A character of one of the kinds.
pub(crate) trait Char: Copy + Ord {
    /// The kind that it is of.
    const KIND: Kind;
    /// The code point.
    fn code(self) -> u32;
    /// The lowest bits of a code point.
    fn truncate(code_point: u32) -> Self;
    /// Characters of this kind.
    fn as_chars(chars: &[Self]) -> Chars<'_>;
}

impl Char for u8 {
    const KIND: Kind = Kind::One;
    #[inline(always)]
    fn code(self) -> u32 {
        self.into()
    }
    #[inline(always)]
    fn truncate(code_point: u32) -> u8 {
        code_point as u8
    }
    #[inline(always)]
    fn as_chars(chars: &[u8]) -> Chars<'_> {
        Chars::One(chars)
    }
}

impl Char for u16 {
    const KIND: Kind = Kind::Two;
    #[inline(always)]
    fn code(self) -> u32 {
        self.into()
    }
    #[inline(always)]
    fn truncate(code_point: u32) -> u16 {
        code_point as u16
    }
    #[inline(always)]
    fn as_chars(chars: &[u16]) -> Chars<'_> {
        Chars::Two(chars)
    }
}

impl Char for u32 {
    const KIND: Kind = Kind::Four;
    #[inline(always)]
    fn code(self) -> u32 {
        self
    }
    #[inline(always)]
    fn truncate(code_point: u32) -> u32 {
        code_point
    }
    #[inline(always)]
    fn as_chars(chars: &[u32]) -> Chars<'_> {
        Chars::Four(chars)
    }
}

/// An upper bound of the characters that is in the same class as the largest (ASCII, 1, 2, 4 bytes).
pub(super) fn bound<C: Char>(chars: &[C]) -> u32 {
    // the class follows from the bits that occur: each boundary is a power of two
    chars.iter().fold(0, |bits, &c| bits | c.code())
}

/// Bytes of a string object of so many characters; none if it would be too large.
fn object_size(len: usize, kind: Kind, ascii: bool) -> Option<usize> {
    let head = if ascii { size_of::<PyASCIIObject>() } else { size_of::<PyCompactUnicodeObject>() };
    let size = len.checked_add(1)?.checked_mul(kind as usize)?.checked_add(head)?;
    (size <= MAX_SIZE).then_some(size)
}

impl PyASCIIObject {
    /// Bytes of a compact string object.
    pub(crate) fn compact_size(&self) -> usize {
        object_size(self.len(), self.kind(), self.is_ascii()).unwrap_or(MAX_SIZE)
    }

    /// A string of `len` characters, none above `max`, that `fill` writes: it is given room for exactly
    /// those. Nobody sees the string before it returns.
    #[inline]
    pub(super) fn make(thread: &Thread, len: usize, max: u32) -> PyResult<NonNull<PyStr>> {
        if max < 0x80 { PyStr::make_ascii(thread, len) } else { PyStr::make_any(thread, len, max) }
    }

    /// The same for ASCII characters.
    #[inline(always)]
    pub(super) fn make_ascii(thread: &Thread, len: usize) -> PyResult<NonNull<PyStr>> {
        const HEAD: usize = size_of::<PyASCIIObject>();
        const BITS: u32 = (Kind::One as u32) << state::KIND_SHIFT | state::COMPACT | state::ASCII;
        if len > MAX_SIZE - HEAD - 1 {
            return Err(thread.raise_memory_error());
        }
        let object = lifecycle::allocate::<PyStr>(thread, &STR, HeapKind::Plain, HEAD + len + 1)?;
        // SAFETY: fresh and as long as asked for: the head, the characters and a NUL.
        unsafe {
            PyStr::write_head(object, len, BITS);
            object.byte_add(HEAD + len).cast::<u8>().write(0);
        }
        Ok(object)
    }

    /// Writes what all strings begin with, behind the head of an object.
    ///
    /// # Safety
    /// A fresh string object.
    #[inline(always)]
    unsafe fn write_head(object: NonNull<PyStr>, len: usize, bits: u32) {
        // SAFETY: by contract.
        unsafe {
            let this = object.as_ptr();
            (&raw mut (*this).length).write(Cell::new(len as isize));
            (&raw mut (*this).hash).write(Cell::new(-1));
            (&raw mut (*this).state).write(Cell::new(bits));
            (&raw mut (*this).padding).write(0);
        }
    }

    #[inline(never)]
    fn make_any(thread: &Thread, len: usize, max: u32) -> PyResult<NonNull<PyStr>> {
        let (kind, ascii) = (Kind::of(max), max < 0x80);
        let Some(size) = object_size(len, kind, ascii) else { return Err(thread.raise_memory_error()) };
        let object = lifecycle::allocate::<PyStr>(thread, &STR, HeapKind::Plain, size)?;
        let bits = (kind as u32) << state::KIND_SHIFT | state::COMPACT | if ascii { state::ASCII } else { 0 };
        // SAFETY: fresh and as long as asked for: the head, the characters and a NUL.
        unsafe {
            PyStr::write_head(object, len, bits);
            if !ascii {
                let compact = object.as_ptr().cast::<PyCompactUnicodeObject>();
                (&raw mut (*compact).utf8_length).write(Cell::new(0));
                (&raw mut (*compact).utf8).write(Cell::new(std::ptr::null_mut()));
            }
            let end = Self::data_mut(object).byte_add(len * kind as usize);
            end.write_bytes(0, kind as usize);
        }
        Ok(object)
    }

    /// Changes the length of a compact string that nobody else has; the characters behind the old end are to be
    /// written by the caller. Gives the string back as it was where that can't be done.
    pub(super) fn resize(
        this: Owned<PyStr>,
        thread: &Thread,
        len: usize,
    ) -> Result<NonNull<PyStr>, Owned<PyStr>> {
        let (kind, ascii, old) = (this.kind(), this.is_ascii(), this.compact_size());
        let Some(size) = object_size(len, kind, ascii) else { return Err(this) };
        // SAFETY: the buffers of an exact string are its own, and are made again on demand.
        unsafe { this.release_buffers() };
        let Some(block) = this.as_ref().word().as_object() else { return Err(this) };
        // SAFETY: a block of this heap (the thread's strings are), with these sizes, that nobody else has.
        let moved = unsafe { thread.heap().realloc_object(block.cast(), old, size) };
        let Some(moved) = moved.map(NonNull::cast::<PyStr>) else { return Err(this) };
        // the reference moved with the block
        let _moved = this.into_value().into_word();
        // SAFETY: the head was moved; there is room for the NUL.
        unsafe {
            let head = moved.as_ref();
            head.length.set(len as isize);
            head.hash.set(-1);
            PyStr::data_mut(moved).byte_add(len * kind as usize).write_bytes(0, kind as usize);
        }
        Ok(moved)
    }

    /// Where the characters of a string go that is being made.
    ///
    /// # Safety
    /// The string came from `make`, which nobody else has seen.
    #[inline(always)]
    pub(super) unsafe fn data_mut(object: NonNull<PyStr>) -> *mut u8 {
        // SAFETY: its head is written; the memory behind is as large as the head says.
        unsafe {
            let head = if object.as_ref().is_ascii() {
                size_of::<PyASCIIObject>()
            } else {
                size_of::<PyCompactUnicodeObject>()
            };
            object.as_ptr().byte_add(head).cast()
        }
    }

    /// The string of an ASCII or UTF-8 text.
    pub fn from_text(thread: &Thread, text: &str) -> PyResult<Owned<PyStr>> {
        if text.is_ascii() {
            // SAFETY: just looked.
            return unsafe { PyStr::from_ascii(thread, text.as_bytes()) };
        }
        PyStr::from_wtf8(thread, taipan_wtf8::Wtf8::from_str(text))
    }

    /// The string of ASCII characters.
    ///
    /// # Safety
    /// All bytes are below 0x80.
    #[inline]
    pub(super) unsafe fn from_ascii(thread: &Thread, bytes: &[u8]) -> PyResult<Owned<PyStr>> {
        match bytes {
            [] => return Ok(statics::empty()),
            [single] => return Ok(statics::latin1(*single)),
            _ => {}
        }
        let object = PyStr::make_ascii(thread, bytes.len())?;
        // SAFETY: fresh, made for as many characters.
        unsafe {
            let to = object.as_ptr().add(1).cast::<u8>();
            to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            Ok(Owned::from_ptr(object))
        }
    }

    /// The string of every `step`-th of `count` characters from `start` on; none where that leaves the characters, or is
    /// a string that is always there.
    pub(super) fn ascii_by_step(
        thread: &Thread,
        ascii: &[u8],
        start: usize,
        step: isize,
        count: usize,
    ) -> Option<PyResult<Owned<PyStr>>> {
        let last = isize::try_from(count).ok()?.checked_sub(1)?.checked_mul(step)?;
        let last = start.checked_add_signed(last)?;
        if count < 2 || start >= ascii.len() || last >= ascii.len() {
            return None;
        }
        let object = match PyStr::make_ascii(thread, count) {
            Ok(object) => object,
            Err(raised) => return Some(Err(raised)),
        };
        // SAFETY: fresh, made for as many characters; the first and the last place, and so all between, are within.
        unsafe {
            let to = object.as_ptr().add(1).cast::<u8>();
            let mut from = ascii.as_ptr().add(start);
            for at in 0..count {
                to.add(at).write(from.read() & 0x7F);
                from = from.wrapping_offset(step);
            }
            Some(Ok(Owned::from_ptr(object)))
        }
    }

    /// The decimal digits of a number, with its sign.
    pub fn from_int(thread: &Thread, number: i64) -> PyResult<Owned<PyStr>> {
        let mut digits = [0; 20];
        let mut start = digits.len();
        let mut rest = number.unsigned_abs();
        for place in digits.iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            start -= 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0
            && let Some(place) = digits.get_mut(start.wrapping_sub(1))
        {
            *place = b'-';
            start -= 1;
        }
        // SAFETY: digits, and a sign.
        unsafe { PyStr::from_ascii(thread, digits.get(start..).unwrap_or_default()) }
    }

    /// The string of what each character of an ASCII string becomes, which is ASCII as well; none for other strings.
    #[inline]
    pub fn map_ascii(&self, thread: &Thread, map: impl Fn(u8) -> u8) -> Option<PyResult<Owned<PyStr>>> {
        if !self.is_ascii() {
            return None;
        }
        let bytes = self.raw_bytes();
        match bytes {
            [] => return Some(Ok(statics::empty())),
            [single] => return Some(Ok(statics::latin1(map(*single) & 0x7F))),
            _ => {}
        }
        let object = match PyStr::make_ascii(thread, bytes.len()) {
            Ok(object) => object,
            Err(raised) => return Some(Err(raised)),
        };
        // SAFETY: fresh, made for as many characters; what is written is ASCII.
        unsafe {
            let to = object.as_ptr().add(1).cast::<u8>();
            for (at, &byte) in bytes.iter().enumerate() {
                to.add(at).write(map(byte) & 0x7F);
            }
            Some(Ok(Owned::from_ptr(object)))
        }
    }

    /// The string of characters, in the narrowest kind that holds them.
    #[inline]
    pub(crate) fn from_chars<C: Char>(thread: &Thread, chars: &[C]) -> PyResult<Owned<PyStr>> {
        match chars {
            [] => return Ok(statics::empty()),
            [single] if single.code() < 0x100 => return Ok(statics::latin1(single.code() as u8)),
            _ => {}
        }
        PyStr::from_bounded(thread, chars, bound(chars))
    }

    /// The same where a value in the class of the largest character is known; there are two at least.
    #[inline]
    pub(super) fn from_bounded<C: Char>(thread: &Thread, chars: &[C], max: u32) -> PyResult<Owned<PyStr>> {
        let object = PyStr::make(thread, chars.len(), max)?;
        // SAFETY: fresh; made for as many characters of the kind of `max`, which holds them all.
        unsafe {
            write_chars(PyStr::data_mut(object), Kind::of(max), chars);
            Ok(Owned::from_ptr(object))
        }
    }

    /// The string of code points up to U+10FFFF, surrogates included.
    pub fn from_code_points(thread: &Thread, code_points: &[u32]) -> PyResult<Owned<PyStr>> {
        if code_points.iter().any(|&c| c > 0x10FFFF) {
            return Err(crate::raise!(thread, VALUE_ERROR, "character not in range [U+0000; U+10ffff]"));
        }
        PyStr::from_chars(thread, code_points)
    }

    /// The string of one code point up to U+10FFFF.
    #[inline]
    pub fn from_code_point(thread: &Thread, code_point: u32) -> PyResult<Owned<PyStr>> {
        match u8::try_from(code_point) {
            Ok(byte) => Ok(statics::latin1(byte)),
            Err(_) => PyStr::from_code_points(thread, &[code_point]),
        }
    }

    /// An instance of a class derived from `str`, with the characters of `text`.
    pub fn derived(thread: &Thread, class: &crate::types::PyTypeObject, text: &PyStr) -> PyResult<Value> {
        let bytes = text.raw_bytes();
        let kind = text.kind() as usize;
        let Some(data) = thread.heap().alloc(HeapKind::Raw, bytes.len() + kind) else {
            return Err(thread.raise_memory_error());
        };
        let object = match lifecycle::allocate_instance(thread, class, 0) {
            Ok(object) => object,
            Err(raised) => {
                // SAFETY: the block is unused.
                unsafe { thread.heap().free(HeapKind::Raw, data, bytes.len() + kind) };
                return Err(raised);
            }
        };
        // SAFETY: the instance has the longest head, zeroed; the block holds the characters and a NUL.
        unsafe {
            data.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            data.byte_add(bytes.len()).write_bytes(0, kind);
            let this = object.cast::<PyUnicodeObject>().as_ref();
            let head = &this.compact.ascii;
            this.data.set(data.as_ptr());
            head.length.set(text.length.get());
            head.hash.set(text.hash.get());
            head.state.set(text.state.get() & !(state::COMPACT | state::STATIC | state::INTERNED));
            Ok(Value::from_object(object))
        }
    }

    /// Gives back what a dying string has outside of itself.
    ///
    /// # Safety
    /// The string is dying.
    pub(super) unsafe fn release_buffers(&self) {
        let is_compact = self.state.get() & state::COMPACT != 0;
        if is_compact && self.is_ascii() {
            return;
        }
        // SAFETY: such a string has the middle head at least, and owns its buffers.
        unsafe {
            let compact = &*std::ptr::from_ref(self).cast::<PyCompactUnicodeObject>();
            if let Some(utf8) = NonNull::new(compact.utf8.replace(std::ptr::null_mut())) {
                let size = compact.utf8_length.get().unsigned_abs() + 1;
                Heap::free_anywhere(HeapKind::Raw, utf8, size);
            }
            if !is_compact {
                let derived = &*std::ptr::from_ref(self).cast::<PyUnicodeObject>();
                if let Some(data) = NonNull::new(derived.data.replace(std::ptr::null_mut()))
                    && !std::ptr::eq(data.as_ptr(), &raw const NO_CHARACTERS)
                {
                    Heap::free_anywhere(HeapKind::Raw, data, (self.len() + 1) * self.kind() as usize);
                }
            }
        }
    }
}

/// Where a string without characters has them.
static NO_CHARACTERS: u8 = 0;

/// Makes a zeroed instance of a derived class the empty string.
pub(super) fn init_instance(head: &crate::PyObject) {
    // SAFETY: an instance of a class derived from `str` has the longest head.
    let this = unsafe { &*std::ptr::from_ref(head).cast::<PyUnicodeObject>() };
    this.data.set((&raw const NO_CHARACTERS).cast_mut());
    this.compact.ascii.hash.set(-1);
    this.compact.ascii.state.set((Kind::One as u32) << state::KIND_SHIFT | state::ASCII);
}

/// Writes characters in a kind that holds them.
///
/// # Safety
/// There is room for them, and they are narrow enough.
#[inline]
pub(super) unsafe fn write_chars<C: Char>(to: *mut u8, kind: Kind, chars: &[C]) {
    // SAFETY: by contract; characters of the same kind have the same form.
    unsafe {
        if kind == C::KIND {
            to.cast::<C>().copy_from_nonoverlapping(chars.as_ptr(), chars.len());
            return;
        }
        match kind {
            Kind::One => copy_as::<C, u8>(to.cast(), chars),
            Kind::Two => copy_as::<C, u16>(to.cast(), chars),
            Kind::Four => copy_as::<C, u32>(to.cast(), chars),
        }
    }
}

/// # Safety
/// There is room for the characters.
unsafe fn copy_as<C: Char, D: Char>(to: *mut D, chars: &[C]) {
    for (i, &c) in chars.iter().enumerate() {
        // SAFETY: by contract.
        unsafe { to.add(i).write(D::truncate(c.code())) }
    }
}

/// Writes the characters of a string in a kind that holds them.
///
/// # Safety
/// As for `write_chars`.
#[inline]
pub(super) unsafe fn write_any(to: *mut u8, kind: Kind, chars: Chars<'_>) {
    // SAFETY: by contract.
    super::with_chars!(chars, chars => unsafe { write_chars(to, kind, chars) })
}
