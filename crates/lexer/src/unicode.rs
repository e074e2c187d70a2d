//! The Unicode facts that tokens rest on, at Unicode 16 as in Python 3.14.
//! Invariant: nothing here asks the standard library, whose tables are of another version.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether an identifier may start with `character` (PEP 3131: XID_Start or underscore).
pub fn is_identifier_start(character: char) -> bool {
    character == '_' || unicode_ident::is_xid_start(character)
}

/// Whether an identifier may go on with `character` (PEP 3131: XID_Continue).
pub fn is_identifier_continue(character: char) -> bool {
    unicode_ident::is_xid_continue(character)
}

/// Whether `character` may be shown as it is: `str.isprintable` of Python 3.14.
pub fn is_printable(character: char) -> bool {
    use GeneralCategory::*;
    character == ' '
        || !matches!(
            character.general_category(),
            Control
                | Format
                | Surrogate
                | PrivateUse
                | Unassigned
                | LineSeparator
                | ParagraphSeparator
                | SpaceSeparator
        )
}

/// The name that an identifier stands for: its NFKC form.
pub fn normalize_identifier(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || unicode_normalization::is_nfkc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_of_unicode_16() {
        assert_eq!(unicode_normalization::UNICODE_VERSION, (16, 0, 0));
        assert_eq!(unicode_properties::UNICODE_VERSION, (16, 0, 0));
        // Garay letters came with Unicode 16, Sidetic ones with 17.
        assert!(is_identifier_start('\u{10D4A}') && !is_identifier_start('\u{10940}'));
        assert!(is_printable('\u{10D4A}') && !is_printable('\u{10940}'));
    }

    #[test]
    fn identifiers_are_normalized_to_nfkc() {
        assert_eq!(normalize_identifier("ﬁn"), "fin");
        assert_eq!(normalize_identifier("é"), "é");
    }
}
