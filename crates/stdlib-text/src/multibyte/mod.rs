//! The modules `_multibytecodec` and `_codecs_cn`, `_codecs_hk`, `_codecs_iso2022`, `_codecs_jp`, `_codecs_kr`, `_codecs_tw`: the
//! encodings of `taipan-charsets` as Python sees them. `work.rs` encodes and decodes with error handlers, `codec.rs` has the
//! codecs, `incremental.rs` those that are fed in pieces, `stream.rs` those over streams. Invariant: while a handler
//! runs, nothing but the pieces already done and the state is kept.

mod codec;
mod incremental;
mod incremental_state;
mod stream;
mod work;

use taipan_charsets::Codec;
use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use codec::{CODEC, MultibyteCodec};
use incremental::{DECODER, ENCODER};
use stream::{READER, WRITER};

/// Names of arguments.
type Names<'a> = Option<&'a PyTuple>;

/// `_multibytecodec`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_multibytecodec",
    doc: None,
    functions: &[],
    exec: Some(|thread: &Thread, module: &PyModule| {
        let types: [(&str, &'static PyTypeObject); 4] = [
            ("MultibyteIncrementalEncoder", &ENCODER),
            ("MultibyteIncrementalDecoder", &DECODER),
            ("MultibyteStreamReader", &READER),
            ("MultibyteStreamWriter", &WRITER),
        ];
        types.into_iter().try_for_each(|(name, ty)| add(thread, module, name, as_ref(ty).to_value()))
    }),
};

macro_rules! modules {
    ($($static:ident $table:ident $name:literal $encodings:expr;)*) => {
        $(
            method_table! { $table:
                Instance One c"getcodec" "" |thread, _, name| get_codec(thread, name, &$encodings), c"The codec of a name.";
            }

            static $static: ModuleDef =
                ModuleDef { name: $name, doc: None, functions: &$table, exec: None };
        )*

        /// The modules that have the codecs.
        pub(crate) static FAMILIES: [&ModuleDef; { [$($name),*].len() }] = [$(&$static),*];
    };
}

modules! {
    CN CN_FUNCTIONS "_codecs_cn" ["gb2312", "gbk", "gb18030", "hz"];
    HK HK_FUNCTIONS "_codecs_hk" ["big5hkscs"];
    ISO ISO_FUNCTIONS "_codecs_iso2022" [
        "iso2022_kr", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext"
    ];
    JP JP_FUNCTIONS "_codecs_jp" [
        "shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213", "shift_jisx0213"
    ];
    KR KR_FUNCTIONS "_codecs_kr" ["euc_kr", "cp949", "johab"];
    TW TW_FUNCTIONS "_codecs_tw" ["big5", "cp950"];
}

fn get_codec(thread: &Thread, name: Ref<'_>, known: &[&str]) -> PyResult<Value> {
    let Some(name) = name.get::<PyStr>() else {
        return Err(raise!(thread, TYPE_ERROR, "encoding name must be a string."));
    };
    let found = known.iter().find(|known| name.equals_text(known)).and_then(|name| Codec::named(name));
    match found {
        Some(codec) => Ok(Native::new(thread, MultibyteCodec::of(codec))?.into_value()),
        None => Err(raise!(thread, LOOKUP_ERROR, "no such codec is supported.")),
    }
}

/// The types of the modules.
pub(crate) fn types() -> [&'static PyTypeObject; 5] {
    [&CODEC, &ENCODER, &DECODER, &READER, &WRITER]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &CODEC, &codec::METHODS)?;
    install::methods(thread, &ENCODER, &incremental::ENCODER_METHODS)?;
    install::attributes(thread, &ENCODER, &incremental::ENCODER_ATTRIBUTES)?;
    install::methods(thread, &DECODER, &incremental::DECODER_METHODS)?;
    install::attributes(thread, &DECODER, &incremental::DECODER_ATTRIBUTES)?;
    install::methods(thread, &READER, &stream::READER_METHODS)?;
    install::attributes(thread, &READER, &stream::READER_ATTRIBUTES)?;
    install::methods(thread, &WRITER, &stream::WRITER_METHODS)?;
    install::attributes(thread, &WRITER, &stream::WRITER_ATTRIBUTES)?;
    stream::fill(thread)
}
