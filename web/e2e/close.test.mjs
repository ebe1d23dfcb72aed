// A month's end: a statement as the interbank message, its open lines resolved by keyboard, one taken back, the month closed by other hands.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, browse, login, serve, shot } from "./lib.mjs";

let server, browser;
const pages = {};
before(async () => { server = await serve(); browser = await browse(server.base); });
after(async () => { await browser?.close(); await server?.stop(); });

async function as(role) {
  if (!pages[role]) { pages[role] = await browser.page(); await login(pages[role], role); }
  return pages[role];
}

async function press(page, selector) {
  const target = page.locator(selector).first();
  const asks = await target.evaluate((e) => "confirm" in e.dataset);
  const gone = page.waitForNavigation({ timeout: 15_000 });
  await target.click();
  if (asks) await page.locator("dialog[open] .btn-primary").click();
  await gone;
}

async function said(page, words) { const t = await page.innerText("body"); assert.ok(t.includes(words), `“${words}” is not on ${page.url()}:\n${t.slice(0, 1500)}`); }

// resolve says by keyboard alone that the line shown is other money, and goes on to the next; false when none is open.
async function resolve(page, account) {
  await page.goto(`/recon/${account}`);
  if (!await page.locator("main tr.is-now").count()) return false;
  await page.keyboard.press("n");
  await page.locator('#decide[action*="/classify"]').waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await page.keyboard.type("tien khac cua don vi, da xem chung tu");
  await page.keyboard.press("Enter");
  await page.getByText("Đã ghi nhận dòng này là").waitFor();
  return true;
}

test("the accountant loads MT940 and resolves what no rule takes, by keyboard", async () => {
  const page = await as("accountant");
  const message = [":20:MAU3112", ":25:9990100456789", ":28C:53/1", ":60F:C231231VND2022900448,", ":61:2312311231D1500000,NTRFX1", ":86:CHUYEN TIEN DIEN NUOC",
    ":61:2312311231D700000,NTRFX2", ":86:VAN PHONG PHAM", ":61:2312311231C250000,NTRFX3", ":86:NOP LAI TAM UNG", ":62F:C231231VND2020950448,", "-"].join("\n");
  await page.goto("/recon/TK-VCB/statements");
  await page.setInputFiles("main input[type=file]", { name: "3112.sta", mimeType: "text/plain", buffer: Buffer.from(message.replace("2020950448", "2020950449")) });
  await press(page, "main form[enctype] button[value=load]");
  await said(page, "Số dư không khớp");
  await page.setInputFiles("main input[type=file]", { name: "3112.sta", mimeType: "text/plain", buffer: Buffer.from(message) });
  await press(page, "main form[enctype] button[value=load]");
  await page.goto("/recon/TK-VCB");
  await press(page, 'main form[action="/recon/TK-VCB/runs"] button');
  await page.goto("/periods");
  await said(page, "Dòng sao kê chưa khớp");
  await axe(page);
  await shot(page, "periods-open");
  let resolved = 0;
  for (const account of ["TK-VCB", "TK-KB"]) while (await resolve(page, account)) resolved++;
  assert.ok(resolved >= 5, `${resolved} lines resolved: the three of the message and those the sample leaves open`);
  await page.goto("/periods");
  await said(page, "có thể khóa sổ");
});

test("the chief accountant takes one back and decides it; then another hand closes the month", async () => {
  const page = await as("chief-accountant");
  await page.goto("/recon/TK-VCB/matches?q=VAN+PHONG");
  await page.click('main tbody a[href*="undo="] >> nth=0');
  await page.fill('main form[action$="/undo"] [name=reason]', "phân loại nhầm");
  await press(page, 'main form[action$="/undo"] button');
  await page.goto("/periods");
  await said(page, "Dòng sao kê chưa khớp");
  assert.ok(await resolve(page, "TK-VCB"));
  await page.goto("/periods");
  await press(page, 'main form[action="/periods/2023-12/close"] button');
  await said(page, "Người khác phải khóa");
  const deputy = await as("deputy-chief");
  await deputy.goto("/periods");
  await press(deputy, 'main form[action="/periods/2023-12/close"] button');
  await said(deputy, "Đã khóa sổ tháng 12/2023");
  await axe(deputy);
  await shot(deputy, "periods-closed");
});

test("late payment and where money stands can be read by whoever may", async () => {
  const page = await as("chief-accountant");
  for (const path of ["/late", "/late-plans", "/bridge", "/bridge/rows?account=not_ordered"]) {
    await page.goto(path);
    await axe(page);
  }
  await page.goto("/late");
  await page.click("main section:last-of-type tbody a >> nth=0");
  await said(page, "Cách tính và căn cứ");
  await axe(page);
  await shot(page, "late-case");
  assert.deepEqual(page.faults, []);
});
