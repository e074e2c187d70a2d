//! The identifiers that names stand for. Which characters they may have is in `taipan-unicode`.
//! Invariant: normalization is that of Unicode 16, as in Python 3.14.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// The name that an identifier stands for: its NFKC form (PEP 3131).
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
    fn normalization_is_of_unicode_16() {
        assert_eq!(unicode_normalization::UNICODE_VERSION, (16, 0, 0));
        assert_eq!(taipan_unicode::UNICODE_VERSION, (16, 0, 0));
    }

    #[test]
    fn identifiers_are_normalized_to_nfkc() {
        assert_eq!(normalize_identifier("ﬁn"), "fin");
        assert_eq!(normalize_identifier("é"), "é");
    }
}
