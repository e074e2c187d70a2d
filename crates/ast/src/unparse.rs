//! Expressions as source text again, as CPython keeps annotations under `from __future__ import
//! annotations` (PEP 563): one line, only the parentheses that precedence asks for, literals as their
//! `repr`.
//! Invariant: recursion grows the native stack by a fixed budget.

use crate::repr::{write_constant, write_str};
use crate::{
    Arg, Arguments, BoolOp, CmpOp, Comprehension, Constant, Conversion, Expr, ExprCall, ExprCompare,
    ExprDict, ExprIfExp, ExprKind, ExprLambda, ExprSlice, Identifier, Interner, Operator, UnaryOp,
};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// How tightly an expression binds, the loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Level(u8);

impl Level {
    const TUPLE: Level = Level(0);
    const TEST: Level = Level(1);
    const OR: Level = Level(2);
    const AND: Level = Level(3);
    const NOT: Level = Level(4);
    const CMP: Level = Level(5);
    const EXPR: Level = Level(6);
    const FACTOR: Level = Level(12);
    const POWER: Level = Level(13);
    const AWAIT: Level = Level(14);
    const ATOM: Level = Level(15);

    const fn tighter(self) -> Level {
        Level(self.0 + 1)
    }
}

/// The source text of an expression.
pub fn unparse(expr: &Expr<'_>, interner: &Interner) -> String {
    let mut writer = Writer { out: String::new(), interner };
    writer.expr(expr, Level::TEST);
    writer.out
}

