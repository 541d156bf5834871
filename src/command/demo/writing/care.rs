//! Daily care, behaviour and food.

use super::super::cases::{Daily, Eats};
use super::Pen;

impl Pen<'_> {
    pub(super) fn care(&mut self) {
        let helped = help(self.daily);
        for (key, levels) in ADL {
            self.say(key, levels[helped]);
        }
        let day = self.on;
        let aids: &[&str] = match self.daily.moves {
            "cane" => &["cane"],
            "walker" => &["walker"],
            "wheelchair_self" | "wheelchair_assisted" | "bedridden" => &["wheelchair"],
            _ => &[],
        };
        self.draft.ticks("mobility_aid_indoor", aids, day);
        let outdoors: &[&str] = if self.daily.moves == "independent" {
            &[]
        } else {
            &["wheelchair"]
        };
        self.draft.ticks("mobility_aid_outdoor", outdoors, day);
        self.say(
            "portable_toilet",
            if helped == 2 { "night" } else { "none" },
        );
        self.say(
            "diaper_use",
            ["none", "none", "night", "always", "always"][helped],
        );
        self.say("sleep", "good");
        self.draft.yes_no("hypnotics", false);
        self.say("smoking_per_day", "0");
        self.say("alcohol_go_per_day", "0");
        let assessed = self.ago(5, 60);
        self.say("care_assessed_on", assessed.iso());
        for illness in self.ill.clone() {
            for (key, value) in illness
                .facts
                .iter()
                .filter(|(key, _)| CARE_FACTS.contains(key))
            {
                self.say(key, *value);
            }
        }
        self.behaviour();
    }

    fn behaviour(&mut self) {
        let mut codes: Vec<&str> = self.ticked("behavioral_issues");
        if codes.is_empty() && matches!(self.daily.dementia, "IIb" | "IIIa") {
            let likely = [
                ["wandering", "care_refusal"],
                ["agitation", "insomnia"],
                ["care_refusal", "day_night_reversal"],
            ];
            let some = usize::try_from(self.chance.between(0, 2)).unwrap_or(0);
            codes.extend(self.chance.pick(&likely).iter().take(some));
        }
        self.draft.ticks("behavioral_issues", &codes, self.on);
    }

    pub(super) fn food(&mut self) {
        for (key, value) in food_of(self.daily.eats) {
            self.say(key, *value);
        }
        let thicker = match self.daily.eats {
            Eats::Chopped => "thin",
            Eats::Soft => "medium",
            Eats::Blended => "thick",
            Eats::Regular | Eats::Tube | Eats::OnlyTube => "",
        };
        if !thicker.is_empty() && self.chance.happens(45) {
            self.say("thickener", thicker);
        }
        let denture = *self
            .chance
            .pick(&["both", "both", "upper", "partial", "none"]);
        self.say("denture", denture);
        self.say("oral_hygiene", "good");
        self.say(
            "oral_care",
            ["independent", "independent", "partial", "full", "full"][help(self.daily)],
        );
        for key in ["halitosis", "teeth_dirty", "gum_swelling_bleeding"] {
            let yes = self.chance.happens(12);
            self.draft.yes_no(key, yes);
        }
        for key in ["diet_restriction", "fluid_restriction"] {
            if self.draft.says(key).is_empty() {
                self.draft.yes_no(key, false);
            }
        }
    }
}

/// How much help somebody needs, from 0 (none) to 4 (with everything).
fn help(daily: Daily) -> usize {
    match daily.moves {
        "bedridden" => 4,
        "wheelchair_assisted" => 3,
        "wheelchair_self" => 2,
        _ if daily.care >= 3 => 2,
        _ if daily.care == 2 => 1,
        _ => 0,
    }
}

