//! Where the demonstration keeps its database and its papers.

use std::path::{Path, PathBuf};

use super::super::Failure;
use crate::domain::clock::Entropy;

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// `wanted`, or a new folder among the machine's temporary ones. Nothing that is there is written over.
    pub(super) fn fresh(wanted: Option<PathBuf>, entropy: &dyn Entropy) -> Result<Self, Failure> {
        let path = wanted.unwrap_or_else(|| {
            let mut random = [0; 8];
            entropy.fill(&mut random);
            let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
            std::env::temp_dir().join(format!("hikitsugi-demo-{name}"))
        });
        let folder = Self(path);
        let database = folder.database();
        if database.exists() {
            return Err(Failure(format!(
                "{} はすでにあります。--data で別のフォルダーを指定するか、このファイルを消してください。続きから使うには hikitsugi serve --database sqlite:{} を実行してください",
                database.display(),
                database.display()
            )));
        }
        std::fs::create_dir_all(folder.papers()).map_err(|error| {
            Failure(format!(
                "{} を作れません: {error}",
                folder.papers().display()
            ))
        })?;
        Ok(folder)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.0.join("hikitsugi.db")
    }

    pub(super) fn papers(&self) -> PathBuf {
        self.0.join("print")
    }

    /// Writes one paper of each form.
    pub(super) fn keep_papers(&self, papers: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        for (form, pdf) in papers {
            let path: &Path = &self.papers().join(format!("{form}.pdf"));
            std::fs::write(path, pdf).map_err(|error| {
                Failure(format!("{} に書き込めません: {error}", path.display()))
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::system::SystemEntropy;

    #[test]
    fn a_folder_with_a_database_is_left_as_it_is() {
        let folder = Folder::fresh(None, &SystemEntropy).unwrap();
        std::fs::write(folder.database(), "kept").unwrap();
        let refused = Folder::fresh(Some(folder.0.clone()), &SystemEntropy).unwrap_err();
        assert!(refused.0.contains("--data"), "{}", refused.0);
        assert_eq!(std::fs::read(folder.database()).unwrap(), b"kept");
        std::fs::remove_dir_all(&folder.0).unwrap();
    }

    #[test]
    fn what_cannot_be_made_is_named() {
        let folder = Folder::fresh(None, &SystemEntropy).unwrap();
        std::fs::write(folder.0.join("file"), "").unwrap();
        let refused = Folder::fresh(Some(folder.0.join("file")), &SystemEntropy).unwrap_err();
        assert!(refused.0.contains("を作れません"), "{}", refused.0);
        std::fs::remove_dir_all(&folder.0).unwrap();
    }
}
