//! A second opinion on the standing, written from safety.md's table, domain/emergency.md §2.6 and
//! docs/decisions/0006-what-ends-an-order.md. It shares nothing with the program: it knows what was said as plain
//! JSON, counts days by itself, and asks of the whole history where the program folds it step by step.

use serde_json::Value;

/// One statement, as the store keeps it.
#[derive(Clone, Debug)]
pub struct Fact {
    pub seq: i64,
    pub id: String,
    pub about: Option<String>,
    /// Milliseconds since 1970 in UTC.
    pub at: i64,
    pub kind: String,
    pub by: String,
    pub role: String,
    pub body: Value,
}

/// What a facility allows at most.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    pub review_months: i64,
    pub end_of_life_review_months: i64,
    pub expiry_months: i64,
    pub grace_days: i64,
}

pub const LONGEST: Allowed = Allowed {
    review_months: 6,
    end_of_life_review_months: 3,
    expiry_months: 12,
    grace_days: 30,
};

/// A signature that counts.
#[derive(Clone, Copy, Debug)]
struct Signature {
    order: usize,
    at: usize,
    signed_on: i64,
    review_due_on: i64,
}

/// A history whose signatures were weighed.
pub struct Oracle<'a> {
    /// `None`: something in it makes no sense.
    facts: Option<&'a [Fact]>,
    signatures: Vec<Signature>,
}

impl<'a> Oracle<'a> {
    pub fn of(facts: &'a [Fact]) -> Self {
        let sound = facts.iter().enumerate().all(|(index, fact)| {
            fact.seq == index as i64 + 1
                && fact
                    .about
                    .as_ref()
                    .is_none_or(|about| facts[..index].iter().any(|earlier| earlier.id == *about))
        });
        let mut oracle = Self {
            facts: sound.then_some(facts),
            signatures: Vec::new(),
        };
        if sound {
            for index in 0..facts.len() {
                if let Some(signature) = oracle.signature(index) {
                    oracle.signatures.push(signature);
                }
            }
        }
        oracle
    }

