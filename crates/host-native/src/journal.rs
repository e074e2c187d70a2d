//! The system's log, by the C library.

use std::ffi::CString;
use std::sync::{Mutex, PoisonError};

use taipan_host::{Constants, HostResult, Journal};

use crate::NativeHost;
use crate::call::c_path;

/// What messages begin with, which the C library keeps a pointer to.
static IDENT: Mutex<Option<CString>> = Mutex::new(None);

macro_rules! named {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

const CONSTANTS: Constants = named! {
    LOG_EMERG LOG_ALERT LOG_CRIT LOG_ERR LOG_WARNING LOG_NOTICE LOG_INFO LOG_DEBUG
    LOG_PID LOG_CONS LOG_NDELAY LOG_ODELAY LOG_NOWAIT LOG_PERROR
    LOG_KERN LOG_USER LOG_MAIL LOG_DAEMON LOG_AUTH LOG_SYSLOG LOG_LPR LOG_NEWS LOG_UUCP LOG_CRON LOG_AUTHPRIV LOG_FTP
    LOG_LOCAL0 LOG_LOCAL1 LOG_LOCAL2 LOG_LOCAL3 LOG_LOCAL4 LOG_LOCAL5 LOG_LOCAL6 LOG_LOCAL7
};

impl Journal for NativeHost {
    fn open_log(&self, ident: Option<&[u8]>, options: i32, facility: i32) -> HostResult<()> {
        let ident = ident.map(c_path).transpose()?;
        let pointer = ident.as_ref().map_or(std::ptr::null(), |ident| ident.as_ptr());
        let mut kept = IDENT.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: null, or text that ends with a NUL and is kept until the C library was given another or none.
        unsafe { libc::openlog(pointer, options, facility) };
        *kept = ident;
        Ok(())
    }

    fn log(&self, priority: i32, message: &[u8]) -> HostResult<()> {
        let message = c_path(message)?;
        // SAFETY: the format asks for one text, which ends with a NUL.
        unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) };
        Ok(())
    }

    fn close_log(&self) -> HostResult<()> {
        let mut kept = IDENT.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: it takes nothing, and forgets the pointer.
        unsafe { libc::closelog() };
        *kept = None;
        Ok(())
    }

    fn set_log_mask(&self, mask: i32) -> HostResult<i32> {
        // SAFETY: it takes a number.
        Ok(unsafe { libc::setlogmask(mask) })
    }

    fn log_constants(&self) -> Constants {
        CONSTANTS
    }
}
