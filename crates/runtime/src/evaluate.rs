//! `compile`, `eval`, `exec`, `globals`, `locals`: what built-in functions need a compiler, or the frame of their caller,
//! for; and what a compiler asks of the arguments of such functions.

use crate::compiler::{self, SourceText};
use taipan_bytecode_format::CodeFlags;
use taipan_object::buffer;
use taipan_object::builtin::{Binding, MethodDef, Native};
use taipan_object::bytes::PyBytes;
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_vm::frame_object;
use taipan_vm::interp::{current_globals, run_code};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// The functions, for the module `builtins`.
pub(crate) static FUNCTIONS: [MethodDef; 5] = [
    MethodDef::new(
        c"compile",
        Binding::Instance,
        Native::Keywords(compile),
        "($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        c"Compiles a source to a code object.",
    ),
    MethodDef::new(
        c"eval",
        Binding::Instance,
        Native::Keywords(eval),
        "($module, source, /, globals=None, locals=None)",
        c"The value of an expression.",
    ),
    MethodDef::new(
        c"exec",
        Binding::Instance,
        Native::Keywords(exec),
        "($module, source, /, globals=None, locals=None, *, closure=None)",
        c"Runs statements.",
    ),
    MethodDef::new(
        c"globals",
        Binding::Instance,
        Native::None(globals),
        "($module, /)",
        c"The globals of the caller.",
    ),
    MethodDef::new(
        c"locals",
        Binding::Instance,
        Native::None(locals),
        "($module, /)",
        c"The local variables of the caller.",
    ),
];

fn compile(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    compiler::of(thread).compile(thread, arguments, names)
}

fn globals(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    match current_globals(thread) {
        Some(globals) => Ok(globals.into_value()),
        None => Err(raise!(thread, SYSTEM_ERROR, "globals does not exist")),
    }
}

fn locals(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    (thread.interp().hooks.caller_locals.get())(thread)
}

// -- sources ------------------------------------------------------------------------------------

/// The bytes of a source; a string as UTF-8.
pub fn source_bytes(thread: &Thread, source: Ref<'_>, function: &str) -> PyResult<Vec<u8>> {
    let bytes = if let Some(text) = source.get::<PyStr>() {
        match text.as_utf8(thread)? {
            Some(text) => text.as_bytes().to_vec(),
            None => {
                // lone surrogates: encoding says so
                let encode =
                    protocol::get_attribute(thread, source, &*intern::intern_text(thread, "encode")?)?;
                drop(protocol::call(thread, encode.as_ref(), &[], None)?);
                Vec::new()
            }
        }
    } else if buffer::is_bytes_like(source) {
        buffer::bytes_of(thread, source)?.into_owned()
    } else {
        let kinds = match function {
            "compile" => "string, bytes or AST",
            "symtable" => "string or bytes",
            _ => "string, bytes or code",
        };
        let what = format!("{function}() arg 1 must be a {kinds} object");
        return Err(raise!(thread, TYPE_ERROR, "{what}"));
    };
    if bytes.contains(&0) {
        // the class is called, for its instances take their message apart
        let message = PyStr::from_text(thread, "source code string cannot contain null bytes")?;
        let class = taipan_object::as_ref(&taipan_object::exception::SYNTAX_ERROR);
        return Err(thread.raise(protocol::call(thread, class, &[message.into_value()], None)?));
    }
    Ok(bytes)
}

/// The name of a file as it stands in code.
pub fn filename_text(thread: &Thread, filename: Ref<'_>) -> PyResult<Wtf8Buf> {
    let mut out = Wtf8Buf::new();
    if let Some(text) = filename.get::<PyStr>() {
        return Ok(text.to_wtf8());
    }
    if let Some(bytes) = filename.get::<PyBytes>() {
        out.push_str(&String::from_utf8_lossy(bytes.as_slice()));
        return Ok(out);
    }
    let name = intern::intern_text(thread, "__fspath__")?;
    if let Some(method) = filename.ty().lookup(thread, &name)? {
        let path = protocol::call(thread, method.as_ref(), &[filename.to_value()], None)?;
        return filename_text(thread, path.as_ref());
    }
    let ty = filename.ty().name();
    Err(raise!(thread, TYPE_ERROR, "expected str, bytes or os.PathLike object, not {ty}"))
}

/// The future features of the code that calls.
pub fn inherited_features(thread: &Thread) -> u32 {
    let frame = frame_object::nth(thread, 0).ok().flatten();
    let code = frame.as_ref().and_then(|frame| frame_object::state_of(frame.as_ref())?.code());
    code.map_or(0, |code| taipan_vm::program(&code).source.flags.0 & CodeFlags::FUTURE_FEATURES)
}

// -- running ------------------------------------------------------------------------------------

const EVAL: Parameters<3> = Parameters {
    function: "eval",
    names: ["source", "globals", "locals"],
    positional_only: 1,
    positional: 3,
    required: 1,
};

const EXEC: Parameters<4> = Parameters {
    function: "exec",
    names: ["source", "globals", "locals", "closure"],
    positional_only: 1,
    positional: 3,
    required: 1,
};

/// Where code runs.
struct Spaces {
    globals: Owned<PyDict>,
    locals: Value,
}

