//! Block E: illness, medicines, allergies, infections, treatment and devices.

use crate::domain::answer::{Checks, Known, Number, Rows, Text, Unit, YesNo, answers, choice};
use crate::domain::date::{Day, PartialDay};

answers! {
    pub struct Medical {
        allergies: Rows<Allergy> = "アレルギー・禁忌",
        food_allergens: Checks<FoodAllergen> = "食物アレルギー(表示対象)",
        high_alert_flags: Checks<HighAlertDrug> = "要注意薬",
        special_care: Checks<SpecialCare> = "医療処置・デバイス",
        dialysis_detail: Known<Text<60>> = "透析(曜日・シャント側・病院)",
        oxygen_detail: Known<Text<60>> = "酸素(L/分・機器)",
        devices: Checks<Device> = "体内の機器",
        infections: Rows<Infection> = "感染症",
        infection_screening: Known<InfectionScreening> = "感染症の検査",
        isolation_needed: Known<YesNo> = "隔離の必要",
        current_conditions: Rows<CurrentCondition> = "現病・治療中の病気",
        past_history: Rows<PastHistory> = "既往歴・手術歴",
        disease_history_flags: Checks<DiseaseHistory> = "疾患歴(区分)",
        medications: Rows<Medication> = "服用薬",
        medication_as_of: Known<Day> = "服用薬の確認日",
        medication_list_attached: Known<YesNo> = "お薬手帳の添付",
        medication_management: Known<MedicationManagement> = "薬剤管理",
        medication_adherence: Known<MedicationAdherence> = "服薬状況",
        administration_method: Known<Text<60>> = "服薬方法(粉砕・とろみ等)",
        medication_note: Known<Text<120>> = "お薬の特記事項",
        procedures: Rows<Procedure> = "医療処置(詳細)",
        procedures_national: Checks<NationalProcedure> = "医療処置(全国様式)",
        pressure_ulcers: Rows<PressureUlcer> = "褥瘡",
        skin_problems: Known<Text<120>> = "その他の皮膚の状態",
        admission_last_6m: Known<YesNo> = "最近半年間の入院",
        admission_last_6m_detail: Known<Text<120>> = "入院の理由・期間",
        admission_frequency: Known<AdmissionFrequency> = "入院の頻度",
    }
}

answers! {
    pub struct Allergy {
        substance: Known<Text<40>> = "原因",
        kind: Known<AllergyKind> = "種類",
        reaction: Known<Text<60>> = "症状",
        severity: Known<AllergySeverity> = "重さ",
    }
}

answers! {
    pub struct Infection {
        agent: Known<InfectionAgent> = "病原体",
        note: Known<Text<40>> = "部位・その他の名称",
        status: Known<InfectionStatus> = "結果",
        tested_on: Known<Day> = "検査日",
        isolation: Known<Isolation> = "隔離",
    }
}

answers! {
    pub struct CurrentCondition {
        name: Known<Text<60>> = "病名",
        onset_on: Known<PartialDay> = "発症",
        status: Known<ConditionStatus> = "状態",
        institution: Known<Text<60>> = "医療機関",
        icd10: Known<Text<8>> = "ICD-10",
    }
}

answers! {
    pub struct PastHistory {
        name: Known<Text<60>> = "病名・手術名",
        year: Known<PartialDay> = "時期",
        surgery: Known<YesNo> = "手術",
        institution: Known<Text<60>> = "医療機関",
    }
}

answers! {
    pub struct Medication {
        name: Known<Text<80>> = "薬の名前",
        dose: Known<Text<40>> = "用量",
        timing: Known<Text<40>> = "用法",
        form: Known<MedicationForm> = "区分",
        days: Known<Number<Days>> = "日数",
        prescriber: Known<Text<60>> = "処方元",
        started_on: Known<PartialDay> = "開始",
        note: Known<Text<60>> = "変更・備考",
    }
}

answers! {
    pub struct Procedure {
        code: Known<ProcedureCode> = "処置",
        detail: Known<Text<60>> = "内容",
        size: Known<Text<20>> = "サイズ",
        frequency: Known<Text<30>> = "頻度",
        last_changed_on: Known<Day> = "最終交換日",
        next_change_on: Known<Day> = "次回交換日",
        supplier: Known<Text<60>> = "物品の供給元",
    }
}

