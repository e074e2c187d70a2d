//! `cmp_to_key`: objects that compare by a function.

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::protocol::{self, compare};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags::DISALLOW_INSTANTIATION;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};

use crate::arguments::Parameters;
use crate::install;
use taipan_object::declare::{native_state, receiver};

/// The function, and the object that is compared; none in the key function itself.
#[derive(Default)]
pub(super) struct KeyWrapper {
    function: Slot,
    object: Slot,
}

native_type! {
    /// `KeyWrapper`.
    pub(super) static KEY_WRAPPER: KeyWrapper = "functools.KeyWrapper", flags DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { call: call, richcompare: compare_keys, hash: protocol::no_hash }
}

native_state!(KeyWrapper in KEY_WRAPPER: function, object);

static ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef {
        name: "__text_signature__",
        get: |thread, _| Ok(PyStr::from_text(thread, "(obj)")?.into_value()),
        set: None,
        doc: "how the key function is called",
    },
    GetSetDef {
        name: "obj",
        get: |thread, this| {
            Ok(receiver::<KeyWrapper>(thread, this)?.object.get().unwrap_or_else(Value::none))
        },
        set: Some(|thread, this, value| {
            drop(receiver::<KeyWrapper>(thread, this)?.object.replace(value));
            Ok(())
        }),
        doc: "the object that is compared",
    },
];

/// Puts the attribute into the type.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::attributes(thread, &KEY_WRAPPER, &ATTRIBUTES)
}

fn parameters(function: &'static str, name: &'static str) -> Parameters<1> {
    Parameters { function, names: [name], positional_only: 0, positional: 1, required: 1 }
}

pub(super) fn cmp_to_key(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [function] = parameters("cmp_to_key", "mycmp").bind(thread, arguments, names)?;
    let function = Slot::from_option(function.map(Ref::to_value));
    Ok(Native::new(thread, KeyWrapper { function, object: Slot::empty() })?.into_value())
}

fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [object] = parameters("K", "obj").bind(thread, arguments, names)?;
    let key = receiver::<KeyWrapper>(thread, this)?;
    let state = KeyWrapper {
        function: Slot::from_option(key.function.get()),
        object: Slot::from_option(object.map(Ref::to_value)),
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn compare_keys(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(left), Some(right)) = (a.get::<Native<KeyWrapper>>(), b.get::<Native<KeyWrapper>>()) else {
        return Err(raise!(thread, TYPE_ERROR, "other argument must be K instance"));
    };
    let (Some(x), Some(y), Some(function)) = (left.object.get(), right.object.get(), left.function.get())
    else {
        return Err(raise!(thread, ATTRIBUTE_ERROR, "object"));
    };
    let order = protocol::call(thread, function.as_ref(), &[x, y], None)?;
    compare(thread, order.as_ref(), Value::small(0).as_ref(), op)
}
