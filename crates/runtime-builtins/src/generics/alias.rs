//! `types.GenericAlias`: a class with arguments in brackets (`list[int]`).

use std::cell::Cell;

use taipan_object::descriptor::member::MemberKind;
use taipan_object::exception::{ATTRIBUTE_ERROR, TYPE_ERROR};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::protocol::{self, attribute};
use taipan_object::slot::Slot;
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};

use super::{parameters, show};
use crate::arguments::check_count;

/// The class, the arguments, the type parameters among them once they are known, whether there is a star before it.
#[derive(Default)]
pub struct GenericAlias {
    origin: Slot,
    args: Slot,
    parameters: Slot,
    starred: Cell<bool>,
}

native_type! {
    /// `types.GenericAlias`.
    pub static GENERIC_ALIAS: GenericAlias = "types.GenericAlias", flags flags::BASETYPE, dict false, weak true,
    does {
        new: new, repr: repr, hash: hash, call: call, getattr: get, richcompare: compare, iter: iter,
        or: super::union::or, subscript: subscript,
    }
}

impl NativeType for GenericAlias {
    fn definition() -> &'static NativeStatic<GenericAlias> {
        &GENERIC_ALIAS
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in [&self.origin, &self.args, &self.parameters] {
            visitor.slot(slot);
        }
    }

    fn clear(&self) {
        drop((self.origin.take(), self.args.take(), self.parameters.take()));
    }
}

const fn field(name: &'static str, in_state: usize, kind: MemberKind) -> crate::install::Field {
    (name, NativeStatic::<GenericAlias>::offset(in_state), kind, true)
}

/// Fields of the state as attributes.
pub(super) const FIELDS: [crate::install::Field; 3] = [
    field("__origin__", std::mem::offset_of!(GenericAlias, origin), MemberKind::Object),
    field("__args__", std::mem::offset_of!(GenericAlias, args), MemberKind::Object),
    field("__unpacked__", std::mem::offset_of!(GenericAlias, starred), MemberKind::Bool),
];

/// `origin[key]`
pub fn of(thread: &Thread, origin: Value, key: Value) -> PyResult<Value> {
    make(thread, &GENERIC_ALIAS, origin, key, false)
}

fn make(thread: &Thread, class: &PyTypeObject, origin: Value, key: Value, starred: bool) -> PyResult<Value> {
    let args = match key.downcast::<PyTuple>() {
        Ok(args) => args,
        Err(single) => PyTuple::pack(thread, [single])?,
    };
    let state = GenericAlias {
        origin: Slot::new(origin),
        args: Slot::new(args.into_value()),
        parameters: Slot::empty(),
        starred: Cell::new(starred),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "GenericAlias() takes no keyword arguments"));
    }
    check_count(thread, "GenericAlias", arguments.len(), 2, 2)?;
    match arguments {
        [origin, key] => make(thread, class, origin.clone(), key.clone(), false),
        _ => Ok(Value::none()),
    }
}

impl GenericAlias {
    /// The alias behind a value.
    pub(crate) fn of(value: Ref<'_>) -> Option<&Native<GenericAlias>> {
        value.get::<Native<GenericAlias>>()
    }

    /// `__origin__`
    pub(crate) fn origin(&self) -> Value {
        self.origin.get().unwrap_or_else(Value::none)
    }

    /// `__args__`
    pub(crate) fn args(&self) -> Owned<PyTuple> {
        let args = self.args.get().and_then(|args| args.downcast::<PyTuple>().ok());
        args.unwrap_or_else(PyTuple::empty)
    }

    /// Whether there is a star before it.
    pub(super) fn is_starred(&self) -> bool {
        self.starred.get()
    }

    /// `__parameters__`
    pub(super) fn parameters(&self, thread: &Thread) -> PyResult<Owned<PyTuple>> {
        if let Some(known) = self.parameters.get().and_then(|known| known.downcast::<PyTuple>().ok()) {
            return Ok(known);
        }
        let found = parameters::find(thread, &self.args())?;
        drop(self.parameters.replace(Some(found.clone().into_value())));
        Ok(found)
    }

