//! `frame`: a frame as Python sees it, made when somebody asks.
//!
//! A frame object refers to its frame while that runs, to the generator's memory while it is suspended, and owns
//! what the frame left behind afterwards. Invariant: `live` and `run` are never both set, and are reset before
//! what they point to goes.

mod attributes;
mod locals;

pub(crate) use attributes::install;

use crate::code::RegisterCode;
use crate::frame::{Frame, UNBOUND, extra, stacks, stacks_of, word};
use crate::interp::generator::Run;
use std::cell::{Cell, RefCell};
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type};

/// A frame object's state.
#[derive(Default)]
pub struct FrameObject {
    live: Cell<*mut Frame>,
    run: Cell<*const Run>,
    code: Slot,
    globals: Slot,
    builtins: Slot,
    namespace: Slot,
    back: Slot,
    /// Locals, cells and free variables that an ended frame left behind.
    locals: RefCell<Vec<Option<Value>>>,
    /// Names that were set through `f_locals` and are no locals.
    extra: Slot,
    /// What writes displaced while an operation may have borrowed it.
    displaced: RefCell<Vec<Value>>,
    /// The locals are being printed.
    printing: Cell<bool>,
    /// The code unit of the instruction that ran last.
    unit: Cell<u32>,
    /// `f_trace`.
    trace: Slot,
    /// `f_trace_lines` is off.
    no_lines: Cell<bool>,
    /// `f_trace_opcodes`.
    opcodes: Cell<bool>,
    /// The line that was told of last, and the code unit at which it began.
    last_line: Cell<(i32, u32)>,
}

native_type! {
    /// `frame`.
    pub static FRAME: FrameObject = "frame", flags flags::DISALLOW_INSTANTIATION, dict false, weak false, does { repr: attributes::repr }
}

impl NativeType for FrameObject {
    fn definition() -> &'static NativeStatic<FrameObject> {
        &FRAME
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in
            [&self.code, &self.globals, &self.builtins, &self.namespace, &self.back, &self.trace, &self.extra]
        {
            visitor.slot(slot);
        }
        if let Ok(locals) = self.locals.try_borrow() {
            locals.iter().flatten().for_each(|value| visitor.value(value));
        }
        if let Ok(displaced) = self.displaced.try_borrow() {
            displaced.iter().for_each(|value| visitor.value(value));
        }
    }

    fn clear(&self) {
        let (locals, displaced) = (self.locals.take(), self.displaced.take());
        drop((locals, displaced));
        for slot in [&self.namespace, &self.back, &self.trace, &self.extra] {
            drop(slot.take());
        }
    }
}

/// The code object of register code.
fn code_value(code: &RegisterCode) -> Value {
    // SAFETY: a code object outlives its register code.
    unsafe { Owned::new_ref(&*code.object).into_value() }
}

fn dict_value(dict: *const PyDict) -> Option<Value> {
    // SAFETY: null or a dict that the frame keeps alive.
    unsafe { dict.as_ref() }.map(|dict| Owned::new_ref(dict).into_value())
}

/// The frame object of a running frame, made if there is none yet.
pub fn of(thread: &Thread, frame: &mut Frame) -> PyResult<Value> {
    if let Some(object) = frame.object() {
        return Ok(object);
    }
    // SAFETY: a frame's code lives as long as the frame.
    let code = unsafe { &*frame.code };
    let state = FrameObject {
        live: Cell::new(frame),
        code: Slot::new(code_value(code)),
        globals: Slot::from_option(dict_value(frame.globals)),
        builtins: Slot::from_option(dict_value(frame.builtins)),
        namespace: Slot::from_option(frame.namespace()),
        ..FrameObject::default()
    };
    let object = Native::new(thread, state)?.into_value();
    frame.set_object(object.clone());
    Ok(object)
}

/// The frame object of the frame that runs so many frames above; none if there are not so many.
pub fn nth(thread: &Thread, depth: usize) -> PyResult<Option<Value>> {
    nth_of(thread, thread, depth)
}

/// The same for a frame of another thread.
pub fn nth_of(thread: &Thread, other: &Thread, depth: usize) -> PyResult<Option<Value>> {
    let stacks = stacks(other);
    if depth >= stacks.depth() {
        return Ok(None);
    }
    // SAFETY: a running frame.
    unsafe { of(thread, &mut *stacks.current.get().sub(depth)).map(Some) }
}

/// The frame object of a suspended generator.
pub(crate) fn of_run(thread: &Thread, run: &Run) -> PyResult<Value> {
    if let Some(object) = run.frame_object() {
        return Ok(object);
    }
    let [code, globals, builtins, namespace] = run.parts();
    let state = FrameObject {
        run: Cell::new(run),
        code: Slot::from_option(code),
        globals: Slot::from_option(globals),
        builtins: Slot::from_option(builtins),
        namespace: Slot::from_option(namespace),
        unit: Cell::new(run.unit()),
        ..FrameObject::default()
    };
    let object = Native::new(thread, state)?.into_value();
    run.set_frame_object(object.clone());
    Ok(object)
}

/// The frame object of a generator that runs.
pub(crate) fn of_running(thread: &Thread, run: &Run) -> PyResult<Option<Value>> {
    for stacks in thread.interp().thread_states().into_iter().map(stacks) {
        for depth in 0..stacks.depth() {
            // SAFETY: a running frame.
            let frame = unsafe { &mut *stacks.current.get().sub(depth) };
            let generator = frame.generator();
            let own =
                generator.as_ref().and_then(|generator| crate::interp::generator::run_of(generator.as_ref()));
            if own.is_some_and(|own| std::ptr::eq(own, run)) {
                return of(thread, frame).map(Some);
            }
        }
    }
    Ok(None)
}

