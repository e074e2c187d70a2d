//! Code objects that are decoded one by one, and indexes that lie about where they are.

mod common;

use common::{header, small_files};
use taipan_artifact::Limits;
use taipan_artifact::mutate::Random;
use taipan_bytecode_format::artifact::{decode_code, encode_code, index, stored_code};
use taipan_bytecode_format::{CodeRef, Const, Validation, Verified, pyc};

/// The artifacts of the small files, with their indexes.
fn artifacts() -> Vec<(&'static [u8], Vec<u8>)> {
    let whole = |file: &[u8]| pyc::read(file, Limits::default()).unwrap().code;
    let encoded = small_files().into_iter().map(|(_, file)| encode_code(&whole(&file), &header()).unwrap());
    let indexed = encoded.map(|bytes| {
        let index = index(&bytes, Limits::default()).unwrap();
        (&*bytes.leak(), index)
    });
    indexed.collect()
}

#[test]
fn what_is_decoded_piece_by_piece_is_what_is_decoded_at_once() {
    for (bytes, index) in artifacts() {
        let stored = stored_code(bytes, index.leak(), None).unwrap();
        let (_, whole) = decode_code(bytes, Limits::default()).unwrap();
        assert_eq!(stored.head(), whole.head());
        assert!(stored.same(&whole));
        let again = encode_code(&stored, &header()).unwrap();
        assert_eq!(again, encode_code(&whole, &header()).unwrap());
    }
}

#[test]
fn another_file_name_is_that_of_all() {
    fn check(code: &CodeRef) -> usize {
        assert_eq!(code.head().filename.as_str(), Some("other.py"));
        assert_eq!(code.filename.as_wtf8().as_str(), Some("other.py"));
        let inner = code.consts.iter().map(|constant| match constant {
            Const::Code(inner) => check(inner),
            _ => 0,
        });
        1 + inner.sum::<usize>()
    }
    let name = taipan_wtf8::Wtf8::from_str("other.py");
    let all = artifacts().into_iter();
    let counts = all.map(|(bytes, index)| check(&stored_code(bytes, index.leak(), Some(name)).unwrap()));
    assert!(counts.max() > Some(2));
}

/// A wrong index gives code that is none, or other code: never a panic, never code that runs unverified.
#[test]
fn an_index_that_lies_leads_to_nothing_that_runs_by_itself() {
    let mut random = Random(7);
    let mut refused = 0;
    for (bytes, index) in artifacts() {
        for _ in 0..40 {
            let mut index = index.clone();
            let at = random.below(index.len());
            index[at] ^= 1 << random.below(8);
            index.truncate(index.len() - random.below(2) * random.below(index.len()));
            let Ok(stored) = stored_code(bytes, index.leak(), None) else { continue };
            stored.head();
            refused += usize::from(Verified::new_tree(stored.whole().clone()).is_err());
        }
    }
    assert!(refused > 100, "{refused}");
    assert!(pyc::write(&damaged(), &header(), Validation::Timestamp { mtime: 0, size: 0 }).is_ok());
}

/// What stands where nothing could be decoded.
fn damaged() -> CodeRef {
    let (bytes, _) = artifacts().remove(0);
    let code = stored_code(bytes, &[0xFF; 12], None).unwrap();
    assert_eq!(code.name.as_wtf8().as_str(), Some("<damaged>"));
    assert!(Verified::new(code.whole().clone()).is_err());
    code
}
