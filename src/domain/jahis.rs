//! Reads the text of JAHIS 電子版お薬手帳 QR codes (JAHISTC01 to 08), as pharmacies print them on their leaflets.
//!
//! Built from the layout table of domain/forms.md §5.4, which was taken from public readers: confirm it against the
//! specification before relying on rare records. Reading is lenient. Whatever is not understood is kept and shown, with
//! its line, and never dropped.

use std::collections::BTreeMap;

use super::date::Day;

/// One record type: its number, what it is, and the names of its columns after the number.
type Layout = (u16, &'static str, &'static [&'static str]);

/// 作成者 closes most records.
const BY: &str = "作成者";

/// The records of JAHISTC04 and later.
pub const LAYOUTS: [Layout; 23] = [
    (
        1,
        "患者情報",
        &[
            "氏名",
            "性別",
            "生年月日",
            "郵便番号",
            "住所",
            "電話",
            "緊急連絡先",
            "血液型",
            "体重",
            "氏名カナ",
        ],
    ),
    (2, "患者特記", &["種別", "内容", BY]),
    (
        3,
        "要指導・一般用医薬品服用",
        &["名称", "開始", "終了", BY, "通番", "JAN"],
    ),
    (
        31,
        "要指導・一般用医薬品の成分",
        &["通番", "成分名", "コード種別", "成分コード", BY],
    ),
    (4, "手帳メモ", &["メモ", "入力日", BY]),
    (5, "調剤等年月日", &["年月日", BY]),
    (
        11,
        "調剤-医療機関等",
        &[
            "名称",
            "都道府県",
            "点数表",
            "コード",
            "郵便番号",
            "住所",
            "電話",
            BY,
        ],
    ),
    (15, "調剤-医師・薬剤師", &["氏名", "連絡先", BY]),
    (
        51,
        "処方-医療機関",
        &["名称", "都道府県", "点数表", "コード", BY],
    ),
    (55, "処方-医師", &["氏名", "診療科", BY]),
    (
        201,
        "薬品",
        &[
            "RP番号",
            "名称",
            "用量",
            "単位",
            "薬品コード種別",
            "薬品コード",
            BY,
            "一般名",
            "一般名コード種別",
            "一般名コード",
        ],
    ),
    (281, "薬品補足", &["RP番号", "内容", BY]),
    (291, "薬品服用注意", &["RP番号", "内容", BY]),
    (
        301,
        "用法",
        &[
            "RP番号",
            "用法名称",
            "調剤数量",
            "調剤単位",
            "剤形",
            "用法コード種別",
            "用法コード",
            BY,
        ],
    ),
    (311, "用法補足", &["RP番号", "内容", BY]),
    (391, "処方服用注意", &["RP番号", "内容", BY]),
    (401, "服用注意", &["内容", BY]),
    (411, "医療機関等提供情報", &["内容", "種別", BY]),
    (421, "残薬確認", &["内容", BY]),
    (501, "備考", &["内容", BY]),
    (601, "患者等記入", &["内容", "入力日"]),
    (
        701,
        "かかりつけ薬剤師",
        &["氏名", "薬局", "連絡先", "開始", "終了", BY],
    ),
    (911, "分割制御", &["データ固有ID", "分割数", "連番"]),
];

/// The first version whose records have the layout above.
const FIRST_OF_LAYOUT: u8 = 4;
/// As much text as one reading takes, in bytes: some thousand medicines.
pub const TEXT_MAX: usize = 256 * 1024;

/// Something that is not as the layout says, where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// From 1.
    pub line: usize,
    /// The column's name; empty for the whole line.
    pub field: &'static str,
    pub message: String,
}

/// What could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notebook {
    /// 1 to 8; 0 when the text does not say.
    pub version: u8,
    pub patient: Option<Patient>,
    /// Allergies, side effects, history and other remarks, each with its kind in words.
    pub remarks: Vec<(&'static str, String)>,
    pub medicines: Vec<Medicine>,
    /// Bought without a prescription.
    pub over_the_counter: Vec<String>,
    /// 411 of kind 31: how medicines are to be taken after discharge.
    pub handling: Vec<String>,
    /// 411 of other kinds, and all cautions and memos, each with what it is.
    pub notes: Vec<(&'static str, String)>,
    /// Lines that no layout explains, as they were.
    pub unknown: Vec<(usize, String)>,
    pub issues: Vec<Issue>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patient {
    pub name: String,
    pub kana: String,
    /// 男 or 女.
    pub sex: Option<&'static str>,
    pub birth_date: Option<Day>,
    pub weight: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Medicine {
    pub rp: String,
    pub name: String,
    pub generic: String,
    /// A day's dose for 内服, one dose for 屯服, all of it otherwise.
    pub amount: String,
    pub unit: String,
    pub usage: String,
    pub quantity: String,
    pub quantity_unit: String,
    pub form: Option<Form>,
    pub code: String,
    pub dispensed_on: Option<Day>,
    pub prescribed_at: String,
    pub prescribed_by: String,
    /// Supplements and cautions.
    pub notes: Vec<String>,
}

/// 剤形.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Oral,
    OralDrops,
    AsNeeded,
    Injection,
    Topical,
    Decoction,
    Bath,
    Material,
    Other,
}

impl Form {
    fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "1" => Self::Oral,
            "2" => Self::OralDrops,
            "3" => Self::AsNeeded,
            "4" => Self::Injection,
            "5" => Self::Topical,
            "6" => Self::Decoction,
            "7" => Self::Bath,
            "9" => Self::Material,
            "10" => Self::Other,
            _ => return None,
        })
    }
}

