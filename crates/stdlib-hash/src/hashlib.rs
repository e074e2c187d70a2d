//! The module `_hashlib`: hashes and keyed hashes by name, and keys from passwords.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::dict::PyDict;
use taipan_object::exception::VALUE_ERROR;
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::set::PySet;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::algorithm::Algorithm;
use crate::keyed::{self, OpenSsl};
use crate::object::{self, Holder, constructor, data_argument, data_of, feed, hash_attributes, hash_types};
use crate::passwords;
use crate::plain::GIL_MINSIZE;

hash_types! {
    /// `_hashlib.HASH`
    Hash HASH "_hashlib.HASH", flags flags::BASETYPE | flags::DISALLOW_INSTANTIATION, does { repr: repr::<Hash> };
    /// `_hashlib.HASHXOF`
    HashXof HASHXOF "_hashlib.HASHXOF", flags flags::DISALLOW_INSTANTIATION, does { repr: repr::<HashXof> };
}

fn repr<S: Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = object::algorithm::<S>(thread, this)?.name();
    let (ty, at) = (this.ty().name(), this.word().bits());
    Ok(PyStr::from_text(thread, &format!("<{name} {ty} object @ {at:#x}>"))?.into_value())
}

method_table! { HASH_METHODS:
    Instance None c"copy" "($self, /)" object::copy::<Hash>, c"A hash object in the same state.";
    Instance One c"update" "($self, obj, /)" object::update::<Hash>, c"Hashes more bytes.";
    Instance None c"digest" "($self, /)" object::digest::<Hash>, c"The digest, as bytes.";
    Instance None c"hexdigest" "($self, /)" object::hexdigest::<Hash>, c"The digest, as text.";
}

method_table! { HASHXOF_METHODS:
    Instance None c"copy" "($self, /)" object::copy::<HashXof>, c"A hash object in the same state.";
    Instance One c"update" "($self, obj, /)" object::update::<HashXof>, c"Hashes more bytes.";
    Instance Keywords c"digest" "($self, /, length)" object::digest_of::<HashXof>, c"A digest of that length, as bytes.";
    Instance Keywords c"hexdigest" "($self, /, length)" object::hexdigest_of::<HashXof>, c"A digest of that length, as text.";
}

hash_attributes!(HASH_ATTRIBUTES: Hash);
hash_attributes!(HASHXOF_ATTRIBUTES: HashXof);

macro_rules! functions {
    ($($name:literal $text:literal $algorithm:ident $state:ident)*) => {
        method_table! { FUNCTIONS:
            Instance Keywords c"new" "($module, /, name, data=b'', *, usedforsecurity=True, string=None)" new, c"A new hash object of the function of a name.";
            Instance Keywords c"hmac_new" "($module, /, key, msg=b'', digestmod=None)" hmac_new, c"A new object for keyed hashing.";
            Instance Keywords c"hmac_digest" "($module, /, key, msg, digest)" hmac_digest, c"The code of a message.";
            Instance Keywords c"pbkdf2_hmac" "($module, /, hash_name, password, salt, iterations,\n            dklen=None)" passwords::pbkdf2_hmac, c"A key from a password (PKCS #5).";
            Instance Keywords c"scrypt" "($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)" passwords::scrypt, c"A key from a password (RFC 7914).";
            Instance None c"get_fips_mode" "($module, /)" |_, _| Ok(Value::small(0)), c"Whether weak functions are forbidden: they are not.";
            Instance Two c"compare_digest" "($module, a, b, /)" compare_digest, c"a == b, in a time that does not tell where they differ.";
            $(Instance Keywords $name "($module, /, data=b'', *, usedforsecurity=True, string=None)" |thread, _, arguments, names| {
                object::make::<$state>(thread, Algorithm::$algorithm, &constructor($text), arguments, names)
            }, c"A new hash object.";)*
        }
    };
}

