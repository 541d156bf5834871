//! A sheet as it arrives after a bad night: stained, folded, copied twice, laid on askew and sent by fax.
//!
//! Each sheet goes through all of it, always with the same noise. What is asserted is the least that a crew can live
//! with. Pictures of the first ones: target/screens/degraded-*.png. The rates of a hundred sheets:
//!
//! ```text
//! HIKITSUGI_SHEETS=100 cargo test --test it degraded -- --nocapture
//! ```

use hikitsugi::domain::form::Forms;

use crate::support::grey::Grey;
use crate::support::tools::{Pdf, bare};
use crate::support::{Folder, number, paper, screens};

/// How many, unless `HIKITSUGI_SHEETS` says otherwise.
const SHEETS: u64 = 10;
/// The rows of a fax that hold the QR code and what the band says first.
const FROM: usize = 60;
const ROWS: usize = 690;
/// The rows that hold what the band says first, from where and how many, on the paper around.
const BAND: (usize, usize) = (405, 200);
/// A fold goes through the middle of the QR code: across the page, or down it and through the band too.
const FOLD_ACROSS: usize = 165;
const FOLD_DOWN: usize = 1260;
/// White paper around what was scanned, so that turning loses nothing.
const AROUND: (usize, usize) = (30, 80);
/// Askew, to either side; and as straight as a hand lays it again.
const ASKEW: f32 = 5.0;
const STRAIGHT: f32 = 0.5;

/// How far a text says the letters of another in their order: the longest common subsequence, as a share.
fn read_share(wanted: &str, found: &str) -> f64 {
    let wanted: Vec<char> = wanted.chars().collect();
    let mut lengths = vec![0_usize; wanted.len() + 1];
    for letter in found.chars() {
        let mut diagonal = 0;
        for (at, same) in wanted.iter().enumerate() {
            let above = lengths[at + 1];
            lengths[at + 1] = if *same == letter {
                diagonal + 1
            } else {
                above.max(lengths[at])
            };
            diagonal = above;
        }
    }
    lengths[wanted.len()] as f64 / wanted.len() as f64
}

/// Everything that happens to one sheet, the same each time.
fn through_the_night(mut strip: Grey, number: usize) -> (Grey, f32) {
    let seed = number as u64 * 3 + 1;
    strip.stain(seed);
    match number % 4 {
        0 | 1 => strip.fold_across(FOLD_ACROSS),
        _ => strip.fold_down(FOLD_DOWN),
    }
    strip.copy(seed + 1);
    strip.copy(seed + 2);
    let mut strip = strip.on_paper(AROUND.0, AROUND.1);
    let askew = if number.is_multiple_of(2) {
        ASKEW
    } else {
        -ASKEW
    };
    strip.turn(askew);
    strip.one_bit();
    (strip, askew)
}

#[test]
fn sheets_are_read_after_stain_fold_two_copies_askew_and_fax() {
    let sheets = number("HIKITSUGI_SHEETS", SHEETS) as usize;
    let forms = Forms::built_in();
    let paper::Bound {
        views,
        addresses,
        drawn,
    } = paper::bound(forms.emergency(), sheets);
    let folder = Folder::new();
    let pdf = Pdf::new(folder.path(), "degraded", &drawn.pdf);

    // At the first look, and with a second one from twice as far, as a hand with a phone moves.
    let (mut at_once, mut decoded) = (0, 0);
    let mut shares = Vec::with_capacity(sheets);
    for (number, view) in views.iter().enumerate() {
        let strip = pdf.strip(drawn.begins[number], FROM, ROWS);
        let (mut arrived, askew) = through_the_night(strip, number);
        let file = folder.path().join("arrived.pgm");
        let mut codes = arrived.codes(&file);
        if codes.is_empty() {
            codes = arrived.halved().codes(&file);
        } else {
            at_once += 1;
        }
        if codes == [addresses[number].as_str()] {
            decoded += 1;
        } else {
            assert!(codes.is_empty(), "a wrong code was read: {codes:?}");
        }
        if number < 4 {
            arrived.save(&screens().join(format!("degraded-{number}.png")));
        }
        arrived.turn(STRAIGHT - askew);
        let band = arrived.rows(BAND.0, BAND.1).halved();
        let words = band.words(&folder.path().join("band.pgm"));
        let headline = bare(view.standing.band().headline);
        shares.push(read_share(&headline, &words));
    }
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let least = shares.iter().copied().fold(1.0, f64::min);
    let good = shares.iter().filter(|share| **share >= 0.9).count();
    println!(
        "{sheets} sheets: {at_once} QR codes decoded at the first look, {decoded} with a second; of what the band says \
         first, {:.1} % of the letters read by tesseract, 90 % or more of them on {good} sheets, {:.0} % on the worst",
        mean * 100.0,
        least * 100.0
    );
    assert!(
        decoded * 100 >= sheets * 88,
        "only {decoded} codes of {sheets} decoded"
    );
    assert!(mean >= 0.85, "only {mean:.3} of the letters were read");
}
