//! Making static types ready: what CPython's `PyType_Ready` does, once for the process. Invariant: bases are
//! ready before what derives from them.

use std::sync::atomic::{AtomicBool, Ordering};

use super::core::TypeCore;
use super::layout::{PyAsyncMethods, PyBufferProcs, PyMappingMethods, PyNumberMethods, PySequenceMethods};
use super::lifecycle::kind_of;
use super::slots::Tables;
use super::{PyTypeObject, flags, statics};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Ref, Value, as_ref};

/// Makes all static types ready.
pub(crate) fn ready_static_types(thread: &Thread) -> PyResult<()> {
    // the kinds first: objects of all types are allocated on the way
    for (index, ty) in statics::all().enumerate() {
        let core = ty.core();
        core.static_index.set(index as u32);
        core.kind.set(kind_of(ty.flags()));
    }
    for (index, ty) in statics::all().enumerate() {
        ready(thread, ty)?;
        ty.tp_version_tag.set(index as u32 + 1);
        ty.tp_flags.set(ty.flags() | flags::VALID_VERSION_TAG);
    }
    Ok(())
}

/// Makes static types of the layers above ready: what `fill` of [`process::init`](crate::process::init) does
/// first of all. Bases come first.
///
/// # Panics
/// When the process is set up already.
pub fn ready_more(thread: &Thread, types: &[&'static PyTypeObject]) -> PyResult<()> {
    assert!(!crate::process::is_set_up(), "static types are made ready while the process is set up");
    let known = statics::all().count() as u32;
    for ty in types {
        let index = known + statics::add_more(ty);
        let core = ty.core();
        core.static_index.set(index);
        core.kind.set(kind_of(ty.flags()));
        ready(thread, ty)?;
        ty.tp_version_tag.set(index + 1);
        ty.tp_flags.set(ty.flags() | flags::VALID_VERSION_TAG);
    }
    Ok(())
}

fn ready(thread: &Thread, ty: &'static PyTypeObject) -> PyResult<()> {
    let base = ty.base_type();
    if let Some(base) = base {
        inherit(ty, base);
        ty.tp_flags.set(ty.flags() | base.flags() & flags::INHERITED);
    }
    let second = crate::exception::second_base(ty);
    let bases = base.into_iter().chain(second).map(|base| as_ref(base).to_value());
    let bases = PyTuple::from_values(thread, bases.collect::<Vec<_>>())?;
    let mut rest: Vec<Value> =
        base.and_then(PyTypeObject::mro).map_or_else(Vec::new, |mro| mro.iter().map(Ref::to_value).collect());
    if let Some(second) = second {
        // what both bases have comes behind both
        rest.insert(rest.len().min(1), as_ref(second).to_value());
    }
    let own = std::iter::once(as_ref(ty).to_value());
    let mro = PyTuple::from_values(thread, own.chain(rest).collect::<Vec<_>>())?;
    // the type is immortal, and so are the two from the end of the set-up on
    ty.tp_bases.set(bases.into_value().into_object());
    ty.tp_mro.set(mro.into_value().into_object());
    ty.set_free();
    ty.tp_flags.set(ty.flags() | flags::READY);
    Ok(())
}

/// What a type takes from its base where it has nothing of its own.
pub(super) fn inherit(ty: &PyTypeObject, base: &PyTypeObject) {
    let core: &TypeCore = ty.core();
    core.slots.inherit(base.slots());
    if core.init.get().is_none() {
        core.init.set(base.core().init.get());
    }
    if ty.tp_dictoffset.get() == 0 {
        ty.tp_dictoffset.set(base.tp_dictoffset.get());
    }
    if ty.tp_weaklistoffset.get() == 0 {
        ty.tp_weaklistoffset.set(base.tp_weaklistoffset.get());
    }
}

/// The C tables of a static type, which live as long as the process.
#[derive(Default)]
struct StaticTables {
    asynchronous: PyAsyncMethods,
    number: PyNumberMethods,
    mapping: PyMappingMethods,
    sequence: PySequenceMethods,
    buffer: PyBufferProcs,
}

/// Whether there is C code that reads the slots of types.
static SEEN_BY_C: AtomicBool = AtomicBool::new(false);

/// Fills the slots that C code sees, of all types that there are and from now on of those to come: without such code
/// nobody reads them. To be called before the first C code of an interpreter runs.
pub fn show_to_c(thread: &Thread) {
    SEEN_BY_C.store(true, Ordering::Release);
    for ty in statics::all().chain(statics::more()) {
        ty.sync_slots();
        // C code reads the field
        let _ = ty.dict();
        show_subclasses(thread, ty);
    }
}

/// Classes, however deep they derive from each other.
fn show_subclasses(thread: &Thread, ty: &PyTypeObject) {
    let mut left = super::class::subclasses_of(thread, ty);
    while let Some(class) = left.pop() {
        if class.heap_part().is_some() {
            class.sync_slots();
            left.extend(super::class::subclasses_of(thread, &class));
        }
    }
}

fn fill_tables(ty: &PyTypeObject) {
    let tables: &'static StaticTables = Box::leak(Box::default());
    let parts = Tables {
        asynchronous: &tables.asynchronous,
        number: &tables.number,
        mapping: &tables.mapping,
        sequence: &tables.sequence,
        buffer: &tables.buffer,
    };
    ty.slots().fill_c(ty, &parts);
    ty.tp_as_async.set(&raw const tables.asynchronous);
    ty.tp_as_number.set(&raw const tables.number);
    ty.tp_as_mapping.set(&raw const tables.mapping);
    ty.tp_as_sequence.set(&raw const tables.sequence);
    ty.tp_as_buffer.set(&raw const tables.buffer);
}

impl PyTypeObject {
    /// Brings the C slot fields in line with the private slots, after those have changed, if C code sees them.
    pub fn sync_slots(&self) {
        if !SEEN_BY_C.load(Ordering::Acquire) {
            return;
        }
        if let Some(heap) = self.heap_part() {
            self.slots().fill_c(self, &Tables::of_heap_type(heap));
            return;
        }
        if self.tp_as_number.get().is_null() {
            return fill_tables(self);
        }
        // SAFETY: a static type's tables live as long as the process.
        unsafe {
            if let (Some(asynchronous), Some(number), Some(mapping), Some(sequence), Some(buffer)) = (
                self.tp_as_async.get().as_ref(),
                self.tp_as_number.get().as_ref(),
                self.tp_as_mapping.get().as_ref(),
                self.tp_as_sequence.get().as_ref(),
                self.tp_as_buffer.get().as_ref(),
            ) {
                self.slots().fill_c(self, &Tables { asynchronous, number, mapping, sequence, buffer });
            }
        }
    }
}

impl Value {
    /// The object that the caller owns from now on; null for an immediate.
    pub(crate) fn into_object(self) -> *const crate::header::PyObject {
        self.into_word().as_object().map_or(std::ptr::null(), |object| object.as_ptr().cast_const())
    }
}
