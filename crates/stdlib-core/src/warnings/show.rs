//! Shows a warning: by the module `warnings`, or as a line of standard error if that cannot be had.

use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value, protocol, raise};
use taipan_runtime_builtins::text;

use super::warn::Warning;
use crate::call;

/// Shows a warning.
pub(super) fn show(thread: &Thread, warning: &Warning, source: Option<Value>) -> PyResult<()> {
    let Some(warnings) = module(thread)? else { return plain(thread, warning) };
    let Some(function) = call::find(thread, warnings.as_ref(), "_showwarnmsg")? else {
        return plain(thread, warning);
    };
    if function.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "warnings._showwarnmsg() must be set to a callable"));
    }
    let class = call::attribute(thread, warnings.as_ref(), "WarningMessage")?;
    let none = Value::none;
    let arguments = [
        warning.message.clone(),
        warning.class.clone(),
        warning.filename.clone(),
        warning.line.clone(),
        none(),
        none(),
        source.unwrap_or_else(Value::none),
    ];
    let message = protocol::call(thread, class.as_ref(), &arguments, None)?;
    drop(protocol::call(thread, function.as_ref(), &[message], None)?);
    Ok(())
}

/// The module `warnings`, imported if importlib is there.
fn module(thread: &Thread) -> PyResult<Option<Value>> {
    if let Some(known) = call::imported(thread, "warnings")? {
        return Ok(Some(known));
    }
    if !crate::import::is_there(thread) {
        return Ok(None);
    }
    let name = intern_text(thread, "warnings")?;
    match crate::import::import_module(thread, &name) {
        Ok(module) => Ok(Some(module)),
        // whatever the reason is, the warning is more important
        Err(raised) => {
            drop(thread.catch(raised));
            Ok(None)
        }
    }
}

fn plain(thread: &Thread, warning: &Warning) -> PyResult<()> {
    let Some(stream) = call::of_sys(thread, "stderr")?.filter(|stream| !stream.as_ref().is_none()) else {
        return Ok(());
    };
    let lossy = |value: &Value| value.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy);
    let line = text::str(thread, warning.line.as_ref())?;
    // as C does: the line without what it is indented by
    let below = warning.line_text.as_ref().map(|line| format!("  {}\n", lossy(line).trim_start()));
    let message = format!(
        "{}:{}: {}: {}\n{}",
        lossy(&warning.filename),
        line.to_text_lossy(),
        warning.category()?.short_name(),
        lossy(&warning.text),
        below.unwrap_or_default()
    );
    let message = call::text(thread, &message)?;
    drop(call::method(thread, stream.as_ref(), "write", &[message])?);
    Ok(())
}
