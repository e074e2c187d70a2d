//! Code objects of given parts: `code.replace(…)` and `types.CodeType(…)`.

use super::program_of;
use crate::load::code_object;
use num_bigint::BigInt;
use taipan_bytecode_format::{Code, CodeFlags, Const, LocalKind};
use taipan_object::bytes::PyBytes;
use taipan_object::code::PyCode;
use taipan_object::complex::PyComplex;
use taipan_object::set::PySet;
use taipan_object::slice::PySlice;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_wtf8::Wtf8Buf;

type Names<'a> = Option<&'a PyTuple>;

/// The parts that can be given, in the order in which `types.CodeType` takes them.
const PARTS: [&str; 18] = [
    "argcount",
    "posonlyargcount",
    "kwonlyargcount",
    "nlocals",
    "stacksize",
    "flags",
    "code",
    "consts",
    "names",
    "varnames",
    "filename",
    "name",
    "qualname",
    "firstlineno",
    "linetable",
    "exceptiontable",
    "freevars",
    "cellvars",
];

/// A part that was given: its name, and which argument of `types.CodeType` it was.
#[derive(Clone, Copy)]
struct Part {
    name: &'static str,
    place: Option<usize>,
}

/// The names of a code object's locals, by kind, while they are changed.
struct Locals {
    count: Option<usize>,
    locals: Vec<Wtf8Buf>,
    free: Vec<Wtf8Buf>,
    cells: Vec<Wtf8Buf>,
}

/// `code.replace`.
pub(super) fn replace(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let own = &program_of(thread, this)?.source;
    let given = names.map_or(0, PyTuple::len);
    if arguments.len() > given {
        let given = arguments.len() - given;
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "replace() takes exactly 0 positional arguments ({given} given)"
        ));
    }
    let mut code = Code::clone(own);
    let mut locals = Locals::of(own);
    for (at, value) in arguments.iter().enumerate() {
        let name = names.and_then(|names| names.borrow(at)).and_then(|name| name.get::<PyStr>());
        let name = name.map(PyStr::to_text_lossy).unwrap_or_default();
        let part = PARTS.into_iter().find(|part| name.strip_prefix("co_") == Some(part));
        let Some(part) = part else {
            return Err(raise!(thread, TYPE_ERROR, "replace() got an unexpected keyword argument '{name}'"));
        };
        set(thread, &mut code, &mut locals, Part { name: part, place: None }, value.as_ref())?;
    }
    finish(thread, code, locals)
}

/// `types.CodeType(…)`.
pub(super) fn new(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "code() takes no keyword arguments"));
    }
    let given = arguments.len();
    if !(16..=18).contains(&given) {
        let (least, count) = if given < 16 { ("at least", 16) } else { ("at most", 18) };
        return Err(raise!(thread, TYPE_ERROR, "code expected {least} {count} arguments, got {given}"));
    }
    let mut code = Code {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 0,
        flags: CodeFlags(0),
        code: Vec::new(),
        consts: Vec::new(),
        names: Vec::new(),
        localsplusnames: Vec::new(),
        localspluskinds: Vec::new(),
        filename: Wtf8Buf::new(),
        name: Wtf8Buf::new(),
        qualname: Wtf8Buf::new(),
        firstlineno: 0,
        linetable: Vec::new(),
        exceptiontable: Vec::new(),
    };
    let mut locals = Locals::of(&code);
    for (at, (name, value)) in PARTS.into_iter().zip(arguments).enumerate() {
        let part = Part { name, place: Some(at + 1) };
        set(thread, &mut code, &mut locals, part, value.as_ref())?;
    }
    finish(thread, code, locals)
}

fn set(thread: &Thread, code: &mut Code, locals: &mut Locals, part: Part, value: Ref<'_>) -> PyResult<()> {
    match part.name {
        "argcount" => code.argcount = count(thread, part, value)?,
        "posonlyargcount" => code.posonlyargcount = count(thread, part, value)?,
        "kwonlyargcount" => code.kwonlyargcount = count(thread, part, value)?,
        "nlocals" => locals.count = Some(count(thread, part, value)? as usize),
        "stacksize" => code.stacksize = count(thread, part, value)?,
        "flags" => code.flags = CodeFlags(count(thread, part, value)?),
        "firstlineno" => code.firstlineno = count(thread, part, value)? as i32,
        "code" => code.code = bytes(thread, part, value)?,
        "linetable" => code.linetable = bytes(thread, part, value)?,
        "exceptiontable" => code.exceptiontable = bytes(thread, part, value)?,
        "consts" => {
            code.consts = tuple(thread, part, value)?
                .iter()
                .map(|item| constant(thread, item.as_ref(), 0))
                .collect::<PyResult<_>>()?;
        }
        "names" => code.names = name_tuple(thread, part, value)?,
        "varnames" => locals.locals = name_tuple(thread, part, value)?,
        "freevars" => locals.free = name_tuple(thread, part, value)?,
        "cellvars" => locals.cells = name_tuple(thread, part, value)?,
        "filename" => code.filename = text(thread, part, value)?,
        "name" => code.name = text(thread, part, value)?,
        _ => code.qualname = text(thread, part, value)?,
    }
    Ok(())
}

