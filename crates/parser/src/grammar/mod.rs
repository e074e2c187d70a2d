//! The parser of valid input. It accepts what CPython 3.14's `ast.parse` accepts and refuses anything
//! else without saying why; `diagnose/` does that.
//!
//! Every function parses one production of the grammar, leaves the cursor behind it and returns the
//! node by value. Sequences are gathered on the stacks in `scratch.rs` and then copied into the arena.
//! Start with `statement.rs` and `operator.rs`.
//! Invariant: the native stack grows only with brackets, blocks, replacement fields and lambda
//! defaults, each through [`Parser::nested`]; chains of operators grow `Scratch::pending`.

mod assignment;
mod atom;
mod call;
mod class;
mod compound;
mod comprehension;
mod cursor;
mod display;
mod exception;
mod expression;
mod fstring;
mod function;
mod import;
mod lambda;
mod matching;
mod mode;
mod names;
mod operator;
mod parameter;
mod pattern;
mod primary;
mod scratch;
mod simple;
mod statement;
mod string;
mod subscript;
mod target;
mod type_comment;
mod type_param;
mod with;

use crate::{ParseOptions, Warning};
use names::Names;
use scratch::Scratch;
use taipan_ast::{Arena, Interner, Mod};
use taipan_lexer::{TokenBuffer, TokenKind};
use taipan_span::Span;

/// The input is not valid Python.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refused;

type Parse<T> = Result<T, Refused>;

/// The result of [`parse_module`].
pub(crate) struct Tree<'a> {
    /// The root.
    pub(crate) module: Mod<'a>,
    /// Warnings in the order of the source.
    pub(crate) warnings: Vec<Warning>,
    /// The deepest nesting met: levels of brackets, blocks and operator chains together.
    pub(crate) depth: u32,
}

/// Parses the tokens of `source` in the mode that `options` name. Of an input that is refused the warnings
/// are given that come before.
pub(crate) fn parse_module<'a>(
    source: &str,
    tokens: &TokenBuffer,
    options: &ParseOptions,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, Vec<Warning>> {
    let mut ignores = Vec::new();
    let filtered;
    let tokens = if options.type_comments {
        filtered = type_comment::without_ignores(tokens, &mut ignores);
        &filtered
    } else {
        tokens
    };
    let mut parser = Parser::new(source, tokens, options, arena, interner);
    match parser.start_symbol(options.mode, &ignores) {
        Ok(module) => Ok(Tree { module, warnings: parser.warnings, depth: parser.deepest }),
        Err(Refused) => Err(parser.warnings),
    }
}

struct Parser<'a, 's> {
    kinds: &'s [TokenKind],
    spans: &'s [Span],
    /// Index of the current token.
    at: usize,
    /// Its kind.
    kind: TokenKind,
    /// End of the last token consumed, newlines and indentation aside.
    prev_end: u32,
    source: &'s str,
    arena: &'a Arena,
    interner: &'s mut Interner,
    names: Names,
    scratch: Scratch<'a>,
    nesting: u32,
    deepest: u32,
    feature_version: u8,
    barry_as_flufl: bool,
    /// Digits that a decimal integer may have.
    max_decimal_digits: usize,
    warnings: Vec<Warning>,
}

impl<'a, 's> Parser<'a, 's> {
    fn new(
        source: &'s str,
        tokens: &'s TokenBuffer,
        options: &ParseOptions,
        arena: &'a Arena,
        interner: &'s mut Interner,
    ) -> Self {
        Parser {
            kinds: tokens.kinds(),
            spans: tokens.spans(),
            at: 0,
            kind: tokens.kinds().first().copied().unwrap_or(TokenKind::EndMarker),
            prev_end: 0,
            source,
            arena,
            interner,
            names: Names::for_tokens(tokens.len()),
            // the first growth of an empty stack is to four nodes: too many for the smallest sources
            scratch: Scratch {
                exprs: Vec::with_capacity(1),
                stmts: Vec::with_capacity(1),
                ..Scratch::default()
            },
            nesting: 0,
            deepest: 0,
            feature_version: options.feature_version,
            barry_as_flufl: options.barry_as_flufl,
            max_decimal_digits: options.max_decimal_digits,
            warnings: Vec::new(),
        }
    }

    /// Refuses syntax that is newer than the version asked for.
    fn since(&self, minor: u8) -> Parse<()> {
        if self.feature_version >= minor { Ok(()) } else { Err(Refused) }
    }
}
