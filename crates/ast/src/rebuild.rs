//! Makes a tree anew with changes. Nodes are never written after they are made, so a change to one is
//! a change to all above it.
//! Invariant: keeps its own stack; a node is given to the [`Rewrite`] when its children are final.

use crate::class::{FieldInfo, Many};
use crate::generated::stacks::Stacks;
use crate::view::Value;
use crate::{Arena, Class, Expr, Family, List, Mod, Node, Stmt};

/// What to change.
pub trait Rewrite<'a> {
    /// Whether to look into a field: otherwise it stays as it is.
    fn enters(&self, class: Class, field: usize) -> bool {
        let _ = (class, field);
        true
    }

    /// What stands for an expression in a field of a node of class `parent`.
    fn expr(&mut self, expr: Expr<'a>, parent: Class, field: usize) -> Expr<'a> {
        let _ = (parent, field);
        expr
    }

    /// What stands for a statement.
    fn stmt(&mut self, stmt: Stmt<'a>) -> Stmt<'a> {
        stmt
    }

    /// What stands for the module.
    fn module(&mut self, module: Mod<'a>) -> Mod<'a> {
        module
    }
}

/// A node whose fields are being made.
struct Frame<'a> {
    node: Node<'a>,
    class: Class,
    next_field: usize,
    /// The sequence in the field before `next_field`, and the next item.
    list: Option<(List<'a>, usize)>,
}

impl Frame<'_> {
    fn current_field(&self) -> usize {
        self.next_field.wrapping_sub(1)
    }
}

struct Rebuilder<'a, 'r, R> {
    rewrite: &'r mut R,
    arena: &'a Arena,
    stacks: Stacks<'a>,
    frames: Vec<Frame<'a>>,
}

/// The module with the changes, its new nodes in `arena`.
pub fn rebuild<'a, R: Rewrite<'a>>(module: Mod<'a>, arena: &'a Arena, rewrite: &mut R) -> Mod<'a> {
    let mut rebuilder = Rebuilder { rewrite, arena, stacks: Stacks::default(), frames: Vec::new() };
    let whole = rebuilder.run(Node::Mod(arena.alloc(module)));
    // the stacks fit because the fields of a node are those of its class
    debug_assert!(whole.is_some());
    whole.unwrap_or(module)
}

impl<'a, R: Rewrite<'a>> Rebuilder<'a, '_, R> {
    fn run(&mut self, root: Node<'a>) -> Option<Mod<'a>> {
        self.begin(root);
        while let Some(frame) = self.frames.pop() {
            self.step(frame)?;
        }
        self.stacks.module.pop()
    }

    fn begin(&mut self, node: Node<'a>) {
        self.frames.push(Frame { node, class: node.class(), next_field: 0, list: None });
    }

    /// Makes the next piece of the innermost node, which is not on the stack.
    fn step(&mut self, mut frame: Frame<'a>) -> Option<()> {
        let fields = frame.class.info().fields;
        if let Some((list, next)) = frame.list {
            let field = fields.get(frame.current_field())?;
            if next == list.len() {
                self.stacks.counts.push(next);
                frame.list = None;
                self.frames.push(frame);
                return Some(());
            }
            frame.list = Some((list, next + 1));
            let enters = self.rewrite.enters(frame.class, frame.current_field());
            self.frames.push(frame);
            return self.item(field, list.get(next), enters);
        }
        let Some(field) = fields.get(frame.next_field) else { return self.finish(&frame) };
        let value = frame.node.field(frame.next_field);
        let enters = self.rewrite.enters(frame.class, frame.next_field);
        frame.next_field += 1;
        if let Value::List(list) = value {
            frame.list = Some((list, 0));
        }
        self.frames.push(frame);
        if field.many == Many::Optional {
            self.stacks.counts.push(usize::from(!matches!(value, Value::Absent)));
        }
        match value {
            Value::List(_) | Value::Absent => Some(()),
            value => self.item(field, value, enters),
        }
    }

    /// Makes a value, or an item of a sequence.
    fn item(&mut self, field: &FieldInfo, value: Value<'a>, enters: bool) -> Option<()> {
        let stacks = &mut self.stacks;
        match value {
            Value::Node(node) if enters => self.begin(node),
            Value::Node(node) => {
                stacks.push_node(node);
                if field.many == Many::SequenceOfOptional {
                    stacks.push_optional(node.class().info().family, true)?;
                }
            }
            // only expressions are optional in sequences
            Value::Absent => stacks.push_optional(Family::Expr, false)?,
            Value::Identifier(value) => stacks.identifier.push(value),
            Value::Str(value) => stacks.string.push(value),
            Value::Int(value) => stacks.int.push(value),
            Value::Bool(value) => stacks.bool.push(value),
            Value::Constant(value) => stacks.constant.push(value),
            Value::Conversion(value) => stacks.conversion.push(value),
            Value::Symbol(value) => stacks.push_symbol(value),
            Value::List(_) => return None,
        }
        Some(())
    }

    /// Makes the node whose fields are all made, and has it changed.
    fn finish(&mut self, frame: &Frame<'a>) -> Option<()> {
        self.stacks.build(frame.class, frame.node.span().unwrap_or_default(), self.arena)?;
        let stacks = &mut self.stacks;
        match (frame.class.info().family, self.frames.last()) {
            (Family::Expr, Some(parent)) => {
                let expr = stacks.expr.pop()?;
                stacks.expr.push(self.rewrite.expr(expr, parent.class, parent.current_field()));
            }
            (Family::Stmt, _) => {
                let stmt = stacks.stmt.pop()?;
                stacks.stmt.push(self.rewrite.stmt(stmt));
            }
            (Family::Mod, _) => {
                let module = stacks.module.pop()?;
                stacks.module.push(self.rewrite.module(module));
            }
            _ => {}
        }
        let Some(parent) = self.frames.last().filter(|parent| parent.list.is_some()) else { return Some(()) };
        match parent.class.info().fields.get(parent.current_field())?.many {
            Many::SequenceOfOptional => self.stacks.push_optional(frame.class.info().family, true),
            _ => Some(()),
        }
    }
}