    /// The code of the standing at `now`, for somebody born on `born`.
    pub fn standing(&self, born: Option<&str>, allowed: Allowed, now: i64) -> &'static str {
        let Some(facts) = self.facts else {
            return "full_cpr_by_failure";
        };
        if facts.iter().any(|fact| fact.at > now + 5 * 60_000) {
            return "full_cpr_by_failure";
        }
        let end = facts.len();
        let since = self.after_revocation(end);
        let newer = &facts[since..];
        if since > 0 && !newer.iter().any(speaks_of_cpr) {
            return "revoked";
        }
        let order = self.ruling();
        let put = order.filter(|order| self.last_request(*order, end).is_some());
        let dissent = put.is_some_and(|order| facts[order].body["dissent"]["state"] == "present");
        let says = [
            self.newest("patient_wish", end)
                .map(|fact| text(&fact.body, "cpr")),
            self.newest("family_inference", end)
                .map(|fact| text(&fact.body, "cpr")),
            put.map(|order| text(&facts[order].body, "cpr_instruction")),
        ];
        let says = |what: &str| says.iter().flatten().any(|said| *said == what);
        if self.open_objection(end) || dissent || (says("full_cpr") && says("no_cpr")) {
            return "conflict";
        }
        let Some(order) = order else {
            return if says("no_cpr") {
                "full_cpr_wish_only"
            } else {
                "full_cpr"
            };
        };
        if !self.holds(order, born, allowed, day_of(now)) {
            return "full_cpr_invalid_order";
        }
        match text(&facts[order].body, "cpr_instruction") {
            "no_cpr" => "order_on_file",
            "full_cpr" => "full_cpr",
            _ => "full_cpr_invalid_order",
        }
    }

    /// Whether a signature holds or a request waits that a change of the sheet would end.
    pub fn lives(&self) -> bool {
        let facts = self.facts.unwrap_or_default();
        let end = facts.len();
        (self.after_revocation(end)..end)
            .filter(|index| facts[*index].kind == "physician_order")
            .any(|order| {
                let last = self
                    .signatures
                    .iter()
                    .rfind(|signature| signature.order == order);
                let signed = last.is_some_and(|last| {
                    !(last.at + 1..end).any(|index| self.opposes(index, order))
                });
                signed || self.request(order, end).is_some()
            })
    }

    /// Signed by a physician, nothing said against it since, complete, of this day and of an adult.
    fn holds(&self, order: usize, born: Option<&str>, allowed: Allowed, today: i64) -> bool {
        let facts = self.facts.unwrap_or_default();
        let body = &facts[order].body;
        let Some(last) = self
            .signatures
            .iter()
            .rfind(|signature| signature.order == order)
        else {
            return false;
        };
        if (last.at + 1..facts.len()).any(|index| self.opposes(index, order)) {
            return false;
        }
        let complete = ["phone_24h", "basis_disease", "expected_event"]
            .iter()
            .all(|key| body[*key].as_str().is_some_and(|text| !text.is_empty()))
            && is_long_number(text(body, "phone_24h"));
        let (Some(from), Some(until)) = (day(body, "effective_from"), day(body, "expires_on"))
        else {
            return false;
        };
        let months = if text(body, "end_of_life_phase") == "yes" {
            allowed.review_months.min(allowed.end_of_life_review_months)
        } else {
            allowed.review_months
        };
        let due = last.review_due_on.min(months_later(last.signed_on, months));
        let adult = born
            .and_then(parse)
            .is_some_and(|born| born <= today && months_later_strict(born, 18 * 12) <= today);
        complete
            && from <= today
            && last.signed_on <= today
            && today <= until.min(months_later(from, allowed.expiry_months))
            && today <= due + allowed.grace_days
            && adult
    }

    /// The signature that the statement at `index` is, if it counts.
    fn signature(&self, index: usize) -> Option<Signature> {
        let facts = self.facts?;
        let fact = &facts[index];
        let (order, said) = match fact.kind.as_str() {
            "signed" | "resumed" | "reviewed" => {
                let order = self.order_named(fact.about.as_deref(), index)?;
                let request = self.request(order, index)?;
                if fact.role != "physician" || facts[request].by == fact.by {
                    return None;
                }
                (order, fact)
            }
            "verified" => {
                let scan =
                    (0..index).find(|earlier| Some(&facts[*earlier].id) == fact.about.as_ref())?;
                let order = self.order_named(facts[scan].about.as_deref(), index)?;
                let of_staff = |fact: &Fact| matches!(fact.role.as_str(), "nurse" | "manager");
                let waiting = facts[scan].kind == "scanned"
                    && of_staff(&facts[scan])
                    && self.request(order, scan).is_some()
                    // Nothing happened to the order while the scan waited.
                    && (scan + 1..index).all(|between| {
                        let touched = facts[between].about.as_deref() == Some(&facts[order].id)
                            && (facts[between].kind == "submitted"
                                || facts[between].kind == "scanned"
                                    && of_staff(&facts[between])
                                    && self.request(order, between).is_some());
                        !touched && !self.opposes(between, order)
                    })
                    && !self.signatures.iter().any(|signature| signature.order == order && signature.at > scan);
                let two = of_staff(fact)
                    && text(&fact.body, "compared") == "yes"
                    && facts[scan].by != fact.by
                    && facts[scan].body["original"].is_string()
                    && facts[scan].body["purpose"].is_string();
                if !waiting || !two {
                    return None;
                }
                if day(&facts[scan].body, "signed_on")? <= self.paper_floor(order, index) {
                    return None;
                }
                (order, &facts[scan])
            }
            _ => return None,
        };
        if self.is_open(order, index) {
            return None;
        }
        Some(Signature {
            order,
            at: index,
            signed_on: day(&said.body, "signed_on")?,
            review_due_on: day(&said.body, "review_due_on")?,
        })
    }

    /// The request that waits for the physician at `end`.
    fn request(&self, order: usize, end: usize) -> Option<usize> {
        let request = self.last_request(order, end)?;
        let answered = self.signatures.iter().any(|signature| {
            signature.order == order && signature.at > request && signature.at < end
        });
        let opposed = (request + 1..end).any(|index| self.opposes(index, order));
        (!answered && !opposed).then_some(request)
    }

    fn last_request(&self, order: usize, end: usize) -> Option<usize> {
        let facts = self.facts?;
        (order + 1..end).rfind(|index| {
            facts[*index].kind == "submitted"
                && facts[*index].about.as_deref() == Some(&facts[order].id)
        })
    }

    /// Whether the statement at `index` ends whatever `order` was before.
    fn opposes(&self, index: usize, order: usize) -> bool {
        let facts = self.facts.unwrap_or_default();
        let fact = &facts[index];
        let mine = fact.about.as_deref() == Some(&facts[order].id);
        index > order
            && match fact.kind.as_str() {
                "suspended" | "objection_raised" | "closed" | "revoked" => true,
                "patient_wish" | "family_inference" => {
                    says_more(fact) && text(&facts[order].body, "cpr_instruction") != "full_cpr"
                }
                "phone_tested" => mine && is_dead(fact),
                "submitted" => !mine && self.last_request(order, index).is_some(),
                _ => false,
            }
    }

    /// Whether something stands open at `index` over which nobody can sign.
    fn is_open(&self, order: usize, index: usize) -> bool {
        let facts = self.facts.unwrap_or_default();
        if text(&facts[order].body, "cpr_instruction") == "full_cpr" {
            return false;
        }
        let wants_cpr = |kind: &str| {
            self.newest(kind, index)
                .is_some_and(|fact| text(&fact.body, "cpr") == "full_cpr")
        };
        let tests = facts[order..index].iter().filter(|fact| {
            fact.kind == "phone_tested"
                && fact.about.as_deref() == Some(&facts[order].id)
                && text(&fact.body, "number") == "phone_24h"
        });
        let dead = tests.fold(false, |dead, test| match text(&test.body, "result") {
            "not_in_use" => true,
            "answered" => false,
            _ => dead,
        });
        self.open_objection(index)
            || wants_cpr("patient_wish")
            || wants_cpr("family_inference")
            || dead
    }

    /// A paper of this day or an earlier one says nothing new.
    fn paper_floor(&self, order: usize, end: usize) -> i64 {
        let facts = self.facts.unwrap_or_default();
        let raised = (0..end).filter(|index| {
            let fact = &facts[*index];
            self.opposes(*index, order)
                || matches!(
                    fact.kind.as_str(),
                    "suspended" | "objection_raised" | "closed" | "revoked"
                )
                || fact.kind == "phone_tested" && is_dead(fact)
                || matches!(fact.kind.as_str(), "patient_wish" | "family_inference")
                    && says_more(fact)
        });
        // What was answered by a signature since does not count twice, unless it was about everything.
        let last = self
            .signatures
            .iter()
            .rfind(|signature| signature.order == order);
        let raised = raised.filter(|index| {
            let superseded = facts[*index].kind == "submitted";
            !superseded || last.is_none_or(|last| last.at < *index)
        });
        raised
            .map(|index| day_of(facts[index].at))
            .chain(last.map(|last| last.signed_on))
            .max()
            .unwrap_or(i64::MIN)
    }

    fn open_objection(&self, end: usize) -> bool {
        let facts = &self.facts.unwrap_or_default()[..end];
        facts.iter().enumerate().any(|(index, raised)| {
            raised.kind == "objection_raised"
                && !facts[index..].iter().any(|fact| {
                    fact.kind == "objection_settled" && fact.about.as_ref() == Some(&raised.id)
                })
        })
    }

    /// Where what was not revoked begins.
    fn after_revocation(&self, end: usize) -> usize {
        let facts = &self.facts.unwrap_or_default()[..end];
        facts
            .iter()
            .rposition(|fact| fact.kind == "revoked")
            .map_or(0, |index| index + 1)
    }

    fn order_named(&self, id: Option<&str>, end: usize) -> Option<usize> {
        let facts = self.facts?;
        (self.after_revocation(end)..end).find(|index| {
            facts[*index].kind == "physician_order" && Some(facts[*index].id.as_str()) == id
        })
    }

    /// The order last put before the physician; without one, the one last written.
    fn ruling(&self) -> Option<usize> {
        let facts = self.facts?;
        let orders: Vec<usize> = (self.after_revocation(facts.len())..facts.len())
            .filter(|index| facts[*index].kind == "physician_order")
            .collect();
        let put = orders
            .iter()
            .filter_map(|order| Some((self.last_request(*order, facts.len())?, *order)));
        put.max().map(|(_, order)| order).or(orders.last().copied())
    }

    /// The newest wish or inference that speaks of CPR and was not revoked.
    fn newest(&self, kind: &str, end: usize) -> Option<&'a Fact> {
        let facts = self.facts?;
        facts[self.after_revocation(end)..end]
            .iter()
            .rfind(|fact| fact.kind == kind && !text(&fact.body, "cpr").is_empty())
    }
}

