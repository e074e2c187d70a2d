//! What the tests of this crate share: a host in memory whose files misbehave as a test wants it, and an interpreter
//! on it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, Once};

use taipan_host::{
    Clock, Entropy, Environment, FileStatus, Files, Host, HostError, HostResult, Platform, Processes,
    Terminal, numbers,
};
use taipan_object::hash::HashSecret;
use taipan_object::str::PyStr;
use taipan_object::{Interp, PyResult, Thread, Value, process};

/// A cell that threads may share, as a host must.
#[derive(Default)]
pub(crate) struct Shared<T>(Mutex<T>);

impl<T> Shared<T> {
    fn new(value: T) -> Shared<T> {
        Shared(Mutex::new(value))
    }

    pub(crate) fn borrow(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap()
    }

    pub(crate) fn borrow_mut(&self) -> MutexGuard<'_, T> {
        self.borrow()
    }

    pub(crate) fn get(&self) -> T
    where
        T: Copy,
    {
        *self.borrow()
    }

    pub(crate) fn set(&self, value: T) {
        *self.borrow() = value;
    }
}

/// The bytes of a file, shared by those who have it open.
type Contents = Arc<Shared<Vec<u8>>>;

/// What a test may look at and change while the host is used.
#[derive(Default)]
pub(crate) struct World {
    /// The files by path.
    pub(crate) files: Shared<BTreeMap<Vec<u8>, Contents>>,
    /// The open files: contents and position.
    open: Shared<BTreeMap<i32, (Contents, usize)>>,
    /// Bytes that are read or written at once, at most; zero for all.
    pub(crate) step: Shared<usize>,
    /// How many operations go well before the others would have to wait; negative for all.
    pub(crate) patience: Shared<i32>,
    /// Whether closing fails.
    pub(crate) close_fails: Shared<bool>,
    /// Whether there are terminals.
    pub(crate) terminal: Shared<bool>,
    /// What was done.
    pub(crate) log: Shared<Vec<String>>,
}

/// The host of a world.
struct TestHost(Arc<World>);

impl TestHost {
    fn note(&self, what: String) {
        self.0.log.borrow_mut().push(what);
    }

    fn len(&self, wanted: usize) -> HostResult<usize> {
        let patience = self.0.patience.get();
        if patience == 0 {
            return Err(HostError::new(numbers::EAGAIN));
        }
        self.0.patience.set((patience - 1).max(-1));
        let step = self.0.step.get();
        Ok(if step == 0 { wanted } else { wanted.min(step) })
    }
}

impl Files for TestHost {
    fn open(&self, path: &[u8], mode: i32, _: u32) -> HostResult<i32> {
        let mut files = self.0.files.borrow_mut();
        if mode & numbers::O_CREAT != 0 {
            files.entry(path.to_vec()).or_default();
        }
        let file = files.get(path).ok_or(HostError::new(numbers::ENOENT))?.clone();
        if mode & numbers::O_TRUNC != 0 {
            file.borrow_mut().clear();
        }
        let mut open = self.0.open.borrow_mut();
        let fd = open.keys().max().map_or(3, |fd| fd + 1);
        open.insert(fd, (file, 0));
        Ok(fd)
    }

    fn close(&self, fd: i32) -> HostResult<()> {
        self.note(format!("close {fd}"));
        self.0.open.borrow_mut().remove(&fd).ok_or(HostError::new(numbers::EBADF))?;
        if self.0.close_fails.get() { Err(HostError::new(numbers::EPIPE)) } else { Ok(()) }
    }

