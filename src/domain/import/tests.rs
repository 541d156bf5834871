//! A file from its bytes to its plan.

use encoding_rs::SHIFT_JIS;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, XlsxError};
use serde_json::{Value, json};

use super::*;
use crate::domain::answer::Inputs;
use crate::domain::date::Day;
use crate::domain::id::ResidentId;
use crate::domain::record::Record;
use crate::domain::resident::Status;

fn table(text: &str) -> Table {
    Table::read(text.as_bytes(), "利用者.csv").unwrap()
}

fn today() -> Day {
    Day::from_ymd(2026, 11, 23).unwrap()
}

fn plan_of(text: &str, existing: &[Existing]) -> Plan {
    let table = table(text);
    plan(&table, &Mapping::guess(&table), existing, today())
}

fn existing(record: Value) -> Existing {
    let record = Record::from_json(&record).unwrap();
    Existing {
        id: ResidentId::from("r1"),
        number: record
            .identity
            .resident_number
            .value()
            .map(|number| number.as_str().to_owned()),
        status: Status::LivingIn,
        record,
    }
}

fn messages(plan: &Plan) -> Vec<String> {
    plan.problems.iter().map(ToString::to_string).collect()
}

/// The targets of the columns, in their order.
fn guessed(headers: &str) -> Vec<&'static str> {
    let table = table(&format!(
        "{headers}\n{}x\n",
        ",".repeat(headers.matches(',').count())
    ));
    let mapping = Mapping::guess(&table);
    (0..table.columns().len())
        .map(|column| mapping.target(column).map_or("", |target| target.key))
        .collect()
}

#[test]
fn a_spreadsheet_of_a_facility_becomes_residents() {
    let plan = plan_of(
        "利用者番号,氏名,フリガナ,生年月日,性別,階,居室番号,要介護度,アレルギー,病名,緊急連絡先①氏名,続柄,電話番号\n\
         0012,髙﨑 𠮷子,ﾀｶｻｷ ﾖｼｺ,S13.1.3,女性,2F,２０２,要介護３,なし,\"高血圧、脳梗塞(H27)\",髙﨑 一郎,長男,090-1234-5678\n",
        &[],
    );
    assert_eq!(messages(&plan), [] as [String; 0]);
    assert!(plan.is_importable());
    assert_eq!(plan.rows[0].line, 2);
    assert_eq!(plan.rows[0].action, Action::Add);
    assert_eq!(
        plan.rows[0].record.json(),
        json!({
            "resident_number": "0012",
            "name": "髙﨑 𠮷子",
            "name_kana": "たかさき　よしこ",
            "birth_date": "1938-01-03",
            "sex": "female",
            "floor": "2F",
            "room": "202",
            "care_level": "care3",
            "allergies": {"state": "none", "confirmed_on": null},
            "current_conditions": {"state": "present", "rows": [
                {"name": "高血圧"}, {"name": "脳梗塞", "onset_on": plan.rows[0].record.medical.current_conditions.rows()[1].json_of("onset_on")},
            ]},
            "emergency_contacts": {"state": "present", "rows": [
                {"name": "髙﨑 一郎", "relationship": "son", "phone_mobile": "090-1234-5678"},
            ]},
        })
    );
    let onset = &plan.rows[0].record.medical.current_conditions.rows()[1].onset_on;
    assert_eq!(onset.value().unwrap().year(), 2015);
}

trait JsonOf {
    fn json_of(&self, key: &str) -> Value;
}

impl<G: crate::domain::answer::Group> JsonOf for G {
    fn json_of(&self, key: &str) -> Value {
        let found = self.walk().find(|(field, _)| field.key == key);
        found.map_or(Value::Null, |(_, answer)| answer.json())
    }
}

