//! Cases that try to deceive: what reads alike and is two stories, and what reads differently and is one.

use circular::{model::Relation, story::place};

use super::{candidate, item, monday};

/// Whether the two are one story, where the second stands (`same` source or `other`), how many hours
/// later, in which language, and title and text of both.
struct Case(
    bool,
    &'static str,
    i64,
    &'static str,
    [&'static str; 2],
    [&'static str; 2],
);

const ONE: bool = true;
const TWO: bool = false;

const CASES: &[Case] = &[
    // One event, told by two desks of their own: two stories, as a reader would want both.
    Case(
        TWO,
        "other",
        3,
        "en",
        [
            "Parliament votes for library levy",
            "MPs back charge on books to pay for branches",
        ],
        [
            "Members of parliament voted 212 to 140 for a levy on imported books on Tuesday evening. The money goes to rural branches from next year.",
            "After six hours of debate the house adopted the bill that its critics call a tax on reading. Booksellers announced that they will go to court over it.",
        ],
    ),
    // A follow-up with the first sentences of the first report.
    Case(
        TWO,
        "same",
        30,
        "en",
        [
            "Flood reaches the stacks of the city library",
            "City library counts its losses after the flood",
        ],
        [
            "Water stood half a metre high in the stacks of the city library on Monday. Some forty volunteers carried books to the upper floors during the night.",
            "Two days after the flood the director says that nine thousand volumes are lost. Freeze drying will take until summer, and the insurance pays for half of it.",
        ],
    ),
    // A correction of the same report.
    Case(
        ONE,
        "same",
        2,
        "en",
        [
            "Three members join the board of the reading foundation",
            "Correction: Three members join the board of the reading foundation",
        ],
        [
            "The reading foundation has elected Ana Lopes, Tariq Aziz and Mei Lin to its board. They serve for three years and take office at the spring meeting in Porto.",
            "The reading foundation has elected Ana Lopes, Tariq Aziz and Mei Lin to its board. They serve for four years and take office at the spring meeting in Porto. An earlier version gave a wrong term.",
        ],
    ),
    // A press release and what a paper makes of most of it.
    Case(
        ONE,
        "other",
        5,
        "en",
        [
            "Ministry and publishers agree on school licences",
            "School licences: ministry and publishers agree",
        ],
        [
            "The ministry of education and the association of publishers have signed a framework for digital school books. It covers all public schools and runs until 2029. Teachers may copy up to fifteen per cent of a book for their classes, the parties said.",
            "The ministry of education and the association of publishers have signed a framework for digital school books, it was announced on Monday. It covers all public schools and runs until 2029. Teachers may copy up to fifteen per cent of a book for their classes.",
        ],
    ),
    // A press release and a commentary that quotes a sentence of it.
    Case(
        TWO,
        "other",
        20,
        "en",
        [
            "Ministry and publishers agree on school licences",
            "Comment: a licence is not a right",
        ],
        [
            "The ministry of education and the association of publishers have signed a framework for digital school books. It covers all public schools and runs until 2029. Teachers may copy up to fifteen per cent of a book for their classes, the parties said.",
            "Teachers may copy up to fifteen per cent of a book for their classes, we are told. That used to be the law; now it is a favour that ends in three years. Who signs away an exception will not get it back.",
        ],
    ),
    // Two vacancies of one employer in the same words.
    Case(
        TWO,
        "same",
        1,
        "en",
        ["Vacancy: metadata librarian", "Vacancy: systems librarian"],
        [
            "The university library seeks a colleague for its team. We offer flexible hours, thirty days of leave and a pension. Send your letter and references to the personnel office. Tasks: description of maps and prints.",
            "The university library seeks a colleague for its team. We offer flexible hours, thirty days of leave and a pension. Send your letter and references to the personnel office. Tasks: care of the servers and the catalogue.",
        ],
    ),
    Case(
        TWO,
        "other",
        1,
        "de",
        [
            "Stellenangebot: Fachreferat Musik (w/m/d)",
            "Stellenangebot: Fachreferat Recht (w/m/d)",
        ],
        [
            "Die Universitätsbibliothek besetzt zum nächsten Semester eine Stelle im höheren Dienst. Geboten werden flexible Arbeitszeiten und ein sicherer Platz in einem netten Haus. Bewerbungen gehen an die Personalabteilung.",
            "Die Universitätsbibliothek besetzt zum nächsten Semester eine Stelle im höheren Dienst. Geboten werden flexible Arbeitszeiten und ein sicherer Platz in einem netten Haus. Bewerbungen gehen an die Personalabteilung.",
        ],
    ),
    // Weekly lists whose date stands in the text alone.
    Case(
        TWO,
        "same",
        168,
        "en",
        ["New books on our shelves", "New books on our shelves"],
        [
            "Here are the new books of the week that ends on 6 November: forty titles on law, twelve on music and five on chess. Come and borrow them.",
            "Here are the new books of the week that ends on 13 November: thirty titles on law, ten on music and nine on chess. Come and borrow them.",
        ],
    ),
    Case(
        TWO,
        "other",
        168,
        "fr",
        [
            "Les nouveautés de nos rayons",
            "Les nouveautés de nos rayons",
        ],
        [
            "Voici les livres arrivés cette semaine, jusqu’au 6 novembre : quarante titres de droit, douze de musique et cinq d’échecs. Venez les emprunter.",
            "Voici les livres arrivés cette semaine, jusqu’au 13 novembre : trente titres de droit, dix de musique et neuf d’échecs. Venez les emprunter.",
        ],
    ),
    Case(
        TWO,
        "same",
        168,
        "ru",
        ["Новые поступления", "Новые поступления"],
        [
            "За неделю до 6 ноября в фонд поступило сорок книг по праву, двенадцать по музыке и пять по шахматам. Приходите и берите домой.",
            "За неделю до 13 ноября в фонд поступило тридцать книг по праву, десять по музыке и девять по шахматам. Приходите и берите домой.",
        ],
    ),
    // Numbered parts, however the number is written.
    Case(
        TWO,
        "same",
        24,
        "en",
        [
            "How to read a treaty: part IV",
            "How to read a treaty: part V",
        ],
        [
            "In this part we look at definitions, and at what the negotiators left open on purpose. Readers who are new to the series find the earlier parts below.",
            "In this part we look at definitions, and at what the negotiators left open on purpose. Readers who are new to the series find the earlier parts below.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "en",
        ["How to read a treaty (4)", "How to read a treaty (5)"],
        [
            "In this part we look at definitions, and at what the negotiators left open on purpose. Readers who are new to the series find the earlier parts below.",
            "In this part we look at definitions, and at what the negotiators left open on purpose. Readers who are new to the series find the earlier parts below.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "en",
        [
            "How to read a treaty, part the third",
            "How to read a treaty, part the fourth",
        ],
        [
            "In this part we look at definitions, and at what the negotiators left open on purpose. Readers who are new to the series find the earlier parts below.",
            "In this part we look at definitions, and at what the negotiators left open on purpose. Readers who are new to the series find the earlier parts below.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "en",
        [
            "Lecture twelve: who owns a letter?",
            "Lecture thirteen: who owns a letter?",
        ],
        [
            "The recording of the lecture is online. The slides can be had from the office, and questions are answered in the forum until Sunday.",
            "The recording of the lecture is online. The slides can be had from the office, and questions are answered in the forum until Sunday.",
        ],
    ),
    Case(
        TWO,
        "same",
        24,
        "zh",
        ["怎样读懂条约（其一）", "怎样读懂条约（其二）"],
        [
            "本篇介绍条约的定义部分，以及谈判代表有意留白的条款。新读者可以在文末找到前几篇的链接，欢迎来信讨论。",
            "本篇介绍条约的定义部分，以及谈判代表有意留白的条款。新读者可以在文末找到前几篇的链接，欢迎来信讨论。",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "zh",
        ["馆员手记之三", "馆员手记之四"],
        [
            "每月我们请一位同事写下工作中的见闻与思考，文字不长，却都是真实的心得。欢迎各位读者投稿，也欢迎转发给朋友。",
            "每月我们请一位同事写下工作中的见闻与思考，文字不长，却都是真实的心得。欢迎各位读者投稿，也欢迎转发给朋友。",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "ar",
        ["كيف نقرأ معاهدة: الجزء ٣", "كيف نقرأ معاهدة: الجزء ٤"],
        [
            "نتناول في هذا الجزء التعاريف وما تركه المفاوضون مفتوحا عن قصد. يجد القراء الجدد الأجزاء السابقة في أسفل الصفحة، ونرحب برسائلكم.",
            "نتناول في هذا الجزء التعاريف وما تركه المفاوضون مفتوحا عن قصد. يجد القراء الجدد الأجزاء السابقة في أسفل الصفحة، ونرحب برسائلكم.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "ar",
        [
            "حكايات من المكتبة: الحلقة السابعة",
            "حكايات من المكتبة: الحلقة الثامنة",
        ],
        [
            "نتناول في هذه الحلقة ما جرى في قاعة المطالعة قبل خمسين عاما كما يرويه من عملوا فيها. يجد القراء الحلقات السابقة في أسفل الصفحة.",
            "نتناول في هذه الحلقة ما جرى في قاعة المطالعة قبل خمسين عاما كما يرويه من عملوا فيها. يجد القراء الحلقات السابقة في أسفل الصفحة.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "ru",
        [
            "Как читать договор: часть шестая",
            "Как читать договор: часть седьмая",
        ],
        [
            "В этой части мы разбираем определения и то, что участники переговоров намеренно оставили открытым. Прежние части новые читатели найдут внизу страницы.",
            "В этой части мы разбираем определения и то, что участники переговоров намеренно оставили открытым. Прежние части новые читатели найдут внизу страницы.",
        ],
    ),
    Case(
        TWO,
        "same",
        24,
        "ru",
        ["Вестник секции № 11", "Вестник секции № 12"],
        [
            "Вышел новый номер вестника секции с отчётами о проектах, заметками участников и объявлениями. Читать его можно на сайте бесплатно.",
            "Вышел новый номер вестника секции с отчётами о проектах, заметками участников и объявлениями. Читать его можно на сайте бесплатно.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "fr",
        [
            "Lire un traité, sixième volet",
            "Lire un traité, septième volet",
        ],
        [
            "Nous examinons ici les définitions et ce que les négociateurs ont laissé ouvert à dessein. Les nouveaux lecteurs trouveront les volets précédents au bas de la page.",
            "Nous examinons ici les définitions et ce que les négociateurs ont laissé ouvert à dessein. Les nouveaux lecteurs trouveront les volets précédents au bas de la page.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "fr",
        [
            "Lire un traité : huitième volet",
            "Lire un traité : neuvième volet",
        ],
        [
            "Nous examinons ici les définitions et ce que les négociateurs ont laissé ouvert à dessein. Les nouveaux lecteurs trouveront les volets précédents au bas de la page.",
            "Nous examinons ici les définitions et ce que les négociateurs ont laissé ouvert à dessein. Les nouveaux lecteurs trouveront les volets précédents au bas de la page.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "de",
        [
            "Wie man einen Vertrag liest: sechster Teil",
            "Wie man einen Vertrag liest: siebter Teil",
        ],
        [
            "In diesem Teil geht es um Begriffe und um das, was die Unterhändler mit Absicht offen ließen. Wer neu dazukommt, findet die früheren Teile am Ende der Seite.",
            "In diesem Teil geht es um Begriffe und um das, was die Unterhändler mit Absicht offen ließen. Wer neu dazukommt, findet die früheren Teile am Ende der Seite.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "es",
        [
            "Cómo leer un tratado: sexta entrega",
            "Cómo leer un tratado: séptima entrega",
        ],
        [
            "En esta entrega vemos las definiciones y lo que los negociadores dejaron abierto a propósito. Quien llega nuevo encuentra las entregas anteriores al pie de la página.",
            "En esta entrega vemos las definiciones y lo que los negociadores dejaron abierto a propósito. Quien llega nuevo encuentra las entregas anteriores al pie de la página.",
        ],
    ),
    // Editions of one report, quarters, half-years, school years.
    Case(
        TWO,
        "other",
        5,
        "en",
        [
            "Loan figures: first half of the year",
            "Loan figures: second half of the year",
        ],
        [
            "The figures of loans and visits are out. All branches report, and the tables can be taken as a spreadsheet. A note explains how visits are counted.",
            "The figures of loans and visits are out. All branches report, and the tables can be taken as a spreadsheet. A note explains how visits are counted.",
        ],
    ),
    Case(
        TWO,
        "other",
        5,
        "en",
        ["Loan figures Q2", "Loan figures Q3"],
        [
            "The figures of loans and visits are out. All branches report, and the tables can be taken as a spreadsheet. A note explains how visits are counted.",
            "The figures of loans and visits are out. All branches report, and the tables can be taken as a spreadsheet. A note explains how visits are counted.",
        ],
    ),
    Case(
        TWO,
        "other",
        5,
        "en",
        [
            "Morning session: questions and answers",
            "Afternoon session: questions and answers",
        ],
        [
            "The recording of the session is online. The slides can be had from the office, and questions are answered in the forum until Sunday.",
            "The recording of the session is online. The slides can be had from the office, and questions are answered in the forum until Sunday.",
        ],
    ),
    // Two places, two bodies, two laws, in one pattern.
    Case(
        TWO,
        "same",
        0,
        "en",
        [
            "Grants for reading rooms in Kisumu",
            "Grants for reading rooms in Mombasa",
        ],
        [
            "Community groups in Kisumu may apply for grants for reading rooms. The fund pays for furniture and books for two years. Forms can be had from the county office.",
            "Community groups in Mombasa may apply for grants for reading rooms. The fund pays for furniture and books for two years. Forms can be had from the county office.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "zh",
        ["杭州图书馆新馆开放", "苏州图书馆新馆开放"],
        [
            "杭州图书馆新馆昨日向公众开放，设有少儿阅览室和自习区。市民等待多年，馆长感谢各界支持，并宣布周末延长开放时间。",
            "苏州图书馆新馆昨日向公众开放，设有少儿阅览室和自习区。市民等待多年，馆长感谢各界支持，并宣布周末延长开放时间。",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "ar",
        ["افتتاح مكتبة عامة في صفاقس", "افتتاح مكتبة عامة في سوسة"],
        [
            "افتتحت أمس في صفاقس مكتبة عامة جديدة تضم قاعة للأطفال وفضاء للمطالعة. انتظر السكان هذا الحدث سنوات، وشكر الوالي كل من ساهم فيه.",
            "افتتحت أمس في سوسة مكتبة عامة جديدة تضم قاعة للأطفال وفضاء للمطالعة. انتظر السكان هذا الحدث سنوات، وشكر الوالي كل من ساهم فيه.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "ru",
        [
            "В Томске открылась модельная библиотека",
            "В Омске открылась модельная библиотека",
        ],
        [
            "В Томске вчера открыли модельную библиотеку с детским залом и мастерской. Жители ждали её несколько лет, мэр поблагодарил всех, кто помогал.",
            "В Омске вчера открыли модельную библиотеку с детским залом и мастерской. Жители ждали её несколько лет, мэр поблагодарил всех, кто помогал.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "en",
        [
            "Director-General condemns killing of journalist Ana Reyes",
            "Director-General condemns killing of journalist Omar Hadi",
        ],
        [
            "The Director-General condemned today the killing of the journalist Ana Reyes. “Those who attack the press attack all of us,” she said, and called on the authorities to bring the perpetrators to justice.",
            "The Director-General condemned today the killing of the journalist Omar Hadi. “Those who attack the press attack all of us,” she said, and called on the authorities to bring the perpetrators to justice.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "fr",
        [
            "Le Sénégal ratifie le traité sur les livres accessibles",
            "Le Togo ratifie le traité sur les livres accessibles",
        ],
        [
            "Le Sénégal a déposé son instrument de ratification. Le traité permet l’échange de livres en formats accessibles entre les pays et entre en vigueur dans trois mois, a indiqué le secrétariat.",
            "Le Togo a déposé son instrument de ratification. Le traité permet l’échange de livres en formats accessibles entre les pays et entre en vigueur dans trois mois, a indiqué le secrétariat.",
        ],
    ),
    // The same events page for two days.
    Case(
        TWO,
        "other",
        1,
        "de",
        ["Lesung im Kleinen Saal", "Lesung im Kleinen Saal"],
        [
            "Am 3. Dezember liest Jutta Kern aus ihrem neuen Roman. Der Eintritt ist frei, Plätze gibt es nach Anmeldung an der Theke.",
            "Am 10. Dezember liest Paul Arndt aus seinem neuen Roman. Der Eintritt ist frei, Plätze gibt es nach Anmeldung an der Theke.",
        ],
    ),
    // What reads differently and is one story.
    Case(
        ONE,
        "other",
        6,
        "en",
        [
            "Treaty on accessible books enters into force in Togo",
            "Togo: treaty on accessible books enters into force",
        ],
        [
            "The treaty that lets accessible books cross borders has entered into force in Togo. It is the ninety-fifth state to join, the secretariat says. Libraries for the blind expect the first exchange in spring.",
            "The treaty that lets accessible books cross borders has entered into force in Togo. It is the ninety-fifth state to join, the secretariat says. Libraries for the blind expect the first exchange in spring. Photo: the reading room in Lomé.",
        ],
    ),
    Case(
        ONE,
        "other",
        30,
        "fr",
        [
            "Bibliothèques : la loi entre en vigueur",
            "La loi sur les bibliothèques est entrée en vigueur",
        ],
        [
            "La loi sur les bibliothèques est entrée en vigueur lundi. Elle garantit la gratuité de l’accès et le pluralisme des collections, et oblige les communes à motiver toute fermeture d’un établissement.",
            "La loi sur les bibliothèques est entrée en vigueur lundi. Elle garantit la gratuité de l’accès et le pluralisme des collections, et oblige les communes à motiver toute fermeture d’un établissement. (AFP)",
        ],
    ),
    Case(
        ONE,
        "other",
        2,
        "de",
        [
            "Streit um Sonntagsöffnung beigelegt",
            "EILMELDUNG: Streit um Sonntagsöffnung beigelegt",
        ],
        [
            "Stadt und Gewerkschaft haben sich geeinigt: Die Zentralbibliothek öffnet künftig jeden zweiten Sonntag. Die Arbeit wird mit einem Zuschlag bezahlt und bleibt freiwillig.",
            "Stadt und Gewerkschaft haben sich geeinigt: Die Zentralbibliothek öffnet künftig jeden zweiten Sonntag. Die Arbeit wird mit einem Zuschlag bezahlt und bleibt freiwillig, teilten beide Seiten mit.",
        ],
    ),
    Case(
        ONE,
        "other",
        10,
        "es",
        [
            "El archivo general abre sus fondos sobre la dictadura",
            "Abren al público los fondos del archivo general sobre la dictadura",
        ],
        [
            "El archivo general abrió este lunes los fondos de la policía secreta. Más de dos millones de fichas pueden consultarse en la sala y, desde el verano, también en línea.",
            "El archivo general abrió este lunes los fondos de la policía secreta. Más de dos millones de fichas pueden consultarse en la sala y, desde el verano, también en línea, según la directora.",
        ],
    ),
    Case(
        ONE,
        "other",
        4,
        "ru",
        [
            "Закон о библиотеках принят во втором чтении",
            "Во втором чтении принят закон о библиотеках",
        ],
        [
            "Депутаты приняли закон о библиотеках во втором чтении. Документ закрепляет бесплатный доступ к фондам и запрещает закрывать сельские филиалы без опроса жителей.",
            "Депутаты приняли закон о библиотеках во втором чтении. Документ закрепляет бесплатный доступ к фондам и запрещает закрывать сельские филиалы без опроса жителей, сообщает пресс-служба.",
        ],
    ),
    Case(
        ONE,
        "other",
        4,
        "zh",
        ["公共图书馆条例三月施行", "三月起公共图书馆条例正式施行"],
        [
            "新修订的公共图书馆条例将于三月一日起施行，明确免费开放的范围，要求县级馆每周开放不少于五十六小时，并鼓励社会力量参与建设。",
            "新修订的公共图书馆条例将于三月一日起施行，明确免费开放的范围，要求县级馆每周开放不少于五十六小时，并鼓励社会力量参与建设。记者昨日从文化部门获悉。",
        ],
    ),
    Case(
        ONE,
        "other",
        4,
        "ar",
        [
            "إقرار قانون المكتبات العامة",
            "البرلمان يقر قانون المكتبات العامة",
        ],
        [
            "أقر البرلمان أمس قانون المكتبات العامة الذي يضمن مجانية الخدمات ويلزم البلديات بإنشاء مكتبة في كل دائرة خلال خمس سنوات.",
            "أقر البرلمان أمس قانون المكتبات العامة الذي يضمن مجانية الخدمات ويلزم البلديات بإنشاء مكتبة في كل دائرة خلال خمس سنوات، حسب وكالة الأنباء.",
        ],
    ),
    // A number that was brought up to date in the title of the same report.
    Case(
        ONE,
        "same",
        5,
        "en",
        [
            "Fire in the archive of the port: dozens of maps lost",
            "Fire in the archive of the port: hundreds of maps lost",
        ],
        [
            "A fire broke out in the archive of the port on Sunday night. Firemen saved the ledgers of the customs house, but the room with the sea charts burned. The cause is not known.",
            "A fire broke out in the archive of the port on Sunday night. Firemen saved the ledgers of the customs house, but the room with the sea charts burned. The cause is not known, the police say.",
        ],
    ),
    // The same short note in another place, with its own address.
    Case(
        ONE,
        "other",
        1,
        "en",
        [
            "Reading room closed on Friday",
            "Reading room closed on Friday | Campus news",
        ],
        [
            "The reading room is closed on Friday because of works on the heating. Reserved books can be had at the desk in the hall.",
            "The reading room is closed on Friday because of works on the heating. Reserved books can be had at the desk in the hall.",
        ],
    ),
    // A list of links and one of its entries.
    Case(
        TWO,
        "other",
        3,
        "en",
        [
            "Five links for Friday",
            "Treaty on accessible books enters into force in Togo",
        ],
        [
            "Togo joins the treaty on accessible books. Oslo lends bicycles. A fire destroys maps. Who owns a letter? And a cat that lives in a library in Izmir.",
            "The treaty that lets accessible books cross borders has entered into force in Togo. It is the ninety-fifth state to join, the secretariat says. Libraries for the blind expect the first exchange in spring.",
        ],
    ),
    // A call and its extended deadline: news to whoever thought it was over.
    Case(
        TWO,
        "same",
        40,
        "en",
        [
            "Call for papers: archives in wartime",
            "Deadline extended: call for papers, archives in wartime",
        ],
        [
            "Papers are invited for the meeting on archives in wartime. Abstracts of 300 words are due on 1 March and speakers are told by 1 April.",
            "Papers are invited for the meeting on archives in wartime. Abstracts of 300 words are due on 15 March and speakers are told by 20 April.",
        ],
    ),
    // The invitation and the report of one meeting.
    Case(
        TWO,
        "other",
        96,
        "en",
        [
            "Open day of the map room",
            "Three hundred came to the open day of the map room",
        ],
        [
            "On Saturday the map room opens its drawers. Curators show charts, plans and globes, and children draw a map of their street.",
            "Globes, charts and a lot of crayons: curators of the map room had more guests than ever. The next chance to see the oldest plan of the town is in May.",
        ],
    ),
    // Two interviews in one frame.
    Case(
        TWO,
        "other",
        0,
        "en",
        [
            "Five questions to Rosa Pinto",
            "Five questions to Kwame Boateng",
        ],
        [
            "In our series librarians answer five questions. What do you read, what do you lend, what do you regret, what do you hope, and where do you sit? Today: Rosa Pinto of Faro.",
            "In our series librarians answer five questions. What do you read, what do you lend, what do you regret, what do you hope, and where do you sit? Today: Kwame Boateng of Accra.",
        ],
    ),
    // Short notices that differ in one word only.
    Case(
        TWO,
        "other",
        0,
        "en",
        [
            "Branch north closed for repairs",
            "Branch south closed for repairs",
        ],
        [
            "The branch is closed for repairs until further notice. Loans are prolonged by themselves, and no fines are due.",
            "The branch is closed for repairs until further notice. Loans are prolonged by themselves, and no fines are due.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "es",
        [
            "Resolución sobre bibliotecas escolares",
            "Resolución sobre bibliotecas penitenciarias",
        ],
        [
            "El consejo aprobó por unanimidad una resolución que pide personal, fondos y horarios dignos, y encarga a la secretaría un informe anual.",
            "El consejo aprobó por unanimidad una resolución que pide personal, fondos y horarios dignos, y encarga a la secretaría un informe anual.",
        ],
    ),
    Case(
        TWO,
        "other",
        0,
        "zh",
        ["第十二期讲座预告", "第十三期讲座预告"],
        [
            "本馆周末讲座邀请知名学者主讲，免费入场，座位有限，请提前在服务台登记。讲座录像将于会后上传网站。",
            "本馆周末讲座邀请知名学者主讲，免费入场，座位有限，请提前在服务台登记。讲座录像将于会后上传网站。",
        ],
    ),
    // One source, the same story one year later, word for word.
    Case(
        TWO,
        "same",
        8760,
        "en",
        [
            "World Book Day: give a book away",
            "World Book Day: give a book away",
        ],
        [
            "On World Book Day libraries and booksellers give books to those who have none. Leave one on a bench, in a train or at the doctor’s.",
            "On World Book Day libraries and booksellers give books to those who have none. Leave one on a bench, in a train or at the doctor’s.",
        ],
    ),
    // Documents with symbols of their own.
    Case(
        TWO,
        "other",
        0,
        "en",
        [
            "SCCR/45/3: Proposal by the African Group",
            "SCCR/45/5: Proposal by the African Group",
        ],
        [
            "The document is available in the six languages of the organisation. Delegations may send remarks to the secretariat before the session.",
            "The document is available in the six languages of the organisation. Delegations may send remarks to the secretariat before the session.",
        ],
    ),
    Case(
        ONE,
        "other",
        20,
        "en",
        [
            "SCCR/45/3: Proposal by the African Group",
            "Proposal by the African Group (SCCR/45/3)",
        ],
        [
            "The document is available in the six languages of the organisation. Delegations may send remarks to the secretariat before the session.",
            "The document is available in the six languages of the organisation. Delegations may send remarks to the secretariat before the session.",
        ],
    ),
];

#[test]
fn what_tries_to_deceive_is_read_right() {
    let mut wrong = Vec::new();
    for (at, Case(one, place_of, hours, language, titles, texts)) in CASES.iter().enumerate() {
        let first = item(
            "first",
            &format!("https://first.example/{at}"),
            titles[0],
            texts[0],
            language,
        );
        let source = if *place_of == "same" {
            "first"
        } else {
            "second"
        };
        let address = format!("https://{source}.example/later/{at}");
        let mut second = item(source, &address, titles[1], texts[1], language);
        second.effective = monday() + chrono::TimeDelta::hours(*hours);
        let placement = place(&second, "Tests", &[candidate(&first)]);
        if (placement.relation != Relation::New) != *one {
            let what = if *one { "missed" } else { "merged" };
            wrong.push(format!(
                "{what}: `{}` / `{}`: {}",
                titles[0], titles[1], placement.reason
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        CASES.len(),
        wrong.join("\n")
    );
}
