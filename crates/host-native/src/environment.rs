//! Arguments, variables and entropy.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use taipan_host::{Entropy, Environment, HostError, HostResult, numbers};

use crate::NativeHost;
use crate::call::check;

fn variable(bytes: &[u8]) -> HostResult<CString> {
    CString::new(bytes).map_err(|_| HostError::new(numbers::EINVAL))
}

impl Environment for NativeHost {
    fn arguments(&self) -> Vec<Vec<u8>> {
        std::env::args_os().map(OsStringExt::into_vec).collect()
    }

    fn variables(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec())).collect()
    }

    fn set_variable(&self, name: &[u8], value: &[u8]) -> HostResult<()> {
        if name.is_empty() || name.contains(&b'=') {
            return Err(HostError::new(numbers::EINVAL));
        }
        variable(name)?;
        variable(value)?;
        // SAFETY: the host is used under the interpreter's lock; a program with more interpreters than one
        // gives at most one of them this host.
        unsafe { std::env::set_var(OsStr::from_bytes(name), OsStr::from_bytes(value)) };
        Ok(())
    }

    fn remove_variable(&self, name: &[u8]) -> HostResult<()> {
        if name.is_empty() || name.contains(&b'=') {
            return Err(HostError::new(numbers::EINVAL));
        }
        variable(name)?;
        // SAFETY: as above.
        unsafe { std::env::remove_var(OsStr::from_bytes(name)) };
        Ok(())
    }
}

impl Entropy for NativeHost {
    fn fill(&self, buffer: &mut [u8]) -> HostResult<()> {
        for part in buffer.chunks_mut(256) {
            // SAFETY: so many bytes may be written there; the call takes at most 256.
            check(unsafe { libc::getentropy(part.as_mut_ptr().cast(), part.len()) })?;
        }
        Ok(())
    }
}
