//! The objects of the module `datetime`, whose fields compiled code reads where they stand: layouts, static types,
//! making. What the types do is filled in by the layer above.
//!
//! Invariant: an object is written once, while it is made; only its hash is noted later, and the
//! fold of one that a derived class made. A `datetime` begins as a
//! `date` does, so that whatever takes a `date` takes it.

use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::header::PyObject;
use crate::raise;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};

/// The hash that is not known yet.
const NO_HASH: i64 = -1;

macro_rules! dated {
    (
        $(#[$doc:meta])*
        $ty:ident $static:ident $core:ident $name:literal $size:literal $dealloc:path, base $base:expr,
        { $($field:ident $offset:literal: $kind:ty),* $(,)? }
    ) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $ty {
            base: PyObject,
            $($field: $kind,)*
        }

        const _: () = assert!(size_of::<$ty>() == $size);
        $(const _: () = assert!(offset_of!($ty, $field) == $offset);)*

        #[doc = concat!("The type `", $name, "`.")]
        pub static $static: PyTypeObject =
            StaticType::new(crate::layouts::c_name(concat!($name, "\0")), $size, $dealloc, &$core)
                .base($base)
                .flags(flags::BASETYPE)
                .build();
        static $core: TypeCore = TypeCore::new(slots_of! {});

        // SAFETY: the layout above, for the type and what derives from it.
        unsafe impl Layout for $ty {
            #[inline(always)]
            fn ty() -> &'static PyTypeObject {
                &$static
            }
        }
    };
}

dated! {
    /// A `date`: the year in two bytes, the higher first, month, day.
    PyDate DATE DATE_CORE "datetime.date" 32 lifecycle::dealloc_plain, base &crate::types::statics::OBJECT,
    { hashcode 16: Cell<i64>, hastzinfo 24: Cell<u8>, data 25: Cell<[u8; 4]> }
}

dated! {
    /// A `time`: hour, minute, second, microsecond in three bytes.
    PyTime TIME TIME_CORE "datetime.time" 40 dealloc_time, base &crate::types::statics::OBJECT,
    { hashcode 16: Cell<i64>, hastzinfo 24: Cell<u8>, data 25: Cell<[u8; 6]>, fold 31: Cell<u8>, tzinfo 32: Slot }
}

dated! {
    /// A `datetime`: the bytes of a date, then those of a time.
    PyDateTime DATETIME DATETIME_CORE "datetime.datetime" 48 dealloc_datetime, base &DATE,
    { hashcode 16: Cell<i64>, hastzinfo 24: Cell<u8>, data 25: Cell<[u8; 10]>, fold 35: Cell<u8>, tzinfo 40: Slot }
}

dated! {
    /// A `timedelta`, normalized.
    PyTimeDelta TIMEDELTA TIMEDELTA_CORE "datetime.timedelta" 40 lifecycle::dealloc_plain,
    base &crate::types::statics::OBJECT,
    { hashcode 16: Cell<i64>, days 24: Cell<i32>, seconds 28: Cell<i32>, microseconds 32: Cell<i32> }
}

crate::native_base! {
    /// The type `datetime.tzinfo`, from which time zones derive.
    pub static TZINFO = "datetime.tzinfo", flags flags::BASETYPE,
    does {}
}

/// A time zone of whatever kind.
#[repr(C)]
pub struct PyTzInfo {
    base: PyObject,
}

// SAFETY: every object begins so.
unsafe impl Layout for PyTzInfo {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &TZINFO
    }
}

/// A `timezone`: the offset, and the name if it was given one.
#[repr(C)]
pub struct PyTimeZone {
    base: PyObject,
    offset: Slot,
    name: Slot,
}

const _: () = assert!(size_of::<PyTimeZone>() == 32 && offset_of!(PyTimeZone, offset) == 16);

/// The type `datetime.timezone`.
pub static TIMEZONE: PyTypeObject =
    StaticType::new(c"datetime.timezone", 32, dealloc_zone, &TIMEZONE_CORE).base(TZINFO.as_type()).build();
static TIMEZONE_CORE: TypeCore = TypeCore::new(slots_of! {});

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyTimeZone {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &TIMEZONE
    }
}

macro_rules! dealloc {
    ($name:ident $ty:ident: $($slot:ident),*) => {
        /// `tp_dealloc`.
        ///
        /// # Safety
        /// An object of the layout whose last reference is gone.
        unsafe extern "C" fn $name(object: *mut PyObject) {
            let Some(pointer) = NonNull::new(object) else { return };
            // SAFETY: by contract; the memory stays whole until the end.
            unsafe {
                $(drop((*object.cast::<$ty>()).$slot.take());)*
                lifecycle::free(pointer);
            }
        }
    };
}

dealloc!(dealloc_time PyTime: tzinfo);
dealloc!(dealloc_datetime PyDateTime: tzinfo);
dealloc!(dealloc_zone PyTimeZone: offset, name);

/// All types of this file, bases first: what a layer above makes ready.
pub fn types() -> [&'static PyTypeObject; 6] {
    [&TIMEDELTA, &DATE, &TZINFO, &TIME, &DATETIME, &TIMEZONE]
}

