//! What is left of a password when everything is taken away that somebody else would try first.

use unicode_normalization::UnicodeNormalization;

/// Words that stand in lists of leaked passwords, and those of the work itself.
const WORDS: [&str; 98] = [
    "password",
    "passwort",
    "passw0rd",
    "passcode",
    "pass",
    "pasuwado",
    "qwerty",
    "qwertyuiop",
    "qazwsxedc",
    "qazwsx",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "zxcvbn",
    "1q2w3e4r",
    "abcdef",
    "abcd",
    "abc",
    "iloveyou",
    "letmein",
    "welcome",
    "dragon",
    "monkey",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "shadow",
    "michael",
    "charlie",
    "secret",
    "trustno",
    "hello",
    "login",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "temp",
    "demo",
    "changeme",
    "default",
    "system",
    "server",
    "computer",
    "internet",
    "google",
    "microsoft",
    "windows",
    "iphone",
    "android",
    "yahoo",
    "rakuten",
    "softbank",
    "docomo",
    "nippon",
    "japan",
    "tokyo",
    "yokohama",
    "osaka",
    "kanagawa",
    "hiratsuka",
    "minato",
    "sakura",
    "arigatou",
    "konnichiwa",
    "doraemon",
    "pokemon",
    "pikachu",
    "hanshin",
    "tigers",
    "giants",
    "facility",
    "hospital",
    "nurse",
    "care",
    "kaigo",
    "kango",
    "shisetsu",
    "byouin",
    "roujin",
    "tokuyou",
    "rouken",
    "hikitsugi",
    "kyukyu",
    "emergency",
    "ambulance",
    "パスワード",
    "ぱすわーど",
    "あいうえお",
    "施設",
    "病院",
    "介護",
];
/// So many letters must be left.
const LEFT: usize = 6;

/// Whether somebody who knows the usual passwords, the facility and the person would soon try this one.
///
/// Taken away are the words of the list, those of `own` (the facility's and the person's names and the login), runs of
/// digits and signs, and whatever only repeats or counts up or down.
pub fn is_common(password: &str, own: &[&str]) -> bool {
    let mut text = plain(password);
    let mut words: Vec<String> = WORDS.iter().map(|word| plain(word)).collect();
    for name in own {
        let name = plain(name);
        // A name is tried whole and in its parts.
        words.extend(name.split_whitespace().map(str::to_owned));
        words.push(name.split_whitespace().collect());
    }
    words.retain(|word| word.chars().count() > 1);
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    for word in &words {
        text = text.replace(word.as_str(), " ");
    }
    left(&text) < LEFT
}

/// One spelling for letters that look or sound alike: width, case, katakana.
fn plain(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
            c => c,
        })
        .collect()
}

/// Letters and digits that neither repeat the one before, nor follow it in its row, nor come again in a pattern; of
/// digits behind digits only the first.
fn left(text: &str) -> usize {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut seen: Vec<(char, char)> = Vec::new();
    let mut count = usize::from(!letters.is_empty());
    for pair in letters.windows(2) {
        let (before, letter) = (pair[0], pair[1]);
        let is_row = (letter as u32).abs_diff(before as u32) <= 1;
        let is_number = before.is_numeric() && letter.is_numeric();
        let is_again = seen.contains(&(before, letter));
        seen.push((before, letter));
        if !is_row && !is_number && !is_again {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 3] = ["特別養護老人ホーム さざなみ苑", "佐々木 美由紀", "m.sasaki"];

    #[test]
    fn what_everybody_tries_first_is_common() {
        for password in [
            "password12345",
            "Password2026!!",
            "facility2026!",
            "1234567890123",
            "aaaaaaaaaaaaaaa",
            "qwertyuiop1234",
            "abcabcabcabcabc",
            "sakura-sakura-2026",
            "abcdefghijklmnop",
            "nurse.hospital.1",
            "ｐａｓｓｗｏｒｄ１２３４５",
            "パスワードパスワード2026",
            "さざなみ苑さざなみ苑2026",
            "特別養護老人ホームさざなみ苑",
            "佐々木美由紀19800401",
            "m.sasaki.m.sasaki",
            "20261128-20261128",
            "!!!!!!!!!!!!!!!!",
            "hikitsugi-demo-2026",
            "サザナミ苑サザナミ苑123",
        ] {
            assert!(is_common(password, &OWN), "{password}");
        }
    }

    #[test]
    fn a_sentence_of_ones_own_is_not() {
        for password in [
            "うみべのさんぽみちで会いましょう",
            "correct horse battery staple",
            "庭の柿を三つもらった",
            "gohan to misoshiru 2hai",
            "vK9#tq2LmZ7pWx",
            "4k7q-2m9x-1t5r-8w3z",
            "ねこがよるのまどをあけた",
            "たまごやきはあまいほうがいい",
        ] {
            assert!(!is_common(password, &OWN), "{password}");
        }
    }
}
