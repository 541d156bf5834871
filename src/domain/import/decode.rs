//! Bytes of a text file to text: UTF-8, or Shift_JIS as Windows writes it (CP932).

use encoding_rs::SHIFT_JIS;

use super::ImportError;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text, and the name of its encoding.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, &'static str), ImportError> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(ImportError::Utf16);
    }
    if bytes.contains(&0) {
        return Err(if looks_like_utf16(bytes) {
            ImportError::Utf16
        } else {
            ImportError::NotText
        });
    }
    // ESC starts every run of Japanese in ISO-2022-JP, and %PDF every PDF.
    if bytes.contains(&0x1B) || bytes.starts_with(b"%PDF") {
        return Err(ImportError::NotText);
    }
    let body = bytes.strip_prefix(BOM);
    match (std::str::from_utf8(body.unwrap_or(bytes)), body) {
        (Ok(text), _) => Ok((text.to_owned(), "UTF-8")),
        (Err(error), Some(body)) => Err(ImportError::Encoding {
            line: line_of(body, error.valid_up_to()),
        }),
        (Err(error), None) => shift_jis(bytes).ok_or_else(|| ImportError::Encoding {
            line: line_of(bytes, error.valid_up_to()).max(first_line_not_shift_jis(bytes)),
        }),
    }
}

fn shift_jis(bytes: &[u8]) -> Option<(String, &'static str)> {
    let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some((text.into_owned(), "Shift_JIS"))
}

/// No byte of a Shift_JIS character is a line feed, so lines can be tried one by one.
fn first_line_not_shift_jis(bytes: &[u8]) -> usize {
    bytes
        .split(|byte| *byte == b'\n')
        .position(|line| shift_jis(line).is_none())
        .map_or(1, |before| before + 1)
}

fn line_of(bytes: &[u8], offset: usize) -> usize {
    let before = bytes.iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
}

/// ASCII in UTF-16 without its mark: every other byte is zero.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let zeros = |start: usize| {
        let every_other = bytes.iter().skip(start).step_by(2);
        every_other.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    even.max(odd) > 2 && even.max(odd) * 10 > bytes.len() && even.min(odd) * 10 < even.max(odd)
}