/// A zeroed object of a class that is `T` or derives from it.
fn blank<T: Layout>(thread: &Thread, class: &PyTypeObject) -> PyResult<Owned<T>> {
    if !T::is(class) {
        let (own, class) = (T::ty().name(), class.name());
        return Err(raise!(thread, TYPE_ERROR, "{own}.__new__({class}): {class} is not a subtype of {own}"));
    }
    let object = lifecycle::allocate_instance(thread, class, 0)?;
    // SAFETY: fresh, of the layout; zeros are valid in every field.
    Ok(unsafe { Owned::from_ptr(object.cast()) })
}

macro_rules! hashed {
    ($($ty:ident)*) => {
        $(impl $ty {
            /// The hash, if it was noted.
            pub fn known_hash(&self) -> Option<i64> {
                Some(self.hashcode.get()).filter(|hash| *hash != NO_HASH)
            }

            /// Notes the hash, which is never -1.
            pub fn note_hash(&self, hash: i64) {
                self.hashcode.set(hash);
            }
        })*
    };
}

hashed!(PyDate PyTime PyDateTime PyTimeDelta);

impl PyDate {
    /// A date of a class; a `datetime` cannot be made here.
    ///
    /// # Errors
    /// `TypeError` if the class is not one of dates; `MemoryError`.
    pub fn new(thread: &Thread, class: &PyTypeObject, data: [u8; 4]) -> PyResult<Owned<PyDate>> {
        let this = blank::<PyDate>(thread, class)?;
        this.hashcode.set(NO_HASH);
        this.data.set(data);
        Ok(this)
    }

    /// Year (two bytes, the higher first), month, day.
    #[inline]
    pub fn data(&self) -> [u8; 4] {
        self.data.get()
    }
}

macro_rules! zoned {
    ($ty:ident $count:literal) => {
        impl $ty {
            /// An object of a class; `zone` is `None` or a `tzinfo`.
            ///
            /// # Errors
            /// `TypeError` if the class is of another kind; `MemoryError`.
            pub fn new(
                thread: &Thread,
                class: &PyTypeObject,
                data: [u8; $count],
                zone: Option<Value>,
                fold: u8,
            ) -> PyResult<Owned<$ty>> {
                let this = blank::<$ty>(thread, class)?;
                this.hashcode.set(NO_HASH);
                this.data.set(data);
                this.fold.set(fold);
                this.hastzinfo.set(u8::from(zone.is_some()));
                if let Some(zone) = zone {
                    this.tzinfo.init(zone);
                }
                Ok(this)
            }

            /// The fields as they are pickled.
            #[inline]
            pub fn data(&self) -> [u8; $count] {
                self.data.get()
            }

            /// 0, or 1 for the later of two moments of the same local time (PEP 495).
            #[inline]
            pub fn fold(&self) -> u8 {
                self.fold.get()
            }

            /// Sets the fold of an object that was just made by the constructor of a derived class.
            pub fn set_fold(&self, fold: u8) {
                self.fold.set(fold);
            }

            /// The time zone.
            pub fn zone(&self) -> Option<Value> {
                self.tzinfo.get()
            }
        }
    };
}

zoned!(PyTime 6);
zoned!(PyDateTime 10);

impl PyTimeDelta {
    /// A duration of a class; the parts are normalized.
    ///
    /// # Errors
    /// `TypeError` if the class is not one of durations; `MemoryError`.
    pub fn new(
        thread: &Thread,
        class: &PyTypeObject,
        [days, seconds, microseconds]: [i32; 3],
    ) -> PyResult<Owned<PyTimeDelta>> {
        let this = blank::<PyTimeDelta>(thread, class)?;
        this.hashcode.set(NO_HASH);
        this.days.set(days);
        this.seconds.set(seconds);
        this.microseconds.set(microseconds);
        Ok(this)
    }

    /// Days, seconds, microseconds.
    #[inline]
    pub fn parts(&self) -> [i32; 3] {
        [self.days.get(), self.seconds.get(), self.microseconds.get()]
    }

    /// Where the three fields stand in an object.
    pub const OFFSETS: [u32; 3] = [24, 28, 32];
}

impl PyTzInfo {
    /// An object of a class of time zones that has nothing of its own.
    ///
    /// # Errors
    /// `TypeError` if the class is another; `MemoryError`.
    pub fn instance(thread: &Thread, class: &PyTypeObject) -> PyResult<Value> {
        if class.is_subtype(&TIMEZONE) {
            let message =
                "datetime.tzinfo.__new__(datetime.timezone) is not safe, use datetime.timezone.__new__()";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
        Ok(blank::<PyTzInfo>(thread, class)?.into_value())
    }
}

impl PyTimeZone {
    /// A time zone of a fixed offset.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(
        thread: &Thread,
        offset: Owned<PyTimeDelta>,
        name: Option<Value>,
    ) -> PyResult<Owned<PyTimeZone>> {
        let this = blank::<PyTimeZone>(thread, &TIMEZONE)?;
        this.offset.init(offset.into_value());
        if let Some(name) = name {
            this.name.init(name);
        }
        Ok(this)
    }

    /// The offset.
    pub fn offset(&self) -> Option<Owned<PyTimeDelta>> {
        self.offset.get()?.downcast().ok()
    }

    /// The name that it was given.
    pub fn name(&self) -> Option<Value> {
        self.name.get()
    }
}

/// Whether an object is a time zone.
#[inline]
pub fn is_zone(value: Ref<'_>) -> bool {
    value.get::<PyTzInfo>().is_some()
}
