//! The zones that there are, by their keys. The class itself keeps those last used, and knows all that live by weak
//! references; each class derived from it knows its own. Invariant: a list is not borrowed while keys are compared.

use std::cell::RefCell;

use taipan_object::interp::Keeper;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol};

use super::ZONE_INFO;
use crate::arguments::{imported, method, same};

/// So many zones are kept.
const KEPT: usize = 8;

/// What is kept for an interpreter.
#[derive(Default)]
pub(super) struct Cache {
    /// Keys and zones, the one used last in front.
    recent: RefCell<Vec<(Value, Value)>>,
    /// A `WeakValueDictionary`.
    weak: Slot,
}

native_type! {
    /// What the module keeps.
    pub(super) static CACHE: Cache = "zoneinfo.cache", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

impl NativeType for Cache {
    fn definition() -> &'static NativeStatic<Cache> {
        &CACHE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.weak);
        // nothing is borrowed where the collector runs
        if let Ok(recent) = self.recent.try_borrow() {
            recent.iter().for_each(|(key, zone)| {
                visitor.value(key);
                visitor.value(zone);
            });
        }
    }

    fn clear(&self) {
        drop(self.weak.take());
        let recent = self.recent.try_borrow_mut().map(|mut recent| std::mem::take(&mut *recent));
        drop(recent);
    }
}

/// The cache of this interpreter; made when it is first asked for.
fn of(thread: &Thread) -> PyResult<Owned<Native<Cache>>> {
    let slot = thread.interp().kept(Keeper::ZoneInfo);
    if let Some(known) = slot.get().and_then(|known| known.downcast().ok()) {
        return Ok(known);
    }
    let weak = Slot::new(new_weak(thread)?);
    let made = Native::new(thread, Cache { weak, ..Cache::default() })?;
    drop(slot.replace(Some(made.clone().into_value())));
    Ok(made)
}

/// An empty `WeakValueDictionary`.
pub(super) fn new_weak(thread: &Thread) -> PyResult<Value> {
    let class = imported(thread, "weakref", "WeakValueDictionary")?;
    protocol::call(thread, class.as_ref(), &[], None)
}

/// The weak references to the zones of a class.
///
/// # Errors
/// `AttributeError` if a derived class has lost them.
pub(super) fn weak(thread: &Thread, class: &PyTypeObject) -> PyResult<Value> {
    match same(class, &ZONE_INFO) {
        true => Ok(of(thread)?.weak.get_or_none()),
        false => protocol::get_attribute(thread, as_ref(class), &*intern_text(thread, "_weak_cache")?),
    }
}

impl Cache {
    /// Takes the entry of a key out.
    fn take(&self, thread: &Thread, key: Ref<'_>) -> PyResult<Option<(Value, Value)>> {
        let known: Vec<Value> = self.recent.borrow().iter().map(|(key, _)| key.clone()).collect();
        for own in known {
            if !protocol::same_or_equal(thread, own.as_ref(), key)? {
                continue;
            }
            // the comparison may have changed the list
            let mut recent = self.recent.borrow_mut();
            let at = recent.iter().position(|(key, _)| key.as_ref().is(own.as_ref()));
            return Ok(at.map(|at| recent.remove(at)));
        }
        Ok(None)
    }

    fn put(&self, entry: (Value, Value)) {
        let mut recent = self.recent.borrow_mut();
        recent.insert(0, entry);
        let dropped = if recent.len() > KEPT { recent.pop() } else { None };
        drop(recent);
        drop(dropped);
    }
}

/// The zone of a key among those that are kept.
pub(super) fn recent(thread: &Thread, class: &PyTypeObject, key: Ref<'_>) -> PyResult<Option<Value>> {
    if !same(class, &ZONE_INFO) {
        return Ok(None);
    }
    let cache = of(thread)?;
    let Some((key, zone)) = cache.take(thread, key)? else { return Ok(None) };
    cache.put((key, zone.clone()));
    Ok(Some(zone))
}

/// Keeps a zone that was used.
pub(super) fn keep(thread: &Thread, class: &PyTypeObject, key: Ref<'_>, zone: &Value) -> PyResult<()> {
    if same(class, &ZONE_INFO) {
        let cache = of(thread)?;
        drop(cache.take(thread, key)?);
        cache.put((key.to_value(), zone.clone()));
    }
    Ok(())
}

/// Forgets the zones of some keys, or all.
pub(super) fn forget(thread: &Thread, class: &PyTypeObject, keys: Option<Ref<'_>>) -> PyResult<()> {
    let weak = weak(thread, class)?;
    let Some(keys) = keys else {
        drop(method(thread, weak.as_ref(), "clear", &[])?);
        if same(class, &ZONE_INFO) {
            let all = std::mem::take(&mut *of(thread)?.recent.borrow_mut());
            drop(all);
        }
        return Ok(());
    };
    let iterator = protocol::iter(thread, keys)?;
    while let Some(key) = protocol::next(thread, iterator.as_ref())? {
        if same(class, &ZONE_INFO) {
            drop(of(thread)?.take(thread, key.as_ref())?);
        }
        drop(method(thread, weak.as_ref(), "pop", &[key, Value::none()])?);
    }
    Ok(())
}
