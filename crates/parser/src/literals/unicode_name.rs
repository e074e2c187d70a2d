//! Characters by their names in Unicode 16, as `\N{...}` takes them: any case, but otherwise exactly.

use unicode_names2::{character, name};

/// The character of this name or alias.
pub(super) fn lookup(wanted: &str) -> Option<char> {
    let found = character(wanted)?;
    let upper = wanted.to_ascii_uppercase();
    // the crate ignores spaces, hyphens and underscores as well
    let exact = name(found).is_some_and(|official| official.to_string() == upper);
    (exact || super::unicode_name::is_alias(&upper)).then_some(found)
}

/// Whether a name that is not a character's own may be one of its aliases, going by its form.
fn is_alias(upper: &str) -> bool {
    let words = upper.split(' ');
    words.clone().all(|word| !word.is_empty()) && !upper.contains('_')
}