functions! {
    c"openssl_md5" "openssl_md5" Md5 Hash
    c"openssl_sha1" "openssl_sha1" Sha1 Hash
    c"openssl_sha224" "openssl_sha224" Sha224 Hash
    c"openssl_sha256" "openssl_sha256" Sha256 Hash
    c"openssl_sha384" "openssl_sha384" Sha384 Hash
    c"openssl_sha512" "openssl_sha512" Sha512 Hash
    c"openssl_sha3_224" "openssl_sha3_224" Sha3_224 Hash
    c"openssl_sha3_256" "openssl_sha3_256" Sha3_256 Hash
    c"openssl_sha3_384" "openssl_sha3_384" Sha3_384 Hash
    c"openssl_sha3_512" "openssl_sha3_512" Sha3_512 Hash
    c"openssl_shake_128" "openssl_shake_128" Shake128 HashXof
    c"openssl_shake_256" "openssl_shake_256" Shake256 HashXof
}

const NEW: Parameters<4> = Parameters {
    function: "new",
    names: ["name", "data", "usedforsecurity", "string"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn new(thread: &Thread, module: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [name, data, _, string] = NEW.bind(thread, arguments, names)?;
    let Some(text) = name.and_then(|name| name.get::<PyStr>()) else {
        let got = name.map_or("NoneType".to_owned(), |name| name.ty().short_name().to_owned());
        return Err(raise!(thread, TYPE_ERROR, "new() argument 'name' must be str, not {got}"));
    };
    let algorithm = Algorithm::of_name(&text.to_text_lossy()).ok_or_else(|| unsupported(thread, module))?;
    let mut hasher = algorithm.hasher();
    if let Some(data) = data_argument(thread, data, string)? {
        feed(thread, &mut hasher, &data_of(thread, data)?)?;
    }
    match algorithm.is_extendable() {
        true => Ok(Native::new(thread, HashXof::of(hasher))?.into_value()),
        false => Ok(Native::new(thread, Hash::of(hasher))?.into_value()),
    }
}

/// Raises with the message of what was raised, as a class of a module.
pub(crate) fn as_class(thread: &Thread, module: Ref<'_>, class: &str, raised: Raised) -> Raised {
    let exception = thread.catch(raised);
    let made = intern_text(thread, class).and_then(|name| {
        let class = protocol::get_attribute(thread, module, &name)?;
        let text = taipan_runtime_builtins::text::str(thread, exception.as_ref())?.into_value();
        protocol::call(thread, class.as_ref(), &[text], None)
    });
    match made {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

/// A class that derives from `ValueError`.
pub(crate) fn exception_class(thread: &Thread, module: &str, name: &str) -> PyResult<Value> {
    let dict = PyDict::new(thread)?;
    let (key, module) = (intern_text(thread, "__module__")?, intern_text(thread, module)?);
    drop(dict.insert(thread, key.as_ref(), module.into_value())?);
    let bases = PyTuple::pack(thread, [as_ref(&VALUE_ERROR).to_value()])?;
    let name = intern_text(thread, name)?.into_value();
    let metatype: &PyTypeObject = &taipan_object::types::statics::TYPE;
    protocol::call(thread, as_ref(metatype), &[name, bases.into_value(), dict.into_value()], None)
}

/// `UnsupportedDigestmodError`, with the words of OpenSSL.
pub(crate) fn unsupported(thread: &Thread, module: Ref<'_>) -> Raised {
    let raised = raise!(thread, VALUE_ERROR, "[digital envelope routines] unsupported");
    as_class(thread, module, "UnsupportedDigestmodError", raised)
}

/// The function that `digestmod` means: a name, or one of this module's constructors.
fn algorithm_of(thread: &Thread, module: Ref<'_>, digest: Ref<'_>) -> PyResult<Algorithm> {
    let text = match digest.get::<PyStr>() {
        Some(text) => Some(text.to_text_lossy()),
        None => {
            let name = intern_text(thread, "_constructors")?;
            let all = protocol::get_attribute(thread, module, &name)?;
            let method = intern_text(thread, "get")?;
            let get = protocol::get_attribute(thread, all.as_ref(), &method)?;
            let found = protocol::call(thread, get.as_ref(), &[digest.to_value()], None);
            let found = found.map_err(|raised| {
                // what cannot be hashed is no constructor
                drop(thread.catch(raised));
                unsupported(thread, module)
            })?;
            found.as_ref().get::<PyStr>().map(PyStr::to_text_lossy)
        }
    };
    text.and_then(|text| Algorithm::of_name(&text)).ok_or_else(|| unsupported(thread, module))
}

const HMAC_NEW: Parameters<3> = Parameters {
    function: "hmac_new",
    names: ["key", "msg", "digestmod"],
    positional_only: 0,
    positional: 3,
    required: 1,
};
const HMAC_DIGEST: Parameters<3> = Parameters {
    function: "hmac_digest",
    names: ["key", "msg", "digest"],
    positional_only: 0,
    positional: 3,
    required: 3,
};

fn hmac_new(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [key, message, digest] = HMAC_NEW.bind(thread, arguments, names)?;
    let (Some(key), Some(digest)) = (key, digest) else {
        return Err(raise!(thread, TYPE_ERROR, "Missing required parameter 'digestmod'."));
    };
    let algorithm = algorithm_of(thread, module, digest)?;
    keyed::make::<OpenSsl>(thread, key, message, algorithm, |thread| unsupported(thread, module))
}

fn hmac_digest(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(key), Some(message), Some(digest)] = HMAC_DIGEST.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let algorithm = algorithm_of(thread, module, digest)?;
    keyed::code_of(thread, key, message, algorithm, |thread| unsupported(thread, module))
}

fn compare_digest(thread: &Thread, _: Ref<'_>, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    taipan_runtime_builtins::modules::equal_digests(thread, a, b)
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add(thread, module, "HASH", as_ref(&*HASH as &PyTypeObject).to_value())?;
    add(thread, module, "HASHXOF", as_ref(&*HASHXOF as &PyTypeObject).to_value())?;
    add(thread, module, "HMAC", as_ref(&*keyed::OPENSSL as &PyTypeObject).to_value())?;
    let class = exception_class(thread, "_hashlib", "UnsupportedDigestmodError")?;
    add(thread, module, "UnsupportedDigestmodError", class)?;
    let (names, constructors) = (PySet::new_frozen(thread)?, PyDict::new(thread)?);
    for algorithm in Algorithm::ALL {
        let text = intern_text(thread, algorithm.name())?.into_value();
        let constructor = intern_text(thread, &format!("openssl_{}", algorithm.name()))?;
        if let Some(function) = protocol::attribute::find(thread, as_ref(module), &constructor)? {
            drop(constructors.insert(thread, function.as_ref(), text.clone())?);
        }
        names.add(thread, text.as_ref())?;
    }
    add(thread, module, "openssl_md_meth_names", names.into_value())?;
    let proxy = taipan_runtime_builtins::descriptors::mapping_proxy(thread, constructors.into_value())?;
    add(thread, module, "_constructors", proxy)?;
    add(thread, module, "_GIL_MINSIZE", Value::small(GIL_MINSIZE))
}

/// `_hashlib`
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_hashlib", doc: None, functions: &FUNCTIONS, exec: Some(exec) };

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&HASH, &HASHXOF]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &HASH, &HASH_METHODS)?;
    install::attributes(thread, &HASH, &HASH_ATTRIBUTES)?;
    install::methods(thread, &HASHXOF, &HASHXOF_METHODS)?;
    install::attributes(thread, &HASHXOF, &HASHXOF_ATTRIBUTES)
}

/// A key, as bytes.
pub(crate) fn key_of(thread: &Thread, key: &[u8]) -> PyResult<Value> {
    Ok(PyBytes::new(thread, key)?.into_value())
}
