//! `module`: a dict with a name. Invariant: `md_dict` is a dict as long as the module lives.

use crate::dict::PyDict;
use crate::error::PyResult;
use crate::layouts::object;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Owned, Value, as_ref};

object! {
    /// A module.
    pub struct PyModule = MODULE MODULE_CORE "module" 56 {
        /// The dict.
        md_dict 16: Slot,
        /// The definition, of modules that C made.
        md_def 24: Word,
        /// The state, of modules that C made.
        md_state 32: Word,
        /// Weak references.
        md_weaklist 40: Weak,
        /// The name that it was made with.
        md_name 48: Slot,
    }
    slots { md_dict, md_name }
    flags flags::BASETYPE, dict 16, weak 40,
    does { getattr: crate::protocol::attribute::module_get }
}

impl PyModule {
    /// A module of a name, with the entries that every module has at first.
    pub fn new(thread: &Thread, name: &PyStr) -> PyResult<Owned<PyModule>> {
        use crate::str::statics::names;
        let dict = PyDict::new(thread)?;
        let none = Value::none;
        for (key, value) in [
            (names::__name__.get(), as_ref(name).to_value()),
            (names::__doc__.get(), none()),
            (crate::str::statics::names::__loader__.get(), none()),
            (names::__spec__.get(), none()),
        ] {
            drop(dict.insert(thread, as_ref(key), value)?);
        }
        let module = PyModule::blank(thread)?;
        module.md_dict.init(dict.into_value());
        module.md_name.init(as_ref(name).to_value());
        Ok(module)
    }

    /// A module without name, of the type or of a class derived from it; its dict is empty.
    pub fn empty_in(thread: &Thread, class: &crate::types::PyTypeObject) -> PyResult<Owned<PyModule>> {
        let module = PyModule::blank_in(thread, class)?;
        module.md_dict.init(PyDict::new(thread)?.into_value());
        Ok(module)
    }

    /// The dict; none after the collector has cleared the module.
    #[inline]
    pub fn dict(&self) -> Option<Owned<PyDict>> {
        self.md_dict.get()?.downcast().ok()
    }
}
