//! What a facility wrote down for an emergency: whom to call at which hour, its own steps, and what its physicians
//! instructed in writing (domain/emergency.md §3.1, domain/forms.md §1(b-1), tables 2 to 4).
//!
//! It is shown as it was written, beside the steps that every facility has; it takes none of them away (safety.md S23).

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::Event;
use crate::domain::answer::{
    Coded, Group, Grouped, Inputs, Kind, Known, Number, Problems, Rows, Scalar, Text, answers,
    choice, group_inputs, group_json, read_group, unit,
};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::phone::Phone;
use crate::domain::text::{PersonName, Problem};
use crate::domain::withhold::order_to_withhold;

choice! {
    pub enum Role {
        Nurse = "nurse": "看護師",
        Physician = "physician": "医師",
        Hospital = "hospital": "協力医療機関",
        Manager = "manager": "管理者",
        Colleague = "colleague": "応援の職員",
    }
}

impl Role {
    /// What a call to them is noted as.
    pub fn event(self) -> Event {
        match self {
            Self::Nurse => Event::Nurse,
            Self::Physician => Event::Physician,
            Self::Hospital => Event::Hospital,
            Self::Manager => Event::CallManager,
            Self::Colleague => Event::Colleague,
        }
    }
}

choice! {
    pub enum Days {
        Every = "every": "毎日",
        Weekdays = "weekdays": "月〜金",
        Weekend = "weekend": "土・日",
        Monday = "mon": "月",
        Tuesday = "tue": "火",
        Wednesday = "wed": "水",
        Thursday = "thu": "木",
        Friday = "fri": "金",
        Saturday = "sat": "土",
        Sunday = "sun": "日",
    }
}

impl Days {
    fn has(self, day: Day) -> bool {
        let weekday = day.weekday();
        let is_weekend = matches!(weekday, "土" | "日");
        match self {
            Self::Every => true,
            Self::Weekdays => !is_weekend,
            Self::Weekend => is_weekend,
            one => one.choice().label == weekday,
        }
    }
}

/// A part of the day, over midnight where it ends before it begins: `17:30〜8:30`. The same time twice is a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Minutes after midnight.
    from: u16,
    until: u16,
}

const DAY_MINUTES: u16 = 24 * 60;

impl Hours {
    /// Whether it is now, and on which day it began.
    fn began(self, day: Day, minute: u16) -> Option<Day> {
        let over_midnight = self.until <= self.from;
        match over_midnight {
            false => (self.from <= minute && minute < self.until).then_some(day),
            true if minute >= self.from => Some(day),
            true => (minute < self.until).then(|| day.plus_days(-1)),
        }
    }
}

impl Scalar for Hours {
    const KIND: Kind = Kind::Text { max: 20 };

    fn parse(text: &str) -> Result<Self, Problem> {
        let folded: String = text
            .nfkc()
            .map(|c| match c {
                '〜' | '～' | '∼' | '-' | '–' | '—' | 'ー' => '~',
                '時' | '：' => ':',
                c => c,
            })
            .filter(|c| !c.is_whitespace() && *c != '分')
            .collect();
        let time = |text: &str| {
            let (hour, minute) = text.split_once(':').unwrap_or((text, ""));
            let minute = if minute.is_empty() { "0" } else { minute };
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            let (hour, minute): (u16, u16) = (digits(hour) && digits(minute))
                .then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))??;
            let minutes = hour.checked_mul(60)?.checked_add(minute)?;
            (minute < 60 && minutes <= DAY_MINUTES).then_some(minutes)
        };
        folded
            .split_once('~')
            .and_then(|(from, until)| {
                Some(Self {
                    from: time(from)? % DAY_MINUTES,
                    until: time(until)?,
                })
            })
            .ok_or_else(|| Problem::new("時間帯は「17:30〜8:30」のように入力してください"))
    }

    fn input(&self) -> String {
        let time = |minutes: u16| format!("{}:{:02}", minutes / 60, minutes % 60);
        format!("{}〜{}", time(self.from), time(self.until))
    }

    fn shown(&self) -> String {
        self.input()
    }
}

answers! {
    /// Somebody to call; the first of those whose time it is comes first.
    pub struct Callee {
        who: Known<Text<60>> = "だれ",
        role: Known<Role> = "役割",
        phone: Known<Phone> = "電話",
        days: Known<Days> = "曜日",
        hours: Known<Hours> = "時間帯",
        remark: Known<Text<80>> = "どんなとき・どんな順で",
    }
}

