//! Words the error of an input that `grammar/` refused.

use taipan_diagnostics::{Diagnostic, ErrorClass};

/// What is wrong with the input.
pub(crate) fn diagnose() -> Diagnostic {
    Diagnostic { class: ErrorClass::Syntax, message: "invalid syntax".to_owned(), location: None }
}
