use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::answer::{Checks, Known, Rows};
use crate::domain::directive::rules::{Limits, may_follow};
use crate::domain::directive::state::State;
use crate::domain::directive::{Kind, Said, Speaker, triggers};
use crate::domain::form::Forms;
use crate::domain::id::{StaffId, StatementId};
use crate::domain::kana::similar;
use crate::domain::protocol::Protocols;
use crate::domain::record::{Device, GuardianKind, HighAlertDrug, SpecialCare};
use crate::domain::sheet::{Staleness, changes, contradictions, may_share_with_crews, missing};
use crate::domain::standing::{Standing, StandingKind, Subject, standing};
use crate::export::pdf::Fonts;

fn today() -> Day {
    Day::from_ymd(2026, 11, 23).unwrap()
}

fn city() -> City {
    City::generate(1, today())
}

fn residents(city: &City) -> impl Iterator<Item = &Resident> {
    city.facilities
        .iter()
        .flat_map(|facility| &facility.residents)
}

fn name(record: &Record) -> String {
    record.identity.name.to_string()
}

/// The resident whose name is `wanted`, in the whole city.
fn find<'a>(city: &'a City, wanted: &str) -> &'a Record {
    residents(city)
        .map(Resident::record)
        .find(|record| name(record) == wanted)
        .unwrap_or_else(|| panic!("{wanted}"))
}

#[test]
fn the_same_seed_and_day_give_the_same_city_and_another_seed_another() {
    let everything = |city: &City| residents(city).cloned().collect::<Vec<_>>();
    assert_eq!(everything(&city()), everything(&city()));
    assert_ne!(everything(&city()), everything(&City::generate(2, today())));
}

#[test]
fn every_record_of_many_cities_is_readable_and_true_of_its_day() {
    // A record that cannot be read stops the generator itself (`Draft::record`).
    for seed in 0..4 {
        for resident in residents(&City::generate(
            seed,
            today().plus_days(i64::try_from(seed * 31).unwrap()),
        )) {
            for revision in &resident.revisions {
                let problems = contradictions(&revision.record, Day::of(revision.at));
                assert!(
                    problems.is_empty(),
                    "{}: {problems:?}",
                    name(&revision.record)
                );
                let (again, problems) = Record::read(&revision.record.inputs());
                assert!(problems.is_empty(), "{problems:?}");
                assert_eq!(again, revision.record);
            }
        }
    }
}

#[test]
fn there_are_homes_of_three_kinds_hospitals_a_clinic_a_fire_department_and_a_city_office() {
    let city = city();
    let kinds: Vec<_> = city
        .facilities
        .iter()
        .map(|facility| facility.facts.facility_type.to_string())
        .collect();
    assert_eq!(
        kinds,
        [
            "特別養護老人ホーム",
            "認知症グループホーム",
            "介護付有料老人ホーム",
            "市役所"
        ]
    );
    let institutions = |kind| {
        city.institutions
            .iter()
            .filter(|institution| institution.kind == kind)
            .count()
    };
    assert_eq!(institutions(places::InstitutionKind::Hospital), 2);
    assert_eq!(institutions(places::InstitutionKind::Clinic), 1);
    assert_eq!(institutions(places::InstitutionKind::FireDepartment), 1);
    for facility in &city.facilities {
        let office = facility.key == "minato";
        assert_eq!(facility.residents.is_empty(), office);
        for role in Role::ALL.into_iter().filter(|role| {
            let elsewhere = [Role::Physician, Role::HospitalStaff, Role::Sealed];
            !elsewhere.contains(role)
        }) {
            assert_eq!(
                facility.staff.iter().any(|staff| staff.role == role),
                (role == Role::Operator) == office,
                "{} {role:?}",
                facility.key
            );
        }
    }
    let living = residents(&city)
        .filter(|resident| resident.stay == Stay::LivingIn)
        .count();
    assert!(living >= 66, "{living}");
}

