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
    /// The number in artifacts, for structs.
    pub number: u8,
}

/// The shapes of types.
pub enum Shape {
    /// A choice of constructors with fields.
    Sum(Vec<Constructor>),
    /// One record.
    Struct(Vec<Field>),
    /// A choice of constructors without fields, with their numbers.
    Enum(Vec<(String, u8)>),
}

/// One constructor of a sum.
pub struct Constructor {
    /// `BinOp`
    pub name: String,
    /// The number in artifacts.
    pub number: u8,
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

/// What a field holds, once the type's name is looked up.
#[derive(Clone, PartialEq, Eq)]
pub enum Base {
    /// `identifier`
    Identifier,
    /// `string`
    Str,
    /// `int`
    Int,
    /// `bool`
    Bool,
    /// `constant`
    Constant,
    /// `conversion`
    Conversion,
    /// An enum, by its Rust name.
    Symbol(String),
    /// A sum or struct, by its Rust name.
    Node(String),
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

impl Schema {
    /// What a field of this type holds.
    pub fn base(&self, ty: &str) -> Base {
        match ty {
            "identifier" => Base::Identifier,
            "string" => Base::Str,
            "int" => Base::Int,
            "bool" => Base::Bool,
            "constant" => Base::Constant,
            "conversion" => Base::Conversion,
            name => {
                let symbol = self.types.iter().any(|t| t.name == name && matches!(t.shape, Shape::Enum(_)));
                if symbol { Base::Symbol(rust_name(name)) } else { Base::Node(rust_name(name)) }
            }
        }
    }

    /// The sums and structs.
    pub fn nodes(&self) -> impl Iterator<Item = &Type> {
        self.types.iter().filter(|ty| !matches!(ty.shape, Shape::Enum(_)))
    }

    /// The enums with their members.
    pub fn symbols(&self) -> impl Iterator<Item = (&Type, &[(String, u8)])> {
        self.types.iter().filter_map(|ty| match &ty.shape {
            Shape::Enum(members) => Some((ty, members.as_slice())),
            _ => None,
        })
    }

    /// Everything that has a number of its own, and with it a class.
    pub fn classes(&self) -> Vec<Class<'_>> {
        let mut classes = Vec::new();
        for ty in self.nodes() {
            match &ty.shape {
                Shape::Struct(fields) => {
                    let name = ty.rust_name();
                    classes.push(Class { ty, name, node: &ty.node, number: ty.number, fields, inline: false })
                }
                Shape::Sum(constructors) => classes.extend(constructors.iter().map(|c| Class {
                    ty,
                    name: c.name.clone(),
                    node: &c.name,
                    number: c.number,
                    fields: &c.fields,
                    inline: c.inline,
                })),
                Shape::Enum(_) => {}
            }
        }
        classes
    }

    fn check(&self) -> Result<(), String> {
        let mut classes: Vec<u8> = self.classes().iter().map(|class| class.number).collect();
        let mut lists = vec![&mut classes];
        let mut members: Vec<Vec<u8>> =
            self.symbols().map(|(_, members)| members.iter().map(|m| m.1).collect()).collect();
        lists.extend(members.iter_mut());
        for list in lists {
            list.sort_unstable();
            if list.first() == Some(&0) || list.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err("nodes.def: numbers must be there and differ".to_owned());
            }
        }
        Ok(())
    }
}

/// A constructor or struct.
pub struct Class<'s> {
    /// The sum or struct.
    pub ty: &'s Type,
    /// The Rust name: `BinOp`, `Arguments`.
    pub name: String,
    /// The name in CPython's tree: `BinOp`, `arguments`.
    pub node: &'s str,
    /// The number in artifacts.
    pub number: u8,
    /// The fields.
    pub fields: &'s [Field],
    /// Whether the fields stand in the variant itself.
    pub inline: bool,
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
            Shape::Enum(names) => {
                for word in text.split_whitespace() {
                    names.push(numbered(word).map_err(|e| fail(&e))?);
                }
            }
        }
    }
    let schema = Schema { types };
    schema.check()?;
    Ok(schema)
}

/// Reads `Name=number`.
fn numbered(word: &str) -> Result<(String, u8), String> {
    let (name, number) = word.split_once('=').ok_or("expected Name=number")?;
    Ok((name.to_owned(), number.parse().map_err(|_| "expected a number")?))
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
    let mut declared = Type { node: name.clone(), name, shape, span: false, number: 0 };
    for word in words {
        match word.split_once('=') {
            Some(("node", node)) => declared.node = node.to_owned(),
            Some(("number", number)) => declared.number = number.parse().map_err(|_| "expected a number")?,
            None if word == "span" => declared.span = true,
            _ => return Err(format!("unknown word {word}")),
        }
    }
    Ok(declared)
}

fn constructor(text: &str) -> Result<Constructor, String> {
    let open = text.find('(').ok_or("expected (")?;
    let mut words = text[..open].split_whitespace();
    let (name, number) = numbered(words.next().ok_or("expected a name")?)?;
    let inline = match words.next() {
        Some("inline") => true,
        None => false,
        Some(word) => return Err(format!("unknown word {word}")),
    };
    Ok(Constructor { name, number, inline, fields: fields(&text[open..])? })
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
