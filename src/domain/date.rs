//! Civil dates in Japan, with 和暦 and 西暦 (rule S27), and instants as people in Japan read them.

use std::fmt;

use time::{Date, Duration, Month};
use unicode_normalization::UnicodeNormalization;

use super::clock::Moment;
use super::text::{Problem, stored_as_text};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Japan Standard Time is UTC+9 all year.
const JST_MS: i64 = 9 * HOUR_MS;

/// A civil date as Japan counts it, from 1868-01-25 (the first day of 明治, and the first that has an era) to
/// 2199-12-31. Arithmetic stops at these ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

stored_as_text!(Day, iso);

impl Day {
    pub const FIRST: Self = Self::certain(1868, Month::January, 25);
    pub const LAST: Self = Self::certain(2199, Month::December, 31);

    const fn certain(year: i32, month: Month, day: u8) -> Self {
        match Date::from_calendar_date(year, month, day) {
            Ok(date) => Self(date),
            Err(_) => panic!("written into this file, and checked when it is compiled"),
        }
    }

    /// `None` for a date that does not exist or lies outside `FIRST..=LAST`.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = Month::try_from(month).ok()?;
        let date = Self(Date::from_calendar_date(year, month, day).ok()?);
        (Self::FIRST..=Self::LAST).contains(&date).then_some(date)
    }

    /// Reads a full date with an era (`昭和12.3.4`, `S12/3/4`, `昭12-3-4`, `S120304`, `昭和元年12月25日`) or with the
    /// four digits of the western year (`1937-03-04`, `1937年3月4日`, `19370304`), in half or full width. A second
    /// year in brackets must name the same year. A year of one to three digits without its era is refused.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        PartialDay::read(text, None)?.full()
    }

    /// As `parse`, for `12/3/4` with the era chosen beside it. An era in the text must not contradict the choice.
    pub fn parse_with_era(text: &str, era: Era) -> Result<Self, Problem> {
        PartialDay::read(text, Some(era))?.full()
    }

    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day()
    }

    pub fn era(self) -> Era {
        Era::of(self)
    }

    /// 月 to 日.
    pub fn weekday(self) -> &'static str {
        ["月", "火", "水", "木", "金", "土", "日"]
            [usize::from(self.0.weekday().number_days_from_monday())]
    }

    /// The date `days` later (earlier when negative).
    pub fn plus_days(self, days: i64) -> Self {
        let end = if days < 0 { Self::FIRST } else { Self::LAST };
        days.checked_mul(24 * 3600)
            .and_then(|seconds| self.0.checked_add(Duration::seconds(seconds)))
            .map_or(end, |date| Self(date).clamp(Self::FIRST, Self::LAST))
    }

    /// The same day of the month `months` later (earlier when negative), or that month's last day.
    pub fn plus_months(self, months: i32) -> Self {
        let count = i64::from(self.year()) * 12 + i64::from(self.month()) - 1 + i64::from(months);
        let first = i64::from(Self::FIRST.year()) * 12;
        let last = i64::from(Self::LAST.year()) * 12 + 11;
        let count =
            i32::try_from(count.clamp(first, last)).expect("clamped to a few thousand months");
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12));
        let month = Month::January.nth_next(u8::try_from(month).expect("a remainder below 12"));
        let day = self.day().min(month.length(year));
        Self::certain(year, month, day).clamp(Self::FIRST, Self::LAST)
    }

    /// Days from this date to `other`: negative when `other` is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        (other.0 - self.0).whole_days()
    }

    /// The date in Japan at an instant.
    pub fn of(moment: Moment) -> Self {
        let days = moment.0.saturating_add(JST_MS).div_euclid(DAY_MS);
        EPOCH.plus_days(days)
    }

    /// 00:00 in Japan.
    pub fn starts_at(self) -> Moment {
        Moment(EPOCH.days_until(self) * DAY_MS - JST_MS)
    }

    /// 24:00 in Japan, the first instant that no longer belongs to the day: what "expires on" means.
    pub fn ends_at(self) -> Moment {
        Moment(self.starts_at().0 + DAY_MS)
    }

    /// `1937-03-04`.
    pub fn iso(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }

    /// `昭和12年3月4日`; the first year of an era is 元年.
    pub fn wareki(&self) -> String {
        let era_year = EraYear::of(self.era(), self.year());
        format!("{era_year}{}月{}日", self.month(), self.day())
    }

    /// `1937年3月4日`.
    pub fn seireki(&self) -> String {
        format!("{}年{}月{}日", self.year(), self.month(), self.day())
    }

    pub fn input(&self) -> String {
        self.wareki()
    }

    /// Full years from this date of birth to `day`; a year is full on the birthday, and for someone born on
    /// 29 February on 1 March of other years. 0 before birth.
    pub fn age_on(self, day: Self) -> u32 {
        let reached = (day.month(), day.day()) >= (self.month(), self.day());
        let years = day.year() - self.year() - i32::from(!reached);
        u32::try_from(years).unwrap_or(0)
    }
}

