//! The QR link: a capability whose token only the paper holds (design.md 7).

use super::clock::Entropy;

/// Crockford's base32: no I, L, O, U, so that it survives fax, hand-writing and reading aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 26 characters of 5 bits: 130 random bits.
const TOKEN_LEN: usize = 26;

/// Random letters of the alphabet, 5 bits each.
pub(super) fn letters(entropy: &dyn Entropy, length: usize) -> String {
    let mut bytes = vec![0; length];
    entropy.fill(&mut bytes);
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    bytes.iter().map(letter).collect()
}

/// What was typed as so many letters of the alphabet, in any case, with those that Crockford allows for digits and with
/// spaces or hyphens.
pub(super) fn read_letters(typed: &str, length: usize) -> Option<String> {
    let read: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '\u{3000}'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let valid = read.len() == length && read.bytes().all(|b| ALPHABET.contains(&b));
    valid.then_some(read)
}

/// The secret that a QR code holds. It is printed once and never stored: the store keeps its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self(letters(entropy, TOKEN_LEN))
    }

    /// Reads a token in any case, with the letters that Crockford allows for digits and with spaces or hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        read_letters(text, TOKEN_LEN).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The token in groups, as typed by hand from paper.
    pub fn grouped(&self) -> String {
        self.0
            .as_bytes()
            .chunks(5)
            .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
            .collect::<Vec<_>>()
            .join("-")
    }

    /// The address in the QR code: upper case throughout, so that the symbol stays in alphanumeric mode.
    pub fn address(&self, base_url: &str) -> String {
        format!(
            "{}/Q/{}",
            base_url.trim_end_matches('/').to_uppercase(),
            self.0
        )
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// Four characters on paper and page alike, by which a crew sees that the page belongs to the paper in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchCode(pub String);

impl MatchCode {
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        // Hiragana that cannot be taken for one another, then three digits: あ-482.
        const KANA: [char; 32] = [
            'あ', 'い', 'う', 'え', 'お', 'か', 'き', 'く', 'け', 'こ', 'さ', 'し', 'す', 'せ',
            'そ', 'た', 'ち', 'つ', 'て', 'と', 'な', 'に', 'の', 'ひ', 'ふ', 'ま', 'み', 'む',
            'も', 'や', 'ゆ', 'よ',
        ];
        let kana = KANA[usize::from(bytes[0] & 31)];
        let digits: String = bytes[1..]
            .iter()
            .map(|byte| char::from(b'0' + byte % 10))
            .collect();
        Self(format!("{kana}-{digits}"))
    }
}

/// Why a link was ended before its date; said on its page without personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    Reprinted,
    Withdrawn,
    Left,
    Died,
}

impl EndReason {
    pub const ALL: [Self; 4] = [Self::Reprinted, Self::Withdrawn, Self::Left, Self::Died];

    pub fn code(self) -> &'static str {
        match self {
            Self::Reprinted => "reprinted",
            Self::Withdrawn => "withdrawn",
            Self::Left => "left",
            Self::Died => "died",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What the holder of the paper should know and do.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reprinted => {
                "新しい紙が発行されています。この紙は古いものです。施設に新しい紙を求めてください"
            }
            Self::Withdrawn => {
                "この紙は取り下げられました。内容を使わず、施設へ電話で確認してください"
            }
            Self::Left | Self::Died => "この紙の利用は終了しています。施設へ電話で確認してください",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(index * 7 % 256).unwrap();
            }
        }
    }

    #[test]
    fn a_token_is_read_back_as_a_tired_person_types_it() {
        let token = LinkToken::new(&Counting);
        assert_eq!(token.as_str().len(), 26);
        assert_eq!(
            LinkToken::parse(&token.grouped().to_lowercase()),
            Some(token.clone())
        );
        let misread = token.as_str().replace('0', "o").replace('1', "l");
        assert_eq!(LinkToken::parse(&misread), Some(token));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "ABC", "UUUUUUUUUUUUUUUUUUUUUUUUUU", "あいう"] {
            assert_eq!(LinkToken::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_address_stays_in_alphanumeric_mode() {
        let address = LinkToken::new(&Counting).address("https://q.city.example.lg.jp/");
        assert!(address.starts_with("HTTPS://Q.CITY.EXAMPLE.LG.JP/Q/"));
        assert!(
            address
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " $%*+-./:".contains(c))
        );
    }

    #[test]
    fn a_token_never_shows_in_a_log() {
        assert_eq!(format!("{:?}", LinkToken::new(&Counting)), "LinkToken(…)");
    }

    #[test]
    fn end_reasons_keep_their_codes() {
        for reason in EndReason::ALL {
            assert_eq!(EndReason::from_code(reason.code()), Some(reason));
        }
    }
}
