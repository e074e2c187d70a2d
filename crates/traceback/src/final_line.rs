//! The end of a report: the type of an exception with its message, then the notes.

use crate::Sources;
use crate::names::{Found, attribute, find, items, quiet, repr, str, string};
use crate::suggestions;
use crate::syntax_error::SyntaxParts;
use taipan_object::exception::SYNTAX_ERROR;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{Ref, Thread, Value, as_ref};

/// What an exception says of itself.
pub(crate) struct Message {
    /// Its type with the module, if that is to be shown.
    ty: String,
    text: String,
    /// The notes, a piece for each line.
    notes: Vec<String>,
    syntax: Option<SyntaxParts>,
}

impl Message {
    /// Asks an exception.
    pub fn of(thread: &Thread, exception: Ref<'_>, traceback: Option<Ref<'_>>) -> Message {
        let mut text = str(thread, exception).unwrap_or_else(|| "<exception str() failed>".to_owned());
        let notes = notes(thread, exception);
        let is_syntax_error = exception.ty().is_subtype(&SYNTAX_ERROR);
        let syntax = is_syntax_error.then(|| SyntaxParts::of(thread, exception));
        if !is_syntax_error {
            text += &suggestions::hints(thread, exception, traceback);
        }
        Message { ty: type_name(thread, exception), text, notes, syntax }
    }

    /// The text, in pieces that end with a line's end.
    pub fn pieces(&self, sources: &dyn Sources) -> Vec<String> {
        let mut pieces = match &self.syntax {
            Some(syntax) => syntax.pieces(&self.ty, sources),
            None if self.text.is_empty() => vec![format!("{}\n", self.ty)],
            None => vec![format!("{}: {}\n", self.ty, self.text)],
        };
        pieces.extend(self.notes.iter().cloned());
        pieces
    }
}

/// The qualified name of an exception's type, with the module unless that is `builtins` or `__main__`.
fn type_name(thread: &Thread, exception: Ref<'_>) -> String {
    let ty = exception.ty();
    let ask = |name| quiet(thread, attribute(thread, as_ref(ty), name));
    let name = ask("__qualname__").and_then(|name| string(name.as_ref()));
    let name = name.unwrap_or_else(|| ty.short_name().to_owned());
    match ask("__module__").and_then(|module| string(module.as_ref())).as_deref() {
        Some("builtins" | "__main__") => name,
        Some(module) => format!("{module}.{name}"),
        None => format!("<unknown>.{name}"),
    }
}

/// The lines of `__notes__`.
fn notes(thread: &Thread, exception: Ref<'_>) -> Vec<String> {
    let notes = match find(thread, exception, "__notes__") {
        Found::Value(notes) if notes.as_ref().is_none() => return Vec::new(),
        Found::Value(notes) => notes,
        Found::Missing => return Vec::new(),
        Found::Error(error) => {
            let error =
                repr(thread, error.as_ref()).unwrap_or_else(|| "<__notes__ repr() failed>".to_owned());
            return vec![format!("Ignored error getting __notes__: {error}\n")];
        }
    };
    if !is_sequence(&notes) {
        let shown = repr(thread, notes.as_ref()).unwrap_or_else(|| "<__notes__ repr() failed>".to_owned());
        return vec![format!("{shown}\n")];
    }
    let notes = quiet(thread, items(thread, notes.as_ref())).unwrap_or_default();
    let text = |note: &Value| str(thread, note.as_ref()).unwrap_or_else(|| "<note str() failed>".to_owned());
    let lines = |note: &Value| text(note).split('\n').map(|line| format!("{line}\n")).collect::<Vec<_>>();
    notes.iter().flat_map(lines).collect()
}

/// Whether notes are a sequence: one of the built-in ones that is no text, or a class that says so.
fn is_sequence(notes: &Value) -> bool {
    let notes = notes.as_ref();
    if notes.get::<PyList>().is_some() || notes.get::<PyTuple>().is_some() {
        return true;
    }
    let named = |ty: Ref<'_>| {
        let ty = ty.get::<taipan_object::PyTypeObject>();
        ty.is_some_and(|ty| {
            matches!(ty.short_name(), "range" | "bytearray" | "memoryview" | "Sequence" | "array" | "deque")
        })
    };
    notes.ty().mro().is_some_and(|mro| mro.iter().any(named))
}