#[test]
fn ages_are_those_of_care_homes() {
    let city = city();
    let ages: Vec<u32> = residents(&city)
        .filter_map(|resident| resident.record().identity.birth_date.value())
        .map(|born| born.age_on(today()))
        .collect();
    assert_eq!(ages.len(), residents(&city).count());
    assert!(ages.iter().all(|age| (72..=104).contains(age)), "{ages:?}");
    assert!(ages.contains(&104));
    assert!(ages.iter().any(|age| *age < 78));
}

#[test]
fn s25_rare_characters_stand_in_names() {
    let city = city();
    let names: String = residents(&city)
        .map(|resident| name(resident.record()))
        .collect();
    for rare in [
        "髙",
        "﨑",
        "𠮷",
        "邉\u{E0100}",
        "辻\u{E0100}",
        "濵",
        "齋",
        "德",
        "栁",
        "神﨑",
        "﨑山",
        "ヱ",
        "・",
    ] {
        assert!(names.contains(rare), "{rare}");
    }
    assert!(residents(&city).any(|resident| name(resident.record()).chars().count() >= 18));
}

#[test]
fn s19_exactly_one_pair_of_one_home_nearly_shares_a_name() {
    for facility in &city().facilities {
        let readings: Vec<String> = facility
            .residents
            .iter()
            .map(|resident| resident.record().identity.name_kana.to_string())
            .collect();
        let mut pairs = Vec::new();
        for (at, one) in readings.iter().enumerate() {
            pairs.extend(
                readings[at + 1..]
                    .iter()
                    .filter(|other| similar(one, other))
                    .map(|other| format!("{one}/{other}")),
            );
        }
        let expected = usize::from(facility.key == "sazanami");
        assert_eq!(pairs.len(), expected, "{pairs:?}");
    }
    let city = city();
    assert!(similar(
        find(&city, "髙﨑 和子").identity.name_kana.to_string(),
        find(&city, "高崎 和江").identity.name_kana.to_string()
    ));
}

#[test]
fn s26_no_two_homes_share_a_resident_a_number_a_login_or_a_person_of_staff() {
    let city = city();
    let mut names = BTreeSet::new();
    let mut numbers = BTreeSet::new();
    let mut people = BTreeSet::new();
    for facility in &city.facilities {
        let mut rooms = BTreeSet::new();
        for resident in &facility.residents {
            let identity = &resident.record().identity;
            assert!(names.insert(identity.name.to_string()));
            assert!(numbers.insert(identity.resident_number.to_string()));
            assert!(rooms.insert(identity.room.to_string()));
        }
        for staff in &facility.staff {
            assert!(people.insert(staff.login.clone()));
            // A physician of the clinic sees several homes, with an account in each.
            if staff.role != Role::Physician {
                assert!(people.insert(staff.name.to_owned()));
            }
        }
    }
}

#[test]
fn the_great_sheet_lacks_nothing_and_has_twelve_medicines_and_four_contacts() {
    let city = city();
    let record = find(&city, "髙﨑 和子");
    assert_eq!(missing(record, Forms::built_in().emergency()), []);
    assert!(record.medical.medications.rows().len() >= 12);
    assert_eq!(record.contacts.emergency_contacts.rows().len(), 4);
    assert!(
        record
            .medical
            .high_alert_flags
            .has(HighAlertDrug::Anticoagulant)
    );
    assert!(
        record
            .contacts
            .physicians
            .rows()
            .iter()
            .any(|row| row.phone_24h.value().is_some())
    );
    assert!(may_share_with_crews(record));
}

#[test]
fn complete_incomplete_and_empty_sheets_stand_side_by_side() {
    let forms = Forms::built_in();
    let city = city();
    let gaps: Vec<usize> = residents(&city)
        .map(|resident| missing(resident.record(), forms.emergency()).len())
        .collect();
    assert!(
        gaps.iter().filter(|gaps| **gaps == 0).count() >= 20,
        "{gaps:?}"
    );
    assert!(
        gaps.iter().filter(|gaps| (1..8).contains(*gaps)).count() >= 15,
        "{gaps:?}"
    );
    assert!(
        gaps.iter().filter(|gaps| **gaps >= 8).count() >= 4,
        "{gaps:?}"
    );
}

