//! Which part of an expression is stressed by carets: a binary operator, the brackets of a subscript or a call.

use crate::brackets::{Item, is_keyword, is_name, is_prose, items};
use crate::scan::{Kind, Token};

/// What an expression is, if it is one of those with anchors. Places are numbers of characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// A binary operator, from where to where it is stressed.
    Operator { start: usize, end: usize },
    /// A subscript, with its brackets.
    Subscript { start: usize, end: usize },
    /// A call, with its brackets; `plain` if it is of a name.
    Call { start: usize, end: usize, plain: bool },
}

impl Shape {
    /// The part that is stressed.
    pub fn stressed(self) -> (usize, usize) {
        match self {
            Shape::Operator { start, end }
            | Shape::Subscript { start, end }
            | Shape::Call { start, end, .. } => (start, end),
        }
    }
}

/// More brackets around one expression are not looked into.
const DEEPEST: usize = 100;

const UNARY: u8 = 7;
const POWER: u8 = 8;

/// How tightly a binary operator binds.
fn precedence(item: Item<'_>) -> Option<u8> {
    let Item::One(Token { kind: Kind::Operator, text, .. }) = item else { return None };
    Some(match text.as_str() {
        "|" => 1,
        "^" => 2,
        "&" => 3,
        "<<" | ">>" => 4,
        "+" | "-" => 5,
        "*" | "/" | "//" | "%" | "@" => 6,
        "**" => POWER,
        _ => return None,
    })
}

/// What is known of an expression behind its last token.
#[derive(Default)]
struct Walk {
    wants_operand: bool,
    /// The operator that is applied last: how it binds and its number.
    last: Option<(u8, usize)>,
    /// Whether a sign or `await` stands first.
    signed: bool,
    awaits: bool,
}

