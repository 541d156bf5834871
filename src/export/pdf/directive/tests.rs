use serde_json::json;

use super::*;
use crate::domain::directive::Kind;
use crate::domain::directive::sample as said;
use crate::domain::standing::{ONLY_IN_ARREST, StandingKind};
use crate::export::pdf::element::is_kanji;
use crate::export::pdf::flow;
use crate::export::pdf::sheet::sample;
use crate::export::pdf::text::Shaper;

/// The text of each page, without white space.
fn pages(section: &Section) -> Vec<String> {
    let pages = flow::pages(&Shaper::new(), section, 0).unwrap();
    let of_page = |page: &flow::PlacedPage| {
        let placed = page.blocks.iter().chain(&page.footer);
        bare(&placed.flat_map(|one| one.laid.lines()).collect::<String>())
    };
    pages.iter().map(of_page).collect()
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn view(kind: StandingKind) -> SheetView {
    sample::standing(kind)
}

/// An order that holds, two talks, and a wish.
fn log() -> Vec<Said> {
    let mut log = said::log(StandingKind::OrderOnFile);
    for (on, words) in [
        (
            "2026-04-10",
            "家で暮らしていたころのように、庭の見える部屋で静かに過ごしたい",
        ),
        ("2026-10-02", "苦しいのはいやだ。娘の顔を見ていたい"),
    ] {
        let talk = json!({
            "held_on": on, "attendance": {"state": "present", "items": ["resident", "family"]},
            "participants": [{"name": "髙﨑 誠", "role": "長男"}, {"name": "石原 由美子", "role": "看護師"}],
            "material": "acp_meeting", "words": words, "next_on": "2027-04-10",
        });
        log.say(said::nurse(), Kind::Talk, None, &talk);
    }
    log.0
}

#[test]
fn s02_s03_s13_every_paper_in_every_standing_says_that_resuscitation_goes_on() {
    for paper in DirectivePaper::ALL {
        for kind in StandingKind::ALL {
            for log in [log(), Vec::new()] {
                let view = view(kind);
                let pages = pages(&section(paper, &view, &log));
                let band = view.standing.band();
                for part in [
                    band.headline,
                    band.until,
                    &band.area,
                    &band.reason,
                    "佐藤 ハル",
                ] {
                    assert!(pages[0].contains(&bare(part)), "{paper:?} {kind:?}: {part}");
                }
                assert_eq!(
                    pages[0].contains(ONLY_IN_ARREST),
                    kind == StandingKind::OrderOnFile
                );
                for page in &pages {
                    assert!(
                        page.contains(&bare(UNTIL)) && page.contains("No.2026-0123"),
                        "{page}"
                    );
                    for imperative in ["蘇生しない", "蘇生を行わない", "蘇生不要", "蘇生を中止して"]
                    {
                        assert!(!page.contains(imperative), "{imperative}: {page}");
                    }
                }
            }
        }
    }
}

#[test]
fn s05_s11_s12_the_paper_to_sign_says_what_a_signature_is_and_how_it_is_taken_back() {
    let blank = pages(&section(
        DirectivePaper::Consent,
        &view(StandingKind::FullCpr),
        &[],
    ));
    assert_eq!(blank.len(), 2);
    for words in [
        NOT_COVERED,
        EVERYTHING_ELSE,
        SPOKEN_WITHDRAWAL,
        "医師の署名がなければ、医師の指示にはなりません",
        "家族の希望だけで決めるものではありません",
        "本人が署名できない理由",
        "代理人(本人が署名できないとき)",
        "立会人(証人)",
        "印のない行は、その治療を受けるという意味です",
    ] {
        assert!(blank.concat().contains(&bare(words)), "{words}");
    }
    assert!(
        !blank.concat().contains('☑'),
        "nothing is ticked beforehand"
    );
}

#[test]
fn the_paper_to_sign_holds_the_newest_order_that_was_written_down() {
    let mut written = said::Log::default();
    written.signed_order();
    let mut other = said::order_body();
    other["basis_disease"] = json!("筋萎縮性側索硬化症");
    other["phone_24h"] = json!("0463-00-7777");
    written.say(said::nurse(), Kind::Order, None, &other);
    let text = pages(&section(
        DirectivePaper::Consent,
        &view(StandingKind::OrderOnFile),
        &written.0,
    ))
    .concat();
    for words in [
        "筋萎縮性側索硬化症",
        "0463-00-7777",
        "☑ 心停止のときは、医師が電話で確認してから中止を判断する(DNAR)",
        "☐ 心肺蘇生を行う",
        "髙﨑 キヨ(本人)、髙﨑 誠(長男)",
        "1階 医務室の赤いファイル",
        "☑ 望まないと話している(医師の確認が必要)",
    ] {
        assert!(text.contains(&bare(words)), "{words}: {text}");
    }
    assert!(!text.contains("ステージD"), "{text}");
}

#[test]
fn the_review_reads_out_what_is_recorded_and_the_log_every_talk() {
    let log = log();
    let view = view(StandingKind::OrderOnFile);
    let review = pages(&section(DirectivePaper::Review, &view, &log));
    assert!(review.len() <= 2);
    for (_, fact) in view.standing.band().facts {
        assert!(review.concat().contains(&bare(&fact)), "{fact}");
    }
    for words in [
        "もう十分生きたから、静かに逝かせてほしい",
        "0463-00-1199",
        "抗菌薬: 受ける",
        "指示書の期限は延びません",
        "本人の気持ちは、いまも同じですか",
    ] {
        assert!(review.concat().contains(&bare(words)), "{words}");
    }
    let talks = pages(&section(DirectivePaper::Talks, &view, &log));
    for words in [
        "庭の見える部屋で静かに過ごしたい",
        "娘の顔を見ていたい",
        "髙﨑 誠(長男)",
        "石原 由美子(看護職)",
        "医師の指示ではありません",
    ] {
        assert!(talks.concat().contains(&bare(words)), "{words}: {talks:?}");
    }
}

#[test]
fn however_much_was_said_it_is_printed() {
    let mut log = said::Log::default();
    let words = "庭".repeat(600);
    for _ in 0..12 {
        log.say(
            said::nurse(),
            Kind::Talk,
            None,
            &json!({"held_on": "2026-10-02", "words": words}),
        );
    }
    let view = sample::longest_order();
    let talks = pages(&section(DirectivePaper::Talks, &view, &log.0));
    assert!(talks.len() > 2);
    assert_eq!(talks.concat().matches("庭").count(), 12 * 600);
    for paper in DirectivePaper::ALL {
        assert_eq!(
            render(paper, &view, &log.0).unwrap(),
            render(paper, &view, &log.0).unwrap()
        );
    }
}

#[test]
fn the_explanation_is_one_page_and_has_a_reading_above_every_word() {
    let section = explanation_section();
    let pages = pages(&section);
    assert_eq!(pages.len(), 1);
    for words in [
        "医師が電話で確かめるまで、心肺蘇生をつづけます",
        "心臓が止まったときだけの紙です",
        "すぐに取りやめになります",
    ] {
        assert!(pages[0].contains(words), "{words}: {}", pages[0]);
    }
    let mut read = 0;
    let marked = EXPLANATION
        .iter()
        .flat_map(|(heading, sentences)| std::iter::once(heading).chain(*sentences));
    for marked in marked {
        for run in Text::value("").furigana(marked).runs {
            if run.text.contains(is_kanji) {
                assert!(
                    run.text.chars().all(is_kanji) && !run.ruby.is_empty(),
                    "{run:?}"
                );
                assert!(
                    run.ruby.chars().all(|c| ('ぁ'..='ゖ').contains(&c)),
                    "{run:?}"
                );
                read += 1;
            }
        }
    }
    assert!(read > 60, "{read}");
    assert_eq!(explanation().unwrap(), explanation().unwrap());
}

/// Writes each paper to the folder named by `PAPER_OUT`, to be looked at.
#[test]
fn every_paper_can_be_looked_at() {
    let mut made = vec![("explanation".to_owned(), explanation().unwrap())];
    for paper in DirectivePaper::ALL {
        let order = view(StandingKind::OrderOnFile);
        let nothing = view(StandingKind::FullCpr);
        made.push((
            paper.key().to_owned(),
            render(paper, &order, &log()).unwrap(),
        ));
        made.push((
            format!("{}_blank", paper.key()),
            render(paper, &nothing, &[]).unwrap(),
        ));
    }
    for (name, bytes) in made {
        assert!(bytes.starts_with(b"%PDF"), "{name}");
        if let Ok(folder) = std::env::var("PAPER_OUT") {
            std::fs::write(format!("{folder}/{name}.pdf"), bytes).unwrap();
        }
    }
}