/// Each act by the help it takes, in the order of `help`.
const ADL: &[(&str, [&str; 5])] = &[
    (
        "adl_mobility",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "adl_transfer",
        ["independent", "independent", "partial", "partial", "full"],
    ),
    (
        "adl_bed_mobility",
        [
            "independent",
            "independent",
            "independent",
            "partial",
            "full",
        ],
    ),
    (
        "adl_eating",
        [
            "independent",
            "independent",
            "supervision",
            "partial",
            "full",
        ],
    ),
    (
        "adl_dressing",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "adl_grooming",
        ["independent", "supervision", "partial", "partial", "full"],
    ),
    (
        "adl_bathing",
        ["supervision", "partial", "partial", "full", "full"],
    ),
    (
        "adl_toileting",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "urination",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "defecation",
        ["independent", "supervision", "partial", "full", "full"],
    ),
];

/// What somebody eats and how, in the record's own codes.
fn food_of(eats: Eats) -> &'static [(&'static str, &'static str)] {
    match eats {
        Eats::Regular => &[
            ("oral_intake", "oral"),
            ("nutrition_route", "oral"),
            ("diet_texture", "regular"),
            ("staple_form", "rice"),
            ("side_form", "regular"),
            ("choking", "never"),
            ("dysphagia", "no"),
            ("meals_per_day", "3"),
            ("meal_times", "7:30・12:00・18:00"),
            ("thickener", "none"),
        ],
        Eats::Chopped => &[
            ("oral_intake", "oral"),
            ("nutrition_route", "oral"),
            ("diet_texture", "chopped"),
            ("staple_form", "soft_rice"),
            ("side_form", "chopped"),
            ("dysphagia_diet_code_staple", "4"),
            ("dysphagia_diet_code_side", "4"),
            ("udf_category", "gums"),
            ("choking", "sometimes"),
            ("dysphagia", "no"),
            ("meals_per_day", "3"),
            ("meal_times", "7:30・12:00・18:00"),
            ("thickener", "none"),
        ],
        Eats::Soft => &[
            ("oral_intake", "oral"),
            ("nutrition_route", "oral"),
            ("diet_texture", "dysphagia"),
            ("staple_form", "porridge"),
            ("side_form", "soft"),
            ("dysphagia_diet_code_staple", "3"),
            ("dysphagia_diet_code_side", "3"),
            ("udf_category", "tongue"),
            ("choking", "sometimes"),
            ("dysphagia", "yes"),
            ("meals_per_day", "3"),
            ("meal_times", "7:30・12:00・18:00"),
            ("thickener", "thin"),
        ],
        Eats::Blended => &[
            ("oral_intake", "oral"),
            ("nutrition_route", "oral"),
            ("diet_texture", "blended"),
            ("staple_form", "blended_porridge"),
            ("side_form", "blended"),
            ("dysphagia_diet_code_staple", "2-1"),
            ("dysphagia_diet_code_side", "2-1"),
            ("udf_category", "no_chewing"),
            ("choking", "sometimes"),
            ("dysphagia", "yes"),
            ("meals_per_day", "3"),
            ("meal_times", "7:30・12:00・18:00"),
            ("thickener", "medium"),
        ],
        Eats::Tube => &[
            ("oral_intake", "partial"),
            ("nutrition_route", "gastrostomy"),
            ("diet_texture", "dysphagia"),
            ("staple_form", "none"),
            ("side_form", "jelly"),
            ("dysphagia_diet_code_side", "0j"),
            ("udf_category", "no_chewing"),
            ("choking", "sometimes"),
            ("dysphagia", "yes"),
            ("meals_per_day", "3"),
            ("meal_times", "7時・12時・17時(注入)"),
            ("thickener", "thick"),
        ],
        Eats::OnlyTube => &[
            ("oral_intake", "tube"),
            ("nutrition_route", "gastrostomy"),
            ("staple_form", "none"),
            ("dysphagia", "yes"),
            ("meals_per_day", "3"),
            ("meal_times", "7時・12時・17時(注入)"),
            ("thickener", "none"),
        ],
    }
}

/// Facts of an illness that stand among care, written after what care usually is.
pub(super) const CARE_FACTS: &[&str] = &["hypnotics", "sleep", "sleep_note"];
