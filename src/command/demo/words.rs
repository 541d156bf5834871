//! Sentences that staff write about a life, a family and its wishes. Put together by chance; nobody's life.

pub(super) const BIRTHPLACES: &[&str] = &[
    "みなと市鴎浜の漁師の家に5人きょうだいの末っ子として生まれる",
    "新潟県の農家に生まれ、10代で上京",
    "福島県会津の生まれ。雪の多い土地で育つ",
    "東京下町の豆腐屋に生まれ、店を手伝って育つ",
    "鹿児島県の離島の生まれ。若い頃に神奈川へ",
    "静岡県の茶農家に生まれる",
    "長野県の養蚕農家に生まれ、8人きょうだいで育つ",
    "秋田県の生まれ。今も話に熱が入ると訛りが出る",
];

/// Of those who were children in the war.
pub(super) const WARTIME_CHILDHOODS: &[&str] = &[
    "みなと市松並町の生まれ。空襲で家を失い、親戚の家で育つ",
    "旧満州で生まれ、終戦の翌年に引き揚げる",
    "東京で生まれ、戦争中は長野へ疎開した",
];

pub(super) const WOMENS_WORK: &[&str] = &[
    "紡績工場に勤めたあと、縫い物の内職を長く続けた",
    "小学校の教員を38年務め、教え子が今も年賀状をくれる",
    "八百屋を営み、朝4時に起きて市場へ通った",
    "保健婦として町内を自転車で回った",
    "干物加工場で定年まで働いた。手が早いのが自慢",
    "旅館の仲居を経て、50代で小料理屋を開いた",
    "家庭を守り、PTAと婦人会の世話役を長く務めた",
    "電話交換手として10年勤めた。声の良さは今も変わらない",
    "和裁を教え、近所の花嫁衣装をいくつも仕立てた",
    "病院の給食室で働き、料理のことになるとよく話す",
];

pub(super) const MENS_WORK: &[&str] = &[
    "漁船の機関士として遠洋に出た。日に焼けた腕が自慢",
    "国鉄の保線員を定年まで務めた。時刻に厳しい",
    "大工の棟梁。市内に手がけた家が20軒以上ある",
    "自動車部品工場で旋盤を回した。指先の感覚が鋭い",
    "市役所に勤め、退職後は自治会長を8年務めた",
    "中学校の理科の教員。星の名前をよく知っている",
    "トラックの運転手として全国を回った",
    "植木職人。庭の松を見ると手入れの話になる",
    "町工場を継ぎ、従業員12人を抱えた",
    "郵便配達を40年。町内の道は全部覚えている",
];

/// Of somebody with a family, whose spouse is not named.
pub(super) const LATER_YEARS: &[&str] = &[
    "配偶者を看取ってから独り暮らし。自宅で転んだのをきっかけに入居した",
    "家族と暮らしていたが、夜の見守りが難しくなり入居した",
    "退院後に独り暮らしが難しくなり、本人も納得して入居した",
    "デイサービスとショートステイを利用した後に入居した",
    "家の火の始末が心配になり、家族の勧めで入居した",
];

pub(super) const LATER_YEARS_WITH_SPOUSE: &[&str] = &[
    "夫婦で助け合ってきたが、配偶者の腰痛で介護が難しくなり入居した",
    "夫婦二人暮らし。退院後の在宅介護が難しく入居した。配偶者は週1回面会",
];

pub(super) const LATER_YEARS_ALONE: &[&str] = &[
    "身寄りがなく、アパートで独り暮らし。民生委員の相談から入居につながった",
    "きょうだいはすでに亡くなり独り暮らし。退院を機に後見人が付き入居した",
];

pub(super) const INTERESTS: &[&str] = &[
    "演歌(漁港の歌は全部歌える)、貼り絵",
    "相撲と高校野球のテレビ観戦",
    "短歌。季節ごとに一首詠んで壁に貼る",
    "編み物、職員の子どもに帽子を編む",
    "将棋・詰将棋",
    "園芸(ベランダのミニトマト)",
    "新聞を隅まで読むこと、世相の話",
    "塗り絵、折り紙",
    "コーヒーと甘いもの、喫茶の日を楽しみにしている",
    "昭和の映画、俳優の名前をよく覚えている",
    "書道(有段)、年賀の書き初め",
    "日なたぼっこ、猫の写真を見ること",
];

