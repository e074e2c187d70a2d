//! The module `builtins`: its functions, one file a family, and the built-in types, exceptions and constants. What
//! needs a frame (`exec`, `globals`, `super`, …) is added by the VM.

mod asynchronous;
mod class_check;
mod console;
mod fold;
mod iteration;
mod number;
mod object;
mod print;
#[cfg(test)]
mod tests;

use taipan_object::builtin::PyCFunction;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Thread, Value, descriptor, exception, range};

use super::{ModuleDef, add, add_types};
use crate::methods::method_table;

method_table! { FUNCTIONS:
    Instance One c"abs" "($module, number, /)" number::abs, c"The magnitude of a number.";
    Instance One c"all" "($module, iterable, /)" iteration::all, c"Whether all items are true.";
    Instance One c"any" "($module, iterable, /)" iteration::any, c"Whether some item is true.";
    Instance One c"ascii" "($module, obj, /)" object::ascii, c"The repr with escapes for all that is not ASCII.";
    Instance One c"bin" "($module, integer, /)" number::bin, c"The binary digits of an integer.\n\n>>> bin(-10)\n'-0b1010'";
    Instance One c"callable" "($module, obj, /)" object::callable, c"Whether the object can be called.";
    Instance One c"chr" "($module, i, /)" number::chr, c"The character of a code point.";
    Instance One c"aiter" "($module, async_iterable, /)" asynchronous::aiter, c"An iterator over an asynchronous iterable.";
    Instance Positional c"anext" "(async_iterator[, default], /)" asynchronous::anext, c"An awaitable of the next item, or of the default at the end.";
    Instance Keywords c"breakpoint" "($module, /, *args, **kws)" console::breakpoint, c"Calls a debugger: sys.breakpointhook(*args, **kws).";
    Instance Positional c"input" "($module, prompt='', /)" console::input, c"Writes a prompt and reads a line from standard input.";
    Instance Two c"delattr" "($module, obj, name, /)" object::delattr, c"Deletes an attribute.";
    Instance Positional c"dir" "([object], /)" object::dir, c"The names of the attributes, sorted.";
    Instance Two c"divmod" "($module, x, y, /)" number::divmod, c"Quotient and remainder.";
    Instance Positional c"format" "($module, value, format_spec='', /)" object::format, c"The text of a value after a specification.";
    Instance Positional c"getattr" "(object, name[, default], /)" object::getattr, c"An attribute, or the default.";
    Instance Two c"hasattr" "($module, obj, name, /)" object::hasattr, c"Whether there is an attribute of this name.";
    Instance One c"hash" "($module, obj, /)" object::hash, c"The hash of an object.";
    Instance One c"hex" "($module, integer, /)" number::hex, c"The hexadecimal digits of an integer.\n\n>>> hex(3054)\n'0xbee'";
    Instance One c"id" "($module, obj, /)" object::id, c"A number that no other living object has.";
    Instance Two c"isinstance" "($module, obj, class_or_tuple, /)" class_check::isinstance, c"Whether the object is an instance of a class.";
    Instance Two c"issubclass" "($module, cls, class_or_tuple, /)" class_check::issubclass, c"Whether a class derives from another.";
    Instance Positional c"iter" "(object[, sentinel], /)" iteration::iter, c"An iterator over an object, or over the results of a callable up to a sentinel.";
    Instance One c"len" "($module, obj, /)" object::len, c"The number of items.";
    Instance Keywords c"max" "" fold::max, c"max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nThe greatest item of an iterable, or the greatest argument.";
    Instance Keywords c"min" "" fold::min, c"min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nThe least item of an iterable, or the least argument.";
    Instance Positional c"next" "(iterator[, default], /)" iteration::next, c"The next item of an iterator, or the default at its end.";
    Instance One c"oct" "($module, integer, /)" number::oct, c"The octal digits of an integer.\n\n>>> oct(493)\n'0o755'";
    Instance One c"ord" "($module, character, /)" number::ord, c"The code point of a character.";
    Instance Keywords c"pow" "($module, base, exp, mod=None)" number::pow, c"A power, modulo mod if it is given.";
    Instance Keywords c"print" "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)" print::print, c"Writes the text of values to a stream, or to sys.stdout.";
    Instance One c"repr" "($module, obj, /)" object::repr, c"The text that stands for an object.";
    Instance Keywords c"round" "($module, number, ndigits=None)" number::round, c"The number rounded to decimal digits.";
    Instance Positional c"setattr" "($module, obj, name, value, /)" object::setattr, c"Sets an attribute.";
    Instance Keywords c"sorted" "($module, iterable, /, *, key=None, reverse=False)" iteration::sorted, c"A sorted list of the items.";
    Instance Keywords c"sum" "($module, iterable, /, start=0)" fold::sum, c"The sum of the items.";
    Instance Positional c"vars" "([object], /)" object::vars, c"The dict of an object.";
}

/// `builtins`.
pub(super) static MODULE: ModuleDef = ModuleDef {
    name: "builtins",
    doc: Some("Functions, types, exceptions and constants that every module sees without an import."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

/// The static types of this module.
pub(super) fn types() -> [&'static PyTypeObject; 1] {
    [&asynchronous::NEXT_OR_DEFAULT]
}

/// Puts the methods into them.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    crate::install::methods(thread, &asynchronous::NEXT_OR_DEFAULT, &asynchronous::METHODS)
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let types: [&'static PyTypeObject; _] = [
        &statics::OBJECT,
        &statics::TYPE,
        &statics::BOOL,
        &statics::BYTEARRAY,
        &taipan_object::memoryview::MEMORYVIEW,
        &statics::BYTES,
        &descriptor::class_method::CLASS_METHOD,
        &statics::COMPLEX,
        &statics::DICT,
        &statics::FLOAT,
        &statics::FROZENSET,
        &statics::INT,
        &statics::LIST,
        &descriptor::property::PROPERTY,
        &range::RANGE,
        &statics::SET,
        &statics::SLICE,
        &descriptor::static_method::STATIC_METHOD,
        &statics::STR,
        &statics::TUPLE,
        &crate::descriptors::SUPER,
    ];
    let own = Some(taipan_object::as_ref(module).to_value());
    let name = PyStr::from_text(thread, "builtins")?.into_value();
    let build = PyCFunction::new(thread, &crate::classes::BUILD_CLASS, own, Some(name))?;
    add(thread, module, "__build_class__", build.into_value())?;
    add_types(thread, module, types)?;
    add_types(thread, module, crate::iterators::public_types())?;
    add_types(thread, module, exception::all())?;
    for alias in ["EnvironmentError", "IOError"] {
        add(thread, module, alias, taipan_object::as_ref(&exception::OS_ERROR).to_value())?;
    }
    for (name, value) in [
        ("None", Value::none()),
        ("Ellipsis", Value::ellipsis()),
        ("NotImplemented", Value::not_implemented()),
        ("False", Value::bool(false)),
        ("True", Value::bool(true)),
        ("__debug__", Value::bool(true)),
    ] {
        add(thread, module, name, value)?;
    }
    Ok(())
}
