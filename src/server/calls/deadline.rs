//! The caller's deadline. tonic has one of its own, which answers CANCELLED and does not reach into streams.

use crate::grpc::Invalid;
use http::HeaderMap;
use std::time::Duration;
use tokio::time::Instant;

/// How far this deadline lies before tonic's, whose clock ticks in milliseconds: it must fire first.
const AHEAD: Duration = Duration::from_millis(1);

/// When the caller gives up, from the header `grpc-timeout`.
///
/// # Errors
/// If the header is malformed: a caller that meant a deadline and gets none would wait for ever.
pub(super) fn of(headers: &HeaderMap) -> Result<Option<Instant>, Invalid> {
    let Some(value) = headers.get("grpc-timeout") else { return Ok(None) };
    let timeout = value.to_str().ok().and_then(parse);
    let timeout = timeout.ok_or_else(|| {
        Invalid::one("grpc-timeout", "is malformed; expected 1 to 8 digits and a unit of H, M, S, m, u or n")
    })?;
    Ok(Some(Instant::now() + timeout.saturating_sub(AHEAD)))
}

fn parse(value: &str) -> Option<Duration> {
    let unit = value.chars().next_back()?;
    let digits = value.strip_suffix(unit)?;
    if !(1..=8).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        'H' => Duration::from_secs(number * 3600),
        'M' => Duration::from_secs(number * 60),
        'S' => Duration::from_secs(number),
        'm' => Duration::from_millis(number),
        'u' => Duration::from_micros(number),
        'n' => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts() {
        let cases = [
            ("1H", Some(Duration::from_hours(1))),
            ("2M", Some(Duration::from_mins(2))),
            ("3S", Some(Duration::from_secs(3))),
            ("4m", Some(Duration::from_millis(4))),
            ("5u", Some(Duration::from_micros(5))),
            ("99999999n", Some(Duration::from_nanos(99_999_999))),
            ("123456789n", None),
            ("m", None),
            ("", None),
            ("-1S", None),
            ("+1S", None),
            ("1s", None),
            ("1é", None),
        ];
        for (value, expected) in cases {
            assert_eq!(parse(value), expected, "{value}");
        }
    }
}
