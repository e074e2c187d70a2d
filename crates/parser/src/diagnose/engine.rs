//! The machine that the rules run on: a packrat recogniser over the token buffer. It keeps the three
//! things that CPython's error reports depend on: how far tokens were ever read (`fill`), how deep the
//! rules nest (`level`), and whether the `invalid_*` rules take part (`invalid`).
//! Invariant: a rule that does not match leaves `mark` where it found it; once `raised` is set nothing
//! matches any more.

use super::raise::Raised;
use crate::ParseOptions;
use crate::errors::SyntaxErrorKind;
use rustc_hash::FxHashMap;
use taipan_diagnostics::ErrorClass;
use taipan_lexer::{Lexed, Source, TokenKind};
use taipan_span::LineIndex;

/// The nesting of rules at which CPython gives up.
pub(super) const MAX_LEVEL: u32 = 6000;

/// What a piece of matched input is, as far as an error message wants to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Token,
    Unit,
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    Operation,
    Comparison,
    GeneratorExp,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    Yield,
    Await,
    FString,
    TString,
    None,
    True,
    False,
    Ellipsis,
    Real,
    Imaginary,
    Str,
    Bytes,
    IfExp,
    NamedExpr,
    Slice,
    /// `name=value`
    Keyword,
    /// `**value`
    KeywordUnpacking,
    /// A statement, pattern or parameter, of which only the place matters.
    Other,
}

/// A matched piece of input: what it is, its first and last token, and its parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) parts: (u32, u32),
}

/// The result of a rule: what it matched, or nothing.
pub(super) type Match = Option<Item>;

/// One run of the recogniser; see the module documentation.
pub(super) struct Peg<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) lexed: &'s Lexed,
    pub(super) lines: &'s LineIndex,
    pub(super) options: &'s ParseOptions,
    /// The tokens that rules see: indices into the buffer, without `# type: ignore`.
    pub(super) order: &'s [u32],
    pub(super) mark: u32,
    pub(super) fill: u32,
    pub(super) invalid: bool,
    /// Whether inequality is spelled `<>` from here on (PEP 401).
    pub(super) barry_as_flufl: bool,
    pub(super) raised: Option<Raised>,
    level: u32,
    memo: FxHashMap<(u32, Rule), (Match, u32)>,
    parts: Vec<Item>,
}

/// The rules whose results are remembered for each position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub(super) enum Rule {
    SimpleStmt,
    ImportStmt,
    Block,
    ClosedPattern,
    StarPattern,
    TypeParam,
    Expression,
    StarExpression,
    InvalidNamedExpression,
    Disjunction,
    Conjunction,
    Inversion,
    Factor,
    AwaitPrimary,
    Strings,
    TString,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    DelTarget,
    BitwiseOr,
    BitwiseXor,
    BitwiseAnd,
    ShiftExpr,
    Sum,
    Term,
    Primary,
    TPrimary,
    DottedName,
    Attr,
}

/// Tries alternatives in order, each from the same position; `?` in one means that it does not match.
macro_rules! alternatives {
    ($p:ident, $start:ident; $($alternative:expr);+ $(;)?) => {{
        #[allow(unused_variables)]
        let $start = $p.mark;
        let found = 'found: {
            $(
                #[allow(clippy::redundant_closure_call)]
                let matched = (|| -> Match { $alternative })();
                if matched.is_some() {
                    break 'found matched;
                }
                if $p.raised.is_some() {
                    break 'found None;
                }
                $p.mark = $start;
            )+
            None
        };
        found
    }};
}
pub(super) use alternatives;

impl<'s> Peg<'s> {
    pub(super) fn new(
        source: &'s Source<'s>,
        lexed: &'s Lexed,
        lines: &'s LineIndex,
        options: &'s ParseOptions,
        order: &'s [u32],
    ) -> Self {
        Peg {
            source,
            lexed,
            lines,
            options,
            order,
            mark: 0,
            fill: 0,
            invalid: false,
            barry_as_flufl: options.barry_as_flufl,
            raised: None,
            level: 0,
            memo: FxHashMap::default(),
            parts: Vec::new(),
        }
    }

    /// Goes back to the start for the pass in which the `invalid_*` rules take part.
    pub(super) fn rewind_for_error_pass(&mut self) {
        self.memo.clear();
        self.parts.clear();
        self.mark = 0;
        self.invalid = true;
    }

