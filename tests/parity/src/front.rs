//! Our own front end: from a source to its tree's dump, or to its error.

use taipan_artifact::SourceHash;
use taipan_ast::artifact::{Tree, TreeInfo, TreeOptions};
use taipan_ast::dump::{DumpOptions, dump};
use taipan_ast::{Arena, Interner};
use taipan_diagnostics::Diagnostic;
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, parse};

const TYPE_COMMENTS: u32 = 0x1000;
const DONT_IMPLY_DEDENT: u32 = 0x200;
const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
const BARRY_AS_FLUFL: u32 = 0x40_0000;

/// A source as `compile` gets it.
#[derive(Clone, Copy)]
pub enum Input<'i> {
    /// Bytes, whose encoding is to be found.
    Bytes(&'i [u8]),
    /// Text.
    Text(&'i str),
}

/// How all sources are parsed, whatever their flags say.
#[derive(Clone, Copy)]
pub struct Variant {
    /// Level of optimization.
    pub optimize: i8,
    /// Minor version of Python 3.
    pub feature_version: u8,
    /// Whether type comments are asked for.
    pub type_comments: bool,
}

impl Default for Variant {
    fn default() -> Self {
        Variant { optimize: -1, feature_version: 14, type_comments: false }
    }
}

/// What `compile(source, …, mode, flags | PyCF_ONLY_AST)` gives, dumped with attributes.
pub fn dump_of(input: Input<'_>, mode: &str, flags: u32, variant: Variant) -> Result<String, Diagnostic> {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    tree_of(input, mode, flags, variant, &arena, &mut interner).map(|tree| dump_tree(&tree, &interner))
}

/// `ast.dump(tree, include_attributes=True, indent=1)`
pub fn dump_tree(tree: &Tree<'_>, interner: &Interner) -> String {
    let options = DumpOptions { include_attributes: true, indent: Some(" "), ..DumpOptions::default() };
    dump(&tree.module, interner, &tree.info.line_index(), &options)
}

/// The tree of a source.
pub fn tree_of<'a>(
    input: Input<'_>,
    mode: &str,
    flags: u32,
    variant: Variant,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, Diagnostic> {
    let mode = match mode {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::Exec,
    };
    let (source, bytes) = match input {
        Input::Bytes(bytes) => (Source::from_bytes(bytes, mode), bytes),
        Input::Text(text) => (Source::from_str(text, mode), text.as_bytes()),
    };
    let source = source.map_err(|error| error.diagnostic())?;
    let type_comments = variant.type_comments || flags & TYPE_COMMENTS != 0;
    let dont_imply_dedent = flags & DONT_IMPLY_DEDENT != 0;
    let barry_as_flufl = flags & BARRY_AS_FLUFL != 0;
    let lex_options =
        LexOptions { mode, type_comments, extra_tokens: false, dont_imply_dedent, barry_as_flufl };
    let lexed = lex(&source, &lex_options);
    let options = ParseOptions {
        mode,
        type_comments,
        allow_incomplete_input: flags & ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent,
        barry_as_flufl,
        feature_version: variant.feature_version,
        optimize: variant.optimize,
        ..ParseOptions::default()
    };
    let parsed = parse(&source, &lexed, &options, arena, interner)?;
    let options = TreeOptions { type_comments, barry_as_flufl, ..TreeOptions::default() };
    let info = TreeInfo::new(Default::default(), SourceHash::of(bytes), source.text(), options);
    Ok(Tree { info, module: parsed.module })
}
