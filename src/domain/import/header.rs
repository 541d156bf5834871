//! Which column fills what: the targets with the headers by which spreadsheets name them, the guess, and the choice.
//!
//! [`TARGETS`] is the whole knowledge, as data. A header counts only when all of it is accounted for: a column left
//! unmatched is seen on the page, a column matched wrongly might not be.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::{Column, Table};
use crate::domain::answer::{Inputs, Problems};

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// The record's own answer at the target's key, after the words of its field are put right.
    Answer,
    /// 姓 (0) and 名 (1) of the answer at the first part of the key.
    NamePart(u8),
    /// 認定有効期間 in one cell.
    Period,
    /// Several, in one cell or in several columns.
    List,
    /// Several of one kind: each row gets `value` at `part`. 「なし」 says nothing about the other kinds (safety.md S18).
    ListOf {
        list: &'static str,
        part: &'static str,
        value: &'static str,
    },
    /// The result of one test.
    Agent(&'static str),
    /// One part of the row `slot` of a list of people.
    Person {
        list: &'static str,
        slot: usize,
        part: &'static str,
    },
}

/// The slot of a contact whose column says only that this is the key person.
pub(super) const KEY_PERSON: usize = 3;
pub(super) const CONTACTS: &str = "emergency_contacts";
pub(super) const PHYSICIANS: &str = "physicians";
/// Telephone numbers, mobile or not: the digits say which.
pub(super) const ANY_PHONE: &str = "phone";

/// What a column can fill.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Identifier in [`Mapping::from_inputs`].
    pub key: &'static str,
    pub label: &'static str,
    pub(super) read: Read,
    /// Folded as [`fold`] does, the surest first.
    headers: &'static str,
}

impl Target {
    /// Every target, under the heading where a person looks for it.
    pub fn groups() -> &'static [(&'static str, &'static [Self])] {
        TARGETS
    }

    pub fn all() -> impl Iterator<Item = &'static Self> {
        TARGETS.iter().flat_map(|(_, targets)| targets.iter())
    }

    pub fn from_key(key: &str) -> Option<&'static Self> {
        Self::all().find(|target| target.key == key)
    }

    /// Whether several columns may fill it together.
    pub fn repeats(&self) -> bool {
        matches!(self.read, Read::List | Read::ListOf { .. })
    }
}

const fn answer(key: &'static str, label: &'static str, headers: &'static str) -> Target {
    Target {
        key,
        label,
        read: Read::Answer,
        headers,
    }
}

const fn list(key: &'static str, label: &'static str, headers: &'static str) -> Target {
    Target {
        key,
        label,
        read: Read::List,
        headers,
    }
}

const fn part(key: &'static str, label: &'static str, at: u8, headers: &'static str) -> Target {
    Target {
        key,
        label,
        read: Read::NamePart(at),
        headers,
    }
}

const fn agent(
    key: &'static str,
    label: &'static str,
    code: &'static str,
    headers: &'static str,
) -> Target {
    Target {
        key,
        label,
        read: Read::Agent(code),
        headers,
    }
}

/// One part of one person; the headers are put together from [`PEOPLE`] and [`PARTS`].
macro_rules! person {
    ($list:expr, $slot:expr, $key:literal, $label:literal, $($part:literal: $words:literal,)*) => {
        &[$(Target {
            key: concat!($key, ".", $part),
            label: concat!($label, " ", $words),
            read: Read::Person { list: $list, slot: $slot, part: $part },
            headers: "",
        },)*]
    };
}

macro_rules! contact {
    ($slot:expr, $key:literal, $label:literal) => {
        person!(
            CONTACTS, $slot, $key, $label,
            "name": "氏名",
            "name_kana": "ふりがな",
            "relationship": "続柄",
            "phone": "電話",
            "phone_mobile": "携帯電話",
            "phone_home": "自宅・勤務先の電話",
            "lives_at": "住まい",
        )
    };
}

