//! Where the interactive loop gets its lines from: an editor that the program brings along, or standard input as it is.

use taipan_host::HostError;
use taipan_host::numbers::EINTR;
use taipan_object::{PyResult, Thread, raise};

/// What was read after a prompt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// A line without its end.
    Text(String),
    /// There are no more.
    End,
    /// It was given up (Ctrl-C).
    Interrupted,
}

/// What shows prompts and lets lines be edited.
pub trait LineEditor: Send {
    /// Shows a prompt and reads a line.
    fn read(&mut self, prompt: &str) -> Line;
}

/// What the lines of standard input are read by.
pub(crate) enum Lines<'a> {
    /// An editor at a terminal.
    Editor(&'a mut dyn LineEditor),
    /// Nothing: prompts go to standard error.
    Plain(&'a mut Plain),
}

/// Standard input, of which more may have been read than was asked for.
#[derive(Default)]
pub(crate) struct Plain {
    ahead: Vec<u8>,
    /// Whether the last line was the end of the input.
    is_unterminated: bool,
}

impl Lines<'_> {
    /// Shows a prompt and reads a line; none at the end.
    ///
    /// # Errors
    /// `KeyboardInterrupt`; `OSError`.
    pub(crate) fn read(&mut self, thread: &Thread, prompt: &str) -> PyResult<Option<String>> {
        match self {
            Lines::Editor(editor) => match thread.released(|| editor.read(prompt)) {
                Line::Text(text) => Ok(Some(text)),
                Line::End => Ok(None),
                Line::Interrupted => Err(raise!(thread, KEYBOARD_INTERRUPT, "")),
            },
            Lines::Plain(plain) => {
                write(thread, prompt);
                plain.read(thread)
            }
        }
    }

    /// Whether the last line that was read has no end.
    pub(crate) fn is_unterminated(&self) -> bool {
        matches!(self, Lines::Plain(plain) if plain.is_unterminated)
    }
}

/// Writes to standard error itself, whatever `sys.stderr` is.
pub(crate) fn write(thread: &Thread, text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match taipan_host::of(thread).write(2, rest) {
            Ok(count) if count > 0 => rest = rest.get(count..).unwrap_or_default(),
            // nobody can be told
            _ => return,
        }
    }
}

impl Plain {
    fn read(&mut self, thread: &Thread) -> PyResult<Option<String>> {
        self.is_unterminated = false;
        let mut looked_at = 0;
        loop {
            let end = self.ahead.iter().skip(looked_at).position(|&byte| byte == b'\n');
            if let Some(end) = end {
                let mut line: Vec<u8> = self.ahead.drain(..=looked_at + end).collect();
                line.pop();
                return Ok(Some(text_of(line)));
            }
            looked_at = self.ahead.len();
            let mut buffer = [0; 4096];
            match taipan_host::released(thread, |host| host.read(0, &mut buffer)) {
                Ok(0) if self.ahead.is_empty() => return Ok(None),
                Ok(0) => {
                    self.is_unterminated = true;
                    return Ok(Some(text_of(std::mem::take(&mut self.ahead))));
                }
                Ok(count) => self.ahead.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(HostError { errno: EINTR, .. }) => taipan_host::raise::run_signals(thread)?,
                Err(error) => return Err(error.raise(thread)),
            }
        }
    }
}

fn text_of(mut line: Vec<u8>) -> String {
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8_lossy(&line).into_owned()
}
