//! The module `_opcode`: what there is to know of instructions by their numbers. All facts are those of
//! `taipan_bytecode_format`.

use taipan_bytecode_format::numbers::{self, Group};
use taipan_bytecode_format::{
    BINARY_OPERATOR_NAMES, BINARY_OPERATORS, INTRINSICS_1, INTRINSICS_2, SPECIAL_METHODS,
};
use taipan_object::code::PyCode;
use taipan_object::declare::method_table;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add};

method_table! { FUNCTIONS:
    Instance Keywords c"stack_effect" "($module, opcode, oparg=None, /, *, jump=None)" stack_effect,
        c"By how much an instruction changes the height of the stack.";
    Instance Keywords c"is_valid" "($module, /, opcode)" is_valid, c"Whether there is an instruction of a number.";
    Instance Keywords c"has_arg" "($module, /, opcode)" has_arg, c"Whether it takes an argument.";
    Instance Keywords c"has_const" "($module, /, opcode)" has_const, c"Whether its argument is a constant.";
    Instance Keywords c"has_name" "($module, /, opcode)" has_name, c"Whether its argument is a name.";
    Instance Keywords c"has_jump" "($module, /, opcode)" has_jump, c"Whether it may jump.";
    Instance Keywords c"has_free" "($module, /, opcode)" has_free, c"Whether its argument is a cell or free variable.";
    Instance Keywords c"has_local" "($module, /, opcode)" has_local, c"Whether its argument is a local.";
    Instance Keywords c"has_exc" "($module, /, opcode)" has_exc, c"Whether it sets an exception handler up.";
    Instance None c"get_specialization_stats" "($module, /)" |_, _| Ok(Value::none()),
        c"Counts of specializations, where the interpreter keeps them.";
    Instance None c"get_nb_ops" "($module, /)" binary_operators, c"The names and signs of the binary operators.";
    Instance None c"get_intrinsic1_descs" "($module, /)" |thread, _| texts(thread, INTRINSICS_1),
        c"The intrinsic functions of one argument.";
    Instance None c"get_intrinsic2_descs" "($module, /)" |thread, _| texts(thread, INTRINSICS_2),
        c"The intrinsic functions of two arguments.";
    Instance None c"get_special_method_names" "($module, /)" |thread, _| texts(thread, SPECIAL_METHODS),
        c"The special methods that instructions load by number.";
    Instance Keywords c"get_executor" "($module, /, code, offset)" executor, c"The executor at an offset of a code object.";
}

/// `_opcode`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_opcode",
    doc: Some("Facts about instructions."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        // instructions are never rewritten while they run
        add(thread, module, "ENABLE_SPECIALIZATION", Value::bool(false))?;
        add(thread, module, "ENABLE_SPECIALIZATION_FT", Value::bool(false))
    }),
};

type Names<'a> = Option<&'a PyTuple>;

const STACK_EFFECT: Parameters<3> = Parameters {
    function: "stack_effect",
    names: ["", "", "jump"],
    positional_only: 2,
    positional: 2,
    required: 1,
};

fn stack_effect(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let positional = arguments.len().saturating_sub(names.map_or(0, PyTuple::len));
    if positional == 0 {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "stack_effect() takes at least 1 positional argument ({positional} given)"
        ));
    }
    let [opcode, arg, jump] = STACK_EFFECT.bind(thread, arguments, names)?;
    let Some(opcode) = opcode else { return Ok(Value::none()) };
    let opcode = to_int(thread, opcode)?;
    let jumps = match jump.filter(|jump| !jump.is_none()) {
        None => None,
        Some(jump) if jump.is(Value::bool(true).as_ref()) => Some(true),
        Some(jump) if jump.is(Value::bool(false).as_ref()) => Some(false),
        Some(_) => {
            return Err(raise!(thread, VALUE_ERROR, "stack_effect: jump must be False, True or None"));
        }
    };
    let arg = match arg.filter(|arg| !arg.is_none()) {
        Some(arg) => c_int(thread, arg)?,
        None => 0,
    };
    match numbers::stack_effect(opcode.into(), arg, jumps) {
        Some(effect) => Value::int(thread, effect),
        None => Err(raise!(thread, VALUE_ERROR, "invalid opcode or oparg")),
    }
}

/// An argument of an instruction: the lowest 32 bits.
fn c_int(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    let index = taipan_object::protocol::number::index(thread, value)?;
    match index.as_ref().to_i64() {
        Some(int) => Ok(int as i32),
        None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long")),
    }
}

/// The number that one of the functions below is asked about.
fn asked(
    thread: &Thread,
    function: &'static str,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<i64> {
    let parameters =
        Parameters { function, names: ["opcode"], positional_only: 0, positional: 1, required: 1 };
    let [opcode] = parameters.bind(thread, arguments, names)?;
    opcode.map_or(Ok(-1), |opcode| to_int(thread, opcode).map(i64::from))
}

macro_rules! questions {
    ($($name:ident: $group:ident),*) => {
        $(fn $name(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
            let number = asked(thread, stringify!($name), arguments, names)?;
            Ok(Value::bool(numbers::is_in(number, Group::$group)))
        })*
    };
}

questions! {
    has_arg: Argument, has_const: Constant, has_name: Name, has_jump: Jump, has_free: Free, has_local: Local,
    has_exc: Handler
}

fn is_valid(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    Ok(Value::bool(numbers::is_valid(asked(thread, "is_valid", arguments, names)?)))
}

fn texts(thread: &Thread, all: &[&str]) -> PyResult<Value> {
    let list = PyList::new(thread)?;
    for text in all {
        list.push(thread, PyStr::from_text(thread, text)?.into_value())?;
    }
    Ok(list.into_value())
}

fn binary_operators(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let list = PyList::new(thread)?;
    for (name, sign) in BINARY_OPERATOR_NAMES.iter().zip(BINARY_OPERATORS) {
        let name = PyStr::from_text(thread, name)?.into_value();
        let sign = PyStr::from_text(thread, sign)?.into_value();
        list.push(thread, PyTuple::pack(thread, [name, sign])?.into_value())?;
    }
    Ok(list.into_value())
}

const GET_EXECUTOR: Parameters<2> = Parameters {
    function: "get_executor",
    names: ["code", "offset"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

/// There are no executors: none is ever found.
fn executor(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [code, offset] = GET_EXECUTOR.bind(thread, arguments, names)?;
    let (Some(code), Some(offset)) = (code, offset) else { return Ok(Value::none()) };
    to_int(thread, offset)?;
    if code.get::<PyCode>().is_none() {
        let ty = code.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "expected a code object, not '{ty}'"));
    }
    Err(raise!(thread, VALUE_ERROR, "no executor at given byte offset"))
}
