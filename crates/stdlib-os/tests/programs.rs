//! Programs that use `_io`, `posix`, `errno` and `time` print what the reference printed: `fixtures/programs/io_*.py`
//! and the `.txt` beside each, which `python3.14 io_NAME.py > io_NAME.txt` writes.

mod runner;

use std::io::{Read, Seek};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/programs");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("io_") && name.ends_with(".py")
    };
    let mut found: Vec<PathBuf> = all.filter(is_ours).collect();
    found.sort();
    found
}

/// What a program prints, and how it ended.
fn output(path: &Path) -> String {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let kept = std::env::temp_dir().join(format!("taipan-{name}-{}", std::process::id()));
    let mut file =
        std::fs::File::options().read(true).write(true).create(true).truncate(true).open(&kept).unwrap();
    let interp = runner::interpreter();
    let thread = interp.new_thread().attach();
    let ended =
        runner::run(&thread, &std::fs::read(path).unwrap(), &path.to_string_lossy(), file.as_raw_fd());
    assert!(thread.current_exception().is_none(), "{name}: an exception was left");
    taipan_object::gc::collect(&thread, 2);
    assert_eq!(thread.heap().check().problems, Vec::<String>::new(), "{name}");
    taipan_object::gc::shut_down(&thread);
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    std::fs::remove_file(&kept).unwrap();
    if let Err(error) = ended {
        text.push_str(&format!("ended by {error}\n"));
    }
    text
}

fn check_all() {
    let mut failed = Vec::new();
    for path in programs() {
        let wanted = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let printed = output(&path);
        if printed != wanted {
            let pairs = printed.lines().zip(wanted.lines());
            let first = pairs.enumerate().find(|(_, (own, reference))| own != reference);
            failed.push(format!("{}: {first:?}", path.display()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn programs_print_what_the_reference_prints() {
    let big = std::thread::Builder::new().stack_size(256 << 20).spawn(check_all).unwrap();
    if let Err(panic) = big.join() {
        std::panic::resume_unwind(panic);
    }
}
