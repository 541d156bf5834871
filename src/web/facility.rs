//! The facility's own facts, which stand on every sheet, and the city office's list of facilities.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::walk::{self, edit::Typed};
use super::{App, WebError, invite, load};
use crate::domain::answer::{Coded, Grouped, Inputs, Problems};
use crate::domain::clock::Moment;
use crate::domain::date::{Day, ago, moment_text};
use crate::domain::directive::rules::Limits;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{EditFacility, OperateService, Permit, Role};
use crate::domain::record::{FacilityFacts, FacilityType};
use crate::store::backup::{self, Outcome};
use crate::store::facility::{self, FacilityText};
use crate::store::staff::{NO_PASSWORD, NewStaff};
use crate::store::{StoreError, invitation, staff};

pub async fn form(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditFacility>,
) -> Result<Markup, WebError> {
    let row = facility::get(&app.store, &permit).await?;
    let inputs = load::read_facts(&row.body)?.inputs();
    Ok(facility_page(
        &app,
        &page,
        row.version,
        &inputs,
        &Problems::default(),
        false,
    ))
}

/// What concerns orders about resuscitation; it stands below the rest.
fn is_directive(key: &str) -> bool {
    key == "mc_area" || key.starts_with("directive_")
}

/// What crews of the area may do, and how long an order holds here: never longer than everywhere.
fn directives(app: &App, inputs: &Inputs, problems: &Problems) -> Markup {
    let chosen = inputs.get("mc_area");
    let known = app.protocols.iter().any(|area| area.key == chosen);
    let limits = Limits::default();
    let hint = |key: &str| match key {
        "directive_review_months" => {
            format!(
                "1〜{}。空のときは{}か月",
                limits.review_months, limits.review_months
            )
        }
        "directive_end_of_life_review_months" => format!(
            "1〜{}。空のときは{}か月",
            limits.end_of_life_review_months, limits.end_of_life_review_months
        ),
        "directive_expiry_months" => {
            format!(
                "1〜{}。空のときは{}か月",
                limits.expiry_months, limits.expiry_months
            )
        }
        _ => format!(
            "0〜{}。空のときは{}日",
            limits.grace_days, limits.grace_days
        ),
    };
    html! {
        section .part #directives {
            h2 { "医師の指示書の決まり" }
            div .field .invalid[problems.at("mc_area").is_some()] {
                label for="mc_area" { "メディカルコントロールの地域" }
                p .hint id="mc_area-hint" { "救急隊の対応は地域で違います。消防に確かめるまでは「未確認」のままにします。未確認のときは「救急隊は蘇生を行い搬送します」と表示します。" }
                @if let Some(problem) = problems.at("mc_area") { p .error { (icon(Icon::Stop)) span { (problem) } } }
                select #mc_area name="mc_area" aria-describedby="mc_area-hint" {
                    option value="" selected[chosen.is_empty()] { "未確認(蘇生を行い搬送)" }
                    @for area in app.protocols.iter().filter(|area| area.key != "default") {
                        option value=(area.key) selected[area.key == chosen] { (area.name) "(" (area.confirmed_on) " 確認)" }
                    }
                    @if !known && !chosen.is_empty() { option value=(chosen) selected { "「" (chosen) "」(一覧にありません。未確認として扱います)" } }
                    @else if chosen == "default" { option value="default" selected { "既定(蘇生を行い搬送)" } }
                }
            }
            p { "次の期間は、短くすることだけができます。長くはできません。短くすると、いま有効な指示書もその日から短くなります。" }
            @for field in FacilityFacts::FIELDS.iter().filter(|field| field.key.starts_with("directive_")) {
                (walk::edit::field(
                    field,
                    walk::edit::About { hint: Some(&hint(field.key)), ..Default::default() },
                    &typed(app, inputs, problems),
                ))
            }
        }
    }
}

/// What a facility cannot be without.
const REQUIRED: [&str; 2] = ["facility_name", "facility_type"];

fn typed<'a>(app: &App, inputs: &'a Inputs, problems: &'a Problems) -> Typed<'a> {
    Typed {
        inputs,
        problems,
        missing: &[],
        today: Day::of(app.now()),
        photo: None,
        focus: None,
    }
}

