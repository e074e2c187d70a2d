//! Changing what an object or a class derives from: `object.__class__ = C`, `C.__bases__ = …`. Invariant: an object
//! keeps its memory, so the new class must lay instances out as the old one did.

use std::ptr::NonNull;

use super::class::subclasses_of;
use super::{PyTypeObject, flags};
use crate::error::PyResult;
use crate::instance;
use crate::raise;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Owned, Ref, Value, as_ref};

/// What decides how the attributes of instances are kept.
const LAYOUT_FLAGS: u64 =
    flags::INLINE_VALUES | flags::MANAGED_DICT | flags::MANAGED_WEAKREF | flags::HAVE_GC | flags::INHERITED;

/// The classes from one on that add slots of their own, up to the built-in type, which comes last.
fn layout_chain(ty: &PyTypeObject) -> Vec<&PyTypeObject> {
    let all =
        std::iter::successors(
            Some(ty),
            |ty| {
                if ty.has_flag(flags::HEAPTYPE) { ty.base_type() } else { None }
            },
        );
    all.filter(|ty| !ty.has_flag(flags::HEAPTYPE) || ty.member_count() > 0).collect()
}

/// Whether two classes add the same slots.
fn adds_the_same(thread: &Thread, a: &PyTypeObject, b: &PyTypeObject) -> PyResult<bool> {
    if std::ptr::eq(a, b) {
        return Ok(true);
    }
    match (a.slot_names(), b.slot_names()) {
        (Some(x), Some(y)) => Ok(a.first_member_offset() == b.first_member_offset()
            && crate::protocol::same_or_equal(thread, x.as_ref(), y.as_ref())?),
        _ => Ok(false),
    }
}

/// Whether instances of two types are laid out in the same way; else the error, of an assignment to `what`.
fn check_layouts(thread: &Thread, what: &str, new: &PyTypeObject, old: &PyTypeObject) -> PyResult<()> {
    let (new_chain, old_chain) = (layout_chain(new), layout_chain(old));
    let mut same = new.basic_size() == old.basic_size()
        && new.item_size() == old.item_size()
        && new.flags() & LAYOUT_FLAGS == old.flags() & LAYOUT_FLAGS
        && new.tp_dictoffset.get() == old.tp_dictoffset.get()
        && new.tp_weaklistoffset.get() == old.tp_weaklistoffset.get()
        && new_chain.len() == old_chain.len();
    // the last ones to add slots may be two that do so in the same way to one class
    if let (Some(a), Some(b)) = (new_chain.first(), old_chain.first())
        && !std::ptr::eq(*a, *b)
    {
        let base = |ty: &PyTypeObject| ty.base_type().map(std::ptr::from_ref);
        same = same && base(a) == base(b) && adds_the_same(thread, a, b)?;
    }
    if same {
        return Ok(());
    }
    let differs = match new.has_flag(flags::HAVE_GC) == old.has_flag(flags::HAVE_GC) {
        true => "object layout differs",
        false => "deallocator differs",
    };
    let (new, old) = (new.name(), old.name());
    Err(raise!(thread, TYPE_ERROR, "{what} assignment: '{new}' {differs} from '{old}'"))
}

/// `object.__class__ = class`
pub fn set_class(thread: &Thread, object: Ref<'_>, class: &PyTypeObject) -> PyResult<()> {
    let module: &PyTypeObject = &crate::module::MODULE;
    let both_modules = object.ty().is_subtype(module) && class.is_subtype(module);
    let fixed = |ty: &PyTypeObject| ty.has_flag(flags::IMMUTABLETYPE);
    let Some(head) = object.head().filter(|_| both_modules || !(fixed(class) || fixed(object.ty()))) else {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "__class__ assignment only supported for mutable types or ModuleType subclasses"
        ));
    };
    check_layouts(thread, "__class__", class, head.ty())?;
    if head.ty().has_flag(flags::INLINE_VALUES) {
        // the places of names are the class's
        drop(instance::dict(thread, head)?);
    }
    let old = head.ty();
    class.head().incref();
    head.ty.set(class);
    // SAFETY: the object owned a reference to its class, and gives it up.
    drop(unsafe { Value::from_object(old.as_object()) });
    Ok(())
}

/// Computes an MRO.
pub type ComputeMro = fn(&Thread, &PyTypeObject) -> PyResult<Owned<PyTuple>>;

