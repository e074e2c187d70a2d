//! Numbers in the order of the network, and addresses as text.

use std::net::{Ipv4Addr, Ipv6Addr};

use taipan_host::HostError;
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, buffer, protocol, raise};
use taipan_runtime_builtins::arguments::{to_int, wrong_type};

use super::transfer::counted;
use super::{constant, plain_error};

/// An unsigned number of so many bits.
fn unsigned(thread: &Thread, value: Ref<'_>, bits: u32) -> PyResult<u32> {
    let index = protocol::number::index(thread, value)?;
    let index = index.as_ref();
    let negative = match index.to_i64() {
        Some(int) if int >= 0 && int < 1 << bits => return Ok(int as u32),
        Some(int) => int < 0,
        None => index.int_to_text(16).is_some_and(|text| text.starts_with('-')),
    };
    Err(match negative {
        true => raise!(thread, VALUE_ERROR, "Cannot convert negative int"),
        false => raise!(thread, OVERFLOW_ERROR, "Python int too large for C uint{bits}_t"),
    })
}

pub(super) fn ntohs(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(u16::from_be(unsigned(thread, x, 16)? as u16).into()))
}

pub(super) fn htons(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small((unsigned(thread, x, 16)? as u16).to_be().into()))
}

pub(super) fn ntohl(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, u32::from_be(unsigned(thread, x, 32)?).into())
}

pub(super) fn htonl(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, unsigned(thread, x, 32)?.to_be().into())
}

/// A number as C writes it: hexadecimal, octal or decimal.
fn c_number(text: &str) -> Option<u32> {
    let (digits, base) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    digits
        .chars()
        .all(|digit| digit.is_ascii_alphanumeric())
        .then(|| u32::from_str_radix(digits, base).ok())?
}

/// An IPv4 address of one to four parts, the last of which fills what is left; blanks may follow.
fn loose_v4(text: &str) -> Option<[u8; 4]> {
    let text = text.split([' ', '\t', '\n', '\r']).next()?;
    let parts: Option<Vec<u32>> = text.split('.').map(c_number).collect();
    let parts = parts.filter(|parts| parts.len() <= 4)?;
    let (last, first) = parts.split_last()?;
    let mut address = 0;
    for (at, &part) in first.iter().enumerate() {
        address |= u8::try_from(part).map(u32::from).ok()? << (24 - 8 * at);
    }
    let room = 32 - 8 * first.len() as u32;
    if room < 32 && *last >= 1 << room {
        return None;
    }
    Some((address | last).to_be_bytes())
}

#[cold]
fn illegal(thread: &Thread, function: &str) -> Raised {
    plain_error(thread, &format!("illegal IP address string passed to {function}"))
}

fn string(thread: &Thread, function: &str, which: &str, value: Ref<'_>) -> PyResult<String> {
    match value.get::<PyStr>() {
        Some(text) => Ok(text.to_text_lossy()),
        None => Err(wrong_type(thread, function, which, "str", value)),
    }
}

pub(super) fn aton(thread: &Thread, _: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let text = string(thread, "inet_aton", "argument", text)?;
    match loose_v4(&text) {
        Some(ip) => Ok(PyBytes::new(thread, &ip)?.into_value()),
        None => Err(illegal(thread, "inet_aton")),
    }
}

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

pub(super) fn ntoa(thread: &Thread, _: Ref<'_>, ip: Ref<'_>) -> PyResult<Value> {
    match <[u8; 4]>::try_from(&*buffer::bytes_of(thread, ip)?) {
        Ok(ip) => text(thread, &Ipv4Addr::from(ip).to_string()),
        Err(_) => Err(plain_error(thread, "packed IP wrong length for inet_ntoa")),
    }
}

/// `inet_pton(af, ip)`
pub(super) fn pton(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "inet_pton", arguments, 2, 2)?;
    let [family, ip] = arguments else { return Ok(Value::none()) };
    let family = to_int(thread, family.as_ref())?;
    let ip = string(thread, "inet_pton", "argument 2", ip.as_ref())?;
    let bytes = if family == constant(thread, "AF_INET") {
        ip.parse::<Ipv4Addr>().map(|ip| ip.octets().to_vec()).ok()
    } else if family == constant(thread, "AF_INET6") {
        ip.parse::<Ipv6Addr>().map(|ip| ip.octets().to_vec()).ok()
    } else {
        const NO_FAMILY: i32 = if cfg!(target_os = "macos") { 47 } else { 97 };
        return Err(HostError::new(NO_FAMILY).raise(thread));
    };
    match bytes {
        Some(bytes) => Ok(PyBytes::new(thread, &bytes)?.into_value()),
        None => Err(illegal(thread, "inet_pton")),
    }
}

/// `inet_ntop(af, packed_ip)`
pub(super) fn ntop(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "inet_ntop", arguments, 2, 2)?;
    let [family, ip] = arguments else { return Ok(Value::none()) };
    let family = to_int(thread, family.as_ref())?;
    let ip = buffer::bytes_of(thread, ip.as_ref())?;
    let shown = if family == constant(thread, "AF_INET") {
        <[u8; 4]>::try_from(&*ip).map(|ip| Ipv4Addr::from(ip).to_string()).ok()
    } else if family == constant(thread, "AF_INET6") {
        <[u8; 16]>::try_from(&*ip).map(|ip| Ipv6Addr::from(ip).to_string()).ok()
    } else {
        return Err(raise!(thread, VALUE_ERROR, "unknown address family {family}"));
    };
    match shown {
        Some(shown) => text(thread, &shown),
        None => Err(raise!(thread, VALUE_ERROR, "invalid length of packed IP address string")),
    }
}
