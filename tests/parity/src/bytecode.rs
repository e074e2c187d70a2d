//! Code objects beside those of the reference's compiler: instructions, constants, names, flags, tables.

use crate::Request;
use crate::reference::{Frame, Reference};
use crate::report::Report;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use taipan_artifact::Limits;
use taipan_ast::Interner;
use taipan_bytecode_format::instruction::instructions;
use taipan_bytecode_format::marshal::{Dialect, read_const};
use taipan_bytecode_format::tables::{exceptions, positions};
use taipan_bytecode_format::{Code, Const, verify};
use taipan_codegen::{CompileOptions, compile};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, arena_for, parse};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Compares all files; true if all code objects are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let mut report = Report::new("bytecode", request.show, request.out.as_deref())?;
    let optimize = request.variant.optimize.max(0) as u8;
    let mut arguments = vec![OsString::from("--optimize"), optimize.to_string().into()];
    arguments.extend(request.files.iter().map(|file| file.clone().into_os_string()));
    let mut reference = Reference::start(&request.python, "code.py", &arguments)?;
    let mut causes = BTreeMap::new();
    while let Some(frame) = reference.next_frame()? {
        match own_code(&frame, optimize) {
            Err(error) if frame.kind == "E" => {
                let _ = error;
            }
            Err(error) => report.differs(&format!("{}: refused: {error}", frame.path.display()))?,
            Ok(_) if frame.kind == "E" => {
                let text = String::from_utf8_lossy(&frame.text);
                report.differs(&format!("{}: accepted, reference: {text}", frame.path.display()))?;
            }
            Ok(own) => compare_trees(&frame, &own, &mut report, &mut causes)?,
        }
    }
    for (cause, count) in causes {
        println!("{count:8} differ in {cause}");
    }
    report.finish()
}

fn own_code(frame: &Frame, optimize: u8) -> Result<Arc<Code>, String> {
    let bytes = std::fs::read(&frame.path).map_err(|error| error.to_string())?;
    let source = Source::from_bytes(&bytes, Mode::Exec).map_err(|error| error.to_string())?;
    let lexed = lex(&source, &LexOptions::default());
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(source.text().len());
    let parsed = parse(&source, &lexed, &ParseOptions::default(), &arena, &mut interner);
    let module = parsed.map_err(|diagnostic| diagnostic.message)?.module;
    let lines = taipan_span::LineIndex::new(source.text().as_bytes());
    let name = frame.path.to_string_lossy();
    let options = CompileOptions { optimize, ..CompileOptions::default() };
    let (name, mut warnings) = (Wtf8::from_str(&name), Vec::new());
    let code = compile(module, &lines, name, options, &arena, &mut interner, &mut warnings);
    let code = code.map_err(|error| error.kind.to_string())?;
    verify::verify_all(&code).map_err(|error| error.to_string())?;
    Ok(Arc::new(code))
}

type Causes = BTreeMap<&'static str, usize>;

fn compare_trees(frame: &Frame, own: &Arc<Code>, report: &mut Report, causes: &mut Causes) -> io::Result<()> {
    let expected = read_const(&frame.text, Dialect::Reference, Limits::default());
    let Ok(Const::Code(expected)) = expected else { return Err(io::Error::other("no code object")) };
    let mut pending = vec![(expected.whole().clone(), own.clone())];
    while let Some((expected, own)) = pending.pop() {
        let found = differences(&expected, &own);
        if found.is_empty() {
            report.equal();
        } else {
            let name = text(&expected.qualname);
            let mut what = format!("{}: {name} at line {}", frame.path.display(), expected.firstlineno);
            for (cause, detail) in found {
                *causes.entry(cause).or_default() += 1;
                what.push_str(&format!("\n  {cause}: {detail}"));
            }
            report.differs(&what)?;
        }
        let codes = |code: &Code| -> Vec<Arc<Code>> { code.consts.iter().filter_map(nested).collect() };
        let (expected, own) = (codes(&expected), codes(&own));
        let unmatched = expected.len().saturating_sub(own.len());
        for _ in 0..unmatched {
            report.differs(&format!("{}: a code object is missing", frame.path.display()))?;
        }
        pending.extend(expected.into_iter().zip(own));
    }
    Ok(())
}

