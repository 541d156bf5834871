//! Connections: over TLS or plainly, one request after another, each with little time to say what it wants.
//!
//! HTTP/1.1 alone. What is asked here is a page, its style and its script; HTTP/2 would save nothing and bring its own ways
//! to exhaust a server.

mod crowd;
mod patience;
mod proxy;
pub mod tls;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

pub use self::crowd::{Counted, Guest};
use self::crowd::{Crowd, State};
use self::patience::Patient;
pub use self::proxy::{Proxies, first_bits};
use self::tls::Tls;

/// The most that a request's head may hold, in bytes and in lines.
const HEAD_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;

/// How connections are treated.
#[derive(Clone)]
pub struct Listening {
    /// Plainly without: behind a proxy, or on this machine.
    pub tls: Option<Arc<Tls>>,
    pub proxies: Proxies,
    /// As many connections as are open at once.
    pub places: usize,
    /// For the handshake, and for the head of a request; also how long a connection may rest between two.
    pub head_within: Duration,
    /// The other end takes something of its answer at least so often.
    pub taken_within: Duration,
    /// What runs when the service is told to stop has so long to end.
    pub ended_within: Duration,
    pub counted: Arc<Counted>,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            tls: None,
            proxies: Proxies::default(),
            places: places(),
            head_within: Duration::from_secs(15),
            taken_within: Duration::from_secs(30),
            ended_within: Duration::from_secs(30),
            counted: Arc::default(),
        }
    }
}

/// As many as the system lets this process have open files, less those for the database, and not without end.
fn places() -> usize {
    const MOST: usize = 4096;
    const OTHERS: usize = 128;
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|soft| soft.parse::<usize>().ok());
    files.map_or(512, |files| files.saturating_sub(OTHERS).clamp(64, MOST))
}

/// Answers on `listener` until `stop` is done; then lets what runs come to its end, for a while.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    how: Listening,
    stop: impl Future<Output = ()>,
) {
    let crowd = Crowd::new(how.places, how.counted.clone());
    let (stopping, told) = watch::channel(());
    // Every connection holds a sender, so the channel closes with the last of them.
    let (open, mut all_gone) = mpsc::channel::<()>(1);
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let (stream, peer) = accept(&listener).await;
            (stream, peer, crowd.place().await)
        };
        let (stream, peer, guest) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        let (how, router) = (how.clone(), router.clone());
        let (told, open) = (told.clone(), open.clone());
        tokio::spawn(async move {
            welcome(stream, peer, guest, router, &how, told).await;
            drop(open);
        });
    }
    drop(listener);
    drop((stopping, open));
    if tokio::time::timeout(how.ended_within, all_gone.recv())
        .await
        .is_err()
    {
        tracing::warn!("stopped with requests unanswered");
    }
}

/// The next connection. What fails here is that one's, or passes when others end.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "connection not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn welcome(
    stream: TcpStream,
    peer: SocketAddr,
    guest: Arc<Guest>,
    router: Router,
    how: &Listening,
    told: watch::Receiver<()>,
) {
    // Answers are small, and written whole.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, how.taken_within);
    let Some(tls) = &how.tls else {
        return talk(stream, peer, guest, router, how, told).await;
    };
    let handshake = TlsAcceptor::from(tls.settings()).accept(stream);
    let handshake = tokio::time::timeout(how.head_within, handshake);
    let mut told_now = told.clone();
    let stream = tokio::select! {
        stream = handshake => stream,
        () = guest.gives_way() => return,
        _ = told_now.changed() => return,
    };
    match stream {
        Ok(Ok(stream)) => talk(stream, peer, guest, router, how, told).await,
        _ => how.counted.is_broken(),
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: SocketAddr,
    guest: Arc<Guest>,
    router: Router,
    how: &Listening,
    mut told: watch::Receiver<()>,
) {
    let router = TowerToHyperService::new(router);
    let answer = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        guest.becomes(State::Asking);
        let mut request = request.map(Body::new);
        let source = how.proxies.source(peer.ip(), request.headers());
        let source = SocketAddr::new(source, peer.port());
        request.extensions_mut().insert(ConnectInfo(source));
        request.extensions_mut().insert(guest.clone());
        let answer = router.call(request);
        let guest = guest.clone();
        async move {
            let answer = answer.await;
            guest.becomes(State::Resting);
            answer.map_err(|never: Infallible| match never {})
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(how.head_within)
        .max_header_size(HEAD_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = pin!(connection);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            done = connection.as_mut() => {
                if done.is_err() {
                    how.counted.is_broken();
                }
                return;
            }
            () = guest.gives_way() => {
                if matches!(guest.state(), State::New | State::Asking) {
                    return;
                }
                connection.as_mut().graceful_shutdown();
            }
            _ = told.changed(), if !is_stopping => {
                is_stopping = true;
                // Whoever never asked has nothing to come.
                if guest.state() == State::New {
                    return;
                }
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
