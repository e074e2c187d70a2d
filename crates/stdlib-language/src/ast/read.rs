//! From objects to a tree. Invariants: keeps its own stack; what an attribute gave is owned while it is read, for
//! reading an attribute may run Python code.

use taipan_ast::artifact::assemble::{TreeSource, read_tree};
use taipan_ast::class::{FieldInfo, Many};
use taipan_ast::{Arena, Class, Constant, Conversion, Family, Identifier, Interner, Mod, Symbol, SymbolType};
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, raise};
use taipan_span::{LineIndex, Place, Span};

use super::items::{find, shown};
use super::{classes, validate};

mod constant;

/// Levels that a tree may have: one that refers to itself has no end.
const LEVELS: u32 = 60_000;

/// A tree that was made of objects, with its places.
pub struct Read<'a> {
    /// The tree.
    pub module: Mod<'a>,
    /// Its lines and columns.
    pub lines: LineIndex,
}

/// The tree of an object of the class `Module`, `Expression` or `Interactive`, checked as CPython checks it.
///
/// # Errors
/// `TypeError` and `ValueError` for what is no tree.
pub fn tree<'a>(
    thread: &Thread,
    object: Ref<'_>,
    class: Class,
    arena: &'a Arena,
    interner: &mut Interner,
) -> PyResult<Read<'a>> {
    check_class(thread, object, class)?;
    let classes = classes::all(thread)?;
    let current = Some(object.to_value());
    let mut reader =
        Reader { thread, classes, arena, interner, open: Vec::new(), current, places: Vec::new() };
    let module = read_tree(&mut reader, arena, LEVELS)?;
    let lines = LineIndex::from_places(std::mem::take(&mut reader.places));
    validate::check(thread, &module, interner)?;
    Ok(Read { module, lines })
}

/// Checks that an object is of the class of whole trees that is asked for.
///
/// # Errors
/// `TypeError` if it is not.
pub fn check_class(thread: &Thread, object: Ref<'_>, class: Class) -> PyResult<()> {
    let classes = classes::all(thread)?;
    let of = classes::class(&classes, classes::of_class(class));
    if of.is_some_and(|of| object.ty().is_subtype(&of)) {
        return Ok(());
    }
    let (expected, got) = (class.info().name, object.ty().short_name());
    Err(raise!(thread, TYPE_ERROR, "expected {expected} node, got {got}"))
}

/// A node whose fields are being read.
struct Open {
    object: Value,
    class: Class,
    span: Span,
    field: &'static str,
    /// The list of the field, how long it was, the next item.
    list: Option<(Owned<PyList>, usize, usize)>,
}

struct Reader<'a, 't> {
    thread: &'t Thread,
    classes: Owned<PyTuple>,
    arena: &'a Arena,
    interner: &'t mut Interner,
    open: Vec<Open>,
    /// What is read next; none if it is not there.
    current: Option<Value>,
    places: Vec<Place>,
}

impl Reader<'_, '_> {
    fn take(&mut self) -> Value {
        self.current.take().unwrap_or_else(Value::none)
    }

    /// The error for a value that is not there where there must be one.
    fn required(&self) -> Raised {
        let thread = self.thread;
        match self.open.last() {
            Some(open) => {
                let (field, class) = (open.field, open.class.info().name);
                raise!(thread, VALUE_ERROR, "field '{field}' is required for {class}")
            }
            None => raise!(thread, TYPE_ERROR, "there is no tree"),
        }
    }

    /// The class of an object of a family.
    fn class_of(&self, object: Ref<'_>, family: Family) -> PyResult<Class> {
        if let Some(class) = classes::only_class(family)
            && class.info().name == family.name()
        {
            return Ok(class);
        }
        let is = |class: &Class| {
            let of = classes::class(&self.classes, classes::of_class(*class));
            of.is_some_and(|of| object.ty().is_subtype(&of))
        };
        if let Some(class) = classes::members(family).find(is) {
            return Ok(class);
        }
        let shown = shown(self.thread, object)?;
        let family = family.name();
        Err(raise!(self.thread, TYPE_ERROR, "expected some sort of {family}, but got {shown}"))
    }

    /// Room in the table of places.
    fn new_span(&mut self) -> Span {
        let start = u32::try_from(self.places.len()).unwrap_or(u32::MAX - 2);
        self.places.extend([Place::default(); 2]);
        Span::new(start, start + 1)
    }

