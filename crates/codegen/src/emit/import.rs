//! `import` and `from ... import`.

use super::numbers::IMPORT_STAR;
use super::{Generator, Result};
use crate::ir::Loc;
use taipan_ast::{Identifier, StmtImport, StmtImportFrom};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn import(&mut self, node: &'a StmtImport<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        for alias in node.names {
            self.load_int(0, loc);
            self.load_none(loc);
            self.op_name(Opcode::ImportName, alias.name, loc);
            match alias.asname {
                Some(target) => self.import_as(alias.name, target, loc),
                None => {
                    let name = self.interner.resolve(alias.name);
                    let first = name.split('.').next().unwrap_or(name).to_owned();
                    self.store_text(&first, loc);
                }
            }
        }
        Ok(())
    }

    /// `import a.b.c as target`: the import gives `a`, the target is its `b`'s `c`.
    fn import_as(&mut self, name: Identifier, target: Identifier, loc: Loc) {
        let path = self.interner.resolve(name).to_owned();
        let mut parts = path.split('.').skip(1).peekable();
        let dotted = parts.peek().is_some();
        while let Some(part) = parts.next() {
            let part = self.interner.intern(part);
            // these names are not mangled
            let number = super::generator::index(&mut self.unit.code.names, part);
            self.op(Opcode::ImportFrom, number, loc);
            if parts.peek().is_some() {
                self.op(Opcode::Swap, 2, loc);
                self.op(Opcode::PopTop, 0, loc);
            }
        }
        self.store(target, loc);
        if dotted {
            self.op(Opcode::PopTop, 0, loc);
        }
    }

    pub(super) fn import_from(&mut self, node: &'a StmtImportFrom<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        self.load_int(node.level.unwrap_or(0), loc);
        self.load_names_tuple(node.names.iter().map(|alias| alias.name), loc);
        let module = match node.module {
            Some(module) => module,
            None => self.interner.intern(""),
        };
        self.op_name(Opcode::ImportName, module, loc);
        for alias in node.names {
            if self.interner.resolve(alias.name) == "*" {
                self.op(Opcode::CallIntrinsic1, IMPORT_STAR, loc);
                self.op(Opcode::PopTop, 0, Loc::NONE);
                return Ok(());
            }
            self.op_name(Opcode::ImportFrom, alias.name, loc);
            self.store(alias.asname.unwrap_or(alias.name), loc);
        }
        self.op(Opcode::PopTop, 0, loc);
        Ok(())
    }
}
