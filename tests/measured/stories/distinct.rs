//! Distinct items: short news in seven languages, each of another thing, in the sentences that such
//! news is made of.

use super::{shelf::Told, told, variants::scatter};

/// Sentences of one language, and what stands in their gaps: `{p}` a place, `{b}` a body, `{t}` a topic, `{n}` a number.
struct Speech {
    language: &'static str,
    titles: &'static [&'static str],
    sentences: &'static [&'static str],
    places: &'static [&'static str],
    bodies: &'static [&'static str],
    topics: &'static [&'static str],
}

const SPEECHES: &[Speech] = &[
    Speech {
        language: "en",
        titles: &[
            "{b} in {p} takes up {t}",
            "{p}: {b} reports on {t}",
            "{t}: what {b} plans in {p}",
            "New {t} programme of {b} starts in {p}",
            "{b} asks {p} for help with {t}",
        ],
        sentences: &[
            "{b} has presented its plans for {t} in {p}.",
            "According to the director, {n} branches will take part.",
            "The council of {p} voted on {t} by {n} votes.",
            "Readers in {p} had asked for {t} for {n} years.",
            "The budget for {t} was raised by {n} per cent.",
            "{b} will publish a report in the spring.",
            "Critics say that {t} needs more than money.",
            "The minister visited {p} to see how {b} works.",
        ],
        places: &[
            "Oslo", "Nairobi", "Lima", "Osaka", "Leeds", "Porto", "Accra", "Quito", "Tartu",
            "Gdansk", "Dakar", "Hanoi", "Perth", "Omaha", "Turin", "Izmir", "Pune", "Cork",
            "Bergen", "Malmö", "Lagos", "Cusco", "Derby", "Kyoto", "Haifa", "Galway", "Tampere",
            "Denver", "Jaipur", "Lusaka", "Zadar", "Ghent", "Aarhus", "Bristol", "Davao",
            "Windhoek", "Hobart", "Calgary", "Tbilisi", "Riga",
        ],
        bodies: &[
            "the city library",
            "the national archive",
            "the school board",
            "the university",
            "the readers' council",
            "the museum of letters",
            "the writers' union",
            "the state library",
            "the parliament",
            "the film institute",
        ],
        topics: &[
            "open access",
            "book deserts",
            "digital lending",
            "reading for toddlers",
            "newspaper preservation",
            "school libraries",
            "net neutrality",
            "data protection",
            "flood damage",
            "sign language",
            "night opening",
            "oral history",
            "copyright exceptions",
            "media literacy",
            "prison libraries",
            "map digitisation",
            "music collections",
            "refugee support",
            "adult learning",
            "local languages",
        ],
    },
    Speech {
        language: "fr",
        titles: &[
            "{b} de {p} se saisit de {t}",
            "{p} : {b} fait le point sur {t}",
            "{t} : le projet de {b} à {p}",
        ],
        sentences: &[
            "{b} a présenté à {p} ses projets pour {t}.",
            "Selon la directrice, {n} annexes y prendront part.",
            "Le conseil de {p} a voté {t} par {n} voix.",
            "Les lecteurs de {p} réclamaient {t} depuis {n} ans.",
            "Le budget de {t} augmente de {n} pour cent.",
            "{b} publiera un rapport au printemps.",
        ],
        places: &[
            "Nantes", "Lyon", "Liège", "Dakar", "Québec", "Genève", "Lille", "Tunis", "Brest",
            "Nancy", "Rouen", "Namur", "Dijon", "Bamako", "Mons", "Sfax", "Lomé", "Angers",
            "Cotonou", "Metz", "Tours", "Laval", "Sion", "Caen",
        ],
        bodies: &[
            "la bibliothèque municipale",
            "les archives nationales",
            "le conseil scolaire",
            "l’université",
            "le musée des lettres",
            "l’union des écrivains",
        ],
        topics: &[
            "l’accès ouvert",
            "la lecture des tout-petits",
            "le prêt numérique",
            "la langue des signes",
            "l’histoire orale",
            "les prisons",
            "la neutralité du net",
            "les journaux anciens",
            "l’éducation aux médias",
            "les langues régionales",
        ],
    },
    Speech {
        language: "de",
        titles: &[
            "{b} in {p} befasst sich mit {t}",
            "{p}: {b} berichtet über {t}",
            "{t}: was {b} in {p} vorhat",
        ],
        sentences: &[
            "{b} hat in {p} Pläne für {t} vorgestellt.",
            "Nach Angaben der Leitung nehmen {n} Zweigstellen teil.",
            "Der Rat von {p} stimmte mit {n} Stimmen für {t}.",
            "In {p} wartete man seit {n} Jahren auf {t}.",
            "Die Mittel für {t} steigen um {n} Prozent.",
            "{b} legt im Frühjahr einen Bericht vor.",
        ],
        places: &[
            "Bremen", "Graz", "Basel", "Jena", "Mainz", "Linz", "Kiel", "Ulm", "Bern", "Trier",
            "Halle", "Fürth", "Lübeck", "Zürich", "Gera", "Wels", "Bonn", "Luzern", "Erfurt",
            "Passau", "Kassel", "Bozen", "Worms", "Essen",
        ],
        bodies: &[
            "die Stadtbibliothek",
            "das Staatsarchiv",
            "die Universität",
            "das Literaturmuseum",
            "der Schriftstellerverband",
            "der Landtag",
        ],
        topics: &[
            "Leseförderung",
            "Langzeitarchivierung",
            "digitale Ausleihe",
            "Gebärdensprache",
            "Sonntagsöffnung",
            "Netzneutralität",
            "Datenschutz",
            "Schulbibliotheken",
            "Zeitungsdigitalisierung",
            "Erwachsenenbildung",
        ],
    },
    Speech {
        language: "es",
        titles: &[
            "{b} de {p} aborda {t}",
            "{p}: {b} informa sobre {t}",
            "{t}: los planes de {b} en {p}",
        ],
        sentences: &[
            "{b} presentó en {p} sus planes para {t}.",
            "Según la directora, participarán {n} sucursales.",
            "El concejo de {p} aprobó {t} por {n} votos.",
            "Los lectores de {p} pedían {t} desde hace {n} años.",
            "El presupuesto para {t} sube un {n} por ciento.",
            "{b} publicará un informe en primavera.",
        ],
        places: &[
            "Bogotá", "Lima", "Sevilla", "Puebla", "Rosario", "Quito", "Bilbao", "Cusco", "León",
            "Salta", "Cuenca", "Oviedo", "Mérida", "Loja", "Arequipa", "Jaén", "Tacna", "Cádiz",
            "Managua",
        ],
        bodies: &[
            "la biblioteca municipal",
            "el archivo nacional",
            "la universidad",
            "el museo de las letras",
            "la unión de escritores",
        ],
        topics: &[
            "el acceso abierto",
            "la lectura infantil",
            "el préstamo digital",
            "la lengua de señas",
            "la historia oral",
            "la protección de datos",
            "la prensa antigua",
            "las lenguas indígenas",
        ],
    },
    Speech {
        language: "ru",
        titles: &[
            "{p}: {b} обсуждает тему «{t}»",
            "{b}, {p}: доклад на тему «{t}»",
            "«{t}»: планы, которые представила {b} ({p})",
        ],
        sentences: &[
            "{b} представила план «{t}», сообщили в городе {p}.",
            "По словам директора, участвуют {n} филиалов.",
            "Совет города {p} поддержал план «{t}» {n} голосами.",
            "Читатели города {p} ждали этого {n} лет.",
            "Средства на план «{t}» вырастут на {n} процентов.",
            "Весной {b} опубликует отчёт.",
        ],
        places: &[
            "Казань",
            "Пермь",
            "Минск",
            "Алматы",
            "Псков",
            "Тверь",
            "Омск",
            "Бишкек",
            "Томск",
            "Рига",
            "Пскове",
            "Омске",
            "Туле",
            "Уфе",
            "Орле",
            "Казани",
            "Томске",
            "Рязани",
            "Сочи",
            "Перми",
            "Выборге",
            "Минске",
        ],
        bodies: &[
            "городская библиотека",
            "областная библиотека",
            "научная библиотека",
            "детская библиотека",
            "школа",
            "академия",
        ],
        topics: &[
            "открытый доступ",
            "детское чтение",
            "электронная выдача",
            "язык жестов",
            "устная история",
            "защита данных",
            "старые газеты",
            "родные языки",
        ],
    },
    Speech {
        language: "zh",
        titles: &[
            "{p}{b}推进{t}",
            "{p}：{b}报告{t}进展",
            "{t}：{b}在{p}的计划",
        ],
        sentences: &[
            "{b}在{p}公布了{t}计划。",
            "馆长介绍，共有{n}家分馆参加。",
            "{p}市议会以{n}票通过了{t}方案。",
            "{p}的读者等待{t}已有{n}年。",
            "{t}经费增加百分之{n}。",
            "{b}将于春季发表报告。",
        ],
        places: &[
            "成都", "杭州", "西安", "长沙", "厦门", "昆明", "青岛", "苏州", "南京", "广州", "武汉",
            "合肥", "大连", "西宁", "贵阳", "洛阳", "常州", "珠海", "太原", "泉州", "桂林", "银川",
        ],
        bodies: &[
            "市图书馆",
            "国家档案馆",
            "大学图书馆",
            "文学博物馆",
            "作家协会",
            "少年儿童图书馆",
        ],
        topics: &[
            "开放获取",
            "婴幼儿阅读",
            "数字借阅",
            "手语服务",
            "口述历史",
            "数据保护",
            "报纸数字化",
            "方言保护",
            "媒体素养",
            "夜间开放",
        ],
    },
    Speech {
        language: "ar",
        titles: &[
            "{b} في {p} تتناول {t}",
            "{p}: {b} تقدم تقريرا عن {t}",
            "{t}: خطط {b} في {p}",
        ],
        sentences: &[
            "قدمت {b} في {p} خططها بشأن {t}.",
            "قالت المديرة إن {n} فروع ستشارك.",
            "صوت مجلس {p} على {t} بأغلبية {n} صوتا.",
            "انتظر القراء في {p} {t} منذ {n} سنوات.",
            "زادت ميزانية {t} بنسبة {n} في المئة.",
            "ستنشر {b} تقريرا في الربيع.",
        ],
        places: &[
            "عمّان",
            "تونس",
            "الرباط",
            "بيروت",
            "مسقط",
            "بغداد",
            "وهران",
            "الكويت",
            "الخرطوم",
            "الدوحة",
            "حلب",
            "صفاقس",
            "المنامة",
            "أغادير",
            "نزوى",
            "قسنطينة",
            "عدن",
            "البصرة",
            "طنجة",
            "سوسة",
            "إربد",
            "صلالة",
        ],
        bodies: &[
            "المكتبة العامة",
            "دار الوثائق",
            "الجامعة",
            "المكتبة الوطنية",
            "رابطة الكتاب",
        ],
        topics: &[
            "الوصول الحر",
            "قراءة الأطفال",
            "الإعارة الرقمية",
            "لغة الإشارة",
            "التاريخ الشفوي",
            "حماية البيانات",
            "الصحف القديمة",
            "محو الأمية",
        ],
    },
];

