//! A host that takes what is written to the standard streams, and does nothing else.

use taipan_host::{
    Accounts, Calls, Clock, Control, Entropy, Environment, Files, Host, HostResult, Interprocess, Jobs,
    Journal, Launching, Mappings, Places, Platform, Processes, Resources, Signals, Sockets, Terminal,
    Threads, Transfers, Waiting,
};

/// The host.
pub struct Nowhere;

impl Files for Nowhere {
    fn write(&self, _: i32, bytes: &[u8]) -> HostResult<usize> {
        Ok(bytes.len())
    }
}

impl Accounts for Nowhere {}
impl Calls for Nowhere {}
impl Clock for Nowhere {}
impl Control for Nowhere {}
impl Entropy for Nowhere {}
impl Environment for Nowhere {}
impl Host for Nowhere {}
impl Interprocess for Nowhere {}
impl Jobs for Nowhere {}
impl Journal for Nowhere {}
impl Launching for Nowhere {}
impl Mappings for Nowhere {}
impl Places for Nowhere {}
impl Platform for Nowhere {}
impl Processes for Nowhere {}
impl Resources for Nowhere {}
impl Signals for Nowhere {}
impl Sockets for Nowhere {}
impl Terminal for Nowhere {}
impl Threads for Nowhere {}
impl Transfers for Nowhere {}
impl Waiting for Nowhere {}
