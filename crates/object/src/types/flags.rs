//! `tp_flags`, as CPython numbers them.

/// Set for types that are part of the VM and shared by all interpreters.
pub const STATIC_BUILTIN: u64 = 1 << 1;
/// Attribute values stand in the instance itself.
pub const INLINE_VALUES: u64 = 1 << 2;
/// A pointer to the weak references stands before the object.
pub const MANAGED_WEAKREF: u64 = 1 << 3;
/// A pointer to the dict stands before the object.
pub const MANAGED_DICT: u64 = 1 << 4;
/// `match` takes it for a sequence.
pub const SEQUENCE: u64 = 1 << 5;
/// `match` takes it for a mapping.
pub const MAPPING: u64 = 1 << 6;
/// Cannot be called to make instances.
pub const DISALLOW_INSTANTIATION: u64 = 1 << 7;
/// Attributes cannot be set.
pub const IMMUTABLETYPE: u64 = 1 << 8;
/// Lives on the heap.
pub const HEAPTYPE: u64 = 1 << 9;
/// May be derived from.
pub const BASETYPE: u64 = 1 << 10;
/// Objects may be called by vectorcall.
pub const HAVE_VECTORCALL: u64 = 1 << 11;
/// The type is set up.
pub const READY: u64 = 1 << 12;
/// The type is being set up.
pub const READYING: u64 = 1 << 13;
/// Objects have the collector's pre-header.
pub const HAVE_GC: u64 = 1 << 14;
/// Objects bind as functions do.
pub const METHOD_DESCRIPTOR: u64 = 1 << 17;
/// The version tag is valid.
pub const VALID_VERSION_TAG: u64 = 1 << 19;
/// Has abstract methods.
pub const IS_ABSTRACT: u64 = 1 << 20;
/// A class pattern with one position matches the subject itself.
pub const MATCH_SELF: u64 = 1 << 22;
/// Items stand at the end of the object.
pub const ITEMS_AT_END: u64 = 1 << 23;
/// Derives from `int`.
pub const LONG_SUBCLASS: u64 = 1 << 24;
/// Derives from `list`.
pub const LIST_SUBCLASS: u64 = 1 << 25;
/// Derives from `tuple`.
pub const TUPLE_SUBCLASS: u64 = 1 << 26;
/// Derives from `bytes`.
pub const BYTES_SUBCLASS: u64 = 1 << 27;
/// Derives from `str`.
pub const UNICODE_SUBCLASS: u64 = 1 << 28;
/// Derives from `dict`.
pub const DICT_SUBCLASS: u64 = 1 << 29;
/// Derives from `BaseException`.
pub const BASE_EXC_SUBCLASS: u64 = 1 << 30;
/// Derives from `type`.
pub const TYPE_SUBCLASS: u64 = 1 << 31;

/// Ours: `__flags__` says `HEAPTYPE` though the type is static, for CPython makes it on the heap and `copyreg` asks.
pub const SHOWN_AS_HEAP: u64 = 1 << 62;

/// What `__flags__` says of a type with these flags.
pub const fn shown(all: u64) -> u64 {
    let heap = if all & SHOWN_AS_HEAP == 0 { 0 } else { HEAPTYPE };
    all & !SHOWN_AS_HEAP | heap
}

/// What a class inherits from its base without more ado.
pub const INHERITED: u64 = LONG_SUBCLASS
    | LIST_SUBCLASS
    | TUPLE_SUBCLASS
    | BYTES_SUBCLASS
    | UNICODE_SUBCLASS
    | DICT_SUBCLASS
    | BASE_EXC_SUBCLASS
    | TYPE_SUBCLASS
    | MATCH_SELF
    | ITEMS_AT_END
    | SEQUENCE
    | MAPPING;
/// What every static type has.
pub const STATIC: u64 = STATIC_BUILTIN | IMMUTABLETYPE;
