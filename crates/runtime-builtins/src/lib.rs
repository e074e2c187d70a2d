//! What the built-in types can do beyond the slots that the interpreter itself touches: their text, their
//! formatting, their methods. [`fill`] puts all of it into the static types while the process is set up.
//!
//! Start with [`text`] (`repr` and `str`), then [`format`](mod@format) (the language of format specifications).
//! [`arguments`] is how natives read what they are called with. Invariants: nothing here keeps state between
//! calls, except which containers are being printed; messages of errors are those of CPython 3.14.
#![forbid(unsafe_code)]

pub mod arguments;
mod chars;
pub mod classes;
pub mod codecs;
mod construct;
pub mod descriptors;
mod docs;
pub mod exceptions;
mod float_sum;
pub mod format;
pub mod generics;
pub mod install;
pub mod instance_check;
pub mod iterate;
mod iterators;
mod methods;
pub mod modules;
pub mod notes;
pub mod objects;
pub mod special;
pub mod struct_sequence;
pub mod t_strings;
pub mod text;

pub use iterators::callable_iterator;

#[cfg(test)]
mod testing;

use taipan_object::types::PyTypeObject;
use taipan_object::types::ready::ready_more;
use taipan_object::{Interp, PyResult, Thread};

/// Installs in a new interpreter what keeps classes in line with their dicts.
pub fn prepare(interp: &Interp) {
    interp.hooks.type_changed.set(special::type_changed);
}

/// Puts slots and methods into the static types: what [`process::init`](taipan_object::process::init) calls. Static
/// types of the layers above are ready by then, for all of them get their slots as methods here.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: Vec<&'static PyTypeObject> = static_types().collect();
    ready_more(thread, &types)?;
    text::install();
    construct::install_slots();
    exceptions::install_slots();
    methods::install_slots();
    modules::install_slots();
    objects::install_slots();
    classes::install_slots();
    descriptors::install_slots();
    install::inherit();
    format::install(thread)?;
    exceptions::install(thread)?;
    iterators::install(thread)?;
    modules::install(thread)?;
    methods::install(thread)?;
    objects::install(thread)?;
    classes::install(thread)?;
    descriptors::install(thread)?;
    generics::install(thread)?;
    t_strings::install(thread)?;
    special::install(thread)
}

/// The static types of this crate, bases first: descriptors, iterators, views, what native modules have.
pub fn static_types() -> impl Iterator<Item = &'static PyTypeObject> {
    let own = descriptors::types().into_iter().chain(generics::types());
    own.chain(iterators::types())
        .chain(methods::dict::views::types())
        .chain(methods::memoryview::types())
        .chain(special::buffer::types())
        .chain(t_strings::types())
        .chain(modules::types())
        .chain(struct_sequence::types())
}
