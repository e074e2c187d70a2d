//! A code object as a constant holds it: there as data, or still in the bytes of an artifact.
//! Invariant: which of the two it is cannot be told from what it says.

use crate::artifact::StoredCode;
use crate::code::{Code, CodeFlags, Const, LocalKind};
use std::ops::Deref;
use std::sync::Arc;
use taipan_wtf8::Wtf8;

/// A code object, decoded when something first asks for more than its [`Head`].
#[derive(Clone, Debug)]
pub enum CodeRef {
    /// One that is there.
    Whole(Arc<Code>),
    /// One that is decoded on demand.
    Stored(Arc<StoredCode>),
}

/// What a code object says without its instructions, names and constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head<'c> {
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
    /// `co_firstlineno`
    pub firstlineno: i32,
    /// `co_filename`
    pub filename: Wtf8<'c>,
    /// `co_name`
    pub name: Wtf8<'c>,
    /// `co_qualname`
    pub qualname: Wtf8<'c>,
    /// How many locals, cells and free variables there are.
    pub kinds: KindCounts,
    /// The first constant if the flags say that it is a docstring.
    pub docstring: Option<Wtf8<'c>>,
}

/// How many slots of a frame are of which kind; one may be of two.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KindCounts {
    /// All of them.
    pub all: u32,
    /// `co_nlocals`
    pub locals: u32,
    /// `co_ncellvars`
    pub cells: u32,
    /// `co_nfreevars`
    pub free: u32,
}

impl KindCounts {
    /// Counts one slot.
    pub fn add(&mut self, kind: LocalKind) {
        self.all += 1;
        self.locals += u32::from(kind.has(LocalKind::LOCAL));
        self.cells += u32::from(kind.has(LocalKind::CELL));
        self.free += u32::from(kind.has(LocalKind::FREE));
    }
}

impl CodeRef {
    /// The whole code object.
    pub fn whole(&self) -> &Arc<Code> {
        match self {
            CodeRef::Whole(code) => code,
            CodeRef::Stored(stored) => stored.whole(),
        }
    }

    /// What it says without being decoded.
    pub fn head(&self) -> Head<'_> {
        match self {
            CodeRef::Whole(code) => code.head(),
            CodeRef::Stored(stored) => stored.head().unwrap_or_else(|| stored.whole().head()),
        }
    }
}

impl Code {
    /// Its [`Head`].
    pub fn head(&self) -> Head<'_> {
        let mut kinds = KindCounts::default();
        self.localspluskinds.iter().for_each(|kind| kinds.add(*kind));
        let docstring = match self.consts.first() {
            Some(Const::Str(text)) if self.flags.has(CodeFlags::HAS_DOCSTRING) => Some(text.as_wtf8()),
            _ => None,
        };
        Head {
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            stacksize: self.stacksize,
            flags: self.flags,
            firstlineno: self.firstlineno,
            filename: self.filename.as_wtf8(),
            name: self.name.as_wtf8(),
            qualname: self.qualname.as_wtf8(),
            kinds,
            docstring,
        }
    }
}

impl Deref for CodeRef {
    type Target = Code;

    fn deref(&self) -> &Code {
        self.whole()
    }
}

impl From<Arc<Code>> for CodeRef {
    fn from(code: Arc<Code>) -> Self {
        CodeRef::Whole(code)
    }
}

impl From<Code> for CodeRef {
    fn from(code: Code) -> Self {
        CodeRef::Whole(Arc::new(code))
    }
}
