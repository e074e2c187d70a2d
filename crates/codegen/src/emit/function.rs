//! Functions and lambdas.

use super::blocks::BlockKind;
use super::generator::Counts;
use super::numbers::{SET_FUNCTION_TYPE_PARAMS, STOPITERATION_ERROR, attribute};
use super::unit::UnitKind;
use super::{Generator, Result};
use crate::ir::{Loc, Pseudo};
use crate::symtable::address;
use std::sync::Arc;
use taipan_ast::{Arguments, Expr, ExprLambda, Identifier, Stmt, StmtKind, TypeParam};
use taipan_bytecode_format::{Code, Const, Opcode};
use taipan_span::Span;

/// The parts of a function definition, `async` or not.
#[derive(Clone, Copy)]
struct Definition<'a> {
    key: usize,
    span: Span,
    name: Identifier,
    args: &'a Arguments<'a>,
    body: &'a [Stmt<'a>],
    decorators: &'a [Expr<'a>],
    returns: Option<&'a Expr<'a>>,
    type_params: &'a [TypeParam<'a>],
    kind: UnitKind,
}

fn definition<'a>(stmt: &'a Stmt<'a>) -> Option<Definition<'a>> {
    let span = stmt.span;
    Some(match stmt.kind {
        StmtKind::FunctionDef(node) => Definition {
            key: address(node),
            span,
            name: node.name,
            args: &node.args,
            body: node.body,
            decorators: node.decorator_list,
            returns: node.returns.as_ref(),
            type_params: node.type_params,
            kind: UnitKind::Function,
        },
        StmtKind::AsyncFunctionDef(node) => Definition {
            key: address(node),
            span,
            name: node.name,
            args: &node.args,
            body: node.body,
            decorators: node.decorator_list,
            returns: node.returns.as_ref(),
            type_params: node.type_params,
            kind: UnitKind::AsyncFunction,
        },
        _ => return None,
    })
}

fn counts(args: &Arguments<'_>) -> Counts {
    Counts {
        positional_only: args.posonlyargs.len() as u32,
        positional: (args.posonlyargs.len() + args.args.len()) as u32,
        keyword_only: args.kwonlyargs.len() as u32,
    }
}

