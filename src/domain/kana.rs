//! Readings of names, and the keys by which names are searched, ordered and compared.
//!
//! Keys fold what people mistype; what is shown always comes from the value as typed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

use super::text::{Problem, check_line, is_variation_selector, stored_as_text};

/// The reading of a name (フリガナ) in hiragana, its parts separated by one ideographic space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kana(String);

stored_as_text!(Kana, input);

impl Kana {
    /// Longest reading, in characters.
    pub const MAX_CHARS: usize = 60;

    /// Takes hiragana, katakana and half-width ｶﾅ with spaces, `ー` (or a hyphen typed for it) and `・`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let line = check_line(text, Self::MAX_CHARS)?;
        let mut kana = String::with_capacity(line.len());
        for part in hiragana(&line).split_whitespace() {
            if !kana.is_empty() {
                kana.push('\u{3000}');
            }
            for c in part.chars() {
                let c = if is_dash(c) { 'ー' } else { c };
                if !(is_letter(c) || matches!(c, 'ー' | '・')) {
                    // A voicing mark left over joined no kana; alone it cannot be seen.
                    let c = match c {
                        '\u{3099}' => '゛',
                        '\u{309A}' => '゜',
                        c => c,
                    };
                    return Err(Problem(format!(
                        "フリガナは、ひらがなかカタカナで入力してください(「{c}」は使えません)。"
                    )));
                }
                kana.push(c);
            }
        }
        if !kana.chars().any(is_letter) {
            return Err(Problem::new(
                "フリガナを、ひらがなかカタカナで入力してください。",
            ));
        }
        Ok(Self(kana))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn input(&self) -> String {
        self.0.clone()
    }

    /// The same reading in full-width katakana.
    pub fn katakana(&self) -> String {
        self.0.chars().map(to_katakana).collect()
    }
}

impl AsRef<str> for Kana {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kana {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The order of the syllabary; a kana's place in it is its byte in a search key.
const SYLLABARY: &str = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん";

/// A key for searching and ordering by reading: keys compare as bytes in the order of the syllabary, and the key of
/// the beginning of a reading is the beginning of its key.
///
/// Width and script, small and voiced kana, `ー`, `・` and spaces make no difference, so that やまさき finds
/// ヤマザキ and しゆういち finds シュウイチ. Romaji still being typed behind kana is left out. Other letters stay, so
/// that a name in kanji finds no reading. Empty when `text` holds nothing to search for.
pub fn search_key(text: &str) -> Vec<u8> {
    let folded = hiragana(text);
    let typed = folded.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let folded = if typed.chars().any(is_letter) {
        typed
    } else {
        &folded
    };
    let mut key = Vec::new();
    let mut previous = None;
    for c in folded.chars() {
        // ゝ and ゞ repeat the kana before them.
        let c = match (c, previous) {
            ('ゝ' | 'ゞ', Some(previous)) => previous,
            (c, _) => unvoiced(large(c)),
        };
        match SYLLABARY.chars().position(|s| s == c) {
            Some(place) => {
                previous = Some(c);
                // 0x80 to 0xAF begin no UTF-8 character, so kana and other letters cannot be confused.
                key.push(0x80 + u8::try_from(place).expect("the syllabary has 48 kana"));
            }
            None if c.is_alphanumeric() && c != 'ー' => push_lowercase(&mut key, c),
            None => {}
        }
    }
    key
}

/// A key for searching by the beginning of a name as written: width, case, katakana and hiragana, small kana, spaces,
/// marks, variation selectors and the usual variants of kanji (髙 and 高, 﨑 and 崎, 𠮷 and 吉, 渡邊 and 渡辺) make no
/// difference. Only for searching: two people may differ in nothing else. Empty when there is nothing to search for.
pub fn name_key(text: &str) -> Vec<u8> {
    let mut key = Vec::new();
    let bare: String = text
        .chars()
        .filter(|c| !is_variation_selector(*c))
        .collect();
    for c in hiragana(&bare).chars() {
        let c = usual_form(large(c));
        if c.is_alphanumeric() {
            push_lowercase(&mut key, c);
        }
    }
    key
}

/// The first key after every key that begins with `prefix`; `None` when there is no such bound (an empty prefix).
pub fn next_key(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xFF)?;
    let mut bound = prefix[..=last].to_vec();
    bound[last] += 1;
    Some(bound)
}

/// Whether two readings are so alike that their people could be taken for each other: equal, or one kana of the whole
/// name changed, added, left out, or swapped with its neighbour, wherever the surname ends. Small kana, `ー`, spaces
/// and kana of one sound (づ and ず, ゐ and い) make no difference. Readings that say nothing are like no other.
pub fn similar(a: impl AsRef<str>, b: impl AsRef<str>) -> bool {
    let (a, b) = (sounds(a.as_ref()), sounds(b.as_ref()));
    !a.is_empty() && !b.is_empty() && within_one_edit(&a, &b)
}

/// Full-width hiragana for every kana in `text`; compatibility forms of other letters are folded too.
fn hiragana(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            // Otherwise folded to a space and a mark, these join the kana before them.
            '゛' => '\u{3099}',
            '゜' => '\u{309A}',
            c => c,
        })
        .nfkc()
        .map(to_hiragana)
        .collect()
}

