//! The module `_random`: `Random`, the Mersenne Twister (`twister.rs`).

mod twister;

use std::cell::RefCell;

use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_size};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use taipan_object::declare::{method_table, native_state, receiver};
use twister::{LENGTH, Twister};

/// The generator.
#[derive(Default)]
pub(crate) struct Random {
    twister: RefCell<Twister>,
}

native_type! {
    /// `_random.Random`.
    pub(crate) static RANDOM: Random = "_random.Random", flags flags::BASETYPE, dict false, weak false,
    does { new: new, init: init }
}

native_state!(Random in RANDOM:);

method_table! { METHODS:
    Instance None c"random" "($self, /)" random, c"A float from 0 up to 1.";
    Instance Positional c"seed" "($self, n=None, /)" seed, c"Begins anew from a number, or from random bytes.";
    Instance None c"getstate" "($self, /)" get_state, c"The state, as a tuple.";
    Instance One c"setstate" "($self, state, /)" set_state, c"Goes on from a state.";
    Instance One c"getrandbits" "($self, k, /)" random_bits, c"An int of so many random bits.";
}

/// `_random`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_random",
    doc: Some("The generator of the module random."),
    functions: &[],
    exec: Some(|thread: &Thread, module: &PyModule| {
        let ty: &PyTypeObject = &RANDOM;
        add(thread, module, "Random", as_ref(ty).to_value())
    }),
};

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &RANDOM, &METHODS)
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Random::default())?.into_value())
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "Random() takes no keyword arguments"));
    }
    check_count(thread, "Random", arguments.len(), 0, 1)?;
    seed(thread, this, arguments).map(drop)
}

/// The words of a number, the lowest first.
fn words_of(value: Ref<'_>) -> Vec<u32> {
    let digits = value.int_to_text(16).unwrap_or_default();
    let digits = digits.trim_start_matches('-').as_bytes();
    let words = digits.rchunks(8).map(|chunk| {
        let text = std::str::from_utf8(chunk).unwrap_or_default();
        u32::from_str_radix(text, 16).unwrap_or(0)
    });
    words.collect()
}

fn seed(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "seed", arguments.len(), 0, 1)?;
    let words = match arguments.first().map(Value::as_ref).filter(|value| !value.is_none()) {
        Some(value) if value.is_int() => words_of(value),
        Some(value) => {
            let hash = protocol::hash(thread, value)? as u64;
            vec![hash as u32, (hash >> 32) as u32]
        }
        None => {
            let mut bytes = [0; LENGTH * 4];
            if taipan_host::Entropy::fill(taipan_host::of(thread), &mut bytes).is_err() {
                // no entropy: two generators at least differ
                let place = std::ptr::from_ref(&bytes).addr() as u64;
                bytes.iter_mut().zip(place.to_le_bytes()).for_each(|(to, from)| *to = from);
            }
            let words =
                bytes.chunks_exact(4).map(|word| word.iter().rev().fold(0, |w, &b| w << 8 | u32::from(b)));
            words.collect()
        }
    };
    let mut words = words;
    while words.len() > 1 && words.last() == Some(&0) {
        words.pop();
    }
    receiver::<Random>(thread, this)?.twister.borrow_mut().seed(&words);
    Ok(Value::none())
}

fn random(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let float = receiver::<Random>(thread, this)?.twister.borrow_mut().float();
    Value::float(thread, float)
}

fn get_state(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (state, index) = receiver::<Random>(thread, this)?.twister.borrow().parts();
    let mut items = Vec::with_capacity(LENGTH + 1);
    for word in state {
        items.push(Value::int(thread, word.into())?);
    }
    items.push(Value::int(thread, index as i64)?);
    Ok(PyTuple::from_values(thread, items)?.into_value())
}

fn set_state(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let Some(items) = state.get::<PyTuple>() else {
        return Err(raise!(thread, TYPE_ERROR, "state vector must be a tuple"));
    };
    if items.len() != LENGTH + 1 {
        return Err(raise!(thread, VALUE_ERROR, "state vector is the wrong size"));
    }
    let mut words = Vec::with_capacity(LENGTH);
    for item in items.iter().take(LENGTH) {
        let number = protocol::number::index(thread, item)?;
        words.push(number.as_ref().to_i64().unwrap_or(0) as u32);
    }
    let index = items.borrow(LENGTH).map_or(Ok(0), |index| to_size(thread, index))?;
    match usize::try_from(index).ok().filter(|index| *index <= LENGTH) {
        Some(index) => {
            receiver::<Random>(thread, this)?.twister.borrow_mut().restore(words, index);
            Ok(Value::none())
        }
        None => Err(raise!(thread, VALUE_ERROR, "invalid state")),
    }
}

fn random_bits(thread: &Thread, this: Ref<'_>, count: Ref<'_>) -> PyResult<Value> {
    let count = to_size(thread, count)?;
    let Ok(mut left) = usize::try_from(count) else {
        return Err(raise!(thread, VALUE_ERROR, "Cannot convert negative int"));
    };
    let this = receiver::<Random>(thread, this)?;
    if left == 0 {
        return Ok(Value::small(0));
    }
    if left <= 32 {
        let word = this.twister.borrow_mut().word();
        return Value::int(thread, (word >> (32 - left)).into());
    }
    let mut words: Vec<u32> = Vec::new();
    if words.try_reserve(left / 32 + 1).is_err() {
        return Err(thread.raise_memory_error());
    }
    while left > 0 {
        let word = this.twister.borrow_mut().word();
        words.push(if left < 32 { word >> (32 - left) } else { word });
        left = left.saturating_sub(32);
    }
    let digits: String = words.iter().rev().map(|word| format!("{word:08x}")).collect();
    taipan_object::int::parse(thread, false, &digits, 16).map_err(|_| thread.raise_memory_error())
}
