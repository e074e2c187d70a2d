//! The module `_hmac`, and what `_hashlib` has of keyed hashing: one kind of object, in two types.

use std::cell::RefCell;

use taipan_object::bytes::PyBytes;
use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::descriptor::GetSetDef;
use taipan_object::module::PyModule;
use taipan_object::native::{Native, NativeType};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, native_type, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::algorithm::Algorithm;
use crate::hmac::Hmac;
use crate::object::{data_of, hex};
use crate::plain::GIL_MINSIZE;

/// The state of an object. Nothing that runs Python code is called while it is borrowed.
pub(crate) trait Keyed: NativeType {
    /// The state with what was authenticated.
    fn of(hmac: Hmac) -> Self;

    /// What was authenticated.
    fn hmac(&self) -> &RefCell<Hmac>;

    /// What stands before the name of the function in `name` and `repr`.
    const PREFIX: &'static str;
}

macro_rules! keyed_types {
    ($($(#[$doc:meta])* $state:ident $static:ident $name:literal prefix $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Default)]
            pub(crate) struct $state(Box<RefCell<Hmac>>);

            native_type! {
                $(#[$doc])*
                pub(crate) static $static: $state = $name, flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
                does { repr: repr::<$state> }
            }

            native_state!($state in $static:);

            impl Keyed for $state {
                fn of(hmac: Hmac) -> $state {
                    $state(Box::new(RefCell::new(hmac)))
                }

                fn hmac(&self) -> &RefCell<Hmac> {
                    &self.0
                }

                const PREFIX: &'static str = $prefix;
            }
        )*
    };
}

keyed_types! {
    /// `_hmac.HMAC`
    Plain PLAIN "_hmac.HMAC" prefix "hmac-";
    /// `_hashlib.HMAC`
    OpenSsl OPENSSL "_hashlib.HMAC" prefix "hmac-";
}

macro_rules! tables {
    ($($methods:ident $attributes:ident $state:ident;)*) => {
        $(
            method_table! { $methods:
                Instance None c"copy" "($self, /)" copy::<$state>, c"An object in the same state.";
                Instance Keywords c"update" "($self, /, msg)" update::<$state>, c"Authenticates more bytes.";
                Instance None c"digest" "($self, /)" digest::<$state>, c"The code, as bytes.";
                Instance None c"hexdigest" "($self, /)" hexdigest::<$state>, c"The code, as text.";
            }
            static $attributes: [GetSetDef; 3] = [
                GetSetDef { name: "name", get: name::<$state>, set: None, doc: "The name, with that of the function." },
                GetSetDef {
                    name: "digest_size",
                    get: |thread, this| Value::int(thread, algorithm::<$state>(thread, this)?.digest_size() as i64),
                    set: None,
                    doc: "The bytes of a code.",
                },
                GetSetDef {
                    name: "block_size",
                    get: |thread, this| Value::int(thread, algorithm::<$state>(thread, this)?.block_size() as i64),
                    set: None,
                    doc: "The bytes that are taken at once.",
                },
            ];
        )*
    };
}

tables! {
    PLAIN_METHODS PLAIN_ATTRIBUTES Plain;
    OPENSSL_METHODS OPENSSL_ATTRIBUTES OpenSsl;
}

fn algorithm<S: Keyed>(thread: &Thread, this: Ref<'_>) -> PyResult<Algorithm> {
    Ok(receiver::<S>(thread, this)?.hmac().borrow().algorithm())
}

fn name<S: Keyed>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = algorithm::<S>(thread, this)?.name();
    Ok(PyStr::from_text(thread, &format!("{}{name}", S::PREFIX))?.into_value())
}

fn repr<S: Keyed>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = algorithm::<S>(thread, this)?.name();
    let (ty, at) = (this.ty().short_name(), this.word().bits());
    Ok(PyStr::from_text(thread, &format!("<{name} {ty} object @ {at:#x}>"))?.into_value())
}

fn copy<S: Keyed>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let hmac = receiver::<S>(thread, this)?.hmac().borrow().clone();
    Ok(Native::new(thread, S::of(hmac))?.into_value())
}

const UPDATE: Parameters<1> =
    Parameters { function: "update", names: ["msg"], positional_only: 0, positional: 1, required: 1 };

fn update<S: Keyed>(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [message] = UPDATE.bind(thread, arguments, names)?;
    let state = receiver::<S>(thread, this)?;
    if let Some(message) = message {
        let message = data_of(thread, message)?;
        state.hmac().borrow_mut().update(&message);
    }
    Ok(Value::none())
}

fn digest<S: Keyed>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = receiver::<S>(thread, this)?.hmac().borrow().digest();
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

fn hexdigest<S: Keyed>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = receiver::<S>(thread, this)?.hmac().borrow().digest();
    hex(thread, &bytes)
}