fn to_hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => shifted(c, -0x60),
        c => c,
    }
}

fn to_katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => shifted(c, 0x60),
        c => c,
    }
}

/// Katakana stand 0x60 behind hiragana.
fn shifted(c: char, by: i32) -> char {
    u32::from(c)
        .checked_add_signed(by)
        .and_then(char::from_u32)
        .unwrap_or(c)
}

fn is_letter(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ゝ' | 'ゞ')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '–' | '—' | '―' | '−')
}

fn large(c: char) -> char {
    match c {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        c => c,
    }
}

fn unvoiced(c: char) -> char {
    let mut plain = c;
    decompose_canonical(c, |part| {
        if is_letter(part) {
            plain = part;
        }
    });
    plain
}

fn push_lowercase(key: &mut Vec<u8>, c: char) {
    for c in c.to_lowercase() {
        key.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

fn sounds(text: &str) -> Vec<char> {
    let mut sounds = Vec::new();
    for c in hiragana(text).chars() {
        let c = match large(c) {
            'ぢ' => 'じ',
            'づ' => 'ず',
            'ゐ' => 'い',
            'ゑ' => 'え',
            'を' => 'お',
            c => c,
        };
        if c.is_alphanumeric() && c != 'ー' {
            sounds.push(c);
        }
    }
    sounds
}

fn within_one_edit(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    match (&a[..a.len() - same], &b[..b.len() - same]) {
        (&[a1, a2], &[b1, b2]) => a1 == b2 && a2 == b1,
        (a, b) => a.len() <= 1 && b.len() <= 1,
    }
}

/// Variants of kanji in names, each group behind the form under which all are searched. Folded for searching only.
const VARIANTS: &str = "\
    高髙 崎﨑嵜碕 吉𠮷 辺邊邉 斉齊斎齋 浜濱濵 沢澤 島嶋嶌 広廣 国國 桜櫻 竜龍龒 恵惠 栄榮 滝瀧 渋澁澀 \
    塩鹽 宝寶寳 富冨 峰峯 柳栁桺 桧檜 条條 来來 静靜 真眞 徳德 寿壽 実實 関關 鉄鐵鉃銕 万萬 与與 \
    弥彌 亀龜 黒黑 増增 曽曾 会會 学學斈 円圓 館舘 巌巖 礼禮 蔵藏 剣劍劒劔 薮籔藪 梅楳 桑桒 槙槇 \
    尭堯 鴎鷗 鯵鰺 祇祗 郎郞 緑綠 縁緣 薫薰 勲勳 晃晄 暁曉 尚尙 瑶瑤 遥遙 凛凜 渕淵渊 船舩 橋𣘺槗 \
    土圡 野埜 釜竃竈 穂穗 稲稻 瀬瀨 頼賴 戸戶 青靑 清淸 歩步 毎每 衛衞 豊豐 艶艷 鶴靏靍鸖 鶏鷄雞 \
    乗乘 参參 双雙 台臺 号號 仏佛 余餘 伝傳 予豫 両兩 当當 壮壯 将將 荘莊 奨奬獎 巣巢 帯帶 帰歸 \
    従從 応應 数數 昼晝 楽樂 様樣 横橫 権權 気氣 満滿 渓溪谿 湾灣 為爲 献獻 画畫 畳疊 県縣 祢禰 \
    禄祿 秋穐龝 経經 継繼 絵繪 総總 聡聰 声聲 脇脅 芦蘆 芸藝 茎莖 虫蟲 蛍螢 覚覺 覧覽 観觀 訳譯 \
    証證 読讀 売賣 賛贊 軽輕 郷鄕鄉 銭錢 鎌鐮 隠隱 霊靈 顕顯 駅驛 麦麥 黄黃 齢齡 籠篭 蛎蠣 砺礪 \
    諌諫 迩邇 侠俠 倶俱 呉吳 壷壺 姫姬 尽盡 岳嶽 強强 恒恆 慎愼 懐懷 拝拜 教敎 旧舊 枡桝 栃杤 桟棧 \
    檪櫟 沖冲 涼凉 浄淨 瓶甁 産產 研硏 称稱 穏穩 竪豎 粋粹 糸絲 縦縱 群羣 裏裡 誉譽 釈釋 鎮鎭 録錄 \
    雁鴈 鴬鶯 塚塜 節莭 達逹 遠逺 猪豬 喜㐂 悦悅 説說 鋭銳 脱脫 税稅 戻戾 姉姊 虎乕 卯夘 昇曻 曳曵 \
    晋晉 寛寬 温溫 亘亙 園薗 刈苅 旗籏 村邨 杉杦 松枩柗 穣穰 麹麴 亜亞 奥奧 巻卷 峡峽 狭狹 厳嚴 \
    済濟 児兒 収收 縄繩 譲讓 浅淺 禅禪 灯燈 発發 並竝 薬藥 闘鬪 独獨 兎兔莵菟 髪髮 囲圍 医醫 焼燒 \
    徴徵 聴聽 勧勸";

fn usual_form(c: char) -> char {
    VARIANTS
        .split(' ')
        .find(|group| group.contains(c))
        .and_then(|group| group.chars().next())
        .unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::text::typing::anything;
    use super::*;

    #[test]
    fn readings_become_hiragana_with_one_space() {
        for (typed, hiragana, katakana) in [
            ("やまだ はな", "やまだ　はな", "ヤマダ　ハナ"),
            ("ヤマダ　　ハナ", "やまだ　はな", "ヤマダ　ハナ"),
            (" ﾔﾏﾀﾞ ﾊﾅ ", "やまだ　はな", "ヤマダ　ハナ"),
            ("か゛く", "がく", "ガク"),
            ("ﾏﾘ-", "まりー", "マリー"),
            (
                "ヴァージニア・ルス",
                "ゔぁーじにあ・るす",
                "ヴァージニア・ルス",
            ),
            ("みすゞ", "みすゞ", "ミスヾ"),
        ] {
            let kana = Kana::parse(typed).expect(typed);
            assert_eq!(
                (kana.to_string().as_str(), kana.katakana().as_str()),
                (hiragana, katakana)
            );
        }
    }

    #[test]
    fn what_is_no_kana_is_named() {
        for (typed, named) in [
            ("山田", "「山」"),
            ("やまだ1", "「1」"),
            ("Ruiz", "「R」"),
            ("あ゛", "「゛」"),
            ("", "フリガナを"),
            ("ー", "フリガナを"),
            ("や\u{202E}ま", "U+202E"),
        ] {
            let sentence = Kana::parse(typed).expect_err(typed).0;
            assert!(sentence.contains(named), "{typed}: {sentence}");
        }
    }

    #[test]
    fn a_reading_is_found_by_its_beginning_however_it_is_typed() {
        let key = search_key("やまざき　しゅういち");
        for typed in [
            "や",
            "やま",
            "ヤマサ",
            "ﾔﾏｻﾞ",
            "やまざき し",
            "やまさきしゆ",
            "やまz",
            "やまｚ",
            "やー",
        ] {
            let prefix = search_key(typed);
            let bound = next_key(&prefix).expect("not empty");
            assert!(prefix <= key && key < bound, "{typed}");
        }
        for typed in ["あ", "やな", "山", "やまざき　じろ", "z"] {
            let prefix = search_key(typed);
            let bound = next_key(&prefix).expect("not empty");
            assert!(!(prefix <= key && key < bound), "{typed}");
        }
        assert_eq!(search_key("みすゞ"), search_key("ミスズ"));
    }

    #[test]
    fn readings_stand_in_the_order_of_the_syllabary() {
        let names = [
            "あべ",
            "あんどう",
            "いとう",
            "かとう",
            "がもう",
            "きむら",
            "さとう",
            "はら",
            "ばん",
            "わだ",
            "をかべ",
        ];
        let keys: Vec<_> = names.map(search_key).into();
        assert!(keys.is_sorted());
    }

    #[test]
    fn a_name_is_found_by_any_of_its_usual_characters() {
        for (stored, typed) in [
            ("髙橋　ハナ", "高橋はな"),
            ("山﨑", "山崎"),
            ("𠮷田", "吉田"),
            ("渡邉", "渡辺"),
            ("渡邊\u{E0102}", "渡辺"),
            ("齋藤", "斉藤"),
            ("斎藤", "齊藤"),
            ("濵田", "浜田"),
            ("黑澤", "黒沢"),
            ("神\u{FE00}田", "神田"),
            ("ＲＵＩＺ", "ruiz"),
            ("金ヶ崎", "金ケ崎"),
        ] {
            assert_eq!(name_key(stored), name_key(typed), "{stored}");
        }
        assert_ne!(name_key("高橋"), name_key("高崎"));
        assert!(name_key("髙橋ハナ").starts_with(&name_key("高")));
    }

    #[test]
    fn a_kanji_has_one_usual_form_and_is_reachable() {
        let mut seen = std::collections::HashSet::new();
        for c in VARIANTS.chars().filter(|c| *c != ' ') {
            assert!(seen.insert(c), "{c} stands twice");
            let folded: String = c.nfkc().collect();
            assert_eq!(
                folded,
                c.to_string(),
                "another character by compatibility already"
            );
        }
    }

    #[test]
    fn the_bound_of_a_prefix_follows_all_it_begins() {
        assert_eq!(next_key(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(next_key(&[1, 0xFF, 0xFF]), Some(vec![2]));
        assert_eq!(next_key(&[0xFF]), None);
        assert_eq!(next_key(b""), None);
    }

    #[test]
    fn people_who_could_be_taken_for_each_other_are_alike() {
        for (a, b) in [
            ("やまだ はな", "ヤマダ ハナ"),
            ("やまだ はな", "やまだ はる"),
            ("やまだ はな", "やまだ はなこ"),
            ("やまだ はなこ", "やまだ なはこ"),
            ("さとう はな", "かとう はな"),
            ("やまさき しづ", "やまざき しず"),
            ("しょうじ ゆう", "しようじ ゆー"),
        ] {
            assert!(similar(a, b) && similar(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("やまだ はな", "やまだ いちろう"),
            ("やまだ はな", "たなか はな"),
            ("やまだ はな", "やまだ なつ"),
            ("", ""),
            ("", "あ"),
        ] {
            assert!(!similar(a, b), "{a} {b}");
        }
    }

    fn reading() -> impl Strategy<Value = String> {
        let kana = prop::sample::select(
            "あいかがさざぱっゃゔんゝーアガッヴ・ 　"
                .chars()
                .collect::<Vec<_>>(),
        );
        prop::collection::vec(kana, 0..12).prop_map(|kana| kana.into_iter().collect())
    }

    proptest! {
        #[test]
        fn reading_any_text_never_panics(a in anything(), b in anything()) {
            if let Ok(kana) = Kana::parse(&a) {
                prop_assert_eq!(Kana::parse(&kana.input()), Ok(kana.clone()));
                prop_assert_eq!(Kana::parse(&kana.katakana()), Ok(kana.clone()));
            }
            prop_assert_eq!(similar(&a, &b), similar(&b, &a));
            let keys = (search_key(&a), name_key(&a));
            prop_assert!(keys.0.len() + keys.1.len() < 200 * (a.len() + 1));
        }

        #[test]
        fn a_reading_survives_showing_and_reading(typed in reading()) {
            if let Ok(kana) = Kana::parse(&typed) {
                prop_assert_eq!(Kana::parse(&format!("{kana}")), Ok(kana.clone()));
                prop_assert_eq!(search_key(kana.as_str()), search_key(&typed));
                let json = serde_json::to_string(&kana).expect("json");
                prop_assert_eq!(serde_json::from_str::<Kana>(&json).ok(), Some(kana));
            }
        }

        #[test]
        fn the_beginning_of_a_reading_has_the_beginning_of_its_key(a in reading(), b in reading()) {
            let whole = format!("{a}{b}");
            prop_assert!(search_key(&whole).starts_with(&search_key(&a)));
            prop_assert!(name_key(&whole).starts_with(&name_key(&a)));
        }

        #[test]
        fn one_changed_kana_is_alike(a in reading(), b in reading(), c in "あ|い|が", d in "う|ん|ぱ") {
            let (one, other) = (format!("{a}{c}{b}"), format!("{a}{d}{b}"));
            prop_assert!(similar(one, other));
        }
    }
}
