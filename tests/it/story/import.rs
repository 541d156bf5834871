//! A facility brings in its residents from the file that its care software writes.

use std::process::{Command, Output};

use axum::http::StatusCode;

use crate::support::service::{Answer, HOME, Person, Service};
use crate::support::{Bench, MASTER_KEY};

const PATH: &str = "/residents/import";
const CHECK: &str = "/residents/import/check";
const GOOD: &str = "利用者番号,氏名,フリガナ,生年月日,性別,居室番号,アレルギー,DNAR\n\
    11,髙﨑 𠮷子,タカサキ ヨシコ,S12.3.4,女,203,ペニシリン,希望\n\
    12,山田 花,ヤマダ ハナ,昭和10年2月3日,女,204,なし,\n";

/// What a browser would send back from a page of the import, with one button pressed.
fn fields(page: &str, order: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\""))?.1;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let mut fields = vec![("do".to_owned(), order.to_owned())];
    let mut select = None;
    for tag in page.split('<').map(|tag| tag.split('>').next().unwrap()) {
        if tag.starts_with("input type=\"hidden\"") {
            fields.push((
                attribute(tag, "name").unwrap(),
                attribute(tag, "value").unwrap(),
            ));
        } else if tag.starts_with("select") {
            select = attribute(tag, "name");
        } else if tag.starts_with("option") && tag.ends_with("selected") {
            fields.push((select.clone().unwrap(), attribute(tag, "value").unwrap()));
        }
    }
    fields
}

async fn press(person: &Person<'_>, page: &str, order: &str) -> Answer {
    send(person, &fields(page, order)).await
}

async fn send(person: &Person<'_>, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    person.post(CHECK, &fields).await
}

async fn imports(person: &Person<'_>, bytes: &[u8]) -> String {
    let columns = person.upload(PATH, "file", "利用者.csv", bytes).await;
    assert_eq!(columns.status, StatusCode::OK, "{}", columns.text());
    let confirm = press(person, &columns.text(), "confirm").await;
    assert_eq!(confirm.status, StatusCode::OK);
    let done = press(person, &confirm.text(), "import").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    done.location()
}

