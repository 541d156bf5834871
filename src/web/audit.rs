//! The facility's audit: who saw and changed what, and whether the chain is whole.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{NoticeKind, Page, Place, notice};
use super::{App, WebError, load};
use crate::domain::id::ResidentId;
use crate::domain::permit::{Permit, ReadAudit};
use crate::store::audit;

const PAGE: i64 = 100;

#[derive(Deserialize)]
pub struct Filter {
    before: Option<i64>,
    resident: Option<String>,
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadAudit>,
    Query(filter): Query<Filter>,
) -> Result<Markup, WebError> {
    let resident = filter.resident.as_deref().map(ResidentId::from);
    let entries = audit::list(&app.store, &permit, resident.as_ref(), filter.before, PAGE).await?;
    Ok(page.show(
        Place::Audit,
        "操作の記録",
        html! {
            h1 { "操作の記録" }
            p { "だれが、いつ、どの方の記録を見たか、変えたかの記録です。書き換えると鎖が切れて分かるようになっています。" }
            @if entries.is_empty() {
                (notice(NoticeKind::Info, "記録はまだありません", html! { p { "操作があると、ここに並びます。" } }))
            } @else {
                table .stack role="table" {
                    thead role="rowgroup" {
                        tr role="row" { @for head in ["番号", "日時", "人", "操作", "入居者", "どこから"] { th role="columnheader" scope="col" { (head) } } }
                    }
                    tbody role="rowgroup" {
                        @for entry in &entries {
                            tr role="row" {
                                td role="cell" .number data-label="番号" { (entry.seq) }
                                td role="cell" data-label="日時" { time .number { (load::when(entry.at)) } }
                                td role="cell" data-label="人" { (entry.actor) }
                                td role="cell" data-label="操作" { (action_label(&entry.action)) }
                                td role="cell" data-label="入居者" {
                                    @if let Some(subject) = &entry.subject {
                                        a href={ "/residents/" (subject) } { "開く" }
                                        " " a href={ "/audit?resident=" (subject) } { "この方だけ" }
                                    }
                                }
                                td role="cell" data-label="どこから" { (entry.source) }
                            }
                        }
                    }
                }
                @if entries.len() == PAGE as usize {
                    @if let Some(last) = entries.last() {
                        nav .pager {
                            a .button .outline href={
                                "/audit?before=" (last.seq)
                                @if let Some(resident) = &resident { "&resident=" (resident) }
                            } { "前の" (PAGE) "件" }
                        }
                    }
                }
            }
        },
    ))
}

/// The action in words; a code of a newer version is shown as it is.
fn action_label(action: &str) -> &str {
    match action {
        "database.restored" => "控えから戻した",
        "backup.made" => "控えを取った",
        "key.rotated" => "記録を閉じる鍵を新しくした",
        "session.opened" => "ログイン",
        "session.ended" => "ログアウト",
        "sealed.sealed" => "非常用アカウントを封印",
        "sealed.opened" => "非常用アカウントを開封",
        "sealed.refused" => "非常用アカウントの符号の間違い",
        "sealed.withdrawn" => "非常用アカウントを取り消し",
        "session.locked" => "ロック",
        "session.unlocked" => "ロックを解いた",
        "session.refused" => "ログインの失敗",
        "session.digits_refused" => "番号の間違い",
        "factor.set_up" => "スマートフォンの番号を登録",
        "factor.code_used" => "予備の番号でログイン",
        "factor.codes_renewed" => "予備の番号を作り直し",
        "device.remembered" => "端末で番号を省く",
        "device.forgotten" => "番号を省く端末を取り消し",
        "staff.invited" => "本人に渡す案内を作成",
        "resident.listed" => "一覧を表示",
        "resident.viewed" => "入居者の画面を表示",
        "transport.viewed" => "急変の画面を表示",
        "notice.mailed" => "お知らせのメール",
        "drill.prepared" => "訓練用の架空の方を準備",
        "transport.begun" => "急変の記録を開始",
        "transport.noted" => "急変の経過を記録",
        "resident.admitted" => "入居の登録",
        "resident.imported" => "名簿から取り込み",
        "resident.status_set" => "退居・死亡の記録",
        "sheet.opened" => "編集画面を表示",
        "sheet.confirmed" => "シートを確定",
        "sheet.verified" => "確認のみ",
        "sheet.history_viewed" | "sheet.revision_viewed" => "履歴を表示",
        "sheet.read" => "シートを読み出し(API)",
        "document.issued" => "紙を発行",
        "document.withdrawn" => "紙を無効に",
        "document.collected" => "古い紙の回収",
        "document.printed" => "紙を印刷・表示",
        "document.exported" => "書類をJSON・CSVで書き出し",
        "handoff.begun" => "入院の記録を開始",
        "handoff.viewed" => "入院の画面を表示",
        "handoff.written" => "入退院の書類に記入",
        "handoff.file_added" => "入退院のファイルを追加",
        "handoff.file_viewed" => "入退院のファイルを表示",
        "handoff.ended" => "入院の記録を終了",
        "sending.sent" => "書類を渡した記録",
        "sending.read" => "病院が書類を見た",
        "inbox.listed" => "届いた書類の一覧を表示",
        "sending.viewed" => "送付の記録を表示",
        "sending.opened" => "病院が書類を開いた",
        "sending.printed" => "病院が書類を取り出した",
        "sending.received" => "受け取りの確認",
        "sending.asked" => "病院からの問い合わせ",
        "sending.answered" => "問い合わせへの返事",
        "sending.feedback" => "病院へ様子を知らせた",
        "sending.failed" => "書類が届いていない",
        "sending.new_passcode" => "新しい合言葉",
        "sending.recalled" => "送付の取り消し",
        "sending.wrong_passcode" => "合言葉のまちがい",
        "desk.written" => "病院の窓口一覧の変更",
        "facility.capability_written" => "受け入れ表の変更",
        "fax.viewed" => "FAXの画面を表示",
        "fax.printed" => "FAX送付状を印刷・表示",
        "fax.prepared" => "FAXの準備",
        "fax.checked" => "FAX番号の確認",
        "fax.mismatched" => "FAX番号の不一致",
        "fax.sent" => "FAXの送信",
        "fax.arrived" => "FAXの到着確認",
        "fax.failed" => "FAXが届いていない",
        "fax.cancelled" => "FAXの取り消し",
        "binder.issued" => "紙をまとめて発行",
        "binder.viewed" => "まとめて発行した紙の一覧を表示",
        "document.viewed" => "紙の画面を表示",
        "draft.saved" => "下書きを保存",
        "draft.dropped" => "下書きを捨てた",
        "directive.read" => "意思・指示の記録を読み出し(API)",
        "attachment.kept" => "写真・署名された原本を登録",
        "directive.viewed" => "意思と指示の画面を表示",
        "directive.listed" => "意思と指示の一覧を表示",
        "directive.recorded" => "意思・指示を記録",
        "directive.original_viewed" => "署名された原本を表示",
        "standing.read" => "心肺蘇生の扱いを読み出し(API)",
        "facility.created" => "施設を登録",
        "staff.password_set" => "パスワードを変更",
        "session.all_ended" => "全端末からログアウト",
        "scan.all_seen" => "読み取りをまとめて確認",
        "scan.viewed" => "QRコードから表示",
        "scan.seen" => "読み取りを確認",
        "facility.updated" => "施設の情報を変更",
        "facility.flow_written" => "急変の手順と電話の順を変更",
        "staff.created" => "職員を登録",
        "staff.disabled" => "職員を停止",
        "staff.enabled" => "職員を再開",
        other => other,
    }
}
