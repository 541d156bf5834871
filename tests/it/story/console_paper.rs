//! Papers from the command line, without a browser: one resident's, and the binder for the day on which no page opens.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::MASTER_KEY;
use crate::support::service::{HOME, OTHER, Service};
use crate::support::tools::{Pdf, Sight, bare};

/// The program itself, on the story's database and beside its other files.
struct Console<'a> {
    service: &'a Service,
}

impl<'a> Console<'a> {
    /// One process holds a SQLite file at a time, so the service ends before somebody sits down here.
    async fn of(service: &'a Service) -> Self {
        service.bench.store.close().await;
        Self { service }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.service.bench.folder.path().join(name)
    }

    fn command(&self, program: &str, before: &[&str], args: &[&str], out: &Path) -> Output {
        Command::new(program)
            .args(before)
            .args(args)
            .args(["--database", &self.service.bench.url])
            .args(["--base-url", &self.service.base_url, "--out"])
            .arg(out)
            .env_clear()
            .envs([MASTER_KEY])
            .output()
            .unwrap()
    }

    fn run(&self, args: &[&str], out: &Path) -> Output {
        self.command(env!("CARGO_BIN_EXE_hikitsugi"), &[], args, out)
    }

    /// What it says when it has done its work; it is quiet otherwise.
    fn does(&self, args: &[&str], out: &Path) -> String {
        let done = self.run(args, out);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        assert_eq!(done.stderr, b"", "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// Why it gives up.
    fn refuses(&self, args: &[&str], out: &Path) -> String {
        said(&self.run(args, out))
    }

    fn print(&self, resident: &str, out: &Path) -> String {
        self.does(
            &["print", "--form", "emergency", "--resident", resident],
            out,
        )
    }
}

fn said(refused: &Output) -> String {
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(refused.stdout, b"", "{refused:?}");
    String::from_utf8(refused.stderr.clone()).unwrap()
}

const BINDER: [&str; 3] = ["binder", "--facility", HOME];

async fn audit(service: &Service) -> Vec<Value> {
    let audit = service
        .api("manager")
        .await
        .get("/api/v1/audit?limit=200")
        .await
        .value();
    audit["items"].as_array().unwrap().clone()
}

fn noted<'a>(audit: &'a [Value], action: &str) -> Vec<&'a Value> {
    audit
        .iter()
        .filter(|entry| entry["action"] == action)
        .collect()
}

async fn moves(service: &Service, resident: &str, room: &str) {
    let nurse = service.sign_in("nurse").await;
    let fields = [("revision", "1"), ("room", room)];
    nurse
        .does(&format!("/residents/{resident}/move"), &fields)
        .await;
}

/// The one code of a page opens the crew's page of this paper.
async fn opens(service: &Service, pdf: &Pdf, page: usize) {
    let codes = pdf.codes(page, &Sight::Scanner);
    let [code] = &codes[..] else {
        panic!("{codes:?}")
    };
    let path = &code[code.find("/Q/").unwrap()..];
    let headers = [("accept", "application/json")];
    let crew = service
        .stranger()
        .json(Method::POST, path, &headers, &json!({}))
        .await
        .value();
    let serial = crew["document"]["serial"].as_str().unwrap();
    assert!(pdf.page_text(page).contains(serial), "{crew}");
}

