//! Files that people give us: what is kept of a picture or a PDF, and how it is shown again.

use axum::extract::multipart::Multipart;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use image::DynamicImage;

use super::{App, WebError, photo};
use crate::domain::answer::Inputs;
use crate::store::attachment::Attachment;

/// The most bytes of an uploaded file.
const FILE_MAX: usize = 10 * 1024 * 1024;
/// The same with the other fields of its form around it.
pub const UPLOAD_MAX: usize = FILE_MAX + 64 * 1024;
/// The longer side of what is kept of a picture: an A4 page at 200 dpi, on which handwriting reads well.
const KEPT_SIDE: u32 = 2400;
/// A typed field beside a file is a date, a number or a few words.
const FIELD_MAX: usize = 1024;

/// A file that may be kept.
pub struct Kept {
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// Takes a picture apart and encodes it anew; a PDF is kept as it is, unless it could do more than be read.
///
/// # Errors
/// What is wrong with the file, for who chose it.
pub fn accept(bytes: Vec<u8>) -> Result<Kept, String> {
    if bytes.is_empty() {
        return Err("ファイルを選んでください".to_owned());
    }
    if bytes.starts_with(b"%PDF-") {
        return accept_pdf(bytes);
    }
    let picture = photo::decode(&bytes)
        .ok_or("ファイルを読めません。PDFか、JPEG・PNGの写真(5000万画素まで)を選んでください")?;
    let small = match picture.width().max(picture.height()) > KEPT_SIDE {
        true => picture.thumbnail(KEPT_SIDE, KEPT_SIDE),
        false => picture,
    };
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 85)
        .encode_image(&DynamicImage::from(small.to_rgb8()))
        .map_err(|_| "写真を保存できる形にできません。撮り直してください".to_owned())?;
    Ok(Kept {
        media_type: "image/jpeg",
        bytes: out,
    })
}

fn accept_pdf(bytes: Vec<u8>) -> Result<Kept, String> {
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    let ends = tail.windows(5).any(|window| window == b"%%EOF");
    if !ends {
        return Err("PDFが途中で切れています。もう一度読み取ってください".to_owned());
    }
    // A name can be written with its characters as #4A.
    let plain = without_escapes(&bytes);
    let holds = |name: &[u8]| plain.windows(name.len()).any(|window| window == name);
    let acts: [&[u8]; 3] = [b"/JavaScript", b"/Launch", b"/EmbeddedFile"];
    if acts.into_iter().any(holds) {
        return Err(
            "このPDFには、動作(スクリプトや添付ファイル)が含まれています。紙から読み取り直したPDFか写真を選んでください"
                .to_owned(),
        );
    }
    Ok(Kept {
        media_type: "application/pdf",
        bytes,
    })
}

fn without_escapes(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| {
        let byte = bytes.get(at)?;
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                plain.push(high * 16 + low);
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    plain
}

/// What the upload form sends.
#[derive(Default)]
pub struct Uploaded {
    pub file: Vec<u8>,
    pub typed: Inputs,
    pub too_large: bool,
}

impl Uploaded {
    /// Reads the file under `name` and what was typed beside it.
    ///
    /// # Errors
    /// `TooLarge`, `Bad`.
    pub async fn read(form: &mut Multipart, file: &str) -> Result<Self, WebError> {
        let bad = |error: axum::extract::multipart::MultipartError| match error.status() {
            axum::http::StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge(TOO_LARGE.to_owned()),
            _ => WebError::Bad("ファイルを受け取れませんでした。もう一度選んでください".to_owned()),
        };
        let mut uploaded = Self::default();
        while let Some(mut field) = form.next_field().await.map_err(bad)? {
            let name = field.name().unwrap_or_default().to_owned();
            let most = if name == file { FILE_MAX } else { FIELD_MAX };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(bad)? {
                if bytes.len() + chunk.len() > most {
                    uploaded.too_large = true;
                    bytes.clear();
                } else if !uploaded.too_large {
                    bytes.extend_from_slice(&chunk);
                }
            }
            if name == file {
                uploaded.file = bytes;
            } else {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                uploaded.typed.push(name, text);
            }
        }
        Ok(uploaded)
    }
}

pub const TOO_LARGE: &str = "10MBまでです。小さくしてから選び直してください";

impl Uploaded {
    /// The file as it may be kept.
    ///
    /// # Errors
    /// What is wrong with it, for who chose it.
    pub async fn kept(self, app: &App) -> Result<Result<Kept, String>, WebError> {
        match self.too_large {
            true => Ok(Err(TOO_LARGE.to_owned())),
            false => app.net.costly(move || accept(self.file)).await,
        }
    }
}

/// A kept file: a picture to look at, a PDF only to download.
pub fn shown(found: Attachment, name: &str) -> Response {
    let (shown, kind) = match found.media_type.as_str() {
        "image/jpeg" => ("inline", "jpg"),
        _ => ("attachment", "pdf"),
    };
    let headers = [
        (CONTENT_TYPE, found.media_type.clone()),
        (
            CONTENT_DISPOSITION,
            format!("{shown}; filename=\"{name}.{kind}\""),
        ),
        (
            CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'".to_owned(),
        ),
    ];
    (headers, found.body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdf(inside: &str) -> Vec<u8> {
        format!("%PDF-1.7\n1 0 obj\n<< /Type /Catalog {inside} >>\nendobj\ntrailer\n%%EOF\n")
            .into_bytes()
    }

    #[test]
    fn a_plain_pdf_is_kept_as_it_is() {
        let bytes = pdf("");
        let kept = accept(bytes.clone()).unwrap();
        assert_eq!((kept.media_type, kept.bytes), ("application/pdf", bytes));
    }

    #[test]
    fn a_pdf_that_could_do_more_than_be_read_is_refused() {
        for inside in [
            "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
            "/OpenAction << /S /J#61vaScript /JS (app.alert(1)) >>",
            "/OpenAction << /S /Launch >>",
            "/Names << /EmbeddedFiles 3 0 R >>",
        ] {
            assert!(accept(pdf(inside)).is_err(), "{inside}");
        }
    }

    #[test]
    fn what_only_begins_like_a_file_is_refused() {
        let mut cut = pdf("");
        cut.truncate(40);
        for bytes in [
            cut,
            Vec::new(),
            b"<svg onload=alert(1)>".to_vec(),
            b"MZ\x90\x00".to_vec(),
            b"\x89PNG\r\n\x1a\n".to_vec(),
        ] {
            assert!(accept(bytes).is_err());
        }
    }
}