impl Walk {
    /// Takes an item; false if no expression with anchors goes on so.
    fn step(&mut self, items: &[Item<'_>], at: usize) -> bool {
        let Some(&item) = items.get(at) else { return false };
        let before = at.checked_sub(1).and_then(|at| items.get(at)).copied();
        if self.wants_operand {
            return self.operand(item, at);
        }
        match item {
            Item::Brackets(_) => item.opening() != Some('{'),
            Item::One(token) if token.kind == Kind::Text => {
                matches!(before, Some(Item::One(Token { kind: Kind::Text, .. })))
            }
            Item::One(token) if token.kind == Kind::Name => before.is_some_and(|before| before.is(".")),
            Item::One(token) if token.is(".") => {
                matches!(items.get(at + 1), Some(Item::One(Token { kind: Kind::Name, .. })))
            }
            _ => self.operator(item, at),
        }
    }

    fn operand(&mut self, item: Item<'_>, at: usize) -> bool {
        if ["+", "-", "~"].iter().any(|sign| item.is(sign)) {
            self.signed |= at == 0;
            return true;
        }
        if item.is("await") {
            self.awaits |= at == 0;
            return true;
        }
        self.wants_operand = false;
        match item {
            Item::Brackets(_) => true,
            Item::One(token) => match token.kind {
                Kind::Name => !is_keyword(&token.text),
                Kind::Number | Kind::Text => true,
                _ => token.is("..."),
            },
        }
    }

    fn operator(&mut self, item: Item<'_>, at: usize) -> bool {
        let Some(binds) = precedence(item) else { return false };
        self.wants_operand = true;
        // of operators that bind alike the last is applied last, of powers the first
        if self.last.is_none_or(|(last, _)| binds < last || (binds == last && binds != POWER)) {
            self.last = Some((binds, at));
        }
        true
    }
}

/// What the expression of these tokens is; none if it has no anchors, or is no expression at all.
pub(crate) fn shape(tokens: &[Token], source: &[char]) -> Option<Shape> {
    let opened = tokens.iter().take_while(|token| token.kind == Kind::Open('(')).count();
    if opened > DEEPEST {
        return None;
    }
    if tokens.iter().any(|token| token.is("as")) || is_prose(tokens) {
        return None;
    }
    let items = items(tokens)?;
    if let [only] = items.as_slice() {
        return shape(only.grouped()?, source);
    }
    let mut walk = Walk { wants_operand: true, ..Walk::default() };
    if !(0..items.len()).all(|at| walk.step(&items, at)) || walk.wants_operand {
        return None;
    }
    match walk.last {
        Some((binds, _)) if walk.signed && binds > UNARY => None,
        Some((_, at)) => binary(&items, at, source),
        None if walk.signed || walk.awaits => None,
        None => primary(&items),
    }
}

/// The second character is stressed, too, if it is neither blank nor the right operand's.
fn binary(items: &[Item<'_>], at: usize, source: &[char]) -> Option<Shape> {
    let start = items.get(at)?.start();
    let right = items.get(at + 1..)?;
    let operand = match right {
        [only] => only.grouped().and_then(|inner| inner.first()).map_or(only.start(), |token| token.start),
        _ => right.first()?.start(),
    };
    let two = start + 1 < operand
        && source.get(start + 1).is_some_and(|&c| !crate::text::is_blank(c) && c != '\\' && c != '#');
    Some(Shape::Operator { start, end: start + if two { 2 } else { 1 } })
}

fn primary(items: &[Item<'_>]) -> Option<Shape> {
    let (&last, of) = items.split_last()?;
    let (start, end) = (last.start(), last.end());
    match last.opening()? {
        '(' => {
            let plain = match of {
                [Item::One(token)] => is_name(std::slice::from_ref(token)),
                [brackets] => brackets.grouped().is_some_and(is_name),
                _ => false,
            };
            Some(Shape::Call { start, end, plain })
        }
        '[' => Some(Shape::Subscript { start, end }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source with the stressed part between bars.
    fn stressed(source: &str) -> String {
        let chars: Vec<char> = source.chars().collect();
        let found = crate::scan::tokens(&chars).and_then(|tokens| shape(&tokens, &chars));
        let Some((start, end)) = found.map(Shape::stressed) else { return "none".to_owned() };
        let part = |from, to| crate::text::part(&chars, from, to).iter().collect::<String>();
        format!("{}|{}|{}", part(0, start), part(start, end), part(end, chars.len()))
    }

    #[test]
    fn operators() {
        for expected in [
            "a |+| b",
            "a + b |-| c * d",
            "a |**| b ** c",
            "a |**| -b",
            "-a |*| b",
            "a ** -b |*| c",
            "await a |**| b",
            "(a)|/(|b)",
            "a|*|(b, c)",
            "a|*|(b for b in c)",
            "a|*|b",
            "a|//|b",
            "a |@| b",
            "(a) # )+\n |+| b",
            "a|+(|b)",
            "a|+|(b)(c)",
            "a |%| (b,)",
            "x[1 + 2] |+| f(3 * 4)",
            "a |<<| 1",
            "a |||b",
            "1e-5|-|2",
        ] {
            let source = match expected {
                "a |||b" => "a |b".to_owned(),
                _ => expected.replace('|', ""),
            };
            assert_eq!(stressed(&source), expected);
        }
        for source in [
            "-a ** b",
            "a == b",
            "a or b + c",
            "not a + b",
            "a + b if c else d",
            "a, b + c",
            "x = a + b",
            "a += b",
            "lambda: a + b",
            "await a",
            "a.b",
            "*a",
            "raise A + b",
            "a if b",
            "f'{a + b}'",
            "a +",
            "yield a + b",
        ] {
            assert_eq!(stressed(source), "none", "{source}");
        }
    }

    #[test]
    fn brackets() {
        for expected in [
            "f|(x)|",
            "a.b|[c + d]|",
            "f(x)[1]|(\n  a,\n)|",
            "'%s'.format|(1)|",
            "a # (\n |(b)|",
            "(a + b)|(c)|",
            "(f|(x)|)",
            "[1, 2]|[3]|",
            "{1: 2}|[3]|",
        ] {
            assert_eq!(stressed(&expected.replace('|', "")), expected);
        }
        for source in [
            "f(x).y",
            "-f(x)",
            "await f(x)",
            "P(x as y)",
            "failed (very good)",
            "text (two words)",
            "{a}",
            "(a, b)",
            "()",
            "f(x) for x in y",
            "f (x]",
        ] {
            assert_eq!(stressed(source), "none", "{source}");
        }
    }
}
