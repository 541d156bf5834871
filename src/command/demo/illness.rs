//! Illnesses with what belongs to them: medicines, devices, treatment, and what a crew must know.
//!
//! An alert is written once, beside its medicine, so that no sheet can warn of a medicine that it does not list.
//! Doses are usual ones for old people; nobody is to be treated by them.

use super::places::{self, Specialist};
use crate::domain::record::{Device, DiseaseHistory, HighAlertDrug as Alert, SpecialCare};

/// One line of a medicine list.
#[derive(Debug)]
pub(super) struct Medicine {
    pub name: &'static str,
    pub dose: &'static str,
    pub timing: &'static str,
    pub form: &'static str,
    pub note: &'static str,
    pub alert: Option<Alert>,
}

impl Medicine {
    const fn new(
        form: &'static str,
        name: &'static str,
        dose: &'static str,
        timing: &'static str,
    ) -> Self {
        Self {
            name,
            dose,
            timing,
            form,
            note: "",
            alert: None,
        }
    }

    const fn alert(self, alert: Alert) -> Self {
        Self {
            alert: Some(alert),
            ..self
        }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

const fn oral(name: &'static str, dose: &'static str, timing: &'static str) -> Medicine {
    Medicine::new("oral", name, dose, timing)
}

const fn needed(name: &'static str, dose: &'static str, timing: &'static str) -> Medicine {
    Medicine::new("as_needed", name, dose, timing)
}

const fn topical(name: &'static str, dose: &'static str, timing: &'static str) -> Medicine {
    Medicine::new("topical", name, dose, timing)
}

const fn injected(name: &'static str, dose: &'static str, timing: &'static str) -> Medicine {
    Medicine::new("injection", name, dose, timing)
}

/// A treatment that staff give, and how often something of it is changed.
#[derive(Debug)]
pub(super) struct Treatment {
    pub code: &'static str,
    pub national: &'static str,
    pub detail: &'static str,
    pub size: &'static str,
    pub frequency: &'static str,
    pub changed_every_days: Option<i64>,
}

#[derive(Debug)]
pub(super) struct Illness {
    /// As it stands among the current conditions; empty where it is only history.
    pub name: &'static str,
    pub icd10: &'static str,
    /// How many years ago it began, at least and at most.
    pub years: (i32, i32),
    /// What stands in the history besides, and whether it was an operation.
    pub past: &'static [(&'static str, bool)],
    /// One of these is prescribed.
    pub regimens: &'static [&'static [Medicine]],
    pub care: &'static [SpecialCare],
    pub devices: &'static [Device],
    pub kinds: &'static [DiseaseHistory],
    pub treatments: &'static [Treatment],
    /// Single answers that follow from it.
    pub facts: &'static [(&'static str, &'static str)],
    /// Boxes that it ticks.
    pub ticks: &'static [(&'static str, &'static str)],
    /// What a crew must hear of it first.
    pub message: &'static str,
    pub specialist: Option<&'static Specialist>,
}

const ILLNESS: Illness = Illness {
    name: "",
    icd10: "",
    years: (2, 12),
    past: &[],
    regimens: &[&[]],
    care: &[],
    devices: &[],
    kinds: &[],
    treatments: &[],
    facts: &[],
    ticks: &[],
    message: "",
    specialist: None,
};

macro_rules! illnesses {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $value:expr),* $(,)? })*) => {$(
        $(#[$doc])*
        pub(super) static $name: Illness = Illness { $($field: $value,)* ..ILLNESS };
    )*};
}

// ---- the common ones, which come with any other -----------------------------------------------------------------

