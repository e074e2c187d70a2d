//! A small scan of source: names, numbers, strings, brackets and operators, of which anchors are found. It is no
//! lexer: it makes no difference between valid and invalid programs where that does not move an anchor.

use taipan_unicode::{is_identifier_continue, is_identifier_start};

/// F-strings in f-strings are followed so deep.
const DEEPEST: usize = 40;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Name,
    Number,
    Text,
    Open(char),
    Close(char),
    Operator,
}

/// A token and where it stands, in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    pub text: String,
    pub start: usize,
    pub end: usize,
}

impl Token {
    /// Whether this is the name, keyword or operator.
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Name | Kind::Operator) && self.text == text
    }
}

const LONG: [&str; 25] = [
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", ":=", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "<>",
];

/// The tokens of a piece of source, comments and blanks left out; none where something is no token.
pub(crate) fn tokens(source: &[char]) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    scan(source, &mut found).then_some(found)
}

/// The tokens before the first thing that is none.
pub(crate) fn first_tokens(source: &[char]) -> Vec<Token> {
    let mut found = Vec::new();
    scan(source, &mut found);
    found
}

/// Finds tokens; false if something is none.
fn scan(source: &[char], found: &mut Vec<Token>) -> bool {
    let mut at = 0;
    while let Some(&c) = source.get(at) {
        let start = at;
        let kind = match c {
            ' ' | '\t' | '\n' | '\r' | '\x0c' => {
                at += 1;
                continue;
            }
            '\\' if source.get(at + 1) == Some(&'\n') => {
                at += 2;
                continue;
            }
            '#' => {
                at = end_of_line(source, at);
                continue;
            }
            '(' | '[' | '{' => Kind::Open(c),
            ')' | ']' | '}' => Kind::Close(c),
            '"' | '\'' => Kind::Text,
            _ if is_identifier_start(u32::from(c)) => Kind::Name,
            _ if starts_number(source, at) => Kind::Number,
            _ => Kind::Operator,
        };
        let Some((kind, end)) = extent(source, at, kind) else { return false };
        at = end;
        let text = crate::text::part(source, start, end).iter().collect();
        found.push(Token { kind, text, start, end });
    }
    true
}

/// Where a token ends; a name before a string's quote is part of the string.
fn extent(source: &[char], at: usize, kind: Kind) -> Option<(Kind, usize)> {
    Some(match kind {
        Kind::Open(_) | Kind::Close(_) => (kind, at + 1),
        Kind::Text => (kind, string(source, at, false, 0)?),
        Kind::Number => (kind, number(source, at)),
        Kind::Name => {
            let end = name(source, at);
            match prefix(source, at, end) {
                Some(formatted) => (Kind::Text, string(source, end, formatted, 0)?),
                None => (kind, end),
            }
        }
        Kind::Operator => (kind, at + operator(source.get(at..)?)?),
    })
}

fn end_of_line(source: &[char], at: usize) -> usize {
    let rest = source.get(at..).unwrap_or_default();
    at + rest.iter().position(|&c| c == '\n').unwrap_or(rest.len())
}

fn starts_number(source: &[char], at: usize) -> bool {
    let digit = |at: usize| source.get(at).is_some_and(char::is_ascii_digit);
    digit(at) || (source.get(at) == Some(&'.') && digit(at + 1))
}

fn number(source: &[char], start: usize) -> usize {
    let while_in = |at: usize, set: &str| {
        let rest = source.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|c| set.contains(**c)).count()
    };
    let is = |at: usize, set: &str| source.get(at).is_some_and(|c| set.contains(*c));
    const DIGITS: &str = "0123456789_";
    if is(start, "0") && is(start + 1, "xXoObB") {
        return while_in(start + 2, "0123456789_abcdefABCDEF");
    }
    let mut at = while_in(start, DIGITS);
    if is(at, ".") {
        at = while_in(at + 1, DIGITS);
    }
    let sign = usize::from(is(at + 1, "+-"));
    if is(at, "eE") && is(at + 1 + sign, DIGITS) {
        at = while_in(at + 1 + sign, DIGITS);
    }
    at + usize::from(is(at, "jJ"))
}

