//! Artifacts and files of code objects, damaged as bytes and as what they say.

use crate::common::{header, modules, small_files, tree};
use crate::heap::held;
use crate::machine::run;
use crate::report::{Report, in_threads, rounds};
use crate::tamper::tamper;
use crate::{Random, common};
use std::sync::Arc;
use std::time::{Duration, Instant};
use taipan_artifact::{Limits, ReadError, mutate};
use taipan_bytecode_format::artifact::{decode_code, encode_code};
use taipan_bytecode_format::{Code, Const, PycError, VerifyError, assembly, dis, pyc, verify};

/// What one byte left may lead to in one allocation.
const FACTOR: usize = 16;

/// How long decoding and verifying may take for each started KiB.
const TIME: Duration = Duration::from_millis(10);

/// Where the artifact begins in a file.
const CONTENT: usize = 21;

/// The code objects of the reference's fixture and of the small files, each by itself too.
pub fn codes() -> Vec<Arc<Code>> {
    let mut codes: Vec<Arc<Code>> =
        modules(&common::fixture("reference.bin")).iter().map(|m| m.code()).collect();
    for (_, file) in small_files() {
        codes.push(pyc::read(&file, Limits::default()).unwrap().code.into_code());
    }
    let parts: Vec<_> = codes.iter().flat_map(|code| tree(code)).cloned().map(Arc::new).collect();
    codes.extend(parts);
    codes
}