both_databases! {
    async fn a_paper_is_issued_as_the_service_issues_it_and_written_again_while_it_holds(bench: Bench) {
        let mut service = Service::start(bench).await;
        let resident = service.sign_in("nurse").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let (file, again) = (service.bench.folder.path().join("紙.pdf"), service.bench.folder.path().join("again.pdf"));
        let console = Console::of(&service).await;
        assert!(console.print(&resident, &file).contains("発行しました"));
        assert!(console.print(&resident, &again).contains("もう一度書きました"));
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes == std::fs::read(&again).unwrap(), "the same paper gives the same bytes");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        service.restart().await;
        let pdf = Pdf::new(service.bench.folder.path(), "read", &bytes);
        pdf.check();
        assert!(pdf.text().contains("髙﨑𠮷子") && pdf.text().contains("203"));
        opens(&service, &pdf, 1).await;
        let audit = audit(&service).await;
        for (action, times) in [("document.issued", 1), ("document.printed", 2)] {
            let noted = noted(&audit, action);
            assert_eq!(noted.len(), times, "{action}: {audit:?}");
            for entry in noted {
                assert_eq!((&entry["actor"], &entry["resident"]), (&json!("コンソール"), &json!(resident)), "{entry}");
            }
        }

        // Something else holds now: the file in the same place is replaced by a new paper.
        moves(&service, &resident, "301").await;
        let console = Console::of(&service).await;
        assert!(console.print(&resident, &file).contains("発行しました"));
        let newer = std::fs::read(&file).unwrap();
        assert!(newer != bytes);
        let pdf = Pdf::new(service.bench.folder.path(), "read", &newer);
        assert!(pdf.text().contains("301"));
    }

    async fn the_binder_holds_everybody_by_room_and_by_reading(bench: Bench) {
        let mut service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let people = [("髙﨑 𠮷子", "たかさき よしこ", "203"), ("勅使河原 栄", "てしがわら さかえ", "101"), ("相田 みつ", "あいだ みつ", "112")];
        let mut residents = Vec::new();
        for (name, kana, room) in people {
            residents.push(nurse.admits(name, kana, room).await);
        }
        drop(nurse);
        let console = Console::of(&service).await;
        let (file, again) = (console.file("binder.pdf"), console.file("again.pdf"));
        let told = console.does(&BINDER, &file);
        assert!(told.contains("3人分 発行しました"), "{told}");
        assert!(console.does(&BINDER, &again).contains("もう一度書きました"));
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes == std::fs::read(&again).unwrap(), "the same binder gives the same bytes");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        service.restart().await;
        let pdf = Pdf::new(service.bench.folder.path(), "read", &bytes);
        pdf.check();
        assert_eq!(pdf.pages(), 4);
        let index = pdf.page_text(1);
        let mut rest = index.as_str();
        for place in ["部屋の順", "勅使河原栄", "相田みつ", "髙﨑𠮷子", "かなの順", "相田みつ", "髙﨑𠮷子", "勅使河原栄"] {
            let at = rest.find(place).unwrap_or_else(|| panic!("{place} in {index}"));
            rest = &rest[at + place.len()..];
        }
        let audit = audit(&service).await;
        let issued = noted(&audit, "binder.issued");
        let [issued] = &issued[..] else { panic!("{audit:?}") };
        assert_eq!(issued["actor"], "コンソール");
        assert_eq!(noted(&audit, "document.issued").len(), 3);
        assert_eq!(noted(&audit, "document.printed").len(), 6);
        let printed = index.split("印刷").next().unwrap();
        // The hour may hold the same digits as a year does, so the year is what stands before its sign.
        let mut before = printed.match_indices('年').filter_map(|(at, _)| printed.get(at.checked_sub(4)?..at));
        let year = before.rfind(|year| year.bytes().all(|byte| byte.is_ascii_digit())).unwrap();
        let date = &printed[printed.rfind(&format!("{year}年")).unwrap()..];
        let day = &date[..date.find('日').unwrap()];
        let numbers: Vec<&str> = day.split(['年', '月']).collect();
        for page in 1..=4 {
            let text = pdf.page_text(page);
            // Each page says when it was printed and which it is, of its sheet and of the binder.
            let short = format!("{}-{:0>2}-{:0>2}", numbers[0], numbers[1], numbers[2]);
            assert!(text.contains(&format!("{day}日")) || text.contains(&short), "page {page} without {day}: {text}");
            assert!(text.contains("1/1ページ"), "{text}");
        }
        for (page, (name, ..)) in [(2, people[1]), (3, people[2]), (4, people[0])] {
            let text = pdf.page_text(page);
            assert!(text.contains(&bare(name)) && text.contains(&format!("綴り{page}")), "{text}");
            opens(&service, &pdf, page).await;
        }

        moves(&service, &residents[0], "301").await;
        let console = Console::of(&service).await;
        assert!(console.does(&BINDER, &file).contains("3人分 発行しました"));
        assert!(std::fs::read(&file).unwrap() != bytes);
    }

    async fn what_is_not_there_is_named_with_what_is_and_nothing_is_issued(bench: Bench) {
        let mut service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let resident = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let left = nurse.admits("相田 みつ", "あいだ みつ", "112").await;
        nurse.does(&format!("/residents/{left}/end"), &[("status", "left"), ("on", "2026-11-20")]).await;
        drop(nurse);
        let console = Console::of(&service).await;
        let out = console.file("a.pdf");
        let form = ["print", "--form", "emergency", "--resident"];
        let wrong: [(&[&str], &[&str]); 5] = [
            (&["print", "--form", "emergncy", "--resident", &resident], &["様式「emergncy」はありません", "emergency", "acp_log"]),
            (&[form[0], form[1], form[2], form[3], "nobody"], &["入居者「nobody」はありません", "/residents/", HOME, "さざなみ苑"]),
            (&[form[0], form[1], form[2], form[3], &left], &["入居中ではない"]),
            (&["binder", "--facility", "nowhere"], &["施設「nowhere」はありません", HOME, "さざなみ苑", OTHER]),
            (&["binder", "--facility", OTHER], &["入居している方はいません"]),
        ];
        for (args, words) in wrong {
            let said = console.refuses(args, &out);
            assert!(words.iter().all(|word| said.contains(word)), "{args:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
        let foreign = console.file("notes.pdf");
        std::fs::write(&foreign, "%PDF-1.4 of somebody else").unwrap();
        let nowhere = console.file("none/a.pdf");
        for (file, words) in [(&foreign, "書き換えません"), (&nowhere, "フォルダーがありません")] {
            let args = [form[0], form[1], form[2], form[3], &resident];
            assert!(console.refuses(&args, file).contains(words), "{}", file.display());
            assert!(console.refuses(&BINDER, file).contains(words), "{}", file.display());
        }
        assert_eq!(std::fs::read(&foreign).unwrap(), b"%PDF-1.4 of somebody else");
        let entries = std::fs::read_dir(service.bench.folder.path()).unwrap();
        let names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert!(!names.iter().any(|name| name.ends_with(".part") || name == "a.pdf"), "{names:?}");
        service.restart().await;
        assert_eq!(noted(&audit(&service).await, "document.issued").len(), 0);
    }
}

/// On PostgreSQL, because there the program writes no other file that the limit would hit.
#[tokio::test]
async fn a_full_disk_leaves_the_old_file_and_says_where_the_paper_is() {
    let service = Service::start(crate::support::Bench::postgres().await).await;
    let nurse = service.sign_in("nurse").await;
    let resident = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
    drop(nurse);
    let console = Console::of(&service).await;
    let out = console.file("a.pdf");
    let args = ["print", "--form", "emergency", "--resident", &resident];
    console.does(&args, &out);
    let before = std::fs::read(&out).unwrap();
    // No file longer than 8 blocks: as a full disk, the write ends with an error half way.
    let limited = [
        "-c",
        "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_hikitsugi"),
    ];
    let full = said(&console.command("/bin/sh", &limited, &args, &out));
    assert!(
        full.contains("空きがありません") && full.contains("発行済み"),
        "{full}"
    );
    assert_eq!(full.lines().count(), 1, "{full}");
    assert!(
        std::fs::read(&out).unwrap() == before,
        "the old file is there"
    );
    let entries = std::fs::read_dir(service.bench.folder.path()).unwrap();
    let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a.pdf"]);
}
