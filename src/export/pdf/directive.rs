//! Papers about the last stage of life: to sign, to go through once a year, to keep, and to understand.
//!
//! None of them is an order by itself, and each says so: what holds is derived from the statements, and only what a
//! physician signed and a second person compared is among them (safety.md S12). Every paper with a person's name carries
//! the standing of the moment in which it was printed, and that resuscitation goes on until a physician confirms (S3).

use super::sheet::{continued, foot_line, footer, printed_at, shown};
use super::{
    Align, Band, Cell, Document, Element, Grid, Margins, PdfError, Row, Section, Stack, Table,
    Text, Vertical, Width,
};
use crate::domain::answer::{Answer, Coded, Known, Rows, Scalar, YesNo};
use crate::domain::clock::Moment;
use crate::domain::date::{self, Day};
use crate::domain::directive::state::State;
use crate::domain::directive::{
    CprInstruction, CprWish, Order, Participant, Said, Statement, Talk, Treatment, Wish, WishBasis,
    rules,
};
use crate::domain::record::AcpDiscussion;
use crate::domain::standing::{EVERYTHING_ELSE, NOT_COVERED, UNTIL};
use crate::domain::view::SheetView;

#[cfg(test)]
mod tests;

/// Which text of these papers is printed.
pub const EDITION: &str = "2026-11";

/// A paper about one resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectivePaper {
    /// 意思確認書: the resident, or who speaks for them, the physician and a witness sign it.
    Consent,
    /// 再確認書: what is recorded, gone through with resident and family once a year.
    Review,
    /// The log of talks.
    Talks,
}

impl DirectivePaper {
    pub const ALL: [Self; 3] = [Self::Consent, Self::Review, Self::Talks];

    /// What an issued document calls its form.
    pub fn key(self) -> &'static str {
        match self {
            Self::Consent => "directive_consent",
            Self::Review => "directive_review",
            Self::Talks => "acp_log",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.key() == key)
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Consent => "意思確認書",
            Self::Review => "意思の再確認書",
            Self::Talks => "人生会議の記録",
        }
    }

    /// What it is for, in one sentence.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Consent => {
                "心停止のときについて、本人(または代理人)・医師・立会人が署名する書面です"
            }
            Self::Review => "記録されている意思を、年に一度、本人と家族が読んで確かめる書面です",
            Self::Talks => "話し合いの日・参加者・言葉の記録です。医師の指示ではありません",
        }
    }
}

/// The paper of `view`, with what was said.
///
/// # Errors
/// A character that no font has, a part that fits on no page.
pub fn render(paper: DirectivePaper, view: &SheetView, log: &[Said]) -> Result<Vec<u8>, PdfError> {
    let serial = view.issue.as_ref().map_or("", |issue| &issue.serial);
    let title = format!("{} {} 様", paper.title(), shown(view, "name"));
    let facility = shown(view, "facility_name");
    let document = Document::new(title, facility, serial, printed_at(view));
    super::render(&document.with(section(paper, view, log)))
}

fn section(paper: DirectivePaper, view: &SheetView, log: &[Said]) -> Section<'static> {
    let state = State::read(log).unwrap_or_default();
    let head = Stack::new(GAP)
        .with(title(paper, view))
        .with(person(view))
        .with(standing(view));
    let mut section = Section::new()
        .gap(GAP)
        .margins(MARGINS)
        .fit_pages(2)
        .bookmark(paper.title())
        .continued(continued(view))
        .block(Element::from(head).keep_together());
    section.continues = "▼ 次のページに続きがあります".to_owned();
    let blocks = match paper {
        DirectivePaper::Consent => consent(&state),
        DirectivePaper::Review => review(view, &state, log),
        DirectivePaper::Talks => talks(view, log),
    };
    section.blocks.extend(blocks);
    let foot = footer(EDITION, view);
    section.footer(move |page| foot_line(&foot, page))
}

