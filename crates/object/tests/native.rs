//! Types that are declared outside of this crate.

use std::cell::Cell;
use taipan_object::hash::HashSecret;
use taipan_object::list::{LIST, PyList};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::types::{flags, ready};
use taipan_object::{Interp, gc, native_type, process};

#[derive(Default)]
struct Holder {
    held: Slot,
    ended: Cell<Option<&'static Cell<u32>>>,
}

impl Drop for Holder {
    fn drop(&mut self) {
        if let Some(count) = self.ended.get() {
            count.set(count.get() + 1);
        }
    }
}

native_type! {
    /// A type of this test.
    static HOLDER: Holder = "holder", flags flags::BASETYPE, dict true, weak true, does {}
}

impl NativeType for Holder {
    fn definition() -> &'static NativeStatic<Holder> {
        &HOLDER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.held);
    }

    fn clear(&self) {
        drop(self.held.take());
    }
}

#[test]
fn the_state_ends_with_its_object_and_cycles_through_it_are_found() {
    process::init(HashSecret::default(), |thread| ready::ready_more(thread, &[&HOLDER]));
    let interp = Interp::new().unwrap();
    let thread = interp.new_thread().attach();
    let ended: &'static Cell<u32> = Box::leak(Box::default());
    let make = || {
        let holder = Native::new(&thread, Holder::default()).unwrap();
        holder.ended.set(Some(ended));
        holder
    };
    drop(make());
    assert_eq!(ended.get(), 1);
    let holder = make();
    let list = PyList::new(&thread).unwrap();
    holder.held.init(list.clone().into_value());
    list.push(&thread, holder.into_value()).unwrap();
    drop(list);
    assert_eq!(ended.get(), 1);
    gc::collect(&thread, 2);
    assert_eq!(ended.get(), 2);
    let other = Native::<Holder>::new_in(&thread, &LIST, Holder::default());
    drop(thread.catch(other.err().unwrap()));
    assert_eq!(ended.get(), 2);
}
