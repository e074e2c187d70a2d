//! Exceptions: the base layout, the layouts with fields of their own, and the static types. Invariants: all
//! begin with the 72 bytes of `BaseException`; an instance that is made here has its `args`; the fields that
//! C reads hold objects only.

use std::cell::Cell;
use std::fmt;

use crate::error::PyResult;
use crate::gc::visit::{clear_slots, dealloc_slots, traverse_slots};
use crate::header::PyObject;
use crate::items::to_c;
use crate::slot::Slot;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::layout::offsets;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Value};

/// `BaseException`.
#[repr(C)]
pub struct PyBaseException {
    base: PyObject,
    dict: Slot,
    args: Slot,
    notes: Slot,
    traceback: Slot,
    context: Slot,
    cause: Slot,
    suppress_context: Cell<i8>,
}

offsets!(PyBaseException, 72: dict 16, args 24, notes 32, traceback 40, context 48, cause 56,
    suppress_context 64);

/// An exception with up to nine more fields: all the others are prefixes of it.
#[repr(C)]
pub struct PyExceptionFields {
    base: PyBaseException,
    fields: [Slot; 9],
}

const _: () = assert!(size_of::<PyExceptionFields>() == 144);

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyBaseException {
    fn ty() -> &'static PyTypeObject {
        &BASE_EXCEPTION
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::BASE_EXC_SUBCLASS)
    }
}

traverse_slots!(traverse_base, PyBaseException: dict, args, notes, traceback, context, cause);
clear_slots!(clear_base, PyBaseException: dict, args, notes, traceback, context, cause);
dealloc_slots!(dealloc_base, PyBaseException: dict, args, notes, traceback, context, cause);

/// Offsets of the fields of an exception type that are no references: numbers of C.
fn is_number(ty: &PyTypeObject, at: usize) -> bool {
    // `start` and `end` of a UnicodeError, `written` of an OSError
    let base = static_base(ty);
    let unicode = base.is_subtype(&UNICODE_ERROR) && !std::ptr::eq(base, &UNICODE_ERROR);
    (unicode && (at == 2 || at == 3)) || (base.is_subtype(&OS_ERROR) && at == 4)
}

/// The built-in type that a class derives its layout from.
fn static_base(ty: &PyTypeObject) -> &PyTypeObject {
    let mut base = ty;
    while base.has_flag(flags::HEAPTYPE)
        && let Some(next) = base.base_type()
    {
        base = next;
    }
    base
}

/// How many fields instances of a type have behind the base.
fn field_count(ty: &PyTypeObject) -> usize {
    let base = static_base(ty);
    (base.basic_size() - size_of::<PyBaseException>()) / 8
}

fn references(exception: &PyExceptionFields) -> impl Iterator<Item = &Slot> {
    let ty = exception.base.base.ty();
    (0..field_count(ty).min(9)).filter(move |&at| !is_number(ty, at)).filter_map(move |at| {
        // SAFETY: the type has so many words behind the base, of which `fields` is the longest form.
        unsafe { (&raw const exception.fields).cast::<Slot>().add(at).as_ref() }
    })
}

/// `tp_traverse`.
///
/// # Safety
/// As for `traverse_base`.
unsafe extern "C" fn traverse_fields(
    object: *mut PyObject,
    visit: crate::types::layout::VisitProc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    // SAFETY: by contract.
    unsafe {
        for slot in references(&*object.cast::<PyExceptionFields>()) {
            let stop = crate::gc::visit::visit_slot(slot, visit, arg);
            if stop != 0 {
                return stop;
            }
        }
        traverse_base(object, visit, arg)
    }
}

/// `tp_clear`.
///
/// # Safety
/// As for `clear_base`.
unsafe extern "C" fn clear_fields(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    unsafe {
        references(&*object.cast::<PyExceptionFields>()).for_each(|slot| drop(slot.take()));
        clear_base(object)
    }
}

/// `tp_dealloc`.
///
/// # Safety
/// As for `dealloc_base`.
unsafe extern "C" fn dealloc_fields(object: *mut PyObject) {
    // SAFETY: by contract.
    unsafe {
        if let Some(pointer) = std::ptr::NonNull::new(object) {
            crate::gc::untrack(pointer);
        }
        references(&*object.cast::<PyExceptionFields>()).for_each(|slot| drop(slot.take()));
        dealloc_base(object);
    }
}

