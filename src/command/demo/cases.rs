//! Whole stories: illnesses that go together, and the daily state that follows from them.

use super::illness::{self as i, Illness};

/// How somebody is on an ordinary day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Daily {
    /// 要介護 1 to 5; 0 is 要支援2.
    pub care: i32,
    /// 認知症高齢者の日常生活自立度.
    pub dementia: &'static str,
    pub moves: &'static str,
    pub wits: &'static str,
    pub talks: &'static str,
    pub eats: Eats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eats {
    Regular,
    Chopped,
    Soft,
    Blended,
    /// Through the stomach, with a taste of jelly now and then.
    Tube,
    /// Through the stomach only.
    OnlyTube,
}

#[derive(Debug)]
pub(super) struct Case {
    pub ill: &'static [&'static Illness],
    /// Illnesses that chance may add.
    pub may: &'static [&'static Illness],
    pub daily: Daily,
    /// Whether it is a man, where only one can have it.
    pub man: Option<bool>,
    /// Youngest and oldest.
    pub ages: (i32, i32),
    /// The usual state, as staff write it.
    pub notes: &'static [&'static str],
}

const fn daily(
    care: i32,
    dementia: &'static str,
    moves: &'static str,
    wits: &'static str,
    talks: &'static str,
    eats: Eats,
) -> Daily {
    Daily {
        care,
        dementia,
        moves,
        wits,
        talks,
        eats,
    }
}

macro_rules! cases {
    ($($name:ident: [$($ill:ident),*] may [$($may:ident),*], $daily:expr, $man:expr, $ages:expr, [$($note:literal),* $(,)?];)*) => {$(
        pub(super) static $name: Case = Case {
            ill: &[$(&i::$ill),*],
            may: &[$(&i::$may),*],
            daily: $daily,
            man: $man,
            ages: $ages,
            notes: &[$($note),*],
        };
    )*};
}

use Eats::{Blended, Chopped, OnlyTube, Regular, Soft, Tube};

