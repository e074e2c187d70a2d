//! The module `_tokenize`: `TokenizerIter`, the tokens of the lines that a function gives. `rows.rs` makes them.
//!
//! The lines are read before the first token is given, for the lexer sees whole sources; what `readline` raises is
//! raised behind the tokens of the lines before.

mod rows;

use std::cell::{Cell, RefCell};

use taipan_diagnostics::ErrorClass;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::exception::{INDENTATION_ERROR, STOP_ITERATION, SYNTAX_ERROR, TAB_ERROR};
use taipan_object::module::PyModule;
use taipan_object::native::{Native, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::modules::{ModuleDef, add_types};

use rows::{Problem, Row};

/// An iterator over tokens.
#[derive(Default)]
pub(crate) struct TokenizerIter {
    read_line: Slot,
    encoding: RefCell<Option<String>>,
    extra: Cell<bool>,
    /// What `readline` raised.
    raised: Slot,
    made: RefCell<Option<Made>>,
}

/// The tokens that are left, and what is wrong behind them.
struct Made {
    rows: std::vec::IntoIter<Row>,
    lines: rows::Lines,
    problem: Option<Problem>,
}

native_type! {
    /// `_tokenize.TokenizerIter`.
    pub(crate) static TOKENIZER_ITER: TokenizerIter = "_tokenize.TokenizerIter", flags 0, dict false, weak false,
    does { new: new, iter: |_, this| Ok(this.to_value()), next: next }
}

impl NativeType for TokenizerIter {
    fn definition() -> &'static taipan_object::native::NativeStatic<TokenizerIter> {
        &TOKENIZER_ITER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.read_line);
        visitor.slot(&self.raised);
    }

    fn clear(&self) {
        drop(self.read_line.take());
        drop(self.raised.take());
    }
}

/// `_tokenize`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_tokenize",
    doc: None,
    functions: &[],
    exec: Some(|thread: &Thread, module: &PyModule| {
        let ty: &PyTypeObject = &TOKENIZER_ITER;
        add_types(thread, module, [ty])
    }),
};

const NEW: Parameters<3> = Parameters {
    function: "tokenizeriter",
    names: ["readline", "extra_tokens", "encoding"],
    positional_only: 0,
    positional: 1,
    required: 2,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let given = arguments.len().saturating_sub(by_name);
    let has_line = names
        .into_iter()
        .flat_map(PyTuple::iter)
        .any(|name| name.get::<PyStr>().is_some_and(|name| name.equals_text("readline")));
    if given > 1 || given == 0 && !has_line {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "tokenizeriter() takes exactly 1 positional argument ({given} given)"
        ));
    }
    let [read_line, extra, encoding] = NEW.bind(thread, arguments, names)?;
    let extra = match extra {
        Some(extra) => protocol::truth(thread, extra)?,
        None => false,
    };
    let encoding = match encoding {
        Some(encoding) => match encoding.get::<PyStr>() {
            Some(text) => Some(text.to_text_lossy()),
            None => {
                let ty = if encoding.is_none() { "None" } else { encoding.ty().short_name() };
                let message = format!("tokenizeriter() argument 'encoding' must be str, not {ty}");
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            }
        },
        None => None,
    };
    let state = TokenizerIter {
        read_line: Slot::from_option(read_line.map(Ref::to_value)),
        encoding: RefCell::new(encoding),
        extra: Cell::new(extra),
        raised: Slot::empty(),
        made: RefCell::new(None),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let state = receiver::<TokenizerIter>(thread, this)?;
    if state.made.borrow().is_none() {
        let text = read_all(thread, state)?;
        let made = rows::make(&text, state.extra.get()).map_err(|problem| raise(thread, &problem))?;
        // a generator that was asked while its `readline` ran has made its own
        if state.made.borrow().is_none() {
            *state.made.borrow_mut() = Some(made);
        }
    }
    let (row, problem) = {
        let mut made = state.made.borrow_mut();
        let Some(made) = made.as_mut() else { return Ok(None) };
        let row = made.rows.next().map(|row| (made.lines.of(&row), row));
        (row, made.problem.clone())
    };
    match (row, problem) {
        // the end of what could be read is no end of the source
        (Some((_, row)), _) if row.kind == 0 && state.raised.peek().is_some() => again(thread, state),
        (Some((line, row)), _) => token(thread, &row, &line).map(Some),
        (None, Some(problem)) => match state.raised.get() {
            Some(_) => again(thread, state),
            None => Err(raise(thread, &problem)),
        },
        (None, None) => Ok(None),
    }
}

