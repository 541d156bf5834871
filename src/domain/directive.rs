//! What was said about the last stage of life: an append-only log of statements (safety.md, domain/emergency.md §2).
//!
//! A statement is said once and never changed. Wishes, inferences, talks and orders are contents; the rest are events
//! about them. Nothing here says what holds now: [`super::standing`] derives that from the whole log at every read,
//! [`state`] reads the log for it, and [`rules`] says which statement may follow.

pub mod rules;
#[cfg(test)]
pub mod sample;
pub mod state;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::answer::{
    Group, Inputs, Known, Lines, PhotoId, Problems, Rows, Text, YesNo, answers, choice,
    group_inputs, group_json, read_group,
};
use super::clock::Moment;
use super::date::Day;
use super::id::{StaffId, StatementId};
use super::permit::{
    Action, RaiseProtection, RecordDirective, RecordTalk, Role, SignOrder, VerifyOriginal,
};
use super::phone::Phone;
use super::record::{AcpParticipant, Record, Relationship};
use super::text::PersonName;

/// What was said, by whom, and when the server took it down.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub id: StatementId,
    /// 1, 2, 3 … without a gap, for each resident.
    pub seq: i64,
    /// The statement that this one is about.
    pub about: Option<StatementId>,
    pub at: Moment,
    pub by: Speaker,
    pub statement: Statement,
}

/// Who took a statement down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    pub staff: StaffId,
    pub name: String,
    pub role: Role,
}

/// Declares the kinds of statements: each has a code in JSON and in the store, its words, and what it says.
macro_rules! statements {
    ($( $(#[$doc:meta])* $name:ident($body:ident) = $code:literal : $label:literal, )*) => {
        /// A kind of statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $( $(#[$doc])* $name, )* }

        impl Kind {
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];

            pub fn code(self) -> &'static str {
                match self { $( Self::$name => $code, )* }
            }

            pub fn label(self) -> &'static str {
                match self { $( Self::$name => $label, )* }
            }

            /// The fields of what is said.
            pub fn fields(self) -> &'static [super::answer::Field] {
                match self { $( Self::$name => <$body as super::answer::Grouped>::FIELDS, )* }
            }
        }

        /// One thing said.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Statement { $( $(#[$doc])* $name(Box<$body>), )* }

        impl Statement {
            pub fn kind(&self) -> Kind {
                match self { $( Self::$name(_) => Kind::$name, )* }
            }

            /// Reads what was typed, or stored, as a statement of `kind`.
            ///
            /// # Errors
            /// Every problem at its dotted key.
            pub fn read(kind: Kind, inputs: &Inputs) -> Result<Self, Problems> {
                match kind { $(
                    Kind::$name => {
                        let (body, problems) = read_group::<$body>(inputs);
                        if problems.is_empty() { Ok(Self::$name(Box::new(body))) } else { Err(problems) }
                    }
                )* }
            }

            /// What is said, as JSON: answered fields only.
            pub fn json(&self) -> Value {
                match self { $( Self::$name(body) => group_json(body.as_ref()), )* }
            }

            /// What an input of each field holds.
            pub fn inputs(&self) -> Inputs {
                match self { $( Self::$name(body) => group_inputs(body.as_ref()), )* }
            }

            /// Every field with its answer.
            pub fn walk(&self) -> Vec<(&'static super::answer::Field, &dyn super::answer::Answer)> {
                match self { $( Self::$name(body) => body.walk().collect(), )* }
            }
        }
    };
}

statements! {
    /// The resident's own wish.
    Wish(Wish) = "patient_wish": "本人の意思",
    /// What the family infers that the resident would wish.
    Inference(Inference) = "family_inference": "家族による本人の意思の推定",
    /// A talk about the last stage of life. Never an order (S17).
    Talk(Talk) = "acp_talk": "人生会議の記録",
    /// A physician's order as it was written down; its statement's id is the order's.
    Order(Order) = "physician_order": "医師の指示書",
    /// The order is complete and is put before the physician.
    Submitted(Submission) = "submitted": "医師への提出",
    /// The physician's own signed-in act.
    Signed(SignatureAct) = "signed": "医師の署名",
    /// A suspended order holds again, by the physician's own act.
    Resumed(SignatureAct) = "resumed": "医師による再開",
    /// The order was gone through again and still holds, by the physician's own act.
    Reviewed(SignatureAct) = "reviewed": "医師による再確認",
    /// A scan of the signed original, not yet compared by a second person.
    Scanned(Scan) = "scanned": "署名された原本の登録",
    /// A second person compared scan and order; about the scan.
    Verified(Verification) = "verified": "署名された原本の照合",
    Suspended(Suspension) = "suspended": "停止",
    Revoked(Revocation) = "revoked": "撤回",
    ObjectionRaised(Objection) = "objection_raised": "異議",
    /// About the objection.
    ObjectionSettled(Settlement) = "objection_settled": "異議の解消",
    /// Somebody called the physician's number; about the order.
    PhoneTested(PhoneTest) = "phone_tested": "医師の電話の確認",
    /// The resident left or died.
    Closed(Closing) = "closed": "終了",
}

