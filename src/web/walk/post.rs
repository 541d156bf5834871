//! What comes back from the edit page.

use crate::domain::answer::{Field, Inputs, Kind, ROWS_MAX};
use crate::domain::form::{Section, Source};
use crate::domain::record::Record;
use crate::web::WebError;

/// Puts what one section's page posted into the draft; other sections and the photograph stay.
///
/// A box that was unticked and a row that was removed are not posted, so each field of the section is replaced as a
/// whole. Empty values are left out: an empty input and none mean the same. Line ends become `\n`, which browsers post
/// as `\r\n`.
pub fn take(inputs: &mut Inputs, section: &Section, posted: &Inputs) {
    let fields = section.items.iter().filter_map(|item| match item.source {
        Source::Record(field) => Some(field),
        _ => None,
    });
    take_fields(inputs, fields, posted);
}

/// [`take`] for fields outside a form.
pub fn take_fields<'a>(
    inputs: &mut Inputs,
    fields: impl IntoIterator<Item = &'a Field>,
    posted: &Inputs,
) {
    for field in fields {
        // The photograph has its own page and its own form.
        if !matches!(field.kind, Kind::Photo) {
            inputs.replace(field.key, typed(&posted.part(field.key)));
        }
    }
}

/// Takes out which version the page showed.
///
/// # Errors
/// `Bad` when it is no number.
pub fn take_version(posted: &mut Inputs) -> Result<i64, WebError> {
    let version = posted
        .get("version")
        .parse()
        .map_err(|_| WebError::Bad("画面を開き直してください".to_owned()))?;
    posted.remove("version");
    Ok(version)
}

fn typed(posted: &Inputs) -> Inputs {
    Inputs::from_pairs(posted.iter().flat_map(|(key, values)| {
        values
            .iter()
            .filter(|value| !value.is_empty())
            .map(|value| (key.to_owned(), value.replace("\r\n", "\n")))
    }))
}

/// The id of the file input that the edit page has below its form.
pub const PHOTO_FILE_ID: &str = "photo-file";

/// Carries out a button of a list: `up:KEY:N`, `down:KEY:N`, `remove:KEY:N` or `add:KEY`; `photo` only leads to the
/// photograph. Returns the id of what should have the focus afterwards; `None` if it is no such command or cannot be
/// carried out.
pub fn apply(inputs: &mut Inputs, command: &str) -> Option<String> {
    apply_to(Record::fields(), inputs, command)
}

/// [`apply`] for the lists among `known`, which need not be the record's.
pub fn apply_to(
    known: impl IntoIterator<Item = &'static Field>,
    inputs: &mut Inputs,
    command: &str,
) -> Option<String> {
    if command == "photo" {
        return Some(PHOTO_FILE_ID.to_owned());
    }
    let (verb, rest) = command.split_once(':')?;
    let (key, number) = match rest.split_once(':') {
        Some((key, number)) => (key, Some(number.parse::<usize>().ok()?)),
        None => (rest, None),
    };
    let fields = list_fields(known, key)?;
    let mut order = inputs.rows(key);
    let Some(number) = number else {
        return (verb == "add").then(|| add(inputs, key, fields, order))?;
    };
    let at = order.iter().position(|row| *row == number)?;
    let to = match verb {
        "up" => at.checked_sub(1)?,
        "down" if at + 1 < order.len() => at + 1,
        "remove" => {
            order.remove(at);
            inputs.reorder(key, &order);
            return Some(match order.len() {
                0 => key.to_owned(),
                left => format!("{key}.{}", at.min(left - 1)),
            });
        }
        _ => return None,
    };
    order.swap(at, to);
    inputs.reorder(key, &order);
    Some(format!("{key}.{to}"))
}

/// A new row at the end; the list then says あり, so that a row left empty is asked about and not forgotten.
fn add(inputs: &mut Inputs, key: &str, fields: &[Field], mut order: Vec<usize>) -> Option<String> {
    if order.len() >= ROWS_MAX {
        return None;
    }
    let fresh = order.last().map_or(0, |last| last + 1);
    order.push(fresh);
    inputs.reorder(key, &order);
    inputs.set(format!("{key}.state"), "present");
    let first = fields.first().map_or("row", |field| field.key);
    Some(format!("{key}.{}.{first}", order.len() - 1))
}

