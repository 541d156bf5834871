//! `hikitsugi serve`: opens the database and answers until told to stop.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::system::{SystemClock, SystemEntropy};
use super::{Failure, nightly};
use crate::config::Settings;
use crate::domain::clock::{Clock, Entropy};
use crate::domain::form::Forms;
use crate::domain::handoff::clock::Rules;
use crate::domain::protocol::Protocols;
use crate::store::{Store, instance, key};
use crate::web::listen::tls::Tls;
use crate::web::listen::{self, Listening, Proxies};
use crate::web::mail::Mailer;
use crate::web::{self, App, Net, Parts, auth};

/// How often the files of the certificate are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);

pub async fn run(settings: Settings) -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .init();
    std::panic::set_hook(Box::new(log_panic));
    let data = Data::read(&settings)?;
    let backups = settings
        .backups
        .as_ref()
        .map(nightly::Plan::of)
        .transpose()?;
    let mailer = settings
        .mail
        .as_ref()
        .map(|(server, from)| Mailer::new(server, from))
        .transpose()
        .map_err(Failure)?;
    let proxies = Proxies::parse(&settings.trusted_proxies)
        .map_err(|cause| Failure(format!("trusted_proxies: {cause}")))?;
    let tls = match &settings.tls {
        Some((cert, key)) => Some(Arc::new(Tls::read(cert, key).map_err(Failure)?)),
        None => None,
    };
    let listener = bind("listen", settings.listen).await?;
    let metrics = match settings.metrics_listen {
        Some(address) => Some(bind("metrics_listen", address).await?),
        None => None,
    };
    let store = Store::open(&settings.database, settings.master_key.clone()).await?;
    let app = app(store.clone(), data, settings.base_url.clone(), mailer).await?;
    let how = Listening {
        tls: tls.clone(),
        proxies,
        counted: app.net.figures.connections.clone(),
        ..Listening::default()
    };
    tracing::info!(
        listen = %settings.listen,
        base_url = settings.base_url,
        tls = tls.is_some(),
        places = how.places,
        "serving"
    );
    let beside = [
        tls.map(|tls| tokio::spawn(watch_certificate(app.clone(), tls))),
        metrics.map(|listener| {
            let router = web::watch_router(app.clone());
            let how = Listening::default();
            tokio::spawn(listen::serve(listener, router, how, std::future::pending()))
        }),
    ];
    let back_up = async {
        match backups {
            Some(plan) => nightly::watch(&store, &plan).await,
            None => std::future::pending().await,
        }
    };
    // A task of its own: a backup that works for a while must not keep the door. Neither of the other two ends by itself;
    // a backup that is cut off leaves nothing behind.
    let mut serving = tokio::spawn(listen::serve(
        listener,
        web::router(app),
        how,
        told_to_stop(),
    ));
    tokio::select! {
        served = &mut serving => served?,
        () = watch_key(&store) => {}
        () = back_up => {}
    }
    for task in beside.into_iter().flatten() {
        task.abort();
    }
    tracing::info!("stopped");
    store.close().await;
    Ok(())
}

/// Lets a master key that somebody added take over within a minute.
async fn watch_key(store: &Store) {
    let mut minutes = tokio::time::interval(std::time::Duration::from_secs(60));
    loop {
        minutes.tick().await;
        match key::reseal(store, SystemClock.now()).await {
            Ok(sealed) if sealed.anew > 0 => {
                tracing::info!(facilities = sealed.anew, "sealed by a new master key");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the master key cannot be read anew"),
        }
    }
}

async fn watch_certificate(app: App, tls: Arc<Tls>) {
    tls.keep_watch(app.clock.as_ref(), LOOK_EVERY, |days| {
        app.net.figures.certificate_ends_in(days);
    })
    .await;
}

/// Where it was, and what was written there; a text that was put together may hold anything.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string);
    let words = panic.payload().downcast_ref::<&str>();
    tracing::error!(at, words, "panicked");
}

/// Takes the port first: a port in use is the commonest reason not to start, and nothing else was touched yet.
pub async fn bind(setting: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure(format!(
            "{address} で待ち受けできません: {error}。{setting} に別のポートを指定してください"
        ))
    })
}

/// What is data and not program: each built in, and replaced or added to by files.
pub struct Data {
    pub forms: Forms,
    pub protocols: Protocols,
    pub clocks: Rules,
    /// See [`Parts::shows_digits`].
    pub shows_digits: bool,
}

impl Data {
    /// # Errors
    /// Every mistake of every file, a line each.
    pub fn read(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            forms: read_forms(settings.forms.as_deref())?,
            protocols: read_protocols(settings.protocols.as_deref())?,
            clocks: match &settings.clocks {
                Some(path) => read_clocks(path)?,
                None => Rules::built_in(),
            },
            shows_digits: false,
        })
    }
}

fn read_clocks(path: &Path) -> Result<Rules, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure(format!("{shown} を読めません: {error}")))?;
    Rules::parse(&text).map_err(|mistake| Failure(format!("{shown}: {mistake}")))
}

/// The handlers' shared parts, on the machine's own clock and chance.
pub async fn app(
    store: Store,
    data: Data,
    base_url: String,
    mailer: Option<Mailer>,
) -> Result<App, Failure> {
    let (clock, entropy) = (SystemClock, SystemEntropy);
    let mut fresh = [0; 32];
    entropy.fill(&mut fresh);
    let token_key = instance::get_or_create(&store, "api_token_key", &fresh, clock.now()).await?;
    Ok(App::new(Parts {
        store,
        forms: data.forms,
        protocols: data.protocols,
        clocks: data.clocks,
        passwords: auth::Passwords::new(&entropy),
        shows_digits: data.shows_digits,
        clock: Box::new(clock),
        entropy: Box::new(entropy),
        base_url,
        token_key,
        mailer,
        net: Net::default(),
    }))
}

/// Answers plainly on `listener` until `stop` is done, then lets running requests finish.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let how = Listening {
        counted: app.net.figures.connections.clone(),
        ..Listening::default()
    };
    listen::serve(listener, web::router(app), how, stop).await;
}

/// Ends at ctrl-C or when the machine's service manager says so.
pub async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}

/// The built-in forms with those of a folder.
///
/// # Errors
/// Every mistake of every file, a line each.
pub fn read_forms(folder: Option<&Path>) -> Result<Forms, Failure> {
    let files = match folder {
        Some(folder) => read_folder(folder)?,
        None => Vec::new(),
    };
    Forms::with_folder(&files).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure(lines.join("\n"))
    })
}

/// The built-in areas with those of a folder.
///
/// # Errors
/// Every mistake of every file, a line each.
pub fn read_protocols(folder: Option<&Path>) -> Result<Protocols, Failure> {
    let files = match folder {
        Some(folder) => read_folder(folder)?,
        None => Vec::new(),
    };
    Protocols::with_files(&files).map_err(|mistakes| Failure(mistakes.join("\n")))
}

/// File names and texts of a folder's `*.toml`, by name.
pub fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Failure(format!("{} を読めません: {error}", path.display()))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            files.push((path.display().to_string(), text));
        }
    }
    files.sort();
    Ok(files)
}