/// Raises what `readline` raised.
fn again(thread: &Thread, state: &TokenizerIter) -> PyResult<Option<Value>> {
    match state.raised.get() {
        Some(exception) => Err(thread.raise(exception)),
        None => Ok(None),
    }
}

/// The whole source.
fn read_all(thread: &Thread, state: &TokenizerIter) -> PyResult<String> {
    let encoding = state.encoding.borrow().clone();
    let mut text = String::new();
    let Some(read_line) = state.read_line.get() else { return Ok(text) };
    loop {
        match one_line(thread, read_line.as_ref(), encoding.as_deref()) {
            Ok(Some(line)) if !line.is_empty() => text.push_str(&line),
            Ok(_) => return Ok(text),
            Err(raised) if text.is_empty() => return Err(raised),
            Err(raised) => {
                drop(state.raised.replace(Some(thread.catch(raised))));
                return Ok(text);
            }
        }
    }
}

fn one_line(thread: &Thread, read_line: Ref<'_>, encoding: Option<&str>) -> PyResult<Option<String>> {
    let line = match protocol::call(thread, read_line, &[], None) {
        Ok(line) => line,
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&STOP_ITERATION) {
                return Ok(None);
            }
            return Err(thread.raise(exception));
        }
    };
    let line = match encoding {
        None => line,
        Some(_) if line.as_ref().get::<PyBytes>().is_none() => {
            return Err(raise!(thread, TYPE_ERROR, "readline() returned a non-bytes object"));
        }
        Some(encoding) => {
            let text = |text: &str| PyStr::from_text(thread, text).map(taipan_object::Owned::into_value);
            let name = intern_text(thread, "decode")?;
            protocol::call_method(thread, line.as_ref(), &name, &[text(encoding)?, text("replace")?])?
        }
    };
    let Some(text) = line.as_ref().get::<PyStr>() else {
        return Err(raise!(thread, TYPE_ERROR, "readline() returned a non-string object"));
    };
    match text.as_utf8(thread)? {
        Some(text) => Ok(Some(text.to_owned())),
        None => {
            // lone surrogates: encoding says so
            let name = intern_text(thread, "encode")?;
            protocol::call_method(thread, line.as_ref(), &name, &[])?;
            Ok(None)
        }
    }
}

fn token(thread: &Thread, row: &Row, line: &str) -> PyResult<Value> {
    let place = |(line, column): (i64, i64)| -> PyResult<Value> {
        let pair = [Value::int(thread, line)?, Value::int(thread, column)?];
        Ok(PyTuple::pack(thread, pair)?.into_value())
    };
    let text = |text: &str| PyStr::from_text(thread, text).map(taipan_object::Owned::into_value);
    let items =
        [Value::small(row.kind.into()), text(&row.text)?, place(row.start)?, place(row.end)?, text(line)?];
    Ok(PyTuple::pack(thread, items)?.into_value())
}

/// Raises the syntax error that a problem is.
fn raise(thread: &Thread, problem: &Problem) -> Raised {
    match exception(thread, problem) {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

fn exception(thread: &Thread, problem: &Problem) -> PyResult<Value> {
    let class: &PyTypeObject = match problem.class {
        ErrorClass::Indentation => &INDENTATION_ERROR,
        ErrorClass::Tab => &TAB_ERROR,
        _ => &SYNTAX_ERROR,
    };
    let text = |text: &str| PyStr::from_text(thread, text).map(taipan_object::Owned::into_value);
    let (message, file) = (text(&problem.message)?, text("<string>")?);
    let (line, offset) = problem.place;
    let (line, offset) = (Value::int(thread, line)?, Value::int(thread, offset)?);
    let Some(source) = &problem.text else {
        let exception = protocol::call(thread, as_ref(class), &[message], None)?;
        for (name, value) in [("filename", file), ("lineno", line), ("offset", offset)] {
            let name = intern_text(thread, name)?;
            protocol::set_attribute(thread, exception.as_ref(), &name, Some(value))?;
        }
        return Ok(exception);
    };
    let end = |end: Option<i64>| end.map_or_else(|| Ok(Value::none()), |end| Value::int(thread, end));
    let (end_line, end_offset) = (end(problem.end.map(|end| end.0))?, end(problem.end.map(|end| end.1))?);
    let place = [file, line, offset, text(source)?, end_line, end_offset];
    let place = PyTuple::pack(thread, place)?.into_value();
    protocol::call(thread, as_ref(class), &[message, place], None)
}
