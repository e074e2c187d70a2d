//! Writing objects: what is asked of each, and those that are one opcode. `save_containers.rs` has the containers,
//! `save_reduce.rs` what an object says itself, `save_global.rs` what is found by its name.

use std::cell::OnceCell;

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::dict::PyDict;
use taipan_object::exception::LOOKUP_ERROR;
use taipan_object::function::FUNCTION;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::text as show;

use crate::buffer::{self, PickleBuffer};
use crate::call::{self, caught, find, kind, noted, text, tuple};
use crate::errors::pickling;
use crate::opcodes::*;
use crate::pickler::{Memo, Pickler, flush, persistent};

/// A pickle that is being written.
pub(crate) struct Session<'a> {
    pub(crate) thread: &'a Thread,
    pub(crate) state: &'a Native<Pickler>,
    pub(crate) version: i64,
    pub(crate) binary: bool,
    persistent: Option<Value>,
    reducer: Option<Value>,
    /// The pickler's own table of reductions, or that of `copyreg` once it was needed.
    table: OnceCell<Value>,
}

fn same(one: &PyTypeObject, two: &PyTypeObject) -> bool {
    std::ptr::eq(one, two)
}

impl<'a> Session<'a> {
    /// Looks up what the pickler was given for this.
    pub(crate) fn begin(
        thread: &'a Thread,
        this: Ref<'_>,
        state: &'a Native<Pickler>,
    ) -> PyResult<Session<'a>> {
        Ok(Session {
            thread,
            state,
            version: state.version.get(),
            binary: state.binary.get() != 0,
            persistent: persistent(thread, this)?,
            reducer: find(thread, this, names::reducer_override.get())?,
            table: find(thread, this, names::dispatch_table.get())?
                .map_or_else(OnceCell::new, OnceCell::from),
        })
    }

    /// Appends an opcode and what belongs to it.
    pub(crate) fn push(&self, bytes: &[u8]) {
        self.state.writer.borrow_mut().push(bytes);
    }

    /// Writes an object.
    pub(crate) fn save(&self, object: Ref<'_>) -> PyResult<()> {
        self.save_any(object, true)
    }

    fn save_any(&self, object: Ref<'_>, may_be_persistent: bool) -> PyResult<()> {
        let thread = self.thread;
        let _guard = thread.recurse(" while pickling an object")?;
        if thread.has_requests() {
            thread.collect_if_requested();
        }
        if self.state.writer.borrow_mut().boundary() {
            flush(thread, self.state)?;
        }
        if may_be_persistent && let Some(persistent) = &self.persistent {
            let id = protocol::call(thread, persistent.as_ref(), &[object.to_value()], None)?;
            if !id.as_ref().is_none() {
                return self.save_persistent(id.as_ref());
            }
        }
        let ty = object.ty();
        if self.save_atom(object, ty)? {
            return Ok(());
        }
        let known = self.state.memo.borrow().get(&object.word().bits()).map(|(number, _)| *number);
        if let Some(number) = known {
            self.push_get(number);
            return Ok(());
        }
        if let Some(done) = self.save_built_in(object, ty) {
            return done;
        }
        self.save_by_reduction(object, ty)
    }

    fn save_persistent(&self, id: Ref<'_>) -> PyResult<()> {
        if self.binary {
            self.save_any(id, false)?;
            self.push(&[BINPERSID]);
            return Ok(());
        }
        let shown = show::str(self.thread, id)?;
        let Some(shown) = shown.as_ascii() else {
            return Err(pickling(self.thread, "persistent IDs in protocol 0 must be ASCII strings"));
        };
        self.push(format!("P{shown}\n").as_bytes());
        Ok(())
    }

    /// Constants and numbers, which are not memoized.
    fn save_atom(&self, object: Ref<'_>, ty: &PyTypeObject) -> PyResult<bool> {
        if object.is_none() {
            self.push(&[NONE]);
        } else if same(ty, &statics::BOOL) {
            let is_true = protocol::truth(self.thread, object)?;
            self.push(match (self.version >= 2, is_true) {
                (true, true) => &[NEWTRUE],
                (true, false) => &[NEWFALSE],
                (false, true) => b"I01\n",
                (false, false) => b"I00\n",
            });
        } else if same(ty, &statics::INT) {
            self.save_int(object)?;
        } else if same(ty, &statics::FLOAT) {
            let number = object.to_f64().unwrap_or(0.0);
            if self.binary {
                self.push(&[BINFLOAT]);
                self.push(&number.to_be_bytes());
            } else {
                self.push(format!("F{}\n", show::float::repr(number)).as_bytes());
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn save_int(&self, object: Ref<'_>) -> PyResult<()> {
        if let Some(small) = object.to_i64().and_then(|small| i32::try_from(small).ok()) {
            let [a, b, c, d] = small.to_le_bytes();
            match small {
                _ if !self.binary => self.push(format!("I{small}\n").as_bytes()),
                0..=0xFF => self.push(&[BININT1, a]),
                0x100..=0xFFFF => self.push(&[BININT2, a, b]),
                _ => self.push(&[BININT, a, b, c, d]),
            }
            return Ok(());
        }
        if self.version < 2 {
            let shown = show::str(self.thread, object)?.to_text_lossy();
            self.push(format!("L{shown}L\n").as_bytes());
            return Ok(());
        }
        let bytes = twos_complement(&object.int_to_text(16).unwrap_or_default());
        match u8::try_from(bytes.len()) {
            Ok(length) => self.push(&[LONG1, length]),
            Err(_) => {
                let Ok(length) = i32::try_from(bytes.len()) else {
                    return Err(raise!(self.thread, OVERFLOW_ERROR, "int too large to pickle"));
                };
                self.push(&[LONG4]);
                self.push(&length.to_le_bytes());
            }
        }
        self.push(&bytes);
        Ok(())
    }

    /// Objects of exactly a built-in type; none if it is of another.
    fn save_built_in(&self, object: Ref<'_>, ty: &PyTypeObject) -> Option<PyResult<()>> {
        Some(if let Some(bytes) = object.get_exact::<PyBytes>() {
            self.save_bytes(object, bytes)
        } else if let Some(text) = object.get_exact::<PyStr>() {
            self.save_str(object, text)
        } else if same(ty, &statics::DICT) {
            self.nested(object, || self.save_dict(object))
        } else if same(ty, &statics::SET) {
            self.save_set(object)
        } else if same(ty, &statics::FROZENSET) {
            self.save_frozenset(object)
        } else if same(ty, &statics::LIST) {
            self.nested(object, || self.save_list(object))
        } else if let Some(items) = object.get_exact::<PyTuple>() {
            self.save_tuple(object, items)
        } else if let Some(array) = object.get_exact::<PyByteArray>() {
            self.save_bytearray(object, array)
        } else if object.get::<Native<PickleBuffer>>().is_some() {
            self.save_buffer(object)
        } else {
            return None;
        })
    }

    // -- the memo --------------------------------------------------------------------------------

    /// Appends the opcode that gets an object of the memo.
    pub(crate) fn push_get(&self, number: usize) {
        match (self.binary, u8::try_from(number)) {
            (false, _) => self.push(format!("g{number}\n").as_bytes()),
            (true, Ok(short)) => self.push(&[BINGET, short]),
            (true, Err(_)) => {
                let [a, b, c, d] = (number as u32).to_le_bytes();
                self.push(&[LONG_BINGET, a, b, c, d]);
            }
        }
    }

    /// The number of an object in the memo.
    pub(crate) fn known(&self, object: Ref<'_>) -> Option<usize> {
        self.state.memo.borrow().get(&object.word().bits()).map(|(number, _)| *number)
    }

    /// Puts an object into the memo.
    pub(crate) fn memoize(&self, object: Ref<'_>) {
        if self.state.fast.get() != 0 {
            return;
        }
        let mut memo = self.state.memo.borrow_mut();
        let memo: &mut Memo = &mut memo;
        let number = memo.len();
        // what was there is the same object
        let displaced = memo.insert(object.word().bits(), (number, object.to_value()));
        drop(displaced);
        let short = u8::try_from(number);
        match short {
            _ if self.version >= 4 => self.push(&[MEMOIZE]),
            _ if !self.binary => self.push(format!("p{number}\n").as_bytes()),
            Ok(short) => self.push(&[BINPUT, short]),
            Err(_) => {
                self.push(&[LONG_BINPUT]);
                self.push(&(number as u32).to_le_bytes());
            }
        }
    }

    /// Writes a container; in fast mode, where there is no memo, a cycle is found when it is nested deeply.
    pub(crate) fn nested(&self, object: Ref<'_>, save: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
        const DEEP: usize = 50;
        let state = self.state;
        if state.fast.get() == 0 {
            return save();
        }
        let depth = state.fast_depth.get() + 1;
        state.fast_depth.set(depth);
        let key = object.word().bits();
        if depth >= DEEP && !state.fast_open.borrow_mut().insert(key) {
            let ty = object.ty().name();
            let message = "fast mode: can't pickle cyclic objects including object type";
            return Err(raise!(self.thread, VALUE_ERROR, "{message} {ty} at {key:#x}"));
        }
        let saved = save();
        if depth >= DEEP {
            state.fast_open.borrow_mut().remove(&key);
        }
        state.fast_depth.set(state.fast_depth.get().saturating_sub(1));
        saved
    }

    // -- text and bytes --------------------------------------------------------------------------

    fn save_str(&self, object: Ref<'_>, string: &PyStr) -> PyResult<()> {
        if !self.binary {
            let mut line = vec![UNICODE];
            (0..string.len()).filter_map(|at| string.char_at(at)).for_each(|c| raw_escape(&mut line, c));
            line.push(b'\n');
            self.push(&line);
            self.memoize(object);
            return Ok(());
        }
        let wtf8;
        let data = match string.as_utf8(self.thread)? {
            Some(text) => text.as_bytes(),
            None => {
                wtf8 = string.to_wtf8();
                wtf8.as_wtf8().as_bytes()
            }
        };
        self.push_sized(data, (SHORT_BINUNICODE, 4), BINUNICODE, BINUNICODE8)?;
        self.memoize(object);
        Ok(())
    }

    /// Data with its length before it, by the shortest opcode; the first is there from a protocol on.
    fn push_sized(&self, data: &[u8], (short, since): (u8, i64), long: u8, longest: u8) -> PyResult<()> {
        let length = data.len();
        match (u8::try_from(length), u32::try_from(length)) {
            (Ok(length), _) if self.version >= since => self.push_data(&[short, length], data),
            (_, Ok(length)) => {
                let [a, b, c, d] = length.to_le_bytes();
                self.push_data(&[long, a, b, c, d], data)
            }
            _ if self.version >= 4 => {
                let mut header = vec![longest];
                header.extend((length as u64).to_le_bytes());
                self.push_data(&header, data)
            }
            _ => {
                let kind = if long == BINBYTES { "bytes object" } else { "string" };
                let message = "larger than 4 GiB requires pickle protocol 4 or higher";
                Err(raise!(self.thread, OVERFLOW_ERROR, "serializing a {kind} {message}"))
            }
        }
    }

    fn push_data(&self, header: &[u8], data: &[u8]) -> PyResult<()> {
        self.state.writer.borrow_mut().push_data(header, data);
        if data.len() >= crate::writer::FRAME_TARGET && self.state.write.peek().is_some() {
            // the file gets long data at once
            let framing = self.version >= 4;
            flush(self.thread, self.state)?;
            self.state.writer.borrow_mut().set_framing(framing);
        }
        Ok(())
    }

    fn save_bytes(&self, object: Ref<'_>, bytes: &PyBytes) -> PyResult<()> {
        let thread = self.thread;
        if self.version >= 3 {
            self.push_bytes(bytes.as_slice())?;
            self.memoize(object);
            return Ok(());
        }
        if bytes.as_slice().is_empty() {
            let class = as_ref::<PyTypeObject>(&statics::BYTES).to_value();
            let reduced = tuple(thread, [class, PyTuple::empty().into_value()])?;
            return self.save_reduced(object, reduced.as_ref());
        }
        let points: Vec<u32> = bytes.as_slice().iter().map(|byte| u32::from(*byte)).collect();
        let latin = PyStr::from_code_points(thread, &points)?.into_value();
        let arguments = tuple(thread, [latin, text(thread, "latin1")?])?;
        let encode = call::imported(thread, names::_codecs.get(), names::encode.get())?;
        let reduced = tuple(thread, [encode, arguments])?;
        self.save_reduced(object, reduced.as_ref())
    }

    fn push_bytes(&self, data: &[u8]) -> PyResult<()> {
        self.push_sized(data, (SHORT_BINBYTES, 3), BINBYTES, BINBYTES8)
    }

    fn push_bytearray(&self, data: &[u8]) -> PyResult<()> {
        let mut header = vec![BYTEARRAY8];
        header.extend((data.len() as u64).to_le_bytes());
        self.push_data(&header, data)
    }

    fn save_bytearray(&self, object: Ref<'_>, array: &PyByteArray) -> PyResult<()> {
        let thread = self.thread;
        let data = taipan_object::buffer::bytes_of(thread, as_ref(array))?.into_owned();
        if self.version >= 5 {
            self.push_bytearray(&data)?;
            self.memoize(object);
            return Ok(());
        }
        let arguments = match data.is_empty() {
            true => PyTuple::empty().into_value(),
            false => tuple(thread, [PyBytes::new(thread, &data)?.into_value()])?,
        };
        let class = as_ref::<PyTypeObject>(&statics::BYTEARRAY).to_value();
        let reduced = tuple(thread, [class, arguments])?;
        self.save_reduced(object, reduced.as_ref())
    }

    fn save_buffer(&self, object: Ref<'_>) -> PyResult<()> {
        let thread = self.thread;
        if self.version < 5 {
            return Err(pickling(thread, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        let Some((data, readonly)) = buffer::bytes(thread, object)? else {
            let message = "PickleBuffer can not be pickled when pointing to a non-contiguous buffer";
            return Err(pickling(thread, message));
        };
        let in_band = match self.state.buffer_callback.get() {
            Some(callback) => {
                let answer = protocol::call(thread, callback.as_ref(), &[object.to_value()], None)?;
                protocol::truth(thread, answer.as_ref())?
            }
            None => true,
        };
        match (in_band, readonly) {
            (false, true) => self.push(&[NEXT_BUFFER, READONLY_BUFFER]),
            (false, false) => self.push(&[NEXT_BUFFER]),
            (true, true) => self.push_bytes(&data)?,
            (true, false) => self.push_bytearray(&data)?,
        }
        if in_band {
            self.memoize(object);
        }
        Ok(())
    }

    // -- what objects say themselves -------------------------------------------------------------

    fn save_by_reduction(&self, object: Ref<'_>, ty: &PyTypeObject) -> PyResult<()> {
        let thread = self.thread;
        let mut reduced = Value::not_implemented();
        if let Some(reducer) = &self.reducer {
            reduced = protocol::call(thread, reducer.as_ref(), &[object.to_value()], None)?;
        }
        if reduced.as_ref().is_not_implemented() {
            if same(ty, &statics::TYPE) {
                return self.save_type(object);
            }
            if same(ty, &FUNCTION) {
                return self.save_global(object, None);
            }
            reduced = match self.dispatched(ty)? {
                Some(reduce) => protocol::call(thread, reduce.as_ref(), &[object.to_value()], None)?,
                None if ty.is_subtype(&statics::TYPE) => return self.save_global(object, None),
                None => self.own_reduction(object)?,
            };
        }
        if reduced.as_ref().get::<PyStr>().is_some() {
            return self.save_global(object, Some(reduced));
        }
        if reduced.as_ref().get::<PyTuple>().is_none() {
            let got = kind(thread, reduced.as_ref());
            let failed = pickling(thread, &format!("__reduce__ must return a string or tuple, not {got}"));
            return noted(thread, Err(failed), || {
                Ok(format!("when serializing {} object", kind(thread, object)))
            });
        }
        let saved = self.nested(object, || self.save_reduced(object, reduced.as_ref()));
        noted(thread, saved, || Ok(format!("when serializing {} object", kind(thread, object))))
    }

    /// The function for a type in the pickler's own table, or in that of `copyreg`.
    fn dispatched(&self, ty: &PyTypeObject) -> PyResult<Option<Value>> {
        let thread = self.thread;
        let shared = match self.table.get() {
            Some(table) => table,
            None => {
                let shared = call::imported(thread, names::copyreg.get(), names::dispatch_table.get())?;
                self.table.get_or_init(|| shared)
            }
        };
        if let Some(dict) = shared.as_ref().get_exact::<PyDict>() {
            return dict.get(thread, as_ref(ty));
        }
        match protocol::subscript(thread, shared.as_ref(), as_ref(ty)) {
            Ok(found) => Ok(Some(found)),
            Err(raised) => caught(thread, raised, &[&LOOKUP_ERROR]).map(|_| None),
        }
    }

    fn own_reduction(&self, object: Ref<'_>) -> PyResult<Value> {
        let thread = self.thread;
        let version = Value::int(thread, self.version)?;
        let name = names::__reduce_ex__.get();
        let method = if call::is_generic(object) { object.ty().lookup(thread, name)? } else { None };
        if method.is_some_and(|method| method.as_ref().ty().has_flag(flags::METHOD_DESCRIPTOR)) {
            return call::method(thread, object, name, &[version]);
        }
        if let Some(reduce) = find(thread, object, name)? {
            return protocol::call(thread, reduce.as_ref(), &[version], None);
        }
        match find(thread, object, names::__reduce__.get())? {
            Some(reduce) => protocol::call(thread, reduce.as_ref(), &[], None),
            None => Err(pickling(thread, &format!("Can't pickle {} object", kind(thread, object)))),
        }
    }
}

/// An int in hexadecimal as bytes of two's complement, the lowest first, no more than are needed.
fn twos_complement(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.trim_start_matches('-').as_bytes();
    let byte =
        |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let mut bytes: Vec<u8> = digits.rchunks(2).map(|pair| byte(pair).unwrap_or(0)).collect();
    bytes.push(0);
    let negative = hexadecimal.starts_with('-');
    if negative {
        let mut carry = true;
        for byte in &mut bytes {
            let (next, over) = (!*byte).overflowing_add(u8::from(carry));
            (*byte, carry) = (next, over);
        }
    }
    let sign = if negative { 0xFF } else { 0 };
    while let [.., before, last] = bytes.as_slice()
        && *last == sign
        && (before & 0x80 != 0) == negative
    {
        bytes.pop();
    }
    bytes
}

/// A character of a line of protocol 0: `raw-unicode-escape`, with what would end the line escaped as well.
fn raw_escape(line: &mut Vec<u8>, c: u32) {
    match u8::try_from(c) {
        Ok(byte @ (b'\\' | 0 | b'\n' | b'\r' | 0x1A)) => line.extend(format!("\\u{byte:04x}").bytes()),
        Ok(byte) => line.push(byte),
        Err(_) if c >= 0x10000 => line.extend(format!("\\U{c:08x}").bytes()),
        Err(_) => line.extend(format!("\\u{c:04x}").bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::twos_complement;

    #[test]
    fn ints_take_no_more_bytes_than_needed() {
        for (text, bytes) in [
            ("ff", &[0xFF, 0][..]),
            ("7f", &[0x7F]),
            ("-80", &[0x80]),
            ("-81", &[0x7F, 0xFF]),
            ("-1", &[0xFF]),
            ("100", &[0, 1]),
        ] {
            assert_eq!(twos_complement(text), bytes, "{text}");
        }
    }
}