    /// Forgets what was remembered: nothing goes back behind the current position any more.
    pub(super) fn forget(&mut self) {
        self.memo.clear();
    }

    // -- rules ---------------------------------------------------------------------------------

    /// Runs the body of a rule one level deeper.
    pub(super) fn rule(&mut self, body: impl FnOnce(&mut Self) -> Match) -> Match {
        if self.level >= MAX_LEVEL {
            if self.raised.is_none() {
                self.raised = Some(Raised::stack_overflow());
            }
            return None;
        }
        if self.raised.is_some() {
            return None;
        }
        self.level += 1;
        let matched = stacker::maybe_grow(96 * 1024, 1024 * 1024, || body(self));
        self.level -= 1;
        if self.raised.is_some() { None } else { matched }
    }

    /// Runs a rule whose result is remembered for the position.
    pub(super) fn memo(&mut self, rule: Rule, body: impl FnOnce(&mut Self) -> Match) -> Match {
        self.rule(|p| {
            p.peek()?;
            if let Some(&(matched, mark)) = p.memo.get(&(p.mark, rule)) {
                p.mark = mark;
                return matched;
            }
            let start = p.mark;
            let matched = body(p);
            if p.raised.is_none() {
                p.memo.insert((start, rule), (matched, p.mark));
            }
            matched
        })
    }

    /// Runs a left-recursive rule: the body is tried again with its own last result remembered, as long
    /// as that gets further.
    pub(super) fn left_recursive(&mut self, rule: Rule, body: impl Fn(&mut Self) -> Match) -> Match {
        self.rule(|p| {
            p.peek()?;
            if let Some(&(matched, mark)) = p.memo.get(&(p.mark, rule)) {
                p.mark = mark;
                return matched;
            }
            let start = p.mark;
            let mut best: Match = None;
            let mut end = start;
            loop {
                p.memo.insert((start, rule), (best, end));
                p.mark = start;
                let grown = p.rule(&body);
                if p.raised.is_some() {
                    return None;
                }
                if grown.is_none() || p.mark <= end {
                    break;
                }
                end = p.mark;
                best = grown;
            }
            p.mark = end;
            best
        })
    }

    /// Runs an `invalid_*` rule, if they take part.
    pub(super) fn invalid(&mut self, rule: impl FnOnce(&mut Self) -> Match) -> Match {
        if self.invalid { self.rule(rule) } else { None }
    }

    // -- repetition and lookahead --------------------------------------------------------------

    /// `[x]`: the outer option is none only after an error.
    pub(super) fn optional(&mut self, item: impl FnOnce(&mut Self) -> Match) -> Option<Match> {
        let matched = item(self);
        if self.raised.is_some() { None } else { Some(matched) }
    }

    /// `x*`: the items, none only after an error.
    pub(super) fn many(&mut self, item: impl Fn(&mut Self) -> Match) -> Option<Vec<Item>> {
        self.nested(1, |p| {
            let mut items = Vec::new();
            while let Some(matched) = item(p) {
                items.push(matched);
            }
            Some(items)
        })
    }

    /// `x+`
    pub(super) fn many1(&mut self, item: impl Fn(&mut Self) -> Match) -> Option<Vec<Item>> {
        self.many(item).filter(|items| !items.is_empty())
    }

    /// `','.x+`
    pub(super) fn comma_separated(&mut self, item: impl Fn(&mut Self) -> Match) -> Option<Vec<Item>> {
        self.separated(TokenKind::Comma, item)
    }

    /// `separator.x+`
    pub(super) fn separated(
        &mut self,
        separator: TokenKind,
        item: impl Fn(&mut Self) -> Match,
    ) -> Option<Vec<Item>> {
        let first = self.nested(1, |p| item(p))?;
        let mut items = vec![first];
        loop {
            let mark = self.mark;
            let next = match self.token(separator) {
                Some(_) => self.nested(2, |p| item(p)),
                None => None,
            };
            match next {
                Some(matched) => items.push(matched),
                None => {
                    self.mark = mark;
                    break;
                }
            }
        }
        if self.raised.is_some() { None } else { Some(items) }
    }

    /// `&x`
    pub(super) fn ahead(&mut self, item: impl FnOnce(&mut Self) -> Match) -> Option<()> {
        let mark = self.mark;
        let matched = item(self);
        self.mark = mark;
        matched.map(|_| ())
    }

