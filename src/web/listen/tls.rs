//! TLS 1.2 and 1.3, with a certificate that is read anew when its files change: a renewal needs no restart.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use time::{Date, Month, Time};

use crate::domain::clock::{Clock, Moment};
use crate::web::session::sha256;

/// Days before its end at which a certificate is warned of (security.md §3.2).
const WARNED: [i64; 4] = [21, 7, 1, 0];

/// Where the certificate is, and what of it is in use.
pub struct Tls {
    cert: PathBuf,
    key: PathBuf,
    settings: Arc<ServerConfig>,
    shown: Arc<Shown>,
    /// What the files held when they were looked at last, also if it was of no use.
    seen: Mutex<[u8; 32]>,
    /// The last of [`WARNED`] that was told.
    told: Mutex<Option<i64>>,
}

/// The certificate that the next connection gets.
#[derive(Debug)]
struct Shown(Mutex<InUse>);

#[derive(Clone, Debug)]
struct InUse {
    key: Arc<CertifiedKey>,
    ends: Moment,
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.get().key)
    }
}

impl Shown {
    fn get(&self) -> InUse {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }
}

/// What a look at the files gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    Same,
    New,
    /// The files changed, and cannot be used: the old certificate stays.
    Refused(String),
}

impl Tls {
    /// Reads a certificate with its chain and the key that belongs to it, both in PEM.
    ///
    /// # Errors
    /// Which setting is wrong, and why.
    pub fn read(cert: &Path, key: &Path) -> Result<Self, String> {
        let files = Files::read(cert, key)?;
        let shown = Arc::new(Shown(Mutex::new(files.checked(cert, key)?)));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut settings = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| format!("tls: {error}"))?
            .with_no_client_auth()
            .with_cert_resolver(shown.clone());
        settings.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            cert: cert.to_owned(),
            key: key.to_owned(),
            settings: Arc::new(settings),
            shown,
            seen: Mutex::new(files.digest()),
            told: Mutex::default(),
        })
    }

    pub(super) fn settings(&self) -> Arc<ServerConfig> {
        self.settings.clone()
    }

    /// Takes the files' new contents into use, if there are any.
    pub fn look(&self) -> Look {
        let files = match Files::read(&self.cert, &self.key) {
            Ok(files) => files,
            // Between two moves of a renewal a file may be missing; the next look finds it.
            Err(problem) => return self.once(sha256(problem.as_bytes()), Look::Refused(problem)),
        };
        let look = match files.checked(&self.cert, &self.key) {
            Ok(_) if self.has_seen(&files.digest()) => return Look::Same,
            Ok(new) => {
                *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = new;
                Look::New
            }
            Err(problem) => Look::Refused(problem),
        };
        self.once(files.digest(), look)
    }

    fn has_seen(&self, digest: &[u8; 32]) -> bool {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) == *digest
    }

    /// The same refusal is told once.
    fn once(&self, digest: [u8; 32], look: Look) -> Look {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *seen, digest) == digest {
            return Look::Same;
        }
        look
    }

    /// Whole days until the certificate ends; negative when it has.
    pub fn days_left(&self, now: Moment) -> i64 {
        (self.shown.get().ends.0 - now.0).div_euclid(24 * 3_600_000)
    }

    /// The last of 21, 7, 1 and 0 days that has come, when it was not told yet.
    fn is_due(&self, now: Moment) -> Option<i64> {
        let stage = stage(self.days_left(now));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *told, stage) == stage {
            return None;
        }
        stage
    }

    /// Looks at the files again and again, warns of the certificate's end, and tells how many days are left.
    pub async fn keep_watch(&self, clock: &dyn Clock, every: Duration, left: impl Fn(i64)) {
        loop {
            left(self.days_left(clock.now()));
            if self.is_due(clock.now()).is_some() {
                let days = self.days_left(clock.now());
                match days {
                    8.. => tracing::warn!(days, "the certificate ends soon"),
                    _ => tracing::error!(
                        days,
                        "the certificate ends, or has ended: nobody will get in"
                    ),
                }
            }
            tokio::time::sleep(every).await;
            match self.look() {
                Look::Same => {}
                Look::New => {
                    tracing::info!(
                        days = self.days_left(clock.now()),
                        "a new certificate is in use"
                    );
                }
                Look::Refused(cause) => {
                    tracing::error!(
                        cause,
                        "the new certificate cannot be used; the old one stays"
                    );
                }
            }
        }
    }
}

/// The last of the days of warning that has come.
fn stage(days: i64) -> Option<i64> {
    WARNED.into_iter().rev().find(|stage| days <= *stage)
}

/// What the two files hold.
struct Files {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    fn read(cert: &Path, key: &Path) -> Result<Self, String> {
        Ok(Self {
            cert: file("tls_cert", cert)?,
            key: file("tls_key", key)?,
        })
    }

    fn digest(&self) -> [u8; 32] {
        sha256(&[sha256(&self.cert), sha256(&self.key)].concat())
    }