#[test]
fn s25_shift_jis_keeps_the_characters_of_windows() {
    let text = "氏名,ふりがな,備考①\n髙﨑 一郎,たかさき いちろう,㈱①Ⅲ\n";
    let (bytes, _, lossy) = SHIFT_JIS.encode(text);
    assert!(!lossy);
    let table = Table::read(&bytes, "利用者.csv").unwrap();
    assert_eq!(table.source, "CSV(Shift_JIS)");
    let plan = plan(&table, &Mapping::guess(&table), &[], today());
    let name = plan.rows[0].record.identity.name.value().unwrap();
    assert_eq!(name.as_str(), "髙﨑 一郎");
    assert_eq!(table.columns()[2].samples, ["㈱①Ⅲ"]);
}

#[test]
fn utf8_is_read_with_and_without_its_mark() {
    let text = "氏名,ふりがな\n𠮷田 花,よしだ はな\n";
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
    ] {
        let table = Table::read(&bytes, "a.csv").unwrap();
        assert_eq!(table.source, "CSV(UTF-8)");
        assert_eq!(table.columns()[0].header, "氏名");
        assert_eq!(table.columns()[0].samples, ["𠮷田 花"]);
    }
}

#[test]
fn the_line_with_another_encoding_is_named() {
    let mut bytes = "氏名,ふりがな\n山田 花,やまだ はな\n".as_bytes().to_vec();
    bytes.extend([0xFF, 0xFE, 0xFD]);
    assert_eq!(
        Table::read(&bytes, "a.csv"),
        Err(ImportError::Encoding { line: 3 })
    );
    let utf16: Vec<u8> = "氏名,カナ"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = [&[0xFF, 0xFE][..], &utf16].concat();
    assert_eq!(Table::read(&marked, "a.csv"), Err(ImportError::Utf16));
    let ascii: Vec<u8> = "name,kana\na,b\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(Table::read(&ascii, "a.csv"), Err(ImportError::Utf16));
}

#[test]
fn what_is_no_table_is_refused_in_words() {
    let read = |bytes: &[u8], name| Table::read(bytes, name).unwrap_err();
    assert_eq!(read(b" \r\n\n", "a.csv"), ImportError::Empty);
    assert_eq!(read(b",,\n,\n", "a.csv"), ImportError::Empty);
    assert_eq!(
        read("氏名,ふりがな\n,,\n".as_bytes(), "a.csv"),
        ImportError::HeaderOnly
    );
    assert_eq!(read(b"%PDF-1.7\n...", "a.pdf"), ImportError::NotText);
    assert_eq!(
        read(&[0, 159, 146, 150, 1, 2], "a.bin"),
        ImportError::NotText
    );
    assert_eq!(
        read(
            "氏名,ふりがな\n\"山田,やまだ\n田中,たなか\n".as_bytes(),
            "a.csv"
        ),
        ImportError::UnclosedQuote { line: 2 }
    );
    assert!(matches!(
        read(&vec![b'a'; MAX_BYTES + 1], "a.csv"),
        ImportError::TooLarge { .. }
    ));
    let rows = "氏名,ふりがな\n".to_owned() + &"山田,やまだ\n".repeat(MAX_ROWS + 1);
    assert_eq!(read(rows.as_bytes(), "a.csv"), ImportError::TooManyRows);
    let columns = "a,".repeat(MAX_COLUMNS + 1) + "\n";
    assert_eq!(
        read(columns.as_bytes(), "a.csv"),
        ImportError::TooManyColumns
    );
    for name in ["a.xls", "a.xlsx"] {
        let compound = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest";
        assert_eq!(read(compound, name), ImportError::Protected);
    }
    assert!(matches!(
        read(b"PK\x03\x04rest", "a.xlsx"),
        ImportError::BrokenWorkbook(_)
    ));
    assert!(matches!(
        read(b"nothing", "a.xlsx"),
        ImportError::BrokenWorkbook(_)
    ));
}

