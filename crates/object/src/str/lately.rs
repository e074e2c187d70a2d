//! Names that native code asked for lately, by where their text stands: most are literals, which are asked for again
//! and again. Invariant: a place owns its string; whether its contents are those asked for is looked at each time,
//! for another text may have come to stand where one was.

use std::cell::Cell;

use super::PyStr;
use crate::slot::Slot;
use crate::value::{Owned, Ref, as_ref};

/// Places, a power of two.
const PLACES: usize = 512;

/// Longer texts are not kept: few are names.
const LONGEST: usize = 40;

struct Place {
    from: Cell<usize>,
    name: Slot,
}

/// The names of an interpreter.
pub(crate) struct Lately {
    places: Box<[Place]>,
}

impl Lately {
    pub(crate) fn new() -> Lately {
        // SAFETY: a place of zeros is that of no text and an empty slot; what is not used takes no memory so.
        let places = unsafe { Box::<[Place]>::new_zeroed_slice(PLACES).assume_init() };
        Lately { places }
    }

    #[inline]
    fn place(&self, text: &str) -> &Place {
        let at = text.as_ptr().addr();
        &self.places[(at ^ at >> 9) % PLACES]
    }

    /// The interned string of a text, if it was noted.
    #[inline]
    pub(super) fn find(&self, text: &str) -> Option<Owned<PyStr>> {
        let place = self.place(text);
        if place.from.get() != text.as_ptr().addr() {
            return None;
        }
        // SAFETY: the place owns the string; it stays there while it is looked at.
        let known = unsafe { Ref::from_word(place.name.peek()?) }.get_exact::<PyStr>()?;
        (known.as_ascii() == Some(text)).then(|| Owned::new_ref(known))
    }

    /// Notes the interned string of a text.
    pub(super) fn note(&self, text: &str, name: &PyStr) {
        if text.len() <= LONGEST && name.is_interned() {
            let place = self.place(text);
            place.from.set(text.as_ptr().addr());
            // a string's end runs no code
            drop(place.name.replace(Some(as_ref(name).to_value())));
        }
    }

    /// Forgets all names.
    pub(crate) fn clear(&self) {
        for place in self.places.iter().filter(|place| place.from.get() != 0) {
            place.from.set(0);
            drop(place.name.take());
        }
    }

    /// Forgets the references, when the whole heap goes.
    pub(crate) fn forget_references(&self) {
        for place in &self.places {
            std::mem::forget(place.name.take());
        }
    }
}