#[test]
fn s21_sheets_of_every_age_are_there() {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for resident in residents(&city()) {
        let verified_on = resident
            .verifications
            .last()
            .map(|verification| Day::of(verification.at));
        *count
            .entry(Staleness::of(verified_on, today()).code())
            .or_default() += 1;
    }
    assert!(count["fresh"] > count["amber"], "{count:?}");
    for code in ["amber", "red", "never"] {
        assert!(count[code] >= 4, "{count:?}");
    }
}

#[test]
fn s22_consent_is_given_refused_not_obtained_and_not_asked() {
    let city = city();
    for shown in [
        "本人が同意",
        "代理人が同意",
        "未取得",
        "同意しない",
        "未確認",
    ] {
        assert!(
            residents(&city).any(|resident| resident
                .record()
                .consent
                .consent_to_share_ems
                .to_string()
                == shown),
            "{shown}"
        );
    }
}

#[test]
fn somebody_has_no_relatives_but_a_guardian() {
    let city = city();
    let record = find(&city, "五十嵐 定雄");
    assert!(matches!(
        record.contacts.emergency_contacts,
        Rows::None {
            confirmed_on: Some(_)
        }
    ));
    assert_eq!(
        record.contacts.guardian_kind,
        Known::Value(GuardianKind::Guardianship)
    );
    assert!(record.contacts.guardian_phone.value().is_some());
}

#[test]
fn every_treatment_that_changes_what_a_crew_does_is_there() {
    let city = city();
    let somebody =
        |holds: &dyn Fn(&Record) -> bool| residents(&city).any(|resident| holds(resident.record()));
    for care in [
        SpecialCare::Dialysis,
        SpecialCare::Oxygen,
        SpecialCare::Pacemaker,
        SpecialCare::Gastrostomy,
        SpecialCare::Tracheostomy,
        SpecialCare::Insulin,
        SpecialCare::UrinaryCatheter,
        SpecialCare::Stoma,
        SpecialCare::PressureUlcerCare,
        SpecialCare::PainControl,
    ] {
        assert!(
            somebody(&|record| record.medical.special_care.has(care)),
            "{care:?}"
        );
    }
    for drug in [
        HighAlertDrug::Anticoagulant,
        HighAlertDrug::Antiplatelet,
        HighAlertDrug::Insulin,
        HighAlertDrug::Hypoglycemic,
        HighAlertDrug::Steroid,
        HighAlertDrug::Antiepileptic,
        HighAlertDrug::Opioid,
        HighAlertDrug::Antiarrhythmic,
        HighAlertDrug::Immunosuppressant,
        HighAlertDrug::Sedative,
    ] {
        assert!(
            somebody(&|record| record.medical.high_alert_flags.has(drug)),
            "{drug:?}"
        );
    }
    assert!(somebody(&|record| record.medical.devices.has(Device::Icd)));
}

/// What a pharmacist would say of each substance; written apart from the generator's own tables.
const ALERTS: &[(&str, HighAlertDrug)] = &[
    ("ワルファリン", HighAlertDrug::Anticoagulant),
    ("キサバン", HighAlertDrug::Anticoagulant),
    ("アスピリン", HighAlertDrug::Antiplatelet),
    ("クロピドグレル", HighAlertDrug::Antiplatelet),
    ("シロスタゾール", HighAlertDrug::Antiplatelet),
    ("インスリン", HighAlertDrug::Insulin),
    ("グリプチン", HighAlertDrug::Hypoglycemic),
    ("グリメピリド", HighAlertDrug::Hypoglycemic),
    ("プレドニゾロン錠", HighAlertDrug::Steroid),
    ("ベタメタゾン錠", HighAlertDrug::Steroid),
    ("レベチラセタム", HighAlertDrug::Antiepileptic),
    ("ラコサミド", HighAlertDrug::Antiepileptic),
    ("フェンタニル", HighAlertDrug::Opioid),
    ("モルヒネ", HighAlertDrug::Opioid),
    ("アミオダロン", HighAlertDrug::Antiarrhythmic),
    ("メトトレキサート", HighAlertDrug::Immunosuppressant),
    ("レンボレキサント", HighAlertDrug::Sedative),
    ("スボレキサント", HighAlertDrug::Sedative),
    ("ミルタザピン", HighAlertDrug::Sedative),
    ("リスペリドン", HighAlertDrug::Sedative),
];

