//! The code words that `re._compiler` emits: operations, positions and categories, by the numbers of
//! `re._constants`. Nothing else of this crate knows the numbers.

/// `MAGIC` of `re._constants`.
pub(crate) const MAGIC: i32 = 20_230_612;
/// Bytes of a code word.
pub(crate) const CODE_SIZE: i32 = 4;
/// A count of repetitions without a bound.
pub(crate) const MAX_REPEAT: u32 = u32::MAX;
/// The most groups that a pattern may have.
pub(crate) const MAX_GROUPS: u32 = i32::MAX as u32 / 2;

/// Flags of the block that describes a pattern.
pub(crate) mod info {
    /// All matches begin with a literal text.
    pub(crate) const PREFIX: u32 = 1;
    /// They are that text.
    pub(crate) const LITERAL: u32 = 2;
    /// All matches begin with a character of a set.
    pub(crate) const CHARSET: u32 = 4;
}

/// An enum whose variants are code words, numbered in order from zero.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($variant:ident),* $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum $name { $($variant),* }

        impl $name {
            /// What a code word stands for.
            pub(crate) fn of(word: u32) -> Option<$name> {
                const ALL: &[$name] = &[$($name::$variant),*];
                ALL.get(word as usize).copied()
            }
        }
    };
}

words! {
    /// An operation.
    Code:
    Failure, Success, Any, AnyAll, Assert, AssertNot, At, Branch, Category, Charset, BigCharset, GroupRef,
    GroupRefExists, In, Info, Jump, Literal, Mark, MaxUntil, MinUntil, NotLiteral, Negate, Range, Repeat, RepeatOne,
    Subpattern, MinRepeatOne, AtomicGroup, PossessiveRepeat, PossessiveRepeatOne, GroupRefIgnore, InIgnore,
    LiteralIgnore, NotLiteralIgnore, GroupRefLocIgnore, InLocIgnore, LiteralLocIgnore, NotLiteralLocIgnore,
    GroupRefUniIgnore, InUniIgnore, LiteralUniIgnore, NotLiteralUniIgnore, RangeUniIgnore,
}

words! {
    /// A position.
    At:
    Beginning, BeginningLine, BeginningString, Boundary, NonBoundary, End, EndLine, EndString, LocBoundary,
    LocNonBoundary, UniBoundary, UniNonBoundary,
}

words! {
    /// A category of characters.
    Category:
    Digit, NotDigit, Space, NotSpace, Word, NotWord, LineBreak, NotLineBreak, LocWord, LocNotWord, UniDigit,
    UniNotDigit, UniSpace, UniNotSpace, UniWord, UniNotWord, UniLineBreak, UniNotLineBreak,
}