#[test]
fn lines_are_numbered_as_the_spreadsheet_numbers_them() {
    let table = table(
        "利用者一覧\n\n氏名;ふりがな;病名\r\n\"山田 花\";やまだ はな;\"高血圧\n糖尿病\"\r\n\r\n田中;;\r\n",
    );
    assert_eq!(table.header_line(), 3);
    let lines: Vec<usize> = table.rows.iter().map(|row| row.number).collect();
    assert_eq!(lines, [4, 6]);
    let plan = plan(&table, &Mapping::guess(&table), &[], today());
    assert_eq!(
        messages(&plan),
        ["6行目 B列 ふりがな: ふりがながありません。記入してください"]
    );
    assert_eq!(
        plan.rows[0].record.medical.current_conditions.rows().len(),
        2
    );
    assert!(!plan.is_importable());
}

#[test]
fn separators_are_told_by_the_headers() {
    for separator in [",", ";", "\t"] {
        let text = ["氏名", "ふりがな", "住所"].join(separator)
            + "\n"
            + &["山田 花", "やまだ はな", "\"平塚市,浅間町;9-1\""].join(separator);
        let table = table(&text);
        assert_eq!(table.columns().len(), 3, "{separator:?}");
        assert_eq!(table.columns()[2].samples, ["平塚市,浅間町;9-1"]);
    }
}

#[test]
fn headers_are_guessed_with_their_people() {
    assert_eq!(
        guessed("No.,姓,名,セイ,メイ,生年月日（和暦）,号室,要介護度"),
        [
            "resident_number",
            "name.surname",
            "name.given",
            "name_kana.surname",
            "name_kana.given",
            "birth_date",
            "room",
            "care_level"
        ]
    );
    assert_eq!(
        guessed(
            "入居者様氏名,氏名（カナ）,電話,緊急連絡先1,続柄,電話番号,緊急連絡先2,続柄,電話番号,キーパーソン"
        ),
        [
            "name",
            "name_kana",
            "phone",
            "emergency_contacts.0.name",
            "emergency_contacts.0.relationship",
            "emergency_contacts.0.phone",
            "emergency_contacts.1.name",
            "emergency_contacts.1.relationship",
            "emergency_contacts.1.phone",
            "key_person.name"
        ]
    );
    assert_eq!(
        guessed("主治医,医療機関名,主治医電話番号,夜間電話,病名1,病名2,家族構成,記入者氏名,備考"),
        [
            "physicians.0.name",
            "physicians.0.institution",
            "physicians.0.phone_day",
            "physicians.0.phone_24h",
            "current_conditions",
            "current_conditions",
            "",
            "",
            ""
        ]
    );
    assert_eq!(
        guessed(
            "第2連絡先氏名,連絡先②TEL,介護保険被保険者番号,保険者番号,認定有効期間（開始）,認定有効期間（終了）,ID"
        ),
        [
            "emergency_contacts.1.name",
            "emergency_contacts.1.phone",
            "insured_number",
            "insurer_number",
            "care_level_valid_from",
            "care_level_valid_to",
            "resident_number"
        ]
    );
}

#[test]
fn s12_s17_nothing_about_resuscitation_is_ever_imported() {
    let headers = [
        "DNAR",
        "ＤＮＲの有無",
        "延命希望",
        "心肺蘇生の希望",
        "看取り介護加算",
        "急変時の対応",
        "事前指示書",
    ];
    for header in headers {
        let text = format!("氏名,ふりがな,{header}\n山田 花,やまだ はな,希望しない\n");
        let table = table(&text);
        assert_eq!(Mapping::guess(&table).target(2), None, "{header}");
        assert!(table.columns()[2].refused().is_some(), "{header}");
        let inputs =
            Inputs::from_pairs([("column.2".to_owned(), "usual_condition_note".to_owned())]);
        let (mapping, problems) = Mapping::from_inputs(&table, &inputs);
        assert_eq!(mapping.target(2), None);
        assert!(problems.at("column.2").is_some());
    }
    for (header, cell) in [
        ("病名", "DNAR"),
        ("普段の様子", "延命は望まない"),
        ("氏名", "山田(看取り)"),
    ] {
        let text = format!("ふりがな,{header}\nやまだ はな,{cell}\n");
        let plan = plan_of(&text, &[]);
        assert!(!plan.is_importable());
        assert!(
            messages(&plan).join("").contains("取り込めません"),
            "{:?}",
            messages(&plan)
        );
    }
}

