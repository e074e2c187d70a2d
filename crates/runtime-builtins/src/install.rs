//! Giving static types slots and attributes, while the process is set up. Attributes are only noted: a type's dict is made
//! of them when it is first asked for. Invariant: every type's own slots stand before those are inherited.

pub use taipan_object::descriptor::table::{
    Field, add_attributes as attributes, add_entries as entries, add_fields as fields, add_methods as methods,
};
pub use taipan_object::types::contents::insert;

use taipan_object::types::statics;

/// Hands slots on from bases to what derives from them, and tells C of them.
pub(crate) fn inherit() {
    for ty in statics::all().chain(statics::more()) {
        ty.inherit_slots();
    }
}