const EPOCH: Day = Day::certain(1970, Month::January, 1);

impl fmt::Display for Day {
    /// `昭和12年3月4日(1937年)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}年)", self.wareki(), self.year())
    }
}

/// 元号. Each day belongs to exactly one: an era's last day is the day before the next one's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Era {
    Meiji,
    Taisho,
    Showa,
    Heisei,
    Reiwa,
}

impl Era {
    pub const ALL: [Self; 5] = [
        Self::Meiji,
        Self::Taisho,
        Self::Showa,
        Self::Heisei,
        Self::Reiwa,
    ];

    pub fn of(day: Day) -> Self {
        Self::ALL
            .into_iter()
            .rev()
            .find(|era| era.first_day() <= day)
            .unwrap_or(Self::Meiji)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// The letter of JAHIS `GYYMMDD` and of most paper forms.
    pub fn letter(self) -> char {
        match self {
            Self::Meiji => 'M',
            Self::Taisho => 'T',
            Self::Showa => 'S',
            Self::Heisei => 'H',
            Self::Reiwa => 'R',
        }
    }

    /// Knows the letter in either case.
    pub fn from_letter(letter: char) -> Option<Self> {
        let letter = letter.to_ascii_uppercase();
        Self::ALL.into_iter().find(|era| era.letter() == letter)
    }

    pub fn first_day(self) -> Day {
        match self {
            Self::Meiji => Day::FIRST,
            Self::Taisho => Day::certain(1912, Month::July, 30),
            Self::Showa => Day::certain(1926, Month::December, 25),
            Self::Heisei => Day::certain(1989, Month::January, 8),
            Self::Reiwa => Day::certain(2019, Month::May, 1),
        }
    }

    /// The present era ends where dates end.
    pub fn last_day(self) -> Day {
        Self::ALL
            .into_iter()
            .find(|era| *era > self)
            .map_or(Day::LAST, |next| next.first_day().plus_days(-1))
    }

    fn holds_some_of(self, first: Day, last: Day) -> bool {
        self.first_day() <= last && first <= self.last_day()
    }

    /// `S`, `s.`, `昭` or `昭和` at the start of folded text, and what follows.
    fn take(text: &str) -> Option<(Self, &str)> {
        let initial = text.chars().next()?;
        if let Some(era) = Self::from_letter(initial) {
            let rest = &text[initial.len_utf8()..];
            return Some((era, rest.strip_prefix('.').unwrap_or(rest)));
        }
        Self::ALL.into_iter().find_map(|era| {
            let rest = text.strip_prefix(era.name()).or_else(|| {
                let abbreviated = era.name().starts_with(initial);
                abbreviated.then(|| &text[initial.len_utf8()..])
            })?;
            Some((era, rest))
        })
    }
}

/// A year of an era, shown as `昭和12年` and `令和元年`.
struct EraYear(Era, i32);

impl EraYear {
    fn of(era: Era, western: i32) -> Self {
        Self(era, western - era.first_day().year() + 1)
    }
}

impl fmt::Display for EraYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(era, 1) => write!(f, "{}元年", era.name()),
            Self(era, year) => write!(f, "{}{year}年", era.name()),
        }
    }
}

