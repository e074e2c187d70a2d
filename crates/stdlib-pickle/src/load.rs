//! Reading a pickle: a stack machine without jumps. `load_objects.rs` has the opcodes that call. Invariant: the stack
//! is the loader's own, so that nothing of a pickle uses the native stack.

use taipan_object::bytes::PyBytes;
use taipan_object::dict::PyDict;
use taipan_object::exception::EOF_ERROR;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::set::PySet;
use taipan_object::str::intern::intern_text;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, int, protocol, raise};

use crate::call::{self, caught};
use crate::errors::{UNPICKLING_ERROR, unpickling};
use crate::input;
use crate::opcodes::*;
use crate::pickler::overridden;
use crate::unpickler::{UNPICKLER, Unpickler};

/// A pickle that is being read.
pub(crate) struct Loader<'a> {
    pub(crate) thread: &'a Thread,
    pub(crate) this: Ref<'a>,
    pub(crate) state: &'a Native<Unpickler>,
    pub(crate) persistent: Option<Value>,
    pub(crate) finds_itself: bool,
    stack: Vec<Value>,
    marks: Vec<usize>,
}

impl<'a> Loader<'a> {
    /// Looks up what the unpickler was given for this.
    pub(crate) fn begin(
        thread: &'a Thread,
        this: Ref<'a>,
        state: &'a Native<Unpickler>,
    ) -> PyResult<Loader<'a>> {
        let set = state.persistent_load.get();
        let persistent = overridden(thread, this, names::persistent_load.get(), set, &UNPICKLER)?;
        // an instance of a class in Python may have one of its own
        let finds_itself = std::ptr::eq(this.ty(), &raw const *UNPICKLER);
        Ok(Loader { thread, this, state, persistent, finds_itself, stack: Vec::new(), marks: Vec::new() })
    }

    /// Carries out opcodes to the end.
    pub(crate) fn run(mut self) -> PyResult<Value> {
        let mut count = 0_u32;
        loop {
            count = count.wrapping_add(1);
            if count.is_multiple_of(64) && self.thread.has_requests() {
                self.thread.collect_if_requested();
            }
            let code = input::byte(self.thread, self.state).map_err(|raised| self.at_end(raised))?;
            if code == STOP {
                return self.pop();
            }
            self.step(code)?;
        }
    }

    /// The end of the data, where an opcode should stand.
    fn at_end(&self, raised: Raised) -> Raised {
        match caught(self.thread, raised, &[&UNPICKLING_ERROR]) {
            Ok(_) => self.thread.raise_message(&EOF_ERROR, format_args!("Ran out of input")),
            Err(raised) => raised,
        }
    }

    // -- the stack -------------------------------------------------------------------------------

    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    pub(crate) fn underflow(&self) -> Raised {
        let message =
            if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling(self.thread, message)
    }

    pub(crate) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    pub(crate) fn pop(&mut self) -> PyResult<Value> {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(|| unpickling(self.thread, "unpickling stack underflow"))
    }

    pub(crate) fn top(&self) -> PyResult<Value> {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.last().cloned().ok_or_else(|| self.underflow())
    }

    /// Takes the last mark; gives where the objects above it begin, and the object below it.
    pub(crate) fn below_mark(&mut self) -> PyResult<(usize, Value)> {
        let Some(mark) = self.marks.pop() else { return Err(unpickling(self.thread, "could not find MARK")) };
        let start = mark.min(self.stack.len());
        let below = start.checked_sub(1).filter(|below| *below >= self.fence());
        match below.and_then(|below| self.stack.get(below)) {
            Some(below) => Ok((start, below.clone())),
            None => Err(self.underflow()),
        }
    }

    /// Takes the objects from a place of the stack on. Nobody else has the stack while they are looked at.
    pub(crate) fn drain(&mut self, start: usize) -> std::vec::Drain<'_, Value> {
        self.stack.drain(start.min(self.stack.len())..)
    }

    /// Everything above the last mark, which goes.
    pub(crate) fn pop_mark(&mut self) -> PyResult<Vec<Value>> {
        let Some(mark) = self.marks.pop() else { return Err(unpickling(self.thread, "could not find MARK")) };
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    // -- data ------------------------------------------------------------------------------------

    pub(crate) fn array<const N: usize>(&self) -> PyResult<[u8; N]> {
        input::array(self.thread, self.state)
    }

    pub(crate) fn byte(&self) -> PyResult<u8> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn u32(&self) -> PyResult<usize> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn u64(&self, what: &str) -> PyResult<usize> {
        let size = u64::from_le_bytes(self.array()?);
        let most = isize::MAX;
        let known = usize::try_from(size).ok().filter(|size| *size <= most as usize);
        known.ok_or_else(|| {
            raise!(self.thread, OVERFLOW_ERROR, "{what} exceeds system's maximum size of {most} bytes")
        })
    }

    pub(crate) fn data(&self, count: usize) -> PyResult<Vec<u8>> {
        input::read(self.thread, self.state, count)
    }

    /// A line as text.
    pub(crate) fn line(&self) -> PyResult<Value> {
        let line = input::full_line(self.thread, self.state)?;
        match std::str::from_utf8(&line) {
            Ok(text) => call::text(self.thread, text),
            Err(_) => {
                let line = PyBytes::new(self.thread, &line)?;
                (self.thread.interp().hooks.decode.get())(self.thread, line.as_ref(), "utf-8", "strict")
            }
        }
    }

    /// A line that is a number.
    fn number_text(&self) -> PyResult<String> {
        Ok(String::from_utf8_lossy(&input::full_line(self.thread, self.state)?).into_owned())
    }

    // -- opcodes ---------------------------------------------------------------------------------

    fn step(&mut self, code: u8) -> PyResult<()> {
        let thread = self.thread;
        let value = match code {
            NONE => Value::none(),
            NEWTRUE => Value::bool(true),
            NEWFALSE => Value::bool(false),
            BININT => Value::small(i32::from_le_bytes(self.array()?)),
            BININT1 => Value::small(self.byte()?.into()),
            BININT2 => Value::small(u16::from_le_bytes(self.array()?).into()),
            INT | LONG => self.number_line(code)?,
            LONG1 => {
                let count = self.byte()?;
                self.long(count.into())?
            }
            LONG4 => {
                let count = i32::from_le_bytes(self.array()?);
                let Ok(count) = usize::try_from(count) else {
                    return Err(unpickling(thread, "LONG pickle has negative byte count"));
                };
                self.long(count)?
            }
            FLOAT => self.float_line()?,
            BINFLOAT => Value::float(thread, f64::from_be_bytes(self.array()?))?,
            EMPTY_TUPLE => PyTuple::empty().into_value(),
            EMPTY_LIST => PyList::new(thread)?.into_value(),
            EMPTY_DICT => PyDict::new(thread)?.into_value(),
            EMPTY_SET => PySet::new(thread)?.into_value(),
            TUPLE => {
                let items = self.pop_mark()?;
                PyTuple::from_values(thread, items)?.into_value()
            }
            TUPLE1 => PyTuple::pack(thread, [self.pop()?])?.into_value(),
            TUPLE2 => {
                let (second, first) = (self.pop()?, self.pop()?);
                PyTuple::pack(thread, [first, second])?.into_value()
            }
            TUPLE3 => {
                let (third, second, first) = (self.pop()?, self.pop()?, self.pop()?);
                PyTuple::pack(thread, [first, second, third])?.into_value()
            }
            LIST => {
                let items = self.pop_mark()?;
                PyList::from_values(thread, items)?.into_value()
            }
            DICT => self.dict()?,
            FROZENSET => {
                let items = self.pop_mark()?;
                let items = PyTuple::from_values(thread, items)?.into_value();
                protocol::call(thread, as_ref::<PyTypeObject>(&statics::FROZENSET), &[items], None)?
            }
            DUP => self.top()?,
            GET | BINGET | LONG_BINGET => {
                let number = self.memo_number(code)?;
                self.known(number)?
            }
            _ => match self.text(code)? {
                Some(value) => value,
                None => return self.change(code),
            },
        };
        self.push(value);
        Ok(())
    }

    /// Opcodes that give text or bytes; none if it is another.
    fn text(&mut self, code: u8) -> PyResult<Option<Value>> {
        let thread = self.thread;
        Ok(Some(match code {
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => {
                let count = match code {
                    SHORT_BINUNICODE => self.byte()?.into(),
                    BINUNICODE => self.u32()?,
                    _ => self.u64("BINUNICODE")?,
                };
                match input::text(thread, self.state, count)? {
                    Some(text) => text.into_value(),
                    None => self.utf8(&self.data(count)?)?,
                }
            }
            SHORT_BINBYTES | BINBYTES | BINBYTES8 => {
                let count = match code {
                    SHORT_BINBYTES => self.byte()?.into(),
                    BINBYTES => self.u32()?,
                    _ => self.u64("BINBYTES")?,
                };
                PyBytes::new(thread, &self.data(count)?)?.into_value()
            }
            BYTEARRAY8 => {
                let count = self.u64("BYTEARRAY8")?;
                let data = PyBytes::new(thread, &self.data(count)?)?.into_value();
                protocol::call(thread, as_ref::<PyTypeObject>(&statics::BYTEARRAY), &[data], None)?
            }
            SHORT_BINSTRING => {
                let count = self.byte()?;
                let data = self.data(count.into())?;
                self.old_string(&data)?
            }
            BINSTRING => {
                let Ok(count) = usize::try_from(i32::from_le_bytes(self.array()?)) else {
                    return Err(unpickling(thread, "BINSTRING pickle has negative byte count"));
                };
                let data = self.data(count)?;
                self.old_string(&data)?
            }
            STRING => {
                let line = input::line(thread, self.state)?;
                let quoted = match line.as_slice() {
                    [first @ (b'"' | b'\''), inner @ .., last] if first == last => inner,
                    _ => return Err(unpickling(thread, "the STRING opcode argument must be quoted")),
                };
                let data = self.decoded("escape_decode", quoted)?;
                let data = taipan_object::buffer::bytes_of(thread, data.as_ref())?.into_owned();
                self.old_string(&data)?
            }
            UNICODE => {
                let line = input::line(thread, self.state)?;
                self.decoded("raw_unicode_escape_decode", &line)?
            }
            NEXT_BUFFER => self.next_buffer()?,
            _ => return Ok(None),
        }))
    }

    fn utf8(&self, data: &[u8]) -> PyResult<Value> {
        match std::str::from_utf8(data) {
            Ok(text) => call::text(self.thread, text),
            Err(_) => {
                let data = PyBytes::new(self.thread, data)?;
                let decode = self.thread.interp().hooks.decode.get();
                decode(self.thread, data.as_ref(), "utf-8", "surrogatepass")
            }
        }
    }

    /// What a function of `_codecs` decodes.
    fn decoded(&self, function: &str, data: &[u8]) -> PyResult<Value> {
        let data = PyBytes::new(self.thread, data)?.into_value();
        let function = intern_text(self.thread, function)?;
        let decode = call::imported(self.thread, names::_codecs.get(), &function)?;
        let pair = protocol::call(self.thread, decode.as_ref(), &[data], None)?;
        protocol::subscript(self.thread, pair.as_ref(), Value::small(0).as_ref())
    }

    /// A string of Python 2: text in the encoding that was asked for, or bytes.
    fn old_string(&self, data: &[u8]) -> PyResult<Value> {
        let data = PyBytes::new(self.thread, data)?;
        let (encoding, errors) = (self.state.encoding.borrow().clone(), self.state.errors.borrow().clone());
        if encoding == "bytes" {
            return Ok(data.into_value());
        }
        (self.thread.interp().hooks.decode.get())(self.thread, data.as_ref(), &encoding, &errors)
    }

    // -- numbers ---------------------------------------------------------------------------------

    fn number_line(&self, code: u8) -> PyResult<Value> {
        let line = self.number_text()?;
        match (code, line.as_str()) {
            (INT, "00") => return Ok(Value::bool(false)),
            (INT, "01") => return Ok(Value::bool(true)),
            _ => {}
        }
        let digits = if code == LONG { line.strip_suffix('L').unwrap_or(&line) } else { &line };
        let has_suffix = digits.len() < line.len();
        if let Ok(small) = digits.parse::<i64>() {
            return Value::int(self.thread, small);
        }
        // without its suffix a number is read with the end of its line
        let end = if has_suffix { "" } else { "\n" };
        let given = [call::text(self.thread, &format!("{digits}{end}"))?, Value::small(10)];
        protocol::call(self.thread, as_ref::<PyTypeObject>(&statics::INT), &given, None).map_err(|raised| {
            match caught(self.thread, raised, &[&taipan_object::exception::VALUE_ERROR]) {
                Ok(_) if code == INT => raise!(self.thread, VALUE_ERROR, "could not convert string to int"),
                Ok(error) => self.thread.raise(error),
                Err(raised) => raised,
            }
        })
    }

    fn float_line(&self) -> PyResult<Value> {
        let line = self.number_text()?;
        let text = call::text(self.thread, &line)?;
        protocol::call(self.thread, as_ref::<PyTypeObject>(&statics::FLOAT), &[text], None).map_err(
            |raised| match caught(self.thread, raised, &[&taipan_object::exception::VALUE_ERROR]) {
                Ok(_) => raise!(self.thread, VALUE_ERROR, "could not convert string to float: '{line}\n'"),
                Err(raised) => raised,
            },
        )
    }

    /// An int in bytes of two's complement, the lowest first.
    fn long(&self, count: usize) -> PyResult<Value> {
        let mut bytes = self.data(count)?;
        let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
        if negative {
            let mut carry = true;
            for byte in &mut bytes {
                let (next, over) = (!*byte).overflowing_add(u8::from(carry));
                (*byte, carry) = (next, over);
            }
        }
        let digits: String = bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect();
        if digits.is_empty() {
            return Ok(Value::small(0));
        }
        int::parse(self.thread, negative, &digits, 16).map_err(|_| self.thread.raise_memory_error())
    }

    // -- the memo --------------------------------------------------------------------------------

    fn memo_number(&self, code: u8) -> PyResult<usize> {
        Ok(match code {
            BINGET | BINPUT => self.byte()?.into(),
            LONG_BINGET | LONG_BINPUT => self.u32()?,
            _ => {
                let number = self.number_line(GET)?;
                match number.as_ref().to_i64().map(usize::try_from) {
                    Some(Ok(number)) => number,
                    _ if code == PUT => {
                        return Err(raise!(self.thread, VALUE_ERROR, "negative PUT argument"));
                    }
                    _ => {
                        let shown = number.as_ref().int_to_text(10).unwrap_or_default();
                        let message = format!("Memo value not found at index {shown}");
                        return Err(unpickling(self.thread, &message));
                    }
                }
            }
        })
    }

    fn known(&self, number: usize) -> PyResult<Value> {
        let known = self.state.memo.borrow().get(number).cloned();
        known.ok_or_else(|| unpickling(self.thread, &format!("Memo value not found at index {number}")))
    }

    fn remember(&self, number: usize) -> PyResult<()> {
        let top = self.top()?;
        let displaced = self.state.memo.borrow_mut().insert(number, top);
        drop(displaced);
        Ok(())
    }

    // -- what changes the stack ------------------------------------------------------------------

    fn change(&mut self, code: u8) -> PyResult<()> {
        let thread = self.thread;
        match code {
            MARK => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            POP if self.marks.last() == Some(&self.stack.len()) => {
                self.marks.pop();
                Ok(())
            }
            POP => self.pop().map(drop),
            POP_MARK => self.pop_mark().map(drop),
            PUT | BINPUT | LONG_BINPUT => {
                let number = self.memo_number(code)?;
                self.remember(number)
            }
            MEMOIZE => {
                let number = self.state.memo.borrow().len();
                self.remember(number)
            }
            PROTO => {
                let version = self.byte()?;
                if i64::from(version) > HIGHEST {
                    return Err(raise!(thread, VALUE_ERROR, "unsupported pickle protocol: {version}"));
                }
                self.state.version.set(version.into());
                Ok(())
            }
            FRAME => {
                let count = u64::from_le_bytes(self.array()?);
                let most = isize::MAX;
                match usize::try_from(count).ok().filter(|count| *count <= most as usize) {
                    Some(count) => input::frame(thread, self.state, count),
                    None => Err(raise!(
                        thread,
                        OVERFLOW_ERROR,
                        "FRAME length exceeds system's maximum of {most} bytes"
                    )),
                }
            }
            _ => match self.object(code)? {
                true => Ok(()),
                false if (0x20..=0x7E).contains(&code) && code != b'\'' && code != b'\\' => {
                    let shown = char::from(code);
                    Err(unpickling(thread, &format!("invalid load key, '{shown}'.")))
                }
                false => Err(unpickling(thread, &format!("invalid load key, '\\x{code:02x}'."))),
            },
        }
    }

    fn dict(&mut self) -> PyResult<Value> {
        let items = self.pop_mark()?;
        if !items.len().is_multiple_of(2) {
            return Err(unpickling(self.thread, "odd number of items for DICT"));
        }
        let dict = PyDict::new(self.thread)?;
        for pair in items.chunks_exact(2) {
            if let [key, value] = pair {
                drop(dict.insert(self.thread, key.as_ref(), value.clone())?);
            }
        }
        Ok(dict.into_value())
    }
}