#[test]
fn s18_none_unknown_unnamed_and_blank_stay_four_answers() {
    let text = "氏名,ふりがな,アレルギー,感染症\n\
        一,いち,なし,不明\n二,に,あり,MRSA(+)・HCV陰性\n三,さん,-,\n四,よん,有（ペニシリン）,疥癬\n五,ご,卵・なし,\n";
    let plan = plan_of(text, &[]);
    let shown = |row: usize, key: &str| plan.rows[row].record.get(key).unwrap().1.shown().line();
    assert_eq!(shown(0, "allergies"), "なし(確認日 未記入)");
    assert_eq!(shown(0, "infections"), "不明");
    assert_eq!(shown(1, "allergies"), "内容未確認");
    assert_eq!(
        shown(1, "infections"),
        "MRSA 結果:陽性 / C型肝炎(HCV) 結果:陰性"
    );
    assert_eq!(shown(2, "allergies"), "未確認");
    assert_eq!(plan.rows[2].warnings.len(), 1);
    assert_eq!(shown(3, "allergies"), "ペニシリン");
    assert_eq!(plan.problems.len(), 1);
    assert!(messages(&plan)[0].starts_with("6行目 C列 アレルギー「卵・なし」"));
}

#[test]
fn s18_none_of_one_kind_is_not_none_of_all() {
    let plan = plan_of(
        "氏名,ふりがな,薬アレルギー,食物アレルギー\n一,いち,なし,卵\n二,に,なし,なし\n",
        &[],
    );
    let shown = |row: usize| {
        plan.rows[row]
            .record
            .get("allergies")
            .unwrap()
            .1
            .shown()
            .line()
    };
    assert_eq!(shown(0), "卵 種類:食物");
    assert_eq!(shown(1), "未確認");
}

#[test]
fn every_bad_row_is_named_with_its_reason() {
    let plan = plan_of(
        "番号,氏名,ふりがな,生年月日,性別,電話\n\
         1,山田 花,やまだ はな,昭和65年1月1日,女,0463-23-1111\n\
         2,,たなか,昭和10年1月1日,男,0463\n\
         1,鈴木 一,すずき いち,昭和11年1月1日,？男,\n\
         4,#N/A,さとう,2031-01-01,男,\n",
        &[],
    );
    assert_eq!(plan.rows.len(), 0);
    let places: Vec<(usize, Option<usize>)> = plan
        .problems
        .iter()
        .map(|problem| (problem.line, problem.column))
        .collect();
    assert_eq!(
        places,
        [
            (2, Some(3)),
            (3, Some(5)),
            (3, Some(1)),
            (4, Some(4)),
            (4, Some(0)),
            (5, Some(1)),
            (5, Some(3)),
        ],
        "{:#?}",
        messages(&plan)
    );
    assert!(messages(&plan)[4].contains("2行目と同じ番号"));
}

