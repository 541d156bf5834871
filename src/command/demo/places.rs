//! みなと市: the homes, the hospitals, the clinic, the fire department and the city office of a city that does not exist.
//!
//! Numbers stand in ranges that are given to nobody (0463-00-…, 090-0000-…).

use crate::domain::permit::Role;

/// Somebody who is called or to whom people are brought.
pub struct Institution {
    pub name: &'static str,
    pub kind: InstitutionKind,
    pub phone: &'static str,
    pub address: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstitutionKind {
    Hospital,
    Clinic,
    FireDepartment,
}

pub const CITY: &str = "みなと市";

pub(super) const GENERAL: &str = "みなと市立しおさい病院";
pub(super) const MEMORIAL: &str = "鴎浜記念病院";
pub(super) const CLINIC: &str = "鴎浜ホームクリニック";

pub const INSTITUTIONS: &[Institution] = &[
    Institution {
        name: GENERAL,
        kind: InstitutionKind::Hospital,
        phone: "0463-00-1000",
        address: "神奈川県みなと市潮見町1番1号",
    },
    Institution {
        name: MEMORIAL,
        kind: InstitutionKind::Hospital,
        phone: "0463-00-2000",
        address: "神奈川県みなと市鴎浜三丁目20番5号",
    },
    Institution {
        name: CLINIC,
        kind: InstitutionKind::Clinic,
        phone: "0463-00-3100",
        address: "神奈川県みなと市鴎浜一丁目4番12号",
    },
    Institution {
        name: "みなと市消防本部",
        kind: InstitutionKind::FireDepartment,
        phone: "0463-00-0119",
        address: "神奈川県みなと市潮見町3番8号",
    },
];

/// A physician who sees residents for one illness.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Specialist {
    pub institution: &'static str,
    pub department: &'static str,
    pub name: &'static str,
    pub kana: &'static str,
    pub phone: &'static str,
}

macro_rules! specialists {
    ($($name:ident: $institution:ident, $department:literal, $doctor:literal, $kana:literal, $phone:literal;)*) => {$(
        pub(super) static $name: Specialist = Specialist {
            institution: $institution, department: $department, name: $doctor, kana: $kana, phone: $phone,
        };
    )*};
}

specialists! {
    HEART: GENERAL, "循環器内科", "波多野 修司", "はたの しゅうじ", "0463-00-1000 内線2150";
    BRAIN_SURGERY: GENERAL, "脳神経外科", "早瀬 亮介", "はやせ りょうすけ", "0463-00-1000 内線2210";
    NEUROLOGY: GENERAL, "脳神経内科", "沖田 省三", "おきた しょうぞう", "0463-00-1000 内線2230";
    LUNGS: GENERAL, "呼吸器内科", "帆足 健", "ほあし たけし", "0463-00-1000 内線2180";
    JOINTS: GENERAL, "リウマチ科", "澪川 彩", "みおかわ あや", "0463-00-1000 内線2270";
    BOWELS: GENERAL, "消化器外科", "浦部 徹", "うらべ とおる", "0463-00-1000 内線2300";
    KIDNEYS: MEMORIAL, "腎臓内科", "潮田 真紀", "しおた まき", "0463-00-2000 内線410";
    MIND: MEMORIAL, "精神科", "白浜 由起子", "しらはま ゆきこ", "0463-00-2000 内線520";
    BONES: MEMORIAL, "整形外科", "岸田 光", "きしだ ひかる", "0463-00-2000 内線330";
    BLADDER: MEMORIAL, "泌尿器科", "灘 圭吾", "なだ けいご", "0463-00-2000 内線360";
}

/// The physician whom a home calls first.
#[derive(Debug)]
pub(super) struct HomeDoctor {
    pub role: &'static str,
    pub name: &'static str,
    pub kana: &'static str,
    pub phone_24h: &'static str,
    pub visit_mode: &'static str,
    pub visits_per_month: &'static str,
}

