//! Making views: of an object, and of a view another one.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};

use super::{MEMORYVIEW, Managed, PyMemoryView};
use crate::buffer::{Buffer, MAX_DIMENSIONS, Order, Request};
use crate::error::PyResult;
use crate::header::PyObject;
use crate::native::Native;
use crate::raise;
use crate::sequence::key::Bounds;
use crate::sequence::receiver;
use crate::slice::PySlice;
use crate::thread::Thread;
use crate::types::lifecycle;
use crate::value::{Owned, Ref, Value};

/// The numbers of a view that is to be made.
struct Numbers<'a> {
    start: *mut u8,
    item_size: usize,
    readonly: bool,
    format: *const c_char,
    shape: &'a [isize],
    strides: &'a [isize],
}

/// The static string of a format that is one letter, perhaps behind `@`, and the size of its items.
pub(super) fn native_format(format: &[u8]) -> Option<(&'static CStr, usize)> {
    macro_rules! formats {
        ($($letter:literal $with_sign:literal $size:literal,)*) => {
            match format {
                $([letter] if *letter == $letter.to_bytes()[0] => Some(($letter, $size)),
                [b'@', letter] if *letter == $letter.to_bytes()[0] => Some(($with_sign, $size)),)*
                _ => None,
            }
        };
    }
    formats! {
        c"c" c"@c" 1, c"b" c"@b" 1, c"B" c"@B" 1, c"?" c"@?" 1, c"h" c"@h" 2, c"H" c"@H" 2, c"i" c"@i" 4,
        c"I" c"@I" 4, c"l" c"@l" 8, c"L" c"@L" 8, c"q" c"@q" 8, c"Q" c"@Q" 8, c"n" c"@n" 8, c"N" c"@N" 8,
        c"e" c"@e" 2, c"f" c"@f" 4, c"d" c"@d" 8, c"P" c"@P" 8,
    }
}

