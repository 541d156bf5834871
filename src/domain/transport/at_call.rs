//! What is known of the emergency itself: block H of domain/emergency.md §1.3, as it is told to the crew.
//!
//! Every entry says only what its author added. What holds of the situation is, for each answer, what was said last;
//! measurements stay beside each other with their times. No score is made of them and nothing is advised (safety.md
//! S23).

use serde_json::Value;

use super::{Event, Outcome, Progress};
use crate::domain::answer::{
    Coded, Group, Grouped, Inputs, Known, Measured, Number, Problems, Scalar, Shown, Text, Unit,
    YesNo, answers, choice, group_json, read_group, unit,
};
use crate::domain::clock::Moment;
use crate::domain::number::BloodPressure;
use crate::domain::record::{Usual, UsualConsciousness};

choice! {
    /// The Japan Coma Scale; its digits are the codes.
    pub enum Jcs {
        Clear = "0": "0 はっきりしている",
        One = "1": "1 だいたいはっきり、いま一つ",
        Two = "2": "2 時・場所・人が分からない",
        Three = "3": "3 名前・生年月日が言えない",
        Ten = "10": "10 呼ぶと目を開ける",
        Twenty = "20": "20 大声・ゆさぶると目を開ける",
        Thirty = "30": "30 痛みを繰り返すとかろうじて目を開ける",
        Hundred = "100": "100 痛みを払いのける",
        TwoHundred = "200": "200 痛みで少し動く・顔をしかめる",
        ThreeHundred = "300": "300 痛みに反応しない",
    }
}

choice! {
    pub enum Breathing {
        Normal = "normal": "普段どおり",
        Abnormal = "abnormal": "普段と違う",
        Gasping = "gasping": "しゃくりあげる・あえぐ",
        None = "none": "していない",
    }
}

choice! {
    pub enum Witnessed {
        Yes = "yes": "見ていた",
        No = "no": "見ていない",
        Hearsay = "hearsay": "人から聞いた",
    }
}

choice! {
    pub enum IncidentType {
        SuddenIllness = "sudden_illness": "急病",
        Fall = "fall": "転倒・転落",
        Choking = "choking": "窒息",
        MedicationError = "medication_error": "誤薬",
        Burn = "burn": "やけど",
        OtherInjury = "other_injury": "ほかのけが",
        SelfHarm = "self_harm": "自傷",
        Violence = "violence": "暴力",
        Other = "other": "その他",
    }
}

choice! {
    pub enum ChiefComplaint {
        CardiacArrest = "cardiac_arrest": "心臓・呼吸が止まった",
        Unconscious = "unconscious": "意識がない",
        AlteredConsciousness = "altered_consciousness": "反応がおかしい・もうろう",
        Seizure = "seizure": "けいれん",
        Dyspnea = "dyspnea": "息が苦しい",
        LowSpo2 = "low_spo2": "SpO2が低い",
        Choking = "choking": "のどに詰まった",
        ChestPain = "chest_pain": "胸の痛み",
        BackPain = "back_pain": "背中の痛み",
        Headache = "headache": "頭痛",
        ParalysisOrSpeech = "paralysis_or_speech": "麻痺・ろれつが回らない",
        AbdominalPain = "abdominal_pain": "腹痛",
        Vomiting = "vomiting": "嘔吐",
        Hematemesis = "hematemesis": "吐血",
        Melena = "melena": "血便・黒い便",
        Fever = "fever": "発熱",
        Hypotension = "hypotension": "血圧が低い",
        HypoglycemiaSuspected = "hypoglycemia_suspected": "低血糖の疑い",
        FallHead = "fall_head": "転倒して頭を打った",
        FallHipOrLimb = "fall_hip_or_limb": "転倒して腰・手足を打った",
        Bleeding = "bleeding": "出血",
        Burn = "burn": "やけど",
        AllergicReaction = "allergic_reaction": "アレルギー反応",
        MedicationError = "medication_error": "誤薬",
        HeatOrDehydration = "heat_or_dehydration": "熱中症・脱水",
        TubeOrDeviceTrouble = "tube_or_device_trouble": "管・機器の不具合",
        ReducedIntake = "reduced_intake": "食べない・飲まない",
        Other = "other": "その他",
    }
}