fn list_fields(
    known: impl IntoIterator<Item = &'static Field>,
    key: &str,
) -> Option<&'static [Field]> {
    known
        .into_iter()
        .find(|field| field.key == key)
        .and_then(|field| match field.kind {
            Kind::Rows(fields) => Some(fields),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "emergency_contacts";

    fn contacts(names: &[&str]) -> Inputs {
        Inputs::from_pairs(
            names
                .iter()
                .enumerate()
                .map(|(at, name)| (format!("{KEY}.{at}.name"), (*name).to_owned()))
                .chain([
                    ("emergency_contacts.state".to_owned(), "present".to_owned()),
                    ("name".to_owned(), "髙﨑 𠮷子".to_owned()),
                ]),
        )
    }

    fn names(inputs: &Inputs) -> Vec<&str> {
        inputs
            .rows(KEY)
            .into_iter()
            .map(|row| inputs.get(&format!("{KEY}.{row}.name")))
            .collect()
    }

    #[test]
    fn the_person_moves_a_contact_up_and_down_and_stays_with_it() {
        let mut inputs = contacts(&["一", "二", "三"]);
        let focus = apply(&mut inputs, "up:emergency_contacts:2");
        assert_eq!(names(&inputs), ["一", "三", "二"]);
        assert_eq!(focus.as_deref(), Some("emergency_contacts.1"));
        let focus = apply(&mut inputs, "down:emergency_contacts:0");
        assert_eq!(names(&inputs), ["三", "一", "二"]);
        assert_eq!(focus.as_deref(), Some("emergency_contacts.1"));
        assert_eq!(inputs.get("name"), "髙﨑 𠮷子");
    }

    #[test]
    fn the_ends_of_a_list_and_unknown_commands_change_nothing() {
        let inputs = contacts(&["一", "二"]);
        for command in [
            "up:emergency_contacts:0",
            "down:emergency_contacts:1",
            "up:emergency_contacts:7",
            "up:emergency_contacts",
            "remove:emergency_contacts",
            "remove:emergency_contacts:x",
            "add:name",
            "add:nothing",
            "clear:emergency_contacts:0",
            "save",
            "",
        ] {
            let mut after = inputs.clone();
            assert_eq!(apply(&mut after, command), None, "{command}");
            assert_eq!(after, inputs, "{command}");
        }
    }

    #[test]
    fn removing_the_last_contact_does_not_turn_the_answer_into_none() {
        let mut inputs = contacts(&["一"]);
        let focus = apply(&mut inputs, "remove:emergency_contacts:0");
        assert_eq!(focus.as_deref(), Some(KEY));
        assert_eq!(inputs.rows(KEY), [0; 0]);
        let (_, problems) = Record::read(&inputs);
        assert!(problems.at(KEY).is_some(), "{problems:?}");
    }

    #[test]
    fn removing_a_contact_leads_to_its_neighbour() {
        let mut inputs = contacts(&["一", "二", "三"]);
        let focus = apply(&mut inputs, "remove:emergency_contacts:1");
        assert_eq!(
            (names(&inputs), focus.as_deref()),
            (vec!["一", "三"], Some("emergency_contacts.1"))
        );
        let focus = apply(&mut inputs, "remove:emergency_contacts:1");
        assert_eq!(
            (names(&inputs), focus.as_deref()),
            (vec!["一"], Some("emergency_contacts.0"))
        );
    }

    #[test]
    fn an_added_row_stands_last_and_says_present() {
        let mut inputs = contacts(&["一"]);
        inputs.set("emergency_contacts.state", "unknown");
        let focus = apply(&mut inputs, "add:emergency_contacts");
        assert_eq!(focus.as_deref(), Some("emergency_contacts.1.name"));
        assert_eq!(names(&inputs), ["一", ""]);
        assert_eq!(inputs.get("emergency_contacts.state"), "present");
    }

    #[test]
    fn rows_that_are_not_numbered_one_after_another_keep_what_they_hold() {
        let mut inputs = Inputs::from_pairs(
            [3, 9, 12].map(|row| (format!("{KEY}.{row}.name"), format!("{row}番だった人"))),
        );
        assert_eq!(
            apply(&mut inputs, "up:emergency_contacts:12").as_deref(),
            Some("emergency_contacts.1")
        );
        assert_eq!(
            names(&inputs),
            ["3番だった人", "12番だった人", "9番だった人"]
        );
        assert_eq!(
            apply(&mut inputs, "add:emergency_contacts").as_deref(),
            Some("emergency_contacts.3.name")
        );
        assert_eq!(inputs.rows(KEY).len(), 4);
    }

    #[test]
    fn a_list_takes_no_more_rows_than_it_can_hold() {
        let full: Vec<&str> = vec!["人"; ROWS_MAX];
        let mut inputs = contacts(&full);
        assert_eq!(apply(&mut inputs, "add:emergency_contacts"), None);
        assert_eq!(inputs.rows(KEY).len(), ROWS_MAX);
    }
}
