//! Objects that hash: one state for all types, and the methods that all of them have.

use std::cell::RefCell;

use taipan_object::buffer::{bytes_of, is_bytes_like};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::native::{Native, NativeType};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use crate::algorithm::{Algorithm, Hasher};

/// The state of an object: a hasher. Nothing that runs Python code is called while it is borrowed.
pub(crate) trait Holder: NativeType {
    /// The state with a hasher.
    fn of(hasher: Hasher) -> Self;

    /// The hasher.
    fn hasher(&self) -> &RefCell<Hasher>;
}

/// Declares types of objects that hash, as `State STATIC "module.name", new;` where `new` makes one from Python or is
/// absent.
macro_rules! hash_types {
    ($($(#[$doc:meta])* $state:ident $static:ident $name:literal, flags $flags:expr, does { $($slot:ident: $function:expr),* };)*) => {
        $(
            $(#[$doc])*
            #[derive(Default)]
            pub(crate) struct $state(Box<std::cell::RefCell<$crate::algorithm::Hasher>>);

            taipan_object::native_type! {
                $(#[$doc])*
                pub(crate) static $static: $state = $name, flags $flags, dict false, weak false,
                does { $($slot: $function),* }
            }

            taipan_object::declare::native_state!($state in $static:);

            impl $crate::object::Holder for $state {
                fn of(hasher: $crate::algorithm::Hasher) -> $state {
                    // hashers are aligned to more than objects are
                    $state(Box::new(std::cell::RefCell::new(hasher)))
                }

                fn hasher(&self) -> &std::cell::RefCell<$crate::algorithm::Hasher> {
                    &self.0
                }
            }
        )*
    };
}
pub(crate) use hash_types;

/// The bytes that are to be hashed.
pub(crate) fn data_of<'a>(thread: &Thread, data: Ref<'a>) -> PyResult<std::borrow::Cow<'a, [u8]>> {
    if data.get::<PyStr>().is_some() {
        return Err(raise!(thread, TYPE_ERROR, "Strings must be encoded before hashing"));
    }
    if !is_bytes_like(data) {
        return Err(raise!(thread, TYPE_ERROR, "object supporting the buffer API required"));
    }
    bytes_of(thread, data)
}

/// So many bytes are hashed between two looks at interrupts.
const PART: usize = 1 << 20;

/// Hashes bytes, part by part.
///
/// # Errors
/// What an interrupt raises.
pub(crate) fn feed(thread: &Thread, hasher: &mut Hasher, data: &[u8]) -> PyResult<()> {
    for part in data.chunks(PART) {
        thread.check_interrupts()?;
        hasher.update(part);
    }
    Ok(())
}

/// `copy()`
pub(crate) fn copy<S: Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let hasher = receiver::<S>(thread, this)?.hasher().borrow().clone();
    Ok(Native::new(thread, S::of(hasher))?.into_value())
}

/// `update(data)`
pub(crate) fn update<S: Holder>(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<S>(thread, this)?;
    let data = data_of(thread, data)?;
    if data.len() <= PART {
        state.hasher().borrow_mut().update(&data);
        return Ok(Value::none());
    }
    // an interrupt leaves it as it was
    let mut hasher = state.hasher().borrow().clone();
    feed(thread, &mut hasher, &data)?;
    *state.hasher().borrow_mut() = hasher;
    Ok(Value::none())
}

/// `digest()`
pub(crate) fn digest<S: Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = receiver::<S>(thread, this)?.hasher().borrow().digest();
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

/// `hexdigest()`
pub(crate) fn hexdigest<S: Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = receiver::<S>(thread, this)?.hasher().borrow().digest();
    hex(thread, &bytes)
}

/// Two digits a byte.
pub(crate) fn hex(thread: &Thread, bytes: &[u8]) -> PyResult<Value> {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |at: u8| char::from(DIGITS.get(usize::from(at & 15)).copied().unwrap_or(b'0'));
    let text: String = bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]).collect();
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// The most bytes of a digest that is as long as one likes.
const MOST: i64 = 1 << 29;