answers! {
    /// What happened, as far as somebody said.
    pub struct Situation {
        chief_complaint: Known<ChiefComplaint> = "主訴",
        incident_type: Known<IncidentType> = "種別",
        incident_course: Known<Text<200>> = "どうなったか",
        onset: Known<Text<40>> = "起きた時刻",
        last_seen_well: Known<Text<60>> = "最後に普段どおりだった時刻",
        witnessed: Known<Witnessed> = "起きたところを",
        witness: Known<Text<40>> = "見ていた人",
        last_meal: Known<Text<60>> = "最後の食事",
        last_medication: Known<Text<60>> = "最後の薬",
        companion: Known<Text<60>> = "いっしょに乗る人",
        belongings: Known<Text<120>> = "持っていくもの",
    }
}

choice! {
    pub enum WishedTransport {
        Wished = "wished": "望んでいた",
        NotWished = "not_wished": "望んでいなかった",
        NeverAsked = "never_asked": "聞いていなかった",
    }
}

choice! {
    pub enum SheetUse {
        Used = "used": "渡した・読み取られた",
        NotAsked = "not_asked": "渡したが使われなかった",
        NotGiven = "not_given": "渡せなかった",
    }
}

choice! {
    pub enum SheetFit {
        Right = "right": "合っていた",
        Old = "old": "古いところがあった",
        Missing = "missing": "足りないところがあった",
    }
}

answers! {
    /// How it went, looked back at in five answers. It is the facility's own: no crew's page has it.
    pub struct Review {
        wished_transport: Known<WishedTransport> = "本人・家族は搬送を",
        sheet_use: Known<SheetUse> = "救急連絡シートを",
        sheet_fit: Known<SheetFit> = "シートの内容は",
        would_have_helped: Known<Text<200>> = "あれば助かったもの",
        change_next: Known<Text<200>> = "次から変えること",
    }
}

unit!(CallPulse, "回/分", 0..=3000 tenths, decimals false);
unit!(BreathsPerMinute, "回/分", 0..=800 tenths, decimals false);
unit!(Saturation, "%", 300..=1000 tenths, decimals false);
unit!(LitresPerMinute, "L/分", 0..=200 tenths, decimals true);
unit!(BodyHeat, "℃", 200..=450 tenths, decimals true);
unit!(MilligramsPerDecilitre, "mg/dL", 0..=9990 tenths, decimals false);

answers! {
    /// What was seen and measured at one time.
    pub struct Observation {
        jcs: Known<Jcs> = "意識(JCS)",
        breathing: Known<Breathing> = "呼吸",
        bp: Measured<BloodPressure> = "血圧",
        pulse: Measured<Number<CallPulse>> = "脈拍",
        pulse_regular: Known<YesNo> = "脈がそろっている",
        spo2: Measured<Number<Saturation>> = "SpO2",
        oxygen: Known<Number<LitresPerMinute>> = "酸素",
        resp_rate: Measured<Number<BreathsPerMinute>> = "呼吸数",
        temp: Measured<Number<BodyHeat>> = "体温",
        glucose: Measured<Number<MilligramsPerDecilitre>> = "血糖",
        pupils: Known<Text<40>> = "瞳孔",
    }
}

impl Observation {
    /// What was noted, each with what is usual for this person where that is another value.
    pub fn findings(&self, usual: &Usual) -> Vec<Finding> {
        let noted = self
            .walk()
            .map(|(field, answer)| (field, answer.shown()))
            .filter(|(_, shown)| !shown.is_not_asked());
        noted
            .map(|(field, shown)| Finding {
                label: field.label,
                now: shown.line(),
                usual: self.differs(field.key, usual),
            })
            .collect()
    }

