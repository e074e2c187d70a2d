//! Functions that give a constant: what `evaluate_bound` and the like are where a value was given.

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type};
use taipan_runtime_builtins::arguments::{check_count, to_int};
use taipan_runtime_builtins::text;

use crate::call;
use taipan_object::declare::{native_state, receiver};

/// `annotationlib.Format.VALUE`.
pub(super) const VALUE: i32 = 1;
/// `annotationlib.Format.STRING`.
const STRING: i32 = 4;

/// The constant.
#[derive(Default)]
pub(super) struct Evaluator {
    value: Slot,
}

native_type! {
    /// A function that gives a constant.
    pub(super) static EVALUATOR: Evaluator = "_typing._ConstEvaluator", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { call: evaluate, repr: repr }
}

native_state!(Evaluator in EVALUATOR: value);

/// The function of a constant.
pub(super) fn of(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(Native::new(thread, Evaluator { value: Slot::new(value) })?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let value = receiver::<Evaluator>(thread, this)?.value.get().unwrap_or_else(Value::none);
    let shown = text::repr(thread, value.as_ref())?.to_text_lossy();
    call::text(thread, &format!("<constevaluator {shown}>"))
}

fn evaluate(thread: &Thread, this: Ref<'_>, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    check_count(thread, "_typing._ConstEvaluator", arguments.len(), 1, 1)?;
    let format = arguments.first().map_or(Ok(VALUE), |format| to_int(thread, format.as_ref()))?;
    let value = receiver::<Evaluator>(thread, this)?.value.get().unwrap_or_else(Value::none);
    if format != STRING {
        return Ok(value);
    }
    match value.as_ref().get::<PyTuple>() {
        None => type_text(thread, value.as_ref()),
        Some(items) => {
            let mut texts = Vec::new();
            for item in items.iter() {
                let shown = type_text(thread, item)?;
                texts.push(shown.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy));
            }
            let comma = if texts.len() == 1 { "," } else { "" };
            call::text(thread, &format!("({}{comma})", texts.join(", ")))
        }
    }
}

fn type_text(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let module = crate::import::import_module(thread, &*intern_text(thread, "annotationlib")?)?;
    call::method(thread, module.as_ref(), "type_repr", &[value.to_value()])
}
