//! Block C, identity, and the consent line of block A.

use crate::domain::answer::{
    Checks, Digits, Known, Number, PhotoId, Text, Unit, YesNo, answers, choice,
};
use crate::domain::date::Day;
use crate::domain::kana::Kana;
use crate::domain::phone::{Phone, Postcode};
use crate::domain::text::PersonName;

answers! {
    /// Who the resident is, where in the facility, and which cards exist.
    pub struct Identity {
        /// The facility's own number of the resident; importing again finds the resident by it.
        resident_number: Known<Text<20>> = "利用者番号",
        name: Known<PersonName> = "氏名",
        name_kana: Known<Kana> = "ふりがな",
        birth_date: Known<Day> = "生年月日",
        sex: Known<Sex> = "性別",
        floor: Known<Text<10>> = "階・ユニット",
        room: Known<Text<10>> = "居室",
        moved_in_on: Known<Day> = "入居日",
        postal_code: Known<Postcode> = "郵便番号",
        home_address: Known<Text<120>> = "住所(住民票)",
        phone: Known<Phone> = "電話",
        photo: Known<PhotoId> = "顔写真",
        blood_type: Known<BloodType> = "血液型",
        blood_rh: Known<BloodRh> = "血液型(Rh)",
        height_cm: Known<Number<Centimetres>> = "身長",
        weight_kg: Known<Number<Kilograms>> = "体重",
        weight_measured_on: Known<Day> = "体重測定日",
        insurance_type: Known<InsuranceType> = "医療保険",
        insurance_copayment: Known<CopaymentRate> = "医療保険の負担割合",
        limit_certificate: Known<YesNo> = "限度額認定証",
        public_aid: Checks<PublicAid> = "公費",
        myna_card_registered: Known<YesNo> = "マイナ保険証の登録",
        myna_card_location: Known<Text<40>> = "マイナ保険証・保険証の保管場所",
        consultation_card_ids: Known<Text<80>> = "診察券",
        insurer_number: Known<Digits<6>> = "介護保険 保険者番号",
        insured_number: Known<Digits<10>> = "介護保険 被保険者番号",
        copayment_rate: Known<CopaymentRate> = "介護保険の負担割合",
        disability_certification: Checks<DisabilityCertification> = "障害などの認定",
        income_support: Checks<IncomeSupport> = "年金などの種類",
        household_type: Known<HouseholdType> = "世帯構成",
        alone_in_daytime: Known<YesNo> = "日中独居",
        dwelling_kind: Known<DwellingKind> = "住居の種類",
        dwelling_floors: Known<Number<Storeys>> = "建物の階数",
        room_floor: Known<Number<Storeys>> = "居室のある階",
        elevator: Known<YesNo> = "エレベーター",
        dwelling_note: Known<Text<120>> = "住環境の特記事項",
    }
}

answers! {
    /// Consent to hand information to ambulance crews and hospitals (safety.md S22).
    pub struct Consent {
        consent_to_share_ems: Known<ConsentToShare> = "救急隊・搬送先への情報提供の同意",
        consent_method: Known<ConsentMethod> = "同意の方法",
        consented_on: Known<Day> = "同意日",
        consented_by_name: Known<PersonName> = "同意した人",
        consented_by_relationship: Known<super::Relationship> = "同意した人の続柄",
        next_review_on: Known<Day> = "次回確認予定日",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Centimetres;

impl Unit for Centimetres {
    const NAME: &'static str = "cm";
    const TENTHS: (i32, i32) = (500, 2300);
    const DECIMALS: bool = true;
}

#[derive(Clone, Debug, PartialEq)]
pub struct Kilograms;

impl Unit for Kilograms {
    const NAME: &'static str = "kg";
    const TENTHS: (i32, i32) = (100, 2500);
    const DECIMALS: bool = true;
}

#[derive(Clone, Debug, PartialEq)]
pub struct Storeys;

impl Unit for Storeys {
    const NAME: &'static str = "階";
    const TENTHS: (i32, i32) = (10, 600);
    const DECIMALS: bool = false;
}

choice! {
    pub enum Sex {
        Male = "male": "男",
        Female = "female": "女",
        Other = "other": "その他",
    }
}

choice! {
    pub enum BloodType {
        A = "A": "A型",
        B = "B": "B型",
        O = "O": "O型",
        Ab = "AB": "AB型",
    }
}

choice! {
    pub enum BloodRh {
        Positive = "rh_positive": "Rh(+)",
        Negative = "rh_negative": "Rh(-)",
    }
}

choice! {
    pub enum InsuranceType {
        National = "national": "国民健康保険",
        Employees = "employees": "社会保険",
        LateElderly = "late_elderly": "後期高齢者医療",
        PublicAssistance = "public_assistance": "生活保護",
        Other = "other": "その他",
    }
}

choice! {
    pub enum CopaymentRate {
        One = "10": "1割",
        Two = "20": "2割",
        Three = "30": "3割",
    }
}

choice! {
    pub enum PublicAid {
        PublicAssistance = "public_assistance": "生活保護",
        SpecifiedDisease = "specified_disease": "特定疾患",
        PhysicalDisability = "physical_disability": "身体障害者手帳",
        IntellectualDisability = "intellectual_disability": "療育手帳",
        MentalDisability = "mental_disability": "精神障害者保健福祉手帳",
    }
}

choice! {
    pub enum DisabilityCertification {
        Physical = "physical": "身体",
        Mental = "mental": "精神",
        Intellectual = "intellectual": "知的",
    }
}

choice! {
    pub enum IncomeSupport {
        NationalPension = "national_pension": "国民年金",
        EmployeesPension = "employees_pension": "厚生年金",
        DisabilityPension = "disability_pension": "障害年金",
        PublicAssistance = "public_assistance": "生活保護",
        Other = "other": "その他",
    }
}

choice! {
    pub enum HouseholdType {
        Alone = "alone": "独居",
        Elderly = "elderly": "高齢者世帯",
        WithChild = "with_child": "子と同居",
        Other = "other": "その他",
    }
}

choice! {
    pub enum DwellingKind {
        House = "house": "戸建て",
        Apartment = "apartment": "集合住宅",
        SpecialNursingHome = "special_nursing_home": "特養",
        GeriatricHealthFacility = "geriatric_health_facility": "老健",
        IntegratedCareFacility = "integrated_care_facility": "介護医療院",
        SpecifiedFacility = "specified_facility": "特定施設",
        GroupHome = "group_home": "グループホーム",
        ServicedHousing = "serviced_housing": "サ高住",
        PaidHome = "paid_home": "有料老人ホーム",
        Other = "other": "その他",
    }
}

choice! {
    pub enum ConsentToShare {
        ByResident = "consented_by_resident": "本人が同意",
        ByRepresentative = "consented_by_representative": "代理人が同意",
        NotObtained = "not_obtained": "未取得",
        Refused = "refused": "同意しない",
    }
}

choice! {
    pub enum ConsentMethod {
        AtContract = "at_contract": "契約時の包括同意",
        Written = "written": "個別の書面",
        Oral = "oral": "口頭",
        Proxy = "proxy": "代理",
    }
}
