//! Type parameters and type aliases (PEP 695, PEP 696).

use super::generator::Counts;
use super::numbers::{
    PARAMSPEC, SET_TYPEPARAM_DEFAULT, TYPEALIAS, TYPEVAR, TYPEVAR_WITH_BOUND, TYPEVAR_WITH_CONSTRAINTS,
    TYPEVARTUPLE, attribute,
};
use super::unit::UnitKind;
use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::Loc;
use crate::symtable::{Key, address};
use taipan_ast::{Expr, ExprKind, Identifier, StmtTypeAlias, TypeParam, TypeParamKind};
use taipan_bytecode_format::{Const, Opcode};
use taipan_span::Span;

/// One type parameter, whatever its kind.
struct Parameter<'a> {
    name: Identifier,
    bound: Option<&'a Expr<'a>>,
    default: Option<&'a Expr<'a>>,
    /// The intrinsic function that makes it of its name.
    maker: u32,
    /// The default may be starred.
    variadic: bool,
}

fn parameter<'a>(param: &'a TypeParam<'a>) -> Parameter<'a> {
    match param.kind {
        TypeParamKind::TypeVar(node) => Parameter {
            name: node.name,
            bound: node.bound.as_ref(),
            default: node.default_value.as_ref(),
            maker: TYPEVAR,
            variadic: false,
        },
        TypeParamKind::ParamSpec(node) => Parameter {
            name: node.name,
            bound: None,
            default: node.default_value.as_ref(),
            maker: PARAMSPEC,
            variadic: false,
        },
        TypeParamKind::TypeVarTuple(node) => Parameter {
            name: node.name,
            bound: None,
            default: node.default_value.as_ref(),
            maker: TYPEVARTUPLE,
            variadic: true,
        },
    }
}

impl<'a> Generator<'_, 'a> {
    /// Begins the unit that makes the type parameters of `name` and what has them.
    pub(super) fn enter_type_params(
        &mut self,
        name: Identifier,
        params: &'a [TypeParam<'a>],
        line: i32,
        arguments: u32,
    ) {
        let text = format!("<generic parameters of {}>", self.interner.resolve(name));
        let name = self.interner.intern(&text);
        let scope = self.scope_of((params.as_ptr().addr(), 1));
        let counts = Counts { positional: arguments, ..Counts::default() };
        self.enter(name, UnitKind::Annotations, scope, line, counts);
    }

    /// Makes and binds type parameters, and pushes a tuple of them.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result {
        let mut defaults = false;
        for param in params {
            self.type_param(param, &mut defaults)?;
        }
        let Some(first) = params.first() else { return Ok(()) };
        let loc = self.loc(first.span);
        self.op(Opcode::BuildTuple, params.len() as u32, loc);
        Ok(())
    }

    fn type_param(&mut self, param: &'a TypeParam<'a>, defaults: &mut bool) -> Result {
        let Parameter { name, bound, default, maker, variadic } = parameter(param);
        let key = address(param);
        let loc = self.loc(param.span);
        self.load_name_text(name, loc);
        match bound {
            Some(bound) => {
                self.lazy_value(name, bound, (key, 0), false)?;
                let constraints = matches!(bound.kind, ExprKind::Tuple(_));
                let maker = if constraints { TYPEVAR_WITH_CONSTRAINTS } else { TYPEVAR_WITH_BOUND };
                self.op(Opcode::CallIntrinsic2, maker, loc);
            }
            None => self.op(Opcode::CallIntrinsic1, maker, loc),
        }
        if let Some(default) = default {
            *defaults = true;
            self.lazy_value(name, default, (key, 2), variadic)?;
            self.op(Opcode::CallIntrinsic2, SET_TYPEPARAM_DEFAULT, loc);
        } else if *defaults {
            let name = self.interner.resolve(name).to_owned();
            return fail(Error::TypeParameterWithoutDefault { name }, param.span);
        }
        self.op(Opcode::Copy, 1, loc);
        self.store(name, loc);
        Ok(())
    }

    /// A function that evaluates a bound, a default or an alias's value when it is asked for.
    fn lazy_value(&mut self, name: Identifier, value: &'a Expr<'a>, key: Key, variadic: bool) -> Result {
        let loc = self.loc(value.span);
        self.load_format_default(loc);
        self.enter_annotations(name, key, loc);
        match value.kind {
            ExprKind::Starred { value, .. } if variadic => {
                self.expr(value)?;
                self.op(Opcode::UnpackSequence, 1, loc);
            }
            _ => self.expr(value)?,
        }
        self.op(Opcode::ReturnValue, 0, loc);
        let code = self.leave(true);
        self.make_function(code, attribute::DEFAULTS, loc)
    }

    /// The default of the parameter of such a function: the format `VALUE`.
    fn load_format_default(&mut self, loc: Loc) {
        self.load_const(Const::Tuple(vec![Const::Int(1.into())]), loc);
    }

    pub(super) fn type_alias(&mut self, node: &'a StmtTypeAlias<'a>, span: Span) -> Result {
        let ExprKind::Name { id: name, .. } = node.name.kind else { return Ok(()) };
        let loc = self.loc(span);
        let generic = !node.type_params.is_empty();
        if generic {
            self.enter_type_params(name, node.type_params, loc.line, 0);
            self.load_name_text(name, loc);
            self.type_params(node.type_params)?;
        } else {
            self.load_name_text(name, loc);
            self.load_none(loc);
        }
        self.alias_value(name, node, loc)?;
        if generic {
            let code = self.leave(false);
            self.make_function(code, 0, loc)?;
            self.op(Opcode::PushNull, 0, loc);
            self.op(Opcode::Call, 0, loc);
        }
        self.store(name, loc);
        Ok(())
    }

    fn alias_value(&mut self, name: Identifier, node: &'a StmtTypeAlias<'a>, loc: Loc) -> Result {
        self.load_format_default(loc);
        self.enter_annotations(name, (address(node), 0), loc);
        self.expr(&node.value)?;
        self.op(Opcode::ReturnValue, 0, loc);
        let code = self.leave(false);
        self.make_function(code, attribute::DEFAULTS, loc)?;
        self.op(Opcode::BuildTuple, 3, loc);
        self.op(Opcode::CallIntrinsic1, TYPEALIAS, loc);
        Ok(())
    }
}