const GAP: f32 = 1.6;
const MARGINS: Margins = Margins {
    top: 11.0,
    right: 14.0,
    bottom: 9.0,
    left: 16.0,
};
/// Height of a line to write on and of a place for a signature, in millimetres.
const LINE_MM: f32 = 9.0;
const SIGNATURE_MM: f32 = 16.0;
const VALUE_PT: f32 = 10.0;

fn title(paper: DirectivePaper, view: &SheetView) -> Element {
    let mut marks = Stack::new(0.0);
    match &view.issue {
        Some(issue) => {
            marks = marks
                .with(
                    Text::critical(format!("No. {}", issue.serial), 10.0)
                        .leading(1.2)
                        .align(Align::Right),
                )
                .with(Text::label(format!("照合番号 {}", issue.match_code)).align(Align::Right))
                .with(
                    Text::label(format!("{} 印刷", date::moment_text(issue.issued_at)))
                        .align(Align::Right),
                );
        }
        None => marks = marks.with(Text::critical("未発行(下書き)", 10.0).align(Align::Right)),
    }
    let names = Stack::new(0.4)
        .with(Text::heading(1, paper.title()).size(20.0).leading(1.15))
        .with(Text::value(paper.purpose()).size(9.5).leading(1.2));
    Row::new(3.0)
        .at(Width::Share(1.0), Vertical::Bottom, names)
        .at(Width::Mm(62.0), Vertical::Bottom, marks)
        .into()
}

/// Who it is, before anything else (safety.md S19).
fn person(view: &SheetView) -> Element {
    let name = Stack::new(0.0)
        .with(Text::label(shown(view, "name_kana")).size(8.0))
        .with(Text::critical(shown(view, "name"), 15.0).leading(1.15));
    let fact = |key: &str| Text::value(shown(view, key)).size(VALUE_PT);
    Grid::new()
        .row([
            Cell::new("氏名", name).span(5),
            Cell::new("生年月日", fact("birth_date")).span(4),
            Cell::new("性別", fact("sex")).span(1),
            Cell::new("居室", fact("place")).span(2),
        ])
        .row([
            Cell::new("施設", fact("facility_name")).span(7),
            Cell::new("施設の電話", fact("facility_phone").bold()).span(5),
        ])
        .into()
}

/// What holds at this moment (safety.md S3), never instead of the sheet.
fn standing(view: &SheetView) -> Element {
    let band = view.standing.band();
    let mut words = Stack::new(0.3).with(Text::label("印刷したときの扱い"));
    if let Some(scope) = band.scope {
        words = words.with(Text::critical(scope, 10.5).leading(1.2));
    }
    let words = words
        .with(Text::critical(band.headline, 12.0).leading(1.2))
        .with(Text::critical(format!("{}。{}", band.until, band.area), 9.5).leading(1.25))
        .with(
            Text::value(format!("理由: {}", band.reason))
                .size(9.0)
                .leading(1.2),
        );
    Band::framed(words).into()
}

/// Sentences one below the other, each behind a mark.
fn sentences<'a>(words: impl IntoIterator<Item = &'a str>) -> Element {
    let mut stack = Stack::new(0.5);
    for sentence in words {
        let line = Row::new(0.5)
            .at(
                Width::Mm(4.0),
                Vertical::Top,
                Text::value("●").size(9.5).leading(1.25),
            )
            .at(
                Width::Share(1.0),
                Vertical::Top,
                Text::value(sentence).size(9.5).leading(1.25),
            );
        stack = stack.with(line);
    }
    stack.into()
}

fn choices<E: Coded>(chosen: Option<&E>) -> Text {
    let all = E::ALL
        .iter()
        .map(|one| (chosen == Some(one), one.choice().label));
    Text::checks(all).size(VALUE_PT)
}

