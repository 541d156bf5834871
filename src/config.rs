//! Settings of the service, each by flag, by environment variable or in a file; the first that is given wins in that
//! order. A wrong setting stops the start and is named.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::store::MasterKey;

/// Where the database is, unless said otherwise.
pub const DEFAULT_DATABASE: &str = "sqlite:hikitsugi.db";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// What can be set, as it was given.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// データベース: sqlite:ファイル または postgres://利用者@ホスト/名前(既定 sqlite:hikitsugi.db)
    #[arg(long, env = "HIKITSUGI_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// 待ち受けるアドレスとポート(既定 127.0.0.1:8080)
    #[arg(long, env = "HIKITSUGI_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// QRコードに入る公開アドレス。例 https://q.example.lg.jp(既定は待ち受けるアドレス)
    #[arg(long, env = "HIKITSUGI_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// 様式のフォルダー。同じ key の様式を置き換え、新しい key の様式を加える
    #[arg(long, env = "HIKITSUGI_FORMS", value_name = "DIR")]
    forms: Option<PathBuf>,
    /// 地域の取り決めのフォルダー。同じ key の地域を置き換え、新しい key の地域を加える
    #[arg(long, env = "HIKITSUGI_PROTOCOLS", value_name = "DIR")]
    protocols: Option<PathBuf>,
    /// 入退院の期限と加算の目安のファイル(clocks/rules.toml と同じ書き方)。組み込みのものに代わる
    #[arg(long, env = "HIKITSUGI_CLOCKS", value_name = "FILE")]
    clocks: Option<PathBuf>,
    /// お知らせのメールを送るサーバー。例 smtp://利用者:パスワード@ホスト:587?tls=required(既定は送らない)
    #[arg(
        long,
        env = "HIKITSUGI_SMTP",
        value_name = "URL",
        hide_env_values = true
    )]
    smtp: Option<String>,
    /// お知らせのメールの差出人。例 noreply@example.lg.jp
    #[arg(long, env = "HIKITSUGI_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// 記録を閉じる鍵のファイル(既定はデータベースのファイル名に .key を付けたもの。PostgreSQL では hikitsugi.key)
    #[arg(long, env = "HIKITSUGI_MASTER_KEY_FILE", value_name = "FILE")]
    master_key_file: Option<PathBuf>,
    /// 記録を閉じる鍵を画面に書くプログラム。空白で区切り、シェルは通さない
    #[arg(long, env = "HIKITSUGI_MASTER_KEY_COMMAND", value_name = "COMMAND")]
    master_key_command: Option<String>,
    /// 記録を閉じる鍵そのもの。環境変数で渡す(引数に書くと、ほかの利用者に見える)
    #[arg(
        long,
        env = "HIKITSUGI_MASTER_KEY",
        value_name = "KEY",
        hide = true,
        hide_env_values = true
    )]
    #[serde(skip)]
    master_key: Option<String>,
    /// 控えを置くフォルダー。serve が毎日控えを取り、戻せることを確かめる(backup_to も要る)
    #[arg(long, env = "HIKITSUGI_BACKUP_DIR", value_name = "DIR")]
    backup_dir: Option<PathBuf>,
    /// 控えの写しを置く2つ目のフォルダー。別のディスクや機械に
    #[arg(long, env = "HIKITSUGI_BACKUP_SECOND_DIR", value_name = "DIR")]
    backup_second_dir: Option<PathBuf>,
    /// 控えを開ける公開の鍵(age1…)。コンマで区切って2つ以上書ける
    #[arg(long, env = "HIKITSUGI_BACKUP_TO", value_name = "KEYS")]
    backup_to: Option<String>,
    /// TLSの証明書(PEM。中間証明書も続ける)。tls_key とともに。変わると再起動なしに読み直す(既定はTLSなし)
    #[arg(long, env = "HIKITSUGI_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// TLSの秘密鍵(PEM、パスワードなし、モード600)
    #[arg(long, env = "HIKITSUGI_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// 前に置くプロキシのアドレス。ここからの X-Forwarded-For だけを信じる。例 10.0.0.5,10.1.0.0/16(既定はなし)
    #[arg(long, env = "HIKITSUGI_TRUSTED_PROXIES", value_name = "ADDRESSES")]
    trusted_proxies: Option<String>,
    /// 指標(/metrics)を出す別のアドレスとポート。外から届かないものにする。例 127.0.0.1:9464(既定は出さない)
    #[arg(long, env = "HIKITSUGI_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,
    /// 設定ファイル(TOML。名前は database, listen, base_url, forms, protocols, clocks, smtp, mail_from,
    /// master_key_file, master_key_command, backup_dir, backup_second_dir, backup_to, tls_cert, tls_key, trusted_proxies,
    /// metrics_listen)
    #[arg(long, env = "HIKITSUGI_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    config: Option<PathBuf>,
}