    /// What is usual where what was noted is something else: `普段 96%(差 -8)`.
    fn differs(&self, key: &str, usual: &Usual) -> Option<String> {
        match key {
            "jcs" => {
                let known = usual.usual_consciousness.value()?;
                let same = match known {
                    UsualConsciousness::Clear => Jcs::Clear..=Jcs::Clear,
                    UsualConsciousness::SlightlyDull => Jcs::Clear..=Jcs::Three,
                    // What little answers there always are cannot be told from the words of the scale.
                    UsualConsciousness::NoResponseUsual => return Some(said(known)),
                };
                let differs = self.jcs == Known::Unknown
                    || self.jcs.value().is_some_and(|now| !same.contains(now));
                differs.then(|| said(known))
            }
            "bp" => {
                let known = usual.usual_bp.value()?;
                let apart =
                    |now: &BloodPressure| i32::from(now.systolic()) - i32::from(known.systolic());
                beside(&self.bp, known, |now| {
                    Some(format!("上の差 {:+}", apart(now)))
                })
            }
            "pulse" => apart(&self.pulse, usual.usual_pulse.value()?),
            "spo2" => apart(&self.spo2, usual.usual_spo2.value()?),
            "temp" => apart(&self.temp, usual.usual_temp.value()?),
            _ => None,
        }
    }
}

/// One thing that was noted, and what is usual if that is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub label: &'static str,
    pub now: String,
    pub usual: Option<String>,
}

impl Finding {
    /// `SpO2 88%(普段 96%、差 -8)`.
    pub fn line(&self) -> String {
        match &self.usual {
            Some(usual) => format!("{} {}({usual})", self.label, self.now),
            None => format!("{} {}", self.label, self.now),
        }
    }
}

fn said(usual: &impl Scalar) -> String {
    format!("普段 {}", usual.shown())
}

/// What is usual beside what was measured; nothing where nobody tried, or where it is the same.
fn beside<T: Scalar, U: Scalar>(
    now: &Measured<T>,
    usual: &U,
    apart: impl FnOnce(&T) -> Option<String>,
) -> Option<String> {
    match now {
        Measured::NotTaken => None,
        Measured::Unmeasurable => Some(said(usual)),
        Measured::Value(value) if value.shown() == usual.shown() => None,
        Measured::Value(value) => Some(match apart(value) {
            Some(apart) => format!("{}、{apart}", said(usual)),
            None => said(usual),
        }),
    }
}

fn apart<T: Unit, U: Unit>(now: &Measured<Number<T>>, usual: &Number<U>) -> Option<String> {
    beside(now, usual, |value| {
        let tenths = value.decimal().tenths() - usual.decimal().tenths();
        Some(match tenths % 10 {
            0 => format!("差 {:+}", tenths / 10),
            tenth => {
                let sign = if tenths < 0 { '-' } else { '+' };
                format!("差 {sign}{}.{}", tenths.abs() / 10, tenth.abs())
            }
        })
    })
}

/// What an entry says beside its words.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    #[default]
    Nothing,
    Situation(Box<Situation>),
    Observation(Box<Observation>),
    Review(Box<Review>),
    /// It is kept, and this version cannot read it.
    Unreadable,
}

impl Body {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Every problem at its key; one at `nothing` where nothing was filled in.
    pub fn read(event: Event, inputs: &Inputs) -> Result<Self, Problems> {
        match event {
            Event::Situation => read::<Situation>(inputs).map(Self::Situation),
            Event::Observation => read::<Observation>(inputs).map(Self::Observation),
            Event::Review => read::<Review>(inputs).map(Self::Review),
            _ => Ok(Self::Nothing),
        }
    }

    /// Reads what was stored.
    pub fn stored(event: Event, text: &str) -> Self {
        if !matches!(event, Event::Situation | Event::Observation | Event::Review) {
            return Self::Nothing;
        }
        let value = serde_json::from_str::<Value>(text);
        value.map_or(Self::Unreadable, |value| {
            Self::read(event, &Inputs::from_json(&value)).unwrap_or(Self::Unreadable)
        })
    }

