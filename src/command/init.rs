//! `hikitsugi init`: the city office and its first operator, who then adds facilities.

use std::io::BufRead;

use super::Failure;
use super::system::{SystemClock, SystemEntropy};
use crate::config::Settings;
use crate::domain::clock::Clock;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{Actor, OperateService, Role};
use crate::store::facility::{self, FacilityText};
use crate::store::staff::NewStaff;
use crate::store::{Store, StoreError};
use crate::web::auth::{self, Passwords};

/// The one office that operates a database.
const OFFICE: &str = "city-office";

pub async fn run(settings: Settings, login: String, name: String) -> Result<(), Failure> {
    println!(
        "パスワードを1行で入力してください({}文字以上):",
        auth::PASSWORD_MIN
    );
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    auth::check_password(password, &[&login, &name])
        .map_err(|message| Failure(message.to_owned()))?;
    let store = Store::open(&settings.database, settings.master_key).await?;
    let office = FacilityId::from(OFFICE);
    let permit = Actor::console(office.clone(), Role::Operator)
        .permit::<OperateService>()
        .map_err(|_| Failure("運用担当の権限がありません".to_owned()))?;
    let staff = StaffId::new(&SystemClock, &SystemEntropy);
    let password_hash = Passwords::new(&SystemEntropy).hash(password, &SystemEntropy);
    let operator = NewStaff {
        id: &staff,
        login: &login,
        name: &name,
        role: Role::Operator,
        password_hash: &password_hash,
    };
    let body = serde_json::json!({"facility_name": "運用担当", "facility_type": "city_office"})
        .to_string();
    let text = FacilityText {
        name: "運用担当",
        kind: "city_office",
        body: body.as_bytes(),
    };
    let made = facility::create(
        &store,
        &permit,
        &office,
        text,
        &[operator],
        SystemClock.now(),
    )
    .await;
    store.close().await;
    match made {
        Ok(()) => {
            println!(
                "運用担当 {name}({login})を作りました。hikitsugi serve を動かし、ログインして施設を加えてください"
            );
            Ok(())
        }
        Err(StoreError::Exists) => Err(Failure("運用担当はすでに作られています".to_owned())),
        Err(error) => Err(error.into()),
    }
}
