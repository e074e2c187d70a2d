//! Streams over a host that does less than it is asked to.

use taipan_object::Value;

use crate::standard::{StandardStream, standard_stream};
use crate::testing::{bytes, call, open, run, run_with, shown, text};

#[test]
fn short_writes_and_reads_are_gone_on_with() {
    run(|thread, world| {
        world.step.set(3);
        let file = open(thread, "f", "wb").unwrap();
        assert_eq!(call(thread, &file, "write", &[bytes(thread, b"0123456789")]), "10");
        assert_eq!(world.log.borrow().len(), 0, "nothing is written before it must be");
        assert_eq!(call(thread, &file, "close", &[]), "None");
        assert_eq!(*world.log.borrow(), ["write 3", "write 3", "write 3", "write 1", "close 3"]);
        assert_eq!(world.contents("f"), b"0123456789");
        let file = open(thread, "f", "rb").unwrap();
        assert_eq!(call(thread, &file, "read", &[Value::small(5)]), "b'01234'");
        assert_eq!(call(thread, &file, "read", &[]), "b'56789'");
    });
}

#[test]
fn what_would_wait_is_said_and_nothing_is_lost() {
    run(|thread, world| {
        let file = open(thread, "f", "wb").unwrap();
        call(thread, &file, "write", &[bytes(thread, b"abc")]);
        world.step.set(2);
        world.patience.set(1);
        let flushed = call(thread, &file, "flush", &[]);
        assert_eq!(flushed, "BlockingIOError: [Errno 11] write could not complete without blocking");
        assert_eq!(world.contents("f"), b"ab");
        world.patience.set(-1);
        assert_eq!(call(thread, &file, "close", &[]), "None");
        assert_eq!(world.contents("f"), b"abc");
        let file = open(thread, "f", "rb").unwrap();
        world.patience.set(0);
        assert_eq!(call(thread, &file, "read", &[Value::small(2)]), "None");
        world.patience.set(-1);
        assert_eq!(call(thread, &file, "read", &[]), "b'abc'");
    });
}

#[test]
fn an_error_of_close_is_raised_once() {
    run(|thread, world| {
        let file = open(thread, "f", "w").unwrap();
        world.close_fails.set(true);
        call(thread, &file, "write", &[text(thread, "x")]);
        assert_eq!(call(thread, &file, "close", &[]), "BrokenPipeError: [Errno 32] error 32");
        assert_eq!(call(thread, &file, "close", &[]), "None");
        assert_eq!((world.contents("f"), world.open_count()), (b"x".to_vec(), 0));
    });
}

#[test]
fn a_stream_that_dies_is_flushed_and_closed() {
    run(|thread, world| {
        let file = open(thread, "f", "w").unwrap();
        call(thread, &file, "write", &[text(thread, "kept")]);
        drop(file);
        assert_eq!((world.contents("f"), world.open_count()), (b"kept".to_vec(), 0));
    });
}

#[test]
fn a_failed_open_leaves_nothing_open() {
    run(|thread, world| {
        assert_eq!(shown(thread, open(thread, "none", "r")), "FileNotFoundError: [Errno 2] error 2: 'none'");
        let none = Value::none();
        let arguments =
            [text(thread, "f"), text(thread, "w"), Value::small(-1), text(thread, "no-such-encoding")];
        let opened = crate::open::open(thread, none.as_ref(), &arguments, None);
        assert_eq!(shown(thread, opened), "LookupError: unknown encoding: no-such-encoding");
        assert_eq!(world.open_count(), 0);
    });
}

#[test]
fn without_a_host_opening_says_so() {
    run_with(false, |thread, _| {
        let opened = shown(thread, open(thread, "f", "w"));
        assert!(opened.starts_with("OSError: [Errno 38]"), "{opened}");
    });
}

#[test]
fn a_terminal_flushes_at_the_end_of_a_line() {
    run(|thread, world| {
        world.terminal.set(true);
        let file = open(thread, "tty", "w").unwrap();
        call(thread, &file, "write", &[text(thread, "no end")]);
        assert_eq!(world.contents("tty"), b"");
        call(thread, &file, "write", &[text(thread, " now\n")]);
        assert_eq!(world.contents("tty"), b"no end now\n");
    });
}

#[test]
fn standard_streams_write_late_or_at_once() {
    run(|thread, world| {
        let file = open(thread, "out", "wb").unwrap();
        for (unbuffered, before) in [(false, &b""[..]), (true, b"x")] {
            let options = StandardStream {
                fd: 3,
                name: "<stdout>",
                writes: true,
                encoding: "utf-8",
                errors: "strict",
                line_buffering: false,
                unbuffered,
            };
            let stream = standard_stream(thread, options).unwrap();
            assert_eq!(call(thread, &stream, "write", &[text(thread, "x")]), "1");
            assert_eq!(world.contents("out"), before);
            call(thread, &stream, "flush", &[]);
            drop(stream);
            assert_eq!(world.open_count(), 1, "the descriptor stays open");
            world.put("none", b"");
            call(thread, &file, "seek", &[Value::small(0)]);
            call(thread, &file, "flush", &[]);
            world.files.borrow()[b"out".as_slice()].borrow_mut().clear();
        }
        drop(file);
    });
}

#[test]
fn large_writes_go_straight_to_the_file() {
    run(|thread, world| {
        let file = open(thread, "f", "wb").unwrap();
        let large = vec![b'x'; 300_000];
        assert_eq!(call(thread, &file, "write", &[bytes(thread, &large)]), "300000");
        assert_eq!(*world.log.borrow(), ["write 300000"]);
        drop(file);
        world.log.borrow_mut().clear();
        let file = open(thread, "f", "rb").unwrap();
        let read = crate::call::method(thread, file.as_ref(), "read", &[]).unwrap();
        assert_eq!(taipan_object::protocol::length(thread, read.as_ref()).unwrap(), 300_000);
        assert_eq!(*world.log.borrow(), ["read 300000", "read 0"]);
    });
}

#[test]
fn a_stream_in_a_cycle_is_closed_when_it_is_found() {
    run(|thread, world| {
        for mode in ["w", "wb", "w+b"] {
            let file = open(thread, "f", mode).unwrap();
            let part = if mode == "w" { text(thread, "held") } else { bytes(thread, b"held") };
            call(thread, &file, "write", &[part]);
            crate::call::set_attribute(thread, file.as_ref(), "me", file.clone()).unwrap();
            drop(file);
            assert_eq!(world.open_count(), 1);
            taipan_object::gc::collect(thread, 2);
            // what was held back may be lost, as with the reference: the parts end in no order
            assert_eq!(world.open_count(), 0, "{mode}");
        }
    });
}

#[test]
fn an_error_at_the_end_of_a_stream_is_reported_and_goes_no_further() {
    run(|thread, world| {
        let file = open(thread, "f", "w").unwrap();
        call(thread, &file, "write", &[text(thread, "lost")]);
        world.patience.set(0);
        let raised = taipan_object::raise!(thread, KEY_ERROR, "under way");
        drop(file);
        assert_eq!(shown(thread, Err(raised)), "KeyError: 'under way'");
        assert_eq!(world.open_count(), 0);
    });
}
