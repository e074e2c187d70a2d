//! The generator itself: units that begin and end, and how instructions are written.

use super::constants::string;
use super::location::Locator;
use super::numbers::resume;
use super::unit::{UnitKind, UnitState};
use super::{Result, fail};
use crate::flow::Flow;
use crate::ir::{Kind, Label, Loc, Names, Unit};
use crate::mangle::mangle;
use crate::symtable::{Key, Resolution, Scope, ScopeId, Symtable, flag};
use crate::warning::CompileWarning;
use std::sync::Arc;
use taipan_ast::{Identifier, Interner, Mod, Stmt};
use taipan_bytecode_format::{Code, CodeFlags, Opcode};
use taipan_span::{LineIndex, Span};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// How to generate.
#[derive(Clone, Copy)]
pub(crate) struct Settings<'t> {
    pub(crate) filename: Wtf8<'t>,
    /// 0 to 2: from 1 on no `assert`, at 2 no docstrings.
    pub(crate) optimize: u8,
    /// The future features in force, as bits of `co_flags`.
    pub(crate) future: u32,
    pub(crate) top_level_await: bool,
}

/// A walk over a tree.
pub(crate) struct Generator<'t, 'a> {
    pub(super) table: Symtable,
    pub(super) interner: &'t mut Interner,
    pub(super) settings: Settings<'t>,
    pub(super) unit: UnitState<'a>,
    /// The units around the one in hand, the outermost first.
    pub(super) outer: Vec<UnitState<'a>>,
    pub(super) warnings: &'t mut Vec<CompileWarning>,
    /// Statements at the top print what they evaluate to.
    pub(super) interactive: bool,
    /// In how many levels of the tree the walk is.
    pub(super) depth: u32,
    locator: Locator<'t>,
    flow: Flow,
    /// Units that are done: room for the next ones.
    #[expect(clippy::vec_box, reason = "boxes move between here and the unit in hand")]
    done: Vec<Box<Unit>>,
}

/// How many positional parameters a unit has.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) positional_only: u32,
    /// Positional-only ones included.
    pub(super) positional: u32,
    pub(super) keyword_only: u32,
}

impl<'t, 'a> Generator<'t, 'a> {
    pub(crate) fn new(
        table: Symtable,
        interner: &'t mut Interner,
        lines: &'t LineIndex,
        settings: Settings<'t>,
        warnings: &'t mut Vec<CompileWarning>,
    ) -> Self {
        let top = table.top();
        let name = interner.intern("<module>");
        let mut code = Box::<Unit>::default();
        begin(&mut code, table.scope(top), interner, name, 1, Counts::default());
        code.qualname = string("<module>");
        Generator {
            table,
            interner,
            settings,
            unit: UnitState::new(code, UnitKind::Module, top, None),
            outer: Vec::new(),
            warnings,
            interactive: false,
            depth: 0,
            locator: Locator::new(lines),
            flow: Flow::default(),
            done: Vec::new(),
        }
    }

    /// The code of a module.
    pub(crate) fn module(mut self, module: Mod<'a>) -> Result<Code> {
        let start = Loc { line: 0, end_line: 1, column: 0, end_column: 0 };
        self.op(Opcode::Resume, resume::START, start);
        self.unit.code.sequence.push_placeholder(start);
        let mut returns_none = true;
        match module {
            Mod::Module(node) => self.module_body(node.body)?,
            Mod::Interactive(node) => {
                self.interactive = true;
                self.module_body(node.body)?;
            }
            Mod::Expression(node) => {
                self.expr(&node.body)?;
                returns_none = false;
            }
            Mod::FunctionType(_) => return fail(crate::CompileErrorKind::FunctionType, Span::default()),
        }
        Ok(self.finish(returns_none))
    }

