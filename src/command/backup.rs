//! `hikitsugi backup`, `restore`, `verify` and `key new`: everything in one encrypted file, and the proof that it comes
//! back.
//!
//! The file is gzip inside the age format, to one or more public keys: whoever makes backups cannot read them, and the
//! plain tools `age` and `gunzip` open them without this program.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use clap::Args;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::out::Out;
use super::progress::Progress;
use super::system::{SystemClock, SystemEntropy};
use super::{Failure, audit};
use crate::config::Given;
use crate::domain::clock::{Clock, Entropy};
use crate::store::backup::{self, Purpose, Summary};
use crate::store::{MasterKey, Store};

#[derive(Args)]
pub struct Wanted {
    #[command(flatten)]
    settings: Given,
    /// 控えを書くファイル。すでにあるファイルには書きません
    file: PathBuf,
    /// 控えを開ける公開の鍵(age1…)。2つ以上書けます
    #[arg(
        long = "to",
        value_name = "KEY",
        env = "HIKITSUGI_BACKUP_TO",
        value_delimiter = ',',
        required = true
    )]
    to: Vec<String>,
}

#[derive(Args)]
pub struct Checked {
    /// 控えのファイル
    file: PathBuf,
    /// 秘密の鍵のファイル(hikitsugi key new で作ったもの)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Args)]
pub struct Wanting {
    #[command(flatten)]
    settings: Given,
    #[command(flatten)]
    checked: Checked,
}

/// Makes a key: the secret part into a file for its owner alone, the public part on the terminal.
pub fn new_key(out: &Path) -> Result<(), Failure> {
    let place = Out::prepare(out, &SystemEntropy)?;
    let identity = Identity::generate();
    let public = identity.to_public();
    let text = format!(
        "# 引き継ぎ 控えの秘密の鍵。印刷して2か所の金庫に置き、このファイルはサーバーから消してください。\n\
         # これがないと控えは開けません。人に渡すと、その人がすべての記録を読めます。\n\
         # 公開の鍵: {public}\n{}\n",
        identity.to_string().expose_secret()
    );
    place.keep(text.as_bytes())?;
    println!(
        "秘密の鍵を {} に書きました。印刷して金庫へ、ファイルはサーバーの外へ",
        out.display()
    );
    println!("公開の鍵(--to に書きます): {public}");
    Ok(())
}

pub async fn run(wanted: Wanted) -> Result<(), Failure> {
    let keys: Vec<Recipient> = wanted
        .to
        .iter()
        .map(|key| public(key))
        .collect::<Result<_, _>>()?;
    let settings = wanted.settings.settle()?;
    let out = Out::prepare(&wanted.file, &SystemEntropy)?;
    let store = Store::open_to_read(&settings.database, settings.master_key).await?;
    let progress = Progress::start("控えを書いています");
    let written = write_out(&store, &keys, out).await;
    drop(progress);
    store.close().await;
    println!("{}: {}", wanted.file.display(), told(&written?));
    Ok(())
}

/// Writes a backup into its place, whole or not at all.
pub(super) async fn write_out(
    store: &Store,
    keys: &[Recipient],
    mut out: Out,
) -> Result<Summary, Failure> {
    let summary = match write(store, keys, out.file()).await {
        Ok(summary) => summary,
        Err(backup::BackupError::Io(error)) => return Err(out.failed(&error)),
        Err(error) => return Err(error.into()),
    };
    out.finish()?;
    Ok(summary)
}

async fn write(
    store: &Store,
    keys: &[Recipient],
    file: &mut File,
) -> Result<Summary, backup::BackupError> {
    let io = backup::BackupError::Io;
    let keys = keys.iter().map(|key| key as &dyn age::Recipient);
    let sealed =
        age::Encryptor::with_recipients(keys).map_err(|error| io(io::Error::other(error)))?;
    let sealed = sealed.wrap_output(BufWriter::new(file)).map_err(io)?;
    let mut packed = GzEncoder::new(sealed, Compression::fast());
    let mut line = |text: &str| {
        packed.write_all(text.as_bytes())?;
        packed.write_all(b"\n")
    };
    let summary = backup::dump(store, SystemClock.now(), &mut line).await?;
    let sealed = packed.finish().map_err(io)?;
    sealed
        .finish()
        .and_then(|mut file| file.flush())
        .map_err(io)?;
    Ok(summary)
}

pub(super) fn public(key: &str) -> Result<Recipient, Failure> {
    let words = "は公開の鍵ではありません。age1 で始まる文字を書いてください";
    key.trim()
        .parse()
        .map_err(|_| Failure(format!("「{key}」{words}")))
}

pub(super) fn told(summary: &Summary) -> String {
    format!(
        "{}施設、入居者{}人、意思と指示{}件、紙{}枚、操作の記録{}件(全{}行)",
        summary.of("facility"),
        summary.of("resident"),
        summary.of("statement"),
        summary.of("document"),
        summary.of("audit"),
        summary.rows()
    )
}

/// The lines of a backup.
type Lines = BufReader<GzDecoder<age::stream::StreamReader<BufReader<File>>>>;

fn named(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure(format!("{} を読めません: {why}", path.display()))
}

/// The secret key of a file.
fn secret(path: &Path) -> Result<Identity, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| named(path, &error))?;
    let secret = text
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("AGE-SECRET-KEY-"));
    let identity: Identity = secret
        .and_then(|line| line.parse().ok())
        .ok_or_else(|| named(path, &"AGE-SECRET-KEY- で始まる行がありません"))?;
    Ok(identity)
}

