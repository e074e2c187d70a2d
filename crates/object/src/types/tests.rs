//! Types: what the reference says of the built-in ones, classes, lookup.

use super::*;
use crate::str::PyStr;
use crate::testing::{class, class_with, error, instance, run, run_without_leak, text};
use crate::types::class::ClassSpec;
use crate::value::{Owned, Value, as_ref};
use crate::{PyResult, Thread, instance as attributes};

/// Name, flags, size, item size, offsets of dict and weak references, as the reference has them
/// (`static_types.py` beside the golden). Flags that say how ready a type is are left out.
#[test]
fn static_types_are_those_of_the_reference() {
    run(|thread| {
        ready::show_to_c(thread);
        let path = format!("{}/../../fixtures/object/types.txt", env!("CARGO_MANIFEST_DIR"));
        let golden = std::fs::read_to_string(path).unwrap();
        let mut seen = 0;
        // the reference makes these two when it starts and when a module is imported, with the flags of such types
        let made: [*const PyTypeObject; 2] =
            [&raw const crate::exception::EXCEPTION_GROUP, &raw const crate::dict::derived::DEFAULT_DICT];
        for ty in statics::all().filter(|ty| !made.contains(&std::ptr::from_ref(*ty))) {
            let ignored = flags::VALID_VERSION_TAG | flags::IS_ABSTRACT;
            let line = format!(
                "{} {:#x} {} {} {} {}",
                ty.short_name(),
                ty.flags() & !ignored,
                ty.basic_size(),
                ty.item_size(),
                ty.tp_dictoffset.get(),
                ty.tp_weaklistoffset.get()
            );
            let expected = golden.lines().find(|line| line.split(' ').next() == Some(ty.short_name()));
            assert_eq!(Some(line.as_str()), expected);
            assert!(ty.mro().is_some_and(|mro| mro.borrow(0).unwrap().is(as_ref(ty))));
            assert!(ty.tp_dealloc.get().is_some() && ty.tp_free.get().is_some() && ty.version() != 0);
            assert_eq!(ty.tp_repr.get().is_some(), ty.slots().repr.get().is_some());
            assert_eq!(ty.has_flag(flags::HAVE_GC), ty.tp_traverse.get().is_some());
            seen += 1;
        }
        assert!(seen > 80);
    });
}

fn name(thread: &Thread, text: &str) -> Owned<PyStr> {
    crate::str::intern::intern_text(thread, text).unwrap()
}

fn make(thread: &Thread, called: &str, bases: &[Owned<PyTypeObject>]) -> PyResult<Owned<PyTypeObject>> {
    let called = name(thread, called);
    let spec = ClassSpec {
        metatype: &statics::TYPE,
        name: &called,
        bases,
        dict: PyDict::new(thread).unwrap(),
        members: 0,
        add_dict: true,
        add_weakref: true,
        expected_attributes: 3,
    };
    PyTypeObject::new_class(thread, spec)
}

#[test]
fn the_mro_is_the_c3_linearisation() {
    run_without_leak(|thread| {
        let object = Owned::new_ref(&statics::OBJECT);
        let a = make(thread, "A", std::slice::from_ref(&object)).unwrap();
        let b = make(thread, "B", std::slice::from_ref(&a)).unwrap();
        let c = make(thread, "C", std::slice::from_ref(&a)).unwrap();
        let d = make(thread, "D", &[b.clone(), c.clone()]).unwrap();
        let names: Vec<String> = d
            .mro()
            .unwrap()
            .iter()
            .map(|ty| ty.get::<PyTypeObject>().unwrap().short_name().to_owned())
            .collect();
        assert_eq!(names, ["D", "B", "C", "A", "object"]);
        assert!(d.is_subtype(&a) && d.is_subtype(&c) && !c.is_subtype(&b));
        let bad = make(thread, "E", &[a.clone(), d.clone()]);
        assert_eq!(
            error(thread, bad),
            "TypeError: Cannot create a consistent method resolution order (MRO) for bases A, D"
        );
        let bad = make(thread, "F", &[Owned::new_ref(&statics::LIST), Owned::new_ref(&statics::DICT)]);
        assert_eq!(error(thread, bad), "TypeError: multiple bases have instance lay-out conflict");
        let bad = make(thread, "G", &[Owned::new_ref(&statics::BOOL)]);
        assert_eq!(error(thread, bad), "TypeError: type 'bool' is not an acceptable base type");
        assert_eq!(super::class::subclasses_of(thread, &a).len(), 2);
    });
}

