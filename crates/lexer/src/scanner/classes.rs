//! The table that sends a byte to its scanner.
//! Invariant: every byte of a character beyond ASCII may be part of an identifier here, as in CPython;
//! whether the characters may stand there is asked once the end is known.

/// What a token may begin with.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// Letter, underscore or part of a character beyond ASCII.
    Name,
    /// `0` to `9`
    Digit,
    /// `'` or `"`
    Quote,
    /// `\n`
    Newline,
    /// `\r`, which only the `tokenize` view of a source contains.
    Return,
    /// `#`
    Hash,
    /// `\`
    Backslash,
    /// `.`
    Dot,
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// Any other operator.
    Operator,
    /// `$`, `?` or a backquote.
    Stray,
    /// Space, tab or form feed.
    Blank,
    /// A control character; zero, which no source contains, is the end of the input.
    Control,
}

/// The class of each byte.
pub(super) static CLASS: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Control; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => Class::Name,
            b'0'..=b'9' => Class::Digit,
            b'\'' | b'"' => Class::Quote,
            b'\n' => Class::Newline,
            b'\r' => Class::Return,
            b'#' => Class::Hash,
            b'\\' => Class::Backslash,
            b'.' => Class::Dot,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b' ' | b'\t' | b'\x0c' => Class::Blank,
            b'$' | b'?' | b'`' => Class::Stray,
            b'!'..=b'~' => Class::Operator,
            _ => Class::Control,
        };
        byte += 1;
    }
    table
}

/// Whether an ASCII character may continue an identifier.
pub(super) static NAME_PART: [bool; 256] = name_parts();

const fn name_parts() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_');
        byte += 1;
    }
    table
}
