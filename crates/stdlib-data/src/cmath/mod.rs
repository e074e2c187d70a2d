//! The module `cmath`: functions of complex numbers. `functions.rs` computes them for finite numbers, after W. Kahan's
//! "Branch Cuts for Complex Elementary Functions"; `special.rs` has what C (annex G) says of infinities and NaNs.

mod functions;
mod special;

use taipan_object::complex::PyComplex;
use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, libm, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::real;
use functions::Outcome;

/// A complex number.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Complex {
    re: f64,
    im: f64,
}

const fn complex(re: f64, im: f64) -> Complex {
    Complex { re, im }
}

impl Complex {
    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    fn is_infinite(self) -> bool {
        self.re.is_infinite() || self.im.is_infinite()
    }

    fn is_nan(self) -> bool {
        self.re.is_nan() || self.im.is_nan()
    }

    /// The distance from zero; infinite if one of the parts is.
    fn magnitude(self) -> f64 {
        self.re.hypot(self.im)
    }
}

macro_rules! of_one {
    ($($name:ident)*) => { $(
        fn $name(thread: &Thread, _: Ref<'_>, z: Ref<'_>) -> PyResult<Value> {
            result(thread, functions::$name(number(thread, z)?))
        }
    )* };
}

of_one! { acos acosh asin asinh atan atanh cos cosh exp log10 sin sinh sqrt tan tanh }

method_table! { FUNCTIONS:
    Instance One c"acos" "($module, z, /)" acos, c"The arc cosine.";
    Instance One c"acosh" "($module, z, /)" acosh, c"The area hyperbolic cosine.";
    Instance One c"asin" "($module, z, /)" asin, c"The arc sine.";
    Instance One c"asinh" "($module, z, /)" asinh, c"The area hyperbolic sine.";
    Instance One c"atan" "($module, z, /)" atan, c"The arc tangent.";
    Instance One c"atanh" "($module, z, /)" atanh, c"The area hyperbolic tangent.";
    Instance One c"cos" "($module, z, /)" cos, c"The cosine.";
    Instance One c"cosh" "($module, z, /)" cosh, c"The hyperbolic cosine.";
    Instance One c"exp" "($module, z, /)" exp, c"e to a power.";
    Instance Keywords c"isclose" "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)" is_close, c"Whether two numbers are near each other.";
    Instance One c"isfinite" "($module, z, /)" |thread, _, z| Ok(Value::bool(number(thread, z)?.is_finite())), c"Whether both parts are finite.";
    Instance One c"isinf" "($module, z, /)" |thread, _, z| Ok(Value::bool(number(thread, z)?.is_infinite())), c"Whether a part is infinite.";
    Instance One c"isnan" "($module, z, /)" |thread, _, z| Ok(Value::bool(number(thread, z)?.is_nan())), c"Whether a part is NaN.";
    Instance Positional c"log" "($module, z, base=<unrepresentable>, /)" log, c"The logarithm to a base.";
    Instance One c"log10" "($module, z, /)" log10, c"The logarithm to base ten.";
    Instance One c"phase" "($module, z, /)" phase, c"The angle of a number.";
    Instance One c"polar" "($module, z, /)" polar, c"Distance from zero and angle.";
    Instance Two c"rect" "($module, r, phi, /)" rect, c"The number of a distance and an angle.";
    Instance One c"sin" "($module, z, /)" sin, c"The sine.";
    Instance One c"sinh" "($module, z, /)" sinh, c"The hyperbolic sine.";
    Instance One c"sqrt" "($module, z, /)" sqrt, c"The square root.";
    Instance One c"tan" "($module, z, /)" tan, c"The tangent.";
    Instance One c"tanh" "($module, z, /)" tanh, c"The hyperbolic tangent.";
}

/// `cmath`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "cmath",
    doc: Some("Functions of complex numbers."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    use std::f64::consts::{E, PI, TAU};
    for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        add(thread, module, name, Value::float(thread, value)?)?;
    }
    for (name, value) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
        add(thread, module, name, PyComplex::new(thread, 0.0, value)?.into_value())?;
    }
    Ok(())
}

/// An argument that is a number.
fn number(thread: &Thread, value: Ref<'_>) -> PyResult<Complex> {
    if let Some(number) = value.get::<PyComplex>() {
        let [re, im] = number.parts();
        return Ok(complex(re, im));
    }
    let name = intern_text(thread, "__complex__")?;
    if let Some(made) = taipan_runtime_builtins::special::call_special(thread, value, &name, [])? {
        if let Some(number) = made.as_ref().get::<PyComplex>() {
            let [re, im] = number.parts();
            return Ok(complex(re, im));
        }
        let ty = made.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__complex__ returned non-complex (type {ty})"));
    }
    Ok(complex(real(thread, value)?, 0.0))
}

/// What a function gave, as an object or as an exception.
fn result(thread: &Thread, outcome: Outcome) -> PyResult<Value> {
    match outcome {
        Outcome::Is(z) => Ok(PyComplex::new(thread, z.re, z.im)?.into_value()),
        Outcome::Domain => Err(raise!(thread, VALUE_ERROR, "math domain error")),
        Outcome::Range => Err(raise!(thread, OVERFLOW_ERROR, "math range error")),
    }
}

fn log(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "log", arguments.len(), 1, 2)?;
    let Some(z) = arguments.first() else { return Ok(Value::none()) };
    let z = number(thread, z.as_ref())?;
    match arguments.get(1) {
        None => result(thread, functions::log(z)),
        Some(base) => result(thread, functions::log_to(z, number(thread, base.as_ref())?)),
    }
}

fn phase(thread: &Thread, _: Ref<'_>, z: Ref<'_>) -> PyResult<Value> {
    let z = number(thread, z)?;
    Value::float(thread, libm::atan2(z.im, z.re))
}

fn polar(thread: &Thread, _: Ref<'_>, z: Ref<'_>) -> PyResult<Value> {
    let z = number(thread, z)?;
    let magnitude = z.magnitude();
    if z.is_finite() && magnitude.is_infinite() {
        return result(thread, Outcome::Range);
    }
    let pair = [Value::float(thread, magnitude)?, Value::float(thread, libm::atan2(z.im, z.re))?];
    Ok(PyTuple::pack(thread, pair)?.into_value())
}

fn rect(thread: &Thread, _: Ref<'_>, r: Ref<'_>, phi: Ref<'_>) -> PyResult<Value> {
    let (r, phi) = (real(thread, r)?, real(thread, phi)?);
    result(thread, functions::rect(r, phi))
}

const IS_CLOSE: Parameters<4> = Parameters {
    function: "isclose",
    names: ["a", "b", "rel_tol", "abs_tol"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

fn is_close(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [a, b, relative, absolute] = IS_CLOSE.bind(thread, arguments, names)?;
    let (a, b) = (number(thread, a.unwrap_or(this))?, number(thread, b.unwrap_or(this))?);
    let tolerance = |value: Option<Ref<'_>>, default| value.map_or(Ok(default), |value| real(thread, value));
    let (relative, absolute) = (tolerance(relative, 1e-9)?, tolerance(absolute, 0.0)?);
    if relative < 0.0 || absolute < 0.0 {
        return Err(raise!(thread, VALUE_ERROR, "tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::bool(true));
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::bool(false));
    }
    let difference = complex(a.re - b.re, a.im - b.im).magnitude();
    let near = |side: Complex| difference <= relative * side.magnitude();
    Ok(Value::bool(near(b) || near(a) || difference <= absolute))
}
