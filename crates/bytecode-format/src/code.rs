//! Code objects and constants as plain data.
//! Invariant: a [`Code`] may be anything that its fields can hold; only the verifier says whether it can
//! run.

use crate::code_ref::CodeRef;
use num_bigint::BigInt;
use std::sync::Arc;
use taipan_wtf8::Wtf8Buf;

/// A constant: what `marshal` may hold in a code object.
#[derive(Clone, Debug)]
pub enum Const {
    /// `None`
    None,
    /// `False` or `True`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer.
    Int(BigInt),
    /// A float.
    Float(f64),
    /// A complex number: real and imaginary part.
    Complex(f64, f64),
    /// A string.
    Str(Wtf8Buf),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A tuple.
    Tuple(Vec<Const>),
    /// A frozenset, in the order in which it was built.
    FrozenSet(Vec<Const>),
    /// A slice: start, stop, step.
    Slice(Box<[Const; 3]>),
    /// A code object.
    Code(CodeRef),
}

/// What a slot of the frame is for, as CPython marks it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalKind(pub u8);

impl LocalKind {
    /// A parameter before `/`... or any that takes positional arguments.
    pub const POSITIONAL: u8 = 0x02;
    /// A parameter that takes a keyword argument.
    pub const KEYWORD: u8 = 0x04;
    /// `*args` or `**kwargs`.
    pub const VARIADIC: u8 = 0x08;
    /// A local whose place is hidden from `locals()`: a comprehension's in a class or module.
    pub const HIDDEN: u8 = 0x10;
    /// A local.
    pub const LOCAL: u8 = 0x20;
    /// A cell.
    pub const CELL: u8 = 0x40;
    /// A free variable.
    pub const FREE: u8 = 0x80;

    /// Whether all of `bits` are set.
    pub const fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }

    /// Whether the slot may hold a cell: it is declared a cell or a free variable.
    pub const fn may_hold_cell(self) -> bool {
        self.0 & (Self::CELL | Self::FREE) != 0
    }
}

/// `co_flags`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    /// The locals are slots of the frame.
    pub const OPTIMIZED: u32 = 0x1;
    /// A call makes a new namespace.
    pub const NEWLOCALS: u32 = 0x2;
    /// Has `*args`.
    pub const VARARGS: u32 = 0x4;
    /// Has `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x8;
    /// Defined inside a function.
    pub const NESTED: u32 = 0x10;
    /// A generator.
    pub const GENERATOR: u32 = 0x20;
    /// A coroutine.
    pub const COROUTINE: u32 = 0x80;
    /// A generator that may be awaited.
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// An asynchronous generator.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// `from __future__ import barry_as_FLUFL`
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x40_0000;
    /// `from __future__ import annotations`
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;
    /// All future features, whether they still change anything or not.
    pub const FUTURE_FEATURES: u32 = 0x1FE_0000;
    /// The first constant is a docstring.
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    /// Defined in a class body.
    pub const METHOD: u32 = 0x800_0000;

    /// Whether all of `bits` are set.
    pub const fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }
}

/// A code object.
#[derive(Clone, Debug)]
pub struct Code {
    /// `co_argcount`
    pub argcount: u32,
    /// `co_posonlyargcount`
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: u32,
    /// `co_stacksize`
    pub stacksize: u32,
    /// `co_flags`
    pub flags: CodeFlags,
    /// `co_code`: two bytes an instruction, inline caches as zeros.
    pub code: Vec<u8>,
    /// `co_consts`
    pub consts: Vec<Const>,
    /// `co_names`
    pub names: Vec<Wtf8Buf>,
    /// `co_localsplusnames`: locals, cells and free variables in the order of the frame.
    pub localsplusnames: Vec<Wtf8Buf>,
    /// `co_localspluskinds`, one for each name.
    pub localspluskinds: Vec<LocalKind>,
    /// `co_filename`
    pub filename: Wtf8Buf,
    /// `co_name`
    pub name: Wtf8Buf,
    /// `co_qualname`
    pub qualname: Wtf8Buf,
    /// `co_firstlineno`
    pub firstlineno: i32,
    /// `co_linetable`
    pub linetable: Vec<u8>,
    /// `co_exceptiontable`
    pub exceptiontable: Vec<u8>,
}

impl Code {
    /// Whether two code objects are equal, as Python's `==` says: all but where they come from
    /// (`co_filename`, `co_qualname`, `co_stacksize`) is.
    pub fn same(&self, other: &Code) -> bool {
        self.name == other.name
            && self.argcount == other.argcount
            && self.posonlyargcount == other.posonlyargcount
            && self.kwonlyargcount == other.kwonlyargcount
            && self.flags == other.flags
            && self.firstlineno == other.firstlineno
            && self.code == other.code
            && self.names == other.names
            && self.localsplusnames == other.localsplusnames
            && self.localspluskinds == other.localspluskinds
            && self.linetable == other.linetable
            && self.exceptiontable == other.exceptiontable
            && self.consts.len() == other.consts.len()
            && self.consts.iter().zip(&other.consts).all(|(a, b)| a.same(b))
    }
}

impl Const {
    /// Whether two constants are the same one: of the same type and value, floats by their bits, code
    /// objects as [`Code::same`] says.
    pub fn same(&self, other: &Const) -> bool {
        let all = |a: &[Const], b: &[Const]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b));
        match (self, other) {
            (Const::None, Const::None) | (Const::Ellipsis, Const::Ellipsis) => true,
            (Const::Bool(a), Const::Bool(b)) => a == b,
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
            (Const::Complex(a, b), Const::Complex(c, d)) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Const::Str(a), Const::Str(b)) => a == b,
            (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) | (Const::FrozenSet(a), Const::FrozenSet(b)) => all(a, b),
            (Const::Slice(a), Const::Slice(b)) => all(a.as_slice(), b.as_slice()),
            (Const::Code(a), Const::Code(b)) => Arc::ptr_eq(a.whole(), b.whole()) || a.same(b),
            _ => false,
        }
    }
}