    /// The arguments of a tuple type with a star before it.
    pub(super) fn unpacked_args(value: Ref<'_>) -> Option<Owned<PyTuple>> {
        let alias = GenericAlias::of(value)?;
        let is_tuple =
            alias.origin().as_ref().is(taipan_object::as_ref(&taipan_object::types::statics::TUPLE));
        (alias.is_starred() && is_tuple).then(|| alias.args())
    }
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(alias) = GenericAlias::of(this) else { return Ok(Value::none()) };
    let _guard = thread.recurse(" while getting the repr of an object")?;
    let origin = show::item(thread, alias.origin().as_ref())?;
    let args = show::arguments(thread, &alias.args())?;
    let star = if alias.is_starred() { "*" } else { "" };
    Ok(PyStr::from_text(thread, &format!("{star}{origin}[{args}]"))?.into_value())
}

fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let Some(alias) = GenericAlias::of(this) else { return Ok(0) };
    let (origin, args) = (alias.origin(), alias.args());
    let hash = protocol::hash(thread, origin.as_ref())? ^ protocol::hash(thread, args.as_ref())?;
    Ok(if hash == -1 { -2 } else { hash })
}

fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y), CompareOp::Eq | CompareOp::Ne) = (GenericAlias::of(a), GenericAlias::of(b), op)
    else {
        return Ok(Value::not_implemented());
    };
    let parts = (x.origin(), y.origin(), x.args(), y.args());
    let equal = x.is_starred() == y.is_starred()
        && protocol::same_or_equal(thread, parts.0.as_ref(), parts.1.as_ref())?
        && protocol::same_or_equal(thread, parts.2.as_ref(), parts.3.as_ref())?;
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

/// Makes an instance of the class, which is told as what it was made if it lets itself be.
fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let Some(alias) = GenericAlias::of(this) else { return Ok(Value::not_implemented()) };
    let object = protocol::call(thread, alias.origin().as_ref(), arguments, names)?;
    let name = intern::intern_text(thread, "__orig_class__")?;
    if let Err(raised) = protocol::set_attribute(thread, object.as_ref(), &name, Some(this.to_value())) {
        let exception = thread.catch(raised);
        let ty = exception.as_ref().ty();
        if !ty.is_subtype(&ATTRIBUTE_ERROR) && !ty.is_subtype(&TYPE_ERROR) {
            return Err(thread.raise(exception));
        }
    }
    Ok(object)
}

/// What is not asked of the class either.
pub(super) const BLOCKED: [&str; 4] = ["__bases__", "__copy__", "__deepcopy__", "__file__"];

/// Attributes that are the alias's own; all others are those of the class.
pub(super) const OWN: [&str; 9] = [
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

fn get(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let own = OWN.iter().any(|own| name.equals_text(own));
    let blocked = BLOCKED.iter().any(|blocked| name.equals_text(blocked));
    match GenericAlias::of(this).filter(|_| !own && !blocked) {
        Some(alias) => protocol::get_attribute(thread, alias.origin().as_ref(), name),
        None => attribute::generic_get(thread, this, name),
    }
}

fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let Some(alias) = GenericAlias::of(this) else { return Ok(Value::not_implemented()) };
    let parameters = alias.parameters(thread)?;
    let args = parameters::substitute(thread, this, &alias.args(), &parameters, key)?;
    make(thread, &GENERIC_ALIAS, alias.origin(), args.into_value(), alias.is_starred())
}

/// Gives the alias with a star, once: what `*tuple[int, ...]` in brackets becomes.
#[derive(Default)]
pub struct AliasIterator {
    alias: Slot,
}

native_type! {
    /// `generic_alias_iterator`.
    pub static GENERIC_ALIAS_ITERATOR: AliasIterator = "generic_alias_iterator",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

impl AliasIterator {
    /// The alias that an iterator has not given yet.
    pub(super) fn left(this: Ref<'_>) -> Option<Value> {
        this.get::<Native<AliasIterator>>()?.alias.get()
    }
}

impl NativeType for AliasIterator {
    fn definition() -> &'static NativeStatic<AliasIterator> {
        &GENERIC_ALIAS_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.alias);
    }

    fn clear(&self) {
        drop(self.alias.take());
    }
}

fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Native::new(thread, AliasIterator { alias: Slot::new(this.to_value()) })?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let held = this.get::<Native<AliasIterator>>().and_then(|iterator| iterator.alias.take());
    let Some(held) = held else { return Ok(None) };
    let Some(alias) = GenericAlias::of(held.as_ref()) else { return Ok(None) };
    make(thread, held.as_ref().ty(), alias.origin(), alias.args().into_value(), true).map(Some)
}
