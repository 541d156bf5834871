//! The usual state, against which a crew compares.

use super::care::CARE_FACTS;
use super::{Pen, tenths};
use crate::domain::date::Day;

impl Pen<'_> {
    pub(super) fn usual(&mut self) {
        let daily = self.daily;
        let note = *self.chance.pick(self.person.case.notes);
        let deaf = self.chance.happens(30);
        for (key, value) in [
            ("usual_condition_note", note),
            ("usual_consciousness", daily.wits),
            ("usual_conversation", daily.talks),
            ("usual_mobility", daily.moves),
            ("paralysis", "none"),
            ("vision", "no_problem"),
            (
                "hearing",
                if deaf {
                    "some_difficulty"
                } else {
                    "no_problem"
                },
            ),
            (
                "speech",
                if daily.talks == "impossible" {
                    "difficult"
                } else {
                    "no_problem"
                },
            ),
            (
                "communication",
                match daily.talks {
                    "possible" => "no_problem",
                    "partial" => "some_difficulty",
                    _ => "difficult",
                },
            ),
            (
                "communication_note",
                match (deaf, daily.talks) {
                    (_, "impossible") => "言葉でのやりとりは難しく、表情と手の力で判断しています",
                    (true, _) => "右耳が聞こえやすいです。大声より、低い声でゆっくり",
                    (false, "partial") => {
                        "短い言葉で1つずつ。「はい」だけの返事は理解していないことがあります"
                    }
                    (false, _) => "普通の会話ができます。説明すれば自分で判断できます",
                },
            ),
        ] {
            self.say(key, value);
        }
        let sites = self.ticked("paralysis_site");
        self.draft.ticks("paralysis_site", &sites, self.on);
        let (glasses, aid) = (self.chance.happens(50), deaf && self.chance.happens(50));
        self.draft.yes_no("glasses", glasses);
        self.draft.yes_no("hearing_aid", aid);
        self.vitals();
        self.grades();
        for illness in self.ill.clone() {
            for (key, value) in illness
                .facts
                .iter()
                .filter(|(key, _)| !CARE_FACTS.contains(key))
            {
                self.say(key, *value);
            }
        }
    }

    fn vitals(&mut self) {
        let (high, low) = (self.chance.between(112, 138), self.chance.between(58, 78));
        self.say("usual_bp", format!("{high}/{low}"));
        let pulse = self.chance.between(62, 82);
        self.say("usual_pulse", pulse.to_string());
        let oxygen = self.chance.between(95, 98);
        self.say("usual_spo2", oxygen.to_string());
        let temperature = self.chance.between(358, 367);
        self.say("usual_temp", tenths(temperature.into()));
    }

    fn grades(&mut self) {
        let daily = self.daily;
        let level = if daily.care == 0 {
            "support2".to_owned()
        } else {
            format!("care{}", daily.care)
        };
        self.say("care_level", level);
        self.say("certification_status", "certified");
        let from = self.on.plus_months(-self.chance.between(1, 20));
        let from = Day::from_ymd(from.year(), from.month(), 1).unwrap_or(from);
        self.say("care_level_valid_from", from.iso());
        self.say(
            "care_level_valid_to",
            from.plus_months(36).plus_days(-1).iso(),
        );
        self.say(
            "disability_adl",
            match (daily.moves, daily.care) {
                ("independent", _) => "J2",
                ("cane", ..=1) => "J2",
                ("cane", _) => "A1",
                ("walker", _) => "A2",
                ("wheelchair_self", _) => "B1",
                ("wheelchair_assisted", _) => "B2",
                (_, 5) => "C2",
                _ => "C1",
            },
        );
        self.say("dementia_adl", daily.dementia);
        self.say("independence_judged_by", "physician_opinion");
    }
}
