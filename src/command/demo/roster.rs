//! Who lives where: the residents that a demonstration needs, and chance for the others.

use std::collections::BTreeSet;

use super::cases::{self as c, Case};
use super::chance::Chance;
use super::illness::{self as i, Illness};
use super::names::{self, Part};
use super::person::{Agreement, Fullness, Kin, Person};
use super::places::{Home, ISOBIYORI, KAMOMEHAMA, SAZANAMI, Unit};
use super::said::Story;
use crate::domain::date::Day;
use crate::domain::kana;

/// When somebody last went through the whole sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    DaysAgo(i32),
    MonthsAgo(i32),
    Never,
}

/// How a stay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    None,
    Left,
    Died,
}

/// The printed sheet in the resident's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    None,
    Current,
    /// Printed before the last revision.
    Outdated,
    /// Current, and the one that a demonstration holds up.
    Shown,
}

/// A person, and how the sheet was kept.
pub(super) struct Entry {
    pub person: Person,
    pub checked: Checked,
    /// How many revisions at most.
    pub revisions: usize,
    pub ending: Ending,
    pub paper: Paper,
    pub story: Story,
}

/// A resident whose story is written by hand.
struct Lead {
    room: i32,
    surname: Part,
    given: Part,
    man: bool,
    age: i32,
    case: &'static Case,
    also: &'static [&'static Illness],
    kin: Kin,
    agreement: Agreement,
    fullness: Fullness,
    checked: Checked,
    revisions: usize,
    own: &'static [(&'static str, &'static str)],
    paper: Paper,
    /// What was said about the last stage of life.
    story: Story,
}

const LEAD: Lead = Lead {
    room: 0,
    surname: ("", ""),
    given: ("", ""),
    man: false,
    age: 85,
    case: &c::VERY_OLD,
    also: &[],
    kin: Kin::Some,
    agreement: Agreement::Given,
    fullness: Fullness::Complete,
    checked: Checked::DaysAgo(20),
    revisions: 2,
    own: &[],
    paper: Paper::Current,
    story: Story::ByChance,
};

macro_rules! leads {
    ($name:ident: $({ $($field:ident: $value:expr),* $(,)? })*) => {
        static $name: &[Lead] = &[$(Lead { $($field: $value,)* ..LEAD }),*];
    };
}

