//! The tokens outside of the root element.

use crate::chars::{is_name, is_space};
use crate::error::ErrorCode;
use crate::parser::Stage;
use crate::scan::{Cursor, Scan, Stop};
use crate::tag::{TokenKind, comment, instruction};

/// A token outside of the root element.
pub(crate) enum Token<'a> {
    Space,
    Comment(&'a str),
    Instruction { target: &'a str, data: &'a str },
    Doctype { has_internal_subset: bool },
    SubsetEnd,
    Parameter(&'a str),
    Declaration,
    SectionStart,
    SectionEnd,
    Root,
}

/// The token at a place.
pub(crate) fn scan(text: &str, at: usize, stage: Stage, sections: usize) -> Scan<(Token<'_>, usize)> {
    let mut cursor = Cursor { text, at };
    if cursor.skip_spaces() {
        return Ok((Token::Space, cursor.at));
    }
    let in_dtd = matches!(stage, Stage::Subset | Stage::External);
    let token = match cursor.need()? {
        '<' => {
            cursor.bump();
            markup(&mut cursor, stage)?
        }
        ']' if stage == Stage::Subset => {
            cursor.bump();
            cursor.skip_spaces();
            match cursor.need()? {
                '>' => cursor.bump(),
                _ => return Err(cursor.bad()),
            };
            Token::SubsetEnd
        }
        ']' if sections > 0 => cursor.scan_word("]]>").map(|()| Token::SectionEnd)?,
        '%' if in_dtd => {
            cursor.bump();
            let name = cursor.scan_name()?;
            match cursor.need()? {
                ';' => cursor.bump(),
                _ => return Err(cursor.bad()),
            };
            Token::Parameter(name)
        }
        c if stage != Stage::Epilog && is_name(c) => {
            // a word that could go on, or be followed by what words are followed by in declarations
            cursor.name_token();
            match cursor.peek() {
                Some(c) if !is_space(c) && !">),|[%*+?".contains(c) => return Err(cursor.bad()),
                _ => return Err(Stop::Bad(ErrorCode::Syntax, at)),
            }
        }
        c if stage == Stage::Epilog && (is_name(c) || "\"'%()>,;|[]#".contains(c)) => {
            return Err(Stop::Bad(ErrorCode::JunkAfterDocElement, at));
        }
        c if is_name(c) || "\"'%()>,;|[]#".contains(c) => return Err(Stop::Bad(ErrorCode::Syntax, at)),
        _ => return Err(cursor.bad()),
    };
    let end = if matches!(token, Token::Root) { at } else { cursor.at };
    Ok((token, end))
}

fn markup<'a>(cursor: &mut Cursor<'a>, stage: Stage) -> Scan<Token<'a>> {
    let in_dtd = matches!(stage, Stage::Subset | Stage::External);
    match cursor.need()? {
        '?' => {
            cursor.bump();
            match instruction(cursor)? {
                TokenKind::Instruction { target, data } => Ok(Token::Instruction { target, data }),
                _ => Err(cursor.bad()),
            }
        }
        '!' => {
            let begin = cursor.at - 1;
            cursor.bump();
            match cursor.need()? {
                '-' => match comment(cursor)? {
                    TokenKind::Comment(text) => Ok(Token::Comment(text)),
                    _ => Err(cursor.bad()),
                },
                '[' if stage == Stage::External => section(cursor),
                'D' if stage == Stage::Prolog => doctype(cursor),
                c if in_dtd && c.is_ascii_uppercase() => declaration(cursor),
                'A'..='Z' => Err(Stop::Bad(ErrorCode::Syntax, begin)),
                _ => Err(cursor.bad()),
            }
        }
        c if crate::chars::is_name_start(c) => match in_dtd {
            true => Err(Stop::Bad(ErrorCode::Syntax, cursor.at - 1)),
            false => Ok(Token::Root),
        },
        _ => Err(cursor.bad()),
    }
}

fn doctype<'a>(cursor: &mut Cursor<'a>) -> Scan<Token<'a>> {
    cursor.scan_word("DOCTYPE")?;
    if !is_space(cursor.need()?) {
        return Err(cursor.bad());
    }
    cursor.skip_spaces();
    cursor.scan_name()?;
    loop {
        match cursor.need()? {
            '>' => break,
            '[' => break,
            quote @ ('"' | '\'') => skip_quoted(cursor, quote)?,
            c if is_space(c) || is_name(c) => drop(cursor.bump()),
            '%' | '(' | ')' | ',' | '|' | '#' => return Err(Stop::Bad(ErrorCode::Syntax, cursor.at)),
            _ => return Err(cursor.bad()),
        }
    }
    let has_internal_subset = cursor.bump() == Some('[');
    Ok(Token::Doctype { has_internal_subset })
}

fn skip_quoted(cursor: &mut Cursor<'_>, quote: char) -> Scan<()> {
    cursor.bump();
    let end = cursor.rest().find(quote).ok_or(Stop::More)?;
    cursor.at += end + 1;
    Ok(())
}

/// A declaration to its end.
fn declaration<'a>(cursor: &mut Cursor<'a>) -> Scan<Token<'a>> {
    loop {
        match cursor.need()? {
            '>' => break,
            '<' => return Err(cursor.bad()),
            quote @ ('"' | '\'') => skip_quoted(cursor, quote)?,
            _ => drop(cursor.bump()),
        }
    }
    cursor.bump();
    Ok(Token::Declaration)
}

/// The beginning of a conditional section; all of it, if it is to be ignored.
fn section<'a>(cursor: &mut Cursor<'a>) -> Scan<Token<'a>> {
    let word_at = cursor.at + 1;
    let rest = cursor.text.get(word_at..).unwrap_or_default();
    let Some(open) = rest.find('[') else { return Err(Stop::More) };
    cursor.at = word_at + open + 1;
    if !rest.trim_start_matches(is_space).starts_with("IGNORE") {
        return Ok(Token::SectionStart);
    }
    let mut depth = 1;
    while depth > 0 {
        let rest = cursor.rest();
        match (rest.find("<!["), rest.find("]]>")) {
            (_, None) => return Err(Stop::More),
            (Some(opens), Some(closes)) if opens < closes => {
                (depth, cursor.at) = (depth + 1, cursor.at + opens + 3)
            }
            (_, Some(closes)) => (depth, cursor.at) = (depth - 1, cursor.at + closes + 3),
        }
    }
    Ok(Token::SectionStart)
}
