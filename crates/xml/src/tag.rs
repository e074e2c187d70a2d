//! The tokens of content: tags, references, text, comments, instructions.

use crate::chars::is_char;
use crate::error::ErrorCode;
use crate::scan::{Cursor, Scan, Stop};

/// A token, and the place behind it.
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind<'a>,
    pub(crate) end: usize,
}

/// A token of content.
pub(crate) enum TokenKind<'a> {
    Start {
        name: &'a str,
        /// Names, values as they stand there, and where the names do.
        attributes: Vec<(&'a str, &'a str, usize)>,
        is_empty: bool,
    },
    End {
        name: &'a str,
    },
    Text(&'a str),
    Newline,
    Entity(&'a str),
    Character(&'a str),
    Comment(&'a str),
    Instruction {
        target: &'a str,
        data: &'a str,
    },
    CdataStart,
}

/// The token at a place; `is_whole` if no more text comes.
pub(crate) fn token(text: &str, at: usize, is_whole: bool) -> Scan<Token<'_>> {
    let mut cursor = Cursor { text, at };
    let kind = match cursor.need()? {
        '<' => markup(&mut cursor)?,
        '&' => reference(&mut cursor)?,
        '\n' => {
            cursor.bump();
            TokenKind::Newline
        }
        '\r' => {
            cursor.bump();
            // the newline behind belongs to it
            if cursor.peek().is_none() && !is_whole {
                return Err(Stop::More);
            }
            cursor.eat("\n");
            TokenKind::Newline
        }
        _ => text_token(&mut cursor, is_whole)?,
    };
    Ok(Token { kind, end: cursor.at })
}

/// How many bytes at the end of a part of text may become `]]>` with what follows.
pub(crate) fn may_close(part: &str) -> usize {
    part.len() - part.trim_end_matches(']').len().max(part.len().saturating_sub(2))
}

fn text_token<'a>(cursor: &mut Cursor<'a>, is_whole: bool) -> Scan<TokenKind<'a>> {
    let rest = cursor.rest();
    let start = cursor.at;
    let mut length = rest.find(['<', '&', '\n', '\r']).unwrap_or(rest.len());
    let is_last = length == rest.len();
    let mut part = rest.get(..length).unwrap_or_default();
    if let Some(wrong) = part.find("]]>") {
        if wrong == 0 {
            return Err(Stop::Bad(ErrorCode::InvalidToken, start + 2));
        }
        (length, part) = (wrong, part.get(..wrong).unwrap_or_default());
    } else if is_last && !is_whole {
        length -= may_close(part);
        part = part.get(..length).unwrap_or_default();
        if part.is_empty() {
            return Err(Stop::More);
        }
    }
    if let Some(wrong) = part.find(|c| !is_char(c)) {
        if wrong == 0 {
            return Err(Stop::Bad(ErrorCode::InvalidToken, start));
        }
        (length, part) = (wrong, part.get(..wrong).unwrap_or_default());
    }
    cursor.at += length;
    Ok(TokenKind::Text(part))
}

fn markup<'a>(cursor: &mut Cursor<'a>) -> Scan<TokenKind<'a>> {
    cursor.bump();
    match cursor.need()? {
        '/' => {
            cursor.bump();
            let name = cursor.scan_name()?;
            cursor.skip_spaces();
            match cursor.need()? {
                '>' => cursor.bump(),
                _ => return Err(cursor.bad()),
            };
            Ok(TokenKind::End { name })
        }
        '!' => {
            cursor.bump();
            match cursor.need()? {
                '-' => comment(cursor),
                '[' => cursor.scan_word("[CDATA[").map(|()| TokenKind::CdataStart),
                _ => Err(cursor.bad()),
            }
        }
        '?' => {
            cursor.bump();
            instruction(cursor)
        }
        _ => start(cursor),
    }
}

/// A comment, behind `<!`.
pub(crate) fn comment<'a>(cursor: &mut Cursor<'a>) -> Scan<TokenKind<'a>> {
    cursor.scan_word("--")?;
    let inside = cursor.rest();
    let end = inside.find("--");
    let known = inside.get(..end.unwrap_or(inside.len())).unwrap_or_default();
    if let Some(wrong) = known.find(|c| !is_char(c)) {
        return Err(Stop::Bad(ErrorCode::InvalidToken, cursor.at + wrong));
    }
    let Some(end) = end else { return Err(Stop::More) };
    cursor.at += end + 2;
    match cursor.need()? {
        '>' => cursor.bump(),
        _ => return Err(cursor.bad()),
    };
    Ok(TokenKind::Comment(known))
}

