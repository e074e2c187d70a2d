//! The module `termios`: how terminals treat what goes through them.

use taipan_host::{HostError, HostResult, TerminalMode, of};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::exception::plain_error_type;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

use crate::arguments::descriptor;

/// `termios.error`.
pub(crate) static ERROR: PyTypeObject = plain_error_type("termios.error\0", &ERROR_CORE);
static ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

method_table! { FUNCTIONS:
    Instance One c"tcgetattr" "($module, fd, /)" get, c"How a terminal treats what goes through it.";
    Instance Positional c"tcsetattr" "($module, fd, when, attributes, /)" set, c"Sets how a terminal treats what goes through it.";
    Instance Two c"tcsendbreak" "($module, fd, duration, /)" |thread, _, fd, number| act(thread, fd, number, |thread, fd, number| of(thread).send_break(fd, number)), c"Sends zeros for a time.";
    Instance One c"tcdrain" "($module, fd, /)" drain, c"Waits until all output is through.";
    Instance Two c"tcflush" "($module, fd, queue, /)" |thread, _, fd, number| act(thread, fd, number, |thread, fd, number| of(thread).flush_queue(fd, number)), c"Forgets what waits in a queue.";
    Instance Two c"tcflow" "($module, fd, action, /)" |thread, _, fd, number| act(thread, fd, number, |thread, fd, number| of(thread).flow(fd, number)), c"Holds input or output, or lets it go on.";
    Instance One c"tcgetwinsize" "($module, fd, /)" window_size, c"Lines and columns.";
    Instance Two c"tcsetwinsize" "($module, fd, winsize, /)" set_window_size, c"Sets lines and columns.";
}

/// `termios`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "termios",
    doc: Some("How terminals treat what goes through them."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add_types(thread, module, [&ERROR])?;
        let mut all = of(thread).terminal_constants().iter();
        all.try_for_each(|&(name, number)| add(thread, module, name, Value::int(thread, number)?))
    }),
};

/// Raises the module's error.
#[cold]
fn failed(thread: &Thread, error: HostError) -> Raised {
    let text = PyStr::from_text(thread, &of(thread).error_text(error.errno));
    let made = text.and_then(|text| {
        protocol::call(thread, as_ref(&ERROR), &[Value::small(error.errno), text.into_value()], None)
    });
    match made {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

fn constant(thread: &Thread, name: &str) -> i64 {
    let found = of(thread).terminal_constants().iter().find(|constant| constant.0 == name);
    found.map_or(-1, |constant| constant.1)
}

/// The characters that are numbers where lines are not put together.
fn counts(thread: &Thread, local: u32) -> [Option<usize>; 2] {
    if i64::from(local) & constant(thread, "ICANON") != 0 {
        return [None; 2];
    }
    ["VMIN", "VTIME"].map(|name| usize::try_from(constant(thread, name)).ok())
}

fn get(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = descriptor(thread, fd)?;
    let mode = of(thread).terminal_mode(fd).map_err(|error| failed(thread, error))?;
    let counts = counts(thread, mode.flags[3]);
    let characters = PyList::new(thread)?;
    for (at, &character) in mode.characters.iter().enumerate() {
        characters.push(
            thread,
            match counts.contains(&Some(at)) {
                true => Value::small(character.into()),
                false => PyBytes::new(thread, &[character])?.into_value(),
            },
        )?;
    }
    let list = PyList::new(thread)?;
    for number in mode.flags.into_iter().chain(mode.speeds) {
        list.push(thread, Value::int(thread, number.into())?)?;
    }
    list.push(thread, characters.into_value())?;
    Ok(list.into_value())
}

fn set(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "tcsetattr", arguments.len(), 3, 3)?;
    let [fd, when, attributes] = arguments else { return Ok(Value::none()) };
    let (fd, when) = (descriptor(thread, fd.as_ref())?, to_int(thread, when.as_ref())?);
    let Some(list) = attributes.as_ref().get::<PyList>().filter(|list| list.len() == 7) else {
        return Err(raise!(thread, TYPE_ERROR, "tcsetattr, arg 3: must be 7 element list"));
    };
    let host = of(thread);
    let mut mode = host.terminal_mode(fd).map_err(|error| failed(thread, error))?;
    let number = |at: usize| -> PyResult<u32> {
        let value = list.get(at).unwrap_or_else(Value::none);
        let index = protocol::number::index(thread, value.as_ref())?;
        match index.as_ref().to_i64() {
            Some(int) => Ok(int as u32),
            None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long")),
        }
    };
    mode.flags = [number(0)?, number(1)?, number(2)?, number(3)?];
    mode.speeds = [number(4)?, number(5)?];
    let characters = list.get(6).unwrap_or_else(Value::none);
    read_characters(thread, characters.as_ref(), &mut mode)?;
    host.set_terminal_mode(fd, when, &mode).map(|()| Value::none()).map_err(|error| failed(thread, error))
}

fn read_characters(thread: &Thread, value: Ref<'_>, mode: &mut TerminalMode) -> PyResult<()> {
    let count = mode.characters.len();
    let Some(list) = value.get::<PyList>().filter(|list| list.len() == count) else {
        return Err(raise!(thread, TYPE_ERROR, "tcsetattr: attributes[6] must be {count} element list"));
    };
    for (at, place) in mode.characters.iter_mut().enumerate() {
        let item = list.get(at).unwrap_or_else(Value::none);
        *place = match item.as_ref().get::<PyBytes>().map(PyBytes::as_slice) {
            Some([byte]) => *byte,
            None if item.as_ref().is_int() => item.as_ref().to_i64().unwrap_or(0) as u8,
            _ => {
                let message =
                    "tcsetattr: elements of attributes must be bytes objects of length 1 or integers";
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            }
        };
    }
    Ok(())
}

fn act(
    thread: &Thread,
    fd: Ref<'_>,
    number: Ref<'_>,
    action: fn(&Thread, i32, i32) -> HostResult<()>,
) -> PyResult<Value> {
    let (fd, number) = (descriptor(thread, fd)?, to_int(thread, number)?);
    action(thread, fd, number).map(|()| Value::none()).map_err(|error| failed(thread, error))
}

fn drain(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = descriptor(thread, fd)?;
    of(thread).drain(fd).map(|()| Value::none()).map_err(|error| failed(thread, error))
}

fn window_size(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = descriptor(thread, fd)?;
    let (columns, lines) = of(thread).terminal_size(fd).map_err(|error| failed(thread, error))?;
    Ok(PyTuple::pack(thread, [Value::small(lines.into()), Value::small(columns.into())])?.into_value())
}

fn set_window_size(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, size: Ref<'_>) -> PyResult<Value> {
    let fd = descriptor(thread, fd)?;
    let wrong = || raise!(thread, TYPE_ERROR, "tcsetwinsize, arg 2: must be a two-item sequence");
    let slots = size.ty().slots();
    if slots.item.get().is_none() && slots.subscript.get().is_none() || protocol::length(thread, size)? != 2 {
        return Err(wrong());
    }
    let part = |at: i32| -> PyResult<i64> {
        let part = protocol::subscript(thread, size, Value::small(at).as_ref())?;
        Ok(protocol::number::index(thread, part.as_ref())?.as_ref().to_i64().unwrap_or(-1))
    };
    let (lines, columns) = (part(0)?, part(1)?);
    let (Ok(lines), Ok(columns)) = (u16::try_from(lines), u16::try_from(columns)) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "winsize value(s) out of range."));
    };
    let result = of(thread).set_terminal_size(fd, lines, columns);
    result.map(|()| Value::none()).map_err(|error| failed(thread, error))
}
