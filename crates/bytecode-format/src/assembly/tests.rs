//! The text form reads back, and what it refuses.

use super::{AssemblyError, read, write};
use taipan_artifact::text::TextErrorKind;

const SMALL: &str = "taipan-code 1
(code
 (names \"f.py\" \"g\" \"f.g\") (numbers 0 0 0 1 3 1)
 (globals)
 (locals)
 (constants)
 (instructions
  (RESUME 0))
 (handlers)
 (positions))
(code
 (names \"f.py\" \"\\u{d800}\" \"f\") (numbers 1 0 0 1 3 7)
 (globals \"x\")
 (locals (\"a\" 38))
 (constants None (int -5) (float 1e300) (float bits 9221120237041090560) (tuple (slice True False Ellipsis) (frozenset)) (code 0) #\"\\x00\")
 (instructions
  (RESUME 0)
  (LOAD_CONST 300)
  (JUMP_FORWARD 1 1)
  (LOAD_GLOBAL 0))
 (handlers (0 1 3 0 1))
 (positions (3 1 2 0 5) (1) (2 9 9 _ _)))
";

#[test]
fn the_text_form_reads_back() {
    assert_eq!(read(SMALL).map(|code| write(&code)), Ok(SMALL.to_owned()));
    let odd = SMALL.replace("(handlers (0 1 3 0 1))", "(bytes #\"\\x00\")").replace(
        "(instructions
  (RESUME 0)
  (LOAD_CONST 300)
  (JUMP_FORWARD 1 1)
  (LOAD_GLOBAL 0))",
        "(bytes #\"\\xc8\\x01\")",
    );
    assert_eq!(read(&odd).map(|code| write(&code)), Ok(odd));
}

#[test]
fn what_is_malformed_is_refused() {
    let fails = |from: &str, to: &str| match read(&SMALL.replacen(from, to, 1)) {
        Err(AssemblyError::Text(error)) => error.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(fails("RESUME", "NONSENSE"), TextErrorKind::Unknown("opcode"));
    assert_eq!(fails("(code 0)", "(code 1)"), TextErrorKind::Unknown("code object"));
    assert_eq!(fails("(code 0)", "(code 0) (code 0)"), TextErrorKind::Unknown("code object"));
    assert_eq!(fails("None", "none"), TextErrorKind::Unknown("constant"));
    assert_eq!(fails("True False", "True"), TextErrorKind::Unknown("slice"));
    assert_eq!(fails("(frozenset)", &"(tuple ".repeat(300)), TextErrorKind::TooDeep);
    assert!(matches!(read("taipan-code 2"), Err(AssemblyError::Version(_))));
}
