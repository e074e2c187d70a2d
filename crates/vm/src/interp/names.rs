//! Globals, and the names of module and class bodies.

use super::Vm;
use crate::code::{Op, OpWord};
use crate::frame::{NULL, release, stacks, word};
use taipan_object::dict::PyDict;
use taipan_object::exception::{KEY_ERROR, NAME_ERROR, PyBaseException};
use taipan_object::str::PyStr;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};

/// What a namespace has for a name; a `KeyError` of one that is no dict says that it has nothing.
pub(super) fn namespace_get(thread: &Thread, namespace: Ref<'_>, name: Ref<'_>) -> PyResult<Option<Value>> {
    if let Some(dict) = namespace.get_exact::<PyDict>() {
        return dict.get(thread, name);
    }
    match protocol::subscript(thread, namespace, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&KEY_ERROR) {
                return Ok(None);
            }
            Err(thread.raise(exception))
        }
    }
}

/// A name is not known.
#[cold]
pub(super) fn unknown(thread: &Thread, name: &PyStr) -> Raised {
    let text = name.to_text_lossy();
    let raised = thread.raise_message(&NAME_ERROR, format_args!("name '{text}' is not defined"));
    note_name(thread, &text);
    raised
}

/// Tells the `NameError` that was just raised which name it is about.
#[cold]
pub(super) fn note_name(thread: &Thread, name: &str) {
    if let Some(exception) = thread.current_exception()
        && let Some(this) = exception.as_ref().get::<PyBaseException>()
        && exception.as_ref().ty().is_subtype(&NAME_ERROR)
        && let Ok(name) = PyStr::from_text(thread, name)
    {
        drop(this.set_field(0, Some(name.into_value())));
    }
}

fn dicts<'t>(vm: Vm<'t>) -> (&'t PyDict, &'t PyDict) {
    // SAFETY: a frame's globals and built-ins live as long as it runs.
    unsafe { (&*vm.frame().globals, &*vm.frame().builtins) }
}

/// Where a global was found: the versions of the dicts for which that holds, and the place of its value.
struct Place {
    in_builtins: bool,
    versions: u64,
    place: u64,
}

/// A global or built-in, and where it was found if that can be relied on.
fn find_global(vm: Vm<'_>, name: &PyStr) -> PyResult<(Value, Option<Place>)> {
    let (globals, builtins) = dicts(vm);
    if !is_plain(globals) || !is_plain(builtins) {
        return Ok((global(vm, name)?, None));
    }
    let (key, hash) = (as_ref(name), name.hash());
    let mut dict = globals;
    let mut found = globals.find(vm.thread, key, hash)?;
    let mut versions = u64::from(globals.version(vm.thread));
    let mut usable = versions != 0;
    let in_builtins = found.is_none();
    if in_builtins {
        dict = builtins;
        found = builtins.find(vm.thread, key, hash)?;
        let version = builtins.version(vm.thread);
        usable &= version != 0;
        versions |= u64::from(version) << 32;
    }
    let place = found.and_then(|entry| dict.place_of(entry));
    let value = found.and_then(|entry| dict.value_at(entry));
    let (Some(value), Some(place)) = (value, place) else { return Err(unknown(vm.thread, name)) };
    let place = place.expose_provenance() as u64;
    Ok((value, usable.then_some(Place { in_builtins, versions, place })))
}

/// Looks a global up, and writes down where it was found: the operation becomes one that looks there.
#[cold]
#[inline(never)]
pub(super) fn load_global(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (value, found) = find_global(vm, vm.name(w.b()))?;
    if let Some(Place { in_builtins, versions, place }) = found {
        let op = if in_builtins { Op::LoadGlobalBuiltin } else { Op::LoadGlobalModule };
        // SAFETY: the operation has two words for this; the code is this thread's.
        unsafe {
            *vm.cache(1) = versions;
            *vm.cache(2) = place;
            *vm.cache(0) = OpWord::new(op, w.a() as u16, w.b() as u16, w.c() as u16).0;
        }
    }
    vm.put(w.a(), value);
    if w.c() != 0 {
        vm.put_marker(w.a() + 1, NULL);
    }
    Ok(())
}

/// Whether a dict is one and nothing that derives from it, which may have a `__missing__`.
fn is_plain(dict: &PyDict) -> bool {
    as_ref(dict).get_exact::<PyDict>().is_some()
}

