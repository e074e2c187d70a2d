//! Strings: kinds, building, finding, interning, dying.

use super::*;
use crate::testing::{error, run, run_without_leak};

fn make(thread: &Thread, text: &str) -> crate::Owned<PyStr> {
    PyStr::from_text(thread, text).unwrap()
}

#[test]
fn the_kind_is_the_narrowest() {
    run_without_leak(|thread| {
        for (text, kind, ascii) in [
            ("", Kind::One, true),
            ("a", Kind::One, true),
            ("plain text", Kind::One, true),
            ("é", Kind::One, false),
            ("naïve", Kind::One, false),
            ("Ω", Kind::Two, false),
            ("aΩb", Kind::Two, false),
            ("😀", Kind::Four, false),
        ] {
            let made = make(thread, text);
            assert_eq!((made.kind(), made.is_ascii()), (kind, ascii), "{text}");
            assert_eq!(made.len(), text.chars().count());
            assert_eq!(made.to_text_lossy(), text);
            assert!(made.equals_text(text));
            assert_eq!(made.as_utf8(thread).unwrap(), Some(text));
            let chars: Vec<u32> = (0..made.len()).filter_map(|at| made.char_at(at)).collect();
            assert_eq!(chars, text.chars().map(u32::from).collect::<Vec<_>>());
        }
    });
}

#[test]
fn concatenation_widens_and_slices_narrow() {
    run_without_leak(|thread| {
        let pieces = ["", "abc", "é", "Ωmega", "😀!"];
        for a in pieces {
            for b in pieces {
                let (x, y) = (make(thread, a), make(thread, b));
                let both = x.concat(thread, &y).unwrap();
                assert_eq!(both.to_text_lossy(), format!("{a}{b}"));
                let back = both.slice(thread, x.len(), both.len()).unwrap();
                assert!(back.equals(&y), "{a} {b}");
                assert_eq!(back.kind(), y.kind());
                let mut builder = StrBuilder::new();
                for piece in [&x, &y, &x] {
                    builder.push(thread, piece).unwrap();
                }
                assert_eq!(builder.finish(thread).unwrap().to_text_lossy(), format!("{a}{b}{a}"));
                assert_eq!(x.repeat(thread, 3).unwrap().to_text_lossy(), a.repeat(3));
            }
        }
        let reversed = make(thread, "abcΩ").slice_by(thread, 3, -1, 4).unwrap();
        assert_eq!(reversed.to_text_lossy(), "Ωcba");
    });
}

#[test]
fn find_gives_positions_in_characters() {
    run(|thread| {
        let hay = make(thread, "aéΩ😀Ωé");
        for (needle, from, expected) in [
            ("Ω", 0, Some(2)),
            ("Ω", 3, Some(4)),
            ("Ωé", 0, Some(4)),
            ("é", 0, Some(1)),
            ("x", 0, None),
            ("", 3, Some(3)),
            ("", 7, None),
            ("😀Ω", 0, Some(3)),
        ] {
            assert_eq!(hay.find(&make(thread, needle), from), expected, "{needle}");
        }
        assert_eq!(make(thread, "aaa").find(&make(thread, "aé"), 0), None);
    });
}

/// What would take quadratic time in a naive search.
#[test]
fn find_is_linear_on_what_repeats() {
    run(|thread| {
        let hay = make(thread, &format!("Ω{}", "a".repeat(200_000)));
        let needle = make(thread, &format!("{}b{}", "a".repeat(50_000), "a".repeat(50_000)));
        assert_eq!(hay.find(&needle, 0), None);
        let wide = make(thread, &format!("Ω{}b{}", "a".repeat(200_000), "a".repeat(60_000)));
        assert_eq!(wide.find(&needle, 0), Some(150_001));
    });
}

#[test]
fn order_is_by_code_points() {
    run(|thread| {
        for (a, b) in [("", "a"), ("a", "b"), ("z", "é"), ("é", "Ω"), ("\u{FFFF}", "😀"), ("ab", "abc")]
        {
            assert!(make(thread, a).compare(&make(thread, b)).is_lt(), "{a} {b}");
            assert!(make(thread, b).compare(&make(thread, a)).is_gt(), "{a} {b}");
        }
    });
}

