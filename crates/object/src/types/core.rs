//! The side table of a type, at `tp_cache`: what the VM wants to know of a type beyond what C sees.

use std::cell::{Cell, RefCell};

use super::slots::Slots;
use super::state::Subclasses;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::instance::SharedKeys;

/// `static_index` of types on the heap.
pub const NOT_STATIC: u32 = u32::MAX;

/// The side table.
pub struct TypeCore {
    /// How the type's objects are operated on.
    pub slots: Slots,
    /// The heap kind of its instances.
    pub(crate) kind: Cell<Kind>,
    /// The place of a static type in the table of static types.
    pub(crate) static_index: Cell<u32>,
    /// The names of the attributes that stand in instances.
    pub(crate) shared_keys: SharedKeys,
    /// Makes a zeroed instance a valid one, where zeros are not.
    pub(crate) init: Cell<Option<fn(&PyObject)>>,
    /// Whether instances are an `object` with attributes inside and nothing else: those of most classes.
    pub(crate) is_plain: Cell<bool>,
    /// Where the slots begin that the class itself adds (`__slots__`), and how many they are.
    pub(crate) members: Cell<(u32, u32)>,
    /// The subclasses of a heap type; those of a static one stand with the interpreter.
    pub(crate) subclasses: Subclasses,
}

impl TypeCore {
    /// The side table of a type that is not ready.
    pub const fn new(slots: Slots) -> TypeCore {
        TypeCore {
            slots,
            kind: Cell::new(Kind::Plain),
            static_index: Cell::new(NOT_STATIC),
            shared_keys: SharedKeys::none(),
            init: Cell::new(None),
            is_plain: Cell::new(false),
            members: Cell::new((0, 0)),
            subclasses: RefCell::new(Vec::new()),
        }
    }

    /// The same for a type of whose objects zeros are not valid.
    pub(crate) const fn with_init(slots: Slots, init: fn(&PyObject)) -> TypeCore {
        let mut core = TypeCore::new(slots);
        core.init = Cell::new(Some(init));
        core
    }
}

// SAFETY: the side table of a static type is written while the process is set up and only read after
// that; a heap type's is reached by one thread at a time.
unsafe impl Sync for TypeCore {}