fn facility_page(
    app: &App,
    page: &Page,
    version: i64,
    inputs: &Inputs,
    problems: &Problems,
    saved: bool,
) -> Markup {
    page.show_narrow(
        Place::Facility,
        "施設の情報",
        html! {
            h1 { "施設の情報" }
            p { "ここに書いたことは、全員のシートと救急隊の画面に載ります。" }
            p { a .button .outline href="/facility/flow" { "急変の手順と電話の順" } }
            @if saved {
                (notice(NoticeKind::Ok, "保存しました", html! { p { "印刷済みの紙には前の内容が載っています。必要なら発行し直してください。" } }))
            }
            form .form method="post" action="/facility" data-keep=[(!problems.is_empty()).then_some("typed")] {
                (walk::edit::error_summary_here(problems, inputs))
                input type="hidden" name="version" value=(version);
                (walk::edit::fields(
                    FacilityFacts::FIELDS.iter().filter(|field| !is_directive(field.key)),
                    &REQUIRED,
                    &typed(app, inputs, problems),
                ))
                (directives(app, inputs, problems))
                div .bar { button .button { "保存する" } }
            }
        },
    )
}

pub async fn save(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditFacility>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut inputs = Inputs::from_pairs(pairs);
    let version = walk::post::take_version(&mut inputs)?;
    let (facts, mut problems) = FacilityFacts::read(&inputs);
    problems.extend(required(&facts));
    if !problems.is_empty() {
        return Ok(facility_page(&app, &page, version, &inputs, &problems, false).into_response());
    }
    let body = facts.json().to_string().into_bytes();
    facility::update(
        &app.store,
        &permit,
        version,
        text_of(&facts, &body),
        app.now(),
    )
    .await?;
    Ok(facility_page(&app, &page, version + 1, &inputs, &problems, true).into_response())
}

fn required(facts: &FacilityFacts) -> Problems {
    let mut problems = Problems::default();
    if facts.facility_name.value().is_none() {
        problems.add("facility_name", "施設名を入力してください");
    }
    if facts.facility_type.value().is_none() {
        problems.add("facility_type", "施設の種別を選んでください");
    }
    problems
}

/// What the facility's row keeps beside its facts.
pub fn text_of<'a>(facts: &'a FacilityFacts, body: &'a [u8]) -> FacilityText<'a> {
    FacilityText {
        name: facts.facility_name.value().map_or("", |name| name.as_str()),
        kind: facts
            .facility_type
            .value()
            .map_or("", |kind| kind.choice().code),
        body,
    }
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
) -> Result<Markup, WebError> {
    facilities_page(
        &app,
        &page,
        &permit,
        &Inputs::default(),
        &Problems::default(),
    )
    .await
}

async fn facilities_page(
    app: &App,
    page: &Page,
    permit: &Permit<OperateService>,
    inputs: &Inputs,
    problems: &Problems,
) -> Result<Markup, WebError> {
    let facilities = facility::list(&app.store, permit, None, 500).await?;
    let backed_up = backup::last_outcome(&app.store, permit).await?;
    let (mut of_facility, mut of_person) = (Problems::default(), Problems::default());
    for (key, message) in problems.iter() {
        match key.starts_with("person_") {
            true => of_person.add(key, message),
            false if key == AGAIN => {}
            false => of_facility.add(key, message),
        }
    }
    let office = FacilityType::CityOffice.choice().code;
    let plain = |key: &str, label: &str, hint: &str| {
        html! {
            div .field .invalid[problems.at(key).is_some()] {
                label for=(key) { (label) span .required { "必須" } }
                p .hint { (hint) }
                @if let Some(problem) = problems.at(key) { p .error { (problem) } }
                input .w-l id=(key) name=(key) value=(inputs.get(key)) autocomplete="off" required;
            }
        }
    };
    Ok(page.show_narrow(
        Place::Facilities,
        "施設",
        html! {
            h1 { "施設" }
            (backups(backed_up.as_ref(), app.now()))
            p { a .button .outline href="/facilities/people" { "病院の職員と運用担当" } }
            @if facilities.is_empty() { div .empty { p { "施設はまだありません。" } } }
            ul .plain-list {
                @for known in &facilities {
                    li { b { (known.name) } " " (kind_label(&known.kind)) " " span .small .muted { (known.id) } }
                }
            }
            h2 { "施設を加える" }
            form .form method="post" action="/facilities" {
                (walk::edit::error_summary_here(&of_facility, inputs))
                (walk::edit::fields(
                    FacilityFacts::FIELDS.iter().filter(|field| REQUIRED.contains(&field.key)),
                    &REQUIRED,
                    &typed(app, inputs, problems),
                ))
                h3 { "はじめの管理者" }
                (plain("manager_name", "氏名", "施設の管理者。ほかの職員はこの人が登録します"))
                (plain("manager_login", "ログイン名", "例 k.suzuki。パスワードは本人が決めます。加えると、本人に渡す案内が1回だけ出ます"))
                div .bar { button .button { "施設を加える" } }
            }
            @if !facilities.is_empty() {
                h2 #people { "身元を確かめた人を登録する" }
                p { "医師は、その施設の入居者の指示書に本人として署名します。署名された原本の登録と照合は、同じ人が登録した職員2人ではできません。その施設に必要なら、看護職・管理者も市が登録します。身元を確かめ、登録すると出る案内は本人だけに渡してください。施設のほかの職員には渡しません。" }
                form .form method="post" action="/facilities/people" {
                    (walk::edit::error_summary_among(&[], &of_person, inputs))
                    div .field .invalid[problems.at("person_facility").is_some()] {
                        label for="person_facility" { "施設" span .required { "必須" } }
                        @if let Some(problem) = problems.at("person_facility") { p .error { (problem) } }
                        select #person_facility name="person_facility" {
                            option value="" { "選んでください" }
                            @for known in facilities.iter().filter(|known| known.kind != office) {
                                option value=(known.id) selected[inputs.get("person_facility") == known.id.as_str()] { (known.name) }
                            }
                        }
                    }
                    div .field .invalid[problems.at("person_role").is_some()] {
                        label for="person_role" { "役割" span .required { "必須" } }
                        @if let Some(problem) = problems.at("person_role") { p .error { (problem) } }
                        select #person_role name="person_role" {
                            @for role in OF_OFFICE {
                                option value=(role.code()) selected[inputs.get("person_role") == role.code()] { (role.label()) }
                            }
                        }
                    }
                    (plain("person_name", "氏名", "署名・照合の記録に残る名前"))
                    (plain("person_login", "ログイン名", "例 s.kamiya"))
                    div .bar { button .button { "登録する" } }
                }
                h2 #again { "パスワードと番号を作り直す" }
                p { "医師、病院の職員、施設の管理者など、施設で作り直せない人の案内を作ります。身元を確かめてから行ってください。いまのパスワードと番号は、すぐに使えなくなります。" }
                form .form method="post" action="/facilities/invite" {
                    (plain(AGAIN, "本人のログイン名", "本人に聞いてください"))
                    div .bar { button .button .outline { "本人を確かめました。作り直す" } }
                }
            }
        },
    ))
}

