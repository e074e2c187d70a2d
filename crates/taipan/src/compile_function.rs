//! The built-in function `compile`: sources and trees to code, sources to trees.

use crate::compile::Reading;
use crate::compiler::compiled;
use crate::trees::{self, TreeOptions};
use taipan_ast::Class;
use taipan_bytecode_format::CodeFlags;
use taipan_codegen::CompileOptions;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_parser::Mode;
use taipan_runtime::evaluate::{filename_text, inherited_features, source_bytes};
use taipan_runtime_builtins::arguments::{Parameters, to_int, wrong_type};
use taipan_stdlib_language::ast;

const COMPILE: Parameters<7> = Parameters {
    function: "compile",
    names: ["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version"],
    positional_only: 0,
    positional: 6,
    required: 3,
};

/// `PyCF_DONT_IMPLY_DEDENT`
const DONT_IMPLY_DEDENT: i64 = 0x200;
/// `PyCF_ALLOW_INCOMPLETE_INPUT`
const ALLOW_INCOMPLETE_INPUT: i64 = 0x4000;
/// What is of no consequence any more: `CO_NESTED` and future features that came true.
const WITHOUT_CONSEQUENCE: i64 = 0x10 | 0x1FE_0000;

const FLAGS: i64 = ast::OPTIMIZED_AST
    | ast::TYPE_COMMENTS
    | ast::ALLOW_TOP_LEVEL_AWAIT
    | DONT_IMPLY_DEDENT
    | ALLOW_INCOMPLETE_INPUT
    | WITHOUT_CONSEQUENCE
    | CodeFlags::FUTURE_FEATURES as i64;

/// What `compile` was asked for.
struct Asked {
    mode: Mode,
    flags: i64,
    optimize: i32,
    inherits: bool,
    feature_version: i32,
}

/// `compile`
pub(crate) fn compile(thread: &Thread, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [source, filename, mode, flags, inherit, optimize, version] =
        COMPILE.bind(thread, arguments, names)?;
    let (Some(source), Some(filename), Some(mode)) = (source, filename, mode) else {
        return Err(raise!(thread, SYSTEM_ERROR, "arguments are missing"));
    };
    let filename = filename_text(thread, filename)?;
    let Some(mode) = mode.get::<PyStr>() else {
        return Err(wrong_type(thread, "compile", "argument 'mode'", "str", mode));
    };
    let int = |value: Option<Ref<'_>>, default| value.map_or(Ok(default), |value| to_int(thread, value));
    let flags = i64::from(int(flags, 0)?);
    let inherits = match inherit {
        Some(dont) => !protocol::truth(thread, dont)?,
        None => true,
    };
    let (optimize, feature_version) = (int(optimize, -1)?, int(version, -1)?);
    if flags & !FLAGS != 0 {
        return Err(raise!(thread, VALUE_ERROR, "compile(): unrecognised flags"));
    }
    if !(-1..=2).contains(&optimize) {
        return Err(raise!(thread, VALUE_ERROR, "compile(): invalid optimize value"));
    }
    let mode = mode_of(thread, &mode.to_text_lossy(), flags)?;
    let asked = Asked { mode, flags, optimize, inherits, feature_version };
    if ast::is_node(source) {
        return compile_tree(thread, source, filename.as_wtf8(), &asked);
    }
    let bytes = source_bytes(thread, source, "compile")?;
    let is_text = source.get::<PyStr>().is_some();
    if flags & ast::ONLY_AST != 0 {
        let options = TreeOptions { is_text, ..tree_options(&asked) };
        return trees::parse(thread, &bytes, filename.as_wtf8(), &options);
    }
    let reading = Reading {
        mode,
        incomplete_input: asked.flags & ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent: asked.flags & DONT_IMPLY_DEDENT != 0,
        is_text,
        ..Reading::default()
    };
    let code = compiled(thread, &bytes, filename.as_wtf8(), reading, options(thread, &asked))?;
    Ok(taipan_vm::code_object(thread, code)?.into_value())
}

fn mode_of(thread: &Thread, mode: &str, flags: i64) -> PyResult<Mode> {
    let only_tree = flags & ast::ONLY_AST != 0;
    let message = match mode {
        "exec" => return Ok(Mode::Exec),
        "eval" => return Ok(Mode::Eval),
        "single" => return Ok(Mode::Single),
        "func_type" if only_tree => return Ok(Mode::FuncType),
        "func_type" => "compile() mode 'func_type' requires flag PyCF_ONLY_AST",
        _ if only_tree => "compile() mode must be 'exec', 'eval', 'single' or 'func_type'",
        _ => "compile() mode must be 'exec', 'eval' or 'single'",
    };
    Err(raise!(thread, VALUE_ERROR, "{message}"))
}

fn options(thread: &Thread, asked: &Asked) -> CompileOptions {
    let inherited = if asked.inherits { inherited_features(thread) } else { 0 };
    CompileOptions {
        optimize: level(thread, asked),
        future: (asked.flags as u32 & CodeFlags::FUTURE_FEATURES) | inherited,
        top_level_await: asked.flags & ast::ALLOW_TOP_LEVEL_AWAIT != 0,
    }
}

/// The level of optimization: that of the interpreter, if none is said.
fn level(thread: &Thread, asked: &Asked) -> u8 {
    u8::try_from(asked.optimize).unwrap_or_else(|_| thread.interp().optimize.get())
}

fn tree_options(asked: &Asked) -> TreeOptions {
    let is_optimized = asked.flags & ast::OPTIMIZED_AST == ast::OPTIMIZED_AST;
    TreeOptions {
        mode: asked.mode,
        type_comments: asked.flags & ast::TYPE_COMMENTS != 0,
        feature_version: u8::try_from(asked.feature_version).ok(),
        optimize: is_optimized.then_some(asked.optimize.max(0) as u8),
        incomplete_input: asked.flags & ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent: asked.flags & DONT_IMPLY_DEDENT != 0,
        is_text: false,
    }
}

/// Code of a tree; the tree itself, if that is what is asked for, optimized if so.
fn compile_tree(
    thread: &Thread,
    tree: Ref<'_>,
    filename: taipan_wtf8::Wtf8<'_>,
    asked: &Asked,
) -> PyResult<Value> {
    let class = match asked.mode {
        Mode::Exec => Class::Module,
        Mode::Eval => Class::Expression,
        Mode::Single => Class::Interactive,
        Mode::FuncType => Class::FunctionType,
    };
    if asked.flags & ast::OPTIMIZED_AST == ast::ONLY_AST {
        return trees::check_class(thread, tree, class).map(|()| tree.to_value());
    }
    if asked.flags & ast::ONLY_AST != 0 {
        return trees::optimized(thread, tree, class, asked.optimize.max(0) as u8);
    }
    let code = trees::compile(thread, tree, class, filename, options(thread, asked))?;
    Ok(taipan_vm::code_object(thread, code)?.into_value())
}
