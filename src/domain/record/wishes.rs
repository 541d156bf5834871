//! Block G: wishes and messages. The CPR standing is not here; it is derived from statements (`domain::standing`).

use crate::domain::answer::{Checks, Known, Lines, Rows, Text, answers, choice};
use crate::domain::date::Day;

answers! {
    pub struct Wishes {
        message_to_ems: Known<Text<60>> = "救急隊への伝言",
        transport_preference: Known<TransportPreference> = "搬送先の希望",
        transport_hospital_name: Known<Text<60>> = "希望する医療機関",
        acp_discussions: Rows<AcpDiscussion> = "人生会議(ACP)の経緯",
        wish_of_person: Known<Lines<300>> = "本人の意向(生活)",
        wish_of_family: Known<Lines<300>> = "家族の意向",
        life_history: Known<Lines<400>> = "生活歴",
        interests: Known<Text<120>> = "趣味・関心",
    }
}

answers! {
    /// A talk about the last stage of life. Never an order (safety.md S17).
    pub struct AcpDiscussion {
        held_on: Known<Day> = "話し合った日",
        participants: Checks<AcpParticipant> = "参加者",
        summary: Known<Text<200>> = "内容",
        next_on: Known<Day> = "次回",
    }
}

choice! {
    /// Always printed with 「搬送先は救急隊が決定します」.
    pub enum TransportPreference {
        AsEmsDecides = "as_ems_decides": "救急隊の判断に任せる",
        PreferPartnerHospital = "prefer_partner_hospital": "希望する医療機関あり",
        UpToSecondary = "up_to_secondary": "二次救急まで",
        TertiaryOk = "tertiary_ok": "三次救急も可",
    }
}

choice! {
    pub enum AcpParticipant {
        Resident = "resident": "本人",
        Family = "family": "家族",
        CareTeam = "care_team": "医療・ケアチーム",
        Other = "other": "その他",
    }
}