illnesses! {
    HYPERTENSION {
        name: "高血圧症",
        icd10: "I10",
        years: (8, 30),
        regimens: &[
            &[oral("アムロジピンOD錠5mg", "1錠", "朝食後")],
            &[oral("アムロジピンOD錠2.5mg", "1錠", "朝食後"), oral("オルメサルタンOD錠20mg", "1錠", "朝食後")],
            &[oral("アジルサルタンOD錠20mg", "1錠", "朝食後")],
            &[oral("カンデサルタンOD錠4mg", "1錠", "朝食後"), oral("アムロジピンOD錠5mg", "1錠", "朝食後")],
        ],
    }
    /// Without a second medicine of the kind that heart failure already brings.
    PRESSURE_BESIDE_HEART_FAILURE {
        name: "高血圧症",
        icd10: "I10",
        years: (8, 30),
        regimens: &[&[oral("アムロジピンOD錠2.5mg", "1錠", "朝食後")]],
    }
    CONSTIPATION {
        name: "慢性便秘症",
        icd10: "K59.0",
        years: (2, 12),
        regimens: &[
            &[oral("酸化マグネシウム錠330mg", "1回1錠", "朝・夕食後"), needed("センノシド錠12mg", "1回2錠", "3日排便がないとき就寝前")],
            &[oral("酸化マグネシウム錠330mg", "1回2錠", "朝・昼・夕食後")],
            &[oral("ルビプロストンカプセル12μg", "1回1カプセル", "朝・夕食後"), needed("ピコスルファートNa内用液0.75%", "10滴", "2日排便がないとき就寝前")],
        ],
    }
    OSTEOPOROSIS {
        name: "骨粗鬆症",
        icd10: "M81",
        years: (4, 15),
        past: &[("第1腰椎圧迫骨折", false)],
        kinds: &[DiseaseHistory::Fracture],
        regimens: &[
            &[oral("エルデカルシトールカプセル0.75μg", "1カプセル", "朝食後")],
            &[oral("アルファカルシドールカプセル0.5μg", "1カプセル", "朝食後")],
            &[oral("アレンドロン酸錠35mg", "1錠", "週1回 日曜の起床時").note("服用後30分は横にならない")],
        ],
    }
    DYSLIPIDEMIA {
        name: "脂質異常症",
        icd10: "E78",
        years: (6, 20),
        regimens: &[
            &[oral("ロスバスタチンOD錠2.5mg", "1錠", "夕食後")],
            &[oral("アトルバスタチンOD錠10mg", "1錠", "夕食後")],
        ],
    }
    REFLUX {
        name: "逆流性食道炎",
        icd10: "K21",
        years: (2, 10),
        regimens: &[
            &[oral("ランソプラゾールOD錠15mg", "1錠", "朝食後")],
            &[oral("ファモチジンOD錠10mg", "1錠", "夕食後")],
        ],
    }
    INSOMNIA {
        name: "不眠症",
        icd10: "G47.0",
        years: (1, 8),
        regimens: &[
            &[oral("レンボレキサント錠5mg", "1錠", "就寝前").alert(Alert::Sedative)],
            &[oral("スボレキサント錠15mg", "1錠", "就寝前").alert(Alert::Sedative)],
        ],
        facts: &[("hypnotics", "yes"), ("sleep", "poor"), ("sleep_note", "0時前後に目が覚め、トイレに起きることがあります")],
    }
    GOUT {
        name: "高尿酸血症",
        icd10: "E79.0",
        years: (5, 20),
        regimens: &[&[oral("フェブキソスタット錠10mg", "1錠", "朝食後")]],
    }
    CATARACT {
        past: &[("両眼 白内障", true)],
        years: (4, 14),
    }
    GLAUCOMA {
        name: "緑内障",
        icd10: "H40",
        years: (4, 15),
        regimens: &[&[topical("ラタノプロスト点眼液0.005%", "両眼 1滴", "就寝前")]],
        facts: &[("vision", "some_difficulty")],
    }
    KNEES {
        name: "両変形性膝関節症",
        icd10: "M17",
        years: (8, 20),
        regimens: &[
            &[needed("アセトアミノフェン錠500mg", "1回1錠", "膝が痛むとき(6時間以上あける)"), topical("ケトプロフェンテープ40mg", "両膝 1枚ずつ", "1日1回 入浴後")],
            &[needed("アセトアミノフェン錠300mg", "1回1錠", "痛むとき")],
        ],
    }
    THYROID {
        name: "甲状腺機能低下症",
        icd10: "E03",
        years: (5, 20),
        regimens: &[&[oral("レボチロキシンNa錠50μg", "1錠", "朝食前")]],
    }
    ANEMIA {
        name: "鉄欠乏性貧血",
        icd10: "D50",
        years: (1, 4),
        regimens: &[&[oral("クエン酸第一鉄Na錠50mg", "1錠", "夕食後").note("便が黒くなります")]],
    }
    DRY_SKIN {
        name: "皮脂欠乏性湿疹",
        icd10: "L85.3",
        years: (1, 8),
        regimens: &[&[topical("ヘパリン類似物質クリーム0.3%", "全身に適量", "1日2回"), topical("ベタメタゾン吉草酸エステル軟膏0.12%", "かゆい所に少量", "1日1回")]],
    }
    BLADDER_OVERACTIVE {
        name: "過活動膀胱",
        icd10: "N32.8",
        years: (2, 8),
        regimens: &[&[oral("ビベグロン錠50mg", "1錠", "朝食後")]],
    }
    APPENDIX {
        past: &[("虫垂炎", true)],
        years: (45, 65),
    }
    GALLSTONES {
        past: &[("胆石症(腹腔鏡下胆嚢摘出)", true)],
        years: (12, 25),
    }
    GASTRIC_CANCER {
        past: &[("早期胃癌(内視鏡的切除)", true)],
        years: (8, 18),
        kinds: &[DiseaseHistory::Malignancy],
    }
    PNEUMONIA {
        past: &[("肺炎(入院)", false)],
        years: (1, 4),
        kinds: &[DiseaseHistory::AcuteRespiratoryInfection],
    }
}

// ---- heart ------------------------------------------------------------------------------------------------------