impl Callee {
    /// Whether they are called at that time. Without days it is every day, without hours the whole day; a night belongs
    /// to the day on which it began. What is unknown keeps nobody off the list.
    pub fn is_called_at(&self, at: Moment) -> bool {
        let day = Day::of(at);
        let since = at.0 - day.starts_at().0;
        let minute = u16::try_from(since / 60_000).unwrap_or_default();
        let began = match self.hours.value() {
            Some(hours) => hours.began(day, minute),
            None => Some(day),
        };
        began.is_some_and(|day| self.days.value().is_none_or(|days| days.has(day)))
    }

    /// `月〜金 17:30〜8:30`.
    pub fn when(&self) -> String {
        let days = self.days.value().map(|days| days.choice().label.to_owned());
        let hours = self.hours.value().map(Scalar::shown);
        let parts: Vec<String> = days.into_iter().chain(hours).collect();
        parts.join(" ")
    }
}

choice! {
    /// Where a facility's own step stands.
    pub enum Place {
        First = "first": "まず",
        A = "a": "A 反応がない・呼吸がない",
        B = "b": "B すぐ119番",
        C = "c": "C 反応も呼吸もある",
        Waiting = "waiting": "救急車を待つあいだ",
        Crew = "crew": "救急隊が着いたら",
        After = "after": "救急車が出たあと",
    }
}

choice! {
    pub enum Order {
        Before = "before": "ほかの手順の先に",
        Behind = "behind": "ほかの手順のあとに",
    }
}

answers! {
    pub struct OwnStep {
        place: Known<Place> = "どこに",
        order: Known<Order> = "順",
        say: Known<Text<120>> = "すること",
    }
}

answers! {
    /// A physician's own words for a state that may come.
    pub struct Instruction {
        state: Known<Text<80>> = "どんな状態のとき",
        words: Known<Text<200>> = "医師の指示(書かれたとおり)",
        call_when: Known<Text<120>> = "医師に電話する状態",
        physician: Known<PersonName> = "医師",
        written_on: Known<Day> = "書かれた日",
    }
}

/// An address for notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress(String);

impl Scalar for MailAddress {
    const KIND: Kind = Kind::Text { max: 120 };

    fn parse(text: &str) -> Result<Self, Problem> {
        let plain = |c: char| c.is_ascii_graphic() && !"<>()[],;:\\\"".contains(c);
        let is_right = text.chars().count() <= 120
            && text.chars().all(plain)
            && text.split_once('@').is_some_and(|(who, host)| {
                let is_host = host.contains('.') && !host.contains('@');
                !who.is_empty() && is_host && host.split('.').all(|part| !part.is_empty())
            });
        match is_right {
            true => Ok(Self(text.to_owned())),
            false => Err(Problem::new(
                "メールアドレスは「name@example.jp」のように半角で入力してください",
            )),
        }
    }