macro_rules! exceptions {
    ($($static:ident $core:ident $name:literal: $base:expr, $size:literal;)*) => {
        $(
            #[doc = concat!("The exception type of this name.")]
            pub static $static: PyTypeObject = exception_type($name, $base, $size, &$core);
            static $core: TypeCore = TypeCore::new(slots_of! {});
        )*

        /// All exception types, bases first.
        pub fn all() -> impl Iterator<Item = &'static PyTypeObject> {
            [$(&$static),*].into_iter()
        }
    };
}

const fn exception_type(
    name: &'static str,
    base: Option<&'static PyTypeObject>,
    size: usize,
    core: &'static TypeCore,
) -> PyTypeObject {
    let name = match std::ffi::CStr::from_bytes_with_nul(name.as_bytes()) {
        Ok(name) => name,
        Err(_) => panic!("a name with a NUL"),
    };
    let with_fields = size > size_of::<PyBaseException>();
    let ty = StaticType::new(name, size, if with_fields { dealloc_fields } else { dealloc_base }, core)
        .flags(flags::BASETYPE | flags::BASE_EXC_SUBCLASS)
        .offsets(16, 0);
    let ty = match base {
        Some(base) => ty.base(base),
        None => ty,
    };
    if with_fields {
        ty.collected(traverse_fields, Some(clear_fields)).build()
    } else {
        ty.collected(traverse_base, Some(clear_base)).build()
    }
}

/// A type that derives from `Exception` and adds nothing, for the layers above. `name` ends with a NUL.
pub const fn plain_error_type(name: &'static str, core: &'static TypeCore) -> PyTypeObject {
    error_type(name, &EXCEPTION, core)
}

/// The same, derived from another exception type, which has no fields of its own.
pub const fn error_type(
    name: &'static str,
    base: &'static PyTypeObject,
    core: &'static TypeCore,
) -> PyTypeObject {
    exception_type(name, Some(base), 72, core)
}

/// A type that derives from `OSError` and adds nothing, for the layers above. `name` ends with a NUL.
pub const fn os_error_type(name: &'static str, core: &'static TypeCore) -> PyTypeObject {
    exception_type(name, Some(&OS_ERROR), 112, core)
}

