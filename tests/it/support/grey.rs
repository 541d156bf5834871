//! A page as a scanner sees it, and what fax machines, copiers and hands do to it.

use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::tools;
use crate::directive::steps::Dice;

/// Shades of grey in rows from the top: 0 is black, 255 white.
#[derive(Clone, PartialEq)]
pub struct Grey {
    pub width: usize,
    pub height: usize,
    pub shades: Vec<u8>,
}

impl Grey {
    /// Reads a binary PGM as poppler writes it.
    pub fn read(file: &Path) -> Self {
        let bytes = std::fs::read(file).expect("poppler wrote the page");
        let mut words = bytes.splitn(4, |byte| byte.is_ascii_whitespace());
        let mut word = || {
            std::str::from_utf8(words.next().unwrap())
                .unwrap()
                .to_owned()
        };
        assert_eq!(word(), "P5");
        let (width, height) = (word().parse().unwrap(), word().parse().unwrap());
        let rest = words.next().unwrap();
        let shades = rest
            .strip_prefix(b"255\n")
            .expect("8 bits a shade")
            .to_vec();
        assert_eq!(shades.len(), width * height);
        Self {
            width,
            height,
            shades,
        }
    }

    /// Writes a binary PGM, which zbar and tesseract read.
    pub fn write(&self, file: &Path) {
        let mut bytes = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend_from_slice(&self.shades);
        std::fs::write(file, bytes).expect("the test's folder is writable");
    }

    /// Writes a PNG for people and for comparing.
    pub fn save(&self, file: &Path) {
        let size = |length: usize| u32::try_from(length).unwrap();
        let file = std::fs::File::create(file).expect("the folder of the picture is writable");
        // Few shades are smallest without a filter.
        PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::NoFilter)
            .write_image(
                &self.shades,
                size(self.width),
                size(self.height),
                ExtendedColorType::L8,
            )
            .expect("the disk has room");
    }

    /// Reads what [`Grey::save`] wrote.
    pub fn open(file: &Path) -> Option<Self> {
        let picture = image::open(file).ok()?.into_luma8();
        Some(Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            shades: picture.into_raw(),
        })
    }

    /// In sixteen shades, which a file holds in half the bytes.
    pub fn coarse(&mut self) {
        for shade in &mut self.shades {
            *shade = *shade / 16 * 17;
        }
    }

    /// A spilt cup has dried on a tenth of the area: darker, and darkest at its rim.
    pub fn stain(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        let radius = (self.shades.len() as f32 / 10.0 / std::f32::consts::PI).sqrt() as usize;
        let across = radius + dice.below(self.width - 2 * radius);
        let down = radius + dice.below(self.height - 2 * radius);
        for row in down - radius..down + radius {
            for column in across - radius..across + radius {
                let distance = row.abs_diff(down).pow(2) + column.abs_diff(across).pow(2);
                let left = match distance * 10 / (radius * radius) {
                    0..9 => 68,
                    9 => 55,
                    _ => continue,
                };
                let shade = &mut self.shades[row * self.width + column];
                *shade = u8::try_from(usize::from(*shade) * left / 100).unwrap();
            }
        }
    }

    /// The toner has flaked off a fold across the page, half a millimetre wide at 200 dpi.
    pub fn fold_across(&mut self, down: usize) {
        for row in down..down + 3 {
            self.shades[row * self.width..][..self.width].fill(255);
        }
    }

    /// The same from top to bottom.
    pub fn fold_down(&mut self, across: usize) {
        for row in self.shades.chunks_exact_mut(self.width) {
            row[across..across + 3].fill(255);
        }
    }

    /// One generation of a photocopier: the lens blurs, the drum speckles, the contrast is set too high.
    pub fn copy(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        let width = self.width;
        let before = std::mem::take(&mut self.shades);
        let mut after = before.clone();
        let mut random = 0_u64;
        for at in width + 1..before.len() - width - 1 {
            let cross = u32::from(before[at - 1])
                + u32::from(before[at + 1])
                + u32::from(before[at - width])
                + u32::from(before[at + width]);
            let blurred = (u32::from(before[at]) * 4 + cross) / 8;
            // Four random bytes together fall as a bell with a deviation of 148; a sixth of it is noise of 25 shades.
            if at % 2 == 0 {
                random = dice.next();
            } else {
                random >>= 32;
            }
            let bell =
                (random & 255) + (random >> 8 & 255) + (random >> 16 & 255) + (random >> 24 & 255);
            let noisy = i64::from(blurred) + (i64::try_from(bell).unwrap() - 510) / 6;
            let contrasted = (noisy - 128) * 3 / 2 + 128;
            after[at] = u8::try_from(contrasted.clamp(0, 255)).unwrap();
        }
        self.shades = after;
    }

    /// Laid on askew, about the middle; what comes in from outside is white.
    pub fn turn(&mut self, degrees: f32) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let before = std::mem::take(&mut self.shades);
        let (middle_x, middle_y) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let mut after = Vec::with_capacity(before.len());
        for row in 0..self.height {
            let down = row as f32 - middle_y;
            for column in 0..self.width {
                let across = column as f32 - middle_x;
                let from_x = (across * cos + down * sin + middle_x).round() as isize;
                let from_y = (down * cos - across * sin + middle_y).round() as isize;
                let inside = from_x >= 0
                    && from_y >= 0
                    && from_x < self.width as isize
                    && from_y < self.height as isize;
                after.push(if inside {
                    before[from_y as usize * self.width + from_x as usize]
                } else {
                    255
                });
            }
        }
        self.shades = after;
    }

    /// What a fax sends: black or white.
    pub fn one_bit(&mut self) {
        for shade in &mut self.shades {
            *shade = if *shade < 128 { 0 } else { 255 };
        }
    }

    /// White paper around it, so that nothing is lost when it is turned.
    pub fn on_paper(&self, across: usize, down: usize) -> Self {
        let width = self.width + 2 * across;
        let height = self.height + 2 * down;
        let mut shades = vec![255; width * height];
        for (row, line) in self.shades.chunks_exact(self.width).enumerate() {
            shades[(row + down) * width + across..][..self.width].copy_from_slice(line);
        }
        Self {
            width,
            height,
            shades,
        }
    }

    pub fn rows(&self, from: usize, count: usize) -> Self {
        Self {
            width: self.width,
            height: count,
            shades: self.shades[from * self.width..][..count * self.width].to_vec(),
        }
    }

    /// Seen from twice as far: four pixels become one.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut shades = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let at = 2 * row * self.width + 2 * column;
                let below = at + self.width;
                let four = [at, at + 1, below, below + 1].map(|at| u16::from(self.shades[at]));
                shades.push(u8::try_from(four.iter().sum::<u16>() / 4).unwrap());
            }
        }
        Self {
            width,
            height,
            shades,
        }
    }

    /// What the QR codes on it say.
    pub fn codes(&self, file: &Path) -> Vec<String> {
        self.write(file);
        tools::codes_in(file)
    }

    /// What a machine reads on it, without white space.
    pub fn words(&self, file: &Path) -> String {
        self.write(file);
        let file = file.to_str().expect("a test's path is plain");
        let black_on_white = ["-c", "tessedit_do_invert=0"];
        let how = [[file, "-"], ["-l", "jpn"], ["--psm", "6"], black_on_white];
        let said = tools::text("tesseract", how.as_flattened());
        tools::bare(&said)
    }
}
