//! What the facility needs back from the hospital: the 18 groups of 退院時情報収集書 (domain/forms.md §1(f), end) and the
//! items of the national 退院・退所情報記録書 (§1(c)).
//!
//! Nothing of it enters the resident's record by itself, and a hospital's order about resuscitation never does
//! (safety.md S16).

use crate::domain::answer::{Checks, Known, Lines, Number, Rows, Text, YesNo, answers, choice};
use crate::domain::date::Day;
use crate::domain::phone::Phone;
use crate::domain::record::{
    AdlLevel, Allergy, Choking, Denture, DysphagiaDietCode, InfectionAgent, InfectionStatus,
    Isolation, Kilograms, MedicationForm, MobilityAid, NationalProcedure, NutritionRoute, OralCare,
    OralHygiene, PressureUlcer, Procedure, SideForm, Sleep, StapleForm, Thickener,
};
use crate::domain::text::PersonName;

answers! {
    pub struct Discharge {
        discharge_expected_on: Known<Day> = "退院予定日",
        discharged_on: Known<Day> = "退院日",
        discharge_time: Known<Text<20>> = "退院の時刻",
        return_transport: Known<ReturnTransport> = "帰りの移動手段",
        discharge_primary_cause: Known<Text<120>> = "入院の原因になった病気",
        discharge_diagnoses: Rows<DischargeDiagnosis> = "診断名",
        hospital_course: Known<Lines<600>> = "入院中の経過",
        discharge_medications: Rows<DischargeMedication> = "退院時の処方",
        next_prescription_on: Known<Day> = "次回処方日",
        medication_handling_note: Known<Lines<300>> = "退院後の服薬に必要な工夫",
        follow_up_visits: Rows<FollowUpVisit> = "次回受診",
        medical_follow_up_institution: Known<Text<60>> = "今後の医学管理をする医療機関",
        medical_follow_up_mode: Known<FollowUpMode> = "今後の医学管理の方法",
        discharge_procedures_national: Checks<NationalProcedure> = "退院後に必要な医療処置",
        discharge_procedures: Rows<Procedure> = "医療処置の詳細",
        discharge_nutrition_route: Checks<NutritionRoute> = "退院時の栄養の経路",
        discharge_staple_form: Known<StapleForm> = "退院時の主食",
        discharge_side_form: Known<SideForm> = "退院時の副食",
        discharge_diet_code_staple: Known<DysphagiaDietCode> = "退院時の嚥下調整食コード(主食)",
        discharge_diet_code_side: Known<DysphagiaDietCode> = "退院時の嚥下調整食コード(副食)",
        discharge_thickener: Known<Thickener> = "退院時の水分のとろみ",
        discharge_intake: Known<Text<80>> = "食事・水分の摂取量",
        tube_feeding_detail: Known<Text<120>> = "経管栄養の製品・量・速度・回数",
        discharge_choking: Known<Choking> = "退院時のむせ",
        discharge_denture: Known<Denture> = "退院時の義歯",
        denture_used_in_hospital: Known<YesNo> = "入院中の義歯の使用",
        discharge_oral_hygiene: Known<OralHygiene> = "退院時の口腔の清潔",
        discharge_oral_care: Known<OralCare> = "退院時の口腔ケア",
        discharge_weight_kg: Known<Number<Kilograms>> = "退院時の体重",
        discharge_pressure_ulcers: Rows<PressureUlcer> = "退院時の褥瘡",
        discharge_skin: Known<Text<120>> = "退院時の皮膚の状態",
        discharge_infections: Rows<DischargeInfection> = "入院中の感染症",
        discharge_adl_mobility: Known<AdlLevel> = "退院時の移動",
        discharge_adl_transfer: Known<AdlLevel> = "退院時の移乗",
        discharge_adl_bed_mobility: Known<AdlLevel> = "退院時の起居動作",
        discharge_adl_eating: Known<AdlLevel> = "退院時の食事動作",
        discharge_adl_dressing: Known<AdlLevel> = "退院時の更衣",
        discharge_adl_grooming: Known<AdlLevel> = "退院時の整容",
        discharge_adl_bathing: Known<AdlLevel> = "退院時の入浴",
        discharge_adl_toileting: Known<AdlLevel> = "退院時の排泄",
        discharge_mobility_aid: Checks<MobilityAid> = "退院時の移動手段",
        discharge_bathing_method: Known<BathingMethod> = "入浴方法",
        cognition_at_discharge: Checks<CognitionAtDischarge> = "認知・精神",
        restraint_used: Known<YesNo> = "身体拘束",
        restraint_note: Known<Text<120>> = "身体拘束の内容・解除日",
        discharge_sleep: Known<Sleep> = "退院時の睡眠",
        discharge_sleep_note: Known<Text<60>> = "退院時の睡眠の特記事項",
        discharge_hypnotics: Known<YesNo> = "退院時の眠剤の使用",
        discharge_excretion_method: Checks<ExcretionMethod> = "排泄方法",
        discharge_last_bowel_movement_on: Known<Day> = "退院前の最終排便日",
        new_allergies: Rows<Allergy> = "入院中に判明したアレルギー・副作用",
        hospital_acp_held: Known<YesNo> = "入院中の人生会議(ACP)",
        hospital_acp_on: Known<Day> = "話し合った日",
        hospital_acp_note: Known<Lines<300>> = "話し合いの内容",
        hospital_dnar: Known<HospitalDnar> = "入院中の蘇生についての指示",
        hospital_dnar_note: Known<Text<120>> = "その指示の医師・日付・範囲",
        prognosis_note: Known<Lines<300>> = "予後・急変の見込み",
        retransport_criteria: Known<Lines<300>> = "再搬送の基準",
        nursing_points: Checks<NursingPoint> = "看護の視点",
        rehab_points: Checks<RehabPoint> = "リハビリの視点",
        rehab_note: Known<Text<120>> = "リハビリの内容",
        contraindications: Known<YesNo> = "禁忌事項",
        contraindications_note: Known<Text<200>> = "禁忌の内容・留意点",
        acceptance_of_person: Known<Lines<200>> = "本人の病気の受け止め方",
        wish_after_discharge: Known<Lines<200>> = "退院後の生活に関する本人の意向",
        acceptance_of_family: Known<Lines<200>> = "家族の病気の受け止め方",
        family_wish_after_discharge: Known<Lines<200>> = "退院後の生活に関する家族の意向",
        obstacles_at_discharge: Known<Lines<300>> = "退院に際しての日常生活の阻害要因",
        belongings_returned: Known<Text<120>> = "持ち物・返却物",
        ward_phone: Known<Phone> = "病棟の電話",
        msw_name: Known<PersonName> = "MSW・退院調整の担当者",
        msw_phone: Known<Phone> = "MSW・退院調整の電話",
        hospital_night_phone: Known<Phone> = "病院の夜間の電話",
        documents_received: Checks<DischargePaper> = "書類・お薬の受け取り",
        contact_log: Rows<Contact> = "病院との連絡の記録",
        discharge_note: Known<Lines<300>> = "退院についての特記事項",
    }
}