/// Backups that the service makes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    pub dir: PathBuf,
    pub second: Option<PathBuf>,
    /// Public keys, as they were written.
    pub to: Vec<String>,
}

/// Settings that have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `sqlite:…` or `postgres://…`.
    pub database: String,
    pub listen: SocketAddr,
    /// Scheme, host and port, without a slash at the end.
    pub base_url: String,
    pub forms: Option<PathBuf>,
    /// Rules of medical-control areas, one file an area.
    pub protocols: Option<PathBuf>,
    /// What is due by when around a stay in hospital.
    pub clocks: Option<PathBuf>,
    /// The mail server and the sender's address.
    pub mail: Option<(String, String)>,
    pub master_key: MasterKey,
    pub backups: Option<Backups>,
    /// Files of the certificate with its chain, and of its key.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Addresses and networks, as they were written.
    pub trusted_proxies: String,
    /// Where the figures are answered, and nothing else.
    pub metrics_listen: Option<SocketAddr>,
}

impl Given {
    /// Reads the settings file, if one is named, and checks every setting.
    ///
    /// # Errors
    /// One line that names the setting and says what to write.
    pub fn settle(self) -> Result<Settings, String> {
        let file = match &self.config {
            Some(path) => read(path)?,
            None => Self::default(),
        };
        let listen = self.listen.or(file.listen);
        let listen = address("listen", listen.as_deref().unwrap_or(DEFAULT_LISTEN))?;
        let metrics_listen = self.metrics_listen.or(file.metrics_listen);
        let metrics_listen = metrics_listen
            .map(|text| address("metrics_listen", &text))
            .transpose()?;
        let tls = match (
            self.tls_cert.or(file.tls_cert),
            self.tls_key.or(file.tls_key),
        ) {
            (None, None) => None,
            (Some(cert), Some(key)) => Some((cert, key)),
            (Some(_), None) => return Err("tls_cert には tls_key(秘密鍵)も必要です".to_owned()),
            (None, Some(_)) => return Err("tls_key には tls_cert(証明書)も必要です".to_owned()),
        };
        let base_url = match self.base_url.or(file.base_url) {
            Some(url) => check_base_url(&url)?,
            None if tls.is_some() => format!("https://{listen}"),
            None => format!("http://{listen}"),
        };
        if tls.is_some() && !base_url.starts_with("https://") {
            return Err(format!(
                "base_url「{base_url}」は、tls_cert とともには使えません。https:// で始めてください"
            ));
        }
        let database = self.database.or(file.database);
        let database = database.unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
        let given = (
            self.master_key_file.or(file.master_key_file),
            self.master_key_command.or(file.master_key_command),
            self.master_key,
        );
        let master_key = match given {
            (None, None, None) => MasterKey::File(key_beside(&database)),
            (Some(path), None, None) => MasterKey::File(path),
            (None, Some(command), None) => MasterKey::Command(command),
            (None, None, Some(key)) => MasterKey::Text(key),
            _ => {
                return Err(
                    "master_key_file、master_key_command、HIKITSUGI_MASTER_KEY は、どれか1つだけにしてください"
                        .to_owned(),
                );
            }
        };
        let to = self.backup_to.or(file.backup_to);
        let backups = match (
            self.backup_dir.or(file.backup_dir),
            self.backup_second_dir.or(file.backup_second_dir),
        ) {
            (None, None) => None,
            (None, Some(_)) => {
                return Err("backup_second_dir には backup_dir も必要です".to_owned());
            }
            (Some(dir), second) => {
                let to =
                    to.ok_or("backup_dir には backup_to(控えを開ける公開の鍵 age1…)も必要です")?;
                let to = to.split(',').map(|key| key.trim().to_owned()).collect();
                Some(Backups { dir, second, to })
            }
        };
        Ok(Settings {
            database,
            master_key,
            backups,
            listen,
            base_url,
            forms: self.forms.or(file.forms),
            protocols: self.protocols.or(file.protocols),
            clocks: self.clocks.or(file.clocks),
            mail: match (self.smtp.or(file.smtp), self.mail_from.or(file.mail_from)) {
                (None, None) => None,
                (Some(server), Some(from)) => Some((server, from)),
                (Some(_), None) => {
                    return Err("smtp には mail_from(差出人)も必要です".to_owned());
                }
                (None, Some(_)) => {
                    return Err("mail_from には smtp(メールサーバー)も必要です".to_owned());
                }
            },
            tls,
            trusted_proxies: self
                .trusted_proxies
                .or(file.trusted_proxies)
                .unwrap_or_default(),
            metrics_listen,
        })
    }
}