macro_rules! physician {
    ($slot:expr, $key:literal, $label:literal) => {
        person!(
            PHYSICIANS, $slot, $key, $label,
            "institution": "医療機関",
            "department": "診療科",
            "name": "医師名",
            "phone_day": "日中の電話",
            "phone_24h": "24時間電話",
        )
    };
}

/// Every target by the heading under which a person chooses it, with the headers that name it.
static TARGETS: &[(&str, &[Target])] = &[
    (
        "本人",
        &[
            answer(
                "resident_number",
                "利用者番号",
                "利用者番号 入居者番号 入所者番号 利用者id 入居者id 入所者id 利用者こーど \
         入居者こーど 利用者no 入居者no 管理番号 番号 id no こーど",
            ),
            answer(
                "name",
                "氏名",
                "氏名 利用者氏名 入居者氏名 入所者氏名 利用者名 入居者名 入所者名 お名前 名前 \
         漢字氏名 氏名漢字 姓名 利用者 入居者 入所者",
            ),
            part(
                "name.surname",
                "姓(氏名と合わせる)",
                0,
                "姓 氏 苗字 名字 姓漢字 漢字姓",
            ),
            part("name.given", "名(氏名と合わせる)", 1, "名 名漢字 漢字名"),
            answer(
                "name_kana",
                "ふりがな",
                "ふりがな 氏名かな 氏名ふりがな 利用者氏名かな 利用者名かな 入居者氏名かな \
         入居者名かな かな氏名 名前かな 名前ふりがな お名前ふりがな かな かな名 よみがな \
         読みがな 読み仮名 よみ",
            ),
            part(
                "name_kana.surname",
                "セイ(ふりがなと合わせる)",
                0,
                "せい 姓かな 姓ふりがな せいかな 氏かな かな姓 苗字かな 名字かな",
            ),
            part(
                "name_kana.given",
                "メイ(ふりがなと合わせる)",
                1,
                "めい 名かな 名ふりがな めいかな かな名前",
            ),
            answer(
                "birth_date",
                "生年月日",
                "生年月日 誕生日 生年月 出生日 出生年月日 お誕生日",
            ),
            answer("sex", "性別", "性別 男女 男女別"),
            answer(
                "floor",
                "階・ユニット",
                "階ゆにっと 階 ふろあ ゆにっと ゆにっと名 居室階 居住階 ふろあ名 棟",
            ),
            answer(
                "room",
                "居室",
                "居室 居室番号 部屋番号 部屋 号室 居室名 部屋名 居室no 部屋no",
            ),
            answer(
                "moved_in_on",
                "入居日",
                "入居日 入所日 入居年月日 入所年月日 利用開始日 契約日",
            ),
            answer("postal_code", "郵便番号", "郵便番号 郵便 〒 住所郵便番号"),
            answer(
                "home_address",
                "住所",
                "住所 自宅住所 現住所 住民票住所 住所住民票 住民票所在地",
            ),
            answer(
                "phone",
                "電話",
                "電話 電話番号 自宅電話 自宅電話番号 電話番号自宅 tel 携帯 携帯電話",
            ),
            answer("blood_type", "血液型", "血液型 血液型abo"),
            answer("height_cm", "身長", "身長 身長cm"),
            answer("weight_kg", "体重", "体重 体重kg"),
            answer("weight_measured_on", "体重測定日", "体重測定日"),
            answer(
                "usual_condition_note",
                "普段の様子",
                "普段の様子 普段の状態 日頃の様子",
            ),
            answer(
                "usual_bp",
                "普段の血圧",
                "普段の血圧 血圧 平常時血圧 平均血圧",
            ),
        ],
    ),
    (
        "保険・介護度",
        &[
            answer(
                "care_level",
                "要介護度",
                "要介護度 介護度 要介護状態区分 要介護認定 要支援要介護度 介護認定",
            ),
            answer(
                "care_level_valid_from",
                "認定有効期間(始)",
                "認定有効期間始 認定有効期間開始 認定有効期間自 認定有効期間から 認定開始日 \
         有効期間開始日 認定有効期間開始日 有効期間開始 認定開始 有効期間始 有効期間自",
            ),
            answer(
                "care_level_valid_to",
                "認定有効期間(終)",
                "認定有効期間終 認定有効期間終了 認定有効期間至 認定有効期間まで 認定終了日 \
         有効期間終了日 認定有効期間終了日 有効期間終了 認定終了 有効期間終 有効期間至 \
         認定有効期限 有効期限",
            ),
            Target {
                key: "certification_period",
                label: "認定有効期間(始〜終)",
                read: Read::Period,
                headers: "認定有効期間 有効期間 認定期間 要介護認定有効期間",
            },
            answer(
                "insurer_number",
                "介護保険 保険者番号",
                "保険者番号 介護保険者番号 介護保険保険者番号 保険者no",
            ),
            answer(
                "insured_number",
                "介護保険 被保険者番号",
                "被保険者番号 介護保険被保険者番号 介護保険番号 介護被保険者番号 被保険者no",
            ),
            answer(
                "copayment_rate",
                "介護保険の負担割合",
                "負担割合 介護保険負担割合 利用者負担割合",
            ),
            answer(
                "insurance_type",
                "医療保険",
                "医療保険 医療保険種別 健康保険 保険種別",
            ),
            answer(
                "disability_adl",
                "障害高齢者の日常生活自立度",
                "障害高齢者の日常生活自立度 障害高齢者日常生活自立度 障害自立度 寝たきり度 \
         日常生活自立度障害",
            ),
            answer(
                "dementia_adl",
                "認知症高齢者の日常生活自立度",
                "認知症高齢者の日常生活自立度 認知症高齢者日常生活自立度 認知症自立度 認知度 \
         日常生活自立度認知症",
            ),
        ],
    ),
    (
        "病気・薬",
        &[
            list(
                "current_conditions",
                "現病・治療中の病気",
                "現病歴 現病 病名 主病名 主病 傷病名 主傷病名 疾患 疾患名 主疾患 診断名 主な病名 \
         治療中の病気 現疾患 主な疾患 持病 主な傷病名",
            ),
            list(
                "past_history",
                "既往歴・手術歴",
                "既往歴 既往症 既往 既往歴手術歴 過去の病気",
            ),
            Target {
                key: "past_history.surgery",
                label: "手術歴",
                read: Read::ListOf {
                    list: "past_history",
                    part: "surgery",
                    value: "yes",
                },
                headers: "手術歴 手術",
            },
            list(
                "allergies",
                "アレルギー・禁忌",
                "あれるぎー あれるぎー禁忌 あれるぎー有無 あれるぎー内容 あれるぎーの有無 \
         禁忌あれるぎー",
            ),
            Target {
                key: "allergies.drug",
                label: "アレルギー(薬)",
                read: Read::ListOf {
                    list: "allergies",
                    part: "kind",
                    value: "drug",
                },
                headers: "薬あれるぎー 薬剤あれるぎー 薬物あれるぎー 禁忌薬 禁忌薬剤",
            },
            Target {
                key: "allergies.food",
                label: "アレルギー(食物)",
                read: Read::ListOf {
                    list: "allergies",
                    part: "kind",
                    value: "food",
                },
                headers: "食物あれるぎー 食品あれるぎー 食べ物あれるぎー 禁忌食 禁止食",
            },
            list(
                "infections",
                "感染症",
                "感染症 感染症の有無 感染症有無 感染症名 感染症内容",
            ),
            agent(
                "infections.hbv",
                "感染症: HBs抗原",
                "hbv",
                "hbs抗原 hbsag hbs hbv b型肝炎",
            ),
            agent(
                "infections.hcv",
                "感染症: HCV抗体",
                "hcv",
                "hcv抗体 hcvab hcv c型肝炎",
            ),
            agent(
                "infections.syphilis",
                "感染症: 梅毒",
                "syphilis",
                "梅毒 tpha rpr 梅毒反応 わっせるまん反応",
            ),
            agent("infections.mrsa", "感染症: MRSA", "mrsa", "mrsa"),
            agent("infections.tb", "感染症: 結核", "tb", "結核"),
            agent(
                "infections.scabies",
                "感染症: 疥癬",
                "scabies",
                "疥癬 かいせん",
            ),
            list(
                "medications",
                "服用薬",
                "服薬 内服薬 服用薬 処方薬 服薬内容 内服 内服薬名 薬 お薬 処方 服薬状況内容 処方内容 \
         薬剤名 薬剤 常用薬",
            ),
            answer(
                "medication_as_of",
                "服用薬の確認日",
                "服用薬の確認日 服薬確認日 処方日 薬確認日",
            ),
            list(
                "special_care",
                "医療処置・デバイス",
                "医療処置 医療的処置 処置 医療行為 特別な医療 医療的けあ",
            ),
        ],
    ),
    (
        "緊急連絡先1",
        contact!(0, "emergency_contacts.0", "緊急連絡先1"),
    ),
    (
        "緊急連絡先2",
        contact!(1, "emergency_contacts.1", "緊急連絡先2"),
    ),
    (
        "緊急連絡先3",
        contact!(2, "emergency_contacts.2", "緊急連絡先3"),
    ),
    (
        "キーパーソン",
        contact!(KEY_PERSON, "key_person", "キーパーソン"),
    ),
    (
        "かかりつけ医1",
        physician!(0, "physicians.0", "かかりつけ医1"),
    ),
    (
        "かかりつけ医2",
        physician!(1, "physicians.1", "かかりつけ医2"),
    ),
    (
        "ほかの連絡先",
        &[
            answer(
                "guarantor_name",
                "身元引受人・保証人",
                "身元引受人 身元引受人氏名 身元保証人 身元保証人氏名 保証人 保証人氏名",
            ),
            answer(
                "guarantor_relationship",
                "身元引受人の続柄",
                "身元引受人続柄 身元保証人続柄 保証人続柄",
            ),
            answer(
                "guarantor_phone",
                "身元引受人の電話",
                "身元引受人電話 身元引受人電話番号 身元保証人電話 身元保証人電話番号 保証人電話 \
         保証人電話番号",
            ),
            answer(
                "guardian_name",
                "成年後見人の氏名",
                "成年後見人 成年後見人氏名 後見人 後見人氏名",
            ),
            answer(
                "guardian_phone",
                "成年後見人の電話",
                "成年後見人電話 成年後見人電話番号 後見人電話 後見人電話番号",
            ),
            answer(
                "care_manager_name",
                "ケアマネジャー",
                "けあまねじゃー けあまね 担当けあまね 担当けあまねじゃー 介護支援専門員 \
         けあまねじゃー氏名 けあまね氏名",
            ),
            answer(
                "care_manager_office",
                "ケアマネジャーの事業所",
                "居宅介護支援事業所 けあまね事業所 けあまねじゃー事業所 居宅支援事業所",
            ),
            answer(
                "care_manager_phone",
                "ケアマネジャーの電話",
                "けあまね電話 けあまね電話番号 けあまねじゃー電話 けあまねじゃー電話番号 \
         居宅介護支援事業所電話",
            ),
            answer(
                "dentist_name",
                "かかりつけ歯科",
                "かかりつけ歯科 歯科 歯科医院 かかりつけ歯科医 歯科医",
            ),
            answer(
                "dentist_phone",
                "かかりつけ歯科の電話",
                "かかりつけ歯科電話 歯科電話 歯科電話番号 歯科医院電話",
            ),
            answer(
                "pharmacy_name",
                "かかりつけ薬局",
                "かかりつけ薬局 薬局 調剤薬局 薬局名",
            ),
            answer(
                "pharmacy_phone",
                "かかりつけ薬局の電話",
                "かかりつけ薬局電話 薬局電話 薬局電話番号 調剤薬局電話",
            ),
        ],
    ),
];

