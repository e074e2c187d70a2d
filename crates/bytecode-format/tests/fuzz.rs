//! Mutants of code objects: what is read is fine or refused by name, nothing panics or asks for much
//! memory, and what the verifier accepts runs on an abstract machine without leaving its stack.
//!
//! `TAIPAN_FUZZ_SECONDS` sets how long; the default is a few seconds.

mod machine;

use machine::run;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use taipan_artifact::{Header, Limits, PRODUCER, SourceHash, mutate};
use taipan_bytecode_format::artifact::{decode_code, encode_code};
use taipan_bytecode_format::marshal::{Dialect, read_const};
use taipan_bytecode_format::{Code, Const, Validation, assembly, dis, pyc, verify};
use taipan_wtf8::Wtf8Buf;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which notes the largest request of each thread.
struct Watched;

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(layout.size())));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// Runs `work` and returns its largest allocation in bytes.
fn largest<T>(work: impl FnOnce() -> T) -> (T, usize) {
    LARGEST.with(|largest| largest.set(0));
    let result = work();
    (result, LARGEST.with(Cell::get))
}

fn header() -> Header {
    Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name: Wtf8Buf::new(),
        source_hash: SourceHash::default(),
    }
}

/// The code objects of the reference's fixture, marshalled by it.
fn reference() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/bytecode/reference.bin");
    let bytes = std::fs::read(path).unwrap();
    let (mut parts, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let (part, tail) = tail.split_at(u32::from_le_bytes(*length) as usize);
        parts.push(part.to_vec());
        rest = tail;
    }
    parts.chunks(3).map(|parts| parts[1].clone()).collect()
}

fn all(code: &Arc<Code>, into: &mut Vec<Arc<Code>>) {
    into.push(code.clone());
    for constant in &code.consts {
        if let Const::Code(code) = constant {
            all(code, into);
        }
    }
}

/// Each code object of the fixture by itself.
fn codes() -> Vec<Code> {
    let mut codes = Vec::new();
    for bytes in reference() {
        if let Ok(Const::Code(code)) = read_const(&bytes, Dialect::Reference, Limits::default()) {
            all(&code, &mut codes);
        }
    }
    codes.iter().map(|code| Code::clone(code)).collect()
}