fn wrong(thread: &Thread, part: Part, wanted: &str, value: Ref<'_>) -> Raised {
    let (name, got) = (part.name, value.ty().short_name());
    match part.place {
        Some(place) => raise!(thread, TYPE_ERROR, "code() argument {place} must be {wanted}, not {got}"),
        None => raise!(thread, TYPE_ERROR, "replace() argument 'co_{name}' must be {wanted}, not {got}"),
    }
}

fn count(thread: &Thread, part: Part, value: Ref<'_>) -> PyResult<u32> {
    let (name, number) = (part.name, protocol::number::index_size(thread, value)?);
    match u32::try_from(number).ok().filter(|number| i32::try_from(*number).is_ok()) {
        Some(number) => Ok(number),
        None if number < 0 && part.place.is_some() => {
            Err(raise!(thread, VALUE_ERROR, "code: {name} must not be negative"))
        }
        None if number < 0 => Err(raise!(thread, VALUE_ERROR, "co_{name} must be a positive integer")),
        None => Err(raise!(thread, OVERFLOW_ERROR, "signed integer is greater than maximum")),
    }
}

fn bytes(thread: &Thread, part: Part, value: Ref<'_>) -> PyResult<Vec<u8>> {
    let bytes = value.get::<PyBytes>().ok_or_else(|| wrong(thread, part, "bytes", value))?;
    Ok(bytes.as_slice().to_vec())
}

fn tuple(thread: &Thread, part: Part, value: Ref<'_>) -> PyResult<Vec<Value>> {
    let tuple = value.get::<PyTuple>().ok_or_else(|| wrong(thread, part, "tuple", value))?;
    Ok((0..tuple.len()).filter_map(|at| tuple.get(at)).collect())
}

fn text(thread: &Thread, part: Part, value: Ref<'_>) -> PyResult<Wtf8Buf> {
    value.get::<PyStr>().map(PyStr::to_wtf8).ok_or_else(|| wrong(thread, part, "str", value))
}

fn name_tuple(thread: &Thread, part: Part, value: Ref<'_>) -> PyResult<Vec<Wtf8Buf>> {
    let not_a_name = |item: &Value| {
        let got = item.as_ref().ty().short_name();
        raise!(thread, TYPE_ERROR, "name tuples must contain only strings, not '{got}'")
    };
    let read =
        |item: &Value| item.as_ref().get::<PyStr>().map(PyStr::to_wtf8).ok_or_else(|| not_a_name(item));
    tuple(thread, part, value)?.iter().map(read).collect()
}

/// How deep constants may nest: what the verifier allows is less.
const DEEPEST: usize = 200;

/// A value as a constant.
///
/// # Errors
/// `TypeError` for what `marshal` could not hold.
fn constant(thread: &Thread, value: Ref<'_>, depth: usize) -> PyResult<Const> {
    if depth > DEEPEST {
        return Err(raise!(thread, VALUE_ERROR, "code: constants are nested too deeply"));
    }
    let all = |items: Vec<Value>| -> PyResult<Vec<Const>> {
        items.iter().map(|item| constant(thread, item.as_ref(), depth + 1)).collect()
    };
    let singleton = |other: Value| value.is(other.as_ref());
    Ok(if value.is_none() {
        Const::None
    } else if singleton(Value::ellipsis()) {
        Const::Ellipsis
    } else if singleton(Value::bool(true)) || singleton(Value::bool(false)) {
        Const::Bool(singleton(Value::bool(true)))
    } else if std::ptr::eq(value.ty(), &raw const statics::FLOAT) {
        Const::Float(value.to_f64().unwrap_or_default())
    } else if std::ptr::eq(value.ty(), &raw const statics::INT) {
        let digits = value.int_to_text(16).unwrap_or_default();
        Const::Int(BigInt::parse_bytes(digits.as_bytes(), 16).unwrap_or_default())
    } else if let Some(text) = value.get_exact::<PyStr>() {
        Const::Str(text.to_wtf8())
    } else if let Some(bytes) = value.get_exact::<PyBytes>() {
        Const::Bytes(bytes.as_slice().to_vec())
    } else if let Some(complex) = value.get_exact::<PyComplex>() {
        let [real, imaginary] = complex.parts();
        Const::Complex(real, imaginary)
    } else if let Some(tuple) = value.get_exact::<PyTuple>() {
        Const::Tuple(all((0..tuple.len()).filter_map(|at| tuple.get(at)).collect())?)
    } else if let Some(slice) = value.get_exact::<PySlice>() {
        let parts = all(vec![slice.start(), slice.stop(), slice.step()])?;
        let parts: Box<[Const; 3]> = parts.try_into().map_err(|_| not_constant(thread, value))?;
        Const::Slice(parts)
    } else if std::ptr::eq(value.ty(), &raw const statics::FROZENSET) {
        let (mut items, mut position) = (Vec::new(), 0);
        while let Some(item) = value.get::<PySet>().and_then(|set| set.next(&mut position)) {
            items.push(item);
        }
        Const::FrozenSet(all(items)?)
    } else if let Some(code) = value.get::<PyCode>() {
        Const::Code(crate::load::program(code).source.clone())
    } else {
        return Err(not_constant(thread, value));
    })
}