fn nested(constant: &Const) -> Option<Arc<Code>> {
    match constant {
        Const::Code(code) => Some(code.whole().clone()),
        _ => None,
    }
}

fn text(name: &Wtf8Buf) -> String {
    String::from_utf8_lossy(name.as_wtf8().as_bytes()).into_owned()
}

/// What differs between two code objects, each with its first difference.
fn differences(expected: &Code, own: &Code) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut check = |cause, expected: String, own: String| {
        if expected != own {
            found.push((cause, first_difference(&expected, &own)));
        }
    };
    check("code", listing(expected), listing(own));
    check("constants", constants(expected), constants(own));
    check("names", names(&expected.names), names(&own.names));
    check("locals", locals(expected), locals(own));
    let head = |code: &Code| {
        let counts = [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.flags.0];
        let names = [text(&code.name), text(&code.qualname), text(&code.filename)];
        format!("{counts:x?}\n{names:?}\n{}", code.firstlineno)
    };
    check("head", head(expected), head(own));
    let handlers =
        |code: &Code| format!("{:?}", exceptions::decode(&code.exceptiontable).collect::<Vec<_>>());
    check("exception table", handlers(expected), handlers(own));
    check("positions", places(expected), places(own));
    if own.stacksize > expected.stacksize {
        found.push(("stack size", format!("reference {}, taipan {}", expected.stacksize, own.stacksize)));
    }
    found
}

fn first_difference(expected: &str, own: &str) -> String {
    let mut row = 0;
    let (mut left, mut right) = (expected.lines(), own.lines());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return "only in how it is written".to_owned(),
            (left, right) if left == right => row += 1,
            (left, right) => {
                let (left, right) = (left.unwrap_or("nothing"), right.unwrap_or("nothing"));
                return format!("row {row}\n    reference: {left}\n    taipan:    {right}");
            }
        }
    }
}

fn listing(code: &Code) -> String {
    let mut out = String::new();
    for instruction in instructions(&code.code) {
        match instruction {
            Ok(i) => out.push_str(&format!("{} {} {}\n", i.unit, i.opcode.name(), i.arg)),
            Err(error) => out.push_str(&format!("{error:?}\n")),
        }
    }
    out
}

fn constants(code: &Code) -> String {
    let lines: Vec<String> = code.consts.iter().map(constant).collect();
    lines.join("\n")
}

fn constant(value: &Const) -> String {
    match value {
        Const::Code(code) => format!("code {}", text(&code.qualname)),
        Const::FrozenSet(values) => {
            let mut values: Vec<String> = values.iter().map(constant).collect();
            values.sort();
            format!("frozenset {values:?}")
        }
        Const::Tuple(values) => format!("tuple {:?}", values.iter().map(constant).collect::<Vec<_>>()),
        Const::Float(value) => format!("float {:x}", value.to_bits()),
        Const::Complex(a, b) => format!("complex {:x} {:x}", a.to_bits(), b.to_bits()),
        other => format!("{other:?}"),
    }
}

fn names(names: &[Wtf8Buf]) -> String {
    names.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn locals(code: &Code) -> String {
    let pairs = code.localsplusnames.iter().zip(&code.localspluskinds);
    pairs.map(|(name, kind)| format!("{} {:#x}", text(name), kind.0)).collect::<Vec<_>>().join("\n")
}

fn places(code: &Code) -> String {
    let mut out = String::new();
    for entry in positions::decode(&code.linetable, code.firstlineno) {
        match entry {
            Ok(entry) => {
                for _ in 0..entry.units {
                    out.push_str(&format!("{:?}\n", entry.location));
                }
            }
            Err(error) => out.push_str(&format!("{error:?}\n")),
        }
    }
    out
}
