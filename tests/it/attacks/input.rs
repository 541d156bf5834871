//! What is sent is not what it should be.

use std::io::Write;

use axum::http::{Method, StatusCode, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::service::{Answer, Person, Service};
use crate::support::{picture, sheet};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn sent(api: &Person<'_>, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    api.asks(Method::POST, path, &[JSON], body.into()).await
}

/// Who is found.
async fn found(nurse: &Person<'_>, api: &Person<'_>, query: &str) -> (StatusCode, usize, usize) {
    let asked = crate::support::service::urlencoded(&[("q", query)]);
    let page = nurse.get(&format!("/residents?{asked}")).await;
    let list = api.get(&format!("/api/v1/residents?{asked}")).await;
    let many = list.value()["items"].as_array().map_or(0, Vec::len);
    let (before, _) = page
        .text()
        .split_once("</main>")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    (
        page.status,
        before.matches("href=\"/residents/0").count().min(1),
        many,
    )
}

both_databases! {
    /// A29: a search is a text; the order of a list is one of those that there are.
    async fn a_search_is_a_text_and_never_a_pattern_or_a_statement(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        nurse.admits("佐藤 ハル", "さとう はる", "101").await;
        nurse.admits("田中 実", "たなか みのる", "102").await;
        assert_eq!(found(&nurse, &api, "さと").await, (StatusCode::OK, 1, 1), "it is found at all");
        for query in ["%", "_", "%%", "さ_う", "%はる", "' or '1'='1", "' or 1=1 --", "\\", "さ' or kana like '%", "*", "\";--", "?1", "$1"] {
            let (status, shown, listed) = found(&nurse, &api, query).await;
            assert_eq!((shown, listed), (0, 0), "{query:?}");
            assert!(status == StatusCode::OK, "{query:?}: {status}");
        }
        for asked in [
            "order=name%3B+drop+table+resident", "order=(select+1)", "order=kana+desc", "show=living_in'--", "after='", "limit=1;select+1", "sort=id", "_sort=id",
        ] {
            let page = nurse.get(&format!("/residents?{asked}")).await;
            assert!(page.status == StatusCode::OK || page.status.is_client_error(), "{asked}: {}", page.status);
            let list = api.get(&format!("/api/v1/residents?{asked}")).await;
            assert!(!list.status.is_server_error(), "{asked}: {}", list.text());
        }
        assert_eq!(found(&nurse, &api, "さと").await, (StatusCode::OK, 1, 1), "everybody is still there");
        assert_eq!(found(&nurse, &api, &"さ".repeat(5_000)).await.2, 0);
    }

    /// A31: JSON that is deep, doubled, endless, or no JSON at all.
    async fn what_is_no_plain_json_is_refused_in_words(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let deep = |open: &str, close: &str| format!("{{\"name\":{}{}}}", open.repeat(100_000), close.repeat(100_000));
        let bodies: Vec<Vec<u8>> = vec![
            deep("[", "]").into(), deep("{\"a\":", "}").into(), "[".repeat(200_000).into(),
            r#"{"login":"a","login":"nurse","password":"x"}"#.into(), r#"{"login":NaN}"#.into(), r#"{"login":Infinity}"#.into(),
            r#"{"login":1e999}"#.into(), r#"{"login":"\ud800"}"#.into(), r#"{"login":"\udc00\ud800"}"#.into(), b"{\"login\":\"\xff\"}".to_vec(),
            "\u{feff}{}".into(), "{} {}".into(), "".into(), "null".into(), "[]".into(), "{\"login\":\"a\",}".into(), "{'login':'a'}".into(),
            "{/**/}".into(), b"\x1f\x8b".to_vec(),
        ];
        for body in bodies {
            for path in ["/api/v1/token", "/api/v1/residents"] {
                let answer = sent(&api, path, body.clone()).await;
                let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
                let is_nothing = path == "/api/v1/residents" && matches!(&body[..], b"null" | b"[]" | b"");
                assert!(answer.status.is_client_error(), "{path} {start}: {}", answer.status);
                assert!(is_nothing || answer.headers[header::CONTENT_TYPE] == "application/problem+json", "{path} {start}");
                assert!(answer.text().len() < 4_000, "{path} {start}: {}", answer.text());
            }
        }
        let huge = format!("{{\"name\":\"{}\"}}", "a".repeat(50_000_000));
        let answer = sent(&api, "/api/v1/residents", huge).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        for number in ["99999999999999999999", "-99999999999999999999", "1e308", "-0.0", "0.1e-400", "36.45000000000000000001"] {
            let body = format!(r#"{{"name":"x","name_kana":"あ","usual_temp":{number}}}"#);
            assert!(!sent(&api, "/api/v1/residents", body).await.status.is_server_error(), "{number}");
        }
    }

    /// A04: what a call may not set is refused by its name, not passed over.
    async fn nothing_is_set_that_a_call_may_not_set(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let id = sheet::admit(&api, &sheet::bare()).await;
        let before = api.get(&format!("/api/v1/residents/{id}")).await;
        for (name, value) in [
            ("facility_id", json!("yamabiko")), ("facility", json!("yamabiko")), ("id", json!("x")), ("role", json!("physician")), ("standing", json!("order_on_file")),
            ("revision", json!(7)), ("verified_at", json!("2030-01-01T00:00:00Z")), ("recorded_by", json!("x")), ("is_drill", json!(true)), ("__proto__", json!({"x": "y"})),
        ] {
            let mut body = json!({"name": "田中 実", "name_kana": "たなか みのる"});
            body[name] = value;
            let made = api.json(Method::POST, "/api/v1/residents", &[], &body).await;
            assert_eq!(made.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", made.text());
            assert!(made.text().contains(name), "{name}: {}", made.text());
            let patch = json!({name: body[name]});
            let changed = api.json(Method::PATCH, &format!("/api/v1/residents/{id}"), &[("if-match", &before.etag())], &patch).await;
            assert!(changed.status.is_client_error(), "{name}: {}", changed.text());
        }
        assert_eq!(api.get(&format!("/api/v1/residents/{id}")).await.value(), before.value());
        let token = json!({"login": "nurse", "password": "x", "role": "operator"});
        let answer = service.stranger().json(Method::POST, "/api/v1/token", &[], &token).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }

    /// A32: letters that cannot be seen are refused by their number; those that flood are printed or refused, never a failure.
    async fn letters_that_cannot_be_seen_are_refused_and_floods_of_marks_break_nothing(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let with = |name: &str| json!({"name": name, "name_kana": "たなか みのる"});
        for hidden in ['\u{202e}', '\u{200b}', '\u{200d}', '\u{2066}', '\u{feff}', '\u{0}', '\u{7}', '\u{1b}', '\u{85}', '\u{2028}', '\u{e000}', '\u{ffff}', '\u{e0001}'] {
            let answer = api.json(Method::POST, "/api/v1/residents", &[], &with(&format!("田中{hidden}実"))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{:x}: {}", u32::from(hidden), answer.text());
        }
        for name in [format!("あ{}", "\u{3099}".repeat(40)), format!("e{}", "\u{301}".repeat(40)), "\u{301}\u{301}".to_owned(), "葛\u{e0100}\u{e0101}\u{fe00}".to_owned(), "👨‍👩‍👧".to_owned()] {
            let answer = api.json(Method::POST, "/api/v1/residents", &[], &with(&name)).await;
            assert!(answer.status == StatusCode::CREATED || answer.status == StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.text());
            if answer.status == StatusCode::CREATED {
                let id = answer.value()["id"].as_str().unwrap().to_owned();
                let paper = api.json(Method::POST, &format!("/api/v1/residents/{id}/documents"), &[], &json!({"form": "emergency"})).await;
                assert!(!paper.status.is_server_error(), "{name}: {}", paper.text());
            }
        }
    }

    /// A34: a body that says it is packed is read as it stands.
    async fn a_packed_body_is_not_unpacked(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&vec![b' '; 40_000_000]).unwrap();
        packer.write_all(br#"{"name":"x","name_kana":"\u3042"}"#).unwrap();
        let bomb = packer.finish().unwrap();
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        for coding in ["gzip", "deflate", "br", "gzip, gzip"] {
            let answer = api.asks(Method::POST, "/api/v1/residents", &[JSON, ("content-encoding", coding)], bomb.clone()).await;
            assert!(answer.status.is_client_error(), "{coding}: {}", answer.status);
            let form = [("content-type", "application/x-www-form-urlencoded"), ("content-encoding", coding), ("sec-fetch-site", "same-origin")];
            // The form comes back with its questions: nothing in it can be read.
            let answer = nurse.asks(Method::POST, "/residents/new", &form, bomb.clone()).await;
            assert!(answer.status == StatusCode::OK || answer.status.is_client_error(), "{coding}: {}", answer.status);
            assert!(answer.text().len() < 1_000_000, "{coding}");
        }
        for (name, bytes) in [("a.xlsx", &bomb), ("a.csv", &bomb), ("a.zip", &bomb)] {
            let answer = nurse.upload("/residents/import", "file", name, bytes).await;
            assert!(answer.status.is_client_error() || answer.status == StatusCode::OK, "{name}: {}", answer.status);
        }
        assert_eq!(api.get("/api/v1/residents").await.value()["items"], json!([]), "nobody came in");
    }

    /// A35: a picture is decoded within limits and made anew; what is no picture is no file of ours.
    async fn a_picture_that_is_a_trap_is_refused_or_made_anew(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        let id = sheet::admit(&api, &sheet::bare()).await;
        let path = format!("/residents/{id}/photo");
        // 60,000 × 60,000 dots in a few bytes: the first chunk of a PNG says its size.
        let mut flood = picture(10, 10);
        flood[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let crc = crc32(&flood[12..29]);
        flood[29..33].copy_from_slice(&crc.to_be_bytes());
        for (name, bytes) in [
            ("flood.png", flood.as_slice()), ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), ("a.jpg", b"<script>alert(1)</script>"),
            ("a.gif", b"GIF89a/*<script>alert(1)</script>*/"), ("empty.png", b""), ("cut.png", &picture(10, 10)[..40]), ("a.pdf", b"%PDF-1.7\n%%EOF"),
        ] {
            let answer = nurse.upload(&path, "photo", name, bytes).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}: {}", answer.text());
        }
        assert_eq!(nurse.get(&path).await.status, StatusCode::NOT_FOUND);
        // A photograph with a place in it, and a script behind it.
        let mut jpeg = jpeg();
        let exif = b"Exif\0\0GPSLatitude 35.3271 KANARIA";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let segment = [&[0xff, 0xe1], &length[..], exif].concat();
        jpeg.splice(2..2, segment);
        jpeg.extend_from_slice(b"<script>alert('KANARIA')</script>");
        let answer = nurse.upload(&path, "photo", "a.jpg", &jpeg).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let kept = nurse.get(&path).await;
        assert_eq!(kept.headers[header::CONTENT_TYPE], "image/jpeg");
        assert_eq!(kept.headers["x-content-type-options"], "nosniff");
        for word in [&b"KANARIA"[..], b"GPS", b"<script", b"Exif"] {
            assert!(!kept.body.windows(word.len()).any(|part| part == word), "{}", String::from_utf8_lossy(word));
        }
        // Nothing is kept for somebody who is not there.
        let nobody = nurse.upload("/residents/00000000-0000-7000-8000-000000000000/photo", "photo", "a.png", &picture(30, 31)).await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    }

    /// A20: a name with a line break ends no header, and a file goes out as a file.
    async fn a_name_with_a_line_break_ends_no_header(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        let id = sheet::admit(&api, &sheet::bare()).await;
        let stay = nurse.does(&format!("/residents/{id}/handoffs"), &[]).await;
        const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n";
        for (number, label) in ["a\r\nX-Pwned: 1", "a\"; filename=\"b.html", "../../etc/passwd", "\u{202e}fdp.exe", "紹介状"].into_iter().enumerate() {
            let sent = nurse.upload_with(&format!("{stay}/files"), &[("label", label)], "file", &format!("{number}.html"), PDF).await;
            if sent.status != StatusCode::SEE_OTHER {
                assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{label:?}: {}", sent.text());
                continue;
            }
        }
        let mut read = 0;
        for seq in 0..5 {
            let file = nurse.get(&format!("{stay}/files/{seq}")).await;
            if file.status != StatusCode::OK {
                continue;
            }
            read += 1;
            assert!(!file.headers.contains_key("x-pwned"));
            let disposition = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
            assert!(disposition.starts_with("attachment"), "{disposition}");
            for word in ["html", "exe", "passwd", "/", "\\"] {
                assert!(!disposition.contains(word), "{disposition}");
            }
            assert_eq!(file.headers[header::CONTENT_TYPE], "application/pdf");
        }
        assert!(read > 0, "a plain name is kept");
    }
}

fn jpeg() -> Vec<u8> {
    let whole = image::load_from_memory(&picture(40, 40)).unwrap();
    let mut out = std::io::Cursor::new(Vec::new());
    whole.write_to(&mut out, image::ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

/// The sum that a chunk of a PNG ends with.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[test]
fn the_flood_is_a_png_that_a_reader_would_believe() {
    let plain = picture(10, 10);
    assert_eq!(crc32(&plain[12..29]).to_be_bytes(), plain[29..33]);
    let _: Value = json!(null);
}
