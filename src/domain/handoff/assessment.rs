//! Whether a resident can come back, and on what conditions (domain/forms.md §1(G)): proposed from the facility's own
//! matrix, decided by a person.

use crate::domain::answer::{Known, Lines, Rows, Text, YesNo, answers, choice};
use crate::domain::date::Day;
use crate::domain::text::PersonName;

answers! {
    pub struct Assessment {
        assessment_requested_on: Known<Day> = "判断を求められた日",
        assessment_requested_by: Known<Text<60>> = "求めた人(病院・部署・氏名)",
        reply_due_on: Known<Day> = "返事の期限",
        assessed_items: Rows<AssessedItem> = "項目ごとの判断",
        return_verdict: Known<Verdict> = "受け入れ",
        return_conditions: Known<Lines<300>> = "受け入れの条件",
        assessment_decided_by: Known<PersonName> = "判断した人",
        assessment_decided_on: Known<Day> = "判断した日",
        reply_sent_on: Known<Day> = "病院に返事をした日",
        family_informed_on: Known<Day> = "家族に伝えた日",
        return_planned_on: Known<Day> = "戻る予定の日",
        re_entry_nutrition: Known<YesNo> = "再入所時の栄養の連携",
        assessment_note: Known<Lines<300>> = "判断の理由・相談した相手",
    }
}

answers! {
    pub struct AssessedItem {
        item: Known<Text<80>> = "項目",
        verdict: Known<ItemVerdict> = "判断",
        condition: Known<Text<120>> = "条件・理由",
    }
}

choice! {
    pub enum Verdict {
        Accept = "accept": "受け入れる",
        Conditional = "conditional": "条件が整えば受け入れる",
        NotYet = "not_yet": "いまは受け入れられない",
    }
}

choice! {
    pub enum ItemVerdict {
        Accept = "accept": "できる",
        Conditional = "conditional": "条件つきでできる",
        Cannot = "cannot": "できない",
    }
}
