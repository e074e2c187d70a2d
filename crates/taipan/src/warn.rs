//! Warnings before the module `warnings` is there: they go to standard error.

use crate::compile::SourceWarning;
use taipan_object::{PyResult, Thread};
use taipan_wtf8::Wtf8;

/// Issues the warning of a source.
pub(crate) fn syntax_warning(thread: &Thread, filename: Wtf8<'_>, warning: &SourceWarning) -> PyResult<()> {
    let name = String::from_utf8_lossy(filename.as_bytes());
    let text = format!("{name}:{}: SyntaxWarning: {}\n", warning.line, warning.message);
    crate::streams::write_error(thread, &text)
}
