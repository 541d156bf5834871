//! Reads markup as a browser does, as far as forms go; for tests.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::answer::Inputs;

#[derive(Debug)]
pub struct Element {
    pub name: String,
    attributes: BTreeMap<String, String>,
    /// Everything written inside, without tags.
    pub text: String,
    inside: Vec<usize>,
}

impl Element {
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }
}

/// The elements of a page in the order of their beginnings.
#[derive(Debug)]
pub struct Page(pub Vec<Element>);

const VOID: [&str; 6] = ["input", "img", "br", "hr", "meta", "link"];

impl Page {
    /// # Panics
    /// On markup that is not well-formed.
    pub fn parse(markup: &str) -> Self {
        let markup = markup.replace("\r\n", "\n").replace('\r', "\n");
        let mut rest = markup.as_str();
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        while !rest.is_empty() {
            if let Some(closing) = rest.strip_prefix("</") {
                let (name, after) = closing.split_once('>').expect("a closed tag");
                let last = open.pop().expect("an open element");
                assert_eq!(elements[last].name, name, "elements end in order");
                rest = after;
            } else if rest.starts_with('<') {
                let (mut element, after) = tag(&rest[1..]);
                element.inside = open.clone();
                let is_void = VOID.contains(&element.name.as_str());
                rest = after;
                if element.name == "textarea" {
                    // Nothing inside a textarea is a tag; the first line end is the page's own.
                    let (inner, after) = rest.split_once("</textarea>").expect("an end");
                    let inner = inner.strip_prefix('\n').unwrap_or(inner);
                    element.text = decode(inner);
                    rest = after;
                } else if !is_void {
                    open.push(elements.len());
                }
                elements.push(element);
            } else {
                let end = rest.find('<').unwrap_or(rest.len());
                let text = decode(&rest[..end]);
                for at in &open {
                    elements[*at].text.push_str(&text);
                }
                rest = &rest[end..];
            }
        }
        assert!(open.is_empty(), "every element ends");
        Self(elements)
    }

    /// What the form sends when nobody touches it.
    pub fn posted(&self) -> Inputs {
        Inputs::from_pairs(self.0.iter().enumerate().filter_map(|(at, element)| {
            let name = element.get("name").filter(|_| !element.has("disabled"))?;
            let value = match element.name.as_str() {
                "input" => input_value(element)?,
                "textarea" => element.text.clone(),
                "select" => self.selected(at),
                _ => return None,
            };
            Some((name.to_owned(), value.replace('\n', "\r\n")))
        }))
    }

    fn selected(&self, select: usize) -> String {
        let options = || {
            self.0
                .iter()
                .filter(|element| element.name == "option" && element.inside.contains(&select))
        };
        options()
            .rfind(|option| option.has("selected"))
            .or_else(|| options().next())
            .and_then(|option| option.get("value"))
            .expect("an option with a value")
            .to_owned()
    }

    /// What keeps a person who cannot see the page from using it.
    pub fn barriers(&self) -> Vec<String> {
        let mut barriers = Vec::new();
        let mut ids = BTreeSet::new();
        let named = self.named();
        for id in self.0.iter().filter_map(|element| element.get("id")) {
            if !ids.insert(id) {
                barriers.push(format!("two elements are called {id}"));
            }
        }
        for element in &self.0 {
            for attribute in ["for", "aria-describedby", "aria-labelledby"] {
                for id in element.get(attribute).unwrap_or_default().split(' ') {
                    if !id.is_empty() && !ids.contains(id) {
                        barriers.push(format!("{attribute} leads to no {id}"));
                    }
                }
            }
        }
        let unlabelled =
            |(at, element): &(usize, &Element)| !self.is_labelled(*at, element, &named);
        for (_, element) in self.0.iter().enumerate().filter(unlabelled) {
            barriers.push(format!("no label: {element:?}"));
        }
        barriers
    }

    /// The ids that labels name, and the places of fieldsets with a legend.
    fn named(&self) -> (BTreeSet<&str>, BTreeSet<usize>) {
        let labels = self.0.iter().filter(|element| element.name == "label");
        let legends = self.0.iter().filter(|element| element.name == "legend");
        (
            labels.filter_map(|label| label.get("for")).collect(),
            legends
                .filter_map(|legend| legend.inside.last().copied())
                .collect(),
        )
    }

    fn is_labelled(
        &self,
        at: usize,
        element: &Element,
        (labels, fieldsets): &(BTreeSet<&str>, BTreeSet<usize>),
    ) -> bool {
        let has_words = |words: Option<&str>| words.is_some_and(|words| !words.trim().is_empty());
        let wraps = |at: &usize| self.0[*at].name == "label" && has_words(Some(&self.0[*at].text));
        match element.name.as_str() {
            "button" | "a" | "legend" | "label" => has_words(Some(&element.text)),
            "fieldset" => fieldsets.contains(&at),
            "input" if element.get("type") == Some("hidden") => true,
            "input" | "select" | "textarea" => {
                has_words(element.get("aria-label"))
                    || element.inside.iter().any(wraps)
                    || element.get("id").is_some_and(|id| labels.contains(id))
            }
            _ => true,
        }
    }
}

fn input_value(element: &Element) -> Option<String> {
    let value = element.get("value").unwrap_or_default();
    match element.get("type").unwrap_or("text") {
        "radio" | "checkbox" => element.has("checked").then(|| value.to_owned()),
        "hidden" => Some(value.to_owned()),
        "text" | "tel" => Some(value.replace('\n', "")),
        other => panic!("an input of type {other}"),
    }
}

/// One opening tag behind its `<`, and what follows its `>`.
fn tag(text: &str) -> (Element, &str) {
    let end = text.find([' ', '>']).expect("a name");
    let (name, mut rest) = text.split_at(end);
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix('>') {
            let element = Element {
                name: name.to_owned(),
                attributes,
                text: String::new(),
                inside: Vec::new(),
            };
            return (element, after);
        }
        let end = rest.find(['=', ' ', '>']).expect("an attribute");
        let (attribute, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a closed quotation"),
            None => ("", after),
        };
        let again = attributes.insert(attribute.to_owned(), decode(value));
        assert_eq!(again, None, "{attribute} stands twice in {name}");
        rest = after;
    }
}

fn decode(text: &str) -> String {
    assert!(!text.contains('<'), "a bare < in {text}");
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
