//! Holds the days that texts name against a table made by hand: seven languages, spans, hours, years
//! that are not written, and days that are no days.

use circular::{
    areas::dates,
    model::{DatedFact, FactKind, LanguageCode},
};

/// The item's own date where a line does not say another.
const REFERENCE: &str = "2026-11-16T08:00:00Z";

/// language | text | what it gives, empty where nothing; `; ` parts two, `@` stands before an hour.
const TABLE: &str = r"
en | Observers may answer the questionnaire by 4 December. | deadline 2026-12-04
en | Abstracts are due by December 4, 2026. | deadline 2026-12-04
en | The deadline for nominations is 15 January 2027. | deadline 2027-01-15
en | Deadline: 31 Jan 2027 | deadline 2027-01-31
en | Applications close on 1 March 2027 at 17:00 CET. | deadline 2027-03-01 @17:00 CET
en | Submit your paper no later than the 20th of December. | deadline 2026-12-20
en | The survey is open until Dec. 18, 2026. | deadline 2026-12-18
en | Comments are welcome until 2026-12-31. | deadline 2026-12-31
en | Send your answer before 5 December 2026, 11:59 pm EST. | deadline 2026-12-05 @11:59 pm EST
en | Proposals due: 30/11/2026 | deadline 2026-11-30
en | Closing date 12/13/2026 for all forms. | deadline 2026-12-13
en | By 14 July, members should vote. | deadline 2027-07-14
en | The conference takes place on 3 December 2026. | event 2026-12-03
en | Webinar on 3 December at 14:00 UTC | event 2026-12-03 @14:00 UTC
en | The forum meets from 8 to 12 December 2026. | event 2026-12-08..2026-12-12
en | The congress will be held 8-12 December 2026 in Oslo. | event 2026-12-08..2026-12-12
en | Summit, 28 November to 2 December 2026 | event 2026-11-28..2026-12-02
en | Workshop: November 28 – December 2, 2026 | event 2026-11-28..2026-12-02
en | The session runs from December 30, 2026 to January 3, 2027. | event 2026-12-30..2027-01-03
en | Join us on December 9-11 for the annual meeting. | event 2026-12-09..2026-12-11
en | The seminar starts on 3rd December at 10.30 am. | event 2026-12-03 @10.30 am
en | The assembly is on 2 December at noon. | event 2026-12-02 @noon
en | Meeting at 3pm on 4 December | event 2026-12-04 @3pm
en | An exhibition on banned books is on view until 5 March 2027. | event 2027-03-05
en | The hearing is on 7 January. | event 2027-01-07
en | In May the committee met. |
en | Since 4 March 2019 the law holds. |
en | Targets are to be met by 2030. |
en | See page 12, 40 members, volume 5. |
en | The meeting was held on 4 March 2026. |
en | On 20 September the committee met in Paris. |
en | The declaration was adopted on 10 December 1948. |
en | In May 12 countries signed the treaty at the conference. |
en | Readers aged 12 may attend the workshop. |
en | The law enters into force on 1 January 2027. |
en | Pages 4-12, December issue of the conference papers |
en | Published on 18 November 2026. |
en | The report covers 3 to 9 November 2025 and a meeting in Rome. |
en | Resolution 12/5/2026 of the meeting |
en | The conference room has 4 may-apple plants. |
en | The library was founded on 9 December 1926. |
en | ISBN 978-3-16-148410-0, conference volume |
en | The conference site is https://example.org/2026/12/04/programme |
en | Minutes of the meeting of 3 October 2026 |
en | Until 2027 the conference has no seat. |
en | By 40 votes to 3, the assembly adopted the text. |
en | Version 2.12.2026.1 of the conference software |
fr | Le questionnaire reste ouvert jusqu’au 4 décembre 2026. | deadline 2026-12-04
fr | Date limite : 15 janvier 2027 | deadline 2027-01-15
fr | Les candidatures sont à envoyer avant le 1er mars 2027. | deadline 2027-03-01
fr | Répondez au plus tard le 20 décembre. | deadline 2026-12-20
fr | Clôture des inscriptions le 30 nov. 2026 | deadline 2026-11-30
fr | À remettre d’ici le 12/01/2027. | deadline 2027-01-12
fr | Vous avez jusqu'au 31 janvier pour répondre. | deadline 2027-01-31
fr | La conférence aura lieu du 9 au 24 décembre 2026. | event 2026-12-09..2026-12-24
fr | Colloque les 3 et 4 décembre 2026 à Lyon | event 2026-12-03..2026-12-04
fr | Le congrès se tiendra du 28 novembre au 2 décembre 2026. | event 2026-11-28..2026-12-02
fr | Webinaire le 3 décembre à 14h | event 2026-12-03 @14h
fr | L’atelier du 5 décembre, à 9h30, est gratuit. | event 2026-12-05 @9h30
fr | Journée d’étude le 1er février 2027 | event 2027-02-01
fr | Salon du livre : du 10 au 13 déc. | event 2026-12-10..2026-12-13
fr | L’exposition est visible jusqu’au 5 mars 2027. | event 2027-03-05
fr | La réunion s’est tenue le 4 mars. |
fr | Depuis le 4 mars 2019, la loi s’applique. |
fr | D’ici 2030, tous les pays auront un plan. |
fr | Loi du 9 décembre 1905 sur la conférence |
fr | La loi entre en vigueur le 1er janvier 2027. |
fr | Publié le 18 novembre 2026 |
fr | La convention a été adoptée le 20 octobre 2005 à Paris. |
fr | Les pages 3 à 12 du rapport de décembre |
fr | En mars, 12 pays ont signé. |
de | Einsendeschluss ist der 4. Dezember 2026. | deadline 2026-12-04
de | Die Frist endet am 15. Januar 2027. | deadline 2027-01-15
de | Bewerbungsfrist: 31.01.2027 | deadline 2027-01-31
de | Bitte antworten Sie bis zum 3. Juni. | deadline 2027-06-03
de | Anmeldung bis 5. Dezember 2026 | deadline 2026-12-05
de | Abgabe spätestens am 20. Dezember | deadline 2026-12-20
de | Anmeldeschluss: 30. Nov. 2026, 12 Uhr | deadline 2026-11-30 @12 Uhr
de | Stellungnahmen sind bis 1.3.2027 möglich. | deadline 2027-03-01
de | Die Tagung findet am 3. Dezember 2026 statt. | event 2026-12-03
de | Der Kongress tagt vom 8. bis 12. Dezember 2026 in Wien. | event 2026-12-08..2026-12-12
de | Konferenz vom 28. November bis zum 2. Dezember 2026 | event 2026-11-28..2026-12-02
de | Workshop am 3.12.2026 um 15 Uhr | event 2026-12-03 @15 Uhr
de | Die Sitzung ist am 9. Dezember, 10:30 Uhr. | event 2026-12-09 @10:30 Uhr
de | Buchmesse, 18.–21. März 2027 | event 2027-03-18..2027-03-21
de | Die Ausstellung läuft bis 5. März 2027. | event 2027-03-05
de | Fachtagung am 1. und 2. Februar 2027 | event 2027-02-01..2027-02-02
de | Die Tagung fand am 4. März statt. |
de | Seit dem 4. März 2019 gilt das Gesetz. |
de | Bis 2030 sollen die Ziele erreicht sein. |
de | Das Gesetz vom 9. Dezember 1965 |
de | Das Gesetz tritt am 1. Januar 2027 in Kraft. |
de | Artikel 3 bis 12, Dezember-Heft zur Konferenz |
de | Die Sitzung wurde am 20. September eröffnet. |
de | Fassung 3.12 des Berichts zur Konferenz |
es | Los observadores pueden responder hasta el 4 de diciembre de 2026. | deadline 2026-12-04
es | Hasta el 5 de marzo se reciben propuestas. | deadline 2027-03-05
es | Fecha límite: 15 de enero de 2027 | deadline 2027-01-15
es | Envíe su ponencia antes del 20 de diciembre. | deadline 2026-12-20
es | El plazo termina el 31/01/2027. | deadline 2027-01-31
es | A más tardar el 1 de marzo del 2027 | deadline 2027-03-01
es | Cierre de la convocatoria: 30 de noviembre | deadline 2026-11-30
es | El congreso se celebrará del 8 al 12 de diciembre de 2026. | event 2026-12-08..2026-12-12
es | Jornada el 3 de diciembre a las 10:00 | event 2026-12-03 @10:00
es | La feria tendrá lugar del 28 de noviembre al 2 de diciembre de 2026. | event 2026-11-28..2026-12-02
es | Taller: 3 y 4 de diciembre | event 2026-12-03..2026-12-04
es | El seminario es el 1.º de febrero de 2027. | event 2027-02-01
es | La reunión será el 9 de dic. de 2026 | event 2026-12-09
es | La exposición puede verse hasta el 5 de marzo de 2027. | event 2027-03-05
es | La reunión se celebró el 4 de marzo. |
es | Desde el 4 de marzo de 2019 rige la ley. |
es | Para 2030 se espera cumplir los objetivos. |
es | Ley de 9 de diciembre de 1998 sobre el congreso |
es | La ley entra en vigor el 1 de enero de 2027. |
es | De las páginas 3 a 12, mayo de 2026 |
es | Fue aprobada el 20 de octubre de 2005 en la conferencia. |
ru | Ответить можно до 4 декабря 2026 года. | deadline 2026-12-04
ru | Срок подачи заявок — 15 января 2027 г. | deadline 2027-01-15
ru | Заявки принимаются не позднее 20 декабря. | deadline 2026-12-20
ru | Тезисы принимаются до 31.01.2027. | deadline 2027-01-31
ru | Регистрация открыта до 30 нояб. 2026 | deadline 2026-11-30
ru | Крайний срок: 1 марта 2027 года, 18:00 МСК | deadline 2027-03-01 @18:00 МСК
ru | Конференция состоится 3 декабря 2026 года. | event 2026-12-03
ru | Конгресс пройдёт с 8 по 12 декабря 2026 года. | event 2026-12-08..2026-12-12
ru | Форум: 28 ноября – 2 декабря 2026 | event 2026-11-28..2026-12-02
ru | Семинар с 28 ноября по 2 декабря | event 2026-11-28..2026-12-02
ru | Вебинар 3 декабря в 10:00 | event 2026-12-03 @10:00
ru | Заседание назначено на 9 декабря. | event 2026-12-09
ru | Выставка открыта до 5 марта 2027 года. | event 2027-03-05
ru | Съезд откроется 1 февраля 2027 года. | event 2027-02-01
ru | Заседание состоялось 4 марта. |
ru | С 4 марта 2019 года действует закон. |
ru | К 2030 году цели должны быть достигнуты. |
ru | Закон от 29 декабря 1994 года о библиотечном деле и конференции |
ru | Закон вступает в силу 1 января 2027 года. |
ru | Страницы 3–12, декабрь |
ru | Конвенция была принята 20 октября 2005 года. |
zh | 截止日期：2026年12月1日 | deadline 2026-12-01
zh | 截止日期2026年12月4日。 | deadline 2026-12-04
zh | 可在2026年12月4日之前答复问卷。 | deadline 2026-12-04
zh | 请于12月20日前提交论文。 | deadline 2026-12-20
zh | 申请截止到2027年1月15日 | deadline 2027-01-15
zh | 报名最迟12月5日 | deadline 2026-12-05
zh | 会议将于2026年12月3日在北京举行。 | event 2026-12-03
zh | 论坛将于12月8日至12日召开 | event 2026-12-08..2026-12-12
zh | 大会于2026年11月28日至12月2日举行 | event 2026-11-28..2026-12-02
zh | 研讨会定于12月3日下午3点举行 | event 2026-12-03 @下午3点
zh | 书展时间：2027年3月18日-21日 | event 2027-03-18..2027-03-21
zh | 培训：12月9日 14:30 | event 2026-12-09 @14:30
zh | 展览展出至2027年3月5日 | event 2027-03-05
zh | 会议于3月4日举行了闭幕式。 |
zh | 自2019年3月4日起施行。 |
zh | 到2030年实现目标。 |
zh | 1948年12月10日通过了宣言。 |
zh | 第3至12页，12月号 |
zh | 该法自2027年1月1日起生效。 |
ar | ويمكن الرد حتى ٤ ديسمبر ٢٠٢٦. | deadline 2026-12-04
ar | آخر موعد للتقديم ١٥ يناير ٢٠٢٧ | deadline 2027-01-15
ar | الموعد النهائي: 31 كانون الثاني 2027 | deadline 2027-01-31
ar | ترسل الطلبات قبل 20 ديسمبر. | deadline 2026-12-20
ar | تقبل المشاركات لغاية ٣٠ تشرين الثاني ٢٠٢٦ | deadline 2026-11-30
ar | في موعد أقصاه 1 آذار 2027 | deadline 2027-03-01
ar | باب التسجيل مفتوح حتى 5 كانون الأول | deadline 2026-12-05
ar | سيعقد المؤتمر في 3 ديسمبر 2026. | event 2026-12-03
ar | يعقد المنتدى من 8 إلى 12 كانون الأول 2026 | event 2026-12-08..2026-12-12
ar | ندوة يوم ٩ ديسمبر الساعة 10 صباحا | event 2026-12-09 @10 صباحا
ar | ورشة عمل من 28 نوفمبر إلى 2 ديسمبر 2026 | event 2026-11-28..2026-12-02
ar | معرض الكتاب: 18 - 21 مارس 2027 | event 2027-03-18..2027-03-21
ar | اجتماع في 1 شباط 2027 | event 2027-02-01
ar | يستمر المعرض حتى 5 مارس 2027 | event 2027-03-05
ar | عقدت الندوة في 4 مارس. |
ar | منذ 4 مارس 2019 يسري القانون. |
ar | بحلول عام 2030 تتحقق الأهداف. |
ar | اعتمد الإعلان في 10 ديسمبر 1948. |
ar | الصفحات 3 إلى 12، عدد ديسمبر |
ar | يدخل القانون حيز النفاذ في 1 يناير 2027. |
";