#[test]
fn warnings_agree_with_the_medicines_and_the_treatment() {
    for seed in 0..3 {
        for resident in residents(&City::generate(seed, today())) {
            for revision in &resident.revisions {
                let medical = &revision.record.medical;
                let medicines: Vec<String> = medical
                    .medications
                    .rows()
                    .iter()
                    .map(|row| row.name.to_string())
                    .collect();
                if !matches!(medical.high_alert_flags, Checks::NotAsked) {
                    for (substance, alert) in ALERTS {
                        if medicines
                            .iter()
                            .any(|medicine| medicine.contains(substance))
                        {
                            assert!(
                                medical.high_alert_flags.has(*alert),
                                "{substance} {alert:?}: {medicines:?}"
                            );
                        }
                    }
                }
                let distinct: BTreeSet<_> = medicines.iter().collect();
                assert_eq!(distinct.len(), medicines.len(), "{medicines:?}");
                let care = &medical.special_care;
                assert!(
                    !care.has(SpecialCare::Dialysis) || medical.dialysis_detail.value().is_some()
                );
                assert!(
                    !care.has(SpecialCare::Dialysis)
                        || !medicines
                            .iter()
                            .any(|medicine| medicine.starts_with("酸化マグネシウム"))
                );
                assert!(!care.has(SpecialCare::Oxygen) || medical.oxygen_detail.value().is_some());
                assert!(
                    !care.has(SpecialCare::Insulin)
                        || medicines
                            .iter()
                            .any(|medicine| medicine.starts_with("インスリン"))
                );
            }
        }
    }
}

#[test]
fn histories_go_forward_by_people_who_may_write_them() {
    let city = city();
    let mut lengths = BTreeSet::new();
    for facility in &city.facilities {
        for resident in &facility.residents {
            lengths.insert(resident.revisions.len());
            for pair in resident.revisions.windows(2) {
                assert!(pair[0].at < pair[1].at);
                assert_ne!(
                    changes(&pair[0].record, &pair[1].record),
                    [],
                    "{}",
                    pair[1].reason
                );
                assert_eq!(pair[0].record.identity.name, pair[1].record.identity.name);
            }
            let moved_in = *resident.record().identity.moved_in_on.value().unwrap();
            for revision in &resident.revisions {
                assert!(allowed(
                    facility.staff[revision.author].role,
                    ActionKind::EditSheet
                ));
                assert!(Day::of(revision.at) >= moved_in && Day::of(revision.at) < today());
            }
            for verification in &resident.verifications {
                assert!(allowed(
                    facility.staff[verification.by].role,
                    ActionKind::EditSheet
                ));
                assert!(Day::of(verification.at) < today());
                let known = resident
                    .revisions
                    .iter()
                    .filter(|revision| revision.at < verification.at)
                    .count();
                assert_eq!(verification.revision, known);
                assert!(known >= 1);
            }
        }
    }
    assert!(
        lengths.is_superset(&BTreeSet::from([1, 2, 3, 4])),
        "{lengths:?}"
    );
    assert!(
        find(&city, "髙﨑 和子")
            .identity
            .moved_in_on
            .value()
            .is_some()
    );
    assert_eq!(
        residents(&city)
            .find(|resident| name(resident.record()) == "髙﨑 和子")
            .unwrap()
            .revisions
            .len(),
        4
    );
}

#[test]
fn no_telephone_belongs_to_anybody() {
    let city = city();
    for resident in residents(&city) {
        for (key, values) in resident
            .record()
            .inputs()
            .iter()
            .filter(|(key, _)| key.contains("phone"))
        {
            for value in values {
                assert!(
                    value.contains("-00-") || value.contains("-000-") || value.contains("-0000-"),
                    "{key} {value}"
                );
            }
        }
    }
}

