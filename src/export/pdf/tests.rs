//! What paper promises: nothing lost, nothing blank, the same bytes.
use super::*;

/// Every line of text on every page, in reading order.
fn printed(section: &Section) -> Vec<Vec<String>> {
    let pages = flow::pages(&Shaper::new(), section, 0).unwrap();
    let lines = |page: &flow::PlacedPage| {
        page.blocks
            .iter()
            .flat_map(|placed| placed.laid.lines())
            .collect()
    };
    pages.iter().map(lines).collect()
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(render(&sample::document()), render(&sample::document()));
}

#[test]
fn a_dense_sheet_is_one_page_of_modest_size() {
    assert_eq!(sample::sheet().pages(), Ok(1));
    let bytes = render(&sample::document()).unwrap();
    assert!(bytes.len() < 150_000, "{} bytes", bytes.len());
}

#[test]
fn what_does_not_fit_continues_and_says_so() {
    let pages = printed(&sample::overflowing());
    assert!(pages.len() > 1);
    let (last, before) = pages.split_last().unwrap();
    assert!(
        before
            .iter()
            .all(|page| page.iter().any(|line| line.contains("次ページ(続き)あり")))
    );
    assert!(!last.iter().any(|line| line.contains("次ページ")));
    assert!(
        pages[1..]
            .iter()
            .all(|page| page[0] == "(続き)𠮷田 花子 様")
    );
}

#[test]
fn nothing_is_lost_over_pages() {
    let note: String = (0..1000).map(|n| format!("第{n}項、")).collect();
    let section = || Section::new().pin(Grid::new().row([Cell::blank("手書き", 30.0)]));
    for long in [
        Element::from(note.as_str()),
        Text::critical(note.as_str(), 14.0).into(),
        Grid::titled("経過")
            .row([
                Cell::new("記録", note.as_str()).span(8),
                Cell::new("確認", "済").span(4),
            ])
            .into(),
        Table::new()
            .column("記録", Width::Share(1.0))
            .row([note.as_str()])
            .into(),
        Band::framed(note.as_str()).into(),
        Stack::new(1.0).with("前").with(note.as_str()).into(),
        Row::new(1.0)
            .with(Width::Share(1.0), note.as_str())
            .with(Width::Mm(20.0), "横")
            .into(),
        Element::from(note.as_str()).keep_together(),
    ] {
        let text: String = printed(&section().block("上").block(long.clone()).block("下"))
            .concat()
            .concat();
        let found = (0..1000)
            .filter(|n| text.contains(&format!("第{n}項、")))
            .count();
        assert!(
            found > 960,
            "{found} of 1000 entries stand on one line each: {long:?}"
        );
        let letters = |text: &str| {
            text.chars()
                .filter(|c| "第項、0123456789".contains(*c))
                .count()
        };
        assert!(letters(&text) >= letters(&note));
    }
}

#[test]
fn a_table_over_pages_repeats_its_headings() {
    let mut table = Table::headed("薬")
        .column("薬の名前", Width::Share(1.0))
        .column("量", Width::Share(1.0));
    for n in 0..120 {
        table = table.row([format!("見本錠{n}"), "1日3回".into()]);
    }
    let pages = printed(&Section::new().block(table));
    assert!(pages.len() > 2);
    assert!(
        pages
            .iter()
            .all(|page| page.iter().any(|line| line == "薬の名前"))
    );
    assert!(pages[1].iter().any(|line| line == "薬(続き)"));
    let rows: Vec<&String> = pages
        .iter()
        .flatten()
        .filter(|line| line.starts_with("見本錠"))
        .collect();
    assert_eq!(rows.len(), 120);
}

#[test]
fn a_heading_never_closes_a_page() {
    for lines in 30..60 {
        let section = (0..lines).fold(Section::new(), |section, n| {
            section.block(format!("記録{n}"))
        });
        let tail = ["一行", "二行", "三行"].map(|text| Text::value(text).size(20.0));
        let tail = tail.into_iter().fold(Stack::new(0.0), Stack::with);
        let section = section
            .block(Text::heading(2, "申し送り"))
            .block(Element::from(tail).keep_together());
        for page in printed(&section) {
            let text: Vec<&String> = page
                .iter()
                .filter(|line| !line.contains("次ページ"))
                .collect();
            assert_ne!(
                text.last().map(|line| line.as_str()),
                Some("申し送り"),
                "{lines}"
            );
        }
    }
}

