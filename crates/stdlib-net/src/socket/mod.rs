//! The module `_socket`. `object.rs` has the type `socket` and what does not transfer data, `transfer.rs` and
//! `message.rs` what does, `options.rs` its options; `address.rs` reads and makes addresses, `names.rs` looks names up,
//! `numbers.rs` has numbers and addresses as text. Invariant: a descriptor is closed once.

mod address;
mod message;
mod names;
mod numbers;
mod object;
mod options;
mod transfer;

use taipan_host::of;
use taipan_object::declare::method_table;
use taipan_object::exception::{OS_ERROR, TIMEOUT_ERROR, os_error_type};
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::to_int;
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

/// `socket.gaierror`.
static ADDRESS_ERROR: PyTypeObject = os_error_type("socket.gaierror\0", &ADDRESS_ERROR_CORE);
static ADDRESS_ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());
/// `socket.herror`.
static HOST_ERROR: PyTypeObject = os_error_type("socket.herror\0", &HOST_ERROR_CORE);
static HOST_ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

method_table! { FUNCTIONS:
    Instance One c"gethostbyname" "" names::host_by_name, c"The IPv4 address of a machine.";
    Instance One c"gethostbyname_ex" "" names::host_by_name_ex, c"Name and IPv4 addresses of a machine.";
    Instance One c"gethostbyaddr" "" names::host_by_address, c"Name and addresses of the machine at an address.";
    Instance None c"gethostname" "($module, /)" names::host_name, c"The name of this machine.";
    Instance Positional c"getservbyname" "" names::service_by_name, c"The port of a service.";
    Instance Positional c"getservbyport" "" names::service_by_port, c"The name of the service at a port.";
    Instance One c"getprotobyname" "" names::protocol_by_name, c"The number of a protocol.";
    Instance Keywords c"getaddrinfo" "" names::address_info, c"Looks addresses up.";
    Instance Positional c"getnameinfo" "" names::name_info, c"Looks names of a machine and a service up.";
    Instance One c"close" "" close, c"Closes the descriptor of a socket.";
    Instance One c"dup" "" duplicate, c"A second descriptor of a socket.";
    Instance Positional c"socketpair" "" object::pair, c"Two sockets that are connected.";
    Instance One c"ntohs" "($module, x, /)" numbers::ntohs, c"16 bits from the order of the network.";
    Instance One c"ntohl" "($module, x, /)" numbers::ntohl, c"32 bits from the order of the network.";
    Instance One c"htons" "($module, x, /)" numbers::htons, c"16 bits in the order of the network.";
    Instance One c"htonl" "($module, x, /)" numbers::htonl, c"32 bits in the order of the network.";
    Instance One c"inet_aton" "($module, ip_addr, /)" numbers::aton, c"An IPv4 address as bytes.";
    Instance One c"inet_ntoa" "($module, packed_ip, /)" numbers::ntoa, c"An IPv4 address as text.";
    Instance Positional c"inet_pton" "" numbers::pton, c"An address as bytes.";
    Instance Positional c"inet_ntop" "" numbers::ntop, c"An address as text.";
    Instance None c"getdefaulttimeout" "($module, /)" object::default_timeout, c"How long new sockets wait.";
    Instance One c"setdefaulttimeout" "($module, timeout, /)" object::set_default_timeout, c"Sets how long new sockets wait.";
    Instance None c"if_nameindex" "($module, /)" names::interfaces, c"Numbers and names of network interfaces.";
    Instance One c"if_nametoindex" "($module, oname, /)" names::interface_number, c"The number of a network interface.";
    Instance One c"if_indextoname" "($module, if_index, /)" names::interface_name, c"The name of a network interface.";
    Instance One c"CMSG_LEN" "" message::length, c"Bytes of a message beside the data.";
    Instance One c"CMSG_SPACE" "" message::space, c"Bytes that such a message takes.";
}

/// `_socket`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_socket",
    doc: Some("What the module socket is made of."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add(thread, module, "error", as_ref(&OS_ERROR).to_value())?;
    add(thread, module, "timeout", as_ref(&TIMEOUT_ERROR).to_value())?;
    let socket: &PyTypeObject = &object::SOCKET;
    add_types(thread, module, [&ADDRESS_ERROR, &HOST_ERROR, socket])?;
    add(thread, module, "SocketType", as_ref(socket).to_value())?;
    add(thread, module, "has_ipv6", Value::bool(true))?;
    for (name, text) in [("BDADDR_ANY", "00:00:00:00:00:00"), ("BDADDR_LOCAL", "00:00:00:FF:FF:FF")] {
        add(thread, module, name, PyStr::from_text(thread, text)?.into_value())?;
    }
    let numbers = of(thread).socket_constants().iter();
    let mut numbers = numbers.copied();
    numbers.try_for_each(|(name, number)| add(thread, module, name, Value::int(thread, number)?))
}

/// The types of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 3] {
    [&ADDRESS_ERROR, &HOST_ERROR, &object::SOCKET]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    object::fill(thread)
}

type Names<'a> = Option<&'a PyTuple>;

/// A number of the platform by its name; -1 if it has none.
fn constant(thread: &Thread, name: &str) -> i32 {
    let found = of(thread).socket_constants().iter().find(|constant| constant.0 == name);
    found.and_then(|constant| i32::try_from(constant.1).ok()).unwrap_or(-1)
}

fn close(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = to_int(thread, fd)?;
    match of(thread).close(fd) {
        // what the other end has given up is closed all the same
        Err(error) if error.errno != taipan_host::numbers::ECONNRESET => Err(error.raise(thread)),
        _ => Ok(Value::none()),
    }
}

fn duplicate(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = to_int(thread, fd)?;
    of(thread).duplicate(fd, None, false).map(Value::small).map_err(|error| error.raise(thread))
}

/// An `OSError` that is a text alone.
fn plain_error(thread: &Thread, message: &str) -> taipan_object::Raised {
    raise!(thread, OS_ERROR, "{message}")
}
