//! What has to be done by when, from dated rules in data (clocks/README.md); and the working days of Japan.

use serde::Deserialize;

use crate::domain::date::Day;

/// The rules in force, each from its day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub edition: String,
    #[serde(default)]
    timer: Vec<Timer>,
    #[serde(default)]
    yearly: Vec<Yearly>,
    bed_days: Option<BedDays>,
    #[serde(default)]
    claim: Vec<Claim>,
}

/// From which day a timer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    AdmittedOn,
    DischargeExpectedOn,
    BedHoldUntil,
    EndedOn,
}

/// What ends a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// A form to the hospital was given.
    Sent,
    #[serde(rename = "contact_1")]
    FirstContact,
    #[serde(rename = "contact_2")]
    SecondContact,
    Assessed,
    Conference,
    Ended,
    Feedback,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    pub key: String,
    pub title: String,
    pub from: From,
    pub days: i64,
    pub until: Until,
    #[serde(default)]
    pub business_day: bool,
    pub source: String,
    valid_from: String,
    valid_to: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Yearly {
    pub key: String,
    pub title: String,
    pub month: u8,
    pub day: u8,
    pub source: String,
    valid_from: String,
    valid_to: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BedDays {
    pub per_month: u32,
    pub source: String,
    valid_from: String,
    valid_to: Option<String>,
}

/// A claim that may follow; only ever a hint.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub key: String,
    pub title: String,
    pub units: String,
    /// Keys of the forms whose giving it is for.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Not again for the same hospital within a month of the calendar.
    #[serde(default)]
    pub once_a_month: bool,
    /// Not in the month after with the same content.
    #[serde(default)]
    pub unchanged_next_month: bool,
    #[serde(default)]
    pub needs_consent: bool,
    pub source: String,
    valid_from: String,
    valid_to: Option<String>,
}

fn holds(from: &str, to: Option<&str>, on: Day) -> bool {
    Day::parse(from).is_ok_and(|from| from <= on)
        && to.is_none_or(|to| Day::parse(to).is_ok_and(|to| on <= to))
}

impl Rules {
    /// The rules compiled into the program.
    ///
    /// # Panics
    /// Never in a released program: a test reads the same file.
    pub fn built_in() -> Self {
        Self::parse(include_str!("../../../clocks/rules.toml"))
            .expect("the built-in rules are read by a test")
    }

    /// # Errors
    /// In one line: what is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rules: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            });
            format!("{line}行目: {}", error.message())
        })?;
        let bad = |key: &str, what: &str| Err(format!("「{key}」の{what}が日付として読めません"));
        let spans = rules
            .timer
            .iter()
            .map(|one| (&one.key, &one.valid_from, &one.valid_to));
        let spans = spans.chain(
            rules
                .yearly
                .iter()
                .map(|one| (&one.key, &one.valid_from, &one.valid_to)),
        );
        let spans = spans.chain(
            rules
                .claim
                .iter()
                .map(|one| (&one.key, &one.valid_from, &one.valid_to)),
        );
        for (key, from, to) in spans {
            if Day::parse(from).is_err() {
                return bad(key, "valid_from");
            }
            if to.as_ref().is_some_and(|to| Day::parse(to).is_err()) {
                return bad(key, "valid_to");
            }
        }
        for one in &rules.yearly {
            if Day::from_ymd(2028, one.month, one.day).is_none() {
                return bad(&one.key, "month と day");
            }
        }
        Ok(rules)
    }

    /// The timers of a day.
    pub fn timers(&self, on: Day) -> impl Iterator<Item = &Timer> {
        self.timer
            .iter()
            .filter(move |one| holds(&one.valid_from, one.valid_to.as_deref(), on))
    }

    /// The claims of a day.
    pub fn claims(&self, on: Day) -> impl Iterator<Item = &Claim> {
        self.claim
            .iter()
            .filter(move |one| holds(&one.valid_from, one.valid_to.as_deref(), on))
    }

    pub fn bed_days(&self, on: Day) -> Option<&BedDays> {
        self.bed_days
            .as_ref()
            .filter(|one| holds(&one.valid_from, one.valid_to.as_deref(), on))
    }

    /// What comes next each year, with its day, soonest first.
    pub fn yearly(&self, today: Day) -> Vec<(Day, &Yearly)> {
        let next = |one: &Yearly| {
            let of = |year| {
                Day::from_ymd(year, one.month, one.day)
                    .or_else(|| Day::from_ymd(year, one.month, one.day - 1))
            };
            of(today.year())
                .filter(|day| *day >= today)
                .or_else(|| of(today.year() + 1))
        };
        let rules = self
            .yearly
            .iter()
            .filter(|one| holds(&one.valid_from, one.valid_to.as_deref(), today));
        let mut all: Vec<(Day, &Yearly)> =
            rules.filter_map(|one| Some((next(one)?, one))).collect();
        all.sort_by_key(|(day, _)| *day);
        all
    }
}

