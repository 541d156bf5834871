//! S20: who read and changed what, in a chain that shows where it was touched.

use hikitsugi::domain::id::ResidentId;
use hikitsugi::domain::permit::{ReadAudit, ReadResident};
use hikitsugi::store::audit::{self, Break, Verdict};
use hikitsugi::store::{Author, Entry};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::town::{Town, head};

/// A hand at the shell that knows about the triggers.
async fn tamper(town: &Town, sql: &str) {
    if town.bench.is_sqlite() {
        let sql = format!(
            "drop trigger if exists audit_no_update; drop trigger if exists audit_no_delete; {sql}"
        );
        let mut connection = SqliteConnection::connect(&town.bench.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    } else {
        let sql = format!("alter table audit disable trigger user; {sql}");
        let mut connection = PgConnection::connect(&town.bench.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    }
}

async fn verdict(town: &Town) -> Verdict {
    audit::verify(town.store(), &town.permit()).await.unwrap()
}

/// A town whose hill has a chain of ten entries: itself, two people, seven residents.
async fn town_with_ten_entries(bench: crate::support::Bench) -> Town {
    let town = Town::new(bench).await;
    for room in 201..208 {
        town.admit(&head("山田 花子", "やまだ はなこ", &room.to_string()))
            .await;
    }
    assert!(matches!(
        verdict(&town).await,
        Verdict::Whole { entries: 10, .. }
    ));
    town
}

both_databases! {
    async fn s20_a_changed_entry_is_named(bench: Bench) {
        let town = town_with_ten_entries(bench).await;
        for (column, value) in [
            ("at", "at + 1"), ("actor", "'誰か'"), ("actor_id", "'x'"), ("action", "'sheet.read'"),
            ("subject", "null"), ("detail", "'{}'"), ("source", "'192.0.2.99'"),
        ] {
            let facility = &town.hill;
            let this = format!("where facility_id = '{facility}' and seq = 7");
            tamper(&town, &format!("create table kept as select {column} as v from audit {this}; update audit set {column} = {value} {this}")).await;
            assert_eq!(verdict(&town).await, Verdict::Broken { seq: 7, what: Break::Changed }, "{column}");
            tamper(&town, &format!("update audit set {column} = (select v from kept) {this}; drop table kept")).await;
            assert!(matches!(verdict(&town).await, Verdict::Whole { .. }), "{column}");
        }
    }

    async fn s20_a_missing_entry_is_named(bench: Bench) {
        let town = town_with_ten_entries(bench).await;
        tamper(&town, &format!("delete from audit where facility_id = '{}' and seq = 4", town.hill)).await;
        assert_eq!(verdict(&town).await, Verdict::Broken { seq: 4, what: Break::Missing });
    }

    async fn s20_a_cut_off_tail_is_named(bench: Bench) {
        let town = town_with_ten_entries(bench).await;
        tamper(&town, &format!("delete from audit where facility_id = '{}' and seq > 8", town.hill)).await;
        assert_eq!(verdict(&town).await, Verdict::Broken { seq: 9, what: Break::Missing });
    }

    async fn s20_a_head_that_was_set_back_is_named(bench: Bench) {
        let town = town_with_ten_entries(bench).await;
        tamper(&town, &format!("update chain_head set seq = 8 where facility_id = '{}'", town.hill)).await;
        assert_eq!(verdict(&town).await, Verdict::Broken { seq: 8, what: Break::HeadDisagrees });
        tamper(&town, &format!("delete from chain_head where facility_id = '{}'", town.hill)).await;
        assert_eq!(verdict(&town).await, Verdict::Broken { seq: 1, what: Break::HeadDisagrees });
    }

    async fn s20_the_whole_chain_may_not_vanish(bench: Bench) {
        let town = town_with_ten_entries(bench).await;
        tamper(&town, "delete from audit; delete from chain_head").await;
        assert_eq!(verdict(&town).await, Verdict::Broken { seq: 1, what: Break::Missing });
    }

    async fn s26_one_facility_reads_its_own_chain_only(bench: Bench) {
        let town = town_with_ten_entries(bench).await;
        let lake: Vec<_> = audit::list(town.store(), &town.lake_permit(), None, None, 100).await.unwrap();
        assert_eq!(lake.len(), 3);
        assert!(lake.iter().all(|entry| entry.subject.is_none()));
        tamper(&town, &format!("update audit set at = 0 where facility_id = '{}'", town.hill)).await;
        let verdict = audit::verify(town.store(), &town.lake_permit()).await.unwrap();
        assert!(matches!(verdict, Verdict::Whole { entries: 3, .. }));
    }

    async fn s20_reads_that_wait_together_are_all_written(bench: Bench) {
        let town = Town::new(bench).await;
        let resident = ResidentId::from("somebody");
        let permit = town.permit::<ReadResident>();
        let reads = (0..200).map(|n| {
            let (store, permit, resident, at) = (town.store().clone(), permit.clone(), resident.clone(), town.now());
            tokio::spawn(async move {
                let entry = Entry::new("sheet.read", Some(&resident), json!({"n": n}));
                store.note_read(&permit, at, entry).await
            })
        });
        for read in reads.collect::<Vec<_>>() {
            read.await.unwrap().unwrap();
        }
        let entries = audit::list(town.store(), &town.permit(), Some(&resident), None, 1000).await.unwrap();
        let mut seen: Vec<_> = entries.iter().map(|entry| entry.detail.clone()).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 200);
        assert!(matches!(verdict(&town).await, Verdict::Whole { entries: 203, .. }));
    }

    async fn entries_are_read_page_by_page(bench: Bench) {
        let town = town_with_ten_entries(bench).await;
        let permit = town.permit::<ReadAudit>();
        let mut before = None;
        let mut seen = Vec::new();
        loop {
            let page = audit::list(town.store(), &permit, None, before, 4).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.seq);
            seen.extend(page.iter().map(|entry| entry.seq));
        }
        assert_eq!(seen, (1..=10).rev().collect::<Vec<i64>>());
    }

    async fn a_stranger_at_the_door_is_written_down_too(bench: Bench) {
        let town = Town::new(bench).await;
        let entry = Entry::new("session.refused", None, json!({}));
        town.store().note_read(Author::stranger("203.0.113.5"), town.now(), entry).await.unwrap();
        let heads = audit::heads(town.store(), &operator()).await.unwrap();
        assert!(heads.iter().any(|head| head.facility_id.as_str() == "system" && head.seq == 1));
        let verdict = audit::verify_system(town.store(), &operator()).await.unwrap();
        assert!(matches!(verdict, Verdict::Whole { entries: 1, .. }));
    }
}

fn operator() -> hikitsugi::domain::permit::Permit<hikitsugi::domain::permit::OperateService> {
    use hikitsugi::domain::id::FacilityId;
    use hikitsugi::domain::permit::{Actor, Role};
    Actor::console(FacilityId::from("city"), Role::Operator)
        .permit()
        .unwrap()
}