/// Of somebody who does not speak.
pub(super) const QUIET_INTERESTS: &[&str] = &[
    "昔の歌を聞くこと(表情がゆるみます)",
    "窓から海を見ること",
    "孫の写真を見ること、手のマッサージ",
    "ラジオの朝の番組",
];

pub(super) const OWN_WISHES: &[&str] = &[
    "海の見えるこの部屋で、なじみの職員に囲まれて過ごしたい。",
    "口から食べられるうちは、自分で食べたい。刺身が食べたい。",
    "家族に迷惑をかけたくない。痛いのと苦しいのは取ってほしい。",
    "トイレだけは最後まで自分で行きたい。",
    "歩けるようになって、もう一度家の墓参りに行きたい。",
    "入院は短くして、ここへ帰ってきたい。",
    "ひ孫の結婚式まで元気でいたい。",
];

pub(super) const FAMILY_WISHES: &[&str] = &[
    "本人が穏やかに過ごせることを一番に考えてほしい。急なときは時間を問わず電話をください。",
    "治る病気であれば病院で治療を受けさせたい。大きな手術は家族で相談してから決めたい。",
    "転倒が心配ですが、縛ることはしないでください。",
    "できるだけ歩く機会を作ってほしい。面会は月2回を予定しています。",
    "遠方のため、すぐには行けません。まず電話で状況を知らせてください。",
    "肺炎を繰り返しているので、食事の形は安全を優先してほしい。",
];

/// Talks about the last stage of life with somebody who takes part in them; never an order.
pub(super) const TALKS: &[&str] = &[
    "本人「苦しくないようにしてほしい」。家族は治る見込みのある治療は受けさせたい意向。次回、医師から病状を説明",
    "退院時の振り返り。本人は入院中に不安が強かった。入院が必要なときは短期間を希望",
    "本人「まだ先のことは考えられない」。気持ちが変わったらいつでも話せると伝え、半年後にもう一度",
    "医師・看護師・家族と本人で話し合い。急変時はまず施設から医師へ電話し、家族へ連絡する流れを確認",
];

/// The same without the person's own word.
pub(super) const TALKS_OF_FAMILY: &[&str] = &[
    "本人は話の内容を十分には理解できず。家族から元気な頃の言葉「管だらけは嫌だ」を聞き取る。結論は出していない",
    "最近の体重減少を共有。食事の形と介助の方法を確認。肺炎を起こしたときの入院は状態を見て相談する",
    "家族のあいだで意見が分かれ、結論は出さず。次回、医師から病状の説明を受けてから話し合う",
    "医師・看護師・家族で話し合い。急変時はまず施設から医師へ電話し、家族へ連絡する流れを確認",
];

/// Relatives in the order in which they are called.
pub(super) const LARGE_FAMILIES: &[&[&str]] = &[
    &["spouse", "son", "daughter", "grandchild"],
    &["daughter", "son", "daughter_in_law", "grandchild"],
    &["son", "daughter_in_law", "daughter", "sibling"],
];

pub(super) const SMALL_FAMILIES: &[&[&str]] = &[
    &["son", "daughter"],
    &["daughter", "son_in_law"],
    &["son", "daughter_in_law"],
    &["spouse", "son"],
    &["nephew_niece", "sibling"],
];

pub(super) const LONE_RELATIVES: &[&[&str]] = &[&["son"], &["nephew_niece"], &["friend"]];

/// When relatives can be reached.
pub(super) const HOURS: &[&str] = &[
    "24時間(夜間は3回以上鳴らす)",
    "24時間",
    "平日は18時以降、土日は終日",
    "日中は勤務先へ。20時以降は携帯",
    "7時〜22時",
    "夜勤あり。つながらないときは次の方へ",
    "8時〜20時(夜は留守番電話)",
];

