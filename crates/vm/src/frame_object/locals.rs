//! The locals of a frame object: of a running frame, of a suspended generator, or left behind.

use super::FrameObject;
use crate::code::OpWord;
use crate::frame::word;
use std::cell::Cell;
use taipan_bytecode_format::{CodeFlags, LocalKind};
use taipan_object::cell::PyCell;
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol};

impl FrameObject {
    /// What a local, cell or free variable holds; cells are looked into.
    pub fn local(&self, at: usize) -> Option<Value> {
        let value = self.slot(at)?;
        match value.as_ref().get_exact::<PyCell>() {
            Some(cell) if self.is_cell(at) => cell.slot().get(),
            _ => Some(value),
        }
    }

    fn is_cell(&self, at: usize) -> bool {
        self.code().is_some_and(|code| {
            let kinds = &crate::load::program(&code).source.localspluskinds;
            kinds.get(at).is_some_and(|kind| kind.may_hold_cell())
        })
    }

    fn slot(&self, at: usize) -> Option<Value> {
        // SAFETY: `live` is null or a frame that runs; `run` null or a generator that is there.
        unsafe {
            if let Some(frame) = self.live.get().as_ref() {
                let bits = *frame.slots.add(at);
                return (bits & 7 != 4).then(|| Value::from_borrowed(word(bits)));
            }
            if let Some(run) = self.run.get().as_ref() {
                return run.slot(at);
            }
        }
        self.locals.try_borrow().ok()?.get(at)?.clone()
    }

    /// What `locals()` gives: the namespace of a module or class body, else a new dict.
    pub fn locals(&self, thread: &Thread) -> PyResult<Value> {
        match self.visible_namespace() {
            Some(namespace) => Ok(namespace),
            None => Ok(self.snapshot(thread)?.into_value()),
        }
    }

    /// The namespace, unless a comprehension's own locals hide it.
    pub(crate) fn visible_namespace(&self) -> Option<Value> {
        self.namespace.get().filter(|_| {
            let kinds =
                self.code().map_or(0, |code| crate::load::program(&code).source.localspluskinds.len());
            (0..kinds).all(|at| self.slot(at).is_none() || self.is_cell(at))
        })
    }

    /// The locals that can be seen and are bound, then what else was set through `f_locals`.
    pub(crate) fn snapshot(&self, thread: &Thread) -> PyResult<Owned<PyDict>> {
        let dict = PyDict::new(thread)?;
        let Some(code) = self.code() else { return Ok(dict) };
        let registers = crate::load::program(&code).registers(thread)?;
        for (at, name) in registers.local_names.iter().enumerate() {
            if self.is_hidden(&code, at) {
                continue;
            }
            if let Some(value) = self.local(at) {
                drop(dict.insert(thread, name.as_ref(), value)?);
            }
        }
        if let Some(extra) = self.extra() {
            dict.update(thread, &extra, true)?;
        }
        Ok(dict)
    }

    /// Whether a local is one of a comprehension within a function, which the function does not see.
    fn is_hidden(&self, code: &PyCode, at: usize) -> bool {
        let source = &crate::load::program(code).source;
        let is_function = source.flags.has(CodeFlags::OPTIMIZED);
        is_function && source.localspluskinds.get(at).is_some_and(|kind| kind.has(LocalKind::HIDDEN))
    }

    /// Which local a key names; to be read, it must be bound.
    pub(crate) fn position_of(&self, thread: &Thread, key: Ref<'_>, read: bool) -> PyResult<Option<usize>> {
        protocol::hash(thread, key)?;
        let Some(code) = self.code() else { return Ok(None) };
        let registers = crate::load::program(&code).registers(thread)?;
        if key.get::<PyStr>().is_none() && key.ty().slots().richcompare.get().is_none() {
            return Ok(None);
        }
        for (at, name) in registers.local_names.iter().enumerate() {
            let is_same = key.is(name.as_ref());
            if !is_same && !protocol::same_or_equal(thread, name.as_ref(), key)? {
                continue;
            }
            if !self.is_hidden(&code, at) && (!read || self.local(at).is_some()) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The names that were set through `f_locals` and are no locals.
    pub(crate) fn extra(&self) -> Option<Owned<PyDict>> {
        self.extra.get()?.downcast().ok()
    }

    /// The same, made if there is none.
    pub(crate) fn extra_or_new(&self, thread: &Thread) -> PyResult<Owned<PyDict>> {
        if let Some(extra) = self.extra() {
            return Ok(extra);
        }
        let made = PyDict::new(thread)?;
        self.extra.init(Owned::new_ref(&*made).into_value());
        Ok(made)
    }

    /// Whether the locals are being printed.
    pub(crate) fn printing(&self) -> &Cell<bool> {
        &self.printing
    }

    /// Sets what a local, cell or free variable holds; cells are looked into.
    ///
    /// An operation that runs may have borrowed what was there: then that lives as long as the frame object.
    pub(crate) fn set_local(&self, at: usize, value: Value) {
        let held = self.slot(at);
        if let Some(cell) = held.as_ref().and_then(|value| value.as_ref().get_exact::<PyCell>())
            && self.is_cell(at)
        {
            drop(cell.slot().replace(Some(value)));
            return;
        }
        drop(held);
        // SAFETY: `live` is null or a frame that runs, which has this local; `run` null or a generator that is there.
        let old = unsafe {
            if let Some(frame) = self.live.get().as_ref() {
                let bits = frame.slots.add(at).replace(value.into_word().bits());
                let old = (bits & 7 != 4).then(|| Value::from_word(word(bits)));
                let operation = OpWord(*frame.ip);
                if [operation.a(), operation.b(), operation.c()].contains(&at) {
                    self.displaced.borrow_mut().extend(old);
                    return;
                }
                old
            } else if let Some(run) = self.run.get().as_ref() {
                run.set_slot(at, value)
            } else {
                let mut locals = self.locals.borrow_mut();
                locals.get_mut(at).and_then(|place| place.replace(value))
            }
        };
        drop(old);
    }
}
