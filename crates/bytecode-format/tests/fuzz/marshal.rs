//! Marshalled values, damaged.

use crate::common::{fixture, modules, small_files};
use crate::heap::held;
use crate::report::{in_threads, rounds};
use taipan_artifact::{Limits, mutate};
use taipan_bytecode_format::Const;
use taipan_bytecode_format::marshal::{Atom, Build, Container, Dialect, MarshalError, Reader, read_const};

/// Makes objects of one word, as an interpreter does.
struct Words;

impl Build for Words {
    type Object = u64;

    fn atom(&mut self, _: Atom<'_>, offset: usize) -> Result<u64, MarshalError> {
        Ok(offset as u64)
    }

    fn pair(&mut self, _: Option<&mut u64>, _: [u64; 2], _: usize) -> Result<(), MarshalError> {
        Ok(())
    }

    fn close(
        &mut self,
        _: Container,
        _: Option<u64>,
        items: Vec<u64>,
        _: usize,
    ) -> Result<u64, MarshalError> {
        Ok(items.len() as u64)
    }

    fn code(&mut self, artifact: &[u8], _: usize) -> Result<u64, MarshalError> {
        Ok(artifact.len() as u64)
    }

    fn share(&mut self, object: &u64, _: usize) -> Result<u64, MarshalError> {
        Ok(*object)
    }
}

fn read_words(bytes: &[u8], dialect: Dialect) -> Result<u64, MarshalError> {
    let mut reader = Reader::new(bytes, dialect, Words);
    let value = reader.value()?;
    reader.finish()?;
    Ok(value)
}

/// Values of every type that marshal has, with references and depth.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = modules(&fixture("reference.bin"))
        .iter()
        .flat_map(|module| module.marshalled.chunks(3000).next().map(<[u8]>::to_vec))
        .collect();
    seeds.extend(small_files().iter().map(|(_, file)| file.get(16..).unwrap().to_vec()));
    seeds.extend([
        b"{\xe9\x01\0\0\0[\x02\0\0\0NFr\0\0\0\0<\x02\0\0\0TZ\x01x0".to_vec(),
        b"\xdb\x03\0\0\0(\x02\0\0\0g\0\0\0\0\0\0\0\0.>\x01\0\0\0l\x02\0\0\0\x01\0\x01\0:NNN".to_vec(),
        b")\x03y\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0f\x031.5t\x02\0\0\0\xc3\xa9".to_vec(),
        b")\x01".repeat(1500),
        [b"(\x00\x04\0\0".as_slice(), &b"\xce".repeat(1024)].concat(),
        b"{".repeat(700),
    ]);
    seeds
}

#[test]
fn mutants_of_marshalled_values_are_fine_or_refused() {
    let seeds = seeds();
    let report = in_threads(rounds(150_000), |round, report| {
        let seed = &seeds[round as usize / 2 % seeds.len()];
        // odd numbers: there is no checksum to make right
        let mutant = mutate::mutant(seed, &seeds[round as usize % seeds.len()], 2 * round + 1);
        for dialect in [Dialect::Taipan, Dialect::Reference] {
            let outcome = match held(16, || read_words(&mutant, dialect))? {
                Ok(_) => "accepted".to_owned(),
                Err(error) => format!("{error:?}").split([' ', '{']).next().unwrap_or_default().to_owned(),
            };
            report.add(&outcome);
        }
        // a value of one byte becomes a constant, which takes more
        drop(held(size_of::<Const>(), || read_const(&mutant, Dialect::Taipan, Limits::default()))?);
        // the fields of CPython's code objects, which only tests read, are converted at their end
        let _ = read_const(&mutant, Dialect::Reference, Limits::default());
        Ok(())
    });
    report.print("mutants of marshalled values");
    assert!(report.share("accepted") > 0.05 && report.share("Reference") > 0.001);
}

/// The lengths near the end of a large input that promise as much as all of it.
#[test]
fn a_length_that_lies_at_the_end_of_a_large_value_costs_nothing() {
    let head = [b"(\x02\0\0\0s\0\0\x10\0".as_slice(), &vec![b'x'; 1 << 20]].concat();
    for kind in *b"([<>s tuaAl" {
        for length in [1u32, 1000, 1 << 19, 1 << 20, 0x7FFF_FFFF, u32::MAX] {
            for tail in [&b""[..], &b"N".repeat(500)] {
                let bytes = [&head[..], &[kind], &length.to_le_bytes(), tail].concat();
                for dialect in [Dialect::Taipan, Dialect::Reference] {
                    let read = held(16, || read_words(&bytes, dialect).is_ok());
                    assert!(read.is_ok(), "{read:?}: {} {length}", kind.escape_ascii());
                }
            }
        }
    }
}

/// A vector of what was read would be largest at the end, where nothing is left.
#[test]
fn references_and_depth_cost_no_more_at_the_end() {
    let many = [b"(\x00\x00\x10\0".as_slice(), &vec![0xCE; 1 << 20]].concat();
    assert_eq!(held(16, || read_words(&many, Dialect::Taipan)), Ok(Ok(1 << 20)));
    let pairs = [b"{".as_slice(), &b"NT".repeat(1 << 19), b"0"].concat();
    assert_eq!(held(16, || read_words(&pairs, Dialect::Taipan)), Ok(Ok(0)));
    let deep = [&b")\x01".repeat(1999)[..], b"N"].concat();
    assert_eq!(held(16, || read_words(&deep, Dialect::Taipan)), Ok(Ok(1)));
}
