//! What is around the interactive loop: the greeting, the file that runs before it, the hook, the module it runs in.

use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{Owned, PyResult, Ref, Thread, protocol, raise};
use taipan_wtf8::Wtf8;

use super::{report_or_leave, write};
use crate::compiler::{self, SourceText};
use crate::site::Deferred;
use crate::{evaluate, report, sys};

/// Says what runs here, unless it is to be quiet.
///
/// # Errors
/// When there is no memory.
pub(crate) fn greet(thread: &Thread, quiet: bool, no_site: bool) -> PyResult<()> {
    if quiet {
        return Ok(());
    }
    let text = |name| -> PyResult<String> {
        let value = sys::get(thread, name)?;
        Ok(value
            .and_then(|value| value.as_ref().get::<PyStr>().map(PyStr::to_text_lossy))
            .unwrap_or_default())
    };
    write(thread, &format!("Python {} on {}\n", text("version")?, text("platform")?));
    if !no_site {
        write(thread, "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
    }
    Ok(())
}

/// Runs the file that `PYTHONSTARTUP` names, given its text if it could be read.
///
/// # Errors
/// `SystemExit`
pub(crate) fn run_startup(
    thread: &Thread,
    globals: &Owned<PyDict>,
    name: &str,
    text: Option<&[u8]>,
) -> PyResult<()> {
    let Some(text) = text else {
        write(thread, "Could not open PYTHONSTARTUP\n");
        let path = PyStr::from_text(thread, name)?.into_value();
        let raised = taipan_host::HostError::new(taipan_host::numbers::ENOENT).raise_path(thread, path);
        return report_or_leave(thread, raised);
    };
    let file = PyStr::from_text(thread, name)?.into_value();
    sys::set(thread, globals, "__file__", file)?;
    let source = SourceText {
        bytes: text,
        filename: Wtf8::from_str(name),
        is_expression: false,
        is_text: false,
        is_file: true,
        future: 0,
    };
    let result = (|| {
        let code = taipan_vm::code_object(thread, compiler::of(thread).code(thread, &source)?)?;
        let builtins = evaluate::builtins_of(thread, globals)?;
        taipan_vm::interp::run_code(thread, &code, globals, &builtins, globals.clone().into_value(), None)
    })();
    drop(globals.remove(thread, intern_text(thread, "__file__")?.as_ref())?);
    match result {
        Ok(_) => Ok(()),
        Err(raised) => report_or_leave(thread, raised),
    }
}

/// Whether a hook is `site`'s own, which would let a module edit lines and keep them in the file that the editor of the
/// loop keeps them in.
fn is_of_site(thread: &Thread, hook: Ref<'_>) -> bool {
    if hook.get::<Native<Deferred>>().is_some() {
        return true;
    }
    let is = |name: &str, wanted: &str| -> PyResult<bool> {
        let value = protocol::attribute::find(thread, hook, &*intern_text(thread, name)?)?;
        Ok(value
            .is_some_and(|value| value.as_ref().get::<PyStr>().is_some_and(|text| text.equals_text(wanted))))
    };
    let found =
        is("__module__", "site").and_then(|is_there| Ok(is_there && is("__name__", "register_readline")?));
    found.unwrap_or_else(|raised| {
        drop(thread.catch(raised));
        false
    })
}

/// Calls `sys.__interactivehook__`, if a program has put one there.
///
/// # Errors
/// `SystemExit`
pub(crate) fn call_hook(thread: &Thread) -> PyResult<()> {
    let hook = sys::get(thread, "__interactivehook__")?;
    let Some(hook) = hook.filter(|hook| !is_of_site(thread, hook.as_ref())) else { return Ok(()) };
    match protocol::call(thread, hook.as_ref(), &[], None) {
        Ok(_) => Ok(()),
        Err(raised) => {
            report::write(thread, "Failed calling sys.__interactivehook__\n");
            report_or_leave(thread, raised)
        }
    }
}

/// Whether the environment asks for the loop by now.
pub(crate) fn is_wanted(thread: &Thread) -> bool {
    let variables = taipan_host::of(thread).variables();
    variables.iter().any(|(name, value)| name == b"PYTHONINSPECT" && !value.is_empty())
}

/// The dict of the module that the program ran in, which has no file any more.
///
/// # Errors
/// `RuntimeError` if there is no such module.
pub(crate) fn main_globals(thread: &Thread) -> PyResult<Owned<PyDict>> {
    let all = thread.interp().modules.get_as::<PyDict>();
    let main = match &all {
        Some(all) => all.get_str(thread, &*intern_text(thread, "__main__")?)?,
        None => None,
    };
    let dict = main.and_then(|main| main.as_ref().get::<PyModule>().and_then(PyModule::dict));
    let Some(dict) = dict else { return Err(raise!(thread, RUNTIME_ERROR, "can't create __main__ module")) };
    for name in ["__file__", "__cached__"] {
        let name = intern_text(thread, name)?;
        if dict.get_str(thread, &name)?.is_some() {
            drop(dict.remove(thread, name.as_ref())?);
        }
    }
    Ok(dict)
}
