//! How the caches of operations on attributes are filled (`cache.rs`).

use super::cache::{NO_PLACE, kind};
use crate::interp::Vm;
use crate::interp::found::{Access, remember};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::descriptor::{
    PyClassMethod, PyGetSetDescr, PyMemberDescr, PyMethodDescr, PyProperty, PyStaticMethod, PyWrapperDescr,
};
use taipan_object::function::PyFunction;
use taipan_object::instance;
use taipan_object::module::{MODULE, PyModule};
use taipan_object::str::PyStr;
use taipan_object::types::statics::{OBJECT, TYPE};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyObject, PyResult, Ref, Thread};

/// What is found of a name, as the words of a cache: version, kind, what stands above it, and the second word.
struct Found {
    kind: u8,
    version: u32,
    upper: u32,
    word: u64,
}

impl Found {
    /// Something at a place of instances whose struct has a size. None if that does not fit in a cache.
    fn placed(kind: u8, version: u32, place: u8, offset: usize, word: u64) -> Option<Found> {
        let offset = u16::try_from(offset).ok()?;
        Some(Found { kind, version, upper: u32::from(place) | u32::from(offset) << 8, word })
    }

    /// Something without a place.
    fn new(kind: u8, version: u32, word: u64) -> Found {
        Found { kind, version, upper: u32::from(NO_PLACE), word }
    }

    fn first(&self) -> u64 {
        u64::from(self.version) | u64::from(self.kind) << 32 | u64::from(self.upper) << 40
    }

    fn write(&self, vm: Vm<'_>) {
        if self.version == 0 {
            return;
        }
        // SAFETY: the operation has two words for this.
        unsafe {
            *vm.cache(1) = self.first();
            *vm.cache(2) = self.word;
        }
    }

    /// Notes it for other operations and other times, if its version is that of the object's type.
    fn remember(&self, vm: Vm<'_>, name: &PyStr, access: Access) {
        if self.kind < kind::MODULE {
            remember(vm, self.version, name, access, [self.first(), self.word]);
        }
    }
}

/// Whether reading attributes of the type's instances does what `object` does.
pub(super) fn is_generic(ty: &PyTypeObject) -> bool {
    match (ty.slots().getattr.get(), OBJECT.slots().getattr.get()) {
        (Some(own), Some(generic)) => std::ptr::fn_addr_eq(own, generic),
        _ => false,
    }
}

/// Whether setting them does.
pub(super) fn is_generic_set(ty: &PyTypeObject) -> bool {
    match (ty.slots().setattr.get(), OBJECT.slots().setattr.get()) {
        (Some(own), Some(generic)) => std::ptr::fn_addr_eq(own, generic),
        _ => false,
    }
}

/// Whether the type is a metaclass that reads attributes as `type` does.
fn is_plain_metaclass(ty: &PyTypeObject) -> bool {
    match (ty.slots().getattr.get(), TYPE.slots().getattr.get()) {
        (Some(own), Some(plain)) => ty.is_subtype(&TYPE) && std::ptr::fn_addr_eq(own, plain),
        _ => false,
    }
}

/// Fills the cache of a read.
#[cold]
#[inline(never)]
pub(super) fn note(vm: Vm<'_>, object: Ref<'_>, name: &PyStr, for_method: bool) -> PyResult<()> {
    let Some(head) = object.head() else { return Ok(()) };
    let found = if head.is_exact(&MODULE) {
        in_module(vm.thread, object, name)?
    } else if is_plain_metaclass(head.ty()) {
        in_class(vm.thread, object, name, for_method)?
    } else if is_generic(head.ty()) {
        let found = in_instance(vm.thread, head, name, for_method)?;
        Some(found.unwrap_or_else(|| Found::new(kind::NONE, head.ty().version(), 0)))
    } else {
        Some(Found::new(kind::NONE, head.ty().assign_version(vm.thread), 0))
    };
    if let Some(found) = found {
        found.write(vm);
        found.remember(vm, name, if for_method { Access::Method } else { Access::Load });
    }
    Ok(())
}