exceptions! {
    BASE_EXCEPTION BASE_EXCEPTION_CORE "BaseException\0": None, 72;
    BASE_EXCEPTION_GROUP BASE_EXCEPTION_GROUP_CORE "BaseExceptionGroup\0": Some(&BASE_EXCEPTION), 96;
    EXCEPTION EXCEPTION_CORE "Exception\0": Some(&BASE_EXCEPTION), 72;
    EXCEPTION_GROUP EXCEPTION_GROUP_CORE "ExceptionGroup\0": Some(&BASE_EXCEPTION_GROUP), 96;
    ARITHMETIC_ERROR ARITHMETIC_ERROR_CORE "ArithmeticError\0": Some(&EXCEPTION), 72;
    FLOATING_POINT_ERROR FLOATING_POINT_ERROR_CORE "FloatingPointError\0": Some(&ARITHMETIC_ERROR), 72;
    OVERFLOW_ERROR OVERFLOW_ERROR_CORE "OverflowError\0": Some(&ARITHMETIC_ERROR), 72;
    ZERO_DIVISION_ERROR ZERO_DIVISION_ERROR_CORE "ZeroDivisionError\0": Some(&ARITHMETIC_ERROR), 72;
    ASSERTION_ERROR ASSERTION_ERROR_CORE "AssertionError\0": Some(&EXCEPTION), 72;
    ATTRIBUTE_ERROR ATTRIBUTE_ERROR_CORE "AttributeError\0": Some(&EXCEPTION), 88;
    BUFFER_ERROR BUFFER_ERROR_CORE "BufferError\0": Some(&EXCEPTION), 72;
    EOF_ERROR EOF_ERROR_CORE "EOFError\0": Some(&EXCEPTION), 72;
    IMPORT_ERROR IMPORT_ERROR_CORE "ImportError\0": Some(&EXCEPTION), 104;
    MODULE_NOT_FOUND_ERROR MODULE_NOT_FOUND_ERROR_CORE "ModuleNotFoundError\0": Some(&IMPORT_ERROR), 104;
    LOOKUP_ERROR LOOKUP_ERROR_CORE "LookupError\0": Some(&EXCEPTION), 72;
    INDEX_ERROR INDEX_ERROR_CORE "IndexError\0": Some(&LOOKUP_ERROR), 72;
    KEY_ERROR KEY_ERROR_CORE "KeyError\0": Some(&LOOKUP_ERROR), 72;
    MEMORY_ERROR MEMORY_ERROR_CORE "MemoryError\0": Some(&EXCEPTION), 72;
    NAME_ERROR NAME_ERROR_CORE "NameError\0": Some(&EXCEPTION), 80;
    UNBOUND_LOCAL_ERROR UNBOUND_LOCAL_ERROR_CORE "UnboundLocalError\0": Some(&NAME_ERROR), 80;
    OS_ERROR OS_ERROR_CORE "OSError\0": Some(&EXCEPTION), 112;
    BLOCKING_IOERROR BLOCKING_IOERROR_CORE "BlockingIOError\0": Some(&OS_ERROR), 112;
    CHILD_PROCESS_ERROR CHILD_PROCESS_ERROR_CORE "ChildProcessError\0": Some(&OS_ERROR), 112;
    CONNECTION_ERROR CONNECTION_ERROR_CORE "ConnectionError\0": Some(&OS_ERROR), 112;
    BROKEN_PIPE_ERROR BROKEN_PIPE_ERROR_CORE "BrokenPipeError\0": Some(&CONNECTION_ERROR), 112;
    CONNECTION_ABORTED_ERROR CONNECTION_ABORTED_ERROR_CORE "ConnectionAbortedError\0": Some(&CONNECTION_ERROR), 112;
    CONNECTION_REFUSED_ERROR CONNECTION_REFUSED_ERROR_CORE "ConnectionRefusedError\0": Some(&CONNECTION_ERROR), 112;
    CONNECTION_RESET_ERROR CONNECTION_RESET_ERROR_CORE "ConnectionResetError\0": Some(&CONNECTION_ERROR), 112;
    FILE_EXISTS_ERROR FILE_EXISTS_ERROR_CORE "FileExistsError\0": Some(&OS_ERROR), 112;
    FILE_NOT_FOUND_ERROR FILE_NOT_FOUND_ERROR_CORE "FileNotFoundError\0": Some(&OS_ERROR), 112;
    INTERRUPTED_ERROR INTERRUPTED_ERROR_CORE "InterruptedError\0": Some(&OS_ERROR), 112;
    IS_ADIRECTORY_ERROR IS_ADIRECTORY_ERROR_CORE "IsADirectoryError\0": Some(&OS_ERROR), 112;
    NOT_ADIRECTORY_ERROR NOT_ADIRECTORY_ERROR_CORE "NotADirectoryError\0": Some(&OS_ERROR), 112;
    PERMISSION_ERROR PERMISSION_ERROR_CORE "PermissionError\0": Some(&OS_ERROR), 112;
    PROCESS_LOOKUP_ERROR PROCESS_LOOKUP_ERROR_CORE "ProcessLookupError\0": Some(&OS_ERROR), 112;
    TIMEOUT_ERROR TIMEOUT_ERROR_CORE "TimeoutError\0": Some(&OS_ERROR), 112;
    REFERENCE_ERROR REFERENCE_ERROR_CORE "ReferenceError\0": Some(&EXCEPTION), 72;
    RUNTIME_ERROR RUNTIME_ERROR_CORE "RuntimeError\0": Some(&EXCEPTION), 72;
    NOT_IMPLEMENTED_ERROR NOT_IMPLEMENTED_ERROR_CORE "NotImplementedError\0": Some(&RUNTIME_ERROR), 72;
    PYTHON_FINALIZATION_ERROR PYTHON_FINALIZATION_ERROR_CORE "PythonFinalizationError\0": Some(&RUNTIME_ERROR), 72;
    RECURSION_ERROR RECURSION_ERROR_CORE "RecursionError\0": Some(&RUNTIME_ERROR), 72;
    STOP_ASYNC_ITERATION STOP_ASYNC_ITERATION_CORE "StopAsyncIteration\0": Some(&EXCEPTION), 72;
    STOP_ITERATION STOP_ITERATION_CORE "StopIteration\0": Some(&EXCEPTION), 80;
    SYNTAX_ERROR SYNTAX_ERROR_CORE "SyntaxError\0": Some(&EXCEPTION), 144;
    INDENTATION_ERROR INDENTATION_ERROR_CORE "IndentationError\0": Some(&SYNTAX_ERROR), 144;
    TAB_ERROR TAB_ERROR_CORE "TabError\0": Some(&INDENTATION_ERROR), 144;
    INCOMPLETE_INPUT_ERROR INCOMPLETE_INPUT_ERROR_CORE "_IncompleteInputError\0": Some(&SYNTAX_ERROR), 144;
    SYSTEM_ERROR SYSTEM_ERROR_CORE "SystemError\0": Some(&EXCEPTION), 72;
    TYPE_ERROR TYPE_ERROR_CORE "TypeError\0": Some(&EXCEPTION), 72;
    VALUE_ERROR VALUE_ERROR_CORE "ValueError\0": Some(&EXCEPTION), 72;
    UNICODE_ERROR UNICODE_ERROR_CORE "UnicodeError\0": Some(&VALUE_ERROR), 72;
    UNICODE_DECODE_ERROR UNICODE_DECODE_ERROR_CORE "UnicodeDecodeError\0": Some(&UNICODE_ERROR), 112;
    UNICODE_ENCODE_ERROR UNICODE_ENCODE_ERROR_CORE "UnicodeEncodeError\0": Some(&UNICODE_ERROR), 112;
    UNICODE_TRANSLATE_ERROR UNICODE_TRANSLATE_ERROR_CORE "UnicodeTranslateError\0": Some(&UNICODE_ERROR), 112;
    WARNING WARNING_CORE "Warning\0": Some(&EXCEPTION), 72;
    BYTES_WARNING BYTES_WARNING_CORE "BytesWarning\0": Some(&WARNING), 72;
    DEPRECATION_WARNING DEPRECATION_WARNING_CORE "DeprecationWarning\0": Some(&WARNING), 72;
    ENCODING_WARNING ENCODING_WARNING_CORE "EncodingWarning\0": Some(&WARNING), 72;
    FUTURE_WARNING FUTURE_WARNING_CORE "FutureWarning\0": Some(&WARNING), 72;
    IMPORT_WARNING IMPORT_WARNING_CORE "ImportWarning\0": Some(&WARNING), 72;
    PENDING_DEPRECATION_WARNING PENDING_DEPRECATION_WARNING_CORE "PendingDeprecationWarning\0": Some(&WARNING), 72;
    RESOURCE_WARNING RESOURCE_WARNING_CORE "ResourceWarning\0": Some(&WARNING), 72;
    RUNTIME_WARNING RUNTIME_WARNING_CORE "RuntimeWarning\0": Some(&WARNING), 72;
    SYNTAX_WARNING SYNTAX_WARNING_CORE "SyntaxWarning\0": Some(&WARNING), 72;
    UNICODE_WARNING UNICODE_WARNING_CORE "UnicodeWarning\0": Some(&WARNING), 72;
    USER_WARNING USER_WARNING_CORE "UserWarning\0": Some(&WARNING), 72;
    GENERATOR_EXIT GENERATOR_EXIT_CORE "GeneratorExit\0": Some(&BASE_EXCEPTION), 72;
    KEYBOARD_INTERRUPT KEYBOARD_INTERRUPT_CORE "KeyboardInterrupt\0": Some(&BASE_EXCEPTION), 72;
    SYSTEM_EXIT SYSTEM_EXIT_CORE "SystemExit\0": Some(&BASE_EXCEPTION), 80;
}

