//! Parses the inputs and writes their trees.

use crate::args::{Format, Request};
use crate::report;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use taipan_artifact::{Artifact, Kind, Limits, SectionId};
use taipan_ast::artifact::{Form, Tree};
use taipan_ast::dump::{DumpOptions, dump_to};
use taipan_ast::{Arena, Interner};
use taipan_parser::front::{self, ReadFailure};

/// Why there is no output for an input.
pub enum Failure {
    /// It has errors, which are reported.
    Refused,
    /// It is a damaged artifact, or one that lacks a section; what is said of it.
    Artifact(String),
    /// It cannot be read, or its output not written; what is said of it.
    File(String),
}

/// Parses all inputs; the code to exit with.
pub fn run(request: &Request) -> u8 {
    let mut code = 0;
    for file in &request.files {
        code = code.max(match one(request, file) {
            Ok(()) => 0,
            Err(Failure::Refused) => 1,
            Err(Failure::Artifact(message)) => {
                report::complain(&message);
                1
            }
            Err(Failure::File(message)) => {
                report::complain(&message);
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
    let read = front::read(&bytes, kind, name.as_wtf8(), &request.options, &arena, &mut interner);
    let read = read.map_err(|failure| match failure {
        ReadFailure::Artifact(message) => Failure::Artifact(format!("{shown}: {message}")),
        ReadFailure::Refused { diagnostic, source_name } => {
            report::error(&diagnostic, source_name.as_wtf8(), request.json_errors);
            Failure::Refused
        }
    })?;
    report::warnings(&read, request.json_errors);
    write(request, &read.tree, &interner).map_err(|error| match error.kind() {
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

/// Leaves out the sections that are not wanted.
fn strip(request: &Request, bytes: Vec<u8>) -> Vec<u8> {
    if !request.strip_source && !request.strip_positions {
        return bytes;
    }
    let wanted = |id: SectionId| match id {
        SectionId::SOURCE => !request.strip_source,
        SectionId::POSITIONS => !request.strip_positions,
        _ => true,
    };
    match Artifact::read(&bytes, Kind::Tree, Limits { bytes: u64::MAX, ..Limits::default() }) {
        Ok(artifact) => artifact.strip(wanted),
        Err(_) => bytes,
    }
}

fn write(request: &Request, tree: &Tree<'_>, interner: &Interner) -> io::Result<()> {
    match &request.output {
        Some(file) if file != "-" => render(request, tree, interner, &mut std::fs::File::create(file)?),
        _ => {
            let mut stdout = io::stdout().lock();
            render(request, tree, interner, &mut stdout)?;
            stdout.flush()
        }
    }
}

fn render(request: &Request, tree: &Tree<'_>, interner: &Interner, out: &mut impl Write) -> io::Result<()> {
    match request.format {
        Format::Bin => out.write_all(&strip(request, tree.write(Form::Binary, interner))),
        Format::Text => out.write_all(&tree.write(Form::Text, interner)),
        Format::Json => out.write_all(&tree.write(Form::Json, interner)),
        Format::Dump => {
            let options =
                DumpOptions { include_attributes: true, indent: Some(" "), ..DumpOptions::default() };
            let lines = tree.info.line_index();
            dump_to(&tree.module, interner, &lines, &options, |piece| out.write_all(piece.as_bytes()))?;
            out.write_all(b"\n")
        }
    }
}
