//! From what is known of exceptions to text: chains of causes, and the boxes of groups.

use crate::Sources;
use crate::stack::format_frames;
use crate::text::indent_all;
use crate::tree::{Node, Tree};

/// So many exceptions of a group are shown.
const WIDEST: usize = 15;
/// Groups in groups are shown so deep.
const DEEPEST: usize = 10;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// The whole report.
pub(crate) fn all(tree: &Tree, sources: &dyn Sources) -> Vec<String> {
    let mut printer = Printer { tree, sources, pieces: Vec::new(), depth: 0, needs_close: false };
    printer.chain(0);
    printer.pieces
}

/// The type and the message of the exception alone.
pub(crate) fn only(tree: &Tree, sources: &dyn Sources) -> Vec<String> {
    tree.nodes.first().map(|node| node.message.pieces(sources)).unwrap_or_default()
}

struct Printer<'a> {
    tree: &'a Tree,
    sources: &'a dyn Sources,
    pieces: Vec<String>,
    /// Groups around what is printed.
    depth: usize,
    /// Whether the box of the group around still needs its lower edge.
    needs_close: bool,
}

impl Printer<'_> {
    fn margin(&self) -> String {
        " ".repeat(2 * self.depth)
    }

    fn emit_at(&mut self, piece: &str, edge: char) {
        let piece = match self.depth {
            0 => piece.to_owned(),
            _ => indent_all(piece, &format!("{}{edge} ", self.margin())),
        };
        self.pieces.push(piece);
    }

    fn emit(&mut self, piece: &str) {
        self.emit_at(piece, '|');
    }

    /// An exception behind those that it was raised from.
    fn chain(&mut self, number: usize) {
        let mut links = Vec::new();
        let mut at = Some(number);
        while let Some(node) = at.and_then(|at| self.tree.nodes.get(at)) {
            let (sentence, next) = match (node.cause, node.context) {
                _ if !self.tree.chain => (None, None),
                (Some(cause), _) => (Some(CAUSE), Some(cause)),
                (None, Some(context)) => (Some(CONTEXT), Some(context)),
                (None, None) => (None, None),
            };
            links.push((sentence, node));
            at = next;
        }
        for (sentence, node) in links.into_iter().rev() {
            if let Some(sentence) = sentence {
                self.emit(sentence);
            }
            match &node.exceptions {
                None => self.plain(node),
                Some(_) if self.depth > DEEPEST => {
                    self.emit(&format!("... (max_group_depth is {DEEPEST})\n"))
                }
                Some(exceptions) => self.group(node, exceptions),
            }
        }
    }

    fn plain(&mut self, node: &Node) {
        if !node.frames.is_empty() {
            self.emit("Traceback (most recent call last):\n");
        }
        self.body(node);
    }

    fn body(&mut self, node: &Node) {
        let frames = format_frames(&node.frames, self.sources);
        for piece in frames.iter().chain(&node.message.pieces(self.sources)) {
            self.emit(piece);
        }
    }

    fn group(&mut self, node: &Node, exceptions: &[usize]) {
        let outermost = self.depth == 0;
        if outermost {
            self.depth = 1;
        }
        if !node.frames.is_empty() {
            let edge = if outermost { '+' } else { '|' };
            self.emit_at("Exception Group Traceback (most recent call last):\n", edge);
        }
        self.body(node);
        let shown = exceptions.len().min(WIDEST + 1);
        self.needs_close = false;
        for (at, &number) in exceptions.iter().take(shown).enumerate() {
            let last = at + 1 == shown;
            self.needs_close |= last;
            self.member(at, number, exceptions.len());
            if last && self.needs_close {
                let edge = format!("{}+------------------------------------\n", self.margin());
                self.pieces.push(edge);
                self.needs_close = false;
            }
            self.depth -= 1;
        }
        if outermost {
            self.depth = 0;
        }
    }

    /// An exception of a group, or how many more there are; leaves the depth at that of its box.
    fn member(&mut self, at: usize, number: usize, count: usize) {
        let title = if at < WIDEST { (at + 1).to_string() } else { "...".to_owned() };
        let corner = if at == 0 { "+-" } else { "  " };
        let edge = format!("{}{corner}+---------------- {title} ----------------\n", self.margin());
        self.pieces.push(edge);
        self.depth += 1;
        if at < WIDEST {
            return self.chain(number);
        }
        let more = count - WIDEST;
        let ending = if more > 1 { "s" } else { "" };
        self.emit(&format!("and {more} more exception{ending}\n"));
    }
}
