//! Chains of filters: dicts as Python has them, what the library takes, and the bytes that stand in headers.

use liblzma::stream::{Error, Filters, LzmaOptions, MatchFinder, Mode};
use taipan_object::buffer::bytes_of;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::{ERROR, failed, to_u32, unsigned};
use crate::streams::bytes;

pub(super) const LZMA1: u64 = 0x4000_0000_0000_0001;
pub(super) const LZMA2: u64 = 0x21;
pub(super) const DELTA: u64 = 3;
/// The first and the last filter of machine code.
const CODE: std::ops::RangeInclusive<u64> = 4..=9;

/// The most filters of a chain.
const MOST: usize = 4;

/// A filter.
pub(super) enum Filter {
    /// LZMA, of the first or second kind.
    Lzma { second: bool, settings: Settings },
    /// The difference to so many bytes before.
    Delta(u32),
    /// Addresses in machine code.
    Code { id: u64, start: u32 },
}

/// What is said of LZMA; what is not given is that of the preset.
#[derive(Clone, Copy, Default)]
pub(super) struct Settings {
    preset: u32,
    /// The size of the dictionary, bits of literal context, of literal position, of position, the mode, the length that
    /// is long enough, the match finder, its depth.
    given: [Option<u32>; 8],
}

/// Their names.
const NAMES: [&str; 8] = ["dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];

impl Settings {
    /// Those of a preset; none if there is no such.
    pub(super) fn preset(preset: u32) -> Option<Settings> {
        LzmaOptions::new_preset(preset).ok()?;
        Some(Settings { preset, ..Settings::default() })
    }

    /// What the library takes.
    pub(super) fn options(&self) -> Result<LzmaOptions, Error> {
        let mut options = LzmaOptions::new_preset(self.preset)?;
        let [dict_size, lc, lp, pb, mode, nice_len, finder, depth] = self.given;
        type Setter = fn(&mut LzmaOptions, u32) -> &mut LzmaOptions;
        let setters: [(Option<u32>, Setter); 6] = [
            (dict_size, LzmaOptions::dict_size),
            (lc, LzmaOptions::literal_context_bits),
            (lp, LzmaOptions::literal_position_bits),
            (pb, LzmaOptions::position_bits),
            (nice_len, LzmaOptions::nice_len),
            (depth, LzmaOptions::depth),
        ];
        for (number, set) in setters {
            if let Some(number) = number {
                set(&mut options, number);
            }
        }
        if let Some(mode) = mode {
            options.mode(match mode {
                1 => Mode::Fast,
                2 => Mode::Normal,
                _ => return Err(Error::Options),
            });
        }
        if let Some(finder) = finder {
            options.match_finder(match finder {
                3 => MatchFinder::HashChain3,
                4 => MatchFinder::HashChain4,
                18 => MatchFinder::BinaryTree2,
                19 => MatchFinder::BinaryTree3,
                20 => MatchFinder::BinaryTree4,
                _ => return Err(Error::Options),
            });
        }
        Ok(options)
    }

    /// The size of the dictionary, and the bits.
    fn header(&self) -> (u32, [u32; 3]) {
        /// Logarithms of the sizes of the presets.
        const SIZES: [u32; 10] = [18, 20, 21, 22, 22, 23, 23, 24, 25, 26];
        let size = SIZES.get((self.preset & 0x1F) as usize).copied().unwrap_or(23);
        let [dict_size, lc, lp, pb, ..] = self.given;
        (dict_size.unwrap_or(1 << size), [lc.unwrap_or(3), lp.unwrap_or(0), pb.unwrap_or(2)])
    }
}

/// The chain as the library takes it.
pub(super) fn chain(filters: &[Filter]) -> Result<Filters, Error> {
    let mut chain = Filters::new();
    for filter in filters {
        match filter {
            Filter::Lzma { second: false, settings } => {
                chain.lzma1(&settings.options()?);
            }
            Filter::Lzma { second: true, settings } => {
                chain.lzma2(&settings.options()?);
            }
            Filter::Delta(distance) => {
                let byte = distance.checked_sub(1).and_then(|less| u8::try_from(less).ok());
                chain.delta_properties(&[byte.ok_or(Error::Options)?])?;
            }
            Filter::Code { id, start } => {
                let start = start.to_le_bytes();
                match id {
                    4 => chain.x86_properties(&start)?,
                    5 => chain.powerpc_properties(&start)?,
                    6 => chain.ia64_properties(&start)?,
                    7 => chain.arm_properties(&start)?,
                    8 => chain.arm_thumb_properties(&start)?,
                    _ => chain.sparc_properties(&start)?,
                };
            }
        }
    }
    Ok(chain)
}

/// Reads a sequence of filters.
pub(super) fn read_all(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<Filter>> {
    if value.ty().slots().subscript.get().is_some() && value.ty().slots().item.get().is_none() {
        let ty = value.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "{ty} is not a sequence"));
    }
    let count = protocol::length(thread, value)?;
    if count > MOST {
        let message = "Too many filters - liblzma supports a maximum of 4";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let mut filters = Vec::new();
    for at in 0..count {
        let at = Value::int(thread, at as i64)?;
        let filter = protocol::subscript(thread, value, at.as_ref())?;
        filters.push(read(thread, filter.as_ref())?);
    }
    Ok(filters)
}

/// Reads a filter.
fn read(thread: &Thread, value: Ref<'_>) -> PyResult<Filter> {
    let key = intern_text(thread, "id")?.into_value();
    if value.ty().slots().subscript.get().is_none() || value.ty().slots().item.get().is_some() {
        return Err(raise!(thread, TYPE_ERROR, "Filter specifier must be a dict or dict-like object"));
    }
    let id = match protocol::subscript(thread, value, key.as_ref()) {
        Ok(id) => id,
        Err(raised) => {
            let error = thread.catch(raised);
            if !error.as_ref().ty().is_subtype(&taipan_object::exception::KEY_ERROR) {
                return Err(thread.raise(error));
            }
            return Err(raise!(thread, VALUE_ERROR, "Filter specifier must have an \"id\" entry"));
        }
    };
    let id = unsigned(thread, id.as_ref(), 64, "lzma_vli")?;
    match id {
        LZMA1 | LZMA2 => Ok(Filter::Lzma { second: id == LZMA2, settings: read_lzma(thread, value)? }),
        DELTA => Ok(Filter::Delta(entry(thread, value, "dist", &["id", "dist"], "delta")?.unwrap_or(1))),
        id if CODE.contains(&id) => {
            let start = entry(thread, value, "start_offset", &["id", "start_offset"], "BCJ")?;
            Ok(Filter::Code { id, start: start.unwrap_or(0) })
        }
        _ => Err(raise!(thread, VALUE_ERROR, "Invalid filter ID: {id}")),
    }
}

fn invalid(thread: &Thread, kind: &str) -> taipan_object::Raised {
    raise!(thread, VALUE_ERROR, "Invalid filter specifier for {kind} filter")
}

/// A number of a filter; the filter has entries of the known names only.
fn entry(thread: &Thread, value: Ref<'_>, name: &str, known: &[&str], kind: &str) -> PyResult<Option<u32>> {
    let Some(dict) = value.get::<PyDict>() else { return Err(invalid(thread, kind)) };
    let mut cursor = DictCursor::start();
    while let Some((key, _)) = cursor.next(dict) {
        let is_known =
            key.as_ref().get::<PyStr>().is_some_and(|key| known.iter().any(|name| key.equals_text(name)));
        if !is_known {
            return Err(invalid(thread, kind));
        }
    }
    let name = intern_text(thread, name)?;
    let Some(number) = dict.get_str(thread, &name)? else { return Ok(None) };
    match to_u32(thread, number.as_ref()) {
        Ok(number) => Ok(Some(number)),
        Err(raised) => {
            drop(thread.catch(raised));
            Err(invalid(thread, kind))
        }
    }
}

fn read_lzma(thread: &Thread, value: Ref<'_>) -> PyResult<Settings> {
    let mut known = vec!["id", "preset"];
    known.extend(NAMES);
    let mut settings = Settings { preset: 6, ..Settings::default() };
    let key = intern_text(thread, "preset")?;
    if let Some(dict) = value.get::<PyDict>()
        && let Some(preset) = dict.get_str(thread, &key)?
    {
        settings.preset = to_u32(thread, preset.as_ref())?;
        if Settings::preset(settings.preset).is_none() {
            let preset = settings.preset;
            return Err(thread.raise_message(&ERROR, format_args!("Invalid compression preset: {preset}")));
        }
    }
    for (place, name) in settings.given.iter_mut().zip(NAMES) {
        *place = entry(thread, value, name, &known, "LZMA")?;
    }
    Ok(settings)
}

/// The number that stands for the size of a dictionary: that of the smallest size that is large enough.
fn size_code(size: u32) -> u8 {
    let sizes = (0_u8..40).map(|code| (u64::from(2 | code & 1)) << (code / 2 + 11));
    let found = (0..).zip(sizes).find(|(_, known)| *known >= u64::from(size));
    found.map_or(40, |(code, _)| code)
}

/// `_encode_filter_properties(filter)`.
pub(super) fn encode(thread: &Thread, _: Ref<'_>, filter: Ref<'_>) -> PyResult<Value> {
    match read(thread, filter)? {
        Filter::Lzma { second: false, settings } => {
            let (size, [lc, lp, pb]) = settings.header();
            if lc > 4 || lp > 4 || pb > 4 || lc + lp > 4 {
                return Err(failed(thread, Error::Program));
            }
            let mut header = vec![((pb * 5 + lp) * 9 + lc) as u8];
            header.extend(size.to_le_bytes());
            bytes(thread, &header)
        }
        Filter::Lzma { second: true, settings } => bytes(thread, &[size_code(settings.header().0)]),
        Filter::Delta(distance) => match distance.checked_sub(1).and_then(|less| u8::try_from(less).ok()) {
            Some(byte) => bytes(thread, &[byte]),
            None => Err(failed(thread, Error::Program)),
        },
        Filter::Code { start: 0, .. } => bytes(thread, b""),
        Filter::Code { start, .. } => bytes(thread, &start.to_le_bytes()),
    }
}

/// `_decode_filter_properties(filter_id, encoded_props)`.
pub(super) fn decode(thread: &Thread, _: Ref<'_>, id: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let id = unsigned(thread, id, 64, "lzma_vli")?;
    let given = bytes_of(thread, given)?;
    let fields: Vec<(&str, u32)> = match (id, &*given) {
        (LZMA1, &[bits, a, b, c, d]) => {
            let (lc, lp, pb) = (bits % 9, bits / 9 % 5, bits / 45);
            if pb > 4 || lc + lp > 4 {
                return Err(failed(thread, Error::Options));
            }
            let size = u32::from_le_bytes([a, b, c, d]);
            vec![("lc", lc.into()), ("lp", lp.into()), ("pb", pb.into()), ("dict_size", size)]
        }
        (LZMA2, &[40]) => vec![("dict_size", u32::MAX)],
        (LZMA2, &[code]) if code < 40 => vec![("dict_size", u32::from(2 | code & 1) << (code / 2 + 11))],
        (DELTA, &[less]) => vec![("dist", u32::from(less) + 1)],
        (id, b"") if CODE.contains(&id) => Vec::new(),
        (id, &[a, b, c, d]) if CODE.contains(&id) => {
            let start = u32::from_le_bytes([a, b, c, d]);
            if start == 0 { Vec::new() } else { vec![("start_offset", start)] }
        }
        // known to the library, but not to the module
        (10 | 11, b"" | [_, _, _, _]) => return Err(raise!(thread, VALUE_ERROR, "Invalid filter ID: {id}")),
        _ => return Err(failed(thread, Error::Options)),
    };
    let dict = PyDict::new(thread)?;
    drop(dict.insert(thread, intern_text(thread, "id")?.as_ref(), Value::uint(thread, id)?)?);
    for (name, value) in fields {
        drop(dict.insert(thread, intern_text(thread, name)?.as_ref(), Value::int(thread, value.into())?)?);
    }
    Ok(dict.into_value())
}
