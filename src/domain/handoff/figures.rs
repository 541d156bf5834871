//! A facility's own figures of its stays in hospital, each with what it was counted from (domain/forms.md §3.3).

use crate::domain::date::Day;

/// What one stay counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub admitted_on: Option<Day>,
    /// When the first form that was not recalled and did arrive was given.
    pub sent_on: Option<Day>,
    pub received: bool,
    /// When anything was first written of the discharge.
    pub notice_on: Option<Day>,
    /// Home again.
    pub returned_on: Option<Day>,
    /// An order was stopped by it.
    pub order_stopped: bool,
    /// A physician signed after the return.
    pub order_signed: bool,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub of: usize,
    pub count: usize,
}

impl Share {
    fn add(&mut self, is: bool) {
        self.of += 1;
        self.count += usize::from(is);
    }

    /// In words; a share of nothing is no nought per cent.
    pub fn words(self) -> String {
        match self.of {
            0 => "まだ数えるものがありません".to_owned(),
            of => format!("{}/{of}件({}%)", self.count, self.count * 100 / of),
        }
    }
}

/// All figures of some time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub stays: usize,
    /// Of stays whose day of admission is known.
    pub same_day: Share,
    /// On the day itself or up to the third day after.
    pub within_3_days: Share,
    pub never: Share,
    /// Of those that were given.
    pub received: Share,
    /// Days from the first word of the discharge to the return, in order.
    pub notice_days: Vec<i64>,
    /// Days from admission to return, in order.
    pub days_to_return: Vec<i64>,
    /// Of orders that a return had stopped.
    pub reconfirmed: Share,
}

/// The middle of some numbers in their order: the lower one of two.
pub fn median(numbers: &[i64]) -> Option<i64> {
    numbers.get(numbers.len().checked_sub(1)? / 2).copied()
}

/// Counts stays. On the day of admission and until the third day after, a stay without a form is not yet a never.
pub fn figures(stays: &[Counted], today: Day) -> Figures {
    let mut all = Figures {
        stays: stays.len(),
        ..Figures::default()
    };
    for stay in stays {
        if let Some(admitted) = stay.admitted_on {
            let after = stay.sent_on.map(|sent| admitted.days_until(sent));
            if after.is_some() || admitted.days_until(today) > 3 {
                all.same_day.add(after.is_some_and(|days| days <= 0));
                all.within_3_days.add(after.is_some_and(|days| days <= 3));
                all.never.add(after.is_none());
            }
        }
        if stay.sent_on.is_some() {
            all.received.add(stay.received);
        }
        if let Some(returned) = stay.returned_on {
            all.notice_days
                .extend(stay.notice_on.map(|notice| notice.days_until(returned)));
            all.days_to_return.extend(
                stay.admitted_on
                    .map(|admitted| admitted.days_until(returned)),
            );
            if stay.order_stopped {
                all.reconfirmed.add(stay.order_signed);
            }
        }
    }
    all.notice_days.sort_unstable();
    all.days_to_return.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<Day> {
        Some(Day::parse(text).unwrap())
    }

    #[test]
    fn each_share_has_its_own_whole() {
        let today = day("2026-12-31").unwrap();
        let stays = [
            Counted {
                admitted_on: day("2026-11-01"),
                sent_on: day("2026-11-01"),
                received: true,
                notice_on: day("2026-11-15"),
                returned_on: day("2026-11-20"),
                order_stopped: true,
                order_signed: true,
            },
            Counted {
                admitted_on: day("2026-11-01"),
                sent_on: day("2026-11-04"),
                returned_on: day("2026-11-11"),
                order_stopped: true,
                ..Counted::default()
            },
            Counted {
                admitted_on: day("2026-11-01"),
                sent_on: day("2026-11-05"),
                ..Counted::default()
            },
            Counted {
                admitted_on: day("2026-12-01"),
                ..Counted::default()
            },
            // Two days ago: not yet a never.
            Counted {
                admitted_on: day("2026-12-29"),
                ..Counted::default()
            },
            Counted::default(),
        ];
        let all = figures(&stays, today);
        assert_eq!(all.stays, 6);
        assert_eq!(all.same_day, Share { of: 4, count: 1 });
        assert_eq!(all.within_3_days, Share { of: 4, count: 2 });
        assert_eq!(all.never, Share { of: 4, count: 1 });
        assert_eq!(all.received, Share { of: 3, count: 1 });
        assert_eq!(all.notice_days, [5]);
        assert_eq!(all.days_to_return, [10, 19]);
        assert_eq!(median(&all.days_to_return), Some(10));
        assert_eq!(all.reconfirmed, Share { of: 2, count: 1 });
        assert_eq!(
            figures(&[], today).never.words(),
            "まだ数えるものがありません"
        );
        assert_eq!(median(&[]), None);
    }
}
