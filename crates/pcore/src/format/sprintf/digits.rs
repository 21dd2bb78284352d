//! Digits of floats, rounded as Ruby rounds them.
//!
//! Up to 14 digits, Ruby's conversion first computes with floats. Where it then cannot tell on which side of a half the
//! rest is, it takes it for a half and rounds to even: `%.2f` of 2.675 is `2.68`, though the float is a little less.
//! Beyond, digits are exact.

/// Digits that are computed with floats.
const QUICK_DIGITS_MAX: i32 = 14;

/// The number, which is not negative, with this many digits behind the point.
pub(super) fn fixed(number: f64, precision: usize) -> String {
    let exact = || format!("{number:.precision$}");
    let wanted = i32::try_from(precision).unwrap_or(i32::MAX);
    let exponent = exponent(number);
    let Some((digits, exponent)) =
        wanted.checked_add(exponent + 1).and_then(|count| quick(number, exponent, count))
    else {
        return exact();
    };
    // The digits with the point in its place, and zeros where there are none.
    let mut text = String::new();
    let digit = |place: i32| {
        usize::try_from(exponent - place).ok().and_then(|at| digits.get(at)).copied().unwrap_or(b'0')
    };
    for place in (0..=exponent.max(0)).rev() {
        text.push(char::from(digit(place)));
    }
    if precision > 0 {
        text.push('.');
        for place in 1..=wanted {
            text.push(char::from(digit(-place)));
        }
    }
    text
}

/// One digit, a point, this many digits; and the exponent.
pub(super) fn exponential(number: f64, precision: usize) -> (String, i32) {
    let count = i32::try_from(precision).unwrap_or(i32::MAX).saturating_add(1);
    if let Some((digits, exponent)) = quick(number, exponent(number), count) {
        let mut text = String::new();
        for at in 0..=precision {
            if at == 1 {
                text.push('.');
            }
            text.push(char::from(digits.get(at).copied().unwrap_or(b'0')));
        }
        return (text, exponent);
    }
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or(0))
}

/// The exponent of the first digit.
fn exponent(number: f64) -> i32 {
    format!("{number:e}").split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

/// So many digits, computed with floats, and the exponent of the first; `None` where that is not how it is done.
/// Digits that are missing at the end are zeros.
fn quick(number: f64, exponent: i32, count: i32) -> Option<(Vec<u8>, i32)> {
    if number == 0.0 || !(1..=QUICK_DIGITS_MAX).contains(&count) || exponent.abs() > 300 {
        return None;
    }
    let scaled = if exponent > 0 { number / 10_f64.powi(exponent) } else { number * 10_f64.powi(-exponent) };
    // What the computation may be off by, at the place of the last digit.
    let steps = 2.0 + f64::from((exponent.unsigned_abs() >> 4).count_ones());
    let error = (steps * scaled + 7.0) * f64::EPSILON * 10_f64.powi(count - 1);
    let mut digits = Vec::with_capacity(count as usize + 1);
    let mut rest = scaled;
    for at in 1..=count {
        let digit = rest as u8;
        rest -= f64::from(digit);
        digits.push(b'0' + digit);
        if rest == 0.0 {
            return Some((digits, exponent));
        }
        if at < count {
            rest *= 10.0;
        }
    }
    let rounds_up = if rest > 0.5 + error {
        true
    } else if rest < 0.5 - error {
        false
    } else {
        digits.last().is_some_and(|digit| digit % 2 == 1)
    };
    Some(if rounds_up { round_up(digits, exponent) } else { (digits, exponent) })
}

/// One more in the last digit.
fn round_up(mut digits: Vec<u8>, exponent: i32) -> (Vec<u8>, i32) {
    while digits.last() == Some(&b'9') {
        digits.pop();
    }
    match digits.last_mut() {
        Some(digit) => {
            *digit += 1;
            (digits, exponent)
        }
        None => (vec![b'1'], exponent + 1),
    }
}