/// Words at the start of a header that say whose facts follow; the longer before the shorter.
const PEOPLE: &[(&str, &str, Option<usize>)] = &[
    ("緊急時連絡先", CONTACTS, None),
    ("緊急連絡先", CONTACTS, None),
    ("緊急時連絡", CONTACTS, None),
    ("緊急連絡者", CONTACTS, None),
    ("家族連絡先", CONTACTS, None),
    ("連絡先", CONTACTS, None),
    ("ご家族", CONTACTS, None),
    ("家族", CONTACTS, None),
    ("きーぱーそん", CONTACTS, Some(KEY_PERSON)),
    ("かかりつけ医療機関", PHYSICIANS, None),
    ("かかりつけ病院", PHYSICIANS, None),
    ("かかりつけ医", PHYSICIANS, None),
    ("協力医療機関", PHYSICIANS, None),
    ("主治医", PHYSICIANS, None),
    ("嘱託医", PHYSICIANS, None),
    ("配置医", PHYSICIANS, None),
    ("担当医", PHYSICIANS, None),
    ("医療機関", PHYSICIANS, None),
    ("病院", PHYSICIANS, None),
];

/// What may follow: the rest of the header, and the part that it names.
const PARTS: &[(&str, &[(&str, &str)])] = &[
    (
        CONTACTS,
        &[
            ("name", "氏名 名前 お名前 名 者氏名 者名"),
            ("name_kana", "ふりがな かな 氏名かな 名かな"),
            ("relationship", "続柄 関係 間柄 との関係"),
            (ANY_PHONE, "電話 電話番号 tel 連絡先 番号"),
            (
                "phone_mobile",
                "携帯 携帯電話 携帯番号 携帯電話番号 電話携帯 電話番号携帯",
            ),
            (
                "phone_home",
                "自宅 自宅電話 自宅電話番号 電話自宅 電話番号自宅 固定電話 勤務先電話",
            ),
            ("lives_at", "住所 住まい"),
        ],
    ),
    (
        PHYSICIANS,
        &[
            (
                "institution",
                "医療機関 医療機関名 病院 病院名 名称 くりにっく 所属",
            ),
            ("department", "診療科 科 診療科目"),
            ("name", "氏名 名前 医師 医師名 医師氏名 担当医 先生"),
            ("phone_day", "電話 電話番号 tel 連絡先"),
            (
                "phone_24h",
                "夜間電話 夜間連絡先 24時間電話 夜間休日電話 緊急時電話 夜間電話番号",
            ),
        ],
    ),
];

