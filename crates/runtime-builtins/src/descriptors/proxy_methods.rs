//! Methods of `mappingproxy`: those of the mapping.

use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

use super::proxy::{MAPPING_PROXY, mapping};
use crate::arguments::check_count;
use crate::methods::method_table;

method_table! { METHODS:
    Instance Positional c"get" "($self, key, default=None, /)" get, c"The value of a key, or the default.";
    Instance None c"keys" "($self, /)" keys, c"The keys.";
    Instance None c"values" "($self, /)" values, c"The values.";
    Instance None c"items" "($self, /)" items, c"The pairs.";
    Instance None c"copy" "($self, /)" copy, c"A copy of the mapping.";
    Instance None c"__reversed__" "($self, /)" reversed, c"The keys from the last to the first.";
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    crate::install::methods(thread, &MAPPING_PROXY, &METHODS)
}

fn forward(thread: &Thread, this: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    let name = intern_text(thread, name)?;
    let method = protocol::get_attribute(thread, mapping(this).as_ref(), &name)?;
    protocol::call(thread, method.as_ref(), arguments, None)
}

fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "get", arguments.len(), 1, 2)?;
    let default = arguments.get(1).cloned().unwrap_or_else(Value::none);
    let key = arguments.first().cloned().unwrap_or_else(Value::none);
    forward(thread, this, "get", &[key, default])
}

fn keys(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    forward(thread, this, "keys", &[])
}

fn values(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    forward(thread, this, "values", &[])
}

fn items(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    forward(thread, this, "items", &[])
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    forward(thread, this, "copy", &[])
}

fn reversed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    forward(thread, this, "__reversed__", &[])
}
