//! `.pyc` files: the three kinds of validation, and every refusal by name.

use taipan_artifact::{Header, Limits, PRODUCER, ReadError, SourceHash};
use taipan_bytecode_format::artifact::{MAX_CODE_DEPTH, MAX_CONST_DEPTH};
use taipan_bytecode_format::verify::Rule;
use taipan_bytecode_format::{Code, Const, LocalKind, PycError, Validation, WriteError, assembly, pyc};

const SOURCE: &str = "taipan-code 1
(code (names \"f.py\" \"<module>\" \"<module>\") (numbers 0 0 0 1 0 1)
 (globals \"x\") (locals) (constants None)
 (instructions (RESUME 0) (LOAD_CONST 0) (RETURN_VALUE 0)) (handlers) (positions (3 1 1 0 0)))";

fn code(from: &str, to: &str) -> Code {
    assembly::read(&SOURCE.replace(from, to)).unwrap()
}

fn file(code: &Code, validation: Validation) -> Vec<u8> {
    let header = Header {
        producer: PRODUCER,
        options: vec![1],
        source_name: code.filename.clone(),
        source_hash: SourceHash::of(b"None"),
    };
    pyc::write(code, &header, validation).unwrap()
}

const TIME: Validation = Validation::Timestamp { mtime: 0x0102_0304, size: 5 };

#[test]
fn the_three_kinds_of_validation_read_back() {
    let hash = *b"01234567";
    let cases = [
        (TIME, b"\0\0\0\0\x04\x03\x02\x01\x05\0\0\0".as_slice()),
        (Validation::Hash { hash, checked: false }, b"\x01\0\0\x0001234567"),
        (Validation::Hash { hash, checked: true }, b"\x03\0\0\x0001234567"),
    ];
    for (validation, head) in cases {
        let bytes = file(&code("", ""), validation);
        assert_eq!(bytes.get(..4), Some(pyc::MAGIC.as_slice()));
        assert_eq!(bytes.get(4..16), Some(head));
        let read = pyc::read(&bytes, Limits::default()).unwrap();
        assert_eq!(read.validation, validation);
        assert_eq!(read.header.options, [1]);
        assert_eq!(assembly::write(&read.code), assembly::write(&code("", "")));
        assert_eq!(file(read.code.code(), validation), bytes);
    }
}

#[test]
fn each_refusal_has_a_name() {
    let good = file(&code("", ""), TIME);
    let read = |bytes: &[u8]| pyc::read(bytes, Limits::default()).err();
    let with = |at: usize, byte| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    assert_eq!(read(b""), Some(PycError::UnexpectedEnd { offset: 0 }));
    assert_eq!(read(&good[..10]), Some(PycError::UnexpectedEnd { offset: 8 }));
    assert_eq!(read(&good[..16]), Some(PycError::UnexpectedEnd { offset: 16 }));
    assert_eq!(read(&with(0, b'X')), Some(PycError::Magic { found: *b"Xa\r\n" }));
    assert_eq!(read(&with(4, 2)), Some(PycError::Flags { found: 2 }));
    assert_eq!(read(&with(16, b'N')), Some(PycError::NotCode { found: b'N' }));
    assert!(matches!(read(&with(17, 0)), Some(PycError::Length { .. })));
    assert_eq!(read(&with(21, 0)), Some(PycError::Artifact(ReadError::NotAnArtifact)));
    let last = good.len() - 1;
    assert!(matches!(
        read(&with(last, good[last] ^ 1)),
        Some(PycError::Artifact(ReadError::Checksum { .. }))
    ));
    let broken = file(&code("LOAD_CONST 0", "LOAD_CONST 1"), TIME);
    let Some(PycError::Verify(error)) = read(&broken) else { panic!() };
    assert_eq!((error.rule, error.offset), (Rule::ConstIndex { index: 1, count: 1 }, 2));
    assert!(pyc::read_unverified(&broken, Limits::default()).is_ok());
}

/// `CodeType` makes code objects as empty as this one; they are data and can be marshalled.
#[test]
fn an_empty_code_object_reads_back_as_data() {
    let empty = "taipan-code 1
(code (names \"\" \"\" \"\") (numbers 0 0 0 0 0 0)
 (globals) (locals) (constants) (instructions) (handlers) (positions))";
    let code = assembly::read(empty).unwrap();
    let bytes = file(&code, TIME);
    assert!(pyc::read_unverified(&bytes, Limits::default()).is_ok());
    assert!(matches!(pyc::read(&bytes, Limits::default()), Err(PycError::Verify(_))));
}

/// The limits of nesting are the same for both directions.
#[test]
fn what_is_written_is_read_and_what_is_too_deep_is_refused_by_name() {
    let plain = code("", "");
    let header = Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name: plain.filename.clone(),
        source_hash: SourceHash::default(),
    };
    let within = |consts| Code { consts, ..plain.clone() };
    let mut deep = plain.clone();
    for _ in 1..MAX_CODE_DEPTH {
        deep = within(vec![Const::Code(deep.into())]);
    }
    let bytes = pyc::write(&deep, &header, TIME).unwrap();
    assert!(pyc::read(&bytes, Limits::default()).is_ok());
    let deeper = within(vec![Const::Code(deep.into())]);
    assert_eq!(pyc::write(&deeper, &header, TIME), Err(WriteError::CodeDepth));
    let mut constant = Const::None;
    for _ in 0..MAX_CONST_DEPTH {
        constant = Const::Slice(Box::new([Const::None, constant, Const::None]));
    }
    let bytes = pyc::write(&within(vec![constant.clone()]), &header, TIME).unwrap();
    assert!(pyc::read(&bytes, Limits::default()).is_ok());
    let deeper = within(vec![Const::Tuple(vec![constant])]);
    assert_eq!(pyc::write(&deeper, &header, TIME), Err(WriteError::ConstDepth));
    let odd = Code { localspluskinds: vec![LocalKind(LocalKind::LOCAL)], ..plain.clone() };
    assert_eq!(pyc::write(&odd, &header, TIME), Err(WriteError::LocalCount));
}
