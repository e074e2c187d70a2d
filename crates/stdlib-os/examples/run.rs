//! Runs a program that imports native modules only: `cargo run --example run FILE`.

#[path = "../tests/runner/mod.rs"]
mod runner;

fn main() {
    let Some(path) = std::env::args().nth(1) else { return eprintln!("usage: run FILE") };
    let big = std::thread::Builder::new().stack_size(64 << 20);
    let status = big.spawn(move || {
        let source = std::fs::read(&path).unwrap();
        let interp = runner::interpreter();
        let thread = interp.new_thread().attach();
        let result = runner::run(&thread, &source, &path, 1);
        taipan_object::gc::shut_down(&thread);
        match result {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{error}");
                1
            }
        }
    });
    std::process::exit(status.unwrap().join().unwrap_or(70));
}
