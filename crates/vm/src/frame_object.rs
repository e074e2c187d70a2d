//! `frame`: a frame as Python sees it, made when somebody asks.
//!
//! A frame object refers to its frame while that runs, to the generator's memory while it is suspended, and owns
//! what the frame left behind afterwards. Invariant: `live` and `run` are never both set, and are reset before
//! what they point to goes.

use crate::code::{OpWord, RegisterCode};
use crate::frame::{Frame, UNBOUND, is_pointer, stacks, stacks_of, word};
use crate::interp::generator::{Run, Status};
use crate::positions;
use crate::tracing;
use std::cell::{Cell, RefCell};
use taipan_bytecode_format::{CodeFlags, LocalKind};
use taipan_object::cell::PyCell;
use taipan_object::code::PyCode;
use taipan_object::declare::attribute_table;
use taipan_object::descriptor::table;
use taipan_object::dict::PyDict;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};

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
    pub static FRAME: FrameObject = "frame", flags flags::DISALLOW_INSTANTIATION, dict false, weak false, does { repr: repr }
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
        if depth > 1 {
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

/// The state of a frame object.
pub fn state_of(object: Ref<'_>) -> Option<&FrameObject> {
    state(object)
}

// -- attributes -------------------------------------------------------------------------------------

fn with<T>(thread: &Thread, this: Ref<'_>, read: impl FnOnce(&FrameObject) -> PyResult<T>) -> PyResult<T> {
    read(state(this).ok_or_else(|| raise!(thread, SYSTEM_ERROR, "not a frame"))?)
}

fn or_none(value: Option<Value>) -> Value {
    value.unwrap_or_else(Value::none)
}

fn f_code(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.code.get())))
}

fn f_globals(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.globals.get())))
}

fn f_builtins(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.builtins.get())))
}

fn f_locals(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match with(thread, this, |frame| Ok(frame.visible_namespace()))? {
        Some(namespace) => Ok(namespace),
        None => crate::frame_locals::of(thread, this),
    }
}

fn f_back(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.back(thread)?)))
}

fn f_lasti(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(Value::small(frame.unit() as i32 * 2)))
}

fn f_lineno(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        let line = frame
            .code()
            .and_then(|code| positions::line_of(&crate::load::program(&code).source, frame.unit()));
        Ok(line.map_or_else(Value::none, Value::small))
    })
}

fn set_f_lineno(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(tracing::refuse_deletion(thread)) };
    with(thread, this, |frame| {
        tracing::set_line(thread, frame, value.as_ref())?;
        frame.forget_line();
        Ok(())
    })
}

fn f_trace(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.trace.get())))
}

fn set_f_trace(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    with(thread, this, |frame| {
        let value = value.filter(|value| !value.as_ref().is_none());
        let traces = value.is_some();
        let old = frame.trace.replace(value);
        drop(old);
        match frame.live() {
            live if traces && !live.is_null() => tracing::set_traps(thread, live),
            _ => Ok(()),
        }
    })
}

fn f_generator(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        // SAFETY: `live` is null or a frame that runs.
        let of_live = unsafe { frame.live.get().as_ref() }.and_then(Frame::generator);
        // SAFETY: `run` is null or a generator that is there.
        let of_run = unsafe { frame.run.get().as_ref() }.and_then(|run| run.object());
        Ok(or_none(of_live.or(of_run)))
    })
}

fn flag(value: Option<Value>, thread: &Thread) -> PyResult<bool> {
    match value {
        Some(value) if value.as_ref().is(Value::bool(true).as_ref()) => Ok(true),
        Some(value) if value.as_ref().is(Value::bool(false).as_ref()) => Ok(false),
        Some(_) => Err(raise!(thread, TYPE_ERROR, "attribute value type must be bool")),
        None => Err(raise!(thread, TYPE_ERROR, "can't delete numeric/char attribute")),
    }
}

fn f_trace_lines(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(Value::bool(!frame.no_lines.get())))
}

fn set_f_trace_lines(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let wanted = flag(value, thread)?;
    with(thread, this, |frame| {
        frame.no_lines.set(!wanted);
        Ok(())
    })
}

fn f_trace_opcodes(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(Value::bool(frame.opcodes.get())))
}

fn set_f_trace_opcodes(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let wanted = match value {
        Some(value) => flag(Some(value), thread)?,
        None => false,
    };
    with(thread, this, |frame| {
        frame.opcodes.set(wanted);
        Ok(())
    })
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        let Some(code) = frame.code() else {
            return Err(raise!(thread, SYSTEM_ERROR, "a frame without code"));
        };
        let file = code.co_filename.get().unwrap_or_else(Value::none);
        let file = crate::interp::format::repr(thread, file.as_ref())?;
        let text = |value: Option<Value>| {
            value.and_then(|value| Some(value.as_ref().get::<PyStr>()?.to_text_lossy())).unwrap_or_default()
        };
        let line = positions::line_of(&crate::load::program(&code).source, frame.unit());
        let (line, file, name) = (line.unwrap_or(-1), text(Some(file)), text(code.co_name.get()));
        let at = this.word().bits();
        Ok(PyStr::from_text(thread, &format!("<frame at {at:#x}, file {file}, line {line}, code {name}>"))?
            .into_value())
    })
}

/// `frame.clear()`: releases the locals of a frame that does not run.
fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        if !frame.live.get().is_null() {
            return Err(raise!(thread, RUNTIME_ERROR, "cannot clear an executing frame"));
        }
        // SAFETY: `run` is null or a generator that is there.
        if let Some(generator) = unsafe { frame.run.get().as_ref() }.and_then(|run| run.object()) {
            let run = crate::interp::generator::run_of(generator.as_ref());
            if run.is_some_and(|run| run.status() != Status::Created) {
                return Err(raise!(thread, RUNTIME_ERROR, "cannot clear a suspended frame"));
            }
            let close = taipan_object::str::statics::names::close.get();
            drop(taipan_object::protocol::attribute::call_method(thread, generator.as_ref(), close, &[])?);
            return Ok(Value::none());
        }
        let locals = frame.locals.take();
        drop(locals);
        Ok(Value::none())
    })
}

taipan_object::declare::method_table! { METHODS:
    Instance None c"clear" "($self, /)" clear, c"Releases the locals.";
}

attribute_table! { ATTRIBUTES:
    "f_generator" f_generator, None, "The generator whose frame it is.";
    "f_trace_lines" f_trace_lines, Some(set_f_trace_lines), "Whether lines are traced.";
    "f_trace_opcodes" f_trace_opcodes, Some(set_f_trace_opcodes), "Whether instructions are traced.";
    "f_code" f_code, None, "The code that it runs.";
    "f_globals" f_globals, None, "The globals that it sees.";
    "f_builtins" f_builtins, None, "The built-ins that it sees.";
    "f_locals" f_locals, None, "Its local variables.";
    "f_back" f_back, None, "The frame that called it.";
    "f_lasti" f_lasti, None, "The offset of the instruction that ran last.";
    "f_lineno" f_lineno, Some(set_f_lineno), "The line of that instruction.";
    "f_trace" f_trace, Some(set_f_trace), "The function that traces it.";
}

/// Puts attributes into the type.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    debug_assert!(!is_pointer(UNBOUND));
    table::add_methods(thread, &FRAME, &METHODS)?;
    table::add_attributes(thread, &FRAME, &ATTRIBUTES)
}
