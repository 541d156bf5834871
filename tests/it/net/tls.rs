//! TLS as browsers see it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use axum::http::StatusCode;
use hikitsugi::command::system::SystemClock;
use hikitsugi::domain::clock::Clock;
use hikitsugi::web::Net;
use hikitsugi::web::listen::Listening;
use hikitsugi::web::listen::tls::{Look, Tls};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::{listening, patient};
use crate::support::Folder;
use crate::support::program::wire;
use crate::support::service::{Answer, Service};
use crate::support::tools::output;

/// A certificate of this machine's and its key, in files.
struct Files {
    folder: Folder,
}

const KIND: &str = "[req]\ndistinguished_name=dn\n[dn]\n[own]\nsubjectAltName=IP:127.0.0.1\n";

impl Files {
    fn new() -> Self {
        let files = Self {
            folder: Folder::new(),
        };
        files.renew(30);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn cert(&self) -> PathBuf {
        self.path("cert.pem")
    }

    fn key(&self) -> PathBuf {
        self.path("key.pem")
    }

    /// Another certificate and another key in the same place.
    fn renew(&self, days: u32) {
        let kind = self.path("openssl.cnf");
        std::fs::write(&kind, KIND).unwrap();
        let plain = |path: PathBuf| path.to_str().unwrap().to_owned();
        let (cert, key, kind, days) = (
            plain(self.cert()),
            plain(self.key()),
            plain(kind),
            days.to_string(),
        );
        output(
            "openssl",
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=hikitsugi",
                "-config",
                &kind,
                "-extensions",
                "own",
                "-days",
                &days,
                "-keyout",
                &key,
                "-out",
                &cert,
            ],
        );
        self.mode(&self.key(), 0o600);
    }

    fn mode(&self, path: &Path, mode: u32) {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.cert()).unwrap()
    }

    fn tls(&self) -> Result<Tls, String> {
        Tls::read(&self.cert(), &self.key())
    }
}

/// Asks as a browser that trusts this certificate alone; also says which version was spoken.
async fn ask(
    port: u16,
    trusted: CertificateDer<'static>,
    versions: &[&'static rustls::SupportedProtocolVersion],
    request: &str,
) -> std::io::Result<(ProtocolVersion, Answer)> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut stream = TlsConnector::from(Arc::new(client))
        .connect(name, wire::connect(port).await)
        .await?;
    let version = stream.get_ref().1.protocol_version().unwrap();
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok((version, wire::read(&answer)))
}

const SIGN_IN: &str = "GET /signin HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";

async fn serving(tls: Arc<Tls>) -> Service {
    let how = Listening {
        tls: Some(tls),
        ..patient()
    };
    listening(how, Net::default()).await
}

#[tokio::test]
async fn browsers_come_in_by_1_2_and_1_3_and_come_back_by_tls_alone() {
    let files = Files::new();
    let service = serving(Arc::new(files.tls().unwrap())).await;
    for (version, spoken) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let (was, answer) = ask(service.port(), files.der(), &[version], SIGN_IN)
            .await
            .unwrap();
        assert_eq!((was, answer.status), (spoken, StatusCode::OK));
        assert_eq!(
            answer.headers["strict-transport-security"],
            "max-age=31536000; includeSubDomains"
        );
    }
    // Cookies are bound to the host and to TLS.
    let body = format!(
        "login=nurse&password={}",
        crate::support::service::PASSWORD
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<String>()
    );
    let post = format!(
        "POST /signin HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let (_, answer) = ask(service.port(), files.der(), rustls::ALL_VERSIONS, &post)
        .await
        .unwrap();
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-hikitsugi") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
}

