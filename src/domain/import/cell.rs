//! The cells of one row to the inputs of a record, so that the record's own border reads them.
//!
//! What a spreadsheet writes in its own way (dates as numbers, lost zeros, 要介護３, several illnesses in one cell) is
//! put right here, and whatever was put right by a guess is said in a warning.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::header::{ANY_PHONE, CONTACTS, KEY_PERSON, PHYSICIANS, Read, Target};
use super::words::{self, RELATIONSHIP, Says};
use super::{Line, Mapping};
use crate::domain::answer::{Choice, Coded, Inputs, Kind};
use crate::domain::date::{Day, PartialDay};
use crate::domain::kana::name_key;
use crate::domain::phone::Phone;
use crate::domain::record::{Record, Relationship};
use crate::domain::text;

/// The longest cell; the rest of a longer one is no answer of any field.
const CELL_MAX: usize = 2_000;
/// Where a spreadsheet says that there is something and not what (safety.md S18).
const UNNAMED: &str = "内容未確認";

/// What one row says, for the record's border.
#[derive(Debug, Default)]
pub(super) struct RowReading {
    pub inputs: Inputs,
    /// Key (or the beginning of keys) and the column that it came from.
    origins: Vec<(String, usize)>,
    /// Column and message.
    pub problems: Vec<(usize, String)>,
    pub warnings: Vec<String>,
}

