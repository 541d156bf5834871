//! The record of a conference before discharge (domain/forms.md §1(e)).

use crate::domain::answer::{Checks, Known, Lines, Rows, Text, YesNo, answers, choice};
use crate::domain::date::Day;
use crate::domain::text::PersonName;

use super::discharge::DischargePaper;

answers! {
    pub struct Conference {
        conference_on: Known<Day> = "開催日",
        conference_time: Known<Text<20>> = "開催の時刻",
        conference_place: Known<Text<60>> = "開催場所",
        conference_online: Known<YesNo> = "ビデオ通話",
        conference_chair: Known<Text<40>> = "進行",
        conference_attendees: Rows<Attendee> = "出席者",
        conference_topics: Checks<Topic> = "話し合ったこと",
        conference_content: Known<Lines<800>> = "内容の要点",
        conference_wishes: Known<Lines<200>> = "本人・家族の希望と心配",
        conference_decisions: Rows<Decision> = "決まったこと",
        conference_biggest_risk: Known<Text<120>> = "いちばん大きなリスク",
        conference_safe_when: Known<Text<120>> = "安全といえる条件",
        conference_papers: Checks<DischargePaper> = "受け取った書類",
        conference_next: Known<Text<80>> = "次の連絡",
    }
}

answers! {
    pub struct Attendee {
        organization: Known<Text<40>> = "所属",
        profession: Known<Text<30>> = "職種",
        name: Known<PersonName> = "氏名",
    }
}

answers! {
    pub struct Decision {
        what: Known<Text<100>> = "決定事項",
        owner: Known<Text<30>> = "担当",
        due: Known<Day> = "期限",
    }
}

choice! {
    pub enum Topic {
        Course = "course": "経過と治療",
        Mobility = "mobility": "移動・移乗・リハビリ",
        Meals = "meals": "食事内容・介助",
        Excretion = "excretion": "排泄",
        Skin = "skin": "寝具・体位交換・皮膚",
        Bathing = "bathing": "入浴・保清",
        Sleep = "sleep": "睡眠・更衣・口腔・義歯",
        Mind = "mind": "認知機能・精神面",
        Physician = "physician": "退院後の主治医・医療",
        Procedures = "procedures": "医療処置・器具・消耗品",
        Guidance = "guidance": "介護指導",
        Medicines = "medicines": "定時薬・頓用薬",
        Contacts = "contacts": "緊急連絡先と方法",
        Schedule = "schedule": "退院日と退院後の日程",
    }
}
