//! The classes of nodes, made once an interpreter from the table of `taipan_ast`.
//!
//! They stand in one tuple, by number: `AST`, the classes with fields by their numbers there, the sums that have no
//! objects of their own, the types of symbols, then the symbols' classes, and last the one object of each of these.

use taipan_ast::class::{ClassInfo, FieldInfo, FieldType, Many};
use taipan_ast::{Class, Family, Symbol, SymbolType};
use taipan_object::dict::PyDict;
use taipan_object::list::LIST;
use taipan_object::native::Native;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{PyStr, STR};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Thread, Value, as_ref, protocol};
use taipan_runtime_builtins::generics::{alias, union};

use super::node::{AST, AstNode};

/// The number of the first sum.
const SUMS: usize = Class::ALL.len() + 1;
const SYMBOL_TYPES: usize = SUMS + Family::ALL.len();
const SYMBOLS: usize = SYMBOL_TYPES + SymbolType::ALL.len();
/// Symbols there are at most of one type.
const MOST_SYMBOLS: usize = 16;
const OBJECTS: usize = SYMBOLS + SymbolType::ALL.len() * MOST_SYMBOLS;
/// Behind the last class.
pub(super) const COUNT: usize = OBJECTS;

/// The classes; made when they are first asked for.
pub(super) fn all(thread: &Thread) -> PyResult<Owned<PyTuple>> {
    let slot = &thread.interp().ast;
    if let Some(known) = slot.get().and_then(|known| known.downcast::<PyTuple>().ok()) {
        return Ok(known);
    }
    let classes = make(thread)?;
    drop(slot.replace(Some(classes.clone().into_value())));
    Ok(classes)
}

/// Where the class of nodes of this class stands.
pub(super) fn of_class(class: Class) -> usize {
    class as usize
}

/// Where the type of all nodes of a family stands: a sum, or the one class that there is.
pub(super) fn of_family(family: Family) -> usize {
    match only_class(family) {
        Some(class) if class.info().name == family.name() => of_class(class),
        _ => SUMS + family as usize,
    }
}

/// The class of a family that has but one.
pub(super) fn only_class(family: Family) -> Option<Class> {
    let mut of_it = members(family);
    let first = of_it.next();
    if of_it.next().is_none() { first } else { None }
}

/// The classes of a family, in order.
pub(super) fn members(family: Family) -> impl Iterator<Item = Class> {
    Class::ALL.iter().copied().filter(move |class| class.info().family == family)
}

/// Where the type of symbols stands.
pub(super) fn of_symbols(ty: SymbolType) -> usize {
    SYMBOL_TYPES + ty as usize
}

fn type_of(symbol: Symbol) -> SymbolType {
    match symbol {
        Symbol::ExprContext(_) => SymbolType::ExprContext,
        Symbol::BoolOp(_) => SymbolType::BoolOp,
        Symbol::Operator(_) => SymbolType::Operator,
        Symbol::UnaryOp(_) => SymbolType::UnaryOp,
        Symbol::CmpOp(_) => SymbolType::CmpOp,
    }
}

/// The symbols of a type, in order.
pub(super) fn symbols(ty: SymbolType) -> impl Iterator<Item = Symbol> {
    (1..).map_while(move |number| Symbol::from_number(ty, number))
}

/// Where a symbol's class stands.
pub(super) fn of_symbol(symbol: Symbol) -> usize {
    SYMBOLS + type_of(symbol) as usize * MOST_SYMBOLS + usize::from(symbol.number()) - 1
}

/// Where a symbol's object stands.
pub(super) fn object_of(symbol: Symbol) -> usize {
    of_symbol(symbol) + OBJECTS - SYMBOLS
}

/// A class by its place.
pub(super) fn class(classes: &PyTuple, at: usize) -> Option<Owned<PyTypeObject>> {
    classes.get(at)?.downcast::<PyTypeObject>().ok()
}

// -- making them --------------------------------------------------------------------------------

