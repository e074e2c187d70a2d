//! `taipan-vm`: runs compiled Python programs. It has no compiler: what would need one while a program runs fails.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use taipan_launch::Identity;

static IDENTITY: Identity = Identity { name: "taipan-vm", compiler: None };

fn main() -> ExitCode {
    taipan_launch::main(&IDENTITY)
}
