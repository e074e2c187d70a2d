//! The visitor sees what the uniform view sees, at any depth.

use taipan_artifact::Limits;
use taipan_ast::artifact::Tree;
use taipan_ast::view::preorder;
use taipan_ast::*;
use taipan_span::Span;

const TEXT: &[u8] = include_bytes!("../../../fixtures/ast/every_class.txt");

#[derive(Default)]
struct Counts {
    expressions: usize,
    statements: usize,
    patterns: usize,
    names: usize,
}

impl<'a> Visitor<'a> for Counts {
    fn visit_expr(&mut self, node: &'a Expr<'a>) {
        self.expressions += 1;
        walk_expr(self, node);
    }

    fn visit_stmt(&mut self, node: &'a Stmt<'a>) {
        self.statements += 1;
        walk_stmt(self, node);
    }

    fn visit_pattern(&mut self, node: &'a Pattern<'a>) {
        self.patterns += 1;
        walk_pattern(self, node);
    }

    fn visit_identifier(&mut self, _: Identifier) {
        self.names += 1;
    }
}

#[test]
fn every_node_is_visited_once() {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let tree = Tree::read(TEXT, Limits::default(), &arena, &mut interner).unwrap();
    let mut counts = Counts::default();
    counts.visit_module(&tree.module);
    let count = |test: fn(&Node<'_>) -> bool| preorder(Node::Mod(&tree.module)).filter(test).count();
    assert_eq!(counts.expressions, count(|node| matches!(node, Node::Expr(_))));
    assert_eq!(counts.statements, count(|node| matches!(node, Node::Stmt(_))));
    assert_eq!(counts.patterns, count(|node| matches!(node, Node::Pattern(_))));
    assert!(counts.names > 100);
}

#[test]
fn a_hundred_thousand_levels_do_not_overflow_a_small_stack() {
    let work = || {
        let (arena, mut interner) = (Arena::new(), Interner::new());
        let span = Span::new(0, 1);
        let id = interner.intern("x");
        let mut value = Expr { span, kind: ExprKind::Name { id, ctx: ExprContext::Load } };
        for _ in 0..100_000 {
            value = Expr { span, kind: ExprKind::Await { value: arena.alloc(value) } };
        }
        let mut counts = Counts::default();
        counts.visit_expr(arena.alloc(value));
        assert_eq!(counts.expressions, 100_001);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}