    /// Reads the place of an object into the table of places.
    fn read_places(&mut self, object: Ref<'_>, family: Family, span: Span) -> PyResult<()> {
        let line = self.place(object, family, "lineno", None)?;
        let column = self.place(object, family, "col_offset", None)?;
        let optional = |value| if classes::needs_end(family) { None } else { Some(value) };
        let end_line = self.place(object, family, "end_lineno", optional(line))?;
        let end_column = self.place(object, family, "end_col_offset", optional(column))?;
        self.check_places([line, column, end_line, end_column])?;
        let places = [(span.start, line, column), (span.end, end_line, end_column)];
        for (at, line, column) in places {
            if let Some(place) = self.places.get_mut(at as usize) {
                *place = Place { line, column };
            }
        }
        Ok(())
    }

    fn check_places(&self, places: [i32; 4]) -> PyResult<()> {
        let [line, column, end_line, end_column] = places;
        let message = if line > end_line {
            format!("AST node line range ({line}, {end_line}) is not valid")
        } else if line < 0 && end_line != line || column < 0 && column != end_column {
            format!(
                "AST node column range ({column}, {end_column}) for line range ({line}, {end_line}) is not valid"
            )
        } else if line == end_line && column > end_column {
            format!("line {line}, column {column}-{end_column} is not a valid range")
        } else {
            return Ok(());
        };
        Err(raise!(self.thread, VALUE_ERROR, "{message}"))
    }

    fn place(&self, object: Ref<'_>, family: Family, name: &str, default: Option<i32>) -> PyResult<i32> {
        let found = find(self.thread, object, name)?;
        match (found, default) {
            (None, Some(default)) => Ok(default),
            (Some(found), Some(default)) if found.as_ref().is_none() => Ok(default),
            (Some(found), _) => self.int_of(found.as_ref()),
            (None, None) => {
                let family = family.name();
                Err(raise!(self.thread, TYPE_ERROR, "required field \"{name}\" missing from {family}"))
            }
        }
    }

    fn int_of(&self, value: Ref<'_>) -> PyResult<i32> {
        if !value.is_int() {
            let shown = shown(self.thread, value)?;
            return Err(raise!(self.thread, VALUE_ERROR, "invalid integer value: {shown}"));
        }
        let int = value.to_i64().and_then(|int| i32::try_from(int).ok());
        int.ok_or_else(|| raise!(self.thread, OVERFLOW_ERROR, "Python int too large to convert to C int"))
    }
}

/// Families whose objects are told by what they have, not by their class.
fn is_record(family: Family) -> bool {
    classes::only_class(family).is_some_and(|class| class.info().name == family.name())
}

impl<'a> TreeSource<'a> for Reader<'a, '_> {
    type Error = Raised;

    fn begin_node(&mut self, family: Family, may_be_absent: bool) -> PyResult<Option<(Class, Span)>> {
        let object = self.current.take();
        let missing = object.as_ref().is_none_or(|object| object.as_ref().is_none());
        if missing && may_be_absent {
            return Ok(None);
        }
        let in_list = self.open.last().is_some_and(|open| open.list.is_some());
        if missing && !is_record(family) {
            let kind = match family {
                _ if !in_list => return Err(self.required()),
                Family::Expr => "expression",
                Family::Stmt => "statement",
                family => family.name(),
            };
            return Err(raise!(self.thread, VALUE_ERROR, "None disallowed in {kind} list"));
        }
        // what is no part of a sum is told by what it has: `None` has nothing
        let object = object.unwrap_or_else(Value::none);
        let has_span = classes::members(family).next().is_some_and(|class| class.info().span);
        let span = if has_span { self.new_span() } else { Span::default() };
        // of records the places are read behind the fields
        if has_span && !is_record(family) {
            self.read_places(object.as_ref(), family, span)?;
        }
        let class = self.class_of(object.as_ref(), family)?;
        let object = match class {
            Class::Constant => constant::display(self.thread, &self.classes, object)?,
            _ => object,
        };
        let class = if class == Class::Constant { self.class_of(object.as_ref(), family)? } else { class };
        self.open.push(Open { object, class, span, field: "", list: None });
        Ok(Some((class, span)))
    }

    fn field(&mut self, field: &FieldInfo) -> PyResult<()> {
        let name = intern_text(self.thread, field.name)?;
        let Some(open) = self.open.last_mut() else { return Err(self.unbalanced()) };
        open.field = field.name;
        open.list = None;
        let object = open.object.clone();
        let class = open.class.info().name;
        self.current = taipan_runtime_builtins::objects::find_attribute(self.thread, object.as_ref(), &name)?;
        if self.current.is_none() && field.many == Many::One {
            let field = field.name;
            return Err(raise!(self.thread, TYPE_ERROR, "required field \"{field}\" missing from {class}"));
        }
        Ok(())
    }

    fn end_node(&mut self) -> PyResult<()> {
        let Some(open) = self.open.pop() else { return Err(self.unbalanced()) };
        let info = open.class.info();
        if info.span && is_record(info.family) {
            self.read_places(open.object.as_ref(), info.family, open.span)?;
        }
        Ok(())
    }

