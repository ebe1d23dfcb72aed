import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, browse, login, serve, shot } from "./lib.mjs";

let server, browser;
before(async () => { server = await serve(); browser = await browse(server.base); });
after(async () => { await browser?.close(); await server?.stop(); });

test("the sign-in page opens, is accessible and keeps to its policy", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.page({ colorScheme });
    const answer = await page.goto("/login");
    assert.equal(answer.status(), 200);
    assert.match(answer.headers()["content-security-policy"], /script-src 'self'/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "username");
    await axe(page);
    await shot(page, "login-" + colorScheme);
    assert.deepEqual(page.faults, []);
  }
});

test("a wrong password is refused with a sentence, and the name stays", async () => {
  const page = await browser.page();
  await login(page, "planner", "sai-mat-khau");
  assert.match(new URL(page.url()).pathname, /^\/login/);
  assert.ok((await page.textContent('[role="alert"]')).trim().length > 10);
  assert.equal(await page.inputValue("#username"), "planner");
  assert.equal(await page.inputValue("#password"), "");
  await axe(page);
});

test("the right password opens the first page, which is accessible", async () => {
  const page = await browser.page();
  await login(page, "planner");
  assert.equal(new URL(page.url()).pathname, "/");
  await page.waitForSelector("nav a[aria-current=page]");
  await axe(page);
  await shot(page, "mywork-planner");
  await page.keyboard.press("Control+k");
  assert.equal(await page.evaluate(() => document.activeElement.id), "frame-q");
  assert.deepEqual(page.faults, []);
});

test("signing in works without scripts", async () => {
  const page = await browser.page({ javaScriptEnabled: false });
  await login(page, "planner");
  assert.equal(new URL(page.url()).pathname, "/");
  assert.ok(await page.isVisible("text=Đăng xuất") || await page.isVisible("details.who summary"));
});
