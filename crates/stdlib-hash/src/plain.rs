//! The modules `_md5`, `_sha1`, `_sha2` and `_sha3`.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::descriptor::GetSetDef;
use taipan_object::module::PyModule;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::algorithm::Algorithm;
use crate::object::{self, constructor, hash_attributes, hash_types};

/// From as many bytes on CPython lets other threads run; tests ask for the number.
pub(crate) const GIL_MINSIZE: i32 = 2048;

hash_types! {
    /// `_md5.md5`
    Md5 MD5 "_md5.md5", flags flags::DISALLOW_INSTANTIATION, does {};
    /// `_sha1.sha1`
    Sha1 SHA1 "_sha1.sha1", flags flags::DISALLOW_INSTANTIATION, does {};
    /// `_sha2.SHA224Type`
    Sha224 SHA224 "_sha2.SHA224Type", flags flags::DISALLOW_INSTANTIATION, does {};
    /// `_sha2.SHA256Type`
    Sha256 SHA256 "_sha2.SHA256Type", flags flags::DISALLOW_INSTANTIATION, does {};
    /// `_sha2.SHA384Type`
    Sha384 SHA384 "_sha2.SHA384Type", flags flags::DISALLOW_INSTANTIATION, does {};
    /// `_sha2.SHA512Type`
    Sha512 SHA512 "_sha2.SHA512Type", flags flags::DISALLOW_INSTANTIATION, does {};
    /// `_sha3.sha3_224`
    Sha3_224 SHA3_224 "_sha3.sha3_224", flags 0, does { new: |t, _, a, n| object::make::<Sha3_224>(t, Algorithm::Sha3_224, &constructor("sha3_224"), a, n) };
    /// `_sha3.sha3_256`
    Sha3_256 SHA3_256 "_sha3.sha3_256", flags 0, does { new: |t, _, a, n| object::make::<Sha3_256>(t, Algorithm::Sha3_256, &constructor("sha3_256"), a, n) };
    /// `_sha3.sha3_384`
    Sha3_384 SHA3_384 "_sha3.sha3_384", flags 0, does { new: |t, _, a, n| object::make::<Sha3_384>(t, Algorithm::Sha3_384, &constructor("sha3_384"), a, n) };
    /// `_sha3.sha3_512`
    Sha3_512 SHA3_512 "_sha3.sha3_512", flags 0, does { new: |t, _, a, n| object::make::<Sha3_512>(t, Algorithm::Sha3_512, &constructor("sha3_512"), a, n) };
    /// `_sha3.shake_128`
    Shake128 SHAKE_128 "_sha3.shake_128", flags 0, does { new: |t, _, a, n| object::make::<Shake128>(t, Algorithm::Shake128, &constructor("shake_128"), a, n) };
    /// `_sha3.shake_256`
    Shake256 SHAKE_256 "_sha3.shake_256", flags 0, does { new: |t, _, a, n| object::make::<Shake256>(t, Algorithm::Shake256, &constructor("shake_256"), a, n) };
}

macro_rules! tables {
    ($($methods:ident $attributes:ident $state:ident;)*) => {
        $(
            method_table! { $methods:
                Instance None c"copy" "($self, /)" object::copy::<$state>, c"A hash object in the same state.";
                Instance One c"update" "($self, obj, /)" object::update::<$state>, c"Hashes more bytes.";
                Instance None c"digest" "($self, /)" object::digest::<$state>, c"The digest, as bytes.";
                Instance None c"hexdigest" "($self, /)" object::hexdigest::<$state>, c"The digest, as text.";
            }
            hash_attributes!($attributes: $state);
        )*
    };
}