/// What is known, or room to write it.
fn filled<T: Scalar>(label: &str, known: Option<&Known<T>>, height: f32) -> Cell {
    match known.and_then(Known::value) {
        Some(value) => Cell::new(label, Text::value(value.shown()).size(VALUE_PT)),
        None => Cell::blank(label, height),
    }
}

fn participants(rows: &[Participant]) -> String {
    let each = |row: &Participant| match row.role.value() {
        Some(role) => format!("{}({})", row.name, role.as_str()),
        None => row.name.to_string(),
    };
    rows.iter().map(each).collect::<Vec<_>>().join("、")
}

const SPOKEN_WITHDRAWAL: &str = "気持ちはいつでも変えられます。本人が口で一言いえば、その場で撤回されます。書面も理由もいりません。どの職員に言ってもかまいません";

fn consent(state: &State<'_>) -> Vec<Element> {
    let order = state.orders.last().map(|order| order.order);
    let wish = state.wish.map(|(_, wish)| wish);
    let until = format!("{UNTIL}。この書面に署名したあとも同じです");
    let rules = sentences([
        until.as_str(),
        NOT_COVERED,
        EVERYTHING_ELSE,
        SPOKEN_WITHDRAWAL,
        "本人の意思をもとに決めます。家族の希望だけで決めるものではありません",
        "医師の署名がなければ、医師の指示にはなりません。署名された原本を、施設の職員2人が別々に確かめて登録したあとに有効になります",
    ]);
    vec![
        Band::plain(
            Stack::new(0.8)
                .with(Text::heading(2, "署名する前に、かならず読んでください"))
                .with(rules),
        )
        .into(),
        wishes(wish, order).keep_together(),
        instruction(order).keep_together(),
        treatments(order).keep_together(),
        signatures().keep_together(),
    ]
}

fn wishes(wish: Option<&Wish>, order: Option<&Order>) -> Element {
    let basis = order.and_then(|order| order.person_wish_basis.value());
    Grid::headed("1 本人の意思")
        .row([Cell::new(
            "心停止のときの心肺蘇生について",
            choices::<CprWish>(wish.and_then(|wish| wish.cpr.value())),
        )])
        .row([
            Cell::new("意思の確かめ方", choices::<WishBasis>(basis)).span(8),
            filled(
                "話した日・書いた日",
                wish.map(|wish| &wish.stated_on),
                LINE_MM,
            )
            .span(4),
        ])
        .row([filled(
            "本人の言葉(そのまま)",
            wish.map(|wish| &wish.words),
            16.0,
        )])
        .into()
}

