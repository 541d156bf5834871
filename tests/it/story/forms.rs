//! Another municipality's sheet is one file.

use hikitsugi::domain::form::Forms;

use crate::support::service::Service;

const TAMA: &str = include_str!("../../forms/tama.toml");

fn with_tama() -> Forms {
    Forms::with_folder(&[("tama.toml".to_owned(), TAMA.to_owned())]).unwrap()
}

both_databases! {
    async fn a_second_municipalitys_sheet_is_one_file(bench: Bench) {
        let service = Service::with_forms(bench, with_tama()).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let issue = format!("/residents/{id}/documents");
        assert!(nurse.see(&issue).await.contains("救急医療情報カード"));
        let paper = nurse.does(&issue, &[("form", "tama")]).await;
        let paper = paper.split('?').next().unwrap().to_owned();
        assert!(nurse.get(&format!("{paper}/pdf")).await.body.starts_with(b"%PDF"));

        // Each form has its own paper: issuing one does not end the other's link.
        let sheet = nurse.does(&issue, &[("form", "emergency")]).await;
        for live in [&paper, &sheet] {
            assert!(nurse.see(live).await.contains("使用中"), "{live}");
        }
    }
}
