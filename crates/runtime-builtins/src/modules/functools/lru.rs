//! `lru_cache`: results of a function by its arguments, those that were used least recently given up first.
//!
//! The cache is a dict from keys to results, or, where its size is limited, to numbers of entries in a ring that is
//! ordered by use. Invariants: no code runs while the ring is borrowed; what leaves it is released afterwards.

use std::cell::{Cell, RefCell};

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::PyDict;
use taipan_object::instance;
use taipan_object::method::PyMethod;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::protocol::{self, get_attribute};
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};

use super::lru_key;
use crate::arguments::{Parameters, to_size};
use crate::install;
use crate::methods::method_table;
use taipan_object::declare::receiver;

type Names<'a> = Option<&'a PyTuple>;

/// A key, its result, and the neighbours in the order of use.
struct Entry {
    key: Value,
    result: Value,
    older: usize,
    newer: usize,
}

/// Entries in the order of use. A number that is no entry's stands for the end.
struct Ring {
    entries: Vec<Entry>,
    oldest: usize,
    newest: usize,
}

const END: usize = usize::MAX;

impl Default for Ring {
    fn default() -> Ring {
        Ring { entries: Vec::new(), oldest: END, newest: END }
    }
}

impl Ring {
    fn set_newer(&mut self, of: usize, to: usize) {
        match self.entries.get_mut(of) {
            Some(entry) => entry.newer = to,
            None => self.oldest = to,
        }
    }

    fn set_older(&mut self, of: usize, to: usize) {
        match self.entries.get_mut(of) {
            Some(entry) => entry.older = to,
            None => self.newest = to,
        }
    }

    /// Takes an entry out of the order.
    fn unlink(&mut self, at: usize) {
        let Some((older, newer)) = self.entries.get(at).map(|entry| (entry.older, entry.newer)) else {
            return;
        };
        self.set_newer(older, newer);
        self.set_older(newer, older);
    }

    /// Makes an entry the newest.
    fn link(&mut self, at: usize) {
        let newest = self.newest;
        if let Some(entry) = self.entries.get_mut(at) {
            (entry.older, entry.newer) = (newest, END);
        }
        self.set_newer(newest, at);
        self.newest = at;
    }

    /// The result of an entry, which is the newest from now on.
    fn touch(&mut self, at: usize) -> Option<Value> {
        self.unlink(at);
        self.link(at);
        Some(self.entries.get(at)?.result.clone())
    }
}

/// The function and what is known of it.
#[derive(Default)]
pub(super) struct LruCache {
    function: Slot,
    cache: Slot,
    info: Slot,
    mark: Slot,
    ring: RefCell<Ring>,
    /// None if there is no limit.
    limit: Cell<Option<usize>>,
    typed: Cell<bool>,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

native_type! {
    /// `_lru_cache_wrapper`.
    pub(super) static LRU_CACHE: LruCache = "functools._lru_cache_wrapper", flags flags::BASETYPE | flags::METHOD_DESCRIPTOR,
    dict true, weak true,
    does { new: new, call: call, descr_get: bind }
}

impl NativeType for LruCache {
    fn definition() -> &'static NativeStatic<LruCache> {
        &LRU_CACHE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in [&self.function, &self.cache, &self.info, &self.mark] {
            visitor.slot(slot);
        }
        // the ring is borrowed for moments only in which nothing else runs
        for entry in self.ring.try_borrow().iter().flat_map(|ring| &ring.entries) {
            visitor.value(&entry.key);
            visitor.value(&entry.result);
        }
    }

    fn clear(&self) {
        let entries = self.ring.try_borrow_mut().map(|mut ring| std::mem::take(&mut *ring));
        drop(entries);
        for slot in [&self.function, &self.cache, &self.info, &self.mark] {
            drop(slot.take());
        }
    }
}

method_table! { METHODS:
    Instance None c"cache_info" "($self, /)" cache_info, c"Hits, misses, the greatest and the present size.";
    Instance None c"cache_clear" "($self, /)" cache_clear, c"Forgets all results.";
    Instance None c"__reduce__" "($self, /)" reduce, c"The qualified name.";
    Instance None c"__copy__" "($self, /)" |_, this| Ok(this.to_value()), c"The callable itself.";
    Instance One c"__deepcopy__" "($self, memo, /)" |_, this, _| Ok(this.to_value()), c"The callable itself.";
}

static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__dict__",
    get: |thread, this| match this.head() {
        Some(head) => Ok(instance::dict(thread, head)?.into_value()),
        None => Ok(Value::none()),
    },
    set: None,
    doc: "the attributes of the instance",
}];

/// Puts methods and attributes into the type.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &LRU_CACHE, &METHODS)?;
    install::attributes(thread, &LRU_CACHE, &ATTRIBUTES)
}

const PARAMETERS: Parameters<4> = Parameters {
    function: "lru_cache",
    names: ["user_function", "maxsize", "typed", "cache_info_type"],
    positional_only: 0,
    positional: 4,
    required: 4,
};

