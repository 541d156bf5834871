//! What facilities write in their spreadsheets where the record has a choice or a state: words as [`fold`] leaves them,
//! separated by spaces.

use unicode_normalization::UnicodeNormalization;

use crate::domain::answer::Choice;

/// The state that a cell says instead of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Nobody looked yet; the same as a blank cell.
    Nothing,
    Unknown,
    None,
    /// That there is something, and not what.
    SomethingUnnamed,
    /// A dash: none, unknown or blank, nobody can tell (safety.md S18).
    Dash,
    Content,
}

const NOTHING: &str = "未確認 未記入 未入力 確認中 未聴取 未検査 未 空欄 調査中";
const UNKNOWN: &str = "不明 わからない 分からない 不詳 unknown ?";
const NONE: &str = "なし 無し 無 ナシ 特になし 特に無し とくになし 特記なし 特記事項なし 該当なし 無(なし) \
     無(し) (-) ない none アレルギーなし 感染症なし 既往なし 既往歴なし 服薬なし 内服なし \
     処方なし 医療処置なし";
const SOMETHING: &str = "あり 有り 有 アリ (+) yes ○ ◯ 〇";
const DASHES: &str = "- -- ー ― ‐ – — − / * ... ・";

pub(super) fn says(cell: &str) -> Says {
    let folded = fold(cell);
    let is = |words: &str| words.split(' ').any(|word| word == folded);
    if is(NOTHING) {
        Says::Nothing
    } else if is(UNKNOWN) {
        Says::Unknown
    } else if is(NONE) {
        Says::None
    } else if is(SOMETHING) {
        Says::SomethingUnnamed
    } else if is(DASHES) {
        Says::Dash
    } else {
        Says::Content
    }
}

