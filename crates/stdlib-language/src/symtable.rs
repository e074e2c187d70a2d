//! The objects of the module `_symtable`: an entry for each scope of a tree, over the table of `taipan_codegen`.
//! Invariant: scopes may be nested as deep as a source is long, so entries are made with a work list.

use std::cell::Cell;
use std::mem::offset_of;

use taipan_ast::{Identifier, Interner};
use taipan_codegen::symtable::{Resolution, Scope, ScopeId, ScopeKind, Symtable, flag};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::native::{Native, NativeStatic};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::add;
use taipan_span::LineIndex;

use taipan_object::declare::{native_state, receiver};

/// What is said of a scope.
#[derive(Default)]
#[repr(C)]
pub(crate) struct Entry {
    id: Slot,
    name: Slot,
    symbols: Slot,
    parameters: Slot,
    children: Slot,
    nested: Cell<i32>,
    kind: Cell<i32>,
    line: Cell<i32>,
}

native_type! {
    /// `symtable entry`.
    pub(crate) static ENTRY: Entry = "symtable entry", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { repr: repr }
}

native_state!(Entry in ENTRY: id, name, symbols, parameters, children);

const fn at(offset: usize) -> u32 {
    NativeStatic::<Entry>::offset(offset)
}

const FIELDS: [install::Field; 8] = [
    ("id", at(offset_of!(Entry, id)), MemberKind::Object, true),
    ("name", at(offset_of!(Entry, name)), MemberKind::Object, true),
    ("symbols", at(offset_of!(Entry, symbols)), MemberKind::Object, true),
    ("varnames", at(offset_of!(Entry, parameters)), MemberKind::Object, true),
    ("children", at(offset_of!(Entry, children)), MemberKind::Object, true),
    ("nested", at(offset_of!(Entry, nested)), MemberKind::Int, true),
    ("type", at(offset_of!(Entry, kind)), MemberKind::Int, true),
    ("lineno", at(offset_of!(Entry, line)), MemberKind::Int, true),
];

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::fields(thread, &ENTRY, &FIELDS)
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let entry = receiver::<Entry>(thread, this)?;
    let name = entry.name.get().and_then(|name| name.downcast::<PyStr>().ok());
    let name = name.map_or_else(String::new, |name| name.to_text_lossy());
    let id = entry.id.get().and_then(|id| id.as_ref().int_to_text(10)).unwrap_or_default();
    let text = format!("<symtable entry {name}({id}), line {}>", entry.line.get());
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// Adds the constants of the module: the facts, the kinds of scope, where a name may live.
///
/// # Errors
/// When there is no memory.
pub fn add_constants(thread: &Thread, module: &PyModule) -> PyResult<()> {
    // a type parameter is bound too, but in a scope of its own
    let bound = flag::BOUND & !flag::TYPE_PARAM;
    let all: [(&str, u32); 25] = [
        ("USE", flag::USE),
        ("DEF_GLOBAL", flag::GLOBAL),
        ("DEF_NONLOCAL", flag::NONLOCAL),
        ("DEF_LOCAL", flag::LOCAL),
        ("DEF_PARAM", flag::PARAM),
        ("DEF_TYPE_PARAM", flag::TYPE_PARAM),
        ("DEF_FREE_CLASS", flag::FREE_CLASS),
        ("DEF_IMPORT", flag::IMPORT),
        ("DEF_BOUND", bound),
        ("DEF_ANNOT", flag::ANNOT),
        ("DEF_COMP_ITER", flag::COMP_ITER),
        ("DEF_COMP_CELL", flag::COMP_CELL),
        ("TYPE_FUNCTION", ScopeKind::Function as u32),
        ("TYPE_CLASS", ScopeKind::Class as u32),
        ("TYPE_MODULE", ScopeKind::Module as u32),
        ("TYPE_ANNOTATION", ScopeKind::Annotation as u32),
        ("TYPE_TYPE_ALIAS", ScopeKind::TypeAlias as u32),
        ("TYPE_TYPE_PARAMETERS", ScopeKind::TypeParameters as u32),
        ("TYPE_TYPE_VARIABLE", ScopeKind::TypeVariable as u32),
        ("LOCAL", Resolution::Local as u32),
        ("GLOBAL_EXPLICIT", Resolution::GlobalExplicit as u32),
        ("GLOBAL_IMPLICIT", Resolution::GlobalImplicit as u32),
        ("FREE", Resolution::Free as u32),
        ("CELL", Resolution::Cell as u32),
        ("SCOPE_OFF", 12),
    ];
    for (name, number) in all {
        add(thread, module, name, Value::int(thread, number.into())?)?;
    }
    add(thread, module, "SCOPE_MASK", Value::small(15))
}

struct Maker<'a> {
    thread: &'a Thread,
    interner: &'a Interner,
    lines: &'a LineIndex,
}

impl Maker<'_> {
    fn text(&self, name: Identifier) -> PyResult<Value> {
        Ok(intern_text(self.thread, self.interner.resolve(name))?.into_value())
    }

    /// The entry of a scope; its children go into the list that is given, too.
    fn entry(&self, scope: &Scope) -> PyResult<(Value, Owned<PyList>)> {
        let thread = self.thread;
        let symbols = PyDict::new(thread)?;
        for (name, symbol) in scope.symbols.iter() {
            let number = Value::int(thread, symbol.number().into())?;
            drop(symbols.insert(thread, self.text(*name)?.as_ref(), number)?);
        }
        let parameters = PyList::new(thread)?;
        for name in &scope.parameters {
            parameters.push(thread, self.text(*name)?)?;
        }
        let children = PyList::new(thread)?;
        let is_module = scope.kind == ScopeKind::Module;
        let line = if is_module { 0 } else { self.lines.line(scope.span.start) };
        let id = Value::uint(thread, std::ptr::from_ref(scope).addr() as u64)?;
        let state = Entry {
            id: Slot::new(id),
            name: Slot::new(self.text(scope.name)?),
            symbols: Slot::new(symbols.into_value()),
            parameters: Slot::new(parameters.into_value()),
            children: Slot::new(children.clone().into_value()),
            nested: Cell::new(i32::from(scope.nested)),
            kind: Cell::new(scope.kind as i32),
            line: Cell::new(line as i32),
        };
        Ok((Native::new(thread, state)?.into_value(), children))
    }
}

/// The entry of the module of a table, with those of all scopes in it.
///
/// # Errors
/// When there is no memory.
pub fn entries(thread: &Thread, table: &Symtable, interner: &Interner, lines: &LineIndex) -> PyResult<Value> {
    let maker = Maker { thread, interner, lines };
    let (top, children) = maker.entry(table.scope(table.top()))?;
    let mut open: Vec<(ScopeId, Owned<PyList>)> = vec![(table.top(), children)];
    while let Some((id, list)) = open.pop() {
        for child in &table.scope(id).children {
            let (entry, children) = maker.entry(table.scope(*child))?;
            list.push(thread, entry)?;
            open.push((*child, children));
        }
    }
    Ok(top)
}

/// Refuses a mode that is none of the three.
///
/// # Errors
/// `ValueError`, always.
pub fn wrong_mode(thread: &Thread) -> taipan_object::Raised {
    raise!(thread, VALUE_ERROR, "symtable() arg 3 must be 'exec' or 'eval' or 'single'")
}
