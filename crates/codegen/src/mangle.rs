//! Private names: `__name` in a class body becomes `_Class__name` (the reference, section 6.2.1).

use taipan_ast::{Identifier, Interner};

/// The mangled form of `name` in the class `class`; `name` itself where nothing is to be done.
#[inline]
pub(crate) fn mangle(interner: &mut Interner, class: Option<Identifier>, name: Identifier) -> Identifier {
    match class {
        Some(class) if interner.is_underscored(name) => mangle_in(interner, class, name),
        _ => name,
    }
}

/// The mangled form of a name that begins with two underscores.
fn mangle_in(interner: &mut Interner, class: Identifier, name: Identifier) -> Identifier {
    let text = interner.resolve(name);
    if text.ends_with("__") || text.contains('.') {
        return name;
    }
    let owner = interner.resolve(class).trim_start_matches('_');
    if owner.is_empty() {
        return name;
    }
    let mangled = format!("_{owner}{text}");
    interner.intern(&mangled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_names_of_a_class_are_mangled() {
        let mut interner = Interner::new();
        let mut check = |class: &str, name: &str, expected: &str| {
            let (class, name) = (interner.intern(class), interner.intern(name));
            let mangled = mangle(&mut interner, Some(class), name);
            assert_eq!(interner.resolve(mangled), expected);
        };
        check("C", "__x", "_C__x");
        check("__C", "__x", "_C__x");
        check("_", "__x", "__x");
        check("C", "__x__", "__x__");
        check("C", "_x", "_x");
        check("C", "__a.b", "__a.b");
    }
}
