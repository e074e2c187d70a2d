//! Files as the interpreter itself reads them.

use taipan_host::OpenMode;
use taipan_object::Thread;

/// The bytes of a file; none if it cannot be read.
pub fn read(thread: &Thread, path: &str) -> Option<Vec<u8>> {
    let host = taipan_host::of(thread);
    let fd = host.open(path.as_bytes(), OpenMode::default(), 0).ok()?;
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    let complete = loop {
        match host.read(fd, &mut buffer) {
            Ok(0) => break true,
            Ok(count) => bytes.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            Err(_) => break false,
        }
    };
    let _ = host.close(fd);
    complete.then_some(bytes)
}
