//! Which backups are kept: many of the last days, few of the last year (security.md §1.3, J-12).

use super::clock::Moment;
use super::date::Day;

/// Every backup of so many days is kept,
const DAYS: i64 = 14;
/// then the first of each week for so many weeks,
const WEEKS: i64 = 8;
/// then the first of each month for so many months. Together no more than 13 months.
const MONTHS: i32 = 12;

/// Of the backups made at these times, those that may go. The newest never goes, nor does one whose time is still to
/// come: a clock that was wrong is no reason to delete.
pub fn to_delete(made: &[Moment], now: Moment) -> Vec<Moment> {
    let today = Day::of(now);
    let mut made = made.to_vec();
    made.sort_unstable();
    made.dedup();
    let newest = made.last().copied();
    let mut last_kept: Option<Day> = None;
    let mut gone = Vec::new();
    for at in made {
        let day = Day::of(at);
        let age = day.days_until(today);
        let is_first = |same: fn(Day, Day) -> bool| last_kept.is_none_or(|kept| !same(kept, day));
        let stays = Some(at) == newest
            || age < DAYS
            || (age < 7 * WEEKS && is_first(same_week))
            || (day.plus_months(MONTHS) >= today && is_first(same_month));
        if stays {
            last_kept = Some(day);
        } else {
            gone.push(at);
        }
    }
    gone
}

fn same_week(one: Day, other: Day) -> bool {
    // The first day that the calendar knows, 25 January 1868, was a Saturday.
    let week = |day: Day| Day::FIRST.days_until(day).div_euclid(7);
    week(one) == week(other)
}

fn same_month(one: Day, other: Day) -> bool {
    (one.year(), one.month()) == (other.year(), other.month())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Moment = Moment(1_795_860_000_000);

    fn days_ago(days: i64) -> Moment {
        NOW.plus_days(-days)
    }

    #[test]
    fn a_backup_a_night_for_two_years_leaves_the_promised_generations() {
        let mut kept: Vec<Moment> = Vec::new();
        for day in (0..730).rev() {
            let now = days_ago(day);
            kept.push(now);
            let gone = to_delete(&kept, now);
            kept.retain(|at| !gone.contains(at));
        }
        let within = |from: i64, to: i64| {
            kept.iter()
                .filter(|at| (from..to).any(|day| days_ago(day) == **at))
                .count()
        };
        assert_eq!(within(0, 14), 14);
        assert!((5..=7).contains(&within(14, 56)), "{}", within(14, 56));
        assert!((10..=12).contains(&within(56, 400)), "{}", within(56, 400));
        assert_eq!(within(400, 730), 0);
    }

    #[test]
    fn the_newest_stays_however_old_and_what_is_to_come_is_left() {
        assert_eq!(to_delete(&[days_ago(3000)], NOW), []);
        assert_eq!(
            to_delete(&[days_ago(3000), days_ago(2999)], NOW),
            [days_ago(3000)]
        );
        assert_eq!(to_delete(&[days_ago(-3000), days_ago(-1)], NOW), []);
    }

    proptest! {
        #[test]
        fn deleting_twice_deletes_no_more_and_never_the_newest_fortnight(days in prop::collection::vec(-5i64..800, 1..60)) {
            let made: Vec<Moment> = days.into_iter().map(days_ago).collect();
            let gone = to_delete(&made, NOW);
            let kept: Vec<Moment> = made.iter().copied().filter(|at| !gone.contains(at)).collect();
            prop_assert!(kept.contains(made.iter().max().unwrap()));
            prop_assert!(gone.iter().all(|at| Day::of(*at).days_until(Day::of(NOW)) >= 14));
            prop_assert_eq!(to_delete(&kept, NOW), []);
        }
    }
}
