//! Floats of 16 bits: one for the sign, five for the exponent, ten for the fraction.

/// The float of some bits.
pub fn read(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF));
    sign * match exponent {
        0 => fraction * 2_f64.powi(-24),
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    }
}

/// The bits of the nearest such float, ties to even; none if it is too large.
pub fn write(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    if value.is_nan() {
        return Some(sign | 0x7E00);
    }
    let magnitude = value.abs();
    if magnitude.is_infinite() {
        return Some(sign | 0x7C00);
    }
    // below the least exponent the steps are all of one size
    let exponent =
        if magnitude < 2_f64.powi(-14) { -14 } else { ((magnitude.to_bits() >> 52 & 0x7FF) as i32) - 1023 };
    if exponent > 15 {
        return None;
    }
    let steps = (magnitude * 2_f64.powi(10 - exponent)).round_ties_even() as u32;
    // a fraction that is rounded up to the next power carries into the exponent by itself
    let base = if exponent == -14 { 0 } else { (exponent + 14) as u32 * 1024 };
    let bits = base + steps;
    (bits < 0x7C00).then_some(sign | bits as u16)
}
