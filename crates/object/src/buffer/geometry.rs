//! How the items of a buffer stand in memory: a start, and for each dimension a length and a stride.

use super::memory::Memory;
use crate::error::PyResult;
use crate::thread::Thread;

/// Dimensions that a buffer may have.
pub const MAX_DIMENSIONS: usize = 64;

/// In which order items are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// The last index runs fastest.
    C,
    /// The first index runs fastest.
    Fortran,
}

/// A view of items in memory that stays where it is for `'a`.
#[derive(Clone, Copy)]
pub struct Geometry<'a> {
    start: *mut u8,
    item_size: usize,
    shape: &'a [isize],
    strides: &'a [isize],
    writable: bool,
}

impl<'a> Geometry<'a> {
    /// The view that these numbers describe.
    ///
    /// # Safety
    /// Every item that shape and strides lead to lies in memory that may be made a [`Memory`] for `'a`, written only
    /// if `writable`; lengths are not negative, and there are as many strides as lengths.
    pub(crate) unsafe fn new(
        start: *mut u8,
        item_size: usize,
        shape: &'a [isize],
        strides: &'a [isize],
        writable: bool,
    ) -> Geometry<'a> {
        Geometry { start, item_size, shape, strides, writable }
    }

    /// So many bytes at a place.
    ///
    /// # Safety
    /// They are bytes of items.
    unsafe fn memory(self, start: *mut u8, len: usize) -> Memory<'a> {
        // SAFETY: by contract, and that of `new`.
        unsafe { Memory::new(start, len, self.writable) }
    }

    pub(crate) fn start(self) -> *mut u8 {
        self.start
    }

    /// Whether the items may be written.
    pub fn is_writable(self) -> bool {
        self.writable
    }

    /// Bytes of an item.
    pub fn item_size(self) -> usize {
        self.item_size
    }

    /// The lengths of the dimensions.
    pub fn shape(self) -> &'a [isize] {
        self.shape
    }

    /// Bytes from one item to the next, by dimension.
    pub fn strides(self) -> &'a [isize] {
        self.strides
    }

    /// Number of items.
    pub fn count(self) -> usize {
        self.shape.iter().map(|len| len.unsigned_abs()).product()
    }

    /// Bytes of all items.
    pub fn len(self) -> usize {
        self.count() * self.item_size
    }

    /// Whether there is no item.
    pub fn is_empty(self) -> bool {
        self.count() == 0
    }

    /// Whether items stand one behind the other in an order.
    pub fn is_contiguous(self, order: Order) -> bool {
        if self.is_empty() {
            return true;
        }
        let mut expected = self.item_size as isize;
        let mut fits = |(len, stride): (&isize, &isize)| {
            let right = *len == 1 || *stride == expected;
            expected *= len;
            right
        };
        let both = self.shape.iter().zip(self.strides);
        match order {
            Order::C => both.rev().all(&mut fits),
            Order::Fortran => both.into_iter().all(&mut fits),
        }
    }

    /// The bytes, if they stand one behind the other as in C.
    pub fn contiguous(self) -> Option<Memory<'a>> {
        // SAFETY: items without gaps, from the first to the last, by contract of `new`.
        self.is_contiguous(Order::C).then(|| unsafe { self.memory(self.start, self.len()) })
    }

    /// The item at an index of each dimension; none if there is none.
    pub fn item(self, index: &[usize]) -> Option<Memory<'a>> {
        if index.len() != self.shape.len() {
            return None;
        }
        let mut offset = 0;
        for ((at, len), stride) in index.iter().zip(self.shape).zip(self.strides) {
            if *at >= len.unsigned_abs() {
                return None;
            }
            offset += *at as isize * stride;
        }
        // SAFETY: the index lies within the shape, by contract of `new` the item within the memory.
        Some(unsafe { self.memory(self.start.offset(offset), self.item_size) })
    }

    /// The view of one item of the first dimension; none if there is none.
    pub fn part(self, at: usize) -> Option<Geometry<'a>> {
        let (len, shape) = self.shape.split_first()?;
        let (stride, strides) = self.strides.split_first()?;
        if at >= len.unsigned_abs() {
            return None;
        }
        // SAFETY: what the part leads to, the whole leads to.
        unsafe {
            let start = self.start.offset(at as isize * stride);
            Some(Geometry { start, shape, strides, ..self })
        }
    }

    /// Shows all items to a function, in an order; it must not run Python code that releases the memory's buffer.
    pub fn for_each(self, order: Order, mut show: impl FnMut(Memory<'a>)) {
        let mut index = vec![0; self.shape.len()];
        for _ in 0..self.count() {
            if let Some(item) = self.item(&index) {
                show(item);
            }
            let places: &mut dyn Iterator<Item = (&mut usize, &isize)> = match order {
                Order::C => &mut index.iter_mut().zip(self.shape).rev(),
                Order::Fortran => &mut index.iter_mut().zip(self.shape),
            };
            for (at, len) in places {
                *at += 1;
                if *at < len.unsigned_abs() {
                    break;
                }
                *at = 0;
            }
        }
    }

    /// A copy of the bytes of all items, in an order.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn to_vec(self, thread: &Thread, order: Order) -> PyResult<Vec<u8>> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(self.len()).map_err(|_| thread.raise_memory_error())?;
        if self.is_contiguous(order) {
            // SAFETY: items without gaps, from the first to the last.
            unsafe { self.memory(self.start, self.len()) }.append_to(&mut bytes);
        } else {
            self.for_each(order, |item| item.append_to(&mut bytes));
        }
        Ok(bytes)
    }

    /// Puts bytes into the items, in C's order, as far as they go; none go into what is read-only.
    pub fn fill(self, bytes: &[u8]) {
        if let Some(memory) = self.contiguous() {
            memory.write(0, bytes);
            return;
        }
        let mut parts = bytes.chunks(self.item_size.max(1));
        self.for_each(Order::C, |item| {
            item.write(0, parts.next().unwrap_or_default());
        });
    }
}
