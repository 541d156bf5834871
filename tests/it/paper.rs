//! The paper, read back from outside: what a person, a scanner, a fax and a reading machine find on it.

use serde_json::Value;

use crate::support::service::Service;
use crate::support::sheet::{self, Issued};
use crate::support::tools::{Pdf, Sight, bare};
use crate::support::{Bench, screens};

/// What was said about wishes stays in the facility; the paper only says that the record exists (safety.md S17).
const STAYS_AT_HOME: &str = "これまでの暮らしを続けたい";

/// Everything typed that the sheet prints.
fn printed_words(record: &Value) -> Vec<String> {
    let mut words = sheet::typed(record);
    words.retain(|words| words != STAYS_AT_HOME);
    words
}

/// The most bytes of an ordinary sheet; a facility prints a hundred, and a phone line may carry one.
const ORDINARY_BYTES: usize = 150 * 1024;

/// A sheet on paper and the service that made it.
struct Made {
    service: Service,
    issued: Issued,
    pdf: Pdf,
}

async fn made(record: &Value) -> Made {
    let service = Service::start(Bench::sqlite().await).await;
    let issued = sheet::printed(&service, record).await;
    let pdf = Pdf::new(service.bench.folder.path(), "sheet", &issued.pdf);
    Made {
        service,
        issued,
        pdf,
    }
}

/// What a form prints is on paper in full, in one place or parted between two pages.
fn assert_on_paper<T: AsRef<str>>(pdf: &Pdf, words: impl IntoIterator<Item = T>) {
    let text = pdf.text();
    let pages: Vec<String> = (1..=pdf.pages()).map(|page| pdf.page_text(page)).collect();
    let is_parted = |words: &str| {
        let ends = words.char_indices().map(|(at, _)| words.split_at(at));
        let parts: Vec<_> = ends
            .filter(|(head, tail)| !head.is_empty() && !tail.is_empty())
            .collect();
        pages.windows(2).any(|pair| {
            parts
                .iter()
                .any(|(head, tail)| pair[0].contains(head) && pair[1].contains(tail))
        })
    };
    let lost: Vec<String> = words
        .into_iter()
        .map(|words| bare(words.as_ref()))
        .filter(|words| !text.contains(words) && !is_parted(words))
        .collect();
    assert!(lost.is_empty(), "not on paper: {lost:#?}\n{text}");
}

/// Kept beside the pictures of the pages, so that people can look at it.
fn keep_picture(made: &Made, name: &str) {
    made.pdf.picture(&screens().join(format!("paper-{name}")));
}

#[tokio::test]
async fn a_full_sheet_holds_every_character_that_was_typed() {
    let record = sheet::full();
    let made = made(&record).await;
    keep_picture(&made, "full");
    let typed = printed_words(&record);
    for rare in ["髙﨑 𠮷子", "渡邉\u{e0100} 槗子", "髙﨑 辻\u{e0100}男"] {
        assert!(typed.iter().any(|words| words == rare), "{rare}: {typed:?}");
    }
    assert!(typed.len() > 60, "{typed:?}");
    assert_on_paper(&made.pdf, &typed);
    assert_on_paper(&made.pdf, ["昭和12年3月4日", "89歳"]);
    assert!(
        !made.pdf.text().contains(STAYS_AT_HOME),
        "{}",
        made.pdf.text()
    );
}

#[tokio::test]
async fn an_overflowing_sheet_loses_nothing_and_says_that_it_goes_on() {
    let record = sheet::overflowing();
    let made = made(&record).await;
    keep_picture(&made, "overflowing");
    assert_on_paper(&made.pdf, printed_words(&record));
    let pages = made.pdf.pages();
    assert!(pages > 1, "thirty long medicines need a second page");
    assert!(made.pdf.page_text(1).contains("次のページに続きがあります"));
    for page in 1..=pages {
        let text = made.pdf.page_text(page);
        // A page that was parted from the first still says whose it is and what holds (safety.md S3, S19).
        for words in [
            "髙﨑𠮷子",
            "心肺蘇生を実施してください",
            "医師が電話で確認するまで",
            made.issued.serial(),
        ] {
            assert!(text.contains(words), "page {page} without {words}: {text}");
        }
        assert!(text.contains(&format!("{page}/{pages}ページ")), "{text}");
    }
}