/// Words before a header that say nothing new in a table of residents.
const OWN: &str = "利用者様 入居者様 入所者様 ご本人 利用者 入居者 入所者 本人 ご お";

/// Words that make a column one about resuscitation and treatment at the end of life, with the reason for refusing it.
const REFUSED: &str = "dnar dnr cpr polst acp 延命 蘇生 心肺 心まっさーじ 心臓まっさーじ 心ま 挿管 人工呼吸 \
     昇圧 事前指示 事前指定 りびんぐういる 尊厳死 看取 みとり 終末期 たーみなる 急変時 \
     人生会議 人生の最終段階 救命";

const WHY_REFUSED: &str = "心肺蘇生・延命・看取りについての列は取り込みません。\
    医師の指示や本人の意向は、1人ずつ、書面と医師を確かめて記録するものだからです。\
    心肺蘇生についての扱いは、取り込みでは変わりません";

/// Why a column with this header is never imported, where that is so.
pub(super) fn refused(header: &str) -> Option<&'static str> {
    let folded = fold(header);
    REFUSED
        .split(' ')
        .any(|word| folded.contains(word))
        .then_some(WHY_REFUSED)
}

/// How many of these headers name a target.
pub(super) fn known(headers: &[String]) -> usize {
    let named = |header: &&String| own(header).is_some() || person(header).is_some();
    headers.iter().filter(named).count()
}

