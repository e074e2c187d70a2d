//! The module `_blake2`.

use taipan_object::buffer::bytes_of;
use taipan_object::declare::method_table;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::algorithm::Hasher;
use crate::object::{self, data_argument, data_of, feed, hash_attributes, hash_types};
use crate::plain::GIL_MINSIZE;

hash_types! {
    /// `_blake2.blake2b`
    Blake2b BLAKE2B "_blake2.blake2b", flags 0, does { new: |t, _, a, n| new::<Wide>(t, a, n) };
    /// `_blake2.blake2s`
    Blake2s BLAKE2S "_blake2.blake2s", flags 0, does { new: |t, _, a, n| new::<Narrow>(t, a, n) };
}

macro_rules! tables {
    ($($methods:ident $attributes:ident $state:ident;)*) => {
        $(
            method_table! { $methods:
                Instance None c"copy" "($self, /)" object::copy::<$state>, c"A hash object in the same state.";
                Instance One c"update" "($self, data, /)" object::update::<$state>, c"Hashes more bytes.";
                Instance None c"digest" "($self, /)" object::digest::<$state>, c"The digest, as bytes.";
                Instance None c"hexdigest" "($self, /)" object::hexdigest::<$state>, c"The digest, as text.";
            }
            hash_attributes!($attributes: $state);
        )*
    };
}

tables! {
    BLAKE2B_METHODS BLAKE2B_ATTRIBUTES Blake2b;
    BLAKE2S_METHODS BLAKE2S_ATTRIBUTES Blake2s;
}

/// What the parameters say, checked.
struct Tree<'a> {
    digest_size: usize,
    key: &'a [u8],
    salt: &'a [u8],
    person: &'a [u8],
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: usize,
    last_node: bool,
}

/// One of the two functions.
trait Variant {
    const FUNCTION: &'static str;
    const TITLE: &'static str;
    const DIGEST: usize;
    const KEY: usize;
    const SALT: usize;
    /// Offsets of nodes are smaller.
    const OFFSETS: u64;

    fn hasher(tree: &Tree<'_>) -> Hasher;

    fn object(thread: &Thread, hasher: Hasher) -> PyResult<Value>;
}

struct Wide;
struct Narrow;

macro_rules! variant {
    ($variant:ident $state:ident $crate_name:ident, $function:literal $title:literal, digest $digest:literal, salt $salt:literal, offsets $offsets:expr) => {
        impl Variant for $variant {
            const FUNCTION: &'static str = $function;
            const TITLE: &'static str = $title;
            const DIGEST: usize = $digest;
            const KEY: usize = $digest;
            const SALT: usize = $salt;
            const OFFSETS: u64 = $offsets;

            fn hasher(tree: &Tree<'_>) -> Hasher {
                let state = $crate_name::Params::new()
                    .hash_length(tree.digest_size)
                    .key(tree.key)
                    .salt(tree.salt)
                    .personal(tree.person)
                    .fanout(tree.fanout)
                    .max_depth(tree.depth)
                    .max_leaf_length(tree.leaf_size)
                    .node_offset(tree.node_offset)
                    .node_depth(tree.node_depth)
                    .inner_hash_length(tree.inner_size)
                    .last_node(tree.last_node)
                    .to_state();
                Hasher::$state(Box::new(state))
            }

            fn object(thread: &Thread, hasher: Hasher) -> PyResult<Value> {
                Ok(Native::new(thread, <$state as object::Holder>::of(hasher))?.into_value())
            }
        }
    };
}

variant!(Wide Blake2b blake2b_simd, "blake2b" "Blake2b", digest 64, salt 16, offsets u64::MAX);
variant!(Narrow Blake2s blake2s_simd, "blake2s" "Blake2s", digest 32, salt 8, offsets (1 << 48) - 1);

/// An int as CPython's converter to a C `unsigned` type takes it: none where it is too large.
fn unsigned(thread: &Thread, value: Ref<'_>, c_type: &str, most: u64) -> PyResult<Option<u64>> {
    let int = protocol::index(thread, value)?;
    let text = int.as_ref().int_to_text(10).unwrap_or_default();
    if text.starts_with('-') {
        return Err(raise!(thread, VALUE_ERROR, "Cannot convert negative int"));
    }
    match text.parse::<u64>() {
        Ok(number) if number <= most => Ok(Some(number)),
        Ok(_) => Ok(None),
        Err(_) => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large for C {c_type}")),
    }
}

fn small(thread: &Thread, value: Option<Ref<'_>>, name: &str, least: i64, default: u8) -> PyResult<u8> {
    let Some(value) = value else { return Ok(default) };
    let number = i64::from(taipan_runtime_builtins::arguments::to_int(thread, value)?);
    match u8::try_from(number) {
        Ok(small) if number >= least => Ok(small),
        _ => Err(raise!(thread, VALUE_ERROR, "{name} must be between {least} and 255")),
    }
}

#[cold]
fn too_long(thread: &Thread, what: &str, most: usize) -> Raised {
    raise!(thread, VALUE_ERROR, "maximum {what} length is {most} bytes")
}

fn part<'a>(
    thread: &Thread,
    value: Option<Ref<'a>>,
    what: &str,
    most: usize,
) -> PyResult<std::borrow::Cow<'a, [u8]>> {
    let Some(value) = value else { return Ok((&[]).into()) };
    let bytes = bytes_of(thread, value)?;
    if bytes.len() > most { Err(too_long(thread, what, most)) } else { Ok(bytes) }
}