/// The base that a type has behind its first one: `ExceptionGroup` is an `Exception`, too.
pub(crate) fn second_base(ty: &PyTypeObject) -> Option<&'static PyTypeObject> {
    std::ptr::eq(ty, &EXCEPTION_GROUP).then_some(&EXCEPTION)
}

/// An instance of an exception type with these arguments, none for no argument at all.
pub fn instance(thread: &Thread, ty: &'static PyTypeObject, argument: Option<Value>) -> PyResult<Value> {
    let args = match argument {
        Some(argument) => PyTuple::pack(thread, [argument])?,
        None => PyTuple::empty(),
    };
    with_arguments(thread, ty, args)
}

/// An instance with these `args`.
pub fn with_arguments(thread: &Thread, ty: &'static PyTypeObject, args: Owned<PyTuple>) -> PyResult<Value> {
    let object = lifecycle::allocate_instance(thread, ty, 0)?;
    // SAFETY: fresh, zeroed, of an exception type.
    unsafe {
        let this = object.cast::<PyBaseException>().as_ref();
        this.args.init(args.into_value());
        Ok(Value::from_object(object))
    }
}

/// An instance with a message.
pub(crate) fn with_message(
    thread: &Thread,
    ty: &'static PyTypeObject,
    message: fmt::Arguments<'_>,
) -> PyResult<Value> {
    let text = match message.as_str() {
        Some(text) => PyStr::from_text(thread, text)?,
        None => PyStr::from_text(thread, &message.to_string())?,
    };
    instance(thread, ty, Some(text.into_value()))
}

