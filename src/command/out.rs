//! The file that a command writes: whole or not at all, and only for its owner to read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::domain::clock::Entropy;

/// How every PDF begins, and who says in its metadata to have made it.
const PDF: &[u8] = b"%PDF-";
const OURS: &[u8] = b"hikitsugi";

/// Room for a file, taken beside its place before any other work: what is issued must also reach the reader.
#[derive(Debug)]
pub struct Out {
    path: PathBuf,
    part: PathBuf,
    file: File,
}

impl Out {
    /// Only an empty file and an older paper of this program are written over.
    ///
    /// # Errors
    /// The place cannot be written to, or holds something else.
    pub fn prepare(path: &Path, entropy: &dyn Entropy) -> Result<Self, Failure> {
        let path = match fs::metadata(path) {
            // Through a link: the link stays what it is.
            Ok(_) => fs::canonicalize(path).map_err(|error| named(path, &error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(named(path, &error)),
        };
        may_be_written_over(&path)?;
        let mut random = [0; 8];
        entropy.fill(&mut random);
        let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let part = folder(&path).join(format!(".hikitsugi-{random}.part"));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&part)
            .map_err(|error| named(&path, &error))?;
        Ok(Self { path, part, file })
    }

    /// Puts `bytes` in place once all of them are on disk.
    ///
    /// # Errors
    /// What was there before is there still.
    pub fn keep(mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| named(&self.path, &error))?;
        self.finish()
    }

    /// Where to write what is too much to hold at once, before [`Self::finish`].
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// What it means that writing to [`Self::file`] failed.
    pub fn failed(&self, error: &io::Error) -> Failure {
        named(&self.path, error)
    }

    /// Puts in place what was written, once all of it is on disk.
    ///
    /// # Errors
    /// What was there before is there still.
    pub fn finish(self) -> Result<(), Failure> {
        let written = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(&self.part, &self.path));
        written.map_err(|error| named(&self.path, &error))?;
        // So that the name outlives a power cut; some file systems cannot say so of a folder.
        File::open(folder(&self.path))
            .and_then(|folder| folder.sync_all())
            .unwrap_or_default();
        Ok(())
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        // Gone already when it was put in place.
        fs::remove_file(&self.part).unwrap_or_default();
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn may_be_written_over(path: &Path) -> Result<(), Failure> {
    let refused = |why: &str| Err(Failure(format!("{} {why}", path.display())));
    let there = match fs::metadata(path) {
        Ok(there) => there,
        Err(_) if path.file_name().is_none() => {
            return refused("はファイルの名前ではありません");
        }
        Err(_) => return Ok(()),
    };
    if there.is_dir() {
        return refused("はフォルダーです。--out にはファイルの名前まで書いてください");
    }
    if !there.is_file() {
        return refused("はふつうのファイルではないので書き込みません");
    }
    let bytes = fs::read(path).map_err(|error| named(path, &error))?;
    let is_ours = bytes.starts_with(PDF) && bytes.windows(OURS.len()).any(|part| part == OURS);
    if bytes.is_empty() || is_ours {
        return Ok(());
    }
    refused(
        "はすでにあり、hikitsugi の紙(PDF)ではないので書き換えません。別の名前を指定してください",
    )
}

fn named(path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        ErrorKind::NotFound => "フォルダーがありません".to_owned(),
        ErrorKind::PermissionDenied => "書き込みが許されていません".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "空きがありません。前のファイルがあれば、そのまま残っています".to_owned()
        }
        _ => error.to_string(),
    };
    Failure(format!("{} に書き込めません: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;
    use crate::command::system::SystemEntropy;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let mut random = [0; 8];
            SystemEntropy.fill(&mut random);
            let name = format!("hikitsugi-out-{:016x}", u64::from_le_bytes(random));
            let path = std::env::temp_dir().join(name);
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap_or_default();
        }
    }

    fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        Out::prepare(path, &SystemEntropy)?.keep(bytes)
    }

    #[test]
    fn a_file_is_its_owners_and_replaces_only_an_older_paper() {
        let folder = Folder::new();
        let file = folder.0.join("紙.pdf");
        write(&file, b"%PDF-1.7 hikitsugi 1").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        write(&file, b"%PDF-1.7 hikitsugi 2").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"%PDF-1.7 hikitsugi 2");
        for other in [b"%PDF-1.7 somebody else".as_slice(), b"hikitsugi"] {
            fs::write(&file, other).unwrap();
            let refused = write(&file, b"%PDF-1.7 hikitsugi 3").unwrap_err();
            assert!(refused.0.contains("書き換えません"), "{}", refused.0);
            assert_eq!(fs::read(&file).unwrap(), other);
        }
        assert_eq!(folder.names(), ["紙.pdf"]);
    }

    #[test]
    fn a_link_to_a_paper_stays_a_link() {
        let folder = Folder::new();
        let (file, link) = (folder.0.join("a.pdf"), folder.0.join("b.pdf"));
        fs::write(&file, b"").unwrap();
        symlink(&file, &link).unwrap();
        write(&link, b"%PDF-1.7 hikitsugi").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"%PDF-1.7 hikitsugi");
    }

    #[test]
    fn where_nothing_can_be_written_is_named_and_nothing_is_left() {
        let folder = Folder::new();
        let cases = [
            (folder.0.clone(), "フォルダーです"),
            (folder.0.join("none/a.pdf"), "フォルダーがありません"),
            (PathBuf::from("/dev/null"), "ふつうのファイルではない"),
            (PathBuf::from("/"), "フォルダーです"),
        ];
        for (path, said) in cases {
            let refused = write(&path, b"%PDF-").unwrap_err();
            assert!(
                refused.0.contains(said),
                "{}: {}",
                path.display(),
                refused.0
            );
        }
        // Given up before it was written.
        drop(Out::prepare(&folder.0.join("a.pdf"), &SystemEntropy).unwrap());
        assert_eq!(folder.names(), [""; 0]);
    }
}