impl RowReading {
    /// The column from which what stands at `key` came.
    pub fn column_of(&self, key: &str) -> Option<usize> {
        let under = |origin: &str, key: &str| {
            key.strip_prefix(origin)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.origins
            .iter()
            .filter(|(origin, _)| under(origin, key) || under(key, origin))
            .max_by_key(|(origin, _)| (under(origin, key), origin.len()))
            .map(|(_, column)| *column)
    }

    fn set(&mut self, key: impl Into<String>, value: impl Into<String>, column: usize) {
        let key = key.into();
        self.origins.push((key.clone(), column));
        self.inputs.set(key, value);
    }

    fn problem(&mut self, column: usize, message: impl Into<String>) {
        self.problems.push((column, message.into()));
    }
}

/// The matched columns with the kinds of their fields, looked up once a file.
pub(super) struct Columns(Vec<(usize, &'static Target, Option<Kind>)>);

impl Columns {
    pub fn new(mapping: &Mapping) -> Self {
        let with_kind = |(column, target): (usize, &'static Target)| {
            let key = match target.read {
                Read::NamePart(_) => target.key.split('.').next().unwrap_or_default(),
                _ => target.key,
            };
            let field = Record::fields().find(|field| field.key == key);
            (column, target, field.map(|field| field.kind))
        };
        Self(mapping.iter().map(with_kind).collect())
    }

    pub fn read(&self, line: &Line) -> RowReading {
        let mut row = Row::default();
        for (column, target, kind) in &self.0 {
            let cell = line.cell(*column);
            if let Some(message) = unreadable(cell) {
                row.reading.problem(*column, message);
            } else if !cell.is_empty() {
                row.take(*column, target, *kind, cell);
            }
        }
        row.finish()
    }
}

/// Why a cell is refused whatever its column is.
fn unreadable(cell: &str) -> Option<&'static str> {
    if words::CELL_ERRORS.split(' ').any(|error| error == cell) {
        Some("Excelの計算の誤りです。値を書き直してください")
    } else if cell.len() > CELL_MAX * 4 && text::count(cell) > CELL_MAX {
        Some("長すぎます。1つのセルは2000文字までです")
    } else if words::speaks_of_resuscitation(cell) {
        Some(
            "心肺蘇生・延命・看取りの希望は取り込めません。この言葉をセルから消し、医師の書面を確かめて1人ずつ記録してください",
        )
    } else {
        None
    }
}

/// One part of a person, as read from one column.
struct PersonCell {
    part: &'static str,
    value: String,
    column: usize,
}

type Slots = BTreeMap<(&'static str, usize), Vec<PersonCell>>;

/// A row of a list: its parts, and the column that it came from.
struct Entry {
    parts: Vec<(&'static str, String)>,
    column: usize,
}

#[derive(Default)]
struct ListCells {
    entries: Vec<Entry>,
    none: Option<usize>,
    unknown: Option<usize>,
}

/// A row being read: what needs several columns together waits here.
#[derive(Default)]
struct Row {
    reading: RowReading,
    names: BTreeMap<&'static str, [Option<(String, usize)>; 2]>,
    lists: BTreeMap<&'static str, ListCells>,
    people: Slots,
}

impl Row {
    fn take(&mut self, column: usize, target: &'static Target, kind: Option<Kind>, cell: &str) {
        match target.read {
            Read::Answer => self.answer(column, target, kind, cell),
            Read::NamePart(at) => {
                if is_filled(cell) {
                    let (key, _) = target.key.split_once('.').unwrap_or((target.key, ""));
                    let part = Some((cell.to_owned(), column));
                    self.names.entry(key).or_default()[usize::from(at)] = part;
                }
            }
            Read::Period => self.period(column, cell),
            Read::List => self.list(column, target.key, None, cell),
            Read::ListOf { list, part, value } => {
                self.list(column, list, Some((part, value)), cell);
            }
            Read::Agent(code) => self.agent(column, target.label, code, cell),
            Read::Person { list, slot, part } => self.person(column, list, slot, part, cell),
        }
    }

    fn answer(&mut self, column: usize, target: &Target, kind: Option<Kind>, cell: &str) {
        let key = target.key;
        if let Some(Kind::Choice(choices)) = kind {
            self.choice(column, key, choices, cell);
            return;
        }
        match words::says(cell) {
            Says::Nothing | Says::Dash | Says::None | Says::SomethingUnnamed => return,
            Says::Unknown => {
                self.reading.set(key, "不明", column);
                return;
            }
            Says::Content => {}
        }
        let (value, guessed) = match kind {
            Some(Kind::Day) => day_text(cell),
            Some(Kind::Phone) => phone_text(cell),
            Some(Kind::Postcode) => zeros(cell, 6..=6, 7),
            Some(Kind::Digits { len: 6 }) => zeros(cell, 5..=5, 6),
            Some(Kind::Digits { len }) => zeros(cell, 1..=len - 1, len),
            Some(Kind::Name) => {
                if let Err(message) = check_name(cell) {
                    self.reading.problem(column, message);
                    return;
                }
                (without_honorific(cell).to_owned(), false)
            }
            // Half and full width are one number, or importing again would not find the resident.
            _ if matches!(key, "resident_number" | "room" | "floor") => {
                (cell.nfkc().collect(), false)
            }
            _ => (cell.replace('\n', " "), false),
        };
        if guessed {
            let label = target.label;
            self.reading
                .warnings
                .push(format!("{label}「{cell}」を{value}と読みました"));
        }
        self.reading.set(key, value, column);
    }

    fn choice(&mut self, column: usize, key: &'static str, choices: &[Choice], cell: &str) {
        let field = if key.ends_with(RELATIONSHIP) {
            RELATIONSHIP
        } else {
            key
        };
        if let Some(code) = words::choice(field, choices, cell) {
            self.reading.set(key, code, column);
            return;
        }
        match words::says(cell) {
            Says::Nothing | Says::Dash | Says::None => return,
            Says::Unknown => {
                self.reading.set(key, "unknown", column);
                return;
            }
            Says::SomethingUnnamed | Says::Content => {}
        }
        let folded = words::fold(cell);
        if key == "care_level" && folded.contains("申請中") {
            let status = if folded.contains("変更") {
                "changing"
            } else {
                "applying"
            };
            self.reading.set("certification_status", status, column);
        } else if let Some((group, rh)) = blood(&folded).filter(|_| key == "blood_type") {
            self.reading.set(key, group, column);
            if let Some(rh) = rh {
                self.reading.set("blood_rh", rh, column);
            }
        } else if field == RELATIONSHIP {
            self.other_relationship(column, key, cell);
        } else {
            let labels: Vec<&str> = choices.iter().map(|choice| choice.label).collect();
            self.reading.problem(
                column,
                format!("{}のどれかにしてください", labels.join("・")),
            );
        }
    }

    fn other_relationship(&mut self, column: usize, key: impl Into<String>, cell: &str) {
        self.reading
            .warnings
            .push(format!("続柄「{cell}」は「その他」として取り込みます"));
        self.reading.set(key, "other", column);
    }

    /// `R6.4.1〜R9.3.31` in one cell.
    fn period(&mut self, column: usize, cell: &str) {
        if !is_filled(cell) {
            return;
        }
        let folded: String = cell.nfkc().collect();
        let parts: Vec<&str> = ["~", "〜", "から", "\n", "→", " - ", "–", "―"]
            .iter()
            .find_map(|mark| folded.split_once(mark))
            .map(|(from, to)| vec![from.trim(), to.trim().trim_end_matches("まで")])
            .unwrap_or_default();
        let [from, to] = parts.as_slice() else {
            let message = "始まりと終わりを「R6.4.1〜R9.3.31」のように書いてください";
            self.reading.problem(column, message);
            return;
        };
        for (key, text) in [("care_level_valid_from", from), ("care_level_valid_to", to)] {
            if !text.is_empty() {
                self.reading.set(key, day_text(text).0, column);
            }
        }
    }

    fn list(
        &mut self,
        column: usize,
        list: &'static str,
        of: Option<(&'static str, &'static str)>,
        cell: &str,
    ) {
        let content = match words::says(cell) {
            Says::Nothing => return,
            Says::Dash => {
                self.reading.warnings.push(format!(
                    "{}「{cell}」は「未確認」として取り込みます。ない場合は「なし」と書いてください",
                    label(list)
                ));
                return;
            }
            Says::None | Says::Unknown if of.is_some() => {
                self.reading.warnings.push(format!(
                    "「{cell}」は一部の種類だけについての列なので、{}全体は「未確認」のままです",
                    label(list)
                ));
                return;
            }
            Says::None => {
                self.lists.entry(list).or_default().none = Some(column);
                return;
            }
            Says::Unknown => {
                self.lists.entry(list).or_default().unknown = Some(column);
                return;
            }
            Says::SomethingUnnamed => String::new(),
            Says::Content => without_yes(cell),
        };
        let pieces = pieces(&content, separators(list));
        if pieces.is_empty() {
            self.reading.warnings.push(format!(
                "{}は「あり」だけです。内容を確かめて記入してください",
                label(list)
            ));
            self.entry(list, of, list_entry(list, UNNAMED), column);
        }
        let mixed = pieces.len() > 1 && pieces.iter().any(|piece| words::says(piece) == Says::None);
        if mixed {
            self.reading.problem(
                column,
                "「なし」とほかの内容が一緒に書かれています。どちらかにしてください",
            );
            return;
        }
        for piece in pieces {
            self.entry(list, of, list_entry(list, &piece), column);
        }
    }

    fn entry(
        &mut self,
        list: &'static str,
        of: Option<(&'static str, &'static str)>,
        mut parts: Vec<(&'static str, String)>,
        column: usize,
    ) {
        parts.extend(of.map(|(part, value)| (part, value.to_owned())));
        let entries = &mut self.lists.entry(list).or_default().entries;
        if !entries.iter().any(|entry| entry.parts == parts) {
            entries.push(Entry { parts, column });
        }
    }

    fn agent(&mut self, column: usize, label: &str, code: &'static str, cell: &str) {
        let status = match words::says(cell) {
            Says::Nothing | Says::Unknown => return,
            Says::Dash => {
                self.reading.warnings.push(format!(
                    "{label}「{cell}」は「未確認」として取り込みます。陰性なら「陰性」か「(-)」と書いてください"
                ));
                return;
            }
            Says::None => Some("negative"),
            Says::SomethingUnnamed => Some("positive"),
            Says::Content => words::result(cell).0,
        };
        match status {
            Some(status) => {
                let parts = vec![("agent", code.to_owned()), ("status", status.to_owned())];
                self.entry("infections", None, parts, column);
            }
            None => self
                .reading
                .problem(column, "陽性・陰性・既往のどれかにしてください"),
        }
    }

    fn person(
        &mut self,
        column: usize,
        list: &'static str,
        slot: usize,
        part: &'static str,
        cell: &str,
    ) {
        if !is_filled(cell) && words::says(cell) != Says::Unknown {
            return;
        }
        let mut add = |part, value: String| {
            let cells = self.people.entry((list, slot)).or_default();
            let value = PersonCell {
                part,
                value,
                column,
            };
            // What a column of its own says stands before what a bracket says.
            match cells.iter().position(|cell| cell.part == part) {
                Some(_) => {}
                None => cells.push(value),
            }
        };
        match part {
            "name" if slot == KEY_PERSON && is_relationship(cell) => {
                add(RELATIONSHIP, cell.to_owned());
            }
            "name" if list == CONTACTS => match name_and_relationship(cell) {
                Some((name, relationship)) => {
                    add("name", name);
                    add(RELATIONSHIP, relationship);
                }
                None => add("name", cell.replace('\n', " ")),
            },
            _ => add(part, cell.to_owned()),
        }
    }

    fn finish(mut self) -> RowReading {
        for (key, parts) in std::mem::take(&mut self.names) {
            let column = parts.iter().flatten().map(|(_, column)| *column).next();
            let joined: Vec<&str> = parts
                .iter()
                .flatten()
                .map(|(part, _)| part.as_str())
                .collect();
            if let Some(column) = column.filter(|_| !self.reading.inputs.contains(key)) {
                self.reading.set(key, joined.join("\u{3000}"), column);
            }
        }
        for (list, cells) in std::mem::take(&mut self.lists) {
            self.finish_list(list, cells);
        }
        let people = std::mem::take(&mut self.people);
        let (contacts, physicians) = people
            .into_iter()
            .partition::<Slots, _>(|((list, _), _)| *list == CONTACTS);
        self.finish_people(CONTACTS, with_key_person(contacts));
        self.finish_people(PHYSICIANS, physicians.into_values().collect());
        self.reading
    }

    fn finish_list(&mut self, list: &'static str, cells: ListCells) {
        let reading = &mut self.reading;
        if list == "special_care" {
            finish_checks(reading, list, cells);
            return;
        }
        for (row, entry) in cells.entries.iter().enumerate() {
            for (part, value) in &entry.parts {
                reading.set(format!("{list}.{row}.{part}"), value, entry.column);
            }
        }
        if cells.entries.is_empty() {
            state(reading, list, &cells);
        }
    }

    fn finish_people(&mut self, list: &'static str, people: Vec<Vec<PersonCell>>) {
        for (row, cells) in people.into_iter().enumerate() {
            for cell in cells {
                self.person_cell(&format!("{list}.{row}"), cell);
            }
        }
    }

    fn person_cell(&mut self, row: &str, cell: PersonCell) {
        let PersonCell {
            part,
            value,
            column,
        } = cell;
        let key = format!("{row}.{part}");
        match part {
            _ if words::says(&value) == Says::Unknown && part != ANY_PHONE => {
                self.reading.set(key, words_unknown(part), column);
            }
            RELATIONSHIP => match words::choice(RELATIONSHIP, Relationship::CHOICES, &value) {
                Some(code) => self.reading.set(key, code, column),
                None => self.other_relationship(column, key, &value),
            },
            ANY_PHONE => self.any_phone(row, &value, column),
            "phone_mobile" | "phone_home" | "phone_day" | "phone_24h" => {
                let (number, guessed) = phone_text(&value);
                if guessed {
                    self.zero_warning(&value, &number);
                }
                self.reading.set(key, number, column);
            }
            "name" => match check_name(&value) {
                Ok(()) => self
                    .reading
                    .set(key, without_honorific(&value).to_owned(), column),
                Err(message) => self.reading.problem(column, message),
            },
            _ => self.reading.set(key, value.replace('\n', " "), column),
        }
    }

    /// One or several numbers in one cell, each to the field of its kind.
    fn any_phone(&mut self, row: &str, cell: &str, column: usize) {
        if words::says(cell) == Says::Unknown {
            return;
        }
        let whole = phone_text(cell);
        let numbers = if Phone::parse(&whole.0).is_ok() {
            vec![whole]
        } else {
            let split = cell.split(['/', '／', '、', '，', ',', ';', '・', '\n', ' ', '\u{3000}']);
            split
                .filter(|piece| piece.chars().any(char::is_numeric))
                .map(phone_text)
                .collect()
        };
        for (number, guessed) in numbers {
            if guessed {
                self.zero_warning(cell, &number);
            }
            let digits: String = number.nfkc().filter(char::is_ascii_digit).collect();
            let mobile = ["070", "080", "090"]
                .iter()
                .any(|prefix| digits.starts_with(prefix));
            let fields = if mobile {
                ["phone_mobile", "phone_home"]
            } else {
                ["phone_home", "phone_mobile"]
            };
            let free = fields
                .map(|field| format!("{row}.{field}"))
                .into_iter()
                .find(|key| !self.reading.inputs.contains(key));
            match free {
                Some(key) => self.reading.set(key, number, column),
                None => self.reading.problem(
                    column,
                    "1人の電話番号は2つまで(携帯と自宅・勤務先)にしてください",
                ),
            }
        }
    }

    fn zero_warning(&mut self, cell: &str, number: &str) {
        self.reading.warnings.push(format!(
            "電話「{cell}」の先頭に0を補い、{number}と読みました"
        ));
    }
}

fn state(reading: &mut RowReading, list: &str, cells: &ListCells) {
    let said = [(cells.none, "none"), (cells.unknown, "unknown")];
    if let Some((column, code)) = said
        .into_iter()
        .find_map(|(column, code)| Some((column?, code)))
    {
        reading.set(format!("{list}.state"), code, column);
    }
}

fn finish_checks(reading: &mut RowReading, key: &'static str, cells: ListCells) {
    let choices = match Record::fields()
        .find(|field| field.key == key)
        .map(|field| field.kind)
    {
        Some(Kind::Checks(choices)) => choices,
        _ => &[],
    };
    let mut notes = Vec::new();
    for entry in &cells.entries {
        reading.origins.push((key.to_owned(), entry.column));
        for (_, text) in &entry.parts {
            match words::choice(key, choices, text) {
                Some(code) => reading.inputs.push(key.to_owned(), code.to_owned()),
                None => notes.push(text.as_str()),
            }
        }
    }
    if !notes.is_empty() {
        reading.inputs.push(key.to_owned(), "other".to_owned());
        reading.inputs.set(format!("{key}.note"), notes.join("、"));
    }
    if cells.entries.is_empty() {
        state(reading, key, &cells);
    }
}

/// The contacts in their order; the key person is one of them, by name or by relationship, or else stands first.
fn with_key_person(mut slots: Slots) -> Vec<Vec<PersonCell>> {
    let key_person = slots.remove(&(CONTACTS, KEY_PERSON));
    let mut people: Vec<Vec<PersonCell>> = slots.into_values().collect();
    let Some(mut cells) = key_person else {
        return people;
    };
    let part = |cells: &[PersonCell], part: &str| {
        let cell = cells.iter().find(|cell| cell.part == part)?;
        Some(name_key(without_honorific(&cell.value)))
    };
    let by = if part(&cells, "name").is_some() {
        "name"
    } else {
        RELATIONSHIP
    };
    let same = people
        .iter()
        .position(|person| part(&cells, by).is_some() && part(person, by) == part(&cells, by));
    let column = cells.first().map_or(0, |cell| cell.column);
    let mark = PersonCell {
        part: "is_key_person",
        value: "yes".to_owned(),
        column,
    };
    match same {
        Some(at) => {
            let person = &mut people[at];
            cells.retain(|cell| !person.iter().any(|known| known.part == cell.part));
            person.extend(cells);
            person.push(mark);
        }
        None => {
            cells.push(mark);
            people.insert(0, cells);
        }
    }
    people
}

/// What an input holds for an unknown part of a person.
fn words_unknown(part: &str) -> &'static str {
    if part == RELATIONSHIP {
        "unknown"
    } else {
        "不明"
    }
}

fn is_filled(cell: &str) -> bool {
    words::says(cell) == Says::Content
}

fn label(list: &str) -> &'static str {
    Record::fields()
        .find(|field| field.key == list)
        .map_or("", |field| field.label)
}

/// Marks between the members of a list. A dose (2錠/日) and a firm's product (A・B配合錠) keep theirs.
fn separators(list: &str) -> &'static [char] {
    match list {
        "medications" => &['\n', '、', '，', ';', '；'],
        "allergies" | "infections" | "special_care" => {
            &['\n', '、', '，', ',', ';', '；', '・', '/', '／']
        }
        _ => &['\n', '、', '，', ',', ';', '；', '・', '/', '／'],
    }
}

/// The members of a list, cut at separators outside brackets and cleared of leading marks.
fn pieces(text: &str, separators: &[char]) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '（' | '[' | '「' => depth += 1,
            ')' | '）' | ']' | '」' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == '\n' {
            depth = 0;
        }
        let piece = pieces
            .last_mut()
            .expect("made with one piece, and never popped");
        if depth == 0 && separators.contains(&c) {
            pieces.push(String::new());
        } else {
            piece.push(if c == '\n' { ' ' } else { c });
        }
    }
    let bullets = ['・', '●', '■', '○', '※', '-', '*'];
    pieces
        .iter()
        .map(|piece| piece.trim().trim_start_matches(bullets).trim().to_owned())
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// あり(ペニシリン), 有:卵: the content alone.
fn without_yes(cell: &str) -> String {
    let rest = ["あり", "有り", "有"]
        .iter()
        .find_map(|word| cell.strip_prefix(word));
    let Some(rest) = rest else {
        return cell.to_owned();
    };
    let marks = [':', '：', '、', ',', '・', ' ', '\u{3000}', '\n', '→'];
    let after = rest.trim_start_matches(marks);
    let inner = after
        .strip_prefix(['(', '（'])
        .and_then(|inner| inner.strip_suffix([')', '）']));
    match inner {
        Some(inner) => inner.trim().to_owned(),
        // 有機リン: 有 begins a word.
        None if after.len() == rest.len() => cell.to_owned(),
        None => after.trim().to_owned(),
    }
}

/// One member of a list as the parts of a row.
fn list_entry(list: &str, piece: &str) -> Vec<(&'static str, String)> {
    match list {
        "allergies" => vec![("substance", piece.to_owned())],
        "infections" => infection(piece),
        "past_history" => {
            let (name, year) = name_and_year(piece);
            let year = year.map(|year| ("year", year));
            [("name", name)].into_iter().chain(year).collect()
        }
        "current_conditions" => {
            let (name, onset) = name_and_year(piece);
            let onset = onset.map(|onset| ("onset_on", onset));
            [("name", name)].into_iter().chain(onset).collect()
        }
        _ => vec![("name", piece.to_owned())],
    }
}

fn infection(piece: &str) -> Vec<(&'static str, String)> {
    let (status, rest) = words::result(piece);
    let code = words::agent(&rest);
    let mut parts = vec![("agent", code.unwrap_or("other").to_owned())];
    // B型肝炎 alone says nothing beyond its agent; B型肝炎キャリア does.
    let plain = [
        "b型肝炎",
        "c型肝炎",
        "hbv",
        "hcv",
        "mrsa",
        "esbl",
        "梅毒",
        "hiv",
        "結核",
        "疥癬",
        "cdi",
    ];
    if code.is_none() || !plain.contains(&words::fold(&rest).as_str()) {
        parts.push(("note", rest));
    }
    parts.extend(status.map(|status| ("status", status.to_owned())));
    parts
}

/// `脳梗塞(H27)`, `平成27年3月 胃癌`, `H27.3胃癌`: the name, and the time in its input form.
fn name_and_year(piece: &str) -> (String, Option<String>) {
    let time = |text: &str| {
        let text = text.trim().trim_end_matches('頃').trim_end_matches("ころ");
        PartialDay::parse(text).ok().map(|day| day.input())
    };
    let bracket = piece
        .strip_suffix([')', '）'])
        .and_then(|text| text.rsplit_once(['(', '（']));
    if let Some((name, inner)) = bracket
        && let Some(time) = time(inner)
        && !name.trim().is_empty()
    {
        return (name.trim().to_owned(), Some(time));
    }
    if let Some((first, name)) = piece.split_once([' ', '\u{3000}', ':', '：'])
        && let Some(time) = time(first)
        && !name.trim().is_empty()
    {
        return (name.trim().to_owned(), Some(time));
    }
    (piece.to_owned(), None)
}

/// `昭和12年3月4日生(88歳)`, `1937/3/4 0:00`, a spreadsheet's serial number: what the border reads as a date, and whether
/// that was a guess.
fn day_text(cell: &str) -> (String, bool) {
    let folded: String = cell.nfkc().collect();
    let folded = folded.trim();
    if folded.len() <= 5
        && folded.bytes().all(|b| b.is_ascii_digit())
        && let Some(day) = folded.parse().ok().and_then(serial_day)
    {
        return (day.iso(), true);
    }
    let without_age = match folded.rsplit_once('(') {
        Some((day, age)) if age.ends_with("歳)") => day,
        _ => folded,
    };
    let without_time = match without_age.split_once(' ') {
        Some((day, time)) if time.contains(':') => day,
        _ => without_age,
    };
    let bare = without_time
        .trim()
        .trim_end_matches("まれ")
        .trim_end_matches(['生', '産']);
    (bare.to_owned(), false)
}

/// The date behind a serial number: days since 1899-12-30. A number that could be a year is none.
fn serial_day(number: i64) -> Option<Day> {
    let epoch = Day::from_ymd(1899, 12, 30)?;
    (2_200..=80_000)
        .contains(&number)
        .then(|| epoch.plus_days(number))
}

/// A telephone number from which a spreadsheet may have taken the leading zero, and whether it was put back.
fn phone_text(cell: &str) -> (String, bool) {
    let folded: String = cell.nfkc().collect();
    let folded = folded.trim();
    let digits = folded.bytes().all(|b| b.is_ascii_digit());
    let lost = digits
        && match (folded.len(), folded.bytes().next()) {
            (9, Some(b'1'..=b'9')) => true,
            (10, Some(b'5' | b'7'..=b'9')) => folded[1..].starts_with('0'),
            _ => false,
        };
    if lost {
        (format!("0{folded}"), true)
    } else {
        (cell.trim().to_owned(), false)
    }
}

/// Digits from which a spreadsheet took leading zeros, filled up to `len`; and whether they were.
fn zeros(cell: &str, short: std::ops::RangeInclusive<usize>, len: usize) -> (String, bool) {
    let folded: String = cell.nfkc().collect();
    let folded = folded.trim();
    let digits = folded.bytes().all(|b| b.is_ascii_digit());
    if digits && short.contains(&folded.len()) {
        (format!("{folded:0>len$}"), true)
    } else {
        (folded.to_owned(), false)
    }
}

/// `A型RH+`, `AB(-)`: the group and the factor.
fn blood(folded: &str) -> Option<(&'static str, Option<&'static str>)> {
    let groups = [("ab", "AB"), ("a", "A"), ("b", "B"), ("o", "O")];
    let (rest, group) = groups
        .into_iter()
        .find_map(|(letters, code)| Some((folded.strip_prefix(letters)?, code)))?;
    if !rest.chars().all(|c| "型rh()+-,、".contains(c)) {
        return None;
    }
    let rh = match (rest.contains('+'), rest.contains('-')) {
        (true, false) => Some("rh_positive"),
        (false, true) => Some("rh_negative"),
        _ => None,
    };
    Some((group, rh))
}

fn without_honorific(name: &str) -> &str {
    name.trim_end_matches(['様', '殿']).trim_end()
}

fn check_name(name: &str) -> Result<(), &'static str> {
    let name = without_honorific(name);
    if name.chars().any(char::is_alphabetic) {
        Ok(())
    } else {
        Err("氏名として読めません。氏名を書いてください")
    }
}

