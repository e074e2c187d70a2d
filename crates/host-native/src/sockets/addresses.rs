//! Addresses in the system's form.

use std::mem::{MaybeUninit, offset_of};

use taipan_host::{Address, HostError, HostResult};

/// Room for any address.
pub(super) struct Storage(libc::sockaddr_storage);

impl Storage {
    pub(super) fn new() -> Storage {
        // SAFETY: numbers.
        Storage(unsafe { MaybeUninit::zeroed().assume_init() })
    }

    pub(super) fn as_ptr(&self) -> *const libc::sockaddr {
        (&raw const self.0).cast()
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.0).cast()
    }

    pub(super) fn capacity(&self) -> libc::socklen_t {
        size_of::<libc::sockaddr_storage>() as libc::socklen_t
    }

    /// An address of the form of `T`, which is smaller.
    fn of<T: Copy>(address: T) -> (Storage, libc::socklen_t) {
        const { assert!(size_of::<T>() <= size_of::<libc::sockaddr_storage>()) };
        let mut storage = Storage::new();
        // SAFETY: smaller, and aligned for every address.
        unsafe { (&raw mut storage.0).cast::<T>().write(address) };
        (storage, size_of::<T>() as libc::socklen_t)
    }

    /// The address in the form of `T`.
    fn read<T: Copy>(&self) -> T {
        const { assert!(size_of::<T>() <= size_of::<libc::sockaddr_storage>()) };
        // SAFETY: smaller, aligned, and numbers.
        unsafe { (&raw const self.0).cast::<T>().read() }
    }
}

/// The system's form of an address, and its length.
pub(super) fn storage_of(address: &Address) -> HostResult<(Storage, libc::socklen_t)> {
    match address {
        Address::None => Ok((Storage::new(), 0)),
        Address::V4 { ip, port } => {
            // SAFETY: numbers.
            let mut to: libc::sockaddr_in = unsafe { std::mem::zeroed() };
            to.sin_family = libc::AF_INET as libc::sa_family_t;
            to.sin_port = port.to_be();
            to.sin_addr.s_addr = u32::from_ne_bytes(*ip);
            Ok(Storage::of(to))
        }
        Address::V6 { ip, port, flow, scope } => {
            // SAFETY: numbers.
            let mut to: libc::sockaddr_in6 = unsafe { std::mem::zeroed() };
            to.sin6_family = libc::AF_INET6 as libc::sa_family_t;
            to.sin6_port = port.to_be();
            to.sin6_flowinfo = flow.to_be();
            to.sin6_addr.s6_addr = *ip;
            to.sin6_scope_id = *scope;
            Ok(Storage::of(to))
        }
        Address::Local(path) => {
            // SAFETY: numbers.
            let mut to: libc::sockaddr_un = unsafe { std::mem::zeroed() };
            to.sun_family = libc::AF_UNIX as libc::sa_family_t;
            // a name behind a zero byte may fill all of it, a path ends with one
            let is_path = path.first().is_some_and(|&byte| byte != 0);
            if path.len() + usize::from(is_path) > to.sun_path.len() {
                return Err(HostError::new(libc::ENAMETOOLONG));
            }
            for (place, &byte) in to.sun_path.iter_mut().zip(path) {
                *place = byte as libc::c_char;
            }
            let len = offset_of!(libc::sockaddr_un, sun_path) + path.len() + usize::from(is_path);
            Ok((Storage::of(to).0, len as libc::socklen_t))
        }
        Address::Other { .. } => Err(HostError::new(libc::EAFNOSUPPORT)),
    }
}

/// An address of so many bytes that the system gave.
pub(super) fn address_of(storage: &Storage, len: libc::socklen_t) -> Address {
    let head = offset_of!(libc::sockaddr, sa_data);
    let len = (len as usize).min(size_of::<libc::sockaddr_storage>());
    if len < head {
        return Address::None;
    }
    match i32::from(storage.0.ss_family) {
        libc::AF_INET => {
            let from: libc::sockaddr_in = storage.read();
            Address::V4 { ip: from.sin_addr.s_addr.to_ne_bytes(), port: u16::from_be(from.sin_port) }
        }
        libc::AF_INET6 => {
            let from: libc::sockaddr_in6 = storage.read();
            Address::V6 {
                ip: from.sin6_addr.s6_addr,
                port: u16::from_be(from.sin6_port),
                flow: u32::from_be(from.sin6_flowinfo),
                scope: from.sin6_scope_id,
            }
        }
        libc::AF_UNIX => {
            let from: libc::sockaddr_un = storage.read();
            let count = len - offset_of!(libc::sockaddr_un, sun_path).min(len);
            let mut path: Vec<u8> = from.sun_path.iter().take(count).map(|&byte| byte as u8).collect();
            if path.first().is_some_and(|&byte| byte != 0) {
                let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
                path.truncate(end);
            } else if path.first() == Some(&0) && cfg!(not(target_os = "linux")) {
                path.clear();
            }
            Address::Local(path)
        }
        family => {
            let bytes: [u8; size_of::<libc::sockaddr_storage>()] = storage.read();
            Address::Other { family, bytes: bytes.get(head..len).unwrap_or_default().to_vec() }
        }
    }
}

/// The same of what a list of the resolver points to.
///
/// # Safety
/// So many bytes of an address stand there.
pub(super) unsafe fn address_at(from: *const libc::sockaddr, len: libc::socklen_t) -> Address {
    let mut storage = Storage::new();
    let count = (len as usize).min(size_of::<libc::sockaddr_storage>());
    // SAFETY: by contract; not more than there is room for.
    unsafe { storage.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(from.cast(), count) };
    address_of(&storage, len)
}