fn seconds(default: u64) -> Duration {
    let set = std::env::var("TAIPAN_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(set.unwrap_or(default))
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// What holds of any bytes; whether they were fine.
fn check(bytes: &[u8]) -> Result<bool, String> {
    let (read, most) = largest(|| decode_code(bytes, Limits::default()));
    if most > 16 * bytes.len() + 4096 {
        return Err(format!("an allocation of {most} for {} bytes", bytes.len()));
    }
    let Ok((header, code)) = read else { return Ok(false) };
    if encode_code(&code, &header).as_deref() != Ok(bytes) && decode_code(bytes, Limits::default()).is_err() {
        return Err("does not read twice".to_owned());
    }
    let _ = (dis::text(&code), dis::json(&code));
    match assembly::read(&assembly::write(&code).unwrap()) {
        Ok(again) if encode_code(&again, &header) == encode_code(&code, &header) => {}
        Ok(_) => return Err("reads back another".to_owned()),
        Err(error) => return Err(format!("does not read back: {error}")),
    }
    if verify::verify_all(&code).is_err() {
        return Ok(false);
    }
    let mut trees = Vec::new();
    all(&Arc::new(code), &mut trees);
    trees.iter().try_for_each(|code| run(code, 1)).map(|()| true)
}

#[test]
fn fuzz_artifacts() {
    let seeds: Vec<_> = codes().iter().map(|code| encode_code(code, &header()).unwrap()).collect();
    let (start, limit) = (Instant::now(), seconds(4));
    let (mut fine, mut refused, mut round) = (0, 0, 0);
    while start.elapsed() < limit || round < 2000 {
        let seed = &seeds[round as usize % seeds.len()];
        let other = &seeds[round as usize / 7 % seeds.len()];
        let mutant = mutate::mutant(seed, other, round);
        match check(&mutant) {
            Ok(true) => fine += 1,
            Ok(false) => refused += 1,
            Err(error) => panic!("round {round}: {error}"),
        }
        round += 1;
    }
    println!("{round} mutants, {fine} fine, {refused} refused, {:?}", start.elapsed());
    assert!(fine > 50 && refused > 500, "{fine} fine, {refused} refused");
}

/// Changes a code object by one to three wrong bytes, numbers, or constants of other kinds.
fn tamper(code: &mut Code, random: &mut Random) {
    for _ in 0..1 + random.below(3) {
        let at = random.below(code.code.len());
        let units = code.code.len() / 2;
        match random.below(12) {
            0..4 => code.code[at] = random.below(130) as u8,
            4 => code.code[at] ^= 1 << random.below(8),
            5 => drop(code.code.drain(2 * random.below(units)..2 * units)),
            6 => drop(code.code.splice(2 * random.below(units)..2 * units, [100, random.below(8) as u8])),
            7 => code.stacksize = random.below(12) as u32,
            8 if !code.exceptiontable.is_empty() => {
                let at = random.below(code.exceptiontable.len());
                code.exceptiontable[at] = code.exceptiontable[at] & 0x80 | random.below(64) as u8;
            }
            9 if !code.consts.is_empty() => {
                let at = random.below(code.consts.len());
                code.consts[at] = Const::Tuple(vec![Const::Ellipsis; random.below(3)]);
            }
            10 if !code.localspluskinds.is_empty() => {
                let at = random.below(code.localspluskinds.len());
                code.localspluskinds[at].0 = [0x20, 0x40, 0x60, 0x80, 0x26][random.below(5)];
            }
            _ => code.flags.0 ^= 1 << random.below(10),
        }
        if code.code.is_empty() {
            return;
        }
    }
}

#[test]
fn fuzz_what_the_verifier_accepts_runs() {
    let codes = codes();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (start, limit) = (Instant::now(), seconds(4));
    let (mut fine, mut refused) = (0, 0);
    while start.elapsed() < limit || fine + refused < 2000 {
        let mut code = codes[random.below(codes.len())].clone();
        code.linetable.clear();
        tamper(&mut code, &mut random);
        if verify::verify(&code).is_ok() {
            fine += 1;
            if let Err(error) = run(&code, random.below(1 << 30) as u64) {
                panic!("{error}\n{}", assembly::write(&code).unwrap());
            }
        } else {
            refused += 1;
        }
    }
    println!("{fine} fine, {refused} refused, {:?}", start.elapsed());
    assert!(fine > 200 && refused > 200, "{fine} fine, {refused} refused");
}

#[test]
fn fuzz_every_truncation_and_single_bit_flip_of_a_small_file() {
    let mut codes = codes();
    codes.retain(|code| code.consts.iter().all(|constant| !matches!(constant, Const::Code(_))));
    codes.sort_by_key(|code| code.code.len());
    let validation = Validation::Timestamp { mtime: 1, size: 2 };
    for code in codes.iter().take(3) {
        let file = pyc::write(code, &header(), validation).unwrap();
        assert!(pyc::read(&file, Limits::default()).is_ok());
        for end in 0..file.len() {
            assert!(pyc::read(&file[..end], Limits::default()).is_err());
        }
        for bit in 0..8 * file.len() {
            let mut flipped = file.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // only the bits that say whether the source has changed may differ unnoticed
            let read = pyc::read(&flipped, Limits::default());
            // a flag that marshal allows on a code object, and the times and sizes
            assert!(read.is_err() || (32..128).contains(&bit) || bit == 135, "bit {bit}");
            // behind the checksum: what the readers of the content do with it
            let mut content = flipped[21..].to_vec();
            mutate::repair(&mut content);
            check(&content).unwrap();
        }
    }
}

#[test]
fn fuzz_marshal() {
    let seeds = reference();
    let (start, limit) = (Instant::now(), seconds(2));
    let mut round = 1;
    while start.elapsed() < limit || round < 500 {
        let seed = &seeds[round as usize % seeds.len()];
        let mutant = mutate::mutant(&seed[..seed.len().min(3000)], &seeds[0], round);
        let _ = read_const(&mutant, Dialect::Reference, Limits::default());
        let _ = read_const(&mutant, Dialect::Taipan, Limits::default());
        round += 2;
    }
}

#[test]
fn the_fuzz_oracle_can_fail() {
    let mut code = codes().swap_remove(0);
    assert_eq!(run(&code, 1), Ok(()));
    code.code = vec![31, 0];
    assert!(run(&code, 1).is_err());
    code.code = vec![33, 0, 35, 0];
    assert!(run(&code, 1).is_err());
    code.code = vec![27, 0];
    assert!(run(&code, 1).is_err());
    let (_, most) = largest(|| std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
    assert!(most >= 1 << 20);
}
