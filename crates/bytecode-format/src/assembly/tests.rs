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
  L1:
  (RESUME 0)
  L2:
  (LOAD_CONST 300)
  L3:
  (JUMP_FORWARD L4 1)
  (JUMP_BACKWARD L2)
  (JUMP_FORWARD 1)
  L4:
  (LOAD_GLOBAL 0)
  (JUMP_BACKWARD_NO_INTERRUPT L5)
  L5:)
 (handlers (L1 L2 L3 0 1) (L3 L4 6 1 0))
 (positions (3 1 2 0 5) (1) (2 9 9 _ _)))
";

#[test]
fn the_text_form_reads_back() {
    assert_eq!(read(SMALL).map(|code| write(&code)), Ok(Ok(SMALL.to_owned())));
    let odd = SMALL.replace("(handlers (L1 L2 L3 0 1) (L3 L4 6 1 0))", "(bytes #\"\\x00\")").replace(
        &SMALL[SMALL.rfind("(instructions").unwrap()..SMALL.rfind("(handlers").unwrap() - 2],
        "(bytes #\"\\xc8\\x01\")",
    );
    assert_eq!(read(&odd).map(|code| write(&code)), Ok(Ok(odd)));
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

/// The code of these instructions, in a code object that has nothing else.
fn assemble(instructions: &str) -> Result<Vec<u8>, TextErrorKind> {
    let text = format!(
        "taipan-code 1 (code (names \"\" \"\" \"\") (numbers 0 0 0 0 0 0) (globals) (locals) (constants)
         (instructions {instructions}) (handlers) (positions))"
    );
    match read(&text) {
        Ok(code) => Ok(code.code),
        Err(AssemblyError::Text(error)) => Err(error.kind),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn labels_stand_for_distances() {
    let numbers =
        assemble("(JUMP_FORWARD 2) (NOP 0) (NOP 0) (FOR_ITER 3) (NOP 0) (JUMP_BACKWARD 5) (END_FOR 0)");
    let labels = assemble(
        "(JUMP_FORWARD loop) (NOP 0) (NOP 0) loop: (FOR_ITER end) (NOP 0) (JUMP_BACKWARD loop) end: (END_FOR 0)",
    );
    assert_eq!(numbers, labels);
}

#[test]
fn a_jump_grows_prefixes_where_its_distance_asks_for_them() {
    let nops = "(NOP 0) ".repeat(255);
    let code = assemble(&format!("(JUMP_FORWARD far) {nops} far: (NOP 0)")).unwrap();
    assert_eq!(code.get(..4), Some([77, 255, 27, 0].as_slice()));
    let code = assemble(&format!("(JUMP_FORWARD far) {nops} (NOP 0) far: (NOP 0)")).unwrap();
    assert_eq!(code.get(..4), Some([69, 1, 77, 0].as_slice()));
    // the second jump's prefix makes the first too long for one byte
    let code =
        assemble(&format!("(JUMP_FORWARD a) {} b: (JUMP_BACKWARD b 1) a: (NOP 0)", &nops[8..])).unwrap();
    assert_eq!(code.get(..4), Some([69, 1, 77, 1].as_slice()));
}

/// Two jumps that are wide only because the other is: the least form of the labels is another code.
#[test]
fn jumps_that_are_wide_for_each_other_read_back() {
    let nops = "(NOP 0) ".repeat(252);
    let labels = format!("b: (JUMP_FORWARD a) {nops} (JUMP_BACKWARD b) (NOP 0) a: (NOP 0)");
    let code = assemble(&labels).unwrap();
    assert_eq!(code.get(..2), Some([77, 255].as_slice()));
    let wide = format!("(JUMP_FORWARD 256) {nops} (JUMP_BACKWARD 257) (NOP 0) (NOP 0)");
    let bytes = assemble(&wide).unwrap();
    let mut object = read(SMALL).unwrap();
    object.code = bytes;
    let text = write(&object).unwrap();
    assert!(text.contains("(JUMP_FORWARD 256)"));
    let again = read(&text).unwrap();
    assert_eq!(again.code, object.code);
}

#[test]
fn wrong_labels_are_refused() {
    assert_eq!(assemble("(JUMP_FORWARD a)"), Err(TextErrorKind::Unknown("label")));
    assert_eq!(assemble("a: a: (JUMP_FORWARD a)"), Err(TextErrorKind::Twice("label")));
    assert_eq!(
        assemble("a: (NOP 0) (JUMP_FORWARD a)"),
        Err(TextErrorKind::Unknown("label in this direction"))
    );
    assert_eq!(
        assemble("(JUMP_BACKWARD a) (NOP 0) a:"),
        Err(TextErrorKind::Unknown("label in this direction"))
    );
    assert_eq!(assemble("a: (LOAD_CONST a)"), Err(TextErrorKind::ExpectedNumber));
    assert_eq!(assemble("1: (NOP 0)"), Err(TextErrorKind::ExpectedList));
    assert_eq!(assemble("a (NOP 0)"), Err(TextErrorKind::ExpectedList));
    let handler = SMALL.replace("(L1 L2 L3 0 1)", "(L1 L9 L3 0 1)");
    assert!(
        matches!(read(&handler), Err(AssemblyError::Text(error)) if error.kind == TextErrorKind::Unknown("label"))
    );
}

#[test]
fn what_no_reader_takes_is_not_written() {
    use crate::artifact::{MAX_CODE_DEPTH, WriteError};
    use crate::code::Const;
    let plain = read(SMALL).unwrap();
    let within = |consts| crate::Code { consts, ..plain.clone() };
    let mut code = within(Vec::new());
    for _ in 1..MAX_CODE_DEPTH {
        code = within(vec![Const::Code(code.into())]);
    }
    let text = write(&code).unwrap();
    assert_eq!(read(&text).map(|code| write(&code)), Ok(Ok(text)));
    let code = within(vec![Const::Tuple(vec![Const::Code(code.into())])]);
    assert_eq!(write(&code), Err(WriteError::CodeDepth));
    let mut constant = Const::None;
    for _ in 0..200 {
        constant = Const::Tuple(vec![constant]);
    }
    assert!(write(&within(vec![constant.clone()])).is_ok_and(|text| read(&text).is_ok()));
    assert_eq!(write(&within(vec![Const::FrozenSet(vec![constant])])), Err(WriteError::ConstDepth));
    assert_eq!(write(&crate::Code { localspluskinds: Vec::new(), ..plain }), Err(WriteError::LocalCount));
}
