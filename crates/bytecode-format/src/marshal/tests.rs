//! Marshal against bytes that the reference writes, and what is refused.

use super::{Dialect, MarshalError, read_const, write_const};
use crate::code::Const;
use num_bigint::BigInt;
use taipan_artifact::Limits;

fn read(bytes: &[u8]) -> Result<Const, MarshalError> {
    read_const(bytes, Dialect::Taipan, Limits::default())
}

#[test]
fn values_stand_as_the_reference_writes_them() {
    // marshal.dumps of values that nothing else refers to, version 5
    let cases: &[(&[u8], Const)] = &[
        (b"N", Const::None),
        (b"T", Const::Bool(true)),
        (b"F", Const::Bool(false)),
        (b".", Const::Ellipsis),
        (b"i\xfb\xff\xff\xff", Const::Int(BigInt::from(-5))),
        (b"l\x03\0\0\0\0\0\0\0\x04\0", Const::Int(BigInt::from(1u64 << 32))),
        (b"l\xfd\xff\xff\xff\x01\0\0\0\x04\0", Const::Int(-BigInt::from((1u64 << 32) + 1))),
        (b"g\0\0\0\0\0\0\xf8?", Const::Float(1.5)),
        (b"y\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0@", Const::Complex(0.0, 2.0)),
        (b"s\x02\0\0\0\0\xff", Const::Bytes(vec![0, 255])),
        (b")\x02NT", Const::Tuple(vec![Const::None, Const::Bool(true)])),
        (b">\x01\0\0\0N", Const::FrozenSet(vec![Const::None])),
        (b":NNF", Const::Slice(Box::new([Const::None, Const::None, Const::Bool(false)]))),
    ];
    for (bytes, value) in cases {
        assert_eq!(write_const(value).as_deref(), Ok(*bytes), "{value:?}");
        assert!(read(bytes).is_ok_and(|read| read.same(value)), "{value:?}");
    }
    for bytes in [b"z\x01a".as_slice(), b"u\x03\0\0\0\xed\xa0\x80"] {
        assert_eq!(read(bytes).map(|value| write_const(&value)), Ok(Ok(bytes.to_vec())));
    }
}

impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        self.same(other)
    }
}

#[test]
fn references_name_what_was_flagged() {
    let shared = Const::Int(BigInt::from(7));
    assert_eq!(read(b")\x02\xe9\x07\0\0\0r\0\0\0\0"), Ok(Const::Tuple(vec![shared.clone(), shared])));
}

#[test]
fn what_is_malformed_is_refused_by_name() {
    assert_eq!(read(b""), Err(MarshalError::UnexpectedEnd { offset: 0 }));
    assert_eq!(read(b"?"), Err(MarshalError::UnknownType { offset: 0, found: b'?' }));
    assert_eq!(read(b"s\xff\xff\xff\x7f"), Err(MarshalError::Length { offset: 1, length: 0x7FFF_FFFF }));
    assert_eq!(read(b"(\xff\xff\xff\xff"), Err(MarshalError::Length { offset: 1, length: -1 }));
    assert_eq!(read(b"r\0\0\0\0"), Err(MarshalError::Reference { offset: 0 }));
    // a tuple within itself
    assert_eq!(read(b"\xa9\x01r\0\0\0\0"), Err(MarshalError::Reference { offset: 2 }));
    assert_eq!(read(b"0"), Err(MarshalError::Null { offset: 0 }));
    assert_eq!(read(b")\x010"), Err(MarshalError::Null { offset: 2 }));
    assert_eq!(read(b"l\x01\0\0\0\0\0"), Err(MarshalError::Integer { offset: 1 }));
    assert_eq!(read(b"f\x01x"), Err(MarshalError::Float { offset: 1 }));
    assert_eq!(read(b"u\x01\0\0\0\xff"), Err(MarshalError::Text { offset: 5 }));
    assert_eq!(read(b"z\x01\xff"), Err(MarshalError::Text { offset: 2 }));
    assert_eq!(read(b"NN"), Err(MarshalError::TrailingBytes { offset: 1 }));
    assert!(matches!(read(b"[\0\0\0\0"), Err(MarshalError::NotAllowed { found: "a list", .. })));
    assert!(matches!(read(b"{0"), Err(MarshalError::NotAllowed { found: "a dictionary", .. })));
    assert!(matches!(read(b"c\0\0\0\0"), Err(MarshalError::Code { offset: 5, .. })));
    assert!(matches!(read(&b")\x01".repeat(2002)), Err(MarshalError::Depth { .. })));
}

#[test]
fn copies_of_shared_objects_have_a_budget() {
    // each tuple holds the one before it twice
    let mut bytes = b")\x28\xe9\x07\0\0\0".to_vec();
    for number in 0..39u8 {
        bytes.extend_from_slice(&[0xA9, 2, b'r', number, 0, 0, 0, b'r', number, 0, 0, 0]);
    }
    assert!(matches!(read(&bytes), Err(MarshalError::Budget { .. })));
}
