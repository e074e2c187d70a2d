//! The declaration of the encoding in the first two lines (PEP 263).
//! Invariant: only a line with its newline counts, and the second only if the first has no code.

/// A declared encoding.
pub(super) struct Cookie {
    /// The name, with the spellings of UTF-8 and Latin-1 made one.
    pub name: String,
    /// Line of the declaration, from 1.
    pub line: u32,
}

/// The declaration in `source`, which begins behind any byte order mark.
pub(super) fn find(source: &[u8]) -> Option<Cookie> {
    let first_end = memchr::memchr(b'\n', source)?;
    let first = &source[..first_end];
    if let Some(name) = in_line(first) {
        return Some(Cookie { name, line: 1 });
    }
    if !is_blank_or_comment(first) {
        return None;
    }
    let rest = &source[first_end + 1..];
    let second = &rest[..memchr::memchr(b'\n', rest)?];
    in_line(second).map(|name| Cookie { name, line: 2 })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}

pub(crate) fn is_blank_or_comment(line: &[u8]) -> bool {
    line.iter().find(|&&byte| !is_blank(byte)).is_none_or(|&byte| byte == b'#')
}

/// The name behind `coding:` or `coding=` in a comment line.
pub(crate) fn in_line(line: &[u8]) -> Option<String> {
    let hash = line.iter().position(|&byte| !is_blank(byte))?;
    if line[hash] != b'#' {
        return None;
    }
    let comment = &line[hash..];
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let (separator, value) = comment[at + b"coding".len()..].split_first()?;
        if !matches!(separator, b':' | b'=') {
            return None;
        }
        let start = value.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
        let name: String = value[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .map(|&byte| char::from(byte))
            .collect();
        (!name.is_empty()).then(|| normal_name(name))
    })
}

/// One name for the spellings that CPython compares without a codec.
fn normal_name(name: String) -> String {
    let start: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let spells = |wanted: &str| {
        start.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if spells("utf-8") {
        "utf-8".to_owned()
    } else if spells("latin-1") || spells("iso-8859-1") || spells("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name
    }
}
