//! Names in the network. Names besides the canonical one of a machine are not told: the resolver gives none.

use taipan_host::{Address, Hints, Resolved, of, path, released};
use taipan_object::bytes::PyBytes;
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int, wrong_type};

use super::address::{decoded, host_bytes, ip_text, lookup, resolve_failed, value};
use super::transfer::counted;
use super::{HOST_ERROR, Names, constant, plain_error};

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

fn host(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<Vec<u8>> {
    host_bytes(thread, value, &format!("{function}() argument 1 must be str, bytes or bytearray"))
}

/// `gethostbyname(host)`
pub(super) fn host_by_name(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = host(thread, "gethostbyname", name)?;
    let found = lookup(thread, &name, constant(thread, "AF_INET"))?;
    text(thread, &ip_text(&found).unwrap_or_default())
}

/// Name, other names and addresses as a tuple.
fn machine(thread: &Thread, name: &[u8], found: &[Resolved]) -> PyResult<Value> {
    let addresses = PyList::new(thread)?;
    let mut known: Vec<String> = Vec::new();
    for ip in found.iter().filter_map(|found| ip_text(&found.address)) {
        if !known.contains(&ip) {
            addresses.push(thread, text(thread, &ip)?)?;
            known.push(ip);
        }
    }
    let (name, others) = (decoded(thread, name)?, PyList::new(thread)?.into_value());
    Ok(PyTuple::pack(thread, [name, others, addresses.into_value()])?.into_value())
}

fn all(thread: &Thread, name: &[u8], family: i32) -> PyResult<Vec<Resolved>> {
    let (kind, flags) = (constant(thread, "SOCK_DGRAM"), constant(thread, "AI_CANONNAME"));
    let hints = Hints { family, kind, protocol: 0, flags };
    released(thread, |host| host.resolve(Some(name), None, hints))
        .map_err(|error| resolve_failed(thread, error))
}

/// `gethostbyname_ex(host)`
pub(super) fn host_by_name_ex(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = host(thread, "gethostbyname_ex", name)?;
    let found = all(thread, &name, constant(thread, "AF_INET"))?;
    let canonical = found.first().map(|found| found.name.clone()).filter(|name| !name.is_empty());
    machine(thread, &canonical.unwrap_or(name), &found)
}

/// `gethostbyaddr(host)`
pub(super) fn host_by_address(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = host(thread, "gethostbyaddr", name)?;
    let address = lookup(thread, &name, constant(thread, "AF_UNSPEC"))?;
    let flags = constant(thread, "NI_NAMEREQD");
    let Ok((known, _)) = released(thread, |host| host.name_of(&address, flags)) else {
        let arguments = [Value::small(1), text(thread, "Unknown host")?];
        let exception = protocol::call(thread, taipan_object::as_ref(&HOST_ERROR), &arguments, None)?;
        return Err(thread.raise(exception));
    };
    let found = Resolved { family: 0, kind: 0, protocol: 0, name: Vec::new(), address };
    machine(thread, &known, &[found])
}

/// `gethostname()`
pub(super) fn host_name(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let name = of(thread).host_name().map_err(|error| error.raise(thread))?;
    decoded(thread, &name)
}

/// A string argument as bytes.
fn string(thread: &Thread, function: &str, which: &str, value: Ref<'_>) -> PyResult<Vec<u8>> {
    match value.get::<PyStr>() {
        Some(text) => Ok(text.to_text_lossy().into_bytes()),
        None => Err(wrong_type(thread, function, which, "str", value)),
    }
}

/// `getservbyname(servicename[, protocolname])`
pub(super) fn service_by_name(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "getservbyname", arguments, 1, 2)?;
    let part = |at: usize| {
        let which = format!("argument {}", at + 1);
        let given = arguments.get(at);
        given.map(|given| string(thread, "getservbyname", &which, given.as_ref())).transpose()
    };
    let (name, protocol) = (part(0)?.unwrap_or_default(), part(1)?);
    match of(thread).service_port(&name, protocol.as_deref()) {
        Some(port) => Ok(Value::small(port.into())),
        None => Err(plain_error(thread, "service/proto not found")),
    }
}

