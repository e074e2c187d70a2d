//! `'...' % (...)` as a formatted string, where all conversions are `%s`, `%r` or `%a` with flags, width
//! and precision of one or two digits.

use crate::{
    Arena, Constant, Conversion, Expr, ExprBinOp, ExprConstant, ExprFormattedValue, ExprJoinedStr, ExprKind,
};
use taipan_span::Span;
use taipan_wtf8::Wtf8;

/// Whether [`fold`] has to look closer.
pub(super) fn may_fold(binary: &ExprBinOp<'_>) -> bool {
    let format =
        matches!(binary.left.kind, ExprKind::Constant(node) if matches!(node.value, Constant::Str(_)));
    format && matches!(binary.right.kind, ExprKind::Tuple(_))
}

/// The formatted string that stands for the operation; none if it has to be done at run time.
pub(super) fn fold<'a>(binary: &ExprBinOp<'a>, arena: &'a Arena) -> Option<ExprKind<'a>> {
    let ExprKind::Constant(ExprConstant { value: Constant::Str(format), .. }) = binary.left.kind else {
        return None;
    };
    let ExprKind::Tuple(tuple) = binary.right.kind else { return None };
    if tuple.elts.iter().any(|item| matches!(item.kind, ExprKind::Starred { .. })) {
        return None;
    }
    let mut items = tuple.elts.iter();
    let mut values = Vec::new();
    let mut rest = format.as_bytes();
    loop {
        let (literal, after) = literal(rest);
        if !literal.is_empty() {
            values.push(string(literal, arena)?);
        }
        let Some(conversion) = after.strip_prefix(b"%") else { break };
        let (spec, after) = conversion_spec(conversion)?;
        values.push(formatted(*items.next()?, &spec, arena)?);
        rest = after;
    }
    if items.next().is_some() {
        return None;
    }
    let values = arena.alloc_slice_copy(&values);
    Some(ExprKind::JoinedStr(arena.alloc(ExprJoinedStr { values })))
}

/// The text up to the next conversion, `%%` made one, and what follows.
fn literal(format: &[u8]) -> (Vec<u8>, &[u8]) {
    let (mut text, mut rest) = (Vec::new(), format);
    loop {
        match rest {
            [b'%', b'%', after @ ..] => {
                text.push(b'%');
                rest = after;
            }
            [b'%', ..] | [] => return (text, rest),
            [byte, after @ ..] => {
                text.push(*byte);
                rest = after;
            }
        }
    }
}

/// A conversion.
struct Spec {
    left: bool,
    width: Option<u32>,
    precision: Option<u32>,
    conversion: Conversion,
}

/// Reads a conversion behind its `%`.
fn conversion_spec(format: &[u8]) -> Option<(Spec, &[u8])> {
    let flags = format.iter().take_while(|byte| b"-+ #0".contains(byte)).count();
    let (flags, rest) = format.split_at_checked(flags)?;
    let (width, mut rest) = number(rest)?;
    let mut precision = None;
    if let Some(after) = rest.strip_prefix(b".") {
        let (digits, after) = number(after)?;
        precision = Some(digits.unwrap_or(0));
        rest = after;
    }
    let (kind, rest) = rest.split_first()?;
    let conversion = match kind {
        b's' => Conversion::Str,
        b'r' => Conversion::Repr,
        b'a' => Conversion::Ascii,
        _ => return None,
    };
    Some((Spec { left: flags.contains(&b'-'), width, precision, conversion }, rest))
}

/// Reads up to two digits; none if there are more.
fn number(format: &[u8]) -> Option<(Option<u32>, &[u8])> {
    let digits = format.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = format.split_at_checked(digits)?;
    let value = digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    match digits.len() {
        0 => Some((None, rest)),
        1 | 2 => Some((Some(value), rest)),
        _ => None,
    }
}

fn formatted<'a>(value: Expr<'a>, spec: &Spec, arena: &'a Arena) -> Option<Expr<'a>> {
    let mut text = String::new();
    if let Some(width) = spec.width {
        let right = !spec.left && width > 0;
        text.push_str(&format!("{}{width}", if right { ">" } else { "" }));
    }
    if let Some(precision) = spec.precision {
        text.push_str(&format!(".{precision}"));
    }
    let format_spec = if text.is_empty() { None } else { Some(string(text.into_bytes(), arena)?) };
    let node = ExprFormattedValue { value, conversion: spec.conversion, format_spec };
    Some(Expr { span: value.span, kind: ExprKind::FormattedValue(arena.alloc(node)) })
}

/// A string that stands nowhere in the source.
fn string<'a>(text: Vec<u8>, arena: &'a Arena) -> Option<Expr<'a>> {
    let text = Wtf8::from_bytes(arena.alloc_slice_copy(&text)).ok()?;
    let node = ExprConstant { value: Constant::Str(text), kind: None };
    Some(Expr { span: Span::NOWHERE, kind: ExprKind::Constant(arena.alloc(node)) })
}