illnesses! {
    FIBRILLATION {
        name: "心房細動",
        icd10: "I48",
        years: (3, 12),
        regimens: &[
            &[oral("エドキサバンOD錠30mg", "1錠", "朝食後").alert(Alert::Anticoagulant), oral("ビソプロロールフマル酸塩錠0.625mg", "1錠", "朝食後")],
            &[oral("アピキサバン錠2.5mg", "1回1錠", "朝・夕食後").alert(Alert::Anticoagulant), oral("ビソプロロールフマル酸塩錠1.25mg", "1錠", "朝食後")],
            &[oral("リバーロキサバンOD錠10mg", "1錠", "朝食後").alert(Alert::Anticoagulant)],
        ],
        facts: &[("medication_note", "抗凝固薬のため、頭を打ったときは見た目が軽くても報告してください")],
        message: "血をさらさらにする薬を服用中。脈は普段から不整です",
        specialist: Some(&places::HEART),
    }
    HEART_FAILURE {
        name: "慢性心不全",
        icd10: "I50",
        years: (2, 8),
        past: &[("心不全の急性増悪(入院)", false)],
        regimens: &[
            &[oral("フロセミド錠20mg", "1錠", "朝食後"), oral("スピロノラクトン錠25mg", "1錠", "朝食後"), oral("エナラプリルマレイン酸塩錠2.5mg", "1錠", "朝食後")],
            &[oral("アゾセミド錠30mg", "1錠", "朝食後"), oral("トルバプタンOD錠7.5mg", "1錠", "朝食後"), oral("サクビトリルバルサルタン錠50mg", "1回1錠", "朝・夕食後")],
        ],
        facts: &[
            ("fluid_restriction", "yes"),
            ("fluid_restriction_note", "1日1,000mLまで。2日で2kg以上増えたら看護師へ"),
            ("diet_restriction", "yes"),
            ("diet_restriction_note", "塩分6g/日"),
            ("admission_frequency", "occasional"),
        ],
        specialist: Some(&places::HEART),
    }
    VALVE {
        name: "僧帽弁置換術後(機械弁)・心房細動",
        icd10: "Z95.2",
        years: (10, 20),
        past: &[("僧帽弁置換術(機械弁)", true)],
        regimens: &[&[
            oral("ワルファリンカリウム錠1mg", "2.5錠", "夕食後").alert(Alert::Anticoagulant).note("PT-INR 2.0〜3.0、月1回採血"),
            oral("ベラパミル塩酸塩錠40mg", "1回1錠", "朝・昼・夕食後").alert(Alert::Antiarrhythmic),
            oral("フロセミド錠20mg", "1錠", "朝食後"),
        ]],
        devices: &[Device::Other],
        facts: &[("diet_restriction", "yes"), ("diet_restriction_note", "納豆・クロレラ・青汁は禁止(ワルファリン服用)")],
        message: "機械弁・ワルファリン服用中。出血・頭部打撲に注意",
        specialist: Some(&places::HEART),
    }
    INFARCTION {
        name: "陳旧性心筋梗塞",
        icd10: "I25.2",
        years: (4, 14),
        past: &[("急性心筋梗塞(カテーテル治療・ステント2本)", true)],
        regimens: &[&[
            oral("アスピリン腸溶錠100mg", "1錠", "朝食後").alert(Alert::Antiplatelet),
            oral("カルベジロール錠2.5mg", "1回1錠", "朝・夕食後"),
            oral("ロスバスタチンOD錠5mg", "1錠", "夕食後"),
            oral("ランソプラゾールOD錠15mg", "1錠", "朝食後"),
            needed("ニトログリセリン舌下錠0.3mg", "1錠 舌下", "胸が痛むとき"),
        ]],
        devices: &[Device::Stent],
        message: "胸痛のときはニトロ舌下錠(居室の金庫)を持参します",
        specialist: Some(&places::HEART),
    }
    PACEMAKER {
        name: "完全房室ブロック(ペースメーカー植込み後)",
        icd10: "I44.2",
        years: (3, 11),
        past: &[("ペースメーカー植込み術(左前胸部)", true)],
        care: &[SpecialCare::Pacemaker],
        devices: &[Device::Pacemaker],
        facts: &[("usual_pulse", "60")],
        message: "ペースメーカー(DDD 60/分)。手帳は保険証と一緒にあります",
        specialist: Some(&places::HEART),
    }
    ICD_HEART {
        name: "肥大型心筋症・心室頻拍(ICD植込み後)",
        icd10: "I42.2",
        years: (4, 10),
        past: &[("植込み型除細動器(ICD)植込み術", true)],
        regimens: &[&[
            oral("アミオダロン塩酸塩錠100mg", "1錠", "朝食後").alert(Alert::Antiarrhythmic),
            oral("ビソプロロールフマル酸塩錠2.5mg", "1錠", "朝食後"),
            oral("アピキサバン錠2.5mg", "1回1錠", "朝・夕食後").alert(Alert::Anticoagulant),
        ]],
        care: &[SpecialCare::Pacemaker],
        devices: &[Device::Icd],
        message: "ICDあり(左胸)。作動すると本人が「ドンと来た」と言います",
        specialist: Some(&places::HEART),
    }
    HYPOTENSION {
        name: "起立性低血圧",
        icd10: "I95.1",
        years: (1, 6),
        regimens: &[&[oral("ミドドリン塩酸塩錠2mg", "1回1錠", "朝・昼食後")]],
        facts: &[("usual_bp", "104/58")],
    }
}