#[test]
fn s25_every_character_of_every_sheet_can_be_printed() {
    for resident in residents(&city()) {
        for (key, values) in resident.record().inputs().iter() {
            let missing = Fonts::embedded().missing(&values.join(" "));
            assert!(missing.is_empty(), "{key}: {values:?}");
        }
    }
}

/// When the city is looked at, on the evening of its day.
fn now() -> Moment {
    today().starts_at().plus_minutes(18 * 60)
}

/// The log as the store would hold it.
fn log(facility: &Facility, resident: &Resident) -> Vec<Said> {
    let id = |number: usize| StatementId(format!("r.{}", number + 1));
    let said = resident.said.iter().enumerate();
    said.map(|(number, spoken)| {
        let staff = &facility.staff[spoken.by];
        Said {
            id: id(number),
            seq: i64::try_from(number + 1).unwrap(),
            about: spoken.about.map(id),
            at: match spoken.when {
                When::At(at) => at,
                When::AfterThePapers => now(),
            },
            by: Speaker {
                staff: StaffId::from(staff.login.as_str()),
                name: staff.name.to_owned(),
                role: staff.role,
            },
            statement: spoken.statement.clone(),
        }
    })
    .collect()
}

fn standing_of(facility: &Facility, resident: &Resident) -> Standing {
    standing(
        Ok(&log(facility, resident)),
        &Subject::of(resident.record()),
        Protocols::default().area(None),
        Limits::of(&facility.facts),
        now(),
    )
}

fn everybody(city: &City) -> impl Iterator<Item = (&Facility, &Resident)> {
    let facilities = city.facilities.iter();
    facilities.flat_map(|facility| {
        facility
            .residents
            .iter()
            .map(move |resident| (facility, resident))
    })
}

#[test]
fn every_standing_occurs_and_each_for_the_reason_that_its_story_tells() {
    use StandingKind as S;
    let expected = [
        ("髙﨑 和子", S::OrderOnFile, vec!["order_holds"]),
        (
            "辻\u{E0100} まつゑ",
            S::OrderOnFile,
            vec!["order_holds", "phone_not_answered"],
        ),
        (
            "齋藤 昭治",
            S::OrderOnFile,
            vec!["order_holds", "review_due"],
        ),
        (
            "神﨑 眞佐子",
            S::FullCprInvalidOrder,
            vec!["review_overdue"],
        ),
        ("濵田 ミチ", S::FullCprInvalidOrder, vec!["expired"]),
        (
            "渡邉\u{E0100} 清一郎",
            S::FullCprInvalidOrder,
            vec!["suspended"],
        ),
        ("栁 フサヱ", S::FullCprInvalidOrder, vec!["unsigned"]),
        ("𠮷田 ハツ", S::FullCprInvalidOrder, vec!["unsigned"]),
        (
            "伊集院 百合枝",
            S::FullCprInvalidOrder,
            vec!["unsigned", "lacks", "lacks"],
        ),
        ("勅使河原 喜久右衛門", S::Revoked, vec!["revoked"]),
        ("﨑山 貞夫", S::Conflict, vec!["objection"]),
        ("金 順子", S::FullCprWishOnly, vec!["wish_of_person"]),
        ("小比類巻 ツギ", S::FullCprWishOnly, vec!["wish_of_family"]),
        (
            "サントス・デ・オリヴェイラ マリア・ルシア",
            S::FullCpr,
            vec!["wish_is_full_treatment"],
        ),
        ("長宗我部 與志郎", S::FullCpr, vec!["wish_undecided"]),
        ("五十嵐 定雄", S::FullCpr, vec!["nothing_recorded"]),
    ];
    for seed in 0..4 {
        let city = City::generate(seed, today());
        for (wanted, kind, reasons) in &expected {
            let (facility, resident) = everybody(&city)
                .find(|(_, resident)| name(resident.record()) == *wanted)
                .unwrap_or_else(|| panic!("{wanted}"));
            let standing = standing_of(facility, resident);
            let codes: Vec<&str> = standing
                .reasons()
                .iter()
                .map(|reason| reason.code())
                .collect();
            assert_eq!(
                (standing.kind(), &codes),
                (*kind, reasons),
                "{seed} {wanted}"
            );
        }
        for kind in S::ALL {
            let count = everybody(&city)
                .filter(|(facility, resident)| standing_of(facility, resident).kind() == kind)
                .count();
            assert_eq!(count > 0, kind != S::FullCprByFailure, "{seed} {kind:?}");
        }
    }
}

