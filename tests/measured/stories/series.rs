//! Series: what publishers send out again and again in the same words, made by patterns of our own.

use chrono::TimeDelta;

use super::{monday, patterns::PATTERNS, shelf::Told, told};

/// One series: what changes from issue to issue, the title, the text; `{}` stands for what changes.
pub(super) struct Series(
    pub(super) &'static str,
    pub(super) &'static [&'static str],
    pub(super) &'static str,
    pub(super) &'static str,
);

const EN_MONTHS: &[&str] = &[
    "January", "February", "March", "April", "May", "June", "July",
];
const DAYS: &[&str] = &["3", "4", "5", "6", "7", "10", "11"];
const WEEKS: &[&str] = &["31", "32", "33", "34", "35", "36", "37"];
const ROMANS: &[&str] = &["I", "II", "III", "IV", "V", "VI", "VII"];
/// Nothing tells one issue from another but its day.
const SAME: &[&str] = &["", "", "", "", "", ""];

const SERIES: &[Series] = &[
    Series(
        "en",
        EN_MONTHS,
        "{} 2026 newsletter now available",
        "The {} 2026 issue of our newsletter is now available online, with reports from all sections and news of members.",
    ),
    Series(
        "en",
        DAYS,
        "Daily press briefing, {} March 2026",
        "Here are the highlights of the noon briefing by the spokesperson for the Secretary-General on {} March 2026.",
    ),
    Series(
        "en",
        WEEKS,
        "Library jobs, week {}",
        "The list of vacancies of week {} is online. Send us your vacancy until Thursday at noon and it will be in the next list.",
    ),
    Series(
        "en",
        &["1", "2", "3", "4", "5", "6"],
        "Reading the treaty, part {}",
        "In this series we read the treaty article by article and ask what it means for libraries. This is part {} of the series.",
    ),
    Series(
        "en",
        &["one", "two", "three", "four"],
        "Oral histories of the reading room: part {}",
        "Colleagues who have retired tell of the reading room as it was. We publish their memories in several parts.",
    ),
    Series(
        "en",
        DAYS,
        "Call {}/2026: small grants for school libraries",
        "School libraries may apply for a grant under call {}/2026. Grants of up to 500 euros are given for books and furniture.",
    ),
    Series(
        "en",
        &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
        "{} briefing",
        "Good morning. Here is what the sector talks about today, gathered by our editors from the press of the whole world.",
    ),
    Series(
        "en",
        &["First", "Second", "Third", "Final"],
        "{} call for papers",
        "The organising committee invites papers on all aspects of the theme. Abstracts of 300 words are sent by the form on the site.",
    ),
    Series(
        "en",
        &["Spring", "Summer", "Autumn", "Winter"],
        "{} bulletin of the section",
        "The bulletin of the section is out, with reports from the standing committee, from projects, and news of members.",
    ),
    Series(
        "en",
        SAME,
        "This week in libraries",
        "Our weekly selection of links from around the world, gathered by our editors. Enjoy reading and see you next week.",
    ),
    Series(
        "fr",
        &[
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "août",
            "décembre",
        ],
        "Lettre d’information de {} 2026",
        "La lettre d’information du mois de {} 2026 est en ligne, avec les comptes rendus des sections et des nouvelles des membres.",
    ),
    Series(
        "fr",
        DAYS,
        "Point de presse du {} mars 2026",
        "Voici les points saillants du point de presse quotidien du porte-parole, tenu à midi au siège de l’organisation le {} mars.",
    ),
    Series(
        "fr",
        WEEKS,
        "Offres d’emploi de la semaine {}",
        "La liste des offres d’emploi de la semaine {} est en ligne. Envoyez vos annonces avant jeudi midi pour la prochaine liste.",
    ),
    Series(
        "fr",
        ROMANS,
        "Lire le traité ({})",
        "Dans cette série nous lisons le traité article par article et demandons ce qu’il signifie pour les bibliothèques.",
    ),
    Series(
        "fr",
        &["1", "2", "3", "4", "5"],
        "Appel à projets n° {} : petites bourses pour les écoles",
        "Les bibliothèques scolaires peuvent demander une bourse allant jusqu’à 500 euros pour des livres et du mobilier.",
    ),
    Series(
        "fr",
        &["Première", "Deuxième", "Troisième", "Quatrième"],
        "{} partie : la salle de lecture d’autrefois",
        "Des collègues à la retraite racontent la salle de lecture d’autrefois. Nous publions leurs souvenirs en plusieurs parties.",
    ),
    Series(
        "fr",
        SAME,
        "La revue de presse de la semaine",
        "Notre sélection hebdomadaire de liens du monde entier, réunis par la rédaction. Bonne lecture et à la semaine prochaine.",
    ),
    Series(
        "de",
        &[
            "Januar", "Februar", "März", "April", "Mai", "Juni", "Oktober",
        ],
        "Rundbrief {} 2026 erschienen",
        "Der Rundbrief für {} 2026 ist online, mit Berichten aus allen Sektionen und Neuigkeiten von unseren Mitgliedern.",
    ),
    Series(
        "de",
        DAYS,
        "Presseschau vom {}. März 2026",
        "Was heute über Bibliotheken geschrieben wurde, jeden Morgen zusammengestellt von unserer Redaktion aus der Presse des Tages.",
    ),
    Series(
        "de",
        WEEKS,
        "Stellenangebote der Kalenderwoche {}",
        "Die Liste der Stellenangebote der Woche {} ist online. Schicken Sie uns Ihre Anzeige bis Donnerstag für die nächste Liste.",
    ),
    Series(
        "de",
        &["1", "2", "3", "4"],
        "Den Vertrag lesen, Teil {}",
        "In dieser Reihe lesen wir den Vertrag Artikel für Artikel und fragen, was er für die Bibliotheken bedeutet.",
    ),
    Series(
        "de",
        &["Erster", "Zweiter", "Dritter", "Vierter"],
        "{} Aufruf zur Einreichung von Beiträgen",
        "Das Komitee lädt zu Beiträgen über alle Seiten des Themas ein. Kurzfassungen von 300 Wörtern sendet man über das Formular.",
    ),
    Series(
        "de",
        &["Frühjahr", "Sommer", "Herbst", "Winter"],
        "Mitteilungen der Sektion, {}",
        "Die Mitteilungen der Sektion sind da, mit Berichten aus dem Vorstand und aus Projekten und Neuigkeiten von Mitgliedern.",
    ),
    Series(
        "de",
        SAME,
        "Die Woche in Bibliotheken",
        "Unsere wöchentliche Auswahl von Verweisen aus aller Welt, gesammelt von der Redaktion. Viel Freude beim Lesen, bis nächste Woche.",
    ),
    Series(
        "es",
        &[
            "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
        ],
        "Boletín de {} de 2026 disponible",
        "El boletín del mes de {} de 2026 ya está en línea, con informes de todas las secciones y noticias de los miembros.",
    ),
    Series(
        "es",
        DAYS,
        "Resumen diario de prensa del {} de marzo",
        "Estos son los puntos principales de la conferencia de prensa que el portavoz dio a mediodía el {} de marzo en la sede.",
    ),
    Series(
        "es",
        WEEKS,
        "Ofertas de empleo de la semana {}",
        "La lista de ofertas de empleo de la semana {} está en línea. Envíenos su oferta antes del jueves para la próxima lista.",
    ),
    Series(
        "es",
        &["1", "2", "3", "4", "5"],
        "Leer el tratado, parte {}",
        "En esta serie leemos el tratado artículo por artículo y preguntamos qué significa para las bibliotecas de la región.",
    ),
    Series(
        "es",
        &["primera", "segunda", "tercera", "cuarta"],
        "Convocatoria de ponencias, {} circular",
        "El comité organizador invita a presentar ponencias sobre todos los aspectos del tema mediante el formulario del sitio.",
    ),
    Series(
        "es",
        ROMANS,
        "Convocatoria {} de pequeñas ayudas para bibliotecas escolares",
        "Las bibliotecas escolares pueden solicitar una ayuda de hasta 500 euros para libros y mobiliario mediante el formulario.",
    ),
    Series(
        "es",
        SAME,
        "Esta semana en las bibliotecas",
        "Nuestra selección semanal de enlaces de todo el mundo, reunidos por la redacción. Buena lectura y hasta la próxima semana.",
    ),
    Series(
        "ru",
        &[
            "январь",
            "февраль",
            "март",
            "апрель",
            "май",
            "июнь",
            "август",
        ],
        "Информационный бюллетень за {} 2026 года",
        "Бюллетень за {} 2026 года размещён на сайте: отчёты всех секций, новости членов и объявления о предстоящих событиях.",
    ),
    Series(
        "ru",
        DAYS,
        "Обзор прессы за {} марта 2026 года",
        "Что сегодня писали о библиотеках: ежедневная подборка редакции из газет и журналов всего мира за {} марта.",
    ),
    Series(
        "ru",
        WEEKS,
        "Вакансии библиотек, неделя {}",
        "Список вакансий за неделю {} размещён на сайте. Присылайте свои объявления до четверга, и они войдут в следующий список.",
    ),
    Series(
        "ru",
        &["первая", "вторая", "третья", "четвёртая"],
        "Читаем договор: часть {}",
        "В этой серии мы читаем договор статью за статьёй и спрашиваем, что он значит для библиотек разных стран.",
    ),
    Series(
        "ru",
        &["1", "2", "3", "4", "5"],
        "Конкурс № {} малых грантов для школьных библиотек",
        "Школьные библиотеки могут подать заявку на грант до 500 евро на книги и мебель через форму, размещённую на сайте.",
    ),
    Series(
        "ru",
        &["понедельник", "вторник", "среда", "четверг", "пятница"],
        "Утренняя сводка: {}",
        "Доброе утро. Вот о чём сегодня говорят в отрасли, по материалам печати всего мира, собранным нашей редакцией.",
    ),
    Series(
        "ru",
        SAME,
        "Дайджест недели",
        "Наша еженедельная подборка ссылок со всего мира, собранная редакцией. Приятного чтения и до встречи на следующей неделе.",
    ),
    Series(
        "zh",
        &["一月", "二月", "三月", "四月", "五月", "六月", "七月"],
        "2026年{}通讯现已上线",
        "本会2026年{}通讯现已上线，内容包括各专业组报告、会员动态以及即将举行的活动预告，欢迎阅读并转发。",
    ),
    Series(
        "zh",
        DAYS,
        "每日新闻简报（3月{}日）",
        "以下是联合国发言人3月{}日中午例行记者会的要点，由本站编辑整理，完整记录请见官方网站。",
    ),
    Series(
        "zh",
        WEEKS,
        "图书馆招聘信息第{}周",
        "本周招聘信息已经发布。请各单位在每周四中午之前将招聘启事发送至编辑部，我们将刊登在下一期。",
    ),
    Series(
        "zh",
        &["一", "二", "三", "四", "五"],
        "条约解读（第{}部分）",
        "本系列逐条阅读条约，并讨论每一条对图书馆和读者意味着什么，欢迎各位同行留言参与讨论。",
    ),
    Series(
        "zh",
        &["上", "中", "下"],
        "阅览室的记忆（{}）",
        "退休的同事们讲述阅览室过去的样子，我们将他们的回忆分几次刊登，以飨读者，敬请关注。",
    ),
    Series(
        "zh",
        &["1", "2", "3", "4", "5"],
        "第{}号征集：学校图书馆小额资助",
        "学校图书馆可以申请最高五百欧元的资助，用于购买图书和家具，请通过网站上的表格提交申请。",
    ),
    Series(
        "zh",
        SAME,
        "一周要闻",
        "本站编辑每周从世界各地挑选的链接，供各位同行参考。祝阅读愉快，下周再见，欢迎继续关注。",
    ),
    Series(
        "ar",
        &["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "أغسطس"],
        "النشرة الإخبارية لشهر {} 2026",
        "صدر عدد {} 2026 من نشرتنا الإخبارية، وفيه تقارير من جميع الأقسام وأخبار الأعضاء والفعاليات القادمة.",
    ),
    Series(
        "ar",
        DAYS,
        "الإحاطة الصحفية اليومية، {} آذار",
        "فيما يلي أبرز ما جاء في الإحاطة الصحفية اليومية للمتحدث الرسمي في المقر يوم {} آذار عند الظهر.",
    ),
    Series(
        "ar",
        WEEKS,
        "وظائف المكتبات، الأسبوع {}",
        "قائمة الوظائف الشاغرة لهذا الأسبوع متاحة على الموقع. أرسلوا إعلاناتكم قبل ظهر الخميس لتنشر في القائمة القادمة.",
    ),
    Series(
        "ar",
        &["الأول", "الثاني", "الثالث", "الرابع", "الخامس"],
        "قراءة في المعاهدة: الجزء {}",
        "في هذه السلسلة نقرأ المعاهدة مادة بعد مادة ونسأل عما تعنيه للمكتبات وللقراء في بلدان المنطقة.",
    ),
    Series(
        "ar",
        &["١", "٢", "٣", "٤", "٥"],
        "الدعوة رقم {}: منح صغيرة للمكتبات المدرسية",
        "يمكن للمكتبات المدرسية أن تطلب منحة تصل إلى خمسمئة يورو لشراء الكتب والأثاث عبر الاستمارة على الموقع.",
    ),
    Series(
        "ar",
        &["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة"],
        "موجز صباح {}",
        "صباح الخير. إليكم ما يتحدث عنه القطاع اليوم، كما جمعه محررونا من صحافة العالم كله لقرائنا الكرام.",
    ),
    Series(
        "ar",
        SAME,
        "هذا الأسبوع في المكتبات",
        "مختاراتنا الأسبوعية من الروابط من أنحاء العالم، جمعها المحررون لكم. قراءة ممتعة وإلى اللقاء في الأسبوع القادم.",
    ),
];

/// Every issue of every series, some on one day and some a day or a week apart.
pub(crate) fn all() -> Vec<Told> {
    let mut all = Vec::new();
    for Series(language, issues, title, text) in SERIES.iter().chain(PATTERNS) {
        for (at, issue) in issues.iter().enumerate() {
            let mut told = told(
                "series",
                0,
                &title.replace("{}", issue),
                &text.replace("{}", issue),
                language,
            );
            let days = match (issue.is_empty(), all.len() % 3) {
                (_, 0) => 7 * at,
                (true, _) | (_, 1) => at,
                _ => 0,
            };
            told.at = monday() - TimeDelta::days(i64::try_from(days).unwrap());
            all.push(told);
        }
    }
    all
}