fn name(source: &[char], start: usize) -> usize {
    let rest = source.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|&&c| is_identifier_continue(u32::from(c))).count()
}

/// Whether a name is the prefix of the string behind it, and then whether of one with fields.
fn prefix(source: &[char], start: usize, end: usize) -> Option<bool> {
    let name = source.get(start..end)?;
    let letters = |c: &char| "rRbBuUfFtT".contains(*c);
    let is_prefix =
        name.len() <= 2 && name.iter().all(letters) && matches!(source.get(end), Some('"' | '\''));
    is_prefix.then(|| name.iter().any(|c| "fFtT".contains(*c)))
}

fn operator(rest: &[char]) -> Option<usize> {
    let starts = |text: &&&str| text.chars().zip(rest).filter(|(a, b)| a == *b).count() == text.len();
    if let Some(long) = LONG.iter().find(starts) {
        return Some(long.len());
    }
    "+-*/%@&|^~<>()[]{},:;.=!".contains(*rest.first()?).then_some(1)
}

/// Where the string ends whose quote stands here; none if it does not.
fn string(source: &[char], start: usize, formatted: bool, depth: usize) -> Option<usize> {
    let quote = *source.get(start)?;
    let triple = source.get(start + 1) == Some(&quote) && source.get(start + 2) == Some(&quote);
    let mut at = start + if triple { 3 } else { 1 };
    loop {
        let c = *source.get(at)?;
        if c == '\\' {
            at += 2;
        } else if c == quote && !triple {
            return Some(at + 1);
        } else if c == quote && source.get(at + 1) == Some(&quote) && source.get(at + 2) == Some(&quote) {
            return Some(at + 3);
        } else if c == '{' && formatted {
            at = match source.get(at + 1) {
                Some('{') => at + 2,
                _ => field(source, at + 1, depth + 1)?,
            };
        } else {
            at += 1;
        }
    }
}

/// Where the field of an f-string ends that begins here, behind its brace.
fn field(source: &[char], start: usize, depth: usize) -> Option<usize> {
    if depth > DEEPEST {
        return None;
    }
    let (mut at, mut open, mut in_spec) = (start, 0usize, false);
    loop {
        let c = *source.get(at)?;
        match c {
            '}' if open == 0 => return Some(at + 1),
            '{' if in_spec => at = field(source, at + 1, depth + 1)?,
            ':' if open == 0 => {
                in_spec = true;
                at += 1;
            }
            '(' | '[' | '{' if !in_spec => {
                open += 1;
                at += 1;
            }
            ')' | ']' | '}' if !in_spec => {
                open = open.saturating_sub(1);
                at += 1;
            }
            '"' | '\'' if !in_spec => at = string(source, at, false, depth + 1)?,
            '#' if !in_spec => at = end_of_line(source, at),
            _ if !in_spec && is_identifier_start(u32::from(c)) => {
                let end = name(source, at);
                at = match prefix(source, at, end) {
                    Some(formatted) => string(source, end, formatted, depth + 1)?,
                    None => end,
                };
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Option<Vec<String>> {
        let chars: Vec<char> = source.chars().collect();
        Some(tokens(&chars)?.into_iter().map(|token| token.text).collect())
    }

    #[test]
    fn pieces_are_found() {
        let of = |source: &str| texts(source).unwrap_or_default().join("|");
        assert_eq!(of("a+b # c\n**= 1e-5-0xe-1"), "a|+|b|**=|1e-5|-|0xe|-|1");
        assert_eq!(of("0x1f.a 1.5e3j.b 1if 2.e+1 .5_0"), "0x1f|.|a|1.5e3j|.|b|1|if|2.e+1|.5_0");
        assert_eq!(of("rb'\\'' \"\"\"a\"b\"\"\""), "rb'\\''|\"\"\"a\"b\"\"\"");
        assert_eq!(of("f'{a[\"}\"]:{w}>{{}}}'[0]"), "f'{a[\"}\"]:{w}>{{}}}'|[|0|]");
        assert_eq!(of("f'{f'{x}'}'()"), "f'{f'{x}'}'|(|)");
        assert_eq!(texts("'open"), None);
        assert_eq!(texts("a ? b"), None);
    }
}
