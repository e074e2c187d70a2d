//! Which objects are being printed, so that one which contains itself ends in `...`.

use std::cell::RefCell;

use taipan_object::{Ref, Thread};

thread_local! {
    /// Thread state and object.
    static PRINTING: RefCell<Vec<(usize, u64)>> = const { RefCell::new(Vec::new()) };
}

/// One object that is being printed, until it is dropped.
pub struct Printing {
    key: (usize, u64),
}

impl Printing {
    /// None if the object is being printed already.
    pub fn enter(thread: &Thread, object: Ref<'_>) -> Option<Printing> {
        let key = (std::ptr::from_ref(thread).addr(), object.word().bits());
        PRINTING.with_borrow_mut(|stack| {
            let is_new = !stack.contains(&key);
            is_new.then(|| {
                stack.push(key);
                Printing { key }
            })
        })
    }
}

impl Drop for Printing {
    fn drop(&mut self) {
        PRINTING.with_borrow_mut(|stack| {
            if let Some(at) = stack.iter().rposition(|key| *key == self.key) {
                stack.remove(at);
            }
        });
    }
}
