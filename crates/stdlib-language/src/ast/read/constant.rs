//! The values of constants. A tree of ours has no tuples among them: a constant that is one is read as the display
//! that gives it, which code generation folds again.

use taipan_ast::{Arena, Class, Complex, Constant, ExprContext, Int, Symbol};
use taipan_object::bytes::PyBytes;
use taipan_object::complex::PyComplex;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::set::FROZENSET;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_wtf8::Wtf8;

use super::super::classes;
use super::super::items::find;
use super::super::node::AstNode;

/// The node to read in place of a constant's: of one whose value is a tuple a display of constants.
pub(super) fn display(thread: &Thread, all: &PyTuple, object: Value) -> PyResult<Value> {
    let Some(value) = find(thread, object.as_ref(), "value")? else { return Ok(object) };
    let Some(tuple) = value.as_ref().get_exact::<PyTuple>() else { return Ok(object) };
    let elements = PyList::new(thread)?;
    for item in tuple.iter() {
        let node = make(thread, all, Class::Constant, object.as_ref())?;
        set(thread, &node, "value", item.to_value())?;
        elements.push(thread, node)?;
    }
    let node = make(thread, all, Class::Tuple, object.as_ref())?;
    set(thread, &node, "elts", elements.into_value())?;
    let load = classes::object_of(Symbol::ExprContext(ExprContext::Load));
    set(thread, &node, "ctx", all.get(load).unwrap_or_else(Value::none))?;
    Ok(node)
}

/// A node where another stands.
fn make(thread: &Thread, all: &PyTuple, class: Class, place: Ref<'_>) -> PyResult<Value> {
    let Some(class) = classes::class(all, classes::of_class(class)) else { return Ok(Value::none()) };
    let node = Native::new_in(thread, &class, AstNode::default())?.into_value();
    for name in ["lineno", "col_offset", "end_lineno", "end_col_offset"] {
        if let Some(value) = find(thread, place, name)? {
            set(thread, &node, name, value)?;
        }
    }
    Ok(node)
}

fn set(thread: &Thread, node: &Value, name: &str, value: Value) -> PyResult<()> {
    let name = intern_text(thread, name)?;
    protocol::set_attribute(thread, node.as_ref(), &name, Some(value))
}

/// The constant of a value.
pub(super) fn read<'a>(thread: &Thread, arena: &'a Arena, value: Ref<'_>) -> PyResult<Constant<'a>> {
    let ty = value.ty();
    let is = |exact| std::ptr::eq(ty, exact);
    if value.is_none() {
        return Ok(Constant::None);
    }
    if value.is(Value::ellipsis().as_ref()) {
        return Ok(Constant::Ellipsis);
    }
    if is(&statics::BOOL) {
        let truth = value.is(Value::bool(true).as_ref());
        return Ok(if truth { Constant::True } else { Constant::False });
    }
    if let Some(text) = value.get_exact::<PyStr>() {
        let bytes = arena.alloc_slice_copy(text.to_wtf8().as_wtf8().as_bytes());
        return Ok(Constant::Str(Wtf8::from_bytes(bytes).unwrap_or(Wtf8::from_str(""))));
    }
    if let Some(bytes) = value.get_exact::<PyBytes>() {
        return Ok(Constant::Bytes(arena.alloc_slice_copy(bytes.as_slice())));
    }
    if is(&statics::INT) {
        return Ok(Constant::Int(int(arena, value)));
    }
    if is(&statics::FLOAT) {
        return Ok(Constant::Float(value.to_f64().unwrap_or(0.0)));
    }
    if let Some(number) = value.get_exact::<PyComplex>() {
        let [real, imag] = number.parts();
        return Ok(Constant::Complex(Complex { real, imag }));
    }
    if is(&FROZENSET) {
        return Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "constants that are sets are not built yet"));
    }
    let name = ty.name();
    Err(raise!(thread, TYPE_ERROR, "got an invalid type in Constant: {name}"))
}

fn int<'a>(arena: &'a Arena, value: Ref<'_>) -> Int<'a> {
    let digits = value.int_to_text(16).unwrap_or_default();
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, digits.as_str()),
    };
    let number = if digits.len() <= 16 {
        Int::Small(u64::from_str_radix(digits, 16).unwrap_or(0))
    } else {
        let words = digits.as_bytes().rchunks(8).map(|chunk| {
            let text = std::str::from_utf8(chunk).unwrap_or_default();
            u32::from_str_radix(text, 16).unwrap_or(0)
        });
        let words: Vec<u32> = words.collect();
        Int::Big(arena.alloc_slice_copy(&words))
    };
    if negative { number.negate() } else { number }
}
