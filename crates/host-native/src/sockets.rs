//! Sockets. `addresses.rs` turns addresses into the system's form and back, `resolver.rs` looks names up.

mod addresses;
mod resolver;

use std::ptr;

use taipan_host::{
    Address, Ancillary, Constants, Hints, HostError, HostResult, Message, ResolveResult, Resolved, Sockets,
};

use crate::NativeHost;
use crate::call::{check, last_error};
use crate::constants;

use addresses::{Storage, address_of, storage_of};

fn size(result: isize) -> HostResult<usize> {
    usize::try_from(result).map_err(|_| last_error())
}

/// Keeps descriptors from programs that are executed.
fn keep(fd: i32) -> HostResult<i32> {
    // SAFETY: numbers only.
    check(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) })?;
    Ok(fd)
}

impl Sockets for NativeHost {
    fn socket(&self, family: i32, kind: i32, protocol: i32) -> HostResult<i32> {
        // SAFETY: numbers only.
        keep(check(unsafe { libc::socket(family, kind, protocol) })?)
    }

    fn socket_pair(&self, family: i32, kind: i32, protocol: i32) -> HostResult<(i32, i32)> {
        let mut pair = [0; 2];
        // SAFETY: there is room for two descriptors.
        check(unsafe { libc::socketpair(family, kind, protocol, pair.as_mut_ptr()) })?;
        Ok((keep(pair[0])?, keep(pair[1])?))
    }

    fn bind(&self, fd: i32, address: &Address) -> HostResult<()> {
        let (storage, len) = storage_of(address)?;
        // SAFETY: the address has so many bytes.
        check(unsafe { libc::bind(fd, storage.as_ptr(), len) }).map(drop)
    }

    fn connect(&self, fd: i32, address: &Address) -> HostResult<()> {
        let (storage, len) = storage_of(address)?;
        // SAFETY: the address has so many bytes.
        check(unsafe { libc::connect(fd, storage.as_ptr(), len) }).map(drop)
    }

    fn listen(&self, fd: i32, waiting: i32) -> HostResult<()> {
        // SAFETY: numbers only.
        check(unsafe { libc::listen(fd, waiting) }).map(drop)
    }

    fn accept(&self, fd: i32) -> HostResult<(i32, Address)> {
        let mut storage = Storage::new();
        let mut len = storage.capacity();
        // SAFETY: there is room for so many bytes of an address.
        let fd = check(unsafe { libc::accept(fd, storage.as_mut_ptr(), &raw mut len) })?;
        Ok((keep(fd)?, address_of(&storage, len)))
    }

    fn local_address(&self, fd: i32) -> HostResult<Address> {
        let mut storage = Storage::new();
        let mut len = storage.capacity();
        // SAFETY: there is room for so many bytes of an address.
        check(unsafe { libc::getsockname(fd, storage.as_mut_ptr(), &raw mut len) })?;
        Ok(address_of(&storage, len))
    }

    fn peer_address(&self, fd: i32) -> HostResult<Address> {
        let mut storage = Storage::new();
        let mut len = storage.capacity();
        // SAFETY: there is room for so many bytes of an address.
        check(unsafe { libc::getpeername(fd, storage.as_mut_ptr(), &raw mut len) })?;
        Ok(address_of(&storage, len))
    }

    fn shutdown(&self, fd: i32, how: i32) -> HostResult<()> {
        // SAFETY: numbers only.
        check(unsafe { libc::shutdown(fd, how) }).map(drop)
    }

    fn send(&self, fd: i32, bytes: &[u8], flags: i32, to: Option<&Address>) -> HostResult<usize> {
        let to = to.map(storage_of).transpose()?;
        let (pointer, len) = to.as_ref().map_or((ptr::null(), 0), |(storage, len)| (storage.as_ptr(), *len));
        // SAFETY: data and address have so many bytes.
        size(unsafe { libc::sendto(fd, bytes.as_ptr().cast(), bytes.len(), flags, pointer, len) })
    }

    fn receive(&self, fd: i32, buffer: &mut [u8], flags: i32) -> HostResult<(usize, Address)> {
        let mut storage = Storage::new();
        let mut len = storage.capacity();
        // SAFETY: there is room for so many bytes of data and of an address.
        let count = size(unsafe {
            let data = buffer.as_mut_ptr().cast();
            libc::recvfrom(fd, data, buffer.len(), flags, storage.as_mut_ptr(), &raw mut len)
        })?;
        Ok((count, address_of(&storage, len)))
    }