// ---- brain and mind ---------------------------------------------------------------------------------------------

illnesses! {
    ALZHEIMER {
        name: "アルツハイマー型認知症",
        icd10: "G30.1",
        years: (3, 9),
        kinds: &[DiseaseHistory::Dementia],
        regimens: &[
            &[oral("ドネペジル塩酸塩OD錠5mg", "1錠", "朝食後")],
            &[oral("メマンチン塩酸塩OD錠20mg", "1錠", "夕食後")],
            &[topical("リバスチグミンテープ13.5mg", "1枚", "1日1回 朝に貼り替え").note("背中に貼付")],
            &[oral("ドネペジル塩酸塩OD錠5mg", "1錠", "朝食後"), oral("抑肝散エキス顆粒2.5g", "1回1包", "朝・夕食前")],
        ],
    }
    ALZHEIMER_LATE {
        name: "アルツハイマー型認知症(高度)",
        icd10: "G30.1",
        years: (9, 15),
        kinds: &[DiseaseHistory::Dementia],
    }
    LEWY {
        name: "レビー小体型認知症",
        icd10: "G31.8",
        years: (3, 8),
        kinds: &[DiseaseHistory::Dementia],
        regimens: &[&[
            oral("ドネペジル塩酸塩OD錠5mg", "1錠", "朝食後"),
            oral("レボドパ・カルビドパ配合錠L100", "1回1錠", "朝・昼・夕食後"),
            oral("抑肝散エキス顆粒2.5g", "1回1包", "朝・夕食前"),
        ]],
        ticks: &[("behavioral_issues", "hallucination"), ("behavioral_issues", "insomnia")],
        message: "幻視があり、反応の良い時と悪い時の差が大きいです",
        specialist: Some(&places::NEUROLOGY),
    }
    VASCULAR_DEMENTIA {
        name: "血管性認知症",
        icd10: "F01",
        years: (2, 8),
        kinds: &[DiseaseHistory::Dementia, DiseaseHistory::CerebrovascularDisease],
        past: &[("多発性ラクナ梗塞", false)],
        regimens: &[&[oral("シロスタゾールOD錠50mg", "1回1錠", "朝・夕食後").alert(Alert::Antiplatelet)]],
        ticks: &[("behavioral_issues", "excitement")],
    }
    STROKE_RIGHT {
        name: "脳梗塞後遺症(右片麻痺・失語)",
        icd10: "I69.3",
        years: (2, 10),
        past: &[("左中大脳動脈領域の脳梗塞", false)],
        kinds: &[DiseaseHistory::CerebrovascularDisease],
        regimens: &[&[oral("クロピドグレル錠75mg", "1錠", "朝食後").alert(Alert::Antiplatelet), oral("ランソプラゾールOD錠15mg", "1錠", "朝食後")]],
        facts: &[("paralysis", "moderate"), ("speech", "difficult"), ("communication", "some_difficulty"), ("communication_note", "言葉は出にくいが理解はできます。「はい/いいえ」で答えられる聞き方を")],
        ticks: &[("paralysis_site", "right_upper"), ("paralysis_site", "right_lower")],
        message: "右片麻痺と失語は以前からのもの。新しい麻痺は左側を確認",
        specialist: Some(&places::BRAIN_SURGERY),
    }
    STROKE_LEFT {
        name: "脳梗塞後遺症(左片麻痺)",
        icd10: "I69.3",
        years: (2, 10),
        past: &[("右放線冠の脳梗塞", false)],
        kinds: &[DiseaseHistory::CerebrovascularDisease],
        regimens: &[
            &[oral("クロピドグレル錠75mg", "1錠", "朝食後").alert(Alert::Antiplatelet)],
            &[oral("アスピリン腸溶錠100mg", "1錠", "朝食後").alert(Alert::Antiplatelet), oral("ランソプラゾールOD錠15mg", "1錠", "朝食後")],
        ],
        facts: &[("paralysis", "mild"), ("communication_note", "左側の見落としがあります。右側から声をかけてください")],
        ticks: &[("paralysis_site", "left_upper"), ("paralysis_site", "left_lower")],
        message: "左片麻痺は以前からのものです",
        specialist: Some(&places::BRAIN_SURGERY),
    }
    STROKE_EMBOLIC {
        name: "心原性脳塞栓症後遺症(左片麻痺)・心房細動",
        icd10: "I69.3",
        years: (1, 6),
        past: &[("心原性脳塞栓症(血栓回収療法)", true)],
        kinds: &[DiseaseHistory::CerebrovascularDisease],
        regimens: &[&[oral("エドキサバンOD錠30mg", "1錠", "朝食後").alert(Alert::Anticoagulant), oral("ビソプロロールフマル酸塩錠1.25mg", "1錠", "朝食後")]],
        facts: &[("paralysis", "severe"), ("speech", "some_difficulty")],
        ticks: &[("paralysis_site", "left_upper"), ("paralysis_site", "left_lower")],
        message: "左片麻痺は以前からのもの。抗凝固薬を服用中",
        specialist: Some(&places::BRAIN_SURGERY),
    }
    HEMORRHAGE {
        name: "脳出血後遺症(右片麻痺)",
        icd10: "I69.1",
        years: (3, 12),
        past: &[("左被殻出血(開頭血腫除去)", true)],
        kinds: &[DiseaseHistory::CerebrovascularDisease],
        facts: &[("paralysis", "moderate"), ("speech", "some_difficulty")],
        ticks: &[("paralysis_site", "right_upper"), ("paralysis_site", "right_lower")],
        message: "右片麻痺は以前からのもの。血圧150以上が続けば報告",
        specialist: Some(&places::BRAIN_SURGERY),
    }
    ANEURYSM {
        name: "くも膜下出血後(水頭症・シャント術後)",
        icd10: "I69.0",
        years: (6, 16),
        past: &[("くも膜下出血(クリッピング術)", true), ("正常圧水頭症(VPシャント術)", true)],
        kinds: &[DiseaseHistory::CerebrovascularDisease],
        devices: &[Device::AneurysmClip, Device::Shunt],
        facts: &[("paralysis", "none")],
        message: "VPシャントあり。嘔吐や傾眠が続くときは早めに相談を",
        specialist: Some(&places::BRAIN_SURGERY),
    }
    EPILEPSY {
        name: "症候性てんかん",
        icd10: "G40",
        years: (1, 8),
        regimens: &[
            &[oral("レベチラセタム錠250mg", "1回1錠", "朝・夕食後").alert(Alert::Antiepileptic)],
            &[oral("ラコサミド錠50mg", "1回1錠", "朝・夕食後").alert(Alert::Antiepileptic)],
        ],
        facts: &[("medication_note", "抗てんかん薬は飲み忘れに注意。発作は右口角から始まり2分ほどで治まります")],
        specialist: Some(&places::NEUROLOGY),
    }
    PARKINSON {
        name: "パーキンソン病(Yahr 4)",
        icd10: "G20",
        years: (6, 14),
        regimens: &[&[
            oral("レボドパ・カルビドパ配合錠L100", "1回1錠", "6時・10時・14時・18時").note("時間厳守。中断すると動けなくなります"),
            oral("エンタカポン錠100mg", "1回1錠", "6時・10時・14時・18時"),
            topical("ロチゴチンテープ9mg", "1枚", "1日1回 朝に貼り替え"),
        ]],
        facts: &[("communication_note", "声が小さく表情は乏しいですが、理解ははっきりしています"), ("speech", "some_difficulty")],
        ticks: &[("public_aid", "specified_disease")],
        message: "パーキンソン薬は時間厳守。搬送先にも必ず持参します",
        specialist: Some(&places::NEUROLOGY),
    }
    DEPRESSION {
        name: "うつ病",
        icd10: "F33",
        years: (3, 12),
        regimens: &[
            &[oral("ミルタザピン錠15mg", "1錠", "就寝前").alert(Alert::Sedative)],
            &[oral("エスシタロプラム錠10mg", "1錠", "夕食後")],
        ],
        specialist: Some(&places::MIND),
    }
    SCHIZOPHRENIA {
        name: "統合失調症",
        icd10: "F20",
        years: (35, 50),
        regimens: &[&[oral("リスペリドン錠2mg", "1錠", "就寝前").alert(Alert::Sedative), oral("ビペリデン塩酸塩錠1mg", "1回1錠", "朝・夕食後")]],
        ticks: &[("behavioral_issues", "delusion"), ("public_aid", "mental_disability"), ("disability_certification", "mental")],
        message: "大声と複数人での対応が苦手。職員が付き添い説明します",
        specialist: Some(&places::MIND),
    }
}