#[test]
fn a_lookup_is_cached_until_a_dict_on_the_way_changes() {
    run_without_leak(|thread| {
        let base = class(thread, "Base", &statics::OBJECT);
        let derived = class(thread, "Derived", &base);
        let method = name(thread, "some_method");
        let set = |ty: &PyTypeObject, value: i32| {
            ty.modified(thread);
            drop(ty.dict().unwrap().insert(thread, method.as_ref(), Value::small(value)).unwrap());
        };
        let look = || derived.lookup(thread, &method).unwrap().and_then(|v| v.as_ref().to_i64());
        assert_eq!(look(), None);
        set(&base, 1);
        assert_eq!((look(), look()), (Some(1), Some(1)));
        let version = derived.version();
        assert!(version != 0);
        set(&derived, 2);
        assert_eq!((derived.version(), look()), (0, Some(2)));
        set(&base, 3);
        assert_eq!(look(), Some(2));
        derived.modified(thread);
        drop(derived.dict().unwrap().remove(thread, method.as_ref()).unwrap());
        assert_eq!(look(), Some(3));
        assert_ne!(derived.version(), version);
    });
}

/// Whoever gets hold of a class's dict (`gc.get_referents`) and changes it.
#[test]
fn a_change_of_the_dict_itself_ends_cached_lookups() {
    run_without_leak(|thread| {
        let base = class(thread, "Base", &statics::OBJECT);
        let derived = class(thread, "Derived", &base);
        let attribute = name(thread, "some_attribute");
        let dict = Owned::new_ref(base.dict().unwrap());
        drop(dict.insert(thread, attribute.as_ref(), text(thread, "first")).unwrap());
        let look = || derived.lookup(thread, &attribute).unwrap().map(|value| value.word());
        let first = look();
        assert!(first.is_some() && look() == first && derived.version() != 0);
        drop(dict.insert(thread, attribute.as_ref(), text(thread, "second")).unwrap());
        assert_eq!(derived.version(), 0);
        assert_ne!(look(), first);
        drop(dict.take());
        assert_eq!(look(), None);
        drop((base, derived));
        drop(dict.insert(thread, attribute.as_ref(), Value::none()).unwrap());
    });
}

#[test]
fn attributes_stand_in_the_instance_until_its_dict_is_asked_for() {
    run_without_leak(|thread| {
        let class = class(thread, "C", &statics::OBJECT);
        let object = instance(thread, &class);
        let head = object.as_ref().head().unwrap();
        let set = |key: &str, value: Option<i32>| {
            let value = value.map(Value::small);
            drop(attributes::set(thread, head, &name(thread, key), value).unwrap());
        };
        let get = |key: &str| {
            let found = attributes::get(thread, head, &name(thread, key)).unwrap();
            found.and_then(|value| value.as_ref().to_i64())
        };
        for (key, value) in [("b", 1), ("a", 2), ("c", 3)] {
            set(key, Some(value));
        }
        assert_eq!((get("a"), get("b"), get("c"), get("d")), (Some(2), Some(1), Some(3), None));
        let place = attributes::place_of(&class, &name(thread, "a")).unwrap();
        // SAFETY: the class has inline values.
        let word = unsafe { attributes::load_place(head, class.basic_size(), place) };
        assert_eq!(word, Some(crate::Word::from_i32(2)));
        set("b", None);
        set("b", Some(4));
        let dict = attributes::dict(thread, head).unwrap();
        let mut cursor = crate::dict::DictCursor::start();
        let keys: Vec<String> = std::iter::from_fn(|| cursor.next(&dict))
            .map(|(key, _)| key.downcast::<PyStr>().unwrap().to_text_lossy())
            .collect();
        assert_eq!(keys, ["a", "c", "b"]);
        // SAFETY: as above.
        assert_eq!(unsafe { attributes::load_place(head, class.basic_size(), place) }, None);
        set("e", Some(5));
        assert_eq!((get("a"), get("e"), dict.len()), (Some(2), Some(5), 4));
        drop(dict.insert(thread, text(thread, "f").as_ref(), Value::small(6)).unwrap());
        assert_eq!(get("f"), Some(6));
    });
}