/// The same for those who are old themselves.
pub(super) const HOURS_OF_THE_OLD: &[&str] = &[
    "8時〜20時(夜は留守番電話)",
    "日中。耳が遠いので長く鳴らす",
    "7時〜21時",
];

/// Where relatives live, whether they can come, and how their telephones at home begin.
pub(super) const HOMES_OF_KIN: &[(&str, &str, &str)] = &[
    ("みなと市内(車で10分)", "yes", "0463-00-7"),
    ("みなと市内(徒歩15分)", "yes", "0463-00-8"),
    ("神奈川県内(車で40分)", "yes", "045-000-"),
    ("横浜市(電車で1時間)", "conditional", "045-000-"),
    ("東京都内(電車で1時間半)", "conditional", "03-0000-"),
    ("千葉県(車で2時間)", "conditional", "043-000-"),
    ("大阪府(新幹線で3時間)", "no", "072-000-"),
    ("北海道(飛行機。翌日になります)", "no", "011-000-"),
];

/// How relatives came to speak for somebody.
pub(super) const SURROGATES: &[&str] = &[
    "本人が元気な頃から、家のことは長子に任せると話していたため",
    "入居時に本人・家族・相談員で話し合い、キーパーソンに決定",
    "ほかの親族が遠方のため、親族で話し合って決めた",
];

/// For somebody hard of hearing, and for anybody.
pub(super) const MESSAGE_FOR_THE_DEAF: &str =
    "耳が遠いので、正面からゆっくり、低い声で話してください";

pub(super) const MESSAGES: &[&str] = &[
    "知らない人が苦手です。名前を呼び、何をするか伝えてから触れてください",
    "痛みを訴えるのが苦手です。顔をしかめたら教えてください",
    "慣れた職員が同乗すると落ち着きます",
    "急に体を起こすとめまいがします。ゆっくり動かしてください",
];

/// Substance, kind, reaction, severity.
pub(super) const ALLERGIES: &[[&str; 4]] = &[
    ["ペニシリン系抗菌薬", "drug", "全身の発疹", "severe"],
    ["セフェム系抗菌薬", "drug", "発疹・かゆみ", "mild"],
    [
        "ヨード造影剤",
        "contrast",
        "呼吸困難・血圧低下",
        "anaphylaxis",
    ],
    ["ロキソプロフェン", "drug", "顔のむくみ・じんま疹", "severe"],
    ["ピリン系薬剤", "drug", "発疹", "mild"],
    ["レボフロキサシン", "drug", "せん妄・けいれん", "severe"],
    ["テープ類(布絆創膏)", "other", "かぶれ・水疱", "mild"],
    ["ラテックス(ゴム手袋)", "latex", "じんま疹", "mild"],
    ["歯科用局所麻酔薬", "drug", "気分不良・血圧低下", "severe"],
];

/// Substance, reaction, severity, and the label under which packages name it.
pub(super) const FOOD_ALLERGIES: &[[&str; 4]] = &[
    ["そば", "呼吸困難・じんま疹", "anaphylaxis", "buckwheat"],
    ["えび・かに", "口の中のかゆみ・じんま疹", "mild", "shrimp"],
    ["さば", "じんま疹", "mild", "mackerel"],
    ["卵", "下痢・発疹", "mild", "egg"],
    ["キウイ", "のどのかゆみ", "mild", "kiwi"],
    ["乳製品", "腹痛・下痢", "mild", "milk"],
];

/// Agent, note, result, isolation.
pub(super) const INFECTIONS: &[[&str; 4]] = &[
    ["hcv", "治療後・ウイルス陰性化", "past", "not_needed"],
    ["hbv", "HBs抗原陰性・HBc抗体陽性", "past", "not_needed"],
    ["mrsa", "鼻腔(保菌)", "positive", "not_needed"],
    ["esbl", "尿(ESBL産生大腸菌)", "positive", "not_needed"],
    ["tb", "肺結核(治療済み)", "past", "not_needed"],
    ["cdi", "抗菌薬のあとの下痢。治癒", "past", "not_needed"],
];