// ---- lungs, kidneys, sugar, bowels ------------------------------------------------------------------------------

illnesses! {
    COPD {
        name: "慢性閉塞性肺疾患(COPD)・慢性呼吸不全",
        icd10: "J44",
        years: (4, 12),
        past: &[("COPD増悪・CO2ナルコーシス(NPPV使用)", false)],
        kinds: &[DiseaseHistory::AcuteRespiratoryInfection],
        regimens: &[&[
            topical("チオトロピウム・オロダテロール吸入液", "1回2吸入", "1日1回 朝"),
            oral("カルボシステイン錠500mg", "1回1錠", "朝・昼・夕食後"),
            needed("サルブタモール吸入液100μg", "1回2吸入", "息苦しいとき(4時間以上あける)"),
        ]],
        care: &[SpecialCare::Oxygen],
        treatments: &[Treatment { code: "P10", national: "oxygen", detail: "安静1L/分・労作2L/分", size: "", frequency: "24時間", changed_every_days: Some(14) }],
        facts: &[("oxygen_detail", "安静1L・労作2L/分 鼻カヌラ(濃縮器・外出はボンベ)"), ("usual_spo2", "91"), ("admission_frequency", "frequent")],
        message: "普段のSpO2は90〜92%。高濃度酸素でCO2が溜まります",
        specialist: Some(&places::LUNGS),
    }
    LUNG_FIBROSIS {
        name: "特発性間質性肺炎",
        icd10: "J84.1",
        years: (2, 6),
        regimens: &[&[
            oral("プレドニゾロン錠5mg", "2錠", "朝食後").alert(Alert::Steroid).note("自己判断で中止しない"),
            oral("スルファメトキサゾール・トリメトプリム配合錠", "1錠", "朝食後"),
            oral("ランソプラゾールOD錠15mg", "1錠", "朝食後"),
        ]],
        care: &[SpecialCare::Oxygen],
        treatments: &[Treatment { code: "P10", national: "oxygen", detail: "安静2L/分・労作4L/分", size: "", frequency: "24時間", changed_every_days: Some(14) }],
        facts: &[("oxygen_detail", "安静2L・労作4L/分 鼻カヌラ(濃縮器 居室)"), ("usual_spo2", "92")],
        message: "酸素2L/分で普段のSpO2は92%前後。ステロイド服用中",
        specialist: Some(&places::LUNGS),
    }
    ASTHMA {
        name: "気管支喘息",
        icd10: "J45",
        years: (10, 40),
        regimens: &[&[
            topical("ブデソニド・ホルモテロール吸入粉末剤", "1回2吸入", "朝・夕").note("吸入後うがい"),
            oral("モンテルカスト錠10mg", "1錠", "就寝前"),
        ]],
        specialist: Some(&places::LUNGS),
    }
    ASPIRATION {
        name: "嚥下障害・誤嚥性肺炎の反復",
        icd10: "J69.0",
        years: (1, 3),
        past: &[("誤嚥性肺炎(入院)", false)],
        kinds: &[DiseaseHistory::AcuteRespiratoryInfection],
        care: &[SpecialCare::Suction],
        treatments: &[Treatment { code: "P07", national: "suction", detail: "口腔・鼻腔から。食後と就寝前", size: "10Fr", frequency: "1日3〜5回", changed_every_days: None }],
        facts: &[("admission_frequency", "frequent")],
    }
    GASTROSTOMY {
        name: "嚥下障害(胃ろう造設後)",
        icd10: "Z93.1",
        years: (1, 5),
        past: &[("誤嚥性肺炎(入院)", false), ("経皮内視鏡的胃ろう造設術", true)],
        kinds: &[DiseaseHistory::AcuteRespiratoryInfection],
        regimens: &[&[
            oral("ラコールNF配合経腸用半固形剤300g", "1回1パック", "7時・12時・17時 胃ろうから"),
            oral("モサプリドクエン酸塩錠5mg", "1回1錠", "朝・昼・夕 注入前"),
        ]],
        care: &[SpecialCare::Gastrostomy, SpecialCare::Suction],
        treatments: &[
            Treatment { code: "P01", national: "gastrostomy", detail: "バルーン型ボタン。固定水6mL 毎週確認", size: "20Fr 3.5cm", frequency: "1日3回注入", changed_every_days: Some(60) },
            Treatment { code: "P07", national: "suction", detail: "口腔・鼻腔から", size: "12Fr", frequency: "1日5〜6回", changed_every_days: None },
        ],
        facts: &[("administration_method", "簡易懸濁法で胃ろうから注入"), ("admission_frequency", "frequent")],
        message: "注入中・注入後1時間は上体を30度以上起こしてください",
        specialist: Some(&places::BOWELS),
    }
    TRACHEOSTOMY {
        name: "脳幹梗塞後遺症(気管切開・四肢麻痺)",
        icd10: "I69.3",
        years: (2, 6),
        past: &[("脳底動脈閉塞による脳幹梗塞", false), ("気管切開術", true)],
        kinds: &[DiseaseHistory::CerebrovascularDisease],
        regimens: &[&[
            oral("クロピドグレル錠75mg", "1錠", "朝 胃ろうから").alert(Alert::Antiplatelet),
            oral("カルボシステイン錠500mg", "1回1錠", "朝・昼・夕 胃ろうから"),
            topical("アセチルシステイン吸入液17.6%", "1回2mL 吸入", "1日3回 吸引前"),
        ]],
        care: &[SpecialCare::Tracheostomy, SpecialCare::Suction, SpecialCare::Gastrostomy],
        treatments: &[
            Treatment { code: "P13", national: "tracheostomy", detail: "カフ付き・カフ圧20〜25cmH2O。人工鼻", size: "内径7.5mm", frequency: "ガーゼ交換1日1回", changed_every_days: Some(14) },
            Treatment { code: "P08", national: "suction", detail: "気管カニューレ内・口腔", size: "12Fr", frequency: "1日10〜15回", changed_every_days: None },
            Treatment { code: "P01", national: "gastrostomy", detail: "バルーン型チューブ", size: "20Fr", frequency: "1日3回注入", changed_every_days: Some(60) },
        ],
        facts: &[("paralysis", "severe"), ("speech", "difficult"), ("communication", "difficult"), ("communication_note", "まばたき1回が「はい」、2回が「いいえ」。文字盤を一緒に持って行きます"), ("administration_method", "簡易懸濁法で胃ろうから注入")],
        ticks: &[("paralysis_site", "right_upper"), ("paralysis_site", "right_lower"), ("paralysis_site", "left_upper"), ("paralysis_site", "left_lower"), ("disability_certification", "physical"), ("public_aid", "physical_disability")],
        message: "気管切開(口からは換気できません)。予備カニューレ持参",
        specialist: Some(&places::NEUROLOGY),
    }
    DIALYSIS {
        name: "慢性腎不全(血液透析中)",
        icd10: "N18.5",
        years: (2, 9),
        past: &[("左前腕 内シャント造設術", true)],
        regimens: &[&[
            oral("炭酸ランタンOD錠250mg", "1回1錠", "朝・昼・夕食直後"),
            oral("アムロジピンOD錠5mg", "1錠", "夕食後(透析日も)"),
            oral("センノシド錠12mg", "1回2錠", "就寝前"),
            injected("ダルベポエチン アルファ注20μg", "20μg", "週1回 透析時に病院で"),
        ]],
        care: &[SpecialCare::Dialysis],
        devices: &[Device::Shunt],
        treatments: &[Treatment { code: "P34", national: "other", detail: "月・水・金 午前(鴎浜記念病院へ送迎)", size: "", frequency: "週3回", changed_every_days: None }],
        facts: &[
            ("dialysis_detail", "月・水・金 午前/シャント左前腕/鴎浜記念病院"),
            ("fluid_restriction", "yes"),
            ("fluid_restriction_note", "食事以外で1日500mLまで。中1日の体重増加は1.5kg以内"),
            ("diet_restriction", "yes"),
            ("diet_restriction_note", "カリウム・リン制限。生の果物と芋は不可"),
        ],
        ticks: &[("disability_certification", "physical"), ("public_aid", "physical_disability")],
        message: "左腕はシャント。採血・点滴・血圧測定は右腕で",
        specialist: Some(&places::KIDNEYS),
    }
    DIABETES {
        name: "2型糖尿病",
        icd10: "E11",
        years: (8, 25),
        regimens: &[
            &[oral("リナグリプチン錠5mg", "1錠", "朝食後").alert(Alert::Hypoglycemic)],
            &[oral("シタグリプチン錠25mg", "1錠", "朝食後").alert(Alert::Hypoglycemic), oral("グリメピリド錠0.5mg", "1錠", "朝食前").alert(Alert::Hypoglycemic)],
        ],
        facts: &[("diet_restriction", "yes"), ("diet_restriction_note", "1日1,400kcal"), ("medication_note", "食事が半分以下のとき血糖の薬は看護師に確認")],
    }
    DIABETES_INSULIN {
        name: "2型糖尿病(インスリン療法中)",
        icd10: "E11",
        years: (15, 30),
        past: &[("低血糖による意識障害(救急搬送)", false)],
        regimens: &[&[
            injected("インスリン グラルギンBS注ソロスター", "8単位", "朝食前").alert(Alert::Insulin),
            injected("インスリン リスプロBS注ソロスター", "朝4・昼4・夕4単位", "毎食直前").alert(Alert::Insulin),
            oral("リナグリプチン錠5mg", "1錠", "朝食後").alert(Alert::Hypoglycemic),
            needed("ブドウ糖10g", "1包", "血糖70mg/dL未満のとき"),
        ]],
        care: &[SpecialCare::Insulin],
        treatments: &[
            Treatment { code: "P21", national: "self_injection", detail: "看護師が実施。食事量が半分以下なら超速効型は中止", size: "", frequency: "1日4回", changed_every_days: None },
            Treatment { code: "P20", national: "", detail: "毎食前と就寝前。350以上・70未満は報告", size: "", frequency: "1日4回", changed_every_days: None },
        ],
        facts: &[("diet_restriction", "yes"), ("diet_restriction_note", "1日1,400kcal。間食は看護師に確認")],
        message: "インスリン使用。様子がおかしい時はまず血糖測定を",
    }
    PROSTATE {
        name: "前立腺肥大症・神経因性膀胱(尿道カテーテル留置)",
        icd10: "N40",
        years: (2, 8),
        past: &[("尿路感染症(入院)", false)],
        regimens: &[&[oral("タムスロシン塩酸塩OD錠0.2mg", "1錠", "朝食後")]],
        care: &[SpecialCare::UrinaryCatheter],
        treatments: &[Treatment { code: "P05", national: "urinary_catheter", detail: "尿道カテーテル(バルーン5mL)", size: "16Fr", frequency: "4週に1回交換", changed_every_days: Some(28) }],
        message: "尿道カテーテル留置中。発熱は尿路感染のことが多いです",
        specialist: Some(&places::BLADDER),
    }
    COLON_CANCER {
        name: "直腸癌術後(人工肛門)",
        icd10: "Z93.3",
        years: (4, 12),
        past: &[("直腸癌(直腸切断・人工肛門造設)", true)],
        kinds: &[DiseaseHistory::Malignancy],
        care: &[SpecialCare::Stoma],
        treatments: &[Treatment { code: "P06", national: "colostomy", detail: "左下腹部 単孔式。単品系装具", size: "32mm", frequency: "週2回交換", changed_every_days: Some(4) }],
        ticks: &[("disability_certification", "physical"), ("public_aid", "physical_disability")],
        message: "左下腹部に人工肛門。交換装具を1組持参します",
        specialist: Some(&places::BOWELS),
    }
    PANCREATIC_CANCER {
        name: "膵癌(StageⅣ・緩和ケア)",
        icd10: "C25",
        years: (1, 1),
        kinds: &[DiseaseHistory::Malignancy],
        regimens: &[&[
            topical("フェンタニルクエン酸塩テープ1mg", "1枚", "1日1回 10時に貼り替え").alert(Alert::Opioid).note("胸部。貼った日時を本体に記入"),
            needed("モルヒネ塩酸塩内用液5mg", "1包", "痛いとき・息苦しいとき(1時間以上あける)").alert(Alert::Opioid),
            oral("ナルデメジン錠0.2mg", "1錠", "朝食後"),
            oral("ベタメタゾン錠0.5mg", "2錠", "朝食後").alert(Alert::Steroid),
            oral("パンクレリパーゼカプセル150mg", "1回4カプセル", "毎食直後"),
        ]],
        care: &[SpecialCare::PainControl],
        treatments: &[Treatment { code: "P23", national: "pain_control", detail: "フェンタニル貼付とレスキュー。使用回数を記録", size: "", frequency: "毎日", changed_every_days: Some(1) }],
        message: "がんの痛みに医療用麻薬を使用中(貼り薬・胸)",
        specialist: Some(&places::BOWELS),
    }
    CIRRHOSIS {
        name: "C型肝硬変(ウイルス排除後)",
        icd10: "K74.6",
        years: (5, 14),
        past: &[("食道静脈瘤(内視鏡的結紮術)", true)],
        regimens: &[&[
            oral("分岐鎖アミノ酸製剤配合顆粒", "1回1包", "朝・昼・夕食後"),
            oral("ラクツロースシロップ65%", "1回15mL", "朝・夕食後"),
            oral("スピロノラクトン錠25mg", "1錠", "朝食後"),
        ]],
        facts: &[("admission_frequency", "occasional")],
        message: "食道静脈瘤の治療歴。吐血・黒い便があれば急ぎます",
        specialist: Some(&places::BOWELS),
    }
}