/// The name of an error: what stands before its fields.
fn name(error: impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

/// What holds of any artifact: it is decoded and verified in little room and little time.
fn artifact(bytes: &[u8], seed: u64, report: &mut Report) -> Result<(), String> {
    let load = || {
        let start = Instant::now();
        let read = held(FACTOR, || decode_code(bytes, Limits::default()))?;
        let verified = read.as_ref().map(|(_, code)| verify::verify_all(code)).ok();
        Ok::<_, String>((read, verified, start.elapsed()))
    };
    let (read, verified, mut time) = load()?;
    let limit = TIME * bytes.len().div_ceil(1024).max(1) as u32;
    // the machine may have been busy with something else
    for _ in 0..4 {
        if time > limit {
            time = load()?.2;
        }
    }
    if time > limit {
        return Err(format!("{time:?} for {} bytes", bytes.len()));
    }
    match (read, verified) {
        (Ok((_, code)), Some(verified)) => code_object(&code, verified, seed, report)?,
        (Err(error), _) => report.add(&format!("unreadable: {}", name(error))),
        (Ok(_), None) => return Err("is not verified".to_owned()),
    }
    Ok(())
}

/// What holds of any code object.
fn code_object(
    code: &Code,
    verified: Result<(), VerifyError>,
    seed: u64,
    report: &mut Report,
) -> Result<(), String> {
    if seed.is_multiple_of(64) {
        forms(code)?;
    }
    match verified {
        Err(error) => report.add(&format!("refused: {}", error.rule.name())),
        Ok(()) => {
            report.add("accepted");
            for code in tree(code) {
                run(code, seed).map_err(|error| {
                    format!("{error}\n{}", assembly::write(code).unwrap_or_else(|error| error.to_string()))
                })?;
            }
        }
    }
    Ok(())
}

/// Every form of a code object that was read can be made, and those that read back do.
fn forms(code: &Code) -> Result<(), String> {
    let _ = (dis::text(code), dis::json(code));
    let bytes = encode_code(code, &header()).map_err(|error| format!("is not written: {error}"))?;
    let (_, again) = decode_code(&bytes, Limits::default()).map_err(|error| format!("{error}"))?;
    if encode_code(&again, &header()).as_ref() != Ok(&bytes) {
        return Err("reads back another from its artifact".to_owned());
    }
    let text = assembly::write(code).map_err(|error| format!("is not written as text: {error}"))?;
    let again = assembly::read(&text).map_err(|error| format!("does not read back: {error}"))?;
    if encode_code(&again, &header()).as_ref() != Ok(&bytes) {
        return Err("reads back another from its text".to_owned());
    }
    Ok(())
}

#[test]
fn mutants_of_artifacts_are_fine_or_refused() {
    let seeds: Vec<_> = codes().iter().map(|code| encode_code(code, &header()).unwrap()).collect();
    let report = in_threads(rounds(300_000), |round, report| {
        let mut random = Random(round);
        let (seed, other) = (&seeds[random.below(seeds.len())], &seeds[random.below(seeds.len())]);
        artifact(&mutate::mutant(seed, other, round), round, report)
    });
    report.print("mutants of artifacts");
    assert!(report.share("accepted") > 0.01 && report.share("unreadable") > 0.5);
}

/// The checksum is right: wrong opcodes, jumps, depths, tables, kinds and constants meet the verifier.
#[test]
fn mutants_of_what_artifacts_say_are_fine_or_refused() {
    let codes = codes();
    let report = in_threads(rounds(500_000), |round, report| {
        let mut random = Random(round);
        let mut code = Code::clone(&codes[random.below(codes.len())]);
        tamper(&mut code, &mut random);
        // nothing but the code and what is beside it was changed: one in eight goes by way of bytes
        if !round.is_multiple_of(8) {
            return code_object(&code, verify::verify_all(&code), round, report);
        }
        match encode_code(&code, &header()) {
            Ok(bytes) => artifact(&bytes, round, report),
            Err(error) => {
                report.add(&format!("unwritable: {}", name(error)));
                Ok(())
            }
        }
    });
    report.print("mutants of what artifacts say");
    assert!(report.share("accepted") > 0.05 && report.share("refused") > 0.5);
    if report.count("") < 500_000 {
        return;
    }
    for rule in verify::Rule::NAMES {
        // these take inputs of another size
        let large = ["CodeDepth", "ConstDepth", "Work", "LocalCount", "StackSize", "CutInstruction"];
        let seen = report.count(&format!("refused: {rule}"));
        assert!(seen > 0 || large.contains(rule), "no mutant breaks {rule}");
    }
}

/// One file's truncations and single-bit flips, as they are and with the checksum made right again.
fn damage(file: &[u8], report: &mut Report) -> Result<(), String> {
    let content = file.get(CONTENT..).unwrap();
    for end in 0..file.len() {
        match held(FACTOR, || pyc::read(file.get(..end).unwrap(), Limits::default()))? {
            Ok(_) => return Err(format!("cut at {end}, the file is read")),
            Err(error) => report.add(&format!("cut: {}", pyc_name(&error))),
        }
        if end < content.len() {
            let mut cut = content.get(..end).unwrap().to_vec();
            mutate::repair(&mut cut);
            artifact(&cut, end as u64, report)?;
        }
    }
    let mut flipped = file.to_vec();
    for bit in 0..8 * file.len() {
        flipped[bit / 8] ^= 1 << (bit % 8);
        match held(FACTOR, || pyc::read(&flipped, Limits::default()))? {
            // time and size of the source, and the flag that marshal allows on a code object
            Ok(_) if (64..128).contains(&bit) || bit == 135 => report.add("accepted: no part of the code"),
            // a timestamp becomes a hash: the bits that follow mean something else, the code does not
            Ok(_) if bit == 32 => report.add("accepted: no part of the code"),
            Ok(_) => return Err(format!("bit {bit} of the file does not matter")),
            Err(error) => report.add(&format!("flipped: {}", pyc_name(&error))),
        }
        flipped[bit / 8] ^= 1 << (bit % 8);
    }
    for bit in 0..8 * content.len() {
        let mut flipped = content.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        mutate::repair(&mut flipped);
        artifact(&flipped, bit as u64, report)?;
    }
    Ok(())
}

fn pyc_name(error: &PycError) -> String {
    match error {
        PycError::Artifact(error @ ReadError::Checksum { .. }) => name(error),
        PycError::Artifact(error) => format!("artifact, {}", name(error)),
        error => name(error),
    }
}

#[test]
fn mutants_by_every_truncation_and_bit_flip_of_the_small_files() {
    let files = small_files();
    let report = in_threads(files.len() as u64, |round, report| {
        let (name, file) = &files[round as usize];
        damage(file, report).map_err(|error| format!("{name}: {error}"))
    });
    report.print("every truncation and bit flip of the small files");
    assert!(report.count("") > 300_000);
}

#[test]
fn a_count_that_lies_at_the_end_of_a_large_input_costs_nothing() {
    // a large code object is read; then each count of that around it promises too much
    let codes = codes();
    let mut code = Code::clone(&codes[0]);
    let large = Code { consts: vec![Const::Bytes(vec![0; 1 << 17])], ..code.clone() };
    code.consts.insert(0, Const::Code(large.into()));
    let bytes = encode_code(&code, &header()).unwrap();
    let mut report = Report::default();
    for back in 1..5000.min(bytes.len()) {
        for lie in [250, 251, 252, 253, 255] {
            let mut lying = bytes.clone();
            let at = lying.len() - back;
            lying[at] = lie;
            mutate::repair(&mut lying);
            if let Err(error) = held(FACTOR, || decode_code(&lying, Limits::default()).is_ok()) {
                panic!("{back} bytes before the end: {error}");
            }
            report.add("tried");
        }
    }
    report.print("lying counts");
}