#[test]
fn importing_again_changes_nothing_and_a_change_touches_only_its_columns() {
    let text = "番号,氏名,ふりがな,生年月日,居室,病名,緊急連絡先氏名,続柄,電話\n\
        7,山田 花,やまだ はな,S10.2.3,201,高血圧、糖尿病,山田 太郎,長男,09012345678\n";
    let first = plan_of(text, &[]);
    let there = existing(first.rows[0].record.json());
    let again = plan_of(text, std::slice::from_ref(&there));
    assert_eq!(again.same(), 1, "{again:?}");

    let mut record = there.record.json();
    record["usual_mobility"] = json!("cane");
    record["current_conditions"]["rows"][0]["institution"] = json!("平塚海岸クリニック");
    record["emergency_contacts"]["rows"][0]["reachable_hours"] = json!("夜間可");
    let kept = existing(record.clone());
    let record = kept.record.json();
    let moved = plan_of(&text.replace("201", "305"), std::slice::from_ref(&kept));
    let Action::Update { id, changes } = &moved.rows[0].action else {
        panic!("{moved:?}");
    };
    assert_eq!(id.as_str(), "r1");
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].before.as_str(), changes[0].after.as_str()),
        ("201", "305")
    );
    let mut expected = record;
    expected["room"] = json!("305");
    assert_eq!(moved.rows[0].record.json(), expected);
}

#[test]
fn a_blank_cell_and_a_missing_column_take_nothing_away() {
    let there = existing(json!({
        "resident_number": "7", "name": "山田 花", "name_kana": "やまだ はな", "birth_date": "1935-02-03",
        "room": "201", "allergies": {"state": "present", "rows": [{"substance": "ペニシリン", "reaction": "発疹"}]},
    }));
    let plan = plan_of(
        "番号,居室,アレルギー\n7,,卵\n",
        std::slice::from_ref(&there),
    );
    let shown = plan.rows[0]
        .record
        .get("allergies")
        .unwrap()
        .1
        .shown()
        .line();
    assert_eq!(shown, "ペニシリン 発疹 / 卵");
    assert_eq!(
        plan.rows[0].record.get("room").unwrap().1.shown().line(),
        "201"
    );

    let plan = plan_of("番号,アレルギー\n7,なし\n", std::slice::from_ref(&there));
    assert!(messages(&plan)[0].contains("「ペニシリン 発疹」と登録されています"));
    let plan = plan_of(
        "番号,アレルギー,居室\n7,不明,不明\n",
        std::slice::from_ref(&there),
    );
    assert_eq!(plan.same(), 1);
    assert_eq!(plan.rows[0].warnings.len(), 2);
}

#[test]
fn s19_one_person_is_never_two_and_two_are_never_one() {
    let there = existing(json!({
        "resident_number": "7", "name": "山田 花", "name_kana": "やまだ はな", "birth_date": "1935-02-03",
    }));
    let all = std::slice::from_ref(&there);
    let header = "番号,氏名,ふりがな,生年月日\n";
    let without_number = plan_of(&format!("{header},山田 花,ヤマダ ハナ,S10.2.3\n"), all);
    assert!(messages(&without_number)[0].contains("利用者番号「7」を書いてください"));
    let other_number = plan_of(&format!("{header}8,山田 花,ヤマダ ハナ,S10.2.3\n"), all);
    assert!(messages(&other_number)[0].contains("番号を確かめてください"));
    let other_person = plan_of(&format!("{header}7,田中 一,たなか はじめ,S12.2.3\n"), all);
    assert!(messages(&other_person)[0].contains("別の人(山田 花さん)"));
    let twice = plan_of(
        &format!("{header},田中 一,たなか はじめ,S12.2.3\n,田中 一,タナカ ハジメ,1937/2/3\n"),
        &[],
    );
    assert_eq!(messages(&twice).len(), 1);
    assert!(messages(&twice)[0].starts_with("3行目 C列 ふりがな"));
}

