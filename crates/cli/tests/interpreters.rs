//! Two interpreters in one process, at once, on two threads: each runs all programs of the language and prints what it
//! prints alone. What a program writes is caught by its host.

use std::path::Path;
use std::sync::{Arc, Mutex};
use taipan::sys::Facts;
use taipan::{Interpreter, Options};
use taipan_host::{
    Clock, DirectoryEntry, Entropy, Environment, FileStatus, Files, Host, HostResult, OpenMode, Platform,
    Processes, Terminal,
};
use taipan_host_native::NativeHost;
use taipan_parity::program;

/// Bytes of native stack of a thread, and those of them that an interpreter may use.
const STACK: usize = 16 << 20;
const USABLE: usize = STACK - (1 << 20);

/// What the standard streams got.
#[derive(Clone, Default)]
struct Caught {
    output: Arc<Mutex<Vec<u8>>>,
    errors: Arc<Mutex<Vec<u8>>>,
}

/// A host that catches what goes to the standard streams, and grants reading files.
struct Catching(Caught);

impl Files for Catching {
    fn write(&self, fd: i32, bytes: &[u8]) -> HostResult<usize> {
        let to = match fd {
            1 => &self.0.output,
            2 => &self.0.errors,
            _ => return NativeHost.write(fd, bytes),
        };
        to.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn open(&self, path: &[u8], mode: OpenMode, permissions: u32) -> HostResult<i32> {
        NativeHost.open(path, mode, permissions)
    }

    fn close(&self, fd: i32) -> HostResult<()> {
        NativeHost.close(fd)
    }

    fn read(&self, fd: i32, buffer: &mut [u8]) -> HostResult<usize> {
        NativeHost.read(fd, buffer)
    }

    fn seek(&self, fd: i32, offset: i64, whence: i32) -> HostResult<i64> {
        NativeHost.seek(fd, offset, whence)
    }

    fn pipe(&self) -> HostResult<(i32, i32)> {
        NativeHost.pipe()
    }

    fn status(&self, fd: i32) -> HostResult<FileStatus> {
        NativeHost.status(fd)
    }

    fn status_of(&self, path: &[u8], follows: bool) -> HostResult<FileStatus> {
        NativeHost.status_of(path, follows)
    }

    fn list(&self, path: &[u8]) -> HostResult<Vec<DirectoryEntry>> {
        NativeHost.list(path)
    }

    fn current_folder(&self) -> HostResult<Vec<u8>> {
        NativeHost.current_folder()
    }
}

impl Clock for Catching {}
impl Environment for Catching {}
impl Entropy for Catching {}
impl Terminal for Catching {}
impl Processes for Catching {}
impl Platform for Catching {}
impl taipan_host::Resources for Catching {}
impl taipan_host::Mappings for Catching {}
impl taipan_host::Calls for Catching {}
impl taipan_host::Places for Catching {}
impl taipan_host::Transfers for Catching {}
impl taipan_host::Jobs for Catching {}
impl taipan_host::Interprocess for Catching {}
impl taipan_host::Journal for Catching {}
impl taipan_host::Accounts for Catching {}
impl taipan_host::Control for Catching {}
impl taipan_host::Sockets for Catching {}
impl taipan_host::Launching for Catching {}
impl taipan_host::Waiting for Catching {}
impl taipan_host::Signals for Catching {}
impl taipan_host::Threads for Catching {}
impl Host for Catching {}

/// What a program prints in an interpreter of its own on this thread.
fn printed(folder: &Path, name: &str) -> String {
    let file = folder.join(format!("{name}.py"));
    let (source, shown) = (std::fs::read(&file).unwrap(), file.display().to_string());
    let caught = Caught::default();
    let facts = Facts {
        argv: vec![format!("{name}.py")],
        path: vec![folder.display().to_string()],
        ..Facts::default()
    };
    let options = Options {
        facts,
        stack: USABLE,
        compiler: Some(taipan::COMPILER),
        ..Options::new(Box::new(Catching(caught.clone())))
    };
    Interpreter::new(options).unwrap().run_main(&source, &shown);
    let text = |bytes: &Mutex<Vec<u8>>| String::from_utf8_lossy(&bytes.lock().unwrap()).into_owned();
    let mut all = text(&caught.output);
    if program::errors_count(name) {
        all += &text(&caught.errors);
    }
    all.replace(&format!("{}/", folder.display()), "")
}

/// The programs that are wrong on this thread.
fn wrong(folder: &Path, names: &[&String]) -> Vec<String> {
    let expected = |name: &str| std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
    let wrong = names.iter().filter(|name| printed(folder, name) != expected(name));
    wrong.map(|name| name.to_string()).collect()
}

#[test]
fn two_interpreters_at_once_print_what_each_prints_alone() {
    let folder = program::folder().unwrap();
    let names = program::names(&folder).unwrap();
    // those of modules need more of a host than is granted here, or set what is the process's: the time zone, handlers
    let names: Vec<&String> = names
        .iter()
        .filter(|name| {
            !["io_", "core_", "os_", "net_", "datetime_"].iter().any(|area| name.starts_with(area))
        })
        .collect();
    let backwards: Vec<&String> = names.iter().copied().rev().collect();
    std::thread::scope(|scope| {
        let start = |names| {
            let folder = &folder;
            let builder = std::thread::Builder::new().stack_size(STACK);
            builder.spawn_scoped(scope, move || wrong(folder, names)).unwrap()
        };
        for thread in [start(&names), start(&backwards)] {
            assert_eq!(thread.join().unwrap(), Vec::<String>::new());
        }
    });
}