/// What is known of a stay for its timers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    pub admitted_on: Option<Day>,
    pub discharge_expected_on: Option<Day>,
    pub bed_hold_until: Option<Day>,
    pub ended_on: Option<Day>,
    /// When the first form to the hospital was given.
    pub sent_on: Option<Day>,
    /// Talks with the hospital that were noted.
    pub contacts: usize,
    pub assessed: bool,
    pub conference: bool,
    pub feedback: bool,
}

/// How a timer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Done,
    /// So many days are left; 0 is today.
    Due {
        left: i64,
    },
    /// So many days too late.
    Late {
        by: i64,
    },
    /// The day from which it counts is not known.
    Waiting,
}

/// A timer of one stay.
#[derive(Clone, Debug)]
pub struct Running<'a> {
    pub timer: &'a Timer,
    pub due: Option<Day>,
    /// Whether it was moved off a day on which no desk answers.
    pub moved: bool,
    pub state: State,
}

/// The timers of a stay, by the rules of the day of admission; those of today while that is not known.
pub fn running<'a>(rules: &'a Rules, facts: &Facts, today: Day) -> Vec<Running<'a>> {
    let of = facts.admitted_on.unwrap_or(today);
    let timers = rules.timers(of).filter(|timer| {
        // What begins with the end is no matter before; what ends with it is none after.
        (timer.from != From::EndedOn || facts.ended_on.is_some())
            && (facts.ended_on.is_none() || matches!(timer.until, Until::Sent | Until::Feedback))
    });
    timers
        .map(|timer| {
            let from = match timer.from {
                From::AdmittedOn => facts.admitted_on,
                From::DischargeExpectedOn => facts.discharge_expected_on,
                From::BedHoldUntil => facts.bed_hold_until,
                From::EndedOn => facts.ended_on,
            };
            let plain = from.map(|from| from.plus_days(timer.days));
            let due = plain.map(|day| {
                if timer.business_day {
                    working_day(day)
                } else {
                    day
                }
            });
            let is_done = match timer.until {
                Until::Sent => facts.sent_on.is_some(),
                Until::FirstContact => facts.contacts >= 1,
                Until::SecondContact => facts.contacts >= 2,
                Until::Assessed => facts.assessed,
                Until::Conference => facts.conference,
                Until::Ended => facts.ended_on.is_some(),
                Until::Feedback => facts.feedback,
            };
            let state = match due.map(|due| today.days_until(due)) {
                _ if is_done => State::Done,
                None => State::Waiting,
                Some(left) if left >= 0 => State::Due { left },
                Some(left) => State::Late { by: -left },
            };
            Running {
                timer,
                due,
                moved: due != plain,
                state,
            }
        })
        .collect()
}

/// Days of a stay in a month of the calendar that may count as 外泊時費用: without the first and the last day.
pub fn bed_days(admitted: Day, ended: Option<Day>, today: Day, year: i32, month: u8) -> u32 {
    let last = ended.unwrap_or(today.plus_days(1));
    let mut count = 0;
    let mut day = admitted.plus_days(1);
    while day < last && day <= today {
        if day.year() == year && day.month() == month {
            count += 1;
        }
        day = day.plus_days(1);
    }
    count
}

/// What was given before, for a hint about a claim.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    pub form: &'a str,
    pub hospital: &'a str,
    pub on: Day,
    /// Equal for two documents that say the same.
    pub content: &'a str,
}

/// What a claim looks like for one sending: always a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    Possible,
    /// Given to the same hospital in the same month before.
    SameMonth,
    /// The month before the same content was given.
    Unchanged,
    NoConsent,
}

