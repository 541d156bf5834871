//! `hikitsugi import residents`: residents from CSV or Excel, all or nothing.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::progress::Progress;
use super::system::{SystemClock, SystemEntropy};
use super::{Failure, permit};
use crate::config::{Given, Settings};
use crate::domain::clock::Clock;
use crate::domain::date::Day;
use crate::domain::id::FacilityId;
use crate::domain::import::{Action, MAX_BYTES, Mapping, Plan, Table};
use crate::domain::permit::{Actor, ReadResident, Role};
use crate::store::{Store, StoreError, facility};
use crate::web::import::run::{self, Residents};

#[derive(Args)]
pub struct Wanted {
    #[command(flatten)]
    settings: Given,
    /// CSV(UTF-8・Shift_JIS)かExcel(.xlsx)のファイル
    file: PathBuf,
    /// 取り込む先の施設のID
    #[arg(long, value_name = "ID")]
    facility: String,
    /// 試しに読むだけで、何も取り込まない
    #[arg(long)]
    dry_run: bool,
}

pub async fn residents(wanted: Wanted) -> Result<(), Failure> {
    let settings = wanted.settings.settle()?;
    let table = read(&wanted.file)?;
    let mapping = Mapping::guess(&table);
    show_mapping(&table, &mapping);
    let store = open(&settings).await?;
    let done = import(&store, &wanted.facility, &table, &mapping, wanted.dry_run).await;
    store.close().await;
    done
}

async fn open(settings: &Settings) -> Result<Store, Failure> {
    Ok(Store::open(&settings.database, settings.master_key.clone()).await?)
}

fn read(path: &Path) -> Result<Table, Failure> {
    let named = |cause: &dyn std::fmt::Display| Failure(format!("{}: {cause}", path.display()));
    let file = std::fs::File::open(path)
        .map_err(|error| named(&format!("ファイルを開けません: {error}")))?;
    let mut bytes = Vec::new();
    // One byte more than may be read tells that there is more.
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1;
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| named(&format!("ファイルを読めません: {error}")))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Table::read(&bytes, &name).map_err(|error| named(&error))
}

async fn import(
    store: &Store,
    facility: &str,
    table: &Table,
    mapping: &Mapping,
    dry_run: bool,
) -> Result<(), Failure> {
    let actor = Actor::console(FacilityId::from(facility), Role::Manager);
    let known = facility::get(store, &permit::<ReadResident>(&actor)?).await;
    let name = match known {
        Ok(known) => known.name,
        Err(StoreError::NotFound) => {
            return Err(Failure(format!(
                "施設「{facility}」はありません。--facility を確かめてください"
            )));
        }
        Err(error) => return Err(error.into()),
    };
    let checking = Progress::start("名簿を確かめています");
    let residents = Residents::load(store, &permit(&actor)?).await?;
    let today = Day::of(SystemClock.now());
    let plan = run::dry_run(table, mapping, &residents, today);
    drop(checking);
    show_warnings(&plan);
    if !plan.problems.is_empty() {
        for problem in &plan.problems {
            eprintln!("{problem}");
        }
        return Err(Failure(format!(
            "{}か所に直すところがあります。何も取り込んでいません",
            plan.problems.len()
        )));
    }
    let counts = format!(
        "新しく登録 {}人、更新 {}人、変わりなし {}人",
        plan.added(),
        plan.updated(),
        plan.same()
    );
    if dry_run {
        show_changes(&plan);
        println!("{name}: {counts}(試しに読んだだけで、何も取り込んでいません)");
        return Ok(());
    }
    let working = Progress::start("取り込んでいます");
    run::carry_out(
        store,
        &permit(&actor)?,
        &plan,
        &residents,
        &SystemClock,
        &SystemEntropy,
    )
    .await?;
    drop(working);
    println!("{name}: {counts}。取り込みました");
    Ok(())
}

fn show_mapping(table: &Table, mapping: &Mapping) {
    println!(
        "{}: 見出しは{}行目、入居者は{}行",
        table.source,
        table.header_line(),
        table.len()
    );
    for column in table.columns() {
        let letter = column.letter();
        let header = column.header.replace('\n', " ");
        match (column.refused(), mapping.target(column.index)) {
            (Some(why), _) => println!("  {letter}列 {header} → 取り込みません({why})"),
            (None, Some(target)) => println!("  {letter}列 {header} → {}", target.label),
            (None, None) => println!("  {letter}列 {header} → (取り込みません)"),
        }
    }
}

fn show_warnings(plan: &Plan) {
    for row in &plan.rows {
        for warning in &row.warnings {
            println!("注意 {}行目: {warning}", row.line);
        }
    }
}

fn show_changes(plan: &Plan) {
    for row in &plan.rows {
        if let Action::Update { changes, .. } = &row.action {
            for change in changes {
                println!(
                    "{}行目 {}: {} → {}",
                    row.line, change.label, change.before, change.after
                );
            }
        }
    }
}
