//! Calls, and the shorter ways for methods, `super()` and a generator given to `all`, `any` or `tuple`.

use super::display::{MANY, TUPLE, starred};
use super::numbers::{BUILTIN_ALL, BUILTIN_ANY, BUILTIN_TUPLE, LIST_TO_TUPLE};
use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::{Label, Loc, Pseudo};
use crate::symtable::{Resolution, address, flag};
use taipan_ast::{Expr, ExprCall, ExprContext, ExprKind, Identifier, Keyword};
use taipan_bytecode_format::{Const, Opcode};
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn call(&mut self, node: &'a ExprCall<'a>, span: Span) -> Result {
        self.check_keywords(node.keywords)?;
        if self.method_call(node, span)? {
            return Ok(());
        }
        self.check_called(&node.func);
        self.expr(&node.func)?;
        let end = self.new_label();
        self.builtin_call(node, end)?;
        let loc = self.loc(node.func.span);
        self.op(Opcode::PushNull, 0, loc);
        self.arguments(node.args, None, node.keywords, 0, span)?;
        self.place(end);
        Ok(())
    }

    fn check_keywords(&self, keywords: &[Keyword<'_>]) -> Result {
        for (row, keyword) in keywords.iter().enumerate() {
            let Some(name) = keyword.arg else { continue };
            if let Some(other) = keywords.iter().skip(row + 1).find(|other| other.arg == Some(name)) {
                let name = self.interner.resolve(name).to_owned();
                return fail(Error::KeywordRepeated { name }, other.span);
            }
        }
        Ok(())
    }

    /// `owner.name(...)` without a bound method; whether it was such a call.
    fn method_call(&mut self, node: &'a ExprCall<'a>, span: Span) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: ExprContext::Load } = node.func.kind else {
            return Ok(false);
        };
        let keywords = node.keywords.len();
        if self.is_imported(value)
            || node.args.len() + keywords + usize::from(keywords > 0) >= MANY
            || node.args.iter().any(|arg| starred(arg).is_some())
            || node.keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let func = node.func.span;
        let loc;
        if let Some(arguments) = self.super_call(value, attr) {
            self.load_super(value, arguments)?;
            let number = self.name_index(attr);
            let method = self.loc(func);
            let bits = if arguments.is_empty() { 1 } else { 3 };
            self.op(Opcode::LoadSuperAttr, number << 2 | bits, method);
            loc = self.attribute_loc(func, func, attr);
            self.op(Opcode::Nop, 0, loc);
        } else {
            self.expr(value)?;
            loc = self.attribute_loc(func, func, attr);
            let number = self.name_index(attr);
            self.op(Opcode::LoadAttr, number << 1 | 1, loc);
        }
        self.exprs(node.args)?;
        let count = node.args.len() as u32;
        let call = self.attribute_loc(span, func, attr);
        if keywords == 0 {
            self.op(Opcode::Call, count, call);
        } else {
            self.keyword_values(node.keywords, loc)?;
            self.op(Opcode::CallKw, count + keywords as u32, call);
        }
        Ok(true)
    }

    /// Whether it is a name that the module imports. Comprehensions that run in the module's frame do not
    /// see that it does.
    fn is_imported(&self, expr: &Expr<'_>) -> bool {
        let ExprKind::Name { id, .. } = expr.kind else { return false };
        if self.outer.is_empty() && self.unit.inlined > 0 {
            return false;
        }
        self.table.symbol(self.table.top(), id).is(flag::IMPORT)
    }

    /// Pushes the values of keyword arguments and the tuple of their names.
    fn keyword_values(&mut self, keywords: &'a [Keyword<'a>], loc: Loc) -> Result {
        keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
        self.load_names_tuple(keywords.iter().filter_map(|keyword| keyword.arg), loc);
        Ok(())
    }

    // -- super ---------------------------------------------------------------------------------

    /// `super().attr` or `super(class, self).attr`, if that is what it is; whether it was.
    pub(super) fn super_attribute(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        attr: Identifier,
    ) -> Result<bool> {
        let Some(arguments) = self.super_call(value, attr) else { return Ok(false) };
        self.load_super(value, arguments)?;
        let loc = self.loc(expr.span);
        let number = self.name_index(attr);
        let bits = if arguments.is_empty() { 0 } else { 2 };
        self.op(Opcode::LoadSuperAttr, number << 2 | bits, loc);
        let loc = self.attribute_loc(expr.span, expr.span, attr);
        self.op(Opcode::Nop, 0, loc);
        Ok(true)
    }

    /// The arguments of `super` if `value.attr` can be loaded without making a `super` object.
    fn super_call(&mut self, value: &'a Expr<'a>, attr: Identifier) -> Option<&'a [Expr<'a>]> {
        let ExprKind::Call(call) = value.kind else { return None };
        let ExprKind::Name { id, .. } = call.func.kind else { return None };
        if self.interner.resolve(id) != "super"
            || self.interner.resolve(attr) == "__class__"
            || !call.keywords.is_empty()
        {
            return None;
        }
        // nothing else may be called `super` here
        let here = self.table.symbol(self.unit.scope, id).resolution;
        let top = self.table.symbol(self.table.top(), id).resolution;
        if here != Some(Resolution::GlobalImplicit) || top.is_some() {
            return None;
        }
        match call.args {
            [] => {
                let class = self.interner.intern("__class__");
                let free = self.closure_place(class) == Some(Resolution::Free);
                (self.unit.code.argcount > 0 && free).then_some(call.args)
            }
            [first, second] => (starred(first).or(starred(second)).is_none()).then_some(call.args),
            _ => None,
        }
    }

    /// Pushes `super`, the class and the object.
    fn load_super(&mut self, call: &'a Expr<'a>, arguments: &'a [Expr<'a>]) -> Result {
        let ExprKind::Call(node) = call.kind else { return Ok(()) };
        self.expr(&node.func)?;
        if !arguments.is_empty() {
            return self.exprs(arguments);
        }
        let loc = self.loc(call.span);
        self.load_text("__class__", loc);
        if let Some(&first) = self.unit.code.varnames.get_index(0) {
            self.load(first, loc);
        }
        Ok(())
    }

    // -- all, any, tuple -----------------------------------------------------------------------

    /// For `all(x for ...)`, `any` and `tuple`: if the function on the stack is the built-in one, loops here
    /// and goes to `end` with the result.
    fn builtin_call(&mut self, node: &'a ExprCall<'a>, end: Label) -> Result {
        let (ExprKind::Name { id, .. }, [generator], []) = (node.func.kind, node.args, node.keywords) else {
            return Ok(());
        };
        let ExprKind::GeneratorExp(comprehension) = generator.kind else { return Ok(()) };
        if self.table.scope(self.scope_of((address(comprehension), 0))).coroutine {
            return Ok(());
        }
        let (number, initial) = match self.interner.resolve(id) {
            "all" => (BUILTIN_ALL, Some(true)),
            "any" => (BUILTIN_ANY, Some(false)),
            "tuple" => (BUILTIN_TUPLE, None),
            _ => return Ok(()),
        };
        let loc = self.loc(node.func.span);
        let (other, start, cleanup) = (self.new_label(), self.new_label(), self.new_label());
        self.op(Opcode::Copy, 1, loc);
        self.op(Opcode::LoadCommonConstant, number, loc);
        self.op(Opcode::IsOp, 0, loc);
        self.jump(Opcode::PopJumpIfFalse, other, loc);
        self.op(Opcode::PopTop, 0, loc);
        if initial.is_none() {
            self.op(Opcode::BuildList, 0, loc);
        }
        self.expr(generator)?;
        self.place(start);
        self.jump(Opcode::ForIter, cleanup, loc);
        match initial {
            None => {
                self.op(Opcode::ListAppend, 2, loc);
                self.jump(Pseudo::Jump, start, loc);
            }
            Some(initial) => {
                self.op(Opcode::ToBool, 0, loc);
                let goes_on = if initial { Opcode::PopJumpIfTrue } else { Opcode::PopJumpIfFalse };
                self.jump(goes_on, start, loc);
            }
        }
        self.op(Opcode::PopIter, 0, Loc::NONE);
        if let Some(initial) = initial {
            self.load_const(Const::Bool(!initial), loc);
        }
        self.jump(Pseudo::Jump, end, loc);
        self.place(cleanup);
        self.end_for();
        match initial {
            None => self.op(Opcode::CallIntrinsic1, LIST_TO_TUPLE, loc),
            Some(initial) => self.load_const(Const::Bool(initial), loc),
        }
        self.jump(Pseudo::Jump, end, loc);
        self.place(other);
        Ok(())
    }

    // -- arguments -----------------------------------------------------------------------------

    /// Pushes arguments and calls: callable, self-or-null, `pushed` arguments => result. `last` is a name
    /// whose value is the last positional argument.
    pub(super) fn arguments(
        &mut self,
        args: &'a [Expr<'a>],
        last: Option<Identifier>,
        keywords: &'a [Keyword<'a>],
        pushed: u32,
        span: Span,
    ) -> Result {
        self.check_keywords(keywords)?;
        let loc = self.loc(span);
        let simple = args.len() + keywords.len() * 2 <= MANY
            && args.iter().all(|arg| starred(arg).is_none())
            && keywords.iter().all(|keyword| keyword.arg.is_some());
        if !simple {
            return self.unpacked_arguments(args, last, keywords, pushed, span);
        }
        self.exprs(args)?;
        let mut count = pushed + args.len() as u32;
        if let Some(name) = last {
            self.load(name, loc);
            count += 1;
        }
        if keywords.is_empty() {
            self.op(Opcode::Call, count, loc);
        } else {
            self.keyword_values(keywords, loc)?;
            self.op(Opcode::CallKw, count + keywords.len() as u32, loc);
        }
        Ok(())
    }

    fn unpacked_arguments(
        &mut self,
        args: &'a [Expr<'a>],
        last: Option<Identifier>,
        keywords: &'a [Keyword<'a>],
        pushed: u32,
        span: Span,
    ) -> Result {
        let loc = self.loc(span);
        match args {
            [only] if pushed == 0 && starred(only).is_some() => self.expr(starred(only).unwrap_or(only))?,
            _ => self.elements(args, last, pushed, TUPLE, span)?,
        }
        if keywords.is_empty() {
            self.op(Opcode::PushNull, 0, loc);
        } else {
            self.keyword_dict(keywords, loc)?;
        }
        self.op(Opcode::CallFunctionEx, 0, loc);
        Ok(())
    }

    fn keyword_dict(&mut self, keywords: &'a [Keyword<'a>], loc: Loc) -> Result {
        let (mut built, mut rest) = (false, keywords);
        while let Some((first, behind)) = rest.split_first() {
            if first.arg.is_none() {
                if !built {
                    self.op(Opcode::BuildMap, 0, loc);
                    built = true;
                }
                self.expr(&first.value)?;
                self.op(Opcode::DictMerge, 1, loc);
                rest = behind;
                continue;
            }
            let named = rest.iter().take_while(|keyword| keyword.arg.is_some()).count();
            let (group, behind) = rest.split_at(named);
            self.keyword_pairs(group, loc)?;
            if built {
                self.op(Opcode::DictMerge, 1, loc);
            }
            built = true;
            rest = behind;
        }
        Ok(())
    }

    fn keyword_pairs(&mut self, keywords: &'a [Keyword<'a>], loc: Loc) -> Result {
        let big = keywords.len() * 2 > MANY;
        if big {
            self.op(Opcode::BuildMap, 0, Loc::NONE);
        }
        for keyword in keywords {
            if let Some(name) = keyword.arg {
                self.load_name_text(name, loc);
            }
            self.expr(&keyword.value)?;
            if big {
                self.op(Opcode::MapAdd, 1, Loc::NONE);
            }
        }
        if !big {
            self.op(Opcode::BuildMap, keywords.len() as u32, loc);
        }
        Ok(())
    }
}