impl Hint {
    pub fn words(self) -> &'static str {
        match self {
            Self::Possible => "対象になり得ます",
            Self::SameMonth => "同じ月に同じ病院へ渡しているため対象外の可能性",
            Self::Unchanged => "前回と内容が同じため対象外の可能性",
            Self::NoConsent => "情報提供の同意が記録されていないため対象外の可能性",
        }
    }
}

/// The hint for a sending; `earlier` are those before it, of the same resident.
pub fn hint(claim: &Claim, given: &Given<'_>, earlier: &[Given<'_>], has_consent: bool) -> Hint {
    let is_same = |one: &&Given<'_>| {
        claim.forms.iter().any(|form| form == one.form) && one.hospital == given.hospital
    };
    let month = |day: Day| day.year() * 12 + i32::from(day.month());
    let mut same = earlier.iter().filter(is_same);
    if claim.needs_consent && !has_consent {
        Hint::NoConsent
    } else if claim.once_a_month && same.clone().any(|one| month(one.on) == month(given.on)) {
        Hint::SameMonth
    } else if claim.unchanged_next_month
        && same.any(|one| month(one.on) + 1 == month(given.on) && one.content == given.content)
    {
        Hint::Unchanged
    } else {
        Hint::Possible
    }
}

/// The day itself, or the next one that is neither a weekend nor a public holiday nor within the days around New Year.
pub fn working_day(day: Day) -> Day {
    let mut day = day;
    while !is_working_day(day) {
        day = day.plus_days(1);
    }
    day
}

pub fn is_working_day(day: Day) -> bool {
    // Offices and hospital desks close from 29 December to 3 January.
    let new_year = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
    !new_year && !matches!(weekday(day), 0 | 6) && holiday(day).is_none()
}

/// 0 is Sunday.
fn weekday(day: Day) -> u8 {
    match day.weekday() {
        "日" => 0,
        "月" => 1,
        "火" => 2,
        "水" => 3,
        "木" => 4,
        "金" => 5,
        _ => 6,
    }
}

/// The name of a public holiday (国民の祝日に関する法律), from 2022 to 2099.
pub fn holiday(day: Day) -> Option<&'static str> {
    if !(2022..=2099).contains(&day.year()) {
        return None;
    }
    if let Some(name) = named_holiday(day) {
        return Some(name);
    }
    // Article 3: after a holiday on a Sunday the next day that is none; and a day between two holidays.
    let mut before = day.plus_days(-1);
    while named_holiday(before).is_some() {
        if weekday(before) == 0 {
            return Some("振替休日");
        }
        before = before.plus_days(-1);
    }
    let between =
        named_holiday(day.plus_days(-1)).is_some() && named_holiday(day.plus_days(1)).is_some();
    between.then_some("国民の休日")
}

fn named_holiday(day: Day) -> Option<&'static str> {
    let nth_monday = weekday(day) == 1 && (1..=5).contains(&day.day().div_ceil(7));
    let which = day.day().div_ceil(7);
    match (day.month(), day.day()) {
        (1, 1) => Some("元日"),
        (1, _) if nth_monday && which == 2 => Some("成人の日"),
        (2, 11) => Some("建国記念の日"),
        (2, 23) => Some("天皇誕生日"),
        (3, date) if date == equinox(day.year(), 20.8431) => Some("春分の日"),
        (4, 29) => Some("昭和の日"),
        (5, 3) => Some("憲法記念日"),
        (5, 4) => Some("みどりの日"),
        (5, 5) => Some("こどもの日"),
        (7, _) if nth_monday && which == 3 => Some("海の日"),
        (8, 11) => Some("山の日"),
        (9, _) if nth_monday && which == 3 => Some("敬老の日"),
        (9, date) if date == equinox(day.year(), 23.2488) => Some("秋分の日"),
        (10, _) if nth_monday && which == 2 => Some("スポーツの日"),
        (11, 3) => Some("文化の日"),
        (11, 23) => Some("勤労感謝の日"),
        _ => None,
    }
}

