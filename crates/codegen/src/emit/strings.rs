//! f-strings and t-strings (PEP 701, PEP 750).

use super::display::MANY;
use super::numbers::binary;
use super::{Generator, Result};
use crate::ir::Loc;
use taipan_ast::{
    Conversion, Expr, ExprFormattedValue, ExprInterpolation, ExprJoinedStr, ExprKind, ExprTemplateStr,
    Operator,
};
use taipan_bytecode_format::{Const, Opcode};
use taipan_span::Span;
use taipan_wtf8::Wtf8Buf;

/// The number of a conversion in instructions.
fn number(conversion: Conversion) -> u32 {
    match conversion {
        Conversion::None => 0,
        Conversion::Str => 1,
        Conversion::Repr => 2,
        Conversion::Ascii => 3,
    }
}

impl<'a> Generator<'_, 'a> {
    fn load_empty_string(&mut self, loc: Loc) {
        self.load_const(Const::Str(Wtf8Buf::new()), loc);
    }

    pub(super) fn joined_string(&mut self, node: &'a ExprJoinedStr<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        let count = node.values.len();
        if count > MANY {
            self.load_empty_string(loc);
            let join = self.interner.intern("join");
            let number = self.name_index(join);
            self.op(Opcode::LoadAttr, number << 1 | 1, loc);
            self.op(Opcode::BuildList, 0, loc);
            for value in node.values {
                self.expr(value)?;
                self.op(Opcode::ListAppend, 1, loc);
            }
            self.op(Opcode::Call, 1, loc);
            return Ok(());
        }
        self.exprs(node.values)?;
        match count {
            0 => self.load_empty_string(loc),
            1 => {}
            _ => self.op(Opcode::BuildString, count as u32, loc),
        }
        Ok(())
    }

    pub(super) fn formatted_value(&mut self, node: &'a ExprFormattedValue<'a>, span: Span) -> Result {
        self.expr(&node.value)?;
        let loc = self.loc(span);
        if node.conversion != Conversion::None {
            self.op(Opcode::ConvertValue, number(node.conversion), loc);
        }
        match &node.format_spec {
            Some(spec) => {
                self.expr(spec)?;
                self.op(Opcode::FormatWithSpec, 0, loc);
            }
            None => self.op(Opcode::FormatSimple, 0, loc),
        }
        Ok(())
    }

    /// The strings of a template as one tuple, always one more than its interpolations, which are another.
    pub(super) fn template_string(&mut self, node: &'a ExprTemplateStr<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        let mut strings = 0;
        let mut rest = node.values;
        loop {
            let pieces = rest.iter().take_while(|value| !is_interpolation(value)).count();
            let (text, behind) = rest.split_at(pieces);
            match text.split_first() {
                Some((first, more)) => {
                    self.expr(first)?;
                    for piece in more {
                        self.expr(piece)?;
                        self.op(Opcode::BinaryOp, binary(Operator::Add, true), loc);
                    }
                }
                None => self.load_empty_string(loc),
            }
            strings += 1;
            let Some((_, behind)) = behind.split_first() else { break };
            rest = behind;
        }
        self.op(Opcode::BuildTuple, strings, loc);
        let interpolations = node.values.iter().filter(|value| is_interpolation(value));
        let mut count = 0;
        for value in interpolations {
            self.expr(value)?;
            count += 1;
        }
        self.op(Opcode::BuildTuple, count, loc);
        self.op(Opcode::BuildTemplate, 0, loc);
        Ok(())
    }

    pub(super) fn interpolation(&mut self, node: &'a ExprInterpolation<'a>, span: Span) -> Result {
        self.expr(&node.value)?;
        let loc = self.loc(span);
        self.load_const(super::constants::constant(node.str), loc);
        let mut arg = 2 | number(node.conversion) << 2;
        if let Some(spec) = &node.format_spec {
            arg |= 1;
            self.expr(spec)?;
        }
        self.op(Opcode::BuildInterpolation, arg, loc);
        Ok(())
    }
}

fn is_interpolation(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Interpolation(_))
}
