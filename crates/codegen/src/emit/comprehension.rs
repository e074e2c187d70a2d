//! Comprehensions and generator expressions.
//!
//! List, set and dictionary comprehensions run in the frame around them where the symbol table says so
//! (PEP 709, `inlined.rs`); all others are functions of one argument, the iterator of the first `for`.

use super::blocks::BlockKind;
use super::generator::Counts;
use super::numbers::{awaitable, resume};
use super::unit::UnitKind;
use super::{Generator, Result};
use crate::ir::{Loc, Pseudo};
use crate::symtable::{ComprehensionKind, address};
use taipan_ast::{Comprehension, Expr, ExprKind};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

/// The parts of a comprehension.
#[derive(Clone, Copy)]
struct Parts<'a> {
    kind: ComprehensionKind,
    key: usize,
    span: Span,
    element: &'a Expr<'a>,
    /// The value of a dictionary's pair.
    value: Option<&'a Expr<'a>>,
    generators: &'a [Comprehension<'a>],
}

fn parts<'a>(expr: &'a Expr<'a>) -> Option<Parts<'a>> {
    let span = expr.span;
    let simple = |kind, key, element, generators| Parts { kind, key, span, element, value: None, generators };
    Some(match expr.kind {
        ExprKind::ListComp(n) => simple(ComprehensionKind::List, address(n), &n.elt, n.generators),
        ExprKind::SetComp(n) => simple(ComprehensionKind::Set, address(n), &n.elt, n.generators),
        ExprKind::GeneratorExp(n) => simple(ComprehensionKind::Generator, address(n), &n.elt, n.generators),
        ExprKind::DictComp(n) => Parts {
            value: Some(&n.value),
            ..simple(ComprehensionKind::Dict, address(n), &n.key, n.generators)
        },
        _ => return None,
    })
}

