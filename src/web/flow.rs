//! 急変の手順: whom to call at which hour, the facility's own steps, its physicians' written instructions.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::walk::{self, edit::Typed};
use super::{App, WebError, load};
use crate::domain::answer::{Grouped, Inputs, Problems};
use crate::domain::date::Day;
use crate::domain::permit::{EditFacility, Permit, ReadResident};
use crate::domain::transport::flow::Flow;
use crate::store::StoreError;
use crate::store::flow::{self, Written};

/// What a facility wrote, as the pages of an emergency have it.
pub enum OwnFlow {
    Nothing,
    /// It is there and cannot be read; the steps that every facility has are shown all the same.
    Unreadable,
    Written(Flow),
}

impl OwnFlow {
    pub async fn read(app: &App, permit: &Permit<ReadResident>) -> Self {
        match flow::newest(&app.store, permit).await {
            Ok(None) => Self::Nothing,
            Ok(Some(written)) => {
                Flow::stored(&written.body).map_or(Self::Unreadable, Self::Written)
            }
            Err(error) => {
                tracing::error!(%error, "flow not read");
                Self::Unreadable
            }
        }
    }

    pub fn written(&self) -> Option<&Flow> {
        match self {
            Self::Written(flow) => Some(flow),
            Self::Nothing | Self::Unreadable => None,
        }
    }
}

/// What is on the page: as it was read, or as somebody typed it.
struct Shown<'a> {
    version: i64,
    inputs: &'a Inputs,
    problems: &'a Problems,
    focus: Option<&'a str>,
    /// Whether somebody typed it and it is not saved yet.
    unsaved: bool,
    /// What happened to it, above the form.
    told: Markup,
}

fn hint(key: &str) -> &'static str {
    match key {
        "callees" => {
            "上から順に電話します。曜日・時間帯が空の人には、いつでも電話します。夜勤の時間帯は始まった日の曜日で数えます。祝日は分けられません"
        }
        "own_steps" => {
            "どの施設にもある手順に加わります。119番の手順は消えず、AとBではいつも最初です"
        }
        "mail_to" => {
            "急変の記録の開始、撤回・停止・異議、急変でないときのQRコードの読み取りを知らせます。名前や内容は書きません。市がメールサーバーを設定しているときだけ届きます"
        }
        "plans_approved_by" => {
            "空のあいだは、看取りの計画(D)は急変の画面に出ません。地域の医師会と消防が承認した施設だけが、承認を記録して使います"
        }
        "plans_approved_on" | "plans_document" => "承認を記録するときは三つともそろえます",
        "plans_wait" => "急変に気づいてから。15分まで。空のときは10分。過ぎたら119番です",
        _ => "医師が書いたとおりに写します。心肺蘇生についての指示はここには書けません",
    }
}

/// The heading above the field that begins a part of the page.
fn part(key: &str) -> Option<&'static str> {
    match key {
        "callees" => Some("急変の画面に出るもの"),
        "mail_to" => Some("画面の前にいない人へ"),
        "plans_approved_by" => Some("D 医師が署名した看取りの計画"),
        _ => None,
    }
}

fn show(app: &App, page: &Page, shown: &Shown<'_>) -> Markup {
    let typed = Typed {
        inputs: shown.inputs,
        problems: shown.problems,
        missing: &[],
        today: Day::of(app.now()),
        photo: None,
        focus: shown.focus,
    };
    let title = "急変の手順と電話の順";
    page.show_narrow(
        Place::Facility,
        title,
        html! {
            (crumbs(&[("/facility", "施設の情報")], title))
            h1 { (title) }
            p { "急変の画面に、どの施設にもある手順とともに出ます。協力医療機関・配置医と話し合い、年に1回以上見直してください。" }
            (shown.told)
            form .form method="post" action="/facility/flow" data-keep=(if shown.unsaved { "typed" } else { "" }) {
                (walk::edit::error_summary_among(Flow::FIELDS, shown.problems, shown.inputs))
                input type="hidden" name="version" value=(shown.version);
                @for field in Flow::FIELDS {
                    @if let Some(part) = part(field.key) { h2 { (part) } }
                    (walk::edit::field(field, walk::edit::About { hint: Some(hint(field.key)), ..Default::default() }, &typed))
                }
                div .bar { button .button name="do" value="save" { "保存する" } }
            }
        },
    )
}

fn told(written: Option<&Written>) -> Markup {
    html! {
        @match written {
            Some(written) => p .small .muted { "第" (written.version) "版 " (load::when(written.at)) " " (written.by_name) },
            None => div .empty { p { "まだ書かれていません。書くまでは、施設の夜間連絡先と、入居者の医師・協力医療機関が急変の画面に出ます。" } },
        }
    }
}

pub async fn form(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditFacility>,
) -> Result<Markup, WebError> {
    let written = flow::newest(&app.store, &permit.actor().permit()?).await?;
    let read = written.as_ref().map(|written| Flow::stored(&written.body));
    let (inputs, problems) = match &read {
        None => (Inputs::default(), Problems::default()),
        Some(Ok(flow)) => (flow.inputs(), Problems::default()),
        Some(Err(problems)) => (Inputs::default(), problems.clone()),
    };
    let shown = Shown {
        version: written.as_ref().map_or(0, |written| written.version),
        inputs: &inputs,
        problems: &problems,
        focus: None,
        unsaved: false,
        told: told(written.as_ref()),
    };
    Ok(show(&app, &page, &shown))
}

pub async fn save(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditFacility>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut posted = Inputs::from_pairs(pairs);
    let version = walk::post::take_version(&mut posted)?;
    let order = posted.get("do").to_owned();
    posted.remove("do");
    let mut inputs = Inputs::default();
    walk::post::take_fields(&mut inputs, Flow::FIELDS, &posted);
    let mut shown = Shown {
        version,
        inputs: &Inputs::default(),
        problems: &Problems::default(),
        focus: None,
        unsaved: true,
        told: html! {},
    };
    if let Some(focus) = walk::post::apply_to(Flow::FIELDS, &mut inputs, &order) {
        let unsaved = notice(
            NoticeKind::Info,
            "まだ保存していません",
            html! { p { "終わったら「保存する」を押します。" } },
        );
        shown.inputs = &inputs;
        shown.focus = Some(&focus);
        shown.told = unsaved;
        return Ok(show(&app, &page, &shown).into_response());
    }
    let (flow, problems) = Flow::read(&inputs);
    shown.inputs = &inputs;
    if !problems.is_empty() {
        shown.problems = &problems;
        let page = show(&app, &page, &shown);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let body = flow.json().to_string();
    match flow::write(&app.store, &permit, version, &body, app.now()).await {
        Ok(()) => {}
        Err(StoreError::Conflict { current }) => {
            shown.version = current;
            shown.told = notice(
                NoticeKind::Warn,
                "ほかの人が先に保存しました。まだ保存していません",
                html! {
                    p { "下は、あなたが入力した内容です。もう一度「保存する」を押すと、先に保存された内容に代わります。先の内容は "
                        a href="/facility/flow" target="_blank" { "別の画面" } " で見られます。" }
                },
            );
            let page = show(&app, &page, &shown);
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    let inputs = flow.inputs();
    shown.version = version + 1;
    shown.inputs = &inputs;
    shown.unsaved = false;
    shown.told = notice(
        NoticeKind::Ok,
        "保存しました",
        html! { p { "急変の画面には、いまから出ます。" } },
    );
    Ok(show(&app, &page, &shown).into_response())
}
