//! Tokens to AST. `grammar/` is the parser: recursive descent with precedence climbing, which builds
//! the tree of valid input and merely refuses the rest. `diagnose/` then says what is wrong with it.
//! Both read literals through `literals/`.
#![forbid(unsafe_code)]

mod arena;
mod diagnose;
mod grammar;
pub mod literals;
mod options;
mod warning;

pub use arena::arena_for;
pub use options::{Mode, ParseOptions};
pub use warning::{InvalidEscape, Warning};

use taipan_ast::{Arena, Interner, Mod};
use taipan_diagnostics::Diagnostic;
use taipan_lexer::TokenBuffer;

/// What parsing a valid input yields.
pub struct Parsed<'a> {
    /// The tree.
    pub module: Mod<'a>,
    /// Warnings in the order of the source.
    pub warnings: Vec<Warning>,
    /// An upper bound of how deep the input nests.
    pub depth: u32,
}

/// Parses `tokens`, which must be those of `source`.
///
/// # Errors
/// What CPython's `ast.parse` raises for the input.
pub fn parse<'a>(
    source: &str,
    tokens: &TokenBuffer,
    options: &ParseOptions,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Parsed<'a>, Diagnostic> {
    match grammar::parse_module(source, tokens, options, arena, interner) {
        Ok(tree) => Ok(Parsed { module: tree.module, warnings: tree.warnings, depth: tree.depth }),
        Err(grammar::Refused) => Err(diagnose::diagnose()),
    }
}
