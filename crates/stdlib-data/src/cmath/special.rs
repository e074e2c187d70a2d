//! Values at infinities and NaNs, as annex G of the C standard has them. Each function is given a number of which a
//! part is not finite.

use std::f64::consts::FRAC_PI_2;

use taipan_object::libm::{atan2, cos, sin};

use super::functions::Outcome;
use super::{Complex, complex};

const INFINITY: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const NONE: Complex = complex(NAN, NAN);

/// The angle of a number; NaN if a part is.
fn angle(z: Complex) -> f64 {
    atan2(z.im, z.re)
}

pub(super) fn sqrt(z: Complex) -> Complex {
    if z.im.is_infinite() {
        return complex(INFINITY, z.im);
    }
    if z.re == INFINITY {
        return complex(INFINITY, if z.im.is_nan() { NAN } else { 0_f64.copysign(z.im) });
    }
    if z.re == -INFINITY {
        return if z.im.is_nan() { complex(NAN, INFINITY) } else { complex(0.0, INFINITY.copysign(z.im)) };
    }
    NONE
}

pub(super) fn log(z: Complex) -> Complex {
    complex(if z.is_infinite() { INFINITY } else { NAN }, angle(z))
}

pub(super) fn asinh(z: Complex) -> Complex {
    if z.re.is_infinite() {
        // a quarter of a turn divided by two where both are infinite
        return complex(z.re, atan2(z.im, INFINITY));
    }
    if z.im.is_infinite() {
        let im = if z.re.is_nan() { NAN } else { FRAC_PI_2.copysign(z.im) };
        return complex(if z.re.is_nan() { INFINITY } else { INFINITY.copysign(z.re) }, im);
    }
    if z.re.is_nan() && z.im == 0.0 { z } else { NONE }
}

pub(super) fn acosh(z: Complex) -> Complex {
    if z.is_infinite() {
        return complex(INFINITY, angle(z));
    }
    if z.re == 0.0 { complex(NAN, FRAC_PI_2) } else { NONE }
}

pub(super) fn acos(z: Complex) -> Complex {
    if z.is_infinite() {
        let im = if z.im.is_nan() { INFINITY } else { -INFINITY.copysign(z.im) };
        return complex(atan2(z.im.abs(), z.re), im);
    }
    if z.re == 0.0 { complex(FRAC_PI_2, NAN) } else { NONE }
}

pub(super) fn atanh(z: Complex) -> Complex {
    if z.is_infinite() {
        let re = if z.re.is_nan() { 0.0 } else { 0_f64.copysign(z.re) };
        return complex(re, if z.im.is_nan() { NAN } else { FRAC_PI_2.copysign(z.im) });
    }
    if z.re == 0.0 { complex(z.re, NAN) } else { NONE }
}

/// Whether a function that turns with the imaginary part has no limit there.
fn turns_forever(z: Complex) -> bool {
    z.im.is_infinite() && !z.re.is_nan()
}

pub(super) fn exp(z: Complex) -> Outcome {
    if z.re == -INFINITY {
        let turned = z.im.is_finite();
        let (c, s) = if turned { (cos(z.im), sin(z.im)) } else { (1.0, 1.0) };
        return Outcome::Is(complex(0_f64.copysign(c), 0_f64.copysign(s)));
    }
    if turns_forever(z) {
        return Outcome::Domain;
    }
    Outcome::Is(if z.re == INFINITY {
        if z.im == 0.0 {
            z
        } else if z.im.is_nan() {
            complex(INFINITY, NAN)
        } else {
            complex(INFINITY.copysign(cos(z.im)), INFINITY.copysign(sin(z.im)))
        }
    } else if z.re.is_nan() && z.im == 0.0 {
        z
    } else {
        NONE
    })
}

pub(super) fn cosh(z: Complex) -> Outcome {
    if turns_forever(z) {
        return Outcome::Domain;
    }
    Outcome::Is(if z.re.is_infinite() {
        if z.im.is_nan() {
            complex(INFINITY, NAN)
        } else if z.im == 0.0 {
            complex(INFINITY, z.im.copysign(z.re.signum() * z.im.signum()))
        } else {
            complex(INFINITY.copysign(cos(z.im)), INFINITY.copysign(sin(z.im)) * z.re.signum())
        }
    } else if z.re == 0.0 || z.im == 0.0 {
        complex(NAN, 0.0)
    } else {
        NONE
    })
}

pub(super) fn sinh(z: Complex) -> Outcome {
    if turns_forever(z) {
        return Outcome::Domain;
    }
    Outcome::Is(if z.re.is_infinite() {
        if z.im.is_nan() {
            complex(INFINITY, NAN)
        } else if z.im == 0.0 {
            z
        } else {
            complex(INFINITY.copysign(cos(z.im)) * z.re.signum(), INFINITY.copysign(sin(z.im)))
        }
    } else if z.re == 0.0 {
        complex(0.0, NAN)
    } else if z.im == 0.0 {
        z
    } else {
        NONE
    })
}

pub(super) fn tanh(z: Complex) -> Outcome {
    if z.re.is_infinite() {
        let sign = if z.im.is_finite() { sin(z.im) * cos(z.im) } else { 1.0 };
        return Outcome::Is(complex(1_f64.copysign(z.re), 0_f64.copysign(sign)));
    }
    if turns_forever(z) {
        return Outcome::Domain;
    }
    Outcome::Is(if z.re == 0.0 {
        complex(z.re, NAN)
    } else if z.im == 0.0 {
        z
    } else {
        NONE
    })
}

/// The number of a distance and an angle.
pub(super) fn rect(r: f64, phi: f64) -> Outcome {
    if phi.is_infinite() && r != 0.0 && !r.is_nan() {
        return Outcome::Domain;
    }
    Outcome::Is(if r == 0.0 {
        complex(0.0, 0.0)
    } else if r.is_infinite() {
        if phi.is_nan() {
            complex(INFINITY, NAN)
        } else if phi == 0.0 {
            complex(r, phi * r.signum())
        } else {
            complex(r.signum() * INFINITY.copysign(cos(phi)), r.signum() * INFINITY.copysign(sin(phi)))
        }
    } else if r.is_nan() && phi == 0.0 {
        complex(NAN, 0.0)
    } else {
        NONE
    })
}
