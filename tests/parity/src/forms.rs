//! The forms of trees on real sources: each is written, read, verified and written again.
//! Invariant: this asks the reference for nothing but the place of its library.

use crate::Request;
use crate::ast::clip;
use crate::front::{Input, Variant, dump_tree, tree_of};
use crate::harvest;
use crate::oracle::library;
use crate::report::Report;
use std::io;
use taipan_artifact::Limits;
use taipan_ast::artifact::{Form, Tree};
use taipan_ast::{Arena, Interner};

/// Checks all sources that have a tree; true if all forms are.
pub fn run(request: &Request) -> io::Result<bool> {
    let mut report = Report::new("forms", request.show, request.out.as_deref())?;
    let files = match request.files.is_empty() {
        true => library(&request.python)?,
        false => request.files.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
    };
    for path in files {
        let bytes = std::fs::read(&path)?;
        check(&mut report, &path, Input::Bytes(&bytes), "exec", 0, request.variant)?;
    }
    if let Some(path) = &request.harvest {
        for (index, sample) in harvest::read(path)?.0.iter().enumerate() {
            let name = format!("{}#{index} {:?}", sample.from, clip(&sample.source));
            let (mode, flags) = (sample.mode.as_str(), sample.flags);
            check(&mut report, &name, Input::Text(&sample.source), mode, flags, request.variant)?;
        }
    }
    report.finish()
}

fn check(
    report: &mut Report,
    name: &str,
    input: Input<'_>,
    mode: &str,
    flags: u32,
    variant: Variant,
) -> io::Result<()> {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let Ok(tree) = tree_of(input, mode, flags, variant, &arena, &mut interner) else {
        return Ok(());
    };
    let failures: Vec<String> = [Form::Binary, Form::Text, Form::Json]
        .into_iter()
        .filter_map(|form| round_trip(&tree, &interner, form).err().map(|error| format!("{form:?}: {error}")))
        .collect();
    if failures.is_empty() {
        report.equal();
        return Ok(());
    }
    report.differs(&format!("{name}: {}", failures.join("; ")))
}

fn round_trip(tree: &Tree<'_>, interner: &Interner, form: Form) -> Result<(), String> {
    let bytes = tree.write(form, interner);
    let (arena, mut names) = (Arena::new(), Interner::new());
    let again = Tree::read(&bytes, Limits::default(), &arena, &mut names).map_err(|e| e.to_string())?;
    if again.write(form, &names) != bytes {
        return Err("other bytes when written again".to_owned());
    }
    if dump_tree(&again, &names) != dump_tree(tree, interner) {
        return Err("another dump".to_owned());
    }
    Ok(())
}
