//! Built-in functions and how they are called. A native is a Rust function behind a method definition whose
//! beginning is CPython's `PyMethodDef`, so that C finds there what it expects.
//!
//! **The protocol.** A native is given the thread, `self` (the module, the instance or the class), and its
//! arguments straight from the caller's slots: borrowed, owned by the caller through the call. Positional
//! arguments come first, then those of the names in the tuple. [`MethodDef::call`] checks the count for the forms
//! of fixed arity, so that they need not.

use std::cell::Cell;
use std::ffi::{CStr, c_char};

use crate::error::PyResult;
use crate::gc::visit::{clear_slots, dealloc_slots, traverse_slots};
use crate::header::PyObject;
use crate::heap::Kind;
use crate::items::{from_c, to_c};
use crate::raise;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::layout::{CSlot, offsets};
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle, traps};
use crate::value::{Layout, Owned, Ref, Value};

/// The forms of a built-in function. The first value is `self`.
#[derive(Clone, Copy)]
pub enum Native {
    /// No argument.
    None(fn(&Thread, Ref<'_>) -> PyResult<Value>),
    /// One positional argument.
    One(fn(&Thread, Ref<'_>, Ref<'_>) -> PyResult<Value>),
    /// Two positional arguments.
    Two(fn(&Thread, Ref<'_>, Ref<'_>, Ref<'_>) -> PyResult<Value>),
    /// Any positional arguments.
    Positional(fn(&Thread, Ref<'_>, &[Value]) -> PyResult<Value>),
    /// Any arguments.
    Keywords(fn(&Thread, Ref<'_>, &[Value], Option<&PyTuple>) -> PyResult<Value>),
}

/// CPython's `PyMethodDef`.
#[repr(C)]
pub struct PyMethodDef {
    ml_name: *const c_char,
    ml_meth: CSlot,
    ml_flags: i32,
    ml_doc: *const c_char,
}

offsets!(PyMethodDef, 32: ml_name 0, ml_meth 8, ml_flags 16, ml_doc 24);

/// `METH_*`: how C would call.
mod meth {
    pub(super) const KEYWORDS: i32 = 2;
    pub(super) const NOARGS: i32 = 4;
    pub(super) const O: i32 = 8;
    pub(super) const CLASS: i32 = 16;
    pub(super) const STATIC: i32 = 32;
    pub(super) const FASTCALL: i32 = 128;
}

/// How a method binds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// To an instance, or to a module.
    Instance,
    /// To the class.
    Class,
    /// To nothing.
    Static,
}

/// The definition of a built-in function or method; static, in a table of its type or module.
#[repr(C)]
pub struct MethodDef {
    c: PyMethodDef,
    /// The function.
    pub native: Native,
    /// CPython's own text of the signature, as in `($self, object, /)`; empty if there is none.
    pub signature: &'static str,
}

// SAFETY: definitions are static and never written.
unsafe impl Sync for MethodDef {}

impl MethodDef {
    /// A definition; the documentation as C has it: the signature, `--`, an empty line, the text.
    pub const fn new(
        name: &'static CStr,
        binding: Binding,
        native: Native,
        signature: &'static str,
        doc: &'static CStr,
    ) -> MethodDef {
        let how = match native {
            Native::None(_) => meth::NOARGS,
            Native::One(_) => meth::O,
            Native::Two(_) | Native::Positional(_) => meth::FASTCALL,
            Native::Keywords(_) => meth::FASTCALL | meth::KEYWORDS,
        };
        let binds = match binding {
            Binding::Instance => 0,
            Binding::Class => meth::CLASS,
            Binding::Static => meth::STATIC,
        };
        MethodDef {
            c: PyMethodDef {
                ml_name: name.as_ptr(),
                ml_meth: Some(traps::Call),
                ml_flags: how | binds,
                ml_doc: doc.as_ptr(),
            },
            native,
            signature,
        }
    }

    /// The name.
    pub fn name(&self) -> &'static str {
        // SAFETY: made from a `&'static CStr`.
        unsafe { CStr::from_ptr(self.c.ml_name) }.to_str().unwrap_or("?")
    }

    /// The documentation.
    pub fn doc(&self) -> &'static str {
        // SAFETY: made from a `&'static CStr`.
        unsafe { CStr::from_ptr(self.c.ml_doc) }.to_str().unwrap_or("")
    }

    /// How it binds.
    pub fn binding(&self) -> Binding {
        match self.c.ml_flags & (meth::CLASS | meth::STATIC) {
            meth::CLASS => Binding::Class,
            meth::STATIC => Binding::Static,
            _ => Binding::Instance,
        }
    }

    /// Calls the function.
    #[inline]
    pub fn call(
        &self,
        thread: &Thread,
        this: Ref<'_>,
        arguments: &[Value],
        names: Option<&PyTuple>,
    ) -> PyResult<Value> {
        if let Native::Keywords(native) = self.native {
            return native(thread, this, arguments, names);
        }
        if names.is_some_and(|names| !names.is_empty()) {
            let name = self.full_name(thread, this);
            return Err(raise!(thread, TYPE_ERROR, "{name}() takes no keyword arguments"));
        }
        self.call_positional(thread, this, arguments)
    }

    /// The same without names.
    #[inline(always)]
    pub fn call_positional(&self, thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
        match (self.native, arguments) {
            (Native::None(native), []) => native(thread, this),
            (Native::One(native), [a]) => native(thread, this, a.as_ref()),
            (Native::Two(native), [a, b]) => native(thread, this, a.as_ref(), b.as_ref()),
            (Native::Positional(native), _) => native(thread, this, arguments),
            (Native::Keywords(native), _) => native(thread, this, arguments, None),
            _ => Err(self.wrong_count(thread, this, arguments.len())),
        }
    }

    #[cold]
    #[inline(never)]
    fn wrong_count(&self, thread: &Thread, this: Ref<'_>, given: usize) -> crate::Raised {
        let full = self.full_name(thread, this);
        let name = self.name();
        match self.native {
            Native::None(_) => raise!(thread, TYPE_ERROR, "{full}() takes no arguments ({given} given)"),
            Native::One(_) => {
                raise!(thread, TYPE_ERROR, "{full}() takes exactly one argument ({given} given)")
            }
            _ => raise!(thread, TYPE_ERROR, "{name} expected 2 arguments, got {given}"),
        }
    }

    /// The name with that of the type, or of the module, before it: for messages.
    #[cold]
    fn full_name(&self, thread: &Thread, this: Ref<'_>) -> String {
        let name = self.name();
        if let Some(module) = this.get::<crate::module::PyModule>() {
            let module = module.md_name().get();
            return match module.as_ref().and_then(|module| module.as_ref().get::<crate::str::PyStr>()) {
                Some(module) if !module.equals_text("builtins") => {
                    format!("{}.{name}", module.to_text_lossy())
                }
                _ => name.to_owned(),
            };
        }
        if this.is_none() {
            return name.to_owned();
        }
        let ty = match this.get::<PyTypeObject>() {
            Some(class) if self.binding() != Binding::Instance => class,
            _ => self.owner(thread, this.ty()),
        };
        let known = ty.qualified_name().filter(|_| self.binding() != Binding::Instance);
        let known = known.as_ref().and_then(|known| known.as_ref().get::<crate::str::PyStr>());
        let shown = known.map_or_else(|| ty.short_name().to_owned(), crate::str::PyStr::to_text_lossy);
        format!("{shown}.{name}")
    }

    /// The type that the method is one of: the one on the MRO whose dict has it.
    fn owner<'a>(&self, thread: &Thread, ty: &'a PyTypeObject) -> &'a PyTypeObject {
        let is_owner = |ty: &PyTypeObject| {
            let name = crate::str::intern::intern_text(thread, self.name()).ok()?;
            let found = ty.dict()?.get_str(thread, &name).ok()??;
            let method = found.as_ref().get::<crate::descriptor::PyMethodDescr>()?;
            Some(std::ptr::eq(method.definition(), self))
        };
        let mro = ty.mro().into_iter().flat_map(PyTuple::iter);
        let mut types = mro.filter_map(|ty| ty.get::<PyTypeObject>());
        types.find(|ty| is_owner(ty) == Some(true)).unwrap_or(ty)
    }
}

/// Whether an object may be what a word holds itself.
#[inline(always)]
fn may_be_boxed(object: &PyObject) -> bool {
    object.is_exact(&crate::int::INT) || object.is_exact(&crate::float::FLOAT)
}

/// A built-in function, or a built-in method bound to its `self`.
#[repr(C)]
pub struct PyCFunction {
    base: PyObject,
    m_ml: Cell<*const MethodDef>,
    m_self: Slot,
    m_module: Slot,
    m_weakreflist: Slot,
    vectorcall: Cell<CSlot>,
}

offsets!(PyCFunction, 56: m_ml 16, m_self 24, m_module 32, m_weakreflist 40, vectorcall 48);

/// `builtin_function_or_method`.
pub static BUILTIN_FUNCTION: PyTypeObject =
    StaticType::new(c"builtin_function_or_method", 56, dealloc_weak_function, &BUILTIN_FUNCTION_CORE)
        .flags(flags::DISALLOW_INSTANTIATION | flags::HAVE_VECTORCALL)
        .collected(traverse_function, Some(clear_function))
        .offsets(0, 40)
        .build();
static BUILTIN_FUNCTION_CORE: TypeCore = TypeCore::new(slots_of! {
    call: |thread, function, arguments, names| match function.get::<PyCFunction>() {
        Some(function) => function.call(thread, arguments, names),
        None => Ok(Value::not_implemented()),
    },
});

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyCFunction {
    fn ty() -> &'static PyTypeObject {
        &BUILTIN_FUNCTION
    }
}

traverse_slots!(traverse_function, PyCFunction: m_self, m_module);
clear_slots!(clear_function, PyCFunction: m_self, m_module);
dealloc_slots!(dealloc_function, PyCFunction: m_self, m_module);

/// `tp_dealloc`.
///
/// # Safety
/// A function whose last reference is gone.
unsafe extern "C" fn dealloc_weak_function(object: *mut PyObject) {
    // SAFETY: by contract.
    unsafe {
        crate::weakref::clear_dying_object(object);
        dealloc_function(object);
    }
}

impl PyCFunction {
    /// A function of a module, or a method bound to `this`.
    pub fn new(
        thread: &Thread,
        definition: &'static MethodDef,
        this: Option<Value>,
        module: Option<Value>,
    ) -> PyResult<Owned<PyCFunction>> {
        // C reads `m_self`
        let this = this.map(|this| to_c(thread, this)).transpose()?;
        let size = size_of::<PyCFunction>();
        let object = lifecycle::allocate::<PyCFunction>(thread, &BUILTIN_FUNCTION, Kind::Gc, size)?;
        // SAFETY: fresh, of this size; tracked when whole.
        unsafe {
            let function = object.as_ptr();
            (&raw mut (*function).m_ml).write(Cell::new(definition));
            (&raw mut (*function).m_self).write(Slot::from_option(this));
            (&raw mut (*function).m_module).write(Slot::from_option(module));
            (&raw mut (*function).m_weakreflist).write(Slot::empty());
            (&raw mut (*function).vectorcall).write(Cell::new(Some(traps::Call)));
            thread.interp().gc.track(thread, object.cast());
            Ok(Owned::from_ptr(object))
        }
    }

    /// The definition.
    #[inline]
    pub fn definition(&self) -> &'static MethodDef {
        // SAFETY: a function is made from a static definition.
        unsafe { &*self.m_ml.get() }
    }

    /// `__self__`; `None` for functions that have none.
    pub fn this(&self) -> Value {
        self.m_self.get().map_or_else(Value::none, from_c)
    }

    /// `__module__`.
    pub fn module(&self) -> Option<Value> {
        self.m_module.get()
    }

    /// What `self` is for the native, if that is an object that is no number: it lives as long as the function.
    #[inline(always)]
    pub fn plain_this(&self) -> Option<Ref<'_>> {
        let word = self.m_self.peek()?;
        let object = word.as_object()?;
        // SAFETY: what a slot holds is alive; a function's `self` does not change.
        unsafe { (!may_be_boxed(object.as_ref())).then(|| Ref::from_word(word)) }
    }

    /// Calls the function.
    #[inline]
    pub fn call(&self, thread: &Thread, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
        // a module or a class is borrowed: the function holds it, and is alive through the call
        if let Some(word) = self.m_self.peek()
            && let Some(object) = word.as_object()
            // SAFETY: what a slot holds is alive.
            && !may_be_boxed(unsafe { object.as_ref() })
        {
            // SAFETY: as above; the slot does not change.
            let this = unsafe { Ref::from_word(word) };
            return self.definition().call(thread, this, arguments, names);
        }
        let this = self.this();
        self.definition().call(thread, this.as_ref(), arguments, names)
    }
}