/// A processing instruction, behind `<?`.
pub(crate) fn instruction<'a>(cursor: &mut Cursor<'a>) -> Scan<TokenKind<'a>> {
    let begin = cursor.at;
    let target = cursor.scan_name()?;
    if target.eq_ignore_ascii_case("xml") {
        let code = if target == "xml" { ErrorCode::MisplacedXmlPi } else { ErrorCode::InvalidToken };
        return Err(Stop::Bad(code, if target == "xml" { begin - 2 } else { cursor.at }));
    }
    if !cursor.skip_spaces() && !matches!(cursor.need()?, '?') {
        return Err(cursor.bad());
    }
    let rest = cursor.rest();
    let Some(end) = rest.find("?>") else { return Err(Stop::More) };
    let data = rest.get(..end).unwrap_or_default();
    if let Some(wrong) = data.find(|c| !is_char(c)) {
        return Err(Stop::Bad(ErrorCode::InvalidToken, cursor.at + wrong));
    }
    cursor.at += end + 2;
    Ok(TokenKind::Instruction { target, data })
}

fn start<'a>(cursor: &mut Cursor<'a>) -> Scan<TokenKind<'a>> {
    let name = cursor.scan_name()?;
    let mut attributes: Vec<(&str, &str, usize)> = Vec::new();
    loop {
        let spaced = cursor.skip_spaces();
        match cursor.need()? {
            '>' => {
                cursor.bump();
                return Ok(TokenKind::Start { name, attributes, is_empty: false });
            }
            '/' => {
                cursor.bump();
                match cursor.need()? {
                    '>' => cursor.bump(),
                    _ => return Err(cursor.bad()),
                };
                return Ok(TokenKind::Start { name, attributes, is_empty: true });
            }
            _ if !spaced => return Err(cursor.bad()),
            _ => attributes.push(attribute(cursor)?),
        }
    }
}

fn attribute<'a>(cursor: &mut Cursor<'a>) -> Scan<(&'a str, &'a str, usize)> {
    let at = cursor.at;
    let name = cursor.scan_name()?;
    cursor.skip_spaces();
    match cursor.need()? {
        '=' => cursor.bump(),
        _ => return Err(cursor.bad()),
    };
    cursor.skip_spaces();
    let quote = match cursor.need()? {
        quote @ ('"' | '\'') => quote,
        _ => return Err(cursor.bad()),
    };
    cursor.bump();
    let from = cursor.at;
    loop {
        match cursor.need()? {
            c if c == quote => break,
            '<' => return Err(cursor.bad()),
            '&' => {
                reference(cursor)?;
            }
            c if !is_char(c) => return Err(cursor.bad()),
            _ => {
                cursor.bump();
            }
        }
    }
    let value = cursor.text.get(from..cursor.at).unwrap_or_default();
    cursor.bump();
    Ok((name, value, at))
}

/// A reference, from its `&` on.
pub(crate) fn reference<'a>(cursor: &mut Cursor<'a>) -> Scan<TokenKind<'a>> {
    cursor.bump();
    if cursor.need()? != '#' {
        let name = cursor.scan_name()?;
        return match cursor.need()? {
            ';' => {
                cursor.bump();
                Ok(TokenKind::Entity(name))
            }
            _ => Err(cursor.bad()),
        };
    }
    cursor.bump();
    let begin = cursor.at;
    let is_hex = cursor.need()? == 'x';
    if is_hex {
        cursor.bump();
    }
    let first = cursor.at;
    loop {
        match cursor.need()? {
            ';' if cursor.at > first => break,
            c if c.is_ascii_digit() || (is_hex && c.is_ascii_hexdigit()) => cursor.bump(),
            _ => return Err(cursor.bad()),
        };
    }
    let digits = cursor.text.get(begin..cursor.at).unwrap_or_default();
    cursor.bump();
    Ok(TokenKind::Character(digits))
}
