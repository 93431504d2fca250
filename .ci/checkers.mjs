// Opens mails and pages in a real browser at three widths in both schemes: axe-core finds nothing,
// nothing stands wider than its window, nothing moves, nothing is asked of another host, and mails
// stay readable without their style sheet and pictures. Then caniemail's tables are asked.
//     node checkers.mjs TOOLS MAILS FILE...    (the first MAILS files are mails)
// The environment variable SHOTS names a folder for pictures.
import { createRequire } from "node:module";
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

const [tools, count, ...files] = process.argv.slice(2);
const require = createRequire(join(resolve(tools), "package.json"));
const puppeteer = (await import(require.resolve("puppeteer-core"))).default;
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const wrong = [];
const shots = process.env.SHOTS;
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
});
const page = await browser.newPage();
await page.setBypassCSP(true);
page.on("request", (request) => {
  if (!/^(file|data):/.test(request.url())) wrong.push(`${page.url()} asks ${request.url()}`);
});

const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
let runs = 0;
for (const [at, file] of files.entries()) {
  const mail = at < Number(count);
  const name = file.split("/").slice(-4).join("/");
  for (const scheme of ["light", "dark"]) {
    for (const width of [360, 640, 1000]) {
      // Pages in a further language differ by their words: the extremes tell.
      if (!mail && !/public-en|in-en/.test(file) && (width === 640 || (width === 360) === (scheme === "light"))) continue;
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(`file://${file}`, { waitUntil: "load" });
      const where = `${name} at ${width} px, ${scheme}`;
      const beyond = await page.evaluate(wide);
      if (beyond > 0) wrong.push(`${where}: ${beyond} px wider than its window`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      for (const { id, help, nodes } of violations)
        wrong.push(`${where}: ${id}: ${help}: ${nodes.length} times, as ${nodes[0].html.slice(0, 160)}`);
      const moved = await page.evaluate(
        () => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value)))
            .observe({ type: "layout-shift", buffered: true });
          requestAnimationFrame(() => setTimeout(() => done(sum), 0));
        }),
      );
      if (moved > 0.01) wrong.push(`${where}: its layout shifts by ${moved}`);
      if (shots && width !== 640) await page.screenshot({ path: join(shots, `${name.replaceAll("/", "_")}-${width}-${scheme}.png`) });
      runs++;
    }
  }
  if (mail) {
    await page.setViewport({ width: 360, height: 900 });
    await page.evaluate(() => document.querySelectorAll("style, img").forEach((node) => node.remove()));
    const bare = await page.evaluate(wide);
    if (bare > 0) wrong.push(`${name} without its style sheet: ${bare} px wider than its window`);
  } else {
    const weight = statSync(file).size + statSync(join(file.slice(0, file.lastIndexOf("/")), await page.evaluate(() => document.querySelector("link[rel=stylesheet]").getAttribute("href")))).size;
    if (weight > 60_000 && !file.includes("/preview/")) wrong.push(`${name} weighs ${weight} bytes with its style sheet`);
  }
}

// The search, as a reader uses it: what is typed is found, in the reader's browser alone.
for (const file of files.filter((file) => basename(dirname(file)) === "search")) {
  await page.goto(`file://${file}?q=copyright`, { waitUntil: "load" });
  await page.waitForFunction(() => document.querySelectorAll("#found li").length > 0, { timeout: 5000 })
    .catch(() => wrong.push(`${file}: nothing is found`));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  for (const { id, help } of violations) wrong.push(`${file} with results: ${id}: ${help}`);
}
await browser.close();

// What breaks a layout in the three that most people use; the rest of the tables is taste.
const { caniemail } = await import(require.resolve("caniemail"));
const breaking = /grid|flex|position|float|<svg>|<form>|<video>|var\(|calc|viewport|vh|vw/i;
for (const file of files.slice(0, Number(count))) {
  const { issues } = caniemail({ clients: ["gmail.*", "outlook.*", "apple-mail.*"], html: readFileSync(file, "utf8") });
  for (const [client, list] of issues.errors)
    for (const { title } of list) if (breaking.test(title)) wrong.push(`${file}: ${client} has no ${title}`);
}

console.log(`axe-core ${require("axe-core/package.json").version}: ${runs} runs over ${files.length} files`);
if (wrong.length) {
  console.log([...new Set(wrong)].slice(0, 60).join("\n"));
  process.exit(2);
}
console.log("no violation, nothing wider than its window, no shift, no foreign request; caniemail: nothing that breaks");
