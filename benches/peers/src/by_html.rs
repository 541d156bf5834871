//! The sheet as an HTML page, printed by WeasyPrint or by headless Chromium.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::meter::Cost;
use crate::words::{Block, Words};

const CSS: &str = include_str!("sheet.css");
const PRINTERS: &str = include_str!("printers.py");

/// A printer kept running between sheets, and the folder that its pages and fonts are in.
pub struct Printer {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Printer {
    /// Starts one of `printers.py`; `PYTHON` says by which interpreter. `None`, with the reason printed, if it is not
    /// installed.
    pub fn start(name: &str, folder: &Path, fonts: &[(&str, &[u8])], photo: &[u8]) -> Option<Self> {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).expect("the folder is writable");
        for (file, bytes) in fonts
            .iter()
            .chain(&[("photo.jpg", photo), ("sheet.css", CSS.as_bytes())])
        {
            std::fs::write(folder.join(file), bytes).expect("the folder is writable");
        }
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut child = Command::new(python)
            .args(["-c", PRINTERS, name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python is installed");
        let orders = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        answers.read_line(&mut line).expect("a line of text");
        if line.trim() != "ready" {
            child.wait().expect("it was started");
            eprintln!("{name} is left out: it did not start; see above");
            return None;
        }
        Some(Self {
            child,
            orders,
            answers,
            folder,
        })
    }

    /// What printing alone cost, and the bytes.
    pub fn print(&mut self, page: &str) -> (Cost, Vec<u8>) {
        let (html, pdf) = (self.folder.join("page.html"), self.folder.join("page.pdf"));
        std::fs::write(&html, page).expect("the folder is writable");
        let orders = self.orders.as_mut().expect("still open");
        writeln!(orders, "{}\t{}", html.display(), pdf.display()).expect("the printer listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line of text");
        let mut seconds = line
            .split_whitespace()
            .map(|number| Duration::from_secs_f64(number.parse().expect("the printer answers")));
        let mut next = || seconds.next().expect("CPU and wall time");
        let cost = Cost {
            others: next(),
            own: Duration::ZERO,
            wall: next(),
        };
        (cost, std::fs::read(&pdf).expect("it was just written"))
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        drop(self.orders.take());
        // Nothing is left to do about a printer that does not end.
        let _ended = self.child.wait();
    }
}

/// The sheet's words as a page.
pub fn page(words: &Words) -> String {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"ja\"><meta charset=\"utf-8\"><link rel=\"stylesheet\" href=\"sheet.css\">",
    );
    let mut put = |part: std::fmt::Arguments| html.write_fmt(part).expect("a String takes all");
    put(format_args!(
        "<title>{}</title><header><img src=\"photo.jpg\" alt=\"本人の顔写真\"><div><h1>{}</h1><table>",
        safe(&words.subject),
        safe(&words.title)
    ));
    for marks in words.marks.chunks(3) {
        put(format_args!("<tr>"));
        for (label, mark) in marks {
            put(format_args!(
                "<td><small>{}</small>{}</td>",
                safe(label),
                safe(mark)
            ));
        }
        put(format_args!("</tr>"));
    }
    let side = words.qr.side + 8;
    put(format_args!(
        "</table></div><svg viewBox=\"-4 -4 {side} {side}\" role=\"img\" aria-label=\"最新の内容を開くQRコード\">"
    ));
    for [x, y, width, height] in &words.qr.dark {
        put(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        ));
    }
    put(format_args!(
        "</svg></header><small>{}</small><div class=\"band\">",
        safe(&words.address)
    ));
    for line in &words.band {
        put(format_args!("<p>{}</p>", safe(line)));
    }
    put(format_args!(
        "</div><p class=\"alike\">{}</p>",
        safe(&words.alike)
    ));
    for block in &words.blocks {
        match block {
            Block::Grid { title, rows } => {
                put(format_args!("<h2>{}</h2>", safe(title)));
                for row in rows {
                    put(format_args!("<table><tr>"));
                    for cell in row {
                        let weight = if cell.bold { "bold" } else { "normal" };
                        put(format_args!(
                            "<td style=\"width:{}%\"><small>{}</small><div style=\"font-size:{}pt;font-weight:{weight}\">{}</div></td>",
                            per_cent(cell.span),
                            safe(&cell.label),
                            cell.size,
                            safe(&cell.lines.join("\n")).replace('\n', "<br>")
                        ));
                    }
                    put(format_args!("</tr></table>"));
                }
            }
            Block::Table {
                title,
                heads,
                widths,
                rows,
            } => {
                let all: usize = widths.iter().sum();
                put(format_args!("<h2>{}</h2><table><thead><tr>", safe(title)));
                for (head, width) in heads.iter().zip(widths) {
                    put(format_args!(
                        "<th style=\"width:{}%\">{}</th>",
                        100 * width / all,
                        safe(head)
                    ));
                }
                put(format_args!("</tr></thead>"));
                for row in rows {
                    put(format_args!("<tr>"));
                    for cell in row {
                        put(format_args!("<td>{}</td>", safe(cell)));
                    }
                    put(format_args!("</tr>"));
                }
                put(format_args!("</table>"));
            }
            Block::Blank { title, rows } => {
                put(format_args!("<h2>{}</h2>", safe(title)));
                for row in rows {
                    put(format_args!("<table><tr>"));
                    for cell in row {
                        put(format_args!(
                            "<td style=\"width:{}%;height:{}mm\"><small>{}</small></td>",
                            per_cent(cell.span),
                            cell.height,
                            safe(&cell.label)
                        ));
                    }
                    put(format_args!("</tr></table>"));
                }
            }
        }
    }
    put(format_args!(
        "<footer>{}</footer></html>",
        safe(&words.foot)
    ));
    html
}

/// One paragraph, as it is typed.
pub fn note(note: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"ja\"><meta charset=\"utf-8\"><link rel=\"stylesheet\" href=\"sheet.css\"><title>note</title><p>{}</p></html>",
        safe(note)
    )
}

fn per_cent(span: usize) -> f64 {
    span as f64 * 100.0 / 12.0
}

fn safe(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