/// With another date of the item's own: date | language | text | what it gives.
const DATED: &str = r"
2021-10-01 | fr | La conférence a lieu du 9 au 24 novembre 2021 | event 2021-11-09..2021-11-24
2020-07-06 | en | The webinar is on 13 July at 12pm New York time | event 2020-07-13 @12pm New York time
2020-07-06 | en | Members may comment by 14 July. | deadline 2020-07-14
2026-12-20 | en | Apply by 10 January. | deadline 2027-01-10
2026-12-20 | de | Die Tagung ist am 12. Januar. | event 2027-01-12
2026-01-03 | en | The forum met on 20 December. |
2026-12-28 | ru | Форум пройдёт с 30 декабря по 2 января. | event 2026-12-30..2027-01-02
2026-12-10 | en | The forum (8 to 12 December) opened. | event 2026-12-08..2026-12-12
2028-02-20 | en | Deadline: 29 February | deadline 2028-02-29
2026-02-20 | en | Deadline: 30 February 2026 |
2026-11-16 | en | Call open until 4 December. The conference is on 8 and 9 March 2027. | deadline 2026-12-04; event 2027-03-08..2027-03-09
";

/// What people write who were not asked: deadlines, spans, hours, and days that are none.
const WRITTEN: &str = r"
en | Register by midnight on Sunday 29 November 2026 to secure a place. | deadline 2026-11-29 @midnight
en | Nominations close at 18:00 CET on 11 December. | deadline 2026-12-11 @18:00 CET
en | The consultation runs until the end of January; the hearing is on 3 February 2027. | event 2027-02-03
en | Send us your entry no later than Friday, 4 December 2026. | deadline 2026-12-04
en | The deadline has been extended to 8 January 2027. | deadline 2027-01-08
en | Save the date: World Library Congress, 17-21 August 2027, Busan | event 2027-08-17..2027-08-21
en | The webinar is scheduled for Tuesday, December 8th, 2026 at 3:30 pm GMT. | event 2026-12-08 @3:30 pm GMT
en | Doors of the fair open on 30 November at 10 am (Monday). | event 2026-11-30 @10 am
en | The webinar on 8 December (Tuesday), 14:00 UTC, is free. | event 2026-12-08 @14:00 UTC
fr | La lettre du 2 décembre sera lue à la réunion. |
en | The 2025 annual report of 12 December lists 40 meetings. |
en | Document A/RES/70/1 of 25 September 2015 was discussed at the session. |
en | Call +49 30 2026 1204 to join the workshop. |
en | The conference marks the 80th anniversary of the Declaration of 10 December 1948. |
en | Twenty years ago, on 3 December 2006, the forum first met. |
en | The committee will meet again in three weeks. |
en | Papers presented at the 4 October symposium are online. |
en | Applications are invited until 15 Dec 2026 (23:59 AoE). | deadline 2026-12-15 @23:59 AoE
fr | Les inscriptions sont ouvertes jusqu’au vendredi 11 décembre 2026 inclus. | deadline 2026-12-11
fr | Date limite de dépôt des dossiers : le 5 janvier 2027 à minuit. | deadline 2027-01-05 @minuit
fr | Le colloque se tiendra les 3 et 4 décembre 2026 à Lyon. | event 2026-12-03..2026-12-04
fr | La journée d’étude aura lieu mardi 1er décembre à 9 h 30. | event 2026-12-01 @9 h 30
fr | Réponse souhaitée avant le 30/11/2026. | deadline 2026-11-30
fr | La loi du 21 décembre 2021 a été appliquée par 40 communes. |
fr | Le salon, ouvert du 27 au 29 novembre, attend 3 000 visiteurs. | event 2026-11-27..2026-11-29
fr | Il y a dix ans, le 13 novembre, le congrès se réunissait à Paris. |
fr | Le rapport annuel 2025 sera présenté au congrès. |
fr | Appelez le 01 20 12 20 26 pour l’atelier. |
de | Bewerbungen sind bis Freitag, den 4. Dezember 2026, möglich. | deadline 2026-12-04
de | Anmeldeschluss ist der 30. November. | deadline 2026-11-30
de | Die Fachtagung findet vom 2. bis 4. Dezember 2026 in Kiel statt. | event 2026-12-02..2026-12-04
de | Das Webinar beginnt am 8.12.2026 um 14 Uhr. | event 2026-12-08 @14 Uhr
de | Das Gesetz vom 3. Dezember 2019 gilt für alle Bibliotheken. |
de | Am 9. November 1938 brannten Bücher, daran erinnert die Ausstellung. |
de | Reichen Sie Ihre Beiträge spätestens zum 15.01.2027 ein. | deadline 2027-01-15
de | Rufen Sie für die Tagung 030 04122026 an. |
de | Der Kongress tagt am 1. und 2. Dezember. | event 2026-12-01..2026-12-02
es | El plazo de inscripción finaliza el 10 de diciembre de 2026. | deadline 2026-12-10
es | Envíe su propuesta antes del 5 de enero a las 18:00 horas. | deadline 2027-01-05 @18:00 horas
es | El congreso se celebrará del 30 de noviembre al 2 de diciembre de 2026 en Lima. | event 2026-11-30..2026-12-02
es | Las jornadas serán los días 3 y 4 de diciembre. | event 2026-12-03..2026-12-04
es | La ley del 12 de diciembre de 2002 regula la asamblea. |
es | El taller tuvo lugar el pasado 3 de noviembre. |
es | Hace un año, el 2 de diciembre, se aprobó el plan en la cumbre. |
es | Se reciben ponencias hasta el 31/01/2027. | deadline 2027-01-31
ru | Заявки принимаются до 10 декабря 2026 года включительно. | deadline 2026-12-10
ru | Конференция пройдёт 3–4 декабря 2026 г. в Томске. | event 2026-12-03..2026-12-04
ru | Вебинар состоится 8 декабря в 15:00 по московскому времени. | event 2026-12-08 @15:00 по московскому времени
ru | Срок подачи тезисов — 15 января 2027 года. | deadline 2027-01-15
ru | Закон от 29 декабря 1994 года обсудят на форуме. |
ru | Десять лет назад, 5 декабря, прошёл первый форум. |
ru | Телефон оргкомитета конференции 8 812 20-12-20. |
zh | 征文截止日期为2026年12月10日。 | deadline 2026-12-10
zh | 研讨会将于12月3日至4日在昆明举行。 | event 2026-12-03..2026-12-04
zh | 请于2027年1月5日17:00前提交申请。 | deadline 2027-01-05 @17:00
zh | 讲座时间：2026年12月6日（周日）下午2点 | event 2026-12-06 @下午2点
zh | 会议回顾了2015年9月25日通过的议程。 |
zh | 培训班报名电话：010-20261204。 |
ar | آخر موعد لتقديم الطلبات 10 كانون الأول/ديسمبر 2026. | deadline 2026-12-10
ar | يعقد المؤتمر في مسقط من 3 إلى 5 ديسمبر 2026. | event 2026-12-03..2026-12-05
ar | تنطلق الندوة يوم 8 ديسمبر الساعة 18:00. | event 2026-12-08 @18:00
ar | صدر القانون في 4 ديسمبر 2018 ونوقش في الندوة. |
ar | التسجيل مفتوح حتى 15 يناير 2027. | deadline 2027-01-15
";