cases! {
    HEART_AND_RHYTHM: [FIBRILLATION, HEART_FAILURE, PRESSURE_BESIDE_HEART_FAILURE] may [GOUT, INSOMNIA, CONSTIPATION, KNEES, CATARACT, DRY_SKIN, REFLUX, DYSLIPIDEMIA],
        daily(3, "IIa", "walker", "clear", "possible", Chopped), None, (82, 97), [
        "会話ははっきり。夕方に足がむくみ、坂や入浴で息が上がります。横になると咳が出やすいです",
        "おしゃべり好き。少し動くと息切れし、肩で息をすることがあります。夜は枕を2つ使います",
    ];
    VALVE_REPLACED: [VALVE] may [GOUT, CONSTIPATION, GLAUCOMA, APPENDIX],
        daily(2, "I", "cane", "clear", "possible", Regular), None, (76, 88), [
        "静かな所では胸から機械弁の音が聞こえます。腕に内出血の跡がよくできます",
        "几帳面で毎朝血圧をつけています。脈は不整で、手足は冷たいことが多いです",
    ];
    AFTER_INFARCTION: [INFARCTION, DIABETES] may [HYPERTENSION, CONSTIPATION, CATARACT, STENOSIS],
        daily(2, "I", "cane", "clear", "possible", Regular), None, (76, 90), [
        "新聞を読むのが日課。痛みを我慢しがちで、胸が痛くても言わないことがあります",
        "食堂まで自分で歩きます。疲れると黙り込み、冷や汗をかくことがあります",
    ];
    PACED: [PACEMAKER, HYPERTENSION] may [KNEES, CONSTIPATION, OSTEOPOROSIS, DYSLIPIDEMIA, CATARACT],
        daily(2, "IIa", "cane", "clear", "possible", Regular), None, (80, 96), [
        "はきはき話し、冗談もよく言います。脈は60ちょうどで規則正しいのが普段です",
        "耳は遠いですが受け答えは確か。めまいを訴えたときは脈を測っています",
    ];
    DEFIBRILLATOR: [ICD_HEART] may [GOUT, CONSTIPATION, THYROID],
        daily(1, "none", "independent", "clear", "possible", Regular), Some(true), (74, 86), [
        "身の回りのことは自分でします。階段は避け、エレベーターを使います",
        "将棋が日課。動悸がすると自分から知らせ、横になって休みます",
    ];
    SPEECHLESS: [STROKE_RIGHT, HYPERTENSION] may [DYSLIPIDEMIA, CONSTIPATION, EPILEPSY, DIABETES],
        daily(4, "IIb", "wheelchair_assisted", "clear", "impossible", Soft), None, (74, 93), [
        "言葉は出ませんが笑顔でうなずきます。嫌なときは左手で強く払います",
        "「あー」という声と表情で伝えます。右の口角からこぼれるのは普段どおりです",
    ];
    LEFT_SIDE: [STROKE_LEFT, HYPERTENSION] may [DIABETES, CONSTIPATION, DYSLIPIDEMIA, INSOMNIA],
        daily(3, "I", "wheelchair_self", "clear", "possible", Chopped), None, (74, 92), [
        "右手と右足で車いすをこぎます。左の麻痺を忘れて立ち上がろうとします",
        "会話は普通にできます。左側の物に気づかず、よくぶつかります",
    ];
    EMBOLISM: [STROKE_EMBOLIC, HYPERTENSION] may [CONSTIPATION, CATARACT],
        daily(4, "IIIa", "wheelchair_assisted", "slightly_dull", "partial", Soft), None, (80, 95), [
        "声かけに短く返事をします。左の手足は動きません。午後は眠っていることが多いです",
        "名前と生年月日は言えます。日付はあいまい。左手は拳を握っています",
    ];
    HEMORRHAGED: [HEMORRHAGE, HYPERTENSION, EPILEPSY] may [CONSTIPATION, DRY_SKIN],
        daily(4, "IIa", "wheelchair_assisted", "clear", "partial", Chopped), None, (72, 88), [
        "ゆっくり話せば通じます。右手は使えず、左手でスプーンを持ちます",
        "感情が高ぶりやすく涙もろいですが、意識ははっきりしています",
    ];
    CLIPPED: [ANEURYSM, EPILEPSY, HYPERTENSION] may [CONSTIPATION, DYSLIPIDEMIA],
        daily(3, "IIIa", "walker", "slightly_dull", "partial", Regular), None, (72, 86), [
        "返事に間がありますが、待てば答えます。歩幅が狭く、向きを変えるときふらつきます",
    ];
    FORGETFUL: [ALZHEIMER, HYPERTENSION] may [CONSTIPATION, OSTEOPOROSIS, DYSLIPIDEMIA, CATARACT, BLADDER_OVERACTIVE, GALLSTONES],
        daily(2, "IIb", "independent", "clear", "possible", Regular), None, (78, 94), [
        "にこやかに話しますが、5分前のことは忘れます。体の不調は「大丈夫」と答えがちです",
        "歌と洗濯物たたみが好き。夕方になると「家に帰る」と玄関へ向かいます",
        "自分の名前と出身地は言えます。痛い所を聞くと毎回違う所を指します",
        "よく歩きます。座って動かないときは、どこか具合が悪いときです",
    ];
    FORGETTING: [ALZHEIMER, CONSTIPATION] may [HYPERTENSION, OSTEOPOROSIS, HIP_FRACTURE, REFLUX, PNEUMONIA, THYROID, DRY_SKIN],
        daily(3, "IIIa", "walker", "clear", "partial", Chopped), None, (80, 99), [
        "笑顔であいさつしますが、話のつじつまは合いません。急かすと怒ります",
        "同じ話を繰り返します。表情が硬く口数が減ったときは熱を測っています",
        "食事は声をかければ自分で食べます。夜中に起きて廊下を歩くことがあります",
        "手を握ると落ち着きます。知らない人に体を触られると大きな声を出します",
    ];
    FAR_GONE: [ALZHEIMER_LATE, ASPIRATION] may [CONSTIPATION, DRY_SKIN, OSTEOPOROSIS, HIP_FRACTURE],
        daily(5, "IV", "bedridden", "no_response_usual", "impossible", Blended), None, (84, 101), [
        "目は開いていますが呼びかけへの反応は乏しいです。食事の時は口を開けます",
        "発語はなく、痛いときに眉を寄せます。手足の関節は曲がったまま固くなっています",
        "日中も眠りがちです。耳元で名前を呼ぶとわずかに目を向けます",
    ];
    BEDSORE: [ALZHEIMER_LATE, PRESSURE_ULCER, DISUSE] may [CONSTIPATION, ANEMIA],
        daily(5, "IV", "bedridden", "slightly_dull", "impossible", Blended), None, (84, 100), [
        "小さな声で「はい」と言うことがあります。2時間ごとに体の向きを変えています",
        "体を動かすと顔をしかめます。仰向けは30分までにしています",
    ];
    LEWY_BODIES: [LEWY, CONSTIPATION] may [HYPOTENSION, OSTEOPOROSIS, GALLSTONES],
        daily(3, "IIIa", "walker", "slightly_dull", "partial", Soft), None, (77, 92), [
        "日によって別人のように反応が変わります。「子どもがいる」と壁を指すのは普段どおりです",
        "立ち上がりで血圧が下がり、ぼんやりします。横になると5分ほどで戻ります",
    ];
    SMALL_STROKES: [VASCULAR_DEMENTIA, HYPERTENSION] may [CONSTIPATION, DYSLIPIDEMIA, DIABETES, BLADDER_OVERACTIVE],
        daily(3, "IIIa", "wheelchair_self", "clear", "partial", Chopped), None, (78, 93), [
        "感情の波が大きく、急に泣いたり怒ったりします。ろれつは普段から少し回りにくいです",
        "午前は反応が良く、夕方からぼんやりします。足を引きずるのは以前からです",
    ];
    SHAKING: [PARKINSON, CONSTIPATION] may [HYPOTENSION, OSTEOPOROSIS],
        daily(4, "IIa", "wheelchair_assisted", "clear", "partial", Soft), None, (74, 90), [
        "薬が切れると体が固まり、声も出にくくなります。話の理解はしっかりしています",
        "右手が震えています。表情は硬いですが、うれしいときは目で笑います",
    ];
    LOW_SPIRITS: [DEPRESSION, THYROID] may [INSOMNIA, CONSTIPATION, REFLUX, OSTEOPOROSIS],
        daily(1, "I", "cane", "clear", "possible", Regular), None, (74, 92), [
        "小さな声で話します。朝は起きられず、午後から居間に出てきます",
        "食が細く体の不調をよく訴えますが、脈や血圧は落ち着いています",
    ];
    VOICES: [SCHIZOPHRENIA, CONSTIPATION] may [DRY_SKIN, CATARACT],
        daily(3, "IIb", "independent", "clear", "partial", Regular), None, (72, 82), [
        "独り言があり、話しかけると短く答えます。体に触れるときは先に言葉で伝えてください",
    ];
    BREATHLESS: [COPD] may [CONSTIPATION, OSTEOPOROSIS, REFLUX, GLAUCOMA],
        daily(3, "I", "walker", "clear", "possible", Regular), None, (74, 89), [
        "一言ずつ区切って話します。口をすぼめて息をするのは普段どおりです",
        "動くと唇が少し紫になりますが、休むと5分で戻ります。前かがみが楽な姿勢です",
    ];
    STIFF_LUNGS: [LUNG_FIBROSIS] may [OSTEOPOROSIS, CONSTIPATION, DIABETES],
        daily(2, "none", "walker", "clear", "possible", Regular), None, (74, 87), [
        "から咳が続いています。酸素を外すと数分で息苦しくなります。会話ははっきりしています",
    ];
    WHEEZING: [ASTHMA, HYPERTENSION] may [KNEES, REFLUX, OSTEOPOROSIS, INSOMNIA],
        daily(1, "none", "cane", "clear", "possible", Regular), None, (74, 91), [
        "身の回りは自立。季節の変わり目の明け方にゼーゼーすることがあります",
        "しっかりした話し方です。発作のときは座ったまま話せなくなります",
    ];
    STOMACH_TUBE: [HEMORRHAGE, GASTROSTOMY, EPILEPSY] may [DRY_SKIN],
        daily(5, "IV", "bedridden", "slightly_dull", "impossible", Tube), None, (76, 94), [
        "声をかけると目を合わせ、まばたきします。のどのゴロゴロは普段からあります",
        "左手で柵を握ります。話せませんが、家族が来ると表情がゆるみます",
    ];
    THROAT_TUBE: [TRACHEOSTOMY, GASTROSTOMY] may [],
        daily(5, "IIa", "bedridden", "clear", "impossible", OnlyTube), None, (72, 82), [
        "声は出ませんが意識は清明。まばたきと文字盤で会話します。ナースコールは頬のスイッチ",
    ];
    ON_DIALYSIS: [DIALYSIS] may [INSOMNIA, CATARACT, GOUT, STENOSIS],
        daily(2, "I", "cane", "clear", "possible", Regular), None, (72, 87), [
        "会話は普通です。透析から帰った日は血圧が下がりやすく、夕方まで横になります",
        "尿はほとんど出ません。顔のむくみと息切れがあるときは水がたまっています",
    ];
    INJECTING: [DIABETES_INSULIN, HYPERTENSION] may [DYSLIPIDEMIA, CONSTIPATION, GLAUCOMA, CATARACT],
        daily(2, "IIa", "walker", "clear", "possible", Regular), None, (74, 91), [
        "明るくよく話します。返事が遅い・汗をかく・あくびが続くときは低血糖のことが多いです",
        "足の裏の感覚が鈍く、傷に気づきません。視力が弱く、声で人を見分けています",
    ];
    BROKEN_HIP: [HIP_FRACTURE, OSTEOPOROSIS, HYPERTENSION] may [CONSTIPATION, CATARACT, KNEES, INSOMNIA, ALZHEIMER],
        daily(3, "IIa", "wheelchair_self", "clear", "possible", Regular), None, (80, 98), [
        "会話は普通。立つときは手すりが必要で、右脚は少し短いです",
        "転ばないよう声をかけています。痛みがあると食事の量が半分に減ります",
    ];
    STIFF_JOINTS: [RHEUMATISM] may [OSTEOPOROSIS, REFLUX, ANEMIA, CATARACT, CONSTIPATION],
        daily(3, "none", "wheelchair_self", "clear", "possible", Chopped), Some(false), (74, 90), [
        "手指の変形で物がつかみにくいです。朝のこわばりが強く、10時ごろから動けます",
        "考えはしっかりしており、自分で説明できます。熱が出にくいので37℃台でも注意",
    ];
    WORN_KNEES: [KNEE_JOINT, HYPERTENSION] may [DYSLIPIDEMIA, CONSTIPATION, GOUT, INSOMNIA, CATARACT, APPENDIX],
        daily(0, "none", "cane", "clear", "possible", Regular), None, (76, 92), [
        "身の回りは自立。体操と買い物によく出かけます",
        "毎朝廊下を3往復歩きます。部屋から出てこないときは様子を見に行きます",
    ];
    CATHETER: [PROSTATE, ALZHEIMER, CONSTIPATION] may [HYPERTENSION, GASTRIC_CANCER, DRY_SKIN],
        daily(4, "IIIa", "wheelchair_assisted", "slightly_dull", "partial", Soft), Some(true), (80, 95), [
        "短い返事をします。管を気にして引っぱることがあります。尿は普段やや濃い黄色です",
    ];
    STOMA_CARE: [COLON_CANCER, HYPERTENSION] may [ANEMIA, OSTEOPOROSIS, CATARACT],
        daily(2, "I", "cane", "clear", "possible", Regular), None, (76, 90), [
        "会話は普通。便はやや軟らかいのが普段です。装具の交換は職員が手伝います",
    ];
    LAST_MONTHS: [PANCREATIC_CANCER] may [],
        daily(4, "none", "wheelchair_assisted", "clear", "possible", Soft), None, (74, 88), [
        "うとうとしていますが、声をかけると目を開けて話します。顔と目は普段から少し黄色いです",
    ];
    LIVER: [CIRRHOSIS] may [ANEMIA, GALLSTONES, INSOMNIA],
        daily(3, "IIa", "walker", "clear", "possible", Chopped), None, (74, 86), [
        "受け答えは普通です。便が出ない日が続くとぼんやりし、手が震えます",
    ];
    VERY_OLD: [HYPERTENSION, DISUSE, CATARACT] may [CONSTIPATION, REFLUX, DRY_SKIN],
        daily(3, "IIa", "wheelchair_assisted", "clear", "partial", Chopped), None, (99, 104), [
        "耳元でゆっくり話せば通じます。よく眠り、起きると「ありがたいねえ」と手を合わせます",
        "右耳の近くで話すと答えます。食事は1時間かけて自分で食べます",
    ];
}

