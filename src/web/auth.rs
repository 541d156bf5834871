//! Passwords: how they are hashed, and how much hashing the machine is asked to do at once.

mod common;
pub mod totp;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::WebError;
use super::gate::{Full, Gate};
use crate::domain::clock::Entropy;

/// The least number of characters of a password (security.md J-02).
pub const PASSWORD_MIN: usize = 13;
/// The most that is hashed; longer is refused, so that nobody makes the machine hash a book.
pub const PASSWORD_MAX: usize = 256;

/// How many hashes run at once, and how many may wait. A flood of sign-ins must not slow a crew's page.
const AT_ONCE: usize = 1;
const WAITING: usize = 8;
/// Memory in KiB and passes of Argon2id (OWASP's minimum; 32 ms on a small machine).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Hashes and checks passwords, a bounded number at a time.
pub struct Passwords {
    argon: Argon2<'static>,
    gate: Gate,
    /// A hash of nothing anybody knows: checked when a login does not exist, so that both take the same time.
    decoy: String,
}

/// Too many sign-ins are waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl Busy {
    /// Seconds after which it is worth trying again.
    pub const RETRY_SECONDS: u32 = 5;
}

impl From<Full> for Busy {
    fn from(Full: Full) -> Self {
        Self
    }
}

impl From<Busy> for WebError {
    fn from(Busy: Busy) -> Self {
        Self::Busy
    }
}

impl Passwords {
    /// # Panics
    /// Never: the parameters are constants within Argon2's limits.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let params =
            Params::new(MEMORY_KIB, PASSES, 1, None).expect("constants within Argon2's limits");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let decoy = hash_with(&argon, &secret, &salt);
        Self {
            argon,
            gate: Gate::new("passwords", AT_ONCE, WAITING),
            decoy,
        }
    }

    /// Hashes a new password. Takes tens of milliseconds of one core.
    pub fn hash(&self, password: &str, entropy: &dyn Entropy) -> String {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        hash_with(&self.argon, password.as_bytes(), &salt)
    }

    /// [`Self::hash`] for somebody who waits: in its turn, and where it holds up nobody.
    ///
    /// # Errors
    /// [`Busy`] when too many are waiting.
    pub async fn hash_in_turn(
        &self,
        password: &str,
        entropy: &dyn Entropy,
    ) -> Result<String, Busy> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let _turn = self.gate.enter().await?;
        let (argon, password) = (self.argon.clone(), password.to_owned());
        tokio::task::spawn_blocking(move || hash_with(&argon, password.as_bytes(), &salt))
            .await
            .map_err(|_| Busy)
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Whether `password` belongs to `hash`; with no hash, works as long and says no.
    ///
    /// # Errors
    /// [`Busy`] when too many are waiting.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Busy> {
        let _turn = self.gate.enter().await?;
        // Whoever was invited and chose none yet has no hash: that takes as long, too.
        let hash = hash.filter(|hash| !hash.is_empty());
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let password = password.to_owned();
        let argon = self.argon.clone();
        let matches = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|parsed| argon.verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
        .unwrap_or(false);
        Ok(known && matches)
    }
}

fn hash_with(argon: &Argon2<'_>, password: &[u8], salt: &[u8; 16]) -> String {
    argon
        .hash_password_with_salt(password, salt)
        .expect("a salt of 16 bytes and a bounded password")
        .to_string()
}

/// Whether a password may be chosen; if not, what to do. `own`: names of the facility and the person, and the login.
pub fn check_password(password: &str, own: &[&str]) -> Result<(), &'static str> {
    match password.chars().count() {
        0..PASSWORD_MIN => Err("13文字以上にしてください。短い文を並べると覚えやすくなります"),
        PASSWORD_MIN..=PASSWORD_MAX if common::is_common(password, own) => Err(
            "よく使われる言葉、施設や自分の名前、数字の並びだけでは、すぐに破られます。自分だけの短い文にしてください",
        ),
        PASSWORD_MIN..=PASSWORD_MAX => Ok(()),
        _ => Err("256文字までにしてください"),
    }
}