impl Kind {
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// An action that lets its holder say statements of some kinds. Together they say each kind but [`Kind::Closed`], which
/// only leaving and death say.
pub trait Speaks: Action {
    const SAYS: &'static [Kind];
}

impl Speaks for RaiseProtection {
    const SAYS: &'static [Kind] = &[Kind::Suspended, Kind::Revoked, Kind::ObjectionRaised];
}

impl Speaks for RecordTalk {
    const SAYS: &'static [Kind] = &[Kind::Talk];
}

impl Speaks for RecordDirective {
    const SAYS: &'static [Kind] = &[
        Kind::Wish,
        Kind::Inference,
        Kind::Order,
        Kind::Submitted,
        Kind::Scanned,
        Kind::ObjectionSettled,
        Kind::PhoneTested,
    ];
}

impl Speaks for SignOrder {
    const SAYS: &'static [Kind] = &[Kind::Signed, Kind::Resumed, Kind::Reviewed];
}

impl Speaks for VerifyOriginal {
    const SAYS: &'static [Kind] = &[Kind::Verified];
}

/// Declares contents with the treatments beyond CPR, each an answer of its own: blank means full treatment.
macro_rules! with_treatments {
    ($(#[$doc:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        answers! {
            $(#[$doc])*
            pub struct $name {
                $($fields)*
                transfer_to_hospital: Known<Treatment> = "病院への搬送",
                intubation: Known<Treatment> = "気管挿管",
                ventilation: Known<Treatment> = "人工呼吸器",
                vasopressors: Known<Treatment> = "昇圧薬",
                antibiotics: Known<Treatment> = "抗菌薬",
                fluids: Known<Treatment> = "点滴",
                tube_feeding: Known<Treatment> = "経管栄養(胃ろうを含む)",
                dialysis: Known<Treatment> = "人工透析",
                transfusion: Known<Treatment> = "輸血",
                comfort: Known<Treatment> = "苦痛の緩和",
            }
        }
    };
}

with_treatments! {
    pub struct Wish {
        cpr: Known<CprWish> = "心停止のときの心肺蘇生",
        stated_on: Known<Day> = "話した日・書いた日",
        stated_how: Known<StatedHow> = "示し方",
        words: Known<Lines<400>> = "本人の言葉",
        participants: Rows<Participant> = "立ち会った人",
        witness: Known<PersonName> = "聞き取った人・証人",
        document_location: Known<Text<80>> = "書面の保管場所",
    }
}

with_treatments! {
    pub struct Inference {
        cpr: Known<CprWish> = "心停止のときの心肺蘇生",
        inferred_by: Known<PersonName> = "推定した人",
        relationship: Known<Relationship> = "続柄",
        why_person_cannot: Known<Text<120>> = "本人が話せない理由",
        stated_on: Known<Day> = "話した日",
        grounds: Known<Lines<400>> = "推定の根拠(本人の言葉や暮らし)",
        participants: Rows<Participant> = "立ち会った人",
    }
}

answers! {
    pub struct Talk {
        held_on: Known<Day> = "話し合った日",
        attendance: super::answer::Checks<AcpParticipant> = "参加者",
        participants: Rows<Participant> = "参加者の氏名",
        material: Known<TalkMaterial> = "使ったもの",
        words: Known<Lines<600>> = "本人の言葉・話した内容",
        next_on: Known<Day> = "次回",
    }
}

with_treatments! {
    pub struct Order {
        cpr_instruction: Known<CprInstruction> = "心停止のときの指示",
        scope: Known<Text<120>> = "指示の範囲",
        basis_disease: Known<Text<80>> = "もとになる病気",
        expected_event: Known<Text<120>> = "想定された状態",
        call_physician_first: Known<Lines<300>> = "119番の前に医師に電話する状態",
        irreversible: Known<YesNo> = "回復の見込みがない状態",
        end_of_life_phase: Known<YesNo> = "看取り期",
        person_wish_basis: Known<WishBasis> = "本人の意思の確かめ方",
        participants: Rows<Participant> = "話し合いの参加者",
        dissent: Rows<Dissent> = "反対した人",
        discussed_on: Known<Day> = "話し合った日",
        physician_name: Known<PersonName> = "医師",
        institution: Known<Text<60>> = "医療機関",
        phone_24h: Known<Phone> = "24時間電話",
        phone_backup: Known<Phone> = "つながらないときの電話",
        phone_backup_of: Known<Text<40>> = "その電話の相手",
        phone_tested_on: Known<Day> = "電話がつながると確かめた日",
        original_location: Known<Text<80>> = "原本の場所",
        effective_from: Known<Day> = "有効になる日",
        review_due_on: Known<Day> = "次回確認日",
        expires_on: Known<Day> = "有効期限",
    }
}

answers! {
    pub struct Participant {
        name: Known<PersonName> = "氏名",
        role: Known<Text<30>> = "続柄・職種",
    }
}

answers! {
    pub struct Dissent {
        name: Known<PersonName> = "氏名",
        relationship: Known<Relationship> = "続柄",
        words: Known<Text<120>> = "内容",
    }
}

answers! {
    pub struct Submission {
        note: Known<Lines<200>> = "医師への申し送り",
    }
}

answers! {
    pub struct SignatureAct {
        signed_on: Known<Day> = "署名日",
        review_due_on: Known<Day> = "次回確認日",
        note: Known<Lines<200>> = "所見",
    }
}

answers! {
    pub struct Scan {
        /// The stored file, by the SHA-256 of its bytes.
        original: Known<PhotoId> = "署名された原本",
        purpose: Known<SignaturePurpose> = "署名の目的",
        signed_on: Known<Day> = "署名日",
        review_due_on: Known<Day> = "次回確認日",
    }
}

answers! {
    pub struct Verification {
        compared: Known<YesNo> = "原本と指示の内容・署名・日付が一致",
    }
}

answers! {
    pub struct Suspension {
        reason: Known<SuspendReason> = "停止の理由",
        words: Known<Lines<200>> = "内容",
    }
}

answers! {
    pub struct Revocation {
        revoked_by: Known<RevokedBy> = "撤回した人",
        name: Known<PersonName> = "その氏名(本人以外のとき)",
        words: Known<Lines<200>> = "言葉",
    }
}

answers! {
    pub struct Objection {
        name: Known<PersonName> = "異議のある人",
        relationship: Known<Relationship> = "続柄",
        words: Known<Lines<200>> = "内容",
    }
}

answers! {
    pub struct Settlement {
        words: Known<Lines<200>> = "どう話し合われたか",
    }
}

answers! {
    pub struct PhoneTest {
        number: Known<PhoneTested> = "かけた番号",
        result: Known<PhoneResult> = "結果",
        note: Known<Text<120>> = "備考",
    }
}

answers! {
    pub struct Closing {
        reason: Known<ClosingReason> = "終了の理由",
    }
}

choice! {
    pub enum CprWish {
        FullCpr = "full_cpr": "心肺蘇生を望む",
        NoCpr = "no_cpr": "心肺蘇生を望まない意思表示(医師の確認が必要)",
        Undecided = "undecided": "まだ決めていない",
    }
}

choice! {
    pub enum CprInstruction {
        FullCpr = "full_cpr": "心肺蘇生を行う",
        NoCpr = "no_cpr": "心停止のときは、医師が電話で確認してから中止を判断する(DNAR)",
    }
}

choice! {
    /// Blank means full treatment.
    pub enum Treatment {
        Wanted = "wanted": "受ける",
        AskPhysician = "ask_physician": "そのとき医師と相談する",
        Unwanted = "unwanted": "望まないと話している(医師の確認が必要)",
    }
}

choice! {
    pub enum StatedHow {
        Spoken = "spoken": "口頭",
        WrittenDirective = "written_directive": "事前指示書",
        EndingNote = "ending_note": "エンディングノート",
        Other = "other": "その他",
    }
}

choice! {
    pub enum WishBasis {
        SelfStated = "self_stated": "本人が話した",
        WrittenDirective = "written_ad": "本人の書面",
        InferredByFamily = "inferred_by_family": "家族による推定",
    }
}

choice! {
    pub enum TalkMaterial {
        AcpMeeting = "acp_meeting": "人生会議",
        EndingNote = "ending_note": "エンディングノート",
        CareConference = "care_conference": "サービス担当者会議",
        DailyTalk = "daily_talk": "日々の会話",
        Other = "other": "その他",
    }
}

choice! {
    pub enum SignaturePurpose {
        Activate = "activate": "はじめての署名",
        Resume = "resume": "停止のあとの再開",
        Review = "review": "再確認",
    }
}

choice! {
    /// Why an order is suspended. The system says some of these by itself ([`triggers`]).
    pub enum SuspendReason {
        PersonSaysOtherwise = "person_says_otherwise": "本人が違うことを話した",
        FamilyObjects = "family_objects": "家族から異議があった",
        Admission = "admission": "入院した",
        Discharge = "discharge": "退院した",
        PhysicianChanged = "physician_changed": "主治医かその電話が変わった",
        KeyPersonChanged = "key_person_changed": "キーパーソンが変わった",
        DiagnosisChanged = "diagnosis_changed": "病名・病状が変わった",
        Contradiction = "contradiction": "記録に食い違いがある",
        PhoneMissing = "phone_missing": "医師の電話がつながらない",
        IdentityChanged = "identity_changed": "氏名・生年月日が訂正された",
        /// Longer limits of the facility would have brought an order back whose time was over.
        LimitsChanged = "limits_changed": "施設の再確認・有効期間の決まりが長くなった",
        /// The database came back from a backup: what was taken back since then is not in it.
        Restored = "restored": "控えから戻したため、医師の確認を待っている",
        Other = "other": "その他",
    }
}

choice! {
    pub enum RevokedBy {
        Resident = "resident": "本人",
        Representative = "representative": "代理人・家族",
        Physician = "physician": "医師",
    }
}

choice! {
    pub enum PhoneTested {
        Phone24h = "phone_24h": "24時間電話",
        Backup = "phone_backup": "つながらないときの電話",
    }
}

choice! {
    pub enum PhoneResult {
        Answered = "answered": "医師・担当者が出た",
        NoAnswer = "no_answer": "出なかった",
        NotInUse = "not_in_use": "使われていない・別の人の番号",
    }
}

choice! {
    pub enum ClosingReason {
        Left = "left": "退所",
        Died = "died": "死亡",
    }
}

/// The newest day on which the last stage of life was talked about.
pub fn last_talk(log: &[Said]) -> Option<Day> {
    let talks = log.iter().filter_map(|said| match &said.statement {
        Statement::Talk(talk) => talk.held_on.value().copied(),
        _ => None,
    });
    talks.max()
}

/// What a change of the sheet says about an order that was made before it: each is a reason to suspend
/// (domain/emergency.md §2.6).
pub fn triggers(before: &Record, after: &Record) -> Vec<SuspendReason> {
    let mut found = Vec::new();
    let physicians = |record: &Record| {
        let physicians = record.contacts.physicians.rows();
        physicians
            .iter()
            .map(|row| {
                let who = (row.role.clone(), row.institution.clone(), row.name.clone());
                (who, row.phone_24h.clone())
            })
            .collect::<Vec<_>>()
    };
    if physicians(before) != physicians(after) {
        found.push(SuspendReason::PhysicianChanged);
    }
    let key_people = |record: &Record| {
        let contacts = record.contacts.emergency_contacts.rows();
        let people: Vec<_> = contacts
            .iter()
            .map(|row| {
                let key = row.is_key_person.is(&YesNo::Yes);
                let decides = row.is_substitute_decision_maker.is(&YesNo::Yes);
                (row.name.to_string(), key, decides)
            })
            .filter(|(_, key, decides)| *key || *decides)
            .collect();
        (people, record.contacts.guardian_name.to_string())
    };
    if key_people(before) != key_people(after) {
        found.push(SuspendReason::KeyPersonChanged);
    }
    let diagnoses = |record: &Record| {
        let mut names: Vec<String> = record
            .medical
            .current_conditions
            .rows()
            .iter()
            .map(|row| row.name.to_string())
            .collect();
        names.sort_unstable();
        names
    };
    if diagnoses(before) != diagnoses(after) {
        found.push(SuspendReason::DiagnosisChanged);
    }
    let person = |record: &Record| {
        let identity = &record.identity;
        (identity.name.to_string(), identity.birth_date.clone())
    };
    if person(before) != person(after) {
        found.push(SuspendReason::IdentityChanged);
    }
    let stays = |record: &Record| {
        let medical = &record.medical;
        let known = medical.admission_last_6m.is(&YesNo::Yes)
            || medical.admission_last_6m_detail.value().is_some();
        known.then(|| medical.admission_last_6m_detail.to_string())
    };
    // That half a year has passed since is no new stay.
    if stays(after).is_some() && stays(before) != stays(after) {
        found.push(SuspendReason::Admission);
    }
    found
}