#[tokio::test]
async fn s18_a_nearly_empty_sheet_prints_that_nobody_asked() {
    let record = sheet::bare();
    let made = made(&record).await;
    keep_picture(&made, "bare");
    assert_on_paper(&made.pdf, printed_words(&record));
    assert_eq!(made.pdf.pages(), 1);
    let text = made.pdf.text();
    for asked in [
        "アレルギー",
        "感染症",
        "要注意薬",
        "処置・デバイス",
        "服用薬",
        "生年月日",
    ] {
        let after = text
            .split(asked)
            .nth(1)
            .unwrap_or_else(|| panic!("{asked} is not on paper: {text}"));
        let next: String = after.chars().take(12).collect();
        assert!(
            next.contains("未確認"),
            "{asked} is followed by {next}: {text}"
        );
    }
    assert!(!text.contains("アレルギーなし"), "{text}");
}

#[tokio::test]
async fn s18_none_unknown_and_not_asked_differ_on_paper() {
    let mut record = sheet::bare();
    record["allergies"] = serde_json::json!({"state": "none", "confirmed_on": "2026-10-01"});
    record["infections"] = serde_json::json!({"state": "unknown"});
    let made = made(&record).await;
    let text = made.pdf.text();
    let after = |word: &str| {
        text.split(word)
            .nth(1)
            .unwrap_or_default()
            .chars()
            .take(20)
            .collect::<String>()
    };
    assert!(
        after("アレルギー").starts_with("なし(2026-10-01確認)"),
        "{text}"
    );
    assert!(after("感染症").starts_with("不明"), "{text}");
    assert!(after("要注意薬").starts_with("未確認"), "{text}");
}

#[tokio::test]
async fn s02_s03_s15_the_paper_says_that_resuscitation_goes_on() {
    for record in [sheet::full(), sheet::bare()] {
        let made = made(&record).await;
        assert_on_paper(
            &made.pdf,
            [
                "心肺蘇生を実施してください(通常どおり)",
                "医師が電話で確認するまで、心肺蘇生を続けてください",
                "この地域では救急隊は蘇生を行い搬送します",
            ],
        );
        let text = made.pdf.text();
        for withheld in [
            "DNAR",
            "蘇生しない",
            "蘇生を行わない",
            "蘇生不要",
            "蘇生を中止",
            "蘇生処置なし",
        ] {
            assert!(!text.contains(withheld), "{withheld}: {text}");
        }
    }
}

#[tokio::test]
async fn s08_s09_s21_the_paper_says_of_what_it_is_and_until_when() {
    let made = made(&sheet::full()).await;
    assert_on_paper(
        &made.pdf,
        [
            // Printed when, and from which revision, by whom.
            "2026年11月23日(月)12:00",
            "第2版",
            "佐々木 美由紀(看護職)",
            // Verified when, in words.
            "今日",
            // Trusted until when.
            "2027年11月23日まで",
            made.issued.serial(),
        ],
    );
    let code = &made.service.sign_in("nurse").await.see(&made.page()).await;
    let code = code
        .split("照合番号 ")
        .nth(1)
        .unwrap_or_else(|| panic!("no code: {code}"));
    assert_on_paper(&made.pdf, [code.chars().take(5).collect::<String>()]);
}