/// `getservbyport(port[, protocolname])`
pub(super) fn service_by_port(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "getservbyport", arguments, 1, 2)?;
    let port = arguments.first().map_or(Ok(0), |port| to_int(thread, port.as_ref()))?;
    let protocol =
        arguments.get(1).map(|given| string(thread, "getservbyport", "argument 2", given.as_ref()));
    let protocol = protocol.transpose()?;
    let Ok(port) = u16::try_from(port) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "getservbyport: port must be 0-65535."));
    };
    match of(thread).service_name(port, protocol.as_deref()) {
        Some(name) => decoded(thread, &name),
        None => Err(plain_error(thread, "port/proto not found")),
    }
}

/// `getprotobyname(name)`
pub(super) fn protocol_by_name(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = string(thread, "getprotobyname", "argument 1", name)?;
    match of(thread).protocol_number(&name) {
        Some(number) => Ok(Value::small(number)),
        None => Err(plain_error(thread, "protocol not found")),
    }
}

const ADDRESS_INFO: Parameters<6> = Parameters {
    function: "getaddrinfo",
    names: ["host", "port", "family", "type", "proto", "flags"],
    positional_only: 0,
    positional: 6,
    required: 2,
};

/// `getaddrinfo(host, port[, family, type, proto, flags])`
pub(super) fn address_info(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [host, port, family, kind, protocol, flags] = ADDRESS_INFO.bind(thread, arguments, names)?;
    let present = |value: Option<Ref<'_>>| value.filter(|value| !value.is_none()).map(Ref::to_value);
    let int = |value: Option<Ref<'_>>| value.map_or(Ok(0), |value| to_int(thread, value));
    let hints =
        Hints { family: int(family)?, kind: int(kind)?, protocol: int(protocol)?, flags: int(flags)? };
    let host = match present(host) {
        None => None,
        Some(host) if host.as_ref().get::<PyStr>().is_some() || host.as_ref().get::<PyBytes>().is_some() => {
            Some(host_bytes(thread, host.as_ref(), "")?)
        }
        Some(_) => {
            return Err(raise!(thread, TYPE_ERROR, "getaddrinfo() argument 1 must be string or None"));
        }
    };
    let port = match present(port) {
        None => None,
        Some(port) => {
            let port = port.as_ref();
            Some(match (port.get::<PyStr>(), port.get::<PyBytes>()) {
                (Some(text), _) => text.to_text_lossy().into_bytes(),
                (_, Some(bytes)) => bytes.as_slice().to_vec(),
                _ if port.is_int() => match port.to_i64() {
                    Some(port) => port.to_string().into_bytes(),
                    None => {
                        return Err(raise!(
                            thread,
                            OVERFLOW_ERROR,
                            "Python int too large to convert to C long"
                        ));
                    }
                },
                _ => return Err(plain_error(thread, "Int or String expected")),
            })
        }
    };
    let found = released(thread, |system| system.resolve(host.as_deref(), port.as_deref(), hints));
    let list = PyList::new(thread)?;
    for found in found.map_err(|error| resolve_failed(thread, error))? {
        let name = decoded(thread, &found.name)?;
        let numbers = [found.family, found.kind, found.protocol].map(Value::small);
        let [family, kind, protocol] = numbers;
        let entry = [family, kind, protocol, name, value(thread, &found.address)?];
        list.push(thread, PyTuple::pack(thread, entry)?.into_value())?;
    }
    Ok(list.into_value())
}

