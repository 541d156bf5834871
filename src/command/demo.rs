//! `hikitsugi demo`: a synthetic city in a fresh database, so that somebody can look at everything in a minute.

mod cases;
mod chance;
pub mod city;
mod draft;
mod fill;
mod folder;
mod history;
mod illness;
mod names;
mod person;
pub mod places;
mod roster;
mod said;
mod stay;
mod words;
mod writing;

use std::io::{IsTerminal, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use self::city::City;
use self::fill::Filled;
use self::folder::Folder;
use super::system::SystemEntropy;
use super::{Failure, serve};
use crate::config;
use crate::domain::date::Day;
use crate::domain::form::Forms;
use crate::domain::handoff::clock::Rules;
use crate::domain::protocol::Protocols;
use crate::store::{MasterKey, Store};

/// The city that everybody sees.
const SEED: u64 = 119;

#[derive(Args)]
pub struct Options {
    /// 待ち受けるポート(0 なら空いているポート)
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// データベースと印刷物を置くフォルダー(なければ一時フォルダー)。データベースのあるフォルダーは使えません
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 標準出力の1行目を、スクリプトのためのJSONにする
    #[arg(long)]
    json: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    let listener = serve::bind(
        "--port",
        SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)),
    )
    .await?;
    let url = format!("http://{}", listener.local_addr()?);
    let folder = Folder::fresh(options.data, &SystemEntropy)?;
    let database = format!("sqlite:{}", folder.database().display());
    let store = Store::open(&database, MasterKey::File(config::key_beside(&database))).await?;
    let app = serve::app(
        store.clone(),
        serve::Data {
            forms: Forms::built_in(),
            protocols: protocols()?,
            clocks: Rules::built_in(),
            shows_digits: true,
        },
        url.clone(),
        None,
    )
    .await?;
    let city = City::generate(SEED, Day::of(app.now()));
    let filled = fill::fill(&app, &city, show_progress).await?;
    folder.keep_papers(&filled.papers)?;
    // The port has been taken since the beginning: whoever reads this and connects is answered.
    let told = if options.json {
        for_scripts(&url, &filled)
    } else {
        for_people(&url, city.name, &filled, &folder)
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{told}")?;
    out.flush()?;
    drop(out);
    serve::serve(listener, app, serve::told_to_stop()).await;
    store.close().await;
    Ok(())
}

/// The built-in areas and the synthetic city's own: no real area's rules are claimed for a city that does not exist.
fn protocols() -> Result<Protocols, Failure> {
    let ours = ("minato.toml", include_str!("demo/minato.toml"));
    let files = [(ours.0.to_owned(), ours.1.to_owned())];
    Protocols::with_files(&files).map_err(|mistakes| Failure(mistakes.join("\n")))
}

fn show_progress(done: usize, of: usize) {
    if std::io::stderr().is_terminal() {
        let end = if done == of { "\n" } else { "" };
        eprint!("\r架空の市の記録を作っています {done}/{of}{end}");
    }
}

/// One line (contract.md).
fn for_scripts(url: &str, filled: &Filled) -> String {
    let accounts: Vec<_> = filled
        .accounts
        .iter()
        .map(|account| {
            let mut told = json!({"role": account.role.code(), "login": account.login, "password": account.password, "totp_secret": account.totp_secret});
            if let Some(facility) = &account.facility {
                told["facility"] = json!(facility);
            }
            told
        })
        .collect();
    json!({"url": url, "accounts": accounts, "scan_url": filled.scan_url}).to_string()
}

fn for_people(url: &str, city: &str, filled: &Filled, folder: &Folder) -> String {
    let mut lines = vec![
        format!("引き継ぎ デモ: 架空の「{city}」。人も施設も電話番号も実在しません"),
        String::new(),
        format!("  画面          {url}"),
        format!("  救急隊の画面  {}", filled.scan_url),
        format!("  印刷物        {}", folder.papers().display()),
        format!("  データベース  {}", folder.database().display()),
        "  ログインのときの6桁の番号は、見本なので画面に出ます".to_owned(),
    ];
    let mut facility = None;
    for account in &filled.accounts {
        if facility != Some(&account.facility) {
            facility = Some(&account.facility);
            lines.push(String::new());
            lines.push(
                account
                    .facility
                    .clone()
                    .unwrap_or_else(|| "市役所(入居者の情報は見られません)".to_owned()),
            );
        }
        lines.push(format!(
            "  {:<22} {}  {} {}",
            account.login,
            account.password,
            account.role.label(),
            account.name
        ));
    }
    lines.push(String::new());
    lines.push("Ctrl-C で終わります".to_owned());
    lines.join("\n")
}