fn open(path: &Path, identity: &Identity) -> Result<Lines, Failure> {
    let file = File::open(path).map_err(|error| named(path, &error))?;
    let sealed = age::Decryptor::new_buffered(BufReader::new(file))
        .map_err(|_| named(path, &"控えのファイルではありません"))?;
    let plain = sealed
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .map_err(|_| {
            named(
                path,
                &"この鍵では開けません。別の鍵で作られたか、壊れています",
            )
        })?;
    Ok(BufReader::new(GzDecoder::new(plain)))
}

async fn load(
    store: &Store,
    path: &Path,
    identity: &Identity,
    purpose: Purpose,
) -> Result<Summary, Failure> {
    let mut lines = open(path, identity)?;
    let mut next = || {
        let mut line = String::new();
        match lines.read_line(&mut line)? {
            0 => Ok(None),
            _ => Ok(Some(line)),
        }
    };
    let loaded = backup::load(store, purpose, &mut next).await;
    let broken = |why: &dyn std::fmt::Display| {
        Failure(format!("{}: {why}。何も戻していません", path.display()))
    };
    let summary = loaded.map_err(|error| match error {
        // What does not open by its key, or does not unpack, was changed or cut.
        backup::BackupError::Io(_) => broken(&"壊れているか、途中で切れています"),
        error => broken(&error),
    })?;
    // Behind the end there is nothing: reading on proves the last part of the seal.
    match next() {
        Ok(None) => Ok(summary),
        _ => Err(broken(&"終わりのあとに何かあります")),
    }
}

pub async fn restore(wanted: Wanting) -> Result<(), Failure> {
    let settings = wanted.settings.settle()?;
    // Proved before anything is written.
    let Checked { file, key } = &wanted.checked;
    let identity = secret(key)?;
    let summary = proved_here(file, &identity).await?;
    let store = Store::open(&settings.database, settings.master_key).await?;
    let progress = Progress::start("戻しています");
    let restored = load(&store, file, &identity, Purpose::Restore(SystemClock.now())).await;
    drop(progress);
    store.close().await;
    if restored? != summary {
        return Err(Failure(
            "確かめたときと、戻したときの中身が違います".to_owned(),
        ));
    }
    println!("戻しました: {}", told(&summary));
    println!(
        "蘇生についての指示は、どれも医師の確認待ちです(それまで心肺蘇生を行います)。控えのあとに撤回されたものが、控えには入っていないためです"
    );
    println!(
        "控えのあとに無効にした紙と病院のページ、停止した職員、変えたパスワードは、控えのときに戻っています。もう一度無効にし、停止してください"
    );
    println!(
        "全員がログインし直します。控えのあとに発行した紙のQRコードは開けません。紙を発行し直してください"
    );
    Ok(())
}

pub async fn verify(checked: Checked) -> Result<(), Failure> {
    let summary = proved_here(&checked.file, &secret(&checked.key)?).await?;
    println!("戻せることを確かめました: {}", told(&summary));
    Ok(())
}

async fn proved_here(file: &Path, identity: &Identity) -> Result<Summary, Failure> {
    let _progress = Progress::start("戻せるか確かめています");
    proved(file, identity, &std::env::temp_dir()).await
}

/// Restores into a database of a folder that is thrown away, reads it out again, compares, and walks its audit.
pub(super) async fn proved(
    file: &Path,
    identity: &Identity,
    within: &Path,
) -> Result<Summary, Failure> {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = Folder(within.join(format!(".hikitsugi-verify-{random}")));
    let made = std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700)
        .create(&folder.0);
    made.map_err(|error| Failure(format!("{} を作れません: {error}", folder.0.display())))?;
    let url = format!("sqlite:{}", folder.0.join("verify.db").display());
    let store = Store::open(&url, MasterKey::fresh()?).await?;
    let now = SystemClock.now();
    let outcome = async {
        let summary = load(&store, file, identity, Purpose::Verify(now)).await?;
        let again = backup::dump(&store, now, &mut |_| Ok(())).await?;
        if again != summary {
            return Err(Failure("戻したものが控えと違います".to_owned()));
        }
        audit::walk(&store, &mut |_, _| {}).await?;
        Ok(summary)
    }
    .await;
    store.close().await;
    outcome
}

/// Plain records: gone with whoever made them.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}
