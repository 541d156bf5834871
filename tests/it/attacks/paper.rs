//! What is typed is printed as it is, and a code leads to one place.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::service::Service;
use crate::support::sheet;
use crate::support::tools::{Pdf, Sight, bare};

both_databases! {
    /// A27, A28: words that look like the inside of a PDF or of a code are words.
    async fn words_that_look_like_instructions_are_printed_as_they_are(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let mut record = sheet::ordinary();
        const NAME: &str = ") Tj ET (";
        const NOTE: &str = "endobj << /S /JavaScript /JS (a()) >> https://evil.example";
        record["name"] = json!(NAME);
        record["message_to_ems"] = json!(NOTE);
        record["communication_note"] = json!("WIFI:S:a;; HTTPS://EVIL.EXAMPLE/Q/0TV5Z8K3M9QW2XR7CDH4EJ6PYB");
        record["myna_card_location"] = json!("\\) /URI (https://evil.example) (");
        let id = sheet::admit(&api, &record).await;
        let paper = sheet::issue(&api, &id).await;
        let pdf = Pdf::new(service.bench.folder.path(), "hostile", &paper.pdf);
        pdf.check();
        let text = bare(&pdf.text());
        for words in [NAME, NOTE] {
            assert!(text.contains(&bare(words)), "{words} in {text}");
        }
        let inside = pdf.unpacked();
        for name in ["/JavaScript", "/JS", "/OpenAction", "/AA", "/URI", "/Launch", "/EmbeddedFile", "/AcroForm", "/Annots"] {
            let is_there = inside.split(name).skip(1).any(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric()));
            assert!(!is_there, "{name} stands in the paper");
        }
        let codes = pdf.codes(1, &Sight::Scanner);
        let [code] = &codes[..] else { panic!("one code: {codes:?}") };
        let token = code.strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP/Q/").expect("our own address");
        assert!(token.len() == 26 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code}");
        let answer = service.stranger().post(&format!("/Q/{token}"), &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.text().contains("href=\"https://evil"), "{}", answer.text());
    }
}