#[derive(Debug)]
pub(super) struct Unit {
    /// What the home calls it, with its floor.
    pub name: &'static str,
    pub storey: i32,
    /// The number of its first room; rooms count on from it.
    pub first_room: i32,
    pub beds: i32,
}

#[derive(Debug)]
pub(super) struct Home {
    /// In logins.
    pub key: &'static str,
    pub facts: &'static [(&'static str, &'static str)],
    pub staff: &'static [(Role, &'static str)],
    pub units: &'static [Unit],
    pub doctor: HomeDoctor,
    /// Visits where there is no nurse at night.
    pub nurse_station: Option<(&'static str, &'static str)>,
    /// The dwelling as an admission form names it.
    pub dwelling: &'static str,
    /// Letters before a resident's number.
    pub number: &'static str,
    pub vacant_beds: i32,
}

pub(super) static SAZANAMI: Home = Home {
    key: "sazanami",
    facts: &[
        ("facility_name", "特別養護老人ホーム さざなみ苑"),
        ("facility_type", "special_nursing_home"),
        ("provider_number", "1499900018"),
        ("facility_postal_code", "254-9901"),
        ("facility_address", "神奈川県みなと市鴎浜二丁目14番3号"),
        ("facility_phone", "0463-00-4100"),
        ("facility_fax", "0463-00-4109"),
        ("night_phone", "090-0000-4119"),
        (
            "ambulance_entrance",
            "建物東側の搬入口(ストレッチャー可)。夜間は警備灯の下でお待ちします",
        ),
        ("binder_place", "2階ナースステーション 赤い綴り"),
        ("cards_place", "各居室の枕元の壁"),
        ("originals_place", "医務室 鍵付き書庫の上から2段目"),
        ("belongings_place", "医務室 入口の棚(部屋の番号順)"),
        ("facility_manager_name", "安孫子 光代"),
        // The other homes have not asked the fire department yet: crews resuscitate and transport there.
        ("mc_area", "minato"),
    ],
    staff: &[
        (Role::Manager, "安孫子 光代"),
        (Role::Nurse, "寒川 祐子"),
        (Role::Nurse, "逢坂 美帆"),
        (Role::CareWorker, "大庭 翔"),
        (Role::CareWorker, "レ・ティ・ハン"),
        (Role::CareWorker, "生駒 千晶"),
        (Role::Physician, "磯貝 隆文"),
    ],
    units: &[
        Unit {
            name: "1階 うしお",
            storey: 1,
            first_room: 101,
            beds: 10,
        },
        Unit {
            name: "1階 いそべ",
            storey: 1,
            first_room: 111,
            beds: 10,
        },
        Unit {
            name: "2階 なぎさ",
            storey: 2,
            first_room: 201,
            beds: 10,
        },
        Unit {
            name: "2階 かもめ",
            storey: 2,
            first_room: 211,
            beds: 10,
        },
        Unit {
            name: "3階 みさき",
            storey: 3,
            first_room: 301,
            beds: 10,
        },
        Unit {
            name: "3階 ちどり",
            storey: 3,
            first_room: 311,
            beds: 10,
        },
    ],
    doctor: HomeDoctor {
        role: "attending_facility_doctor",
        name: "磯貝 隆文",
        kana: "いそがい たかふみ",
        phone_24h: "090-0000-3101",
        visit_mode: "facility_doctor",
        visits_per_month: "4",
    },
    nurse_station: None,
    dwelling: "special_nursing_home",
    number: "SZ",
    vacant_beds: 2,
};