    pub fn json(&self) -> Value {
        match self {
            Self::Situation(situation) => group_json(situation.as_ref()),
            Self::Observation(observation) => group_json(observation.as_ref()),
            Self::Review(review) => group_json(review.as_ref()),
            Self::Nothing | Self::Unreadable => Value::Object(serde_json::Map::new()),
        }
    }

    /// What it says in words; what is usual stands beside what was observed.
    pub fn lines(&self, usual: &Usual) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Situation(situation) => words_of(situation.as_ref()),
            Self::Review(review) => words_of(review.as_ref()),
            Self::Observation(observation) => {
                let findings = observation.findings(usual);
                findings.iter().map(Finding::line).collect()
            }
            Self::Unreadable => vec!["この記録は読み取れません".to_owned()],
        }
    }
}

fn read<T: Grouped>(inputs: &Inputs) -> Result<Box<T>, Problems> {
    let (group, mut problems) = read_group::<T>(inputs);
    if problems.is_empty() && answered(&group).next().is_none() {
        problems.add("nothing", "記録する内容を一つ以上選ぶか、書いてください");
    }
    match problems.is_empty() {
        true => Ok(Box::new(group)),
        false => Err(problems),
    }
}

fn words_of<T: Group>(group: &T) -> Vec<String> {
    answered(group)
        .map(|(label, shown)| format!("{label} {}", shown.line()))
        .collect()
}

fn answered<T: Group>(group: &T) -> impl Iterator<Item = (&'static str, Shown)> {
    group
        .walk()
        .map(|(field, answer)| (field.label, answer.shown()))
        .filter(|(_, shown)| !shown.is_not_asked())
}

/// One entry of an emergency.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub seq: i64,
    pub at: Moment,
    pub event: Event,
    /// The entry that this one puts right.
    pub about: Option<i64>,
    /// Who was called.
    pub who: String,
    pub outcome: Option<Outcome>,
    pub words: String,
    pub body: Body,
}

impl Entry {
    /// `長男(キーパーソン) つながらない: 留守電に残した`, beside the event's own label.
    pub fn said(&self) -> String {
        let outcome = self.outcome.map_or("", Outcome::label);
        let told = [self.who.as_str(), outcome]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        match (told.as_str(), self.words.as_str()) {
            ("", words) => words.to_owned(),
            (told, "") => told.to_owned(),
            (told, words) => format!("{told}: {words}"),
        }
    }
}

/// All that is known of one emergency, without what was put right.
#[derive(Clone, Debug, PartialEq)]
pub struct AtCall {
    /// When 急変 was tapped.
    pub began: Moment,
    pub situation: Situation,
    /// Oldest first.
    pub observations: Vec<(Moment, Observation)>,
    /// Everything else that happened, oldest first.
    pub events: Vec<Entry>,
    pub progress: Progress,
    unreadable: bool,
}

impl AtCall {
    /// From the entries in their order.
    pub fn of(began: Moment, entries: Vec<Entry>) -> Self {
        let progress = Progress::of(
            entries
                .iter()
                .map(|entry| (entry.seq, entry.event, entry.about)),
        );
        let mut all = Self {
            began,
            situation: Situation::default(),
            observations: Vec::new(),
            events: Vec::new(),
            progress,
            unreadable: false,
        };
        for entry in entries {
            let is_told = entry.event != Event::Corrected && !entry.event.is_afterwards();
            if !is_told || all.progress.is_corrected(entry.seq) {
                continue;
            }
            match entry.body {
                Body::Situation(ref said) => all.situation.take(said),
                Body::Observation(observation) => all.observations.push((entry.at, *observation)),
                Body::Unreadable => all.unreadable = true,
                Body::Review(_) | Body::Nothing => all.events.push(entry),
            }
        }
        all
    }

