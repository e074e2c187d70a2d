//! `_thread._local`: attributes of which each thread has its own. With one thread, an object with a dict.

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{PyResult, Thread, Value, native_type, raise};

use taipan_object::declare::native_state;

/// It is the dict that matters.
#[derive(Default)]
pub(super) struct Local {}

native_type! {
    /// `_thread._local`.
    pub(super) static LOCAL: Local = "_thread._local", flags flags::BASETYPE, dict true, weak true,
    does { new: new }
}

native_state!(Local in LOCAL:);

pub(super) static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__dict__",
    get: |thread, this| Ok(taipan_object::types::rebase::dict_of(thread, this)?.unwrap_or_else(Value::none)),
    set: None,
    doc: "The attributes of this thread.",
}];

fn new(thread: &Thread, class: &PyTypeObject, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    let has_own_init = match (class.slots().init.get(), statics::OBJECT.slots().init.get()) {
        (Some(own), Some(inherited)) => !std::ptr::fn_addr_eq(own, inherited),
        (own, _) => own.is_some(),
    };
    if !arguments.is_empty() && !has_own_init {
        return Err(raise!(thread, TYPE_ERROR, "Initialization arguments are not supported"));
    }
    Ok(Native::new_in(thread, class, Local::default())?.into_value())
}