impl PyMemoryView {
    /// A view of what an object lends; of a view, another one of the same.
    ///
    /// # Errors
    /// `TypeError` if it lends nothing; those of its exporter.
    pub fn of_object(thread: &Thread, object: Ref<'_>) -> PyResult<Owned<PyMemoryView>> {
        if let Some(view) = object.get::<PyMemoryView>() {
            return view.again(thread);
        }
        if !crate::buffer::is_bytes_like(object) {
            let ty = object.ty().short_name();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "memoryview: a bytes-like object is required, not '{ty}'"
            ));
        }
        PyMemoryView::of_buffer(thread, Buffer::get(thread, object, Request::FULL_RO)?)
    }

    /// A view of memory that was lent.
    pub fn of_buffer(thread: &Thread, buffer: Buffer) -> PyResult<Owned<PyMemoryView>> {
        let managed = Native::new(thread, Managed::default())?;
        let (start, item_size, readonly) = (buffer.start, buffer.item_size, buffer.readonly());
        let (shape, strides) = (buffer.shape.clone(), buffer.strides.clone());
        // the string is static, or stays where it is when the buffer moves
        let format = buffer.format.as_ptr();
        *managed.buffer.borrow_mut() = Some(buffer);
        let numbers = Numbers { start, item_size, readonly, format, shape: &shape, strides: &strides };
        PyMemoryView::make(thread, managed.into_value(), &numbers)
    }

    fn make(thread: &Thread, managed: Value, numbers: &Numbers<'_>) -> PyResult<Owned<PyMemoryView>> {
        let dimensions = numbers.shape.len();
        let object = lifecycle::allocate_instance(thread, &MEMORYVIEW, 3 * dimensions)?;
        // SAFETY: fresh, of this layout, with three words for each dimension behind it.
        let view = unsafe {
            let words = object.as_ptr().byte_add(size_of::<PyMemoryView>()).cast::<isize>();
            words.copy_from_nonoverlapping(numbers.shape.as_ptr(), dimensions);
            words.add(dimensions).copy_from_nonoverlapping(numbers.strides.as_ptr(), dimensions);
            let view = Owned::<PyMemoryView>::from_ptr(object.cast());
            view.view.shape.set(words);
            view.view.strides.set(words.add(dimensions));
            view
        };
        let items: isize = numbers.shape.iter().product();
        view.hash.set(-1);
        view.view.buf.set(numbers.start);
        view.view.len.set(items * numbers.item_size as isize);
        view.view.itemsize.set(numbers.item_size as isize);
        view.view.readonly.set(i32::from(numbers.readonly));
        view.view.ndim.set(dimensions as i32);
        view.view.format.set(numbers.format);
        view.mbuf.init(managed);
        let owner = view.managed(|buffer| buffer.owner().and_then(Ref::head).map(PyObject::as_ptr)).flatten();
        view.view.obj.set(owner.map_or(std::ptr::null(), |owner| owner.as_ptr().cast_const()));
        Ok(view)
    }

    fn own_numbers(&self) -> Numbers<'_> {
        Numbers {
            start: self.view.buf.get(),
            item_size: self.item_size(),
            readonly: self.readonly(),
            format: self.view.format.get(),
            shape: self.lengths(),
            strides: self.strides(),
        }
    }

    /// What another view of the same memory holds.
    fn share(&self, thread: &Thread) -> PyResult<Value> {
        self.check(thread)?;
        Ok(self.mbuf.get().unwrap_or_else(Value::none))
    }

    /// Another view of the same items.
    pub fn again(&self, thread: &Thread) -> PyResult<Owned<PyMemoryView>> {
        PyMemoryView::make(thread, self.share(thread)?, &self.own_numbers())
    }

    /// Another view of the same items that can't be written.
    pub fn to_readonly(&self, thread: &Thread) -> PyResult<Owned<PyMemoryView>> {
        let numbers = Numbers { readonly: true, ..self.own_numbers() };
        PyMemoryView::make(thread, self.share(thread)?, &numbers)
    }

    /// A view of a part of the first dimension.
    ///
    /// # Errors
    /// `TypeError` if the bounds are no numbers.
    pub fn slice(&self, thread: &Thread, bounds: &PySlice) -> PyResult<Owned<PyMemoryView>> {
        let bounds = Bounds::read(thread, bounds)?;
        let part = bounds.of(self.lengths().first().map_or(0, |len| len.unsigned_abs()));
        let managed = self.share(thread)?;
        let (mut shape, mut strides) = (self.lengths().to_vec(), self.strides().to_vec());
        let own = self.own_numbers();
        let mut start = own.start;
        if let (Some(len), Some(stride)) = (shape.first_mut(), strides.first_mut()) {
            if part.count > 0 {
                // SAFETY: the part's first item is one of the dimension's.
                start = unsafe { start.offset(part.start as isize * *stride) };
            }
            *len = part.count as isize;
            *stride = stride.wrapping_mul(part.step);
        }
        let numbers = Numbers { start, shape: &shape, strides: &strides, ..own };
        PyMemoryView::make(thread, managed, &numbers)
    }

    /// A view of the same bytes as items of a format, in one dimension or a shape of C.
    ///
    /// # Errors
    /// As `memoryview.cast`.
    pub fn cast(
        &self,
        thread: &Thread,
        format: &[u8],
        shape: Option<&[isize]>,
    ) -> PyResult<Owned<PyMemoryView>> {
        let managed = self.share(thread)?;
        let Some((format, size)) = native_format(format) else {
            let message = "memoryview: destination format must be a native single character format prefixed \
                           with an optional '@'";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        };
        let source = self.letter().and_then(|letter| native_format(&[letter]));
        if source.is_none() {
            let message = "memoryview: source format must be a native single character format prefixed with an \
                           optional '@'";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        let is_byte = |letter: Option<u8>| matches!(letter, Some(b'B' | b'b' | b'c'));
        if !is_byte(self.letter()) && !is_byte(format.to_bytes().last().copied()) {
            let message = "memoryview: cannot cast between two non-byte formats";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
        let bytes = self.byte_count();
        if !bytes.is_multiple_of(size) {
            return Err(raise!(thread, TYPE_ERROR, "memoryview: length is not a multiple of itemsize"));
        }
        let one = [(bytes / size) as isize];
        let shape = shape.unwrap_or(&one);
        let items = shape.iter().try_fold(1_isize, |all, len| all.checked_mul(*len));
        let wanted = items.and_then(|items| items.checked_mul(size as isize));
        if wanted != Some(bytes as isize) || shape.len() > MAX_DIMENSIONS || shape.iter().any(|len| *len < 0)
        {
            let message = "memoryview: product(shape) * itemsize != buffer size";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
        let mut strides = vec![0; shape.len()];
        let mut stride = size as isize;
        for (place, len) in strides.iter_mut().zip(shape).rev() {
            *place = stride;
            stride *= len;
        }
        let numbers = Numbers {
            item_size: size,
            format: format.as_ptr(),
            shape,
            strides: &strides,
            ..self.own_numbers()
        };
        PyMemoryView::make(thread, managed, &numbers)
    }
}

/// The slot that lends a view's memory.
pub(super) fn get_buffer(thread: &Thread, view: Ref<'_>, request: Request) -> PyResult<Buffer> {
    let view = receiver::<PyMemoryView>(thread, view)?;
    let format = view.format(thread)?;
    let wrong = |what: &str| raise!(thread, BUFFER_ERROR, "memoryview: underlying buffer is not {what}");
    if request.wants(Request::WRITABLE) && view.readonly() {
        return Err(wrong("writable"));
    }
    view.lend(thread, |geometry| {
        let (c, fortran) = (geometry.is_contiguous(Order::C), geometry.is_contiguous(Order::Fortran));
        if request.wants(Request::C_CONTIGUOUS) && !c {
            return Err(wrong("C-contiguous"));
        }
        if request.wants(Request::F_CONTIGUOUS) && !fortran {
            return Err(wrong("Fortran contiguous"));
        }
        if request.wants(Request::ANY_CONTIGUOUS) && !c && !fortran {
            return Err(wrong("contiguous"));
        }
        if !request.wants(Request::STRIDES) && !c {
            return Err(wrong("C-contiguous"));
        }
        if !request.wants(Request::ND) && request.wants(Request::FORMAT) {
            let message = "memoryview: cannot cast to unsigned bytes if the format flag is present";
            return Err(raise!(thread, BUFFER_ERROR, "{message}"));
        }
        Ok(Buffer::of_view(view, geometry, Cow::Owned(format)))
    })?
}