    fn module_body(&mut self, body: &'a [Stmt<'a>]) -> Result {
        let loc = match body.first() {
            Some(first) => self.loc(first.span),
            None => Loc::line(1),
        };
        if self.scope().has_conditional_annotations {
            self.op(Opcode::BuildSet, 0, loc);
            let name = self.interner.intern("__conditional_annotations__");
            self.op_name(Opcode::StoreName, name, loc);
        }
        self.body(loc, body)
    }

    // -- units ---------------------------------------------------------------------------------

    pub(super) fn scope(&self) -> &Scope {
        self.table.scope(self.unit.scope)
    }

    /// The scope that belongs to a node; the symbol table has one for each that begins a unit.
    pub(super) fn scope_of(&self, key: Key) -> ScopeId {
        self.table.lookup(key).unwrap_or(self.unit.scope)
    }

    /// Begins a unit for a scope.
    pub(super) fn enter(
        &mut self,
        name: Identifier,
        kind: UnitKind,
        scope: ScopeId,
        line: i32,
        counts: Counts,
    ) {
        let mut code = self.done.pop().unwrap_or_default();
        begin(&mut code, self.table.scope(scope), self.interner, name, line, counts);
        let class = self.unit.class;
        let unit = UnitState::new(code, kind, scope, class);
        self.outer.push(std::mem::replace(&mut self.unit, unit));
        self.unit.code.qualname = self.qualname(name);
        self.op(Opcode::Resume, resume::START, Loc::line(line));
    }

    /// The name of the unit in hand with those of the units around it (PEP 3155).
    fn qualname(&mut self, name: Identifier) -> Wtf8Buf {
        let within = self.named_within(name).and_then(|number| self.outer.get(number));
        let around = match within {
            Some(parent) => [parent.code.qualname.as_wtf8(), Wtf8::from_str(parent.kind.separator())],
            None => [Wtf8::from_str(""); 2],
        };
        let own = Wtf8::from_str(self.interner.resolve(name));
        let parts = [around[0], around[1], own];
        let mut qualname = Wtf8Buf::with_capacity(parts.iter().map(|part| part.len()).sum());
        parts.into_iter().for_each(|part| qualname.push_wtf8(part));
        qualname
    }

    /// The number of the unit that the unit in hand is named within, if it is not named alone.
    fn named_within(&mut self, name: Identifier) -> Option<usize> {
        let (parent, around) = self.outer.split_last()?;
        // what has type parameters is named as if it stood around them
        let (parent, around) = match parent.kind {
            UnitKind::Annotations if !around.is_empty() => around.split_last()?,
            _ => (parent, around),
        };
        let within = around.len();
        if within == 0 {
            return None;
        }
        if matches!(self.unit.kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Class) {
            let mangled = mangle(self.interner, parent.class, name);
            let place = self.table.symbol(parent.scope, mangled).resolution;
            if place == Some(Resolution::GlobalExplicit) {
                return None;
            }
        }
        Some(within)
    }

    /// Ends the unit in hand and takes up the one around it.
    pub(super) fn leave(&mut self, returns_none: bool) -> Arc<Code> {
        let code = Arc::new(self.finish(returns_none));
        if let Some(outer) = self.outer.pop() {
            let mut done = std::mem::replace(&mut self.unit, outer).code;
            done.clear();
            self.done.push(done);
        }
        code
    }

    fn finish(&mut self, returns_none: bool) -> Code {
        if returns_none {
            self.load_none(Loc::NONE);
        }
        self.op(Opcode::ReturnValue, 0, Loc::NONE);
        self.unit.code.flags = self.flags();
        self.flow.assemble(&mut self.unit.code, self.interner, self.settings.filename)
    }

    fn flags(&self) -> CodeFlags {
        let scope = self.scope();
        let mut flags = self.settings.future;
        let mut set = |wanted: bool, bits: u32| flags |= if wanted { bits } else { 0 };
        if scope.is_function_like() {
            set(true, CodeFlags::NEWLOCALS | CodeFlags::OPTIMIZED);
            set(scope.nested, CodeFlags::NESTED);
            set(scope.generator && !scope.coroutine, CodeFlags::GENERATOR);
            set(scope.generator && scope.coroutine, CodeFlags::ASYNC_GENERATOR);
            set(!scope.generator && scope.coroutine, CodeFlags::COROUTINE);
            set(scope.varargs, CodeFlags::VARARGS);
            set(scope.varkeywords, CodeFlags::VARKEYWORDS);
            set(scope.has_docstring, CodeFlags::HAS_DOCSTRING);
            set(scope.method, CodeFlags::METHOD);
        }
        let awaits = self.settings.top_level_await && self.unit.kind == UnitKind::Module;
        set(awaits && scope.coroutine && !scope.generator, CodeFlags::COROUTINE);
        CodeFlags(flags)
    }

    // -- instructions --------------------------------------------------------------------------

    pub(super) fn loc(&mut self, span: Span) -> Loc {
        self.locator.loc(span)
    }

    #[inline]
    pub(super) fn op(&mut self, op: impl Into<Kind>, arg: u32, loc: Loc) {
        self.unit.code.sequence.push(op.into(), arg, loc);
    }

    pub(super) fn jump(&mut self, op: impl Into<Kind>, label: Label, loc: Loc) {
        self.unit.code.sequence.push_jump(op.into(), label, loc);
    }

    pub(super) fn new_label(&mut self) -> Label {
        self.unit.code.sequence.new_label()
    }

    pub(super) fn place(&mut self, label: Label) {
        self.unit.code.sequence.place(label);
    }

    /// An instruction whose argument is a name of `co_names`, mangled if it is private.
    pub(super) fn op_name(&mut self, opcode: Opcode, name: Identifier, loc: Loc) {
        let index = self.name_index(name);
        self.op(opcode, index, loc);
    }

    pub(super) fn name_index(&mut self, name: Identifier) -> u32 {
        let name = self.mangle(name);
        index(&mut self.unit.code.names, name)
    }

    /// The name under which `name` is kept in the scope of the unit.
    pub(super) fn mangle(&mut self, name: Identifier) -> Identifier {
        if !self.table.scope(self.unit.scope).is_mangled(name) {
            return name;
        }
        mangle(self.interner, self.unit.class, name)
    }
}

