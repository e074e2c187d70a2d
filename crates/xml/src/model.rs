//! Content models of element declarations.

use crate::chars::is_space;
use crate::scan::Cursor;

/// What an element may contain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum ModelKind {
    /// Nothing.
    Empty = 1,
    /// Anything.
    Any = 2,
    /// Text, and the elements that are named.
    Mixed = 3,
    /// An element.
    Name = 4,
    /// One of the parts.
    Choice = 5,
    /// The parts in their order.
    Sequence = 6,
}

/// How often a part may stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum Quantifier {
    /// Once.
    None = 0,
    /// Once or not at all.
    Optional = 1,
    /// Any number of times.
    Repeated = 2,
    /// Once or more.
    Plus = 3,
}

/// A content model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Model {
    /// What it is.
    pub kind: ModelKind,
    /// How often it may stand.
    pub quantifier: Quantifier,
    /// The element, of [`ModelKind::Name`].
    pub name: Option<String>,
    /// The parts.
    pub parts: Vec<Model>,
}

/// How deep models may nest.
const DEPTH: usize = 500;

impl Model {
    fn new(kind: ModelKind) -> Model {
        Model { kind, quantifier: Quantifier::None, name: None, parts: Vec::new() }
    }

    /// Reads a model; none if it is wrong.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<Model> {
        if cursor.eat("EMPTY") {
            return Some(Model::new(ModelKind::Empty));
        }
        if cursor.eat("ANY") {
            return Some(Model::new(ModelKind::Any));
        }
        let mut open: Vec<(Model, Option<char>)> = Vec::new();
        loop {
            cursor.skip_spaces();
            if cursor.eat("(") {
                if open.len() >= DEPTH {
                    return None;
                }
                open.push((Model::new(ModelKind::Sequence), None));
                continue;
            }
            let mut part = if open.len() == 1 && cursor.eat("#PCDATA") {
                let (group, _) = open.last_mut()?;
                group.kind = ModelKind::Mixed;
                None
            } else {
                Some(Model { name: Some(cursor.name()?.to_owned()), ..Model::new(ModelKind::Name) })
            };
            if let Some(part) = &mut part {
                part.quantifier = quantifier(cursor);
            }
            // groups that end behind the part are parts themselves
            loop {
                let (group, separator) = open.last_mut()?;
                group.parts.extend(part.take());
                cursor.skip_spaces();
                match cursor.bump()? {
                    ')' => {
                        let (mut group, _) = open.pop()?;
                        group.quantifier = quantifier(cursor);
                        if open.is_empty() {
                            return group.is_whole().then_some(group);
                        }
                        part = Some(group);
                    }
                    c @ ('|' | ',') if separator.is_none_or(|known| known == c) => {
                        *separator = Some(c);
                        if c == '|' && group.kind == ModelKind::Sequence {
                            group.kind = ModelKind::Choice;
                        }
                        break;
                    }
                    _ => return None,
                }
            }
        }
    }

    /// Whether text stands only where it may: alternatives with text are repeated.
    fn is_whole(&self) -> bool {
        self.kind != ModelKind::Mixed || self.parts.is_empty() || self.quantifier == Quantifier::Repeated
    }
}

fn quantifier(cursor: &mut Cursor<'_>) -> Quantifier {
    match cursor.peek() {
        Some('?') => cursor.bump().map_or(Quantifier::None, |_| Quantifier::Optional),
        Some('*') => cursor.bump().map_or(Quantifier::None, |_| Quantifier::Repeated),
        Some('+') => cursor.bump().map_or(Quantifier::None, |_| Quantifier::Plus),
        Some(c) if is_space(c) => Quantifier::None,
        _ => Quantifier::None,
    }
}
