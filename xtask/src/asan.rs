//! `cargo xtask asan`: the tests of the crate with the unsafe code, under AddressSanitizer. Every block of the
//! heap is then a block of the system's allocator, so that a use after the end is seen at once.

use std::process::Command;

/// What a nightly builds for.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Runs the tests, or says that there is no nightly toolchain.
pub fn run() -> Result<(), String> {
    let nightly = Command::new("rustup").args(["run", "nightly", "rustc", "--version"]).output();
    if !nightly.is_ok_and(|output| output.status.success()) {
        return Err("AddressSanitizer needs a nightly toolchain: rustup toolchain install nightly".to_owned());
    }
    let flags = "-Zsanitizer=address --cfg taipan_system_alloc";
    for (what, flags) in [("pages", "-Zsanitizer=address"), ("single blocks", flags)] {
        println!("asan: {what}");
        let status = Command::new("rustup")
            .args(["run", "nightly", "cargo", "test", "-p", "taipan-object", "--lib", "--target", TARGET])
            .current_dir(crate::root())
            .env("RUSTFLAGS", flags)
            .env("ASAN_OPTIONS", "detect_leaks=1:allocator_may_return_null=1")
            .env("CARGO_TARGET_DIR", crate::root().join("target/asan"))
            .status()
            .map_err(|error| format!("rustup: {error}"))?;
        if !status.success() {
            return Err(format!("AddressSanitizer: the tests failed ({what})"));
        }
    }
    Ok(())
}
