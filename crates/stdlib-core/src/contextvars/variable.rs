//! `ContextVar` and `Token`.

use std::cell::Cell;

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{check_count, positional_count};
use taipan_runtime_builtins::generics::class_getitem;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::text;

use super::context;
use crate::call;
use taipan_object::declare::{method_table, native_state, receiver};

/// The name and the default.
#[derive(Default)]
pub(super) struct Variable {
    name: Slot,
    default: Slot,
}

native_type! {
    /// `ContextVar`.
    pub(super) static VARIABLE: Variable = "_contextvars.ContextVar", flags 0, dict false, weak false,
    does { new: new, repr: repr }
}

native_state!(Variable in VARIABLE: name, default);

method_table! { METHODS:
    Instance Positional c"get" "" get, c"The value in the current context, else the default.";
    Instance One c"set" "($self, value, /)" set, c"Sets the value in the current context.";
    Instance One c"reset" "($self, token, /)" reset, c"Sets the value that was there before.";
}

method_table! { CLASS_METHODS:
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"The class with arguments in brackets.";
}

pub(super) static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "name",
    get: |thread, this| Ok(receiver::<Variable>(thread, this)?.name.get_or_none()),
    set: None,
    doc: "The name.",
}];

/// A variable without a default.
pub(crate) fn new_variable(thread: &Thread, name: &str) -> PyResult<Value> {
    let name = intern_text(thread, name)?.into_value();
    let state = Variable { name: Slot::new(name), default: Slot::empty() };
    Ok(Native::new(thread, state)?.into_value())
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let given = positional_count(arguments, names);
    let [name, ..] = arguments else {
        let message = "ContextVar() takes exactly 1 positional argument (0 given)";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    if given != 1 {
        let how = if given == 0 { "exactly" } else { "at most" };
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "ContextVar() takes {how} 1 positional argument ({given} given)"
        ));
    }
    if name.as_ref().get::<PyStr>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "context variable name must be a str"));
    }
    let mut default = None;
    for (at, value) in arguments.iter().skip(1).enumerate() {
        let name = names.and_then(|names| names.borrow(at)).and_then(|name| name.get::<PyStr>());
        let name = name.map_or_else(String::new, PyStr::to_text_lossy);
        if name != "default" {
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "ContextVar() got an unexpected keyword argument '{name}'"
            ));
        }
        default = Some(value.clone());
    }
    let state = Variable { name: Slot::new(name.clone()), default: Slot::from_option(default) };
    Ok(Native::new(thread, state)?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let variable = receiver::<Variable>(thread, this)?;
    let name = text::repr(thread, variable.name.get_or_none().as_ref())?.to_text_lossy();
    let default = match variable.default.get() {
        Some(default) => format!(" default={}", text::repr(thread, default.as_ref())?.to_text_lossy()),
        None => String::new(),
    };
    call::text(thread, &format!("<ContextVar name={name}{default} at {:#x}>", this.word().bits()))
}

fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "get", arguments.len(), 0, 1)?;
    let variable = receiver::<Variable>(thread, this)?;
    let found = context::current(thread)?.dict(thread)?.get(thread, this)?;
    match found.or_else(|| arguments.first().cloned()).or_else(|| variable.default.get()) {
        Some(value) => Ok(value),
        None => Err(thread.raise_value(&taipan_object::exception::LOOKUP_ERROR, this.to_value())),
    }
}

fn set(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    receiver::<Variable>(thread, this)?;
    let context = context::current(thread)?;
    let old = context.dict(thread)?.insert(thread, this, value.to_value())?;
    let token = Token {
        variable: Slot::new(this.to_value()),
        context: Slot::new(context.into_value()),
        old: Slot::from_option(old),
        used: Cell::new(false),
    };
    Ok(Native::new(thread, token)?.into_value())
}

fn reset(thread: &Thread, this: Ref<'_>, token: Ref<'_>) -> PyResult<Value> {
    receiver::<Variable>(thread, this)?;
    let shown = |thread| -> PyResult<String> { Ok(text::repr(thread, token)?.to_text_lossy()) };
    let Some(state) = token.get::<Native<Token>>() else {
        return Err(raise!(thread, TYPE_ERROR, "expected an instance of Token, got {}", shown(thread)?));
    };
    if state.used.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "{} has already been used once", shown(thread)?));
    }
    if !state.variable.get_or_none().as_ref().is(this) {
        let shown = shown(thread)?;
        return Err(raise!(thread, VALUE_ERROR, "{shown} was created by a different ContextVar"));
    }
    let context = context::current(thread)?;
    if !state.context.get_or_none().as_ref().is(context.as_ref()) {
        let shown = shown(thread)?;
        return Err(raise!(thread, VALUE_ERROR, "{shown} was created in a different Context"));
    }
    state.used.set(true);
    let dict = context.dict(thread)?;
    match state.old.get() {
        Some(old) => drop(dict.insert(thread, this, old)?),
        None => drop(dict.remove(thread, this)?),
    }
    Ok(Value::none())
}

/// What `set` gives: what was there before.
#[derive(Default)]
pub(super) struct Token {
    variable: Slot,
    context: Slot,
    old: Slot,
    used: Cell<bool>,
}

native_type! {
    /// `Token`.
    pub(super) static TOKEN: Token = "_contextvars.Token", flags 0, dict false, weak false,
    does { new: new_token, repr: token_repr }
}

native_state!(Token in TOKEN: variable, context, old);

method_table! { TOKEN_METHODS:
    Instance None c"__enter__" "" token_enter, c"The token itself.";
    Instance Positional c"__exit__" "" token_exit, c"Resets the variable.";
}

pub(super) static TOKEN_ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef {
        name: "var",
        get: |thread, this| Ok(receiver::<Token>(thread, this)?.variable.get_or_none()),
        set: None,
        doc: "The variable.",
    },
    GetSetDef { name: "old_value", get: old_value, set: None, doc: "The value before, or Token.MISSING." },
];

fn old_value(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match receiver::<Token>(thread, this)?.old.get() {
        Some(old) => Ok(old),
        None => call::attribute(thread, this, "MISSING"),
    }
}

fn new_token(thread: &Thread, _: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Err(raise!(thread, RUNTIME_ERROR, "Tokens can only be created by ContextVars"))
}

fn token_repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let token = receiver::<Token>(thread, this)?;
    let used = if token.used.get() { " used" } else { "" };
    let variable = text::repr(thread, token.variable.get_or_none().as_ref())?.to_text_lossy();
    call::text(thread, &format!("<Token{used} var={variable} at {:#x}>", this.word().bits()))
}

fn token_enter(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(this.to_value())
}

fn token_exit(thread: &Thread, this: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    let variable = receiver::<Token>(thread, this)?.variable.get_or_none();
    reset(thread, variable.as_ref(), this)
}

/// `Token.MISSING`.
#[derive(Default)]
pub(super) struct Missing {}

native_type! {
    /// The type of `Token.MISSING`.
    pub(super) static MISSING: Missing = "_contextvars.Token.MISSING", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { repr: |thread, _| call::text(thread, "<Token.MISSING>") }
}

native_state!(Missing in MISSING:);

/// Puts `Token.MISSING` into its place.
pub(super) fn add_missing(thread: &Thread) -> PyResult<()> {
    install::entries(thread, &TOKEN, |thread, dict| {
        let missing = Native::new(thread, Missing::default())?.into_value();
        install::insert(thread, dict, "MISSING", missing)
    })
}