fn new<V: Variant>(thread: &Thread, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let parameters = Parameters {
        function: V::FUNCTION,
        names: [
            "data",
            "digest_size",
            "key",
            "salt",
            "person",
            "fanout",
            "depth",
            "leaf_size",
            "node_offset",
            "node_depth",
            "inner_size",
            "last_node",
            "usedforsecurity",
            "string",
        ],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    let [data, size, key, salt, person, fanout, depth, leaf, offset, node_depth, inner, last, _, string] =
        parameters.bind(thread, arguments, names)?;
    let digest_size = match size {
        Some(size) => i64::from(taipan_runtime_builtins::arguments::to_int(thread, size)?),
        None => V::DIGEST as i64,
    };
    let Some(digest_size) = usize::try_from(digest_size).ok().filter(|size| (1..=V::DIGEST).contains(size))
    else {
        let (title, most) = (V::TITLE, V::DIGEST);
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "digest_size for {title} must be between 1 and {most} bytes, here it is {digest_size}"
        ));
    };
    let salt = part(thread, salt, "salt", V::SALT)?;
    let person = part(thread, person, "person", V::SALT)?;
    let fanout = small(thread, fanout, "fanout", 0, 1)?;
    let depth = small(thread, depth, "depth", 1, 1)?;
    let leaf_size = match leaf {
        Some(leaf) => match unsigned(thread, leaf, "unsigned long", u64::from(u32::MAX))? {
            Some(leaf) => leaf as u32,
            None => return Err(raise!(thread, OVERFLOW_ERROR, "leaf_size is too large")),
        },
        None => 0,
    };
    let node_offset = match offset {
        Some(offset) => match unsigned(thread, offset, "unsigned long long", V::OFFSETS)? {
            Some(offset) => offset,
            None => return Err(raise!(thread, OVERFLOW_ERROR, "node_offset is too large")),
        },
        None => 0,
    };
    let node_depth = small(thread, node_depth, "node_depth", 0, 0)?;
    let inner_size = match inner {
        Some(inner) => i64::from(taipan_runtime_builtins::arguments::to_int(thread, inner)?),
        None => 0,
    };
    let Some(inner_size) = usize::try_from(inner_size).ok().filter(|size| *size <= V::DIGEST) else {
        let most = V::DIGEST;
        return Err(raise!(thread, VALUE_ERROR, "inner_size must be between 0 and is {most}"));
    };
    let key = part(thread, key, "key", V::KEY)?;
    let last_node = last.map_or(Ok(false), |last| protocol::truth(thread, last))?;
    let tree = Tree {
        digest_size,
        key: &key,
        salt: &salt,
        person: &person,
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size,
        last_node,
    };
    let mut hasher = V::hasher(&tree);
    if let Some(data) = data_argument(thread, data, string)? {
        feed(thread, &mut hasher, &data_of(thread, data)?)?;
    }
    V::object(thread, hasher)
}

/// `_blake2`
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_blake2",
    doc: None,
    functions: &[],
    exec: Some(|thread, module| {
        let types: [(&str, &'static PyTypeObject); 2] = [("blake2b", &BLAKE2B), ("blake2s", &BLAKE2S)];
        for (name, ty) in types {
            add(thread, module, name, as_ref(ty).to_value())?;
        }
        for (prefix, digest, salt) in
            [("BLAKE2B", Wide::DIGEST, Wide::SALT), ("BLAKE2S", Narrow::DIGEST, Narrow::SALT)]
        {
            for (name, size) in [
                ("MAX_DIGEST_SIZE", digest),
                ("MAX_KEY_SIZE", digest),
                ("SALT_SIZE", salt),
                ("PERSON_SIZE", salt),
            ] {
                add(thread, module, &format!("{prefix}_{name}"), Value::int(thread, size as i64)?)?;
            }
        }
        add(thread, module, "_GIL_MINSIZE", Value::small(GIL_MINSIZE))
    }),
};

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&BLAKE2B, &BLAKE2S]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &BLAKE2B, &BLAKE2B_METHODS)?;
    install::attributes(thread, &BLAKE2B, &BLAKE2B_ATTRIBUTES)?;
    install::methods(thread, &BLAKE2S, &BLAKE2S_METHODS)?;
    install::attributes(thread, &BLAKE2S, &BLAKE2S_ATTRIBUTES)?;
    for (ty, digest, salt) in [
        (&*BLAKE2B as &'static PyTypeObject, Wide::DIGEST, Wide::SALT),
        (&*BLAKE2S as &'static PyTypeObject, Narrow::DIGEST, Narrow::SALT),
    ] {
        install::entries(thread, ty, move |thread, dict| {
            let sizes = [digest, digest, salt, salt].map(|size| Value::int(thread, size as i64));
            let names = ["MAX_DIGEST_SIZE", "MAX_KEY_SIZE", "SALT_SIZE", "PERSON_SIZE"];
            names
                .into_iter()
                .zip(sizes)
                .try_for_each(|(name, size)| install::insert(thread, dict, name, size?))
        })?;
    }
    Ok(())
}
