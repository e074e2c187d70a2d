//! The way through the stage: what is done to a tree before its code is generated, and the result.

use crate::emit::{Generator, Settings};
use crate::symtable::{Symtable, SymtableOptions};
use crate::warning::CompileWarning;
use crate::{CompileError, future, leaving};
use taipan_artifact::{Encoder, Header, PRODUCER};
use taipan_ast::artifact::{Tree, TreeInfo};
use taipan_ast::preprocess::preprocess;
use taipan_ast::{Arena, Interner, Mod};
use taipan_bytecode_format::{Code, CodeFlags};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8;

/// How to compile.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CompileOptions {
    /// 0 to 2: from 1 on without `assert` and with `__debug__` false, at 2 without docstrings.
    pub optimize: u8,
    /// Future features in force beside those that the tree imports, as bits of `co_flags`.
    pub future: u32,
    /// `await` may stand at the top (`PyCF_ALLOW_TOP_LEVEL_AWAIT`).
    pub top_level_await: bool,
}

/// What compiling yields.
#[derive(Debug)]
pub struct Compiled {
    /// The code of the module.
    pub code: Code,
    /// Warnings in the order in which CPython issues them.
    pub warnings: Vec<CompileWarning>,
}

/// Compiles a tree whose ranges `lines` turns into lines and columns.
///
/// # Errors
/// The first syntax error that CPython finds in a tree.
pub fn compile<'a>(
    module: Mod<'a>,
    lines: &LineIndex,
    filename: Wtf8<'_>,
    options: CompileOptions,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Compiled, Box<CompileError>> {
    let mut warnings = leaving::warnings(&module);
    let module = preprocess(module, options.optimize, interner, arena);
    let features = features_of(&module, interner, options);
    let table = symtable_of(&module, interner, options)?;
    let settings = Settings {
        filename,
        optimize: options.optimize,
        future: features,
        top_level_await: options.top_level_await,
    };
    let (code, own) = Generator::new(table, interner, lines, settings).module(module)?;
    warnings.extend(own);
    Ok(Compiled { code, warnings })
}

fn features_of(module: &Mod<'_>, interner: &Interner, options: CompileOptions) -> u32 {
    future::features(module, interner) | options.future & CodeFlags::FUTURE_FEATURES
}

/// The symbol table that compiling starts from.
///
/// # Errors
/// The first syntax error that scopes can tell.
pub fn symtable_of(
    module: &Mod<'_>,
    interner: &mut Interner,
    options: CompileOptions,
) -> Result<Symtable, Box<CompileError>> {
    let features = features_of(module, interner, options);
    let options = SymtableOptions {
        future_annotations: features & CodeFlags::FUTURE_ANNOTATIONS != 0,
        top_level_await: options.top_level_await,
    };
    Symtable::build(module, interner, options)
}

/// Compiles a tree under its own name and lines.
///
/// # Errors
/// As [`compile`].
pub fn compile_tree<'a>(
    tree: &Tree<'a>,
    options: CompileOptions,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Compiled, Box<CompileError>> {
    let name = tree.info.source_name.as_wtf8();
    compile(tree.module, &tree.info.line_index(), name, options, arena, interner)
}

/// What the artifact of a tree's code says of where it comes from.
pub fn header(info: &TreeInfo, options: CompileOptions) -> Header {
    let mut encoder = Encoder::new();
    encoder.u8(options.optimize);
    encoder.u32(options.future);
    encoder.bool(options.top_level_await);
    Header {
        producer: PRODUCER,
        options: encoder.into_bytes(),
        source_name: info.source_name.clone(),
        source_hash: info.source_hash,
    }
}
