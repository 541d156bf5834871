//! The sheet by the typst library, as PDF/A-2a and PDF/UA-1 like the product's.

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::words::Words;

const TEMPLATE: &str = include_str!("sheet.typ");
const NOTE: &str = "#set document(title: \"note\")\n\
    #set text(font: (\"BIZ UDPGothic\", \"Hikitsugi Fallback\"), lang: \"ja\")\n\
    #read(\"note.txt\")";

/// Fonts, library and template, kept between sheets.
pub struct Typst {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    options: PdfOptions,
    files: Vec<(FileId, Bytes)>,
}

impl Typst {
    pub fn new(fonts: &[&'static [u8]]) -> Self {
        let fonts: Vec<Font> = fonts
            .iter()
            .flat_map(|font| Font::iter(Bytes::new(*font)))
            .collect();
        let day = Datetime::from_ymd_hms(2026, 11, 23, 0, 30, 0).expect("a day");
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main: Source::new(id("main.typ"), TEMPLATE.to_owned()),
            options: PdfOptions {
                standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
                    .expect("both can hold at once"),
                timestamp: Some(Timestamp::new_utc(day)),
                ..PdfOptions::default()
            },
            files: Vec::new(),
        }
    }

    pub fn sheet(&mut self, words: &Words, photo: &[u8]) -> Vec<u8> {
        let words = serde_json::to_vec(words).expect("words are JSON");
        self.files = vec![
            (id("data.json"), Bytes::new(words)),
            (id("photo.jpg"), Bytes::new(photo.to_vec())),
        ];
        let bytes = self.compile();
        // As a long-running program does: what the last few sheets did not use is forgotten.
        typst::comemo::evict(3);
        bytes
    }

    /// One paragraph, as it is typed.
    pub fn note(&mut self, note: &str) -> Vec<u8> {
        let template =
            std::mem::replace(&mut self.main, Source::new(id("note.typ"), NOTE.to_owned()));
        self.files = vec![(id("note.txt"), Bytes::from_string(note.to_owned()))];
        let bytes = self.compile();
        self.main = template;
        bytes
    }

    fn compile(&self) -> Vec<u8> {
        let document = typst::compile::<PagedDocument>(self)
            .output
            .unwrap_or_else(|problems| panic!("{}", words_of(&problems)));
        typst_pdf::pdf(&document, &self.options)
            .unwrap_or_else(|problems| panic!("{}", words_of(&problems)))
    }
}

fn words_of(problems: &[SourceDiagnostic]) -> String {
    let words: Vec<&str> = problems.iter().map(|problem| &*problem.message).collect();
    words.join("; ")
}

fn id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("a plain path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for Typst {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        Err(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
