//! `hikitsugi forms check`: every mistake of the form files, with file, line and column.

use std::path::Path;

use super::{Failure, serve};

pub fn check(folder: Option<&Path>) -> Result<(), Failure> {
    let forms = serve::read_forms(folder)?;
    for form in forms.iter() {
        println!(
            "{} {} {}版(発行: {})",
            form.key, form.title, form.edition, form.issuer
        );
    }
    Ok(())
}
