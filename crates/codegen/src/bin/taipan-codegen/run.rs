//! Compiles the inputs and writes their code.

use crate::args::{Format, Invalidation, Request};
use crate::scopes;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::time::UNIX_EPOCH;
use taipan_ast::artifact::Tree;
use taipan_ast::{Arena, Interner};
use taipan_bytecode_format::{Validation, assembly, dis, pyc};
use taipan_codegen::{CompileError, compile_tree, header, symtable_of};
use taipan_diagnostics::Diagnostic;
use taipan_parser::front::{self, ReadFailure};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Why there is no output for an input.
enum Failure {
    /// It has errors, which are reported.
    Refused,
    /// It is a damaged artifact, or its code has no place in a `.pyc`; what is said of it.
    Artifact(String),
    /// It cannot be read, or its output not written; what is said of it.
    File(String),
}

/// A complaint of the program. If standard error is closed nobody hears it.
pub fn complain(message: &str) {
    say(&format!("taipan-codegen: {message}\n"));
}

fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Compiles all inputs; the code to exit with.
pub fn run(request: &Request) -> u8 {
    let mut code = 0;
    for file in &request.files {
        code = code.max(match one(request, file) {
            Ok(()) => 0,
            Err(Failure::Refused) => 1,
            Err(Failure::Artifact(message)) => {
                complain(&message);
                1
            }
            Err(Failure::File(message)) => {
                complain(&message);
                2
            }
        });
    }
    code
}

fn one(request: &Request, file: &OsStr) -> Result<(), Failure> {
    let shown = file.to_string_lossy();
    let bytes = input(file).map_err(|error| Failure::File(format!("{shown}: {error}")))?;
    let arena = Arena::new();
    let mut interner = Interner::for_source(bytes.len());
    let kind = request.input.unwrap_or_else(|| front::detect(&bytes));
    let name = front::source_name(file);
    let read = front::read(&bytes, kind, name.as_wtf8(), &request.parse, &arena, &mut interner);
    let read = read.map_err(|failure| match failure {
        ReadFailure::Artifact(message) => Failure::Artifact(format!("{shown}: {message}")),
        ReadFailure::Refused { diagnostic, source_name, warnings, source } => {
            let name = source_name.as_wtf8();
            warn(&warnings, source.as_deref(), name, request.json_errors);
            report(&diagnostic, name, request.json_errors);
            Failure::Refused
        }
    })?;
    let mut tree = read.tree;
    tree.info.source_name = remapped(&tree.info.source_name, &request.remap);
    let out = if request.symtable {
        scopes(request, &tree, &mut interner)?
    } else {
        code(request, file, &tree, read.warnings, &arena, &mut interner)?
    };
    write(request, &out).map_err(|error| match error.kind() {
        // whoever read it has seen enough
        io::ErrorKind::BrokenPipe => Failure::Refused,
        _ => Failure::File(format!("cannot write: {error}")),
    })
}

/// The bytes of a file, or of standard input.
fn input(file: &OsStr) -> io::Result<Vec<u8>> {
    if file != "-" {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write(request: &Request, out: &[u8]) -> io::Result<()> {
    match &request.output {
        Some(file) if file != "-" => std::fs::write(file, out),
        _ => {
            let mut stdout = io::stdout().lock();
            stdout.write_all(out)?;
            stdout.flush()
        }
    }
}

/// The name with the first of the beginnings that it has replaced.
fn remapped(name: &Wtf8Buf, remap: &[(String, String)]) -> Wtf8Buf {
    let bytes = name.as_wtf8().as_bytes();
    for (from, to) in remap {
        if let Some(Ok(rest)) = bytes.strip_prefix(from.as_bytes()).map(Wtf8::from_bytes) {
            let mut out = Wtf8Buf::new();
            out.push_str(to);
            out.push_wtf8(rest);
            return out;
        }
    }
    name.clone()
}

fn scopes(request: &Request, tree: &Tree<'_>, interner: &mut Interner) -> Result<Vec<u8>, Failure> {
    let table = symtable_of(&tree.module, interner, request.compile);
    let table = table.map_err(|error| refuse(&error, tree, request.json_errors))?;
    let lines = tree.info.line_index();
    Ok(match request.format {
        Format::Json => format!("{}\n", scopes::json(&table, interner, &lines)).into_bytes(),
        _ => scopes::text(&table, interner, &lines).into_bytes(),
    })
}

fn code<'a>(
    request: &Request,
    file: &OsStr,
    tree: &Tree<'a>,
    mut warnings: Vec<(u32, String)>,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Vec<u8>, Failure> {
    let mut own = Vec::new();
    let code = compile_tree(tree, request.compile, arena, interner, &mut own);
    // those of the front end come first
    let lines = tree.info.line_index();
    warnings.extend(own.iter().map(|own| (lines.line(own.span.start), own.kind.to_string())));
    let source = tree.info.source.as_deref();
    warn(&warnings, source, tree.info.source_name.as_wtf8(), request.json_errors);
    let code = code.map_err(|error| refuse(&error, tree, request.json_errors))?;
    let unwritable = |error: &dyn std::fmt::Display| Failure::Artifact(error.to_string());
    Ok(match request.format {
        Format::Text => assembly::write(&code).map_err(|error| unwritable(&error))?.into_bytes(),
        Format::Json => format!("{}\n", dis::json(&code)).into_bytes(),
        Format::Bin => {
            let validation = validation(request, file, tree)?;
            let header = header(&tree.info, request.compile);
            pyc::write(&code, &header, validation).map_err(|error| unwritable(&error))?
        }
    })
}

fn validation(request: &Request, file: &OsStr, tree: &Tree<'_>) -> Result<Validation, Failure> {
    let checked = match request.invalidation {
        Invalidation::UncheckedHash => false,
        Invalidation::CheckedHash => true,
        Invalidation::Timestamp => {
            let found = std::fs::metadata(file).and_then(|data| Ok((data.modified()?, data.len())));
            let (modified, size) =
                found.map_err(|error| Failure::File(format!("{}: {error}", file.to_string_lossy())))?;
            let mtime = modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            // PEP 552 has both modulo 2^32
            return Ok(Validation::Timestamp { mtime: mtime as u32, size: size as u32 });
        }
    };
    Ok(Validation::Hash { hash: tree.info.source_hash.pyc(), checked })
}

// -- diagnostics -------------------------------------------------------------------------------

fn report(diagnostic: &Diagnostic, name: Wtf8<'_>, as_json: bool) {
    say(&front::error_text(diagnostic, name, as_json));
}

/// Reports an error with its line, if the source is at hand.
fn refuse(error: &CompileError, tree: &Tree<'_>, as_json: bool) -> Failure {
    let lines = tree.info.line_index();
    let mut diagnostic = error.diagnostic(&lines);
    if let (Some(location), Some(source)) = (&mut diagnostic.location, &tree.info.source) {
        let span = lines.line_span(lines.line(error.span.start), source.len() as u32);
        location.text = source.get(span.range()).map(str::to_owned);
    }
    report(&diagnostic, tree.info.source_name.as_wtf8(), as_json);
    Failure::Refused
}

fn warn(warnings: &[(u32, String)], source: Option<&str>, name: Wtf8<'_>, as_json: bool) {
    say(&front::warnings_text(warnings, source, name, as_json));
}
