//! `__slots__`: which names become fields of instances, and whether instances get a dict and weak references.

use taipan_object::descriptor::PyMemberDescr;
use taipan_object::descriptor::member::{MemberDef, MemberKind};
use taipan_object::dict::PyDict;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Thread, Value, as_ref, raise};

/// What `__slots__` of a class, or its absence, comes to.
pub(super) struct Layout {
    /// The names of the fields, mangled and sorted; none if there is no `__slots__`.
    pub(super) fields: Option<Vec<Owned<PyStr>>>,
    pub(super) add_dict: bool,
    pub(super) add_weakref: bool,
}

/// Reads `__slots__` of a namespace.
pub(super) fn read(
    thread: &Thread,
    class_name: &PyStr,
    base: &PyTypeObject,
    bases: &[Owned<PyTypeObject>],
    dict: &PyDict,
) -> PyResult<Layout> {
    let may_add_dict = !base.instances_have_dict();
    let may_add_weakref = !base.instances_have_weakrefs() && base.item_size() == 0;
    let Some(slots) = dict.get(thread, as_ref(names::__slots__.get()))? else {
        return Ok(Layout { fields: None, add_dict: may_add_dict, add_weakref: may_add_weakref });
    };
    let listed = match slots.as_ref().get::<PyStr>() {
        Some(_) => vec![slots],
        None => crate::iterate::collect(thread, slots.as_ref())?,
    };
    if !listed.is_empty() && base.item_size() != 0 {
        let base = base.short_name();
        return Err(raise!(thread, TYPE_ERROR, "nonempty __slots__ not supported for subtype of '{base}'"));
    }
    let mut layout = Layout { fields: None, add_dict: false, add_weakref: false };
    let mut fields = Vec::new();
    for name in &listed {
        let name = identifier(thread, name)?;
        if name.equals_text("__dict__") {
            once(thread, "__dict__", may_add_dict && !layout.add_dict)?;
            layout.add_dict = true;
        } else if name.equals_text("__weakref__") {
            once(thread, "__weakref__", may_add_weakref && !layout.add_weakref)?;
            layout.add_weakref = true;
        } else {
            let mangled = mangle(thread, class_name, name)?;
            check_conflict(thread, dict, &mangled)?;
            fields.push(mangled);
        }
    }
    fields.sort_by(|a, b| a.compare(b));
    layout.fields = Some(fields);
    add_what_other_bases_have(&mut layout, base, bases, may_add_dict, may_add_weakref);
    Ok(layout)
}

fn identifier<'a>(thread: &Thread, name: &'a Value) -> PyResult<&'a PyStr> {
    let Some(text) = name.as_ref().get::<PyStr>() else {
        let ty = name.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__slots__ items must be strings, not '{ty}'"));
    };
    if !crate::methods::is_identifier(text) {
        return Err(raise!(thread, TYPE_ERROR, "__slots__ must be identifiers"));
    }
    Ok(text)
}

fn once(thread: &Thread, name: &str, allowed: bool) -> PyResult<()> {
    if allowed {
        Ok(())
    } else {
        Err(raise!(thread, TYPE_ERROR, "{name} slot disallowed: we already got one"))
    }
}

/// A name may not stand in the class as well; what `type.__new__` takes out of the namespace does not count.
fn check_conflict(thread: &Thread, dict: &PyDict, name: &Owned<PyStr>) -> PyResult<()> {
    let taken_out = ["__qualname__", "__classcell__", "__classdictcell__"];
    if taken_out.iter().any(|known| name.equals_text(known)) || !dict.contains(thread, name.as_ref())? {
        return Ok(());
    }
    let shown = crate::text::repr(thread, name.as_ref())?.to_text_lossy();
    Err(raise!(thread, VALUE_ERROR, "{shown} in __slots__ conflicts with class variable"))
}

/// A class without a dict of its own gets one if a base other than the one that decides the layout has one.
fn add_what_other_bases_have(
    layout: &mut Layout,
    base: &PyTypeObject,
    bases: &[Owned<PyTypeObject>],
    may_add_dict: bool,
    may_add_weakref: bool,
) {
    for other in bases.iter().filter(|other| !std::ptr::eq(&raw const ***other, base)) {
        layout.add_dict |= may_add_dict && other.instances_have_dict();
        layout.add_weakref |= may_add_weakref && other.instances_have_weakrefs();
    }
}

/// A private name (`__x`) with the name of its class before it.
pub(super) fn mangle(thread: &Thread, class_name: &PyStr, name: &PyStr) -> PyResult<Owned<PyStr>> {
    let text = name.to_text_lossy();
    let class = class_name.to_text_lossy();
    let class = class.trim_start_matches('_');
    let is_private = text.starts_with("__") && !text.ends_with("__") && !text.contains('.');
    let mangled = if is_private && !class.is_empty() {
        PyStr::from_text(thread, &format!("_{class}{text}"))?
    } else {
        Owned::new_ref(name)
    };
    taipan_object::str::intern::intern(thread, mangled)
}

/// Puts the descriptors of the fields into the class.
pub(super) fn add_members(thread: &Thread, class: &PyTypeObject, fields: &[Owned<PyStr>]) -> PyResult<()> {
    let Some(dict) = class.dict().map(Owned::new_ref) else { return Ok(()) };
    for (at, name) in fields.iter().enumerate() {
        let offset = class.first_member_offset() + 8 * at as u32;
        let field = MemberDef { offset, kind: MemberKind::ObjectOrError, read_only: false };
        let member = PyMemberDescr::new(thread, class, name, field)?;
        drop(dict.insert(thread, name.as_ref(), member.into_value())?);
    }
    let names: Vec<Value> = fields.iter().map(|name| name.clone().into_value()).collect();
    class.set_slot_names(PyTuple::from_values(thread, names)?);
    Ok(())
}
