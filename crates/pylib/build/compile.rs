//! The front end, run over the library.

use crate::Module;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_artifact::{Header, Limits, PRODUCER, SourceHash};
use taipan_ast::Interner;
use taipan_bytecode_format::{Code, Verified, artifact};
use taipan_codegen::CompileOptions;
use taipan_lexer::{LexOptions, Source, lex};
use taipan_parser::{Mode, ParseOptions, arena_for, parse};
use taipan_span::LineIndex;
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Native stack of a thread that compiles.
const STACK: usize = 64 << 20;

/// Compiles every module.
pub fn all(modules: &mut [Module]) -> Result<(), String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let made = std::thread::scope(|scope| {
        let (modules, next) = (&*modules, &next);
        let work = move || {
            let mut made = Vec::new();
            while let Some((at, module)) = take(modules, next) {
                made.push((at, one(module)));
            }
            made
        };
        let start = |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let handles: Result<Vec<_>, _> = (0..threads).map(start).collect();
        let handles = handles.map_err(|error| error.to_string())?;
        let ended = handles.into_iter().map(|handle| handle.join());
        ended.collect::<Result<Vec<_>, _>>().map_err(|_| "a thread that compiles has panicked".to_owned())
    })?;
    for (at, code) in made.into_iter().flatten() {
        if let Some(module) = modules.get_mut(at) {
            (module.code, module.index) = code?;
        }
    }
    Ok(())
}

fn take<'m>(modules: &'m [Module], next: &AtomicUsize) -> Option<(usize, &'m Module)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    modules.get(at).map(|module| (at, module))
}

/// The artifact of a module, verified, and its index.
fn one(module: &Module) -> Result<(Vec<u8>, Vec<u8>), String> {
    let filename = format!("<frozen {}>", module.name);
    let code = compile(&module.source, &filename).map_err(|error| format!("{}: {error}", module.file))?;
    let code = Verified::new_tree(Arc::new(code)).map_err(|error| format!("{}: {error}", module.file))?;
    let mut source_name = Wtf8Buf::new();
    source_name.push_wtf8(Wtf8::from_str(&filename));
    let header = Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name,
        source_hash: SourceHash::of(&module.source),
    };
    let bytes = artifact::encode_code(&code, &header).map_err(|error| format!("{}: {error}", module.file))?;
    let index =
        artifact::index(&bytes, Limits::default()).map_err(|error| format!("{}: {error}", module.file))?;
    Ok((bytes, index))
}

fn compile(bytes: &[u8], filename: &str) -> Result<Code, String> {
    let mode = Mode::Exec;
    let source = Source::from_bytes(bytes, mode).map_err(|error| error.diagnostic().message)?;
    let lexed = lex(&source, &LexOptions::default());
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(source.text().len());
    let options = ParseOptions { mode, ..ParseOptions::default() };
    let lines = LineIndex::new(source.text().as_bytes());
    let parsed =
        parse(&source, &lexed, &options, &arena, &mut interner).map_err(|error| error.message.clone())?;
    let (options, mut warnings) = (CompileOptions::default(), Vec::new());
    let name = Wtf8::from_str(filename);
    taipan_codegen::compile(parsed.module, &lines, name, options, &arena, &mut interner, &mut warnings)
        .map_err(|error| error.diagnostic(&lines).message)
}
