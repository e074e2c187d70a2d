//! Reading sets of characters out of code words.

use super::set::{Item, Set};
use crate::chars::Fold;
use crate::code::{Category, Code};

/// Words of the bits of 256 characters.
const BITS: usize = 8;
/// Words of a table of 256 bytes.
const ROWS: usize = 64;

fn bits_of(words: &[u32]) -> Option<[u32; BITS]> {
    words.get(..BITS)?.try_into().ok()
}

fn blocks(count: usize, words: &[u32]) -> Option<(Item, usize)> {
    let (table, rest) = words.split_at_checked(ROWS)?;
    let mut rows = Box::new([0; 256]);
    let bytes = table.iter().flat_map(|word| word.to_ne_bytes());
    rows.iter_mut().zip(bytes).for_each(|(row, byte)| *row = byte);
    if rows.iter().any(|&row| row as usize >= count) {
        return None;
    }
    let bits = rest.get(..count.checked_mul(BITS)?)?;
    let blocks: Option<Box<[[u32; BITS]]>> = bits.chunks_exact(BITS).map(bits_of).collect();
    Some((Item::Blocks(rows, blocks?), ROWS + count * BITS))
}

/// The part that begins with an operation, and how many words after that it has.
fn item(code: Code, words: &[u32]) -> Option<(Item, usize)> {
    let word = |at: usize| words.get(at).copied();
    Some(match code {
        Code::Negate => (Item::Negate, 0),
        Code::Literal => (Item::Literal(word(0)?), 1),
        Code::Range => (Item::Range(word(0)?, word(1)?), 2),
        Code::RangeUniIgnore => (Item::RangeIgnore(word(0)?, word(1)?), 2),
        Code::Charset => (Item::Bits(bits_of(words)?), BITS),
        Code::BigCharset => {
            let (item, used) = blocks(word(0)? as usize, words.get(1..)?)?;
            (item, used + 1)
        }
        Code::Category => (Item::Category(Category::of(word(0)?)?), 1),
        _ => return None,
    })
}

/// The parts of a set; none if the words are no set.
pub(super) fn items(mut words: &[u32]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    while let Some((&word, rest)) = words.split_first() {
        let (item, used) = item(Code::of(word)?, rest)?;
        items.push(item);
        words = rest.get(used..)?;
    }
    Some(items)
}

/// The set of one literal whose case is ignored.
pub(super) fn literal(c: u32, fold: Fold, negated: bool) -> Set {
    let mut items = if negated { vec![Item::Negate] } else { Vec::new() };
    items.push(Item::Literal(c));
    Set::new(items, fold)
}