fn is_relationship(text: &str) -> bool {
    words::choice(RELATIONSHIP, Relationship::CHOICES, text).is_some()
}

/// `髙﨑 一郎(長男)` → the name and the relationship.
fn name_and_relationship(cell: &str) -> Option<(String, String)> {
    let (name, inner) = cell
        .trim()
        .strip_suffix([')', '）'])?
        .rsplit_once(['(', '（'])?;
    let fits = is_relationship(inner) && !name.trim().is_empty();
    fits.then(|| (name.trim().to_owned(), inner.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_spreadsheets_are_read_and_years_are_no_serials() {
        assert_eq!(day_text("13578"), ("1937-03-04".to_owned(), true));
        assert_eq!(day_text("1937/3/4 0:00"), ("1937/3/4".to_owned(), false));
        assert_eq!(day_text("昭和12年3月4日生(88歳)").0, "昭和12年3月4日");
        assert_eq!(day_text("1937"), ("1937".to_owned(), false));
        assert_eq!(day_text("19370304"), ("19370304".to_owned(), false));
    }

    #[test]
    fn lost_zeros_are_put_back_only_where_nothing_else_fits() {
        assert_eq!(phone_text("9012345678"), ("09012345678".to_owned(), true));
        assert_eq!(phone_text("463231111"), ("0463231111".to_owned(), true));
        assert_eq!(phone_text("0463231111"), ("0463231111".to_owned(), false));
        assert_eq!(zeros("14203", 5..=5, 6), ("014203".to_owned(), true));
        assert_eq!(zeros("142034", 5..=5, 6), ("142034".to_owned(), false));
    }

    #[test]
    fn a_list_is_cut_outside_brackets() {
        let cut = pieces(
            "高血圧、脳梗塞(H27、左片麻痺)・糖尿病\n・心不全",
            separators("past_history"),
        );
        assert_eq!(cut, ["高血圧", "脳梗塞(H27、左片麻痺)", "糖尿病", "心不全"]);
        let medicines = pieces("アムロジピン5mg 1錠/日、酸化Mg", separators("medications"));
        assert_eq!(medicines, ["アムロジピン5mg 1錠/日", "酸化Mg"]);
    }

    #[test]
    fn an_illness_gives_its_year() {
        assert_eq!(
            name_and_year("脳梗塞(H27)"),
            ("脳梗塞".to_owned(), Some("2015年".to_owned()))
        );
        assert_eq!(
            name_and_year("平成27年3月 胃癌手術"),
            ("胃癌手術".to_owned(), Some("2015年3月".to_owned()))
        );
        assert_eq!(name_and_year("骨折(右)"), ("骨折(右)".to_owned(), None));
    }

    #[test]
    fn blood_is_read_with_its_factor() {
        assert_eq!(blood("ab型rh(-)"), Some(("AB", Some("rh_negative"))));
        assert_eq!(blood("a+"), Some(("A", Some("rh_positive"))));
        assert_eq!(blood("abc"), None);
    }
}