/// Why nothing can be read of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

/// Reads bytes in UTF-8 or, as the specification says, Shift_JIS.
///
/// # Errors
/// Like [`read`].
pub fn read_bytes(bytes: &[u8]) -> Result<Notebook, Refused> {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(_) => read(&encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0),
    }
}

/// Reads the text of one or more codes.
///
/// # Errors
/// When the text is a prescription's code (院外処方箋), too long, or has no record at all: what it is, and what to do.
pub fn read(text: &str) -> Result<Notebook, Refused> {
    if text.len() > TEXT_MAX {
        return Err(Refused(
            "お薬手帳の文字が長すぎます。QRコードを分けて読み取ってください".to_owned(),
        ));
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut notebook = Notebook::default();
    let lines = ordered(text, &mut notebook.issues);
    if let Some((_, first)) = lines.iter().find(|(_, line)| !line.trim().is_empty())
        && first.starts_with("JAHIS")
        && !first.starts_with("JAHISTC")
    {
        return Err(Refused(
            "院外処方箋のQRコードです。お薬手帳(薬局の説明書)のQRコードを読み取ってください"
                .to_owned(),
        ));
    }
    let mut reader = Reader::default();
    for (number, line) in lines {
        let line = line.trim_end_matches(['\r', '\u{1a}', '\0']);
        if !line.trim().is_empty() {
            reader.line(&mut notebook, number, line);
        }
    }
    let has_anything = notebook.patient.is_some()
        || !notebook.medicines.is_empty()
        || !notebook.remarks.is_empty()
        || !notebook.notes.is_empty()
        || !notebook.handling.is_empty()
        || !notebook.over_the_counter.is_empty();
    if !has_anything {
        return Err(Refused(match notebook.issues.first() {
            Some(issue) => format!(
                "お薬手帳の記録がありません({}行目: {})",
                issue.line, issue.message
            ),
            None => {
                "お薬手帳の記録がありません。QRコードの文字をすべて貼り付けてください".to_owned()
            }
        }));
    }
    Ok(notebook)
}

/// The lines with their numbers, the parts of a text that was split over several codes in their order.
fn ordered<'a>(text: &'a str, issues: &mut Vec<Issue>) -> Vec<(usize, &'a str)> {
    let numbered = || text.lines().enumerate().map(|(at, line)| (at + 1, line));
    let is_split = |line: &str| line.split(',').next().is_some_and(|no| no.trim() == "911");
    if !numbered().any(|(_, line)| is_split(line)) {
        return numbered().collect();
    }
    let mut parts: BTreeMap<(String, u32), Vec<(usize, &str)>> = BTreeMap::new();
    let mut totals: BTreeMap<String, u32> = BTreeMap::new();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (number, line) in numbered() {
        if !is_split(line) {
            open.push((number, line));
            continue;
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let number_of = |at: usize| cells.get(at).and_then(|cell| cell.parse::<u32>().ok());
        let (Some(id), Some(total), Some(part)) = (cells.get(1), number_of(2), number_of(3)) else {
            issues.push(Issue {
                line: number,
                field: "連番",
                message: "分割の番号が読めません。読み取った順に続けます".to_owned(),
            });
            continue;
        };
        totals.insert((*id).to_owned(), total);
        if parts
            .insert(((*id).to_owned(), part), std::mem::take(&mut open))
            .is_some()
        {
            issues.push(Issue {
                line: number,
                field: "連番",
                message: format!("{part}番目のQRコードが2回あります。あとのほうを使います"),
            });
        }
    }
    for (id, total) in &totals {
        for part in 1..=(*total).min(999) {
            if !parts.contains_key(&(id.clone(), part)) {
                issues.push(Issue {
                    line: 1,
                    field: "分割数",
                    message: format!(
                        "{total}個のうち{part}番目のQRコードがありません。残りも読み取ってください"
                    ),
                });
            }
        }
    }
    parts.into_values().flatten().chain(open).collect()
}

#[derive(Default)]
struct Reader {
    dispensed_on: Option<Day>,
    prescribed_at: String,
    prescribed_by: String,
    /// Where the medicines of this 調剤 begin.
    from: usize,
}

impl Reader {
    fn line(&mut self, notebook: &mut Notebook, number: usize, line: &str) {
        if line.contains('\u{fffd}') {
            issue(
                notebook,
                number,
                "",
                "文字化けがあります。読み取り機の文字コードをShift_JISかUTF-8にしてください",
            );
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        if let Some(version) = cells[0].strip_prefix("JAHISTC") {
            header(notebook, number, version);
            return;
        }
        let Some((no, what, columns)) = cells[0].parse::<u16>().ok().and_then(layout) else {
            notebook.unknown.push((number, line.to_owned()));
            issue(notebook, number, "", "知らない記録です。そのまま残します");
            return;
        };
        if (1..FIRST_OF_LAYOUT).contains(&notebook.version) && no == 2 {
            notebook.unknown.push((number, line.to_owned()));
            issue(
                notebook,
                number,
                "",
                "古い版の記録で、欄の意味が分かりません。そのまま残します",
            );
            return;
        }
        if cells.len() - 1 > columns.len()
            && cells[columns.len() + 1..]
                .iter()
                .any(|cell| !cell.is_empty())
        {
            notebook.issues.push(Issue {
                line: number,
                field: columns[columns.len() - 1],
                message: format!(
                    "「{what}」の欄が多すぎます。あとの欄: {}",
                    cells[columns.len() + 1..].join(",")
                ),
            });
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|column| *column == name);
            at.and_then(|at| cells.get(at + 1))
                .copied()
                .unwrap_or_default()
                .to_owned()
        };
        self.record(notebook, number, no, what, &cell);
    }

    fn record(
        &mut self,
        notebook: &mut Notebook,
        number: usize,
        no: u16,
        what: &'static str,
        cell: &dyn Fn(&str) -> String,
    ) {
        let must = |notebook: &mut Notebook, name: &'static str| {
            let value = cell(name);
            if value.is_empty() {
                issue(
                    notebook,
                    number,
                    name,
                    &format!("「{what}」の{name}が空です"),
                );
            }
            value
        };
        match no {
            1 => {
                let birth_date = date(notebook, number, "生年月日", &cell("生年月日"));
                let sex = match cell("性別").as_str() {
                    "1" => Some("男"),
                    "2" => Some("女"),
                    other => {
                        issue(
                            notebook,
                            number,
                            "性別",
                            &format!("「{other}」は性別として読めません"),
                        );
                        None
                    }
                };
                let patient = Patient {
                    name: must(notebook, "氏名"),
                    kana: cell("氏名カナ"),
                    sex,
                    birth_date,
                    weight: cell("体重"),
                };
                if notebook.patient.replace(patient).is_some() {
                    issue(
                        notebook,
                        number,
                        "",
                        "患者情報が2回あります。別の人のものが混ざっていないか確かめてください",
                    );
                }
            }
            2 => {
                let kind = match cell("種別").as_str() {
                    "1" => "アレルギー歴",
                    "2" => "副作用歴",
                    "3" => "既往歴",
                    _ => "その他",
                };
                let words = must(notebook, "内容");
                notebook.remarks.push((kind, words));
            }
            3 => {
                let name = must(notebook, "名称");
                notebook.over_the_counter.push(name);
            }
            5 => {
                self.dispensed_on = date(notebook, number, "年月日", &cell("年月日"));
                (self.prescribed_at, self.prescribed_by) = (String::new(), String::new());
                self.from = notebook.medicines.len();
            }
            11 if self.prescribed_at.is_empty() => self.prescribed_at = cell("名称"),
            51 => {
                self.prescribed_at = must(notebook, "名称");
                let at = self.prescribed_at.clone();
                let known = notebook.medicines.iter_mut().skip(self.from);
                known.for_each(|medicine| medicine.prescribed_at.clone_from(&at));
            }
            55 => self.prescribed_by = [cell("診療科"), cell("氏名")].join(" ").trim().to_owned(),
            201 => {
                let (rp, name) = (must(notebook, "RP番号"), must(notebook, "名称"));
                notebook.medicines.push(Medicine {
                    rp,
                    name,
                    generic: cell("一般名"),
                    amount: cell("用量"),
                    unit: cell("単位"),
                    code: cell("薬品コード"),
                    dispensed_on: self.dispensed_on,
                    prescribed_at: self.prescribed_at.clone(),
                    prescribed_by: self.prescribed_by.clone(),
                    ..Medicine::default()
                });
            }
            301 => self.usage(notebook, number, cell),
            281 | 291 => {
                let words = must(notebook, "内容");
                match notebook.medicines.iter_mut().skip(self.from).next_back() {
                    Some(medicine) => medicine.notes.push(words),
                    None => notebook.notes.push((what, words)),
                }
            }
            311 | 391 => {
                let (rp, words) = (cell("RP番号"), must(notebook, "内容"));
                let mut found = false;
                for medicine in notebook
                    .medicines
                    .iter_mut()
                    .skip(self.from)
                    .filter(|medicine| medicine.rp == rp)
                {
                    medicine.notes.push(words.clone());
                    found = true;
                }
                if !found {
                    notebook.notes.push((what, words));
                }
            }
            411 => {
                let words = must(notebook, "内容");
                match cell("種別").as_str() {
                    "31" => notebook.handling.push(words),
                    "30" => notebook.notes.push(("入院中に発現した副作用", words)),
                    _ => notebook.notes.push((what, words)),
                }
            }
            4 => notebook.notes.push((what, cell("メモ"))),
            401 | 421 | 501 | 601 => notebook.notes.push((what, cell("内容"))),
            15 => notebook.notes.push((what, cell("氏名"))),
            31 => notebook.notes.push((what, cell("成分名"))),
            701 => notebook
                .notes
                .push((what, [cell("氏名"), cell("薬局"), cell("連絡先")].join(" "))),
            _ => {
                let name = [cell("名称"), cell("内容")].concat();
                notebook.notes.push((what, name));
            }
        }
    }

    /// How the medicines of one RP are taken.
    fn usage(&self, notebook: &mut Notebook, number: usize, cell: &dyn Fn(&str) -> String) {
        let rp = cell("RP番号");
        let form = Form::from_code(&cell("剤形"));
        if form.is_none() && !cell("剤形").is_empty() {
            issue(
                notebook,
                number,
                "剤形",
                &format!("「{}」は知らない剤形です", cell("剤形")),
            );
        }
        let mut found = false;
        for medicine in notebook
            .medicines
            .iter_mut()
            .skip(self.from)
            .filter(|medicine| medicine.rp == rp)
        {
            medicine.usage = cell("用法名称");
            medicine.quantity = cell("調剤数量");
            medicine.quantity_unit = cell("調剤単位");
            medicine.form = form;
            found = true;
        }
        if !found {
            issue(
                notebook,
                number,
                "RP番号",
                &format!("RP {rp} の薬品がありません。用法: {}", cell("用法名称")),
            );
        }
    }
}