    fn read(&self, fd: i32, buffer: &mut [u8]) -> HostResult<usize> {
        let len = self.len(buffer.len())?;
        let mut open = self.0.open.borrow_mut();
        let (file, at) = open.get_mut(&fd).ok_or(HostError::new(numbers::EBADF))?;
        let file = file.borrow();
        let rest = file.get(*at..).unwrap_or_default();
        let count = len.min(rest.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        *at += count;
        self.note(format!("read {count}"));
        Ok(count)
    }

    fn write(&self, fd: i32, bytes: &[u8]) -> HostResult<usize> {
        let len = self.len(bytes.len())?;
        let mut open = self.0.open.borrow_mut();
        let (file, at) = open.get_mut(&fd).ok_or(HostError::new(numbers::EBADF))?;
        let mut file = file.borrow_mut();
        let end = *at + len;
        let size = file.len().max(end);
        file.resize(size, 0);
        file[*at..end].copy_from_slice(&bytes[..len]);
        *at = end;
        self.note(format!("write {len}"));
        Ok(len)
    }

    fn seek(&self, fd: i32, offset: i64, whence: i32) -> HostResult<i64> {
        let mut open = self.0.open.borrow_mut();
        let (file, at) = open.get_mut(&fd).ok_or(HostError::new(numbers::EBADF))?;
        let base = match whence {
            numbers::SEEK_SET => 0,
            numbers::SEEK_CUR => *at as i64,
            _ => file.borrow().len() as i64,
        };
        *at = usize::try_from(base + offset).map_err(|_| HostError::new(numbers::EINVAL))?;
        Ok(*at as i64)
    }

    fn status(&self, fd: i32) -> HostResult<FileStatus> {
        let open = self.0.open.borrow();
        let (file, _) = open.get(&fd).ok_or(HostError::new(numbers::EBADF))?;
        let mode = if self.0.terminal.get() { 0o020_000 } else { numbers::S_IFREG };
        Ok(FileStatus { mode, size: file.borrow().len() as i64, ..FileStatus::default() })
    }

    fn set_inheritable(&self, _: i32, _: bool) -> HostResult<()> {
        Ok(())
    }
}

impl Terminal for TestHost {
    fn is_terminal(&self, _: i32) -> bool {
        self.0.terminal.get()
    }
}

impl Platform for TestHost {
    fn error_text(&self, errno: i32) -> String {
        format!("error {errno}")
    }
}

impl taipan_host::Waiting for TestHost {}
impl taipan_host::Launching for TestHost {}
impl taipan_host::Sockets for TestHost {}
impl taipan_host::Control for TestHost {}
impl taipan_host::Accounts for TestHost {}
impl taipan_host::Resources for TestHost {}
impl taipan_host::Mappings for TestHost {}
impl taipan_host::Calls for TestHost {}
impl taipan_host::Places for TestHost {}
impl taipan_host::Transfers for TestHost {}
impl taipan_host::Jobs for TestHost {}
impl taipan_host::Interprocess for TestHost {}
impl taipan_host::Journal for TestHost {}
impl taipan_host::Signals for TestHost {}
impl taipan_host::Threads for TestHost {}
impl Clock for TestHost {}
impl Environment for TestHost {}
impl Entropy for TestHost {}
impl Processes for TestHost {}
impl Host for TestHost {}

impl World {
    /// Gives a file to the world.
    pub(crate) fn put(&self, path: &str, contents: &[u8]) {
        let file = Arc::new(Shared::new(contents.to_vec()));
        self.files.borrow_mut().insert(path.as_bytes().to_vec(), file);
    }

    /// The contents of a file.
    pub(crate) fn contents(&self, path: &str) -> Vec<u8> {
        self.files.borrow()[path.as_bytes()].borrow().clone()
    }

    /// How many files are open.
    pub(crate) fn open_count(&self) -> usize {
        self.open.borrow().len()
    }
}

static SET_UP: Once = Once::new();

fn fill(thread: &Thread) -> PyResult<()> {
    crate::fill(thread)?;
    taipan_runtime_builtins::fill(thread)
}

/// Runs a test in an interpreter of its own, with a host in memory unless it is to have none, and checks the heap.
pub(crate) fn run_with(has_host: bool, test: impl FnOnce(&Thread, &World)) {
    SET_UP.call_once(|| {
        process::init(HashSecret::default(), fill);
    });
    let interp = Interp::new().unwrap();
    taipan_runtime_builtins::prepare(&interp);
    let world = Arc::new(World { patience: Shared::new(-1), ..World::default() });
    if has_host {
        taipan_host::install(&interp, Box::new(TestHost(world.clone())));
    }
    let thread = interp.new_thread().attach();
    test(&thread, &world);
    assert!(thread.current_exception().is_none(), "an exception was left");
    taipan_object::gc::collect(&thread, 2);
    assert_eq!(thread.heap().check().problems, Vec::<String>::new());
}

/// The same with a host.
pub(crate) fn run(test: impl FnOnce(&Thread, &World)) {
    run_with(true, test);
}

/// `repr` of a result, or the exception.
pub(crate) fn shown(thread: &Thread, result: PyResult<Value>) -> String {
    match result {
        Ok(value) => taipan_runtime_builtins::text::repr(thread, value.as_ref()).unwrap().to_text_lossy(),
        Err(raised) => {
            let error = thread.catch(raised);
            let text = taipan_runtime_builtins::text::str(thread, error.as_ref()).unwrap().to_text_lossy();
            format!("{}: {text}", error.as_ref().ty().short_name())
        }
    }
}

/// A text as a value.
pub(crate) fn text(thread: &Thread, text: &str) -> Value {
    PyStr::from_text(thread, text).unwrap().into_value()
}

/// Bytes as a value.
pub(crate) fn bytes(thread: &Thread, bytes: &[u8]) -> Value {
    taipan_object::bytes::PyBytes::new(thread, bytes).unwrap().into_value()
}

/// `open(path, mode)`.
pub(crate) fn open(thread: &Thread, path: &str, mode: &str) -> PyResult<Value> {
    let none = Value::none();
    crate::open::open(thread, none.as_ref(), &[text(thread, path), text(thread, mode)], None)
}

/// `object.name(*arguments)`, shown.
pub(crate) fn call(thread: &Thread, object: &Value, name: &str, arguments: &[Value]) -> String {
    shown(thread, crate::call::method(thread, object.as_ref(), name, arguments))
}
