//! A code object in the making.

use super::{Constants, Sequence};
use taipan_ast::Identifier;
use taipan_bytecode_format::CodeFlags;
use taipan_wtf8::Wtf8Buf;

/// Names by their index.
pub type Names = crate::name_map::NameSet;

/// What is known of a code object before its flow is worked out.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The instructions. Before `flow`, an index of a local counts in `varnames`, one of a cell or free
    /// variable in `cellvars` followed by `freevars`.
    pub sequence: Sequence,
    /// The constants.
    pub constants: Constants,
    /// `co_names`
    pub names: Names,
    /// Locals, the parameters first.
    pub varnames: Names,
    /// Cells, in the order of their names.
    pub cellvars: Names,
    /// Free variables, in the order of their names.
    pub freevars: Names,
    /// Locals of inlined comprehensions that `locals()` does not show (PEP 709).
    pub hidden: Names,
    /// `co_argcount`
    pub argcount: u32,
    /// `co_posonlyargcount`
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: u32,
    /// All parameters, `*args` and `**kwargs` too.
    pub parameters: u32,
    /// `co_flags`
    pub flags: CodeFlags,
    /// `co_firstlineno`
    pub firstlineno: i32,
    /// `co_name`
    pub name: Option<Identifier>,
    /// `co_qualname`
    pub qualname: Wtf8Buf,
}

impl Unit {
    /// Makes it a unit of nothing, which keeps the room that the old one had.
    pub fn clear(&mut self) {
        self.sequence.clear();
        self.constants.clear();
        let Unit { names, varnames, cellvars, freevars, hidden, .. } = self;
        [names, varnames, cellvars, freevars, hidden].into_iter().for_each(Names::clear);
        self.qualname = Wtf8Buf::new();
        self.name = None;
        (self.argcount, self.posonlyargcount, self.kwonlyargcount) = (0, 0, 0);
        (self.parameters, self.firstlineno, self.flags) = (0, 0, CodeFlags::default());
    }
}