/// A date of which the day, or the day and the month, may not be known: onset of an illness, an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDay {
    year: i32,
    month: Option<u8>,
    day: Option<u8>,
}

stored_as_text!(PartialDay, iso);

impl From<Day> for PartialDay {
    fn from(day: Day) -> Self {
        Self {
            year: day.year(),
            month: Some(day.month()),
            day: Some(day.day()),
        }
    }
}

impl PartialDay {
    /// `None` for a day without a month, a date that does not exist, or one wholly outside `Day::FIRST..=Day::LAST`.
    pub fn new(year: i32, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let partial = Self { year, month, day };
        match (month, day) {
            (None, Some(_)) => None,
            (Some(month), Some(day)) => Day::from_ymd(year, month, day).map(Self::from),
            _ => {
                let last = Date::from_calendar_date(year, partial.last_month()?, 28).ok()?;
                (Day::FIRST..=Day::LAST)
                    .contains(&Day(last))
                    .then_some(partial)
            }
        }
    }

    /// Reads `2015`, `2015年3月`, `平成27年`, `H27.3`, or a full date as `Day::parse`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Self::read(text, None)
    }

    /// As `parse`, for `27/3` with the era chosen beside it.
    pub fn parse_with_era(text: &str, era: Era) -> Result<Self, Problem> {
        Self::read(text, Some(era))
    }

    pub fn year(self) -> i32 {
        self.year
    }

    pub fn month(self) -> Option<u8> {
        self.month
    }

    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// The first day it can mean.
    pub fn first_day(self) -> Day {
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        Day::from_ymd(self.year, month, day).unwrap_or(Day::FIRST)
    }

    /// The last day it can mean.
    pub fn last_day(self) -> Day {
        let month = self.last_month().expect("a month from 1 to 12");
        let day = self.day.unwrap_or_else(|| month.length(self.year));
        Day::certain(self.year, month, day)
    }

    /// `2015`, `2015-03` or `2015-03-04`.
    pub fn iso(&self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", self.year),
            (Some(month), None) => format!("{:04}-{month:02}", self.year),
            _ => format!("{:04}", self.year),
        }
    }

    /// `2015年`, `2015年3月` or `2015年3月4日`.
    pub fn input(&self) -> String {
        format!("{}年{}", self.year, self.within_year())
    }

    fn last_month(self) -> Option<Month> {
        Month::try_from(self.month.unwrap_or(12)).ok()
    }

    fn within_year(self) -> String {
        let month = self
            .month
            .map(|month| format!("{month}月"))
            .unwrap_or_default();
        let day = self.day.map(|day| format!("{day}日")).unwrap_or_default();
        month + &day
    }

    fn full(self) -> Result<Day, Problem> {
        if self.day.is_none() {
            return Err(Problem::new(
                "年月日をすべて入力してください(例 昭和12年3月4日)。",
            ));
        }
        Ok(self.first_day())
    }

    fn read(text: &str, chosen: Option<Era>) -> Result<Self, Problem> {
        let written = Written::read(text)?;
        let year = match (written.year, chosen) {
            (Year::Bare(_), None) => {
                return Err(Problem::new(
                    "元号か4桁の西暦を付けて入力してください(例 昭和12年3月4日、1937-03-04)。",
                ));
            }
            (Year::Bare(year), Some(era)) => Year::Era(era, year),
            (year, _) => year,
        };
        let partial = written.check(year)?;
        if let Some(era) = chosen {
            check_era(partial, era)?;
        }
        Ok(partial)
    }
}

impl fmt::Display for PartialDay {
    /// `平成27年3月(2015年)`; a month or year that two eras share stands as `1989年(昭和64年・平成元年)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (early, late) = (self.first_day().era(), self.last_day().era());
        let late_year = EraYear::of(late, self.year);
        let within = self.within_year();
        if early == late {
            write!(f, "{late_year}{within}({}年)", self.year)
        } else {
            let early_year = EraYear::of(early, self.year);
            write!(f, "{}年{within}({early_year}・{late_year})", self.year)
        }
    }
}

