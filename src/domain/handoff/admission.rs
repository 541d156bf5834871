//! What is about this stay alone: the letter's head, and what the facility thinks and asks (marks E and F of
//! domain/forms.md §1(a) and §2.1).

use crate::domain::answer::{Checks, Known, Lines, Text, YesNo, answers, choice};
use crate::domain::date::Day;
use crate::domain::phone::Phone;
use crate::domain::text::PersonName;

answers! {
    pub struct Admission {
        hospital_name: Known<Text<60>> = "医療機関名",
        hospital_ward: Known<Text<40>> = "棟・室",
        hospital_contact_name: Known<PersonName> = "病院の担当者",
        hospital_contact_role: Known<Text<40>> = "病院の担当者の職種",
        hospital_phone: Known<Phone> = "病院の電話",
        hospital_fax: Known<Phone> = "病院のFAX",
        transported_on: Known<Day> = "搬送日",
        admitted_on: Known<Day> = "入院日",
        admission_reason: Known<Text<120>> = "入院の理由",
        status_as_of: Known<Day> = "状態の基準日",
        sender_name: Known<PersonName> = "施設の担当者",
        sender_role: Known<Text<40>> = "施設の担当者の職種",
        last_bath_on: Known<Day> = "最終入浴日",
        last_bowel_movement_on: Known<Day> = "最終排便日",
        last_urination_at: Known<Text<40>> = "最終排尿",
        points_of_living: Known<Lines<400>> = "生活支援上の留意点",
        cognition_note: Known<Lines<300>> = "認知機能・関わり方",
        household_after_discharge: Known<HouseholdAfter> = "退院後の世帯状況",
        household_care_needed: Known<YesNo> = "世帯に対する配慮",
        household_care_note: Known<Text<80>> = "世帯に対する配慮の内容",
        caregiver_after_discharge: Known<CaregiverAfter> = "退院後の主介護者",
        caregiving_capacity: Known<CaregivingCapacity> = "介護力",
        return_requirements: Known<Lines<300>> = "施設として退院後の受入れに必要な条件",
        conference_requests: Checks<ConferenceRequest> = "カンファレンス等の希望",
        bed_hold_until: Known<Day> = "ベッドを空けておく期限",
        bed_hold_confirmed_by: Known<PersonName> = "ベッド確保を確かめた人",
        attachments: Checks<Attachment> = "添付書類",
        admission_note: Known<Lines<300>> = "特記事項",
    }
}

answers! {
    /// What only some may see and no crew's page has (domain/forms.md §6.11).
    pub struct Sensitive {
        abuse_suspicion: Known<YesNo> = "家族や同居者等による虐待の疑い",
        abuse_note: Known<Lines<200>> = "虐待の疑いの内容",
        financial_hardship: Known<YesNo> = "生活困窮",
        financial_note: Known<Lines<200>> = "生活困窮の内容",
    }
}

choice! {
    pub enum HouseholdAfter {
        SameFacility = "same_facility": "同じ施設に戻る",
        Alone = "alone": "独居",
        Elderly = "elderly": "高齢世帯",
        WithChild = "with_child": "子と同居",
        Other = "other": "その他",
    }
}

choice! {
    pub enum CaregiverAfter {
        Facility = "facility": "施設の職員",
        SameAsSheet = "same_as_sheet": "連絡先の主介護者に同じ",
        Other = "other": "左記以外",
    }
}

choice! {
    pub enum CaregivingCapacity {
        Enough = "enough": "見込める(十分)",
        Partial = "partial": "見込める(一部)",
        None = "none": "見込めない",
        Nobody = "nobody": "家族や支援者はいない",
    }
}

choice! {
    pub enum ConferenceRequest {
        InHospital = "in_hospital": "院内の多職種カンファレンスへの参加",
        BeforeDischarge = "before_discharge": "退院前カンファレンスへの参加",
        HomeVisit = "home_visit": "退院前訪問指導への同行",
    }
}

choice! {
    pub enum Attachment {
        CarePlan = "care_plan": "施設サービス計画書",
        MedicationNotebook = "medication_notebook": "お薬手帳の写し",
        ReferralLetter = "referral_letter": "診療情報提供書",
        NursingSummary = "nursing_summary": "看護サマリー",
        InsuranceCard = "insurance_card": "保険証の写し",
        AcpRecord = "acp_record": "ACPの記録",
        Images = "images": "画像",
        Other = "other": "その他",
    }
}