#[test]
fn more_attributes_than_there_is_room_for_go_to_the_dict() {
    run_without_leak(|thread| {
        let class = class(thread, "Many", &statics::OBJECT);
        for round in 0..3 {
            let object = instance(thread, &class);
            let head = object.as_ref().head().unwrap();
            for i in 0..60 {
                let key = name(thread, &format!("attribute_{i}"));
                drop(attributes::set(thread, head, &key, Some(Value::small(i))).unwrap());
            }
            for i in 0..60 {
                let key = name(thread, &format!("attribute_{i}"));
                let found = attributes::get(thread, head, &key).unwrap().unwrap();
                assert_eq!(found.as_ref().to_i64(), Some(i.into()), "round {round}");
            }
            assert_eq!(attributes::dict(thread, head).unwrap().len(), 60);
        }
    });
}

#[test]
fn an_object_of_three_attributes_takes_80_bytes() {
    run(|thread| {
        let class = make(thread, "P", &[Owned::new_ref(&statics::OBJECT)]).unwrap();
        let object = instance(thread, &class);
        let head = object.as_ref().head().unwrap();
        let prefix = class.core().kind.get().prefix();
        assert_eq!(lifecycle::size_of_object(head) + prefix, 80);
    });
}

#[test]
fn slots_of_classes_stand_one_behind_the_other() {
    run_without_leak(|thread| {
        let a = class_with(thread, "A", &statics::OBJECT, 2, false);
        let b = class_with(thread, "B", &a, 1, true);
        assert_eq!((a.basic_size(), b.basic_size()), (32, 40));
        let object = instance(thread, &b);
        let head = object.as_ref().head().unwrap();
        for offset in [16, 24, 32] {
            // SAFETY: the classes have slots there.
            let slot = unsafe { super::class::member_at(head, offset) };
            drop(slot.replace(Some(text(thread, &format!("slot at {offset}")))));
        }
        drop(attributes::set(thread, head, &name(thread, "x"), Some(text(thread, "a text"))).unwrap());
    });
}

/// Instances of classes derived from each built-in type that can be derived from.
#[test]
fn instances_of_derived_built_in_types_live_and_die() {
    run_without_leak(|thread| {
        let items = crate::tuple::PyTuple::from_values(thread, [text(thread, "an item")]).unwrap();
        for base in [
            &statics::LIST,
            &statics::DICT,
            &statics::SET,
            &crate::exception::VALUE_ERROR,
            &statics::STR,
            &statics::BYTES,
            &statics::TUPLE,
        ] {
            let class = class(thread, "Derived", base);
            let object = match base.short_name() {
                "tuple" => crate::tuple::PyTuple::derived(thread, &class, &items).unwrap(),
                "bytes" => crate::bytes::PyBytes::derived(thread, &class, b"some bytes").unwrap(),
                _ => instance(thread, &class),
            };
            if !matches!(base.short_name(), "list" | "dict" | "set") {
                let plain = crate::protocol::hash(thread, object.as_ref()).unwrap();
                assert_eq!(plain, crate::protocol::hash(thread, object.clone().as_ref()).unwrap());
            }
            if let Some(dict) = object.as_ref().get::<PyDict>() {
                drop(dict.insert(thread, text(thread, "key").as_ref(), object.clone()).unwrap());
            }
            if let Some(list) = object.as_ref().get::<crate::list::PyList>() {
                list.push(thread, object.clone()).unwrap();
            }
            if let Some(set) = object.as_ref().get::<crate::set::PySet>() {
                set.add(thread, text(thread, "key").as_ref()).unwrap();
            }
            let head = object.as_ref().head().unwrap();
            drop(attributes::set(thread, head, &name(thread, "me"), Some(object.clone())).unwrap());
        }
    });
}
