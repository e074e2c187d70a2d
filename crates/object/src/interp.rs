//! What one interpreter has for itself: its heap, its collector, its strings, its types' versions.
//! Invariant: nothing here is shared with another interpreter; what is shared is immutable and stands in
//! [`process`](crate::process). The interpreter does not move and outlives its thread states.

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::dict::PyDict;
use crate::error::PyResult;
use crate::exception;
use crate::gc::Gc;
use crate::gil::Gil;
use crate::heap::Heap;
use crate::slot::Slot;
use crate::str::PyStr;
use crate::str::intern::InternTable;
use crate::str::lately::Lately;
use crate::thread::Thread;
use crate::types::PyTypeObject;
use crate::types::lookup::MethodCache;
use crate::types::state::StaticTypeStates;
use crate::value::{Owned, Ref, Value};

/// Reports an exception that nobody can catch.
pub type UnraisableHook = fn(&Thread, exception: Value, doing: Option<&str>, object: Option<Ref<'_>>);

/// Is told of a class whose attribute of this name changed.
pub type TypeChangedHook = fn(&Thread, &PyTypeObject, &PyStr) -> PyResult<()>;

/// Gives the globals, or the built-ins, of the Python function that runs.
pub type CallerGlobalsHook = fn(&Thread) -> Option<Owned<PyDict>>;

/// Gives the local variables of the Python function that runs, as a mapping.
pub type CallerLocalsHook = fn(&Thread) -> PyResult<Value>;

/// Runs the body of a class (a function) in a namespace; the result is its class cell, or `None`.
pub type RunClassBodyHook = fn(&Thread, function: Ref<'_>, namespace: Ref<'_>) -> PyResult<Value>;

/// Gives the class and the first argument that `super()` without arguments is about.
pub type SuperArgumentsHook = fn(&Thread) -> PyResult<(Value, Value)>;

/// Calls the handlers of signals that came.
pub type SignalsHook = fn(&Thread) -> PyResult<()>;

/// Does what a thread was asked to do at its next safepoint.
pub type SafepointHook = fn(&Thread) -> PyResult<()>;

/// Is told, in the child of a fork, that the other threads are gone.
pub type ForkedHook = fn(&Thread);

/// Gives back what the VM hangs off a thread state, when the objects that it refers to go in bulk.
pub type EndThreadHook = fn(*mut c_void);

/// Imports a module by its full name.
pub type ImportHook = fn(&Thread, &PyStr) -> PyResult<Value>;

/// Encodes a text (or decodes bytes) by a codec that is not built in: the object, the name, the error handler.
pub type CodecHook = fn(&Thread, object: Ref<'_>, encoding: &str, errors: &str) -> PyResult<Value>;

/// Finds an error handler that is not built in.
pub type ErrorHandlerHook = fn(&Thread, name: &str) -> PyResult<Value>;

/// Issues a warning; raises where filters make it an error.
pub type WarnHook = fn(&Thread, category: &'static PyTypeObject, message: &str) -> PyResult<()>;

/// The path of the current folder, where that is known.
pub type CurrentFolderHook = fn(&Thread) -> Option<String>;

/// What `-X importtime` reckons with.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportTimes {
    /// How deep imports nest.
    pub level: u32,
    /// Microseconds of the imports within the one that runs.
    pub inner: i64,
    /// The heading was written.
    pub begun: bool,
    /// Imports of what is there already count as well.
    pub cached: bool,
}

/// What the layers above install.
pub struct Hooks {
    /// Asked where modules are found that stand in the current folder.
    pub current_folder: Cell<CurrentFolderHook>,
    /// Called by what is deprecated.
    pub warn: Cell<WarnHook>,
    /// Called with what a destructor or a callback raised (`sys.unraisablehook`).
    pub unraisable: Cell<UnraisableHook>,
    /// Called when an attribute of a class was set or deleted: keeps its slots in line with the names.
    pub type_changed: Cell<TypeChangedHook>,
    /// Asked for `__module__` of a new class.
    pub caller_globals: Cell<CallerGlobalsHook>,
    /// Asked for the built-ins of a function that is made for globals without any.
    pub caller_builtins: Cell<CallerGlobalsHook>,
    /// Asked for the names that `dir()` and `vars()` without an argument see.
    pub caller_locals: Cell<CallerLocalsHook>,
    /// Called by `__build_class__`.
    pub run_class_body: Cell<RunClassBodyHook>,
    /// Called by `super()`.
    pub super_arguments: Cell<SuperArgumentsHook>,
    /// Called when signals came.
    pub signals: Cell<SignalsHook>,
    /// Called at a safepoint, if something is to be done there.
    pub safepoint: Cell<SafepointHook>,
    /// Called in the child of a fork.
    pub forked: Cell<ForkedHook>,
    /// Called with what the VM hangs off each thread state, at the end of an interpreter.
    pub end_thread: Cell<EndThreadHook>,
    /// Called by natives that need a module which is not in `sys.modules`.
    pub import: Cell<ImportHook>,
    /// Called by `str.encode` with an encoding that is not built in.
    pub encode: Cell<CodecHook>,
    /// Called by `bytes.decode` with an encoding that is not built in.
    pub decode: Cell<CodecHook>,
    /// Called by codecs whose error handler is not built in.
    pub error_handler: Cell<ErrorHandlerHook>,
}

fn unknown_encoding(thread: &Thread, _: Ref<'_>, encoding: &str, _: &str) -> PyResult<Value> {
    Err(crate::raise!(thread, LOOKUP_ERROR, "unknown encoding: {encoding}"))
}

impl Hooks {
    /// Hooks that do nothing, or say that there is nothing behind them.
    fn none() -> Hooks {
        Hooks {
            current_folder: Cell::new(|_| None),
            warn: Cell::new(|_, _, _| Ok(())),
            unraisable: Cell::new(|_, _, _, _| ()),
            type_changed: Cell::new(|_, _, _| Ok(())),
            caller_globals: Cell::new(|_| None),
            caller_builtins: Cell::new(|_| None),
            caller_locals: Cell::new(|thread| {
                Err(crate::raise!(thread, SYSTEM_ERROR, "frame does not exist"))
            }),
            run_class_body: Cell::new(|thread, _, _| {
                Err(crate::raise!(thread, SYSTEM_ERROR, "there is nothing that runs class bodies"))
            }),
            super_arguments: Cell::new(|thread| {
                Err(crate::raise!(thread, RUNTIME_ERROR, "super(): no current frame"))
            }),
            signals: Cell::new(|_| Ok(())),
            safepoint: Cell::new(|_| Ok(())),
            forked: Cell::new(|_| ()),
            end_thread: Cell::new(|_| ()),
            import: Cell::new(|thread, name| {
                let name = name.to_text_lossy();
                Err(crate::raise!(thread, IMPORT_ERROR, "no import machinery to import '{name}' with"))
            }),
            encode: Cell::new(unknown_encoding),
            decode: Cell::new(unknown_encoding),
            error_handler: Cell::new(|thread, name| {
                Err(crate::raise!(thread, LOOKUP_ERROR, "unknown error handler name '{name}'"))
            }),
        }
    }
}

/// A native module that keeps something for an interpreter which its types have to find whatever became of the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeper {
    /// `_elementtree`
    ElementTree,
    /// `_asyncio`
    Asyncio,
    /// `_zoneinfo`
    ZoneInfo,
}

impl Keeper {
    const COUNT: usize = 3;
}

const _: () = assert!(std::mem::offset_of!(Interp, heap) == 0);

/// An interpreter's state as far as objects are concerned.
#[repr(C)]
pub struct Interp {
    /// The heap, first so that both have one address.
    pub(crate) heap: ManuallyDrop<Heap>,
    pub(crate) gc: Gc,
    pub(crate) interned: InternTable,
    pub(crate) interned_lately: Lately,
    pub(crate) method_cache: MethodCache,
    pub(crate) static_types: StaticTypeStates,
    /// The next version tag of a type; zero when they are used up.
    pub(crate) next_type_version: Cell<u32>,
    /// The next version of a dict's keys.
    pub(crate) next_dict_version: Cell<u32>,
    memory_error: Slot,
    /// Whether a `MemoryError` is being made.
    pub(crate) making_memory_error: Cell<bool>,
    /// The most digits that an int is converted to or from (`sys.set_int_max_str_digits`); 0 is no limit.
    pub int_max_str_digits: Cell<usize>,
    /// The thread states, attached or not.
    #[expect(clippy::vec_box, reason = "thread states do not move")]
    threads: RefCell<Vec<Box<Thread>>>,
    /// Those of native threads that have ended, for the next ones.
    idle_threads: RefCell<Vec<NonNull<Thread>>>,
    /// Those whose native threads a fork has left behind in the parent.
    lost_threads: RefCell<Vec<NonNull<Thread>>>,
    /// The number of the main thread if it is not the first one: in the child of a fork.
    pub main_ident: Cell<u64>,
    /// What `os.register_at_fork` was given: a list of callables for before, one for the parent, one for the child.
    pub at_fork: [Slot; 3],
    /// How many native threads run that the interpreter started.
    pub(crate) started: Cell<usize>,
    gil: Arc<Gil>,
    /// Bytes of the native stacks of new threads (`threading.stack_size`); 0 is what the host likes.
    pub thread_stack_size: Cell<usize>,
    /// What running frames may refer to although nothing else does: code objects that functions had.
    retired: RefCell<Vec<Value>>,
    /// The dict of the module `builtins`.
    pub builtins: Slot,
    /// `all` and `any`, which code asks for by number, as they were at the start.
    pub common: [Slot; 2],
    /// `functools.Placeholder`, of which there is one.
    pub placeholder: Slot,
    /// The dict of the module `sys`.
    pub sys: Slot,
    /// `sys.modules`, as the import machinery knows it.
    pub modules: Slot,
    /// The module `_frozen_importlib`, once it is installed.
    pub importlib: Slot,
    /// The folder in which the program's own modules are found first; none if that is not asked for.
    pub first_path: OnceCell<String>,
    /// How long imports take, if that is to be told.
    pub import_times: Cell<Option<ImportTimes>>,
    /// Whether it ends: modules are being let go.
    pub finalizing: Cell<bool>,
    /// Whether the process ends with it, so that memory need not be given back.
    pub ends_process: Cell<bool>,
    /// What every thread is asked to do at every safepoint.
    standing: Cell<usize>,
    /// How many safepoints may be passed still, where they cost fuel.
    pub fuel: Cell<u64>,
    /// The level of optimization of what is compiled without one (`-O`).
    pub optimize: Cell<u8>,
    /// Whether code that is compiled has no columns (`-X no_debug_ranges`).
    pub no_debug_ranges: Cell<bool>,
    /// What the module `_codecs` keeps.
    pub codecs: Slot,
    /// The handles of started threads, in a list of the module `_thread`.
    pub threading: Slot,
    /// The classes of the module `_ast`, once something needs them.
    pub ast: Slot,
    kept: [Slot; Keeper::COUNT],
    /// What the layers above give to natives: the operating system behind its traits.
    pub services: OnceCell<Box<dyn Any>>,
    /// What compiles while a program runs, as the layers above know it.
    pub compiler: OnceCell<Box<dyn Any>>,
    /// What the import machinery knows of modules that are part of the program. It holds no objects.
    pub imports: OnceCell<Box<dyn Any>>,
    /// Hooks of the layers above.
    pub hooks: Hooks,
    /// For the VM: what it hangs off an interpreter.
    pub host: Cell<*mut c_void>,
}

/// Versions below this are those of static types.
pub(crate) const FIRST_HEAP_VERSION: u32 = 1 << 16;

impl Interp {
    /// An interpreter. The process is set up first if it is not yet, with a hash secret of zeros.
    pub fn new() -> PyResult<Box<Interp>> {
        crate::process::ensure();
        let interp = Interp::bare();
        {
            let thread = interp.new_thread();
            let thread = thread.attach();
            interp.prepare(&thread)?;
        }
        Ok(interp)
    }

    /// An interpreter without the objects that it needs beforehand.
    pub(crate) fn bare() -> Box<Interp> {
        Box::new(Interp {
            heap: ManuallyDrop::new(Heap::new()),
            gc: Gc::new(),
            interned: InternTable::new(),
            interned_lately: Lately::new(),
            method_cache: MethodCache::new(),
            static_types: StaticTypeStates::new(),
            next_type_version: Cell::new(FIRST_HEAP_VERSION),
            next_dict_version: Cell::new(1),
            memory_error: Slot::empty(),
            making_memory_error: Cell::new(false),
            int_max_str_digits: Cell::new(4300),
            threads: RefCell::default(),
            idle_threads: RefCell::default(),
            lost_threads: RefCell::default(),
            main_ident: Cell::new(0),
            at_fork: Default::default(),
            started: Cell::new(0),
            gil: Arc::new(Gil::new()),
            thread_stack_size: Cell::new(0),
            retired: RefCell::default(),
            builtins: Slot::empty(),
            common: Default::default(),
            placeholder: Slot::empty(),
            sys: Slot::empty(),
            modules: Slot::empty(),
            importlib: Slot::empty(),
            first_path: OnceCell::new(),
            import_times: Cell::new(None),
            finalizing: Cell::new(false),
            ends_process: Cell::new(false),
            standing: Cell::new(0),
            fuel: Cell::new(0),
            optimize: Cell::new(0),
            no_debug_ranges: Cell::new(false),
            codecs: Slot::empty(),
            threading: Slot::empty(),
            ast: Slot::empty(),
            kept: Default::default(),
            services: OnceCell::new(),
            compiler: OnceCell::new(),
            imports: OnceCell::new(),
            hooks: Hooks::none(),
            host: Cell::new(std::ptr::null_mut()),
        })
    }

    pub(crate) fn prepare(&self, thread: &Thread) -> PyResult<()> {
        let error = exception::instance(thread, &exception::MEMORY_ERROR, None)?;
        drop(self.memory_error.replace(Some(error)));
        Ok(())
    }

    /// A thread state of this interpreter that nobody uses; it lives as long as the interpreter.
    pub fn new_thread(&self) -> &Thread {
        let thread = self.unused_thread();
        thread.request(self.standing.get());
        thread
    }

    fn unused_thread(&self) -> &Thread {
        if let Some(idle) = self.idle_threads.borrow_mut().pop() {
            // SAFETY: boxed, and dropped with the interpreter only.
            return unsafe { idle.as_ref() };
        }
        // SAFETY: the interpreter owns the thread state, and keeps its lock if a thread is left behind.
        let thread = unsafe { Thread::new(NonNull::from(self), NonNull::from(&*self.gil)) };
        let pointer: *const Thread = &raw const *thread;
        self.threads.borrow_mut().push(thread);
        // SAFETY: boxed, and dropped with the interpreter only.
        unsafe { &*pointer }
    }

    /// The thread state that was made first for those who use the interpreter.
    pub fn first_thread(&self) -> &Thread {
        let first: Option<*const Thread> = self.threads.borrow().get(1).map(|thread| &raw const **thread);
        // SAFETY: boxed, and dropped with the interpreter only.
        match first.and_then(|first| unsafe { first.as_ref() }) {
            Some(first) => first,
            None => self.new_thread(),
        }
    }

    /// Asks for something to be done at all safepoints from now on, of all threads.
    pub fn request_always(&self, bit: usize) {
        self.standing.set(self.standing.get() | bit);
        self.threads.borrow().iter().skip(1).for_each(|thread| thread.request(bit));
    }

    /// Whether something is asked for of all threads.
    pub fn is_always_requested(&self, bit: usize) -> bool {
        self.standing.get() & bit != 0
    }

    /// Takes back what was asked for of all threads.
    pub fn withdraw_always(&self, bit: usize) {
        self.standing.set(self.standing.get() & !bit);
        self.threads.borrow().iter().for_each(|thread| thread.withdraw(bit));
    }

    /// Takes a thread state back, which refers to nothing any more.
    pub(crate) fn give_back(&self, thread: &Thread) {
        self.idle_threads.borrow_mut().push(NonNull::from(thread));
    }

    /// The thread states that are used: all but the one that prepared the interpreter, and those given back.
    pub fn thread_states(&self) -> Vec<&Thread> {
        let (idle, lost) = (self.idle_threads.borrow(), self.lost_threads.borrow());
        let all = self.threads.borrow();
        let used = all.iter().skip(1).map(|thread| NonNull::from(&**thread));
        let used = used.filter(|thread| !idle.contains(thread) && !lost.contains(thread));
        // SAFETY: boxed, and dropped with the interpreter only.
        used.map(|thread| unsafe { thread.as_ref() }).collect()
    }

    /// How many native threads run that the interpreter started itself.
    pub fn started_threads(&self) -> usize {
        self.started.get()
    }

    /// Lets no other thread run from now on: those that are left wait for ever. For the end, after which only
    /// finalizers run.
    pub fn close(&self, thread: &Thread) {
        self.gil.close(thread);
    }

    /// Keeps something until no frame runs any more: running frames may refer to it although nothing else does.
    pub fn retire(&self, value: Value) {
        self.retired.borrow_mut().push(value);
    }

    /// Lets go of what was kept for frames. The caller knows that none runs.
    pub fn release_retired(&self) {
        if !self.retired.borrow().is_empty() {
            let retired = self.retired.take();
            drop(retired);
        }
    }

    /// Whether the end has begun.
    pub fn is_closed(&self) -> bool {
        self.gil.is_closed()
    }

    /// Calls `fork`, which may split the process in two. In the child, which `in_child` tells from the result, the
    /// other threads are gone.
    pub fn fork<R>(&self, thread: &Thread, fork: impl FnOnce() -> R, in_child: impl Fn(&R) -> bool) -> R {
        let result = self.gil.across_fork(fork, &in_child);
        if in_child(&result) {
            let lost = self.thread_states().into_iter().filter(|other| !std::ptr::eq(*other, thread));
            let lost: Vec<NonNull<Thread>> = lost.map(NonNull::from).collect();
            self.lost_threads.borrow_mut().extend(lost);
            self.started.set(0);
            self.main_ident.set(thread.ident.get());
            thread.handle_signals_in_child();
            (self.hooks.forked.get())(thread);
        }
        result
    }

    /// What a module of the layers above keeps for this interpreter.
    #[inline]
    pub fn kept(&self, keeper: Keeper) -> &Slot {
        let [element_tree, asyncio, zone_info] = &self.kept;
        match keeper {
            Keeper::ElementTree => element_tree,
            Keeper::Asyncio => asyncio,
            Keeper::ZoneInfo => zone_info,
        }
    }

    /// The heap.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// The collector's state.
    pub fn gc(&self) -> &Gc {
        &self.gc
    }

    /// The `MemoryError` that was made beforehand; one that fails while it is raised is the same object.
    pub(crate) fn memory_error(&self) -> Value {
        self.memory_error.get().unwrap_or_else(Value::none)
    }
}

impl Drop for Interp {
    /// Gives the memory back in bulk. Finalizers that are to run have run before: see
    /// [`gc::shut_down`](crate::gc::shut_down).
    fn drop(&mut self) {
        // what is left in the slots lives in the heap that goes next: it is forgotten, not released
        for slot in [
            &self.memory_error,
            &self.builtins,
            &self.sys,
            &self.modules,
            &self.importlib,
            &self.codecs,
            &self.threading,
            &self.ast,
        ]
        .into_iter()
        .chain(&self.at_fork)
        .chain(&self.common)
        .chain(&self.kept)
        .chain([&self.placeholder])
        {
            std::mem::forget(slot.take());
        }
        std::mem::forget(self.retired.take());
        let threads = self.threads.take();
        for thread in &threads {
            thread.forget_references();
        }
        self.gc.forget_references();
        self.method_cache.forget_references();
        self.interned_lately.forget_references();
        if self.started.get() > 0 {
            // threads are left behind, in the middle of something or waiting for the lock for ever
            std::mem::forget((threads, self.gil.clone()));
            return;
        }
        for host in threads.iter().map(|thread| thread.host.get()).filter(|host| !host.is_null()) {
            (self.hooks.end_thread.get())(host.cast());
        }
        // SAFETY: dropped once, here.
        unsafe { ManuallyDrop::drop(&mut self.heap) };
    }
}
