//! Block F: the usual state, the baseline against which a crew compares.

use crate::domain::answer::{Checks, Known, Number, Text, YesNo, answers, choice, unit};
use crate::domain::date::Day;
use crate::domain::number::BloodPressure;

answers! {
    pub struct Usual {
        usual_condition_note: Known<Text<80>> = "普段の様子",
        usual_consciousness: Known<UsualConsciousness> = "普段の意識",
        usual_conversation: Known<UsualConversation> = "普段の会話",
        usual_mobility: Known<UsualMobility> = "普段の移動",
        paralysis: Known<ParalysisLevel> = "麻痺",
        paralysis_site: Checks<ParalysisSite> = "麻痺の部位",
        vision: Known<ImpairmentLevel> = "視力",
        hearing: Known<ImpairmentLevel> = "聴力",
        speech: Known<ImpairmentLevel> = "言語",
        communication: Known<ImpairmentLevel> = "意思疎通",
        communication_note: Known<Text<80>> = "コミュニケーションの特記事項",
        glasses: Known<YesNo> = "眼鏡",
        hearing_aid: Known<YesNo> = "補聴器",
        usual_bp: Known<BloodPressure> = "普段の血圧",
        usual_pulse: Known<Number<BeatsPerMinute>> = "普段の脈拍",
        usual_spo2: Known<Number<Percent>> = "普段のSpO2",
        usual_temp: Known<Number<Celsius>> = "普段の体温",
        care_level: Known<CareLevel> = "要介護度",
        certification_status: Known<CertificationStatus> = "認定状況",
        certification_applied_on: Known<Day> = "申請日",
        care_level_valid_from: Known<Day> = "認定有効期間(始)",
        care_level_valid_to: Known<Day> = "認定有効期間(終)",
        disability_adl: Known<DisabilityAdl> = "障害高齢者の日常生活自立度",
        dementia_adl: Known<DementiaAdl> = "認知症高齢者の日常生活自立度",
        independence_judged_by: Known<JudgedBy> = "自立度の判断者",
    }
}

unit!(BeatsPerMinute, "回/分", 200..=2500 tenths, decimals false);
unit!(Percent, "%", 500..=1000 tenths, decimals false);
unit!(Celsius, "℃", 300..=430 tenths, decimals true);

choice! {
    pub enum UsualConsciousness {
        Clear = "clear": "はっきりしている",
        SlightlyDull = "slightly_dull": "ややぼんやり",
        NoResponseUsual = "no_response_usual": "普段から反応が乏しい",
    }
}

choice! {
    pub enum UsualConversation {
        Possible = "possible": "できる",
        Partial = "partial": "一部できる",
        Impossible = "impossible": "できない",
    }
}

choice! {
    pub enum UsualMobility {
        Independent = "independent": "独歩",
        Cane = "cane": "杖",
        Walker = "walker": "歩行器",
        WheelchairSelf = "wheelchair_self": "車いす(自走)",
        WheelchairAssisted = "wheelchair_assisted": "車いす(介助)",
        Bedridden = "bedridden": "寝たきり",
    }
}

choice! {
    pub enum ParalysisLevel {
        None = "none": "なし",
        Mild = "mild": "軽度",
        Moderate = "moderate": "中度",
        Severe = "severe": "重度",
    }
}

choice! {
    pub enum ParalysisSite {
        RightUpper = "right_upper": "右上肢",
        RightLower = "right_lower": "右下肢",
        LeftUpper = "left_upper": "左上肢",
        LeftLower = "left_lower": "左下肢",
        Other = "other": "その他",
    }
}

choice! {
    pub enum ImpairmentLevel {
        NoProblem = "no_problem": "問題なし",
        SomeDifficulty = "some_difficulty": "やや難あり",
        Difficult = "difficult": "困難",
    }
}

choice! {
    pub enum CareLevel {
        Support1 = "support1": "要支援1",
        Support2 = "support2": "要支援2",
        Care1 = "care1": "要介護1",
        Care2 = "care2": "要介護2",
        Care3 = "care3": "要介護3",
        Care4 = "care4": "要介護4",
        Care5 = "care5": "要介護5",
        NotEligible = "not_eligible": "非該当(自立)",
        ProjectTarget = "project_target": "事業対象者",
    }
}

choice! {
    pub enum CertificationStatus {
        Certified = "certified": "認定済",
        Applying = "applying": "申請中",
        Changing = "changing": "区分変更申請中",
        Renewing = "renewing": "更新申請中",
        NotApplied = "not_applied": "未申請",
    }
}

choice! {
    pub enum DisabilityAdl {
        Independent = "independent": "自立",
        J1 = "J1": "J1",
        J2 = "J2": "J2",
        A1 = "A1": "A1",
        A2 = "A2": "A2",
        B1 = "B1": "B1",
        B2 = "B2": "B2",
        C1 = "C1": "C1",
        C2 = "C2": "C2",
    }
}

choice! {
    pub enum DementiaAdl {
        None = "none": "自立",
        I = "I": "Ⅰ",
        IIa = "IIa": "Ⅱa",
        IIb = "IIb": "Ⅱb",
        IIIa = "IIIa": "Ⅲa",
        IIIb = "IIIb": "Ⅲb",
        IV = "IV": "Ⅳ",
        M = "M": "M",
    }
}

choice! {
    pub enum JudgedBy {
        Physician = "physician": "医師",
        Facility = "facility": "ケアマネジャー・施設",
        PhysicianOpinion = "physician_opinion": "主治医意見書",
        Survey = "survey": "認定調査",
    }
}
