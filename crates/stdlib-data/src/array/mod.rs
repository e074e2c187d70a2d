//! The module `array`: `array`, items of one type one behind the other. `codes.rs` has the types of items, `slots.rs`
//! what operators do, `change.rs` and `convert.rs` the methods, `pickle.rs` what pickle needs, `iterator.rs` the
//! iterator. Invariant: the block holds whole items only.

mod change;
mod codes;
mod convert;
mod iterator;
mod pickle;
mod slots;

use std::cell::Cell;

use taipan_object::buffer::Block;
use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::no_keywords;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use codes::Code;

/// An array.
#[derive(Default)]
pub(crate) struct Array {
    code: Cell<Code>,
    block: Block,
}

native_type! {
    /// `array.array`.
    pub(crate) static ARRAY: Array = "array.array", flags flags::BASETYPE | flags::SEQUENCE, dict false, weak true,
    does {
        new: new,
        repr: slots::repr,
        hash: protocol::no_hash,
        iter: iterator::iter,
        richcompare: slots::compare,
        length: |thread, this| Ok(receiver::<Array>(thread, this)?.len()),
        map_length: |thread, this| Ok(receiver::<Array>(thread, this)?.len()),
        item: slots::item,
        subscript: slots::subscript,
        set_subscript: slots::set_subscript,
        contains: slots::contains,
        concat: slots::concat,
        repeat: slots::repeat,
        inplace_concat: slots::inplace_concat,
        inplace_repeat: slots::inplace_repeat,
        get_buffer: slots::buffer,
    }
}

native_state!(Array in ARRAY:);

method_table! { METHODS:
    Instance One c"append" "($self, v, /)" change::append, c"Puts an item behind all.";
    Instance None c"buffer_info" "($self, /)" convert::buffer_info, c"Where the items stand, and how many.";
    Instance None c"byteswap" "($self, /)" change::byteswap, c"Reverses the bytes of every item.";
    Instance None c"clear" "($self, /)" change::clear, c"Removes all items.";
    Instance None c"__copy__" "($self, /)" convert::copy, c"A copy.";
    Instance One c"count" "($self, v, /)" convert::count, c"How many items are equal to a value.";
    Instance One c"__deepcopy__" "($self, unused, /)" |thread, this, _| convert::copy(thread, this), c"A copy.";
    Instance One c"extend" "($self, bb, /)" change::extend, c"Puts items behind all.";
    Instance Two c"fromfile" "($self, f, n, /)" change::from_file, c"Reads so many items from a file.";
    Instance One c"fromlist" "($self, list, /)" change::from_list, c"Puts the items of a list behind all.";
    Instance One c"frombytes" "($self, buffer, /)" change::from_bytes, c"Puts items given as bytes behind all.";
    Instance One c"fromunicode" "($self, ustr, /)" change::from_unicode, c"Puts characters behind all.";
    Instance Positional c"index" "($self, v, start=0, stop=sys.maxsize, /)" convert::index, c"The place of the first equal item.";
    Instance Two c"insert" "($self, i, v, /)" change::insert, c"Puts an item before another.";
    Instance Positional c"pop" "($self, i=-1, /)" change::pop, c"Removes an item and gives it.";
    Instance One c"__reduce_ex__" "($self, value, /)" pickle::reduce, c"What pickle makes the array again from.";
    Instance One c"remove" "($self, v, /)" change::remove, c"Removes the first equal item.";
    Instance None c"reverse" "($self, /)" change::reverse, c"Reverses the order of the items.";
    Instance One c"tofile" "($self, f, /)" convert::to_file, c"Writes the items to a file.";
    Instance None c"tolist" "($self, /)" convert::to_list, c"The items as a list.";
    Instance None c"tobytes" "($self, /)" convert::to_bytes, c"The items as bytes.";
    Instance None c"tounicode" "($self, /)" convert::to_unicode, c"The characters as a string.";
    Instance None c"__sizeof__" "($self, /)" convert::size_of, c"Bytes that the array takes.";
}

method_table! { CLASS_METHODS:
    Class One c"__class_getitem__" "($type, object, /)" taipan_runtime_builtins::generics::class_getitem, c"See PEP 585.";
}

attribute_table! { ATTRIBUTES:
    "typecode" |thread, this| text(thread, &receiver::<Array>(thread, this)?.code.get().letter().to_string()), None, "The letter of the type of its items.";
    "itemsize" |thread, this| Ok(Value::small(receiver::<Array>(thread, this)?.item_size() as i32)), None, "Bytes of an item.";
}

method_table! { FUNCTIONS:
    Instance Positional c"_array_reconstructor" "($module, arraytype, typecode, mformat_code, items, /)" pickle::reconstruct,
        c"Makes an array of what was pickled.";
}

/// `array`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "array",
    doc: Some("Items of one type, one behind the other."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        let ty: &PyTypeObject = &ARRAY;
        add(thread, module, "array", as_ref(ty).to_value())?;
        add(thread, module, "ArrayType", as_ref(ty).to_value())?;
        let letters: String = codes::ALL.iter().map(|code| code.letter()).collect();
        add(thread, module, "typecodes", text(thread, &letters)?)
    }),
};

