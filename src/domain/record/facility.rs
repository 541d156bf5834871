//! Block B: the facility. One set of answers a facility, shown on every resident's sheet.

use serde_json::Value;

use crate::domain::answer::{
    Digits, Inputs, Known, Number, Problems, Text, Unit, answers, choice, read_group,
};
use crate::domain::phone::{Phone, Postcode};
use crate::domain::text::PersonName;

answers! {
    pub struct FacilityFacts {
        facility_name: Known<Text<60>> = "施設名",
        facility_type: Known<FacilityType> = "施設の種別",
        provider_number: Known<Digits<10>> = "事業所番号",
        facility_postal_code: Known<Postcode> = "郵便番号",
        facility_address: Known<Text<120>> = "所在地",
        facility_phone: Known<Phone> = "電話",
        facility_fax: Known<Phone> = "FAX",
        night_phone: Known<Phone> = "夜間連絡先",
        ambulance_entrance: Known<Text<80>> = "救急車の入口",
        binder_place: Known<Text<40>> = "救急連絡シートの綴りの置き場",
        cards_place: Known<Text<40>> = "カードの置き場",
        originals_place: Known<Text<40>> = "指示書の原本の置き場",
        belongings_place: Known<Text<40>> = "お薬手帳・保険証の置き場",
        facility_manager_name: Known<PersonName> = "管理者",
        mc_area: Known<Text<40>> = "メディカルコントロールの地域",
        directive_review_months: Known<Number<ReviewMonths>> = "指示の再確認の間隔",
        directive_end_of_life_review_months: Known<Number<EndOfLifeReviewMonths>> = "看取り期の再確認の間隔",
        directive_expiry_months: Known<Number<ExpiryMonths>> = "指示の有効期間",
        directive_grace_days: Known<Number<GraceDays>> = "再確認の猶予",
    }
}

/// Declares a limit that a facility can only shorten (domain/emergency.md §2.6).
macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident = $min:literal..=$max:literal $unit:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name;

        impl Unit for $name {
            const NAME: &'static str = $unit;
            const TENTHS: (i32, i32) = ($min * 10, $max * 10);
            const DECIMALS: bool = false;
        }
    )*};
}

limits! {
    ReviewMonths = 1..=6 "か月";
    EndOfLifeReviewMonths = 1..=3 "か月";
    ExpiryMonths = 1..=12 "か月";
    GraceDays = 0..=30 "日";
}

impl FacilityFacts {
    pub fn read(inputs: &Inputs) -> (Self, Problems) {
        read_group(inputs)
    }

    /// # Errors
    /// Every problem at its key.
    pub fn from_json(value: &Value) -> Result<Self, Problems> {
        let (facts, problems) = Self::read(&Inputs::from_json(value));
        if problems.is_empty() {
            Ok(facts)
        } else {
            Err(problems)
        }
    }

    pub fn json(&self) -> Value {
        crate::domain::answer::group_json(self)
    }

    pub fn inputs(&self) -> Inputs {
        crate::domain::answer::group_inputs(self)
    }
}

choice! {
    pub enum FacilityType {
        SpecialNursingHome = "special_nursing_home": "特別養護老人ホーム",
        GeriatricHealthFacility = "geriatric_health_facility": "介護老人保健施設",
        IntegratedCareFacility = "integrated_care_facility": "介護医療院",
        GroupHome = "group_home": "認知症グループホーム",
        PaidHomeWithCare = "paid_home_with_care": "介護付有料老人ホーム",
        PaidHomeResidential = "paid_home_residential": "住宅型有料老人ホーム",
        ServicedHousing = "serviced_housing": "サービス付き高齢者向け住宅",
        ModerateFeeHome = "moderate_fee_home": "軽費老人ホーム・ケアハウス",
        NursingHomeForAged = "nursing_home_for_aged": "養護老人ホーム",
        ShortStay = "short_stay": "ショートステイ",
        DayService = "day_service": "デイサービス",
        SmallMultifunctional = "small_multifunctional": "小規模多機能型居宅介護",
        CityOffice = "city_office": "市役所",
        Hospital = "hospital": "病院",
        Other = "other": "その他",
    }
}
