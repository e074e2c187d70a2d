//! Objects of marshalled bytes.

use num_bigint::{BigInt, Sign};

use taipan_artifact::Limits;
use taipan_bytecode_format::artifact::decode_code;
use taipan_bytecode_format::marshal::{Atom, Build, Container, Dialect, MarshalError, Reader};
use taipan_object::bytes::PyBytes;
use taipan_object::complex::PyComplex;
use taipan_object::dict::PyDict;
use taipan_object::exception::STOP_ITERATION;
use taipan_object::list::PyList;
use taipan_object::set::PySet;
use taipan_object::slice::PySlice;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Thread, Value, as_ref, raise};
use taipan_wtf8::Wtf8;

/// The value at the beginning of bytes.
pub(crate) fn loads_bytes(thread: &Thread, bytes: &[u8], allow_code: bool) -> PyResult<Value> {
    Ok(value_of(thread, bytes, allow_code)?.0)
}

/// The same, and how many bytes it took.
pub(super) fn value_of(thread: &Thread, bytes: &[u8], allow_code: bool) -> PyResult<(Value, usize)> {
    if bytes.is_empty() {
        return Err(raise!(thread, EOF_ERROR, "EOF read where object expected"));
    }
    let builder = Builder { thread, allow_code, raised: None };
    let mut reader = Reader::new(bytes, Dialect::Taipan, builder);
    let result = reader.value();
    let used = reader.offset();
    match (result, reader.into_builder().raised) {
        (Ok(value), _) => Ok((value, used)),
        (Err(_), Some(raised)) => Err(raised),
        (Err(error), None) => Err(refused(thread, &error)),
    }
}

#[cold]
fn refused(thread: &Thread, error: &MarshalError) -> Raised {
    let what = match error {
        MarshalError::UnexpectedEnd { .. } => return raise!(thread, EOF_ERROR, "marshal data too short"),
        MarshalError::Length { length, .. } if *length >= 0 => {
            return raise!(thread, EOF_ERROR, "marshal data too short");
        }
        MarshalError::Null { .. } => {
            return raise!(thread, TYPE_ERROR, "NULL object in marshal data for object");
        }
        MarshalError::Depth { .. } => return raise!(thread, VALUE_ERROR, "recursion limit exceeded"),
        MarshalError::UnknownType { .. } => "unknown type code",
        MarshalError::Length { .. } => "size out of range",
        MarshalError::Reference { .. } => "invalid reference",
        MarshalError::Integer { .. } => "digit out of range in long",
        MarshalError::Float { .. } => "malformed float",
        MarshalError::Text { .. } => "malformed text",
        MarshalError::Code { .. } => "invalid code object",
        _ => "unexpected value",
    };
    raise!(thread, VALUE_ERROR, "bad marshal data ({what})")
}

struct Builder<'t> {
    thread: &'t Thread,
    allow_code: bool,
    /// What was raised while an object was made.
    raised: Option<Raised>,
}

impl Builder<'_> {
    fn made<T>(&mut self, result: PyResult<T>, offset: usize) -> Result<T, MarshalError> {
        result.map_err(|raised| {
            self.raised = Some(raised);
            MarshalError::NotAllowed { offset, found: "an exception" }
        })
    }
}

/// A text as a string.
fn string(thread: &Thread, text: Wtf8<'_>, interned: bool) -> PyResult<Value> {
    let made = match text.as_str() {
        Some(text) => PyStr::from_text(thread, text)?,
        None => {
            let points: Vec<u32> = text.code_points().map(|point| point.value()).collect();
            PyStr::from_code_points(thread, &points)?
        }
    };
    let made = if interned { intern(thread, made)? } else { made };
    Ok(made.into_value())
}

fn integer(thread: &Thread, value: &BigInt) -> PyResult<Value> {
    let digits = value.magnitude().to_str_radix(16);
    taipan_object::int::parse(thread, value.sign() == Sign::Minus, &digits, 16)
        .map_err(|_| thread.raise_memory_error())
}

