//! Methods of the built-in types: a folder a type, with the table of its methods in its `mod.rs`.

mod dict;
mod str;

use taipan_object::types::statics;
use taipan_object::{PyResult, Thread};

/// Declares a table: how it is called, the name, the signature as the reference shows it, the function, a line of
/// documentation.
macro_rules! method_table {
    ($static:ident: $($binding:ident $native:ident $name:literal $signature:literal $function:expr, $doc:literal;)*) => {
        pub(super) static $static: [taipan_object::builtin::MethodDef; { [$($name),*].len() }] = [$(
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
use method_table;

/// Fills slots that are more than a look into the layout.
pub(crate) fn install_slots() {
    statics::DICT.slots().subscript.set(Some(dict::subscript));
}

/// Puts the methods into their types.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    crate::install::methods(thread, &statics::STR, &str::METHODS)
}
