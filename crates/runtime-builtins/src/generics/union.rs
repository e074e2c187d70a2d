//! `typing.Union`, which `types.UnionType` is as well: `int | str`. Invariant: the parts are no unions themselves, and
//! no two are equal.

use taipan_object::descriptor::member::MemberKind;
use taipan_object::exception::TYPE_ERROR;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::protocol::{self, attribute};
use taipan_object::set::PySet;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, raise};

use std::cell::Cell;

use super::alias::GenericAlias;
use super::{parameters, show};

/// The parts, and the type parameters among them once they are known.
#[derive(Default)]
pub struct PyUnion {
    args: Slot,
    parameters: Slot,
    /// How many parts could not be hashed when the union was made.
    unhashable: Cell<usize>,
}

native_type! {
    /// `typing.Union`.
    pub static UNION: PyUnion = "typing.Union", flags taipan_object::types::flags::DISALLOW_INSTANTIATION,
    dict false, weak true,
    does { repr: repr, hash: hash, getattr: get, richcompare: compare, or: or, subscript: subscript }
}

impl NativeType for PyUnion {
    fn definition() -> &'static NativeStatic<PyUnion> {
        &UNION
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.args);
        visitor.slot(&self.parameters);
    }

    fn clear(&self) {
        drop((self.args.take(), self.parameters.take()));
    }
}

impl PyUnion {
    /// The parts of a union; none of what is no union.
    pub(crate) fn args_of(value: Ref<'_>) -> Option<Owned<PyTuple>> {
        value.get::<Native<PyUnion>>()?.args.get()?.downcast().ok()
    }

    /// `__parameters__`
    pub(super) fn parameters_of(thread: &Thread, value: Ref<'_>) -> PyResult<Owned<PyTuple>> {
        let (Some(this), Some(args)) = (value.get::<Native<PyUnion>>(), PyUnion::args_of(value)) else {
            return Ok(PyTuple::empty());
        };
        if let Some(known) = this.parameters.get().and_then(|known| known.downcast::<PyTuple>().ok()) {
            return Ok(known);
        }
        let found = parameters::find(thread, &args)?;
        drop(this.parameters.replace(Some(found.clone().into_value())));
        Ok(found)
    }
}

/// Fields of the state as attributes.
pub(super) const FIELDS: [crate::install::Field; 1] = [(
    "__args__",
    NativeStatic::<PyUnion>::offset(std::mem::offset_of!(PyUnion, args)),
    MemberKind::Object,
    true,
)];

/// Whether a value may stand beside a bar.
fn is_part(value: Ref<'_>) -> bool {
    value.is_none()
        || value.get::<PyTypeObject>().is_some()
        || GenericAlias::of(value).is_some()
        || value.get::<Native<PyUnion>>().is_some()
}

/// `a | b` where one of them is a type.
pub(crate) fn or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    // a union takes whatever could be meant as a type
    if PyUnion::args_of(a).is_some() || PyUnion::args_of(b).is_some() {
        return of(thread, &[meant(thread, a)?, meant(thread, b)?]);
    }
    if !is_part(a) || !is_part(b) {
        return Ok(Value::not_implemented());
    }
    of(thread, &[a.to_value(), b.to_value()])
}

/// What is meant by a part of a union: a string is a forward reference.
///
/// # Errors
/// TypeError if it is a tuple.
pub fn meant(thread: &Thread, part: Ref<'_>) -> PyResult<Value> {
    if part.get::<PyStr>().is_some() {
        return super::union_attributes::forward_reference(thread, part.to_value());
    }
    if part.get::<PyTuple>().is_some() {
        let shown = crate::text::repr(thread, part)?.to_text_lossy();
        let message = "Union[arg, ...]: each arg must be a type.";
        return Err(raise!(thread, TYPE_ERROR, "{message} Got {shown}."));
    }
    Ok(part.to_value())
}

/// The union of some types, at least one: that one itself if all are equal.
pub fn of(thread: &Thread, types: &[Value]) -> PyResult<Value> {
    let mut parts: Vec<Value> = Vec::new();
    for ty in types {
        match PyUnion::args_of(ty.as_ref()) {
            Some(inner) => {
                for part in inner.iter() {
                    add(thread, &mut parts, part.to_value())?;
                }
            }
            None if ty.as_ref().is_none() => add(thread, &mut parts, as_ref(&statics::NONE_TYPE).to_value())?,
            None => add(thread, &mut parts, ty.clone())?,
        }
    }
    if let [single] = &parts[..] {
        return Ok(single.clone());
    }
    let args = PyTuple::from_values(thread, parts)?;
    let mut unhashable = 0;
    for arg in args.iter() {
        if let Err(raised) = protocol::hash(thread, arg) {
            let error = thread.catch(raised);
            if !error.as_ref().ty().is_subtype(&TYPE_ERROR) {
                return Err(thread.raise(error));
            }
            unhashable += 1;
        }
    }
    let state = PyUnion {
        args: Slot::new(args.into_value()),
        parameters: Slot::empty(),
        unhashable: Cell::new(unhashable),
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn add(thread: &Thread, parts: &mut Vec<Value>, part: Value) -> PyResult<()> {
    for known in &*parts {
        if std::ptr::eq(known.as_ref().ty(), part.as_ref().ty())
            && protocol::same_or_equal(thread, known.as_ref(), part.as_ref())?
        {
            return Ok(());
        }
    }
    parts.push(part);
    Ok(())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let args = PyUnion::args_of(this).unwrap_or_else(PyTuple::empty);
    Ok(PyStr::from_text(thread, &show::alternatives(thread, &args)?)?.into_value())
}

fn to_set(thread: &Thread, this: Ref<'_>) -> PyResult<Owned<PySet>> {
    let set = PySet::new_frozen(thread)?;
    if let Some(args) = PyUnion::args_of(this) {
        for arg in args.iter() {
            set.add(thread, arg)?;
        }
    }
    Ok(set)
}

fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let count = this.get::<Native<PyUnion>>().map_or(0, |union| union.unhashable.get());
    if count == 0 {
        return protocol::hash(thread, to_set(thread, this)?.as_ref());
    }
    for part in PyUnion::args_of(this).iter().flat_map(|args| args.iter()) {
        protocol::hash(thread, part)?;
    }
    // they can be hashed now, but their place among the others was found without
    Err(raise!(thread, TYPE_ERROR, "union contains {count} unhashable elements"))
}

/// Equal if each part of the one is equal to one of the other, whatever the order.
fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y), CompareOp::Eq | CompareOp::Ne) = (PyUnion::args_of(a), PyUnion::args_of(b), op)
    else {
        return Ok(Value::not_implemented());
    };
    let mut equal = x.len() == y.len();
    for part in x.iter() {
        let mut found = false;
        for other in y.iter() {
            found = found || protocol::same_or_equal(thread, part, other)?;
        }
        equal = equal && found;
    }
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

/// `__module__` is the type's, everything else the union's own.
fn get(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    if name.equals_text("__module__") {
        return protocol::get_attribute(thread, as_ref(this.ty()), name);
    }
    attribute::generic_get(thread, this, name)
}

fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let args = PyUnion::args_of(this).unwrap_or_else(PyTuple::empty);
    let parameters = PyUnion::parameters_of(thread, this)?;
    let new = parameters::substitute(thread, this, &args, &parameters, key)?;
    of(thread, &new.iter().map(Ref::to_value).collect::<Vec<_>>())
}
