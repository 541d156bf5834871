//! The commands of the program, one file each.

mod audit;
mod backup;
mod binder;
pub mod demo;
mod forms;
mod import;
mod init;
mod invite;
mod key;
pub mod nightly;
mod out;
mod print;
mod progress;
mod protocols;
mod serve;
pub mod system;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::Given;
use crate::domain::permit::{Action, Actor, Permit};

/// 引き継ぎ: 施設から救急隊・病院へ、入居者の情報をつなぐ
#[derive(Parser)]
#[command(name = "hikitsugi", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 架空の市で試す: 新しいデータベースを作り、サービスを動かす
    Demo(demo::Options),
    /// サービスを動かす
    Serve(Given),
    /// 市の運用担当の最初のアカウントを作る
    Init {
        #[command(flatten)]
        settings: Given,
        /// ログイン名
        #[arg(long)]
        login: String,
        /// 氏名
        #[arg(long)]
        name: String,
    },
    /// スマートフォンも予備の番号もなくした市の運用担当のために、パスワードを決め直す番地を出す(24時間、1回だけ)
    Invite {
        #[command(flatten)]
        settings: Given,
        /// 運用担当のログイン名
        #[arg(long)]
        login: String,
    },
    /// 様式ファイルを確かめる
    Forms {
        #[command(subcommand)]
        command: FormsCommand,
    },
    /// 地域の取り決めのファイルを確かめる
    Protocols {
        #[command(subcommand)]
        command: ProtocolsCommand,
    },
    /// 1人分の紙を発行し、PDFのファイルにする
    Print(print::Wanted),
    /// 施設の全員の紙を発行し、さくいんの付いた1つのPDFにする: 画面が使えないときの備え
    Binder(binder::Wanted),
    /// ファイルから取り込む
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// 控え(バックアップ)を1つの暗号ファイルに書く。サービスが動いたままでよい
    Backup(backup::Wanted),
    /// 控えから、空のデータベースに戻す。蘇生の指示は、どれも医師の確認待ちになる
    Restore(backup::Wanting),
    /// 控えが読めて戻せることを、戻してみて確かめる。データベースは変えない
    Verify(backup::Checked),
    /// 鍵
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// 操作の記録を確かめる
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Subcommand)]
enum FormsCommand {
    /// 様式ファイルの誤りを、ファイル・行・桁とともに示す
    Check {
        /// 様式のフォルダー(なければ組み込みの様式)
        dir: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum ProtocolsCommand {
    /// 取り決めのファイルの誤りを、ファイル・行・桁とともに示す
    Check {
        /// 取り決めのフォルダー(なければ組み込みの地域)
        dir: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum ImportCommand {
    /// 名簿から入居者を取り込む。1行でも直すところがあれば、何も取り込まない
    Residents(import::Wanted),
}

#[derive(Subcommand)]
enum KeyCommand {
    /// 控えの鍵を作る: 秘密の部分はファイルへ(印刷して金庫へ)、公開の部分は画面へ
    New {
        /// 秘密の鍵を書くファイル
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 記録を閉じる鍵を新しくする。サービスが動いたままでよい
    Rotate(Given),
    /// 記録を閉じる鍵と、それで閉じている施設の数を示す
    List(Given),
}

#[derive(Subcommand)]
enum AuditCommand {
    /// すべての記録の鎖をたどり、最初の切れ目を示す
    Verify(Given),
}

/// Why a command failed, in one line.
#[derive(Debug)]
pub struct Failure(pub String);

impl<E: std::fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Runs one command to its end.
///
/// # Errors
/// One clear line for standard error; the exit code is then 1.
pub fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Demo(options) => block_on(demo::run(options)),
        Command::Serve(given) => block_on(serve::run(given.settle()?)),
        Command::Init {
            settings,
            login,
            name,
        } => block_on(init::run(settings.settle()?, login, name)),
        Command::Invite { settings, login } => block_on(invite::run(settings.settle()?, login)),
        Command::Forms {
            command: FormsCommand::Check { dir },
        } => forms::check(dir.as_deref()),
        Command::Protocols {
            command: ProtocolsCommand::Check { dir },
        } => protocols::check(dir.as_deref()),
        Command::Print(wanted) => block_on(until_stopped(NO_PAPER, print::run(wanted))),
        Command::Binder(wanted) => block_on(until_stopped(NO_PAPER, binder::run(wanted))),
        Command::Import {
            command: ImportCommand::Residents(wanted),
        } => block_on(import::residents(wanted)),
        Command::Backup(wanted) => {
            block_on(until_stopped("控えは書いていません", backup::run(wanted)))
        }
        Command::Restore(wanted) => {
            block_on(until_stopped("何も戻していません", backup::restore(wanted)))
        }
        Command::Verify(wanted) => block_on(until_stopped(
            "確かめ終わっていません",
            backup::verify(wanted),
        )),
        Command::Key {
            command: KeyCommand::New { out },
        } => backup::new_key(&out),
        Command::Key {
            command: KeyCommand::Rotate(given),
        } => block_on(key::rotate(given.settle()?)),
        Command::Key {
            command: KeyCommand::List(given),
        } => block_on(key::list(given.settle()?)),
        Command::Audit {
            command: AuditCommand::Verify(given),
        } => block_on(audit::verify(given.settle()?)),
    }
}

fn permit<A: Action>(actor: &Actor) -> Result<Permit<A>, Failure> {
    actor
        .permit()
        .map_err(|_| Failure("この操作の権限がありません".to_owned()))
}

/// Gives up cleanly when somebody stops the program: no part of a file is left behind.
async fn until_stopped(
    left: &str,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    tokio::select! {
        done = work => done,
        () = serve::told_to_stop() => Err(Failure(format!("中止しました。{left}"))),
    }
}

const NO_PAPER: &str =
    "ファイルは書いていません。紙が発行されたかは「発行した紙」の画面で確かめてください";

fn block_on<F: Future<Output = Result<(), Failure>>>(work: F) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
