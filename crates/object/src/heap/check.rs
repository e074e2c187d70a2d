//! The heap checker of tests and debug builds: walks every object and looks whether the invariants hold that
//! can be seen from outside.

use std::ptr::NonNull;

use super::{Heap, Kind};
use crate::gc::pre_header::PreHeader;
use crate::header::PyObject;
use crate::types::flags;

/// What a walk over the heap found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeapReport {
    /// Objects.
    pub objects: usize,
    /// Bytes of their blocks.
    pub bytes: usize,
    /// Objects that the collector looks at.
    pub tracked: usize,
    /// What is wrong, in words; nothing if all is well.
    pub problems: Vec<String>,
}

impl Heap {
    /// The blocks in use, of objects and of what belongs to them.
    pub fn blocks(&self) -> usize {
        let mut count = 0;
        for kind in [Kind::Plain, Kind::Gc, Kind::Managed, Kind::Raw] {
            self.for_each_block(kind, |_, _| count += 1);
        }
        // raw blocks do not tell whether they are free
        for list in &self.free[Kind::Raw as usize] {
            let mut free = list.get();
            while !free.is_null() {
                count -= 1;
                // SAFETY: what is on the list is free, and begins with the link.
                free = unsafe { (*free).next };
            }
        }
        count
    }

    /// Walks every object.
    pub fn check(&self) -> HeapReport {
        let mut report = HeapReport::default();
        for kind in [Kind::Plain, Kind::Gc, Kind::Managed] {
            self.for_each_block(kind, |block, size| {
                report.objects += 1;
                report.bytes += size;
                // SAFETY: a block in use holds an object.
                unsafe { check_object(super::object_in(kind, block), kind, size, &mut report) };
            });
        }
        report
    }
}

/// # Safety
/// The object is alive.
unsafe fn check_object(object: NonNull<PyObject>, kind: Kind, size: usize, report: &mut HeapReport) {
    // SAFETY: by contract.
    let head = unsafe { object.as_ref() };
    let mut wrong = |what: &str| report.problems.push(format!("{object:p}: {what}"));
    if head.type_ptr().is_null() {
        return wrong("no type");
    }
    let ty = head.ty();
    if !ty.head().ty().has_flag(flags::TYPE_SUBCLASS) {
        return wrong("its type is no type");
    }
    if head.refcount() == 0 {
        wrong("no references, but alive");
    }
    if head.overflow.get() != 0 || head.flags.get() != 0 {
        wrong("something in the high half of the count");
    }
    if ty.core().kind.get() != kind {
        wrong("in a page of another kind than its type says");
    }
    let needs = crate::types::lifecycle::size_of_object(head) + kind.prefix();
    if needs > size {
        wrong("larger than its block");
    }
    if kind == Kind::Plain {
        return;
    }
    // SAFETY: objects of these kinds have a pre-header.
    if unsafe { PreHeader::of(object) }.is_tracked() {
        report.tracked += 1;
        // SAFETY: alive; looking at what it refers to runs nothing.
        unsafe {
            crate::gc::visit::traverse(object, |target| {
                let target = target.as_ref();
                if target.type_ptr().is_null() || target.refcount() == 0 {
                    report.problems.push(format!("{object:p}: refers to {target:p}, which is dead"));
                }
            });
        }
    }
}