    fn input(&self) -> String {
        self.0.clone()
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

answers! {
    /// Whoever is told by e-mail that something happened.
    pub struct MailTo {
        address: Known<MailAddress> = "メールアドレス",
    }
}

unit!(WaitMinutes, "分", 10..=150 tenths, decimals false);

answers! {
    pub struct Flow {
        callees: Rows<Callee> = "電話する相手",
        own_steps: Rows<OwnStep> = "施設の手順",
        instructions: Rows<Instruction> = "医師が書いた指示",
        mail_to: Rows<MailTo> = "お知らせのメール",
        plans_approved_by: Known<Text<120>> = "看取りの計画を承認した医師会・消防",
        plans_approved_on: Known<Day> = "承認の日",
        plans_document: Known<Text<120>> = "承認の文書と保管場所",
        plans_wait: Known<Number<WaitMinutes>> = "医師と話せるまで待つ時間",
    }
}

/// Minutes from 急変 until a physician has to be spoken to, where a facility did not say.
const WAIT_MINUTES: i64 = 10;

impl Flow {
    /// Reads what was typed; each problem at its key.
    pub fn read(inputs: &Inputs) -> (Self, Problems) {
        let (flow, mut problems) = read_group::<Self>(inputs);
        flow.check(&mut problems);
        (flow, problems)
    }

    /// Reads what was stored.
    ///
    /// # Errors
    /// Every problem at its key.
    pub fn stored(text: &str) -> Result<Self, Problems> {
        let value = serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
        let (flow, mut problems) = Self::read(&Inputs::from_json(&value));
        if !value.is_object() {
            problems.add("", "読み取れません");
        }
        match problems.is_empty() {
            true => Ok(flow),
            false => Err(problems),
        }
    }

    pub fn json(&self) -> Value {
        group_json(self)
    }

    pub fn inputs(&self) -> Inputs {
        group_inputs(self)
    }

    /// Who is told by e-mail.
    pub fn mails(&self) -> impl Iterator<Item = String> {
        let rows = self.mail_to.rows().iter();
        rows.filter_map(|row| row.address.value().map(Scalar::input))
    }

    /// Whether plans in which a physician is called before 119 are shown at all: only where the area's physicians and fire
    /// service approved it, and the facility wrote down who, when and where that stands (domain/emergency.md §3.5).
    pub fn shows_plans(&self) -> bool {
        self.plans_approved_by.value().is_some()
            && self.plans_approved_on.value().is_some()
            && self.plans_document.value().is_some()
    }

    /// Minutes from 急変 until a physician has to be spoken to; then 119.
    pub fn wait_minutes(&self) -> i64 {
        self.plans_wait
            .value()
            .map_or(WAIT_MINUTES, |wait| i64::from(wait.decimal().tenths() / 10))
    }

    /// The facility's own steps of one part: those before the steps that every facility has, or those behind.
    pub fn steps_of(&self, key: &str, order: Order) -> impl Iterator<Item = &str> {
        let rows = self.own_steps.rows().iter();
        rows.filter(move |row| {
            let place = row.place.value().map(|place| place.choice().code);
            let known = row.order.value().copied().unwrap_or(Order::Behind);
            place == Some(key) && known == order
        })
        .filter_map(|row| row.say.value().map(Text::as_str))
    }

    fn check(&self, problems: &mut Problems) {
        let callee = ["who", "role", "phone"];
        check_rows("callees", &self.callees, &callee, problems);
        let step = ["place", "say"];
        check_rows("own_steps", &self.own_steps, &step, problems);
        for (at, row) in self.own_steps.rows().iter().enumerate() {
            let calls = matches!(row.place.value(), Some(Place::A | Place::B));
            if calls && row.order.value() == Some(&Order::Before) {
                problems.add(
                    format!("own_steps.{at}.order"),
                    "AとBでは、119番の電話より先に手順を置けません",
                );
            }
        }
        let approval = ["plans_approved_by", "plans_approved_on", "plans_document"];
        let answered = |key: &str| {
            let mut walk = self.walk();
            walk.any(|(field, answer)| field.key == key && answer.shown().is_settled())
        };
        if approval.iter().copied().chain(["plans_wait"]).any(answered) {
            for key in approval.into_iter().filter(|key| !answered(key)) {
                if problems.at(key).is_none() {
                    problems.add(key, "承認した相手・日・文書をそろえて入力してください");
                }
            }
        }
        let instruction = ["state", "words", "physician", "written_on"];
        check_rows("instructions", &self.instructions, &instruction, problems);
    }
}

/// A row says enough to be followed at night, and nothing that keeps anybody from resuscitating (safety.md S2).
fn check_rows<T: Grouped>(list: &str, rows: &Rows<T>, required: &[&str], problems: &mut Problems) {
    for (at, row) in rows.rows().iter().enumerate() {
        for (field, answer) in row.walk() {
            let key = format!("{list}.{at}.{}", field.key);
            let shown = answer.shown();
            if required.contains(&field.key) && !shown.is_settled() && problems.at(&key).is_none() {
                problems.add(key.as_str(), "入力してください");
            }
            if let Some(imperative) = order_to_withhold(&shown.line()) {
                problems.add(
                    key,
                    format!(
                        "「{imperative}」は書けません。心肺蘇生についての医師の指示は「意思と指示」に登録してください"
                    ),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(day: &str, minute: i64) -> Moment {
        Moment(Day::parse(day).unwrap().starts_at().0 + minute * 60_000)
    }

    fn callee(days: Days, hours: &str) -> Callee {
        Callee {
            days: Known::Value(days),
            hours: Known::Value(Hours::parse(hours).unwrap()),
            ..Callee::default()
        }
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_began() {
        let night = callee(Days::Weekdays, "17:30〜8:30");
        // 2026-11-27 is a Friday.
        assert!(!night.is_called_at(at("2026-11-27", 17 * 60 + 29)));
        assert!(night.is_called_at(at("2026-11-27", 17 * 60 + 30)));
        assert!(night.is_called_at(at("2026-11-28", 8 * 60 + 29)));
        assert!(!night.is_called_at(at("2026-11-28", 8 * 60 + 30)));
        assert!(!night.is_called_at(at("2026-11-28", 22 * 60)));
        assert!(
            !night.is_called_at(at("2026-11-30", 3 * 60)),
            "the night of a Sunday"
        );
        assert!(
            night.is_called_at(at("2026-12-01", 3 * 60)),
            "the end of a month"
        );
    }

    #[test]
    fn who_has_no_days_and_no_hours_is_called_at_any_time() {
        assert!(Callee::default().is_called_at(at("2026-11-28", 180)));
        assert!(callee(Days::Every, "0:00〜24:00").is_called_at(at("2026-11-28", 1439)));
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        for written in [
            "17:30〜8:30",
            "１７：３０～８：３０",
            "17時30分-8時30分",
            "17:30 ー 8:30",
        ] {
            assert_eq!(
                Hours::parse(written).unwrap().input(),
                "17:30〜8:30",
                "{written}"
            );
        }
        for wrong in ["夜", "17:30", "25:00〜8:00", "17:60〜8:00", "〜", "-1〜3"] {
            assert!(Hours::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        /// The hours of a day that are in and those that are out make a whole day, whatever the times.
        #[test]
        fn hours_and_the_other_hours_fill_a_day(from in 0_u16..1440, until in 0_u16..1440, minute in 0_u16..1440) {
            prop_assume!(from != until);
            let day = Day::parse("2026-11-28").unwrap();
            let inside = Hours { from, until }.began(day, minute).is_some();
            let outside = Hours { from: until, until: from }.began(day, minute).is_some();
            prop_assert_ne!(inside, outside);
            let written = Hours { from, until };
            prop_assert_eq!(Hours::parse(&written.input()).unwrap(), written);
        }
    }

    #[test]
    fn s13_no_plan_is_shown_until_the_whole_approval_is_written_down() {
        let approval = [
            ("plans_approved_by", "平塚市医師会・平塚市消防本部"),
            ("plans_approved_on", "2026-10-01"),
            (
                "plans_document",
                "看取りの計画に関する申し合わせ(事務室 棚3)",
            ),
        ];
        let read = |pairs: &[(&str, &str)]| {
            let mut inputs = Inputs::default();
            for (key, value) in pairs {
                inputs.set(*key, *value);
            }
            Flow::read(&inputs)
        };
        assert!(!read(&[]).0.shows_plans());
        let (whole, problems) = read(&approval);
        assert!(problems.is_empty() && whole.shows_plans());
        assert_eq!(whole.wait_minutes(), WAIT_MINUTES);
        for missing in 0..approval.len() {
            let mut some = approval.to_vec();
            let (key, _) = some.remove(missing);
            let (flow, problems) = read(&some);
            assert!(!flow.shows_plans() && problems.at(key).is_some(), "{key}");
        }
        for (wait, is_right) in [("15", true), ("16", false), ("0", false)] {
            let mut some = approval.to_vec();
            some.push(("plans_wait", wait));
            assert_eq!(read(&some).1.is_empty(), is_right, "{wait}");
        }
        assert!(
            read(&[("plans_wait", "5")])
                .1
                .at("plans_approved_by")
                .is_some()
        );
    }

    #[test]
    fn s13_nothing_stands_before_the_call_to_119() {
        for (place, is_right) in [("a", false), ("b", false), ("c", true), ("first", true)] {
            let mut inputs = Inputs::default();
            for (key, value) in [
                ("place", place),
                ("order", "before"),
                ("say", "PHSで別棟を呼ぶ"),
            ] {
                inputs.set(format!("own_steps.0.{key}"), value);
            }
            let (flow, problems) = Flow::read(&inputs);
            assert_eq!(
                problems.at("own_steps.0.order").is_none(),
                is_right,
                "{place}"
            );
            let before: Vec<_> = flow.steps_of(place, Order::Before).collect();
            assert_eq!(before, ["PHSで別棟を呼ぶ"]);
            assert_eq!(flow.steps_of(place, Order::Behind).count(), 0);
        }
    }

    #[test]
    fn s02_nothing_written_here_keeps_anybody_from_resuscitating() {
        for key in [
            "own_steps.0.say",
            "instructions.0.words",
            "callees.0.remark",
        ] {
            let mut inputs = Inputs::default();
            inputs.set(key, "心肺蘇生をしないでください");
            let (_, problems) = Flow::read(&inputs);
            assert!(problems.at(key).is_some(), "{key}");
        }
    }
}