#[test]
fn pages_are_numbered_and_headers_keep_their_room() {
    let header = |page: Page| {
        Text::value(format!(
            "{}/{} {}",
            page.number,
            page.of,
            "長い\n".repeat(page.number)
        ))
        .into()
    };
    let section = (0..150).fold(Section::new().header(header), |section, n| {
        section.block(format!("記録{n}"))
    });
    let pages = flow::pages(&Shaper::new(), &section, 7).unwrap();
    assert!(pages.len() > 2);
    for (at, page) in pages.iter().enumerate() {
        let header = page.header.as_ref().unwrap();
        assert!(header.laid.lines()[0].starts_with(&format!("{}/{}", at + 1, pages.len())));
        assert!(header.y + header.laid.height <= page.blocks[0].y);
    }
}

#[test]
fn text_shrinks_to_its_floor_before_another_page_is_used() {
    let size = |page: &flow::PlacedPage| match &page.blocks[0].laid.content {
        Some(laid::Content::Lines { size_pt, .. }) => *size_pt,
        _ => panic!("a text block"),
    };
    let rows = |count| {
        (0..count).fold(Section::new(), |section, n| {
            section.block(format!("記録{n}"))
        })
    };
    let sizes: Vec<(usize, f32)> = (30..70)
        .map(|count| flow::pages(&Shaper::new(), &rows(count), 0).unwrap())
        .map(|pages| (pages.len(), size(&pages[0])))
        .collect();
    assert_eq!(sizes[0], (1, 10.5));
    assert!(sizes.iter().any(|&(pages, size)| pages == 1 && size < 10.0));
    assert!(sizes.iter().all(|&(_, size)| size >= SMALLEST_VALUE_PT));
    let two_pages: Vec<f32> = sizes
        .iter()
        .filter(|(pages, _)| *pages == 2)
        .map(|(_, size)| *size)
        .collect();
    assert!(
        two_pages.iter().all(|&size| size == 10.5),
        "where shrinking saves no page, letters stay large"
    );
}

#[test]
fn s25_a_missing_glyph_stops_the_print_by_name() {
    let section = Section::new().block(Grid::new().row([Cell::new("氏名", "山田 𪚥太郎")]));
    let error = render(&Document::new("", "", "", Moment(0)).with(section)).unwrap_err();
    assert!(error.to_string().contains("「𪚥」(U+2A6A5)"), "{error}");
    assert!(error.to_string().contains("山田 𪚥太郎"), "{error}");
}

#[test]
fn what_can_fit_nowhere_is_an_error() {
    let failing = |block: Element| {
        render(&Document::new("", "", "", Moment(0)).with(Section::new().block(block)))
    };
    let narrow = Row::new(0.0).with(Width::Mm(2.0), "漢字").into();
    assert!(matches!(failing(narrow), Err(PdfError::TooWide { .. })));
    let tall = Grid::new().row([Cell::blank("写真", 400.0)]).into();
    assert!(matches!(failing(tall), Err(PdfError::TooTall { .. })));
    let row = Table::new()
        .column("一", Width::Share(1.0))
        .row(["一", "二"])
        .into();
    assert!(matches!(failing(row), Err(PdfError::TooManyCells { .. })));
    let photo = Image::jpeg(vec![1, 2, 3], 30.0, 40.0, "写真").into();
    assert!(matches!(failing(photo), Err(PdfError::Photo { .. })));
}

#[test]
fn a_telephone_number_shrinks_rather_than_break() {
    let number = |width| {
        printed(
            &Section::new()
                .block(Row::new(0.0).with(Width::Mm(width), Text::critical("090-1234-5678", 11.0))),
        )
    };
    assert_eq!(number(34.0), [["090-1234-5678"]]);
}