/// An object with a key and a first message.
pub(crate) fn make<S: Keyed>(
    thread: &Thread,
    key: Ref<'_>,
    message: Option<Ref<'_>>,
    algorithm: Algorithm,
    unsupported: impl Fn(&Thread) -> Raised,
) -> PyResult<Value> {
    let key = data_of(thread, key)?;
    let mut hmac = Hmac::new(algorithm, &key).ok_or_else(|| unsupported(thread))?;
    if let Some(message) = message.filter(|message| !message.is_none()) {
        hmac.update(&data_of(thread, message)?);
    }
    Ok(Native::new(thread, S::of(hmac))?.into_value())
}

/// The code of a message, at once.
pub(crate) fn code_of(
    thread: &Thread,
    key: Ref<'_>,
    message: Ref<'_>,
    algorithm: Algorithm,
    unsupported: impl Fn(&Thread) -> Raised,
) -> PyResult<Value> {
    let key = data_of(thread, key)?;
    let mut hmac = Hmac::new(algorithm, &key).ok_or_else(|| unsupported(thread))?;
    hmac.update(&data_of(thread, message)?);
    Ok(PyBytes::new(thread, &hmac.digest())?.into_value())
}

// -- the module _hmac --------------------------------------------------------------------------------

macro_rules! computing {
    ($($name:literal $algorithm:ident)*) => {
        method_table! { FUNCTIONS:
            Instance Keywords c"new" "($module, /, key, msg=None, digestmod=None)" new, c"A new object.";
            Instance Keywords c"compute_digest" "($module, /, key, msg, digest)" compute, c"The code of a message.";
            $(Instance Two $name "($module, key, msg, /)" |thread, _, key, message| {
                code_of(thread, key, message, Algorithm::$algorithm, |thread| unknown(thread, as_ref(&*PLAIN as &PyTypeObject)))
            }, c"The code of a message.";)*
        }
    };
}

computing! {
    c"compute_md5" Md5
    c"compute_sha1" Sha1
    c"compute_sha224" Sha224
    c"compute_sha256" Sha256
    c"compute_sha384" Sha384
    c"compute_sha512" Sha512
    c"compute_sha3_224" Sha3_224
    c"compute_sha3_256" Sha3_256
    c"compute_sha3_384" Sha3_384
    c"compute_sha3_512" Sha3_512
    c"compute_blake2s_32" Blake2s
    c"compute_blake2b_32" Blake2b
}

const NEW: Parameters<3> = Parameters {
    function: "new",
    names: ["key", "msg", "digestmod"],
    positional_only: 0,
    positional: 3,
    required: 1,
};
const COMPUTE: Parameters<3> = Parameters {
    function: "compute_digest",
    names: ["key", "msg", "digest"],
    positional_only: 0,
    positional: 3,
    required: 3,
};

/// `UnknownHashError`, which is a class of the module, or `ValueError` where that is gone.
fn unknown(thread: &Thread, what: Ref<'_>) -> Raised {
    let text = taipan_runtime_builtins::text::repr(thread, what).map(|text| text.to_text_lossy());
    match text {
        Ok(text) => raise!(thread, VALUE_ERROR, "unsupported hash type: {text}"),
        Err(raised) => raised,
    }
}

/// The same from a function of the module.
fn unknown_in(thread: &Thread, module: Ref<'_>, what: Ref<'_>) -> Raised {
    let raised = unknown(thread, what);
    crate::hashlib::as_class(thread, module, "UnknownHashError", raised)
}

fn algorithm_of(thread: &Thread, module: Ref<'_>, name: Ref<'_>) -> PyResult<Algorithm> {
    let found = name.get::<PyStr>().map(PyStr::to_text_lossy);
    let found =
        found.and_then(|name| Algorithm::ALL.iter().copied().find(|algorithm| algorithm.name() == name));
    found.ok_or_else(|| unknown_in(thread, module, name))
}

fn new(thread: &Thread, module: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [key, message, name] = NEW.bind(thread, arguments, names)?;
    let (Some(key), Some(name)) = (key, name.filter(|name| !name.is_none())) else {
        return Err(raise!(thread, TYPE_ERROR, "new() missing 1 required argument 'digestmod'"));
    };
    let algorithm = algorithm_of(thread, module, name)?;
    make::<Plain>(thread, key, message, algorithm, |thread| unknown_in(thread, module, name))
}

fn compute(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(key), Some(message), Some(name)] = COMPUTE.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let algorithm = algorithm_of(thread, module, name)?;
    code_of(thread, key, message, algorithm, |thread| unknown_in(thread, module, name))
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add(thread, module, "HMAC", as_ref(&*PLAIN as &PyTypeObject).to_value())?;
    let class = crate::hashlib::exception_class(thread, "_hmac", "UnknownHashError")?;
    add(thread, module, "UnknownHashError", class)?;
    add(thread, module, "_GIL_MINSIZE", Value::small(GIL_MINSIZE))
}

/// `_hmac`
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_hmac", doc: None, functions: &FUNCTIONS, exec: Some(exec) };

/// The static types of this file.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&PLAIN, &OPENSSL]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PLAIN, &PLAIN_METHODS)?;
    install::attributes(thread, &PLAIN, &PLAIN_ATTRIBUTES)?;
    install::methods(thread, &OPENSSL, &OPENSSL_METHODS)?;
    install::attributes(thread, &OPENSSL, &OPENSSL_ATTRIBUTES)
}
