//! What the layers above install into the virtual machine of the process.

use std::sync::OnceLock;
use taipan_object::{PyResult, PyTypeObject, Thread};

/// The hooks.
pub struct Hooks {
    /// Issues a warning.
    pub warn: fn(&Thread, category: &'static PyTypeObject, message: &str) -> PyResult<()>,
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();
static NONE: Hooks = Hooks { warn: |_, _, _| Ok(()) };

/// Installs the hooks; only the first call of a process does anything.
pub fn install(hooks: Hooks) {
    let _ = HOOKS.set(hooks);
}

/// The hooks.
pub(crate) fn of(_: &Thread) -> &'static Hooks {
    HOOKS.get().unwrap_or(&NONE)
}