/// `class.__bases__ = bases`, for bases that were checked to be types and no subclasses of the class. The MROs of
/// the class and of what derives from it are computed by `compute`; if one fails, all stays as it was. The slots
/// are the caller's.
pub fn set_bases(
    thread: &Thread,
    class: &PyTypeObject,
    bases: &[Owned<PyTypeObject>],
    compute: ComputeMro,
) -> PyResult<()> {
    let new_base = PyTypeObject::layout_base(thread, bases)?;
    let Some(old_base) = class.base_type() else { return Ok(()) };
    check_layouts(thread, "__bases__", new_base, old_base)?;
    let values: Vec<Value> = bases.iter().map(|base| base.clone().into_value()).collect();
    let tuple = PyTuple::from_values(thread, values)?;
    let before = (class.bases().map(Owned::new_ref), Owned::new_ref(old_base));
    put_bases(thread, class, &tuple, new_base);
    let mut undo = Vec::new();
    if let Err(raised) = recompute(thread, class, compute, &mut undo) {
        for (class, mro) in undo {
            class.set_mro(thread, &mro);
        }
        if let ((Some(bases), base), true) = (&before, has_bases(class, &tuple)) {
            put_bases(thread, class, bases, base);
        }
        return Err(raised);
    }
    if !has_bases(class, &tuple) {
        // a `mro()` in Python gave the class other bases meanwhile, and all that belongs to them
        return Ok(());
    }
    let (old_bases, _) = before;
    for base in old_bases.iter().flat_map(|bases| bases.iter()).filter_map(|base| base.get::<PyTypeObject>())
    {
        if let Some(list) = base.subclasses(thread) {
            list.borrow_mut().retain(|known| !std::ptr::eq(known.as_ptr(), class));
        }
    }
    for base in bases {
        if let Some(list) = base.subclasses(thread) {
            list.borrow_mut().push(NonNull::from(class));
        }
    }
    Ok(())
}

/// Whether the bases of a class are those of a tuple, the very one.
fn has_bases(class: &PyTypeObject, tuple: &Owned<PyTuple>) -> bool {
    class.bases().is_some_and(|bases| std::ptr::eq(bases, &**tuple))
}

fn put_bases(thread: &Thread, class: &PyTypeObject, bases: &Owned<PyTuple>, base: &PyTypeObject) {
    class.modified(thread);
    base.head().incref();
    let old_bases = class.tp_bases.replace(bases.clone().into_value().into_object());
    let old_base = class.tp_base.replace(base).cast();
    for old in [old_bases, old_base] {
        super::class::drop_object(old);
    }
}

type Undo = Vec<(Owned<PyTypeObject>, Owned<PyTuple>)>;

fn recompute(thread: &Thread, class: &PyTypeObject, compute: ComputeMro, undo: &mut Undo) -> PyResult<()> {
    let mro = compute(thread, class)?;
    if let Some(old) = class.mro() {
        undo.push((Owned::new_ref(class), Owned::new_ref(old)));
    }
    class.set_mro(thread, &mro);
    for subclass in subclasses_of(thread, class) {
        recompute(thread, &subclass, compute, undo)?;
    }
    Ok(())
}

impl PyTypeObject {
    /// Whether `other` is the class or one of those that it derives from, by its bases.
    pub fn derives_from(&self, other: &PyTypeObject) -> bool {
        std::ptr::eq(self, other)
            || self.is_subtype(other)
            || self.bases().is_some_and(|bases| {
                bases
                    .iter()
                    .any(|base| base.get::<PyTypeObject>().is_some_and(|base| base.derives_from(other)))
            })
    }
}

/// The attributes of an object as a dict to be looked at; none if it has no dict.
pub fn dict_of(thread: &Thread, object: Ref<'_>) -> PyResult<Option<Value>> {
    match object.head().filter(|head| instance::dict_slot(head).is_some()) {
        Some(head) => Ok(Some(instance::dict(thread, head)?.into_value())),
        None => Ok(None),
    }
}

/// `object.__dict__ = dict`; the object's type gives it one. Without a dict it gets an empty one on demand.
pub fn set_dict(thread: &Thread, object: Ref<'_>, dict: Option<Owned<crate::dict::PyDict>>) -> PyResult<()> {
    let Some(head) = object.head().filter(|head| instance::dict_slot(head).is_some()) else {
        return Err(raise!(thread, ATTRIBUTE_ERROR, "This object has no __dict__"));
    };
    // what stands inside moves to a dict first, so that the slot alone says what the attributes are
    let displaced = instance::dict(thread, head)?;
    let old = instance::dict_slot(head).and_then(|slot| slot.replace(dict.map(Owned::into_value)));
    drop((old, displaced));
    Ok(())
}

/// The first weak reference to an object: `__weakref__`; `None` if there is none.
pub fn first_weakref(thread: &Thread, object: Ref<'_>) -> Value {
    let first =
        object.head().and_then(|head| crate::weakref::list_of(thread, head)).map(std::cell::Cell::get);
    // SAFETY: what stands on a list is alive.
    first
        .and_then(|first| unsafe { first.as_ref() })
        .map_or_else(Value::none, |first| as_ref(first).to_value())
}
