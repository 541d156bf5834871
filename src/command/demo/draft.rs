//! A sheet being written: what a nurse would type, read at the same border as what a nurse types.

use crate::domain::answer::Inputs;
use crate::domain::date::Day;
use crate::domain::record::Record;

#[derive(Clone, Debug, Default)]
pub(super) struct Draft(Inputs);

impl Draft {
    pub(super) fn say(&mut self, key: &str, value: impl Into<String>) {
        self.0.set(key, value);
    }

    pub(super) fn says(&self, key: &str) -> &str {
        self.0.get(key)
    }

    pub(super) fn yes_no(&mut self, key: &str, yes: bool) {
        self.say(key, if yes { "yes" } else { "no" });
    }

    pub(super) fn unknown(&mut self, key: &str) {
        self.forget(key);
        self.say(key, "不明");
    }

    /// The list `key` is empty, as confirmed on `day`.
    pub(super) fn none(&mut self, key: &str, day: Day) {
        self.forget(key);
        self.say(&format!("{key}.state"), "none");
        self.say(&format!("{key}.confirmed_on"), day.iso());
    }

    /// Ticks one box of `key`.
    pub(super) fn tick(&mut self, key: &str, code: &str) {
        self.0.push(key.to_owned(), code.to_owned());
    }

    /// Ticks the boxes of `key`, or says that none applies.
    pub(super) fn ticks(&mut self, key: &str, codes: &[&str], confirmed_on: Day) {
        if codes.is_empty() {
            self.none(key, confirmed_on);
        }
        for code in codes {
            self.tick(key, code);
        }
    }

    /// Appends a row to `key`; an empty cell is left unanswered.
    pub(super) fn row(&mut self, key: &str, cells: &[(&str, &str)]) {
        let number = self.rows(key);
        for (cell, value) in cells.iter().filter(|(_, value)| !value.is_empty()) {
            self.0.set(format!("{key}.{number}.{cell}"), *value);
        }
    }

    pub(super) fn rows(&self, key: &str) -> usize {
        self.0.rows(key).len()
    }

    /// Takes row `number` out of `key` and closes the gap.
    pub(super) fn drop_row(&mut self, key: &str, number: usize) {
        let kept: Vec<usize> = (0..self.rows(key)).filter(|row| *row != number).collect();
        self.0.reorder(key, &kept);
    }

    pub(super) fn forget(&mut self, key: &str) {
        self.0.replace(key, Inputs::default());
    }

    /// Every single answer typed so far.
    pub(super) fn typed(&self) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter_map(|(key, values)| Some((key.to_owned(), values.last()?.clone())))
            .collect()
    }

    /// The record. Whole cities are read in a test, so that nothing written here is unreadable.
    pub(super) fn record(&self) -> Record {
        let (record, problems) = Record::read(&self.0);
        debug_assert!(problems.is_empty(), "{problems:?}");
        record
    }
}
