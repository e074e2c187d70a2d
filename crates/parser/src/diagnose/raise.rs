//! Raising: from a token or an item to the numbers that CPython puts on the exception. They depend on
//! where CPython's tokenizer stands at that moment, which is just after the last token read.

use super::engine::{Item, Kind, Match, Peg};
use crate::errors::SyntaxErrorKind;
use taipan_diagnostics::{Diagnostic, ErrorClass, Location};
use taipan_lexer::{LexErrorKind, TokenKind};

/// An error that ended a pass.
pub(super) struct Raised {
    /// What is reported.
    pub(super) diagnostic: Diagnostic,
    /// Whether it came from the lexer.
    pub(super) lexical: bool,
}

impl Raised {
    /// The rules nest too deep.
    pub(super) fn stack_overflow() -> Self {
        let message = SyntaxErrorKind::StackOverflow.to_string();
        Raised {
            diagnostic: Diagnostic { class: ErrorClass::Memory, message, location: None },
            lexical: false,
        }
    }
}

/// A token's place as CPython records it: lines from 1, columns in bytes, -1 where it has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) line: i64,
    pub(super) column: i64,
    pub(super) end_line: i64,
    pub(super) end_column: i64,
}

/// Where the tokenizer stands.
#[derive(Clone, Copy)]
struct Cursor {
    line: i64,
    column: i64,
    /// Start of the text that the tokenizer holds, and its end.
    buffer: (u32, u32),
}

