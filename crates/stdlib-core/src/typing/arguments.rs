//! `P.args` and `P.kwargs`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::{install, text};

use super::parameter;
use crate::call;
use taipan_object::declare::{method_table, native_state};

/// The `ParamSpec`.
#[derive(Default)]
pub(super) struct Args {
    origin: Slot,
}

native_type! {
    /// `ParamSpecArgs`.
    pub(super) static ARGS: Args = "typing.ParamSpecArgs", flags 0, dict false, weak true,
    does { new: new_args, repr: repr, richcompare: compare, hash: protocol::no_hash }
}

native_state!(Args in ARGS: origin);

/// The `ParamSpec`.
#[derive(Default)]
pub(super) struct Kwargs {
    origin: Slot,
}

native_type! {
    /// `ParamSpecKwargs`.
    pub(super) static KWARGS: Kwargs = "typing.ParamSpecKwargs", flags 0, dict false, weak true,
    does { new: new_kwargs, repr: repr, richcompare: compare, hash: protocol::no_hash }
}

native_state!(Kwargs in KWARGS: origin);

method_table! { METHODS:
    Instance One c"__mro_entries__" "($self, object, /)" mro_entries, c"It cannot be derived from.";
}

static ATTRIBUTES: [GetSetDef; 1] =
    [GetSetDef { name: "__origin__", get: |_, this| Ok(origin(this)), set: None, doc: "The ParamSpec." }];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 2] = [&ARGS, &KWARGS];
    types.into_iter().try_for_each(|ty| {
        install::methods(thread, ty, &METHODS)?;
        install::attributes(thread, ty, &ATTRIBUTES)
    })
}

pub(super) fn positional(thread: &Thread, origin: Ref<'_>) -> PyResult<Value> {
    Ok(Native::new(thread, Args { origin: Slot::new(origin.to_value()) })?.into_value())
}

pub(super) fn named(thread: &Thread, origin: Ref<'_>) -> PyResult<Value> {
    Ok(Native::new(thread, Kwargs { origin: Slot::new(origin.to_value()) })?.into_value())
}

fn new_args(thread: &Thread, _: &PyTypeObject, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    check_count(thread, "paramspecargs", arguments.len(), 1, 1)?;
    arguments.first().map_or_else(|| Ok(Value::none()), |origin| positional(thread, origin.as_ref()))
}

fn new_kwargs(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    _: Option<&PyTuple>,
) -> PyResult<Value> {
    check_count(thread, "paramspeckwargs", arguments.len(), 1, 1)?;
    arguments.first().map_or_else(|| Ok(Value::none()), |origin| named(thread, origin.as_ref()))
}

fn origin(this: Ref<'_>) -> Value {
    let origin = match this.get::<Native<Args>>() {
        Some(args) => args.origin.get(),
        None => this.get::<Native<Kwargs>>().and_then(|kwargs| kwargs.origin.get()),
    };
    origin.unwrap_or_else(Value::none)
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let origin = origin(this);
    let name = match parameter::of(origin.as_ref()).and_then(|parameter| parameter.name.get()) {
        Some(name) => name.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy),
        None => text::repr(thread, origin.as_ref())?.to_text_lossy(),
    };
    let part = if this.get::<Native<Args>>().is_some() { "args" } else { "kwargs" };
    call::text(thread, &format!("{name}.{part}"))
}

fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    if !std::ptr::eq(this.ty(), other.ty()) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    protocol::compare(thread, origin(this).as_ref(), origin(other).as_ref(), op)
}

fn mro_entries(thread: &Thread, this: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    let ty = this.ty().short_name();
    Err(raise!(thread, TYPE_ERROR, "Cannot subclass an instance of {ty}"))
}
