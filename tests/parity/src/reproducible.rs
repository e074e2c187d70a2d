//! The reference's library compiled twice: here, in order, in one thread; and by `taipan-codegen`, in the
//! other order, by two threads, from a copy in another folder that is mapped away. All bytes are equal.

use crate::Request;
use crate::reference::Reference;
use crate::report::Report;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use taipan_ast::Interner;
use taipan_bytecode_format::{Validation, pyc};
use taipan_codegen::{CompileOptions, compile_tree, header};
use taipan_lexer::Mode;
use taipan_parser::front::{self, InputKind};
use taipan_parser::{ParseOptions, arena_for};

/// Compares all files; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let mut report = Report::new("reproducible", request.show, request.out.as_deref())?;
    let program = std::env::current_exe()?.with_file_name("taipan-codegen");
    if !program.exists() {
        return Err(io::Error::other(format!("{} is not built", program.display())));
    }
    let files = accepted(request)?;
    let once: Vec<(PathBuf, Vec<u8>)> =
        files.iter().filter_map(|path| Some((path.clone(), own(path)?))).collect();
    let copy = std::env::temp_dir().join(format!("taipan-reproducible-{}", std::process::id()));
    let outcome = compare(&once, &copy, &program, &mut report);
    std::fs::remove_dir_all(&copy)?;
    outcome?;
    report.finish()
}

/// The files of the library that compile.
fn accepted(request: &Request) -> io::Result<Vec<PathBuf>> {
    let mut reference = Reference::start(&request.python, "code.py", &request.files)?;
    let mut files = Vec::new();
    while let Some(frame) = reference.next_frame()? {
        if frame.kind == "C" {
            files.push(frame.path);
        }
    }
    Ok(files)
}

/// The bytes of a `.pyc` of a file under its own name.
fn own(path: &Path) -> Option<Vec<u8>> {
    let bytes = std::fs::read(path).ok()?;
    let mut interner = Interner::for_source(bytes.len());
    let arena = arena_for(&Default::default());
    let options = ParseOptions { mode: Mode::Exec, ..ParseOptions::default() };
    let name = front::source_name(path.as_os_str());
    let read =
        front::read(&bytes, InputKind::Source, name.as_wtf8(), &options, &arena, &mut interner).ok()?;
    let options = CompileOptions::default();
    let code = compile_tree(&read.tree, options, &arena, &mut interner, &mut Vec::new()).ok()?;
    let validation = Validation::Hash { hash: read.tree.info.source_hash.pyc(), checked: false };
    pyc::write(&code, &header(&read.tree.info, options), validation).ok()
}

fn compare(once: &[(PathBuf, Vec<u8>)], copy: &Path, program: &Path, report: &mut Report) -> io::Result<()> {
    std::fs::create_dir_all(copy)?;
    let backward: Vec<&(PathBuf, Vec<u8>)> = once.iter().rev().collect();
    let (front, back) = backward.split_at(backward.len() / 2);
    let differing: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            [front, back].map(|part| scope.spawn(move || differing(part, copy, program))).into();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let differing: Vec<String> = differing.into_iter().flatten().collect();
    for _ in differing.len()..once.len() {
        report.equal();
    }
    differing.iter().try_for_each(|what| report.differs(what))
}

/// What differs of files that the program compiles from copies.
fn differing(files: &[&(PathBuf, Vec<u8>)], copy: &Path, program: &Path) -> Vec<String> {
    let mut differing = Vec::new();
    for (number, (path, expected)) in files.iter().enumerate() {
        let thread = format!("{:?}", std::thread::current().id());
        let file = copy.join(format!("{thread}-{number}.py"));
        let remap = format!("{}={}", file.display(), path.display());
        let output = std::fs::copy(path, &file)
            .and_then(|_| Command::new(program).arg("--remap").arg(remap).arg(&file).output());
        match output {
            Ok(output) if output.stdout == *expected => {}
            Ok(_) => differing.push(format!("{}: other bytes", path.display())),
            Err(error) => differing.push(format!("{}: {error}", path.display())),
        }
    }
    differing
}
