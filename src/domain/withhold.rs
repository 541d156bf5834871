//! Words that order somebody to withhold: no text says them, whoever typed it (safety.md S2).
//!
//! What the program says itself is read by a test. What people type onto a sheet, into an order or into an area's file is
//! printed beside the standing, so it is held to the same. A resident's own words in the log are quoted as theirs.

/// What a crew, or whoever stands at the bed, would do.
const DOING: [&str; 10] = [
    "蘇生",
    "cpr",
    "胸骨圧迫",
    "心臓マッサージ",
    "心マ",
    "人工呼吸",
    "救命処置",
    "救急車",
    "救急要請",
    "119番",
];
const PARTICLES: [&str; 5] = ["", "を", "は", "も", "の"];
/// An order not to. A wish (望まない) is none.
const DENIED: [&str; 13] = [
    "しない",
    "しません",
    "せず",
    "を行わない",
    "行わない",
    "実施しない",
    "呼ばない",
    "呼ばず",
    "不要",
    "禁止",
    "中止して",
    "中止すること",
    "やめて",
];
/// Bare labels that are read as one.
const LABELS: [&str; 9] = [
    "dnarです",
    "dnar対応",
    "dnar指示",
    "dnar希望",
    "dnrです",
    "何もしないで",
    "何もせず",
    "そのまま看取",
    "donotresuscitate",
];

/// The order to withhold in a text, as it was typed there; white space and case tell nothing.
pub fn order_to_withhold(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let order = |doing: &str| {
        bare.match_indices(doing).find_map(|(at, _)| {
            let after = &bare[at + doing.len()..];
            PARTICLES.iter().find_map(|particle| {
                let said = after.strip_prefix(particle)?;
                let denied = DENIED.iter().find(|denied| said.starts_with(**denied))?;
                Some(format!("{doing}{particle}{denied}"))
            })
        })
    };
    DOING.iter().find_map(|doing| order(doing)).or_else(|| {
        let label = LABELS.iter().find(|label| bare.contains(**label))?;
        Some((*label).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_an_order_to_withhold_is_found_however_it_is_written() {
        for order in [
            "心肺蘇生をしないでください",
            "心肺蘇生 不要",
            "CPRは行わない",
            "胸骨圧迫しないでください",
            "救急車を呼ばないでください",
            "DNARです。何もせず看取ってください",
            "Do Not Resuscitate",
        ] {
            assert!(order_to_withhold(order).is_some(), "{order}");
        }
    }

    #[test]
    fn a_wish_a_condition_and_an_illness_are_none() {
        for other in [
            "心肺蘇生を望まない意思表示(医師の確認が必要)",
            "老衰による心停止のときの心肺蘇生のみ",
            "本人が心肺蘇生の実施を望まないと話していること",
            "延命治療は望まないと話された",
            "左腕で血圧を測らないでください(シャント)",
            "心肺蘇生後脳症",
            "人工呼吸器は夜間のみ",
            "医師が電話で確認するまで、心肺蘇生を続けてください",
        ] {
            assert_eq!(order_to_withhold(other), None, "{other}");
        }
    }
}
