//! The singletons, the types that stand at the root of all others, and the list of static types.
//! Invariant: all of them stand in writable memory at link-time addresses (they are to be exported), and a
//! base stands before what derives from it in [`all`].

use std::sync::{PoisonError, RwLock};

use super::core::TypeCore;
use super::slots::{CompareOp, slots_of};
use super::{PyTypeObject, StaticType, flags, lifecycle};
use crate::error::PyResult;
use crate::header::PyObject;
use crate::protocol::attribute;
use crate::thread::Thread;
use crate::value::{Ref, Value};

pub use crate::bool::{BOOL, FALSE, TRUE};
pub use crate::bytearray::BYTEARRAY;
pub use crate::bytes::BYTES;
pub use crate::cell::CELL;
pub use crate::complex::COMPLEX;
pub use crate::dict::DICT;
pub use crate::float::FLOAT;
pub use crate::int::INT;
pub use crate::list::LIST;
pub use crate::set::{FROZENSET, SET};
pub use crate::slice::SLICE;
pub use crate::str::STR;
pub use crate::tuple::TUPLE;

/// `None`.
pub static NONE: PyObject = PyObject::immortal(&NONE_TYPE);
/// `Ellipsis`.
pub static ELLIPSIS: PyObject = PyObject::immortal(&ELLIPSIS_TYPE);
/// `NotImplemented`.
pub static NOT_IMPLEMENTED: PyObject = PyObject::immortal(&NOT_IMPLEMENTED_TYPE);

/// `object`.
pub static OBJECT: PyTypeObject = StaticType {
    base: None,
    ..StaticType::new(c"object", 16, lifecycle::dealloc_plain, &OBJECT_CORE).flags(flags::BASETYPE)
}
.build();
static OBJECT_CORE: TypeCore = TypeCore::new(slots_of! {
    hash: identity_hash,
    richcompare: object_compare,
    getattr: attribute::generic_get,
    setattr: attribute::generic_set,
});

/// `type`.
pub static TYPE: PyTypeObject = StaticType::new(c"type", 936, super::class::dealloc_type, &TYPE_CORE)
    .item(40)
    .flags(flags::BASETYPE | flags::TYPE_SUBCLASS | flags::HAVE_VECTORCALL | flags::ITEMS_AT_END)
    .collected(super::class::traverse_type, Some(super::class::clear_type))
    .offsets(264, 368)
    .build();
static TYPE_CORE: TypeCore =
    TypeCore::new(slots_of! { getattr: attribute::type_get, setattr: attribute::type_set });

/// The type of `None`.
pub static NONE_TYPE: PyTypeObject =
    StaticType::new(c"NoneType", 16, lifecycle::dealloc_never, &NONE_CORE).build();
static NONE_CORE: TypeCore = TypeCore::new(slots_of! {
    hash: |_, _| Ok(NONE_HASH),
    richcompare: identity_compare,
    bool: |_, _| Ok(false),
});
/// The hash of `None`, a constant of the language's reference implementation since 3.12.
const NONE_HASH: i64 = 0xFCA8_6420;

/// The type of `Ellipsis`.
pub static ELLIPSIS_TYPE: PyTypeObject =
    StaticType::new(c"ellipsis", 16, lifecycle::dealloc_never, &ELLIPSIS_CORE).build();
static ELLIPSIS_CORE: TypeCore = TypeCore::new(slots_of! {});

/// The type of `NotImplemented`.
pub static NOT_IMPLEMENTED_TYPE: PyTypeObject =
    StaticType::new(c"NotImplementedType", 16, lifecycle::dealloc_never, &NOT_IMPLEMENTED_CORE).build();
static NOT_IMPLEMENTED_CORE: TypeCore = TypeCore::new(slots_of! { bool: not_implemented_has_no_truth });

fn not_implemented_has_no_truth(thread: &Thread, _: Ref<'_>) -> PyResult<bool> {
    Err(crate::raise!(thread, TYPE_ERROR, "NotImplemented should not be used in a boolean context"))
}

/// `object.__hash__`: by address, or by value where the value is in the word.
pub fn identity_hash(_: &Thread, object: Ref<'_>) -> PyResult<i64> {
    Ok(crate::hash::of_address(object.word().bits()))
}

