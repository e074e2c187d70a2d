//! What compiling says of the sources of a harvest: the errors that only the stages behind the parser
//! find, and the warnings of all stages.

use crate::Request;
use crate::ast::clip;
use crate::harvest::{self, Sample, SampleError};
use crate::report::Report;
use std::collections::BTreeSet;
use std::io;
use taipan_ast::{Arena, Interner};
use taipan_codegen::{CompileOptions, compile};
use taipan_diagnostics::Diagnostic;
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, parse_noting};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8;

const TYPE_COMMENTS: u32 = 0x1000;
const DONT_IMPLY_DEDENT: u32 = 0x200;
const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
const BARRY_AS_FLUFL: u32 = 0x40_0000;

/// A warning's message and line.
type Warning = (String, i64);

/// Compares all sources; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let path = request.harvest.as_deref().ok_or_else(|| io::Error::other("--harvest is missing"))?;
    let mut errors = Report::new("errors of compiling", request.show, request.out.as_deref())?;
    let mut warnings = Report::new("warnings", request.show, None)?;
    let (samples, surrogates) = harvest::read(path)?;
    for (index, sample) in samples.iter().enumerate() {
        let name = format!("{}#{index} {} {:#x}", sample.from, sample.mode, sample.flags);
        let name = format!("{name} {:?}", clip(&sample.source));
        let (own, own_warnings) = answer(sample);
        compare_errors(sample, own, &name, &mut errors)?;
        compare_warnings(sample, &own_warnings, &name, &mut warnings)?;
    }
    println!("passed over: {surrogates} sources with lone surrogates");
    let warnings = warnings.finish()?;
    Ok(errors.finish()? && warnings)
}

fn compare_errors(
    sample: &Sample,
    own: Result<(), Diagnostic>,
    name: &str,
    report: &mut Report,
) -> io::Result<()> {
    match (own, &sample.error) {
        (_, Some(error)) if error.stage == "parse" => Ok(()),
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(error)) => {
            report.differs(&format!("{name}: accepted\n  reference: {}", summary(error)))
        }
        (Err(own), None) => report.differs(&format!("{name}: refused: {}", own.message)),
        (Err(own), Some(error)) => {
            let (expected, own) = (summary(error), own_summary(&own));
            if expected == own {
                report.equal();
                return Ok(());
            }
            report.differs(&format!("{name}:\n  reference: {expected}\n  taipan:    {own}"))
        }
    }
}

fn compare_warnings(
    sample: &Sample,
    own: &BTreeSet<Warning>,
    name: &str,
    report: &mut Report,
) -> io::Result<()> {
    let expected: BTreeSet<Warning> = sample
        .warnings
        .iter()
        .filter(|(class, _, _)| class == "SyntaxWarning")
        .map(|(_, message, line)| (message.clone(), *line))
        .collect();
    if expected == *own {
        if !expected.is_empty() {
            report.equal();
        }
        return Ok(());
    }
    report.differs(&format!("{name}:\n  reference: {expected:?}\n  taipan:    {own:?}"))
}

fn summary(error: &SampleError) -> String {
    let place = [error.lineno, error.offset, error.end_lineno, error.end_offset];
    format!("{}: {} {place:?}", error.class, error.msg)
}

fn own_summary(diagnostic: &Diagnostic) -> String {
    let at = diagnostic.location.as_ref();
    let place = [
        at.map(|at| at.lineno),
        at.map(|at| at.offset),
        at.map(|at| at.end_lineno),
        at.map(|at| at.end_offset),
    ];
    format!("{}: {} {place:?}", diagnostic.class.name(), diagnostic.message)
}

/// What our stages say of a sample.
fn answer(sample: &Sample) -> (Result<(), Diagnostic>, BTreeSet<Warning>) {
    let mut warnings = BTreeSet::new();
    (compile_sample(sample, &mut warnings), warnings)
}

fn compile_sample(sample: &Sample, warnings: &mut BTreeSet<Warning>) -> Result<(), Diagnostic> {
    let mode = match sample.mode.as_str() {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::Exec,
    };
    let flag = |bits: u32| sample.flags & bits != 0;
    let source = Source::from_str(&sample.source, mode).map_err(|error| error.diagnostic())?;
    let (type_comments, dont_imply_dedent) = (flag(TYPE_COMMENTS), flag(DONT_IMPLY_DEDENT));
    let barry_as_flufl = flag(BARRY_AS_FLUFL);
    let lexed = lex(
        &source,
        &LexOptions { mode, type_comments, extra_tokens: false, dont_imply_dedent, barry_as_flufl },
    );
    let lines = LineIndex::new(source.text().as_bytes());
    for warning in &lexed.warnings {
        let line = lines.line(warning.cursor.saturating_sub(1));
        warnings.insert((warning.kind.to_string(), line.into()));
    }
    let options = ParseOptions {
        mode,
        type_comments,
        allow_incomplete_input: flag(ALLOW_INCOMPLETE_INPUT),
        dont_imply_dedent,
        barry_as_flufl,
        ..ParseOptions::default()
    };
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let mut refused = Vec::new();
    let parsed = parse_noting(&source, &lexed, &options, &arena, &mut interner, &mut refused);
    let parsed_warnings = parsed.as_ref().map_or(&refused, |parsed| &parsed.warnings);
    warnings.extend(parsed_warnings.iter().map(|warning| {
        let line = lines.line(warning.anchor) + warning.newlines;
        (warning.to_string(), line.into())
    }));
    let parsed = parsed?;
    let options =
        CompileOptions { optimize: 0, future: sample.flags, top_level_await: flag(ALLOW_TOP_LEVEL_AWAIT) };
    let name = Wtf8::from_str("<harvest>");
    let mut own = Vec::new();
    let code = compile(parsed.module, &lines, name, options, &arena, &mut interner, &mut own);
    warnings.extend(own.iter().map(|warning| {
        let line = lines.line(warning.span.start);
        (warning.kind.to_string(), line.into())
    }));
    code.map(drop).map_err(|error| error.diagnostic(&lines))
}
