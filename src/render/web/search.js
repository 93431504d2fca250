// Searches the archive in the reader's browser. The lists of the months are loaded one after the
// other, newest first, until enough is found; nothing leaves the browser.
"use strict";
(() => {
  const form = document.getElementById("search");
  const list = document.getElementById("found");
  const status = document.getElementById("status");
  const more = document.getElementById("more");
  const months = form.dataset.months.split(" ").filter(Boolean);
  const step = 30;
  const stories = [];
  let next = 0;
  let terms = [];
  let shown = 0;
  let wanted = step;
  let turn = 0;

  // Case, accents, Arabic vowel signs and the lengthening stroke make no difference.
  const fold = (text) =>
    text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toLowerCase();

  // Each list of a month calls this with [id, title, source, day, language, direction, text] a story.
  window.circular = (rows) => {
    for (const [id, title, source, day, language, direction, text] of rows) {
      stories.push({ id, title, source, day, language, direction, folded: fold(`${title} ${source} ${text}`) });
    }
  };

  const load = (month) =>
    new Promise((done) => {
      const script = document.createElement("script");
      script.src = `months/${month}.js`;
      script.onload = script.onerror = done;
      document.head.append(script);
    });

  const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });

  const show = (story) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `../stories/${story.id}/index.html`;
    link.textContent = story.title;
    if (story.language) link.lang = story.language;
    link.dir = story.direction;
    const about = document.createElement("span");
    about.className = "meta";
    const source = document.createElement("bdi");
    source.textContent = story.source;
    about.append(source, ` · ${day.format(new Date(`${story.day}T00:00:00Z`))}`);
    item.append(link, " ", about);
    list.append(item);
  };

  const find = async () => {
    const mine = ++turn;
    let at = 0;
    let found = 0;
    list.replaceChildren();
    shown = 0;
    more.hidden = true;
    status.textContent = terms.length ? form.dataset.busy : "";
    while (terms.length && mine === turn) {
      for (; at < stories.length; at++) {
        if (!terms.every((term) => stories[at].folded.includes(term))) continue;
        found++;
        if (shown < wanted) {
          shown++;
          show(stories[at]);
        }
      }
      if (found > wanted || next === months.length) break;
      await load(months[next++]);
    }
    if (!terms.length || mine !== turn) return;
    const digits = form.dataset.digits;
    const number = String(shown).replace(/\d/g, (digit) => Array.from(digits)[Number(digit)]);
    status.textContent = shown ? form.dataset.found.replace("{count}", number) : form.dataset.none;
    more.hidden = found <= shown;
  };

  const start = () => {
    terms = fold(form.elements.q.value).split(/\s+/).filter(Boolean);
    wanted = step;
    return find();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `?q=${encodeURIComponent(form.elements.q.value)}`);
    start();
  });
  more.addEventListener("click", () => {
    wanted += step;
    find();
  });
  form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
  start();
})();