#[test]
fn the_key_person_is_one_of_the_contacts() {
    let header = "氏名,ふりがな,緊急連絡先1氏名,緊急連絡先1続柄,緊急連絡先2氏名,緊急連絡先2続柄,キーパーソン氏名,キーパーソン電話\n";
    let rows = "一,いち,山田 太郎,長男,山田 次郎,次男,山田次郎,0463-23-1111\n二,に,田中 太郎,長男,,,長男,\n三,さん,佐藤 太郎,夫,,,佐藤 花(長女),090-1111-2222/0463-11-2222\n";
    let plan = plan_of(&format!("{header}{rows}"), &[]);
    assert_eq!(messages(&plan), [] as [String; 0]);
    let contacts = |row: usize| plan.rows[row].record.json()["emergency_contacts"]["rows"].clone();
    assert_eq!(
        contacts(0),
        json!([
            {"name": "山田 太郎", "relationship": "son"},
            {"name": "山田 次郎", "relationship": "son", "is_key_person": "yes", "phone_home": "0463-23-1111"},
        ])
    );
    assert_eq!(
        contacts(1),
        json!([{"name": "田中 太郎", "relationship": "son", "is_key_person": "yes"}])
    );
    assert_eq!(
        contacts(2),
        json!([
            {"name": "佐藤 花", "relationship": "daughter", "is_key_person": "yes",
             "phone_mobile": "090-1111-2222", "phone_home": "0463-11-2222"},
            {"name": "佐藤 太郎", "relationship": "spouse"},
        ])
    );
}

#[test]
fn what_a_spreadsheet_spoilt_is_put_right_and_said() {
    let plan = plan_of(
        "氏名,ふりがな,生年月日,電話,保険者番号,被保険者番号,郵便番号,血液型,認定有効期間\n\
         山田 花 様,やまだ はな,13578,463231111,14203,123456,640001,A型RH+,R6.4.1〜R9.3.31\n",
        &[],
    );
    assert_eq!(messages(&plan), [] as [String; 0]);
    let record = plan.rows[0].record.json();
    for (key, value) in [
        ("name", "山田 花"),
        ("birth_date", "1937-03-04"),
        ("insurer_number", "014203"),
        ("insured_number", "0000123456"),
        ("postal_code", "064-0001"),
        ("blood_type", "A"),
        ("blood_rh", "rh_positive"),
        ("care_level_valid_from", "2024-04-01"),
        ("care_level_valid_to", "2027-03-31"),
    ] {
        assert_eq!(record[key], json!(value), "{key}");
    }
    assert_eq!(
        plan.rows[0].warnings.len(),
        5,
        "{:?}",
        plan.rows[0].warnings
    );
}

#[test]
fn a_choice_of_columns_is_read_back_and_two_of_one_are_refused() {
    let table = table("氏名,よみ,備考\n山田,やまだ,杖歩行\n");
    let guess = Mapping::guess(&table);
    let (read, problems) = Mapping::from_inputs(&table, &guess.inputs());
    assert_eq!((read, problems.is_empty()), (guess, true));
    let chosen = |pairs: &[(&str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Mapping::from_inputs(&table, &Inputs::from_pairs(pairs))
    };
    let (mapping, problems) = chosen(&[("column.0", "name"), ("column.2", "usual_condition_note")]);
    assert!(problems.is_empty());
    assert_eq!(mapping.target(2).unwrap().key, "usual_condition_note");
    assert!(
        chosen(&[("column.0", "name"), ("column.1", "name")])
            .1
            .at("column.1")
            .is_some()
    );
    assert!(chosen(&[("column.0", "dnar")]).1.at("column.0").is_some());
    let plan = plan(&table, &mapping, &[], today());
    assert!(messages(&plan).contains(
        &"1行目: ふりがなの列がありません。列を合わせるか、見出しを直してください".to_owned()
    ));
}

#[test]
fn a_row_can_be_refused_for_what_only_others_know() {
    let mut plan = plan_of("氏名,ふりがな\n一,いち\n二,に\n", &[]);
    plan.refuse(|row| {
        let mut problems = crate::domain::answer::Problems::default();
        if row.line == 3 {
            problems.add("name", "印刷できません");
        }
        problems
    });
    assert_eq!(plan.rows.len(), 1);
    assert_eq!(messages(&plan), ["3行目 氏名: 印刷できません"]);
}

#[test]
fn somebody_who_left_does_not_come_back_by_an_import() {
    let mut there =
        existing(json!({"resident_number": "7", "name": "山田 花", "name_kana": "やまだ はな"}));
    there.status = Status::Left;
    let plan = plan_of("番号,居室\n7,201\n", &[there]);
    assert!(plan.rows[0].warnings[0].contains("「退居」と登録されている人です"));
}

fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("説明")?
        .write(0, 0, "この表の使い方")?;
    let sheet = book.add_worksheet().set_name("利用者")?;
    sheet.write(0, 0, "利用者一覧 令和8年11月")?;
    for (column, header) in [
        "番号",
        "氏名",
        "ふりがな",
        "生年月日",
        "体重",
        "性別",
        "病名",
    ]
    .into_iter()
    .enumerate()
    {
        sheet.write(2, u16::try_from(column).unwrap(), header)?;
    }
    let wareki = Format::new().set_num_format("[$-411]ge.m.d");
    sheet.write(3, 0, 254.0)?;
    sheet.write(3, 1, "髙﨑 𠮷子")?;
    sheet.write(3, 2, "タカサキ ヨシコ")?;
    sheet.write_datetime_with_format(3, 3, ExcelDateTime::from_ymd(1937, 3, 4)?, &wareki)?;
    sheet.write(3, 4, 42.5)?;
    sheet.write_formula(
        3,
        5,
        Formula::new("=IF(TRUE,\"女\",\"男\")").set_result("女"),
    )?;
    sheet.write(3, 6, "高血圧\n糖尿病")?;
    sheet.write(5, 1, "田中 一")?;
    book.save_to_buffer()
}

