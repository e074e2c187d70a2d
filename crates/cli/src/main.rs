//! `taipan`: runs Python programs, sources and compiled ones. What it shares with `taipan-vm` is in `taipan_launch`.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use taipan_launch::Identity;

static IDENTITY: Identity = Identity { name: "taipan", compiler: Some(taipan::COMPILER) };

fn main() -> ExitCode {
    taipan_launch::main(&IDENTITY)
}
