//! Register code made from the code objects of `fixtures/bytecode/small/`, which use every instruction.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use taipan_artifact::Limits;
use taipan_bytecode_format::{Code, Const, pyc};
use taipan_object::{Interp, Thread};
use taipan_vm::{code_object, program};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/bytecode/small")
}

fn read(path: &PathBuf) -> Arc<Code> {
    let bytes = fs::read(path).unwrap();
    pyc::read(&bytes, Limits::default()).unwrap().code.code().clone()
}

/// Calls `visit` with a code object and all in its constants.
fn each(code: &Arc<Code>, visit: &mut impl FnMut(&Arc<Code>)) {
    visit(code);
    for constant in &code.consts {
        if let Const::Code(inner) = constant {
            each(inner.whole(), visit);
        }
    }
}

fn in_interpreter(test: impl FnOnce(&Thread)) {
    let interp = Interp::new().unwrap();
    let thread = interp.new_thread().attach();
    test(&thread);
}

#[test]
fn every_code_object_becomes_register_code_without_problems() {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pyc"));
    assert!(files.len() >= 50, "the fixtures are not there");
    in_interpreter(|thread| {
        for path in &files {
            each(&read(path), &mut |source| {
                let code = code_object(thread, source.clone()).unwrap();
                let registers = program(&code).registers(thread).unwrap();
                let problems = registers.problems();
                assert!(problems.is_empty(), "{}: {problems:?}\n{registers}", path.display());
            });
        }
    });
}

#[test]
fn loads_wait_and_comparisons_join_their_jumps() {
    in_interpreter(|thread| {
        let mut text = String::new();
        for name in ["while_loop", "branches", "calls", "try_except", "comprehension_cell"] {
            each(&read(&folder().join(name).with_extension("pyc")), &mut |source| {
                let code = code_object(thread, source.clone()).unwrap();
                let registers = program(&code).registers(thread).unwrap();
                text += &format!("{}\n{registers}\n", source.qualname.as_wtf8().as_str().unwrap());
            });
        }
        insta::assert_snapshot!(text);
    });
}
