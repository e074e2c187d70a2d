//! What the layers above declare their types and modules with: tables of methods and of computed attributes, states
//! that are nothing but slots. [`native`](crate::native) has the types themselves.

pub use crate::{attribute_table, method_table, native_state};

use crate::error::PyResult;
use crate::native::{Native, NativeType};
use crate::thread::Thread;
use crate::value::Ref;

/// Declares a table: how it is called, the name, the signature as the reference shows it, the function, a line of
/// documentation.
#[macro_export]
macro_rules! method_table {
    ($static:ident: $($binding:ident $native:ident $name:literal $signature:literal $function:expr, $doc:literal;)*) => {
        pub(crate) static $static: [$crate::builtin::MethodDef; { [$($name),*].len() }] = [$(
            $crate::builtin::MethodDef::new(
                $name,
                $crate::builtin::Binding::$binding,
                $crate::builtin::Native::$native($function),
                $signature,
                $doc,
            )
        ),*];
    };
}

/// Declares a table of computed attributes: the name, how to read it, how to set it.
#[macro_export]
macro_rules! attribute_table {
    ($static:ident: $($name:literal $get:expr, $set:expr, $doc:literal;)*) => {
        pub(crate) static $static: [$crate::descriptor::GetSetDef; { [$($name),*].len() }] = [$(
            $crate::descriptor::GetSetDef { name: $name, get: $get, set: $set, doc: $doc }
        ),*];
    };
}

/// `native_state!(State in STATIC: slots)`: the state of a native type whose references stand in these slots.
#[macro_export]
macro_rules! native_state {
    ($state:ident in $static:ident: $($slot:ident),* $(,)?) => {
        impl $crate::native::NativeType for $state {
            fn definition() -> &'static $crate::native::NativeStatic<$state> {
                &$static
            }

            #[allow(unused_variables, reason = "a state may hold no reference")]
            fn traverse(&self, visitor: &mut $crate::native::Visitor) {
                $(visitor.slot(&self.$slot);)*
            }

            fn clear(&self) {
                $(drop(self.$slot.take());)*
            }
        }
    };
}

/// The receiver of a method of a native type; `TypeError` if it is of another type.
pub fn receiver<'a, S: NativeType>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<S>> {
    this.get::<Native<S>>().ok_or_else(|| {
        let (own, got) = (S::definition().short_name(), this.ty().short_name());
        crate::raise!(thread, TYPE_ERROR, "descriptor requires a '{own}' object but received a '{got}'")
    })
}
