//! What a sheet leaves open, as real ones do.

use super::super::person::Fullness;
use super::Pen;

impl Pen<'_> {
    pub(super) fn leave_gaps(&mut self) {
        match self.person.fullness {
            Fullness::Complete => {}
            Fullness::Usual => self.forget_some(OPTIONAL, 30),
            Fullness::Thin => {
                self.forget_some(OPTIONAL, 75);
                self.forget_some(OFTEN_MISSING, 45);
                self.not_known();
            }
            Fullness::Bare => self.only_imported(),
        }
    }

    fn forget_some(&mut self, keys: &[&str], percent: i32) {
        for key in keys {
            if self.chance.happens(percent) {
                self.draft.forget(key);
            }
        }
    }

    fn not_known(&mut self) {
        for key in [
            "allergies",
            "infections",
            "past_history",
            "thickener",
            "usual_consciousness",
        ] {
            if self.chance.happens(25) {
                self.draft.unknown(key);
            }
        }
    }

    fn only_imported(&mut self) {
        let typed = self.draft.typed();
        let kept = |key: &str| IMPORTED.contains(&key);
        for (key, _) in typed.iter().filter(|(key, _)| !kept(key)) {
            self.draft.forget(key);
        }
    }
}

/// What a list of residents brings along.
const IMPORTED: &[&str] = &[
    "resident_number",
    "name",
    "name_kana",
    "birth_date",
    "sex",
    "floor",
    "room",
    "moved_in_on",
    "care_level",
    "emergency_contacts.0.name",
    "emergency_contacts.0.relationship",
    "emergency_contacts.0.phone_mobile",
];

/// What a busy home leaves for later.
const OPTIONAL: &[&str] = &[
    "blood_type",
    "blood_rh",
    "weight_kg",
    "partner_hospitals",
    "surrogate_basis",
    "food_allergens",
    "infection_screening",
    "glasses",
    "hearing_aid",
    "vision",
    "hearing",
    "speech",
    "usual_temp",
    "admission_last_6m",
    "admission_frequency",
    "admission_last_6m_detail",
    "medication_list_attached",
    "medication_adherence",
    "transport_preference",
    "transport_hospital_name",
    "wish_of_person",
    "wish_of_family",
    "next_review_on",
    "dysphagia_diet_code_staple",
    "dysphagia_diet_code_side",
    "udf_category",
    "meals_per_day",
    "meal_times",
    "oral_hygiene",
    "oral_care",
    "halitosis",
    "teeth_dirty",
    "gum_swelling_bleeding",
    "adl_bed_mobility",
    "adl_grooming",
    "adl_dressing",
    "mobility_aid_outdoor",
    "portable_toilet",
    "smoking_per_day",
    "alcohol_go_per_day",
    "procedures_national",
    "insurance_copayment",
    "limit_certificate",
    "myna_card_registered",
    "insured_number",
    "copayment_rate",
    "income_support",
    "public_aid",
    "disability_certification",
    "life_history",
    "interests",
    "dentist_name",
    "dentist_phone",
    "acp_discussions",
];

/// What surveys of real sheets find missing (domain/forms.md §6.5).
const OFTEN_MISSING: &[&str] = &[
    "allergies",
    "infections",
    "medication_as_of",
    "usual_condition_note",
    "communication",
    "paralysis",
    "thickener",
    "emergency_contacts.0.reachable_hours",
    "emergency_contacts.1",
    "physicians.0.phone_24h",
    "current_conditions.0.onset_on",
    "usual_bp",
    "usual_pulse",
    "usual_spo2",
    "care_assessed_on",
    "pressure_ulcers",
    "message_to_ems",
    "past_history",
    "high_alert_flags",
    "devices",
];