answers! {
    pub struct PressureUlcer {
        site: Known<Text<30>> = "部位",
        /// The notation as written, for example D3-e1s6i0g3n3p0:13; never computed here.
        design_r2020: Known<Text<40>> = "DESIGN-R2020",
        treatment: Known<Text<60>> = "処置",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Days;

impl Unit for Days {
    const NAME: &'static str = "日分";
    const TENTHS: (i32, i32) = (10, 3650);
    const DECIMALS: bool = false;
}

choice! {
    pub enum AllergyKind {
        Drug = "drug": "薬剤",
        Food = "food": "食物",
        Contrast = "contrast": "造影剤",
        Latex = "latex": "ラテックス",
        Other = "other": "その他",
    }
}

choice! {
    pub enum AllergySeverity {
        Mild = "mild": "軽い",
        Severe = "severe": "重い",
        Anaphylaxis = "anaphylaxis": "アナフィラキシー",
    }
}

choice! {
    /// The nine labels that are mandatory from 2026-04 and the recommended ones (domain/forms.md §2.4).
    pub enum FoodAllergen {
        Shrimp = "shrimp": "えび",
        Crab = "crab": "かに",
        Walnut = "walnut": "くるみ",
        Cashew = "cashew": "カシューナッツ",
        Wheat = "wheat": "小麦",
        Buckwheat = "buckwheat": "そば",
        Egg = "egg": "卵",
        Milk = "milk": "乳",
        Peanut = "peanut": "落花生",
        Almond = "almond": "アーモンド",
        Abalone = "abalone": "あわび",
        Squid = "squid": "いか",
        SalmonRoe = "salmon_roe": "いくら",
        Orange = "orange": "オレンジ",
        Kiwi = "kiwi": "キウイ",
        Beef = "beef": "牛肉",
        Sesame = "sesame": "ごま",
        Salmon = "salmon": "さけ",
        Mackerel = "mackerel": "さば",
        Soy = "soy": "大豆",
        Chicken = "chicken": "鶏肉",
        Banana = "banana": "バナナ",
        Pork = "pork": "豚肉",
        Macadamia = "macadamia": "マカダミアナッツ",
        Peach = "peach": "もも",
        Yam = "yam": "やまいも",
        Apple = "apple": "りんご",
        Gelatin = "gelatin": "ゼラチン",
    }
}

choice! {
    /// Medicines that change what a crew or an emergency room does.
    pub enum HighAlertDrug {
        Anticoagulant = "anticoagulant": "抗凝固薬",
        Antiplatelet = "antiplatelet": "抗血小板薬",
        Insulin = "insulin": "インスリン",
        Hypoglycemic = "hypoglycemic": "経口血糖降下薬",
        Steroid = "steroid": "ステロイド",
        Antiepileptic = "antiepileptic": "抗てんかん薬",
        Opioid = "opioid": "麻薬",
        Antiarrhythmic = "antiarrhythmic": "抗不整脈薬",
        Immunosuppressant = "immunosuppressant": "免疫抑制薬",
        Sedative = "sedative": "鎮静薬・睡眠薬",
    }
}

choice! {
    pub enum SpecialCare {
        UrinaryCatheter = "urinary_catheter": "尿道カテーテル",
        PressureUlcerCare = "pressure_ulcer_care": "褥瘡処置",
        TubeFeedingNasal = "tube_feeding_nasal": "経鼻経管栄養",
        Gastrostomy = "gastrostomy": "胃ろう",
        CentralVenousNutrition = "central_venous_nutrition": "中心静脈栄養",
        Stoma = "stoma": "ストーマ",
        Suction = "suction": "吸引",
        Dialysis = "dialysis": "透析",
        Insulin = "insulin": "インスリン注射",
        Oxygen = "oxygen": "在宅酸素",
        Tracheostomy = "tracheostomy": "気管切開",
        Ventilator = "ventilator": "人工呼吸器・NPPV",
        Pacemaker = "pacemaker": "ペースメーカー・ICD",
        Port = "port": "CVポート",
        PainControl = "pain_control": "疼痛管理",
        EnemaManagement = "enema_management": "浣腸・排便管理",
        Other = "other": "その他",
    }
}

choice! {
    pub enum Device {
        Pacemaker = "pacemaker": "ペースメーカー",
        Icd = "icd": "植込み型除細動器",
        Shunt = "shunt": "シャント",
        ArtificialJoint = "artificial_joint": "人工関節",
        Port = "port": "CVポート",
        Stent = "stent": "ステント",
        AneurysmClip = "aneurysm_clip": "動脈瘤クリップ",
        ArtificialEye = "artificial_eye": "義眼",
        Other = "other": "その他",
    }
}

choice! {
    pub enum InfectionAgent {
        Mrsa = "mrsa": "MRSA",
        Esbl = "esbl": "ESBL・多剤耐性菌",
        Hbv = "hbv": "B型肝炎(HBV)",
        Hcv = "hcv": "C型肝炎(HCV)",
        Syphilis = "syphilis": "梅毒",
        Hiv = "hiv": "HIV",
        Tuberculosis = "tb": "結核",
        Scabies = "scabies": "疥癬",
        Norovirus = "norovirus": "ノロウイルス",
        Influenza = "influenza": "インフルエンザ",
        Covid = "covid": "COVID-19",
        Cdi = "cdi": "CDI(C.ディフィシル)",
        Other = "other": "その他",
    }
}

choice! {
    pub enum InfectionStatus {
        Positive = "positive": "陽性",
        Past = "past": "既往",
        Negative = "negative": "陰性",
    }
}

choice! {
    pub enum Isolation {
        Needed = "needed": "要",
        NotNeeded = "not_needed": "不要",
    }
}

choice! {
    pub enum InfectionScreening {
        Tested = "tested": "検査済み",
        NotTested = "not_tested": "未検査",
    }
}

choice! {
    pub enum ConditionStatus {
        Stable = "stable": "安定",
        Unstable = "unstable": "不安定",
    }
}

choice! {
    pub enum DiseaseHistory {
        Malignancy = "malignancy": "悪性腫瘍",
        Dementia = "dementia": "認知症",
        AcuteRespiratoryInfection = "acute_respiratory_infection": "急性呼吸器感染症",
        CerebrovascularDisease = "cerebrovascular_disease": "脳血管障害",
        Fracture = "fracture": "骨折",
        Other = "other": "その他",
    }
}

choice! {
    pub enum MedicationForm {
        Oral = "oral": "内服",
        AsNeeded = "as_needed": "頓用",
        Topical = "topical": "外用",
        Injection = "injection": "注射",
        Other = "other": "その他",
    }
}

choice! {
    pub enum MedicationManagement {
        Own = "self": "自己管理",
        Others = "others": "施設・他者が管理",
    }
}

choice! {
    pub enum MedicationAdherence {
        AsPrescribed = "as_prescribed": "処方通り",
        SometimesForgets = "sometimes_forgets": "時々飲み忘れ",
        OftenForgets = "often_forgets": "飲み忘れが多い",
        Refuses = "refuses": "服薬拒否",
    }
}

choice! {
    pub enum AdmissionFrequency {
        Frequent = "frequent": "頻度は高い・繰り返している",
        Occasional = "occasional": "頻度は低いがこれまでにもある",
        First = "first": "今回が初めて",
    }
}

choice! {
    /// The sixteen procedures of the national admission form (domain/forms.md §1(a) block 7).
    pub enum NationalProcedure {
        Infusion = "infusion": "点滴",
        Oxygen = "oxygen": "酸素療法",
        Suction = "suction": "喀痰吸引",
        Tracheostomy = "tracheostomy": "気管切開",
        Gastrostomy = "gastrostomy": "胃ろう",
        NasalFeeding = "nasal_feeding": "経鼻栄養",
        EnteralFeeding = "enteral_feeding": "経腸栄養",
        PressureUlcer = "pressure_ulcer": "褥瘡",
        UrinaryCatheter = "urinary_catheter": "尿道カテーテル",
        Urostomy = "urostomy": "尿路ストーマ",
        Colostomy = "colostomy": "消化管ストーマ",
        PainControl = "pain_control": "痛みコントロール",
        BowelControl = "bowel_control": "排便コントロール",
        SelfInjection = "self_injection": "自己注射",
        Other = "other": "その他",
    }
}

choice! {
    /// Procedures in facilities (domain/forms.md §2.7; the P-numbers are this project's own).
    pub enum ProcedureCode {
        P01 = "P01": "胃ろう・腸ろうによる栄養管理",
        P02 = "P02": "経鼻経管栄養",
        P03 = "P03": "中心静脈栄養",
        P04 = "P04": "24時間持続点滴",
        P05 = "P05": "カテーテル(尿道・コンドーム)の管理",
        P06 = "P06": "ストーマ(人工肛門・人工膀胱)の管理",
        P07 = "P07": "喀痰吸引(1日8回未満)",
        P08 = "P08": "喀痰吸引(1日8回以上)",
        P09 = "P09": "ネブライザー",
        P10 = "P10": "酸素(鼻カヌラ)",
        P11 = "P11": "酸素(マスク)",
        P12 = "P12": "酸素(リザーバー付)",
        P13 = "P13": "気管切開のケア",
        P14 = "P14": "人工呼吸器(挿管)",
        P15 = "P15": "人工呼吸器(マスク式NPPV等)",
        P16 = "P16": "静脈内注射(電解質輸液)",
        P17 = "P17": "静脈内注射(抗菌薬)",
        P18 = "P18": "静脈内注射(昇圧薬)",
        P19 = "P19": "皮内・皮下・筋肉注射(インスリン除く)",
        P20 = "P20": "簡易血糖測定",
        P21 = "P21": "インスリン注射",
        P22 = "P22": "疼痛管理(麻薬なし)",
        P23 = "P23": "疼痛管理(麻薬: 内服・座薬・貼付)",
        P24 = "P24": "疼痛管理(麻薬: 点滴)",
        P25 = "P25": "創傷処置",
        P26 = "P26": "褥瘡処置",
        P27 = "P27": "浣腸",
        P28 = "P28": "摘便",
        P29 = "P29": "導尿",
        P30 = "P30": "膀胱洗浄",
        P31 = "P31": "持続モニター",
        P32 = "P32": "リハビリテーション",
        P33 = "P33": "歯科治療",
        P34 = "P34": "透析(他施設実施含む)",
        P35 = "P35": "その他",
        P36 = "P36": "腹膜透析",
        P37 = "P37": "自己導尿",
        P38 = "P38": "腎瘻の管理",
        P39 = "P39": "PTGBD・PTCDチューブの管理",
        P40 = "P40": "CVポートの管理",
        P41 = "P41": "気管カニューレの交換",
        P42 = "P42": "経鼻エアウェイの管理",
    }
}
