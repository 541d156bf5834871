//! Block D: who is called, in the order of priority.

use crate::domain::answer::{Checks, Known, Number, Rows, Text, Unit, YesNo, answers, choice};
use crate::domain::date::Day;
use crate::domain::kana::Kana;
use crate::domain::phone::Phone;
use crate::domain::text::PersonName;

answers! {
    pub struct Contacts {
        /// In the order of priority.
        emergency_contacts: Rows<EmergencyContact> = "緊急連絡先",
        /// In the order in which to call.
        physicians: Rows<Physician> = "かかりつけ医・主治医",
        partner_hospitals: Rows<PartnerHospital> = "協力医療機関",
        surrogate_basis: Known<Text<80>> = "代理意思決定者とした経緯",
        guarantor_name: Known<PersonName> = "身元引受人・保証人",
        guarantor_relationship: Known<Relationship> = "身元引受人の続柄",
        guarantor_phone: Known<Phone> = "身元引受人の電話",
        guardian_kind: Known<GuardianKind> = "成年後見",
        guardian_name: Known<PersonName> = "成年後見人の氏名",
        guardian_phone: Known<Phone> = "成年後見人の電話",
        care_manager_name: Known<PersonName> = "ケアマネジャー",
        care_manager_office: Known<Text<60>> = "ケアマネジャーの事業所",
        care_manager_phone: Known<Phone> = "ケアマネジャーの電話",
        community_support_center: Known<Text<60>> = "地域包括支援センター",
        community_support_center_phone: Known<Phone> = "地域包括支援センターの電話",
        welfare_commissioner: Known<PersonName> = "民生委員",
        welfare_commissioner_phone: Known<Phone> = "民生委員の電話",
        dentist_name: Known<Text<60>> = "かかりつけ歯科",
        dentist_phone: Known<Phone> = "かかりつけ歯科の電話",
        pharmacy_name: Known<Text<60>> = "かかりつけ薬局",
        pharmacy_phone: Known<Phone> = "かかりつけ薬局の電話",
    }
}

answers! {
    pub struct EmergencyContact {
        name: Known<PersonName> = "氏名",
        name_kana: Known<Kana> = "ふりがな",
        relationship: Known<Relationship> = "続柄",
        phone_mobile: Known<Phone> = "携帯電話",
        phone_home: Known<Phone> = "自宅・勤務先の電話",
        reachable_hours: Known<Text<40>> = "つながる時間",
        is_key_person: Known<YesNo> = "キーパーソン",
        is_substitute_decision_maker: Known<YesNo> = "代理意思決定者",
        is_primary_caregiver: Known<YesNo> = "主介護者",
        can_come: Known<CanCome> = "来所",
        cohabiting: Known<YesNo> = "同居",
        age: Known<Number<Years>> = "年齢",
        lives_at: Known<Text<80>> = "住まい",
        last_confirmed_on: Known<Day> = "番号の確認日",
    }
}

answers! {
    pub struct Physician {
        role: Known<PhysicianRole> = "区分",
        institution: Known<Text<60>> = "医療機関",
        department: Known<Text<30>> = "診療科",
        name: Known<PersonName> = "医師名",
        name_kana: Known<Kana> = "ふりがな",
        phone_24h: Known<Phone> = "24時間電話",
        phone_day: Known<Phone> = "日中の電話",
        visit_mode: Known<VisitMode> = "診察方法",
        visits_per_month: Known<Number<TimesPerMonth>> = "診察頻度",
        knows_directive: Known<YesNo> = "指示書の内容を把握",
        last_confirmed_on: Known<Day> = "番号の確認日",
    }
}

answers! {
    pub struct PartnerHospital {
        name: Known<Text<60>> = "医療機関",
        phone: Known<Phone> = "電話",
        accepts: Checks<Accepts> = "対応",
        hours: Known<Text<40>> = "対応時間",
        agreement_confirmed_on: Known<Day> = "取り決めの確認日",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Years;

impl Unit for Years {
    const NAME: &'static str = "歳";
    const TENTHS: (i32, i32) = (0, 1300);
    const DECIMALS: bool = false;
}

#[derive(Clone, Debug, PartialEq)]
pub struct TimesPerMonth;

impl Unit for TimesPerMonth {
    const NAME: &'static str = "回/月";
    const TENTHS: (i32, i32) = (0, 310);
    const DECIMALS: bool = true;
}

choice! {
    pub enum Relationship {
        Spouse = "spouse": "配偶者",
        Son = "son": "息子",
        Daughter = "daughter": "娘",
        SonInLaw = "son_in_law": "娘の夫",
        DaughterInLaw = "daughter_in_law": "息子の妻",
        Sibling = "sibling": "兄弟姉妹",
        Grandchild = "grandchild": "孫",
        Parent = "parent": "親",
        NephewNiece = "nephew_niece": "甥・姪",
        Guardian = "guardian": "成年後見人",
        Guarantor = "guarantor": "身元保証人",
        Friend = "friend": "友人・知人",
        Facility = "facility": "施設職員",
        Municipality = "municipality": "行政",
        Other = "other": "その他",
    }
}

choice! {
    pub enum CanCome {
        Yes = "yes": "可",
        No = "no": "不可",
        Conditional = "conditional": "条件付き",
    }
}

choice! {
    pub enum PhysicianRole {
        PrimaryDoctor = "primary_doctor": "かかりつけ医",
        AttendingFacilityDoctor = "attending_facility_doctor": "配置医",
        VisitingDoctor = "visiting_doctor": "訪問診療医",
        Specialist = "specialist": "専門医",
        VisitingNurseStation = "visiting_nurse_station": "訪問看護",
    }
}

choice! {
    pub enum VisitMode {
        Outpatient = "outpatient": "通院",
        HomeVisit = "home_visit": "訪問診療",
        FacilityDoctor = "facility_doctor": "配置医の診察",
        HouseCall = "house_call": "往診",
    }
}

choice! {
    pub enum Accepts {
        Consultation = "consultation": "相談",
        Visit = "visit": "診療・往診",
        Admission = "admission": "入院",
    }
}

choice! {
    pub enum GuardianKind {
        Guardianship = "guardianship": "後見",
        Curatorship = "curatorship": "保佐",
        Assistance = "assistance": "補助",
        Voluntary = "voluntary": "任意後見",
        None = "none": "なし",
    }
}