#[test]
fn a_workbook_is_read_with_dates_numbers_and_formulas() {
    let bytes = workbook().unwrap();
    let table = Table::read(&bytes, "利用者.xlsx").unwrap();
    assert_eq!(table.source, "Excel(シート: 利用者)");
    assert_eq!(table.header_line(), 3);
    let plan = plan(&table, &Mapping::guess(&table), &[], today());
    assert_eq!(
        messages(&plan),
        ["6行目 C列 ふりがな: ふりがながありません。記入してください"]
    );
    assert_eq!(plan.rows[0].line, 4);
    let record = plan.rows[0].record.json();
    for (key, value) in [
        ("resident_number", json!("254")),
        ("name", json!("髙﨑 𠮷子")),
        ("birth_date", json!("1937-03-04")),
        ("weight_kg", json!(42.5)),
        ("sex", json!("female")),
    ] {
        assert_eq!(record[key], value, "{key}");
    }
}

#[test]
fn a_workbook_that_is_cut_short_or_bloated_is_refused() {
    let bytes = workbook().unwrap();
    for length in [30, bytes.len() / 2, bytes.len() - 10] {
        let read = Table::read(&bytes[..length], "a.xlsx");
        assert!(
            matches!(read, Err(ImportError::BrokenWorkbook(_))),
            "{read:?}"
        );
    }
    let mut far = Workbook::new();
    let sheet = far.add_worksheet();
    sheet.write(0, 0, "氏名").unwrap();
    sheet.write(1_048_575, 16_383, "遠い").unwrap();
    let read = Table::read(&far.save_to_buffer().unwrap(), "a.xlsx");
    assert_eq!(read, Err(ImportError::TooManyColumns));

    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    packed
        .start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    for _ in 0..160 {
        std::io::Write::write_all(&mut packed, &vec![b' '; 1024 * 1024]).unwrap();
    }
    let bytes = packed.finish().unwrap().into_inner();
    assert!(bytes.len() < MAX_BYTES);
    assert_eq!(Table::read(&bytes, "a.xlsx"), Err(ImportError::Bloated));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn try_all(bytes: &[u8]) {
        if let Ok(table) = Table::read(bytes, "a.xlsx").or_else(|_| Table::read(bytes, "a.csv")) {
            let mapping = Mapping::guess(&table);
            let planned = plan(&table, &mapping, &[], today());
            // A column that is missing is a problem of the header, and of no row.
            let header = table.header.number;
            assert_eq!(
                planned
                    .problems
                    .iter()
                    .all(|problem| problem.line == header),
                planned.rows.len() == table.len()
            );
        }
    }

    fn any_cell() -> impl Strategy<Value = String> {
        let likely = proptest::sample::select(vec![
            "",
            "なし",
            "あり",
            "不明",
            "-",
            "女",
            "S12.3.4",
            "13578",
            "有（卵）",
            "山田 花",
            "やまだ はな",
            "長男",
            "卵、そば・えび",
            "090-1234-5678/0463-11-2222",
            "A型",
            "要介護3",
            "R6.4.1〜R9.3.31",
            "DNAR",
            "()",
            "(長男)",
            "1234567890123",
        ])
        .prop_map(str::to_owned);
        prop_oneof![3 => likely, 1 => "\\PC{0,12}"]
    }

    #[test]
    fn a_row_below_an_unknown_header_is_no_rows_problem() {
        try_all(b"\x0e\n\x0e");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            try_all(&bytes);
        }

        #[test]
        fn any_cells_are_planned_or_named(
            rows in proptest::collection::vec(proptest::collection::vec((0..96_usize, any_cell()), 6), 1..5)
        ) {
            // Every target, whatever stands in its cells: a row is planned, or has a problem.
            let targets: Vec<&Target> = Target::all().collect();
            let mut header = "氏名,ふりがな".to_owned();
            let mut inputs = Inputs::from_pairs([
                ("column.0".to_owned(), "name".to_owned()),
                ("column.1".to_owned(), "name_kana".to_owned()),
            ]);
            for column in 0..6 {
                let target = &targets[rows[0][column].0 % targets.len()];
                header += &format!(",列{column}");
                inputs.set(Mapping::input_key(column + 2), target.key);
            }
            let mut text = header;
            for (number, row) in rows.iter().enumerate() {
                text += &format!("\n山田 花{number},やまだ はな");
                for (_, cell) in row {
                    text += &format!(",\"{}\"", cell.replace('"', "\"\""));
                }
            }
            let table = Table::read(text.as_bytes(), "a.csv").unwrap();
            let (mapping, _) = Mapping::from_inputs(&table, &inputs);
            let planned = plan(&table, &mapping, &[], today());
            let named: std::collections::BTreeSet<usize> = planned.problems.iter().map(|problem| problem.line).collect();
            let fine: std::collections::BTreeSet<usize> = planned.rows.iter().map(|row| row.line).collect();
            prop_assert!(named.is_disjoint(&fine));
            prop_assert_eq!(named.len() + fine.len(), rows.len());
            // What was planned reads back the same, and importing it again adds nothing.
            for row in &planned.rows {
                prop_assert_eq!(&Record::from_json(&row.record.json()).unwrap(), &row.record);
            }
        }

        #[test]
        fn a_damaged_workbook_is_read_or_refused(
            damage in proptest::collection::vec(
                (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..4)
        ) {
            try_all(&damaged_workbook(&damage));
        }
    }

    /// A workbook with bytes of its parts changed before packing, so that the damage reaches the XML.
    fn damaged_workbook(damage: &[(prop::sample::Index, prop::sample::Index, u8)]) -> Vec<u8> {
        use std::io::{Cursor, Read, Write};
        let mut archive = zip::ZipArchive::new(Cursor::new(workbook().unwrap())).unwrap();
        let mut parts = Vec::new();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let mut body = Vec::new();
            part.read_to_end(&mut body).unwrap();
            parts.push((part.name().unwrap().into_owned(), body));
        }
        for (part, at, byte) in damage {
            let body = &mut parts[part.index(archive.len())].1;
            let at = at.index(body.len());
            body[at] = *byte;
        }
        let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, body) in parts {
            packed
                .start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            packed.write_all(&body).unwrap();
        }
        packed.finish().unwrap().into_inner()
    }
}