fn in_module(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Found>> {
    let Some(dict) = object.get::<PyModule>().and_then(PyModule::dict) else { return Ok(None) };
    // what `module` itself has comes first
    if MODULE.lookup(thread, name)?.is_some() {
        return Ok(None);
    }
    let entry = dict.find(thread, taipan_object::as_ref(name), name.hash())?;
    let version = dict.version(thread);
    let place = entry.and_then(|entry| dict.place_of(entry));
    Ok(place.map(|place| Found::new(kind::MODULE, version, place.expose_provenance() as u64)))
}

fn in_class(thread: &Thread, object: Ref<'_>, name: &PyStr, for_method: bool) -> PyResult<Option<Found>> {
    let Some(class) = object.get::<PyTypeObject>() else { return Ok(None) };
    let meta = object.ty();
    let meta_version = meta.assign_version(thread);
    if let Some(found) = meta.lookup(thread, name)?
        && found.as_ref().ty().slots().descr_set.get().is_some()
    {
        let computed = is_computed_for(found.as_ref(), meta);
        return Ok(computed.then(|| Found::new(kind::GETSET, meta_version, found.word().bits())));
    }
    let version = class.assign_version(thread);
    let Some(found) = class.lookup(thread, name)? else { return Ok(None) };
    let (this, word) = (found.as_ref(), found.word().bits());
    let is_plain = std::ptr::eq(meta, &raw const TYPE);
    if this.ty().slots().descr_get.get().is_none() || is_itself_in_class(this) {
        return Ok(match is_plain {
            true => Some(Found::new(kind::TYPE, version, word)),
            false if meta_version >> 24 == 0 && meta_version != 0 => {
                Some(Found { kind: kind::META, version, upper: meta_version, word })
            }
            false => None,
        });
    }
    let found = |kind| is_plain.then(|| Found::new(kind, version, word));
    Ok(if this.get_exact::<PyStaticMethod>().is_some() {
        found(kind::STATIC)
    } else if for_method && this.get_exact::<PyClassMethod>().is_some() {
        found(kind::CLASS_METHOD)
    } else {
        None
    })
}

/// Whether what a type has is a native descriptor that is its own and not another type's.
fn is_computed_for(found: Ref<'_>, ty: &PyTypeObject) -> bool {
    let owner = found.get_exact::<PyGetSetDescr>().and_then(|computed| computed.d_type().get());
    owner.is_some_and(|owner| owner.as_ref().get::<PyTypeObject>().is_some_and(|owner| ty.is_subtype(owner)))
}

/// Whether what a class has is itself when it is read from the class.
fn is_itself_in_class(found: Ref<'_>) -> bool {
    found.get_exact::<PyFunction>().is_some()
        || found.get_exact::<PyMethodDescr>().is_some()
        || found.get_exact::<PyWrapperDescr>().is_some()
}

fn in_instance(thread: &Thread, head: &PyObject, name: &PyStr, for_method: bool) -> PyResult<Option<Found>> {
    let ty = head.ty();
    let version = ty.assign_version(thread);
    let inline = ty.has_flag(flags::INLINE_VALUES);
    let has_dict = inline || instance::dict_slot(head).is_some();
    let place = if inline { instance::place_of(ty, name) } else { None };
    let basic = ty.basic_size();
    let new = |kind, word| Some(Found::new(kind, version, word));
    let Some(found) = ty.lookup(thread, name)? else {
        return Ok(match place {
            Some(place) => Found::placed(kind::PLACE, version, place, basic, 0),
            None if has_dict => new(kind::DICT, 0),
            None => None,
        });
    };
    let this = found.as_ref();
    let (of, word) = (this.ty(), found.word().bits());
    if let Some(member) = this.get_exact::<PyMemberDescr>() {
        let field = member.field();
        let is_slot = field.kind == MemberKind::ObjectOrError && ty.has_flag(flags::HEAPTYPE);
        let offset = field.offset as usize;
        return Ok(is_slot.then(|| Found::placed(kind::SLOT, version, NO_PLACE, offset, 0)).flatten());
    }
    if is_computed_for(this, ty) {
        return Ok(new(kind::GETSET, word));
    }
    if let Some(property) = this.get_exact::<PyProperty>() {
        let getter = property.prop_get().get();
        let getter = getter.filter(|getter| getter.as_ref().get_exact::<PyFunction>().is_some());
        return Ok(getter.and_then(|getter| new(kind::PROPERTY, getter.word().bits())));
    }
    let place = place.unwrap_or(NO_PLACE);
    if of.has_flag(flags::METHOD_DESCRIPTOR) {
        return Ok(match (for_method, inline, has_dict) {
            (true, true, _) => Found::placed(kind::METHOD, version, place, basic, word),
            (true, false, true) => new(kind::DICT_METHOD, word),
            (true, false, false) => new(kind::PLAIN_METHOD, word),
            (false, ..) => None,
        });
    }
    let plain = of.slots().descr_get.get().is_none() && of.slots().descr_set.get().is_none();
    Ok(match (plain, inline) {
        (true, true) => Found::placed(kind::CLASS, version, place, basic, word),
        // without a dict only the class is looked at
        (true, false) => new(kind::DICT, word),
        (false, _) => None,
    })
}

/// Fills the cache of a write.
#[cold]
#[inline(never)]
pub(super) fn note_store(vm: Vm<'_>, head: &PyObject, name: &PyStr) -> PyResult<()> {
    let ty = head.ty();
    let version = ty.assign_version(vm.thread);
    let found = ty.lookup(vm.thread, name)?;
    let made = match found {
        Some(found) if found.as_ref().ty().slots().descr_set.get().is_some() => {
            found.as_ref().get_exact::<PyMemberDescr>().and_then(|member| {
                let field = member.field();
                let usable = field.kind == MemberKind::ObjectOrError
                    && !field.read_only
                    && ty.has_flag(flags::HEAPTYPE);
                let offset = field.offset as usize;
                usable.then(|| Found::placed(kind::SLOT, version, NO_PLACE, offset, 0)).flatten()
            })
        }
        _ if ty.has_flag(flags::INLINE_VALUES) => match instance::place_of(ty, name) {
            Some(place) => Found::placed(kind::PLACE, version, place, ty.basic_size(), 0),
            None => Some(Found::new(kind::DICT, version, 0)),
        },
        _ => instance::dict_slot(head).map(|_| Found::new(kind::DICT, version, 0)),
    };
    let made = made.unwrap_or_else(|| Found::new(kind::NONE, version, 0));
    made.write(vm);
    made.remember(vm, name, Access::Store);
    Ok(())
}
