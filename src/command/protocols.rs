//! `hikitsugi protocols check`: every mistake of the files that say what an area's crews may do, with file, line and
//! column.

use std::path::Path;

use super::{Failure, serve};

pub fn check(folder: Option<&Path>) -> Result<(), Failure> {
    let protocols = serve::read_protocols(folder)?;
    for area in protocols.iter() {
        println!(
            "{} {}: {}({} 確認)",
            area.key,
            area.name,
            area.words(),
            area.confirmed_on
        );
    }
    Ok(())
}