answers! {
    pub struct DischargeDiagnosis {
        name: Known<Text<60>> = "病名",
        status: Known<super::super::record::ConditionStatus> = "状態",
        onset_on: Known<crate::domain::date::PartialDay> = "発症",
    }
}

answers! {
    pub struct DischargeMedication {
        name: Known<Text<80>> = "薬の名前",
        dose: Known<Text<40>> = "用量",
        timing: Known<Text<40>> = "用法",
        form: Known<MedicationForm> = "区分",
        days: Known<Number<super::super::record::Days>> = "日数",
        left: Known<Text<20>> = "残数",
        change: Known<MedicationChange> = "変更",
        reason: Known<Text<60>> = "理由・備考",
    }
}

answers! {
    pub struct FollowUpVisit {
        on: Known<Day> = "日",
        time: Known<Text<20>> = "時刻",
        institution: Known<Text<60>> = "医療機関",
        department: Known<Text<30>> = "診療科",
        purpose: Known<Text<60>> = "検査・目的",
    }
}

answers! {
    pub struct DischargeInfection {
        agent: Known<InfectionAgent> = "病原体",
        note: Known<Text<40>> = "部位・その他の名称",
        status: Known<InfectionStatus> = "結果",
        tested_on: Known<Day> = "検査日",
        isolation: Known<Isolation> = "隔離",
        isolation_until: Known<Day> = "隔離の解除日",
    }
}

answers! {
    /// One talk with the hospital; how many there were decides the class of the discharge claim (domain/forms.md §3.1).
    pub struct Contact {
        on: Known<Day> = "聞き取り日",
        profession: Known<Text<30>> = "職種",
        name: Known<PersonName> = "氏名",
        conference: Known<YesNo> = "会議への出席",
        note: Known<Text<80>> = "内容",
    }
}