/// A year as someone wrote it.
#[derive(Clone, Copy)]
enum Year {
    Western(i32),
    Era(Era, i32),
    /// One to three digits: 昭和12? 平成12? 1912?
    Bare(i32),
}

/// A date as someone wrote it, cut into its numbers; nothing is checked against the calendar yet.
struct Written {
    year: Year,
    month: Option<u8>,
    day: Option<u8>,
    /// Years in brackets, which must name the same year.
    also: Vec<Year>,
}

impl Written {
    fn read(text: &str) -> Result<Self, Problem> {
        let unreadable = || {
            Problem::new(
                "日付を読み取れません。昭和12年3月4日、S12.3.4、1937-03-04 のように入力してください。",
            )
        };
        // Longer than any date with both years; bounds the work on pasted text.
        if text.chars().count() > 60 {
            return Err(unreadable());
        }
        let folded: String = text
            .nfkc()
            .filter(|c| !c.is_whitespace())
            .map(|c| match c {
                '‐' | '–' | '—' | '―' | '−' | 'ー' => '-',
                '。' | '、' | ',' => '.',
                c => c,
            })
            .collect();
        Self::from_folded(&folded).ok_or_else(unreadable)
    }

    fn from_folded(folded: &str) -> Option<Self> {
        let (body, also) = split_brackets(folded)?;
        let compact = |year, digits: &str| {
            Some(Self {
                year,
                month: Some(digits.get(..2)?.parse().ok()?),
                day: Some(digits.get(2..)?.parse().ok()?),
                also: also.clone(),
            })
        };
        let digits = body.strip_prefix(|c: char| Era::from_letter(c).is_some());
        match digits {
            Some(digits) if digits.len() == 6 && all_digits(digits) => {
                let (era, _) = Era::take(&body)?;
                return compact(Year::Era(era, digits[..2].parse().ok()?), &digits[2..]);
            }
            None if body.len() == 8 && all_digits(&body) => {
                return compact(Year::Western(body[..4].parse().ok()?), &body[4..]);
            }
            _ => {}
        }
        let (year, rest) = take_year(&body)?;
        let (month, rest) = take_part(rest, '年')?;
        let (day, rest) = take_part(rest, '月')?;
        let complete = rest.is_empty() || (day.is_some() && rest == "日");
        complete.then_some(Self {
            year,
            month,
            day,
            also,
        })
    }

    /// The date it names, when it exists, in the era it names.
    fn check(&self, year: Year) -> Result<PartialDay, Problem> {
        let western = western(year)?;
        if self.month.is_some_and(|month| !(1..=12).contains(&month)) {
            return Err(Problem::new("月は1から12までの数で入力してください。"));
        }
        if let (Some(month), Some(day)) = (self.month, self.day) {
            let length = Month::try_from(month)
                .map(|month| month.length(western))
                .unwrap_or(31);
            if !(1..=length).contains(&day) {
                return Err(Problem(format!(
                    "{western}年{month}月は1日から{length}日までです。日を確かめてください。"
                )));
            }
        }
        let partial = PartialDay::new(western, self.month, self.day).ok_or_else(out_of_range)?;
        if let Year::Era(era, _) = year {
            check_era(partial, era)?;
        }
        for other in &self.also {
            if self::western(*other)? != western {
                return Err(Problem::new(
                    "かっこの中の年と外の年が違います。どちらかを直してください。",
                ));
            }
            if let Year::Era(era, _) = other {
                check_era(partial, *era)?;
            }
        }
        Ok(partial)
    }
}

fn out_of_range() -> Problem {
    Problem(format!(
        "{}から{}年までの日付を入力してください。",
        Day::FIRST.seireki(),
        Day::LAST.year()
    ))
}

fn western(year: Year) -> Result<i32, Problem> {
    let western = match year {
        Year::Western(year) => year,
        Year::Era(_, 0) | Year::Bare(_) => {
            return Err(Problem::new(
                "元号の年は1(元年)から始まります。年を確かめてください。",
            ));
        }
        Year::Era(era, year) => {
            let western = era.first_day().year() + year - 1;
            if era != Era::Reiwa && western > era.last_day().year() {
                return Err(era_bounds(era));
            }
            western
        }
    };
    if !(Day::FIRST.year()..=Day::LAST.year()).contains(&western) {
        return Err(out_of_range());
    }
    Ok(western)
}

