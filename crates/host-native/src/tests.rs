//! The host against the real system, in a temporary folder.

use std::path::PathBuf;

use taipan_host::{
    Clock, Entropy, Environment, FileKind, Files, Identity, Moment, Platform, Processes, Terminal, UserId,
    numbers,
};

use crate::NativeHost;

const HOST: NativeHost = NativeHost;

/// A folder of its own for a test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("taipan-host-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Folder(path)
    }

    fn path(&self, name: &str) -> Vec<u8> {
        self.0.join(name).to_str().unwrap().as_bytes().to_vec()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn numbers_are_those_of_the_platform() {
    let known = [
        (numbers::EPERM, libc::EPERM),
        (numbers::ENOENT, libc::ENOENT),
        (numbers::ESRCH, libc::ESRCH),
        (numbers::EINTR, libc::EINTR),
        (numbers::EBADF, libc::EBADF),
        (numbers::ECHILD, libc::ECHILD),
        (numbers::EAGAIN, libc::EAGAIN),
        (numbers::EACCES, libc::EACCES),
        (numbers::EEXIST, libc::EEXIST),
        (numbers::ENOTDIR, libc::ENOTDIR),
        (numbers::EISDIR, libc::EISDIR),
        (numbers::EINVAL, libc::EINVAL),
        (numbers::ESPIPE, libc::ESPIPE),
        (numbers::EPIPE, libc::EPIPE),
        (numbers::ENOSYS, libc::ENOSYS),
        (numbers::ESHUTDOWN, libc::ESHUTDOWN),
        (numbers::ECONNABORTED, libc::ECONNABORTED),
        (numbers::ECONNRESET, libc::ECONNRESET),
        (numbers::ETIMEDOUT, libc::ETIMEDOUT),
        (numbers::ECONNREFUSED, libc::ECONNREFUSED),
        (numbers::EALREADY, libc::EALREADY),
        (numbers::EINPROGRESS, libc::EINPROGRESS),
        (numbers::O_RDONLY, libc::O_RDONLY),
        (numbers::O_WRONLY, libc::O_WRONLY),
        (numbers::O_RDWR, libc::O_RDWR),
        (numbers::O_CREAT, libc::O_CREAT),
        (numbers::O_EXCL, libc::O_EXCL),
        (numbers::O_TRUNC, libc::O_TRUNC),
        (numbers::O_APPEND, libc::O_APPEND),
        (numbers::O_CLOEXEC, libc::O_CLOEXEC),
        (numbers::SEEK_END, libc::SEEK_END),
    ];
    for (own, platform) in known {
        assert_eq!(own, platform);
    }
}

#[test]
fn a_file_is_written_and_read() {
    let folder = Folder::new("file");
    let path = folder.path("f");
    let fd = HOST.open(&path, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600).unwrap();
    assert!(!HOST.is_inheritable(fd).unwrap());
    assert_eq!(HOST.write(fd, b"hello world"), Ok(11));
    assert_eq!(HOST.seek(fd, 6, libc::SEEK_SET), Ok(6));
    let mut buffer = [0; 32];
    assert_eq!(HOST.read(fd, &mut buffer), Ok(5));
    assert_eq!(buffer.get(..5), Some(&b"world"[..]));
    assert_eq!(HOST.read(fd, &mut buffer), Ok(0));
    assert_eq!(HOST.truncate(fd, 4), Ok(()));
    let status = HOST.status(fd).unwrap();
    assert_eq!((status.size, status.is_file(), status.mode & 0o777), (4, true, 0o600));
    let other = HOST.duplicate(fd, None, false).unwrap();
    assert_ne!(other, fd);
    assert_eq!(HOST.seek(other, 0, libc::SEEK_CUR), HOST.seek(fd, 0, libc::SEEK_CUR));
    assert_eq!(HOST.close(fd), Ok(()));
    assert_eq!(HOST.close(other), Ok(()));
    assert_eq!(HOST.close(-1).unwrap_err().errno, libc::EBADF);
    assert_eq!(HOST.open(&folder.path("none"), 0, 0).unwrap_err().errno, libc::ENOENT);
    assert_eq!(HOST.open(b"a\0b", 0, 0).unwrap_err().errno, libc::EINVAL);
}

#[test]
fn folders_links_and_times() {
    let folder = Folder::new("links");
    HOST.make_folder(&folder.path("sub"), 0o755).unwrap();
    let fd = HOST.open(&folder.path("f"), libc::O_WRONLY | libc::O_CREAT, 0o644).unwrap();
    HOST.close(fd).unwrap();
    HOST.link_symbolically(b"f", &folder.path("link")).unwrap();
    assert_eq!(HOST.read_link(&folder.path("link")), Ok(b"f".to_vec()));
    let mut entries = HOST.list(&folder.path("")).unwrap();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let kinds: Vec<_> = entries.iter().map(|entry| (entry.name.as_slice(), entry.kind)).collect();
    let wanted: [(&[u8], FileKind); 3] =
        [(b"f", FileKind::File), (b"link", FileKind::Link), (b"sub", FileKind::Folder)];
    assert_eq!(kinds, wanted);
    assert!(HOST.status_of(&folder.path("link"), false).unwrap().is_link());
    assert!(HOST.status_of(&folder.path("link"), true).unwrap().is_file());
    let times = (Moment { seconds: 10, nanos: 5 }, Moment { seconds: -3, nanos: 7 });
    HOST.set_times(&folder.path("f"), Some(times), true).unwrap();
    let status = HOST.status_of(&folder.path("f"), true).unwrap();
    assert_eq!((status.accessed, status.modified), times);
    HOST.change_mode(&folder.path("f"), 0o400).unwrap();
    assert_eq!(HOST.status_of(&folder.path("f"), true).unwrap().mode & 0o777, 0o400);
    HOST.rename(&folder.path("f"), &folder.path("g")).unwrap();
    assert_eq!(HOST.may_access(&folder.path("f"), libc::F_OK), Ok(false));
    assert_eq!(HOST.may_access(&folder.path("g"), libc::F_OK), Ok(true));
    assert_eq!(HOST.remove_folder(&folder.path("g")).unwrap_err().errno, libc::ENOTDIR);
    HOST.unlink(&folder.path("g")).unwrap();
    HOST.remove_folder(&folder.path("sub")).unwrap();
}

#[test]
fn a_pipe_carries_bytes_and_says_when_it_would_wait() {
    let (read, write) = HOST.pipe().unwrap();
    HOST.set_blocking(read, false).unwrap();
    assert_eq!(HOST.is_blocking(read), Ok(false));
    let mut buffer = [0; 8];
    assert!(HOST.read(read, &mut buffer).unwrap_err().would_block());
    assert_eq!(HOST.write(write, b"abc"), Ok(3));
    assert_eq!(HOST.read(read, &mut buffer), Ok(3));
    assert_eq!(HOST.seek(read, 0, libc::SEEK_CUR).unwrap_err().errno, libc::ESPIPE);
    HOST.close(write).unwrap();
    assert_eq!(HOST.read(read, &mut buffer), Ok(0));
    HOST.close(read).unwrap();
}

#[test]
fn clocks_go_forward() {
    let (a, b) = (HOST.monotonic().unwrap(), HOST.monotonic().unwrap());
    assert!(a <= b);
    let before = HOST.monotonic().unwrap().total_nanos();
    HOST.sleep(std::time::Duration::from_millis(5)).unwrap();
    assert!(HOST.monotonic().unwrap().total_nanos() - before >= 5_000_000);
    assert!(HOST.now().unwrap().seconds > 1_700_000_000);
    let local = HOST.local_time(951_782_399).unwrap();
    assert_eq!(HOST.moment_of(&local), Ok(951_782_399));
    let zone = HOST.zone().unwrap();
    assert!(zone.offset.abs() < 100_000 && !zone.names[0].is_empty());
    assert!(HOST.clock(libc::CLOCK_MONOTONIC).unwrap() >= b);
    assert_eq!(HOST.clock(999).unwrap_err().errno, libc::EINVAL);
}

#[test]
fn the_process_and_its_surroundings() {
    assert_eq!(HOST.process(Identity::Own), Ok(std::process::id() as i32));
    assert!(HOST.user(UserId::User).is_ok());
    assert!(!HOST.arguments().is_empty());
    assert!(HOST.variables().iter().any(|(name, _)| name == b"PATH"));
    assert_eq!(HOST.set_variable(b"A=B", b"x").unwrap_err().errno, libc::EINVAL);
    let (mut a, mut b) = ([0; 300], [0; 300]);
    HOST.fill(&mut a).unwrap();
    HOST.fill(&mut b).unwrap();
    assert_ne!(a, b);
    assert!(!HOST.is_terminal(-1));
    assert_eq!(HOST.terminal_size(-1).unwrap_err().errno, libc::EBADF);
    assert_eq!(HOST.error_text(libc::ENOENT), "No such file or directory");
    assert!(HOST.error_numbers().contains(&("ENOENT", 2)));
    assert!(HOST.processors() >= Some(1));
    assert!(!HOST.system_name().unwrap().system.is_empty());
    assert!(HOST.configuration(libc::_SC_PAGESIZE).unwrap() >= 4096);
    assert_eq!(HOST.configuration(99_999).unwrap_err().errno, libc::EINVAL);
    assert!(HOST.times().unwrap().elapsed > 0.0);
}
