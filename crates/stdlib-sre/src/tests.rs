//! Programs without the compiler: words that are none, texts that exhaust what recurses, requests while a match runs.

use std::sync::Once;

use taipan_object::hash::HashSecret;
use taipan_object::thread::safepoint;
use taipan_object::{Interp, PyResult, Thread, process};

use crate::machine::{Demands, Machine};
use crate::program::{Program, translate};

/// `(x+x+)+y`
#[rustfmt::skip]
const SLOW: &[u32] = &[
    14, 4, 0, 3, 4_294_967_295, 23, 21, 1, 4_294_967_295, 17, 0, 24, 6, 1, 4_294_967_295, 16, 120, 1, 24, 6,
    1, 4_294_967_295, 16, 120, 1, 17, 1, 18, 16, 121, 1,
];
/// `(?:(a)|b)*?(?=c)(?P<n>[a-fé-ü]{2,})(?<!x)(?>y|\1)(?(1)z|\d++)\b`
#[rustfmt::skip]
const MANY: &[u32] = &[
    14, 4, 0, 4, 4_294_967_295, 23, 19, 0, 4_294_967_295, 7, 9, 17, 0, 16, 97, 17, 1, 15, 7, 5, 16, 98, 15, 2,
    0, 19, 4, 5, 0, 16, 99, 1, 17, 2, 24, 13, 2, 4_294_967_295, 13, 8, 22, 97, 102, 22, 233, 252, 0, 1, 17, 3,
    5, 5, 1, 16, 120, 1, 27, 14, 7, 5, 16, 121, 15, 7, 5, 11, 0, 15, 2, 0, 1, 12, 0, 6, 16, 122, 15, 11, 29,
    9, 1, 4_294_967_295, 13, 4, 8, 10, 0, 1, 6, 10, 1,
];
/// `(?:ab|c)*d`
const LOOP: &[u32] =
    &[23, 17, 0, 4_294_967_295, 7, 7, 16, 97, 16, 98, 15, 7, 5, 16, 99, 15, 2, 0, 18, 16, 100, 1];

fn fill(thread: &Thread) -> PyResult<()> {
    taipan_vm::fill(thread)?;
    crate::fill(thread)?;
    taipan_runtime_builtins::fill(thread)
}

fn with_thread(test: impl FnOnce(&Thread)) {
    static SET_UP: Once = Once::new();
    SET_UP.call_once(|| {
        process::init(HashSecret::default(), fill);
    });
    let interp = Interp::new().unwrap();
    taipan_runtime_builtins::prepare(&interp);
    let thread = interp.new_thread().attach();
    test(&thread);
}

fn search(thread: &Thread, program: &Program, text: &[u8]) -> PyResult<Option<(usize, usize)>> {
    let mut machine = Machine::default();
    machine.prepare(thread, program)?;
    machine.search(thread, program, text, 0, false)
}

#[test]
fn what_is_asked_for_while_a_match_runs_is_done() {
    with_thread(|thread| {
        let program = translate(SLOW, 1).unwrap();
        thread.request(safepoint::INTERRUPT);
        let raised = search(thread, &program, &[b'x'; 60]).unwrap_err();
        assert_eq!(thread.catch(raised).as_ref().ty().name(), "KeyboardInterrupt");
        assert_eq!(search(thread, &program, b"xxxy").unwrap(), Some((0, 4)));
    });
}

#[test]
fn long_texts_need_no_native_stack() {
    with_thread(|thread| {
        let program = translate(LOOP, 0).unwrap();
        let mut text = b"abc".repeat(200_000);
        let mut machine = Machine::default();
        machine.prepare(thread, &program).unwrap();
        let found = machine.match_at(thread, &program, text.as_slice(), 0, Demands::default());
        assert_eq!(found.unwrap(), None);
        text.push(b'd');
        assert_eq!(search(thread, &program, &text).unwrap(), Some((0, text.len())));
    });
}

#[test]
fn parts_of_programs_are_refused_or_run() {
    with_thread(|thread| {
        for words in [SLOW, MANY, LOOP] {
            assert!(translate(words, 2).is_some());
            for len in 0..words.len() {
                let part = words.get(..len).unwrap();
                assert!(len > 0 && part.last() == Some(&1) || translate(part, 2).is_none(), "{len}");
            }
            changed_words_are_refused_or_run(thread, words);
        }
    });
}

/// Each word in turn becomes what may lead astray. What is taken for a program then must end.
fn changed_words_are_refused_or_run(thread: &Thread, words: &[u32]) {
    for at in 0..words.len() {
        for word in [0, 1, 2, 5, 7, 12, 18, 22, 23, 27, 40, u32::MAX - 1, u32::MAX] {
            let mut words = words.to_vec();
            words[at] = word;
            if let Some(program) = translate(&words, 2) {
                for text in [&b"abcabcz1"[..], b"xxxy", b""] {
                    search(thread, &program, text).unwrap();
                }
            }
        }
    }
}
