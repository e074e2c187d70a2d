//! The buffer protocol (PEP 3118, PEP 688): memory of one object that others look into. An exporter's `get_buffer`
//! slot gives a [`Buffer`], which keeps the memory where it is until it is dropped; then the owner's
//! `release_buffer` slot is told.
//!
//! Invariants: memory that is lent stays where it is and as long as it is while its `Buffer` lives; its bytes may
//! change at any time that Python code runs, so they are copied and never borrowed as a slice; strides and
//! shape lead to nothing outside it.

mod block;
mod geometry;
mod memory;
mod region;
mod request;

use std::borrow::Cow;
use std::ffi::CStr;

pub use block::Block;
pub use geometry::{Geometry, MAX_DIMENSIONS, Order};
pub use memory::Memory;
pub use region::{Region, Unmap};
pub use request::Request;

use crate::bytearray::PyByteArray;
use crate::bytes::PyBytes;
use crate::error::PyResult;
use crate::memoryview::PyMemoryView;
use crate::native::Visitor;
use crate::raise;
use crate::thread::Thread;
use crate::value::{Owned, Ref, Value, as_ref};

/// Memory that an object lends.
pub struct Buffer {
    /// Who is told that it is not needed any more.
    owner: Option<Value>,
    /// What else keeps the memory where it is.
    keep: Keep,
    pub(crate) start: *mut u8,
    readonly: bool,
    pub(crate) item_size: usize,
    pub(crate) format: Cow<'static, CStr>,
    pub(crate) shape: Vec<isize>,
    pub(crate) strides: Vec<isize>,
}

/// What keeps the memory of a buffer besides its owner.
enum Keep {
    /// The owner alone.
    Owner,
    /// A block that the owner's state shares.
    Block(Block),
    /// Memory that the system mapped.
    Region(Region),
    /// A bytearray, which must not be resized.
    Array(Owned<PyByteArray>),
    /// A memoryview, which must not be released.
    View(Owned<PyMemoryView>),
    /// Another buffer, whose memory this is.
    Other(Box<Buffer>),
}

/// The format of plain bytes.
pub const BYTES_FORMAT: Cow<'static, CStr> = Cow::Borrowed(c"B");

impl Buffer {
    /// What an object lends.
    ///
    /// # Errors
    /// `TypeError` if it lends nothing, `BufferError` if not what is wanted.
    pub fn get(thread: &Thread, object: Ref<'_>, request: Request) -> PyResult<Buffer> {
        match object.ty().slots().get_buffer.get() {
            Some(get) => get(thread, object, request),
            None => {
                let ty = object.ty().name();
                Err(raise!(thread, TYPE_ERROR, "a bytes-like object is required, not '{ty}'"))
            }
        }
    }

    /// All bytes of a `bytes` object.
    pub(crate) fn of_bytes(thread: &Thread, bytes: &PyBytes, request: Request) -> PyResult<Buffer> {
        let all = bytes.as_slice();
        Buffer::plain(thread, as_ref(bytes), all.as_ptr().cast_mut(), all.len(), true, request)
    }

    /// All bytes of a `bytearray`, which can't be resized until the buffer is dropped.
    pub(crate) fn of_bytearray(thread: &Thread, array: &PyByteArray, request: Request) -> PyResult<Buffer> {
        let start = array.start();
        let mut buffer = Buffer::plain(thread, as_ref(array), start, array.len(), false, request)?;
        array.export(1);
        buffer.keep = Keep::Array(Owned::new_ref(array));
        Ok(buffer)
    }

    fn plain(
        thread: &Thread,
        owner: Ref<'_>,
        start: *mut u8,
        len: usize,
        readonly: bool,
        request: Request,
    ) -> PyResult<Buffer> {
        check_writable(thread, readonly, request)?;
        Ok(Buffer {
            owner: Some(owner.to_value()),
            keep: Keep::Owner,
            start,
            readonly,
            item_size: 1,
            format: BYTES_FORMAT,
            shape: vec![len as isize],
            strides: vec![1],
        })
    }

