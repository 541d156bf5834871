//! Identifiers made by the program: UUIDv7 text, so that rows written together lie together.
//!
//! An identifier is never a secret. What must not be guessed (a session, a QR link) is a token in `domain::link`.

use super::clock::{Clock, Entropy};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub String);

        impl $name {
            pub fn new(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
                Self(new_uuid(clock, entropy))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

ids! {
    /// A care facility, or the city office that operates the service.
    FacilityId,
    ResidentId,
    /// One person who signs in; never shared between people.
    StaffId,
    /// An issued document.
    DocumentId,
    /// Documents that were issued together, to be printed as one file.
    BinderId,
    /// One sending of a document by FAX.
    FaxId,
    /// One emergency of a resident, from 急変 until its record is ended.
    TransportId,
    /// One stay of a resident in hospital.
    HandoffId,
    /// One giving of a document to a hospital.
    SendingId,
    /// One desk of a hospital in the facility's directory.
    DeskId,
    /// One statement about the last stage of life.
    StatementId,
}

/// A UUIDv7 in its usual text form.
pub fn new_uuid(clock: &dyn Clock, entropy: &dyn Entropy) -> String {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(clock.now().0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random)
        .into_uuid()
        .to_string()
}
