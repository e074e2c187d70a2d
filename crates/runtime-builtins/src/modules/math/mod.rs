//! The module `math`. What the C library has is computed by it, so that results are those of the reference.

mod elementary;
mod gamma;
mod integers;
mod parts;
mod sums;
#[cfg(test)]
mod tests;

use taipan_object::module::PyModule;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

use super::{ModuleDef, add};
use crate::construct::float_from_number;
use crate::methods::method_table;

method_table! { FUNCTIONS:
    Instance One c"acos" "($module, x, /)" elementary::acos, c"The arc cosine.";
    Instance One c"acosh" "($module, x, /)" elementary::acosh, c"The area hyperbolic cosine.";
    Instance One c"asin" "($module, x, /)" elementary::asin, c"The arc sine.";
    Instance One c"asinh" "($module, x, /)" elementary::asinh, c"The area hyperbolic sine.";
    Instance One c"atan" "($module, x, /)" elementary::atan, c"The arc tangent.";
    Instance Two c"atan2" "($module, y, x, /)" elementary::atan2, c"The arc tangent of y/x, in the right quadrant.";
    Instance One c"atanh" "($module, x, /)" elementary::atanh, c"The area hyperbolic tangent.";
    Instance One c"cbrt" "($module, x, /)" elementary::cbrt, c"The cube root.";
    Instance One c"ceil" "($module, x, /)" parts::ceil, c"The least integer that is not less.";
    Instance Two c"comb" "($module, n, k, /)" integers::comb, c"How many ways there are to choose k of n.";
    Instance Two c"copysign" "($module, x, y, /)" elementary::copysign, c"x with the sign of y.";
    Instance One c"cos" "($module, x, /)" elementary::cos, c"The cosine.";
    Instance One c"cosh" "($module, x, /)" elementary::cosh, c"The hyperbolic cosine.";
    Instance One c"degrees" "($module, x, /)" elementary::degrees, c"An angle in degrees.";
    Instance Two c"dist" "($module, p, q, /)" sums::dist, c"The distance of two points.";
    Instance One c"erf" "($module, x, /)" elementary::erf, c"The error function.";
    Instance One c"erfc" "($module, x, /)" elementary::erfc, c"One less the error function.";
    Instance One c"exp" "($module, x, /)" elementary::exp, c"e to a power.";
    Instance One c"exp2" "($module, x, /)" elementary::exp2, c"Two to a power.";
    Instance One c"expm1" "($module, x, /)" elementary::expm1, c"e to a power, less one.";
    Instance One c"fabs" "($module, x, /)" elementary::fabs, c"The magnitude.";
    Instance One c"factorial" "($module, n, /)" integers::factorial, c"The product of the integers up to n.";
    Instance One c"floor" "($module, x, /)" parts::floor, c"The greatest integer that is not greater.";
    Instance Positional c"fma" "($module, x, y, z, /)" elementary::fma, c"x*y + z, rounded once.";
    Instance Two c"fmod" "($module, x, y, /)" elementary::fmod, c"The remainder with the sign of x.";
    Instance One c"frexp" "($module, x, /)" parts::frexp, c"Mantissa and exponent.";
    Instance One c"fsum" "($module, seq, /)" sums::fsum, c"The sum of floats without loss.";
    Instance One c"gamma" "($module, x, /)" gamma::gamma, c"The gamma function.";
    Instance Positional c"gcd" "($module, /, *integers)" integers::gcd, c"The greatest common divisor.";
    Instance Positional c"hypot" "($module, /, *coordinates)" sums::hypot, c"The distance from the origin.";
    Instance Keywords c"isclose" "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)" parts::isclose, c"Whether two numbers are near each other.";
    Instance One c"isfinite" "($module, x, /)" |thread, _, x| Ok(Value::bool(real(thread, x)?.is_finite())), c"Whether x is neither infinite nor NaN.";
    Instance One c"isinf" "($module, x, /)" |thread, _, x| Ok(Value::bool(real(thread, x)?.is_infinite())), c"Whether x is infinite.";
    Instance One c"isnan" "($module, x, /)" |thread, _, x| Ok(Value::bool(real(thread, x)?.is_nan())), c"Whether x is NaN.";
    Instance One c"isqrt" "($module, n, /)" integers::isqrt, c"The integer part of the square root.";
    Instance Positional c"lcm" "($module, /, *integers)" integers::lcm, c"The least common multiple.";
    Instance Two c"ldexp" "($module, x, i, /)" parts::ldexp, c"x times two to the power i.";
    Instance One c"lgamma" "($module, x, /)" gamma::lgamma, c"The logarithm of the magnitude of the gamma function.";
    Instance Positional c"log" "(x, [base=math.e])" elementary::log, c"The logarithm to a base.";
    Instance One c"log10" "($module, x, /)" elementary::log10, c"The logarithm to base ten.";
    Instance One c"log1p" "($module, x, /)" elementary::log1p, c"The natural logarithm of 1+x.";
    Instance One c"log2" "($module, x, /)" elementary::log2, c"The logarithm to base two.";
    Instance One c"modf" "($module, x, /)" parts::modf, c"Fraction and integer part.";
    Instance Keywords c"nextafter" "($module, x, y, /, *, steps=None)" parts::nextafter, c"The float so many steps from x towards y.";
    Instance Positional c"perm" "($module, n, k=None, /)" integers::perm, c"How many ways there are to arrange k of n.";
    Instance Two c"pow" "($module, x, y, /)" elementary::pow, c"x to the power y.";
    Instance Keywords c"prod" "($module, iterable, /, *, start=1)" sums::prod, c"The product of the items.";
    Instance One c"radians" "($module, x, /)" elementary::radians, c"An angle in radians.";
    Instance Two c"remainder" "($module, x, y, /)" elementary::remainder, c"The remainder that is nearest to zero.";
    Instance One c"sin" "($module, x, /)" elementary::sin, c"The sine.";
    Instance One c"sinh" "($module, x, /)" elementary::sinh, c"The hyperbolic sine.";
    Instance One c"sqrt" "($module, x, /)" elementary::sqrt, c"The square root.";
    Instance Two c"sumprod" "($module, p, q, /)" sums::sumprod, c"The sum of the products of pairs.";
    Instance One c"tan" "($module, x, /)" elementary::tan, c"The tangent.";
    Instance One c"tanh" "($module, x, /)" elementary::tanh, c"The hyperbolic tangent.";
    Instance One c"trunc" "($module, x, /)" parts::trunc, c"The integer part.";
    Instance One c"ulp" "($module, x, /)" parts::ulp, c"The value of the last bit.";
}

/// `math`.
pub(super) static MODULE: ModuleDef = ModuleDef {
    name: "math",
    doc: Some("Functions of real numbers, as the C library has them."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    use std::f64::consts::{E, PI, TAU};
    for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        add(thread, module, name, Value::float(thread, value)?)?;
    }
    Ok(())
}

/// An argument that is a real number.
fn real(thread: &Thread, value: Ref<'_>) -> PyResult<f64> {
    float_from_number(thread, value)
}

#[cold]
fn domain_error(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "math domain error")
}

#[cold]
fn range_error(thread: &Thread) -> Raised {
    raise!(thread, OVERFLOW_ERROR, "math range error")
}

/// A number as messages show it.
fn shown(x: f64) -> String {
    crate::text::float::repr(x)
}