impl<'a> Generator<'_, 'a> {
    pub(super) fn comprehension(&mut self, expr: &'a Expr<'a>) -> Result {
        let Some(parts) = parts(expr) else { return Ok(()) };
        let Some(outermost) = parts.generators.first() else { return Ok(()) };
        let scope = self.scope_of((parts.key, 0));
        let loc = self.loc(parts.span);
        if self.table.scope(scope).inlined {
            self.iterator(outermost)?;
            let state = self.enter_inlined(scope, loc, parts.span)?;
            self.container(parts.kind, loc);
            self.op(Opcode::Swap, 2, loc);
            self.generators(&parts, 0, 0, true)?;
            self.leave_inlined(state, loc);
            return Ok(());
        }
        let is_async = self.table.scope(scope).coroutine;
        let is_generator = parts.kind == ComprehensionKind::Generator;
        let name = self.interner.intern(match parts.kind {
            ComprehensionKind::List => "<listcomp>",
            ComprehensionKind::Set => "<setcomp>",
            ComprehensionKind::Dict => "<dictcomp>",
            ComprehensionKind::Generator => "<genexpr>",
        });
        let counts = Counts { positional: 1, ..Counts::default() };
        self.enter(name, UnitKind::Comprehension, scope, loc.line, counts);
        if !is_generator {
            self.container(parts.kind, loc);
        }
        self.generators(&parts, 0, 0, false)?;
        if is_generator {
            self.wrap_stop_iteration();
        } else {
            self.op(Opcode::ReturnValue, 0, loc);
        }
        let code = self.leave(true);
        self.make_function(code, 0, loc)?;
        self.iterator(outermost)?;
        self.op(Opcode::Call, 0, loc);
        if is_async && !is_generator {
            self.await_value(awaitable::ANY, loc);
        }
        Ok(())
    }

    /// The iterator of a `for`.
    fn iterator(&mut self, generator: &'a Comprehension<'a>) -> Result {
        self.expr(&generator.iter)?;
        let loc = self.loc(generator.iter.span);
        self.op(if generator.is_async { Opcode::GetAiter } else { Opcode::GetIter }, 0, loc);
        Ok(())
    }

    fn container(&mut self, kind: ComprehensionKind, loc: Loc) {
        match kind {
            ComprehensionKind::List => self.op(Opcode::BuildList, 0, loc),
            ComprehensionKind::Set => self.op(Opcode::BuildSet, 0, loc),
            ComprehensionKind::Dict => self.op(Opcode::BuildMap, 0, loc),
            ComprehensionKind::Generator => {}
        }
    }

    /// The loops from the one at `row` on; `depth` iterators stand above the container.
    fn generators(&mut self, parts: &Parts<'a>, row: usize, depth: u32, on_stack: bool) -> Result {
        let Some(generator) = parts.generators.get(row) else { return Ok(()) };
        self.deep(|walk| match generator.is_async {
            true => walk.async_generator(parts, generator, row, depth, on_stack),
            false => walk.sync_generator(parts, generator, row, depth, on_stack),
        })
    }

    fn sync_generator(
        &mut self,
        parts: &Parts<'a>,
        generator: &'a Comprehension<'a>,
        row: usize,
        depth: u32,
        on_stack: bool,
    ) -> Result {
        let (skip, anchor) = (self.new_label(), self.new_label());
        let loc = self.loc(parts.span);
        // `for y in [x]` is an assignment
        let assigned = if row == 0 { None } else { single_element(&generator.iter) };
        let mut start = None;
        let mut depth = depth;
        if let Some(value) = assigned {
            self.expr(value)?;
        } else {
            if row > 0 {
                self.iterator(generator)?;
            } else if !on_stack {
                self.op(Opcode::LoadFast, 0, loc);
            }
            depth += 1;
            let label = self.new_label();
            self.place(label);
            let iter = self.loc(generator.iter.span);
            self.jump(Opcode::ForIter, anchor, iter);
            start = Some(label);
        }
        self.expr(&generator.target)?;
        for condition in generator.ifs {
            self.jump_if(condition, skip, false)?;
        }
        let element = self.inner(parts, row, depth)?;
        self.place(skip);
        if let Some(start) = start {
            self.jump(Pseudo::Jump, start, element);
            self.place(anchor);
            self.end_for();
        }
        Ok(())
    }

    fn async_generator(
        &mut self,
        parts: &Parts<'a>,
        generator: &'a Comprehension<'a>,
        row: usize,
        depth: u32,
        on_stack: bool,
    ) -> Result {
        let (start, send, except, skip) =
            (self.new_label(), self.new_label(), self.new_label(), self.new_label());
        let loc = self.loc(parts.span);
        if row > 0 {
            self.iterator(generator)?;
        } else if !on_stack {
            self.op(Opcode::LoadFast, 0, loc);
        }
        self.place(start);
        self.push_block(BlockKind::Comprehension, loc, parts.span)?;
        self.jump(Pseudo::SetupFinally, except, loc);
        self.op(Opcode::GetAnext, 0, loc);
        self.load_none(loc);
        self.place(send);
        self.delegate(resume::AWAIT, loc);
        self.op(Pseudo::PopBlock, 0, loc);
        self.expr(&generator.target)?;
        for condition in generator.ifs {
            self.jump_if(condition, skip, false)?;
        }
        let element = self.inner(parts, row, depth + 1)?;
        self.place(skip);
        self.jump(Pseudo::Jump, start, element);
        self.pop_block();
        self.place(except);
        self.jump(Opcode::EndAsyncFor, send, loc);
        Ok(())
    }

    /// The loops inside, or the element; gives the element's location.
    fn inner(&mut self, parts: &Parts<'a>, row: usize, depth: u32) -> Result<Loc> {
        let mut loc = self.loc(parts.element.span);
        if row + 1 < parts.generators.len() {
            self.generators(parts, row + 1, depth, false)?;
            return Ok(loc);
        }
        self.expr(parts.element)?;
        match parts.kind {
            ComprehensionKind::Generator => {
                self.yield_top(loc);
                self.op(Opcode::PopTop, 0, loc);
            }
            ComprehensionKind::List => self.op(Opcode::ListAppend, depth + 1, loc),
            ComprehensionKind::Set => self.op(Opcode::SetAdd, depth + 1, loc),
            ComprehensionKind::Dict => {
                if let Some(value) = parts.value {
                    self.expr(value)?;
                    let end = self.loc(value.span);
                    loc = Loc { end_line: end.end_line, end_column: end.end_column, ..loc };
                }
                self.op(Opcode::MapAdd, depth + 1, loc);
            }
        }
        Ok(loc)
    }
}

/// The only element of a list or tuple that has one, which is not starred.
fn single_element<'a>(expr: &Expr<'a>) -> Option<&'a Expr<'a>> {
    let elts = match expr.kind {
        ExprKind::List(node) => node.elts,
        ExprKind::Tuple(node) => node.elts,
        _ => return None,
    };
    match elts {
        [only] if super::display::starred(only).is_none() => Some(only),
        _ => None,
    }
}
