//! A dense sheet with everything that paper can show, for tests.
use super::{
    Band, Cell, Document, Element, Grid, Page, Qr, Row, Section, Stack, Strip, Table, Text,
    Vertical, Width,
};
use crate::domain::clock::Moment;

/// 2026-11-23 09:30 in Japan.
pub(super) const CREATED: Moment = Moment(1_795_393_800_000);
pub(super) const LINK: &str = "HTTPS://HIKITSUGI.EXAMPLE.JP/Q/0123456789ABCDEFGHJKMNPQRS";

pub(super) fn document<'a>() -> Document<'a> {
    Document::new(
        "救急連絡シート 𠮷田 花子 様",
        "特別養護老人ホーム ひまわり苑",
        "HS-000123",
        CREATED,
    )
    .with(sheet())
}

/// A sheet as crews get it: dense, and still one page.
pub(super) fn sheet<'a>() -> Section<'a> {
    Section::new()
        .block(title())
        .block(band())
        .block(
            Row::new(1.2)
                .with(Width::Share(1.0), person())
                .with(Width::Mm(26.0), Band::plain(photo())),
        )
        .block(medical())
        .block(medicines(8))
        .block(contacts())
        .pin(by_hand())
        .continued("(続き)𠮷田 花子 様")
        .footer(footer)
}

fn title() -> Element {
    let names = Stack::new(0.6)
        .with(Text::heading(1, "救急連絡シート(救急隊・医療機関への情報提供)"))
        .with(Text::label("特別養護老人ホーム ひまわり苑  〒123-4567 東京都架空区見本町1-2-3  電話 03-1234-5678(24時間)"))
        .with(Text::label("印刷 令和8年11月23日 9時30分 ・ 記録 第14版(令和8年11月20日確認)の内容です"));
    Row::new(3.0)
        .at(Width::Share(1.0), Vertical::Middle, names)
        .at(
            Width::Mm(32.0),
            Vertical::Top,
            Qr::new(LINK, 24.0, "最新の内容を開くQRコード"),
        )
        .into()
}

fn band() -> Element {
    Band::inverted(
        Stack::new(0.5)
            .with(
                Text::critical("心肺蘇生を実施してください。記録に食い違いがあります", 15.0)
                    .centered(),
            )
            .with(
                Text::critical(
                    "確認まで心肺蘇生を続けてください(心停止時のみ)  山本医師 090-1234-5678",
                    10.5,
                )
                .centered(),
            ),
    )
    .into()
}

/// A grey gradient in the shape of a passport photograph.
fn photo() -> Element {
    let face =
        image::GrayImage::from_fn(240, 320, |x, y| image::Luma([((x + y) * 255 / 560) as u8]));
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 70);
    face.write_with_encoder(encoder)
        .expect("a gradient can be encoded");
    super::Image::jpeg(jpeg, 22.0, 28.0, "𠮷田 花子様の写真(令和8年10月撮影)").into()
}

fn person() -> Element {
    Grid::titled("本人")
        .row([
            Cell::new(
                "氏名(ふりがな)",
                Stack::new(0.0)
                    .with(Text::label("よしだ はなこ"))
                    .with(Text::critical("𠮷田 花子", 16.0)),
            )
            .span(5),
            Cell::new("生年月日・年齢", "昭和8年5月3日(1933年)93歳").span(4),
            Cell::new("性別", "女").span(1),
            Cell::new("居室", "2階 203号室").span(2),
        ])
        .row([
            Cell::new("住所", "東京都架空区見本町1-2-3 ひまわり苑").span(7),
            Cell::new("身長・体重", "148cm ・ 42.5kg").span(3),
            Cell::new("血液型", "A型 Rh(+)").span(2),
        ])
        .row([
            Cell::new("旧姓・通称", "渡邉󠄂 / 髙﨑 / 槗本").span(4),
            Cell::new("要介護度", "要介護4(令和9年3月31日まで)").span(4),
            Cell::new(
                "感染症",
                Text::checks([(true, "なし(令和8年10月1日確認)"), (false, "あり")]),
            )
            .span(4),
        ])
        .into()
}

