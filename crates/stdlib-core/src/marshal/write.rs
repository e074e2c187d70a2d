//! Marshalled bytes of objects. Objects that may be met again are flagged and then referred to, as CPython does: those
//! with more than one reference. Invariant: containers are copied before what they hold is looked at; the walk keeps a
//! stack of its own, only the items of sets, which are sorted by their bytes, recurse.

use num_bigint::BigInt;
use std::collections::HashMap;

use taipan_bytecode_format::artifact::{WriteError, encode_code};
use taipan_bytecode_format::marshal::{Container, MAX_DEPTH, Writer};
use taipan_object::buffer;
use taipan_object::bytes::PyBytes;
use taipan_object::code::PyCode;
use taipan_object::complex::PyComplex;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::STOP_ITERATION;
use taipan_object::list::PyList;
use taipan_object::set::{FROZENSET, PySet, SET};
use taipan_object::slice::PySlice;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, raise};
use taipan_wtf8::Wtf8Buf;

/// The bytes of a value.
pub(super) fn bytes_of(thread: &Thread, value: Ref<'_>, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut walk =
        Walk { thread, out: Writer::new(), seen: HashMap::new(), kept: Vec::new(), version, allow_code };
    walk.all(value.to_value())?;
    Ok(walk.out.into_bytes())
}

struct Walk<'t> {
    thread: &'t Thread,
    out: Writer,
    /// Numbers of flagged objects, by their words.
    seen: HashMap<u64, usize>,
    /// Keeps flagged objects alive, so that their words stay theirs.
    kept: Vec<Value>,
    version: i32,
    allow_code: bool,
}

/// A container whose items are written one by one.
struct Open {
    items: std::vec::IntoIter<Value>,
    is_dict: bool,
}

#[cold]
fn unmarshallable(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "unmarshallable object")
}

#[cold]
fn too_deep(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "object too deeply nested to marshal")
}

fn big(value: Ref<'_>) -> Option<BigInt> {
    match value.to_i64() {
        Some(small) => Some(BigInt::from(small)),
        None => BigInt::parse_bytes(value.int_to_text(16)?.as_bytes(), 16),
    }
}

