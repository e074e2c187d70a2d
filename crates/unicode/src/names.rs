//! Characters by name, as `\N{...}` takes them: in any case of letters, but otherwise exactly.

use crate::aliases::ALIASES;
use crate::sequences::SEQUENCES;

/// Longer than any name.
const MAX_LEN: usize = 100;

/// The ideographs that are named by their code points and that the tables of names leave out.
const TANGUT: &str = "TANGUT IDEOGRAPH-";
const TANGUT_RANGES: [std::ops::RangeInclusive<u32>; 2] = [0x17000..=0x187F7, 0x18D00..=0x18D08];

/// The character of this name or alias; named sequences are no characters.
pub fn character_named(name: &str) -> Option<char> {
    if name.len() > MAX_LEN || !name.is_ascii() {
        return None;
    }
    let name = name.to_ascii_uppercase();
    if let Ok(found) = ALIASES.binary_search_by_key(&name.as_str(), |&(alias, _)| alias) {
        return ALIASES.get(found).map(|&(_, character)| character);
    }
    if let Some(digits) = name.strip_prefix(TANGUT) {
        let code = if digits.len() == 5 { u32::from_str_radix(digits, 16).ok()? } else { return None };
        return TANGUT_RANGES.iter().any(|range| range.contains(&code)).then(|| char::from_u32(code))?;
    }
    // the crate takes it for the control character
    if name == "BELL" {
        return Some('\u{1F514}');
    }
    // the crate matches loosely: without spaces, hyphens and underscores
    let found = unicode_names2::character(&name)?;
    let official = unicode_names2::name(found)?;
    (official.to_string() == name).then_some(found)
}

/// The name of a character; control characters have none.
pub fn name_of(character: char) -> Option<String> {
    let code = character.into();
    if TANGUT_RANGES.iter().any(|range| range.contains(&code)) {
        return Some(format!("{TANGUT}{code:X}"));
    }
    Some(unicode_names2::name(character)?.to_string())
}

/// The characters of a named sequence.
pub fn sequence_named(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    let at = SEQUENCES.binary_search_by_key(&name.as_str(), |&(known, _)| known).ok()?;
    SEQUENCES.get(at).map(|&(_, characters)| characters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_in_any_case_but_not_loosely() {
        for (name, character) in [
            ("bullet", '\u{2022}'),
            ("LATIN SMALL LETTER GHA", '\u{1A3}'),
            ("End of Line", '\n'),
            ("CJK UNIFIED IDEOGRAPH-4e00", '\u{4E00}'),
            ("Hangul Syllable gag", '\u{AC01}'),
            ("TANGUT IDEOGRAPH-18d08", '\u{18D08}'),
        ] {
            assert_eq!(character_named(name), Some(character), "{name}");
        }
        for name in
            ["", "linefeed", "bul let", "low_line", "CJK UNIFIED IDEOGRAPH-04E00", "TANGUT IDEOGRAPH-+1700"]
        {
            assert_eq!(character_named(name), None, "{name}");
        }
        assert_eq!(character_named(&"A".repeat(10_000)), None);
    }
}
