//! Parses the inputs and writes their trees.

use crate::args::{Format, Request};
use crate::input::{self, Input};
use crate::report;
use std::ffi::OsStr;
use std::io::{self, Write};
use taipan_artifact::{Artifact, Kind, Limits, SectionId};
use taipan_ast::artifact::{Form, Tree, TreeInfo, TreeOptions};
use taipan_ast::dump::{DumpOptions, dump_to};
use taipan_ast::{Arena, Interner};
use taipan_lexer::artifact::TokenFile;
use taipan_lexer::{LexOptions, Source, lex};
use taipan_parser::{ParseOptions, parse};

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
    let bytes = input::read(file).map_err(|error| Failure::File(format!("{shown}: {error}")))?;
    let arena = Arena::new();
    let mut interner = Interner::for_source(bytes.len());
    let limits = Limits { bytes: u64::MAX, ..Limits::default() };
    let damaged = |error: &dyn std::fmt::Display| Failure::Artifact(format!("{shown}: {error}"));
    let tree = match input::kind(&bytes, request.input) {
        Input::Tree => Tree::read(&bytes, limits, &arena, &mut interner).map_err(|error| damaged(&error))?,
        Input::Tokens => {
            let tokens = TokenFile::read(&bytes, limits).map_err(|error| damaged(&error))?;
            let missing =
                || damaged(&"its source was stripped, and the parser reads names and literals there");
            let source = tokens.source().ok_or_else(missing)?;
            from_tokens(request, &tokens, &source, &arena, &mut interner)?
        }
        Input::Source => from_source(request, file, &bytes, &arena, &mut interner)?,
    };
    write(request, &tree, &interner).map_err(|error| match error.kind() {
        // whoever read it has seen enough
        io::ErrorKind::BrokenPipe => Failure::Refused,
        _ => Failure::File(format!("cannot write: {error}")),
    })
}

fn from_source<'a>(
    request: &Request,
    file: &OsStr,
    bytes: &[u8],
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, Failure> {
    let ParseOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, .. } = request.options;
    let name = input::name(file);
    let source = Source::from_bytes(bytes, mode).map_err(|error| {
        report::error(&error.diagnostic(), name.as_wtf8(), request.json_errors);
        Failure::Refused
    })?;
    let options = LexOptions { mode, type_comments, extra_tokens: false, barry_as_flufl, dont_imply_dedent };
    let tokens = TokenFile::new(name, bytes, &source, options, lex(&source, &options));
    from_tokens(request, &tokens, &source, arena, interner)
}

/// Parses tokens under the options that they were made with.
fn from_tokens<'a>(
    request: &Request,
    tokens: &TokenFile,
    source: &Source<'_>,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, Failure> {
    let LexOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, .. } = tokens.options;
    let options = ParseOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, ..request.options };
    let parsed = parse(source, &tokens.lexed, &options, arena, interner).map_err(|diagnostic| {
        report::error(&diagnostic, tokens.source_name.as_wtf8(), request.json_errors);
        Failure::Refused
    })?;
    report::warnings(tokens, source.text(), &parsed, options.feature_version, request.json_errors);
    let ParseOptions { feature_version, optimize, .. } = options;
    let options = TreeOptions { feature_version, optimize, type_comments, barry_as_flufl };
    let info = TreeInfo::new(tokens.source_name.clone(), tokens.source_hash, source.text(), options);
    Ok(Tree { info, module: parsed.module })
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
