//! Lays the archive out, as `src/layout.rs` says.

use crate::Module;
use crate::layout::{MAGIC, PACKAGE, RECORD};

/// A range of the archive.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    length: u32,
}

/// The archive of modules that are sorted by name.
pub fn archive(modules: &[Module]) -> Result<Vec<u8>, String> {
    let start = MAGIC.len() + 4 + modules.len() * RECORD;
    let mut body = Body { start, bytes: Vec::new() };
    let names: Vec<Span> = body.all(modules, |module| module.name.as_bytes())?;
    let files: Vec<Span> = body.all(modules, |module| module.file.as_bytes())?;
    let codes: Vec<Span> = body.all(modules, |module| &module.code)?;
    let sources: Vec<Span> = body.all(modules, |module| &module.source)?;
    let mut out = Vec::with_capacity(start + body.bytes.len());
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&number(modules.len())?.to_le_bytes());
    let indexes: Vec<Span> = body.all(modules, |module| &module.index)?;
    let spans = names.into_iter().zip(files).zip(codes).zip(sources).zip(indexes);
    for (module, ((((name, file), code), source), index)) in modules.iter().zip(spans) {
        for span in [name, file, code, source, index] {
            out.extend_from_slice(&span.start.to_le_bytes());
            out.extend_from_slice(&span.length.to_le_bytes());
        }
        let flags = if module.is_package { PACKAGE } else { 0 };
        out.extend_from_slice(&flags.to_le_bytes());
    }
    out.append(&mut body.bytes);
    Ok(out)
}

struct Body {
    start: usize,
    bytes: Vec<u8>,
}

impl Body {
    fn all<'m>(
        &mut self,
        modules: &'m [Module],
        part: fn(&'m Module) -> &'m [u8],
    ) -> Result<Vec<Span>, String> {
        modules.iter().map(|module| self.add(part(module))).collect()
    }

    fn add(&mut self, part: &[u8]) -> Result<Span, String> {
        let start = number(self.start + self.bytes.len())?;
        self.bytes.extend_from_slice(part);
        Ok(Span { start, length: number(part.len())? })
    }
}

fn number(number: usize) -> Result<u32, String> {
    u32::try_from(number).map_err(|_| "the archive is larger than 4 GiB".to_owned())
}
