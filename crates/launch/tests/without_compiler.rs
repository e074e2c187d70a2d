//! `taipan-vm` runs what was compiled, links nothing that compiles, and says so where a program needs it.

use std::path::PathBuf;
use std::process::{Command, Output};
use taipan::compile::compile;
use taipan_artifact::{Header, PRODUCER, SourceHash};
use taipan_bytecode_format::pyc::{self, Validation};
use taipan_parser::Mode;
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Crates of the compiler.
const STAGES: [&str; 6] = [
    "taipan-ast",
    "taipan-codegen",
    "taipan-diagnostics",
    "taipan-lexer",
    "taipan-parser",
    "taipan-stdlib-language",
];

#[test]
fn no_stage_of_the_compiler_is_linked() {
    let linked = |package: &str| {
        let arguments = ["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", package];
        let tree = Command::new(env!("CARGO")).args(arguments).output().unwrap();
        assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
        let text = String::from_utf8(tree.stdout).unwrap();
        let found = STAGES
            .into_iter()
            .filter(|stage| text.lines().any(|line| line.starts_with(&format!("{stage} "))));
        found.collect::<Vec<_>>()
    };
    assert_eq!(linked("taipan-launch"), Vec::<&str>::new());
    // the question can be answered otherwise
    assert_eq!(linked("taipan-cli"), STAGES);
}

/// Bytes of a compiled program.
fn compiled(source: &str, validation: Validation) -> Vec<u8> {
    let name = Wtf8::from_str("program.py");
    let code = compile(source.as_bytes(), name, Mode::Exec, Default::default()).code.unwrap();
    let mut source_name = Wtf8Buf::new();
    source_name.push_str("program.py");
    let header = Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name,
        source_hash: SourceHash::of(source.as_bytes()),
    };
    pyc::write(&code, &header, validation).unwrap()
}

/// Runs bytes as a file of a name.
fn run(name: &str, bytes: &[u8]) -> Output {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    Command::new(env!("CARGO_BIN_EXE_taipan-vm")).arg(&file).arg("argument").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn all_kinds_of_validation_run() {
    let source = "import sys, enum\nprint(__name__, sys.argv[1:], enum.Enum.__name__)\nsys.exit(3)\n";
    let hash = [7; 8];
    for (name, validation) in [
        ("timestamp.pyc", Validation::Timestamp { mtime: 1, size: 2 }),
        ("unchecked.pyc", Validation::Hash { hash, checked: false }),
        ("checked.pyc", Validation::Hash { hash, checked: true }),
    ] {
        let ended = run(name, &compiled(source, validation));
        assert_eq!(
            (text(&ended.stdout), text(&ended.stderr)),
            ("__main__ ['argument'] Enum\n".into(), String::new())
        );
        assert_eq!(ended.status.code(), Some(3));
    }
}

#[test]
fn what_needs_a_compiler_fails_and_says_so() {
    let source = "\
for act in (lambda: compile('1', 'x', 'eval'), lambda: eval('1'), lambda: exec('1'), lambda: __import__('ast')):
    try:
        act()
    except Exception as error:
        print(type(error).__name__, error)
exec((lambda: print('code')).__code__)
1 / 0
";
    let ended = run("compiling.pyc", &compiled(source, Validation::Timestamp { mtime: 0, size: 0 }));
    assert_eq!(
        text(&ended.stdout),
        "NotImplementedError cannot compile: this program has no compiler\n\
         NotImplementedError cannot compile <string>: this program has no compiler\n\
         NotImplementedError cannot compile <string>: this program has no compiler\n\
         ImportError cannot import _ast: this program has no compiler\n\
         code\n"
    );
    assert!(
        text(&ended.stderr).ends_with("\nZeroDivisionError: division by zero\n"),
        "{}",
        text(&ended.stderr)
    );
    assert_eq!(ended.status.code(), Some(1));
}

#[test]
fn what_is_no_artifact_is_refused() {
    let good = compiled("pass\n", Validation::Timestamp { mtime: 0, size: 0 });
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (name, bytes, why) in [
        ("source.py", b"print()\n".as_slice(), "magic number prin, not Taipan's"),
        ("empty.pyc", b"", "the file ends early at offset 0"),
        ("short.pyc", &good[..12], "the file ends early at offset 12"),
        ("flipped.pyc", &flipped, ""),
    ] {
        let ended = run(name, bytes);
        let errors = text(&ended.stderr);
        assert!(errors.starts_with("taipan-vm: ") && errors.contains(why), "{name}: {errors}");
        assert_eq!((text(&ended.stdout), ended.status.code()), (String::new(), Some(1)), "{name}");
    }
    let text_of_command =
        Command::new(env!("CARGO_BIN_EXE_taipan-vm")).args(["-c", "pass"]).output().unwrap();
    assert_eq!(text_of_command.status.code(), Some(2));
    assert!(text(&text_of_command.stderr).starts_with("-c: taipan-vm has no compiler\n"));
}