fn instruction(order: Option<&Order>) -> Element {
    let line = |label, known: Option<&Known<Day>>| filled(label, known, LINE_MM).span(4);
    let dissent = match order.map(|order| &order.dissent) {
        Some(Rows::None { .. }) => Text::value("いません").size(VALUE_PT).into(),
        Some(Rows::Some(rows)) => {
            let names: Vec<String> = rows.iter().map(|row| row.name.to_string()).collect();
            Text::value(names.join("、")).size(VALUE_PT).into()
        }
        _ => Element::from(
            Text::checks([(false, "いません"), (false, "います(氏名・内容):")]).size(VALUE_PT),
        ),
    };
    let talked = order.map(|order| participants(order.participants.rows()));
    let talked = match talked.filter(|names| !names.is_empty()) {
        Some(names) => Cell::new("話し合いの参加者", Text::value(names).size(VALUE_PT)),
        None => Cell::blank("話し合いの参加者(氏名と続柄・職種)", LINE_MM),
    };
    let instructed = order.and_then(|order| order.cpr_instruction.value());
    let irreversible = order.and_then(|order| order.irreversible.value());
    Grid::headed("2 医師の指示(心停止のときだけ)")
        .row([Cell::new("指示", choices::<CprInstruction>(instructed))])
        .row([
            filled("もとになる病気", order.map(|o| &o.basis_disease), LINE_MM).span(7),
            Cell::new("回復の見込みがない状態", choices::<YesNo>(irreversible)).span(5),
        ])
        .row([filled(
            "想定された状態(どのような経過で心停止になると考えられるか)",
            order.map(|o| &o.expected_event),
            LINE_MM,
        )])
        .row([filled("指示の範囲", order.map(|o| &o.scope), LINE_MM)])
        .row([filled(
            "119番の前に医師に電話する状態(地域の承認がある施設だけ。医師の文章で書く)",
            order.map(|o| &o.call_physician_first),
            LINE_MM,
        )])
        .row([
            line("話し合った日", order.map(|o| &o.discussed_on)),
            talked.span(8),
        ])
        .row([Cell::new("反対した人", dissent)])
        .row([
            line("有効になる日", order.map(|o| &o.effective_from)),
            line("次回確認日", order.map(|o| &o.review_due_on)),
            line("有効期限", order.map(|o| &o.expires_on)),
        ])
        .row([
            filled("医師の24時間電話", order.map(|o| &o.phone_24h), LINE_MM).span(4),
            filled(
                "つながらないときの電話",
                order.map(|o| &o.phone_backup),
                LINE_MM,
            )
            .span(4),
            filled("その電話の相手", order.map(|o| &o.phone_backup_of), LINE_MM).span(4),
        ])
        .row([filled(
            "この原本を置く場所",
            order.map(|o| &o.original_location),
            LINE_MM,
        )])
        .into()
}

/// Each treatment with its own answer; an empty line means that it is given.
fn treatments(order: Option<&Order>) -> Element {
    let statement = Statement::Order(Box::new(order.cloned().unwrap_or_default()));
    let mut table =
        Table::headed("3 心肺蘇生のほかの治療(印のない行は、その治療を受けるという意味です)")
            .column("治療", Width::Mm(44.0))
            .column("本人の気持ち(どれか一つに印)", Width::Share(1.0));
    for (field, answer) in statement.walk() {
        if rules::is_treatment(field.key) {
            let said = answer.shown().line();
            let each = Treatment::ALL
                .iter()
                .map(|one| (one.choice().label == said, one.choice().label));
            table = table.row([
                Text::value(field.label).size(9.5),
                Text::checks(each).size(9.0),
            ]);
        }
    }
    table.into()
}

/// A place to sign: who, the day, and what else has to be known of that person.
fn signature(who: &str, more: &[(&str, u16)]) -> Vec<Cell> {
    let taken: u16 = more.iter().map(|(_, span)| span).sum();
    let mut cells = vec![Cell::blank(format!("{who} 署名"), SIGNATURE_MM).span(9 - taken)];
    cells.extend(
        more.iter()
            .map(|(label, span)| Cell::blank(*label, SIGNATURE_MM).span(*span)),
    );
    cells.push(Cell::blank("署名した日", SIGNATURE_MM).span(3));
    cells
}

fn signatures() -> Element {
    Grid::headed("4 署名")
        .row(signature("本人", &[]))
        .row(signature("代理人(本人が署名できないとき)", &[("続柄", 2)]))
        .row([Cell::blank(
            "本人が署名できない理由・話すことができない理由(代理人が署名するときは必ず)",
            SIGNATURE_MM,
        )])
        .row(signature("医師", &[("医療機関", 4)]))
        .row(signature("立会人(証人)", &[("続柄・職種", 3)]))
        .row([
            Cell::blank("原本を登録した職員・日(施設で記入)", 11.0).span(6),
            Cell::blank("原本と照合した別の職員・日(施設で記入)", 11.0).span(6),
        ])
        .into()
}

