//! The notation of artifacts in text: lists of words, numbers, texts, bytes and lists.
//!
//! ```text
//! (name "caf\u{e9}" 3 #"\x00ab" (inner None))   ; a comment runs to the end of the line
//! ```
//!
//! A word or number is any run of characters but blanks, parentheses, quotes, `;` and `#`. A text
//! stands in double quotes with the escapes `\"`, `\\`, `\n`, `\r`, `\t` and `\u{hex}`, which may be
//! a lone surrogate. Bytes stand in `#"..."` with the escapes `\"`, `\\` and `\xhh`.
//! Invariant: what [`TextWriter`] writes, [`TextReader`] reads back; neither recurses.

mod error;
mod reader;
mod writer;

pub use error::{TextError, TextErrorKind, TextPosition};
pub use reader::{TextMark, TextReader, TextToken};
pub use writer::TextWriter;

#[cfg(test)]
mod tests {
    use super::*;
    use taipan_wtf8::Wtf8;

    #[test]
    fn what_is_written_reads_back() {
        let odd = Wtf8::from_bytes(b"a\"\\\n\t\r\x07\xC3\xA9\xED\xA0\x80").unwrap();
        let mut out = TextWriter::new();
        out.open("a").text(odd).number(7).line();
        out.open("b").bytes(b"\x00\"\\z\xFF").word("None").close().close();
        let written = out.finish();
        assert_eq!(
            written,
            "(a \"a\\\"\\\\\\n\\t\\r\\u{7}é\\u{d800}\" 7\n (b #\"\\x00\\\"\\\\z\\xff\" None))\n"
        );
        let mut input = TextReader::new(&written);
        assert_eq!(input.open(), Ok("a"));
        assert_eq!(input.text().map(|t| t.as_wtf8() == odd), Ok(true));
        assert_eq!(input.number(), Ok(7u32));
        assert!(input.at_list());
        assert_eq!(input.open(), Ok("b"));
        assert_eq!(input.bytes(), Ok(b"\x00\"\\z\xFF".to_vec()));
        assert!(!input.at_list());
        assert_eq!(input.word(), Ok("None"));
        assert!(input.at_close());
        assert_eq!(input.close(), Ok(()));
        assert_eq!(input.close(), Ok(()));
        assert_eq!(input.finish(), Ok(()));
    }

    #[test]
    fn errors_name_their_line_and_column() {
        let fails = |text: &str, read: &dyn Fn(&mut TextReader<'_>) -> Result<(), TextError>| {
            let error = read(&mut TextReader::new(text)).unwrap_err();
            (error.kind, error.position.line, error.position.column)
        };
        let text = |r: &mut TextReader<'_>| r.text().map(drop);
        let number = |r: &mut TextReader<'_>| r.number::<u8>().map(drop);
        assert_eq!(fails("\n  \"ab", &text), (TextErrorKind::UnclosedText, 2, 3));
        assert_eq!(fails("\"\\q\"", &text), (TextErrorKind::UnknownEscape, 1, 2));
        assert_eq!(fails("\"\\u{110000}\"", &text), (TextErrorKind::UnknownEscape, 1, 2));
        assert_eq!(fails("x", &text), (TextErrorKind::ExpectedText, 1, 1));
        assert_eq!(
            fails("#\"é\"", &|r: &mut TextReader<'_>| r.bytes().map(drop)),
            (TextErrorKind::NotAscii, 1, 3)
        );
        assert_eq!(
            fails("# ", &|r: &mut TextReader<'_>| r.word().map(drop)),
            (TextErrorKind::StrayCharacter, 1, 1)
        );
        assert_eq!(
            fails("é 256", &|r: &mut TextReader<'_>| r.word().and_then(|_| number(r))),
            (TextErrorKind::ExpectedNumber, 1, 3)
        );
        assert_eq!(fails("+1", &number), (TextErrorKind::ExpectedNumber, 1, 1));
        assert_eq!(
            fails("; all", &|r: &mut TextReader<'_>| r.word().map(drop)),
            (TextErrorKind::UnexpectedEnd, 1, 6)
        );
        assert_eq!(
            fails(")", &|r: &mut TextReader<'_>| r.open().map(drop)),
            (TextErrorKind::ExpectedList, 1, 1)
        );
        assert_eq!(
            fails("(a b)", &|r: &mut TextReader<'_>| r.open().and_then(|_| r.close())),
            (TextErrorKind::ExpectedClose, 1, 4)
        );
        assert_eq!(fails("x", &|r: &mut TextReader<'_>| r.finish()), (TextErrorKind::TrailingText, 1, 1));
        assert_eq!(
            fails("x", &|r: &mut TextReader<'_>| r.keyword("y")),
            (TextErrorKind::ExpectedKeyword("y"), 1, 1)
        );
    }
}