leads! { SAZANAMI_LEADS:
    {
        story: Story::OrderHolds, room: 201, surname: ("髙﨑", "たかさき"), given: ("和子", "かずこ"), age: 91, case: &c::HEART_AND_RHYTHM,
        also: &[&i::DYSLIPIDEMIA, &i::REFLUX, &i::GOUT, &i::CONSTIPATION, &i::INSOMNIA, &i::OSTEOPOROSIS, &i::KNEES],
        kin: Kin::Many, checked: Checked::DaysAgo(12), revisions: 4, paper: Paper::Shown,
        own: &[
            ("allergies.0.substance", "ヨード造影剤"),
            ("allergies.0.kind", "contrast"),
            ("allergies.0.reaction", "呼吸困難・血圧低下(2016年 CT検査)"),
            ("allergies.0.severity", "anaphylaxis"),
            ("infections.0.agent", "mrsa"),
            ("infections.0.note", "鼻腔(保菌)"),
            ("infections.0.status", "positive"),
            ("infections.0.tested_on", "2025-02-18"),
            ("infections.0.isolation", "not_needed"),
        ],
    }
    // Four rooms further on, and one kana away (safety.md S19).
    {
        room: 205, surname: ("高崎", "たかさき"), given: ("和江", "かずえ"), age: 88, case: &c::INJECTING,
        checked: Checked::DaysAgo(40), revisions: 3, paper: Paper::Outdated,
    }
    { story: Story::AwaitsComparison, room: 102, surname: ("𠮷田", "よしだ"), given: ("ハツ", "はつ"), age: 104, case: &c::VERY_OLD, kin: Kin::Many, revisions: 3 }
    {
        story: Story::SuspendedToday, room: 213, surname: ("渡邉\u{E0100}", "わたなべ"), given: ("清一郎", "せいいちろう"), man: true, age: 86, case: &c::ON_DIALYSIS,
        kin: Kin::Many, checked: Checked::DaysAgo(66), revisions: 4,
    }
    { story: Story::Expired, room: 303, surname: ("濵田", "はまだ"), given: ("ミチ", "みち"), age: 93, case: &c::STOMACH_TUBE, checked: Checked::MonthsAgo(7), revisions: 3 }
    {
        story: Story::ReviewDue, room: 307, surname: ("齋藤", "さいとう"), given: ("昭治", "しょうじ"), man: true, age: 79, case: &c::THROAT_TUBE,
        checked: Checked::DaysAgo(5), revisions: 4,
    }
    { story: Story::AwaitsSignature, room: 310, surname: ("栁", "やなぎ"), given: ("フサヱ", "ふさえ"), age: 96, case: &c::FAR_GONE, fullness: Fullness::Usual, checked: Checked::MonthsAgo(13) }
    {
        story: Story::Revoked, room: 112, surname: ("勅使河原", "てしがわら"), given: ("喜久右衛門", "きくえもん"), man: true, age: 87, case: &c::SHAKING,
        kin: Kin::Many, checked: Checked::DaysAgo(90), revisions: 3,
    }
    {
        room: 118, surname: ("五十嵐", "いがらし"), given: ("定雄", "さだお"), man: true, age: 78, case: &c::VOICES,
        kin: Kin::None, checked: Checked::DaysAgo(130),
    }
    { room: 216, surname: ("德永", "とくなが"), given: ("千鶴子", "ちづこ"), age: 89, case: &c::SPEECHLESS, agreement: Agreement::NotObtained, fullness: Fullness::Thin, checked: Checked::Never }
    { story: Story::FamilysInference, room: 319, surname: ("小比類巻", "こひるいまき"), given: ("ツギ", "つぎ"), age: 99, case: &c::VERY_OLD, fullness: Fullness::Thin, checked: Checked::MonthsAgo(20) }
    {
        story: Story::OwnWish, room: 104, surname: ("金", "きむ"), given: ("順子", "すんじゃ"), age: 90, case: &c::BROKEN_HIP, checked: Checked::DaysAgo(33),
        own: &[("communication_note", "日常会話は日本語。痛いときやとっさの言葉は韓国語になります")],
    }
}

leads! { ISOBIYORI_LEADS:
    { story: Story::OrderByOriginal, room: 3, surname: ("辻\u{E0100}", "つじ"), given: ("まつゑ", "まつえ"), age: 95, case: &c::FORGETTING, kin: Kin::Many, revisions: 3 }
    {
        story: Story::Objection, room: 8, surname: ("﨑山", "さきやま"), given: ("貞夫", "さだお"), man: true, age: 83, case: &c::LEWY_BODIES,
        checked: Checked::DaysAgo(48), revisions: 4,
    }
    {
        room: 12, surname: ("渡邊", "わたなべ"), given: ("千鶴", "ちづる"), age: 87, case: &c::FORGETFUL,
        agreement: Agreement::Refused, checked: Checked::DaysAgo(75),
    }
}

leads! { KAMOMEHAMA_LEADS:
    {
        story: Story::ReviewOverdue, room: 202, surname: ("神﨑", "かんざき"), given: ("眞佐子", "まさこ"), age: 82, case: &c::BREATHLESS, kin: Kin::Many,
        checked: Checked::DaysAgo(9), revisions: 4,
    }
    {
        story: Story::WantsEverything, room: 206, surname: ("サントス・デ・オリヴェイラ", "さんとす・で・おりゔぇいら"), given: ("マリア・ルシア", "まりあ・るしあ"),
        age: 78, case: &c::PACED, checked: Checked::DaysAgo(101),
        own: &[("communication_note", "ポルトガル語と日本語。難しい話は息子さんか通訳アプリ(ブラジル)で")],
    }
    {
        story: Story::Undecided, room: 304, surname: ("長宗我部", "ちょうそかべ"), given: ("與志郎", "よしろう"), man: true, age: 81, case: &c::DEFIBRILLATOR,
        checked: Checked::DaysAgo(29), revisions: 3,
    }
    {
        story: Story::Begun, room: 309, surname: ("伊集院", "いじゅういん"), given: ("百合枝", "ゆりえ"), age: 89, case: &c::VALVE_REPLACED, also: &[&i::OSTEOPOROSIS],
        kin: Kin::Many, checked: Checked::MonthsAgo(7), revisions: 3,
    }
    {
        room: 401, surname: ("橋爪", "はしづめ"), given: ("ヒサ子", "ひさこ"), age: 92, case: &c::HEART_AND_RHYTHM, fullness: Fullness::Bare,
        agreement: Agreement::NotAsked, checked: Checked::Never, revisions: 1, paper: Paper::None,
    }
}

