//! TrueType fonts without the instructions that fit letters to the dots of a coarse screen. Paper needs none, and
//! they are a sixth of what a sheet's fonts weigh.

/// Tables that hold only instructions.
const INSTRUCTIONS: [&[u8]; 3] = [b"cvt ", b"fpgm", b"prep"];
const SFNT_HEADER: usize = 12;
const TABLE_RECORD: usize = 16;
/// Place of `indexToLocFormat` in `head`; 1 is 32 bits an offset.
const LOCA_FORMAT: usize = 50;

/// Flags of a part of a composite glyph.
const WORDS: u16 = 0x0001;
const ONE_SCALE: u16 = 0x0008;
const MORE_PARTS: u16 = 0x0020;
const TWO_SCALES: u16 = 0x0040;
const MATRIX: u16 = 0x0080;
const HAS_INSTRUCTIONS: u16 = 0x0100;

/// The same font with the same outlines; `None` when it has no TrueType outlines or is not understood, and is then
/// used as it is. Checksums are left empty: the file is only read by this process.
pub(super) fn unhinted(font: &[u8]) -> Option<Vec<u8>> {
    let tables = tables(font)?;
    let find = |tag: &[u8]| {
        tables
            .iter()
            .find(|(known, _)| *known == tag)
            .map(|(_, data)| *data)
    };
    let (glyphs, places) = glyphs(
        find(b"glyf")?,
        find(b"loca")?,
        u16_at(find(b"head")?, LOCA_FORMAT)? == 1,
    )?;
    let mut head = find(b"head")?.to_vec();
    head[LOCA_FORMAT..LOCA_FORMAT + 2].copy_from_slice(&1_u16.to_be_bytes());
    let kept: Vec<(&[u8], &[u8])> = tables
        .iter()
        .filter(|(tag, _)| !INSTRUCTIONS.contains(tag))
        .map(|(tag, data)| match *tag {
            b"glyf" => (*tag, glyphs.as_slice()),
            b"loca" => (*tag, places.as_slice()),
            b"head" => (*tag, head.as_slice()),
            tag => (tag, *data),
        })
        .collect();
    assemble(font.get(..4)?, &kept)
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_be_bytes(bytes))
}

fn u32_at(data: &[u8], at: usize) -> Option<usize> {
    let bytes = data.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(bytes)).ok()
}

/// Each table's tag and bytes.
fn tables(font: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let count = usize::from(u16_at(font, 4)?);
    (0..count)
        .map(|number| {
            let at = SFNT_HEADER + TABLE_RECORD * number;
            let (start, length) = (u32_at(font, at + 8)?, u32_at(font, at + 12)?);
            Some((font.get(at..at + 4)?, font.get(start..start + length)?))
        })
        .collect()
}

/// The outlines without instructions, and where each glyph begins, in 32 bits.
fn glyphs(glyf: &[u8], loca: &[u8], long: bool) -> Option<(Vec<u8>, Vec<u8>)> {
    let step = if long { 4 } else { 2 };
    let place = |number: usize| match long {
        true => u32_at(loca, number * 4),
        false => u16_at(loca, number * 2).map(|half| usize::from(half) * 2),
    };
    let (mut bare, mut places) = (Vec::with_capacity(glyf.len()), Vec::new());
    let mut mark = |bare: &Vec<u8>| {
        let at = u32::try_from(bare.len()).ok()?;
        places.extend_from_slice(&at.to_be_bytes());
        Some(())
    };
    for number in 0..(loca.len() / step).checked_sub(1)? {
        mark(&bare)?;
        let glyph = glyf.get(place(number)?..place(number + 1)?)?;
        if !glyph.is_empty() {
            strip(glyph, &mut bare)?;
            bare.resize(bare.len().next_multiple_of(4), 0);
        }
    }
    mark(&bare)?;
    Some((bare, places))
}

fn strip(glyph: &[u8], bare: &mut Vec<u8>) -> Option<()> {
    let contours = i16::from_be_bytes(glyph.get(..2)?.try_into().ok()?);
    match usize::try_from(contours) {
        Ok(contours) => {
            let at = 10 + 2 * contours;
            let after = at + 2 + usize::from(u16_at(glyph, at)?);
            bare.extend_from_slice(&glyph[..at]);
            bare.extend_from_slice(&[0, 0]);
            bare.extend_from_slice(glyph.get(after..)?);
        }
        Err(_) => {
            bare.extend_from_slice(glyph.get(..10)?);
            let mut at = 10;
            loop {
                let flags = u16_at(glyph, at)?;
                let length = 4
                    + if flags & WORDS != 0 { 4 } else { 2 }
                    + match flags & (ONE_SCALE | TWO_SCALES | MATRIX) {
                        0 => 0,
                        ONE_SCALE => 2,
                        TWO_SCALES => 4,
                        _ => 8,
                    };
                bare.extend_from_slice(&(flags & !HAS_INSTRUCTIONS).to_be_bytes());
                bare.extend_from_slice(glyph.get(at + 2..at + length)?);
                at += length;
                if flags & MORE_PARTS == 0 {
                    break;
                }
            }
        }
    }
    Some(())
}

fn assemble(version: &[u8], tables: &[(&[u8], &[u8])]) -> Option<Vec<u8>> {
    let count = u16::try_from(tables.len()).ok()?;
    let mut font = version.to_vec();
    font.extend_from_slice(&count.to_be_bytes());
    font.extend_from_slice(&[0; 6]);
    let mut start = SFNT_HEADER + TABLE_RECORD * tables.len();
    for (tag, data) in tables {
        font.extend_from_slice(tag);
        font.extend_from_slice(&[0; 4]);
        font.extend_from_slice(&u32::try_from(start).ok()?.to_be_bytes());
        font.extend_from_slice(&u32::try_from(data.len()).ok()?.to_be_bytes());
        start += data.len().next_multiple_of(4);
    }
    for (_, data) in tables {
        font.extend_from_slice(data);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    Some(font)
}

#[cfg(test)]
mod tests {
    use skrifa::instance::{LocationRef, Size};
    use skrifa::outline::{DrawSettings, pen::SvgPen};
    use skrifa::raw::TableProvider;
    use skrifa::{FontRef, MetadataProvider};

    use super::*;

    static BOLD: &[u8] = include_bytes!("../../../forms/fonts/BIZUDPGothic-Bold.ttf");

    fn outlines(font: &FontRef) -> Vec<String> {
        let outlines = font.outline_glyphs();
        let count = font.maxp().unwrap().num_glyphs();
        (0..u32::from(count))
            .map(|glyph| {
                let mut pen = SvgPen::new();
                let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
                outlines
                    .get(glyph.into())
                    .unwrap()
                    .draw(settings, &mut pen)
                    .unwrap();
                pen.to_string()
            })
            .collect()
    }

    #[test]
    fn outlines_stay_and_instructions_go() {
        let bare = unhinted(BOLD).unwrap();
        assert!(bare.len() < BOLD.len() * 9 / 10, "{}", bare.len());
        let (hinted, bare) = (FontRef::new(BOLD).unwrap(), FontRef::new(&bare).unwrap());
        assert!(hinted.fpgm().is_ok() && bare.fpgm().is_err());
        assert!(outlines(&hinted) == outlines(&bare), "an outline changed");
    }

    #[test]
    fn what_is_no_font_with_outlines_is_left_alone() {
        assert_eq!(unhinted(b""), None);
        assert_eq!(unhinted(&BOLD[..4000]), None);
    }
}
