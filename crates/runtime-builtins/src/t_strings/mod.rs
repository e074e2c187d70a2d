//! Template strings (PEP 750): `string.templatelib.Template` and `Interpolation`. `template.rs` has the strings and what
//! stands between them, `interpolation.rs` one of those, `iterator.rs` walks both.

mod interpolation;
mod iterator;
mod template;

pub use interpolation::make as make_interpolation;
pub use template::make as make_template;

use taipan_object::descriptor::member::MemberKind;
use taipan_object::{PyResult, PyTypeObject, Thread};

use crate::install;

/// The static types that are declared here.
pub(crate) fn types() -> [&'static PyTypeObject; 3] {
    [&template::TEMPLATE, &interpolation::INTERPOLATION, &iterator::TEMPLATE_ITER]
}

/// Fills their dicts.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    let field = |name, offset| (name, offset, MemberKind::Object, true);
    let fields = |all: &[(&'static str, u32)]| -> Vec<install::Field> {
        all.iter().map(|(name, offset)| field(*name, *offset)).collect()
    };
    install::fields(thread, &template::TEMPLATE, &fields(&template::FIELDS))?;
    install::methods(thread, &template::TEMPLATE, &template::METHODS)?;
    install::attributes(thread, &template::TEMPLATE, &template::ATTRIBUTES)?;
    install::fields(thread, &interpolation::INTERPOLATION, &fields(&interpolation::FIELDS))?;
    install::methods(thread, &interpolation::INTERPOLATION, &interpolation::METHODS)?;
    interpolation::set_match_args(thread)
}
