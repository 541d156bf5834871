//! One dense sheet, a card and whole binders, from record to PDF.
//!
//! `cargo bench --bench paper`

#[path = "support/memory.rs"]
mod memory;
#[path = "support/meter.rs"]
mod meter;
#[path = "support/sample.rs"]
mod sample;

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::form::{Form, Forms};
use hikitsugi::domain::handoff::{Part, Stay, StayView};
use hikitsugi::domain::view::SheetView;
use hikitsugi::export::exchange;
use hikitsugi::export::pdf::binder::{self, Cover, Leaf};
use hikitsugi::export::pdf::handoff;
use hikitsugi::export::pdf::sheet::{self, Paper};
use hikitsugi::export::qr::Qr;

fn render(form: &Form, view: &SheetView, photo: &[u8]) -> Vec<u8> {
    let paper = Paper {
        address: sample::ADDRESS,
        photo: Some(photo),
    };
    sheet::render(form, view, &paper).expect("the sample can be printed")
}

/// All sheets behind a cover and an index.
fn bind(form: &Form, views: &[SheetView], photo: &[u8]) -> binder::Drawn {
    let leaf = |view| Leaf {
        view,
        paper: Paper {
            address: sample::ADDRESS,
            photo: Some(photo),
        },
    };
    let leaves: Vec<Leaf> = views.iter().map(leaf).collect();
    let cover = Cover {
        id: "binder",
        facility: "特別養護老人ホーム さざなみ苑",
        issued_at: Moment(1_795_402_800_000),
        issued_by: "佐々木 美由紀",
    };
    binder::render(form, &cover, &leaves).expect("the samples can be printed")
}

/// The same resident after three weeks in hospital, with everything answered.
fn stay(number: usize) -> SheetView {
    let parts = include_str!("../src/export/pdf/handoff/sample.json");
    let parts: serde_json::Value = serde_json::from_str(parts).expect("the sample is JSON");
    let mut stay = Stay::default();
    for part in Part::ALL {
        stay.put(*part, &parts[part.code()].to_string())
            .expect("the sample is valid");
    }
    let mut view = sample::view(number);
    view.stay = Some(Box::new(StayView {
        stay,
        emergency: None,
        written: vec![(Part::Admission, view.as_of, "髙﨑 恵子".to_owned())],
    }));
    view
}

fn paper(criterion: &mut Criterion) {
    let forms = Forms::built_in();
    let form = forms.emergency();
    let photo = sample::photo();
    let sheets: Vec<SheetView> = (0..100).map(sample::view).collect();

    let first = meter::Meter::start();
    let bytes = render(form, &sheets[0], &photo);
    let first = first.stop();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dense.pdf");
    std::fs::write(&file, &bytes).expect("the build folder is writable");
    println!(
        "one dense sheet: {} bytes, of these the photograph {} ({}); the first of a process, with its fonts read: {:.1} ms CPU",
        bytes.len(),
        photo.len(),
        file.display(),
        meter::micros(first.cpu()) / 1e3
    );
    let cost = |view| {
        let meter = meter::Meter::start();
        black_box(render(form, view, &photo));
        meter.stop().each(1)
    };
    let costs: Vec<_> = sheets[..20].iter().map(cost).collect();
    let warm = meter::median(&costs);
    println!(
        "warm, median of 20 residents: {:.1} ms CPU, {:.1} ms wall",
        meter::micros(warm.cpu()) / 1e3,
        meter::micros(warm.wall) / 1e3
    );

    let transfer = forms.get("transfer").expect("the form is built in");
    let stays: Vec<SheetView> = (0..20).map(stay).collect();
    let cost = |view| {
        let meter = meter::Meter::start();
        black_box(exchange::document(transfer, view));
        black_box(handoff::render(transfer, view).expect("the sample can be printed"));
        meter.stop().each(1)
    };
    let costs: Vec<_> = stays.iter().map(cost).collect();
    let warm = meter::median(&costs);
    println!(
        "退所時情報提供書, filled in and printed, median of 20 residents: {:.1} ms CPU, {:.1} ms wall",
        meter::micros(warm.cpu()) / 1e3,
        meter::micros(warm.wall) / 1e3
    );

    for count in [100, 300] {
        let views: Vec<SheetView> = (0..count).map(sample::view).collect();
        memory::forget_peak();
        let before = memory::now();
        let meter = meter::Meter::start();
        let drawn = bind(form, &views, &photo);
        let cost = meter.stop();
        println!(
            "a binder of {count}: {} pages, {:.2} MB, {:.2} s wall, {:.2} s CPU; at most {:.0} MB of memory, {:.0} MB before",
            drawn.pages,
            drawn.pdf.len() as f64 / 1e6,
            meter::micros(cost.wall) / 1e6,
            meter::micros(cost.cpu()) / 1e6,
            memory::peak(),
            before
        );
    }

    let wallet = forms.get("wallet").expect("the card is built in");
    let mut group = criterion.benchmark_group("paper");
    group.sample_size(10);
    group.bench_function("one dense sheet", |bencher| {
        bencher.iter(|| render(form, black_box(&sheets[0]), &photo));
    });
    group.bench_function("the same without a photograph", |bencher| {
        bencher.iter(|| {
            let paper = Paper {
                address: sample::ADDRESS,
                photo: None,
            };
            sheet::render(form, black_box(&sheets[0]), &paper).expect("the sample can be printed")
        });
    });
    group.bench_function("a wallet card", |bencher| {
        bencher.iter(|| render(wallet, black_box(&sheets[0]), &photo));
    });
    group.bench_function("its QR code alone", |bencher| {
        bencher.iter(|| Qr::encode(black_box(sample::ADDRESS)).map(|qr| qr.rectangles().len()));
    });
    group.bench_function("100 sheets", |bencher| {
        bencher.iter_batched(
            || &sheets,
            |sheets| {
                sheets
                    .iter()
                    .map(|view| render(form, view, &photo).len())
                    .sum::<usize>()
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, paper);
criterion_main!(benches);
