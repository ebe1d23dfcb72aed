// The sample city as it is delivered: every role opens every page of its own menu, and December says what the city published.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, browse, login, serve, shot } from "./lib.mjs";

let server, browser;
before(async () => { server = await serve(); browser = await browse(server.base); });
after(async () => { await browser?.close(); await server?.stop(); });

const roles = ["admin", "planner", "planning-head", "clearance", "appraiser", "accountant", "chief-accountant", "director", "leader",
  "ward-ducxuan", "department", "auditor"];

for (const role of roles) {
  test(`${role} opens every page of the own menu, without a fault`, async () => {
    const page = await browser.page();
    await login(page, role);
    const links = await page.$$eval("nav a.mi", (all) => all.map((a) => a.getAttribute("href")));
    assert.ok(links.length >= 2, `menu of ${role}: ${links}`);
    for (const href of links) {
      const answer = await page.goto(href);
      assert.equal(answer.status(), 200, href);
      assert.equal(await page.textContent("h1").then((t) => t.trim().length > 0), true, href);
      await axe(page);
    }
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("the December report shows the figures of the city, to the đồng", async () => {
  const page = await browser.page();
  await login(page, "leader");
  await page.goto("/reports/monthly/2023-12");
  const text = (await page.innerText("main")).replaceAll("\u00a0", " ");
  for (const figure of ["31", "298.350.000.000", "299.842.000.000", "100,5 %", "426.500,00", "468", "471", "125.000.000.000", "40.870.000.000", "23.890.000.000"]) {
    assert.ok(text.includes(figure), `${figure} is missing`);
  }
  assert.match(text, /Chênh lệch:?\s*0/);
  await axe(page);
  await shot(page, "monthly-report");
  const download = page.waitForEvent("download");
  await page.click('a[href$="/xlsx"]');
  assert.match((await download).suggestedFilename(), /2023-12\.xlsx$/);
  assert.deepEqual(page.faults, []);
});

test("figures of the report open the rows behind them", async () => {
  const page = await browser.page();
  await login(page, "leader");
  for (const [from, to] of [["/cases?project=7941220", "7941220-0001"], ["/bridge?project=7941220", "7941220"], ["/projects", "7941207"], ["/plans?state=approved", "PA-2023-01"]]) {
    const answer = await page.goto(from);
    assert.equal(answer.status(), 200, from);
    assert.ok((await page.innerText("main")).includes(to), `${to} on ${from}`);
  }
});

test("the whole program speaks English too", async () => {
  const page = await browser.page();
  await login(page, "leader");
  await page.click("form.lang button[value=en]");
  for (const [href, word] of [["/", "My work"], ["/projects", "Works"], ["/reports/monthly/2023-12", "Compensation approved"], ["/cases", "Cases"]]) {
    await page.goto(href);
    assert.ok((await page.innerText("body")).toLowerCase().includes(word.toLowerCase()), `${word} on ${href}`);
    assert.equal(await page.getAttribute("html", "lang"), "en");
  }
  await axe(page);
});

test("lists and forms work without scripts, and a refused form keeps what was typed", async () => {
  const page = await browser.page({ javaScriptEnabled: false });
  await login(page, "planner");
  await page.goto("/projects?q=phieng+my");
  assert.ok((await page.innerText("main")).includes("Phiêng My"));
  await page.goto("/new/project");
  await page.fill("#code", "12345");
  await page.fill("#name", "Đường thử nghiệm");
  await page.click("main form[action='/projects'] button.btn-primary");
  assert.equal(await page.inputValue("#name"), "Đường thử nghiệm");
  assert.ok((await page.innerText("main")).includes("đúng 7 chữ số"));
});

test("the sample is labelled on every page, and nobody sees the way to what is not theirs", async () => {
  const page = await browser.page();
  await login(page, "ward-ducxuan");
  assert.ok((await page.innerText("body")).includes("MẪU"));
  const answer = await page.goto("/cases/7941220-0001"); // a case of another ward
  assert.equal(answer.status(), 404);
  assert.ok(await page.isVisible("main a.btn"));
  await axe(page);
  assert.equal((await page.goto("/payout-orders")).status(), 403);
  await page.goto("/cases");
  const wards = new Set(await page.$$eval("tbody tr", (rows) => rows.map((r) => r.innerText.includes("Đức Xuân"))));
  assert.deepEqual([...wards], [true]);
});
