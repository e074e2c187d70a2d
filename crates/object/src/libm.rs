//! Functions of the C library for numbers that Rust's own do not have, or compute another way: Python's results are
//! those of C. All of them are pure.

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($x:ident),+);)*) => {
        mod c {
            // SAFETY: functions of the C standard library, with their signatures; they take any numbers.
            unsafe extern "C" {
                $(pub(super) safe fn $name($($x: f64),+) -> f64;)*
            }
        }

        $($(#[$doc])* pub fn $name($($x: f64),+) -> f64 { c::$name($($x),+) })*
    };
}

functions! {
    /// The arc cosine.
    acos(x);
    /// The area hyperbolic cosine.
    acosh(x);
    /// The arc sine.
    asin(x);
    /// The area hyperbolic sine.
    asinh(x);
    /// The arc tangent.
    atan(x);
    /// The arc tangent of a quotient, in the right quadrant.
    atan2(y, x);
    /// The area hyperbolic tangent.
    atanh(x);
    /// The cube root.
    cbrt(x);
    /// The cosine.
    cos(x);
    /// The hyperbolic cosine.
    cosh(x);
    /// The error function.
    erf(x);
    /// One less the error function.
    erfc(x);
    /// e to a power.
    exp(x);
    /// Two to a power.
    exp2(x);
    /// e to a power, less one.
    expm1(x);
    /// A product and a sum, rounded once.
    fma(x, y, z);
    /// The remainder with the sign of the first.
    fmod(x, y);
    /// The natural logarithm.
    log(x);
    /// The logarithm to base ten.
    log10(x);
    /// The natural logarithm of one more.
    log1p(x);
    /// The logarithm to base two.
    log2(x);
    /// A power.
    pow(x, y);
    /// The remainder that is nearest to zero.
    remainder(x, y);
    /// The sine.
    sin(x);
    /// The hyperbolic sine.
    sinh(x);
    /// The tangent.
    tan(x);
    /// The hyperbolic tangent.
    tanh(x);
}
