//! The text of types in `list[int]` and `int | str`: builtin classes by their names, others with their modules.

use taipan_object::list::PyList;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics;
use taipan_object::{PyResult, Ref, Thread, as_ref};

use crate::objects::find_attribute;
use crate::text::repr;

/// The text of one type, or of what stands for one.
pub(super) fn item(thread: &Thread, item: Ref<'_>) -> PyResult<String> {
    if item.is(taipan_object::Value::ellipsis().as_ref()) {
        return Ok("...".to_owned());
    }
    let is_generic = find_attribute(thread, item, names::__origin__.get())?.is_some()
        && find_attribute(thread, item, names::__args__.get())?.is_some();
    if is_generic {
        return Ok(repr(thread, item)?.to_text_lossy());
    }
    if let Some(list) = item.get::<PyList>() {
        let items = crate::iterate::collect(thread, as_ref(list))?;
        let items: Vec<String> =
            items.iter().map(|each| self::item(thread, each.as_ref())).collect::<PyResult<_>>()?;
        return Ok(format!("[{}]", items.join(", ")));
    }
    let qualname = find_attribute(thread, item, names::__qualname__.get())?;
    let module = find_attribute(thread, item, names::__module__.get())?;
    let (Some(qualname), Some(module)) = (qualname, module.filter(|module| !module.as_ref().is_none()))
    else {
        return Ok(repr(thread, item)?.to_text_lossy());
    };
    let text = |value: Ref<'_>| Ok(crate::text::str(thread, value)?.to_text_lossy());
    let qualname = text(qualname.as_ref())?;
    match module.as_ref().get::<PyStr>() {
        Some(module) if module.equals_text("builtins") => Ok(qualname),
        _ => Ok(format!("{}.{qualname}", text(module.as_ref())?)),
    }
}

/// The arguments of a generic, with commas between.
pub(super) fn arguments(thread: &Thread, args: &PyTuple) -> PyResult<String> {
    if args.is_empty() {
        return Ok("()".to_owned());
    }
    let parts: Vec<String> = args.iter().map(|arg| item(thread, arg)).collect::<PyResult<_>>()?;
    Ok(parts.join(", "))
}

/// The parts of a union, with bars between.
pub(super) fn alternatives(thread: &Thread, args: &PyTuple) -> PyResult<String> {
    let none = as_ref(&statics::NONE_TYPE);
    let parts: Vec<String> = args
        .iter()
        .map(|arg| if arg.is(none) { Ok("None".to_owned()) } else { item(thread, arg) })
        .collect::<PyResult<_>>()?;
    Ok(parts.join(" | "))
}