fn long_digest<S: Holder>(
    thread: &Thread,
    this: Ref<'_>,
    parameters: &Parameters<1>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Vec<u8>> {
    let [length] = parameters.bind(thread, arguments, names)?;
    let Some(length) = length else { return Ok(Vec::new()) };
    let length = protocol::index(thread, length)?;
    let length = match length.as_ref().to_i64() {
        Some(length) if length < 0 => {
            return Err(raise!(thread, VALUE_ERROR, "Cannot convert negative int"));
        }
        Some(length) if length < MOST => length as usize,
        _ => return Err(raise!(thread, VALUE_ERROR, "length is too large")),
    };
    let state = receiver::<S>(thread, this)?;
    let mut out = Vec::new();
    if out.try_reserve_exact(length).is_err() {
        return Err(thread.raise_memory_error());
    }
    out.resize(length, 0);
    state.hasher().borrow().fill(&mut out);
    Ok(out)
}

const fn length_of(function: &'static str) -> Parameters<1> {
    Parameters { function, names: ["length"], positional_only: 0, positional: 1, required: 1 }
}

const DIGEST: Parameters<1> = length_of("digest");
const HEXDIGEST: Parameters<1> = length_of("hexdigest");

/// `digest(length)`
pub(crate) fn digest_of<S: Holder>(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let bytes = long_digest::<S>(thread, this, &DIGEST, arguments, names)?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

/// `hexdigest(length)`
pub(crate) fn hexdigest_of<S: Holder>(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let bytes = long_digest::<S>(thread, this, &HEXDIGEST, arguments, names)?;
    hex(thread, &bytes)
}

/// Which function an object's is.
pub(crate) fn algorithm<S: Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<Algorithm> {
    Ok(receiver::<S>(thread, this)?.hasher().borrow().algorithm())
}

/// The attributes `name`, `digest_size` and `block_size` of a type.
macro_rules! hash_attributes {
    ($static:ident: $state:ty) => {
        pub(crate) static $static: [taipan_object::descriptor::GetSetDef; 3] = [
            taipan_object::descriptor::GetSetDef {
                name: "name",
                get: |thread, this| {
                    let algorithm = $crate::object::algorithm::<$state>(thread, this)?;
                    Ok(taipan_object::str::PyStr::from_text(thread, algorithm.name())?.into_value())
                },
                set: None,
                doc: "The name of the function.",
            },
            taipan_object::descriptor::GetSetDef {
                name: "digest_size",
                get: $crate::object::digest_size::<$state>,
                set: None,
                doc: "The bytes of a digest.",
            },
            taipan_object::descriptor::GetSetDef {
                name: "block_size",
                get: |thread, this| {
                    let algorithm = $crate::object::algorithm::<$state>(thread, this)?;
                    taipan_object::Value::int(thread, algorithm.block_size() as i64)
                },
                set: None,
                doc: "The bytes that are taken at once.",
            },
        ];
    };
}
pub(crate) use hash_attributes;

/// `digest_size`: for BLAKE2 what the object was made for.
pub(crate) fn digest_size<S: Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<S>(thread, this)?;
    let hasher = state.hasher().borrow();
    let size = match &*hasher {
        Hasher::Blake2b(_) | Hasher::Blake2s(_) => hasher.digest().len(),
        other => other.algorithm().digest_size(),
    };
    drop(hasher);
    Value::int(thread, size as i64)
}

/// The arguments of a constructor: data, if it is given under one of its two names.
///
/// # Errors
/// `TypeError` if both are given.
pub(crate) fn data_argument<'a>(
    thread: &Thread,
    data: Option<Ref<'a>>,
    string: Option<Ref<'a>>,
) -> PyResult<Option<Ref<'a>>> {
    match (data, string) {
        (Some(_), Some(_)) => Err(raise!(
            thread,
            TYPE_ERROR,
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version."
        )),
        (data, string) => Ok(data.or(string)),
    }
}

/// A new object of a function, with the data that a constructor was given.
pub(crate) fn make<S: Holder>(
    thread: &Thread,
    algorithm: Algorithm,
    parameters: &Parameters<3>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [data, security, string] = parameters.bind(thread, arguments, names)?;
    if let Some(security) = security {
        protocol::truth(thread, security)?;
    }
    let mut hasher = algorithm.hasher();
    if let Some(data) = data_argument(thread, data, string)? {
        feed(thread, &mut hasher, &data_of(thread, data)?)?;
    }
    Ok(Native::new(thread, S::of(hasher))?.into_value())
}

/// The parameters of a constructor.
pub(crate) const fn constructor(function: &'static str) -> Parameters<3> {
    Parameters {
        function,
        names: ["data", "usedforsecurity", "string"],
        positional_only: 0,
        positional: 1,
        required: 0,
    }
}
