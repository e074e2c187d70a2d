//! The method resolution order: the C3 merge, and the test for a subclass on it.

use super::PyTypeObject;

/// Whether `other` is in the MRO of `ty`; by bases while there is no MRO yet.
pub(super) fn contains(ty: &PyTypeObject, other: &PyTypeObject) -> bool {
    if let Some(mro) = ty.mro() {
        let wanted = crate::Word::from_object(other.as_object());
        return mro.words().contains(&Some(wanted));
    }
    let mut base = ty.base_type();
    while let Some(ty) = base {
        if std::ptr::eq(ty, other) {
            return true;
        }
        base = ty.base_type();
    }
    std::ptr::eq(other, &super::statics::OBJECT)
}

/// Merges the MROs of the bases and the list of bases, each a sequence of numbers for types: the C3
/// linearisation. None if there is no order that keeps all.
pub(crate) fn merge(sequences: &[Vec<*const PyTypeObject>]) -> Option<Vec<*const PyTypeObject>> {
    let mut heads = vec![0; sequences.len()];
    let mut merged = Vec::new();
    loop {
        let rests = || sequences.iter().zip(&heads).filter_map(|(s, &at)| s.get(at..));
        if rests().all(<[_]>::is_empty) {
            return Some(merged);
        }
        let next = rests()
            .filter_map(<[_]>::first)
            .find(|head| !rests().any(|rest| rest.iter().skip(1).any(|ty| ty == *head)))
            .copied()?;
        merged.push(next);
        for (sequence, at) in sequences.iter().zip(&mut heads) {
            if sequence.get(*at) == Some(&next) {
                *at += 1;
            }
        }
    }
}
