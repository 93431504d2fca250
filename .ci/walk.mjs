// One step of a reader in Chromium: opens a page, fills in its first form, presses its button, and
// prints what the page then says.
//     node walk.mjs TOOLS fill URL '{"address": "ana@example.org", "digest": ["weekly"]}'
//     node walk.mjs TOOLS shot FILE.html PICTURE.png
// `circular.example.org` is the port 8443 of this machine. Whatever a page asks of another host is told
// and ends the walk.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [tools, step, address, more] = process.argv.slice(2);
const require = createRequire(join(resolve(tools), "package.json"));
const puppeteer = (await import(require.resolve("puppeteer-core"))).default;
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  acceptInsecureCerts: true,
  args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP circular.example.org:443 127.0.0.1:8443"],
});
try {
  const page = await browser.newPage();
  page.on("request", (request) => {
    if (!/^(https:\/\/circular\.example\.org\/|file:|data:)/.test(request.url())) {
      console.error(`${page.url()} asks ${request.url()}`);
      process.exitCode = 2;
    }
  });
  if (step === "shot") {
    await page.setViewport({ width: 700, height: 1000 });
    await page.goto(`file://${address}`, { waitUntil: "load" });
    await page.screenshot({ path: more, fullPage: true });
  } else {
    await page.setViewport({ width: 900, height: 1000 });
    await page.goto(address, { waitUntil: "load" });
    const fields = JSON.parse(more ?? "{}");
    for (const [name, value] of Object.entries(fields)) {
      const boxes = await page.$$(`form input[name="${name}"][type=checkbox], form input[name="${name}"][type=radio]`);
      if (boxes.length) {
        const wanted = [value].flat();
        for (const box of boxes) {
          const [is, checked] = await box.evaluate((one) => [one.value, one.checked]);
          if (wanted.includes(is) !== checked && (wanted.includes(is) || (await box.evaluate((one) => one.type)) === "checkbox")) await box.click();
        }
      } else if (await page.$(`form select[name="${name}"]`)) {
        await page.select(`form select[name="${name}"]`, value);
      } else {
        await page.type(`form input[name="${name}"]`, value);
      }
    }
    const picture = process.env.SHOT;
    if (picture) await page.screenshot({ path: picture, fullPage: true });
    await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click("form button[type=submit]")]);
    const cookies = await browser.cookies();
    if (cookies.length) {
      console.error(`${page.url()} set a cookie`);
      process.exitCode = 2;
    }
    console.log(await page.evaluate(() => document.body.innerText));
  }
} finally {
  await browser.close();
}