/// The types of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&ARRAY, &iterator::ARRAY_ITERATOR]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &ARRAY, &METHODS)?;
    install::attributes(thread, &ARRAY, &ATTRIBUTES)?;
    install::methods(thread, &ARRAY, &CLASS_METHODS)?;
    iterator::fill(thread)
}

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

impl Array {
    fn of(code: Code, bytes: Vec<u8>) -> Array {
        Array { code: Cell::new(code), block: Block::new(bytes) }
    }

    fn item_size(&self) -> usize {
        self.code.get().size()
    }

    /// How many items there are.
    fn len(&self) -> usize {
        self.block.len() / self.item_size()
    }

    /// The bytes of an item, first of eight.
    fn bytes_at(&self, at: usize) -> Option<[u8; 8]> {
        let size = self.item_size();
        let start = at.checked_mul(size)?;
        let mut item = [0; 8];
        self.block.read(start, item.get_mut(..size)?).then_some(item)
    }

    /// An item.
    fn get(&self, thread: &Thread, at: usize) -> PyResult<Option<Value>> {
        self.bytes_at(at).map(|bytes| self.code.get().unpack(thread, bytes)).transpose()
    }

    /// All bytes.
    fn all(&self, thread: &Thread) -> PyResult<Vec<u8>> {
        self.block.copy(thread, 0, usize::MAX)
    }

    /// Puts bytes where those of some items are.
    fn splice(&self, thread: &Thread, start: usize, end: usize, new: &[u8]) -> PyResult<()> {
        let size = self.item_size();
        self.block.splice(thread, start.saturating_mul(size), end.saturating_mul(size), new)
    }

    /// Puts a value behind all.
    fn push(&self, thread: &Thread, value: Ref<'_>) -> PyResult<()> {
        let bytes = self.code.get().pack(thread, value)?;
        let len = self.len();
        self.splice(thread, len, len, bytes.get(..self.item_size()).unwrap_or_default())
    }
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    if std::ptr::eq(class, &*ARRAY as &PyTypeObject) && names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "array.array() takes no keyword arguments"));
    }
    let arguments = no_keywords(thread, class, &ARRAY, arguments, names)?;
    let (code, initial) = match arguments {
        [] => return Err(raise!(thread, TYPE_ERROR, "array() takes at least 1 argument (0 given)")),
        [code] => (code, None),
        [code, initial] => (code, Some(initial.as_ref())),
        more => {
            let given = more.len();
            return Err(raise!(thread, TYPE_ERROR, "array() takes at most 2 arguments ({given} given)"));
        }
    };
    let code = code_of(thread, code.as_ref())?;
    let array = Native::new_in(thread, class, Array::of(code, Vec::new()))?;
    if let Some(initial) = initial {
        initialize(thread, &array, initial)?;
    }
    Ok(array.into_value())
}

/// The type of items that an argument names.
fn code_of(thread: &Thread, code: Ref<'_>) -> PyResult<Code> {
    let Some(letter) = code.get::<PyStr>() else {
        let ty = if code.is_none() { "None" } else { code.ty().short_name() };
        return Err(raise!(thread, TYPE_ERROR, "array() argument 1 must be a unicode character, not {ty}"));
    };
    let (Some(point), 1) = (letter.char_at(0), letter.len()) else {
        let len = letter.len();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "array() argument 1 must be a unicode character, not a string of length {len}"
        ));
    };
    if point == u32::from('u') {
        let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
        taipan_stdlib_core::warnings::warn(thread, &DEPRECATION_WARNING, message)?;
    }
    Code::of(point).ok_or_else(|| {
        let message = "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)";
        raise!(thread, VALUE_ERROR, "{message}")
    })
}

fn initialize(thread: &Thread, array: &Native<Array>, initial: Ref<'_>) -> PyResult<()> {
    let code = array.code.get();
    if !code.is_text() {
        let other = initial.get::<Native<Array>>().filter(|other| other.code.get().is_text());
        let what = match (initial.get::<PyStr>(), other) {
            (Some(_), _) => "str",
            (None, Some(_)) => "unicode array",
            (None, None) => "",
        };
        if !what.is_empty() {
            let letter = code.letter();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "cannot use a {what} to initialize an array with typecode '{letter}'"
            ));
        }
    }
    if let Some(other) = initial.get::<Native<Array>>().filter(|other| other.code.get() == code) {
        return array.splice(thread, 0, 0, &other.all(thread)?);
    }
    if initial.get::<PyBytes>().is_some() || initial.get::<PyByteArray>().is_some() {
        return change::push_bytes(thread, array, initial);
    }
    if let Some(text) = initial.get::<PyStr>() {
        return change::push_text(thread, array, text);
    }
    let iterator = protocol::iter(thread, initial)?;
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        array.push(thread, item.as_ref())?;
    }
    Ok(())
}