// ---- bones, joints, skin ----------------------------------------------------------------------------------------

illnesses! {
    HIP_FRACTURE {
        years: (1, 7),
        past: &[("右大腿骨頸部骨折(人工骨頭置換術)", true)],
        kinds: &[DiseaseHistory::Fracture],
        devices: &[Device::ArtificialJoint],
        message: "右股関節は人工骨頭。脚を内側にひねらないでください",
        specialist: Some(&places::BONES),
    }
    KNEE_JOINT {
        years: (5, 14),
        past: &[("左人工膝関節全置換術", true)],
        devices: &[Device::ArtificialJoint],
        specialist: Some(&places::BONES),
    }
    RHEUMATISM {
        name: "関節リウマチ",
        icd10: "M06.9",
        years: (12, 35),
        past: &[("右肘 人工関節置換術", true)],
        devices: &[Device::ArtificialJoint],
        regimens: &[&[
            oral("メトトレキサートカプセル2mg", "3カプセル", "週1回 金曜の朝食後").alert(Alert::Immunosuppressant).note("連日服用しない"),
            oral("葉酸錠5mg", "1錠", "週1回 土曜の朝食後"),
            oral("プレドニゾロン錠2.5mg", "1錠", "朝食後").alert(Alert::Steroid),
            needed("アセトアミノフェン錠500mg", "1回1錠", "関節が痛むとき"),
        ]],
        message: "頸椎が不安定です。首を強く曲げ伸ばししないでください",
        specialist: Some(&places::JOINTS),
    }
    STENOSIS {
        name: "腰部脊柱管狭窄症",
        icd10: "M48.0",
        years: (5, 15),
        regimens: &[&[oral("リマプロスト アルファデクス錠5μg", "1回1錠", "朝・昼・夕食後"), oral("メコバラミン錠500μg", "1回1錠", "朝・昼・夕食後")]],
        specialist: Some(&places::BONES),
    }
    PRESSURE_ULCER {
        name: "仙骨部褥瘡",
        icd10: "L89",
        years: (1, 1),
        regimens: &[&[topical("白糖・ポビドンヨード配合軟膏", "創部に適量", "1日1回 洗浄後")]],
        care: &[SpecialCare::PressureUlcerCare],
        treatments: &[Treatment { code: "P26", national: "pressure_ulcer", detail: "微温湯で洗浄、軟膏、ポリウレタンフォーム", size: "4×3cm", frequency: "1日1回", changed_every_days: Some(1) }],
    }
    DISUSE {
        name: "廃用症候群",
        icd10: "M62.5",
        years: (1, 3),
    }
}