const PLACES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// Whether a place in a tree says where it ends in any case.
pub(super) fn needs_end(family: Family) -> bool {
    matches!(family, Family::Pattern | Family::TypeParam)
}

struct Maker<'t> {
    thread: &'t Thread,
    all: Vec<Value>,
}

fn make(thread: &Thread) -> PyResult<Owned<PyTuple>> {
    let count = OBJECTS + SymbolType::ALL.len() * MOST_SYMBOLS;
    let mut maker = Maker { thread, all: vec![Value::none(); count] };
    let base: &PyTypeObject = &AST;
    maker.put(0, as_ref(base).to_value());
    let families = Family::ALL.iter().copied();
    for family in families.clone().filter(|&family| of_family(family) >= SUMS) {
        maker.sum(family)?;
    }
    for ty in SymbolType::ALL {
        maker.symbols(*ty)?;
    }
    for &class in Class::ALL {
        maker.class(class)?;
    }
    // field types name classes of all kinds
    for &class in Class::ALL {
        maker.field_types(class)?;
    }
    PyTuple::from_values(thread, maker.all)
}

impl Maker<'_> {
    fn put(&mut self, at: usize, value: Value) {
        if let Some(place) = self.all.get_mut(at) {
            *place = value;
        }
    }

    fn at(&self, at: usize) -> Value {
        self.all.get(at).cloned().unwrap_or_else(Value::none)
    }

    fn text(&self, text: &str) -> PyResult<Value> {
        Ok(intern_text(self.thread, text)?.into_value())
    }

    fn texts<'s>(&self, texts: impl IntoIterator<Item = &'s str>) -> PyResult<Value> {
        let texts: PyResult<Vec<Value>> = texts.into_iter().map(|text| self.text(text)).collect();
        Ok(PyTuple::from_values(self.thread, texts?)?.into_value())
    }

    /// A class with these entries.
    fn derive(&mut self, at: usize, name: &str, base: usize, doc: &str, fields: &[&str]) -> PyResult<()> {
        let fields = self.texts(fields.iter().copied())?;
        let dict = PyDict::new(self.thread)?;
        let entries = [
            ("_fields", fields.clone()),
            ("__match_args__", fields),
            ("__module__", self.text("ast")?),
            ("__doc__", PyStr::from_text(self.thread, doc)?.into_value()),
        ];
        for (name, value) in entries {
            drop(dict.insert(self.thread, self.text(name)?.as_ref(), value)?);
        }
        let bases = PyTuple::pack(self.thread, [self.at(base)])?.into_value();
        let arguments = [self.text(name)?, bases, dict.into_value()];
        let class = protocol::call(self.thread, as_ref(&statics::TYPE), &arguments, None)?;
        self.put(at, class);
        Ok(())
    }

    fn set(&self, at: usize, name: &str, value: Value) -> PyResult<()> {
        let name = intern_text(self.thread, name)?;
        protocol::set_attribute(self.thread, self.at(at).as_ref(), &name, Some(value))
    }

    /// What a class that is no part of a sum, or a sum, says of places, with its optional fields between.
    fn places(&self, at: usize, has_span: bool, needs_end: bool, fields: &[FieldInfo]) -> PyResult<()> {
        let names = PLACES.into_iter().take(if has_span { 4 } else { 0 });
        self.set(at, "_attributes", self.texts(names)?)?;
        self.optional(at, fields)?;
        if has_span && !needs_end {
            self.set(at, "end_lineno", Value::none())?;
            self.set(at, "end_col_offset", Value::none())?;
        }
        Ok(())
    }

    /// Optional fields are `None` where an object has none of its own.
    fn optional(&self, at: usize, fields: &[FieldInfo]) -> PyResult<()> {
        let mut optional = fields.iter().filter(|field| field.many == Many::Optional);
        optional.try_for_each(|field| self.set(at, field.name, Value::none()))
    }

    fn sum(&mut self, family: Family) -> PyResult<()> {
        let (at, name) = (of_family(family), family.name());
        let parts: Vec<String> = members(family).map(|class| signature(class.info())).collect();
        let doc = format!("{name} = {}", parts.join(&format!("\n{:1$}| ", "", name.len() + 1)));
        self.derive(at, name, 0, &doc, &[])?;
        let has_span = members(family).next().is_some_and(|class| class.info().span);
        self.places(at, has_span, needs_end(family), &[])
    }

    fn symbols(&mut self, ty: SymbolType) -> PyResult<()> {
        let (at, name) = (of_symbols(ty), ty.name());
        let parts: Vec<&str> = symbols(ty).map(Symbol::name).collect();
        self.derive(at, name, 0, &format!("{name} = {}", parts.join(" | ")), &[])?;
        self.places(at, false, false, &[])?;
        for symbol in symbols(ty) {
            let class = of_symbol(symbol);
            self.derive(class, symbol.name(), at, symbol.name(), &[])?;
            self.annotate(class, PyDict::new(self.thread)?)?;
            let Ok(ty) = self.at(class).downcast::<PyTypeObject>() else { continue };
            let object = Native::new_in(self.thread, &ty, AstNode::default())?;
            self.put(object_of(symbol), object.into_value());
        }
        Ok(())
    }

    fn class(&mut self, class: Class) -> PyResult<()> {
        let info = class.info();
        let is_sum = of_family(info.family) >= SUMS;
        let (at, base) = (of_class(class), if is_sum { of_family(info.family) } else { 0 });
        let fields: Vec<&str> = info.fields.iter().map(|field| field.name).collect();
        self.derive(at, info.name, base, &signature(info), &fields)?;
        if is_sum {
            return self.optional(at, info.fields);
        }
        self.places(at, info.span, false, info.fields)
    }

    fn annotate(&self, class: usize, types: Owned<PyDict>) -> PyResult<()> {
        self.set(class, "__annotations__", types.clone().into_value())?;
        self.set(class, "_field_types", types.into_value())
    }

    fn field_types(&self, class: Class) -> PyResult<()> {
        let types = PyDict::new(self.thread)?;
        for field in class.info().fields {
            let ty = self.field_type(field)?;
            drop(types.insert(self.thread, self.text(field.name)?.as_ref(), ty)?);
        }
        self.annotate(of_class(class), types)
    }

    fn field_type(&self, field: &FieldInfo) -> PyResult<Value> {
        let ty = match field.ty {
            FieldType::Identifier | FieldType::Str => as_ref(&STR).to_value(),
            FieldType::Int | FieldType::Bool | FieldType::Conversion => as_ref(&statics::INT).to_value(),
            FieldType::Constant => as_ref(&statics::OBJECT).to_value(),
            FieldType::Symbol(ty) => self.at(of_symbols(ty)),
            FieldType::Node(family) => self.at(of_family(family)),
        };
        match field.many {
            Many::One => Ok(ty),
            Many::Optional => union::of(self.thread, &[ty, Value::none()]),
            Many::Sequence | Many::SequenceOfOptional => alias::of(self.thread, as_ref(&LIST).to_value(), ty),
        }
    }
}

/// A class as the grammar of trees has it.
fn signature(info: &ClassInfo) -> String {
    if info.fields.is_empty() {
        return info.name.to_owned();
    }
    let fields: Vec<String> = info.fields.iter().map(field_text).collect();
    format!("{}({})", info.name, fields.join(", "))
}

fn field_text(field: &FieldInfo) -> String {
    let ty = match field.ty {
        FieldType::Identifier => "identifier",
        FieldType::Str => "string",
        FieldType::Int | FieldType::Bool | FieldType::Conversion => "int",
        FieldType::Constant => "constant",
        FieldType::Symbol(ty) => ty.name(),
        FieldType::Node(family) => family.name(),
    };
    let many = match field.many {
        Many::One => "",
        Many::Optional => "?",
        Many::Sequence => "*",
        Many::SequenceOfOptional => "?*",
    };
    format!("{ty}{many} {}", field.name)
}
