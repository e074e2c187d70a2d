//! Encodings that the parser does not know, as the codecs know them.

use taipan_object::{PyResult, Thread, raise};

/// The characters of an encoding that the codecs know; none if it is not one that markup can be written in.
///
/// # Errors
/// If there is no such encoding, or it has more than a byte for a character.
pub(crate) fn table(thread: &Thread, name: &str) -> PyResult<Option<Box<[Option<char>; 256]>>> {
    let all: Vec<u8> = (0..=255).collect();
    let decoded = taipan_runtime_builtins::codecs::decode(thread, &all, name, "replace")?;
    let mut table = Box::new([None; 256]);
    if decoded.len() != table.len() {
        return Err(raise!(thread, VALUE_ERROR, "multi-byte encodings are not supported"));
    }
    for (at, place) in table.iter_mut().enumerate() {
        let c = decoded.char_at(at).and_then(char::from_u32);
        *place = c.filter(|c| *c != char::REPLACEMENT_CHARACTER);
    }
    // what markup is made of has to be what it is in ASCII
    let is_fit = (0..128_u8).zip(&*table).all(|(byte, c)| {
        let markup = matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'z') && !b"$@\\^`".contains(&byte);
        !markup || *c == Some(char::from(byte))
    });
    Ok(is_fit.then_some(table))
}