/// The index of a name, which is added if it is not there.
pub(super) fn index(names: &mut Names, name: Identifier) -> u32 {
    names.insert_full(name).0 as u32
}

/// Makes an empty unit that of a scope.
fn begin(
    unit: &mut Unit,
    scope: &Scope,
    interner: &mut Interner,
    name: Identifier,
    line: i32,
    counts: Counts,
) {
    unit.parameters = scope.parameters.len() as u32;
    unit.argcount = counts.positional;
    unit.posonlyargcount = counts.positional_only;
    unit.kwonlyargcount = counts.keyword_only;
    unit.firstlineno = line;
    unit.name = Some(name);
    unit.varnames.extend(&scope.parameters);
    put_sorted(&mut unit.cellvars, scope, interner, Resolution::Cell, flag::COMP_CELL);
    put_sorted(&mut unit.freevars, scope, interner, Resolution::Free, flag::FREE_CLASS);
    let implicit = [
        (scope.needs_class_closure, "__class__"),
        (scope.needs_classdict, "__classdict__"),
        (scope.has_conditional_annotations, "__conditional_annotations__"),
    ];
    for (_, name) in implicit.iter().filter(|(wanted, _)| *wanted) {
        unit.cellvars.insert(interner.intern(name));
    }
}

/// Adds the names of a scope that live in one kind of place or have a flag, in the order of the names.
fn put_sorted(names: &mut Names, scope: &Scope, interner: &Interner, place: Resolution, flags: u32) {
    let chosen =
        scope.symbols.iter().filter(|(_, symbol)| symbol.resolution == Some(place) || symbol.is(flags));
    let mut chosen: Vec<Identifier> = chosen.map(|(name, _)| *name).collect();
    chosen.sort_by_key(|name| interner.resolve(*name));
    names.extend(&chosen);
}
