//! What is printed of an exception that nobody handles: the way that it took with source lines and carets, what
//! it was raised from, its notes, the groups that it holds, and names that were perhaps meant.
//!
//! `tree.rs` asks the objects once and keeps what it was told; `render.rs` makes text of it, `stack.rs` and
//! `carets.rs` that of frames, `scan.rs`, `brackets.rs` and `anchors.rs` find what carets stress. Invariants: the text is
//! CPython 3.14's without colours, byte for byte; no file is read here, source lines come from [`Sources`]; an
//! object that raises while it is asked never stops the report.
#![forbid(unsafe_code)]

mod anchors;
mod brackets;
mod carets;
mod final_line;
mod keyword_typos;
mod names;
mod render;
mod scan;
mod stack;
mod stdlib_names;
mod suggestions;
mod syntax_error;
mod text;
mod tree;

pub use stack::{FrameLine, Span, entries_of_stack, entries_of_traceback, entry_of_frame, format_frames};

use taipan_object::{PyResult, Ref, Thread};

/// Where source lines come from.
pub trait Sources {
    /// A line of a file, counted from one, with or without its end; none if there is none. Names such as
    /// `<string>` are asked for, too.
    fn line(&self, filename: &str, line: u32) -> Option<String>;

    /// Whether `codeop.compile_command` takes a piece of source (`symbol="exec"`, `PyCF_ONLY_AST`): it can be
    /// parsed and compiled, or is only the beginning of what can be parsed. Asked when a keyword was perhaps
    /// misspelt; false is always a valid answer.
    fn compiles(&self, source: &str) -> bool {
        let _ = source;
        false
    }
}

/// Sources of which no line is known.
pub struct NoSources;

impl Sources for NoSources {
    fn line(&self, _: &str, _: u32) -> Option<String> {
        None
    }
}

/// What is printed of an exception, in pieces that end with a line's end.
///
/// # Errors
/// When memory or the stack is used up.
pub fn format_exception(thread: &Thread, exception: Ref<'_>, sources: &dyn Sources) -> PyResult<Vec<String>> {
    format_with(thread, exception, sources, &Options::default())
}

/// What is printed of an exception alone, without the way that it took.
///
/// # Errors
/// As [`format_exception`].
pub fn format_exception_only(
    thread: &Thread,
    exception: Ref<'_>,
    sources: &dyn Sources,
) -> PyResult<Vec<String>> {
    let tree = tree::Tree::new(thread, exception, &Options { chain: false, limit: None, carets: false });
    Ok(render::only(&tree, sources))
}

/// What a report has.
pub struct Options {
    /// Whether the exceptions that this one was raised from are printed, too.
    pub chain: bool,
    /// How many frames are printed at most, the last ones; without a number, `sys.tracebacklimit`.
    pub limit: Option<usize>,
    /// Whether carets mark the parts of lines.
    pub carets: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { chain: true, limit: None, carets: true }
    }
}

/// [`format_exception`] with options.
///
/// # Errors
/// As [`format_exception`].
pub fn format_with(
    thread: &Thread,
    exception: Ref<'_>,
    sources: &dyn Sources,
    options: &Options,
) -> PyResult<Vec<String>> {
    if !taipan_vm::interp::exceptions::is_base_exception(exception) {
        return Ok(vec![no_exception(exception)]);
    }
    let tree = tree::Tree::new(thread, exception, options);
    Ok(render::all(&tree, sources))
}

/// What is printed of a value that is no exception, as `sys.excepthook` may be given one.
fn no_exception(value: Ref<'_>) -> String {
    match value.is_none() {
        true => "NoneType: None\n".to_owned(),
        false => {
            let ty = value.ty().short_name();
            format!("TypeError: print_exception(): Exception expected for value, {ty} found\n")
        }
    }
}