fn review(view: &SheetView, state: &State<'_>, log: &[Said]) -> Vec<Element> {
    let until = format!("{UNTIL}。この書面に署名したあとも同じです");
    let rules = sentences([
        "書かれていることを、本人と家族がいっしょに読み、気持ちが変わっていないかを確かめます",
        SPOKEN_WITHDRAWAL,
        until.as_str(),
        "この書面だけでは、指示書の期限は延びません。医師が再確認して署名したときだけ延びます",
    ]);
    vec![
        Band::plain(
            Stack::new(0.8)
                .with(Text::heading(2, "この書面の使い方"))
                .with(rules),
        )
        .into(),
        recorded(view, state, log),
        questions().keep_together(),
        review_signatures().keep_together(),
    ]
}

/// What is on record: the newest wish, the order that holds with every fact, and the last talk.
fn recorded(view: &SheetView, state: &State<'_>, log: &[Said]) -> Element {
    let value = |words: String| Text::value(words).size(VALUE_PT);
    let left = |label: &str, words: String| Cell::new(label, value(words)).label_left(30.0);
    let mut grid = Grid::headed("いま記録されていること");
    grid = grid.row([match state.wish {
        Some((_, wish)) => left(
            "本人の希望",
            format!("{}({} {})", wish.cpr, wish.stated_on, wish.stated_how),
        ),
        None => left("本人の希望", "記録はありません".to_owned()),
    }]);
    if let Some((_, wish)) = state.wish
        && let Some(words) = wish.words.value()
    {
        grid = grid.row([left("本人の言葉", format!("「{}」", words.shown()))]);
    }
    if let Some((_, inference)) = state.inference {
        let who = format!(
            "{}({} {}、{})",
            inference.cpr, inference.relationship, inference.inferred_by, inference.stated_on
        );
        grid = grid.row([left("家族による推定", who)]);
    }
    match view.standing.order() {
        Some(order) => {
            for (label, words) in view.standing.band().facts {
                grid = grid.row([left(label, words)]);
            }
            for call in view.standing.band_calls() {
                grid = grid.row([left("電話", format!("{} {}", call.phone, call.who))]);
            }
            let mut beyond: Vec<String> = order
                .treatments
                .iter()
                .map(|(label, words)| format!("{label}: {words}"))
                .collect();
            beyond.push("ほかの治療: 受ける".to_owned());
            grid = grid.row([left("ほかの治療", beyond.join("\n"))]);
        }
        None => {
            grid = grid.row([left("医師の指示", "有効な指示書はありません".to_owned())]);
        }
    }
    let last = log.iter().rev().find_map(|said| match &said.statement {
        Statement::Talk(talk) => Some(talk.held_on.to_string()),
        _ => None,
    });
    let last = last.unwrap_or_else(|| "記録はありません".to_owned());
    grid.row([left("最近の人生会議", last)]).into()
}

fn questions() -> Element {
    const QUESTIONS: [&str; 6] = [
        "本人の気持ちは、いまも同じですか",
        "家族・代理人も内容を知っていて、異議はありませんか",
        "病気や体の状態は、話し合ったときと同じですか",
        "主治医・キーパーソンは変わっていませんか",
        "医師の24時間電話とつぎの電話に、実際につながりましたか(かけた日も書く)",
        "署名された原本は、書かれた場所にありますか",
    ];
    let mut table =
        Table::headed("確かめること(「いいえ」が一つでもあれば、すぐ職員が停止・撤回を記録します)")
            .column("", Width::Share(5.0))
            .column("", Width::Mm(34.0))
            .column("変わったこと・書き留めること", Width::Share(4.0))
            .min_row_height(LINE_MM);
    for question in QUESTIONS {
        let yes_no = Text::checks([(false, "はい"), (false, "いいえ")]).size(VALUE_PT);
        table = table.row([
            Element::from(Text::value(question).size(9.5).leading(1.2)),
            yes_no.into(),
            Element::Space(0.0),
        ]);
    }
    table.into()
}

