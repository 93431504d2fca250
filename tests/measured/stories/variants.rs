//! What becomes of one text when others tell it: variants as publishers make them.

/// Numbers that look random and are the same at each run (splitmix64).
pub(crate) fn scatter(number: usize) -> usize {
    let mut z = (number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) >> 8).unwrap()
}

/// A way of telling a text anew: title, text, language, and a seed.
pub(crate) type Variant = fn(&str, &str, &str, usize) -> (String, String);

pub(crate) const VARIANTS: [(&str, Variant); 9] = [
    ("case and typography", typography),
    ("words updated", updated),
    ("words updated, the title's too", updated_title),
    ("boilerplate appended", boilerplate),
    ("cut to two thirds", cut),
    ("sentences moved", moved),
    ("new headline", headline),
    ("site name behind the title", site_behind),
    ("site name before the title", site_before),
];

fn spaceless(language: &str) -> bool {
    language == "zh"
}

fn typography(title: &str, text: &str, _: &str, seed: usize) -> (String, String) {
    let set = |text: &str| {
        text.replace('\'', "’")
            .replace(" - ", " — ")
            .replace("...", "…")
            .replace('"', "”")
            .replace(". ", ".  ")
            .replace('–', "-")
    };
    let title = if seed.is_multiple_of(2) {
        title.to_uppercase()
    } else {
        title.to_lowercase()
    };
    (set(&title), set(text))
}

/// Words that may stand for another.
fn fillers(language: &str) -> &'static [&'static str] {
    match language {
        "zh" => &[
            "目前",
            "许多",
            "重要",
            "再次",
            "共同",
            "随后",
            "正式",
            "进一步",
            "部分",
            "主要",
            "最终",
            "昨日",
        ],
        "ru" => &[
            "сегодня",
            "многие",
            "важный",
            "вновь",
            "около",
            "вскоре",
            "широкий",
            "официально",
            "частично",
            "главный",
            "вчера",
            "наконец",
        ],
        "ar" => &[
            "اليوم",
            "العديد",
            "مهم",
            "مجددا",
            "حوالي",
            "قريبا",
            "واسع",
            "رسميا",
            "جزئيا",
            "رئيسي",
            "أمس",
            "أخيرا",
        ],
        "fr" => &[
            "désormais",
            "plusieurs",
            "important",
            "encore",
            "environ",
            "bientôt",
            "large",
            "officiellement",
            "partiel",
            "majeur",
            "hier",
            "finalement",
        ],
        "de" => &[
            "heute",
            "mehrere",
            "wichtig",
            "erneut",
            "etwa",
            "bald",
            "breit",
            "offiziell",
            "teilweise",
            "zentral",
            "gestern",
            "endlich",
        ],
        "es" => &[
            "ahora",
            "varios",
            "importante",
            "nuevamente",
            "cerca",
            "pronto",
            "amplio",
            "oficialmente",
            "parcial",
            "mayor",
            "ayer",
            "finalmente",
        ],
        _ => &[
            "now",
            "several",
            "important",
            "again",
            "about",
            "soon",
            "broad",
            "officially",
            "partly",
            "major",
            "yesterday",
            "finally",
        ],
    }
}

/// Other words for one word in ten, two at least.
fn change(text: &str, language: &str, seed: usize, one_in: usize, least: usize) -> String {
    let others = fillers(language);
    let mut parts: Vec<String> = if spaceless(language) {
        text.chars().map(String::from).collect()
    } else {
        text.split(' ').map(str::to_owned).collect()
    };
    let times = (parts.len() / one_in).max(least);
    for time in 0..times {
        let at = scatter(seed * 31 + time) % parts.len().max(1);
        if let Some(part) = parts.get_mut(at) {
            others[scatter(seed + time) % others.len()].clone_into(part);
        }
    }
    parts.join(if spaceless(language) { "" } else { " " })
}

fn updated(title: &str, text: &str, language: &str, seed: usize) -> (String, String) {
    (title.to_owned(), change(text, language, seed, 12, 2))
}

fn updated_title(title: &str, text: &str, language: &str, seed: usize) -> (String, String) {
    (
        change(title, language, scatter(seed), 100, 1),
        change(text, language, seed, 16, 1),
    )
}

