//! Parses the inputs and writes their trees.

use crate::args::{Format, InputKind, Request};
use crate::{input, report};
use std::ffi::OsStr;
use std::io::{self, Write};
use taipan_artifact::{Artifact, Kind, Limits, SectionId};
use taipan_ast::artifact::{Form, Tree, TreeInfo, TreeOptions};
use taipan_ast::dump::{DumpOptions, dump};
use taipan_ast::{Arena, Interner};
use taipan_lexer::{LexOptions, Lexed, Source, lex};
use taipan_parser::{ParseOptions, Parsed, Warning, parse};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8Buf;

/// Why there is no output for an input.
enum Failure {
    /// It has errors, which are reported.
    Refused,
    /// It cannot be read, or its output not written; what is said of it.
    File(String),
}

/// Parses all inputs; the code to exit with.
pub fn run(request: &Request) -> u8 {
    let mut code = 0;
    for file in &request.files {
        match one(request, file) {
            Ok(()) => {}
            Err(Failure::Refused) => code = code.max(1),
            Err(Failure::File(message)) => {
                report::complain(&message);
                code = 2;
            }
        }
    }
    code
}

fn one(request: &Request, file: &OsStr) -> Result<(), Failure> {
    let shown = file.to_string_lossy();
    let bytes = input::read(file).map_err(|error| Failure::File(format!("{shown}: {error}")))?;
    let arena = Arena::new();
    let output = match input::kind(&bytes, request.input) {
        InputKind::Tree => {
            let mut interner = Interner::new();
            let tree = Tree::read(&bytes, Limits::default(), &arena, &mut interner);
            let tree = tree.map_err(|error| Failure::File(format!("{shown}: {error}")))?;
            render(request, &tree, &interner)
        }
        InputKind::Tokens => {
            return Err(Failure::File(format!("{shown}: tokens cannot be read yet")));
        }
        InputKind::Source | InputKind::Auto => {
            let name = input::name(file);
            let mut interner = Interner::for_source(bytes.len());
            let tree = from_source(request, name, &bytes, &arena, &mut interner)?;
            render(request, &tree, &interner)
        }
    };
    write(request, &output).map_err(|error| match error.kind() {
        // whoever read it has seen enough
        io::ErrorKind::BrokenPipe => Failure::Refused,
        _ => Failure::File(format!("cannot write: {error}")),
    })
}

fn from_source<'a>(
    request: &Request,
    name: Wtf8Buf,
    bytes: &[u8],
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, Failure> {
    let options = &request.options;
    let refused = |diagnostic: taipan_diagnostics::Diagnostic| {
        report::diagnostic(&diagnostic, &name, request.json_errors);
        Failure::Refused
    };
    let source = Source::from_bytes(bytes, options.mode).map_err(|error| refused(error.diagnostic()))?;
    let lexed = lex(&source, &lex_options(options));
    let parsed = parse(&source, &lexed, options, arena, interner).map_err(refused)?;
    warn(request, &name, &source, &lexed, &parsed);
    let options = TreeOptions {
        feature_version: options.feature_version,
        optimize: options.optimize,
        type_comments: options.type_comments,
        barry_as_flufl: options.barry_as_flufl,
    };
    Ok(Tree { info: TreeInfo::new(name, bytes, source.text(), options), module: parsed.module })
}

fn lex_options(options: &ParseOptions) -> LexOptions {
    LexOptions {
        mode: options.mode,
        type_comments: options.type_comments,
        extra_tokens: false,
        dont_imply_dedent: options.dont_imply_dedent,
        barry_as_flufl: options.barry_as_flufl,
    }
}

/// Reports the warnings of lexer and parser, once each, in the order of their lines.
fn warn(request: &Request, name: &Wtf8Buf, source: &Source<'_>, lexed: &Lexed, parsed: &Parsed<'_>) {
    let lines = LineIndex::new(source.text().as_bytes());
    let category = Warning::category(request.options.feature_version);
    let mut warnings: Vec<(u32, &str, String)> = lexed
        .warnings
        .iter()
        .map(|warning| (warning.line(source), "SyntaxWarning", warning.kind.to_string()))
        .collect();
    warnings.extend(parsed.warnings.iter().map(|warning| {
        let line = lines.line(warning.anchor) + warning.newlines;
        (line, category, warning.to_string())
    }));
    warnings.sort_by_key(|warning| warning.0);
    warnings.dedup();
    for (line, category, message) in warnings {
        let span = lines.line_span(line, source.text().len() as u32);
        let text = source.text().get(span.range()).unwrap_or_default();
        report::warning(category, &message, name, line, text, request.json_errors);
    }
}

fn render(request: &Request, tree: &Tree<'_>, interner: &Interner) -> Vec<u8> {
    match request.format {
        Format::Bin => strip(request, tree.write(Form::Binary, interner)),
        Format::Text => tree.write(Form::Text, interner),
        Format::Json => tree.write(Form::Json, interner),
        Format::Dump => {
            let options =
                DumpOptions { include_attributes: true, indent: Some(" "), ..DumpOptions::default() };
            let mut text = dump(&tree.module, interner, &tree.info.line_index(), &options);
            text.push('\n');
            text.into_bytes()
        }
    }
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

fn write(request: &Request, output: &[u8]) -> io::Result<()> {
    match &request.output {
        Some(file) if file != "-" => std::fs::write(file, output),
        _ => {
            let mut stdout = io::stdout().lock();
            stdout.write_all(output)?;
            stdout.flush()
        }
    }
}