impl<'a> Generator<'_, 'a> {
    pub(super) fn function(&mut self, stmt: &'a Stmt<'a>) -> Result {
        let Some(definition) = definition(stmt) else { return Ok(()) };
        self.exprs(definition.decorators)?;
        let loc = self.loc(definition.span);
        let first_line = self.first_line(definition.decorators, definition.span);
        let attributes = self.defaults(definition.args, loc)?;
        if definition.type_params.is_empty() {
            self.function_value(&definition, attributes, first_line)?;
        } else {
            self.generic_function(&definition, attributes, first_line)?;
        }
        self.apply_decorators(definition.decorators);
        self.store(definition.name, loc);
        Ok(())
    }

    /// The line of the first decorator, or of the definition.
    pub(super) fn first_line(&mut self, decorators: &[Expr<'_>], span: Span) -> i32 {
        self.loc(decorators.first().map_or(span, |decorator| decorator.span)).line
    }

    pub(super) fn apply_decorators(&mut self, decorators: &[Expr<'_>]) {
        for decorator in decorators.iter().rev() {
            let loc = self.loc(decorator.span);
            self.op(Opcode::Call, 0, loc);
        }
    }

    /// Pushes the defaults; gives which there are.
    fn defaults(&mut self, args: &'a Arguments<'a>, loc: Loc) -> Result<u32> {
        let mut attributes = 0;
        if !args.defaults.is_empty() {
            self.exprs(args.defaults)?;
            self.op(Opcode::BuildTuple, args.defaults.len() as u32, loc);
            attributes |= attribute::DEFAULTS;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            let Some(default) = default else { continue };
            let name = self.mangle(arg.arg);
            self.load_name_text(name, loc);
            self.expr(default)?;
            count += 1;
        }
        if count > 0 {
            self.op(Opcode::BuildMap, count, loc);
            attributes |= attribute::KEYWORD_DEFAULTS;
        }
        Ok(attributes)
    }

    /// Pushes the function, its annotations and defaults taken from the stack.
    fn function_value(&mut self, definition: &Definition<'a>, mut attributes: u32, line: i32) -> Result {
        let loc = self.loc(definition.span);
        if self.function_annotations(definition.args, definition.returns, loc)? {
            attributes |= attribute::ANNOTATE;
        }
        let scope = self.scope_of((definition.key, 0));
        self.enter(definition.name, definition.kind, scope, line, counts(definition.args));
        self.function_body(definition)?;
        let code = self.leave(true);
        self.make_function(code, attributes, loc)
    }

    fn function_body(&mut self, definition: &Definition<'a>) -> Result {
        let mut body = definition.body;
        if self.scope().has_docstring
            && let [first, rest @ ..] = body
            && let StmtKind::Expr { value } = first.kind
            && let Some(text) = super::docstring::docstring(value)
        {
            self.unit.code.constants.add(Const::Str(text));
            body = rest;
        }
        let wraps = self.scope().coroutine || self.scope().generator;
        if wraps {
            self.push_block(BlockKind::StopIteration, Loc::NONE, definition.span)?;
        }
        self.stmts(body)?;
        if wraps {
            self.wrap_stop_iteration();
            self.pop_block();
        }
        Ok(())
    }

    /// What a generator raises of StopIteration becomes RuntimeError (PEP 479).
    pub(super) fn wrap_stop_iteration(&mut self) {
        let handler = self.new_label();
        self.unit.code.sequence.insert_jump_at_start(Pseudo::SetupCleanup.into(), handler, Loc::NONE);
        self.load_none(Loc::NONE);
        self.op(Opcode::ReturnValue, 0, Loc::NONE);
        self.place(handler);
        self.op(Opcode::CallIntrinsic1, STOPITERATION_ERROR, Loc::NONE);
        self.op(Opcode::Reraise, 1, Loc::NONE);
    }

    /// A function with type parameters is made by a function that makes the parameters (PEP 695) and is
    /// called at once, with the defaults as its arguments.
    fn generic_function(&mut self, definition: &Definition<'a>, attributes: u32, line: i32) -> Result {
        let loc = self.loc(definition.span);
        let count = attributes.count_ones();
        if count == 2 {
            self.op(Opcode::Swap, 2, loc);
        }
        self.enter_type_params(definition.name, definition.type_params, line, count);
        self.type_params(definition.type_params)?;
        for argument in 0..count {
            self.op(Opcode::LoadFast, argument, loc);
        }
        self.function_value(definition, attributes, line)?;
        self.op(Opcode::Swap, 2, loc);
        self.op(Opcode::CallIntrinsic2, SET_FUNCTION_TYPE_PARAMS, loc);
        let code = self.leave(false);
        self.make_function(code, 0, loc)?;
        if count > 0 {
            self.op(Opcode::Swap, count + 1, loc);
            self.op(Opcode::Call, count - 1, loc);
        } else {
            self.op(Opcode::PushNull, 0, loc);
            self.op(Opcode::Call, 0, loc);
        }
        Ok(())
    }

    pub(super) fn lambda(&mut self, node: &'a ExprLambda<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        let attributes = self.defaults(&node.args, loc)?;
        let scope = self.scope_of((address(node), 0));
        let name = self.interner.intern("<lambda>");
        self.enter(name, UnitKind::Lambda, scope, loc.line, counts(&node.args));
        self.expr(&node.body)?;
        let generator = self.scope().generator;
        if !generator {
            let body = self.loc(node.body.span);
            self.op(Opcode::ReturnValue, 0, body);
        }
        let code = self.leave(!generator);
        self.make_function(code, attributes, loc)
    }

    /// Makes a function of a code object: its attributes, the last ones above => function.
    pub(super) fn make_function(&mut self, code: Arc<Code>, attributes: u32, loc: Loc) -> Result {
        let closes = self.closure(&code, loc)?;
        self.load_const(Const::Code(code.into()), loc);
        self.op(Opcode::MakeFunction, 0, loc);
        let set = attributes | if closes { attribute::CLOSURE } else { 0 };
        let order =
            [attribute::CLOSURE, attribute::ANNOTATE, attribute::KEYWORD_DEFAULTS, attribute::DEFAULTS];
        for bit in order.into_iter().filter(|bit| set & bit != 0) {
            self.op(Opcode::SetFunctionAttribute, bit, loc);
        }
        Ok(())
    }
}
