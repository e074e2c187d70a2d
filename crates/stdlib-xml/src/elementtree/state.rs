//! What the module keeps for an interpreter: the class of its errors, and what makes comments and processing
//! instructions.

use taipan_object::declare::native_state;
use taipan_object::interp::Keeper;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Thread, Value, native_type};

use super::parse_error;

/// What is kept.
#[derive(Default)]
pub(crate) struct State {
    error: Slot,
    comment: Slot,
    instruction: Slot,
}

native_type! {
    /// What the module keeps.
    pub(crate) static STATE: State = "_elementtree.state", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

native_state!(State in STATE: error, comment, instruction);

/// Which factory.
pub(super) const COMMENT: usize = 0;
/// Which factory.
pub(super) const INSTRUCTION: usize = 1;

/// The state of this interpreter; made when it is first asked for.
pub(super) fn of(thread: &Thread) -> PyResult<Owned<Native<State>>> {
    let slot = thread.interp().kept(Keeper::ElementTree);
    if let Some(known) = slot.get().and_then(|known| known.downcast().ok()) {
        return Ok(known);
    }
    let error = parse_error::make(thread)?;
    let made = Native::new(thread, State { error: Slot::new(error), ..State::default() })?;
    drop(slot.replace(Some(made.clone().into_value())));
    Ok(made)
}

impl State {
    /// `ParseError`
    pub(super) fn error(&self) -> Value {
        self.error.get_or_none()
    }

    fn slot(&self, which: usize) -> &Slot {
        if which == COMMENT { &self.comment } else { &self.instruction }
    }

    /// What makes comments, or processing instructions.
    pub(super) fn factory(&self, which: usize) -> Option<Value> {
        self.slot(which).get()
    }

    /// Sets a factory, and gives the one before.
    pub(super) fn set_factory(&self, which: usize, factory: Option<Value>) -> Value {
        self.slot(which).replace(factory).unwrap_or_else(Value::none)
    }
}
