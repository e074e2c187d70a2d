//! The slot table: how the VM and natives call what a type does. Declared once, in `slots!`: the private
//! slot, its calling protocol, the field of CPython's tables that stands for it.
//!
//! **The protocol.** The first argument is the thread; operands are borrowed ([`Ref`]) and alive through the
//! call; what is stored is owned ([`Value`]); results are owned. An error is [`Raised`](crate::Raised) and
//! the exception rests in the thread. A binary operation that does not know its operands returns
//! `NotImplemented`. A slot is called with operands whose type has the slot, in the position that the
//! protocol names; it checks nevertheless, for a safe function must not trust its caller.
//!
//! Until there is a C API, a C field that CPython fills holds a trap, one per kind; see [`traps`](super::traps).

use std::cell::Cell;

use super::layout::{PyHeapTypeObject, PyTypeObject};
use super::traps;
use crate::buffer::{Buffer, Request};
use crate::error::PyResult;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Ref, Value};

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    /// `<`
    Lt = 0,
    /// `<=`
    Le = 1,
    /// `==`
    Eq = 2,
    /// `!=`
    Ne = 3,
    /// `>`
    Gt = 4,
    /// `>=`
    Ge = 5,
}

impl CompareOp {
    /// The comparison with its operands exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    /// Whether an ordering satisfies the comparison.
    #[inline]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }
}

/// What `send` gives: the next value, or the end with a result.
pub enum Sent {
    /// Yielded.
    Next(Value),
    /// Returned.
    Return(Value),
}

