//! The tree to instructions, the first half of the generator.
//!
//! A [`Generator`] walks a tree once. For each scope it has a `unit` in hand, those around it wait on a
//! stack; where a scope ends, `flow` makes a code object of its unit, which becomes a constant of the unit
//! around it. Files follow the grammar: statements by family, expressions by family, patterns.
//! Invariants: what is emitted for a node, and its source ranges, are CPython 3.14's; no walk overflows
//! the native stack, however deep the tree.

mod annotations;
mod assignment;
mod blocks;
mod call;
mod checks;
mod class;
mod comprehension;
mod condition;
mod constants;
mod display;
mod docstring;
mod expression;
mod function;
mod generator;
mod import;
mod inlined;
mod location;
mod loops;
mod names;
mod numbers;
mod pattern;
mod statement;
mod strings;
mod try_star;
mod try_statement;
mod type_params;
mod unit;
mod with_statement;

pub(crate) use generator::{Generator, Settings};

type Result<T = ()> = std::result::Result<T, Box<crate::CompileError>>;

impl Generator<'_, '_> {
    /// Runs a step of a walk with enough native stack for it, whatever the depth of the tree.
    #[inline]
    fn deep<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let enough = !self.depth.is_multiple_of(crate::STACK_LEVELS);
        let done = if enough { step(self) } else { crate::with_stack(|| step(self)) };
        self.depth -= 1;
        done
    }
}

/// The error `kind` at a place.
fn fail<T>(kind: crate::CompileErrorKind, span: taipan_span::Span) -> Result<T> {
    Err(Box::new(crate::CompileError { kind, span }))
}