fn boilerplate(title: &str, text: &str, language: &str, seed: usize) -> (String, String) {
    let known = format!("The post {title} appeared first on The Daily Shelf.");
    let added = match (seed % 3, language) {
        (0, _) => known.as_str(),
        (_, "fr") => {
            "Inscrivez-vous à notre lettre d’information pour recevoir chaque semaine les nouvelles du secteur. Tous droits réservés. Suivez-nous sur les réseaux sociaux et partagez cet article avec vos collègues."
        }
        (_, "de") => {
            "Abonnieren Sie unseren Newsletter und erhalten Sie jede Woche Neues aus dem Fach. Alle Rechte vorbehalten. Folgen Sie uns in den sozialen Medien und teilen Sie diesen Beitrag."
        }
        (_, "es") => {
            "Suscríbase a nuestro boletín para recibir cada semana las novedades del sector. Todos los derechos reservados. Síganos en las redes sociales y comparta este artículo."
        }
        (_, "ru") => {
            "Подпишитесь на нашу рассылку, чтобы каждую неделю получать новости отрасли. Все права защищены. Следите за нами в социальных сетях и делитесь этой статьёй."
        }
        (_, "zh") => {
            "欢迎订阅本站通讯，每周获取行业新闻。版权所有，未经许可不得转载。关注我们的公众号并分享这篇文章。"
        }
        (_, "ar") => {
            "اشترك في نشرتنا لتصلك أخبار القطاع كل أسبوع. جميع الحقوق محفوظة. تابعنا على وسائل التواصل الاجتماعي وشارك هذا المقال."
        }
        _ => {
            "Subscribe to our newsletter to get the news of the sector every week. All rights reserved. About us: we are a network of people who care for reading and we are glad to hear from you. Follow us and share this article with your colleagues."
        }
    };
    (title.to_owned(), format!("{text} {added}"))
}

fn cut(title: &str, text: &str, _: &str, seed: usize) -> (String, String) {
    let count = text.chars().count() * 2 / 3;
    let short: String = text.chars().take(count).collect();
    let end = ["…", " [...]", "..."][seed % 3];
    (title.to_owned(), format!("{short}{end}"))
}

fn moved(title: &str, text: &str, language: &str, _: usize) -> (String, String) {
    let ends: &[char] = &['.', '!', '?', '。', '؟', ';', '；'];
    let mut sentences: Vec<&str> = text.split_inclusive(ends).map(str::trim).collect();
    if sentences.len() < 2 {
        sentences = text
            .split_inclusive([',', '，', '،'])
            .map(str::trim)
            .collect();
    }
    sentences.rotate_left(1);
    (
        title.to_owned(),
        sentences.join(if spaceless(language) { "" } else { " " }),
    )
}

fn headline(_: &str, text: &str, language: &str, seed: usize) -> (String, String) {
    let pool: &[&str] = match language {
        "zh" => &["你需要了解的事情", "业内人士如何看待", "一个值得关注的变化"],
        "ru" => &[
            "Что нужно об этом знать",
            "Как это изменит работу",
            "Шаг, которого давно ждали",
        ],
        "ar" => &[
            "ما الذي يعنيه ذلك للجميع",
            "خطوة طال انتظارها",
            "نظرة على ما حدث",
        ],
        "fr" => &[
            "Ce qu’il faut en retenir",
            "Un pas attendu depuis longtemps",
            "Les réactions du secteur",
        ],
        "de" => &[
            "Was jetzt wichtig wird",
            "Ein lange erwarteter Schritt",
            "So reagiert die Branche",
        ],
        "es" => &[
            "Lo que hay que saber",
            "Un paso muy esperado",
            "Así reacciona el sector",
        ],
        _ => &[
            "What it means for all of us",
            "A step that was long awaited",
            "How the sector sees it",
            "Five things to know",
        ],
    };
    (pool[seed % pool.len()].to_owned(), text.to_owned())
}

fn site_behind(title: &str, text: &str, _: &str, seed: usize) -> (String, String) {
    let site = [
        " | The Daily Shelf",
        " - Knowledge for All Network",
        " – shelf.example",
        " :: News",
    ];
    (format!("{title}{}", site[seed % 4]), text.to_owned())
}

fn site_before(title: &str, text: &str, _: &str, seed: usize) -> (String, String) {
    let site = [
        "The Daily Shelf: ",
        "Knowledge for All Network » ",
        "[News] ",
        "Shelf | ",
    ];
    (format!("{}{title}", site[seed % 4]), text.to_owned())
}