#[test]
fn s11_s12_everything_was_said_by_somebody_who_may_say_it_then() {
    for seed in 0..4 {
        let city = City::generate(seed, today());
        for (facility, resident) in everybody(&city) {
            let log = log(facility, resident);
            for (number, said) in log.iter().enumerate() {
                let who = name(resident.record());
                let earlier = &log[..number];
                let state = State::read(earlier).unwrap();
                let day = Day::of(said.at);
                let limits = Limits::of(&facility.facts);
                let followed = may_follow(
                    &state,
                    said.about.as_ref(),
                    &said.statement,
                    &said.by,
                    limits,
                    day,
                );
                assert_eq!(followed, Ok(()), "{who} {number}");
                assert!(
                    earlier.iter().all(|before| before.at < said.at),
                    "{who} {number}"
                );
                let action = match said.statement.kind() {
                    Kind::Talk => ActionKind::RecordTalk,
                    Kind::Signed | Kind::Resumed | Kind::Reviewed => ActionKind::SignOrder,
                    Kind::Verified => ActionKind::VerifyOriginal,
                    Kind::Suspended | Kind::Revoked | Kind::ObjectionRaised => {
                        ActionKind::RaiseProtection
                    }
                    _ => ActionKind::RecordDirective,
                };
                assert!(allowed(said.by.role, action), "{who} {action:?}");
                assert!(
                    resident.revisions[0].at < said.at && said.at <= now(),
                    "{who}"
                );
            }
        }
    }
}

#[test]
fn no_later_sheet_changes_what_an_order_rests_on() {
    for seed in 0..4 {
        for resident in residents(&City::generate(seed, today())) {
            let ordered = resident.said.iter().find_map(|spoken| {
                match (spoken.statement.kind(), spoken.when) {
                    (Kind::Submitted, When::At(at)) => Some(at),
                    _ => None,
                }
            });
            let Some(ordered) = ordered else { continue };
            for pair in resident
                .revisions
                .windows(2)
                .filter(|pair| pair[1].at > ordered)
            {
                let found = triggers(&pair[0].record, &pair[1].record);
                assert_eq!(found, [], "{seed} {}", name(resident.record()));
            }
        }
    }
}

#[test]
fn talks_go_on_over_years_and_name_the_next() {
    let city = city();
    let mut talks = 0;
    let (mut old, mut next) = (0, 0);
    for spoken in residents(&city).flat_map(|resident| &resident.said) {
        if let crate::domain::directive::Statement::Talk(talk) = &spoken.statement {
            talks += 1;
            let held = talk.held_on.value().unwrap();
            old += i32::from(held.days_until(today()) > 365);
            next += i32::from(talk.next_on.value().is_some_and(|day| *day > today()));
        }
    }
    assert!(
        talks >= 30 && old >= 10 && next >= 10,
        "{talks} {old} {next}"
    );
}

#[test]
fn s26_telephones_of_orders_belong_to_nobody_and_originals_are_small_pdfs() {
    let city = city();
    let mut originals = 0;
    for spoken in residents(&city).flat_map(|resident| &resident.said) {
        for (field, answer) in spoken.statement.walk() {
            if field.key.starts_with("phone")
                && matches!(field.kind, crate::domain::answer::Kind::Phone)
            {
                let number = answer.shown().line();
                assert!(
                    number == "未確認" || number.contains("-00-") || number.contains("-0000-"),
                    "{number}"
                );
            }
        }
        if let Some(original) = &spoken.original {
            originals += 1;
            assert!(
                original.starts_with(b"%PDF-") && original.len() < 200_000,
                "{}",
                original.len()
            );
        }
    }
    assert_eq!(originals, 2);
}
