//! The dump of trees built by hand; `taipan-parity ast` compares those of real sources.

use super::*;
use crate::*;
use taipan_span::Span;

fn name<'a>(interner: &mut Interner, id: &str, start: u32, ctx: ExprContext) -> Expr<'a> {
    let span = Span::new(start, start + id.len() as u32);
    Expr { span, kind: ExprKind::Name { id: interner.intern(id), ctx } }
}

/// `x = [y]` and `def f(): pass`
fn sample<'a>(arena: &'a Arena, interner: &mut Interner) -> Mod<'a> {
    let x = name(interner, "x", 0, ExprContext::Store);
    let y = name(interner, "y", 5, ExprContext::Load);
    let list = ExprList { elts: arena.alloc_slice_copy(&[y]), ctx: ExprContext::Load };
    let value = Expr { span: Span::new(4, 7), kind: ExprKind::List(arena.alloc(list)) };
    let assign = StmtAssign { targets: arena.alloc_slice_copy(&[x]), value, type_comment: None };
    let assign = Stmt { span: Span::new(0, 7), kind: StmtKind::Assign(arena.alloc(assign)) };
    let args = Arguments {
        posonlyargs: &[],
        args: &[],
        vararg: None,
        kwonlyargs: &[],
        kw_defaults: &[],
        kwarg: None,
        defaults: &[],
    };
    let pass = Stmt { span: Span::new(17, 21), kind: StmtKind::Pass };
    let def = StmtFunctionDef {
        name: interner.intern("f"),
        args,
        body: arena.alloc_slice_copy(&[pass]),
        decorator_list: &[],
        returns: None,
        type_comment: None,
        type_params: &[],
    };
    let def = Stmt { span: Span::new(8, 21), kind: StmtKind::FunctionDef(arena.alloc(def)) };
    Mod::Module(arena.alloc(ModModule { body: arena.alloc_slice_copy(&[assign, def]), type_ignores: &[] }))
}

fn check(options: &DumpOptions<'_>, expected: &str) {
    let arena = Arena::new();
    let mut interner = Interner::new();
    let module = sample(&arena, &mut interner);
    let lines = LineIndex::new(b"x = [y]\ndef f(): pass\n");
    assert_eq!(dump(&module, &interner, &lines, options), expected);
}

#[test]
fn one_line_without_attributes() {
    let expected = "Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=List(elts=[Name(id='y', \
                    ctx=Load())], ctx=Load())), FunctionDef(name='f', args=arguments(), body=[Pass()])])";
    check(&DumpOptions::default(), expected);
}

#[test]
fn field_names_are_left_out_up_to_the_first_absent_value() {
    let expected = "Module([Assign([Name('x', Store())], List([Name('y', Load())], Load())), \
                    FunctionDef('f', arguments(), [Pass()])])";
    check(&DumpOptions { annotate_fields: false, ..DumpOptions::default() }, expected);
}

#[test]
fn empty_sequences_are_shown_when_asked_for() {
    let expected = "Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=List(elts=[Name(id='y', \
                    ctx=Load())], ctx=Load())), FunctionDef(name='f', args=arguments(posonlyargs=[], args=[], \
                    kwonlyargs=[], kw_defaults=[], defaults=[]), body=[Pass()], decorator_list=[], \
                    type_params=[])], type_ignores=[])";
    check(&DumpOptions { show_empty: true, ..DumpOptions::default() }, expected);
}

#[test]
fn an_indent_breaks_all_but_simple_nodes() {
    let expected = "Module(\n body=[\n  Assign(\n   targets=[\n    Name(id='x', ctx=Store())],\n   value=List(\n    \
                    elts=[\n     Name(id='y', ctx=Load())],\n    ctx=Load())),\n  FunctionDef(\n   name='f',\n   \
                    args=arguments(),\n   body=[\n    Pass()])])";
    check(&DumpOptions { indent: Some(" "), ..DumpOptions::default() }, expected);
}

#[test]
fn attributes_are_lines_and_byte_columns() {
    let options = DumpOptions { include_attributes: true, indent: Some("  "), ..DumpOptions::default() };
    let arena = Arena::new();
    let mut interner = Interner::new();
    let module = sample(&arena, &mut interner);
    let lines = LineIndex::new(b"x = [y]\ndef f(): pass\n");
    let text = dump(&module, &interner, &lines, &options);
    let pass = "        Pass(\n          lineno=2,\n          col_offset=9,\n          end_lineno=2,\n          end_col_offset=13)],";
    assert!(text.contains(pass), "{text}");
    assert!(
        text.ends_with(
            "      lineno=2,\n      col_offset=0,\n      end_lineno=2,\n      end_col_offset=13)])"
        ),
        "{text}"
    );
}

#[test]
fn a_chain_of_a_million_links_is_dumped() {
    let arena = Arena::new();
    let mut interner = Interner::new();
    let mut value = name(&mut interner, "x", 0, ExprContext::Load);
    let attr = interner.intern("y");
    for _ in 0..1_000_000 {
        let kind = ExprKind::Attribute { value: arena.alloc(value), attr, ctx: ExprContext::Load };
        value = Expr { span: Span::new(0, 1), kind };
    }
    let module = Mod::Expression(arena.alloc(ModExpression { body: value }));
    let text = dump(&module, &interner, &LineIndex::new(b"x"), &DumpOptions::default());
    assert!(text.ends_with("attr='y', ctx=Load()))"));
}

#[test]
fn the_pieces_are_the_whole() {
    let arena = Arena::new();
    let mut interner = Interner::new();
    let id = interner.intern("name");
    let mut value = name(&mut interner, "x", 0, ExprContext::Load);
    for _ in 0..300 {
        let kind = ExprKind::Attribute { value: arena.alloc(value), attr: id, ctx: ExprContext::Load };
        value = Expr { span: Span::new(0, 1), kind };
    }
    let module = Mod::Expression(arena.alloc(ModExpression { body: value }));
    let lines = LineIndex::new(b"x");
    let options = DumpOptions { include_attributes: true, indent: Some(" "), ..DumpOptions::default() };
    let mut pieces = Vec::new();
    let written = dump_to(&module, &interner, &lines, &options, |piece| {
        pieces.push(piece.to_owned());
        Ok::<(), ()>(())
    });
    assert_eq!(written, Ok(()));
    assert!(pieces.len() > 1);
    assert!(pieces.concat() == dump(&module, &interner, &lines, &options));
    let mut calls = 0;
    let stopped = dump_to(&module, &interner, &lines, &options, |_| {
        calls += 1;
        Err("full")
    });
    assert_eq!((stopped, calls), (Err("full"), 1));
}