    /// A cause from outside, of which no order speaks, in words (safety.md S14). What cannot be read might be one.
    pub fn external_cause(&self) -> Option<&'static str> {
        let noted = self.progress.external_cause();
        let situation = || {
            let cause = self.situation.external_cause();
            cause.or(self
                .unreadable
                .then_some("急変の記録に読み取れないところがある"))
        };
        noted.or_else(situation)
    }

    /// What was done for the resident, oldest first.
    pub fn care(&self) -> impl Iterator<Item = &Entry> {
        self.events.iter().filter(|entry| entry.event.is_care())
    }

    /// Who was called, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &Entry> {
        self.events
            .iter()
            .filter(|entry| entry.event.tells_somebody())
    }

    /// Everything else that somebody noted, oldest first.
    pub fn others(&self) -> impl Iterator<Item = &Entry> {
        self.events
            .iter()
            .filter(|entry| !entry.event.is_care() && !entry.event.tells_somebody())
    }
}

impl Situation {
    /// What a later entry says takes the place of what was said; what it leaves out stays.
    fn take(&mut self, later: &Self) {
        for (index, (_, answer)) in later.walk().enumerate() {
            if answer.shown().is_not_asked() {
                continue;
            }
            let mut inputs = Inputs::default();
            answer.write(&mut inputs, "it");
            let mut reader = crate::domain::answer::Reader::new(&inputs);
            self.answer_mut(index).read(&mut reader, "it");
        }
    }

    /// What was said, with its label.
    pub fn answered(&self) -> impl Iterator<Item = (&'static str, Shown)> {
        answered(self)
    }

