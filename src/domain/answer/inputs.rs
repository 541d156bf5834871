//! Text as typed, by dotted key, and the problems found in it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What was typed: dotted key (`emergency_contacts.0.phone_mobile`) → values (several where boxes are ticked).
///
/// A draft is kept in this form, so that nothing typed is lost, readable or not.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Inputs(BTreeMap<String, Vec<String>>);

impl Inputs {
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut inputs = Self::default();
        for (key, value) in pairs {
            inputs.push(key, value);
        }
        inputs
    }

    /// A JSON object as inputs: objects add their key to the path, lists of objects their index (the word `rows`
    /// adds nothing), and lists of plain values become several values of one key.
    pub fn from_json(value: &Value) -> Self {
        let mut inputs = Self::default();
        inputs.add_json("", value);
        inputs
    }

    fn add_json(&mut self, key: &str, value: &Value) {
        let under = |part: &str| {
            if key.is_empty() {
                part.to_owned()
            } else {
                format!("{key}.{part}")
            }
        };
        match value {
            Value::Null => self.push(key.to_owned(), String::new()),
            Value::Bool(yes) => {
                self.push(key.to_owned(), if *yes { "yes" } else { "no" }.to_owned())
            }
            Value::Number(number) => self.push(key.to_owned(), number.to_string()),
            Value::String(text) => self.push(key.to_owned(), text.clone()),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if item.is_object() {
                        self.add_json(&under(&index.to_string()), item);
                    } else {
                        self.add_json(key, item);
                    }
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    if name == "rows" || name == "items" {
                        self.add_json(key, member);
                    } else {
                        self.add_json(&under(name), member);
                    }
                }
            }
        }
    }

    pub fn push(&mut self, key: String, value: String) {
        self.0.entry(key).or_default().push(value);
    }

    /// Replaces whatever stood under `key`.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), vec![value.into()]);
    }

    /// The last value typed under `key`, or nothing.
    pub fn get(&self, key: &str) -> &str {
        self.all(key).last().map_or("", String::as_str)
    }

    pub fn all(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    /// The row numbers that occur under `key`, in order.
    pub fn rows(&self, key: &str) -> Vec<usize> {
        let prefix = format!("{key}.");
        let mut rows: Vec<usize> = self
            .0
            .range(prefix.clone()..)
            .take_while(|(name, _)| name.starts_with(&prefix))
            .filter_map(|(name, _)| name[prefix.len()..].split('.').next()?.parse().ok())
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Everything under `key`: the key itself and what is dotted below it.
    pub fn part(&self, key: &str) -> Self {
        let prefix = format!("{key}.");
        Self(
            self.0
                .iter()
                .filter(|(name, _)| *name == key || name.starts_with(&prefix))
                .map(|(name, values)| (name.clone(), values.clone()))
                .collect(),
        )
    }

    /// Puts `part` in the place of everything under `key`.
    pub fn replace(&mut self, key: &str, part: Self) {
        let prefix = format!("{key}.");
        self.0
            .retain(|name, _| name != key && !name.starts_with(&prefix));
        self.0.extend(part.0);
    }

    /// Adds the rows under `key` of `list`, numbered from 0, as rows from `first` on, and whatever else stands there.
    pub fn append(&mut self, key: &str, first: usize, list: &Self) {
        let prefix = format!("{key}.");
        for (name, values) in &list.part(key).0 {
            let rest = name.strip_prefix(&prefix).unwrap_or_default();
            let (row, tail) = rest.split_once('.').unwrap_or((rest, ""));
            let name = match row.parse::<usize>() {
                Ok(row) => format!("{prefix}{}.{tail}", row + first),
                Err(_) => name.clone(),
            };
            self.0.insert(name, values.clone());
        }
    }

    /// Renumbers the rows under `key` as `order` names them; a number that does not occur makes an empty row.
    pub fn reorder(&mut self, key: &str, order: &[usize]) {
        let rows: BTreeSet<usize> = self.rows(key).into_iter().collect();
        let mut fresh = Self::default();
        for (name, values) in self.part(key).0 {
            let is_row = name
                .strip_prefix(key)
                .and_then(|rest| rest.strip_prefix('.'))
                .and_then(|rest| rest.split('.').next()?.parse::<usize>().ok())
                .is_some();
            if !is_row {
                fresh.0.insert(name, values);
            }
        }
        for (to, from) in order.iter().enumerate() {
            if rows.contains(from) {
                let old = format!("{key}.{from}");
                for (name, values) in self.part(&old).0 {
                    fresh
                        .0
                        .insert(format!("{key}.{to}{}", &name[old.len()..]), values);
                }
            } else {
                fresh.set(format!("{key}.{to}.row"), "new");
            }
        }
        self.replace(key, fresh);
    }

    /// Drops what is not typed by a person: names that no answer owns.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }
}

/// What is wrong, at its dotted key, in the order of reading. Each message says what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<(String, String)>);

impl Problems {
    pub fn add(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.0.push((key.into(), message.into()));
    }

    pub fn at(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, message)| message.as_str())
    }

    /// Whether there is a problem at `key` or below it.
    pub fn under(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| {
            name.strip_prefix(key)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, message)| (key.as_str(), message.as_str()))
    }

    /// Adds those of `other` at whose key nothing is wrong yet: what cannot be read is not also missing.
    pub fn extend(&mut self, other: Self) {
        let new = |(key, _): &(String, String)| self.at(key).is_none();
        let new: Vec<_> = other.0.into_iter().filter(new).collect();
        self.0.extend(new);
    }
}

/// Reads answers out of [`Inputs`], remembers which keys were asked for, and gathers every problem at once.
#[derive(Debug)]
pub struct Reader<'a> {
    inputs: &'a Inputs,
    asked: RefCell<BTreeSet<String>>,
    pub problems: Problems,
}

impl<'a> Reader<'a> {
    pub fn new(inputs: &'a Inputs) -> Self {
        Self {
            inputs,
            asked: RefCell::default(),
            problems: Problems::default(),
        }
    }

    /// The value typed under `key`, trimmed.
    pub fn text(&self, key: &str) -> String {
        self.ask(key);
        crate::domain::text::clean(self.inputs.get(key))
    }

    pub fn all(&self, key: &str) -> Vec<String> {
        self.ask(key);
        self.inputs
            .all(key)
            .iter()
            .map(|value| crate::domain::text::clean(value))
            .filter(|value| !value.is_empty())
            .collect()
    }

    pub fn rows(&self, key: &str) -> Vec<usize> {
        self.inputs.rows(key)
    }

    fn ask(&self, key: &str) {
        if self.inputs.contains(key) {
            self.asked.borrow_mut().insert(key.to_owned());
        }
    }

    /// Marks a key as known without reading it.
    pub fn pass_over(&self, key: &str) {
        self.ask(key);
    }

    /// The problems, together with one for each key that no answer asked for.
    pub fn finish(mut self) -> Problems {
        let asked = self.asked.into_inner();
        for (key, _) in self.inputs.iter() {
            if !asked.contains(key) {
                self.problems
                    .add(key, "この名前の項目はありません。綴りを確認してください");
            }
        }
        self.problems
    }
}
