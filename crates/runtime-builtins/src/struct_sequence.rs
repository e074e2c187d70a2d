//! Struct sequences: tuples whose items have names, as `sys.version_info` is one.
//!
//! ```ignore
//! static VERSION: StructSequence = StructSequence {
//!     name: "sys.version_info",
//!     doc: "The version as a named tuple.",
//!     fields: &["major", "minor", "micro", "releaselevel", "serial"],
//!     by_name_only: 0,
//!     is_single: true,
//! };
//! let class = VERSION.class(thread)?;
//! let value = VERSION.instance(thread, &class, items)?;
//! ```
//!
//! Invariant: an instance has as many items as its definition has fields, but for those that have a name only.

use std::cell::Cell;
use taipan_object::dict::PyDict;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::class::ClassSpec;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};

use crate::text;

/// What there is to say about a struct sequence.
pub struct StructSequence {
    /// The name with that of the module.
    pub name: &'static str,
    /// The documentation.
    pub doc: &'static str,
    /// The names of the items.
    pub fields: &'static [&'static str],
    /// How many of them, the last ones, are no items of the tuple; what they hold the class knows, so that there is to
    /// be one instance.
    pub by_name_only: usize,
    /// Whether programs can make no instances.
    pub is_single: bool,
}

/// Reads the item of a field.
#[derive(Default)]
pub(crate) struct Field {
    at: Cell<usize>,
}

native_type! {
    /// The descriptor of a field.
    pub(crate) static FIELD: Field = "member_descriptor", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { descr_get: read }
}

impl NativeType for Field {
    fn definition() -> &'static NativeStatic<Field> {
        &FIELD
    }

    fn traverse(&self, _: &mut Visitor) {}

    fn clear(&self) {}
}

fn read(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let (Some(field), Some(object)) = (this.get::<Native<Field>>(), object) else {
        return Ok(this.to_value());
    };
    match object.get::<PyTuple>().and_then(|items| items.get(field.at.get())) {
        Some(item) => Ok(item),
        None => Err(raise!(thread, TYPE_ERROR, "descriptor requires a struct sequence")),
    }
}

impl StructSequence {
    /// The class, a new one.
    pub fn class(&'static self, thread: &Thread) -> PyResult<Owned<PyTypeObject>> {
        let dict = PyDict::new(thread)?;
        let set = |name: &str, value: Value| -> PyResult<()> {
            let name = intern_text(thread, name)?;
            drop(dict.insert(thread, name.as_ref(), value)?);
            Ok(())
        };
        let mut names = Vec::new();
        let visible = self.fields.len() - self.by_name_only;
        for (at, name) in self.fields.iter().enumerate().take(visible) {
            let field = Native::new(thread, Field { at: Cell::new(at) })?;
            set(name, field.into_value())?;
            names.push(intern_text(thread, name)?.into_value());
        }
        let (count, items) = (self.fields.len() as i64, visible as i64);
        for (name, value) in [("n_fields", count), ("n_sequence_fields", items), ("n_unnamed_fields", 0)] {
            set(name, Value::int(thread, value)?)?;
        }
        set("__match_args__", PyTuple::from_values(thread, names)?.into_value())?;
        set("__doc__", PyStr::from_text(thread, self.doc)?.into_value())?;
        let (module, short) = self.name.rsplit_once('.').unwrap_or(("builtins", self.name));
        set("__module__", intern_text(thread, module)?.into_value())?;
        let bases = [Owned::new_ref(&statics::TUPLE)];
        let spec = ClassSpec {
            metatype: &statics::TYPE,
            name: &*intern_text(thread, short)?,
            bases: &bases,
            dict: dict.clone(),
            members: 0,
            add_dict: false,
            add_weakref: false,
            expected_attributes: 0,
        };
        let class = PyTypeObject::new_class(thread, spec)?;
        class.slots().repr.set(Some(repr));
        if self.is_single {
            class.slots().new.set(None);
            class.set_flags(flags::DISALLOW_INSTANTIATION, true);
        }
        class.sync_slots();
        Ok(class)
    }

    /// An instance of the class that [`class`](StructSequence::class) made.
    pub fn instance(&self, thread: &Thread, class: &PyTypeObject, mut items: Vec<Value>) -> PyResult<Value> {
        debug_assert_eq!(items.len(), self.fields.len(), "{} has so many items", self.name);
        let visible = self.fields.len() - self.by_name_only;
        let hidden = items.split_off(visible.min(items.len()));
        for (name, value) in self.fields.iter().skip(visible).zip(hidden) {
            if let Some(dict) = class.dict() {
                drop(dict.insert(thread, intern_text(thread, name)?.as_ref(), value)?);
            }
        }
        let items = PyTuple::from_values(thread, items)?;
        PyTuple::derived(thread, class, &items)
    }
}

/// `module.name(field=value, …)`.
fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = this.ty();
    let lookup = |name: &str| -> PyResult<Option<Value>> {
        let name = intern_text(thread, name)?;
        class.lookup(thread, &name)
    };
    let module = lookup("__module__")?;
    let names = lookup("__match_args__")?;
    let mut out = String::new();
    if let Some(module) = module.as_ref().and_then(|module| module.as_ref().get::<PyStr>()) {
        out += &format!("{}.", module.to_text_lossy());
    }
    out += &format!("{}(", class.short_name());
    let names = names.as_ref().and_then(|names| names.as_ref().get::<PyTuple>());
    let items = this.get::<PyTuple>().map(Owned::new_ref);
    let pairs = names.into_iter().flat_map(PyTuple::iter).zip(items.iter().flat_map(|items| items.iter()));
    for (at, (name, item)) in pairs.enumerate() {
        let name = name.get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy);
        let item = text::repr(thread, item)?;
        let comma = if at == 0 { "" } else { ", " };
        out += &format!("{comma}{name}={}", item.to_text_lossy());
    }
    out.push(')');
    Ok(PyStr::from_text(thread, &out)?.into_value())
}

/// The static types of this file.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&FIELD]
}
