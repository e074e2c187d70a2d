//! Sockets, and names in the network. Operations that a signal interrupts fail with `EINTR`: who calls knows how long
//! it still wants to wait.

use crate::Constants;
use crate::error::{HostError, HostResult, unsupported};

/// Where a socket is, or is to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// Nowhere: an address without content.
    None,
    /// In IPv4.
    V4 {
        /// The machine.
        ip: [u8; 4],
        /// The port.
        port: u16,
    },
    /// In IPv6.
    V6 {
        /// The machine.
        ip: [u8; 16],
        /// The port.
        port: u16,
        /// The flow.
        flow: u32,
        /// The scope.
        scope: u32,
    },
    /// On this machine: a path, empty for a socket without one, or a name behind a zero byte.
    Local(Vec<u8>),
    /// Of another family, as the system has it.
    Other {
        /// The family.
        family: i32,
        /// What stands behind the family.
        bytes: Vec<u8>,
    },
}

/// A message of the system beside the data: level, type, content.
pub type Ancillary = (i32, i32, Vec<u8>);

/// What came with [`Sockets::receive_message`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// How many bytes of data.
    pub len: usize,
    /// Messages beside the data.
    pub ancillary: Vec<Ancillary>,
    /// What the system says of it.
    pub flags: i32,
    /// Where it came from.
    pub address: Address,
}

/// What to look for in the network; zero where it does not matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Hints {
    /// The family of addresses.
    pub family: i32,
    /// The kind of sockets.
    pub kind: i32,
    /// The protocol.
    pub protocol: i32,
    /// Flags of the platform.
    pub flags: i32,
}

/// What was found in the network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// The family of the address.
    pub family: i32,
    /// The kind of sockets.
    pub kind: i32,
    /// The protocol.
    pub protocol: i32,
    /// The canonical name, if it was asked for.
    pub name: Vec<u8>,
    /// The address.
    pub address: Address,
}

/// Why nothing was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ResolveError {
    /// The system's error.
    System(HostError),
    /// The resolver's number and text.
    Resolver(i32, String),
}

impl From<HostError> for ResolveError {
    fn from(error: HostError) -> ResolveError {
        ResolveError::System(error)
    }
}

/// What a look-up gives.
pub type ResolveResult<T> = Result<T, ResolveError>;

/// Sockets.
pub trait Sockets {
    /// A socket, which programs that are executed do not get.
    fn socket(&self, _family: i32, _kind: i32, _protocol: i32) -> HostResult<i32> {
        unsupported()
    }

    /// Two sockets that are connected.
    fn socket_pair(&self, _family: i32, _kind: i32, _protocol: i32) -> HostResult<(i32, i32)> {
        unsupported()
    }

    /// Gives a socket an address.
    fn bind(&self, _fd: i32, _address: &Address) -> HostResult<()> {
        unsupported()
    }

    /// Connects a socket.
    fn connect(&self, _fd: i32, _address: &Address) -> HostResult<()> {
        unsupported()
    }

    /// Lets others connect, as many as may wait.
    fn listen(&self, _fd: i32, _waiting: i32) -> HostResult<()> {
        unsupported()
    }

    /// Takes a connection.
    fn accept(&self, _fd: i32) -> HostResult<(i32, Address)> {
        unsupported()
    }

    /// The address of a socket.
    fn local_address(&self, _fd: i32) -> HostResult<Address> {
        unsupported()
    }

    /// The address of the other end.
    fn peer_address(&self, _fd: i32) -> HostResult<Address> {
        unsupported()
    }

    /// Ends one or both directions.
    fn shutdown(&self, _fd: i32, _how: i32) -> HostResult<()> {
        unsupported()
    }

    /// Sends data, to an address if there is one; says how much of it.
    fn send(&self, _fd: i32, _bytes: &[u8], _flags: i32, _to: Option<&Address>) -> HostResult<usize> {
        unsupported()
    }

    /// Receives data; says how much, and from where.
    fn receive(&self, _fd: i32, _buffer: &mut [u8], _flags: i32) -> HostResult<(usize, Address)> {
        unsupported()
    }

    /// Sends data with messages beside it.
    fn send_message(
        &self,
        _fd: i32,
        _bytes: &[u8],
        _ancillary: &[Ancillary],
        _flags: i32,
        _to: Option<&Address>,
    ) -> HostResult<usize> {
        unsupported()
    }

    /// Receives data with messages beside it, for which there are so many bytes of room.
    fn receive_message(
        &self,
        _fd: i32,
        _buffer: &mut [u8],
        _room: usize,
        _flags: i32,
    ) -> HostResult<Message> {
        unsupported()
    }

    /// Bytes that so many of a message beside the data take without and with what aligns the next.
    fn ancillary_size(&self, _len: usize) -> (usize, usize) {
        (0, 0)
    }

    /// An option of a socket, of at most so many bytes.
    fn socket_option(&self, _fd: i32, _level: i32, _name: i32, _most: usize) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// Sets an option; none is a null pointer with a length.
    fn set_socket_option(
        &self,
        _fd: i32,
        _level: i32,
        _name: i32,
        _value: Result<&[u8], u32>,
    ) -> HostResult<()> {
        unsupported()
    }

    /// The name of this machine.
    fn host_name(&self) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// Looks addresses up.
    fn resolve(
        &self,
        _host: Option<&[u8]>,
        _service: Option<&[u8]>,
        _hints: Hints,
    ) -> ResolveResult<Vec<Resolved>> {
        Err(HostError::unsupported().into())
    }

    /// The name of a machine and of a service.
    fn name_of(&self, _address: &Address, _flags: i32) -> ResolveResult<(Vec<u8>, Vec<u8>)> {
        Err(HostError::unsupported().into())
    }

    /// The number of a protocol.
    fn protocol_number(&self, _name: &[u8]) -> Option<i32> {
        None
    }

    /// The port of a service, of one protocol or of any.
    fn service_port(&self, _name: &[u8], _protocol: Option<&[u8]>) -> Option<u16> {
        None
    }

    /// The name of the service at a port.
    fn service_name(&self, _port: u16, _protocol: Option<&[u8]>) -> Option<Vec<u8>> {
        None
    }

    /// The number of a network interface.
    fn interface_number(&self, _name: &[u8]) -> HostResult<u32> {
        unsupported()
    }

    /// The name of a network interface.
    fn interface_name(&self, _number: u32) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// All network interfaces.
    fn interfaces(&self) -> HostResult<Vec<(u32, Vec<u8>)>> {
        unsupported()
    }

    /// Names and numbers.
    fn socket_constants(&self) -> Constants {
        &[]
    }
}
