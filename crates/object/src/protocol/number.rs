//! Operators. Invariant: a slot is called with the operands in the order in which they stand, whichever of them
//! it belongs to; `NotImplemented` from all of them is a `TypeError` that names both types.

use crate::error::PyResult;
use crate::exception::DEPRECATION_WARNING;
use crate::raise;
use crate::thread::Thread;
use crate::types::slots::{Binary, Slots, Ternary, Unary};
use crate::types::statics::INT;
use crate::value::{Ref, Value};

macro_rules! binary_ops {
    ($($(#[$doc:meta])* $op:ident $slot:ident $in_place:ident $sign:literal $in_place_sign:literal;)*) => {
        /// An operator of two operands.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum BinaryOp { $($(#[$doc])* $op),* }

        impl BinaryOp {
            #[inline(always)]
            fn slot(self, slots: &Slots) -> Option<Binary> {
                match self { $(BinaryOp::$op => slots.$slot.get()),* }
            }

            fn in_place_slot(self, slots: &Slots) -> Option<Binary> {
                match self { $(BinaryOp::$op => slots.$in_place.get()),* }
            }

            /// The sign, as messages have it.
            pub const fn sign(self, in_place: bool) -> &'static str {
                match self { $(BinaryOp::$op => if in_place { $in_place_sign } else { $sign }),* }
            }
        }
    };
}

binary_ops! {
    /// `+`
    Add add inplace_add "+" "+=";
    /// `-`
    Subtract subtract inplace_subtract "-" "-=";
    /// `*`
    Multiply multiply inplace_multiply "*" "*=";
    /// `@`
    MatrixMultiply matrix_multiply inplace_matrix_multiply "@" "@=";
    /// `/`
    TrueDivide true_divide inplace_true_divide "/" "/=";
    /// `//`
    FloorDivide floor_divide inplace_floor_divide "//" "//=";
    /// `%`
    Remainder remainder inplace_remainder "%" "%=";
    /// `divmod`
    Divmod divmod divmod "divmod()" "divmod()";
    /// `<<`
    Lshift lshift inplace_lshift "<<" "<<=";
    /// `>>`
    Rshift rshift inplace_rshift ">>" ">>=";
    /// `&`
    And and inplace_and "&" "&=";
    /// `^`
    Xor xor inplace_xor "^" "^=";
    /// `|`
    Or or inplace_or "|" "|=";
}

/// `a op b`.
#[inline]
pub fn binary(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: BinaryOp) -> PyResult<Value> {
    let result = by_slots(thread, a, b, op)?;
    if !result.as_ref().is_not_implemented() {
        return Ok(result);
    }
    of_sequences(thread, a, b, op, false)
}

/// `a op= b`.
pub fn in_place(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: BinaryOp) -> PyResult<Value> {
    if let Some(slot) = op.in_place_slot(a.ty().slots()) {
        let result = slot(thread, a, b)?;
        if !result.as_ref().is_not_implemented() {
            return Ok(result);
        }
    }
    let result = by_slots(thread, a, b, op)?;
    if !result.as_ref().is_not_implemented() {
        return Ok(result);
    }
    of_sequences(thread, a, b, op, true)
}

/// The left operand's slot, and the right one's if it is another; that first if its type derives from the
/// left one's.
#[inline]
fn by_slots(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: BinaryOp) -> PyResult<Value> {
    let (left, right) = (a.ty(), b.ty());
    let first = op.slot(left.slots());
    let mut second = op.slot(right.slots()).filter(|_| !std::ptr::eq(left, right));
    if let (Some(x), Some(y)) = (first, second)
        && std::ptr::fn_addr_eq(x, y)
    {
        second = None;
    }
    if first.is_some()
        && right.is_subtype(left)
        && let Some(slot) = second.take()
    {
        let result = slot(thread, a, b)?;
        if !result.as_ref().is_not_implemented() {
            return Ok(result);
        }
    }
    for slot in [first, second].into_iter().flatten() {
        let result = slot(thread, a, b)?;
        if !result.as_ref().is_not_implemented() {
            return Ok(result);
        }
    }
    Ok(Value::not_implemented())
}

/// What `+` and `*` do where an operand is a sequence without these operators.
#[cold]
fn of_sequences(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: BinaryOp, in_place: bool) -> PyResult<Value> {
    let (left, right) = (a.ty().slots(), b.ty().slots());
    if op == BinaryOp::Add {
        let slot = left.inplace_concat.get().filter(|_| in_place).or(left.concat.get());
        if let Some(concat) = slot {
            return concat(thread, a, b);
        }
    }
    if op == BinaryOp::Multiply {
        let slot = left.inplace_repeat.get().filter(|_| in_place).or(left.repeat.get());
        if let Some(repeat) = slot {
            return repeat(thread, a, count(thread, b)?);
        }
        if let Some(repeat) = right.repeat.get() {
            return repeat(thread, b, count(thread, a)?);
        }
    }
    let (left, right) = (a.ty().name(), b.ty().name());
    let sign = op.sign(in_place);
    Err(raise!(thread, TYPE_ERROR, "unsupported operand type(s) for {sign}: '{left}' and '{right}'"))
}

fn count(thread: &Thread, value: Ref<'_>) -> PyResult<isize> {
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        let name = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "can't multiply sequence by non-int of type '{name}'"));
    }
    let int = index(thread, value)?;
    match int.as_ref().to_i64() {
        Some(int) => Ok(int as isize),
        None => {
            let name = value.ty().name();
            Err(raise!(thread, OVERFLOW_ERROR, "cannot fit '{name}' into an index-sized integer"))
        }
    }
}

