//! A PostgreSQL for the tests: the one named by `HIKITSUGI_TEST_PG`, or a server of our own for this run.
//!
//! A test that needs PostgreSQL and cannot have it fails. It never passes unseen.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{free_port, unique};

/// The address of a new, empty schema.
pub async fn fresh_schema() -> String {
    let server = server();
    let schema = unique("t").replace('-', "_");
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the test server answers");
    sqlx::raw_sql(AssertSqlSafe(format!("create schema {schema}")))
        .execute(&mut connection)
        .await
        .expect("the test user may create schemas");
    let mark = if server.contains('?') { '&' } else { '?' };
    format!("{server}{mark}options=-csearch_path%3D{schema}")
}

fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| std::env::var("HIKITSUGI_TEST_PG").unwrap_or_else(|_| start()))
}

/// Starts a server that lives as long as this process, in a folder of its own.
fn start() -> String {
    let bin = binaries();
    let folder = std::env::temp_dir().join(unique("hikitsugi-pg"));
    std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
    let root = output(Command::new("id").arg("-u")).trim() == "0";
    if root {
        // PostgreSQL refuses to run as root.
        output(Command::new("chown").arg("postgres").arg(&folder));
    }
    let port = free_port();
    let data = folder.join("data");
    let as_server = |program: &str| {
        let program = bin.join(program);
        if root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        }
    };
    output(
        as_server("initdb")
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&data),
    );
    let options = format!(
        "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300",
        folder.display()
    );
    output(
        as_server("pg_ctl")
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(folder.join("log"))
            .args(["-w", "-o", &options, "start"]),
    );
    stop_with_this_process(&bin, &folder, &data, root);
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

/// Leaves a shell behind that waits for our end, however it comes, and then stops the server and removes its folder.
fn stop_with_this_process(bin: &Path, folder: &Path, data: &Path, root: bool) {
    let user = if root { "runuser -u postgres -- " } else { "" };
    let script = format!(
        "(while kill -0 {} 2>/dev/null; do sleep 1; done; {user}{} -D {} -m immediate stop; rm -rf {}) &",
        std::process::id(),
        bin.join("pg_ctl").display(),
        data.display(),
        folder.display()
    );
    Command::new("setsid")
        .args(["sh", "-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("setsid and sh are there");
}

/// Debian keeps the server's programs out of the path, by version.
fn binaries() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().expect(
        "PostgreSQL is installed (apt-get install postgresql), or HIKITSUGI_TEST_PG names a server",
    )
}

/// What a command says; its failure is the test's.
fn output(command: &mut Command) -> String {
    // Not the caller's folder: the server's user may not be allowed to enter it.
    // The output goes to a file of no name: a server started by pg_ctl keeps a pipe open for ever.
    let out = tempfile_of_no_name();
    let done = command
        .current_dir("/")
        .stdout(out.try_clone().expect("a file can be opened twice"))
        .stderr(out.try_clone().expect("a file can be opened twice"))
        .status()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = read_back(out);
    assert!(done.success(), "{command:?}: {text}");
    text
}

fn tempfile_of_no_name() -> std::fs::File {
    let path = std::env::temp_dir().join(unique("hikitsugi-out"));
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .expect("the temporary folder is writable");
    std::fs::remove_file(&path).expect("the file was just made");
    file
}

fn read_back(mut file: std::fs::File) -> String {
    use std::io::{Read, Seek};
    let mut text = String::new();
    file.rewind().expect("a file can be read from its start");
    file.read_to_string(&mut text)
        .expect("the programs speak UTF-8");
    text
}
