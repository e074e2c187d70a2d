//! What is known of a scope and of a name in it.

use crate::name_map::NameMap;
use taipan_ast::Identifier;
use taipan_span::Span;

/// The number of a scope in its table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ScopeId(pub(super) u32);

/// What a scope belongs to; the numbers are those of CPython's `_symtable`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ScopeKind {
    /// A function, lambda or comprehension.
    Function = 0,
    /// A class body.
    Class = 1,
    /// A module.
    Module = 2,
    /// The annotations of a function, class or module (PEP 649).
    Annotation = 3,
    /// The value of a type alias.
    TypeAlias = 4,
    /// The type parameters of a generic function, class or alias.
    TypeParameters = 5,
    /// The bound or default of a type parameter (PEP 695, PEP 696).
    TypeVariable = 6,
}

/// The kinds of comprehension.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ComprehensionKind {
    /// `[x for ...]`
    List,
    /// `{x for ...}`
    Set,
    /// `{k: v for ...}`
    Dict,
    /// `(x for ...)`
    Generator,
}

/// Where a name lives; the numbers are those of CPython's `symtable` flags above bit 12.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Resolution {
    /// In the scope itself.
    Local = 1,
    /// In the module, because a statement says so.
    GlobalExplicit = 2,
    /// In the module or the built-ins, for want of anything nearer.
    GlobalImplicit = 3,
    /// In a cell of an enclosing function.
    Free = 4,
    /// In a cell of this scope, for functions in it.
    Cell = 5,
}

/// What is known of a name in a scope: facts as flags, and where it lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Symbol {
    /// The facts, as in `_symtable`.
    pub flags: u32,
    /// Where it lives, once the table is analysed.
    pub resolution: Option<Resolution>,
}

/// The facts.
pub mod flag {
    /// Declared `global`.
    pub const GLOBAL: u32 = 1;
    /// Bound.
    pub const LOCAL: u32 = 2;
    /// A parameter.
    pub const PARAM: u32 = 4;
    /// Declared `nonlocal`.
    pub const NONLOCAL: u32 = 8;
    /// Used.
    pub const USE: u32 = 16;
    /// Free in a method of the class that also binds it.
    pub const FREE_CLASS: u32 = 64;
    /// Bound by an import.
    pub const IMPORT: u32 = 128;
    /// Annotated.
    pub const ANNOT: u32 = 256;
    /// The variable of a comprehension's loop.
    pub const COMP_ITER: u32 = 512;
    /// A type parameter.
    pub const TYPE_PARAM: u32 = 1024;
    /// A cell of a comprehension that was inlined.
    pub const COMP_CELL: u32 = 2048;
    /// Any way of being bound.
    pub const BOUND: u32 = LOCAL | PARAM | IMPORT | TYPE_PARAM;
}

impl Symbol {
    /// Whether any of `flags` holds.
    pub const fn is(self, flags: u32) -> bool {
        self.flags & flags != 0
    }

    /// The number that `_symtable` gives.
    pub fn number(self) -> u32 {
        self.flags | self.resolution.map_or(0, |resolution| (resolution as u32) << 12)
    }
}

/// The names of a scope in the order in which they were met.
pub type Symbols = NameMap<Symbol>;

/// A scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What it belongs to.
    pub kind: ScopeKind,
    /// Its name.
    pub name: Identifier,
    /// Its place; empty at 0 for a module.
    pub span: Span,
    /// Its names.
    pub symbols: Symbols,
    /// Its parameters in order.
    pub parameters: Vec<Identifier>,
    /// The scopes in it, comprehensions that were inlined left out.
    pub children: Vec<ScopeId>,
    /// The scope of the annotations of a class or module body, or a function's own.
    pub annotations: Option<ScopeId>,
    /// Which comprehension it is.
    pub comprehension: Option<ComprehensionKind>,
    /// Inside a function.
    pub nested: bool,
    /// Yields.
    pub generator: bool,
    /// Awaits.
    pub coroutine: bool,
    /// Has `*args`.
    pub varargs: bool,
    /// Has `**kwargs`.
    pub varkeywords: bool,
    /// Directly in a class body.
    pub method: bool,
    /// Begins with a docstring.
    pub has_docstring: bool,
    /// A function in it uses `__class__`.
    pub needs_class_closure: bool,
    /// A scope in it looks names up in the class's namespace.
    pub needs_classdict: bool,
    /// Looks names up in the namespace of the class around it.
    pub can_see_class_scope: bool,
    /// Is a comprehension that runs in the frame around it (PEP 709).
    pub inlined: bool,
    /// Has annotations that are only made when their statement is reached.
    pub has_conditional_annotations: bool,
    /// Has annotations.
    pub annotations_used: bool,
    pub(super) in_conditional: bool,
    pub(super) in_unevaluated: bool,
    pub(super) comp_iter_target: bool,
    pub(super) comp_iter_expr: u32,
    pub(super) info: Option<&'static str>,
    pub(super) directives: Vec<(Identifier, Span)>,
    pub(super) mangled: Option<std::rc::Rc<std::cell::RefCell<Vec<Identifier>>>>,
}

impl Scope {
    /// Whether its names live in a frame.
    pub const fn is_function_like(&self) -> bool {
        !matches!(self.kind, ScopeKind::Class | ScopeKind::Module)
    }

    /// Whether a private name is mangled here: around a generic class only those of its type parameters are.
    pub(crate) fn is_mangled(&self, name: Identifier) -> bool {
        self.mangled.as_ref().is_none_or(|only| only.borrow().contains(&name))
    }

    /// What is known of `name`; nothing for a name that it does not have.
    pub fn symbol(&self, name: Identifier) -> Symbol {
        self.symbols.get(&name).copied().unwrap_or_default()
    }
}
