//! Diagnostics as one JSON object a line, for tools.
//! Invariant: the fields are those of the exception's attributes, `null` where it has none.

use crate::Diagnostic;
use serde::Serialize;

/// The object; its fields are written in this order.
#[derive(Serialize)]
struct Object<'d> {
    r#type: &'static str,
    msg: &'d str,
    filename: &'d str,
    lineno: Option<i64>,
    offset: Option<i64>,
    end_lineno: Option<i64>,
    end_offset: Option<i64>,
    text: Option<&'d str>,
}

/// The object for an error in the file called `filename`, with a newline.
pub fn error(diagnostic: &Diagnostic, filename: &str) -> String {
    let location = diagnostic.location.as_ref();
    // Where an input could not be decoded there is a line 0 and no end.
    let ended = location.filter(|location| location.lineno != 0 || location.text.is_some());
    let object = Object {
        r#type: diagnostic.class.name(),
        msg: &diagnostic.message,
        filename,
        lineno: location.map(|location| location.lineno),
        offset: location.map(|location| location.offset),
        end_lineno: ended.map(|location| location.end_lineno),
        end_offset: ended.map(|location| location.end_offset),
        text: location.and_then(|location| location.text.as_deref()),
    };
    line(&object)
}

/// A warning.
#[derive(Serialize)]
struct WarningObject<'d> {
    r#type: &'static str,
    msg: &'d str,
    filename: &'d str,
    lineno: u32,
}

/// The object for a `SyntaxWarning`, with a newline.
pub fn warning(filename: &str, lineno: u32, msg: &str) -> String {
    line(&WarningObject { r#type: "SyntaxWarning", msg, filename, lineno })
}

/// An object of texts and numbers, which always has a JSON form.
fn line(object: &impl Serialize) -> String {
    let mut out = serde_json::to_string(object).unwrap_or_default();
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorClass, Location};

    #[test]
    fn what_the_exception_has_not_is_null() {
        let location = Some(Location { lineno: 0, offset: -1, end_lineno: 0, end_offset: 0, text: None });
        let diagnostic = Diagnostic { class: ErrorClass::Syntax, message: "m\n".to_owned(), location };
        assert_eq!(
            error(&diagnostic, "f"),
            "{\"type\":\"SyntaxError\",\"msg\":\"m\\n\",\"filename\":\"f\",\"lineno\":0,\"offset\":-1,\
             \"end_lineno\":null,\"end_offset\":null,\"text\":null}\n"
        );
    }
}