/// How old the newest backup is, and what to do when it is too old.
fn backups(last: Option<&Outcome>, now: Moment) -> Markup {
    let Some(last) = last else {
        return html! {
            p .small .muted { "控え(バックアップ)は、このサービスからは自動で取っていません。別に取っているときは、そちらで確かめてください。" }
        };
    };
    let when = |at: Option<i64>| match at {
        Some(at) => {
            let at = Moment(at);
            format!("{}({})", moment_text(at), ago(Day::of(at), Day::of(now)))
        }
        None => "まだ1つもありません".to_owned(),
    };
    html! {
        section .card aria-label="控え(バックアップ)" {
            @if last.is_overdue(now) {
                (notice(NoticeKind::Warn, "控えが26時間より古くなっています", html! {
                    p { "下の理由を直し、フォルダーの空きと機械の電源を確かめてください。" }
                }))
            }
            dl .facts {
                div { dt { "最後に取れた控え" } dd { (when(last.good_at)) } }
                div {
                    dt { "確かめ" }
                    dd {
                        @match &last.failure {
                            None => "取った控えから戻し、中身と操作の記録のつながりを確かめました",
                            Some(why) => { b { "できませんでした: " } (why) " (" (moment_text(Moment(last.at))) ")" }
                        }
                    }
                }
                div { dt { "数と大きさ" } dd { (last.generations) "個、最後のものは" (last.size.div_ceil(1_000_000)) "MB" } }
                div { dt { "場所" } dd { (last.places.join("、")) } }
            }
        }
    }
}

fn kind_label(code: &str) -> &'static str {
    <FacilityType as Coded>::parse(code).map_or("", |kind| kind.choice().label)
}