/// A global or built-in.
#[inline(never)]
fn global(vm: Vm<'_>, name: &PyStr) -> PyResult<Value> {
    let (globals, builtins) = dicts(vm);
    let found = match namespace_get(vm.thread, as_ref(globals), as_ref(name))? {
        Some(value) => Some(value),
        None => namespace_get(vm.thread, as_ref(builtins), as_ref(name))?,
    };
    found.ok_or_else(|| unknown(vm.thread, name))
}

#[inline(never)]
pub(super) fn store_global(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.operand(w.a()).into_value();
    let name = vm.name(w.wide_operand() as usize);
    let old = dicts(vm).0.insert(vm.thread, as_ref(name), value)?;
    drop(old);
    Ok(())
}

#[inline(never)]
pub(super) fn delete_global(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let name = vm.name(w.wide_operand() as usize);
    match dicts(vm).0.remove(vm.thread, as_ref(name))? {
        Some(old) => {
            drop(old);
            Ok(())
        }
        None => Err(unknown(vm.thread, name)),
    }
}

/// The namespace of the body that runs.
pub(super) fn namespace(vm: Vm<'_>) -> PyResult<Value> {
    vm.frame().namespace().ok_or_else(|| raise!(vm.thread, SYSTEM_ERROR, "no locals found"))
}

/// The place that the words of a name's operation say, if it is still that; the namespace is the globals.
fn known_place(vm: Vm<'_>) -> Option<*mut u64> {
    // SAFETY: the operation has two words behind it.
    let (versions, place) = unsafe { (*vm.cache(1), *vm.cache(2)) };
    let (of_globals, of_builtins) = (versions as u32, (versions >> 32) as u32);
    let (globals, builtins) = dicts(vm);
    let holds = of_globals != 0
        && globals.known_version() == of_globals
        && (of_builtins == 0 || builtins.known_version() == of_builtins);
    holds.then(|| std::ptr::with_exposed_provenance_mut(place as usize))
}

#[inline(never)]
pub(super) fn load_name(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // that of a module's body is the same dict, and what is found there is written down
    if vm.frame().runs_in_globals() {
        let value = match known_place(vm) {
            // SAFETY: by their versions the dicts have not moved their entries, and this one holds a value.
            Some(place) => unsafe { Value::from_borrowed(word(*place)) },
            None => {
                let (value, found) = find_global(vm, vm.name(w.wide_operand() as usize))?;
                note_place(vm, found);
                value
            }
        };
        vm.put(w.a(), value);
        return Ok(());
    }
    let name = vm.name(w.wide_operand() as usize);
    let space = namespace(vm)?;
    let value = match namespace_get(vm.thread, space.as_ref(), as_ref(name))? {
        Some(value) => value,
        None => global(vm, name)?,
    };
    vm.put(w.a(), value);
    Ok(())
}

fn note_place(vm: Vm<'_>, found: Option<Place>) {
    if let Some(found) = found {
        // SAFETY: the operation has two words for this; the code is this thread's.
        unsafe {
            *vm.cache(1) = found.versions;
            *vm.cache(2) = found.place;
        }
    }
}

#[inline(never)]
pub(super) fn store_name(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.operand(w.a()).into_value();
    let name = vm.name(w.wide_operand() as usize);
    if vm.frame().runs_in_globals() && is_plain(dicts(vm).0) {
        if let Some(place) = known_place(vm) {
            // SAFETY: as in `load_name`; the entry owns what it holds, and the old value is released last.
            unsafe { release(place.replace(value.into_word().bits())) };
            return Ok(());
        }
        let globals = dicts(vm).0;
        let old = globals.insert_with_hash(vm.thread, as_ref(name), name.hash(), value)?;
        // most of a module's body runs once
        if old.is_some()
            && let Some(entry) = globals.find(vm.thread, as_ref(name), name.hash())?
            && let Some(place) = globals.place_of(entry)
        {
            let (versions, place) = (globals.version(vm.thread).into(), place.expose_provenance() as u64);
            note_place(vm, Some(Place { in_builtins: false, versions, place }));
        }
        drop(old);
        return Ok(());
    }
    let space = namespace(vm)?;
    match space.as_ref().get_exact::<PyDict>() {
        Some(dict) => {
            let old = dict.insert(vm.thread, as_ref(name), value)?;
            drop(old);
            Ok(())
        }
        None => protocol::set_subscript(vm.thread, space.as_ref(), as_ref(name), Some(value)),
    }
}