tables! {
    MD5_METHODS MD5_ATTRIBUTES Md5;
    SHA1_METHODS SHA1_ATTRIBUTES Sha1;
    SHA224_METHODS SHA224_ATTRIBUTES Sha224;
    SHA256_METHODS SHA256_ATTRIBUTES Sha256;
    SHA384_METHODS SHA384_ATTRIBUTES Sha384;
    SHA512_METHODS SHA512_ATTRIBUTES Sha512;
    SHA3_224_METHODS SHA3_224_ATTRIBUTES Sha3_224;
    SHA3_256_METHODS SHA3_256_ATTRIBUTES Sha3_256;
    SHA3_384_METHODS SHA3_384_ATTRIBUTES Sha3_384;
    SHA3_512_METHODS SHA3_512_ATTRIBUTES Sha3_512;
}

macro_rules! long_tables {
    ($($methods:ident $attributes:ident $state:ident;)*) => {
        $(
            method_table! { $methods:
                Instance None c"copy" "($self, /)" object::copy::<$state>, c"A hash object in the same state.";
                Instance One c"update" "($self, data, /)" object::update::<$state>, c"Hashes more bytes.";
                Instance Keywords c"digest" "($self, /, length)" object::digest_of::<$state>, c"A digest of that length, as bytes.";
                Instance Keywords c"hexdigest" "($self, /, length)" object::hexdigest_of::<$state>, c"A digest of that length, as text.";
            }
            hash_attributes!($attributes: $state);
        )*
    };
}

long_tables! {
    SHAKE_128_METHODS SHAKE_128_ATTRIBUTES Shake128;
    SHAKE_256_METHODS SHAKE_256_ATTRIBUTES Shake256;
}

macro_rules! constructors {
    ($($table:ident: $($name:literal $text:literal $state:ident;)*)*) => {
        $(
            method_table! { $table:
                $(Instance Keywords $name "($module, /, data=b'', *, usedforsecurity=True, string=None)" |thread, _, arguments, names| {
                    object::make::<$state>(thread, Algorithm::$state, &constructor($text), arguments, names)
                }, c"A new hash object.";)*
            }
        )*
    };
}

constructors! {
    MD5_FUNCTIONS: c"md5" "md5" Md5;
    SHA1_FUNCTIONS: c"sha1" "sha1" Sha1;
    SHA2_FUNCTIONS: c"sha224" "sha224" Sha224; c"sha256" "sha256" Sha256; c"sha384" "sha384" Sha384; c"sha512" "sha512" Sha512;
}

