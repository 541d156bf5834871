//! What is read aloud to 119, in the order in which the dispatcher asks (domain/emergency.md §3.3).

use maud::{Markup, html};

use crate::domain::answer::{Answer, Known, Rows};
use crate::domain::computed::Computed;
use crate::domain::view::SheetView;
use crate::web::walk::read::{fact, not_asked};

/// Sentences for staff whose first language is another.
const PHRASES: &[&str] = &[
    "すみません、もう｜一度《いちど》、ゆっくり｜言《い》ってください。",
    "｜私《わたし》は｜日本語《にほんご》が｜少《すこ》し｜話《はな》せます。",
    "いま、｜胸骨圧迫《きょうこつあっぱく》をしています。",
    "｜分《わ》かりません。｜見《み》てきます。",
    "｜電話《でんわ》を｜切《き》らないでください。",
];

/// Illnesses that are read aloud; the sheet has all of them.
const ILLNESSES: usize = 3;

/// Words with their readings: `｜救急《きゅうきゅう》です`.
pub fn ruby(words: &str) -> Markup {
    html! {
        @for (at, part) in words.split('｜').enumerate() {
            @match (at, part.split_once('《').and_then(|(base, rest)| Some((base, rest.split_once('》')?)))) {
                (1.., Some((base, (reading, rest)))) => { ruby { (base) rt { (reading) } } (rest) },
                _ => { (part) },
            }
        }
    }
}

/// The answer as it is said; 未確認 where nobody knows.
fn said<T>(known: &Known<T>) -> Markup
where
    Known<T>: Answer,
{
    fact(None, &known.shown())
}

pub fn card(view: &SheetView, caller: &str, noticed: String, large: bool) -> Markup {
    let facility = &view.facility;
    let identity = &view.record.identity;
    let name = html! {
        @match identity.name_kana.value() {
            Some(kana) => ruby { (identity.name.to_string()) rt { (kana) } },
            None => (identity.name.to_string()),
        }
    };
    let lines: [(&str, Markup); 9] = [
        (
            "｜火事《かじ》ですか、｜救急《きゅうきゅう》ですか",
            html! { (ruby("「｜救急《きゅうきゅう》です」")) },
        ),
        (
            "｜場所《ばしょ》はどこですか",
            html! {
                (ruby("「｜住所《じゅうしょ》は ")) b { (said(&facility.facility_address)) } "」" br;
                (ruby("「｜施設《しせつ》は ")) b { (said(&facility.facility_name)) } "、" (fact(None, &Computed::Place.shown(view))) "」" br;
                (ruby("「｜救急車《きゅうきゅうしゃ》は ")) b { (said(&facility.ambulance_entrance)) } (ruby(" に｜来《き》てください」"))
            },
        ),
        (
            "どうしましたか",
            html! {
                "「" b { (fact(None, &Computed::Age.shown(view))) } "、" (said(&identity.sex)) (ruby("です。 ")) b .number { (noticed) }
                (ruby(" に｜気《き》づきました」")) br;
                (ruby("いつ、どこで、どうなったかを｜見《み》たまま｜言《い》います"))
            },
        ),
        (
            "｜意識《いしき》は。｜話《はな》せますか。｜呼吸《こきゅう》は。｜歩《ある》けますか",
            html! {
                (ruby("いま｜見《み》たことを｜言《い》います。「いつもは ")) (fact(None, &Computed::UsualSummary.shown(view))) "」"
            },
        ),
        (
            "｜名前《なまえ》と｜年齢《ねんれい》は",
            html! { "「" b { (name) } "、" (fact(None, &Computed::Age.shown(view))) "、" (said(&identity.birth_date)) (ruby("｜生《う》まれです」")) },
        ),
        (
            "｜病気《びょうき》は。かかりつけは",
            html! { "「" (illnesses(view)) "」" br; (ruby("かかりつけ: ")) (doctors(view)) },
        ),
        (
            "あなたの｜名前《なまえ》と｜電話《でんわ》は",
            html! { "「" b { (caller) } (ruby("です。｜電話《でんわ》は ")) b { (said(&facility.facility_phone)) } "」" },
        ),
        (
            "これから｜言《い》うとおりにしてください",
            html! { (ruby("｜電話《でんわ》を｜切《き》らず、スピーカーで｜聞《き》いて、そのとおりにします")) },
        ),
        (
            "マイナ｜保険証《ほけんしょう》はありますか",
            html! { "「" (said(&identity.myna_card_location)) (ruby(" にあります」")) },
        ),
    ];
    html! {
        section .card .script #script data-size=[large.then_some("large")] lang="ja" {
            div .card-head { h2 { (ruby("119｜番《ばん》で｜読《よ》み｜上《あ》げる")) } }
            ol {
                @for (asked, answer) in &lines {
                    li { p .asked { (ruby(asked)) } p .said { (answer) } }
                }
            }
            details .more {
                summary { (ruby("うまく｜言《い》えないとき")) }
                ul { @for phrase in PHRASES { li { "「" (ruby(phrase)) "」" } } }
            }
        }
    }
}

/// The first illnesses, and how many there are besides.
pub fn illnesses(view: &SheetView) -> Markup {
    match &view.record.medical.current_conditions {
        Rows::Some(rows) => html! {
            @for (at, row) in rows.iter().take(ILLNESSES).enumerate() { @if at > 0 { "、" } (said(&row.name)) }
            @if rows.len() > ILLNESSES { "、ほか" (rows.len() - ILLNESSES) "つ" }
        },
        other => fact(None, &other.shown()),
    }
}

fn doctors(view: &SheetView) -> Markup {
    let mut names: Vec<String> = Vec::new();
    for row in view.record.contacts.physicians.rows() {
        if let Some(name) = row.institution.value() {
            let name = name.as_str().to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    match names.is_empty() {
        true => not_asked(),
        false => html! { (names.join("、")) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_stand_over_their_words() {
        assert_eq!(
            ruby("「｜救急《きゅうきゅう》です」").into_string(),
            "「<ruby>救急<rt>きゅうきゅう</rt></ruby>です」"
        );
        assert_eq!(
            ruby("だれも<b>いない").into_string(),
            "だれも&lt;b&gt;いない"
        );
        assert_eq!(ruby("｜閉じない《かな").into_string(), "閉じない《かな");
    }
}