/// Width, case, script of kana, spaces and marks make no difference between headers.
fn fold(header: &str) -> String {
    header
        .nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
            c => c,
        })
        .filter(|c| c.is_alphanumeric() || matches!(c, 'ー' | '〒'))
        .collect()
}

/// The header without what stands in brackets.
fn without_brackets(header: &str) -> String {
    let mut depth = 0_usize;
    let mut bare = String::new();
    for c in header.nfkc() {
        match c {
            '(' | '[' | '【' | '〔' | '「' | '<' => depth += 1,
            ')' | ']' | '】' | '〕' | '」' | '>' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare
}

/// The target of a header about the resident, and how sure that is.
fn own(header: &str) -> Option<(usize, &'static Target)> {
    let full = fold(header);
    let bare = fold(&without_brackets(header));
    let without_own = |text: &str| {
        let rest = OWN.split(' ').find_map(|word| text.strip_prefix(word))?;
        Some(rest.trim_start_matches('の').to_owned())
    };
    let candidates = [
        (400, Some(full.clone())),
        (300, Some(bare.clone())),
        (200, without_own(&full)),
        (100, without_own(&bare)),
        // 病名1, 病名2: columns of one list.
        (
            50,
            Some(
                full.trim_end_matches(|c: char| c.is_ascii_digit())
                    .to_owned(),
            ),
        ),
    ];
    let scored = candidates.into_iter().filter_map(|(base, text)| {
        let text = text.filter(|text| !text.is_empty())?;
        Target::all().find_map(|target| {
            let at = target.headers.split(' ').position(|known| known == text)?;
            Some((base - at, target))
        })
    });
    scored.max_by_key(|(score, _)| *score)
}

/// What a header says about a person other than the resident.
struct PersonHeader {
    list: &'static str,
    /// The one the header numbers or names.
    slot: Option<usize>,
    /// `None` when the header names the person and nothing about them.
    part: Option<&'static str>,
}

fn person(header: &str) -> Option<PersonHeader> {
    let (text, number) = without_number(&fold(header));
    // 第2連絡先, 主な連絡先
    let text = ["第", "主な", "主たる"]
        .iter()
        .fold(text.as_str(), |text, word| {
            text.strip_prefix(word).unwrap_or(text)
        });
    PEOPLE.iter().find_map(|(word, list, slot)| {
        let rest = text.strip_prefix(word)?;
        let rest = rest.trim_start_matches('の');
        let part = part_of(list, rest);
        // 家族 and 連絡先 alone may be anything; 家族1 and 連絡先2 are people.
        let vague = matches!(*word, "家族" | "ご家族" | "連絡先") && number.is_none();
        let bare = rest.is_empty() && !vague;
        (bare || part.is_some()).then_some(PersonHeader {
            list,
            slot: slot.or(number),
            part,
        })
    })
}

fn part_of(list: &str, rest: &str) -> Option<&'static str> {
    let (_, parts) = PARTS.iter().find(|(name, _)| *name == list)?;
    let (part, _) = parts
        .iter()
        .find(|(_, words)| words.split(' ').any(|word| word == rest))?;
    Some(part)
}

/// `緊急連絡先2氏名` → `緊急連絡先氏名`, second slot. 24時間 is no number of a person.
fn without_number(folded: &str) -> (String, Option<usize>) {
    let digits: Vec<(usize, char)> = folded
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .collect();
    match digits.as_slice() {
        [(at, digit @ '1'..='3')] => {
            let before = folded[..*at].trim_end_matches("その");
            let after = &folded[at + 1..];
            let after = ["人目", "番目", "件目", "位"]
                .iter()
                .find_map(|word| after.strip_prefix(word))
                .unwrap_or(after);
            let slot = digit.to_digit(10).map(|number| number as usize - 1);
            (format!("{before}{after}"), slot)
        }
        _ => (folded.to_owned(), None),
    }
}

/// Which target each column fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping(Vec<Option<&'static Target>>);

impl Mapping {
    /// The guess from the headers; where a header only names a person, from what stands below it.
    pub fn guess(table: &Table) -> Self {
        let columns = table.columns();
        let mut guess = Guess::default();
        for column in &columns {
            guess.column(column);
        }
        Self(guess.settle(columns.len()))
    }

    /// The choice of a person: `column.0` holds the key of a target, or nothing. A column without an input keeps
    /// nothing; a refused column is never matched, whatever the inputs say.
    pub fn from_inputs(table: &Table, inputs: &Inputs) -> (Self, Problems) {
        let mut problems = Problems::default();
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        let columns = table.columns();
        let mut targets = Vec::with_capacity(columns.len());
        for column in &columns {
            let key = Self::input_key(column.index);
            let chosen = inputs.get(&key);
            let target = Target::from_key(chosen);
            if !chosen.is_empty() && target.is_none() {
                problems.add(&key, format!("「{chosen}」という取り込み先はありません"));
            }
            if let (Some(_), Some(why)) = (target, column.refused()) {
                problems.add(&key, why);
            }
            let target = target.filter(|_| column.refused().is_none());
            if let Some(target) = target.filter(|target| !target.repeats())
                && let Some(other) = taken.insert(target.key, column.index)
            {
                problems.add(
                    &key,
                    format!(
                        "「{}」には{}列も選ばれています。どちらか1列にしてください",
                        target.label,
                        super::column_letter(other)
                    ),
                );
            }
            targets.push(target);
        }
        (Self(targets), problems)
    }

    /// The inputs that [`Mapping::from_inputs`] reads back to this mapping.
    pub fn inputs(&self) -> Inputs {
        Inputs::from_pairs(self.0.iter().enumerate().map(|(column, target)| {
            let key = target.map_or("", |target| target.key);
            (Self::input_key(column), key.to_owned())
        }))
    }

    pub fn input_key(column: usize) -> String {
        format!("column.{column}")
    }

    pub fn target(&self, column: usize) -> Option<&'static Target> {
        self.0.get(column).copied().flatten()
    }

    /// The matched columns.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &'static Target)> {
        let matched = |(column, target): (usize, &Option<&'static Target>)| {
            target.map(|target| (column, target))
        };
        self.0.iter().enumerate().filter_map(matched)
    }
}