fn not_constant(thread: &Thread, value: Ref<'_>) -> Raised {
    let got = value.ty().short_name();
    raise!(thread, TYPE_ERROR, "code: co_consts can't hold an object of type '{got}'")
}

impl Locals {
    fn of(code: &Code) -> Locals {
        let all = |kind| {
            let both = code.localsplusnames.iter().zip(&code.localspluskinds);
            both.filter(|(_, own)| own.has(kind)).map(|(name, _)| name.clone()).collect()
        };
        Locals {
            count: None,
            locals: all(LocalKind::LOCAL),
            free: all(LocalKind::FREE),
            cells: all(LocalKind::CELL),
        }
    }

    /// Puts the names back into their order: locals, cells that are no locals, free variables.
    fn apply(self, code: &mut Code) {
        let old = code.localsplusnames.iter().cloned().zip(code.localspluskinds.iter().copied());
        let old: Vec<(Wtf8Buf, LocalKind)> = old.collect();
        let (mut names, mut kinds) = (Vec::new(), Vec::new());
        for (at, name) in self.locals.iter().enumerate() {
            let mut kind = LocalKind::LOCAL | parameter_kind(code, at);
            if self.cells.contains(name) {
                kind |= LocalKind::CELL;
            }
            let hidden = |(other, own): &(Wtf8Buf, LocalKind)| other == name && own.has(LocalKind::HIDDEN);
            if old.iter().any(hidden) {
                kind |= LocalKind::HIDDEN;
            }
            names.push(name.clone());
            kinds.push(LocalKind(kind));
        }
        for name in self.cells.iter().filter(|name| !self.locals.contains(name)) {
            names.push(name.clone());
            kinds.push(LocalKind(LocalKind::CELL));
        }
        for name in self.free {
            names.push(name);
            kinds.push(LocalKind(LocalKind::FREE));
        }
        (code.localsplusnames, code.localspluskinds) = (names, kinds);
    }
}

/// What the local at a place is, if it is a parameter.
fn parameter_kind(code: &Code, at: usize) -> u8 {
    let (positional, only) = (code.argcount as usize, code.posonlyargcount as usize);
    let named = positional + code.kwonlyargcount as usize;
    let stars = [CodeFlags::VARARGS, CodeFlags::VARKEYWORDS];
    let variadic = stars.into_iter().filter(|star| code.flags.has(*star)).count();
    match at {
        at if at < only => LocalKind::POSITIONAL,
        at if at < positional => LocalKind::POSITIONAL | LocalKind::KEYWORD,
        at if at < named => LocalKind::KEYWORD,
        at if at < named + variadic => {
            let is_args = at == named && code.flags.has(CodeFlags::VARARGS);
            LocalKind::VARIADIC | if is_args { LocalKind::POSITIONAL } else { LocalKind::KEYWORD }
        }
        _ => 0,
    }
}

/// The checks that CPython makes, then the object.
fn finish(thread: &Thread, mut code: Code, locals: Locals) -> PyResult<Value> {
    let refused = |what: &str| raise!(thread, VALUE_ERROR, "code: {what}");
    if locals.count.is_some_and(|count| count != locals.locals.len()) {
        return Err(refused("co_nlocals != len(co_varnames)"));
    }
    if code.posonlyargcount > code.argcount || !code.code.len().is_multiple_of(2) {
        return Err(refused(if code.posonlyargcount > code.argcount {
            "co_posonlyargcount is too large"
        } else {
            "co_code is malformed"
        }));
    }
    let stars = [CodeFlags::VARARGS, CodeFlags::VARKEYWORDS];
    let stars = stars.into_iter().filter(|star| code.flags.has(*star)).count();
    if code.argcount as usize + code.kwonlyargcount as usize + stars > locals.locals.len() {
        return Err(refused("varnames is too small"));
    }
    locals.apply(&mut code);
    Ok(code_object(thread, code)?.into_value())
}
