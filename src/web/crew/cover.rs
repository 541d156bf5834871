//! What a scanned code shows before anyone taps, and what it shows when it opens nothing. No personal data on any.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::Paper;
use super::calls;
use super::shell::{
    PaperWord, answer, band, band_because, call_119, drill, facility_calls, match_code, strip,
};
use crate::domain::date::moment_text;
use crate::domain::standing::Standing;
use crate::store::link::LinkState;

const NOTHING_PERSONAL: &str = "この画面に個人の情報はありません。";

/// The cover of a live paper; `is_overtaken` when something was recorded after it was printed.
pub fn live(paper: &Paper, is_overtaken: bool) -> Response {
    answer(StatusCode::OK, &live_main(paper, is_overtaken))
}

pub(super) fn live_main(paper: &Paper, is_overtaken: bool) -> Markup {
    html! {
        main .cover {
            (drill(paper.is_drill))
            div {
                p .soft .small { "救急連絡シート" }
                h1 { (paper.facility.facility_name) }
            }
            (default_band())
            form method="post" { button .go { "救急活動のため表示する" } }
            p .small { "表示すると、日時と端末の種類が記録され、施設へ知らせます。" }
            div .match {
                span .small { "照合番号 紙と同じか確かめてください" }
                span .code { (paper.match_code) }
            }
            (state(paper, is_overtaken))
            (calls::list(&facility_calls(&paper.facility)))
            (call_119())
            p .foot { (NOTHING_PERSONAL) "救急活動・診療の目的以外で開かないでください。" }
            p .foot { a href={ "?" (super::STAFF) } { "施設の職員の方: 急変を記録する" } }
        }
    }
}

fn state(paper: &Paper, is_overtaken: bool) -> Markup {
    let printed = html! { span .num { (moment_text(paper.issued_at)) " 印刷" } };
    if !is_overtaken {
        strip(
            PaperWord::Current,
            &html! { "この紙は有効です" br; (printed) },
        )
    } else {
        strip(
            PaperWord::Changed,
            &html! { "印刷のあとで記録が更新されています。表示すると、変わった点が出ます。" br; (printed) },
        )
    }
}

/// Before anything is known of a person: the default, without a reason.
fn default_band() -> Markup {
    band_because(&Standing::withheld(), None)
}

/// Who asked as staff and is not signed in here.
pub fn for_staff_only(paper: &Paper) -> Response {
    let main = html! {
        main .ended {
            (drill(paper.is_drill))
            h1 { "職員のログインが必要です" }
            p { (paper.facility.facility_name) " の職員としてこの端末でログインしてから、もう一度QRコードを読み取ってください。" }
            (default_band())
            (calls::list(&facility_calls(&paper.facility)))
            (call_119())
            p .foot { (NOTHING_PERSONAL) }
        }
    };
    answer(StatusCode::UNAUTHORIZED, &main)
}

/// A paper that was replaced, withdrawn or has run out: which, and whom to call (safety.md S8, S9).
pub fn ended(paper: &Paper, state: LinkState) -> Response {
    answer(StatusCode::GONE, &ended_main(paper, state))
}

pub(super) fn ended_main(paper: &Paper, state: LinkState) -> Markup {
    let (what, then) = ended_words(state);
    html! {
        main .ended {
            (drill(paper.is_drill))
            (strip(PaperWord::Ended, &html! { "この紙は使えません" }))
            h1 { (what) }
            @if !then.is_empty() { p { (then) "。" } }
            (default_band())
            (calls::list(&facility_calls(&paper.facility)))
            (call_119())
            p .foot {
                (paper.facility.facility_name) " " (match_code(&paper.match_code)) br;
                span .num { "No. " (paper.serial) " " (moment_text(paper.issued_at)) " 印刷" } br;
                (NOTHING_PERSONAL)
            }
        }
    }
}

/// Why a paper does not open, and what to do: the two sentences of the domain's words.
pub(super) fn ended_words(state: LinkState) -> (&'static str, &'static str) {
    let words = match state {
        LinkState::Ended(reason) => reason.words(),
        LinkState::Expired | LinkState::Live => {
            "この紙の有効期限が切れています。施設へ電話で新しい内容を確認してください"
        }
    };
    words.split_once('。').unwrap_or((words, ""))
}

/// A code that no paper of this service has.
pub fn unknown() -> Response {
    answer(StatusCode::NOT_FOUND, &unknown_main())
}

pub(super) fn unknown_main() -> Markup {
    html! {
        main .ended {
            (strip(PaperWord::Ended, &html! { "この紙を確認できません" }))
            h1 { "このQRコードは登録されていません" }
            p { "読み取りの誤りか、この仕組みの紙ではありません。紙の内容を使わず、施設の職員か、施設の電話で確かめてください。" }
            (default_band())
            (call_119())
        }
    }
}

/// The database does not answer. The button stays: a second try often helps, and must not need a reload.
pub fn unreachable() -> Response {
    answer(StatusCode::SERVICE_UNAVAILABLE, &unreachable_main())
}

pub(super) fn unreachable_main() -> Markup {
    html! {
        main .ended {
            (strip(PaperWord::Changed, &html! { "いま記録を読み取れません" }))
            h1 { "紙の内容で活動してください" }
            p { "紙が新しいかどうかは、ここでは確かめられません。紙にある施設と医師の電話で確かめてください。" }
            (band(&Standing::by_failure()))
            form method="post" { button .go { "もう一度、表示を試す" } }
            (call_119())
        }
    }
}