/// Columns from left to right; a later one may lean on what stands before it.
#[derive(Default)]
struct Guess {
    /// Column, score, target.
    found: Vec<(usize, usize, &'static Target)>,
    /// The person whose columns are being read.
    person: Option<(&'static str, usize)>,
}

impl Guess {
    fn column(&mut self, column: &Column<'_>) {
        if column.refused().is_some() {
            self.person = None;
            return;
        }
        if let Some((target, slot)) = self.of_person(column) {
            self.person = Some(slot);
            self.found.push((column.index, 1_000, target));
        } else {
            self.person = None;
            if let Some((score, target)) = own(column.header) {
                self.found.push((column.index, score, target));
            }
        }
    }

    fn of_person(&self, column: &Column<'_>) -> Option<(&'static Target, (&'static str, usize))> {
        let own_target = own(column.header).map(|(_, target)| target);
        if let Some(header) = person(column.header).filter(|_| own_target.is_none()) {
            let part = header
                .part
                .unwrap_or_else(|| likely_part(header.list, column));
            let slot = match (header.slot, self.person) {
                (Some(slot), _) => slot,
                (None, Some((list, slot)))
                    if list == header.list && self.free(list, slot, part) =>
                {
                    slot
                }
                (None, _) => (0..KEY_PERSON).find(|slot| self.free(header.list, *slot, part))?,
            };
            return Some((person_target(header.list, slot, part)?, (header.list, slot)));
        }
        // 緊急連絡先 | 続柄 | 電話番号: the header leaves out what the column before it said.
        let (list, slot) = self.person?;
        let part = part_of(list, &without_number(&fold(column.header)).0)?;
        let resident_first = part == "lives_at" && !self.has("home_address");
        let leaning = self.free(list, slot, part) && !resident_first;
        let target = person_target(list, slot, part).filter(|_| leaning)?;
        Some((target, (list, slot)))
    }

    fn free(&self, list: &str, slot: usize, part: &str) -> bool {
        person_target(list, slot, part).is_some_and(|target| !self.has(target.key))
    }

    fn has(&self, key: &str) -> bool {
        self.found.iter().any(|(_, _, target)| target.key == key)
    }

    /// Each target to the column that named it best; the first of equals.
    fn settle(self, columns: usize) -> Vec<Option<&'static Target>> {
        let mut targets: Vec<Option<&'static Target>> = vec![None; columns];
        let mut found = self.found;
        found.sort_by_key(|(column, score, _)| (std::cmp::Reverse(*score), *column));
        for (column, _, target) in found {
            let taken = targets.iter().flatten().any(|other| *other == target);
            if target.repeats() || !taken {
                targets[column] = Some(target);
            }
        }
        targets
    }
}

fn person_target(list: &str, slot: usize, part: &str) -> Option<&'static Target> {
    let wanted = |target: &&'static Target| match target.read {
        Read::Person {
            list: l,
            slot: s,
            part: p,
        } => (l, s, p) == (list, slot, part),
        _ => false,
    };
    Target::all().find(wanted)
}