impl Walk<'_> {
    fn all(&mut self, value: Value) -> PyResult<()> {
        let mut open: Vec<Open> = Vec::new();
        let mut next = Some(value);
        loop {
            if let Some(value) = next.take()
                && let Some(opened) = self.one(value)?
            {
                open.push(opened);
                if open.len() > MAX_DEPTH {
                    return Err(too_deep(self.thread));
                }
            }
            let Some(innermost) = open.last_mut() else { return Ok(()) };
            next = innermost.items.next();
            if next.is_none() {
                if innermost.is_dict {
                    self.out.null();
                }
                drop(open.pop());
            }
        }
    }

    fn written(&self, result: Result<(), WriteError>) -> PyResult<()> {
        result.map_err(|_| unmarshallable(self.thread))
    }

    /// Writes a value without items, or begins one with.
    fn one(&mut self, value: Value) -> PyResult<Option<Open>> {
        let this = value.as_ref();
        if this.is_none() {
            self.out.none();
        } else if this.is(Value::bool(true).as_ref()) || this.is(Value::bool(false).as_ref()) {
            self.out.bool(this.is(Value::bool(true).as_ref()));
        } else if this.is(Value::ellipsis().as_ref()) {
            self.out.ellipsis();
        } else if this.is(as_ref(&STOP_ITERATION)) {
            self.out.stop_iteration();
        } else {
            let Some(flag) = self.flag(&value)? else { return Ok(None) };
            return self.flagged(this, flag);
        }
        Ok(None)
    }

    /// Whether the value is to be flagged; none if a reference to it was written.
    fn flag(&mut self, value: &Value) -> PyResult<Option<bool>> {
        let Some(head) = value.as_ref().head() else { return Ok(Some(false)) };
        let interned = value.as_ref().get::<PyStr>().is_some_and(|text| text.is_interned());
        // one reference is the walk's own
        if self.version < 3 || (head.refcount() <= 2 && !interned) {
            return Ok(Some(false));
        }
        let word = value.word().bits();
        if let Some(&number) = self.seen.get(&word) {
            let result = self.out.reference(number);
            self.written(result)?;
            return Ok(None);
        }
        self.seen.insert(word, self.seen.len());
        self.kept.push(value.clone());
        Ok(Some(true))
    }

    fn flagged(&mut self, value: Ref<'_>, flag: bool) -> PyResult<Option<Open>> {
        let result = if value.word().is_int() || std::ptr::eq(value.ty(), &statics::INT) {
            match big(value) {
                Some(int) => self.out.int(&int, flag),
                None => return Err(unmarshallable(self.thread)),
            }
        } else if std::ptr::eq(value.ty(), &statics::FLOAT) {
            self.out.float(value.to_f64().unwrap_or_default(), flag);
            Ok(())
        } else if let Some(complex) = value.get_exact::<PyComplex>() {
            let [real, imaginary] = complex.parts();
            self.out.complex(real, imaginary, flag);
            Ok(())
        } else if let Some(bytes) = value.get_exact::<PyBytes>() {
            self.out.bytes(bytes.as_slice(), flag)
        } else if let Some(text) = value.get_exact::<PyStr>() {
            self.out.str(text.to_wtf8().as_wtf8(), text.is_interned(), flag)
        } else if let Some(code) = value.get_exact::<PyCode>() {
            return self.code(code, flag);
        } else if buffer::is_bytes_like(value) && value.get::<PyBytes>().is_none() {
            let bytes = buffer::bytes_of(self.thread, value)?;
            self.out.bytes(&bytes, flag)
        } else {
            return self.container(value, flag);
        };
        self.written(result)?;
        Ok(None)
    }

    fn code(&mut self, code: &PyCode, flag: bool) -> PyResult<Option<Open>> {
        if !self.allow_code {
            return Err(raise!(self.thread, VALUE_ERROR, "marshalling code objects is disallowed"));
        }
        let header = taipan_artifact::Header {
            producer: taipan_artifact::PRODUCER,
            options: Vec::new(),
            source_name: Wtf8Buf::new(),
            source_hash: taipan_artifact::SourceHash::default(),
        };
        let artifact = encode_code(&taipan_vm::program(code).source, &header);
        let result = artifact.and_then(|artifact| self.out.code(&artifact, flag));
        self.written(result)?;
        Ok(None)
    }

    fn container(&mut self, value: Ref<'_>, flag: bool) -> PyResult<Option<Open>> {
        let (kind, items) = if let Some(tuple) = value.get_exact::<PyTuple>() {
            (Container::Tuple, tuple.iter().map(Ref::to_value).collect())
        } else if let Some(list) = value.get_exact::<PyList>() {
            (Container::List, (0..list.len()).filter_map(|at| list.get(at)).collect())
        } else if let Some(dict) = value.get_exact::<PyDict>() {
            (Container::Dict, pairs(dict))
        } else if std::ptr::eq(value.ty(), &SET) {
            (Container::Set, self.sorted(value)?)
        } else if std::ptr::eq(value.ty(), &FROZENSET) {
            (Container::FrozenSet, self.sorted(value)?)
        } else if let Some(slice) = value.get_exact::<PySlice>().filter(|_| self.version >= 5) {
            (Container::Slice, vec![slice.start(), slice.stop(), slice.step()])
        } else {
            return Err(unmarshallable(self.thread));
        };
        let result = self.out.open(kind, items.len(), flag);
        self.written(result)?;
        Ok(Some(Open { items: items.into_iter(), is_dict: kind == Container::Dict }))
    }

    /// The items of a set in the order of their bytes, so that equal sets have equal bytes.
    fn sorted(&mut self, set: Ref<'_>) -> PyResult<Vec<Value>> {
        let _guard = self.thread.recurse(" while marshalling a set")?;
        let mut items = Vec::new();
        if let Some(set) = set.get::<PySet>() {
            let mut position = 0;
            while let Some(item) = set.next(&mut position) {
                items.push(item);
            }
        }
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            keyed.push((bytes_of(self.thread, item.as_ref(), self.version, self.allow_code)?, item));
        }
        keyed.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(keyed.into_iter().map(|(_, item)| item).collect())
    }
}

fn pairs(dict: &PyDict) -> Vec<Value> {
    let (mut cursor, mut items) = (DictCursor::start(), Vec::with_capacity(dict.len() * 2));
    while let Some((key, value)) = cursor.next(dict) {
        items.push(key);
        items.push(value);
    }
    items
}