    /// `!x`
    pub(super) fn not_ahead(&mut self, item: impl FnOnce(&mut Self) -> Match) -> Option<()> {
        let mark = self.mark;
        let matched = item(self);
        self.mark = mark;
        if matched.is_some() || self.raised.is_some() { None } else { Some(()) }
    }

    /// A group in brackets: alternatives one level deeper.
    pub(super) fn group(&mut self, body: impl FnOnce(&mut Self) -> Match) -> Match {
        self.rule(body)
    }

    fn nested<T>(&mut self, levels: u32, body: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.level + levels > MAX_LEVEL && self.raised.is_none() {
            self.raised = Some(Raised::stack_overflow());
        }
        if self.raised.is_some() {
            return None;
        }
        self.level += levels;
        let result = body(self);
        self.level -= levels;
        if self.raised.is_some() { None } else { result }
    }

    // -- tokens --------------------------------------------------------------------------------

    /// The kind of the next token, which counts as read from here on. None for a lexical error, which
    /// is raised by being read.
    pub(super) fn peek(&mut self) -> Option<TokenKind> {
        if self.raised.is_some() {
            return None;
        }
        let kind = self.kind_at(self.mark);
        if self.mark == self.fill {
            self.fill += 1;
            if kind == TokenKind::Error {
                self.raise_lexical_error();
                return None;
            }
        }
        Some(kind)
    }

    /// The kind of a token of the filtered order; the last token's beyond the end.
    pub(super) fn kind_at(&self, index: u32) -> TokenKind {
        let last = self.order.last().copied().unwrap_or(0);
        let at = self.order.get(index as usize).copied().unwrap_or(last);
        self.lexed.tokens.kinds().get(at as usize).copied().unwrap_or(TokenKind::EndMarker)
    }

    /// The text of a token.
    pub(super) fn text_at(&self, index: u32) -> &'s str {
        let span = self.span_at(index);
        self.source.text().get(span.range()).unwrap_or("")
    }

    /// Matches a token of this kind.
    pub(super) fn token(&mut self, kind: TokenKind) -> Match {
        if self.peek()? != kind {
            return None;
        }
        self.mark += 1;
        Some(self.item(Kind::Token, self.mark - 1))
    }

    /// Matches a token of one of these kinds.
    pub(super) fn one_of(&mut self, kinds: &[TokenKind]) -> Match {
        let kind = self.peek()?;
        if !kinds.contains(&kind) {
            return None;
        }
        self.mark += 1;
        Some(self.item(Kind::Token, self.mark - 1))
    }

    /// Matches an identifier.
    pub(super) fn name(&mut self) -> Match {
        let name = self.token(TokenKind::Name)?;
        let text = self.text_at(name.first);
        if !text.is_ascii() {
            // an identifier that NFKC makes a keyword's twin
            let normalized = taipan_lexer::unicode::normalize_identifier(text);
            if let Some(name) = ["None", "True", "False"].into_iter().find(|name| *name == normalized) {
                return self.raise_bare(ErrorClass::Value, SyntaxErrorKind::ConstantIdentifier { name });
            }
        }
        Some(Item { kind: Kind::Name, ..name })
    }

    /// Matches the soft keyword `word`.
    pub(super) fn soft(&mut self, word: &str) -> Match {
        if self.peek()? == TokenKind::Name && self.text_at(self.mark) == word { self.name() } else { None }
    }

    // -- items ---------------------------------------------------------------------------------

    /// An item of the tokens from `start` to here, white space at its end left out.
    pub(super) fn item(&self, kind: Kind, start: u32) -> Item {
        let mut last = self.mark.saturating_sub(1);
        while last > start
            && matches!(
                self.kind_at(last),
                TokenKind::EndMarker | TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
            )
        {
            last -= 1;
        }
        Item { kind, first: start, last, parts: (0, 0) }
    }

    /// An item with parts.
    pub(super) fn item_of(&mut self, kind: Kind, start: u32, parts: &[Item]) -> Item {
        let from = self.parts.len() as u32;
        self.parts.extend_from_slice(parts);
        Item { parts: (from, parts.len() as u32), ..self.item(kind, start) }
    }

    /// The parts of an item.
    pub(super) fn parts(&self, item: Item) -> &[Item] {
        let (from, count) = item.parts;
        self.parts.get(from as usize..(from + count) as usize).unwrap_or(&[])
    }

    /// Something that matched and has no value.
    pub(super) fn unit(&self, start: u32) -> Match {
        Some(self.item(Kind::Unit, start))
    }
}
