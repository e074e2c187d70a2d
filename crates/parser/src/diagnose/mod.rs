//! What is wrong with a source that the parser refused, in CPython's words and at CPython's place.
//!
//! CPython's messages are those of a backtracking parser (PEP 617) that runs twice: once to see that
//! the input does not match, and once more with rules added that match known mistakes. Which mistake
//! is reported first, and where a plain "invalid syntax" points, depends on the order in which its
//! rules look at the input. So this folder does the same over the same tokens: it builds no tree, it
//! only recognises, and it runs only after the parser in `grammar/` has refused.
//!
//! Start reading at [`diagnose`], then `engine.rs` and `raise.rs`; all other files hold rules, one area
//! of the grammar each, a rule for mistakes beside the rule that it helps.
//! Invariant: the rules without the `invalid_*` ones accept exactly what `grammar/` accepts.

mod calls;
mod compound;
mod comprehensions;
mod definitions;
mod displays;
mod end;
mod engine;
mod expressions;
mod handlers;
mod imports;
mod literal;
mod loops;
mod mistakes;
mod operators;
mod parameters;
mod patterns;
mod primaries;
mod raise;
mod statements;
mod strings;
mod targets;
mod templates;
mod type_params;

use crate::ParseOptions;
use crate::errors::SyntaxErrorKind as Error;
use engine::Peg;
use raise::Raised;
use taipan_diagnostics::{Diagnostic, ErrorClass};
use taipan_lexer::{Lexed, Mode, Source, TokenKind};
use taipan_span::LineIndex;

/// What is wrong with the input, or `None` if nothing is.
pub(crate) fn diagnose(source: &Source<'_>, lexed: &Lexed, options: &ParseOptions) -> Option<Diagnostic> {
    let lines = LineIndex::new(source.text().as_bytes());
    let order: Vec<u32> = (0u32..)
        .zip(lexed.tokens.kinds())
        .filter(|(_, kind)| **kind != TokenKind::TypeIgnore)
        .map(|(index, _)| index)
        .collect();
    let mut peg = Peg::new(source, lexed, &lines, options, &order);
    if peg.start(options.mode).is_some() {
        return check_single_statement(&mut peg);
    }
    if options.allow_incomplete_input && peg.has_met_end() {
        peg.raised = None;
        peg.raise_class(ErrorClass::IncompleteInput, Error::IncompleteInput);
        return finish(peg);
    }
    if peg.raised.as_ref().is_some_and(|raised| raised.diagnostic.location.is_none()) {
        return finish(peg);
    }
    let last_of_first_pass = peg.fill.saturating_sub(1);
    if peg.raised.is_none() {
        peg.rewind_for_error_pass();
        peg.start(options.mode);
    }
    peg.settle(last_of_first_pass);
    finish(peg)
}

fn finish(peg: Peg<'_>) -> Option<Diagnostic> {
    peg.raised.map(|raised| raised.diagnostic)
}

/// In single mode the input must hold one statement, and after it only blanks and comments.
fn check_single_statement(peg: &mut Peg<'_>) -> Option<Diagnostic> {
    if peg.options.mode != Mode::Single {
        return None;
    }
    let read = peg.span_at(peg.fill.saturating_sub(1)).end as usize;
    if !crate::single::has_more_statements(peg.source.text().get(read..).unwrap_or("")) {
        return None;
    }
    peg.raise(Error::MultipleStatements);
    peg.raised.take().map(|raised| raised.diagnostic)
}

impl Peg<'_> {
    /// What the error passes left: an error that stands, or the plain one at the last token of the
    /// first pass; either yields to a lexical error further on, the former only if the tokenizer has
    /// not met the end of the input yet.
    fn settle(&mut self, last_of_first_pass: u32) {
        match &self.raised {
            Some(raised) => {
                if !raised.lexical && raised.diagnostic.location.is_some() && !self.has_met_end() {
                    self.prefer_lexical_error();
                }
            }
            None => match self.kind_at(last_of_first_pass) {
                TokenKind::Indent => {
                    self.raise_indentation(Error::UnexpectedIndent);
                }
                TokenKind::Dedent => {
                    self.raise_indentation(Error::UnexpectedUnindent);
                }
                _ => {
                    let place = self.place_of_token(last_of_first_pass);
                    self.raise_place(ErrorClass::Syntax, place, Error::InvalidSyntax);
                    self.prefer_lexical_error();
                }
            },
        }
    }

    /// A lexical error in what was not read yet replaces the error raised, unless it lies inside an f-
    /// or t-string. If it is one that CPython's tokenizer leaves to the parser to raise, an open bracket
    /// takes its place, and only one opened on an earlier line than the last token read.
    fn prefer_lexical_error(&mut self) {
        let Some(error) = &self.lexed.error else { return };
        let last_read = self.fill.saturating_sub(1);
        if self.kind_at(last_read) == TokenKind::Error || self.ends_inside_template() {
            return;
        }
        let diagnostic = if error.kind.is_raised_at_once() {
            error.diagnostic(self.source)
        } else {
            let Some(unclosed) = error.unclosed_bracket(self.source) else { return };
            let opened = unclosed.location.as_ref().map_or(0, |location| location.lineno);
            if self.place_of_token(last_read).line <= opened {
                return;
            }
            unclosed
        };
        self.raised = Some(Raised { diagnostic, lexical: true });
    }

    /// Whether the tokens end inside an f- or t-string.
    fn ends_inside_template(&self) -> bool {
        let mut open = 0usize;
        for kind in self.lexed.tokens.kinds() {
            match kind {
                TokenKind::FStringStart | TokenKind::TStringStart => open += 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => open = open.saturating_sub(1),
                _ => {}
            }
        }
        open > 0
    }
}

/// The plain error at the first token, for input that the rules here accept and the parser does not.
/// The two agree, so this is never asked for; it stands in place of a panic.
pub(crate) fn plain(source: &Source<'_>, lexed: &Lexed, options: &ParseOptions) -> Diagnostic {
    let lines = LineIndex::new(source.text().as_bytes());
    let peg = Peg::new(source, lexed, &lines, options, &[0]);
    let location = Some(peg.location(peg.place_of_token(0)));
    Diagnostic { class: ErrorClass::Syntax, message: Error::InvalidSyntax.to_string(), location }
}