#[tokio::test]
async fn s19_a_like_name_in_the_facility_is_on_paper() {
    let service = Service::start(Bench::sqlite().await).await;
    let api = service.api("nurse").await;
    let mut other = sheet::bare();
    other["name"] = "高崎 吉子".into();
    other["name_kana"] = "たかさき よしこ".into();
    other["room"] = "310".into();
    sheet::admit(&api, &other).await;
    let issued = sheet::printed(&service, &sheet::full()).await;
    let pdf = Pdf::new(service.bench.folder.path(), "alike", &issued.pdf);
    assert_on_paper(&pdf, ["似た名前の入居者がいます", "310 高崎 吉子"]);
}

#[tokio::test]
async fn every_font_is_embedded_as_a_subset_with_truetype_outlines() {
    for record in [
        sheet::full(),
        sheet::ordinary(),
        sheet::bare(),
        sheet::overflowing(),
    ] {
        let made = made(&record).await;
        let fonts = made.pdf.fonts();
        assert!(fonts.len() >= 2, "regular and bold: {fonts:?}");
        for font in &fonts {
            let words: Vec<&str> = font.split_whitespace().collect();
            // name, "CID TrueType", encoding, embedded, subset, unicode, object
            assert_eq!(
                words.get(1..3),
                Some(["CID", "TrueType"].as_slice()),
                "{font}"
            );
            assert_eq!(
                words.get(4..7),
                Some(["yes", "yes", "yes"].as_slice()),
                "{font}"
            );
        }
    }
}

#[tokio::test]
async fn other_programs_find_nothing_wrong_with_the_file() {
    for record in [
        sheet::full(),
        sheet::ordinary(),
        sheet::bare(),
        sheet::overflowing(),
    ] {
        let made = made(&record).await;
        made.pdf.check();
        let title = made.pdf.info("Title");
        assert!(
            title.contains("救急連絡シート") && title.contains(record["name"].as_str().unwrap()),
            "{title}"
        );
        assert_eq!(made.pdf.info("Author"), "特別養護老人ホーム さざなみ苑");
        assert_eq!(made.pdf.info("Tagged"), "yes");
        assert_eq!(made.pdf.info("JavaScript"), "no");
        assert!(
            made.pdf.info("Page size").starts_with("595.2"),
            "A4 portrait: {}",
            made.pdf.info("Page size")
        );
        assert!(
            made.pdf.unpacked().contains("/Lang (ja"),
            "the language is named"
        );
    }
}

#[tokio::test]
async fn an_ordinary_sheet_is_small() {
    for record in [sheet::ordinary(), sheet::bare()] {
        let size = made(&record).await.issued.pdf.len();
        assert!(size <= ORDINARY_BYTES, "{size} bytes");
    }
}

#[tokio::test]
async fn scanners_and_faxes_read_the_code() {
    for record in [
        sheet::full(),
        sheet::ordinary(),
        sheet::bare(),
        sheet::overflowing(),
    ] {
        let made = made(&record).await;
        let address = made.issued.address();
        assert!(
            address.starts_with("HTTPS://Q.MINATO.EXAMPLE.JP/Q/"),
            "{address}"
        );
        for (name, sight) in [("scanner", Sight::Scanner), ("fax", Sight::Fax)] {
            assert_eq!(made.pdf.codes(1, &sight), [address], "{name}");
        }
        // Who has no camera types it.
        let token = address.rsplit('/').next().unwrap();
        assert!(
            made.pdf.text().replace('-', "").contains(token),
            "{}",
            made.pdf.text()
        );
    }
}

#[tokio::test]
async fn the_code_opens_the_cover() {
    let made = made(&sheet::full()).await;
    let codes = made.pdf.codes(1, &Sight::Scanner);
    let path = codes[0]
        .strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP")
        .unwrap();
    let cover = made.service.stranger().see(path).await;
    assert!(cover.contains("救急活動のため表示する"), "{cover}");
    for secret in ["髙﨑", "𠮷子", "たかさき", "1937", "昭和12年"] {
        assert!(!cover.contains(secret), "{secret}");
    }
}

impl Made {
    /// The page about the paper.
    fn page(&self) -> String {
        format!(
            "/documents/{}",
            self.issued.document["id"].as_str().unwrap()
        )
    }
}