/// `getnameinfo(sockaddr, flags)`
pub(super) fn name_info(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "getnameinfo", arguments, 2, 2)?;
    let [given, flags] = arguments else { return Ok(Value::none()) };
    let flags = to_int(thread, flags.as_ref())?;
    let Some(parts) = given.as_ref().get::<PyTuple>() else {
        return Err(raise!(thread, TYPE_ERROR, "getnameinfo() argument 1 must be a tuple"));
    };
    let (Some(host), Some(port), 2..=4) = (parts.get(0), parts.get(1), parts.len()) else {
        return Err(raise!(thread, TYPE_ERROR, "getnameinfo(): illegal sockaddr argument"));
    };
    let Some(host) = host.as_ref().get::<PyStr>().map(PyStr::to_text_lossy) else {
        return Err(raise!(thread, TYPE_ERROR, "getnameinfo(): illegal sockaddr argument"));
    };
    let port_number = to_int(thread, port.as_ref())?;
    let part = |at: usize| parts.get(at).map_or(Ok(0), |part| to_int(thread, part.as_ref()));
    let (flow, scope) = (part(2)?, part(3)?);
    if !(0..=0xF_FFFF).contains(&flow) {
        return Err(raise!(thread, OVERFLOW_ERROR, "getnameinfo(): flowinfo must be 0-1048575."));
    }
    let hints = Hints {
        family: constant(thread, "AF_UNSPEC"),
        kind: constant(thread, "SOCK_DGRAM"),
        protocol: 0,
        flags: constant(thread, "AI_NUMERICHOST"),
    };
    let service = port_number.to_string().into_bytes();
    let found = released(thread, |system| system.resolve(Some(host.as_bytes()), Some(&service), hints));
    let found = found.map_err(|error| resolve_failed(thread, error))?;
    if found.len() > 1 {
        return Err(plain_error(thread, "sockaddr resolved to multiple addresses"));
    }
    let address = match found.into_iter().next().map(|found| found.address) {
        Some(Address::V4 { .. }) if parts.len() != 2 => {
            return Err(plain_error(thread, "IPv4 sockaddr must be 2 tuple"));
        }
        Some(Address::V6 { ip, port, .. }) => {
            Address::V6 { ip, port, flow: flow as u32, scope: scope as u32 }
        }
        Some(other) => other,
        None => Address::None,
    };
    let names = released(thread, |host| host.name_of(&address, flags))
        .map_err(|error| resolve_failed(thread, error))?;
    let pair = [decoded(thread, &names.0)?, decoded(thread, &names.1)?];
    Ok(PyTuple::pack(thread, pair)?.into_value())
}

/// `if_nameindex()`
pub(super) fn interfaces(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let list: Owned<PyList> = PyList::new(thread)?;
    for (number, name) in of(thread).interfaces().map_err(|error| error.raise(thread))? {
        let pair = [Value::int(thread, number.into())?, decoded(thread, &name)?];
        list.push(thread, PyTuple::pack(thread, pair)?.into_value())?;
    }
    Ok(list.into_value())
}

/// `if_nametoindex(name)`
pub(super) fn interface_number(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = match (name.get::<PyStr>(), name.get::<PyBytes>()) {
        (Some(text), _) => path::encode(thread, text)?,
        (_, Some(bytes)) => bytes.as_slice().to_vec(),
        _ => {
            let text = path::fspath(thread, name)?;
            let bytes = text.as_ref().get::<PyStr>().map(|text| path::encode(thread, text)).transpose()?;
            bytes.unwrap_or_default()
        }
    };
    let number = of(thread).interface_number(&name);
    number.map_err(|error| error.raise(thread)).and_then(|number| Value::int(thread, number.into()))
}

/// `if_indextoname(index)`
pub(super) fn interface_name(thread: &Thread, _: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    let number = protocol::number::index(thread, number)?;
    let Some(number) = number.as_ref().to_i64().and_then(|number| u32::try_from(number).ok()) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large for C uint32_t"));
    };
    let name = of(thread).interface_name(number).map_err(|error| error.raise(thread))?;
    decoded(thread, &name)
}