/// Width, case and spaces make no difference between words.
pub(super) fn fold(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Words of an error that Excel shows in place of a value.
pub(super) const CELL_ERRORS: &str = "#N/A #REF! #VALUE! #DIV/0! #NAME? #NUM! #NULL! #DATA!";

/// Other words for a choice than its own, by field.
const CHOICES: &[(&str, &[(&str, &str)])] = &[
    (
        "sex",
        &[
            ("male", "男性 m 1 男子 ♂ 1:男 1男"),
            ("female", "女性 f 2 女子 ♀ 2:女 2女"),
        ],
    ),
    (
        "care_level",
        &[
            ("support1", "支援1 支1 12 要支1"),
            ("support2", "支援2 支2 13 要支2"),
            ("care1", "介護1 介1 1 21 要介1"),
            ("care2", "介護2 介2 2 22 要介2"),
            ("care3", "介護3 介3 3 23 要介3"),
            ("care4", "介護4 介4 4 24 要介4"),
            ("care5", "介護5 介5 5 25 要介5"),
            ("not_eligible", "自立 非該当 01"),
            ("project_target", "総合事業 総合事業対象者 06"),
        ],
    ),
    (
        "copayment_rate",
        &[
            ("10", "1 1割負担 10% 0.1"),
            ("20", "2 2割負担 20% 0.2"),
            ("30", "3 3割負担 30% 0.3"),
        ],
    ),
    (
        "insurance_type",
        &[
            ("national", "国保"),
            ("employees", "社保 健保 協会けんぽ 組合健保 共済"),
            (
                "late_elderly",
                "後期 後期高齢者 後期高齢 後期高齢者医療保険 後期高齢者医療制度",
            ),
            ("public_assistance", "生保"),
        ],
    ),
    (
        "blood_type",
        &[("A", "a"), ("B", "b"), ("O", "o"), ("AB", "ab")],
    ),
    (
        "dementia_adl",
        &[
            ("none", "正常"),
            ("I", "1"),
            ("IIa", "2a"),
            ("IIb", "2b"),
            ("IIIa", "3a"),
            ("IIIb", "3b"),
            ("IV", "4"),
        ],
    ),
    ("disability_adl", &[("independent", "正常")]),
    (
        "special_care",
        &[
            ("gastrostomy", "胃瘻 peg 胃ろう造設"),
            (
                "urinary_catheter",
                "尿カテ 尿カテーテル 膀胱留置カテーテル バルーン バルーンカテーテル \
                 留置カテーテル",
            ),
            ("tube_feeding_nasal", "経鼻経管 経鼻胃管 経管栄養(経鼻)"),
            ("central_venous_nutrition", "ivh 中心静脈"),
            ("stoma", "人工肛門"),
            ("suction", "喀痰吸引 痰吸引 たん吸引"),
            ("dialysis", "人工透析 血液透析"),
            ("insulin", "インスリン"),
            ("oxygen", "hot 酸素 在宅酸素療法 酸素療法"),
            ("tracheostomy", "気切"),
            ("pacemaker", "ペースメーカー ペースメーカ icd"),
            ("pressure_ulcer_care", "褥瘡 褥瘡の処置"),
            ("port", "ポート"),
            ("pain_control", "疼痛コントロール"),
            ("enema_management", "浣腸 摘便"),
        ],
    ),
    (
        RELATIONSHIP,
        &[
            ("spouse", "妻 夫 内縁の妻 内縁の夫"),
            ("son", "長男 次男 二男 三男 四男 子(男) 養子"),
            ("daughter", "長女 次女 二女 三女 四女 養女"),
            (
                "daughter_in_law",
                "嫁 長男の妻 長男妻 長男の嫁 次男の妻 次男妻 次男の嫁 息子の嫁 二男の妻 \
                 三男の妻 息子妻",
            ),
            (
                "son_in_law",
                "婿 長女の夫 長女夫 次女の夫 次女夫 二女の夫 娘婿 娘夫",
            ),
            ("sibling", "兄 弟 姉 妹 兄弟 姉妹 実兄 実弟 実姉 実妹 弟妹"),
            ("grandchild", "孫娘 孫息子"),
            ("parent", "父 母 父親 母親 両親"),
            ("nephew_niece", "甥 姪 おい めい"),
            ("guardian", "後見人 保佐人 補助人"),
            ("guarantor", "身元引受人 保証人"),
            ("friend", "知人 友人 隣人"),
            ("municipality", "市役所 生活保護担当 ケースワーカー"),
        ],
    ),
];

/// The words of 続柄, whichever field asks for it.
pub(super) const RELATIONSHIP: &str = "relationship";

/// The code of what a cell says, for the field of this name.
pub(super) fn choice(field: &str, choices: &[Choice], cell: &str) -> Option<&'static str> {
    let folded = fold(cell);
    let own = choices
        .iter()
        .find(|choice| fold(choice.code) == folded || fold(choice.label) == folded);
    if let Some(own) = own {
        return Some(own.code);
    }
    let (_, words) = CHOICES.iter().find(|(name, _)| *name == field)?;
    let (code, _) = words
        .iter()
        .find(|(_, words)| words.split(' ').any(|word| word == folded))?;
    Some(code)
}

/// A part of an infection's name, and the agent that it means.
const AGENTS: &[(&str, &str)] = &[
    ("mrsa", "mrsa"),
    ("esbl", "esbl"),
    ("多剤耐性", "esbl"),
    ("b型", "hbv"),
    ("hbv", "hbv"),
    ("hbs", "hbv"),
    ("c型", "hcv"),
    ("hcv", "hcv"),
    ("梅毒", "syphilis"),
    ("tpha", "syphilis"),
    ("hiv", "hiv"),
    ("結核", "tb"),
    ("疥癬", "scabies"),
    ("かいせん", "scabies"),
    ("ノロ", "norovirus"),
    ("インフルエンザ", "influenza"),
    ("コロナ", "covid"),
    ("covid", "covid"),
    ("cdi", "cdi"),
    ("ディフィシル", "cdi"),
];

pub(super) fn agent(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let (_, code) = AGENTS.iter().find(|(word, _)| folded.contains(word))?;
    Some(code)
}