    fn send_message(
        &self,
        fd: i32,
        bytes: &[u8],
        ancillary: &[Ancillary],
        flags: i32,
        to: Option<&Address>,
    ) -> HostResult<usize> {
        let mut to = to.map(storage_of).transpose()?;
        let mut data = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let room: usize = ancillary.iter().map(|message| self.ancillary_size(message.2.len()).1).sum();
        // the headers want to be aligned
        let mut control = vec![0_u64; room.div_ceil(8)];
        // SAFETY: numbers and null pointers.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        if let Some((storage, len)) = &mut to {
            message.msg_name = storage.as_mut_ptr().cast();
            message.msg_namelen = *len;
        }
        message.msg_iov = &raw mut data;
        message.msg_iovlen = 1;
        if room > 0 {
            message.msg_control = control.as_mut_ptr().cast();
            message.msg_controllen = room as _;
        }
        // SAFETY: the headers stand in the room that was made for all of them.
        unsafe {
            let mut header = libc::CMSG_FIRSTHDR(&raw const message);
            for (level, kind, content) in ancillary {
                if header.is_null() {
                    return Err(HostError::new(libc::EINVAL));
                }
                (*header).cmsg_level = *level;
                (*header).cmsg_type = *kind;
                (*header).cmsg_len = libc::CMSG_LEN(content.len() as u32) as _;
                libc::CMSG_DATA(header).copy_from_nonoverlapping(content.as_ptr(), content.len());
                header = libc::CMSG_NXTHDR(&raw const message, header);
            }
            size(libc::sendmsg(fd, &raw const message, flags))
        }
    }

    fn receive_message(&self, fd: i32, buffer: &mut [u8], room: usize, flags: i32) -> HostResult<Message> {
        let mut storage = Storage::new();
        let mut data = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
        let mut control = vec![0_u64; room.div_ceil(8)];
        // SAFETY: numbers and null pointers.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_name = storage.as_mut_ptr().cast();
        message.msg_namelen = storage.capacity();
        message.msg_iov = &raw mut data;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = room as _;
        let mut ancillary = Vec::new();
        // SAFETY: there is room for all that the header names; what came stands within it.
        let len = unsafe {
            let len = size(libc::recvmsg(fd, &raw mut message, flags))?;
            let end = message.msg_control.addr() + message.msg_controllen as usize;
            let mut header = libc::CMSG_FIRSTHDR(&raw const message);
            while !header.is_null() {
                let content = libc::CMSG_DATA(header);
                let whole = ((*header).cmsg_len as usize).saturating_sub(content.addr() - header.addr());
                let len = whole.min(end.saturating_sub(content.addr()));
                let content = std::slice::from_raw_parts(content, len).to_vec();
                ancillary.push(((*header).cmsg_level, (*header).cmsg_type, content));
                header = libc::CMSG_NXTHDR(&raw const message, header);
            }
            len
        };
        let address = address_of(&storage, message.msg_namelen);
        Ok(Message { len, ancillary, flags: message.msg_flags, address })
    }

    fn ancillary_size(&self, len: usize) -> (usize, usize) {
        let len = len as u32;
        // SAFETY: they compute.
        unsafe { (libc::CMSG_LEN(len) as usize, libc::CMSG_SPACE(len) as usize) }
    }

    fn socket_option(&self, fd: i32, level: i32, name: i32, most: usize) -> HostResult<Vec<u8>> {
        let mut value = vec![0; most];
        let mut len = most as libc::socklen_t;
        // SAFETY: there is room for so many bytes.
        check(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
        value.truncate(len as usize);
        Ok(value)
    }

    fn set_socket_option(&self, fd: i32, level: i32, name: i32, value: Result<&[u8], u32>) -> HostResult<()> {
        let (pointer, len) = match value {
            Ok(value) => (value.as_ptr().cast(), value.len() as libc::socklen_t),
            Err(len) => (ptr::null(), len),
        };
        // SAFETY: so many bytes are there, or none as the caller wants.
        check(unsafe { libc::setsockopt(fd, level, name, pointer, len) }).map(drop)
    }

    fn host_name(&self) -> HostResult<Vec<u8>> {
        let mut name = [0_u8; 1024];
        // SAFETY: there is room for so many bytes.
        check(unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) })?;
        let len = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
        Ok(name.get(..len).unwrap_or_default().to_vec())
    }

    fn resolve(
        &self,
        host: Option<&[u8]>,
        service: Option<&[u8]>,
        hints: Hints,
    ) -> ResolveResult<Vec<Resolved>> {
        resolver::resolve(host, service, hints)
    }

    fn name_of(&self, address: &Address, flags: i32) -> ResolveResult<(Vec<u8>, Vec<u8>)> {
        resolver::name_of(address, flags)
    }

    fn protocol_number(&self, name: &[u8]) -> Option<i32> {
        resolver::protocol_number(name)
    }

    fn service_port(&self, name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
        resolver::service_port(name, protocol)
    }

    fn service_name(&self, port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
        resolver::service_name(port, protocol)
    }

    fn interface_number(&self, name: &[u8]) -> HostResult<u32> {
        resolver::interface_number(name)
    }

    fn interface_name(&self, number: u32) -> HostResult<Vec<u8>> {
        resolver::interface_name(number)
    }

    fn interfaces(&self) -> HostResult<Vec<(u32, Vec<u8>)>> {
        resolver::interfaces()
    }

    fn socket_constants(&self) -> Constants {
        constants::SOCKETS
    }
}
