//! The programs that look at our papers from outside: poppler, zbar, tesseract and qpdf. A test without them fails.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::grey::Grey;

/// What a program says; that it is missing or fails is the test's failure.
pub fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let done = run(program, arguments);
    assert!(
        done.status.success(),
        "{program} {arguments:?}: {}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    done.stdout
}

pub fn text(program: &str, arguments: &[&str]) -> String {
    String::from_utf8(output(program, arguments)).expect("the tools speak UTF-8")
}

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        // Tesseract's threads spin while they wait for each other.
        .env("OMP_THREAD_LIMIT", "1")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; tests/run installs what is missing"))
}

/// A PDF in a file, as the tools want it.
pub struct Pdf {
    folder: PathBuf,
    path: PathBuf,
}

/// How a page is looked at.
pub enum Sight {
    /// A scanner at 150 dpi, in shades of grey.
    Scanner,
    /// A fax in fine mode: 204 by 196 dpi, black or white.
    Fax,
}

impl Pdf {
    pub fn new(folder: &Path, name: &str, bytes: &[u8]) -> Self {
        let path = folder.join(name).with_extension("pdf");
        std::fs::write(&path, bytes).expect("the test's folder is writable");
        Self {
            folder: folder.to_owned(),
            path,
        }
    }

    fn path(&self) -> &str {
        self.path.to_str().expect("a test's path is plain")
    }

    /// The text layer in the order of drawing, without white space: a line may break anywhere.
    pub fn text(&self) -> String {
        bare(&text("pdftotext", &["-raw", self.path(), "-"]))
    }

    /// The text layer of one page, without white space.
    pub fn page_text(&self, page: usize) -> String {
        let page = page.to_string();
        bare(&text(
            "pdftotext",
            &["-raw", "-f", &page, "-l", &page, self.path(), "-"],
        ))
    }

    /// The text layer of every page, without white space.
    pub fn text_of_pages(&self) -> Vec<String> {
        let text = text("pdftotext", &["-raw", self.path(), "-"]);
        text.split_terminator('\u{c}').map(bare).collect()
    }

    /// One line of `pdfinfo` without its name, or nothing.
    pub fn info(&self, name: &str) -> String {
        let info = text("pdfinfo", &[self.path()]);
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    }

    pub fn pages(&self) -> usize {
        self.info("Pages").parse().expect("pdfinfo counts pages")
    }

    /// Every page as a PNG: `FILE-1.png` and so on, or `FILE.png` for a single one.
    pub fn picture(&self, file: &Path) {
        let file = file.to_str().expect("a test's path is plain");
        let mut arguments = vec!["-png", "-r", "110"];
        if self.pages() == 1 {
            arguments.push("-singlefile");
        }
        arguments.extend([self.path(), file]);
        output("pdftoppm", &arguments);
    }

    /// The lines of `pdffonts`, without its heading.
    pub fn fonts(&self) -> Vec<String> {
        let fonts = text("pdffonts", &[self.path()]);
        fonts.lines().skip(2).map(str::to_owned).collect()
    }

    /// Fails with what qpdf finds wrong, warnings included.
    pub fn check(&self) {
        output("qpdf", &["--check", self.path()]);
    }

    /// The objects as text, with every stream unpacked.
    pub fn unpacked(&self) -> String {
        let bytes = output(
            "qpdf",
            &["--qdf", "--object-streams=disable", self.path(), "-"],
        );
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What the QR codes of one page say.
    pub fn codes(&self, page: usize, sight: &Sight) -> Vec<String> {
        codes_in(&self.raster(
            page,
            match sight {
                Sight::Scanner => &["-gray", "-r", "150"],
                Sight::Fax => &["-mono", "-rx", "204", "-ry", "196"],
            },
        ))
    }

    /// The rows of a page between two heights, in shades of grey, as a fax in fine mode scans them: 204 by 196 dpi.
    pub fn strip(&self, page: usize, from: usize, rows: usize) -> Grey {
        let [from, rows] = [from, rows].map(|number| number.to_string());
        let fax = ["-gray", "-rx", "204", "-ry", "196"];
        let part = ["-x", "0", "-y", &from, "-W", "1684", "-H", &rows];
        Grey::read(&self.raster(page, &[&fax[..], &part].concat()))
    }

    /// Every page in shades of grey.
    pub fn greys(&self, dpi: u32) -> Vec<Grey> {
        let dpi = dpi.to_string();
        (1..=self.pages())
            .map(|page| Grey::read(&self.raster(page, &["-gray", "-r", &dpi])))
            .collect()
    }

    /// One page as pixels, in a file that the next one overwrites.
    fn raster(&self, page: usize, how: &[&str]) -> PathBuf {
        let page = page.to_string();
        let out = self.folder.join("seen");
        let out = out.to_str().expect("a test's path is plain");
        let one = ["-singlefile", "-f", &page, "-l", &page, self.path(), out];
        output("pdftoppm", &[how, &one].concat());
        let end = if how.contains(&"-mono") { "pbm" } else { "pgm" };
        PathBuf::from(format!("{out}.{end}"))
    }
}

/// What the QR codes of a picture say.
pub fn codes_in(picture: &Path) -> Vec<String> {
    let picture = picture.to_str().expect("a test's path is plain");
    let read = run("zbarimg", &["--quiet", "--raw", picture]);
    // zbarimg ends with 4 when it sees no code, which is an answer here.
    assert!(
        matches!(read.status.code(), Some(0 | 4)),
        "zbarimg {picture}: {}",
        String::from_utf8_lossy(&read.stderr)
    );
    String::from_utf8_lossy(&read.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Text without white space.
pub fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{c}')
        .collect()
}