/// A 特養 admits people from 要介護3.
pub(super) static NURSING_HOME: &[&Case] = &[
    &FORGETTING,
    &SPEECHLESS,
    &FAR_GONE,
    &BROKEN_HIP,
    &HEART_AND_RHYTHM,
    &STOMACH_TUBE,
    &SMALL_STROKES,
    &LEFT_SIDE,
    &SHAKING,
    &BEDSORE,
    &CATHETER,
    &EMBOLISM,
    &FORGETTING,
    &INJECTING,
    &HEMORRHAGED,
    &VERY_OLD,
    &STIFF_JOINTS,
    &FAR_GONE,
    &LEWY_BODIES,
    &BREATHLESS,
    &CLIPPED,
    &LIVER,
    &BROKEN_HIP,
    &LAST_MONTHS,
    &FORGETTING,
    &PACED,
    &VOICES,
    &STOMACH_TUBE,
    &AFTER_INFARCTION,
    &SPEECHLESS,
    &STOMA_CARE,
    &VERY_OLD,
];

/// A group home: everyone lives with dementia and nobody needs a nurse at night.
pub(super) static GROUP_HOME: &[&Case] = &[
    &FORGETFUL,
    &FORGETTING,
    &LEWY_BODIES,
    &FORGETFUL,
    &SMALL_STROKES,
    &FORGETTING,
];

pub(super) static PAID_HOME: &[&Case] = &[
    &WORN_KNEES,
    &HEART_AND_RHYTHM,
    &PACED,
    &WHEEZING,
    &INJECTING,
    &FORGETFUL,
    &ON_DIALYSIS,
    &LOW_SPIRITS,
    &AFTER_INFARCTION,
    &VALVE_REPLACED,
    &LEFT_SIDE,
    &STIFF_LUNGS,
    &BROKEN_HIP,
    &DEFIBRILLATOR,
    &STOMA_CARE,
    &BREATHLESS,
    &STIFF_JOINTS,
    &FORGETTING,
    &SHAKING,
    &WORN_KNEES,
];
