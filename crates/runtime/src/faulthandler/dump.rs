//! Where threads are, as text: the innermost frame first.

use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_vm::{frame_object, positions};

/// Frames of a thread that are shown.
const FRAMES: usize = 100;
/// Characters of a thread's name that are shown.
const NAME: usize = 15;

/// Where to write.
pub(super) struct Target {
    fd: i32,
}

impl Target {
    /// What `file` says: a file, a descriptor, or nothing for the standard error.
    pub(super) fn of(thread: &Thread, file: Option<Ref<'_>>) -> PyResult<Target> {
        let file = match file.filter(|file| !file.is_none()) {
            Some(file) => file.to_value(),
            None => match crate::sys::get(thread, "stderr")? {
                None => return Err(raise!(thread, RUNTIME_ERROR, "unable to get sys.stderr")),
                Some(stderr) if stderr.as_ref().is_none() => {
                    return Err(raise!(thread, RUNTIME_ERROR, "sys.stderr is None"));
                }
                Some(stderr) => stderr,
            },
        };
        let invalid = || raise!(thread, VALUE_ERROR, "file is not a valid file descriptor");
        if file.as_ref().is_int() {
            let fd = file.as_ref().to_i64().and_then(|fd| i32::try_from(fd).ok()).filter(|fd| *fd >= 0);
            return Ok(Target { fd: fd.ok_or_else(invalid)? });
        }
        let call = |name: &str| -> PyResult<Value> {
            protocol::attribute::call_method(thread, file.as_ref(), &*intern_text(thread, name)?, &[])
        };
        let fd = call("fileno")?.as_ref().to_i64().and_then(|fd| i32::try_from(fd).ok());
        let Some(fd) = fd.filter(|fd| *fd >= 0) else {
            return Err(raise!(thread, RUNTIME_ERROR, "file.fileno() is not a valid file descriptor"));
        };
        if let Err(raised) = call("flush") {
            drop(thread.catch(raised));
        }
        Ok(Target { fd })
    }

    /// What is to be remembered of it.
    pub(super) fn kept(&self) -> Value {
        Value::small(self.fd)
    }

    /// What was remembered.
    pub(super) fn kept_in(kept: Value) -> Target {
        Target { fd: kept.as_ref().to_i64().and_then(|fd| i32::try_from(fd).ok()).unwrap_or(2) }
    }

    /// Writes a text; what fails there fails unheard.
    pub(super) fn write(&self, thread: &Thread, text: &str) {
        let (host, mut rest) = (taipan_host::of(thread), text.as_bytes());
        while let Ok(written @ 1..) = host.write(self.fd, rest) {
            rest = rest.get(written..).unwrap_or_default();
        }
    }
}

/// All threads, the newest first.
pub(super) fn all_threads(thread: &Thread) -> PyResult<String> {
    let own = taipan_stdlib_core::thread_ident(thread);
    let mut parts = Vec::new();
    for other in thread.interp().thread_states() {
        let ident = other.ident.get();
        let innermost = frame_object::nth_of(thread, other, 0)?;
        // the thread that waits for a time runs no Python
        if ident == 0 || (ident == own && innermost.is_none()) {
            continue;
        }
        let word = if ident == own { "Current thread" } else { "Thread" };
        let name = name_of(thread, ident)?;
        let mut text = format!("{word} 0x{ident:016x}{name} (most recent call first):\n");
        frames(thread, innermost, &mut text)?;
        parts.push(text);
    }
    parts.reverse();
    Ok(parts.join("\n"))
}

/// The thread that runs.
pub(super) fn this_thread(thread: &Thread, title: &str) -> PyResult<String> {
    let mut text = format!("{title} (most recent call first):\n");
    frames(thread, frame_object::nth(thread, 0)?, &mut text)?;
    Ok(text)
}

fn frames(thread: &Thread, innermost: Option<Value>, text: &mut String) -> PyResult<()> {
    let mut at = innermost;
    if at.is_none() {
        text.push_str("  <no Python frame>\n");
    }
    for _ in 0..FRAMES {
        let Some(state) = at.as_ref().and_then(|frame| frame_object::state_of(frame.as_ref())) else {
            return Ok(());
        };
        let shown = |value: Option<Value>| {
            let value = value.as_ref().and_then(|value| value.as_ref().get::<PyStr>());
            value.map_or_else(|| "???".to_owned(), PyStr::to_text_lossy)
        };
        let Some(code) = state.code() else { return Ok(()) };
        let line = positions::line_of(&taipan_vm::program(&code).source, state.unit());
        let line = line.map_or_else(|| "???".to_owned(), |line| line.to_string());
        let (file, name) = (shown(code.co_filename.get()), shown(code.co_name.get()));
        text.push_str(&format!("  File \"{file}\", line {line} in {name}\n"));
        at = state.back(thread)?;
    }
    if at.is_some() {
        text.push_str("  ...\n");
    }
    Ok(())
}

/// The name of a thread in brackets, if it has one.
fn name_of(thread: &Thread, ident: u64) -> PyResult<String> {
    let modules = thread.interp().modules.get_as::<PyDict>();
    let Some(modules) = modules else { return Ok(String::new()) };
    let Some(threading) = modules.get_str(thread, &*intern_text(thread, "threading")?)? else {
        return Ok(String::new());
    };
    let find = |from: Ref<'_>, name: &str| {
        taipan_runtime_builtins::objects::find_attribute(thread, from, &*intern_text(thread, name)?)
    };
    let known = find(threading.as_ref(), "_active")?.and_then(|known| known.downcast::<PyDict>().ok());
    let Some(known) = known else { return Ok(String::new()) };
    let Some(found) = known.get(thread, Value::uint(thread, ident)?.as_ref())? else {
        return Ok(String::new());
    };
    let name = find(found.as_ref(), "name")?;
    let name = name.as_ref().and_then(|name| name.as_ref().get::<PyStr>()).map(PyStr::to_text_lossy);
    Ok(name.map_or_else(String::new, |name| format!(" [{}]", name.chars().take(NAME).collect::<String>())))
}
