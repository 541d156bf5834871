//! Many at once: nothing acknowledged is lost, nothing is done twice.

use std::future::Future;
use std::task::Poll;

use hikitsugi::domain::permit::{EditSheet, ReadResident};
use hikitsugi::store::audit::{self, Verdict};
use hikitsugi::store::{StoreError, sheet};

use super::town::{Town, head, revision};

const EDITORS: i64 = 8;
const SHEETS: i64 = 50;

both_databases! {
    async fn s24_eight_editors_lose_no_sheet(bench: Bench) {
        let town = Town::new(bench).await;
        let person = head("山田 花子", "やまだ はなこ", "201");
        let resident = town.admit(&person).await;
        let editors = (0..EDITORS).map(|editor| {
            let (store, resident, person) = (town.store().clone(), resident.clone(), person.clone());
            let (permit, at) = (town.permit::<EditSheet>(), town.now());
            tokio::spawn(async move {
                let mut current = 1;
                let mut acknowledged = Vec::new();
                for sheet in 0..SHEETS {
                    let text = format!("{editor}/{sheet}");
                    loop {
                        let done =
                            sheet::confirm(&store, &permit, &resident, current, &person, revision(&text), at).await;
                        match done {
                            Ok(revision) => {
                                current = revision;
                                acknowledged.push((revision, text));
                                break;
                            }
                            Err(StoreError::Conflict { current: now }) => current = now,
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
                acknowledged
            })
        });
        let mut acknowledged = Vec::new();
        for editor in editors.collect::<Vec<_>>() {
            acknowledged.extend(editor.await.unwrap());
        }
        acknowledged.sort();
        let numbers: Vec<i64> = acknowledged.iter().map(|(revision, _)| *revision).collect();
        assert_eq!(numbers, (2..=1 + EDITORS * SHEETS).collect::<Vec<_>>());
        let permit = town.permit::<ReadResident>();
        for (revision, text) in acknowledged {
            let kept = sheet::get(town.store(), &permit, &resident, revision).await.unwrap();
            assert_eq!(kept.body, text.as_bytes());
        }
        let verdict = audit::verify(town.store(), &town.permit()).await.unwrap();
        assert!(matches!(verdict, Verdict::Whole { entries, .. } if entries == 4 + EDITORS * SHEETS), "{verdict:?}");
    }

    async fn one_number_is_given_to_one_resident_only(bench: Bench) {
        let town = std::sync::Arc::new(Town::new(bench).await);
        let tries = (0..8).map(|_| {
            let town = std::sync::Arc::clone(&town);
            tokio::spawn(async move {
                let mut person = head("山田 花子", "やまだ はなこ", "201");
                person.number = Some("A-1".to_owned());
                town.try_admit(&person).await
            })
        });
        let mut admitted = Vec::new();
        let mut refused = Vec::new();
        for each in tries.collect::<Vec<_>>() {
            match each.await.unwrap() {
                Ok(id) => admitted.push(id),
                Err(StoreError::NumberTaken(id)) => refused.push(id),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(admitted.len(), 1);
        assert_eq!(refused, vec![admitted[0].clone(); 7]);
    }

    async fn serials_are_never_doubled(bench: Bench) {
        let town = Town::new(bench).await;
        let tries = (0..40).map(|_| {
            let (store, permit, at) = (town.store().clone(), town.permit(), town.now());
            tokio::spawn(async move { hikitsugi::store::document::take_serials(&store, &permit, 2026, 1, at).await })
        });
        let mut serials = Vec::new();
        for each in tries.collect::<Vec<_>>() {
            serials.push(each.await.unwrap().unwrap());
        }
        serials.sort_unstable();
        assert_eq!(serials, (1..=40).collect::<Vec<i64>>());
    }

    async fn s24_a_client_that_goes_away_leaves_the_writer_usable(bench: Bench) {
        let town = Town::new(bench).await;
        let person = head("山田 花子", "やまだ はなこ", "201");
        // Dropped at every point where it waits, as a handler is when its client disconnects.
        for waits in 0.. {
            let mut admission = Box::pin(town.try_admit(&person));
            let mut waited = 0;
            let done = std::future::poll_fn(|context| {
                waited += 1;
                match admission.as_mut().poll(context) {
                    Poll::Ready(done) => Poll::Ready(Some(done)),
                    Poll::Pending if waited > waits => Poll::Ready(None),
                    Poll::Pending => Poll::Pending,
                }
            });
            if let Some(done) = done.await {
                done.unwrap();
                assert!(waits > 0, "there was something to interrupt");
                break;
            }
        }
        let before = entries(&town).await;
        town.admit(&person).await;
        assert_eq!(entries(&town).await, before + 1);
    }
}

async fn entries(town: &Town) -> i64 {
    match audit::verify(town.store(), &town.permit()).await.unwrap() {
        Verdict::Whole { entries, .. } => entries,
        broken => panic!("{broken:?}"),
    }
}