fn speaks_of_cpr(fact: &Fact) -> bool {
    match fact.kind.as_str() {
        "physician_order" | "objection_raised" => true,
        "patient_wish" | "family_inference" => !text(&fact.body, "cpr").is_empty(),
        _ => false,
    }
}

/// A wish for anything but no CPR.
fn says_more(fact: &Fact) -> bool {
    matches!(text(&fact.body, "cpr"), "full_cpr" | "undecided")
}

fn is_dead(fact: &Fact) -> bool {
    text(&fact.body, "number") == "phone_24h" && text(&fact.body, "result") == "not_in_use"
}

/// A code or words; what is unknown or was not asked is empty.
/// A telephone of some person has an area code: 119 and #7119 are answered by others. An extension does not count.
fn is_long_number(phone: &str) -> bool {
    let line = phone.split(' ').next().unwrap_or_default();
    line.chars().filter(char::is_ascii_digit).count() >= 10
}

fn text<'v>(body: &'v Value, key: &str) -> &'v str {
    body[key].as_str().unwrap_or_default()
}

fn day(body: &Value, key: &str) -> Option<i64> {
    parse(body[key].as_str()?)
}

/// The day in Japan, counted from 1970-01-01.
pub fn day_of(ms: i64) -> i64 {
    (ms + 9 * 3_600_000).div_euclid(86_400_000)
}