both_databases! {
    async fn a_nurse_brings_in_residents_and_does_it_again(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        assert!(nurse.see(PATH).await.contains("multipart/form-data"));

        let (shift_jis, _, lossy) = encoding_rs::SHIFT_JIS.encode("氏名,フリガナ,居室\n髙﨑 一,タカサキ ハジメ,101\n");
        assert!(!lossy);
        assert_eq!(imports(&nurse, &shift_jis).await, "/residents/import/done?added=1&updated=0&same=0");

        let columns = nurse.upload(PATH, "file", "利用者.csv", GOOD.as_bytes()).await.text();
        for seen in ["利用者.csv", "CSV(UTF-8)", "すべての行を読めました", "H列 DNAR", "取り込みません", "心肺蘇生についての扱いは、取り込みでは変わりません"] {
            assert!(columns.contains(seen), "{seen}: {columns}");
        }
        assert!(!columns.contains("name=\"column.7\""), "a refused column offers no choice");
        assert!(!nurse.see("/residents").await.contains("髙﨑 𠮷子"), "nothing is brought in before it is confirmed");
        let confirm = press(&nurse, &columns, "confirm").await.text();
        assert!(confirm.contains("髙﨑 𠮷子") && confirm.contains("2人を取り込む"), "{confirm}");
        let done = press(&nurse, &confirm, "import").await.location();
        assert_eq!(done, "/residents/import/done?added=2&updated=0&same=0");
        assert!(nurse.see(&done).await.contains("2人を取り込みました"));
        let list = nurse.see("/residents").await;
        assert!(list.contains("髙﨑 𠮷子") && list.contains("山田 花") && list.contains("髙﨑 一"));
        assert!(list.contains("心肺蘇生を実施してください"), "s17: the DNAR column changed nothing");

        // The confirming form sent twice does nothing twice.
        let again = press(&nurse, &confirm, "import").await;
        assert_eq!(again.status, StatusCode::OK);
        assert!(again.text().contains("変わるところはありません"), "{}", again.text());

        // The same file with one other room changes one person and one answer.
        let moved = GOOD.replace("204", "305");
        let columns = nurse.upload(PATH, "file", "利用者.csv", moved.as_bytes()).await.text();
        let confirm = press(&nurse, &columns, "confirm").await.text();
        assert!(confirm.contains("204") && confirm.contains("305") && confirm.contains("1人を取り込む"), "{confirm}");
        assert_eq!(press(&nurse, &confirm, "import").await.location(), "/residents/import/done?added=0&updated=1&same=1");
        let id = nurse.see("/residents").await.split("/residents/").filter_map(|rest| {
            let (id, after) = rest.split_once('"')?;
            after.starts_with(">山田 花").then(|| id.to_owned())
        }).next().unwrap();
        let history = nurse.see(&format!("/residents/{id}/revisions/2")).await;
        assert!(history.contains("名簿の取り込み") && history.contains("305"), "{history}");
    }

    async fn one_bad_row_keeps_everybody_out(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let bad = GOOD.replace("昭和10年2月3日", "昭和65年2月3日") + "11,鈴木 一,スズキ ハジメ,S11.1.1,男,205,,\n";
        let page = nurse.upload(PATH, "file", "利用者.csv", bad.as_bytes()).await.text();
        for seen in ["2か所に直すところがあります", "3行目", "D列", "昭和65年2月3日", "4行目", "2行目と同じ番号です"] {
            assert!(page.contains(seen), "{seen}: {page}");
        }
        for order in ["confirm", "import"] {
            let answer = press(&nurse, &page, order).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(answer.text().contains("2か所に直すところがあります"));
        }
        assert!(!nurse.see("/residents").await.contains("髙﨑 𠮷子"));
    }

    async fn a_person_matches_the_columns_by_hand(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let page = nurse.upload(PATH, "file", "a.csv", "甲,乙,丙\n山田 花,ヤマダ ハナ,山田 花\n".as_bytes()).await.text();
        assert!(page.contains("氏名の列がありません"), "{page}");
        let mut chosen = fields(&page, "map");
        chosen.retain(|(key, _)| !key.starts_with("column."));
        for (column, target) in [("0", "name"), ("1", "name_kana"), ("2", "name")] {
            chosen.push((format!("column.{column}"), target.to_owned()));
        }
        let twice = send(&nurse, &chosen).await.text();
        assert!(twice.contains("列の選び方を直してください") && twice.contains("A列も選ばれています"), "{twice}");
        chosen.pop();
        let page = send(&nurse, &chosen).await.text();
        assert!(page.contains("すべての行を読めました"), "{page}");
        let confirm = press(&nurse, &page, "confirm").await.text();
        assert_eq!(press(&nurse, &confirm, "import").await.location(), "/residents/import/done?added=1&updated=0&same=0");
    }

    async fn what_changed_since_it_was_looked_at_is_looked_at_again(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        imports(&nurse, GOOD.as_bytes()).await;
        let moved = GOOD.replace("204", "305");
        let columns = nurse.upload(PATH, "file", "利用者.csv", moved.as_bytes()).await.text();
        let confirm = press(&nurse, &columns, "confirm").await.text();
        imports(&service.sign_in("nurse2").await, GOOD.replace("204", "401").as_bytes()).await;
        let answer = press(&nurse, &confirm, "import").await;
        assert_eq!(answer.status, StatusCode::OK);
        let again = answer.text();
        assert!(again.contains("記録が変わりました") && again.contains("401") && again.contains("305"), "{again}");
        assert_eq!(press(&nurse, &again, "import").await.location(), "/residents/import/done?added=0&updated=1&same=1");
    }

    async fn what_cannot_be_read_is_refused_in_words_at_every_step(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let mut mixed = GOOD.as_bytes().to_vec();
        mixed.extend([0xFF, 0xFD]);
        for (name, bytes, words) in [
            ("a.csv", mixed, "4行目に読み取れない文字があります"),
            ("a.xlsx", b"PK\x03\x04broken".to_vec(), "Excelファイルが壊れています"),
            ("a.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "パスワードを外し"),
            ("a.csv", b"\n\n".to_vec(), "何も書かれていません"),
        ] {
            let answer = nurse.upload(PATH, "file", name, &bytes).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().contains(words), "{words}: {}", answer.text());
        }
        let large = nurse.upload(PATH, "file", "a.csv", &vec![b'a'; 50 * 1024 * 1024]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", large.text());
        for file in ["", "!!", "AAAA"] {
            let answer = nurse.post(CHECK, &[("file", file), ("name", "a.csv"), ("do", "import")]).await;
            assert!(answer.status.is_client_error(), "{}", answer.text());
        }
        // Hidden characters in a name are named, not imported.
        let hidden = "氏名,ふりがな\n山田\u{202E}花,やまだ はな\n";
        let page = nurse.upload(PATH, "file", "a.csv", hidden.as_bytes()).await.text();
        assert!(page.contains("文字の向きを変える記号"), "{page}");
        let long = format!("氏名,ふりがな\n{},やまだ はな\n", "山".repeat(10_000));
        let page = nurse.upload(PATH, "file", "a.csv", long.as_bytes()).await.text();
        assert!(page.contains("長すぎます") && page.len() < 120_000, "{}", page.len());
    }

    async fn s26_a_number_of_another_facility_is_nobodys_here(bench: Bench) {
        let service = Service::start(bench).await;
        imports(&service.sign_in("nurse").await, GOOD.as_bytes()).await;
        let other = service.sign_in("other-nurse").await;
        assert_eq!(imports(&other, GOOD.as_bytes()).await, "/residents/import/done?added=2&updated=0&same=0");
    }

    async fn only_who_may_import_sees_any_step(bench: Bench) {
        let service = Service::start(bench).await;
        for login in ["care", "operator"] {
            let person = service.sign_in(login).await;
            for path in [PATH, "/residents/import/sample.csv", "/residents/import/done?added=1&updated=0&same=0"] {
                assert_eq!(person.get(path).await.status, StatusCode::FORBIDDEN, "{login} {path}");
            }
            assert_eq!(person.upload(PATH, "file", "a.csv", GOOD.as_bytes()).await.status, StatusCode::FORBIDDEN);
            assert_eq!(person.post(CHECK, &[("file", "")]).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(service.stranger().get(PATH).await.status, StatusCode::SEE_OTHER);
    }

    async fn an_administrator_imports_from_the_command_line(bench: Bench) {
        let service = Service::start(bench).await;
        // One process holds a SQLite file at a time.
        service.bench.store.close().await;
        let command = Cli { bench: &service.bench };
        let tried = command.import(GOOD, &["--facility", HOME, "--dry-run"]);
        assert_eq!(tried.status.code(), Some(0), "{tried:?}");
        let out = String::from_utf8(tried.stdout).unwrap();
        for seen in ["A列 利用者番号 → 利用者番号", "H列 DNAR → 取り込みません", "新しく登録 2人、更新 0人、変わりなし 0人(試しに"] {
            assert!(out.contains(seen), "{seen}: {out}");
        }
        let bad = command.import(&GOOD.replace("S12.3.4", "S65.3.4"), &["--facility", HOME]);
        assert_eq!(bad.status.code(), Some(1));
        let words = String::from_utf8(bad.stderr).unwrap();
        assert!(words.contains("2行目 D列 生年月日「S65.3.4」: ") && words.contains("何も取り込んでいません"), "{words}");
        let nowhere = command.import(GOOD, &["--facility", "nowhere"]);
        assert_eq!(nowhere.status.code(), Some(1));
        assert!(String::from_utf8(nowhere.stderr).unwrap().contains("施設「nowhere」はありません"));
        assert_eq!(command.import(GOOD, &[]).status.code(), Some(2), "without a facility");

        for expected in ["新しく登録 2人、更新 0人、変わりなし 0人。取り込みました", "新しく登録 0人、更新 0人、変わりなし 2人。取り込みました"] {
            let done = command.import(GOOD, &["--facility", HOME]);
            assert_eq!(done.status.code(), Some(0), "{done:?}");
            assert!(String::from_utf8(done.stdout).unwrap().contains(expected), "{expected}");
        }
    }
}

/// The program itself, on the story's database.
struct Cli<'a> {
    bench: &'a Bench,
}

impl Cli<'_> {
    fn import(&self, text: &str, args: &[&str]) -> Output {
        let file = self.bench.folder.path().join("利用者.csv");
        std::fs::write(&file, text).unwrap();
        Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
            .args(["import", "residents"])
            .arg(&file)
            .args(["--database", &self.bench.url])
            .args(args)
            .env_clear()
            .envs([MASTER_KEY])
            .output()
            .unwrap()
    }
}