fn era_bounds(era: Era) -> Problem {
    let name = era.name();
    let (first, last) = (era.first_day(), era.last_day());
    Problem(match era {
        Era::Reiwa => format!(
            "{name}は{}からです。元号と年を確かめてください。",
            first.seireki()
        ),
        _ => format!(
            "{name}は{}から{}({})までです。元号と年を確かめてください。",
            first.seireki(),
            last.wareki(),
            last.seireki(),
        ),
    })
}

/// Refuses 昭和64年1月8日 and its like, and says what that day is called.
fn check_era(date: PartialDay, era: Era) -> Result<(), Problem> {
    let (first, last) = (date.first_day(), date.last_day());
    if era.holds_some_of(first, last) {
        return Ok(());
    }
    let Problem(bounds) = era_bounds(era);
    if first == last {
        return Err(Problem(format!(
            "{bounds}{}は{}です。",
            first.seireki(),
            first.wareki()
        )));
    }
    Err(Problem(bounds))
}

/// The text outside brackets, and the years inside; `None` when a bracket holds anything else.
fn split_brackets(text: &str) -> Option<(String, Vec<Year>)> {
    let mut body = String::new();
    let mut years = Vec::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('(') {
        body.push_str(before);
        let (inside, after) = inside.split_once(')')?;
        for part in inside.split(['・', '/']) {
            match take_year(part)? {
                (Year::Bare(_), _) => return None,
                (year, "" | "年") => years.push(year),
                _ => return None,
            }
        }
        rest = after;
    }
    body.push_str(rest);
    Some((body, years))
}

fn take_year(text: &str) -> Option<(Year, &str)> {
    if let Some((era, rest)) = Era::take(text) {
        if let Some(rest) = rest.strip_prefix('元') {
            return Some((Year::Era(era, 1), rest));
        }
        let (number, rest) = take_number(rest)?;
        return Some((Year::Era(era, number.parse().ok()?), rest));
    }
    let (named, text) = match text.strip_prefix("西暦") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (number, rest) = take_number(text)?;
    let year = number.parse().ok()?;
    let western = named || number.len() == 4;
    Some((
        if western {
            Year::Western(year)
        } else {
            Year::Bare(year)
        },
        rest,
    ))
}

/// After `mark` or `.`, `/`, `-`: the next number. Nothing, or the mark alone, is a number not written.
fn take_part(text: &str, mark: char) -> Option<(Option<u8>, &str)> {
    if text.is_empty() {
        return Some((None, text));
    }
    let rest = text.strip_prefix([mark, '.', '/', '-'])?;
    if rest.is_empty() && text.starts_with(mark) {
        return Some((None, rest));
    }
    let (number, rest) = take_number(rest)?;
    Some((Some(number.parse().ok()?), rest))
}

/// One to four digits, and what follows.
fn take_number(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=4).contains(&end).then(|| text.split_at(end))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// `2026年11月23日(月)13:05`, in Japan.
pub fn moment_text(moment: Moment) -> String {
    let day = Day::of(moment);
    format!("{}({}){}", day.seireki(), day.weekday(), clock_time(moment))
}

/// `2026/11/23 13:05`, in Japan.
pub fn moment_short(moment: Moment) -> String {
    let day = Day::of(moment);
    format!(
        "{}/{}/{} {}",
        day.year(),
        day.month(),
        day.day(),
        clock_time(moment)
    )
}

