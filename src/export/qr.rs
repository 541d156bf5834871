//! QR symbols: a string becomes a square of dark and light modules, then vector rectangles or SVG.
//!
//! Error correction is level Q: about a quarter of the symbol may be lost to a fold, a fax or a coffee stain.
//! A link of up to 67 uppercase characters stays at version 4 (33 modules), which is 0.91 mm a module at 30 mm.
use std::fmt;

use qrcode::{Color, EcLevel, QrCode, Version};

/// Light modules that must surround a symbol (ISO/IEC 18004, 9.1).
pub const QUIET_MODULES: usize = 4;

/// One QR symbol without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    side: usize,
    version: u8,
    dark: Vec<bool>,
}

/// The text holds more than the largest symbol at level Q can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// Length of the refused text in bytes.
    pub bytes: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QRコードに入らない長さです({}バイト)", self.bytes)
    }
}

impl std::error::Error for TooLong {}

/// A dark rectangle, in modules from the symbol's upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dark {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

impl Qr {
    /// Encodes `text` in the smallest symbol. Text made only of digits, capitals and ` $%*+-./:` takes the
    /// alphanumeric mode, 5.5 bits a character.
    pub fn encode(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q)
            .map_err(|_| TooLong { bytes: text.len() })?;
        let version = match code.version() {
            Version::Normal(version) | Version::Micro(version) => version.unsigned_abs() as u8,
        };
        Ok(Self {
            side: code.width(),
            version,
            dark: code
                .into_colors()
                .into_iter()
                .map(|color| color == Color::Dark)
                .collect(),
        })
    }

    /// Modules along one side, quiet zone not counted.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Version of the symbol, 1 to 40.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Whether the module in column `x` of row `y` is dark; outside the symbol all is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && y < self.side && self.dark[y * self.side + x]
    }

    /// Dark modules merged into rectangles, so that no hairline appears between neighbours.
    pub fn rectangles(&self) -> Vec<Dark> {
        let mut done: Vec<Dark> = Vec::new();
        let mut open: Vec<Dark> = Vec::new();
        for y in 0..=self.side {
            let mut next = Vec::new();
            for (x, width) in self.runs(y) {
                let above = open.iter().position(|d| d.x == x && d.width == width);
                let height = above.map_or(0, |at| open.swap_remove(at).height) + 1;
                next.push(Dark {
                    x,
                    y: y + 1 - height,
                    width,
                    height,
                });
            }
            done.append(&mut open);
            open = next;
        }
        done.sort_by_key(|d| (d.y, d.x));
        done
    }

    /// `(column, length)` of each run of dark modules in row `y`.
    fn runs(&self, y: usize) -> Vec<(usize, usize)> {
        let mut runs = Vec::new();
        let mut x = 0;
        while x < self.side {
            let length = (x..self.side).take_while(|&x| self.is_dark(x, y)).count();
            if length > 0 {
                runs.push((x, length));
            }
            x += length + 1;
        }
        runs
    }

    /// An SVG for a web page: black on white whatever the page's colours, quiet zone included, sized by the
    /// page's stylesheet. `label` becomes its accessible name.
    pub fn svg(&self, label: &str) -> String {
        let side = self.side + 2 * QUIET_MODULES;
        let mut path = String::new();
        for Dark {
            x,
            y,
            width,
            height,
        } in self.rectangles()
        {
            let (x, y) = (x + QUIET_MODULES, y + QUIET_MODULES);
            path.push_str(&format!("M{x} {y}h{width}v{height}h-{width}z"));
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
             aria-label=\"{}\" shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" \
             fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>",
            escape(label)
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "HTTPS://HIKITSUGI.EXAMPLE.JP/Q/0123456789ABCDEFGHJKMNPQRS";

    #[test]
    fn a_link_stays_small_enough_for_fax() {
        let qr = Qr::encode(LINK).unwrap();
        assert_eq!((qr.version(), qr.side()), (4, 33));
        assert!(Qr::encode(&LINK[..54]).unwrap().version() <= 4);
    }

    #[test]
    fn rectangles_cover_each_dark_module_once() {
        let qr = Qr::encode(LINK).unwrap();
        let mut count = vec![0; qr.side() * qr.side()];
        for dark in qr.rectangles() {
            for y in dark.y..dark.y + dark.height {
                for x in dark.x..dark.x + dark.width {
                    count[y * qr.side() + x] += 1;
                }
            }
        }
        for y in 0..qr.side() {
            for x in 0..qr.side() {
                assert_eq!(
                    count[y * qr.side() + x],
                    usize::from(qr.is_dark(x, y)),
                    "{x},{y}"
                );
            }
        }
    }

    #[test]
    fn svg_keeps_the_quiet_zone_and_escapes_its_label() {
        let svg = Qr::encode(LINK).unwrap().svg("<\"&>");
        assert!(svg.contains("viewBox=\"0 0 41 41\""));
        assert!(svg.contains("aria-label=\"&lt;&quot;&amp;&gt;\""));
        assert!(svg.contains("d=\"M4 4h7v1h-7z"));
    }

    #[test]
    fn too_long_a_text_is_refused() {
        assert_eq!(Qr::encode(&"あ".repeat(1000)), Err(TooLong { bytes: 3000 }));
    }
}
