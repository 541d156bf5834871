//! The resuscitation standing: derived at every read, never typed, never stored (safety.md S1–S17).

use super::clock::Moment;

/// One thing said about resuscitation. Nothing can be said yet, so there is no kind of statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {}

/// The statements could not be read; which is never a reason to do less (S1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// What holds now about cardiopulmonary resuscitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Something could not be read, parsed or decided.
    FullCprByFailure,
    /// Nothing is recorded.
    FullCpr,
}

/// The standing from what was said. The first rule that matches wins; anything unreadable is full CPR (S1).
pub fn standing(statements: Result<&[Statement], Unreadable>, _now: Moment) -> Standing {
    match statements {
        Err(Unreadable) => Standing::FullCprByFailure,
        Ok([]) => Standing::FullCpr,
        Ok([statement, ..]) => match *statement {},
    }
}

/// The words of the band that every surface shows. No form can leave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// What to do, in one sentence.
    pub headline: &'static str,
    /// Why, in a few words.
    pub reason: &'static str,
    /// That CPR continues until a physician says otherwise (S3).
    pub until: &'static str,
    /// What crews of this area do (S15). The default protocol is that they resuscitate and transport.
    pub area: &'static str,
}

impl Standing {
    pub const ALL: [Self; 2] = [Self::FullCprByFailure, Self::FullCpr];

    /// The code in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::FullCprByFailure => "full_cpr_by_failure",
            Self::FullCpr => "full_cpr",
        }
    }

    pub fn band(self) -> Band {
        let (headline, reason) = match self {
            Self::FullCprByFailure => (
                "心肺蘇生を実施してください",
                "記録を読み取れないため、通常どおりの対応とします",
            ),
            Self::FullCpr => (
                "心肺蘇生を実施してください(通常どおり)",
                "心肺蘇生についての医師の指示書や意思の記録はありません",
            ),
        };
        Band {
            headline,
            reason,
            until: "医師が電話で確認するまで、心肺蘇生を続けてください",
            area: "この地域では救急隊は蘇生を行い搬送します",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s01_what_cannot_be_read_is_full_cpr() {
        assert_eq!(
            standing(Err(Unreadable), Moment(0)),
            Standing::FullCprByFailure
        );
        assert!(
            Standing::FullCprByFailure
                .band()
                .headline
                .starts_with("心肺蘇生を実施してください")
        );
    }

    #[test]
    fn s07_the_standing_is_the_same_at_any_hour_when_nothing_was_said() {
        for now in [i64::MIN, 0, i64::MAX] {
            assert_eq!(standing(Ok(&[]), Moment(now)), Standing::FullCpr);
        }
    }

    #[test]
    fn s02_no_band_tells_anyone_to_withhold() {
        for standing in Standing::ALL {
            let band = standing.band();
            for words in [band.headline, band.reason, band.until, band.area] {
                for withheld in ["しないで", "不要", "行わない", "中止してください"]
                {
                    assert!(!words.contains(withheld), "{words}");
                }
            }
        }
    }

    #[test]
    fn s03_every_band_says_until_when() {
        for standing in Standing::ALL {
            assert!(standing.band().until.contains("医師が電話で確認するまで"));
        }
    }

    #[test]
    fn s15_the_default_protocol_stands_in_every_band() {
        for standing in Standing::ALL {
            assert_eq!(
                standing.band().area,
                "この地域では救急隊は蘇生を行い搬送します"
            );
        }
    }
}
