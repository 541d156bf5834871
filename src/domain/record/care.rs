//! Care, food, mouth, excretion, sleep and mind: what a ward asks and the admission forms print
//! (domain/emergency.md §1.3 #27 and #36, domain/forms.md §2.4).

use crate::domain::answer::{Checks, Known, Number, Text, Unit, YesNo, answers, choice};
use crate::domain::date::Day;

answers! {
    pub struct Care {
        oral_intake: Known<OralIntake> = "食事の摂り方",
        nutrition_route: Checks<NutritionRoute> = "栄養の経路",
        diet_texture: Known<DietTexture> = "食事形態",
        staple_form: Known<StapleForm> = "主食",
        side_form: Known<SideForm> = "副食",
        dysphagia_diet_code_staple: Known<DysphagiaDietCode> = "嚥下調整食コード(主食)",
        dysphagia_diet_code_side: Known<DysphagiaDietCode> = "嚥下調整食コード(副食)",
        udf_category: Known<UdfCategory> = "UDF区分",
        thickener: Known<Thickener> = "水分のとろみ",
        choking: Known<Choking> = "むせ",
        dysphagia: Known<YesNo> = "嚥下機能の障害",
        meals_per_day: Known<Number<MealsPerDay>> = "食事の回数",
        meal_times: Known<Text<40>> = "食事の時刻",
        diet_restriction: Known<YesNo> = "食事制限",
        diet_restriction_note: Known<Text<60>> = "食事制限の内容",
        fluid_restriction: Known<YesNo> = "水分制限",
        fluid_restriction_note: Known<Text<60>> = "水分制限の内容",
        denture: Known<Denture> = "義歯",
        oral_hygiene: Known<OralHygiene> = "口腔の清潔",
        oral_care: Known<OralCare> = "口腔ケア",
        halitosis: Known<YesNo> = "口臭",
        teeth_dirty: Known<YesNo> = "歯の汚れ",
        gum_swelling_bleeding: Known<YesNo> = "歯肉の腫れ・出血",
        adl_mobility: Known<AdlLevel> = "移動",
        adl_transfer: Known<AdlLevel> = "移乗",
        adl_bed_mobility: Known<AdlLevel> = "起居動作",
        adl_eating: Known<AdlLevel> = "食事",
        adl_dressing: Known<AdlLevel> = "更衣",
        adl_grooming: Known<AdlLevel> = "整容",
        adl_bathing: Known<AdlLevel> = "入浴",
        adl_toileting: Known<AdlLevel> = "排泄",
        urination: Known<AdlLevel> = "排尿",
        defecation: Known<AdlLevel> = "排便",
        mobility_aid_indoor: Checks<MobilityAid> = "移動の補助(室内)",
        mobility_aid_outdoor: Checks<MobilityAid> = "移動の補助(屋外)",
        portable_toilet: Known<DayOrNight> = "ポータブルトイレ",
        diaper_use: Known<DayOrNight> = "オムツ・パッド",
        sleep: Known<Sleep> = "睡眠",
        sleep_note: Known<Text<60>> = "睡眠の特記事項",
        hypnotics: Known<YesNo> = "眠剤の使用",
        smoking_per_day: Known<Number<Cigarettes>> = "喫煙",
        alcohol_go_per_day: Known<Number<Go>> = "飲酒",
        behavioral_issues: Checks<BehavioralIssue> = "精神面の療養上の問題",
        care_assessed_on: Known<Day> = "ADLの評価日",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct MealsPerDay;

impl Unit for MealsPerDay {
    const NAME: &'static str = "回/日";
    const TENTHS: (i32, i32) = (0, 100);
    const DECIMALS: bool = false;
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cigarettes;

impl Unit for Cigarettes {
    const NAME: &'static str = "本/日";
    const TENTHS: (i32, i32) = (0, 1000);
    const DECIMALS: bool = false;
}

/// 合, the measure of sake: 180 ml.
#[derive(Clone, Debug, PartialEq)]
pub struct Go;

impl Unit for Go {
    const NAME: &'static str = "合/日";
    const TENTHS: (i32, i32) = (0, 200);
    const DECIMALS: bool = true;
}

choice! {
    pub enum OralIntake {
        Oral = "oral": "経口",
        Partial = "partial": "一部経口",
        Tube = "tube": "経管",
    }
}

choice! {
    pub enum NutritionRoute {
        Oral = "oral": "経口",
        NasalTube = "nasal_tube": "経管(経鼻)",
        Gastrostomy = "gastrostomy": "経管(胃瘻)",
        Jejunostomy = "jejunostomy": "経管(腸瘻)",
        CentralVein = "central_vein": "静脈(中心)",
        PeripheralVein = "peripheral_vein": "静脈(末梢)",
    }
}

choice! {
    pub enum DietTexture {
        Regular = "regular": "普通",
        Chopped = "chopped": "きざみ",
        Dysphagia = "dysphagia": "嚥下障害食",
        Blended = "blended": "ミキサー",
    }
}

choice! {
    pub enum StapleForm {
        Rice = "rice": "米飯",
        SoftRice = "soft_rice": "軟飯",
        Porridge = "porridge": "全粥",
        BlendedPorridge = "blended_porridge": "ミキサー粥",
        JellyPorridge = "jelly_porridge": "ゼリー粥",
        Bread = "bread": "パン",
        None = "none": "なし",
        Other = "other": "その他",
    }
}

choice! {
    pub enum SideForm {
        Regular = "regular": "普通(常菜)",
        BiteSize = "bite_size": "一口大",
        Chopped = "chopped": "きざみ",
        Softened = "softened": "軟菜",
        Soft = "soft": "ソフト食",
        Blended = "blended": "ミキサー",
        Jelly = "jelly": "ゼリー",
        Other = "other": "その他",
    }
}

choice! {
    /// 日本摂食嚥下リハビリテーション学会 嚥下調整食分類2021.
    pub enum DysphagiaDietCode {
        C0j = "0j": "0j",
        C0t = "0t": "0t",
        C1j = "1j": "1j",
        C2x1 = "2-1": "2-1",
        C2x2 = "2-2": "2-2",
        C3 = "3": "3",
        C4 = "4": "4",
        Regular = "regular": "常食",
    }
}

choice! {
    pub enum UdfCategory {
        EasyToChew = "easy_to_chew": "容易にかめる",
        Gums = "gums": "歯ぐきでつぶせる",
        Tongue = "tongue": "舌でつぶせる",
        NoChewing = "no_chewing": "かまなくてよい",
    }
}

choice! {
    pub enum Thickener {
        None = "none": "なし",
        Thin = "thin": "薄い",
        Medium = "medium": "中間",
        Thick = "thick": "濃い",
    }
}

choice! {
    pub enum Choking {
        Never = "never": "むせない",
        Sometimes = "sometimes": "時々むせる",
        Always = "always": "常にむせる",
    }
}

choice! {
    pub enum Denture {
        None = "none": "なし",
        Partial = "partial": "部分",
        Upper = "upper": "総(上)",
        Lower = "lower": "総(下)",
        Both = "both": "総(上下)",
    }
}

choice! {
    pub enum OralHygiene {
        Good = "good": "良",
        Poor = "poor": "不良",
        VeryPoor = "very_poor": "著しく不良",
    }
}

choice! {
    pub enum OralCare {
        Independent = "independent": "自立",
        Partial = "partial": "一部介助",
        Full = "full": "全介助",
    }
}

choice! {
    pub enum AdlLevel {
        Independent = "independent": "自立",
        Supervision = "supervision": "見守り",
        Partial = "partial": "一部介助",
        Full = "full": "全介助",
    }
}

choice! {
    pub enum MobilityAid {
        Cane = "cane": "杖",
        Walker = "walker": "歩行器",
        Wheelchair = "wheelchair": "車いす",
        Other = "other": "その他",
    }
}

choice! {
    pub enum DayOrNight {
        None = "none": "なし",
        Night = "night": "夜間",
        Always = "always": "常時",
    }
}

choice! {
    pub enum Sleep {
        Good = "good": "良",
        Poor = "poor": "不良",
    }
}

choice! {
    pub enum BehavioralIssue {
        Hallucination = "hallucination": "幻視・幻聴",
        Excitement = "excitement": "興奮",
        Agitation = "agitation": "焦燥・不穏",
        Delusion = "delusion": "妄想",
        Aggression = "aggression": "暴力・攻撃性",
        CareRefusal = "care_refusal": "介護への抵抗",
        Insomnia = "insomnia": "不眠",
        DayNightReversal = "day_night_reversal": "昼夜逆転",
        Wandering = "wandering": "徘徊",
        DangerousActs = "dangerous_acts": "危険行為",
        Uncleanliness = "uncleanliness": "不潔行為",
        Other = "other": "その他",
    }
}
