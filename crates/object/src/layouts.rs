//! Declares object types that are little more than named slots: the struct with its offsets, the static type,
//! and what the collector and the end of an object need. The order of fields is that of memory.

/// `object! { /// doc  pub struct PyX = X X_CORE "name" SIZE { field OFFSET: Kind, … } FLAGS, dict N, weak N, slots… }`
///
/// Kinds of fields: `Slot` holds a value, `Weak` the list of weak references, `Word`, `Ints` and `Call` are not
/// looked at here.
macro_rules! object {
    (
        $(#[$doc:meta])*
        pub struct $ty:ident = $static:ident $core:ident $name:literal $size:literal {
            $($(#[$field_doc:meta])* $field:ident $offset:literal: $kind:ident),* $(,)?
        }
        slots { $($held:ident),* $(,)? }
        flags $flags:expr, dict $dict:literal, weak $weak:literal,
        does { $($slot:ident: $function:expr),* $(,)? }
    ) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $ty {
            base: $crate::header::PyObject,
            $($(#[$field_doc])* pub(crate) $field: $crate::layouts::$kind,)*
        }

        $crate::types::layout::offsets!($ty, $size: $($field $offset),*);

        #[doc = concat!("The type `", $name, "`.")]
        pub static $static: $crate::types::PyTypeObject =
            $crate::types::StaticType::new($crate::layouts::c_name(concat!($name, "\0")), $size, dealloc::end, &$core)
                .flags($flags)
                .collected(dealloc::traverse, Some(dealloc::clear))
                .offsets($dict, $weak)
                .build();
        static $core: $crate::types::TypeCore =
            $crate::types::TypeCore::new($crate::types::slots::slots_of! { $($slot: $function),* });

        // SAFETY: the layout above, for the type and what derives from it.
        unsafe impl $crate::value::Layout for $ty {
            #[inline(always)]
            fn ty() -> &'static $crate::types::PyTypeObject {
                &$static
            }
        }

        mod dealloc {
            use super::$ty;
            use $crate::gc::visit::{clear_slots, dealloc_slots, traverse_slots};

            traverse_slots!(traverse, $ty: $($held),*);
            clear_slots!(clear, $ty: $($held),*);
            dealloc_slots!(release, $ty: $($held),*);

            /// `tp_dealloc`.
            ///
            /// # Safety
            /// The object is of this layout and its last reference is gone.
            pub(crate) unsafe extern "C" fn end(object: *mut $crate::header::PyObject) {
                // SAFETY: by contract.
                unsafe {
                    $crate::weakref::clear_dying_object(object);
                    release(object);
                }
            }
        }

        impl $ty {
            /// An object of the type whose slots are empty; tracked by the collector.
            pub(crate) fn blank(
                thread: &$crate::thread::Thread,
            ) -> $crate::error::PyResult<$crate::value::Owned<$ty>> {
                let object = $crate::types::lifecycle::allocate_instance(thread, &$static, 0)?;
                // SAFETY: zeroed behind the head: all slots are empty.
                Ok(unsafe { $crate::value::Owned::from_ptr(object.cast()) })
            }

            /// An object of a class that is the type or derives from it, whose slots are empty.
            ///
            /// # Errors
            /// `TypeError` if the class is neither.
            #[allow(dead_code, reason = "most types are not derived from")]
            pub(crate) fn blank_in(
                thread: &$crate::thread::Thread,
                class: &$crate::types::PyTypeObject,
            ) -> $crate::error::PyResult<$crate::value::Owned<$ty>> {
                if !class.is_subtype(&$static) {
                    let (own, class) = ($static.short_name(), class.name());
                    return Err($crate::raise!(
                        thread,
                        TYPE_ERROR,
                        "{own}.__new__({class}): {class} is not a subtype of {own}"
                    ));
                }
                let object = $crate::types::lifecycle::allocate_instance(thread, class, 0)?;
                // SAFETY: of the layout, and zeroed behind the head: all slots are empty.
                Ok(unsafe { $crate::value::Owned::from_ptr(object.cast()) })
            }

            $(
                $(#[$field_doc])*
                #[inline(always)]
                pub fn $field(&self) -> &$crate::layouts::$kind {
                    &self.$field
                }
            )*
        }
    };
}
pub(crate) use object;

use std::cell::Cell;
use std::ffi::CStr;

pub use crate::slot::Slot;

/// A list of weak references.
pub type Weak = Cell<*const crate::weakref::PyWeakReference>;
/// A word that is not looked at.
pub type Word = Cell<usize>;
/// Two C ints.
pub type Ints = Cell<[i32; 2]>;
/// A C function pointer.
pub type Call = Cell<crate::types::layout::CSlot>;

/// A literal that ends with a NUL as C has it.
pub const fn c_name(name: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(name.as_bytes()) {
        Ok(name) => name,
        Err(_) => panic!("a name with one NUL, at its end"),
    }
}
