//! Random histories of an envelope against a model of a few lines: it opens once, works twelve hours, and what was renewed
//! or withdrawn opens nothing (security.md J-11).

use hikitsugi::domain::clock::{Entropy, Moment};
use hikitsugi::domain::id::StaffId;
use hikitsugi::domain::sealed::State;
use hikitsugi::store::sealed::{self, NewEnvelope, Opening};
use hikitsugi::store::{StoreError, session};

use super::town::Town;

const STEPS: usize = 120;

/// What a history has come to: the code that is sealed, or the one that was opened, when and with which session.
#[derive(Clone, Copy, Debug)]
enum Model {
    Off,
    Sealed(u8),
    Opened { code: u8, token: u8, at: Moment },
}

fn hash(of: u8, kind: u8) -> [u8; 32] {
    let mut hash = [kind; 32];
    hash[0] = of;
    hash
}

both_databases! {
    async fn whatever_happens_an_envelope_opens_once_and_works_twelve_hours(bench: Bench) {
        let town = Town::new(bench).await;
        let (store, permit) = (town.store(), town.permit());
        let (account, mut model) = (StaffId(town.new_id()), Model::Off);
        let (mut codes, mut tokens, mut openings) = (0_u8, 0_u8, 0);
        for step in 0..STEPS {
            let mut dice = [0; 2];
            town.bench.entropy.fill(&mut dice);
            let now = town.now();
            match dice[0] % 8 {
                0 => {
                    codes += 1;
                    let new = NewEnvelope { staff: &account, login: "hijo-1", code_hash: &hash(codes, 1) };
                    assert_eq!(sealed::seal(store, &permit, new, now).await.unwrap(), "hijo-1");
                    model = Model::Sealed(codes);
                }
                1 => {
                    let done = sealed::withdraw(store, &permit, now).await;
                    match model {
                        Model::Off => assert!(matches!(done, Err(StoreError::NotFound)), "{step}: {done:?}"),
                        _ => done.unwrap(),
                    }
                    model = Model::Off;
                }
                2 | 3 => town.bench.clock.advance_minutes(i64::from(dice[1]) * 3),
                _ => {
                    // The newest code, or any that ever was.
                    let code = if dice[1] % 2 == 0 { codes } else { dice[1] % (codes + 1) };
                    tokens += 1;
                    let opening = Opening {
                        login: "hijo-1", code_hash: &hash(code, 1), who: "夜野 当番", source: "192.0.2.1", browser: "Windows Edge",
                        token_hash: &hash(tokens, 2),
                    };
                    let opened = sealed::open(store, opening, now).await.unwrap();
                    let may = matches!(model, Model::Sealed(sealed) if sealed == code);
                    assert_eq!(opened.is_some(), may, "{step}: {model:?} by {code}");
                    if may {
                        openings += 1;
                        model = Model::Opened { code, token: tokens, at: now };
                    }
                }
            }
            let now = town.now();
            let state = sealed::newest(store, &permit).await.unwrap().map_or(State::Closed, |one| one.state(now));
            let works = match model {
                Model::Opened { at, .. } => now < at.plus_minutes(12 * 60),
                _ => false,
            };
            let said = match (model, works) {
                (Model::Off, _) => matches!(state, State::Closed),
                (Model::Sealed(_), _) => state == State::Sealed,
                (Model::Opened { .. }, true) => matches!(state, State::Open { .. }),
                (Model::Opened { .. }, false) => state == State::Spent,
            };
            assert!(said, "{step}: {model:?} is {state:?}");
            for token in 1..=tokens {
                let found = session::find(store, &hash(token, 2), now).await.unwrap();
                let is_its = works && matches!(model, Model::Opened { token: its, .. } if its == token);
                assert_eq!(found.is_some(), is_its, "{step}: {model:?}, session {token}");
                let Some(found) = found else { continue };
                assert_eq!(found.staff_name, "非常用: 夜野 当番");
                let Model::Opened { code, .. } = model else { unreachable!() };
                let actor = found.actor("192.0.2.1");
                assert!(sealed::is_own_code(store, &actor, &hash(code, 1)).await.unwrap());
                assert!(!sealed::is_own_code(store, &actor, &hash(code + 1, 1)).await.unwrap());
            }
        }
        assert!(openings >= 3, "only {openings} of {STEPS} steps opened one");
    }
}