    fn checked(&self, cert: &Path, key: &Path) -> Result<InUse, String> {
        let wrong = |setting: &str, path: &Path, cause: &str| {
            format!("{setting}「{}」は使えません: {cause}", path.display())
        };
        let mode = std::fs::metadata(key).map_or(0, |file| file.permissions().mode());
        if mode & 0o177 != 0 {
            return Err(wrong(
                "tls_key",
                key,
                &format!(
                    "ほかの利用者も読めます(モード {:o})。chmod 600 にしてください",
                    mode & 0o777
                ),
            ));
        }
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.cert)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong("tls_cert", cert, &error.to_string()))?;
        let Some(first) = chain.first() else {
            return Err(wrong("tls_cert", cert, "PEM の証明書がありません"));
        };
        let ends =
            ends(first).ok_or_else(|| wrong("tls_cert", cert, "証明書の有効期限を読めません"))?;
        let private = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| wrong("tls_key", key, "PEM の秘密鍵(パスワードなし)がありません"))?;
        let provider: CryptoProvider = aws_lc_rs::default_provider();
        let key =
            CertifiedKey::from_der(chain, private, &provider).map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => {
                    wrong("tls_key", key, "tls_cert の証明書の鍵ではありません")
                }
                error => wrong("tls_key", key, &error.to_string()),
            })?;
        Ok(InUse {
            key: Arc::new(key),
            ends,
        })
    }
}

fn file(setting: &str, path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path)
        .map_err(|error| format!("{setting}「{}」を読めません: {error}", path.display()))
}

/// Until when a certificate holds (RFC 5280, 4.1): the second time of its validity, behind version, serial number,
/// algorithm and issuer.
fn ends(certificate: &[u8]) -> Option<Moment> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    let (SEQUENCE, whole, _) = element(certificate)? else {
        return None;
    };
    let (SEQUENCE, mut fields, _) = element(whole)? else {
        return None;
    };
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    for _ in ["serial number", "algorithm", "issuer"] {
        fields = element(fields)?.2;
    }
    let (SEQUENCE, validity, _) = element(fields)? else {
        return None;
    };
    let (tag, text, _) = element(element(validity)?.2)?;
    time_of(tag, std::str::from_utf8(text).ok()?)
}

/// The first element of DER: its tag, what it holds, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            (
                digits
                    .iter()
                    .fold(0, |sum, digit| sum << 8 | usize::from(*digit)),
                rest,
            )
        }
        _ => return None,
    };
    let (inside, rest) = rest.split_at_checked(length)?;
    Some((*tag, inside, rest))
}

/// `YYMMDDHHMMSSZ` (up to 2049) or `YYYYMMDDHHMMSSZ`.
fn time_of(tag: u8, text: &str) -> Option<Moment> {
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED: u8 = 0x18;
    let text = text.strip_suffix('Z')?;
    let number = |text: &str| text.parse::<u8>().ok();
    let (year, rest) = match tag {
        UTC_TIME => {
            let short = i32::from(number(text.get(..2)?)?);
            (
                if short < 50 {
                    2000 + short
                } else {
                    1900 + short
                },
                text.get(2..)?,
            )
        }
        GENERALIZED => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| number(rest.get(at..at + 2)?);
    let month = Month::try_from(part(0)?).ok()?;
    let date = Date::from_calendar_date(year, month, part(2)?).ok()?;
    let time = Time::from_hms(part(4)?, part(6)?, part(8)?).ok()?;
    let seconds = date.with_time(time).assume_utc().unix_timestamp();
    Some(Moment(seconds * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warned_of_at_21_7_and_1_days_and_when_it_is_over() {
        let stages = [22, 21, 8, 7, 2, 1, 0, -5].map(stage);
        let expected = [
            None,
            Some(21),
            Some(21),
            Some(7),
            Some(7),
            Some(1),
            Some(0),
            Some(0),
        ];
        assert_eq!(stages, expected);
    }

    #[test]
    fn both_kinds_of_time_are_read_and_nothing_else() {
        let read = |tag, text| time_of(tag, text).map(|at| at.0);
        assert_eq!(read(0x17, "261123030000Z"), Some(1_795_402_800_000));
        assert_eq!(read(0x18, "20261123030000Z"), Some(1_795_402_800_000));
        assert_eq!(read(0x17, "700101000000Z"), Some(0));
        for wrong in [
            "261323030000Z",
            "2611230300Z",
            "261123030000",
            "",
            "Z",
            "あいうえおかZ",
        ] {
            assert_eq!(read(0x17, wrong), None, "{wrong}");
        }
        assert_eq!(read(0x0c, "261123030000Z"), None);
    }

    #[test]
    fn bytes_that_are_no_certificate_have_no_end() {
        for wrong in [
            &b""[..],
            b"\x30",
            b"\x30\x82\xff\xff",
            b"\x30\x02\x30\x00",
            b"\x30\x80",
            &[0x30; 64],
        ] {
            assert_eq!(ends(wrong), None, "{wrong:?}");
        }
    }
}
