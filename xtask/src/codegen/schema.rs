//! Reads `nodes.def` into a [`Schema`]; the notation is described at the top of that file.

/// All declarations in order.
pub struct Schema {
    /// Sums, structs and enums.
    pub types: Vec<Type>,
}

/// One declared type.
pub struct Type {
    /// The name in `nodes.def`: `expr_context`.
    pub name: String,
    /// What kind of type it is.
    pub shape: Shape,
    /// Whether its values have a source range.
    pub span: bool,
    /// The class name in CPython's tree, for structs.
    pub node: String,
}

/// The shapes of types.
pub enum Shape {
    /// A choice of constructors with fields.
    Sum(Vec<Constructor>),
    /// One record.
    Struct(Vec<Field>),
    /// A choice of constructors without fields.
    Enum(Vec<String>),
}

/// One constructor of a sum.
pub struct Constructor {
    /// `BinOp`
    pub name: String,
    /// Whether the fields stand in the variant itself.
    pub inline: bool,
    /// The fields in CPython's order.
    pub fields: Vec<Field>,
}

/// One field.
pub struct Field {
    /// The name in CPython's tree.
    pub name: String,
    /// The type's name without `?` and `*`.
    pub ty: String,
    /// How many there are.
    pub many: Many,
}

/// How many values a field has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// Exactly one.
    One,
    /// None or one.
    Optional,
    /// A sequence.
    Sequence,
    /// A sequence of optional values.
    SequenceOfOptional,
}

impl Type {
    /// The name of the Rust type: `ExprContext`.
    pub fn rust_name(&self) -> String {
        rust_name(&self.name)
    }
}

/// `expr_context` as a Rust type: `ExprContext`.
pub fn rust_name(name: &str) -> String {
    let special = match name {
        "excepthandler" => "ExceptHandler",
        "withitem" => "WithItem",
        "boolop" => "BoolOp",
        "unaryop" => "UnaryOp",
        "cmpop" => "CmpOp",
        "" => "",
        _ => {
            return name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        }
    };
    special.to_owned()
}

/// Reads the declarations.
pub fn parse(source: &str) -> Result<Schema, String> {
    let mut types: Vec<Type> = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let fail = |what: &str| format!("nodes.def:{}: {what}", number + 1);
        let text = line.split('#').next().unwrap_or("").trim_end();
        if text.is_empty() {
            continue;
        }
        if !text.starts_with(' ') {
            types.push(declaration(text).map_err(|e| fail(&e))?);
            continue;
        }
        let current = types.last_mut().ok_or_else(|| fail("a field before any type"))?;
        match &mut current.shape {
            Shape::Sum(constructors) => constructors.push(constructor(text.trim()).map_err(|e| fail(&e))?),
            Shape::Struct(fields) => *fields = self::fields(text.trim()).map_err(|e| fail(&e))?,
            Shape::Enum(names) => names.extend(text.split_whitespace().map(str::to_owned)),
        }
    }
    Ok(Schema { types })
}

fn declaration(text: &str) -> Result<Type, String> {
    let mut words = text.split_whitespace();
    let shape = match words.next() {
        Some("sum") => Shape::Sum(Vec::new()),
        Some("struct") => Shape::Struct(Vec::new()),
        Some("enum") => Shape::Enum(Vec::new()),
        _ => return Err("expected sum, struct or enum".to_owned()),
    };
    let name = words.next().ok_or("expected a name")?.to_owned();
    let mut declared = Type { node: name.clone(), name, shape, span: false };
    for word in words {
        match word.strip_prefix("node=") {
            Some(node) => declared.node = node.to_owned(),
            None if word == "span" => declared.span = true,
            None => return Err(format!("unknown word {word}")),
        }
    }
    Ok(declared)
}

fn constructor(text: &str) -> Result<Constructor, String> {
    let open = text.find('(').ok_or("expected (")?;
    let mut words = text[..open].split_whitespace();
    let name = words.next().ok_or("expected a name")?.to_owned();
    let inline = match words.next() {
        Some("inline") => true,
        None => false,
        Some(word) => return Err(format!("unknown word {word}")),
    };
    Ok(Constructor { name, inline, fields: fields(&text[open..])? })
}

fn fields(text: &str) -> Result<Vec<Field>, String> {
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).ok_or("expected (fields)")?;
    inner
        .split(',')
        .filter(|field| !field.trim().is_empty())
        .map(|field| {
            let (ty, name) = field.trim().split_once(' ').ok_or("expected `type name`")?;
            let (ty, many) = if let Some(ty) = ty.strip_suffix("?*") {
                (ty, Many::SequenceOfOptional)
            } else if let Some(ty) = ty.strip_suffix('*') {
                (ty, Many::Sequence)
            } else if let Some(ty) = ty.strip_suffix('?') {
                (ty, Many::Optional)
            } else {
                (ty, Many::One)
            };
            Ok(Field { name: name.trim().to_owned(), ty: ty.to_owned(), many })
        })
        .collect()
}
