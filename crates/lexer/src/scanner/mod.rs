//! The scanner: from decoded text to tokens, in one pass. `lines.rs` has indentation, line ends and
//! the end of the input; the other files have one sort of token each.
//! Invariant: `pos` is on a character boundary between tokens and never decreases; a scanning function
//! either pushes tokens and moves `pos`, or records the error and returns [`Stop`].

mod classes;
mod comments;
mod fields;
mod lines;
mod names;
mod numbers;
mod operators;
mod strings;

use crate::error::{LexError, LexErrorKind};
use crate::warning::{LexWarning, LexWarningKind};
use crate::{LexOptions, TokenBuffer, TokenKind};
use classes::{CLASS, Class, NAME_PART};
use fields::StringMode;
use taipan_span::Span;

/// Open brackets that CPython allows.
const MAX_BRACKETS: usize = 200;
/// Open blocks that CPython allows, the module counted.
const MAX_INDENTS: usize = 100;

/// Tokens are rarely denser than one in this many bytes, and mostly not much sparser.
const BYTES_PER_TOKEN: usize = 6;

/// An error was recorded; nothing is scanned any more.
pub(crate) struct Stop;

/// Whether to go on.
type Flow = Result<(), Stop>;

/// An indentation as two columns: with tabs to multiples of eight, and with tabs as one column.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Indent {
    column: u32,
    alternate: u32,
}

/// The state of one pass. `EXTRA` is the view of the `tokenize` module: comments and blank lines are
/// tokens, and fewer things are errors.
pub(crate) struct Scanner<'s, const EXTRA: bool> {
    bytes: &'s [u8],
    text: &'s str,
    options: LexOptions,
    pos: usize,
    /// Whether the line so far has no token.
    blank: bool,
    /// Where the line began after which no token has spanned lines.
    buffer_start: usize,
    /// Offsets of the open brackets.
    brackets: [u32; MAX_BRACKETS],
    level: usize,
    indents: [Indent; MAX_INDENTS],
    depth: usize,
    /// The f- and t-strings that the position is inside of.
    strings: Vec<StringMode>,
    pub(crate) tokens: TokenBuffer,
    pub(crate) error: Option<LexError>,
    pub(crate) warnings: Vec<LexWarning>,
}

impl<'s, const EXTRA: bool> Scanner<'s, EXTRA> {
    /// A scanner at the start of `text`, which is shorter than 4 GiB and has no zero bytes.
    pub(crate) fn new(text: &'s str, options: LexOptions) -> Self {
        Scanner {
            bytes: text.as_bytes(),
            text,
            options,
            pos: 0,
            blank: true,
            buffer_start: 0,
            brackets: [0; MAX_BRACKETS],
            level: 0,
            indents: [Indent::default(); MAX_INDENTS],
            depth: 0,
            strings: Vec::new(),
            tokens: TokenBuffer::with_capacity(
                (text.len() / BYTES_PER_TOKEN).max(text.len().min(64) / 3) + 4,
            ),
            error: None,
            warnings: Vec::new(),
        }
    }

    /// Scans to the end of the input or to the first error.
    pub(crate) fn run(&mut self) {
        // The error is in `self.error`, its token in `self.tokens`.
        let _ = self.begin_line().and_then(|()| self.scan_tokens());
    }

    /// Scans token after token; returns at the end of the input.
    fn scan_tokens(&mut self) -> Flow {
        loop {
            let mut byte = self.byte(self.pos);
            while CLASS[byte as usize] == Class::Blank {
                self.pos += 1;
                byte = self.byte(self.pos);
            }
            let start = self.pos;
            match CLASS[byte as usize] {
                Class::Name => self.name(start)?,
                Class::Digit => self.number(start)?,
                Class::Quote => self.string(start, start)?,
                Class::Operator => self.operator(start, byte)?,
                Class::Open => self.open_bracket(start, byte)?,
                Class::Close => self.close_bracket(start, byte)?,
                Class::Dot => self.dot(start)?,
                Class::Newline => self.newline(start)?,
                Class::Hash => self.comment(start)?,
                Class::Backslash => {
                    self.pos = start + 1;
                    self.continuation(start)?;
                }
                Class::Stray => self.push(TokenKind::Op, start, start + 1),
                Class::Return => self.carriage_return(start)?,
                Class::Blank => self.pos += 1,
                Class::Control if start >= self.bytes.len() => return self.end_of_input(),
                Class::Control => {
                    let character = char::from(byte);
                    return self.fail(LexErrorKind::NonPrintableCharacter { character }, start, start + 1);
                }
            }
        }
    }

    /// The byte at `at`, zero beyond the end.
    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Appends the token `start..end` and moves behind it.
    #[inline(always)]
    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.pos = end;
        if self.tokens.is_full() {
            self.grow();
        }
        self.tokens.push(kind, Span::new(start as u32, end as u32));
    }

    /// Makes room for the tokens of the rest of the text, if they are as dense as those so far.
    #[cold]
    fn grow(&mut self) {
        let (done, left) = (self.pos.max(1), self.bytes.len().saturating_sub(self.pos));
        let expected = (self.tokens.len() as u64 * left as u64 / done as u64) as usize;
        self.tokens.reserve(expected + expected / 16 + 16);
    }

    /// Start of the line that the byte at `at` is on.
    fn line_start(&self, at: usize) -> usize {
        memchr::memrchr(b'\n', &self.bytes[..at.min(self.bytes.len())]).map_or(0, |newline| newline + 1)
    }

    /// Number of the line, from 1, on which the byte before `cursor` is.
    fn line_before(&self, cursor: usize) -> u32 {
        let before = cursor.min(self.bytes.len()).saturating_sub(1);
        memchr::memchr_iter(b'\n', &self.bytes[..before]).count() as u32 + 1
    }

    /// Records an error of the token that starts at `start`, noticed at `cursor`, and reported on the
    /// line of the byte before it.
    #[cold]
    fn fail(&mut self, kind: LexErrorKind, start: usize, cursor: usize) -> Flow {
        let line_start = self.line_start(cursor.saturating_sub(1));
        self.fail_on_line(kind, start, cursor, line_start)
    }

    /// Records an error that is reported on the line that starts at `line_start`.
    #[cold]
    fn fail_on_line(&mut self, kind: LexErrorKind, start: usize, cursor: usize, line_start: usize) -> Flow {
        let cursor = cursor.min(self.bytes.len());
        let mut end = cursor.max(start);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.error = Some(LexError {
            kind,
            cursor: cursor as u32,
            line_start: line_start as u32,
            buffer_start: self.buffer_start as u32,
            range: None,
            open_bracket: self.level.checked_sub(1).map(|innermost| self.brackets[innermost]),
            at_end: false,
        });
        self.push(TokenKind::Error, start, end);
        Err(Stop)
    }

    /// Notes that the error just recorded was met at the end of the input. What is said of a
    /// replacement field does not count as that: more input would not help.
    #[cold]
    fn fail_at_end(&mut self, failed: Flow) -> Flow {
        if let Some(error) = &mut self.error {
            error.at_end = !matches!(error.kind, LexErrorKind::ExpectedBrace { .. });
        }
        failed
    }

    /// Records a warning about the token that is being scanned.
    #[cold]
    fn warn(&mut self, kind: LexWarningKind, cursor: usize) {
        let token = self.tokens.len() as u32;
        self.warnings.push(LexWarning { kind, cursor: cursor as u32, token });
    }
}
