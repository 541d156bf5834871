//! Notices by e-mail, for who is not at a screen: what happened and when, and nothing of any person.
//!
//! The screens have all of it; an e-mail is a convenience on top. It is tried several times while the program runs, and
//! whether it went out stands in the facility's audit.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde_json::json;

use super::App;
use super::load;
use crate::domain::clock::Moment;
use crate::domain::id::FacilityId;
use crate::domain::transport::flow::Flow;
use crate::store::{Author, Entry, flow};

/// How often an e-mail is tried, and how long after the first, second … failure.
const AGAIN_AFTER: [Duration; 4] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
];
/// A paper that is scanned again and again is told once in this time.
const QUIET_MINUTES: i64 = 5;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    EmergencyBegan,
    ProtectionRaised,
    /// A paper was scanned outside an emergency.
    Scanned,
    /// A hospital opened what was sent to it, answered, or wrote about the discharge.
    HospitalOpened,
    /// The facility's sealed envelope.
    SealedOpened,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::EmergencyBegan => "emergency_began",
            Self::ProtectionRaised => "protection_raised",
            Self::Scanned => "scanned",
            Self::HospitalOpened => "hospital_opened",
            Self::SealedOpened => "sealed_opened",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::EmergencyBegan => "急変の記録が始まりました。",
            Self::ProtectionRaised => "意思や指示の撤回・停止・異議が記録されました。",
            Self::Scanned => "急変の記録がないときに、紙のQRコードが読み取られました。",
            Self::SealedOpened => "封筒の非常用アカウントが開かれました。",
            Self::HospitalOpened => "病院が書類を開いたか、返事・退院時の情報を書きました。",
        }
    }
}

/// The mail server, and from whom e-mails come.
pub struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// When each facility was told of each kind last.
    told: Mutex<HashMap<(FacilityId, Kind), Moment>>,
}

impl Mailer {
    /// For a server by its address: `smtp://user:password@host:587?tls=required`, `smtps://…`, or `smtp://127.0.0.1:25`.
    ///
    /// # Errors
    /// Which of the two cannot be read. The address is not repeated: it may hold a password.
    pub fn new(server: &str, from: &str) -> Result<Self, String> {
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(server)
            .map_err(|_| "smtp「…」は読めません。smtp://利用者:パスワード@ホスト:587?tls=required のように書いてください".to_owned())?
            .timeout(Some(Duration::from_secs(20)))
            .build();
        let from = from.parse().map_err(|_| {
            format!("mail_from「{from}」は読めません。noreply@example.lg.jp のように書いてください")
        })?;
        Ok(Self {
            server,
            from,
            told: Mutex::default(),
        })
    }

    /// Whether it is time to tell it again.
    fn is_due(&self, facility: &FacilityId, kind: Kind, now: Moment) -> bool {
        if kind != Kind::Scanned {
            return true;
        }
        let Ok(mut told) = self.told.lock() else {
            return true;
        };
        let last = told.get(&(facility.clone(), kind)).copied();
        let is_due = last.is_none_or(|last| last.plus_minutes(QUIET_MINUTES) <= now || last > now);
        if is_due {
            told.insert((facility.clone(), kind), now);
        }
        is_due
    }
}

/// Tells those whom the facility named, in the background. Without a mail server or anybody named, nothing happens.
pub fn tell(app: &App, facility: &FacilityId, kind: Kind) {
    let now = app.now();
    let is_due = |mailer: &Mailer| mailer.is_due(facility, kind, now);
    if app.mailer.as_ref().is_some_and(is_due) {
        let (app, facility) = (app.clone(), facility.clone());
        tokio::spawn(async move { send(&app, &facility, kind, now).await });
    }
}

async fn send(app: &App, facility: &FacilityId, kind: Kind, at: Moment) {
    let Some(mailer) = &app.mailer else { return };
    let written = match flow::newest_of(&app.store, facility).await {
        Ok(written) => written,
        Err(error) => {
            tracing::error!(%error, %facility, "addresses not read");
            return;
        }
    };
    let flow = written.and_then(|written| Flow::stored(&written.body).ok());
    let addresses: Vec<String> = flow.iter().flat_map(Flow::mails).collect();
    if addresses.is_empty() {
        return;
    }
    let letters = addresses.iter();
    let letters: Vec<Message> = letters
        .filter_map(|address| letter(app, mailer, address, kind, at))
        .collect();
    let sent = deliver(mailer, letters).await;
    let failed = addresses.len() - sent;
    let detail = json!({"kind": kind.code(), "sent": sent, "failed": failed});
    let author = Author::program(facility, "mail");
    let entry = Entry::new("notice.mailed", None, detail);
    if let Err(error) = app.store.note_read(author, app.now(), entry).await {
        tracing::error!(%error, %facility, "e-mail not noted");
    }
}

fn letter(app: &App, mailer: &Mailer, address: &str, kind: Kind, at: Moment) -> Option<Message> {
    let to: Mailbox = address.parse().ok()?;
    let words = format!(
        "{} {}\n\n内容はこのメールにはありません。画面で確かめてください。\n{}/\n",
        load::when(at),
        kind.words(),
        app.base_url
    );
    Message::builder()
        .from(mailer.from.clone())
        .to(to)
        .subject("引き継ぎ: お知らせがあります")
        .header(ContentType::TEXT_PLAIN)
        .body(words)
        .inspect_err(|error| tracing::error!(%error, "e-mail not written"))
        .ok()
}

/// How many the server took, now or a little later.
async fn deliver(mailer: &Mailer, mut letters: Vec<Message>) -> usize {
    let all = letters.len();
    for wait in AGAIN_AFTER.into_iter().map(Some).chain([None]) {
        let mut refused = Vec::new();
        for letter in letters {
            if let Err(error) = mailer.server.send(letter.clone()).await {
                // Its words may name whom it was for.
                let status = error.status().map(|status| status.to_string());
                tracing::warn!(status, "e-mail not taken");
                refused.push(letter);
            }
        }
        letters = refused;
        match wait {
            Some(wait) if !letters.is_empty() => tokio::time::sleep(wait).await,
            _ => break,
        }
    }
    all - letters.len()
}