fn issue(notebook: &mut Notebook, line: usize, field: &'static str, message: &str) {
    notebook.issues.push(Issue {
        line,
        field,
        message: message.to_owned(),
    });
}

fn layout(no: u16) -> Option<Layout> {
    LAYOUTS.into_iter().find(|(known, ..)| *known == no)
}

fn header(notebook: &mut Notebook, number: usize, version: &str) {
    match version.parse::<u8>() {
        Ok(version @ 1..=8) => {
            if version < FIRST_OF_LAYOUT {
                issue(
                    notebook,
                    number,
                    "",
                    "古い版(2.0以前)です。読めない欄は原文のまま残します",
                );
            }
            notebook.version = version;
        }
        _ => issue(
            notebook,
            number,
            "",
            &format!("JAHISTC{version} は知らない版です。2.6の欄として読みます"),
        ),
    }
}

/// `GYYMMDD` or `YYYYMMDD`; an empty one is none.
fn date(notebook: &mut Notebook, line: usize, field: &'static str, text: &str) -> Option<Day> {
    if text.is_empty() {
        return None;
    }
    let is_ascii = text.is_ascii();
    let read = match text.len() {
        8 if is_ascii => Day::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])).ok(),
        7 if is_ascii => Day::parse(&format!(
            "{}{}.{}.{}",
            &text[..1],
            &text[1..3],
            &text[3..5],
            &text[5..]
        ))
        .ok(),
        _ => None,
    };
    if read.is_none() {
        issue(
            notebook,
            line,
            field,
            &format!("「{text}」は日付として読めません"),
        );
    }
    read
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;

    use super::*;

    const LEAFLET: &str = "JAHISTC08,1\r\n1,鈴木 太郎,1,S330303,,,,,,,スズキ タロウ\r\n2,1,ペニシリンで発疹,1\r\n5,R020410,1\r\n\
        11,株式会社 工業会薬局 駅前店,13,4,1234567,,,,1\r\n51,医療法人 工業会病院,13,1,1234567,1\r\n55,工業会 次郎,内科,1\r\n\
        201,1,ｺﾘｵﾊﾟﾝｶﾌﾟｾﾙ5mg,4,Ｃ,2,620004992,1,,,\r\n281,1,粉砕,1\r\n301,1,【分２ 朝夕食後服用】,5,日分,1,1,,1\r\n\
        201,2,ロキソニン錠60mg,1,錠,2,620098801,1,,,\r\n301,2,痛い時,10,回分,3,1,,1\r\n411,薬は1日分ずつ渡す,31,1\r\n";

    #[test]
    fn a_pharmacys_leaflet_is_read_whole() {
        let notebook = read(LEAFLET).unwrap();
        assert_eq!(notebook.issues, []);
        assert_eq!(notebook.version, 8);
        let patient = notebook.patient.unwrap();
        assert_eq!(
            (patient.name.as_str(), patient.sex),
            ("鈴木 太郎", Some("男"))
        );
        assert_eq!(patient.birth_date.unwrap().iso(), "1958-03-03");
        assert_eq!(
            notebook.remarks,
            [("アレルギー歴", "ペニシリンで発疹".to_owned())]
        );
        assert_eq!(notebook.handling, ["薬は1日分ずつ渡す"]);
        let [first, second] = &notebook.medicines[..] else {
            panic!()
        };
        assert_eq!(
            (
                first.name.as_str(),
                first.amount.as_str(),
                first.unit.as_str()
            ),
            ("ｺﾘｵﾊﾟﾝｶﾌﾟｾﾙ5mg", "4", "Ｃ")
        );
        assert_eq!(
            (first.usage.as_str(), first.quantity.as_str(), first.form),
            ("【分２ 朝夕食後服用】", "5", Some(Form::Oral))
        );
        assert_eq!(
            (first.prescribed_at.as_str(), first.prescribed_by.as_str()),
            ("医療法人 工業会病院", "内科 工業会 次郎")
        );
        assert_eq!(first.notes, ["粉砕"]);
        assert_eq!(first.dispensed_on.unwrap().iso(), "2020-04-10");
        assert_eq!(second.form, Some(Form::AsNeeded));
    }

    #[test]
    fn shift_jis_is_read_as_utf_8_is() {
        let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(LEAFLET);
        assert!(!lossy);
        assert_eq!(read_bytes(&bytes), read_bytes(LEAFLET.as_bytes()));
    }

    #[test]
    fn every_record_of_the_table_is_known_and_none_is_dropped() {
        for (no, what, columns) in LAYOUTS {
            let cells: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(at, _)| format!("x{at}"))
                .collect();
            let text = format!(
                "JAHISTC08,1\n5,R080401,1\n201,x0,アムロジピン,1,錠\n{no},{}\n",
                cells.join(",")
            );
            let notebook = read(&text).unwrap();
            let said = format!("{notebook:?}");
            let kept = match no {
                // Where from, in codes; the sum of one thing.
                911 | 5 => continue,
                _ => said.contains("x0") || said.contains("x1"),
            };
            assert!(kept, "{no} {what}: {said}");
            assert!(notebook.unknown.is_empty(), "{no} {what}");
        }
    }

    #[test]
    fn a_text_over_several_codes_is_put_in_order_and_a_missing_one_is_named() {
        let one = "JAHISTC08,1\n1,鈴木 太郎,1,S330303\n5,R020410,1\n201,1,薬A,1,錠\n911,20200410000001,3,1\n";
        let two = "301,1,朝食後,7,日分,1\n201,2,薬B,1,錠\n911,20200410000001,3,2\n";
        let three = "301,2,夕食後,7,日分,1\n911,20200410000001,3,3\n";
        let whole = read(&format!("{one}{two}{three}")).unwrap();
        assert_eq!(whole.issues, []);
        let mixed = read(&format!("{three}{one}{two}")).unwrap();
        assert_eq!(whole.medicines, mixed.medicines);
        assert_eq!(
            whole
                .medicines
                .iter()
                .map(|one| one.usage.as_str())
                .collect::<Vec<_>>(),
            ["朝食後", "夕食後"]
        );
        let lacking = read(&format!("{one}{three}")).unwrap();
        assert!(
            lacking
                .issues
                .iter()
                .any(|issue| issue.message.contains("3個のうち2番目")),
            "{:?}",
            lacking.issues
        );
    }

    #[test]
    fn what_is_broken_names_its_line_and_field() {
        let text = "JAHISTC08,1\n1,鈴木 太郎,5,S999999\n5,2020-4-10,1\n201,1,,4,Ｃ\n301,9,朝,5,日分,77\nこれは何\n999,x\n201,2,文\u{fffd}字,1,錠\n";
        let notebook = read(text).unwrap();
        let found: Vec<(usize, &str)> = notebook
            .issues
            .iter()
            .map(|issue| (issue.line, issue.field))
            .collect();
        for at in [
            (2, "性別"),
            (2, "生年月日"),
            (3, "年月日"),
            (4, "名称"),
            (5, "剤形"),
            (5, "RP番号"),
            (6, ""),
            (7, ""),
            (8, ""),
        ] {
            assert!(found.contains(&at), "{at:?} in {found:?}");
        }
        assert_eq!(notebook.unknown.len(), 2);
        assert!(
            read("JAHIS10,1\n1,1\n")
                .unwrap_err()
                .0
                .contains("院外処方箋")
        );
        assert!(read("").is_err() && read("こんにちは").is_err());
        assert!(read(&"x".repeat(TEXT_MAX + 1)).is_err());
    }

    #[test]
    fn an_old_version_keeps_what_it_cannot_explain() {
        let notebook =
            read("JAHISTC02,1\n1,鈴木 太郎,1,S330303\n2,何か,1\n5,H280410,1\n201,1,薬A,1,錠\n")
                .unwrap();
        assert_eq!(notebook.unknown, [(3, "2,何か,1".to_owned())]);
        assert_eq!(notebook.medicines.len(), 1);
    }

    /// A writer by the table, only for the round trip.
    fn written(medicines: &[(String, String, u16)]) -> String {
        let mut text =
            "JAHISTC08,2\r\n1,鈴木 太郎,1,19580303,,,,,,,\r\n5,20260401,8\r\n".to_owned();
        for (at, (name, usage, days)) in medicines.iter().enumerate() {
            let rp = at + 1;
            text.push_str(&format!(
                "201,{rp},{name},1,錠,1,,8,,,\r\n301,{rp},{usage},{days},日分,1,1,,8\r\n"
            ));
        }
        text
    }

    /// Random text that looks like records, for a longer run by HIKITSUGI_FUZZ_MINUTES (tests/run fuzz).
    fn likely() -> impl Strategy<Value = String> {
        let no = prop::sample::select(vec![
            "1",
            "2",
            "3",
            "5",
            "11",
            "51",
            "55",
            "201",
            "281",
            "301",
            "311",
            "411",
            "911",
            "999",
            "JAHISTC08",
            "JAHISTC01",
            "JAHIS10",
            "",
        ]);
        let cell = prop_oneof![
            "[0-9]{0,8}",
            "[ぁ-んァ-ン一-龠]{0,5}",
            "\\PC{0,6}",
            Just("R020410".to_owned()),
            Just("\u{fffd}".to_owned())
        ];
        let line = (no, prop::collection::vec(cell, 0..12))
            .prop_map(|(no, cells)| format!("{no},{}", cells.join(",")));
        let end = prop::sample::select(vec!["\r\n", "\n", "\r", "\0\n"]);
        prop::collection::vec((line, end), 0..30)
            .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
    }

    fn never_panics(text: &str) {
        if let Ok(notebook) = read(text) {
            let lines = text.lines().count().max(1);
            assert!(
                notebook
                    .issues
                    .iter()
                    .all(|issue| (1..=lines).contains(&issue.line))
            );
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(
            medicines in prop::collection::vec(("[ァ-ヶ一-龠]{1,12}錠[0-9]{1,3}mg", "[一-龠ぁ-ん ]{0,10}食後", 1_u16..99), 1..20)
        ) {
            let notebook = read(&written(&medicines)).unwrap();
            prop_assert_eq!(&notebook.issues, &[]);
            let read: Vec<_> = notebook.medicines.iter().map(|one| (one.name.clone(), one.usage.clone(), one.quantity.parse().unwrap())).collect();
            let trimmed: Vec<_> = medicines.into_iter().map(|(name, usage, days)| (name, usage.trim().to_owned(), days)).collect();
            prop_assert_eq!(read, trimmed);
        }

        #[test]
        fn no_text_breaks_the_reader(text in prop_oneof![likely(), any::<String>()]) {
            never_panics(&text);
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_bytes(&bytes);
        }
    }

    /// `HIKITSUGI_FUZZ_SECONDS=600 cargo test --release --lib jahis::tests::fuzzed -- --nocapture`; a blink without it.
    #[test]
    fn fuzzed() {
        let seconds: u64 = std::env::var("HIKITSUGI_FUZZ_SECONDS")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let seed = LEAFLET.as_bytes();
        let mutated = (
            prop::collection::vec((0..seed.len(), any::<u8>()), 0..24),
            0..seed.len(),
        );
        let mutated = mutated.prop_map(|(changes, cut)| {
            let mut bytes = seed.to_vec();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            bytes.rotate_left(cut);
            bytes
        });
        // The clock is the test's own: the program may not read one.
        #[expect(
            clippy::disallowed_methods,
            reason = "how long to fuzz is the caller's wish"
        )]
        let started = std::time::Instant::now();
        let mut rounds = 0_u64;
        loop {
            for _ in 0..200 {
                let bytes = mutated.new_tree(&mut runner).unwrap().current();
                let _ = read_bytes(&bytes);
                never_panics(&likely().new_tree(&mut runner).unwrap().current());
                rounds += 2;
            }
            if started.elapsed().as_secs() >= seconds {
                break;
            }
        }
        println!("{rounds} texts in {seconds} s");
    }
}
