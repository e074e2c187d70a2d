//! Normal forms (Unicode Standard Annex 15). Of the current version they are those of the crate
//! `unicode-normalization`; in 3.2.0 only characters that it has are decomposed, as they were then.

use taipan_unicode::database::{self, Version};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

/// A normal form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    C,
    D,
    Kc,
    Kd,
}

impl Form {
    /// The form of this name.
    pub(super) fn of(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::C,
            "NFD" => Form::D,
            "NFKC" => Form::Kc,
            "NFKD" => Form::Kd,
            _ => return None,
        })
    }

    fn is_compatible(self) -> bool {
        matches!(self, Form::Kc | Form::Kd)
    }

    fn composes(self) -> bool {
        matches!(self, Form::C | Form::Kc)
    }
}

/// Code points in a normal form. Lone surrogates stay where they are, and what stands between is normalized by itself.
pub(super) fn normalized(version: Version, form: Form, points: &[u32]) -> Vec<u32> {
    let mut out = Vec::with_capacity(points.len());
    let is_surrogate = |point: &u32| (0xD800..0xE000).contains(point);
    for part in points.chunk_by(|a, b| is_surrogate(a) == is_surrogate(b)) {
        if part.first().is_some_and(is_surrogate) {
            out.extend_from_slice(part);
            continue;
        }
        let characters = part.iter().filter_map(|&point| char::from_u32(point));
        match (version, form) {
            (Version::Old, _) => old(form, characters, &mut out),
            (_, Form::C) => out.extend(characters.nfc().map(u32::from)),
            (_, Form::D) => out.extend(characters.nfd().map(u32::from)),
            (_, Form::Kc) => out.extend(characters.nfkc().map(u32::from)),
            (_, Form::Kd) => out.extend(characters.nfkd().map(u32::from)),
        }
    }
    out
}

const HANGUL: std::ops::Range<u32> = 0xAC00..0xD7A4;

/// The parts that a Hangul syllable decomposes to at once.
pub(super) fn hangul(c: u32) -> Option<Vec<u32>> {
    let at = HANGUL.contains(&c).then(|| c - HANGUL.start)?;
    let (lead, vowel, trail) = (0x1100 + at / 588, 0x1161 + at % 588 / 28, 0x11A7 + at % 28);
    Some(if trail == 0x11A7 { vec![lead, vowel] } else { vec![lead, vowel, trail] })
}

fn old(form: Form, characters: impl Iterator<Item = char>, out: &mut Vec<u32>) {
    let mut parts = Vec::new();
    characters.for_each(|c| decompose(form, c.into(), &mut parts));
    order(&mut parts);
    if form.composes() { composed(&parts, out) } else { out.extend(parts) }
}

/// The complete decomposition of a code point, in 3.2.0.
fn decompose(form: Form, c: u32, parts: &mut Vec<u32>) {
    // no decomposition there is goes through as many steps
    let mut pending = vec![c];
    while let Some(c) = pending.pop() {
        if let Some(syllable) = hangul(c) {
            parts.extend(syllable);
            continue;
        }
        if let Some(uncorrected) = database::uncorrected(c) {
            parts.push(uncorrected);
            continue;
        }
        let text = database::decomposition(Version::Old, c);
        let (tag, codes) = match text.strip_prefix('<').and_then(|text| text.split_once('>')) {
            Some((_, codes)) => (true, codes),
            None => (false, text),
        };
        if codes.is_empty() || tag && !form.is_compatible() {
            parts.push(c);
            continue;
        }
        pending.extend(codes.split_whitespace().rev().filter_map(|code| u32::from_str_radix(code, 16).ok()));
    }
}

fn class(c: u32) -> u8 {
    database::combining(Version::Current, c)
}

/// Puts combining characters in canonical order.
fn order(parts: &mut [u32]) {
    for run in parts.chunk_by_mut(|_, &next| class(next) != 0) {
        // the first one is a starter, or what stands first of all
        let from = usize::from(run.first().is_some_and(|&first| class(first) == 0));
        if let Some(combining) = run.get_mut(from..) {
            combining.sort_by_key(|&c| class(c));
        }
    }
}

/// Puts together what composes.
fn composed(parts: &[u32], out: &mut Vec<u32>) {
    let begin = out.len();
    let mut starter: Option<usize> = None;
    let mut last_class = 0;
    for &c in parts {
        let own = class(c);
        let adjacent = starter.is_some_and(|at| at + 1 == out.len());
        if let Some(at) = starter
            && (adjacent || last_class < own)
            && let Some(first) = out.get(at).copied()
            && let (Some(a), Some(b)) = (char::from_u32(first), char::from_u32(c))
            && let Some(whole) = compose(a, b)
        {
            if let Some(place) = out.get_mut(at) {
                *place = whole.into();
            }
            continue;
        }
        if own == 0 {
            starter = Some(out.len());
        }
        last_class = own;
        out.push(c);
    }
    debug_assert!(out.len() >= begin);
}