fn state(object: Ref<'_>) -> Option<&FrameObject> {
    object.get_exact::<Native<FrameObject>>().map(|native| &**native)
}

/// Notes that a generator with a frame object runs again.
pub(crate) fn attach(object: &Value, frame: *mut Frame) {
    if let Some(state) = state(object.as_ref()) {
        state.run.set(std::ptr::null());
        state.live.set(frame);
    }
}

/// Notes that the frame of a generator is suspended.
pub(crate) fn suspend(object: &Value, run: &Run) {
    if let Some(state) = state(object.as_ref()) {
        state.live.set(std::ptr::null_mut());
        state.run.set(run);
        state.unit.set(run.unit());
        drop(state.back.take());
    }
}

/// Notes that a suspended generator ends.
pub(crate) fn forget_run(run: &Run) {
    if let Some(object) = run.frame_object()
        && let Some(state) = state(object.as_ref())
    {
        state.run.set(std::ptr::null());
    }
}

/// Says at which code unit an ended frame stands.
pub(crate) fn set_unit(object: Ref<'_>, unit: u32) {
    if let Some(state) = state(object) {
        state.unit.set(unit);
    }
}

/// Lets a frame that ends go: if somebody else holds its object, the locals move there.
pub(crate) fn detach(thread: &Thread, frame: &mut Frame) {
    let Some(object) = frame.object() else { return };
    let Some(state) = state(object.as_ref()) else { return };
    // SAFETY: a frame's code lives as long as the frame.
    let code = unsafe { &*frame.code };
    state.unit.set(code.points.unit(code.index_of(frame.ip)));
    // one reference is the frame's, one is held here
    let held = object.as_ref().head().is_some_and(|head| head.refcount() > 2);
    if held {
        let mut locals = Vec::with_capacity(code.locals as usize);
        for at in 0..code.locals as usize {
            // SAFETY: a slot of the frame, which is moved out.
            let bits = unsafe { frame.slots.add(at).replace(UNBOUND) };
            // SAFETY: what a slot owned.
            locals.push((bits & 7 != 4).then(|| unsafe { Value::from_word(word(bits)) }));
        }
        *state.locals.borrow_mut() = locals;
        let stacks = stacks(thread);
        let depth = stacks.depth();
        // a generator has no caller any more
        if depth > 1 && !frame.has(extra::GENERATOR) {
            // SAFETY: the caller's frame runs.
            let back = unsafe { of(thread, &mut *stacks.current.get().sub(1)) };
            match back {
                Ok(back) => drop(state.back.replace(Some(back))),
                Err(raised) => drop(thread.catch(raised)),
            }
        }
    }
    state.live.set(std::ptr::null_mut());
}

impl FrameObject {
    /// The frame, while it runs.
    pub(crate) fn live(&self) -> *mut Frame {
        self.live.get()
    }

    /// What is told of the frame.
    pub(crate) fn tracer(&self) -> Option<Value> {
        self.trace.get()
    }

    /// Sets what is told of the frame.
    pub(crate) fn set_tracer(&self, tracer: Option<Value>) {
        let old = self.trace.replace(tracer);
        drop(old);
    }

    /// Whether lines are to be told.
    pub(crate) fn wants_lines(&self) -> bool {
        !self.no_lines.get()
    }

    /// Whether instructions are to be told.
    pub(crate) fn wants_opcodes(&self) -> bool {
        self.opcodes.get()
    }

    /// The line that was told of last, and the code unit at which it began.
    pub(crate) fn last_line(&self) -> (i32, u32) {
        self.last_line.get()
    }

    /// Notes which line is told.
    pub(crate) fn set_last_line(&self, line: i32, unit: u32) {
        self.last_line.set((line, unit));
    }

    /// The next line is a new one.
    pub(crate) fn forget_line(&self) {
        self.last_line.set((i32::MIN, 0));
    }

    /// The code unit of the instruction that runs, or ran last.
    pub fn unit(&self) -> u32 {
        // SAFETY: `live` is null or a frame that runs.
        match unsafe { self.live.get().as_ref() } {
            Some(frame) => {
                // SAFETY: a frame's code lives as long as the frame.
                let code = unsafe { &*frame.code };
                code.points.unit(code.index_of(frame.ip))
            }
            None => self.unit.get(),
        }
    }

    /// The code object.
    pub fn code(&self) -> Option<Owned<PyCode>> {
        self.code.get()?.downcast().ok()
    }

    /// The globals.
    pub fn globals(&self) -> Option<Value> {
        self.globals.get()
    }

    /// The caller's frame object.
    pub fn back(&self, thread: &Thread) -> PyResult<Option<Value>> {
        let live = self.live.get();
        if live.is_null() {
            return Ok(self.back.get());
        }
        if stacks_of(thread, live).is_first(live) {
            return Ok(None);
        }
        // SAFETY: the frame below a running one runs.
        unsafe { of(thread, &mut *live.sub(1)).map(Some) }
    }
}

/// The state of a frame object.
pub fn state_of(object: Ref<'_>) -> Option<&FrameObject> {
    state(object)
}