/// Where the master key of a database is, unless said otherwise.
pub fn key_beside(database: &str) -> PathBuf {
    match database.strip_prefix("sqlite:") {
        Some(path) => PathBuf::from(format!("{}.key", path.strip_prefix("//").unwrap_or(path))),
        None => PathBuf::from("hikitsugi.key"),
    }
}

fn read(path: &Path) -> Result<Given, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("設定ファイル {} を読めません: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("設定ファイル {}: {error}", path.display()))
}

fn address(setting: &str, text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("{setting}「{text}」は読めません。127.0.0.1:8080 のように書いてください")
    })
}

/// The address stands in a QR code in upper case, so it can have no path, and it must be short.
fn check_base_url(url: &str) -> Result<String, String> {
    let trimmed = url.trim_end_matches('/');
    let host = trimmed
        .strip_prefix("https://")
        .or_else(|| trimmed.strip_prefix("http://"))
        .unwrap_or_default();
    let plain = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
    if host.is_empty() || !plain || trimmed.len() > 60 {
        return Err(format!(
            "base_url「{url}」は使えません。https://q.example.lg.jp のように、パスのない60字までのアドレスを書いてください"
        ));
    }
    Ok(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_given_gives_the_defaults() {
        let settings = Given::default().settle().unwrap();
        assert_eq!(settings.database, DEFAULT_DATABASE);
        assert_eq!(settings.base_url, "http://127.0.0.1:8080");
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let listen = Given {
            listen: Some("8080".to_owned()),
            ..Given::default()
        };
        assert!(listen.settle().unwrap_err().contains("listen「8080」"));
        for url in ["ftp://a", "https://", "https://a/b", "https://日本"] {
            let given = Given {
                base_url: Some(url.to_owned()),
                ..Given::default()
            };
            assert!(given.settle().unwrap_err().contains("base_url"), "{url}");
        }
    }

    #[test]
    fn tls_needs_both_files_and_an_address_of_its_kind() {
        let given = |cert: Option<&str>, key: Option<&str>, url: Option<&str>| Given {
            tls_cert: cert.map(PathBuf::from),
            tls_key: key.map(PathBuf::from),
            base_url: url.map(str::to_owned),
            ..Given::default()
        };
        let both = given(Some("c.pem"), Some("k.pem"), None).settle().unwrap();
        assert_eq!(both.base_url, "https://127.0.0.1:8080");
        for (wrong, named) in [
            (given(Some("c.pem"), None, None), "tls_key"),
            (given(None, Some("k.pem"), None), "tls_cert"),
            (
                given(Some("c.pem"), Some("k.pem"), Some("http://q.example.lg.jp")),
                "base_url",
            ),
        ] {
            assert!(wrong.settle().unwrap_err().contains(named), "{named}");
        }
        let metrics = Given {
            metrics_listen: Some("9464".to_owned()),
            ..Given::default()
        };
        assert!(
            metrics
                .settle()
                .unwrap_err()
                .contains("metrics_listen「9464」")
        );
    }

    #[test]
    fn a_misspelt_name_in_the_file_is_named_with_its_line() {
        let error =
            toml::from_str::<Given>("database = \"sqlite:a.db\"\nlisten_on = \"x\"\n").unwrap_err();
        assert!(error.to_string().contains("listen_on"), "{error}");
    }
}
