//! What the layers above install into the virtual machine of the process.

use std::sync::OnceLock;
use taipan_object::{PyResult, PyTypeObject, Thread, Value, raise};

/// Makes an interpolation of a value, its source text, the letter of a conversion and a format specification.
pub type MakeInterpolation = fn(&Thread, Value, Value, Option<char>, Option<Value>) -> PyResult<Value>;

/// The hooks.
pub struct Hooks {
    /// Issues a warning.
    pub warn: fn(&Thread, category: &'static PyTypeObject, message: &str) -> PyResult<()>,
    /// Makes type parameters and type aliases: the intrinsic functions of one argument from 7 on.
    pub type_parameter: fn(&Thread, number: usize, value: Value) -> PyResult<Value>,
    /// The same for those of two arguments.
    pub bounded_type_parameter: fn(&Thread, number: usize, left: Value, right: Value) -> PyResult<Value>,
    /// Makes a t-string of its strings and interpolations.
    pub template: fn(&Thread, strings: Value, interpolations: Value) -> PyResult<Value>,
    /// Makes an interpolation of a t-string.
    pub interpolation: MakeInterpolation,
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();
static NONE: Hooks = Hooks {
    warn: |_, _, _| Ok(()),
    type_parameter: |thread, _, _| unbuilt(thread),
    bounded_type_parameter: |thread, _, _, _| unbuilt(thread),
    template: |thread, _, _| unbuilt(thread),
    interpolation: |thread, _, _, _, _| unbuilt(thread),
};

fn unbuilt(thread: &Thread) -> PyResult<Value> {
    Err(raise!(thread, SYSTEM_ERROR, "there is nothing that makes such objects"))
}

/// Installs the hooks; only the first call of a process does anything.
pub fn install(hooks: Hooks) {
    let _ = HOOKS.set(hooks);
}

/// The hooks.
pub(crate) fn of(_: &Thread) -> &'static Hooks {
    HOOKS.get().unwrap_or(&NONE)
}
