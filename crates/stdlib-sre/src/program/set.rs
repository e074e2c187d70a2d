//! Sets of characters: a table for the first 256, what the pattern says for the others.

use crate::chars::{self, Fold, is_of};
use crate::code::Category;

/// A part of a set.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// From here on membership means the opposite.
    Negate,
    /// One character.
    Literal(u32),
    /// From one to another.
    Range(u32, u32),
    /// Those whose upper case is in between, too.
    RangeIgnore(u32, u32),
    /// A category.
    Category(Category),
    /// The first 256, by bits.
    Bits([u32; 8]),
    /// The first 65536: which block each row of 256 has, and the blocks.
    Blocks(Box<[u8; 256]>, Box<[[u32; 8]]>),
}

fn has_bit(bits: &[u32; 8], c: u32) -> bool {
    bits.get((c as usize & 0xFF) >> 5).is_some_and(|word| word >> (c & 31) & 1 == 1)
}

impl Item {
    fn contains(&self, c: u32) -> bool {
        match self {
            Item::Negate => false,
            Item::Literal(literal) => *literal == c,
            Item::Range(low, high) => (*low..=*high).contains(&c),
            Item::RangeIgnore(low, high) => {
                (*low..=*high).contains(&c) || (*low..=*high).contains(&chars::unicode_upper(c))
            }
            Item::Category(category) => is_of(*category, c),
            Item::Bits(bits) => c < 0x100 && has_bit(bits, c),
            Item::Blocks(rows, blocks) => {
                let block = rows.get((c >> 8) as usize).and_then(|&block| blocks.get(block as usize));
                block.is_some_and(|bits| has_bit(bits, c))
            }
        }
    }

    /// Whether it may contain a character beyond the first 256.
    fn is_wide(&self, fold: Fold) -> bool {
        match self {
            // the lower case of two characters beyond is within ASCII
            _ if fold == Fold::Unicode => true,
            Item::Literal(c) => *c > 0xFF,
            Item::Range(_, high) => *high > 0xFF,
            Item::Bits(_) => false,
            Item::Category(category) => !matches!(
                category,
                Category::Digit | Category::Space | Category::Word | Category::LineBreak | Category::LocWord
            ),
            _ => true,
        }
    }
}

/// A set.
pub(crate) struct Set {
    latin: Box<[bool; 256]>,
    items: Vec<Item>,
    fold: Fold,
    is_wide: bool,
}

impl Set {
    /// A set of parts; case is ignored as `fold` says, which the literals among them are prepared for.
    pub(crate) fn new(items: Vec<Item>, fold: Fold) -> Set {
        let is_wide = items.iter().any(|item| item.is_wide(fold));
        let mut set = Set { latin: Box::new([false; 256]), items, fold, is_wide };
        for c in 0..=0xFF_u8 {
            let contained = set.contains_by_items(c.into());
            if let Some(place) = set.latin.get_mut(c as usize) {
                *place = contained;
            }
        }
        set
    }

    fn contains_by_items(&self, c: u32) -> bool {
        match self.fold {
            Fold::None => self.finds(|item| item.contains(c)),
            Fold::Ascii => {
                let c = chars::ascii_lower(c);
                self.finds(|item| item.contains(c))
            }
            Fold::Unicode => {
                let c = chars::unicode_lower(c);
                self.finds(|item| item.contains(c))
            }
            // either case of the character, part by part: so that one which is left out is left out in both
            Fold::Locale => {
                let (low, high) = (chars::locale_lower(c), chars::locale_upper(c));
                self.finds(|item| item.contains(low) || low != high && item.contains(high))
            }
        }
    }

    /// What the first part that contains a character says.
    #[inline(always)]
    fn finds(&self, contains: impl Fn(&Item) -> bool) -> bool {
        let mut outcome = true;
        for item in &self.items {
            if matches!(item, Item::Negate) {
                outcome = !outcome;
            } else if contains(item) {
                return outcome;
            }
        }
        !outcome
    }

    /// Whether a character is in the set.
    #[inline(always)]
    pub(crate) fn contains(&self, c: u32) -> bool {
        match self.latin.get(c as usize) {
            Some(&contained) => contained,
            None => self.is_wide && self.contains_wide(c),
        }
    }

    #[inline(never)]
    fn contains_wide(&self, c: u32) -> bool {
        // what most patterns ask
        if let ([Item::Category(Category::UniWord)], Fold::None) = (self.items.as_slice(), self.fold) {
            return chars::is_unicode_word(c);
        }
        self.contains_by_items(c)
    }

    /// Membership of the first 256.
    #[inline(always)]
    pub(crate) fn latin(&self) -> &[bool; 256] {
        &self.latin
    }

    /// Whether there may be others than those.
    pub(crate) fn is_wide(&self) -> bool {
        self.is_wide
    }
}
