use super::sample::{self, ADDRESS};
use super::*;
use crate::domain::form::Forms;

fn paper(photo: Option<&[u8]>) -> Paper<'_> {
    Paper {
        address: ADDRESS,
        photo,
    }
}

#[test]
fn look() {
    let forms = Forms::built_in();
    let photo = sample::photo();
    let Ok(folder) = std::env::var("SHEET_OUT") else {
        return;
    };
    for (name, view, photo) in [
        ("ordinary", sample::ordinary(), Some(photo.as_slice())),
        ("dense", sample::dense(), Some(photo.as_slice())),
        ("empty", sample::empty(), None),
        ("overflowing", sample::overflowing(), Some(photo.as_slice())),
    ] {
        let start = std::time::Instant::now();
        let bytes = render(forms.emergency(), &view, &paper(photo)).unwrap();
        println!("{name}: {} bytes {:?}", bytes.len(), start.elapsed());
        std::fs::write(format!("{folder}/{name}.pdf"), bytes).unwrap();
    }
}
