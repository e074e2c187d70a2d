//! Names that were perhaps meant, and modules that were perhaps not imported.

use crate::names::{attribute, entry, items, keys, known, quiet, string};
use crate::stdlib_names::STDLIB;
use taipan_object::exception::{ATTRIBUTE_ERROR, IMPORT_ERROR, NAME_ERROR, TYPE_ERROR};
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::traceback::PyTraceback;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};
use taipan_vm::frame_object;
use taipan_vm::suggest::closest;

/// What is said behind the message of an exception that names something unknown; empty if there is nothing to say.
pub(crate) fn hints(thread: &Thread, exception: Ref<'_>, traceback: Option<Ref<'_>>) -> String {
    let ty = exception.ty();
    let is_name_error = ty.is_subtype(&NAME_ERROR);
    let wrong = match ty.is_subtype(&IMPORT_ERROR) {
        true => known(thread, exception, "name_from"),
        false if is_name_error || ty.is_subtype(&ATTRIBUTE_ERROR) => known(thread, exception, "name"),
        false => None,
    };
    let Some(wrong) = wrong.and_then(|wrong| string(wrong.as_ref())) else { return String::new() };
    let meant = if ty.is_subtype(&ATTRIBUTE_ERROR) {
        attribute_meant(thread, exception, traceback, &wrong)
    } else if is_name_error {
        name_meant(thread, traceback, &wrong)
    } else {
        import_meant(thread, exception, &wrong)
    };
    let is_module = is_name_error && STDLIB.binary_search(&wrong.as_str()).is_ok();
    match (meant, is_module) {
        (Some(meant), false) => format!(". Did you mean: '{meant}'?"),
        (Some(meant), true) => {
            format!(". Did you mean: '{meant}'? Or did you forget to import '{wrong}'?")
        }
        (None, true) => format!(". Did you forget to import '{wrong}'?"),
        (None, false) => String::new(),
    }
}

/// The frame in which an exception was raised.
fn last_frame(traceback: Option<Ref<'_>>) -> Option<Value> {
    let mut entry = traceback?.to_value();
    loop {
        let this = entry.as_ref().get::<PyTraceback>()?;
        let next = this.tb_next().get().filter(|next| !next.as_ref().is_none());
        match next {
            Some(next) => entry = next,
            None => return this.tb_frame().get(),
        }
    }
}

/// `f_locals` of the frame in which an exception was raised.
fn last_locals(thread: &Thread, frame: &Value) -> Option<Value> {
    quiet(thread, frame_object::state_of(frame.as_ref())?.locals(thread))
}

/// The attributes of an object, sorted.
fn names_of(thread: &Thread, object: Ref<'_>, hide_private: bool) -> Option<Vec<String>> {
    if let Some(mut names) = names_of_module(thread, object) {
        names.retain(|name| !(hide_private && name.starts_with('_')));
        names.sort();
        return Some(names);
    }
    let call = |of: Ref<'_>, arguments: &[Value]| -> PyResult<Vec<Value>> {
        let dir = attribute(thread, of, "__dir__")?;
        items(thread, protocol::call(thread, dir.as_ref(), arguments, None)?.as_ref())
    };
    let found = match call(object, &[]) {
        Ok(found) => found,
        Err(raised) => {
            // a class has the method of its instances
            let error = thread.catch(raised);
            if !error.as_ref().ty().is_subtype(&TYPE_ERROR) {
                return None;
            }
            quiet(thread, call(as_ref(object.ty()), &[object.to_value()]))?
        }
    };
    let mut names: Vec<String> = found.iter().filter_map(|name| string(name.as_ref())).collect();
    names.retain(|name| !(hide_private && name.starts_with('_')));
    names.sort();
    Some(names)
}

/// What a module holds, if it is one that does not say itself what it has.
fn names_of_module(thread: &Thread, object: Ref<'_>) -> Option<Vec<String>> {
    let dict = object.get_exact::<PyModule>()?.dict()?;
    entry(thread, dict.as_ref(), "__dir__").is_none().then(|| keys(thread, dict.as_ref()))
}

fn attribute_meant(
    thread: &Thread,
    exception: Ref<'_>,
    traceback: Option<Ref<'_>>,
    wrong: &str,
) -> Option<String> {
    let object = quiet(thread, attribute(thread, exception, "obj")).unwrap_or_else(Value::none);
    let in_method = || {
        let locals = last_locals(thread, &last_frame(traceback)?)?;
        entry(thread, locals.as_ref(), "self").map(|this| this.as_ref().is(object.as_ref()))
    };
    let hide = !wrong.starts_with('_') && !in_method().unwrap_or(false);
    let names = names_of(thread, object.as_ref(), hide)?;
    closest(wrong, &names).map(str::to_owned)
}

fn name_meant(thread: &Thread, traceback: Option<Ref<'_>>, wrong: &str) -> Option<String> {
    let frame = last_frame(traceback)?;
    let locals = last_locals(thread, &frame)?;
    if let Some(this) = entry(thread, locals.as_ref(), "self")
        && quiet(thread, attribute(thread, this.as_ref(), wrong)).is_some()
    {
        return Some(format!("self.{wrong}"));
    }
    let mut names = keys(thread, locals.as_ref());
    for scope in ["f_globals", "f_builtins"] {
        names.extend(
            known(thread, frame.as_ref(), scope)
                .map(|scope| keys(thread, scope.as_ref()))
                .unwrap_or_default(),
        );
    }
    closest(wrong, &names).map(str::to_owned)
}

fn import_meant(thread: &Thread, exception: Ref<'_>, wrong: &str) -> Option<String> {
    let name = known(thread, exception, "name")?;
    name.as_ref().get::<PyStr>()?;
    let builtins = thread.interp().builtins.get()?;
    let import = entry(thread, builtins.as_ref(), "__import__")?;
    let module = quiet(thread, protocol::call(thread, import.as_ref(), &[name], None))?;
    let names = names_of(thread, module.as_ref(), !wrong.starts_with('_'))?;
    closest(wrong, &names).map(str::to_owned)
}
