//! Running a decompressor.

use taipan_object::{PyResult, Thread};
use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use super::{PART, failed};

/// A stream; none if there is no such kind. The kinds are those of zlib's `inflateInit2`.
pub(super) fn stream(wbits: i32) -> Option<Inflate> {
    Some(match wbits {
        0 | 8..=15 | 24..=31 | 40..=47 => Inflate::new(true, wbits as u8),
        // the size of the window is what the header says
        16 | 32 => Inflate::new(true, wbits as u8 + 15),
        -15..=-8 => Inflate::new(false, wbits.unsigned_abs() as u8),
        _ => return None,
    })
}

/// Where a run ended.
pub(super) struct End {
    /// How much of the input was used.
    pub(super) used: usize,
    /// Whether the stream has ended.
    pub(super) is_over: bool,
}

const DOING: &str = "while decompressing data";

/// Decompresses `data`, to at most `most` bytes behind those in `out`.
///
/// # Errors
/// `zlib.error`
pub(super) fn run(
    thread: &Thread,
    stream: &mut Inflate,
    data: &[u8],
    most: Option<usize>,
    dictionary: &[u8],
    out: &mut Vec<u8>,
) -> PyResult<End> {
    let (mut used, mut made) = (0, 0_usize);
    let mut next = 1 << 13;
    loop {
        let left = most.map_or(usize::MAX, |most| most - made);
        if left == 0 {
            return Ok(End { used, is_over: false });
        }
        let room = next.min(left);
        // larger parts, the more there is
        next = (next * 2).min(1 << 18);
        let start = out.len();
        if out.try_reserve(room).is_err() {
            return Err(thread.raise_memory_error());
        }
        out.resize(start + room, 0);
        let rest = data.get(used..).unwrap_or_default();
        let part = rest.get(..PART).unwrap_or(rest);
        let (before, written) = (stream.total_in(), stream.total_out());
        let result =
            stream.decompress(part, out.get_mut(start..).unwrap_or_default(), InflateFlush::SyncFlush);
        let count = (stream.total_out() - written) as usize;
        out.truncate(start + count);
        used += (stream.total_in() - before) as usize;
        made += count;
        match result {
            Ok(Status::StreamEnd) => return Ok(End { used, is_over: true }),
            // all input is used, and more would have fitted
            Ok(_) if used == data.len() && count < room => return Ok(End { used, is_over: false }),
            Ok(_) => {}
            Err(InflateError::NeedDict { .. }) if !dictionary.is_empty() => {
                if let Err(error) = stream.set_dictionary(dictionary) {
                    return Err(failed(
                        thread,
                        code(error),
                        "while setting zdict",
                        Some("invalid input data"),
                    ));
                }
            }
            Err(InflateError::NeedDict { .. }) => return Err(failed(thread, 2, DOING, None)),
            Err(error) => {
                let message = stream.error_message().unwrap_or(error.as_str());
                return Err(failed(thread, code(error), DOING, Some(message)));
            }
        }
        taipan_vm::safepoint(thread)?;
    }
}

/// zlib's number of an error.
fn code(error: InflateError) -> i32 {
    match error {
        InflateError::NeedDict { .. } => 2,
        InflateError::StreamError => -2,
        InflateError::DataError => -3,
        InflateError::MemError => -4,
    }
}