fn parse(iso: &str) -> Option<i64> {
    let mut parts = iso.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    Some(number(year, month, day))
}

/// `2026-11-25` of a day counted from 1970.
pub fn iso(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Days from 1970-01-01 to a date, by counting every year and month between.
fn number(year: i64, month: i64, day: i64) -> i64 {
    let leaps = |year: i64| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    let months: i64 = (1..month).map(|month| length(year, month)).sum();
    years + months + day - 1
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn civil(day: i64) -> (i64, i64, i64) {
    let mut year = 1970 + day.div_euclid(366);
    while number(year + 1, 1, 1) <= day {
        year += 1;
    }
    let mut rest = day - number(year, 1, 1);
    let mut month = 1;
    while rest >= length(year, month) {
        rest -= length(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

/// The same day months later, or that month's last.
pub fn months_later(from: i64, months: i64) -> i64 {
    let (year, month, day) = civil(from);
    let count = year * 12 + month - 1 + months;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    number(year, month, day.min(length(year, month)))
}

/// A birthday: who was born on 29 February has it on 1 March of other years.
pub fn months_later_strict(from: i64, months: i64) -> i64 {
    let (year, month, day) = civil(from);
    let count = year * 12 + month - 1 + months;
    number(count.div_euclid(12), count.rem_euclid(12) + 1, 1) + day - 1
}