fn spaces(
    thread: &Thread,
    function: &str,
    globals_given: Option<Ref<'_>>,
    locals_given: Option<Ref<'_>>,
) -> PyResult<Spaces> {
    let given = |value: Option<Ref<'_>>| value.filter(|value| !value.is_none()).map(Ref::to_value);
    let own_locals = given(locals_given);
    if let Some(own) = &own_locals
        && own.as_ref().ty().slots().subscript.get().is_none()
    {
        let message = if function == "exec" {
            format!("locals must be a mapping or None, not {}", own.as_ref().ty().name())
        } else {
            "locals must be a mapping".to_owned()
        };
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    let own_globals = given(globals_given);
    let globals = match own_globals {
        Some(own) => match own.downcast::<PyDict>() {
            Ok(dict) => dict,
            Err(other) => {
                let ty = other.as_ref().ty().name();
                return Err(if function == "exec" {
                    raise!(thread, TYPE_ERROR, "exec() globals must be a dict, not {ty}")
                } else {
                    raise!(thread, TYPE_ERROR, "globals must be a dict")
                });
            }
        },
        None => {
            let Some(globals) = current_globals(thread) else {
                return Err(raise!(thread, SYSTEM_ERROR, "globals and locals cannot be NULL"));
            };
            if own_locals.is_none() {
                return Ok(Spaces { globals, locals: locals(thread, Value::none().as_ref())? });
            }
            globals
        }
    };
    let locals = own_locals.unwrap_or_else(|| globals.clone().into_value());
    Ok(Spaces { globals, locals })
}

/// The built-ins of a namespace, which gets an entry for them if it has none.
pub fn builtins_of(thread: &Thread, globals: &PyDict) -> PyResult<Owned<PyDict>> {
    let name = intern::intern_text(thread, "__builtins__")?;
    let found = globals.get_str(thread, &name)?;
    let Some(own) = thread.interp().builtins.get_as::<PyDict>() else {
        return Err(raise!(thread, SYSTEM_ERROR, "no module builtins"));
    };
    match found {
        None => {
            drop(globals.insert(thread, name.as_ref(), own.clone().into_value())?);
            Ok(own)
        }
        Some(found) => {
            if let Some(module) = found.as_ref().get::<taipan_object::module::PyModule>() {
                return Ok(module.dict().unwrap_or(own));
            }
            // a view of a dict is looked through
            let found = taipan_runtime_builtins::descriptors::mapping(found.as_ref());
            if found.as_ref().ty().slots().subscript.get().is_none() {
                let ty = found.as_ref().ty().name();
                return Err(raise!(thread, TYPE_ERROR, "'{ty}' object is not subscriptable"));
            }
            Ok(found.downcast::<PyDict>().unwrap_or(own))
        }
    }
}

fn run(thread: &Thread, code: &Owned<PyCode>, spaces: Spaces) -> PyResult<Value> {
    let builtins = builtins_of(thread, &spaces.globals)?;
    run_code(thread, code, &spaces.globals, &builtins, spaces.locals, None)
}

fn code_of(thread: &Thread, source: Ref<'_>, function: &str) -> PyResult<Owned<PyCode>> {
    if let Some(code) = source.get::<PyCode>() {
        return Ok(Owned::new_ref(code));
    }
    let mut bytes = source_bytes(thread, source, function)?;
    let is_expression = function == "eval";
    if is_expression {
        let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        bytes.drain(..blanks);
    }
    let source = SourceText {
        bytes: &bytes,
        filename: Wtf8::from_str("<string>"),
        is_expression,
        is_text: source.get::<PyStr>().is_some(),
        is_file: false,
        future: inherited_features(thread),
    };
    let code = compiler::of(thread).code(thread, &source)?;
    taipan_vm::code_object(thread, code)
}

fn eval(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [source, globals, locals] = EVAL.bind(thread, arguments, names)?;
    let spaces = spaces(thread, "eval", globals, locals)?;
    let Some(source) = source else { return Ok(Value::none()) };
    let code = code_of(thread, source, "eval")?;
    if !taipan_vm::program(&code).source.localsplusnames.is_empty() && has_free(&code) {
        let message = "code object passed to eval() may not contain free variables";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    run(thread, &code, spaces)
}

fn has_free(code: &PyCode) -> bool {
    let kinds = &taipan_vm::program(code).source.localspluskinds;
    kinds.iter().any(|kind| kind.has(taipan_bytecode_format::LocalKind::FREE))
}

fn exec(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [source, globals, locals, closure] = EXEC.bind(thread, arguments, names)?;
    let spaces = spaces(thread, "exec", globals, locals)?;
    let Some(source) = source else { return Ok(Value::none()) };
    let code = code_of(thread, source, "exec")?;
    if has_free(&code) {
        return exec_closure(thread, &code, spaces, closure);
    }
    if closure.is_some_and(|closure| !closure.is_none()) {
        let message = "cannot use a closure with this code object";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    drop(run(thread, &code, spaces)?);
    Ok(Value::none())
}

/// Runs code with free variables, whose cells are given.
fn exec_closure(
    thread: &Thread,
    code: &Owned<PyCode>,
    spaces: Spaces,
    closure: Option<Ref<'_>>,
) -> PyResult<Value> {
    let kinds = &taipan_vm::program(code).source.localspluskinds;
    let free = kinds.iter().filter(|kind| kind.has(taipan_bytecode_format::LocalKind::FREE)).count();
    let cells = closure.and_then(|closure| closure.get::<PyTuple>());
    let all_cells =
        |cells: &&PyTuple| cells.iter().all(|cell| cell.get::<taipan_object::cell::PyCell>().is_some());
    let Some(cells) = cells.filter(|cells| cells.len() == free).filter(all_cells) else {
        let message = format!("code object requires a closure of exactly length {free}");
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let builtins = builtins_of(thread, &spaces.globals)?;
    let function = taipan_vm::interp::function_of(thread, code, &spaces.globals, &builtins)?;
    let old = function.func_closure().replace(Some(taipan_object::as_ref(cells).to_value()));
    drop(old);
    drop(run_code(thread, code, &spaces.globals, &builtins, spaces.locals, Some(&function))?);
    Ok(Value::none())
}