fn review_signatures() -> Element {
    Grid::headed("読んで確かめた人")
        .row([Cell::blank("本人の言葉(そのまま書く)", 16.0)])
        .row(signature("本人", &[]))
        .row(signature("家族・代理人", &[("続柄", 2)]))
        .row(signature("立ち会った職員", &[("職種", 2)]))
        .row(signature("医師(再確認するとき)", &[("次回確認日", 3)]))
        .into()
}

fn talks(view: &SheetView, log: &[Said]) -> Vec<Element> {
    let said = log.iter().filter_map(|said| match &said.statement {
        Statement::Talk(talk) => Some((said, talk.as_ref())),
        _ => None,
    });
    let mut table = talk_table("話し合いの記録");
    let mut count = 0;
    for (said, talk) in said {
        table = table.row(talk_row(said, talk));
        count += 1;
    }
    for _ in 0..BLANK_TALKS {
        table = table.row(std::iter::empty::<Element>());
    }
    let rules = sentences([
        "これは話し合いの記録です。医師の指示ではありません",
        SPOKEN_WITHDRAWAL,
        "話し合いは一度で終わりません。体の具合や気持ちが変わったときに、また話します",
    ]);
    let mut blocks = vec![rules];
    if count == 0 {
        blocks.push(Text::value("記録された話し合いは、まだありません。").into());
    }
    blocks.push(table.min_row_height(24.0).into());
    let earlier = view.record.wishes.acp_discussions.rows();
    if !earlier.is_empty() {
        blocks.push(earlier_talks(earlier));
    }
    blocks
}

/// Empty rows for what is talked about next.
const BLANK_TALKS: usize = 2;

fn talk_table(title: &str) -> Table {
    Table::headed(title)
        .column("日", Width::Mm(27.0))
        .column("参加者・使ったもの", Width::Mm(42.0))
        .column("本人の言葉・話した内容", Width::Share(1.0))
        .column("次回", Width::Mm(24.0))
}

fn talk_row(said: &Said, talk: &Talk) -> [Element; 4] {
    let value = |words: String| Text::value(words).size(9.5).leading(1.25);
    let attendance = talk.attendance.shown();
    let mut who = vec![participants(talk.participants.rows())];
    who.push(if attendance.is_settled() {
        attendance.line()
    } else {
        String::new()
    });
    who.push(talk.material.value().map(Scalar::shown).unwrap_or_default());
    who.retain(|words| !words.is_empty());
    let words = talk.words.value().map(Scalar::shown).unwrap_or_default();
    let by = format!("記録 {}({})", said.by.name, said.by.role.label());
    let told = Stack::new(0.6).with(value(words)).with(Text::label(by));
    [
        value(talk.held_on.to_string()).into(),
        value(who.join("\n")).into(),
        told.into(),
        value(talk.next_on.value().map(Scalar::shown).unwrap_or_default()).into(),
    ]
}

fn earlier_talks(rows: &[AcpDiscussion]) -> Element {
    let mut table = talk_table("シートに書かれた経緯");
    for row in rows {
        let cells = [
            row.held_on.to_string(),
            row.participants.shown().line(),
            row.summary.to_string(),
            row.next_on.value().map(Scalar::shown).unwrap_or_default(),
        ];
        table = table.row(cells.map(|words| Text::value(words).size(9.5).leading(1.25)));
    }
    table.into()
}

/// 2026-11-01 00:00 in Japan: the explanation is the same for everybody, and its file the same for ever.
const EXPLAINED: Moment = Moment(1_793_458_800_000);

/// What the papers mean, in plain Japanese with the reading of every word: no personal data, one page.
///
/// # Errors
/// A character that no font has; a test prints it.
pub fn explanation() -> Result<Vec<u8>, PdfError> {
    let document = Document::new(
        "心臓が止まったときの話し合い やさしい説明",
        "引き継ぎ",
        "directive-explanation",
        EXPLAINED,
    );
    super::render(&document.with(explanation_section()))
}

