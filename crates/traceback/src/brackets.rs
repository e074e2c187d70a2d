//! Tokens in groups: what stands outside of brackets, and brackets with what they hold.

use crate::scan::{Kind, Token};

/// A token outside of brackets, or a pair of brackets with what they hold.
#[derive(Clone, Copy)]
pub(crate) enum Item<'t> {
    One(&'t Token),
    Brackets(&'t [Token]),
}

impl Item<'_> {
    /// The opening bracket.
    pub fn opening(self) -> Option<char> {
        match self {
            Item::Brackets([Token { kind: Kind::Open(open), .. }, ..]) => Some(*open),
            _ => None,
        }
    }

    /// Where it begins.
    pub fn start(self) -> usize {
        match self {
            Item::One(token) => token.start,
            Item::Brackets(tokens) => tokens.first().map_or(0, |token| token.start),
        }
    }

    /// Where it ends.
    pub fn end(self) -> usize {
        match self {
            Item::One(token) => token.end,
            Item::Brackets(tokens) => tokens.last().map_or(0, |token| token.end),
        }
    }

    /// Whether this is the name, keyword or operator.
    pub fn is(self, text: &str) -> bool {
        matches!(self, Item::One(token) if token.is(text))
    }

    /// What stands between round brackets that only group: those of tuples and generators belong to them.
    pub fn grouped(&self) -> Option<&[Token]> {
        let Item::Brackets([open, inner @ .., _]) = self else { return None };
        let groups = open.kind == Kind::Open('(')
            && !inner.is_empty()
            && !items(inner)?.iter().any(|item| item.is(",") || item.is("for"));
        groups.then_some(inner)
    }
}

/// Sorts tokens by whether they stand in brackets; none if brackets do not match.
pub(crate) fn items(tokens: &[Token]) -> Option<Vec<Item<'_>>> {
    let mut found = Vec::new();
    let mut open: Vec<(char, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open(bracket) => open.push((bracket, at)),
            Kind::Close(bracket) => {
                let (opened, from) = open.pop()?;
                if !matches!((opened, bracket), ('(', ')') | ('[', ']') | ('{', '}')) {
                    return None;
                }
                if open.is_empty() {
                    found.push(Item::Brackets(tokens.get(from..=at)?));
                }
            }
            _ if open.is_empty() => found.push(Item::One(token)),
            _ => {}
        }
    }
    open.is_empty().then_some(found)
}

/// Keywords that no expression with anchors has outside of brackets.
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
    "pass", "raise", "return", "try", "while", "with", "yield", "await",
];

/// Whether tokens are a name, perhaps in brackets.
pub(crate) fn is_name(tokens: &[Token]) -> bool {
    let mut rest = tokens;
    while let [open, inner @ .., close] = rest
        && open.kind == Kind::Open('(')
        && close.kind == Kind::Close(')')
    {
        rest = inner;
    }
    let [name] = rest else { return false };
    let is_constant = ["None", "True", "False"].contains(&name.text.as_str());
    name.kind == Kind::Name && !is_keyword(&name.text) && !is_constant
}

/// Whether a name is a keyword that is no operand.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Whether two operands follow each other anywhere: then it is no source, but the text of a string.
pub(crate) fn is_prose(tokens: &[Token]) -> bool {
    let ends = |token: &Token| match token.kind {
        Kind::Name => !is_keyword(&token.text),
        Kind::Number | Kind::Text | Kind::Close(_) => true,
        _ => false,
    };
    let begins = |token: &Token| match token.kind {
        Kind::Name => !is_keyword(&token.text),
        kind => matches!(kind, Kind::Number | Kind::Text),
    };
    let both_text = |a: &Token, b: &Token| a.kind == Kind::Text && b.kind == Kind::Text;
    tokens.iter().zip(tokens.iter().skip(1)).any(|(a, b)| ends(a) && begins(b) && !both_text(a, b))
}