impl Peg<'_> {
    /// The span of a token of the filtered order.
    pub(super) fn span_at(&self, index: u32) -> taipan_span::Span {
        let last = self.order.last().copied().unwrap_or(0);
        let at = self.order.get(index as usize).copied().unwrap_or(last) as usize;
        if at < self.lexed.tokens.len() { self.lexed.tokens.span(at) } else { taipan_span::Span::default() }
    }

    /// Where CPython puts a token.
    pub(super) fn place_of_token(&self, index: u32) -> Place {
        let kind = self.kind_at(index);
        let span = self.span_at(index);
        if matches!(kind, TokenKind::EndMarker | TokenKind::Indent | TokenKind::Dedent | TokenKind::Error) {
            let cursor = self.cursor_after(index);
            return Place { line: cursor.line, column: -1, end_line: cursor.line, end_column: -1 };
        }
        // the newline itself counts, and the second of two braces that stand for one; the one that ends an interactive input stands nowhere
        let newline = kind == TokenKind::Newline;
        if newline && span.end as usize >= self.source.text().len() {
            let line = self.cursor_after(index).line;
            return Place { line, column: -1, end_line: line, end_column: -1 };
        }
        let (start, end) = (self.lines.locate(span.start), self.lines.locate(span.end));
        Place {
            line: start.line.into(),
            column: start.column.into(),
            end_line: end.line.into(),
            end_column: i64::from(end.column) + i64::from(newline || self.is_before_second_brace(index)),
        }
    }

    /// Whether the text of an f- or t-string ends with the first of two braces that stand for one. The
    /// second is part of no token.
    fn is_before_second_brace(&self, index: u32) -> bool {
        let end = self.span_at(index).end;
        matches!(self.kind_at(index), TokenKind::FStringMiddle | TokenKind::TStringMiddle)
            && self.text_at(index).ends_with(['{', '}'])
            && self.span_at(index + 1).start > end
    }

    /// Where CPython puts an item.
    pub(super) fn place(&self, item: Item) -> Place {
        let first = self.place_of_token(item.first);
        let last = self.place_of_token(item.last.max(item.first));
        Place { end_line: last.end_line, end_column: last.end_column, ..first }
    }

    /// Where the tokenizer stands after it has read token `index`.
    fn cursor_after(&self, index: u32) -> Cursor {
        let span = self.span_at(index);
        let text = self.source.text();
        let len = text.len() as u32;
        // at the end of the input the tokenizer stays on the last line that has text
        let at_end = span.end >= len && text.ends_with('\n');
        if text.is_empty() {
            return Cursor { line: 0, column: 0, buffer: (0, 0) };
        }
        if let (TokenKind::Error, Some(error)) = (self.kind_at(index), &self.lexed.error) {
            let line = self.lines.line(error.line_start);
            // the lines of a literal are held until it is complete
            let end = match error.kind {
                LexErrorKind::UnterminatedTripleQuoted { .. }
                | LexErrorKind::UnterminatedFString { triple_quoted: true, .. } => len,
                _ => self.lines.line_span(line, len).end,
            };
            return Cursor {
                line: line.into(),
                column: i64::from(error.cursor.saturating_sub(error.line_start)),
                buffer: (error.line_start, end),
            };
        }
        let line = self.lines.line(if at_end { len.saturating_sub(1) } else { span.end });
        let line_start = self.lines.line_start(line);
        let newline = self.kind_at(index) == TokenKind::Newline && span.end < len;
        let first_line = match self.kind_at(index) {
            TokenKind::String => self.lines.line(span.start),
            _ => line,
        };
        Cursor {
            line: line.into(),
            column: i64::from(if at_end { len } else { span.end } - line_start) + i64::from(newline),
            buffer: (self.lines.line_start(first_line), self.lines.line_span(line, len).end),
        }
    }

    fn cursor(&self) -> Cursor {
        self.cursor_after(self.fill.saturating_sub(1))
    }

    // -- the forms of raising ------------------------------------------------------------------

    /// Raises at the last token read.
    pub(super) fn raise(&mut self, kind: SyntaxErrorKind) -> Match {
        self.raise_at_token(ErrorClass::Syntax, self.fill.saturating_sub(1), kind)
    }

    /// Raises an `IndentationError` at the last token read.
    pub(super) fn raise_indentation(&mut self, kind: SyntaxErrorKind) -> Match {
        self.raise_at_token(ErrorClass::Indentation, self.fill.saturating_sub(1), kind)
    }

    /// Raises at the next token.
    pub(super) fn raise_on_next_token(&mut self, kind: SyntaxErrorKind) -> Match {
        self.peek()?;
        self.raise_at_token(ErrorClass::Syntax, self.mark, kind)
    }

    /// Raises an exception of another class at the last token read.
    pub(super) fn raise_class(&mut self, class: ErrorClass, kind: SyntaxErrorKind) -> Match {
        self.raise_at_token(class, self.fill.saturating_sub(1), kind)
    }

    /// Raises an exception that is no syntax error and has no place.
    pub(super) fn raise_bare(&mut self, class: ErrorClass, kind: SyntaxErrorKind) -> Match {
        if self.raised.is_none() {
            let diagnostic = Diagnostic { class, message: kind.to_string(), location: None };
            self.raised = Some(Raised { diagnostic, lexical: false });
        }
        None
    }

    /// Raises on a whole item.
    pub(super) fn raise_on(&mut self, item: Item, kind: SyntaxErrorKind) -> Match {
        self.raise_range(item, item, kind)
    }

    /// Raises on everything from one item to another.
    pub(super) fn raise_range(&mut self, from: Item, to: Item, kind: SyntaxErrorKind) -> Match {
        let (start, end) = (self.place(from), self.place(to));
        let place = Place { end_line: end.end_line, end_column: end.end_column, ..start };
        self.raise_place(ErrorClass::Syntax, place, kind)
    }

    /// Raises on everything from an item to where the tokenizer stands.
    pub(super) fn raise_from(&mut self, item: Item, kind: SyntaxErrorKind) -> Match {
        let cursor = self.cursor();
        // the tokenizer's own column is not counted from 1, hence one less than an item's
        let place = Place { end_line: cursor.line, end_column: cursor.column - 1, ..self.place(item) };
        self.raise_place(ErrorClass::Syntax, place, kind)
    }

    fn raise_at_token(&mut self, class: ErrorClass, index: u32, kind: SyntaxErrorKind) -> Match {
        let mut place = self.place_of_token(index);
        if place.column < 0 {
            place.column = self.cursor().column - 1;
        }
        if place.end_column < 0 {
            place.end_column = -2;
        }
        self.raise_place(class, place, kind)
    }

    /// Raises at a place whose columns are counted from 0.
    pub(super) fn raise_place(&mut self, class: ErrorClass, place: Place, kind: SyntaxErrorKind) -> Match {
        if self.raised.is_none() {
            let location = self.location(place);
            let diagnostic = Diagnostic { class, message: kind.to_string(), location: Some(location) };
            self.raised = Some(Raised { diagnostic, lexical: false });
        }
        None
    }

    /// Raises what the lexer found at the token that was just read.
    pub(super) fn raise_lexical_error(&mut self) {
        if self.raised.is_none()
            && let Some(error) = &self.lexed.error
        {
            let diagnostic = error.diagnostic(self.source);
            self.raised = Some(Raised { diagnostic, lexical: true });
        }
    }

    /// The exception's numbers and line for a place with columns from 0 in bytes.
    pub(super) fn location(&self, place: Place) -> Location {
        let text = self.error_line(place.line);
        let characters = |column: i64| match column {
            ..=0 => column,
            _ => characters_before(&text, column),
        };
        Location {
            lineno: place.line,
            offset: characters(place.column + 1),
            end_lineno: place.end_line,
            end_offset: characters(place.end_column + 1),
            text: Some(text),
        }
    }

    /// The line that is shown: what the tokenizer holds if it has come no further, else the source's.
    fn error_line(&self, line: i64) -> String {
        let cursor = self.cursor();
        let text = self.source.text();
        let (start, end) = if cursor.line <= line {
            cursor.buffer
        } else {
            let span = self.lines.line_span(u32::try_from(line).unwrap_or(1), text.len() as u32);
            (span.start, span.end)
        };
        let shown = text.get(start as usize..end as usize).unwrap_or("");
        if cursor.line <= line { shown.to_owned() } else { shown.trim_end_matches('\n').to_owned() }
    }

    /// What CPython calls a target that cannot be assigned to or deleted.
    pub(super) fn expression_name(&self, item: Item) -> &'static str {
        match item.kind {
            Kind::Attribute => "attribute",
            Kind::Subscript => "subscript",
            Kind::Starred => "starred",
            Kind::List => "list",
            Kind::Tuple => "tuple",
            Kind::Lambda => "lambda",
            Kind::Call => "function call",
            Kind::Operation => "expression",
            Kind::GeneratorExp => "generator expression",
            Kind::Yield => "yield expression",
            Kind::Await => "await expression",
            Kind::ListComp => "list comprehension",
            Kind::SetComp => "set comprehension",
            Kind::DictComp => "dict comprehension",
            Kind::Dict => "dict literal",
            Kind::Set => "set display",
            Kind::FString => "f-string expression",
            Kind::TString => "t-string expression",
            Kind::None => "None",
            Kind::True => "True",
            Kind::False => "False",
            Kind::Ellipsis => "ellipsis",
            Kind::Real | Kind::Imaginary | Kind::Str | Kind::Bytes => "literal",
            Kind::Comparison => "comparison",
            Kind::IfExp => "conditional expression",
            Kind::NamedExpr => "named expression",
            _ => "name",
        }
    }
}

/// The number of characters that `bytes` bytes of `text` begin or hold.
fn characters_before(text: &str, bytes: i64) -> i64 {
    let bytes = usize::try_from(bytes).unwrap_or(0).min(text.len() + 1);
    let whole = text.char_indices().take_while(|(at, _)| *at < bytes).count();
    // past the end of the text there is one more column
    (whole + usize::from(bytes > text.len())) as i64
}
