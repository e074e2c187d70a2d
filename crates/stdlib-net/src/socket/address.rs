//! Addresses as arguments and as results.

use std::net::{Ipv4Addr, Ipv6Addr};

use taipan_host::{Address, Hints, ResolveError, Resolved, of, path, released};
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, buffer, protocol, raise};
use taipan_runtime_builtins::arguments::to_int;

use super::{ADDRESS_ERROR, constant, plain_error};

/// Raises what a look-up failed with.
#[cold]
pub(super) fn resolve_failed(thread: &Thread, error: ResolveError) -> Raised {
    let raised = match error {
        ResolveError::System(error) => return error.raise(thread),
        ResolveError::Resolver(code, text) => PyStr::from_text(thread, &text).and_then(|text| {
            protocol::call(thread, as_ref(&ADDRESS_ERROR), &[Value::small(code), text.into_value()], None)
        }),
    };
    match raised {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

/// The name of a machine: a string in the encoding of domain names, or bytes.
pub(super) fn host_bytes(thread: &Thread, value: Ref<'_>, wrong: &str) -> PyResult<Vec<u8>> {
    let bytes = if let Some(text) = value.get::<PyStr>() {
        match text.as_ascii() {
            Some(text) => text.as_bytes().to_vec(),
            None => {
                let (encode, idna) = (intern_text(thread, "encode")?, PyStr::from_text(thread, "idna")?);
                let bytes = protocol::call_method(thread, value, &encode, &[idna.into_value()])?;
                buffer::bytes_of(thread, bytes.as_ref())?.into_owned()
            }
        }
    } else if buffer::is_bytes_like(value) && value.get::<taipan_object::memoryview::PyMemoryView>().is_none()
    {
        buffer::bytes_of(thread, value)?.into_owned()
    } else {
        let ty = value.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "{wrong}, not {ty}"));
    };
    if bytes.contains(&0) {
        return Err(raise!(thread, TYPE_ERROR, "host name must not contain null character"));
    }
    Ok(bytes)
}

/// A text of the system.
pub(super) fn decoded(thread: &Thread, bytes: &[u8]) -> PyResult<Value> {
    Ok(path::decode(thread, bytes)?.into_value())
}

/// Looks up the first address of a machine.
pub(super) fn lookup(thread: &Thread, host: &[u8], family: i32) -> PyResult<Address> {
    let kind = constant(thread, "SOCK_DGRAM");
    let hints = |flags| Hints { family, kind, protocol: 0, flags };
    let resolve = |host: Option<&[u8]>, service: Option<&[u8]>, flags| {
        released(thread, |system| system.resolve(host, service, hints(flags)))
            .map_err(|error| resolve_failed(thread, error))
    };
    let found: Vec<Resolved> = match host {
        // any address of this machine
        b"" => resolve(None, Some(b"0"), constant(thread, "AI_PASSIVE"))?,
        b"<broadcast>" | b"255.255.255.255" if family != constant(thread, "AF_INET6") => {
            return Ok(Address::V4 { ip: [255; 4], port: 0 });
        }
        host => resolve(Some(host), None, 0)?,
    };
    match found.into_iter().next() {
        Some(found) => Ok(found.address),
        None => Err(plain_error(thread, "getaddrinfo returns an empty list")),
    }
}

