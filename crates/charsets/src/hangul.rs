//! Syllables that KS X 1001 has no code for, written in parts: a mark, then the first consonant, the vowel and the last
//! consonant, each as a letter of two bytes.

use crate::Failure;
use crate::table::Meaning;

/// What such a syllable begins with, which is the code of no consonant as well.
pub(crate) const MARK: u32 = 0xa4d4;

const SYLLABLES: u32 = 0xac00;
const VOWELS: u32 = 21;
const LASTS: u32 = 28;

/// The second byte of each first consonant.
const FIRST: [u8; 19] = [
    0xa1, 0xa2, 0xa4, 0xa7, 0xa8, 0xa9, 0xb1, 0xb2, 0xb3, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc,
    0xbd, 0xbe,
];
/// The second byte of the first vowel; the others follow.
const VOWEL: u8 = 0xbf;
/// The second byte of each last consonant, that for none first.
const LAST: [u8; 28] = [
    0xd4, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0xb0, 0xb1,
    0xb2, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xba, 0xbb, 0xbc, 0xbd, 0xbe,
];

pub(crate) fn read(rest: &[u8]) -> Result<(usize, Meaning), Failure> {
    let Some(&[_, _, a, first, b, vowel, c, last]) = rest.first_chunk() else {
        return Err(Failure::Incomplete);
    };
    let place = |all: &[u8], byte: u8| all.iter().position(|known| *known == byte).map(|at| at as u32);
    let vowel = u32::from(vowel).checked_sub(u32::from(VOWEL)).filter(|vowel| *vowel < VOWELS);
    let parts = (place(&FIRST, first), vowel, place(&LAST, last));
    match ([a, b, c] == [0xa4; 3], parts) {
        (true, (Some(first), Some(vowel), Some(last))) => {
            let c = SYLLABLES + (first * VOWELS + vowel) * LASTS + last;
            Ok((8, Meaning::One(c)))
        }
        _ => Err(Failure::Illegal(1)),
    }
}

/// Writes a syllable in parts; whether it is one.
pub(crate) fn write(c: u32, bytes: &mut Vec<u8>) -> bool {
    let Some(number) = c.checked_sub(SYLLABLES).filter(|number| *number < 19 * VOWELS * LASTS) else {
        return false;
    };
    let (first, vowel, last) = (number / LASTS / VOWELS, number / LASTS % VOWELS, number % LASTS);
    let letters = [
        FIRST.get(first as usize).copied(),
        u8::try_from(vowel).ok().map(|vowel| VOWEL + vowel),
        LAST.get(last as usize).copied(),
    ];
    bytes.extend(MARK.to_be_bytes().iter().skip(2));
    letters.into_iter().flatten().for_each(|letter| bytes.extend([0xa4, letter]));
    true
}