/// The answer to the greeting of a client that knows this version at most, and nothing of later ones.
async fn greeted(port: u16, minor: u8) -> Vec<u8> {
    let mut hello = vec![3, minor];
    hello.extend([7; 32]);
    // No session, ECDHE with AES-128-GCM and with AES-CBC, no compression.
    hello.extend([0, 0, 4, 0xc0, 0x2b, 0xc0, 0x09, 1, 0]);
    // The curve P-256, its points plain, and ECDSA with it.
    hello.extend([0, 22, 0, 10, 0, 4, 0, 2, 0, 0x17, 0, 11, 0, 2, 1, 0]);
    hello.extend([0, 13, 0, 4, 0, 2, 4, 3]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut bytes = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    bytes.extend(hello);
    let mut stream = wire::connect(port).await;
    stream.write_all(&bytes).await.unwrap();
    let mut answer = vec![0; 7];
    stream.read_exact(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn an_older_version_is_refused() {
    /// A fatal alert: the version is not spoken here (RFC 8446, 6.2).
    const REFUSED: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 70];
    const SERVER_HELLO: (u8, u8) = (0x16, 2);
    let files = Files::new();
    let service = serving(Arc::new(files.tls().unwrap())).await;
    for minor in [0, 1, 2] {
        let answer = greeted(service.port(), minor).await;
        assert_eq!(answer, REFUSED, "3.{minor}");
    }
    let answer = greeted(service.port(), 3).await;
    assert_eq!((answer[0], answer[5]), SERVER_HELLO, "{answer:?}");
    // Nor is anything said plainly.
    let plain = wire::ask(service.port(), SIGN_IN.as_bytes()).await;
    assert!(
        !String::from_utf8_lossy(&plain).contains("HTTP"),
        "{plain:?}"
    );
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_is_not() {
    let files = Files::new();
    let tls = Arc::new(files.tls().unwrap());
    let service = serving(tls.clone()).await;
    let old = files.der();
    let shows = async |cert: CertificateDer<'static>| {
        ask(service.port(), cert, rustls::ALL_VERSIONS, SIGN_IN)
            .await
            .is_ok()
    };
    assert!(shows(old.clone()).await);
    assert_eq!(tls.look(), Look::Same);

    // Half a renewal: the key is new, the certificate is not.
    let whole = std::fs::read(files.cert()).unwrap();
    files.renew(60);
    let new = std::fs::read(files.cert()).unwrap();
    std::fs::write(files.cert(), &whole).unwrap();
    assert!(matches!(tls.look(), Look::Refused(cause) if cause.contains("tls_key")));
    assert_eq!(tls.look(), Look::Same, "it is told once");
    std::fs::remove_file(files.cert()).unwrap();
    assert!(matches!(tls.look(), Look::Refused(cause) if cause.contains("tls_cert")));
    assert!(shows(old.clone()).await);

    std::fs::write(files.cert(), &new).unwrap();
    assert_eq!(tls.look(), Look::New);
    assert!(shows(files.der()).await && !shows(old).await);
    assert_eq!(tls.days_left(SystemClock.now()), 59);
}

/// What the program says when it does not start.
fn refusal(more: &[&str]) -> String {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.path().join("test.db").display());
    let done = Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database", &database])
        .args(more)
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(
        !folder.path().join("test.db").exists(),
        "nothing was touched"
    );
    String::from_utf8(done.stderr).unwrap()
}

#[test]
fn a_wrong_setting_stops_the_start_and_is_named() {
    let (files, others) = (Files::new(), Files::new());
    let refused = |cert: &Path, key: &Path| {
        refusal(&[
            "--tls-cert",
            cert.to_str().unwrap(),
            "--tls-key",
            key.to_str().unwrap(),
        ])
    };
    let missing = files.path("missing.pem");
    assert!(refused(&missing, &files.key()).contains("tls_cert「"));
    assert!(refused(&files.cert(), &missing).contains("tls_key「"));
    assert!(refused(&files.key(), &files.key()).contains("tls_cert「"));
    assert!(refused(&files.cert(), &files.cert()).contains("tls_key「"));
    let other = refused(&files.cert(), &others.key());
    assert!(
        other.contains("tls_key「") && other.contains("tls_cert の証明書の鍵ではありません"),
        "{other}"
    );
    files.mode(&files.key(), 0o640);
    let open = refused(&files.cert(), &files.key());
    assert!(
        open.contains("tls_key「") && open.contains("chmod 600"),
        "{open}"
    );
    assert!(
        refusal(&["--trusted-proxies", "10.0.0.0/40"]).contains("trusted_proxies: 「10.0.0.0/40」")
    );
    assert!(refusal(&["--metrics-listen", "9464"]).contains("metrics_listen「9464」"));
}

#[test]
fn the_end_of_a_certificate_is_known() {
    let files = Files::new();
    let now = SystemClock.now();
    let tls = files.tls().unwrap();
    assert_eq!(tls.days_left(now), 29);
    assert_eq!(tls.days_left(now.plus_days(31)), -2);
}
