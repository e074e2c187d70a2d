//! The module `_elementtree`: trees of XML. `element.rs` has the type of elements, `children.rs`, `find.rs`, `copy.rs` its
//! methods, `iterator.rs` the walk over a tree, `builder.rs` makes trees of events, `parser.rs` makes events of bytes and
//! `events.rs` hands them on, `state.rs` is what the module keeps. Invariants: the children of an element are elements;
//! no parser is borrowed while Python code runs.

mod builder;
mod children;
mod copy;
mod element;
mod events;
mod find;
mod iterator;
mod parse_error;
mod parser;
mod state;

use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use builder::TREE_BUILDER;
use element::ELEMENT;
use parser::PARSER;

method_table! { FUNCTIONS:
    Instance Keywords c"SubElement" "" children::sub_element, c"Makes an element and adds it to another.";
    Instance Two c"_set_factories" "($module, comment_factory, pi_factory, /)" set_factories, c"Sets what makes comments and processing instructions; gives those before.";
}

method_table! { ELEMENT_METHODS:
    Instance None c"clear" "($self, /)" copy::clear, c"Removes children, attributes and text.";
    Instance Keywords c"get" "($self, /, key, default=None)" find::get, c"The value of an attribute.";
    Instance Two c"set" "($self, key, value, /)" find::set, c"Sets an attribute.";
    Instance Keywords c"find" "($self, /, path, namespaces=None)" find::find, c"The first element of a path.";
    Instance Keywords c"findtext" "($self, /, path, default=None, namespaces=None)" find::find_text, c"The text of the first element of a path.";
    Instance Keywords c"findall" "($self, /, path, namespaces=None)" find::find_all, c"All elements of a path.";
    Instance Keywords c"append" "($self, subelement, /)" children::append, c"Adds a child behind all.";
    Instance One c"extend" "($self, elements, /)" children::extend, c"Adds children behind all.";
    Instance Two c"insert" "($self, index, subelement, /)" children::insert, c"Adds a child before another.";
    Instance One c"remove" "($self, subelement, /)" children::remove, c"Removes a child.";
    Instance Keywords c"iter" "($self, /, tag=None)" iterator::iter, c"The elements of the tree, in the order of the document.";
    Instance None c"itertext" "($self, /)" iterator::iter_text, c"The texts of the tree, in the order of the document.";
    Instance Keywords c"iterfind" "($self, /, path, namespaces=None)" find::iter_find, c"All elements of a path, one after the other.";
    Instance None c"items" "($self, /)" find::items, c"The attributes, as pairs.";
    Instance None c"keys" "($self, /)" find::keys, c"The names of the attributes.";
    Instance Keywords c"makeelement" "($self, tag, attrib, /)" children::make, c"Makes an element.";
    Instance None c"__copy__" "($self, /)" copy::copy, c"A copy with the same children.";
    Instance One c"__deepcopy__" "($self, memo, /)" copy::deep_copy, c"A copy with copies of the children.";
    Instance None c"__sizeof__" "($self, /)" copy::size_of, c"Bytes that the element takes.";
    Instance None c"__getstate__" "($self, /)" copy::get_state, c"What pickle keeps.";
    Instance One c"__setstate__" "($self, state, /)" copy::set_state, c"Takes what pickle kept.";
}

/// `_elementtree`.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_elementtree", doc: None, functions: &FUNCTIONS, exec: Some(exec) };

/// Makes the types ready.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 5] =
        [&ELEMENT, &TREE_BUILDER, &PARSER, &iterator::ELEMENT_ITERATOR, &state::STATE];
    ready::ready_more(thread, &types)?;
    install::methods(thread, &ELEMENT, &ELEMENT_METHODS)?;
    install::attributes(thread, &ELEMENT, &element::ATTRIBUTES)?;
    install::methods(thread, &TREE_BUILDER, &builder::METHODS)?;
    parser::fill(thread)
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let types: [(&str, &'static PyTypeObject); 3] =
        [("Element", &ELEMENT), ("TreeBuilder", &TREE_BUILDER), ("XMLParser", &PARSER)];
    for (name, ty) in types {
        add(thread, module, name, as_ref(ty).to_value())?;
    }
    add(thread, module, "ParseError", state::of(thread)?.error())
}

fn set_factories(thread: &Thread, _: Ref<'_>, comment: Ref<'_>, instruction: Ref<'_>) -> PyResult<Value> {
    for (factory, what) in [(comment, "Comment"), (instruction, "PI")] {
        if !factory.is_none() && factory.ty().slots().call.get().is_none() {
            let ty = factory.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "{what} factory must be callable, not {ty}"));
        }
    }
    let state = state::of(thread)?;
    let set = |which, factory: Ref<'_>| {
        state.set_factory(which, Some(factory.to_value()).filter(|_| !factory.is_none()))
    };
    let before = [set(state::COMMENT, comment), set(state::INSTRUCTION, instruction)];
    Ok(PyTuple::pack(thread, before)?.into_value())
}