choice! {
    pub enum ReturnTransport {
        Facility = "facility": "施設の送迎車",
        CareTaxi = "care_taxi": "介護タクシー",
        WelfareTransport = "welfare_transport": "福祉有償運送",
        HospitalVehicle = "hospital_vehicle": "病院の車・救急車",
        Family = "family": "家族の車",
        Undecided = "undecided": "未定",
    }
}

choice! {
    pub enum MedicationChange {
        Same = "same": "変更なし",
        Started = "started": "開始",
        Changed = "changed": "変更",
        Stopped = "stopped": "中止",
    }
}

choice! {
    pub enum FollowUpMode {
        Visit = "visit": "通院",
        HomeVisit = "home_visit": "訪問診療",
        FacilityPhysician = "facility_physician": "配置医師",
    }
}

choice! {
    pub enum BathingMethod {
        Independent = "independent": "自立",
        Shower = "shower": "シャワー浴",
        Ordinary = "ordinary": "一般浴",
        Machine = "machine": "機械浴",
        None = "none": "行わず",
    }
}

choice! {
    pub enum ExcretionMethod {
        Toilet = "toilet": "トイレ",
        Portable = "portable": "ポータブル",
        Diaper = "diaper": "おむつ",
        Catheter = "catheter": "カテーテル・パウチ",
    }
}

choice! {
    pub enum CognitionAtDischarge {
        Decline = "decline": "認知機能低下",
        Delirium = "delirium": "せん妄",
        Wandering = "wandering": "徘徊",
        Agitation = "agitation": "焦燥・不穏",
        Aggression = "aggression": "攻撃性",
        Other = "other": "その他",
    }
}

choice! {
    /// Whatever is chosen, it ends with the stay: the facility's physician decides anew (safety.md S16).
    pub enum HospitalDnar {
        None = "none": "指示はなかった",
        Existed = "existed": "指示があった(施設では続きません)",
    }
}

choice! {
    pub enum NursingPoint {
        BloodPressure = "blood_pressure": "血圧",
        FluidRestriction = "fluid_restriction": "水分制限",
        DietRestriction = "diet_restriction": "食事制限",
        DietForm = "diet_form": "食形態",
        Swallowing = "swallowing": "嚥下",
        OralHygiene = "oral_hygiene": "口腔清潔",
        BloodSugar = "blood_sugar": "血糖コントロール",
        Excretion = "excretion": "排泄",
        Skin = "skin": "皮膚状態",
        Sleep = "sleep": "睡眠",
        Mind = "mind": "認知機能・精神面",
        Medication = "medication": "服薬指導",
        Living = "living": "療養上の指導(食事・水分・睡眠・清潔ケア・排泄など)",
        Terminal = "terminal": "ターミナル",
        Other = "other": "その他",
    }
}

choice! {
    pub enum RehabPoint {
        Person = "person": "本人指導",
        Family = "family": "家族指導",
        RangeOfMotion = "range_of_motion": "関節可動域練習(ストレッチ含む)",
        Strength = "strength": "筋力増強練習",
        Balance = "balance": "バランス練習",
        Paralysis = "paralysis": "麻痺・筋緊張改善練習",
        BasicMovement = "basic_movement": "起居・立位等基本動作練習",
        Swallowing = "swallowing": "摂食・嚥下訓練",
        Speech = "speech": "言語訓練",
        Adl = "adl": "ADL練習(歩行・入浴・トイレ動作・移乗等)",
        Iadl = "iadl": "IADL練習(買い物・調理等)",
        Pain = "pain": "疼痛管理(痛みコントロール)",
        Equipment = "equipment": "更生装具・福祉用具等管理",
        Endurance = "endurance": "運動耐容能練習",
        Community = "community": "地域活動支援",
        Participation = "participation": "社会参加支援",
        Work = "work": "就労支援",
        Other = "other": "その他",
    }
}

choice! {
    pub enum DischargePaper {
        ReferralLetter = "referral_letter": "診療情報提供書",
        NursingSummary = "nursing_summary": "看護サマリー",
        Nutrition = "nutrition": "栄養の情報",
        Rehabilitation = "rehabilitation": "リハビリの情報",
        Medicines = "medicines": "お薬",
        MedicationNotebook = "medication_notebook": "お薬手帳",
        Belongings = "belongings": "持ち物",
    }
}
