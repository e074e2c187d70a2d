//! The container from outside: round trips, every refusal by its name, and damage of every kind.

use taipan_artifact::mutate;
use taipan_artifact::*;
use taipan_wtf8::{Wtf8, Wtf8Buf};

const CONTENT: &[u8] = b"content";

fn sample() -> ArtifactBuilder {
    let mut source_name = Wtf8Buf::new();
    source_name.push_str("naïve.py");
    let producer = ProducerVersion { major: 0, minor: 1, patch: 0 };
    let source_hash = SourceHash::from_hex("7298ca6b1c4f816bcca6297538b6249e").unwrap();
    let header = Header { producer, options: vec![1, 2], source_name, source_hash };
    let mut builder = ArtifactBuilder::new(Kind::Tree, header);
    builder.section(SectionId::CONTENT, CONTENT.to_vec());
    builder.section(SectionId::SOURCE, b"x = 1\n".to_vec());
    builder
}

fn read(bytes: &[u8]) -> Result<Artifact<'_>, ReadError> {
    Artifact::read(bytes, Kind::Tree, Limits::default())
}

/// The artifact with `change` applied and its length and checksum made right again.
fn forged(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = sample().finish();
    change(&mut bytes);
    mutate::repair(&mut bytes);
    bytes
}

#[test]
fn an_artifact_reads_back_and_writes_the_same_bytes() {
    let bytes = sample().finish();
    let artifact = read(&bytes).unwrap();
    assert_eq!(artifact.source(), Ok(Some("x = 1\n")));
    assert_eq!(artifact.section(SectionId::CONTENT).map(|s| s.bytes), Some(CONTENT));
    assert_eq!(artifact.header.source_name.as_wtf8(), Wtf8::from_str("naïve.py"));
    assert_eq!(artifact.strip(|_| true), bytes);
    assert_eq!(Kind::detect(&bytes), Some(Kind::Tree));
}

#[test]
fn a_stripped_section_is_gone_and_the_rest_is_there() {
    let bytes = read(&sample().finish()).unwrap().strip(|id| id != SectionId::SOURCE);
    let artifact = read(&bytes).unwrap();
    assert_eq!(artifact.source(), Ok(None));
    assert_eq!(artifact.decoder(SectionId::SOURCE).err(), Some(ReadError::MissingSection { id: 1 }));
    assert_eq!(artifact.decoder(SectionId::CONTENT).unwrap().left(), CONTENT.len());
}

#[test]
fn sections_of_unknown_numbers_are_passed_over() {
    let bytes = sample().section(SectionId(900), vec![7; 40]).finish();
    let artifact = read(&bytes).unwrap();
    assert_eq!(artifact.sections().len(), 3);
    assert_eq!(artifact.section(SectionId::CONTENT).map(|s| s.bytes), Some(CONTENT));
}

/// Renew with `TAIPAN_RENEW=1`, and only together with a new format version.
#[test]
fn an_artifact_of_format_version_1_loads() {
    if std::env::var_os("TAIPAN_RENEW").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/version-1.ast");
        return std::fs::write(path, sample().finish()).unwrap();
    }
    let golden = include_bytes!("golden/version-1.ast");
    let artifact = read(golden).unwrap();
    assert_eq!(artifact.source(), Ok(Some("x = 1\n")));
    assert_eq!(sample().finish(), golden, "the layout changed: raise the format version");
}

#[test]
fn other_format_versions_are_refused_by_name() {
    for found in [0u32, 2, u32::MAX] {
        let bytes = forged(|bytes| bytes[12..16].copy_from_slice(&found.to_le_bytes()));
        let error = read(&bytes).unwrap_err();
        assert_eq!(error, ReadError::FormatVersion { kind: Kind::Tree, expected: 1, found });
    }
}

#[test]
fn the_format_version_is_looked_at_before_all_that_may_have_changed() {
    let mut bytes = sample().finish();
    bytes[12] = 2;
    bytes.truncate(16);
    assert!(matches!(read(&bytes), Err(ReadError::FormatVersion { found: 2, .. })));
}

#[test]
fn another_language_version_is_refused_by_name() {
    let found = LanguageVersion { major: 3, minor: 15 };
    let bytes = forged(|bytes| bytes[18] = 15);
    assert_eq!(read(&bytes).unwrap_err(), ReadError::Language { expected: LANGUAGE, found });
}

#[test]
fn another_producer_is_no_reason_to_refuse() {
    let bytes = forged(|bytes| bytes[36] = 99);
    assert_eq!(read(&bytes).unwrap().header.producer.major, 99);
}

#[test]
fn foreign_bytes_and_other_kinds_are_refused_by_name() {
    assert_eq!(read(b"").unwrap_err(), ReadError::NotAnArtifact);
    assert_eq!(read(b"x = 1\n").unwrap_err(), ReadError::NotAnArtifact);
    let bytes = forged(|bytes| bytes[8..12].copy_from_slice(b"what"));
    assert_eq!(read(&bytes).unwrap_err(), ReadError::UnknownKind { found: *b"what" });
    let bytes = forged(|bytes| bytes[8..12].copy_from_slice(b"tok."));
    let wrong = ReadError::WrongKind { expected: Kind::Tree, found: Kind::Tokens };
    assert_eq!(read(&bytes).unwrap_err(), wrong);
}

#[test]
fn every_truncation_and_every_flipped_bit_is_refused() {
    let bytes = sample().finish();
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "cut at {length}");
    }
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&damaged).is_err(), "bit {bit}");
    }
}

#[test]
fn trailing_bytes_are_refused_even_if_the_length_counts_them() {
    let mut bytes = sample().finish();
    let end = bytes.len();
    bytes.push(0);
    assert_eq!(read(&bytes).unwrap_err(), ReadError::TrailingBytes { offset: end });
    mutate::repair(&mut bytes);
    assert_eq!(read(&bytes).unwrap_err(), ReadError::TrailingBytes { offset: end });
}

#[test]
fn an_artifact_over_the_limit_is_refused_before_it_is_looked_at() {
    let bytes = sample().finish();
    let limits = Limits { bytes: 50, ..Limits::default() };
    let error = Artifact::read(&bytes, Kind::Tree, limits).unwrap_err();
    assert_eq!(error, ReadError::TooLarge { size: bytes.len() as u64, limit: 50 });
}

#[test]
fn sections_out_of_order_are_refused() {
    // the table follows the header: count, then (1, 6) and (3, 7)
    let at = sample().finish().windows(5).position(|w| w == [2, 1, 6, 3, 7]).unwrap();
    let bytes = forged(|bytes| bytes[at + 3] = 1);
    assert_eq!(read(&bytes).unwrap_err(), ReadError::SectionOrder { offset: at + 3, id: 1 });
}

#[test]
fn mutants_never_panic_and_the_mutator_reaches_both_answers() {
    let seed = sample().finish();
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..20_000 {
        match read(&mutate::mutant(&seed, &seed, round)) {
            Ok(artifact) => {
                let _ = artifact.source();
                accepted += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(accepted > 100 && refused > 10_000, "{accepted} accepted, {refused} refused");
}