/// `03:05`, in Japan.
pub fn clock_time(moment: Moment) -> String {
    let minutes = moment.0.saturating_add(JST_MS).rem_euclid(DAY_MS) / 60_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `03:05` on that day, with its date on any other.
pub fn time_beside(day: Day, moment: Moment) -> String {
    match Day::of(moment) == day {
        true => clock_time(moment),
        false => moment_text(moment),
    }
}

/// How long before `to` the day `from` was: `今日`, `12日前`, `7か月前`, `1年2か月前`; `3日後` when it is still to come.
pub fn ago(from: Day, to: Day) -> String {
    if from == to {
        return "今日".to_owned();
    }
    let (early, late, side) = if from < to {
        (from, to, "前")
    } else {
        (to, from, "後")
    };
    let months = full_months(early, late);
    let length = match (months / 12, months % 12) {
        (0, 0) => format!("{}日", early.days_until(late)),
        (0, months) => format!("{months}か月"),
        (years, 0) => format!("{years}年"),
        (years, months) => format!("{years}年{months}か月"),
    };
    length + side
}

fn full_months(early: Day, late: Day) -> i32 {
    let months =
        (late.year() - early.year()) * 12 + i32::from(late.month()) - i32::from(early.month());
    if early.plus_months(months) > late {
        months - 1
    } else {
        months
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::text::typing::anything;
    use super::*;

    fn day(iso: &str) -> Day {
        Day::parse(iso).expect(iso)
    }

    fn refusal(text: &str) -> String {
        Day::parse(text).expect_err(text).0
    }

    #[test]
    fn every_day_has_one_era_and_survives_showing_and_reading() {
        let mut date = Day::FIRST;
        while date <= day("2099-12-31") {
            let holding = Era::ALL
                .into_iter()
                .filter(|era| era.first_day() <= date && date <= era.last_day());
            assert_eq!(holding.collect::<Vec<_>>(), [date.era()], "{}", date.iso());
            assert_eq!(Day::parse(&date.wareki()), Ok(date));
            assert_eq!(Day::parse(&date.iso()), Ok(date));
            let next = date.plus_days(1);
            assert_eq!(date.days_until(next), 1);
            date = next;
        }
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        for typed in [
            "昭和12.3.4",
            "昭和12年3月4日",
            "昭和１２年 ３月 ４日",
            "S12.3.4",
            "s12/3/4",
            "Ｓ１２．３．４",
            "S.12.03.04",
            "昭12-3-4",
            "㍼12年3月4日",
            "S120304",
            "1937-03-04",
            "1937/3/4",
            "１９３７．３．４",
            "1937年3月4日",
            "西暦1937年3月4日",
            "19370304",
            "昭和12年3月4日(1937年)",
            "1937年(昭和12年)3月4日",
            "昭和12ー3ー4",
        ] {
            assert_eq!(
                Day::parse(typed).map(|day| day.iso()).as_deref(),
                Ok("1937-03-04"),
                "{typed}"
            );
        }
        assert_eq!(day("昭和元年12月25日").iso(), "1926-12-25");
        assert_eq!(day("R1.5.1").to_string(), "令和元年5月1日(2019年)");
        assert_eq!(
            Day::parse_with_era("12/3/4", Era::Showa),
            Ok(day("1937-03-04"))
        );
        assert_eq!(
            Day::parse_with_era("昭和12/3/4", Era::Showa),
            Ok(day("1937-03-04"))
        );
    }

    #[test]
    fn impossible_dates_say_what_to_do() {
        for (typed, hint) in [
            ("S64.1.8", "平成元年1月8日です"),
            ("M45.7.30", "大正元年7月30日です"),
            ("T1.7.29", "明治45年7月29日です"),
            ("H31.5.1", "令和元年5月1日です"),
            ("昭和元年12月24日", "大正15年12月24日です"),
            ("M1.1.24", "1868年1月25日から"),
            ("S99.1.1", "昭和64年1月7日"),
            ("S0.1.1", "元年"),
            ("R400.1.1", "2199年まで"),
            ("9999-12-31", "2199年まで"),
            ("1867-12-31", "1868年1月25日から"),
            ("2026-02-30", "28日まで"),
            ("2023-02-29", "28日まで"),
            ("昭和12年13月4日", "月は1から12"),
            ("昭和12年3月0日", "31日まで"),
            ("12/3/4", "元号か4桁の西暦"),
            ("120304", "読み取れません"),
            ("昭和120304", "読み取れません"),
            ("昭和12年3月", "年月日をすべて"),
            ("昭和12年3月4日(1938年)", "かっこ"),
            ("昭和12年3月4日(平成12年)", "かっこ"),
            ("昭和12年3月4日(", "読み取れません"),
            ("12日3月昭和4年", "読み取れません"),
            ("", "読み取れません"),
        ] {
            let sentence = refusal(typed);
            assert!(sentence.contains(hint), "{typed}: {sentence}");
        }
        assert!(Day::parse_with_era("S12.3.4", Era::Heisei).is_err());
        assert!(Day::parse_with_era("64/1/8", Era::Showa).is_err());
        assert!(refusal(&"1".repeat(10_000)).contains("読み取れません"));
    }

    #[test]
    fn partial_dates_show_what_is_known() {
        for (typed, shown, iso) in [
            ("2015", "平成27年(2015年)", "2015"),
            ("2015年3月", "平成27年3月(2015年)", "2015-03"),
            ("平成27年", "平成27年(2015年)", "2015"),
            ("H27.3", "平成27年3月(2015年)", "2015-03"),
            ("平成27年3月4日", "平成27年3月4日(2015年)", "2015-03-04"),
            ("1989", "1989年(昭和64年・平成元年)", "1989"),
            ("昭和64年1月", "1989年1月(昭和64年・平成元年)", "1989-01"),
            ("平成元年2月", "平成元年2月(1989年)", "1989-02"),
            ("明治元年", "明治元年(1868年)", "1868"),
        ] {
            let partial = PartialDay::parse(typed).expect(typed);
            assert_eq!(
                (partial.to_string().as_str(), partial.iso().as_str()),
                (shown, iso),
                "{typed}"
            );
        }
        for typed in [
            "昭和64年2月",
            "令和元年4月",
            "27.3",
            "2015年13月",
            "2015年春",
            "1867",
            "2200",
            "2015/",
        ] {
            assert!(PartialDay::parse(typed).is_err(), "{typed}");
        }
        assert_eq!(
            PartialDay::parse_with_era("27/3", Era::Heisei),
            PartialDay::parse("2015-03")
        );
        assert_eq!(PartialDay::new(2015, None, Some(1)), None);
    }

    #[test]
    fn ages_grow_on_the_birthday() {
        let born = day("1937-03-04");
        assert_eq!(born.age_on(day("2026-03-03")), 88);
        assert_eq!(born.age_on(day("2026-03-04")), 89);
        assert_eq!(born.age_on(day("1930-01-01")), 0);
        let leap = day("1936-02-29");
        assert_eq!(leap.age_on(day("2026-02-28")), 89);
        assert_eq!(leap.age_on(day("2026-03-01")), 90);
        assert_eq!(leap.age_on(day("2024-02-29")), 88);
    }

    #[test]
    fn a_day_in_japan_begins_at_fifteen_hours_utc() {
        let date = day("2026-11-23");
        assert_eq!(date.starts_at(), Moment(1_795_359_600_000));
        assert_eq!(Day::of(date.starts_at()), date);
        assert_eq!(Day::of(Moment(date.starts_at().0 - 1)), date.plus_days(-1));
        assert_eq!(Day::of(Moment(date.ends_at().0 - 1)), date);
        assert_eq!(Day::of(date.ends_at()), date.plus_days(1));
        assert_eq!(Day::of(Moment(i64::MAX)), Day::LAST);
        assert_eq!(Day::of(Moment(i64::MIN)), Day::FIRST);
    }

    #[test]
    fn moments_are_told_in_japanese_time() {
        let moment = Moment(day("2026-11-23").starts_at().0 + 13 * HOUR_MS + 5 * 60_000 + 59_999);
        assert_eq!(moment_text(moment), "2026年11月23日(月)13:05");
        assert_eq!(moment_short(moment), "2026/11/23 13:05");
        assert_eq!(
            moment_text(day("2026-11-22").starts_at()),
            "2026年11月22日(日)00:00"
        );
    }

    #[test]
    fn time_passed_is_told_in_words() {
        for (from, to, words) in [
            ("2026-11-23", "2026-11-23", "今日"),
            ("2026-11-11", "2026-11-23", "12日前"),
            ("2026-10-24", "2026-11-23", "30日前"),
            ("2026-10-23", "2026-11-23", "1か月前"),
            ("2026-04-23", "2026-11-23", "7か月前"),
            ("2025-11-23", "2026-11-23", "1年前"),
            ("2025-09-23", "2026-11-23", "1年2か月前"),
            ("2024-02-29", "2025-02-28", "1年前"),
            ("2026-11-26", "2026-11-23", "3日後"),
        ] {
            assert_eq!(ago(day(from), day(to)), words, "{from} {to}");
        }
    }

    #[test]
    fn months_end_on_their_last_day() {
        assert_eq!(day("2026-01-31").plus_months(1).iso(), "2026-02-28");
        assert_eq!(day("2024-01-31").plus_months(1).iso(), "2024-02-29");
        assert_eq!(day("2026-01-31").plus_months(-2).iso(), "2025-11-30");
        assert_eq!(day("2026-12-15").plus_months(1).iso(), "2027-01-15");
        assert_eq!(
            day("2026-12-15").plus_months(i32::MAX),
            Day::LAST.plus_days(-16)
        );
        assert_eq!(day("2026-12-15").plus_months(i32::MIN), Day::FIRST);
        assert_eq!(day("2026-12-15").plus_days(i64::MAX), Day::LAST);
        assert_eq!(day("2026-12-15").plus_days(i64::MIN), Day::FIRST);
    }

    fn partial() -> impl Strategy<Value = PartialDay> {
        (
            1868..=2199,
            prop::option::of(1..=12u8),
            prop::option::of(1..=31u8),
        )
            .prop_filter_map("a date that exists", |(year, month, day)| {
                PartialDay::new(year, month, day)
            })
    }

    proptest! {
        #[test]
        fn reading_any_text_never_panics(text in anything()) {
            if let Ok(day) = Day::parse(&text) {
                prop_assert_eq!(Day::parse(&day.to_string()), Ok(day));
                prop_assert_eq!(Day::parse(&day.input()), Ok(day));
                prop_assert_eq!(Day::parse_with_era(&day.seireki(), day.era()), Ok(day));
                let json = serde_json::to_string(&day).expect("json");
                prop_assert_eq!(serde_json::from_str::<Day>(&json).ok(), Some(day));
            }
            for era in Era::ALL {
                if let Ok(day) = Day::parse_with_era(&text, era) {
                    prop_assert_eq!(day.era(), era);
                }
            }
        }

        #[test]
        fn a_partial_date_survives_showing_and_reading(partial in partial()) {
            prop_assert_eq!(PartialDay::parse(&partial.to_string()), Ok(partial));
            prop_assert_eq!(PartialDay::parse(&partial.input()), Ok(partial));
            prop_assert_eq!(PartialDay::parse(&partial.iso()), Ok(partial));
            prop_assert!(partial.first_day() <= partial.last_day());
        }

        #[test]
        fn an_era_and_year_are_read_only_on_their_days(
            era in prop::sample::select(Era::ALL.to_vec()), year in 1..70i32, month in 1..=12u8, date in 1..=31u8,
        ) {
            let western = era.first_day().year() + year - 1;
            let expected = Day::from_ymd(western, month, date).filter(|day| day.era() == era);
            let typed = format!("{}{year}.{month}.{date}", era.letter());
            prop_assert_eq!(Day::parse(&typed).ok(), expected);
        }

        #[test]
        fn arithmetic_agrees_with_itself(
            from in 0..121_000i64, days in -50_000..50_000i64, months in -600..600i32, moment: i64,
        ) {
            let from = Day::FIRST.plus_days(from);
            let to = from.plus_days(days);
            prop_assert!(to == Day::FIRST || to == Day::LAST || from.days_until(to) == days);
            prop_assert_eq!(Day::of(to.starts_at()), to);
            let moved = from.plus_months(months);
            prop_assert!(moved == Day::FIRST || moved == Day::LAST || moved.day() <= from.day());
            prop_assert!(!ago(from, to).is_empty());
            prop_assert!(!moment_text(Moment(moment)).is_empty());
        }
    }
}