fn add_all(thread: &Thread, module: &PyModule, types: &[(&str, &'static PyTypeObject)]) -> PyResult<()> {
    for (name, ty) in types {
        add(thread, module, name, as_ref(*ty).to_value())?;
    }
    add(thread, module, "_GIL_MINSIZE", Value::small(GIL_MINSIZE))
}

/// `_md5`
pub(crate) static MD5_MODULE: ModuleDef = ModuleDef {
    name: "_md5",
    doc: None,
    functions: &MD5_FUNCTIONS,
    exec: Some(|thread, module| add_all(thread, module, &[("MD5Type", &MD5)])),
};

/// `_sha1`
pub(crate) static SHA1_MODULE: ModuleDef = ModuleDef {
    name: "_sha1",
    doc: None,
    functions: &SHA1_FUNCTIONS,
    exec: Some(|thread, module| add_all(thread, module, &[("SHA1Type", &SHA1)])),
};

/// `_sha2`
pub(crate) static SHA2_MODULE: ModuleDef = ModuleDef {
    name: "_sha2",
    doc: None,
    functions: &SHA2_FUNCTIONS,
    exec: Some(|thread, module| {
        let types: [(&str, &'static PyTypeObject); 4] = [
            ("SHA224Type", &SHA224),
            ("SHA256Type", &SHA256),
            ("SHA384Type", &SHA384),
            ("SHA512Type", &SHA512),
        ];
        add_all(thread, module, &types)
    }),
};

/// `_sha3`
pub(crate) static SHA3_MODULE: ModuleDef = ModuleDef {
    name: "_sha3",
    doc: None,
    functions: &[],
    exec: Some(|thread, module| {
        let types: [(&str, &'static PyTypeObject); 6] = [
            ("sha3_224", &SHA3_224),
            ("sha3_256", &SHA3_256),
            ("sha3_384", &SHA3_384),
            ("sha3_512", &SHA3_512),
            ("shake_128", &SHAKE_128),
            ("shake_256", &SHAKE_256),
        ];
        add_all(thread, module, &types)?;
        let text = taipan_object::str::PyStr::from_text(thread, "RustCrypto")?;
        add(thread, module, "implementation", text.into_value())
    }),
};

/// What a sponge's state is made of.
macro_rules! sponge_attributes {
    ($($static:ident $state:ident;)*) => {
        $(
            static $static: [GetSetDef; 3] = [
                GetSetDef {
                    name: "_capacity_bits",
                    get: |thread, this| Ok(Value::small(1600 - rate_bits::<$state>(thread, this)?)),
                    set: None,
                    doc: "The bits of the state that are neither read nor written.",
                },
                GetSetDef {
                    name: "_rate_bits",
                    get: |thread, this| Ok(Value::small(rate_bits::<$state>(thread, this)?)),
                    set: None,
                    doc: "The bits of a block.",
                },
                GetSetDef { name: "_suffix", get: suffix::<$state>, set: None, doc: "What ends a message." },
            ];
        )*
    };
}

sponge_attributes! {
    SHA3_224_SPONGE Sha3_224;
    SHA3_256_SPONGE Sha3_256;
    SHA3_384_SPONGE Sha3_384;
    SHA3_512_SPONGE Sha3_512;
    SHAKE_128_SPONGE Shake128;
    SHAKE_256_SPONGE Shake256;
}

fn rate_bits<S: object::Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<i32> {
    Ok(object::algorithm::<S>(thread, this)?.block_size() as i32 * 8)
}

fn suffix<S: object::Holder>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let suffix = if object::algorithm::<S>(thread, this)?.is_extendable() { b"\x1f" } else { b"\x06" };
    Ok(PyBytes::new(thread, suffix)?.into_value())
}

/// The static types of these modules.
pub(crate) fn types() -> [&'static PyTypeObject; 12] {
    [
        &MD5, &SHA1, &SHA224, &SHA256, &SHA384, &SHA512, &SHA3_224, &SHA3_256, &SHA3_384, &SHA3_512,
        &SHAKE_128, &SHAKE_256,
    ]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    macro_rules! complete {
        ($($ty:ident $methods:ident $attributes:ident;)*) => {
            $(
                install::methods(thread, &$ty, &$methods)?;
                install::attributes(thread, &$ty, &$attributes)?;
            )*
        };
    }
    complete! {
        MD5 MD5_METHODS MD5_ATTRIBUTES;
        SHA1 SHA1_METHODS SHA1_ATTRIBUTES;
        SHA224 SHA224_METHODS SHA224_ATTRIBUTES;
        SHA256 SHA256_METHODS SHA256_ATTRIBUTES;
        SHA384 SHA384_METHODS SHA384_ATTRIBUTES;
        SHA512 SHA512_METHODS SHA512_ATTRIBUTES;
        SHA3_224 SHA3_224_METHODS SHA3_224_ATTRIBUTES;
        SHA3_256 SHA3_256_METHODS SHA3_256_ATTRIBUTES;
        SHA3_384 SHA3_384_METHODS SHA3_384_ATTRIBUTES;
        SHA3_512 SHA3_512_METHODS SHA3_512_ATTRIBUTES;
        SHAKE_128 SHAKE_128_METHODS SHAKE_128_ATTRIBUTES;
        SHAKE_256 SHAKE_256_METHODS SHAKE_256_ATTRIBUTES;
    }
    for (ty, sponge) in [
        (&*SHA3_224 as &'static PyTypeObject, &SHA3_224_SPONGE),
        (&*SHA3_256, &SHA3_256_SPONGE),
        (&*SHA3_384, &SHA3_384_SPONGE),
        (&*SHA3_512, &SHA3_512_SPONGE),
        (&*SHAKE_128, &SHAKE_128_SPONGE),
        (&*SHAKE_256, &SHAKE_256_SPONGE),
    ] {
        install::attributes(thread, ty, sponge)?;
    }
    Ok(())
}