fn new(thread: &Thread, class: &PyTypeObject, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [function, limit, typed, info] = PARAMETERS.bind(thread, arguments, names)?;
    let none = Value::none();
    let function = function.unwrap_or(none.as_ref());
    if function.ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "the first argument must be callable"));
    }
    let limit = match limit.filter(|limit| !limit.is_none()) {
        None => None,
        Some(limit) if limit.is_int() || limit.ty().slots().index.get().is_some() => {
            Some(usize::try_from(to_size(thread, limit)?).unwrap_or(0))
        }
        Some(_) => return Err(raise!(thread, TYPE_ERROR, "maxsize should be integer or None")),
    };
    let state = LruCache {
        function: Slot::new(function.to_value()),
        cache: Slot::new(PyDict::new(thread)?.into_value()),
        info: Slot::from_option(info.map(Ref::to_value)),
        // an object that no key has
        mark: Slot::new(Native::new(thread, super::partial::Placeholder)?.into_value()),
        limit: Cell::new(limit),
        typed: Cell::new(typed.map_or(Ok(false), |typed| protocol::truth(thread, typed))?),
        ..LruCache::default()
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn count(cell: &Cell<i64>) {
    cell.set(cell.get() + 1);
}

fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let cache = receiver::<LruCache>(thread, this)?;
    let (Some(function), Some(dict)) = (cache.function.get(), cache.dict()) else { return Ok(Value::none()) };
    if cache.limit.get() == Some(0) {
        count(&cache.misses);
        return protocol::call(thread, function.as_ref(), arguments, names);
    }
    let mark = cache.mark.get().unwrap_or_else(Value::none);
    let key = lru_key::make(thread, mark, arguments, names, cache.typed.get())?;
    let hash = protocol::hash(thread, key.as_ref())?;
    if let Some(found) = dict.get_with_hash(thread, key.as_ref(), hash)? {
        let result = match cache.limit.get() {
            None => Some(found),
            Some(_) => cache.touch(found.as_ref()),
        };
        if let Some(result) = result {
            count(&cache.hits);
            return Ok(result);
        }
    }
    count(&cache.misses);
    let result = protocol::call(thread, function.as_ref(), arguments, names)?;
    match cache.limit.get() {
        None => drop(dict.insert_with_hash(thread, key.as_ref(), hash, result.clone())?),
        Some(limit) => cache.store(thread, &dict, (key, hash), &result, limit)?,
    }
    Ok(result)
}

impl LruCache {
    fn dict(&self) -> Option<Owned<PyDict>> {
        self.cache.get()?.downcast::<PyDict>().ok()
    }

    fn touch(&self, number: Ref<'_>) -> Option<Value> {
        let at = usize::try_from(number.to_i64()?).ok()?;
        self.ring.borrow_mut().touch(at)
    }

    /// Keeps a result, in place of the one that was used least recently if there is no more room.
    fn store(
        &self,
        thread: &Thread,
        dict: &PyDict,
        (key, hash): (Value, i64),
        result: &Value,
        limit: usize,
    ) -> PyResult<()> {
        // the call may have stored it itself
        if dict.get_with_hash(thread, key.as_ref(), hash)?.is_some() {
            return Ok(());
        }
        let full = self.ring.borrow().entries.len() >= limit;
        let place = if full { self.evict(thread, dict)? } else { None };
        let entry = Entry { key: key.clone(), result: result.clone(), older: END, newer: END };
        let at = {
            let mut ring = self.ring.borrow_mut();
            let at = place.unwrap_or(ring.entries.len());
            let old = match ring.entries.get_mut(at) {
                Some(place) => Some(std::mem::replace(place, entry)),
                None => {
                    if ring.entries.try_reserve(1).is_err() {
                        return Err(thread.raise_memory_error());
                    }
                    ring.entries.push(entry);
                    None
                }
            };
            ring.link(at);
            drop(ring);
            drop(old);
            at
        };
        drop(dict.insert_with_hash(thread, key.as_ref(), hash, Value::int(thread, at as i64)?)?);
        Ok(())
    }

    /// Takes the oldest entry out of dict and order; gives its place.
    fn evict(&self, thread: &Thread, dict: &PyDict) -> PyResult<Option<usize>> {
        let (oldest, key) = {
            let ring = self.ring.borrow();
            (ring.oldest, ring.entries.get(ring.oldest).map(|entry| entry.key.clone()))
        };
        let Some(key) = key else { return Ok(None) };
        drop(dict.remove(thread, key.as_ref())?);
        // looking for the key may have run code that used the cache
        let mut ring = self.ring.borrow_mut();
        if ring.oldest != oldest {
            return Ok(None);
        }
        ring.unlink(oldest);
        Ok(Some(oldest))
    }
}

fn bind(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    match object.filter(|object| !object.is_none()) {
        Some(object) => Ok(PyMethod::new(thread, this.to_value(), object.to_value())?.into_value()),
        None => Ok(this.to_value()),
    }
}

fn cache_info(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let cache = receiver::<LruCache>(thread, this)?;
    let limit = match cache.limit.get() {
        Some(limit) => Value::int(thread, limit as i64)?,
        None => Value::none(),
    };
    let size = cache.dict().map_or(0, |dict| dict.len());
    let numbers = [
        Value::int(thread, cache.hits.get())?,
        Value::int(thread, cache.misses.get())?,
        limit,
        Value::int(thread, size as i64)?,
    ];
    let info = cache.info.get().unwrap_or_else(Value::none);
    protocol::call(thread, info.as_ref(), &numbers, None)
}

fn cache_clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let cache = receiver::<LruCache>(thread, this)?;
    cache.hits.set(0);
    cache.misses.set(0);
    let entries = std::mem::take(&mut *cache.ring.borrow_mut());
    let contents = cache.dict().map(|dict| dict.take());
    drop((entries, contents));
    Ok(Value::none())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    get_attribute(thread, this, &*intern_text(thread, "__qualname__")?)
}