/// An instance with one argument; what is an `int` or a `float` word becomes an object where C reads it.
pub(crate) fn with_argument(thread: &Thread, ty: &'static PyTypeObject, argument: Value) -> PyResult<Value> {
    let exception = instance(thread, ty, Some(argument.clone()))?;
    if let Some(this) = exception.as_ref().get::<PyBaseException>()
        && std::ptr::eq(ty, &STOP_ITERATION)
    {
        let value = to_c(thread, argument)?;
        drop(this.set_field(0, Some(value)));
    }
    Ok(exception)
}

impl PyBaseException {
    /// `args`.
    pub fn args(&self) -> Option<Value> {
        self.args.get()
    }

    /// The slots that every exception has: dict, args, notes, traceback, context, cause.
    pub fn slots(&self) -> [&Slot; 6] {
        [&self.dict, &self.args, &self.notes, &self.traceback, &self.context, &self.cause]
    }

    /// `__suppress_context__`.
    pub fn suppress_context(&self) -> &Cell<i8> {
        &self.suppress_context
    }

    /// A field behind the base (`StopIteration.value`, `OSError.errno`, …), in the order of the layout.
    pub fn field(&self, at: usize) -> Option<Value> {
        self.field_slot(at)?.get().map(crate::items::from_c)
    }

    /// Sets such a field and hands out what was there.
    pub fn set_field(&self, at: usize, value: Option<Value>) -> Option<Value> {
        match self.field_slot(at) {
            Some(slot) => slot.replace(value),
            None => value,
        }
    }

    /// A field that is a number of C (`UnicodeError.start` and `end`, `OSError.characters_written`).
    pub fn number(&self, at: usize) -> Option<isize> {
        self.number_cell(at).map(Cell::get)
    }

    /// Sets such a number; says whether there is one.
    pub fn set_number(&self, at: usize, number: isize) -> bool {
        let cell = self.number_cell(at);
        cell.inspect(|cell| cell.set(number)).is_some()
    }

    fn number_cell(&self, at: usize) -> Option<&Cell<isize>> {
        let ty = self.base.ty();
        if at >= field_count(ty) || !is_number(ty, at) {
            return None;
        }
        // SAFETY: the type has so many words behind the base, and this one is a number.
        unsafe { std::ptr::from_ref(self).add(1).cast::<Cell<isize>>().add(at).as_ref() }
    }

    /// Sets `args` and hands out what was there.
    pub fn set_args(&self, args: Owned<PyTuple>) -> Option<Value> {
        self.args.replace(Some(args.into_value()))
    }

    fn field_slot(&self, at: usize) -> Option<&Slot> {
        let ty = self.base.ty();
        if at >= field_count(ty) || is_number(ty, at) {
            return None;
        }
        // SAFETY: the type has so many words behind the base.
        unsafe { std::ptr::from_ref(self).add(1).cast::<Slot>().add(at).as_ref() }
    }
}