fn atom_value(thread: &Thread, atom: Atom<'_>) -> PyResult<Value> {
    Ok(match atom {
        Atom::None => Value::none(),
        Atom::StopIteration => as_ref(&STOP_ITERATION).to_value(),
        Atom::Ellipsis => Value::ellipsis(),
        Atom::Bool(value) => Value::bool(value),
        Atom::Small(value) => Value::int(thread, value)?,
        Atom::Int(value) => integer(thread, &value)?,
        Atom::Float(value) => Value::float(thread, value)?,
        Atom::Complex(real, imaginary) => PyComplex::new(thread, real, imaginary)?.into_value(),
        Atom::Bytes(bytes) => PyBytes::new(thread, bytes)?.into_value(),
        Atom::Str(text, interned) => string(thread, text, interned)?,
    })
}

fn opened_as<T: taipan_object::Layout>(opened: Option<Value>) -> Option<Owned<T>> {
    opened.and_then(|opened| opened.downcast().ok())
}

fn closed(thread: &Thread, kind: Container, opened: Option<Value>, items: Vec<Value>) -> PyResult<Value> {
    match kind {
        Container::Tuple | Container::ReferenceCode => Ok(PyTuple::from_values(thread, items)?.into_value()),
        Container::List => match opened_as::<PyList>(opened) {
            Some(list) => {
                items.into_iter().try_for_each(|item| list.push(thread, item))?;
                Ok(list.into_value())
            }
            None => Ok(PyList::from_values(thread, items)?.into_value()),
        },
        Container::Dict => match opened {
            Some(dict) => Ok(dict),
            None => Ok(PyDict::new(thread)?.into_value()),
        },
        Container::Set | Container::FrozenSet => {
            let set = match opened_as::<PySet>(opened) {
                Some(set) => set,
                None => PySet::new_frozen(thread)?,
            };
            for item in items {
                set.add(thread, item.as_ref())?;
            }
            Ok(set.into_value())
        }
        Container::Slice => {
            let mut items = items.into_iter();
            let mut next = || items.next().unwrap_or_else(Value::none);
            let (start, stop, step) = (next(), next(), next());
            Ok(PySlice::new(thread, start, stop, step)?.into_value())
        }
    }
}

impl Build for Builder<'_> {
    type Object = Value;

    fn atom(&mut self, atom: Atom<'_>, offset: usize) -> Result<Value, MarshalError> {
        let made = atom_value(self.thread, atom);
        self.made(made, offset)
    }

    fn open(&mut self, kind: Container, _: usize) -> Result<Option<Value>, MarshalError> {
        let made = match kind {
            Container::List => PyList::new(self.thread).map(Owned::into_value),
            Container::Dict => PyDict::new(self.thread).map(Owned::into_value),
            Container::Set => PySet::new(self.thread).map(Owned::into_value),
            _ => return Ok(None),
        };
        self.made(made.map(Some), 0)
    }

    fn close(
        &mut self,
        kind: Container,
        opened: Option<Value>,
        items: Vec<Value>,
        offset: usize,
    ) -> Result<Value, MarshalError> {
        let made = closed(self.thread, kind, opened, items);
        self.made(made, offset)
    }

    fn pair(
        &mut self,
        dict: Option<&mut Value>,
        pair: [Value; 2],
        offset: usize,
    ) -> Result<(), MarshalError> {
        let [key, value] = pair;
        let Some(dict) = dict.and_then(|dict| dict.as_ref().get::<PyDict>()) else { return Ok(()) };
        let old = dict.insert(self.thread, key.as_ref(), value);
        self.made(old.map(drop), offset)
    }

    fn code(&mut self, artifact: &[u8], offset: usize) -> Result<Value, MarshalError> {
        if !self.allow_code {
            let raised = raise!(self.thread, VALUE_ERROR, "unmarshalling code objects is disallowed");
            return self.made(Err(raised), offset);
        }
        let (_, code) =
            decode_code(artifact, Limits::default()).map_err(|error| MarshalError::Code { offset, error })?;
        let made = taipan_vm::code_object(self.thread, code).map(Owned::into_value);
        self.made(made, offset)
    }

    fn share(&mut self, object: &Value, _: usize) -> Result<Value, MarshalError> {
        Ok(object.clone())
    }
}