/// The result of a test, from the end or the whole of a cell.
const RESULTS: &[(&str, &str)] = &[
    ("陽性", "positive"),
    ("(+)", "positive"),
    ("+", "positive"),
    ("陰性", "negative"),
    ("(-)", "negative"),
    ("既往", "past"),
    ("治癒", "past"),
    ("完治", "past"),
    ("治療済", "past"),
];

/// The result that a text names, and the text without it.
pub(super) fn result(text: &str) -> (Option<&'static str>, String) {
    let plain: String = text
        .nfkc()
        .map(|c| match c {
            '‐' | '–' | '—' | '―' | '−' => '-',
            c => c,
        })
        .collect();
    let found = RESULTS.iter().find(|(word, _)| plain.contains(word));
    match found {
        Some((word, code)) => {
            let rest = plain.replacen(word, "", 1).replace("()", "");
            (
                Some(code),
                rest.trim_matches([' ', ':', '-', '。']).to_owned(),
            )
        }
        None => (None, text.trim().to_owned()),
    }
}

/// Whether a cell speaks of resuscitation or of treatment at the end of life (safety.md S12, S17). An illness after a
/// resuscitation (蘇生後脳症) does not.
pub(super) fn speaks_of_resuscitation(cell: &str) -> bool {
    let folded = fold(cell);
    let named = [
        "dnar",
        "dnr",
        "延命",
        "看取",
        "心臓マッサージ",
        "心マ",
        "リビングウィル",
        "尊厳死",
        "事前指示",
    ]
    .iter()
    .any(|word| folded.contains(word));
    let resuscitation = folded
        .match_indices("蘇生")
        .any(|(at, word)| !folded[at + word.len()..].starts_with('後'));
    named || resuscitation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::{Coded, Kind};
    use crate::domain::record::{Record, Relationship};

    #[test]
    fn every_word_of_a_choice_leads_to_a_code_of_its_field() {
        let choices_of = |field: &str| match Record::fields().find(|known| known.key == field) {
            Some(known) => match known.kind {
                Kind::Choice(choices) | Kind::Checks(choices) => choices,
                other => panic!("{field} is no choice: {other:?}"),
            },
            None => Relationship::CHOICES,
        };
        for (field, words) in CHOICES {
            let choices = choices_of(field);
            for (code, words) in *words {
                for word in words.split(' ') {
                    assert_eq!(choice(field, choices, word), Some(*code), "{field} {word}");
                    assert!(choices.iter().any(|choice| choice.code == *code));
                }
            }
        }
    }

    #[test]
    fn words_are_written_as_they_are_compared() {
        let of_choices = CHOICES
            .iter()
            .flat_map(|(_, words)| words.iter().map(|(_, words)| *words));
        let agents = AGENTS.iter().map(|(word, _)| *word);
        for words in of_choices
            .chain(agents)
            .chain([NOTHING, UNKNOWN, NONE, SOMETHING, DASHES])
        {
            for word in words.split(' ') {
                assert_eq!(fold(word), word);
            }
        }
    }

    #[test]
    fn s17_words_about_resuscitation_are_found_and_an_illness_is_not() {
        for words in [
            "DNAR",
            "ＤＮＡＲ希望",
            "延命は望まない",
            "心肺蘇生を希望しない",
            "看取り対応",
        ] {
            assert!(speaks_of_resuscitation(words), "{words}");
        }
        for words in ["低酸素脳症(心肺停止蘇生後)", "蘇生後脳症", "心筋梗塞"] {
            assert!(!speaks_of_resuscitation(words), "{words}");
        }
    }

    #[test]
    fn a_result_is_cut_off_a_name() {
        assert_eq!(result("MRSA(+)"), (Some("positive"), "MRSA".to_owned()));
        assert_eq!(result("HCV 陰性"), (Some("negative"), "HCV".to_owned()));
        assert_eq!(result("疥癬"), (None, "疥癬".to_owned()));
    }
}
