//! The dicts of the built-in types against those of the reference (`fixtures/builtins/type_dicts.py`). What is not
//! there yet, and what differs by intent, stands in `type_dicts_known.txt`.

use std::collections::BTreeMap;

use taipan_object::descriptor;
use taipan_object::dict::DictCursor;
use taipan_object::str::PyStr;
use taipan_object::types::{PyTypeObject, statics};

use super::table::ROWS;
use crate::testing::run;

type Names = BTreeMap<String, String>;

/// Name of a type as the golden has it, then names and kinds.
fn golden() -> BTreeMap<String, Names> {
    let path = format!("{}/../../fixtures/builtins/type_dicts.txt", env!("CARGO_MANIFEST_DIR"));
    let mut types: BTreeMap<String, Names> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let [ty, name, kind] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("not a line: {line}") };
        types.entry(ty.to_owned()).or_default().insert(name.to_owned(), kind.to_owned());
    }
    types
}

fn own(ty: &PyTypeObject) -> Names {
    let mut names = Names::new();
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = ty.dict().and_then(|dict| cursor.next(dict)) {
        let name = name.as_ref().get::<PyStr>().unwrap().to_text_lossy();
        names.insert(name, value.as_ref().ty().short_name().to_owned());
    }
    names
}

fn is_special(name: &str) -> bool {
    ROWS.iter().flat_map(|row| row.methods).any(|method| (method.name)().equals_text(name))
}

/// Types whose dicts are looked at as a whole.
fn is_of_this_area(ty: &PyTypeObject) -> bool {
    let ours = crate::descriptors::types().into_iter().chain(crate::generics::types());
    let more: [&'static PyTypeObject; _] = [
        &statics::OBJECT,
        &statics::TYPE,
        &statics::CELL,
        &descriptor::property::PROPERTY,
        &descriptor::static_method::STATIC_METHOD,
        &descriptor::class_method::CLASS_METHOD,
        &descriptor::method::METHOD_DESCRIPTOR,
        &descriptor::wrapper::WRAPPER_DESCRIPTOR,
        &descriptor::get_set::GETSET_DESCRIPTOR,
        &descriptor::member::MEMBER_DESCRIPTOR,
        &taipan_object::function::FUNCTION,
        &taipan_object::method::METHOD,
        &taipan_object::builtin::BUILTIN_FUNCTION,
    ];
    ours.chain(more).any(|known| std::ptr::eq(known, ty))
}

fn types() -> impl Iterator<Item = &'static PyTypeObject> {
    statics::all().chain(statics::more())
}

#[test]
fn special_methods_of_built_in_types_are_those_of_the_reference() {
    run(|_| {
        let golden = golden();
        let mut wrong = Vec::new();
        for ty in types() {
            let Some(expected) = golden.get(ty.name()) else { continue };
            let own = own(ty);
            let whole = is_of_this_area(ty);
            for (name, kind) in own.iter().filter(|(name, _)| whole || is_special(name)) {
                if expected.get(name) != Some(kind) {
                    wrong.push(format!("{} {name} {kind}: {:?}", ty.name(), expected.get(name)));
                }
            }
            for (name, kind) in expected {
                if (whole || is_special(name)) && name != "__doc__" && !own.contains_key(name) {
                    wrong.push(format!("{} {name} {kind} is missing", ty.name()));
                }
            }
        }
        let path = format!("{}/../../fixtures/builtins/type_dicts_known.txt", env!("CARGO_MANIFEST_DIR"));
        let known = std::fs::read_to_string(path).unwrap();
        wrong.retain(|line: &String| !known.lines().any(|known| known == line));
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    });
}
