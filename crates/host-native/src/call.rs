//! Calling the system: results to `errno`, paths to C strings.

use std::ffi::CString;

use taipan_host::{HostError, HostResult, Signals, numbers};

/// The error of the last call.
pub(crate) fn last_error() -> HostError {
    HostError::new(std::io::Error::last_os_error().raw_os_error().unwrap_or(numbers::EINVAL))
}

/// The result of a call that says `-1` when it fails; it is made again if a signal interrupted it.
pub(crate) fn retry<T: Copy + PartialEq + From<i8>>(mut call: impl FnMut() -> T) -> HostResult<T> {
    loop {
        let result = call();
        if result != T::from(-1) {
            return Ok(result);
        }
        let error = last_error();
        // a signal that was noted is the caller's business first
        if error.errno != numbers::EINTR || crate::NativeHost.has_signals() {
            return Err(error);
        }
    }
}

/// The result of a call that says `-1` when it fails.
pub(crate) fn check<T: Copy + PartialEq + From<i8>>(result: T) -> HostResult<T> {
    if result == T::from(-1) { Err(last_error()) } else { Ok(result) }
}

/// A path for C.
pub(crate) fn c_path(path: &[u8]) -> HostResult<CString> {
    CString::new(path).map_err(|_| HostError::new(numbers::EINVAL))
}

/// The error of Rust's library as ours.
pub(crate) fn of_std(error: &std::io::Error) -> HostError {
    HostError::new(error.raw_os_error().unwrap_or(numbers::EINVAL))
}
