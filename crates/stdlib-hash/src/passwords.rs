//! Keys from passwords: PBKDF2 and scrypt. Other threads run while a key is made.

use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use taipan_object::buffer::bytes_of;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use crate::algorithm::Algorithm;
use crate::hashlib::{key_of, unsupported};

const PBKDF2: Parameters<5> = Parameters {
    function: "pbkdf2_hmac",
    names: ["hash_name", "password", "salt", "iterations", "dklen"],
    positional_only: 0,
    positional: 5,
    required: 4,
};

/// A long as CPython converts it.
fn long(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let int = protocol::index(thread, value)?;
    int.as_ref()
        .to_i64()
        .ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"))
}

/// Room for a key.
fn room(thread: &Thread, length: i64) -> PyResult<Vec<u8>> {
    let length = usize::try_from(length).unwrap_or(0);
    let mut key = Vec::new();
    if key.try_reserve_exact(length).is_err() {
        return Err(thread.raise_memory_error());
    }
    key.resize(length, 0);
    Ok(key)
}

/// Derives a key; false if the function is not one for it.
fn derive(algorithm: Algorithm, password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) -> bool {
    use pbkdf2::pbkdf2_hmac as by;
    match algorithm {
        Algorithm::Md5 => by::<md5::Md5>(password, salt, rounds, key),
        Algorithm::Sha1 => by::<sha1::Sha1>(password, salt, rounds, key),
        Algorithm::Sha224 => by::<Sha224>(password, salt, rounds, key),
        Algorithm::Sha256 => by::<Sha256>(password, salt, rounds, key),
        Algorithm::Sha384 => by::<Sha384>(password, salt, rounds, key),
        Algorithm::Sha512 => by::<Sha512>(password, salt, rounds, key),
        Algorithm::Sha512_224 => by::<Sha512_224>(password, salt, rounds, key),
        Algorithm::Sha512_256 => by::<Sha512_256>(password, salt, rounds, key),
        Algorithm::Sha3_224 => by::<Sha3_224>(password, salt, rounds, key),
        Algorithm::Sha3_256 => by::<Sha3_256>(password, salt, rounds, key),
        Algorithm::Sha3_384 => by::<Sha3_384>(password, salt, rounds, key),
        Algorithm::Sha3_512 => by::<Sha3_512>(password, salt, rounds, key),
        _ => return false,
    }
    true
}

pub(crate) fn pbkdf2_hmac(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(name), Some(password), Some(salt), Some(rounds), length] =
        PBKDF2.bind(thread, arguments, names)?
    else {
        return Ok(Value::none());
    };
    let Some(text) = name.get::<PyStr>() else {
        let got = name.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "pbkdf2_hmac() argument 'hash_name' must be str, not {got}"));
    };
    let (password, salt) = (bytes_of(thread, password)?, bytes_of(thread, salt)?);
    let rounds = long(thread, rounds)?;
    let algorithm = Algorithm::of_name(&text.to_text_lossy()).ok_or_else(|| unsupported(thread, module))?;
    if rounds < 1 {
        return Err(raise!(thread, VALUE_ERROR, "iteration value must be greater than 0."));
    }
    let Ok(rounds) = i32::try_from(rounds) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "iteration value is too great."));
    };
    let length = match length.filter(|length| !length.is_none()) {
        Some(length) => long(thread, length)?,
        None => algorithm.digest_size() as i64,
    };
    if length < 1 {
        return Err(raise!(thread, VALUE_ERROR, "key length must be greater than 0."));
    }
    if length > i64::from(i32::MAX) {
        return Err(raise!(thread, OVERFLOW_ERROR, "key length is too great."));
    }
    let mut key = room(thread, length)?;
    let (password, salt) = (password.into_owned(), salt.into_owned());
    let done = thread.released(|| derive(algorithm, &password, &salt, rounds.unsigned_abs(), &mut key));
    if done { key_of(thread, &key) } else { Err(unsupported(thread, module)) }
}

const SCRYPT: Parameters<7> = Parameters {
    function: "scrypt",
    names: ["password", "salt", "n", "r", "p", "maxmem", "dklen"],
    positional_only: 0,
    positional: 1,
    required: 5,
};

/// OpenSSL's limit of memory, if nobody sets another.
const MEMORY: u64 = 32 << 20;

pub(crate) fn scrypt(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(password), Some(salt), Some(n), Some(r), Some(p), memory, length] =
        SCRYPT.bind(thread, arguments, names)?
    else {
        return Ok(Value::none());
    };
    let (password, salt) = (bytes_of(thread, password)?.into_owned(), bytes_of(thread, salt)?.into_owned());
    let (n, r, p) = (long(thread, n)?, long(thread, r)?, long(thread, p)?);
    let memory = memory.map_or(Ok(0), |memory| long(thread, memory))?;
    let length = length.map_or(Ok(64), |length| long(thread, length))?;
    if n < 2 || n & (n - 1) != 0 {
        return Err(raise!(thread, VALUE_ERROR, "n must be a power of 2."));
    }
    if !(0..=i64::from(i32::MAX)).contains(&memory) {
        let most = i32::MAX;
        return Err(raise!(thread, VALUE_ERROR, "maxmem must be positive and smaller than {most}"));
    }
    if !(1..=i64::from(i32::MAX)).contains(&length) {
        let most = i32::MAX;
        return Err(raise!(thread, VALUE_ERROR, "dklen must be greater than 0 and smaller than {most}"));
    }
    let invalid = || raise!(thread, VALUE_ERROR, "Invalid parameter combination for n, r, p, maxmem.");
    let (Ok(r), Ok(p)) = (u32::try_from(r), u32::try_from(p)) else { return Err(invalid()) };
    let parameters = scrypt::Params::new(n.trailing_zeros() as u8, r, p, 32).map_err(|_| invalid())?;
    let limit = if memory == 0 { MEMORY } else { memory.unsigned_abs() };
    let blocks = 128 * u64::from(r) * (u64::from(p) + 2);
    let needed = (n.unsigned_abs()).saturating_mul(128 * u64::from(r)).saturating_add(blocks);
    if needed > limit {
        return Err(raise!(thread, VALUE_ERROR, "[digital envelope routines] memory limit exceeded"));
    }
    let mut key = room(thread, length)?;
    let made = thread.released(|| scrypt::scrypt(&password, &salt, &parameters, &mut key));
    made.map_err(|_| invalid())?;
    key_of(thread, &key)
}