fn medical() -> Element {
    Grid { strip: Some(Strip::Left("病歴".into())), ..Grid::new() }
        .row([Cell::new("アレルギー", Text::critical("ペニシリン系抗菌薬(平成20年にアナフィラキシー)、そば、造影剤(ヨード)", 12.0)).label_left(20.0)])
        .row([
            Cell::new("治療中の病気", "慢性心不全(NYHA Ⅲ)、心房細動、2型糖尿病、慢性腎臓病(eGFR 28 mL/分/1.73m²)、アルツハイマー型認知症").label_left(20.0).span(7),
            Cell::new("既往歴", "脳梗塞(平成25年、右片麻痺)、左大腿骨頸部骨折(令和2年手術)、胆嚢摘出術").label_left(14.0).span(5),
        ])
        .row([Cell::new("医療処置", Text::checks([
            (true, "ペースメーカー"), (false, "気管切開"), (false, "胃ろう"), (true, "在宅酸素 2L/分"), (false, "透析"), (true, "尿道カテーテル"), (false, "インスリン"),
        ])).label_left(20.0)])
        .row([
            Cell::new("普段の意識", "呼びかけに開眼、短い返事ができる(JCS Ⅰ-2)").span(4),
            Cell::new("普段の血圧・脈拍・SpO₂", "118/64 ・ 72回/分(不整) ・ 94%(酸素2L)").span(4),
            Cell::new("移動・食事・排泄", "車いす全介助、ミキサー食(とろみ中)、おむつ").span(4),
        ])
        .into()
}

fn medicines(count: usize) -> Element {
    const NAMES: [(&str, &str, &str); 8] = [
        (
            "アピキサバン錠2.5mg「サンプル」",
            "1回1錠 1日2回 朝夕食後",
            "抗凝固薬(出血に注意)",
        ),
        ("フロセミド錠20mg", "1回1錠 1日1回 朝食後", "利尿薬"),
        (
            "ビソプロロールフマル酸塩錠0.625mg",
            "1回2錠 1日1回 朝食後",
            "心不全・心房細動",
        ),
        ("リナグリプチン錠5mg", "1回1錠 1日1回 朝食後", "糖尿病"),
        (
            "ドネペジル塩酸塩口腔内崩壊錠5mg",
            "1回1錠 1日1回 夕食後",
            "認知症",
        ),
        ("酸化マグネシウム錠330mg", "1回1錠 1日3回 毎食後", "便秘"),
        (
            "ランソプラゾール腸溶カプセル15mg",
            "1回1カプセル 1日1回 朝食後",
            "胃薬",
        ),
        (
            "アセトアミノフェン錠200mg",
            "1回2錠 頓用 38.5℃以上のとき(6時間あける)",
            "解熱鎮痛",
        ),
    ];
    let mut table = Table::titled("薬")
        .column("薬の名前", Width::Share(5.0))
        .column("のみ方", Width::Share(5.0))
        .column("目的", Width::Share(3.0));
    for (name, dose, purpose) in NAMES.iter().cycle().take(count) {
        table = table.row([*name, *dose, *purpose].map(|text| Text::value(text).size(9.5)));
    }
    table.into()
}

fn contacts() -> Element {
    let row = |name: &str, relation: &str, phone: &str, note: &str| {
        [
            Text::value(name).bold(),
            Text::value(relation),
            Text::critical(phone, 11.0),
            Text::value(note).size(9.0),
        ]
    };
    Table::titled("連絡先")
        .column("氏名", Width::Share(3.0))
        .column("続柄", Width::Share(2.0))
        .column("電話", Width::Mm(42.0))
        .column("備考", Width::Share(5.0))
        .row(row(
            "𠮷田 一郎",
            "長男(キーパーソン)",
            "090-1234-5678",
            "夜間も可。出ないときは次へ",
        ))
        .row(row(
            "髙橋 幸子",
            "長女",
            "080-2345-6789",
            "平日9:00〜17:00は勤務中",
        ))
        .row(row(
            "山本 健",
            "主治医(見本内科)",
            "03-9876-5432",
            "24時間:090-1111-2222",
        ))
        .into()
}

fn by_hand() -> Element {
    Grid::headed("救急要請時に記入")
        .row([
            Cell::blank("発症・発見の時刻", 11.0).span(3),
            Cell::blank("最後に普段どおりだった時刻", 11.0).span(3),
            Cell::blank("体温 ・ 血圧 ・ 脈拍 ・ SpO₂", 11.0).span(6),
        ])
        .row([Cell::blank("状況と行った手当", 13.0)])
        .into()
}

fn footer(page: Page) -> Element {
    Row::new(2.0)
        .at(
            Width::Share(1.0),
            Vertical::Bottom,
            Text::label("文書番号 HS-000123 ・ 照合番号 7K-4M ・ この紙は令和9年2月23日まで有効"),
        )
        .at(
            Width::Mm(20.0),
            Vertical::Bottom,
            Text::label(format!("{} / {}", page.number, page.of)).align(super::Align::Right),
        )
        .into()
}

/// The same resident with so much medicine that one page is not enough.
pub(super) fn overflowing<'a>() -> Section<'a> {
    let note = "転倒が多く、夜間は足元に注意が必要です。発熱時は呼吸状態を確認し、酸素飽和度が90%を下回る場合は家族へ連絡のうえ救急要請とします。".repeat(45);
    sheet()
        .block(medicines(40))
        .block(Grid::titled("申し送り").row([Cell::new("経過", note)]))
}