/// `object`'s comparisons: equal if the same, otherwise not known; unequal where the type's own `==` says not
/// equal.
fn object_compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let own = a.ty().slots().richcompare.get().filter(|_| op == CompareOp::Ne);
    let Some(compare) = own else { return identity_compare(thread, a, b, op) };
    let equal = compare(thread, a, b, CompareOp::Eq)?;
    if equal.as_ref().is_not_implemented() {
        return Ok(equal);
    }
    Ok(Value::bool(!crate::protocol::truth(thread, equal.as_ref())?))
}

/// Equal if the same, otherwise not known.
pub fn identity_compare(_: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    Ok(match op {
        CompareOp::Eq if a.is(b) => Value::bool(true),
        CompareOp::Ne if a.is(b) => Value::bool(false),
        _ => Value::not_implemented(),
    })
}

/// The static types of the layers above, in the order in which they were made ready.
static MORE: RwLock<Vec<&'static PyTypeObject>> = RwLock::new(Vec::new());

/// Notes one more static type of the layers above; says how many there were before.
pub(crate) fn add_more(ty: &'static PyTypeObject) -> u32 {
    let mut more = MORE.write().unwrap_or_else(PoisonError::into_inner);
    more.push(ty);
    more.len() as u32 - 1
}

/// The static types of the layers above, bases first.
pub fn more() -> Vec<&'static PyTypeObject> {
    MORE.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// How many static types there are.
pub(crate) fn count() -> usize {
    all().count() + MORE.read().unwrap_or_else(PoisonError::into_inner).len()
}

/// All static types of this crate, bases first.
pub fn all() -> impl Iterator<Item = &'static PyTypeObject> {
    let basic: [&'static PyTypeObject; _] = [
        &OBJECT,
        &TYPE,
        &NONE_TYPE,
        &ELLIPSIS_TYPE,
        &NOT_IMPLEMENTED_TYPE,
        &INT,
        &BOOL,
        &FLOAT,
        &COMPLEX,
        &STR,
        &BYTES,
        &BYTEARRAY,
        &crate::memoryview::MEMORYVIEW,
        &TUPLE,
        &LIST,
        &SLICE,
        &crate::range::RANGE,
        &CELL,
        &DICT,
        &crate::dict::derived::DEFAULT_DICT,
        &crate::dict::derived::ORDERED_DICT,
        &SET,
        &FROZENSET,
        &crate::weakref::REFERENCE,
        &crate::builtin::BUILTIN_FUNCTION,
        &crate::iterators::list::LIST_ITERATOR,
        &crate::iterators::tuple::TUPLE_ITERATOR,
        &crate::iterators::ascii::ASCII_ITERATOR,
        &crate::iterators::str::STR_ITERATOR,
        &crate::iterators::bytes::BYTES_ITERATOR,
        &crate::iterators::bytearray::BYTEARRAY_ITERATOR,
        &crate::iterators::sequence::SEQUENCE_ITERATOR,
        &crate::dict::iterators::keys::DICT_KEY_ITERATOR,
        &crate::dict::iterators::values::DICT_VALUE_ITERATOR,
        &crate::dict::iterators::items::DICT_ITEM_ITERATOR,
        &crate::set::iter::SET_ITERATOR,
        &crate::range::RANGE_ITERATOR,
        &crate::range::LONG_RANGE_ITERATOR,
        &crate::module::MODULE,
        &crate::function::FUNCTION,
        &crate::method::METHOD,
        &crate::code::CODE,
        &crate::traceback::TRACEBACK,
        &crate::descriptor::property::PROPERTY,
        &crate::descriptor::static_method::STATIC_METHOD,
        &crate::descriptor::class_method::CLASS_METHOD,
        &crate::descriptor::method::METHOD_DESCRIPTOR,
        &crate::descriptor::native_class_method::CLASS_METHOD_DESCRIPTOR,
        &crate::descriptor::member::MEMBER_DESCRIPTOR,
        &crate::descriptor::get_set::GETSET_DESCRIPTOR,
        &crate::descriptor::wrapper::WRAPPER_DESCRIPTOR,
        &crate::super_object::SUPER,
    ];
    basic.into_iter().chain(crate::exception::all())
}
