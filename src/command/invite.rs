//! `hikitsugi invite`: an operator who lost phone and codes comes in again, by whoever holds the machine.

use super::Failure;
use super::system::{SystemClock, SystemEntropy};
use crate::config::Settings;
use crate::domain::clock::Clock;
use crate::domain::link::LinkToken;
use crate::domain::permit::{Actor, OperateService};
use crate::store::{Store, StoreError, invitation};
use crate::web::invite::{OPENS_HOURS, address};
use crate::web::sha256;

pub async fn run(settings: Settings, login: String) -> Result<(), Failure> {
    let permit = super::permit::<OperateService>(&Actor::console_of_all())?;
    let store = Store::open(&settings.database, settings.master_key.clone()).await?;
    let token = LinkToken::new(&SystemEntropy);
    let hash = sha256(token.as_str().as_bytes());
    let now = SystemClock.now();
    let until = now.plus_minutes(OPENS_HOURS * 60);
    let invited =
        invitation::invite_operator(&store, &permit, login.trim(), &hash, until, now).await;
    store.close().await;
    match invited {
        Ok(person) => {
            println!("{}", address(&settings.base_url, &token));
            println!(
                "{}({})さんが、この番地でパスワードと番号を決め直します。{OPENS_HOURS}時間以内に1回だけ開けます。前のパスワード・番号は使えなくなり、ログイン中の画面はログアウトになりました",
                person.name, person.login
            );
            Ok(())
        }
        Err(StoreError::NotFound) => Err(Failure(format!(
            "「{login}」という、停止されていない市の運用担当はいません。施設や病院の人は、運用担当が「施設」の画面から案内を作ります"
        ))),
        Err(error) => Err(error.into()),
    }
}
