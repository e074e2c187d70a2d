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

/// Declares a table of computed attributes: the name, how to read it, how to set it.
macro_rules! attribute_table {
    ($static:ident: $($name:literal $get:expr, $set:expr, $doc:literal;)*) => {
        pub(crate) static $static: [taipan_object::descriptor::GetSetDef; { [$($name),*].len() }] = [$(
            taipan_object::descriptor::GetSetDef { name: $name, get: $get, set: $set, doc: $doc }
        ),*];
    };
}
pub(crate) use attribute_table;

use taipan_object::native::{Native, NativeType};
use taipan_object::{PyResult, Ref, Thread, raise};

/// The receiver of a method of a native type; `TypeError` if it is of another type.
pub(crate) fn receiver<'a, S: NativeType>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<S>> {
    this.get::<Native<S>>().ok_or_else(|| {
        let (own, got) = (S::definition().short_name(), this.ty().short_name());
        raise!(thread, TYPE_ERROR, "descriptor requires a '{own}' object but received a '{got}'")
    })
}
