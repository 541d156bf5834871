//! The resident's photograph, against mistaking one person for another (safety.md S19).

use axum::extract::multipart::Multipart;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use maud::{Markup, html};

use super::{App, WebError, load};
use crate::domain::answer::Inputs;
use crate::domain::id::ResidentId;
use crate::domain::permit::{EditSheet, Permit, ReadResident};
use crate::domain::record::Record;
use crate::store::attachment::{self, Attachment, NewAttachment};
use crate::store::resident;
use crate::store::resident::ResidentHead;

/// The most bytes of an uploaded photograph.
pub const PHOTO_MAX: usize = 8 * 1024 * 1024;
/// The same with what a form puts around it.
pub const UPLOAD_MAX: usize = PHOTO_MAX + 64 * 1024;
/// The most pixels of a side, and of the whole picture, that are decoded.
const SIDE_MAX: u32 = 10_000;
const PIXELS_MAX: u64 = 50_000_000;
/// What is kept: large enough to recognise a face on paper.
const KEPT: (u32, u32) = (480, 600);
/// What goes into the crew's page.
const THUMBNAIL: (u32, u32) = (96, 120);
/// The most bytes of it: the whole page fits into a connection's first flight, 14 KB.
pub const THUMBNAIL_MAX: usize = 4 * 1024;

/// Where the page finds the photograph, if there is one.
pub fn address(head: &ResidentHead) -> Option<String> {
    head.photo_id.as_ref().map(|photo| {
        format!(
            "/residents/{}/photo?v={}",
            head.id,
            &photo[..8.min(photo.len())]
        )
    })
}

/// The thumbnail as an address that holds the picture itself, for a page that makes no second request.
pub fn data_address(photo: &Attachment) -> Option<String> {
    photo
        .thumbnail
        .as_ref()
        .filter(|bytes| bytes.len() <= THUMBNAIL_MAX)
        .map(|bytes| format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(bytes)))
}

pub async fn show(
    State(app): State<App>,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Response, WebError> {
    let head = resident::get(&app.store, &permit, &id).await?;
    let photo = head.photo_id.ok_or(WebError::NotFound)?;
    let found = attachment::get(&app.store, &permit, &photo).await?;
    let headers = [(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "no-store")];
    Ok((headers, found.body).into_response())
}

/// The form that stands below the edit page; a photograph is kept as soon as it is chosen.
pub fn upload_form(head: &ResidentHead) -> Markup {
    html! {
        form .form method="post" enctype="multipart/form-data" action={ "/residents/" (head.id) "/photo" } {
            h2 { "顔写真" }
            div .field {
                label for="photo-file" { "写真を選ぶ(JPEG・PNG、8MBまで)" }
                p .hint { "選んで登録すると、すぐに新しい版になります。" }
                input #photo-file type="file" name="photo" accept="image/jpeg,image/png" required;
            }
            button .button .outline { "写真を登録する" }
        }
    }
}

pub async fn upload(
    State(app): State<App>,
    permit: Permit<EditSheet>,
    Path(id): Path<ResidentId>,
    mut form: Multipart,
) -> Result<Redirect, WebError> {
    let mut bytes = Vec::new();
    while let Some(mut field) = form
        .next_field()
        .await
        .map_err(|error| WebError::Bad(error.body_text()))?
    {
        if field.name() != Some("photo") {
            continue;
        }
        while let Some(chunk) = field
            .chunk()
            .await
            .map_err(|error| WebError::Bad(error.body_text()))?
        {
            if bytes.len() + chunk.len() > PHOTO_MAX {
                return Err(WebError::TooLarge(
                    "写真は8MBまでです。小さくしてから選び直してください".to_owned(),
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
    }
    let (kept, thumbnail) = app.net.costly(move || reduce(&bytes)).await??;
    let read = permit.actor().permit::<ReadResident>()?;
    // Whose it is comes first: nothing is kept that belongs to nobody.
    let loaded = load::resident(&app, &read, &id).await?;
    let now = app.now();
    let hash = super::session::hex(&super::session::sha256(&kept));
    let photo = NewAttachment {
        id: &hash,
        media_type: "image/jpeg",
        body: &kept,
        thumbnail: Some(&thumbnail),
    };
    attachment::put(&app.store, &permit, photo, now).await?;
    let mut inputs: Inputs = loaded.view.record.inputs();
    inputs.set("photo", hash);
    let (record, _) = Record::read(&inputs);
    let change = load::Change {
        reason: "顔写真の登録",
        verified: false,
    };
    load::confirm(
        &app,
        &permit,
        &id,
        loaded.view.marks.revision,
        &record,
        change,
    )
    .await?;
    Ok(Redirect::to(&format!("/residents/{id}")))
}

/// A JPEG or PNG within limits, the right way up: a telephone writes down how it was held, and that is lost when the
/// picture is encoded anew.
pub fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let format = match bytes {
        [0xff, 0xd8, 0xff, ..] => ImageFormat::Jpeg,
        [0x89, b'P', b'N', b'G', ..] => ImageFormat::Png,
        _ => return None,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(256 * 1024 * 1024);
    let mut reader = ImageReader::with_format(std::io::Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    Some(picture)
}

/// Decodes within limits and encodes anew, so that nothing but the picture is kept: no position, no camera, no
/// second file behind it.
fn reduce(bytes: &[u8]) -> Result<(Vec<u8>, Vec<u8>), WebError> {
    let unreadable =
        || WebError::Bad("写真を読めません。JPEGかPNGの写真を選んでください".to_owned());
    let picture = decode(bytes).ok_or_else(unreadable)?;
    let encode = |(width, height): (u32, u32), quality: u8| {
        let small = DynamicImage::from(picture.thumbnail(width, height).to_rgb8());
        let mut out = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, quality)
            .encode_image(&small)
            .map(|()| out)
            .map_err(|_| unreadable())
    };
    // A noisy picture is coarser rather than missing: the crew compares a face.
    let mut thumbnail = encode(THUMBNAIL, 60)?;
    for quality in [45, 30, 15] {
        if thumbnail.len() > THUMBNAIL_MAX {
            thumbnail = encode(THUMBNAIL, quality)?;
        }
    }
    Ok((encode(KEPT, 85)?, thumbnail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([
                u8::try_from(x % 256).unwrap(),
                u8::try_from(y % 256).unwrap(),
                120,
            ])
        });
        let mut out = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_photograph_is_kept_small_and_encoded_anew() {
        let (kept, thumbnail) = reduce(&png(1200, 1500)).unwrap();
        assert!(kept.starts_with(&[0xff, 0xd8, 0xff]));
        assert!(thumbnail.len() <= THUMBNAIL_MAX, "{}", thumbnail.len());
    }

    #[test]
    fn a_noisy_photograph_still_fits_the_crews_page() {
        let mut state = 1_u32;
        let picture = image::RgbImage::from_fn(480, 600, |_, _| {
            image::Rgb([0, 0, 0].map(|_: u8| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            }))
        });
        let mut noise = std::io::Cursor::new(Vec::new());
        picture
            .write_to(&mut noise, image::ImageFormat::Png)
            .unwrap();
        let (_, thumbnail) = reduce(&noise.into_inner()).unwrap();
        assert!(thumbnail.len() <= THUMBNAIL_MAX, "{}", thumbnail.len());
    }

    #[test]
    fn what_is_no_photograph_is_refused() {
        let mut cut = png(40, 40);
        cut.truncate(60);
        for bytes in [b"".as_slice(), b"<svg onload=alert(1)>", b"%PDF-1.7", &cut] {
            assert!(matches!(reduce(bytes), Err(WebError::Bad(_))));
        }
    }
}
