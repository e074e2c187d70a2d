//! Tokens to AST. `grammar/` is the parser: recursive descent with precedence climbing, which builds
//! the tree of valid input and merely refuses the rest. `diagnose/` then says what is wrong with it.
//! Both read literals through `literals/`.
#![forbid(unsafe_code)]

mod arena;
mod diagnose;
pub mod errors;
pub mod front;
mod future;
mod grammar;
pub mod literals;
mod options;
mod single;
mod warning;

pub use arena::arena_for;
pub use options::{Mode, ParseOptions};
pub use warning::{InvalidEscape, Warning};

use taipan_ast::preprocess::preprocess;
use taipan_ast::{Arena, Interner, Mod};
use taipan_diagnostics::Diagnostic;
use taipan_lexer::{Lexed, Source};

/// What parsing a valid input yields.
pub struct Parsed<'a> {
    /// The tree.
    pub module: Mod<'a>,
    /// Warnings in the order of the source.
    pub warnings: Vec<Warning>,
    /// An upper bound of how deep the input nests.
    pub depth: u32,
}

/// Whether the two parts of the parser agree about an input: what one accepts the other does. Tests hold
/// them to it; where they did not, [`parse`] would still answer, with a plain error.
pub fn parts_agree(source: &Source<'_>, lexed: &Lexed, options: &ParseOptions) -> bool {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let parsed = grammar::parse_module(source.text(), &lexed.tokens, options, &arena, &mut interner);
    match diagnose::diagnose(source, lexed, options) {
        None => parsed.is_ok(),
        // what only the whole input or its nesting tells is not for the grammar to refuse
        Some(diagnostic) => parsed.is_err() || options.mode == Mode::Single || diagnostic.location.is_none(),
    }
}

/// The depth from which on an input that parses is checked against CPython's limit of nested rules:
/// no input less deep comes near it.
const DEEP: u32 = 700;

/// Parses the tokens `lexed` of `source`.
///
/// # Errors
/// What CPython's `ast.parse` raises for the input.
pub fn parse<'a>(
    source: &Source<'_>,
    lexed: &Lexed,
    options: &ParseOptions,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Parsed<'a>, Diagnostic> {
    match grammar::parse_module(source.text(), &lexed.tokens, options, arena, interner) {
        Ok(tree) => {
            if (tree.depth > DEEP || options.mode == Mode::Single)
                && let Some(diagnostic) = diagnose::diagnose(source, lexed, options)
            {
                return Err(diagnostic);
            }
            match future::check(&tree.module, interner, source.text()) {
                Some(diagnostic) => Err(diagnostic),
                None => {
                    let module = match u8::try_from(options.optimize) {
                        Ok(level @ 1..) => preprocess(tree.module, level, interner, arena),
                        _ => tree.module,
                    };
                    Ok(Parsed { module, warnings: tree.warnings, depth: tree.depth })
                }
            }
        }
        Err(grammar::Refused) => Err(diagnose::diagnose(source, lexed, options)
            .unwrap_or_else(|| diagnose::plain(source, lexed, options))),
    }
}