/// The homes with everybody who lives, or lately lived, in them.
pub(super) fn homes(chance: &Chance, today: Day) -> Vec<(&'static Home, Vec<Entry>)> {
    let mut taken = BTreeSet::new();
    [
        (&SAZANAMI, SAZANAMI_LEADS, c::NURSING_HOME),
        (&ISOBIYORI, ISOBIYORI_LEADS, c::GROUP_HOME),
        (&KAMOMEHAMA, KAMOMEHAMA_LEADS, c::PAID_HOME),
    ]
    .into_iter()
    .enumerate()
    .map(|(number, (home, leads, stories))| {
        let mut roster = Roster {
            home,
            today,
            chance: chance.branch(number + 1),
            taken: &mut taken,
            entries: Vec::new(),
        };
        roster.fill(leads, stories);
        (home, roster.entries)
    })
    .collect()
}

struct Roster<'a> {
    home: &'static Home,
    today: Day,
    chance: Chance,
    /// Names given so far in the whole city, so that no resident could be taken for one of another home.
    taken: &'a mut BTreeSet<String>,
    entries: Vec<Entry>,
}

impl Roster<'_> {
    fn fill(&mut self, leads: &'static [Lead], stories: &'static [&'static Case]) {
        let rooms: Vec<(&'static Unit, i32)> = self
            .home
            .units
            .iter()
            .flat_map(|unit| (0..unit.beds).map(move |bed| (unit, unit.first_room + bed)))
            .collect();
        for lead in leads {
            let name = format!("{} {}", lead.surname.0, lead.given.0);
            self.taken.insert(name);
        }
        let free: Vec<i32> = rooms
            .iter()
            .map(|(_, room)| *room)
            .filter(|room| !leads.iter().any(|lead| lead.room == *room))
            .collect();
        let vacant: Vec<i32> = {
            let count = usize::try_from(self.home.vacant_beds).unwrap_or(0);
            self.chance
                .shuffled(&free)
                .into_iter()
                .take(count)
                .collect()
        };
        let stories = self.chance.shuffled(stories);
        let mut told = stories.iter().cycle();
        for (unit, room) in rooms {
            let entry = match leads.iter().find(|lead| lead.room == room) {
                Some(lead) => self.lead(lead, unit),
                None => {
                    let story = told.next().copied().unwrap_or(&c::FORGETTING);
                    self.anyone(story, unit, room)
                }
            };
            self.entries.push(entry);
            if vacant.contains(&room) {
                self.end_last(vacant.iter().position(|known| *known == room) == Some(0));
            }
        }
        self.number();
    }

    /// A vacant room is one whose resident has died or moved away.
    fn end_last(&mut self, died: bool) {
        if let Some(last) = self.entries.last_mut() {
            last.ending = if died { Ending::Died } else { Ending::Left };
            last.paper = Paper::Current;
        }
    }

    fn number(&mut self) {
        self.entries
            .sort_by_key(|entry| (entry.person.moved_in, entry.person.room));
        for (entry, number) in self.entries.iter_mut().zip(1..) {
            entry.person.number = number;
        }
    }

    fn lead(&mut self, lead: &'static Lead, unit: &'static Unit) -> Entry {
        Entry {
            person: Person {
                surname: lead.surname,
                given: lead.given,
                man: lead.man,
                born: self.born(lead.age),
                case: lead.case,
                home: self.home,
                unit,
                room: lead.room,
                number: 0,
                moved_in: self.moved_in(lead.checked, lead.fullness, lead.revisions),
                kin: lead.kin,
                agreement: lead.agreement,
                fullness: lead.fullness,
                own: lead.own,
                also: lead.also,
                only: true,
            },
            checked: lead.checked,
            revisions: lead.revisions,
            ending: Ending::None,
            paper: lead.paper,
            story: lead.story,
        }
    }

    fn anyone(&mut self, case: &'static Case, unit: &'static Unit, room: i32) -> Entry {
        let man = case.man.unwrap_or_else(|| self.chance.happens(26));
        let (surname, given) = self.name(man);
        let fullness = match self.chance.between(1, 100) {
            1..=34 => Fullness::Complete,
            35..=76 => Fullness::Usual,
            77..=94 => Fullness::Thin,
            _ => Fullness::Bare,
        };
        let (checked, revisions) = self.kept(fullness);
        let age = self.chance.between(case.ages.0, case.ages.1);
        let agreement = self.agreement(fullness);
        Entry {
            person: Person {
                surname,
                given,
                man,
                born: self.born(age),
                case,
                home: self.home,
                unit,
                room,
                number: 0,
                moved_in: self.moved_in(checked, fullness, revisions),
                kin: *self.chance.pick(&[
                    Kin::Many,
                    Kin::Many,
                    Kin::Many,
                    Kin::Many,
                    Kin::Some,
                    Kin::Some,
                    Kin::Some,
                    Kin::Some,
                    Kin::One,
                    Kin::None,
                ]),
                agreement,
                fullness,
                own: &[],
                also: &[],
                only: false,
            },
            checked,
            revisions,
            ending: Ending::None,
            paper: Paper::None,
            story: Story::ByChance,
        }
    }

    fn agreement(&mut self, fullness: Fullness) -> Agreement {
        match (fullness, self.chance.between(1, 100)) {
            (Fullness::Bare, _) | (Fullness::Thin, 1..=30) => Agreement::NotAsked,
            (_, 31..=34) => Agreement::Refused,
            (_, 35..=43) => Agreement::NotObtained,
            _ => Agreement::Given,
        }
    }

    /// When the sheet was last gone through, and how often it changed.
    fn kept(&mut self, fullness: Fullness) -> (Checked, usize) {
        if fullness == Fullness::Bare {
            return (Checked::Never, 1);
        }
        let revisions = usize::try_from(self.chance.between(1, 4)).unwrap_or(1);
        let checked = match self.chance.between(1, 100) {
            1..=64 => Checked::DaysAgo(self.chance.between(2, 170)),
            65..=76 => Checked::MonthsAgo(7),
            77..=85 => Checked::MonthsAgo(13),
            86..=91 => Checked::MonthsAgo(20),
            _ => Checked::Never,
        };
        (checked, revisions)
    }

    /// A name that nobody in the city has yet, and that nobody in this home nearly has.
    fn name(&mut self, man: bool) -> (Part, Part) {
        loop {
            let surname = *self.chance.pick(names::SURNAMES);
            let given = *self
                .chance
                .pick(if man { names::MEN } else { names::WOMEN });
            let reading = format!("{} {}", surname.1, given.1);
            let alike = self
                .entries
                .iter()
                .any(|entry| kana::similar(entry.person.kana(), &reading));
            if !alike && self.taken.insert(format!("{} {}", surname.0, given.0)) {
                return (surname, given);
            }
        }
    }

    fn born(&mut self, age: i32) -> Day {
        let days = self.chance.between(1, 360);
        self.today
            .plus_months(-12 * age)
            .plus_days(-i64::from(days))
    }

    /// Before the first of that many revisions.
    fn moved_in(&mut self, checked: Checked, fullness: Fullness, revisions: usize) -> Day {
        let before = match (checked, fullness) {
            (_, Fullness::Bare) => {
                return self.today.plus_days(-i64::from(self.chance.between(4, 12)));
            }
            (Checked::DaysAgo(days), _) => self.today.plus_days(-i64::from(days)),
            (Checked::MonthsAgo(months), _) => self.today.plus_months(-months),
            (Checked::Never, _) => self.today.plus_days(-60),
        };
        let room_for_revisions = 220 * i32::try_from(revisions).unwrap_or(1);
        before.plus_days(-i64::from(
            room_for_revisions + self.chance.between(0, 1800),
        ))
    }
}
