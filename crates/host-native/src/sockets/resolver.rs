//! Names of machines, services, protocols and interfaces.

use std::ffi::{CStr, CString};
use std::ptr;

use taipan_host::{Address, Hints, HostError, HostResult, ResolveError, ResolveResult, Resolved};

use super::addresses::{address_at, storage_of};
use crate::call::{c_path, last_error};

/// The bytes of a C string.
///
/// # Safety
/// A string that ends with NUL, or null.
unsafe fn bytes_at(text: *const libc::c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: by contract.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

fn failed(code: i32) -> ResolveError {
    if code == libc::EAI_SYSTEM {
        return last_error().into();
    }
    // SAFETY: a static text.
    let text = unsafe { bytes_at(libc::gai_strerror(code)) };
    ResolveError::Resolver(code, String::from_utf8_lossy(&text).into_owned())
}

/// Looks addresses up.
pub(super) fn resolve(
    host: Option<&[u8]>,
    service: Option<&[u8]>,
    hints: Hints,
) -> ResolveResult<Vec<Resolved>> {
    let (host, service) = (host.map(c_path).transpose()?, service.map(c_path).transpose()?);
    let pointer = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
    // SAFETY: numbers and null pointers.
    let mut wanted: libc::addrinfo = unsafe { std::mem::zeroed() };
    wanted.ai_family = hints.family;
    wanted.ai_socktype = hints.kind;
    wanted.ai_protocol = hints.protocol;
    wanted.ai_flags = hints.flags;
    let mut list = ptr::null_mut();
    // SAFETY: strings that end with NUL, and room for the pointer.
    let code =
        unsafe { libc::getaddrinfo(pointer(&host), pointer(&service), &raw const wanted, &raw mut list) };
    if code != 0 {
        return Err(failed(code));
    }
    let mut found = Vec::new();
    let mut at = list;
    // SAFETY: the list that was given, which is freed once.
    unsafe {
        while let Some(entry) = at.as_ref() {
            found.push(Resolved {
                family: entry.ai_family,
                kind: entry.ai_socktype,
                protocol: entry.ai_protocol,
                name: bytes_at(entry.ai_canonname),
                address: address_at(entry.ai_addr, entry.ai_addrlen),
            });
            at = entry.ai_next;
        }
        if !list.is_null() {
            libc::freeaddrinfo(list);
        }
    }
    Ok(found)
}

/// The names of a machine and a service.
pub(super) fn name_of(address: &Address, flags: i32) -> ResolveResult<(Vec<u8>, Vec<u8>)> {
    let (storage, len) = storage_of(address)?;
    let (mut host, mut service) = ([0 as libc::c_char; 1025], [0 as libc::c_char; 32]);
    // SAFETY: so many bytes are there, and there is room for so many.
    unsafe {
        let code = libc::getnameinfo(
            storage.as_ptr(),
            len,
            host.as_mut_ptr(),
            host.len() as _,
            service.as_mut_ptr(),
            service.len() as _,
            flags,
        );
        match code {
            0 => Ok((bytes_at(host.as_ptr()), bytes_at(service.as_ptr()))),
            code => Err(failed(code)),
        }
    }
}

/// The number of a protocol.
pub(super) fn protocol_number(name: &[u8]) -> Option<i32> {
    let name = c_path(name).ok()?;
    // SAFETY: a string that ends with NUL; the entry is read at once.
    unsafe { libc::getprotobyname(name.as_ptr()).as_ref().map(|entry| entry.p_proto) }
}

/// The port of a service.
pub(super) fn service_port(name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
    let (name, protocol) = (c_path(name).ok()?, protocol.map(c_path).transpose().ok()?);
    let protocol = protocol.as_ref().map_or(ptr::null(), |protocol| protocol.as_ptr());
    // SAFETY: strings that end with NUL; the entry is read at once.
    let port = unsafe { libc::getservbyname(name.as_ptr(), protocol).as_ref()?.s_port };
    Some(u16::from_be(port as u16))
}

/// The name of the service at a port.
pub(super) fn service_name(port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
    let protocol = protocol.map(c_path).transpose().ok()?;
    let protocol = protocol.as_ref().map_or(ptr::null(), |protocol| protocol.as_ptr());
    // SAFETY: a string that ends with NUL; the entry is read at once.
    unsafe {
        let entry = libc::getservbyport(i32::from(port.to_be()), protocol).as_ref()?;
        Some(bytes_at(entry.s_name))
    }
}

/// The number of an interface.
pub(super) fn interface_number(name: &[u8]) -> HostResult<u32> {
    let name = c_path(name)?;
    // SAFETY: a string that ends with NUL.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(last_error()),
        number => Ok(number),
    }
}

/// The name of an interface.
pub(super) fn interface_name(number: u32) -> HostResult<Vec<u8>> {
    let mut name = [0 as libc::c_char; libc::IF_NAMESIZE];
    // SAFETY: there is room for a name.
    unsafe {
        if libc::if_indextoname(number, name.as_mut_ptr()).is_null() {
            return Err(HostError::new(libc::ENXIO));
        }
        Ok(bytes_at(name.as_ptr()))
    }
}

/// All interfaces.
pub(super) fn interfaces() -> HostResult<Vec<(u32, Vec<u8>)>> {
    let mut all = Vec::new();
    // SAFETY: the list that was given, which ends with an entry of zeros and is freed once.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(last_error());
        }
        let mut at = list;
        while (*at).if_index != 0 && !(*at).if_name.is_null() {
            all.push(((*at).if_index, bytes_at((*at).if_name)));
            at = at.add(1);
        }
        libc::if_freenameindex(list);
    }
    Ok(all)
}