/// So many items, each about another thing in another place.
pub(crate) fn all(count: usize) -> Vec<Told> {
    let mut said = std::collections::HashSet::new();
    let mut all = Vec::new();
    let mut seed = 0;
    // As long as there are things left to tell.
    while all.len() < count && seed < count * 50 {
        seed += 1;
        let speech = &SPEECHES[scatter(seed) % SPEECHES.len()];
        let pick =
            |from: &[&'static str], salt: usize| from[scatter(seed * 977 + salt) % from.len()];
        let (place, body, topic) = (
            pick(speech.places, 1),
            pick(speech.bodies, 2),
            pick(speech.topics, 3),
        );
        let fill = |text: &str, salt: usize| {
            text.replace("{p}", place)
                .replace("{b}", body)
                .replace("{t}", topic)
                .replace("{n}", &(2 + scatter(seed * 31 + salt) % 97).to_string())
        };
        let title = fill(pick(speech.titles, 4), 0);
        // Another thing in another place, or another body: two titles of one thing would be one story.
        if !said.insert((speech.language, place, body, topic)) {
            continue;
        }
        let first = scatter(seed * 7) % speech.sentences.len();
        let step = [1, 5][scatter(seed * 11) % 2];
        let join = if speech.language == "zh" { "" } else { " " };
        // The first sentence says what it is about and where, as news does.
        let text: Vec<String> = (0..2 + scatter(seed * 13) % 3)
            .map(|n| {
                let at = if n == 0 { 0 } else { first + n * step };
                fill(speech.sentences[at % speech.sentences.len()], n + 1)
            })
            .collect();
        let source = format!("feed{}", scatter(seed * 17) % 150);
        all.push(told(
            &source,
            seed,
            &title,
            &text.join(join),
            speech.language,
        ));
    }
    all
}