/// One operand, one result: `repr`, `iter`, `-x`, `await`.
pub type Unary = fn(&Thread, Ref<'_>) -> PyResult<Value>;
/// Two operands.
pub type Binary = fn(&Thread, Ref<'_>, Ref<'_>) -> PyResult<Value>;
/// `pow(a, b, m)`.
pub type Ternary = fn(&Thread, Ref<'_>, Ref<'_>, Ref<'_>) -> PyResult<Value>;
/// A hash, never -1.
pub type Hash = fn(&Thread, Ref<'_>) -> PyResult<i64>;
/// The truth of a value.
pub type Truth = fn(&Thread, Ref<'_>) -> PyResult<bool>;
/// A length.
pub type Length = fn(&Thread, Ref<'_>) -> PyResult<usize>;
/// A comparison.
pub type Compare = fn(&Thread, Ref<'_>, Ref<'_>, CompareOp) -> PyResult<Value>;
/// The next item; none at the end, with no exception raised.
pub type Next = fn(&Thread, Ref<'_>) -> PyResult<Option<Value>>;
/// A call: positional arguments, then those of the names in the tuple.
pub type Call = fn(&Thread, Ref<'_>, &[Value], Option<&PyTuple>) -> PyResult<Value>;
/// Sets up an instance; arguments as for a call.
pub type Init = fn(&Thread, Ref<'_>, &[Value], Option<&PyTuple>) -> PyResult<()>;
/// Makes an instance; arguments as for a call.
pub type New = fn(&Thread, &PyTypeObject, &[Value], Option<&PyTuple>) -> PyResult<Value>;
/// Reads an attribute.
pub type GetAttr = fn(&Thread, Ref<'_>, &PyStr) -> PyResult<Value>;
/// Sets an attribute, or deletes it.
pub type SetAttr = fn(&Thread, Ref<'_>, &PyStr, Option<Value>) -> PyResult<()>;
/// Reads the item at an index that was already counted from the front.
pub type Item = fn(&Thread, Ref<'_>, isize) -> PyResult<Value>;
/// Sets or deletes the item at such an index.
pub type SetItem = fn(&Thread, Ref<'_>, isize, Option<Value>) -> PyResult<()>;
/// Sets or deletes what a key names.
pub type SetKey = fn(&Thread, Ref<'_>, Ref<'_>, Option<Value>) -> PyResult<()>;
/// Whether a container contains a value.
pub type Contains = fn(&Thread, Ref<'_>, Ref<'_>) -> PyResult<bool>;
/// Binds a descriptor to an instance and a type.
pub type DescrGet = fn(&Thread, Ref<'_>, Option<Ref<'_>>, Option<Ref<'_>>) -> PyResult<Value>;
/// Sets through a descriptor, or deletes.
pub type DescrSet = fn(&Thread, Ref<'_>, Ref<'_>, Option<Value>) -> PyResult<()>;
/// Called once before the object dies; it may come back to life.
pub type Finalize = fn(&Thread, Ref<'_>) -> PyResult<()>;
/// Lends memory.
pub type GetBuffer = fn(&Thread, Ref<'_>, Request) -> PyResult<Buffer>;
/// Is told that memory which was lent is not needed any more. What goes wrong is reported, not raised.
pub type ReleaseBuffer = fn(&Thread, Ref<'_>);
/// `send`.
pub type Send = fn(&Thread, Ref<'_>, Ref<'_>) -> PyResult<Sent>;

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $kind:ident => $place:ident $field:ident;)*) => {
        /// The private slots of a type.
        pub struct Slots { $($(#[$doc])* pub $name: Cell<Option<$kind>>),* }

        impl Slots {
            /// No slot.
            pub const fn empty() -> Slots { Slots { $($name: Cell::new(None)),* } }

            /// Takes from a base what is not there, except for hash and comparison, which go together.
            pub(crate) fn inherit(&self, base: &Slots) {
                let hash = (self.hash.get(), self.richcompare.get());
                $(if self.$name.get().is_none() { self.$name.set(base.$name.get()); })*
                if hash.0.is_some() || hash.1.is_some() {
                    self.hash.set(hash.0);
                    self.richcompare.set(hash.1);
                }
            }

            /// Puts a trap into each C field whose private slot is filled, and null into the others.
            pub(crate) fn fill_c(&self, ty: &PyTypeObject, tables: &Tables<'_>) {
                $(slots!(@set $place $field, ty, tables, self.$name.get().is_some().then_some(traps::$kind));)*
            }
        }
    };
    (@set ty $field:ident, $ty:ident, $tables:ident, $value:expr) => { $ty.$field.set($value) };
    (@set none $field:ident, $ty:ident, $tables:ident, $value:expr) => {};
    (@set $place:ident $field:ident, $ty:ident, $tables:ident, $value:expr) => {
        $tables.$place.$field.set($value)
    };
}

/// Where the C tables of a type stand.
pub(crate) struct Tables<'a> {
    pub(crate) asynchronous: &'a super::layout::PyAsyncMethods,
    pub(crate) number: &'a super::layout::PyNumberMethods,
    pub(crate) mapping: &'a super::layout::PyMappingMethods,
    pub(crate) sequence: &'a super::layout::PySequenceMethods,
    pub(crate) buffer: &'a super::layout::PyBufferProcs,
}

impl<'a> Tables<'a> {
    pub(crate) fn of_heap_type(ty: &'a PyHeapTypeObject) -> Tables<'a> {
        Tables {
            asynchronous: &ty.as_async,
            number: &ty.as_number,
            mapping: &ty.as_mapping,
            sequence: &ty.as_sequence,
            buffer: &ty.as_buffer,
        }
    }
}

slots! {
    /// `__repr__`
    repr: Unary => ty tp_repr;
    /// `__hash__`
    hash: Hash => ty tp_hash;
    /// `__call__`
    call: Call => ty tp_call;
    /// `__str__`
    str: Unary => ty tp_str;
    /// `__getattribute__`, and `__getattr__` behind it
    getattr: GetAttr => ty tp_getattro;
    /// `__setattr__`, `__delattr__`
    setattr: SetAttr => ty tp_setattro;
    /// The six comparisons
    richcompare: Compare => ty tp_richcompare;
    /// `__iter__`
    iter: Unary => ty tp_iter;
    /// `__next__`
    next: Next => ty tp_iternext;
    /// `__get__`
    descr_get: DescrGet => ty tp_descr_get;
    /// `__set__`, `__delete__`
    descr_set: DescrSet => ty tp_descr_set;
    /// `__init__`
    init: Init => ty tp_init;
    /// `__new__`
    new: New => ty tp_new;
    /// `__del__`; called through `tp_finalize`, which is a real C function
    finalize: Finalize => none none;
    /// `__await__`
    await_: Unary => asynchronous am_await;
    /// `__aiter__`
    aiter: Unary => asynchronous am_aiter;
    /// `__anext__`
    anext: Unary => asynchronous am_anext;
    /// `send` of generators and coroutines
    send: Send => asynchronous am_send;
    /// `+`
    add: Binary => number nb_add;
    /// `-`
    subtract: Binary => number nb_subtract;
    /// `*`
    multiply: Binary => number nb_multiply;
    /// `%`
    remainder: Binary => number nb_remainder;
    /// `divmod`
    divmod: Binary => number nb_divmod;
    /// `**` and `pow`
    power: Ternary => number nb_power;
    /// `-x`
    negative: Unary => number nb_negative;
    /// `+x`
    positive: Unary => number nb_positive;
    /// `abs`
    absolute: Unary => number nb_absolute;
    /// `__bool__`
    bool: Truth => number nb_bool;
    /// `~x`
    invert: Unary => number nb_invert;
    /// `<<`
    lshift: Binary => number nb_lshift;
    /// `>>`
    rshift: Binary => number nb_rshift;
    /// `&`
    and: Binary => number nb_and;
    /// `^`
    xor: Binary => number nb_xor;
    /// `|`
    or: Binary => number nb_or;
    /// `__int__`
    int: Unary => number nb_int;
    /// `__float__`
    float: Unary => number nb_float;
    /// `+=`
    inplace_add: Binary => number nb_inplace_add;
    /// `-=`
    inplace_subtract: Binary => number nb_inplace_subtract;
    /// `*=`
    inplace_multiply: Binary => number nb_inplace_multiply;
    /// `%=`
    inplace_remainder: Binary => number nb_inplace_remainder;
    /// `**=`
    inplace_power: Ternary => number nb_inplace_power;
    /// `<<=`
    inplace_lshift: Binary => number nb_inplace_lshift;
    /// `>>=`
    inplace_rshift: Binary => number nb_inplace_rshift;
    /// `&=`
    inplace_and: Binary => number nb_inplace_and;
    /// `^=`
    inplace_xor: Binary => number nb_inplace_xor;
    /// `|=`
    inplace_or: Binary => number nb_inplace_or;
    /// `//`
    floor_divide: Binary => number nb_floor_divide;
    /// `/`
    true_divide: Binary => number nb_true_divide;
    /// `//=`
    inplace_floor_divide: Binary => number nb_inplace_floor_divide;
    /// `/=`
    inplace_true_divide: Binary => number nb_inplace_true_divide;
    /// `__index__`
    index: Unary => number nb_index;
    /// `@`
    matrix_multiply: Binary => number nb_matrix_multiply;
    /// `@=`
    inplace_matrix_multiply: Binary => number nb_inplace_matrix_multiply;
    /// `len` of a sequence
    length: Length => sequence sq_length;
    /// `+` of a sequence
    concat: Binary => sequence sq_concat;
    /// `*` of a sequence and a count
    repeat: Item => sequence sq_repeat;
    /// `x[i]` of a sequence
    item: Item => sequence sq_item;
    /// `x[i] = y` of a sequence
    set_item: SetItem => sequence sq_ass_item;
    /// `in`
    contains: Contains => sequence sq_contains;
    /// `+=` of a sequence
    inplace_concat: Binary => sequence sq_inplace_concat;
    /// `*=` of a sequence
    inplace_repeat: Item => sequence sq_inplace_repeat;
    /// `len` of a mapping
    map_length: Length => mapping mp_length;
    /// `x[k]`
    subscript: Binary => mapping mp_subscript;
    /// `x[k] = y`, `del x[k]`
    set_subscript: SetKey => mapping mp_ass_subscript;
    /// `__buffer__`
    get_buffer: GetBuffer => buffer bf_getbuffer;
    /// `__release_buffer__`
    release_buffer: ReleaseBuffer => buffer bf_releasebuffer;
}

/// `slots_of! { hash: f, length: g }`: a table with these slots and no others.
macro_rules! slots_of {
    ($($name:ident: $function:expr),* $(,)?) => {
        $crate::types::slots::Slots {
            $($name: std::cell::Cell::new(Some($function)),)*
            ..$crate::types::slots::Slots::empty()
        }
    };
}
pub(crate) use slots_of;