    fn external_cause(&self) -> Option<&'static str> {
        let kind = self
            .incident_type
            .value()
            .filter(|kind| !matches!(kind, IncidentType::SuddenIllness | IncidentType::Other));
        let complaint = self.chief_complaint.value().filter(|complaint| {
            use ChiefComplaint as C;
            matches!(
                complaint,
                C::Choking
                    | C::FallHead
                    | C::FallHipOrLimb
                    | C::Bleeding
                    | C::Burn
                    | C::AllergicReaction
                    | C::MedicationError
                    | C::HeatOrDehydration
                    | C::TubeOrDeviceTrouble
            )
        });
        kind.map(|kind| kind.choice().label)
            .or(complaint.map(|complaint| complaint.choice().label))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Inputs {
        let pairs = pairs
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()));
        Inputs::from_pairs(pairs)
    }

    fn observed(pairs: &[(&str, &str)]) -> Observation {
        match Body::read(Event::Observation, &typed(pairs)) {
            Ok(Body::Observation(observation)) => *observation,
            other => panic!("{other:?}"),
        }
    }

    fn usual() -> Usual {
        let (usual, problems) = read_group::<Usual>(&Inputs::from_json(&json!({
            "usual_consciousness": "slightly_dull", "usual_bp": "128/74", "usual_pulse": 72, "usual_spo2": 96, "usual_temp": 36.4,
        })));
        assert!(problems.is_empty(), "{problems:?}");
        usual
    }

    fn entry(seq: i64, event: Event, about: Option<i64>, body: Body) -> Entry {
        Entry {
            seq,
            at: Moment(seq * 60_000),
            event,
            about,
            who: String::new(),
            outcome: None,
            words: String::new(),
            body,
        }
    }

    fn situation(pairs: &[(&str, &str)]) -> Body {
        Body::read(Event::Situation, &typed(pairs)).unwrap()
    }

    #[test]
    fn what_differs_from_the_usual_says_by_how_much() {
        let pairs = [
            ("jcs", "10"),
            ("bp", "88/50"),
            ("pulse", "72"),
            ("spo2", "88"),
            ("temp", "38.1"),
            ("glucose", "測定不能"),
        ];
        let lines = Body::Observation(Box::new(observed(&pairs))).lines(&usual());
        let expected = [
            "意識(JCS) 10 呼ぶと目を開ける(普段 ややぼんやり)",
            "血圧 88/50(普段 128/74、上の差 -40)",
            "脈拍 72回/分",
            "SpO2 88%(普段 96%、差 -8)",
            "体温 38.1℃(普段 36.4℃、差 +1.7)",
            "血糖 測定不能",
        ];
        assert_eq!(lines, expected);
    }

    /// That nothing could be measured is a finding; that nobody measured is none.
    #[test]
    fn what_could_not_be_measured_is_not_what_was_not_taken() {
        let tried = observed(&[("bp", "unmeasurable")]);
        assert_eq!(tried.bp, Measured::Unmeasurable);
        assert_eq!(
            tried.differs("bp", &usual()).as_deref(),
            Some("普段 128/74")
        );
        assert_eq!(tried.differs("spo2", &usual()), None);
        assert_eq!(tried.findings(&usual()).len(), 1);
    }

    #[test]
    fn an_empty_note_and_two_answers_at_once_are_refused_where_they_stand() {
        for (pairs, key) in [
            (vec![], "nothing"),
            (vec![("spo2", "88"), ("spo2", "unmeasurable")], "spo2"),
            (vec![("temp", "73")], "temp"),
            (vec![("jcs", "4")], "jcs"),
        ] {
            let problems = Body::read(Event::Observation, &typed(&pairs)).unwrap_err();
            assert!(problems.at(key).is_some(), "{pairs:?}: {problems:?}");
        }
    }

    #[test]
    fn a_later_word_on_the_situation_takes_the_place_of_the_one_before_unless_it_was_put_right() {
        let first = [("incident_type", "fall"), ("last_meal", "18時 全量")];
        let then = situation(&[("incident_type", "sudden_illness"), ("witness", "介木")]);
        let entries = vec![
            entry(0, Event::Situation, None, situation(&first)),
            entry(1, Event::Situation, None, then),
        ];
        let all = AtCall::of(Moment(0), entries.clone());
        let lines: Vec<_> = all
            .situation
            .answered()
            .map(|(label, shown)| (label, shown.line()))
            .collect();
        let line = |label, words: &str| (label, words.to_owned());
        assert_eq!(
            lines,
            [
                line("種別", "急病"),
                line("見ていた人", "介木"),
                line("最後の食事", "18時 全量")
            ]
        );
        assert_eq!(all.external_cause(), None);

        let mut entries = entries;
        entries.push(entry(2, Event::Corrected, Some(1), Body::Nothing));
        let all = AtCall::of(Moment(0), entries);
        assert_eq!(all.external_cause(), Some("転倒・転落"));
        assert!(all.situation.witness.value().is_none());
    }

    #[test]
    fn s14_what_cannot_be_read_might_be_a_cause_from_outside() {
        let body = Body::stored(Event::Situation, "{\"incident_type\":\"later\"}");
        assert_eq!(body, Body::Unreadable);
        assert_eq!(Body::stored(Event::Observation, "{"), Body::Unreadable);
        let all = AtCall::of(Moment(0), vec![entry(0, Event::Situation, None, body)]);
        assert!(all.external_cause().is_some());
    }

    proptest! {
        #[test]
        fn what_was_stored_is_what_was_noted(
            jcs in prop::sample::select(vec!["", "0", "2", "30", "300"]),
            bp in prop::option::of((60_u16..220, 20_u16..60)),
            spo2 in prop::option::of(30_u16..=100),
            temp in prop::option::of(200_u16..=450),
            tried in any::<bool>(),
        ) {
            let mut pairs = vec![("jcs".to_owned(), jcs.to_owned()), ("pupils".to_owned(), "左右差あり".to_owned())];
            pairs.extend(bp.map(|(high, low)| ("bp".to_owned(), format!("{high}/{low}"))));
            pairs.extend(spo2.map(|spo2| ("spo2".to_owned(), spo2.to_string())));
            pairs.extend(temp.map(|temp| ("temp".to_owned(), format!("{}.{}", temp / 10, temp % 10))));
            if tried {
                pairs.push(("pulse".to_owned(), "unmeasurable".to_owned()));
            }
            let body = Body::read(Event::Observation, &Inputs::from_pairs(pairs)).unwrap();
            prop_assert_eq!(Body::stored(Event::Observation, &body.json().to_string()), body);
        }
    }
}