/// `pow(a, b, m)`, or `a ** b` when `m` is `None`; `a **= b` when in place.
pub fn power(thread: &Thread, a: Ref<'_>, b: Ref<'_>, m: Ref<'_>, in_place: bool) -> PyResult<Value> {
    let mut tried: [Option<Ternary>; 5] = [None; 5];
    let (left, right) = (a.ty(), b.ty());
    // a class that derives from the other operand's goes first
    let derives = !std::ptr::eq(left, right) && right.is_subtype(left);
    let slots = [
        left.slots().inplace_power.get().filter(|_| in_place),
        right.slots().power.get().filter(|_| derives),
        left.slots().power.get(),
        right.slots().power.get(),
        m.ty().slots().power.get().filter(|_| !m.is_none()),
    ];
    for (i, slot) in slots.into_iter().enumerate() {
        let Some(slot) = slot else { continue };
        if tried.iter().flatten().any(|known| std::ptr::fn_addr_eq(*known, slot)) {
            continue;
        }
        if let Some(place) = tried.get_mut(i) {
            *place = Some(slot);
        }
        let result = slot(thread, a, b, m)?;
        if !result.as_ref().is_not_implemented() {
            return Ok(result);
        }
    }
    let (left, right) = (a.ty().name(), b.ty().name());
    if m.is_none() {
        let sign = if in_place { "**=" } else { "** or pow()" };
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "unsupported operand type(s) for {sign}: '{left}' and '{right}'"
        ));
    }
    let modulus = m.ty().name();
    Err(raise!(
        thread,
        TYPE_ERROR,
        "unsupported operand type(s) for ** or pow(): '{left}', '{right}', '{modulus}'"
    ))
}

/// An operator of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `-`
    Negative,
    /// `+`
    Positive,
    /// `~`
    Invert,
    /// `abs()`
    Absolute,
}

/// `op a`.
pub fn unary(thread: &Thread, a: Ref<'_>, op: UnaryOp) -> PyResult<Value> {
    let slots = a.ty().slots();
    let (slot, sign): (Option<Unary>, _) = match op {
        UnaryOp::Negative => (slots.negative.get(), "unary -"),
        UnaryOp::Positive => (slots.positive.get(), "unary +"),
        UnaryOp::Invert => (slots.invert.get(), "unary ~"),
        UnaryOp::Absolute => (slots.absolute.get(), "abs()"),
    };
    match slot {
        Some(slot) => slot(thread, a),
        None => {
            let name = a.ty().name();
            Err(raise!(thread, TYPE_ERROR, "bad operand type for {sign}: '{name}'"))
        }
    }
}

/// The int that a value stands for: itself, or what `__index__` gives.
pub fn index(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    if value.is_int() {
        return Ok(value.to_value());
    }
    let name = value.ty().name();
    let Some(slot) = value.ty().slots().index.get() else {
        return Err(raise!(thread, TYPE_ERROR, "'{name}' object cannot be interpreted as an integer"));
    };
    let int = slot(thread, value)?;
    checked_int(thread, int, "__index__")
}

/// What a method gave that must give an int.
///
/// # Errors
/// TypeError if it is none; a warning of an instance of a derived class.
pub fn checked_int(thread: &Thread, int: Value, method: &str) -> PyResult<Value> {
    if std::ptr::eq(int.as_ref().ty(), &raw const INT) {
        return Ok(int);
    }
    let name = int.as_ref().ty().name();
    if int.as_ref().is_int() {
        let message = deprecated_subclass(&format!("{method} returned non-int (type {name})"), "int");
        thread.warn(&DEPRECATION_WARNING, &message)?;
        return Ok(int);
    }
    Err(raise!(thread, TYPE_ERROR, "{method} returned non-int (type {name})"))
}

/// The text of the warning about a number of a derived class.
pub fn deprecated_subclass(what: &str, class: &str) -> String {
    format!(
        "{what}.  The ability to return an instance of a strict subclass of {class} is deprecated, \
         and may be removed in a future version of Python."
    )
}

/// The index that a value stands for; `IndexError` if it does not fit.
pub fn index_size(thread: &Thread, value: Ref<'_>) -> PyResult<isize> {
    if let Some(int) = value.word().as_int() {
        return Ok(int as isize);
    }
    match index(thread, value)?.as_ref().to_i64() {
        Some(int) => Ok(int as isize),
        None => {
            let name = value.ty().name();
            Err(raise!(thread, INDEX_ERROR, "cannot fit '{name}' into an index-sized integer"))
        }
    }
}