#[test]
fn interning_keeps_one_of_each_as_long_as_it_is_used() {
    run(|thread| {
        let before = intern::count(thread);
        let name = |text: &str| intern::intern(thread, make(thread, text)).unwrap();
        let (a, b) = (name("some new name"), name("some new name"));
        assert!(a.as_ref().is(b.as_ref()));
        assert_eq!(intern::count(thread), before + 1);
        drop((a, b));
        assert_eq!(intern::count(thread), before);
        let many: Vec<_> = (0..1000).map(|i| name(&format!("name {i}"))).collect();
        let kept: Vec<_> = many.into_iter().enumerate().filter(|(i, _)| i % 3 == 0).collect();
        for (i, kept) in &kept {
            let again = intern::intern_text(thread, &format!("name {i}")).unwrap();
            assert!(again.as_ref().is(kept.as_ref()));
        }
        assert_eq!(intern::count(thread), before + kept.len());
        let init = intern::intern_text(thread, "__init__").unwrap();
        assert!(std::ptr::eq(&raw const *init, statics::names::__init__.get()));
        assert_eq!(init.interned_state(), INTERNED_STATIC);
    });
}

#[test]
fn names_that_native_code_asks_for_stay_until_a_collection() {
    run(|thread| {
        let before = intern::count(thread);
        for text in ["one name", "another name", "one name"] {
            let name = intern::intern_text(thread, text).unwrap();
            assert!(name.as_ref().is(intern::intern_text(thread, text).unwrap().as_ref()));
        }
        assert_eq!(intern::count(thread), before + 2);
        // another text where one was is another name
        let mut text = String::from("first");
        let first = intern::intern_text(thread, &text).unwrap();
        text.replace_range(.., "other");
        let other = intern::intern_text(thread, &text).unwrap();
        assert_eq!((first.as_ascii(), other.as_ascii()), (Some("first"), Some("other")));
        drop((first, other));
        crate::gc::collect(thread, 2);
        assert_eq!(intern::count(thread), before);
    });
}

#[test]
fn single_characters_are_shared() {
    run(|thread| {
        for c in ['a', '\0', 'é', 'ÿ'] {
            let (a, b) = (make(thread, &c.to_string()), make(thread, &c.to_string()));
            assert!(a.as_ref().is(b.as_ref()) && a.base.is_immortal());
            assert_eq!(a.to_text_lossy(), c.to_string());
        }
    });
}

#[test]
fn a_derived_string_has_its_characters_elsewhere() {
    run_without_leak(|thread| {
        let class = crate::testing::class(thread, "S", &STR);
        for text in ["plain", "Ωmega", ""] {
            let plain = make(thread, text);
            let derived = PyStr::derived(thread, &class, &plain).unwrap();
            let derived = derived.as_ref().get::<PyStr>().unwrap();
            assert!(derived.equals(&plain) && derived.hash() == plain.hash());
            assert_eq!(derived.to_text_lossy(), text);
        }
    });
}

#[test]
fn lone_surrogates_have_no_utf8() {
    run(|thread| {
        let text = PyStr::from_code_points(thread, &[0x61, 0xD800]).unwrap();
        assert_eq!(text.as_utf8(thread).unwrap(), None);
        let back = PyStr::from_wtf8(thread, text.to_wtf8().as_wtf8()).unwrap();
        assert!(back.equals(&text));
        let bad = PyStr::from_code_points(thread, &[0x11_0000]);
        assert_eq!(error(thread, bad), "ValueError: character not in range [U+0000; U+10ffff]");
    });
}

#[test]
fn what_is_too_long_is_a_memory_error() {
    run(|thread| {
        let text = make(thread, "xy");
        for count in [1 << 40, usize::MAX / 2, usize::MAX] {
            let held = thread.heap().held();
            let tried = text.repeat(thread, count);
            assert_eq!(error(thread, tried), "MemoryError");
            assert_eq!(thread.heap().held(), held);
        }
    });
}

#[test]
fn a_string_that_nobody_else_has_grows_where_it_is() {
    run_without_leak(|thread| {
        for (start, part) in [("ab", "cd"), ("Ωa", "é"), ("ab", "Ω"), ("", "ab"), ("é", "x"), ("😀", "Ω")]
        {
            let (mut built, part_text) = (make(thread, start), make(thread, part));
            let mut expected = start.to_owned();
            for step in 0..300 {
                let kept = (step % 50 == 0).then(|| built.clone());
                let before = expected.clone();
                built.hash();
                built = PyStr::append(built, thread, &part_text).unwrap();
                expected.push_str(part);
                assert!(built.equals_text(&expected), "{start} {part} {step}");
                assert_eq!(built.hash(), make(thread, &expected).hash());
                if let Some(kept) = kept {
                    assert!(kept.equals_text(&before));
                }
                if step % 97 == 0 {
                    assert_eq!(built.as_utf8(thread).unwrap(), Some(expected.as_str()));
                }
            }
        }
    });
}

#[test]
fn ascii_ends_at_the_first_other_byte() {
    let text = "0123456789abcdefghij";
    for at in 0..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] |= 0x80;
        assert_eq!(super::ascii_len(&bytes), at);
    }
    assert_eq!(super::ascii_len(text.as_bytes()), text.len());
}