/// Title and sentences of each part; a reading follows its word.
const EXPLANATION: [(&str, &[&str]); 6] = [
    (
        "心肺蘇生《しんぱいそせい》とは",
        &[
            "心臓《しんぞう》と 息《いき》が 止《と》まった 人《ひと》の 胸《むね》を 強《つよ》く おします。息《いき》を たすけます。命《いのち》を たすけるために します。",
            "たすかることも、たすからないことも あります。",
        ],
    ),
    (
        "なにも 決《き》めていないとき",
        &[
            "職員《しょくいん》と 救急隊《きゅうきゅうたい》は、心肺蘇生《しんぱいそせい》を します。決《き》めなくても だいじょうぶ です。",
        ],
    ),
    (
        "自分《じぶん》の 気持《きも》ちを 話《はな》したいとき",
        &[
            "家族《かぞく》、職員《しょくいん》、医師《いし》に 話《はな》して ください。みんなで 何回《なんかい》も 話《はな》します。",
            "決《き》めるのは あなた です。家族《かぞく》だけでは 決《き》められません。",
            "医師《いし》が 名前《なまえ》を 書《か》いた 紙《かみ》だけが、医師《いし》の 指示《しじ》に なります。",
        ],
    ),
    (
        "医師《いし》の 指示《しじ》が あっても",
        &[
            "医師《いし》が 電話《でんわ》で 確《たし》かめるまで、心肺蘇生《しんぱいそせい》を つづけます。",
            "心臓《しんぞう》が 止《と》まったときだけの 紙《かみ》です。けがを したとき、のどに 物《もの》が つまったとき、ころんだときには 使《つか》いません。",
            "救急車《きゅうきゅうしゃ》、病院《びょういん》、薬《くすり》、酸素《さんそ》、痛《いた》みを やわらげる 手当《てあ》ては、いつもと 同《おな》じです。",
        ],
    ),
    (
        "いつでも やめられます",
        &[
            "「やっぱり たすけて」と 言《い》うだけで、すぐに 取《と》りやめに なります。どの 職員《しょくいん》に 言《い》っても いいです。",
            "紙《かみ》も、はんこも、理由《りゆう》も いりません。何回《なんかい》 変《か》えても いいです。",
        ],
    ),
    (
        "また 話《はな》しましょう",
        &[
            "気持《きも》ちや 体《からだ》の 具合《ぐあい》は 変《か》わります。すくなくとも 1年《ねん》に 1回《かい》、もう一度《いちど》 話《はな》します。",
            "わからないことは、職員《しょくいん》に 聞《き》いて ください。",
        ],
    ),
];

fn explanation_section() -> Section<'static> {
    let title = Text::heading(1, "")
        .size(19.0)
        .furigana("心臓《しんぞう》が 止《と》まったときの こと")
        .bold()
        .leading(1.2);
    let lead = Text::value("")
        .size(12.0)
        .furigana("この紙《かみ》は、ここで 暮《く》らす 人《ひと》と 家族《かぞく》の ための 説明《せつめい》です。")
        .leading(1.25);
    let mut section = Section::new()
        .gap(3.0)
        .margins(MARGINS)
        .block(title)
        .block(lead);
    for (heading, sentences) in EXPLANATION {
        let mut part = Stack::new(1.2).with(
            Text::heading(2, "")
                .size(15.5)
                .furigana(heading)
                .bold()
                .leading(1.2),
        );
        for sentence in sentences {
            let text = Text::value("").size(14.0).floor(12.0).furigana(sentence);
            part = part.with(
                Row::new(0.0)
                    .at(Width::Mm(4.0), Vertical::Top, Element::Space(0.0))
                    .at(Width::Share(1.0), Vertical::Top, text.leading(1.25)),
            );
        }
        section = section.block(Element::from(Band::plain(part)).keep_together());
    }
    section.footer(|page| foot_line(&format!("やさしい日本語の説明　様式 {EDITION}"), page))
}
