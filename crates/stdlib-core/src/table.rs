//! Tables of methods, and the states of native types: what the types of this crate are declared with.

/// Declares a table: how it is called, the name, the signature as the reference shows it, the function, a line of
/// documentation.
macro_rules! method_table {
    ($static:ident: $($binding:ident $native:ident $name:literal $signature:literal $function:expr, $doc:literal;)*) => {
        pub(crate) static $static: [taipan_object::builtin::MethodDef; { [$($name),*].len() }] = [$(
            taipan_object::builtin::MethodDef::new(
                $name,
                taipan_object::builtin::Binding::$binding,
                taipan_object::builtin::Native::$native($function),
                $signature,
                $doc,
            )
        ),*];
    };
}
pub(crate) use method_table;

/// `native_state!(State in STATIC: slots)`: the state of a native type whose references stand in these slots.
macro_rules! native_state {
    ($state:ident in $static:ident: $($slot:ident),* $(,)?) => {
        impl taipan_object::native::NativeType for $state {
            fn definition() -> &'static taipan_object::native::NativeStatic<$state> {
                &$static
            }

            #[allow(unused_variables, reason = "a state may hold no reference")]
            fn traverse(&self, visitor: &mut taipan_object::native::Visitor) {
                $(visitor.slot(&self.$slot);)*
            }

            fn clear(&self) {
                $(drop(self.$slot.take());)*
            }
        }
    };
}
pub(crate) use native_state;

use taipan_object::native::{Native, NativeType};
use taipan_object::{PyResult, Ref, Thread, raise};

/// The receiver of a method of a native type; `TypeError` if it is of another type.
pub(crate) fn receiver<'a, S: NativeType>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<S>> {
    this.get::<Native<S>>().ok_or_else(|| {
        let (own, got) = (S::definition().short_name(), this.ty().short_name());
        raise!(thread, TYPE_ERROR, "descriptor requires a '{own}' object but received a '{got}'")
    })
}