#[inline(never)]
pub(super) fn delete_name(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let name = vm.name(w.wide_operand() as usize);
    let space = namespace(vm)?;
    match protocol::set_subscript(vm.thread, space.as_ref(), as_ref(name), None) {
        Ok(()) => Ok(()),
        Err(raised) => {
            let exception = vm.thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&KEY_ERROR) {
                return Err(unknown(vm.thread, name));
            }
            Err(vm.thread.raise(exception))
        }
    }
}

#[inline(never)]
pub(super) fn load_dict_or_globals(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let space = vm.take(w.a());
    let name = vm.name(w.wide_operand() as usize);
    let value = match namespace_get(vm.thread, space.as_ref(), as_ref(name))? {
        Some(value) => value,
        None => global(vm, name)?,
    };
    vm.put(w.a(), value);
    Ok(())
}

#[inline(never)]
pub(super) fn load_locals(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let space = namespace(vm)?;
    vm.put(w.a(), space);
    Ok(())
}

#[inline(never)]
pub(super) fn load_build_class(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let name = taipan_object::str::intern::intern_text(vm.thread, "__build_class__")?;
    match dicts(vm).1.get_str(vm.thread, &name)? {
        Some(value) => {
            vm.put(w.a(), value);
            Ok(())
        }
        None => {
            let message = format_args!("__build_class__ not found");
            Err(vm.thread.raise_message(&NAME_ERROR, message))
        }
    }
}

#[inline(never)]
pub(super) fn load_common(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    use taipan_object::exception::{ASSERTION_ERROR, NOT_IMPLEMENTED_ERROR};
    let value = match w.wide_operand() {
        0 => as_ref(&ASSERTION_ERROR).to_value(),
        1 => as_ref(&NOT_IMPLEMENTED_ERROR).to_value(),
        2 => as_ref(&taipan_object::tuple::TUPLE).to_value(),
        other => {
            let [all, any] = &vm.thread.interp().common;
            let (slot, name) = if other == 3 { (all, "all") } else { (any, "any") };
            match slot.get() {
                Some(value) => value,
                None => common_of_builtins(vm.thread, name)?,
            }
        }
    };
    vm.put(w.a(), value);
    Ok(())
}

/// A common constant where the interpreter was made without keeping them.
#[cold]
fn common_of_builtins(thread: &Thread, name: &str) -> PyResult<Value> {
    let builtins = thread.interp().builtins.get_as::<PyDict>();
    let name = taipan_object::str::intern::intern_text(thread, name)?;
    let found = builtins.map(|dict| dict.get(thread, name.as_ref())).transpose()?.flatten();
    found.ok_or_else(|| raise!(thread, SYSTEM_ERROR, "no module builtins"))
}

#[inline(never)]
pub(super) fn setup_annotations(vm: Vm<'_>, _: OpWord) -> PyResult<()> {
    let space = namespace(vm)?;
    let name = taipan_object::str::intern::intern_text(vm.thread, "__annotations__")?;
    if namespace_get(vm.thread, space.as_ref(), name.as_ref())?.is_none() {
        let dict = PyDict::new(vm.thread)?;
        protocol::set_subscript(vm.thread, space.as_ref(), name.as_ref(), Some(dict.into_value()))?;
    }
    Ok(())
}

/// The globals of the Python code that runs; none if none does.
pub fn current_globals(thread: &Thread) -> Option<Owned<PyDict>> {
    namespace_of_frame(thread, |frame| frame.globals)
}

/// The built-ins of the Python code that runs; none if none does.
pub fn current_builtins(thread: &Thread) -> Option<Owned<PyDict>> {
    namespace_of_frame(thread, |frame| frame.builtins)
}

fn namespace_of_frame(thread: &Thread, which: fn(&super::Frame) -> *const PyDict) -> Option<Owned<PyDict>> {
    let stacks = stacks(thread);
    if stacks.is_idle() {
        return None;
    }
    // SAFETY: the running frame and what it refers to are alive.
    unsafe { which(&*stacks.current.get()).as_ref() }.map(Owned::new_ref)
}