struct Writer<'i> {
    out: String,
    interner: &'i Interner,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, name: Identifier) {
        self.out.push_str(self.interner.resolve(name));
    }

    /// Writes with parentheses where `level` asks for something tighter than `own`.
    fn wrapped(&mut self, level: Level, own: Level, write: impl FnOnce(&mut Self)) {
        let wraps = level > own;
        self.text(if wraps { "(" } else { "" });
        write(self);
        self.text(if wraps { ")" } else { "" });
    }

    fn joined(&mut self, exprs: &[Expr<'_>], level: Level) {
        for (row, expr) in exprs.iter().enumerate() {
            self.text(if row > 0 { ", " } else { "" });
            self.expr(expr, level);
        }
    }

    fn expr(&mut self, expr: &Expr<'_>, level: Level) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.expr_here(expr, level));
    }

    fn expr_here(&mut self, expr: &Expr<'_>, level: Level) {
        match expr.kind {
            ExprKind::Name { id, .. } => self.name(id),
            ExprKind::Constant(node) => self.constant(node.value, node.kind),
            ExprKind::Attribute { value, attr, .. } => self.attribute(value, attr),
            ExprKind::Subscript(node) => {
                self.expr(&node.value, Level::ATOM);
                self.text("[");
                self.expr(&node.slice, Level::TUPLE);
                self.text("]");
            }
            ExprKind::Slice(node) => self.slice(node),
            ExprKind::Call(node) => self.call(node),
            ExprKind::BinOp(node) => {
                let (text, own) = operator(node.op);
                let right_first = node.op == Operator::Pow;
                let (left, right) = if right_first { (own.tighter(), own) } else { (own, own.tighter()) };
                self.wrapped(level, own, |w| {
                    w.expr(&node.left, left);
                    w.text(text);
                    w.expr(&node.right, right);
                });
            }
            ExprKind::UnaryOp { op, operand } => {
                let (text, own) = match op {
                    UnaryOp::Invert => ("~", Level::FACTOR),
                    UnaryOp::Not => ("not ", Level::NOT),
                    UnaryOp::UAdd => ("+", Level::FACTOR),
                    UnaryOp::USub => ("-", Level::FACTOR),
                };
                self.wrapped(level, own, |w| {
                    w.text(text);
                    w.expr(operand, own);
                });
            }
            ExprKind::BoolOp(node) => self.bool_op(node.op, node.values, level),
            ExprKind::Compare(node) => self.wrapped(level, Level::CMP, |w| w.compare(node)),
            ExprKind::NamedExpr(node) => self.wrapped(level, Level::TUPLE, |w| {
                w.expr(&node.target, Level::ATOM);
                w.text(" := ");
                w.expr(&node.value, Level::ATOM);
            }),
            ExprKind::Lambda(node) => self.wrapped(level, Level::TEST, |w| w.lambda(node)),
            ExprKind::IfExp(node) => self.wrapped(level, Level::TEST, |w| w.conditional(node)),
            ExprKind::Starred { value, .. } => {
                self.text("*");
                self.expr(value, Level::EXPR);
            }
            ExprKind::Await { value } => self.wrapped(level, Level::AWAIT, |w| {
                w.text("await ");
                w.expr(value, Level::ATOM);
            }),
            ExprKind::Yield { value: None } => self.text("(yield)"),
            ExprKind::Yield { value: Some(value) } => self.enclosed("(yield ", value, ")"),
            ExprKind::YieldFrom { value } => self.enclosed("(yield from ", value, ")"),
            _ => self.display(expr, level),
        }
    }

    fn enclosed(&mut self, open: &str, value: &Expr<'_>, close: &str) {
        self.text(open);
        self.expr(value, Level::TEST);
        self.text(close);
    }

    /// Displays, comprehensions and strings with fields.
    fn display(&mut self, expr: &Expr<'_>, level: Level) {
        match expr.kind {
            ExprKind::List(node) => self.elements("[", node.elts, "]"),
            ExprKind::Set(node) => self.elements("{", node.elts, "}"),
            ExprKind::Tuple(node) if node.elts.is_empty() => self.text("()"),
            ExprKind::Tuple(node) => self.wrapped(level, Level::TUPLE, |w| {
                w.joined(node.elts, Level::TEST);
                w.text(if node.elts.len() == 1 { "," } else { "" });
            }),
            ExprKind::Dict(node) => self.dict(node),
            ExprKind::ListComp(node) => self.comprehension("[", &node.elt, None, node.generators, "]"),
            ExprKind::SetComp(node) => self.comprehension("{", &node.elt, None, node.generators, "}"),
            ExprKind::GeneratorExp(node) => self.comprehension("(", &node.elt, None, node.generators, ")"),
            ExprKind::DictComp(node) => {
                self.comprehension("{", &node.key, Some(&node.value), node.generators, "}");
            }
            ExprKind::JoinedStr(node) => self.fields("f", node.values),
            ExprKind::TemplateStr(node) => self.fields("t", node.values),
            ExprKind::FormattedValue(_) => self.fields("f", std::slice::from_ref(expr)),
            ExprKind::Interpolation(_) => self.fields("t", std::slice::from_ref(expr)),
            _ => {}
        }
    }

    fn elements(&mut self, open: &str, elts: &[Expr<'_>], close: &str) {
        self.text(open);
        self.joined(elts, Level::TEST);
        self.text(close);
    }

    fn constant(&mut self, value: Constant<'_>, kind: Option<&str>) {
        self.text(kind.unwrap_or_default());
        let mut repr = String::new();
        write_constant(&mut repr, value);
        match value {
            Constant::Ellipsis => self.text("..."),
            Constant::Float(_) | Constant::Complex(_) => self.text(&repr.replace("inf", "1e309")),
            _ => self.text(&repr),
        }
    }

    fn attribute(&mut self, value: &Expr<'_>, attr: Identifier) {
        self.expr(value, Level::ATOM);
        let number = matches!(value.kind, ExprKind::Constant(node) if matches!(node.value, Constant::Int(_)));
        self.text(if number { " ." } else { "." });
        self.name(attr);
    }

    fn slice(&mut self, node: &ExprSlice<'_>) {
        if let Some(lower) = &node.lower {
            self.expr(lower, Level::TEST);
        }
        self.text(":");
        if let Some(upper) = &node.upper {
            self.expr(upper, Level::TEST);
        }
        if let Some(step) = &node.step {
            self.text(":");
            self.expr(step, Level::TEST);
        }
    }

    fn call(&mut self, node: &ExprCall<'_>) {
        self.expr(&node.func, Level::ATOM);
        if let ([only], []) = (node.args, node.keywords)
            && matches!(only.kind, ExprKind::GeneratorExp(_))
        {
            return self.expr(only, Level::TEST);
        }
        self.text("(");
        self.joined(node.args, Level::TEST);
        for (row, keyword) in node.keywords.iter().enumerate() {
            self.text(if row > 0 || !node.args.is_empty() { ", " } else { "" });
            match keyword.arg {
                Some(name) => {
                    self.name(name);
                    self.text("=");
                    self.expr(&keyword.value, Level::TEST);
                }
                None => {
                    self.text("**");
                    self.expr(&keyword.value, Level::EXPR);
                }
            }
        }
        self.text(")");
    }

    fn bool_op(&mut self, op: BoolOp, values: &[Expr<'_>], level: Level) {
        let (text, own) = match op {
            BoolOp::And => (" and ", Level::AND),
            BoolOp::Or => (" or ", Level::OR),
        };
        self.wrapped(level, own, |w| {
            for (row, value) in values.iter().enumerate() {
                w.text(if row > 0 { text } else { "" });
                w.expr(value, own.tighter());
            }
        });
    }

    fn compare(&mut self, node: &ExprCompare<'_>) {
        self.expr(&node.left, Level::CMP.tighter());
        for (op, right) in node.ops.iter().zip(node.comparators) {
            self.text(match op {
                CmpOp::Eq => " == ",
                CmpOp::NotEq => " != ",
                CmpOp::Lt => " < ",
                CmpOp::LtE => " <= ",
                CmpOp::Gt => " > ",
                CmpOp::GtE => " >= ",
                CmpOp::Is => " is ",
                CmpOp::IsNot => " is not ",
                CmpOp::In => " in ",
                CmpOp::NotIn => " not in ",
            });
            self.expr(right, Level::CMP.tighter());
        }
    }

    fn conditional(&mut self, node: &ExprIfExp<'_>) {
        self.expr(&node.body, Level::TEST.tighter());
        self.text(" if ");
        self.expr(&node.test, Level::TEST.tighter());
        self.text(" else ");
        self.expr(&node.orelse, Level::TEST);
    }

    fn dict(&mut self, node: &ExprDict<'_>) {
        self.text("{");
        for (row, (key, value)) in node.keys.iter().zip(node.values).enumerate() {
            self.text(if row > 0 { ", " } else { "" });
            match key {
                Some(key) => {
                    self.expr(key, Level::TEST);
                    self.text(": ");
                    self.expr(value, Level::TEST);
                }
                None => {
                    self.text("**");
                    self.expr(value, Level::EXPR);
                }
            }
        }
        self.text("}");
    }

    fn comprehension(
        &mut self,
        open: &str,
        element: &Expr<'_>,
        value: Option<&Expr<'_>>,
        generators: &[Comprehension<'_>],
        close: &str,
    ) {
        self.text(open);
        self.expr(element, Level::TEST);
        if let Some(value) = value {
            self.text(": ");
            self.expr(value, Level::TEST);
        }
        for generator in generators {
            self.text(if generator.is_async { " async for " } else { " for " });
            self.expr(&generator.target, Level::TUPLE);
            self.text(" in ");
            self.expr(&generator.iter, Level::TEST.tighter());
            for condition in generator.ifs {
                self.text(" if ");
                self.expr(condition, Level::TEST.tighter());
            }
        }
        self.text(close);
    }

    // -- lambda --------------------------------------------------------------------------------

    fn lambda(&mut self, node: &ExprLambda<'_>) {
        let args = &node.args;
        let has_positional = !args.args.is_empty() || !args.posonlyargs.is_empty();
        self.text(if has_positional { "lambda " } else { "lambda" });
        self.arguments(args);
        self.text(": ");
        self.expr(&node.body, Level::TEST);
    }

    fn arguments(&mut self, args: &Arguments<'_>) {
        let positional = args.posonlyargs.len() + args.args.len();
        let without_default = positional - args.defaults.len().min(positional);
        let mut first = true;
        for (row, arg) in args.posonlyargs.iter().chain(args.args).enumerate() {
            self.comma(&mut first);
            let default = row.checked_sub(without_default).and_then(|row| args.defaults.get(row));
            self.argument(arg, default);
            if row + 1 == args.posonlyargs.len() {
                self.text(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            self.comma(&mut first);
            self.text("*");
            if let Some(arg) = args.vararg {
                self.argument(arg, None);
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            self.comma(&mut first);
            self.argument(arg, default.as_ref());
        }
        if let Some(arg) = args.kwarg {
            self.comma(&mut first);
            self.text("**");
            self.argument(arg, None);
        }
    }

    fn comma(&mut self, first: &mut bool) {
        self.text(if *first { "" } else { ", " });
        *first = false;
    }

    fn argument(&mut self, arg: &Arg<'_>, default: Option<&Expr<'_>>) {
        self.name(arg.arg);
        if let Some(default) = default {
            self.text("=");
            self.expr(default, Level::TEST);
        }
    }

    // -- f-strings and t-strings ---------------------------------------------------------------

    fn fields(&mut self, prefix: &str, values: &[Expr<'_>]) {
        let mut body = Wtf8Buf::new();
        for value in values {
            self.field(&mut body, value, false);
        }
        self.text(prefix);
        write_str(&mut self.out, body.as_wtf8());
    }

    /// A piece of the body of such a string, or of a format specification.
    fn field(&mut self, body: &mut Wtf8Buf, value: &Expr<'_>, in_spec: bool) {
        match value.kind {
            ExprKind::Constant(node) => {
                if let Constant::Str(text) = node.value {
                    push_escaped(body, text);
                }
            }
            ExprKind::JoinedStr(node) if in_spec => {
                node.values.iter().for_each(|value| self.field(body, value, true));
            }
            ExprKind::JoinedStr(_) | ExprKind::TemplateStr(_) => {
                let text = self.nested(value);
                body.push_str(&text);
            }
            ExprKind::FormattedValue(node) => {
                let text = self.nested(&node.value);
                self.replacement(body, &text, node.conversion, node.format_spec.as_ref());
            }
            ExprKind::Interpolation(node) => {
                let Constant::Str(text) = node.str else { return };
                let text = text.as_str().unwrap_or_default().to_owned();
                self.replacement(body, &text, node.conversion, node.format_spec.as_ref());
            }
            _ => {}
        }
    }

    fn nested(&mut self, expr: &Expr<'_>) -> String {
        let mut inner = Writer { out: String::new(), interner: self.interner };
        inner.expr(expr, Level::TEST.tighter());
        inner.out
    }

    fn replacement(
        &mut self,
        body: &mut Wtf8Buf,
        text: &str,
        conversion: Conversion,
        spec: Option<&Expr<'_>>,
    ) {
        body.push_str(if text.starts_with('{') { "{ " } else { "{" });
        body.push_str(text);
        body.push_str(match conversion {
            Conversion::None => "",
            Conversion::Str => "!s",
            Conversion::Repr => "!r",
            Conversion::Ascii => "!a",
        });
        if let Some(spec) = spec {
            body.push_str(":");
            self.field(body, spec, true);
        }
        body.push_str("}");
    }
}

/// The text with braces doubled.
fn push_escaped(body: &mut Wtf8Buf, text: Wtf8<'_>) {
    for point in text.code_points() {
        if let Some(c @ ('{' | '}')) = point.to_char() {
            body.push_char(c);
        }
        body.push(point);
    }
}

fn operator(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::BitOr => (" | ", Level(6)),
        Operator::BitXor => (" ^ ", Level(7)),
        Operator::BitAnd => (" & ", Level(8)),
        Operator::LShift => (" << ", Level(9)),
        Operator::RShift => (" >> ", Level(9)),
        Operator::Add => (" + ", Level(10)),
        Operator::Sub => (" - ", Level(10)),
        Operator::Mult => (" * ", Level(11)),
        Operator::MatMult => (" @ ", Level(11)),
        Operator::Div => (" / ", Level(11)),
        Operator::Mod => (" % ", Level(11)),
        Operator::FloorDiv => (" // ", Level(11)),
        Operator::Pow => (" ** ", Level::POWER),
    }
}