/// What stands in a column that only names the person: a telephone number, a clinic, or else the name.
fn likely_part(list: &str, column: &Column<'_>) -> &'static str {
    let most = |is: fn(&str) -> bool| {
        let count = column.samples.iter().filter(|sample| is(sample)).count();
        count * 2 > column.samples.len()
    };
    let phone = |text: &str| text.nfkc().filter(char::is_ascii_digit).count() >= 9;
    let clinic = |text: &str| {
        ["院", "クリニック", "診療所", "医療センター"]
            .iter()
            .any(|word| text.contains(word))
    };
    match list {
        PHYSICIANS if column.header.contains("機関") || column.header.contains("病院") => {
            "institution"
        }
        PHYSICIANS if most(clinic) => "institution",
        CONTACTS if most(phone) => ANY_PHONE,
        _ => "name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_table_are_written_as_they_are_compared() {
        let people = PEOPLE.iter().map(|(word, ..)| *word);
        let parts = PARTS
            .iter()
            .flat_map(|(_, parts)| parts.iter().map(|(_, words)| *words));
        let own = Target::all().map(|target| target.headers);
        for words in own.chain(people).chain(parts).chain([OWN, REFUSED]) {
            for word in words.split(' ') {
                assert_eq!(fold(word), word);
            }
        }
    }

    #[test]
    fn no_header_and_no_key_means_two_targets() {
        let mut headers: Vec<&str> = Target::all()
            .flat_map(|target| target.headers.split_whitespace())
            .collect();
        let mut keys: Vec<&str> = Target::all().map(|target| target.key).collect();
        for words in [&mut headers, &mut keys] {
            let all = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), all);
        }
    }

    #[test]
    fn every_target_reads_into_a_field_of_the_record() {
        use crate::domain::record::Record;
        for target in Target::all() {
            let first = target.key.split('.').next().unwrap();
            let field = match target.read {
                Read::Person { list, .. } => list,
                Read::Period => continue,
                _ => first,
            };
            assert!(Record::default().get(field).is_some(), "{}", target.key);
        }
    }
}
