//! Putting slots and methods into static types. Invariant: it runs once, while the process is set up, and
//! every type's own slots stand before those are inherited.

use taipan_object::types::statics;

/// Hands slots on from bases to what derives from them, and tells C of them.
pub(crate) fn inherit() {
    for ty in statics::all() {
        ty.inherit_slots();
    }
}