/// The usual formula for 1980 to 2099; the day itself is announced in February of the year before.
fn equinox(year: i32, base: f64) -> u8 {
    let since = f64::from(year - 1980);
    let day = base + 0.242_194 * since - f64::from((year - 1980) / 4);
    // Between 19 and 24 for every year of the formula.
    day.floor() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn the_built_in_rules_are_sound() {
        let rules = Rules::built_in();
        assert!(rules.timers(day("2026-11-23")).count() >= 8);
        assert!(
            Rules::parse("edition = \"x\"\n[[timer]]\nkey = 1\n")
                .unwrap_err()
                .starts_with("3行目")
        );
        let wrong =
            include_str!("../../../clocks/rules.toml").replacen("2024-04-01", "2024-13-01", 1);
        assert!(Rules::parse(&wrong).unwrap_err().contains("valid_from"));
    }

    #[test]
    fn public_holidays_are_those_of_the_cabinet_office() {
        let known = [
            ("2026-01-01", "元日"),
            ("2026-01-12", "成人の日"),
            ("2026-02-11", "建国記念の日"),
            ("2026-02-23", "天皇誕生日"),
            ("2026-03-20", "春分の日"),
            ("2026-04-29", "昭和の日"),
            ("2026-05-03", "憲法記念日"),
            ("2026-05-04", "みどりの日"),
            ("2026-05-05", "こどもの日"),
            ("2026-05-06", "振替休日"),
            ("2026-07-20", "海の日"),
            ("2026-08-11", "山の日"),
            ("2026-09-21", "敬老の日"),
            ("2026-09-22", "国民の休日"),
            ("2026-09-23", "秋分の日"),
            ("2026-10-12", "スポーツの日"),
            ("2026-11-03", "文化の日"),
            ("2026-11-23", "勤労感謝の日"),
        ];
        let mut all = Vec::new();
        let mut at = day("2026-01-01");
        while at.year() == 2026 {
            all.extend(holiday(at).map(|name| (at.iso(), name)));
            at = at.plus_days(1);
        }
        let known: Vec<_> = known
            .iter()
            .map(|(day, name)| ((*day).to_owned(), *name))
            .collect();
        assert_eq!(all, known);
        for (date, name) in [
            ("2024-02-12", "振替休日"),
            ("2024-03-20", "春分の日"),
            ("2024-08-12", "振替休日"),
            ("2024-09-22", "秋分の日"),
            ("2024-09-23", "振替休日"),
            ("2024-11-04", "振替休日"),
            ("2025-02-24", "振替休日"),
            ("2025-05-06", "振替休日"),
            ("2025-11-24", "振替休日"),
            ("2027-03-22", "振替休日"),
            ("2028-03-20", "春分の日"),
            ("2028-09-22", "秋分の日"),
        ] {
            assert_eq!(holiday(day(date)), Some(name), "{date}");
        }
        assert_eq!(holiday(day("2028-02-29")), None);
    }

    #[test]
    fn a_desk_is_called_on_the_next_day_on_which_it_answers() {
        for (date, next) in [
            ("2026-11-21", "2026-11-24"), // Saturday, Sunday, a holiday on Monday
            ("2026-12-29", "2027-01-04"),
            ("2027-12-29", "2028-01-04"),
            ("2026-05-02", "2026-05-07"),
            ("2028-02-29", "2028-02-29"), // a Tuesday
            ("2026-11-24", "2026-11-24"),
        ] {
            assert_eq!(working_day(day(date)), day(next), "{date}");
        }
    }

    fn due(rules: &Rules, facts: &Facts, today: &str, key: &str) -> (Option<String>, State) {
        let all = running(rules, facts, day(today));
        let one = all.iter().find(|one| one.timer.key == key).unwrap();
        (one.due.map(|day| day.iso()), one.state)
    }

    #[test]
    fn timers_follow_the_calendar_over_year_ends_and_leap_days() {
        let rules = Rules::built_in();
        let facts = Facts {
            admitted_on: Some(day("2027-12-28")),
            ..Facts::default()
        };
        assert_eq!(
            due(&rules, &facts, "2027-12-28", "same_day"),
            (Some("2027-12-28".to_owned()), State::Due { left: 0 })
        );
        assert_eq!(
            due(&rules, &facts, "2027-12-29", "same_day").1,
            State::Late { by: 1 }
        );
        assert_eq!(
            due(&rules, &facts, "2027-12-29", "day_3").0.unwrap(),
            "2027-12-31"
        );
        assert_eq!(
            due(&rules, &facts, "2027-12-29", "first_call").0.unwrap(),
            "2028-01-04"
        );
        assert_eq!(
            due(&rules, &facts, "2027-12-29", "three_months").0.unwrap(),
            "2028-03-17"
        );
        let leap = Facts {
            discharge_expected_on: Some(day("2028-03-03")),
            ..facts
        };
        assert_eq!(
            due(&rules, &leap, "2028-02-24", "conference"),
            (Some("2028-02-29".to_owned()), State::Due { left: 5 })
        );
        assert_eq!(
            due(&rules, &leap, "2028-02-24", "assessment").0.unwrap(),
            "2028-02-25"
        );
        assert_eq!(
            due(&rules, &facts, "2028-02-24", "assessment"),
            (None, State::Waiting)
        );
        let sent = Facts {
            sent_on: Some(day("2027-12-28")),
            ..facts
        };
        assert_eq!(due(&rules, &sent, "2028-01-10", "day_3").1, State::Done);
    }

    #[test]
    fn a_stay_is_shown_by_the_rules_of_its_day() {
        let rules = Rules::built_in();
        let units = |on: &str| {
            let mut claims = rules.claims(day(on));
            claims
                .find(|claim| claim.key == "partner_hospital")
                .map(|claim| claim.units.clone())
        };
        assert_eq!(units("2025-03-31").as_deref(), Some("月100単位"));
        assert_eq!(units("2025-04-01").as_deref(), Some("月50単位"));
        assert_eq!(units("2024-03-31"), None);
    }

    #[test]
    fn the_31st_of_march_comes_every_year_and_is_today_on_its_day() {
        let rules = Rules::built_in();
        let next = |today: &str| rules.yearly(day(today))[0].0.iso();
        assert_eq!(next("2026-11-23"), "2027-03-31");
        assert_eq!(next("2027-03-31"), "2027-03-31");
        assert_eq!(next("2027-04-01"), "2028-03-31");
    }

    #[test]
    fn bed_days_leave_out_the_first_and_the_last_day_and_count_by_month() {
        let of = |admitted: &str, ended: Option<&str>, today: &str, year, month| {
            bed_days(day(admitted), ended.map(day), day(today), year, month)
        };
        assert_eq!(
            of("2026-11-20", Some("2026-11-25"), "2026-12-31", 2026, 11),
            4
        );
        assert_eq!(of("2026-11-28", None, "2026-12-02", 2026, 11), 2);
        assert_eq!(of("2026-11-28", None, "2026-12-02", 2026, 12), 2);
        assert_eq!(
            of("2028-02-27", Some("2028-03-02"), "2028-04-01", 2028, 2),
            2
        );
        assert_eq!(
            of("2026-11-20", Some("2026-11-20"), "2026-12-01", 2026, 11),
            0
        );
    }

    #[test]
    fn a_claim_is_hinted_at_from_what_was_given_before() {
        let rules = Rules::built_in();
        let claim = rules
            .claims(day("2026-11-23"))
            .find(|claim| claim.key == "discharge_information")
            .unwrap();
        let given = |on: &str, content: &'static str| Given {
            form: "transfer",
            hospital: "みなと病院",
            on: day(on),
            content,
        };
        let now = given("2026-11-23", "a");
        assert_eq!(hint(claim, &now, &[], true), Hint::Possible);
        assert_eq!(hint(claim, &now, &[], false), Hint::NoConsent);
        assert_eq!(
            hint(claim, &now, &[given("2026-11-01", "b")], true),
            Hint::SameMonth
        );
        assert_eq!(
            hint(claim, &now, &[given("2026-10-31", "a")], true),
            Hint::Unchanged
        );
        assert_eq!(
            hint(claim, &now, &[given("2026-10-31", "b")], true),
            Hint::Possible
        );
        assert_eq!(
            hint(claim, &now, &[given("2026-09-30", "a")], true),
            Hint::Possible
        );
        let elsewhere = Given {
            hospital: "別の病院",
            ..given("2026-11-01", "a")
        };
        assert_eq!(hint(claim, &now, &[elsewhere], true), Hint::Possible);
        assert_eq!(
            hint(
                claim,
                &given("2027-01-04", "a"),
                &[given("2026-12-28", "a")],
                true
            ),
            Hint::Unchanged
        );
    }
}