    fn begin_list(&mut self) -> PyResult<Option<usize>> {
        let current = self.current.take();
        let Some(open) = self.open.last_mut() else { return Err(self.unbalanced()) };
        let Some(value) = current else { return Ok(Some(0)) };
        let Ok(list) = value.clone().downcast::<PyList>() else {
            let (class, field, ty) = (open.class.info().name, open.field, value.as_ref().ty().name());
            return Err(raise!(
                self.thread,
                TYPE_ERROR,
                "{class} field \"{field}\" must be a list, not a {ty}"
            ));
        };
        let len = list.len();
        open.list = Some((list, len, 0));
        Ok(None)
    }

    fn another_item(&mut self) -> PyResult<bool> {
        let Some(open) = self.open.last_mut() else { return Err(self.unbalanced()) };
        let Some((list, len, at)) = &mut open.list else { return Ok(false) };
        if list.len() != *len {
            let (class, field) = (open.class.info().name, open.field);
            return Err(raise!(
                self.thread,
                RUNTIME_ERROR,
                "{class} field \"{field}\" changed size during iteration"
            ));
        }
        self.current = list.get(*at);
        *at += 1;
        Ok(self.current.is_some())
    }

    fn is_present(&mut self) -> PyResult<bool> {
        Ok(self.current.as_ref().is_some_and(|current| !current.as_ref().is_none()))
    }

    fn identifier(&mut self) -> PyResult<Identifier> {
        let value = self.take();
        if value.as_ref().is_none() {
            return Err(self.required());
        }
        match value.as_ref().get_exact::<PyStr>() {
            Some(text) => match text.as_utf8(self.thread)? {
                Some(name) => Ok(self.interner.intern(name)),
                None => Err(raise!(
                    self.thread,
                    NOT_IMPLEMENTED_ERROR,
                    "AST identifiers with lone surrogates cannot be compiled yet"
                )),
            },
            None => Err(raise!(self.thread, TYPE_ERROR, "AST identifier must be of type str")),
        }
    }

    fn str(&mut self) -> PyResult<&'a str> {
        let value = self.take();
        if value.as_ref().is_none() {
            return Err(self.required());
        }
        match value.as_ref().get_exact::<PyStr>() {
            Some(text) => Ok(self.arena.alloc_str(&text.to_text_lossy())),
            None => Err(raise!(self.thread, TYPE_ERROR, "AST string must be of type str")),
        }
    }

    fn int(&mut self) -> PyResult<u32> {
        let value = self.take();
        let int = self.int_of(value.as_ref())?;
        if self.open.last().is_some_and(|open| open.class == Class::ImportFrom) && int < 0 {
            return Err(raise!(self.thread, VALUE_ERROR, "Negative ImportFrom level"));
        }
        Ok(int.max(0) as u32)
    }

    fn bool(&mut self) -> PyResult<bool> {
        let value = self.take();
        Ok(self.int_of(value.as_ref())? != 0)
    }

    fn constant(&mut self) -> PyResult<Constant<'a>> {
        let value = self.take();
        constant::read(self.thread, self.arena, value.as_ref())
    }

    fn conversion(&mut self) -> PyResult<Conversion> {
        let value = self.take();
        let number = self.int_of(value.as_ref())?;
        Conversion::from_number(number.into())
            .ok_or_else(|| raise!(self.thread, SYSTEM_ERROR, "Unrecognized conversion character {number}"))
    }

    fn symbol(&mut self, ty: SymbolType) -> PyResult<Symbol> {
        let value = self.take();
        let is = |symbol: &Symbol| {
            let class = classes::class(&self.classes, classes::of_symbol(*symbol));
            class.is_some_and(|class| is_instance(value.as_ref(), &class))
        };
        if let Some(symbol) = classes::symbols(ty).find(is) {
            return Ok(symbol);
        }
        let (shown, ty) = (shown(self.thread, value.as_ref())?, ty.name());
        Err(raise!(self.thread, TYPE_ERROR, "expected some sort of {ty}, but got {shown}"))
    }

    fn unbalanced(&self) -> Raised {
        raise!(self.thread, SYSTEM_ERROR, "the parts of a tree do not fit together")
    }

    fn too_deep(&self, _: u32) -> Raised {
        let family = self.open.last().map_or("mod", |open| open.class.info().family.name());
        raise!(
            self.thread,
            RECURSION_ERROR,
            "maximum recursion depth exceeded while traversing '{family}' node"
        )
    }
}

fn is_instance(value: Ref<'_>, class: &PyTypeObject) -> bool {
    value.ty().is_subtype(class)
}