pub(super) static ISOBIYORI: Home = Home {
    key: "isobiyori",
    facts: &[
        ("facility_name", "グループホーム 磯ひより"),
        ("facility_type", "group_home"),
        ("provider_number", "1499900026"),
        ("facility_postal_code", "254-9907"),
        ("facility_address", "神奈川県みなと市松並町7番22号"),
        ("facility_phone", "0463-00-5200"),
        ("facility_fax", "0463-00-5209"),
        ("night_phone", "090-0000-5219"),
        (
            "ambulance_entrance",
            "南側の玄関。前の道が狭いため、角の「松並公園」前に停車してください",
        ),
        ("facility_manager_name", "仁科 康之"),
    ],
    staff: &[
        (Role::Manager, "仁科 康之"),
        (Role::Nurse, "植草 さつき"),
        (Role::CareWorker, "馬淵 里奈"),
        (Role::CareWorker, "堂本 悠斗"),
        (Role::Physician, "南雲 佳奈"),
    ],
    units: &[
        Unit {
            name: "1階 つばき",
            storey: 1,
            first_room: 1,
            beds: 9,
        },
        Unit {
            name: "2階 さくら",
            storey: 2,
            first_room: 10,
            beds: 9,
        },
    ],
    doctor: HomeDoctor {
        role: "visiting_doctor",
        name: "南雲 佳奈",
        kana: "なぐも かな",
        phone_24h: "090-0000-3102",
        visit_mode: "home_visit",
        visits_per_month: "2",
    },
    nurse_station: Some(("訪問看護ステーション しらなみ", "090-0000-6130")),
    dwelling: "group_home",
    number: "IB",
    vacant_beds: 1,
};

pub(super) static KAMOMEHAMA: Home = Home {
    key: "kamomehama",
    facts: &[
        ("facility_name", "シーサイドレジデンス鴎浜"),
        ("facility_type", "paid_home_with_care"),
        ("provider_number", "1499900034"),
        ("facility_postal_code", "254-9903"),
        ("facility_address", "神奈川県みなと市鴎浜五丁目1番30号"),
        ("facility_phone", "0463-00-6300"),
        ("facility_fax", "0463-00-6309"),
        ("night_phone", "0463-00-6301"),
        (
            "ambulance_entrance",
            "正面玄関の車寄せ。夜間はインターホン「宿直」で開けます",
        ),
        ("facility_manager_name", "都築 真理"),
    ],
    staff: &[
        (Role::Manager, "都築 真理"),
        (Role::Nurse, "比嘉 明日香"),
        (Role::CareWorker, "曲渕 和真"),
        (Role::CareWorker, "サリ・デウィ"),
        (Role::Physician, "南雲 佳奈"),
    ],
    units: &[
        Unit {
            name: "2階",
            storey: 2,
            first_room: 201,
            beds: 10,
        },
        Unit {
            name: "3階",
            storey: 3,
            first_room: 301,
            beds: 10,
        },
        Unit {
            name: "4階",
            storey: 4,
            first_room: 401,
            beds: 10,
        },
    ],
    doctor: HomeDoctor {
        role: "visiting_doctor",
        name: "南雲 佳奈",
        kana: "なぐも かな",
        phone_24h: "090-0000-3102",
        visit_mode: "home_visit",
        visits_per_month: "2",
    },
    nurse_station: None,
    dwelling: "paid_home",
    number: "KH",
    vacant_beds: 5,
};

/// Where the city's operator belongs. It has no residents and sees none.
pub(super) static OFFICE: Home = Home {
    key: "minato",
    facts: &[
        ("facility_name", "みなと市役所 高齢者支援課"),
        ("facility_type", "city_office"),
        ("facility_postal_code", "254-9900"),
        ("facility_address", "神奈川県みなと市潮見町2番1号"),
        ("facility_phone", "0463-00-0100"),
    ],
    staff: &[(Role::Operator, "入江 知子")],
    units: &[],
    doctor: HomeDoctor {
        role: "",
        name: "",
        kana: "",
        phone_24h: "",
        visit_mode: "",
        visits_per_month: "",
    },
    nurse_station: None,
    dwelling: "",
    number: "",
    vacant_beds: 0,
};