fn said(fact: &DatedFact) -> String {
    let what = match fact.what {
        FactKind::Deadline => "deadline",
        FactKind::Event => "event",
    };
    let until = fact.until.map(|day| format!("..{day}"));
    let time = fact.time.as_ref().map(|time| format!(" @{time}"));
    format!(
        "{what} {}{}{}",
        fact.date,
        until.unwrap_or_default(),
        time.unwrap_or_default()
    )
}

fn check(lines: impl Iterator<Item = (String, String, String, String)>) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for (reference, language, text, wanted) in lines {
        count += 1;
        let facts = dates(
            &text,
            "",
            LanguageCode::parse(&language).as_ref(),
            reference.parse().unwrap(),
        );
        let given: Vec<String> = facts.iter().map(said).collect();
        if given.join("; ") != wanted {
            wrong.push(format!(
                "{language} {text}: `{}` instead of `{wanted}`",
                given.join("; ")
            ));
        }
        for fact in &facts {
            assert!(!fact.words.is_empty(), "{text}: {fact:?}");
        }
    }
    (count, wrong)
}

fn cells<const N: usize>(table: &str) -> Vec<[String; N]> {
    table
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
            cells.try_into().unwrap_or_else(|_| panic!("{line}"))
        })
        .collect()
}

#[test]
fn days_are_read_as_a_person_reads_them() {
    let plain = cells::<3>(TABLE)
        .into_iter()
        .chain(cells::<3>(WRITTEN))
        .map(|[language, text, wanted]| (REFERENCE.to_owned(), language, text, wanted));
    let dated = cells::<4>(DATED)
        .into_iter()
        .map(|[day, language, text, wanted]| (format!("{day}T08:00:00Z"), language, text, wanted));
    let (count, wrong) = check(plain.chain(dated));
    assert!(count >= 150, "{count}");
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn hostile_texts_cost_little() {
    let reference = REFERENCE.parse().unwrap();
    for text in [
        "4 ".repeat(500_000),
        "by 4 December ".repeat(80_000),
        "1".repeat(1_000_000),
        "截止12月4日".repeat(60_000),
        "conference 99 December 9999 ".repeat(40_000),
    ] {
        assert!(dates("", &text, None, reference).len() <= 6);
    }
}