pub async fn create(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let inputs = Inputs::from_pairs(pairs);
    let mut own = Inputs::default();
    for field in FacilityFacts::FIELDS {
        own.replace(field.key, inputs.part(field.key));
    }
    let (facts, mut problems) = FacilityFacts::read(&own);
    problems.extend(required(&facts));
    let (name, login) = (
        inputs.get("manager_name").trim(),
        inputs.get("manager_login").trim(),
    );
    problems.extend(super::staff::check(name, login).under("manager_"));
    if !problems.is_empty() {
        return Ok(facilities_page(&app, &page, &permit, &inputs, &problems)
            .await?
            .into_response());
    }
    let body = facts.json().to_string().into_bytes();
    let id = FacilityId::new(app.clock.as_ref(), app.entropy.as_ref());
    let manager_id = StaffId::new(app.clock.as_ref(), app.entropy.as_ref());
    let manager = NewStaff {
        id: &manager_id,
        login,
        name,
        role: match facts.facility_type.is(&FacilityType::Hospital) {
            true => Role::HospitalStaff,
            false => Role::Manager,
        },
        password_hash: NO_PASSWORD,
    };
    match facility::create(
        &app.store,
        &permit,
        &id,
        text_of(&facts, &body),
        &[manager],
        app.now(),
    )
    .await
    {
        Ok(()) => invite_to(&app, &page, &permit, login).await,
        Err(StoreError::LoginTaken) => {
            problems.add("manager_login", "このログイン名はすでに使われています");
            Ok(facilities_page(&app, &page, &permit, &inputs, &problems)
                .await?
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The field for the login of somebody who lost password or phone.
const AGAIN: &str = "invite_login";
/// As many facilities as are looked through for their kind.
const KNOWN: i64 = 1000;
/// The kind whose people have an inbox and nothing else.
const HOSPITAL: &str = "hospital";
/// Whom the city office adds to a facility after checking who it is.
const OF_OFFICE: [Role; 4] = [
    Role::Physician,
    Role::Nurse,
    Role::Manager,
    Role::HospitalStaff,
];

/// Adds a physician, or somebody whom no other account of the facility made (safety.md S12).
pub async fn create_by_office(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let inputs = Inputs::from_pairs(pairs);
    let (name, login) = (
        inputs.get("person_name").trim(),
        inputs.get("person_login").trim(),
    );
    let mut problems = super::staff::check(name, login).under("person_");
    let facility = inputs.get("person_facility");
    if facility.is_empty() {
        problems.add("person_facility", "施設を選んでください");
    }
    let role = Role::from_code(inputs.get("person_role")).filter(|role| OF_OFFICE.contains(role));
    if role.is_none() {
        problems.add("person_role", "役割を選んでください");
    }
    if let Some(role) = role
        && !facility.is_empty()
    {
        let known = facility::list(&app.store, &permit, None, KNOWN).await?;
        let kind = known.iter().find(|known| known.id.as_str() == facility);
        let is_hospital = kind.is_some_and(|known| known.kind == HOSPITAL);
        if is_hospital != (role == Role::HospitalStaff) {
            problems.add(
                "person_role",
                "「病院の職員」は病院だけに、ほかの役割は施設だけに登録できます",
            );
        }
    }
    if let Some(role) = role
        && problems.is_empty()
    {
        let id = StaffId::new(app.clock.as_ref(), app.entropy.as_ref());
        let person = NewStaff {
            id: &id,
            login,
            name,
            role,
            password_hash: NO_PASSWORD,
        };
        let facility = FacilityId::from(facility);
        match staff::create_by_office(&app.store, &permit, &facility, person, app.now()).await {
            Ok(()) => return invite_to(&app, &page, &permit, login).await,
            Err(StoreError::LoginTaken) => {
                problems.add("person_login", "このログイン名はすでに使われています");
            }
            Err(StoreError::NotFound) => {
                problems.add(
                    "person_facility",
                    "この施設は見つかりません。選び直してください",
                );
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(facilities_page(&app, &page, &permit, &inputs, &problems)
        .await?
        .into_response())
}

/// A new way in for somebody whom no facility may or can let in.
pub async fn invite_again(
    State(app): State<App>,
    page: Page,
    permit: Permit<OperateService>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let inputs = Inputs::from_pairs(pairs);
    match invite_to(&app, &page, &permit, inputs.get(AGAIN).trim()).await {
        Err(WebError::NotFound) => {
            let mut problems = Problems::default();
            problems.add(
                AGAIN,
                "このログイン名の人はいないか、停止中です。つづりを確かめてください",
            );
            Ok(facilities_page(&app, &page, &permit, &inputs, &problems)
                .await?
                .into_response())
        }
        answer => answer,
    }
}

pub async fn invite_to(
    app: &App,
    page: &Page,
    permit: &Permit<OperateService>,
    login: &str,
) -> Result<Response, WebError> {
    let (token, hash) = invite::token(app);
    let now = app.now();
    let until = now.plus_minutes(invite::OPENS_HOURS * 60);
    let person = invitation::invite_by_office(&app.store, permit, login, &hash, until, now).await?;
    let letter = invite::letter(app, &person, &token)?;
    let body = html! {
        (crumbs(&[("/facilities", "施設")], "本人に渡す案内"))
        h1 { "本人に渡す案内" }
        (letter)
        p .no-print { a .button .outline href="/facilities" { "渡しました。施設へ戻る" } }
    };
    Ok(page
        .show_narrow(Place::Facilities, "本人に渡す案内", body)
        .into_response())
}