fn port(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<u16> {
    let port = to_int(thread, value)?;
    u16::try_from(port).map_err(|_| raise!(thread, OVERFLOW_ERROR, "{function}(): port must be 0-65535."))
}

const HOST: &str = "str, bytes or bytearray expected";

/// The address that an argument of a function is, for sockets of a family.
pub(super) fn read(thread: &Thread, function: &str, family: i32, value: Ref<'_>) -> PyResult<Address> {
    let is = |name| family == constant(thread, name);
    if is("AF_UNIX") {
        return local(thread, value);
    }
    let (is_v4, is_v6) = (is("AF_INET"), is("AF_INET6"));
    if !is_v4 && !is_v6 {
        return Err(plain_error(thread, &format!("{function}(): bad family")));
    }
    let name = if is_v4 { "AF_INET" } else { "AF_INET6" };
    let Some(items) = value.get::<PyTuple>() else {
        let ty = value.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "{function}(): {name} address must be tuple, not {ty}"));
    };
    let most = if is_v4 { 2 } else { 4 };
    let (Some(host), Some(port_value), true) = (items.get(0), items.get(1), items.len() <= most) else {
        let parts = if is_v4 { "pair (host, port)" } else { "tuple (host, port[, flowinfo[, scopeid]])" };
        return Err(raise!(thread, TYPE_ERROR, "{name} address must be a {parts}"));
    };
    let host = host_bytes(thread, host.as_ref(), HOST)?;
    let number = |at: usize| items.get(at).map_or(Ok(0), |value| to_int(thread, value.as_ref()));
    // ports are read before names are looked up
    let port_number = to_int(thread, port_value.as_ref())?;
    let (flow, scope) = if is_v6 { (number(2)?, number(3)?) } else { (0, 0) };
    let address = lookup(thread, &host, family)?;
    let port = port(thread, function, Value::small(port_number).as_ref())?;
    if !(0..=0xF_FFFF).contains(&flow) {
        return Err(raise!(thread, OVERFLOW_ERROR, "{function}(): flowinfo must be 0-1048575."));
    }
    Ok(match address {
        Address::V4 { ip, .. } => Address::V4 { ip, port },
        Address::V6 { ip, scope: found, .. } => {
            let scope = if scope == 0 { found } else { scope as u32 };
            Address::V6 { ip, port, flow: flow as u32, scope }
        }
        other => other,
    })
}

/// The longest path, with the zero byte behind it.
const LONGEST: usize = 108;

fn local(thread: &Thread, value: Ref<'_>) -> PyResult<Address> {
    let path = match value.get::<PyStr>() {
        Some(text) => path::encode(thread, text)?,
        None => buffer::bytes_of(thread, value)?.into_owned(),
    };
    let is_path = path.first().is_some_and(|&byte| byte != 0);
    if path.len() + usize::from(is_path) > LONGEST {
        return Err(plain_error(thread, "AF_UNIX path too long"));
    }
    Ok(Address::Local(path))
}

/// An IP address as text.
pub(super) fn ip_text(address: &Address) -> Option<String> {
    match address {
        Address::V4 { ip, .. } => Some(Ipv4Addr::from(*ip).to_string()),
        Address::V6 { ip, .. } => Some(Ipv6Addr::from(*ip).to_string()),
        _ => None,
    }
}

/// An address as an object.
pub(super) fn value(thread: &Thread, address: &Address) -> PyResult<Value> {
    let text = |text: &str| PyStr::from_text(thread, text).map(taipan_object::Owned::into_value);
    let ip = ip_text(address).unwrap_or_default();
    Ok(match address {
        Address::None => Value::none(),
        Address::V4 { port, .. } => {
            PyTuple::pack(thread, [text(&ip)?, Value::small((*port).into())])?.into_value()
        }
        Address::V6 { port, flow, scope, .. } => {
            let flow = Value::int(thread, (*flow).into())?;
            let scope = Value::int(thread, (*scope).into())?;
            let ip = scoped(thread, address, ip);
            PyTuple::pack(thread, [text(&ip)?, Value::small((*port).into()), flow, scope])?.into_value()
        }
        Address::Local(path) if path.first() == Some(&0) => PyBytes::new(thread, path)?.into_value(),
        Address::Local(path) => decoded(thread, path)?,
        Address::Other { family, bytes } => {
            let bytes = PyBytes::new(thread, bytes)?.into_value();
            PyTuple::pack(thread, [Value::small(*family), bytes])?.into_value()
        }
    })
}

/// An address of a link names the interface behind it.
fn scoped(thread: &Thread, address: &Address, ip: String) -> String {
    match address {
        Address::V6 { scope, ip: [0xFE, second, ..], .. } if *scope != 0 && second & 0xC0 == 0x80 => {
            let name = of(thread).interface_name(*scope).ok();
            let name = name.and_then(|name| String::from_utf8(name).ok());
            format!("{ip}%{}", name.unwrap_or_else(|| scope.to_string()))
        }
        _ => ip,
    }
}
