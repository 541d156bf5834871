//! The same dense sheet by hikitsugi, by the typst library, by genpdf, by WeasyPrint and by headless Chromium, in one
//! run.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`, from anywhere; needs `pdftotext` (poppler-utils),
//! `chromedriver` (chromium-driver) and, as `PYTHON`, a Python that has WeasyPrint. A printer that is not installed is
//! left out, and that is said.

mod by_genpdf;
mod by_html;
mod by_typst;
#[path = "../../support/meter.rs"]
mod meter;
#[path = "../../support/sample.rs"]
mod sample;
mod words;

use std::cell::RefCell;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::form::Forms;
use hikitsugi::domain::view::SheetView;
use hikitsugi::export::pdf::sheet::{self, Paper};
use hikitsugi::export::pdf::{self, Document, Section, Text};

use by_genpdf::Genpdf;
use by_html::Printer;
use by_typst::Typst;
use meter::{Cost, Meter, median, micros};
use words::Words;

static REGULAR: &[u8] = include_bytes!("../../../forms/fonts/BIZUDPGothic-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../forms/fonts/BIZUDPGothic-Bold.ttf");
static FALLBACK: &[u8] = include_bytes!("../../../forms/fonts/HikitsugiFallback-Regular.ttf");

/// Turns that are measured, after three that warm caches.
const TURNS: usize = 20;
const WARM_UP: usize = 3;
/// Names with a character beyond U+FFFF and with a variation selector.
const NAMES: [&str; 2] = ["𠮷江", "渡邉\u{E0100}"];
/// A note of more than a line, without a space, as Japanese is written.
const NOTE: &str = "ペニシリン系抗菌薬でアナフィラキシーを起こしたことがあります。造影剤でもじんましんが出ました。左腕にはシャントが\
    あるため血圧測定と採血をしないでください。透析は火木土の午前、送迎は施設の車です。";

/// One way to make the sheet.
struct Peer<'a> {
    name: &'static str,
    sheet: Box<dyn FnMut(usize) -> (Cost, Vec<u8>) + 'a>,
    note: Box<dyn FnMut() -> Vec<u8> + 'a>,
}

impl<'a> Peer<'a> {
    /// One that draws in this process.
    fn library(
        name: &'static str,
        mut sheet: impl FnMut(usize) -> Vec<u8> + 'a,
        note: impl FnMut() -> Vec<u8> + 'a,
    ) -> Self {
        let sheet = Box::new(move |turn| {
            let meter = Meter::start();
            let bytes = black_box(sheet(turn));
            (meter.stop().each(1), bytes)
        });
        Self {
            name,
            sheet,
            note: Box::new(note),
        }
    }

    /// One that prints a page.
    fn printer(name: &'static str, printer: Printer, words: &'a [Words]) -> Self {
        let printer = Rc::new(RefCell::new(printer));
        let notes = Rc::clone(&printer);
        Self {
            name,
            sheet: Box::new(move |turn| printer.borrow_mut().print(&by_html::page(&words[turn]))),
            note: Box::new(move || notes.borrow_mut().print(&by_html::note(NOTE)).1),
        }
    }
}

fn main() {
    let forms = Forms::built_in();
    let form = forms.emergency();
    let photo = sample::photo();
    // Another resident at each turn, so that nobody's memory of the last sheet is measured.
    let views: Vec<SheetView> = (0..TURNS + WARM_UP).map(sample::view).collect();
    let words: Vec<Words> = views
        .iter()
        .map(|view| Words::of(form, view, sample::ADDRESS))
        .collect();
    let paper = Paper {
        address: sample::ADDRESS,
        photo: Some(&photo),
    };
    let genpdf = Genpdf::new(REGULAR, BOLD, FALLBACK);
    let typst = RefCell::new(Typst::new(&[REGULAR, BOLD, FALLBACK]));
    let folder = folder();
    let mut peers = vec![
        Peer::library(
            "hikitsugi (krilla)",
            |turn| sheet::render(form, &views[turn], &paper).expect("the sample can be printed"),
            own_note,
        ),
        Peer::library(
            "typst",
            |turn| typst.borrow_mut().sheet(&words[turn], &photo),
            || typst.borrow_mut().note(NOTE),
        ),
        Peer::library(
            "genpdf",
            |turn| genpdf.sheet(&words[turn], &photo),
            || genpdf.note(NOTE),
        ),
    ];
    let fonts = [
        ("regular.ttf", REGULAR),
        ("bold.ttf", BOLD),
        ("fallback.ttf", FALLBACK),
    ];
    for name in ["weasyprint", "chromium"] {
        if let Some(printer) = Printer::start(name, &folder, &fonts, &photo) {
            peers.push(Peer::printer(name, printer, &words));
        }
    }

    let mut costs = vec![Vec::with_capacity(TURNS); peers.len()];
    for turn in 0..TURNS + WARM_UP {
        for (peer, costs) in peers.iter_mut().zip(&mut costs) {
            let (cost, _) = (peer.sheet)(turn);
            if turn >= WARM_UP {
                costs.push(cost);
            }
        }
    }

    let own = median(&costs[0]);
    println!("One dense sheet, another resident at each turn, by turns, median of {TURNS}\n");
    println!(
        "| | CPU ms | wall ms | of hikitsugi's CPU | kB | pages | {} | {} | a note without spaces |",
        NAMES[0], NAMES[1]
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (peer, costs) in peers.into_iter().zip(&costs) {
        report(peer, median(costs), own, &folder);
    }
    println!("\nThe files are in {}", folder.display());
}

fn report(mut peer: Peer, cost: Cost, own: Cost, folder: &Path) {
    let name = peer.name.split(' ').next().unwrap_or_default();
    let (_, bytes) = (peer.sheet)(0);
    let read = read_back(&folder.join(format!("{name}.pdf")), &bytes);
    let note = read_back(&folder.join(format!("{name}-note.pdf")), &(peer.note)());
    let said = |found: bool| if found { "yes" } else { "**no**" };
    let came_out = match note.chars().filter(|c| !c.is_whitespace()).count() {
        0 => "**nothing printed, no error**",
        _ if squeezed(&note).contains(NOTE) => "whole",
        _ => "**in part**",
    };
    println!(
        "| {} | {:.1} | {:.1} | {:.1} | {:.0} | {} | {} | {} | {came_out} |",
        peer.name,
        micros(cost.cpu()) / 1e3,
        micros(cost.wall) / 1e3,
        cost.cpu().as_secs_f64() / own.cpu().as_secs_f64(),
        bytes.len() as f64 / 1e3,
        read.matches('\u{C}').count(),
        said(squeezed(&read).contains(NAMES[0])),
        said(squeezed(&read).contains(NAMES[1])),
    );
}

fn own_note() -> Vec<u8> {
    let note = Section::new().block(Text::value(NOTE).size(12.0));
    pdf::render(&Document::new("note", "", "note", Moment(0)).with(note))
        .expect("a note is printed")
}

/// The text layer as `pdftotext` gives it, each page ended by a form feed.
fn read_back(file: &Path, bytes: &[u8]) -> String {
    std::fs::write(file, bytes).expect("the folder is writable");
    let read = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(file)
        .arg("-")
        .output()
        .expect("pdftotext is installed (Debian: poppler-utils)");
    String::from_utf8_lossy(&read.stdout).into_owned()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join("hikitsugi-peers");
    std::fs::create_dir_all(&folder).expect("a folder for files that pass");
    folder
}