    /// The items of a block that belongs to the state of `owner`; the block can't be resized until the buffer is
    /// dropped. What is left over behind the last whole item is not seen.
    ///
    /// # Errors
    /// `BufferError` if it is to be written and is read-only.
    pub fn of_block(
        thread: &Thread,
        owner: Ref<'_>,
        block: &Block,
        item: (usize, Cow<'static, CStr>),
        readonly: bool,
        request: Request,
    ) -> PyResult<Buffer> {
        check_writable(thread, readonly, request)?;
        let (item_size, format) = (item.0.max(1), item.1);
        let (start, len) = block.lend();
        Ok(Buffer {
            owner: Some(owner.to_value()),
            keep: Keep::Block(block.clone()),
            start,
            readonly,
            item_size,
            format,
            shape: vec![(len / item_size) as isize],
            strides: vec![item_size as isize],
        })
    }

    /// The memory of another buffer, in the name of `owner`.
    pub fn through(owner: Value, inner: Buffer) -> Buffer {
        Buffer {
            owner: Some(owner),
            start: inner.start,
            readonly: inner.readonly,
            item_size: inner.item_size,
            format: inner.format.clone(),
            shape: inner.shape.clone(),
            strides: inner.strides.clone(),
            keep: Keep::Other(Box::new(inner)),
        }
    }

    /// What a memoryview shows, in the name of the view, which can't be released until the buffer is dropped.
    pub(crate) fn of_view(view: &PyMemoryView, geometry: Geometry<'_>, format: Cow<'static, CStr>) -> Buffer {
        view.export(1);
        Buffer {
            owner: Some(as_ref(view).to_value()),
            keep: Keep::View(Owned::new_ref(view)),
            start: geometry.start(),
            readonly: !geometry.is_writable(),
            item_size: geometry.item_size(),
            format,
            shape: geometry.shape().to_vec(),
            strides: geometry.strides().to_vec(),
        }
    }

    /// The object that lends the memory.
    pub fn owner(&self) -> Option<Ref<'_>> {
        self.owner.as_ref().map(Value::as_ref)
    }

    /// Shows the objects that are kept.
    pub(crate) fn traverse(&self, visitor: &mut Visitor) {
        if let Some(owner) = &self.owner {
            visitor.value(owner);
        }
        match &self.keep {
            Keep::Array(array) => visitor.word(array.as_ref().word()),
            Keep::View(view) => visitor.word(view.as_ref().word()),
            Keep::Other(other) => other.traverse(visitor),
            Keep::Owner | Keep::Block(_) | Keep::Region(_) => {}
        }
    }

    /// Whether the memory must not be written.
    pub fn readonly(&self) -> bool {
        self.readonly
    }

    /// The format of an item, in the language of `struct`.
    pub fn format(&self) -> &CStr {
        &self.format
    }

    /// The items and where they stand.
    pub fn geometry(&self) -> Geometry<'_> {
        // SAFETY: what the fields say was checked by who made the buffer; the memory stays while it lives.
        unsafe { Geometry::new(self.start, self.item_size, &self.shape, &self.strides, !self.readonly) }
    }

    /// Bytes of all items.
    pub fn len(&self) -> usize {
        self.geometry().len()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, one behind the other; none if the items don't stand so.
    pub fn contiguous(&self) -> Option<Memory<'_>> {
        self.geometry().contiguous()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.keep, Keep::Owner) {
            Keep::Block(block) => block.take_back(),
            Keep::Region(region) => region.take_back(),
            Keep::Array(array) => array.export(-1),
            Keep::View(view) => view.export(-1),
            Keep::Other(inner) => drop(inner),
            Keep::Owner => {}
        }
        let Some(owner) = self.owner.take() else { return };
        if let Some(release) = owner.as_ref().ty().slots().release_buffer.get() {
            Thread::current(|thread| release(thread, owner.as_ref()));
        }
    }
}

fn check_writable(thread: &Thread, readonly: bool, request: Request) -> PyResult<()> {
    if readonly && request.wants(Request::WRITABLE) {
        return Err(raise!(thread, BUFFER_ERROR, "Object is not writable."));
    }
    Ok(())
}

/// The bytes of an argument that is a bytes-like object. Bytes of what may change are a copy.
///
/// # Errors
/// `TypeError` if the object lends no memory, `BufferError` if its items don't stand one behind the other.
pub fn bytes_of<'a>(thread: &Thread, object: Ref<'a>) -> PyResult<Cow<'a, [u8]>> {
    if let Some(bytes) = object.get::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_slice()));
    }
    if let Some(array) = object.get_exact::<PyByteArray>() {
        return Ok(Cow::Owned(array.copy(thread, 0, usize::MAX)?));
    }
    let buffer = Buffer::get(thread, object, Request::SIMPLE)?;
    Ok(Cow::Owned(buffer.geometry().to_vec(thread, Order::C)?))
}

/// The bytes of all items of a bytes-like object, in C's order, however they stand in memory.
///
/// # Errors
/// Those of its exporter.
pub fn all_bytes_of(thread: &Thread, object: Ref<'_>) -> PyResult<Vec<u8>> {
    Buffer::get(thread, object, Request::FULL_RO)?.geometry().to_vec(thread, Order::C)
}

/// Whether an object lends memory: a bytes-like object.
pub fn is_bytes_like(object: Ref<'_>) -> bool {
    object.ty().slots().get_buffer.get().is_some()
}
