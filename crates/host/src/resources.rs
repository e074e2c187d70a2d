//! What processes use, and how much they may use.

use crate::error::{HostResult, unsupported};

/// What was used: the numbers of `struct rusage`, in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Seconds in the program and in the system.
    pub seconds: [f64; 2],
    /// What follows: sizes, faults, blocks, messages, signals, switches.
    pub counts: [i64; 14],
}

/// A soft and a hard limit; the largest number stands for none.
pub type ResourceLimit = (u64, u64);

/// Resources.
pub trait Resources {
    /// What a process used: one of the platform's numbers for who.
    fn usage(&self, _who: i32) -> HostResult<Usage> {
        unsupported()
    }

    /// The limits of a resource of a process, 0 for the own one; sets others if there are some.
    fn limit(&self, _process: i32, _resource: i32, _new: Option<ResourceLimit>) -> HostResult<ResourceLimit> {
        unsupported()
    }

    /// Names and numbers of resources and of who uses them.
    fn resource_constants(&self) -> crate::Constants {
        &[]
    }
}
