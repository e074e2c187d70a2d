//! PEP 765: `return`, `break` and `continue` that leave a `finally` block. CPython warns of them when
//! it compiles a tree, not when it only parses.

use crate::warning::{CompileWarning, WarningKind};
use taipan_ast::{Mod, Stmt, StmtKind};

/// What surrounds a statement.
#[derive(Clone, Copy, Default)]
struct Context {
    /// In a `finally` block of the same function.
    finally: bool,
    /// In a loop inside that block.
    in_loop: bool,
}

/// The warnings of a tree, in the order of the source.
pub(crate) fn warnings(module: &Mod<'_>) -> Vec<CompileWarning> {
    let body = match module {
        Mod::Module(node) => node.body,
        Mod::Interactive(node) => node.body,
        Mod::Expression(_) | Mod::FunctionType(_) => &[],
    };
    let mut warnings = Vec::new();
    let mut pending = vec![(body, Context::default())];
    while let Some((block, context)) = pending.pop() {
        for stmt in block {
            visit(stmt, context, &mut pending, &mut warnings);
        }
    }
    warnings.sort_by_key(|warning: &CompileWarning| warning.span.start);
    warnings
}

type Pending<'a> = Vec<(&'a [Stmt<'a>], Context)>;

fn visit<'a>(
    stmt: &Stmt<'a>,
    context: Context,
    pending: &mut Pending<'a>,
    warnings: &mut Vec<CompileWarning>,
) {
    let mut warn = |keyword| {
        warnings.push(CompileWarning { kind: WarningKind::LeavesFinally { keyword }, span: stmt.span });
    };
    let in_loop = Context { in_loop: true, ..context };
    match stmt.kind {
        StmtKind::Return { .. } if context.finally => warn("return"),
        StmtKind::Break if context.finally && !context.in_loop => warn("break"),
        StmtKind::Continue if context.finally && !context.in_loop => warn("continue"),
        StmtKind::FunctionDef(node) => pending.push((node.body, Context::default())),
        StmtKind::AsyncFunctionDef(node) => pending.push((node.body, Context::default())),
        StmtKind::ClassDef(node) => pending.push((node.body, context)),
        StmtKind::For(node) => pending.extend([(node.body, in_loop), (node.orelse, context)]),
        StmtKind::AsyncFor(node) => pending.extend([(node.body, in_loop), (node.orelse, context)]),
        StmtKind::While(node) => pending.extend([(node.body, in_loop), (node.orelse, context)]),
        StmtKind::If(node) => pending.extend([(node.body, context), (node.orelse, context)]),
        StmtKind::With(node) => pending.push((node.body, context)),
        StmtKind::AsyncWith(node) => pending.push((node.body, context)),
        StmtKind::Match(node) => pending.extend(node.cases.iter().map(|case| (case.body, context))),
        StmtKind::Try(node) => {
            let last = Context { finally: true, in_loop: false };
            pending.extend([(node.body, context), (node.orelse, context), (node.finalbody, last)]);
            pending.extend(node.handlers.iter().map(|handler| (handler.body, context)));
        }
        StmtKind::TryStar(node) => {
            let last = Context { finally: true, in_loop: false };
            pending.extend([(node.body, context), (node.orelse, context), (node.finalbody, last)]);
            pending.extend(node.handlers.iter().map(|handler| (handler.body, context)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taipan_ast::{Arena, Interner};
    use taipan_lexer::{LexOptions, Mode, Source, lex};
    use taipan_parser::{ParseOptions, parse};

    fn check(text: &str, expected: &[&str]) {
        let source = Source::from_str(text, Mode::Exec).expect("decodes");
        let lexed = lex(&source, &LexOptions::default());
        let (arena, mut interner) = (Arena::new(), Interner::new());
        let Ok(parsed) = parse(&source, &lexed, &ParseOptions::default(), &arena, &mut interner) else {
            panic!("{text:?} is refused");
        };
        let warnings = warnings(&parsed.module);
        let warnings: Vec<String> = warnings.iter().map(|warning| warning.kind.to_string()).collect();
        assert_eq!(warnings, expected, "{text}");
    }

    #[test]
    fn leaving_a_finally_block_is_warned_of() {
        check("def f():\n try: pass\n finally:\n  return 1\n", &["'return' in a 'finally' block"]);
        check(
            "while 1:\n try: pass\n finally:\n  if x: break\n  continue\n",
            &["'break' in a 'finally' block", "'continue' in a 'finally' block"],
        );
        check(
            "while 1:\n try: pass\n finally:\n  while 1:\n   try: pass\n   finally: break\n  else: continue",
            &["'break' in a 'finally' block", "'continue' in a 'finally' block"],
        );
    }

    #[test]
    fn what_stays_inside_is_not() {
        check("while 1:\n try: pass\n finally:\n  for x in y: break\n", &[]);
        check("try: pass\nfinally:\n def f(): return 1\n", &[]);
        check("while 1:\n try: break\n except: continue\n finally: pass\n", &[]);
    }
}
