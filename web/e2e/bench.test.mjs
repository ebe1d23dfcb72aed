// The bench by keyboard alone: a candidate, a split, a fee, lines taken together, one taken back and decided again, refusals that keep what was chosen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, browse, login, serve, shot } from "./lib.mjs";

let server, browser, page, chief;
before(async () => {
  server = await serve();
  browser = await browse(server.base);
  page = await browser.page();
  await login(page, "accountant");
});
after(async () => { await browser?.close(); await server?.stop(); });

const opening = 2022900448n;
const lines = [[-533964150n, "CHI TRA BT HO DAM MINH LONG"], [-952795150n, "CHI TRA BT 2 HO DOT 12"], [-55000n, "SMS BANKING T12"],
  [-10000000n, "CHI GUI GIU LUONG QUANG QUY L1"], [-40838850n, "CHI GUI GIU LUONG QUANG QUY L2"]];

function message() {
  const out = [":20:MAU3112", ":25:9990100456789", ":28C:53/1", `:60F:C231231VND${opening},`];
  let sum = opening;
  lines.forEach(([amount, memo], i) => { sum += amount; out.push(`:61:2312311231D${-amount},NTRFX${i + 1}`, `:86:${memo}`); });
  return Buffer.from([...out, `:62F:C231231VND${sum},`, "-"].join("\n"));
}

const now = () => page.innerText("main tr.is-now");

// at moves down to the line that says these words.
async function at(words) {
  for (let i = 0; i < 12 && !(await now()).includes(words); i++) {
    const before = await page.getAttribute("[data-bench-line]", "data-bench-line");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction((b) => document.querySelector("[data-bench-line]").dataset.benchLine !== b, before, { timeout: 5000 });
  }
  assert.ok((await now()).includes(words), `${words} is not the chosen line: ${await now()}`);
}

const told = (words) => page.getByText(words).first().waitFor({ timeout: 10_000 });
const open = async () => Number((await page.innerText('.bench-counts a:last-child b')).replace(/\D/g, ""));

test("three lines stay open and are resolved by keyboard alone", async () => {
  await page.goto("/recon/TK-VCB/statements");
  await page.setInputFiles("main input[type=file]", { name: "3112.sta", mimeType: "text/plain", buffer: message() });
  await page.click("main form[enctype] button[value=check]"); // looked at first: nothing is written, and the file stays chosen
  await page.getByText("CHI TRA BT HO DAM MINH LONG").waitFor();
  await page.locator("main form[enctype] button[value=load].btn-primary").waitFor();
  await axe(page);
  await shot(page, "statement-preview");
  await Promise.all([page.waitForNavigation(), page.click("main form[enctype] button[value=load]")]);
  await page.goto("/recon/TK-VCB");
  const first = await open();

  await at("DAM MINH LONG"); // a name and an amount: proposed, never taken without a word
  await axe(page);
  await shot(page, "bench-candidate");
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.isChecked('input[name=payment][value="GPMB23T00399"]'));
  await page.keyboard.press("Enter");
  await page.locator("#reason[aria-invalid=true]").waitFor(); // refused: the choice stays, the cursor stands in the reason
  assert.ok(await page.isChecked('input[name=payment][value="GPMB23T00399"]'));
  assert.equal(await page.evaluate(() => document.activeElement.id), "reason");
  await axe(page);
  await page.keyboard.type("đã xem ủy nhiệm chi số 31");
  await page.keyboard.press("Enter");
  await told("Đã khớp với khoản chi GPMB23T00399");
  assert.ok((await now()).includes("2 HO DOT 12"), "the next open line is chosen");
  assert.equal(await page.evaluate(() => document.activeElement.closest("tr")?.className), "is-now", "the focus stays in the list");

  await page.keyboard.press("s"); // one line over two payments: the rest counts down to zero
  await page.locator("[data-bench-split]").waitFor();
  await axe(page);
  await page.keyboard.press("Space");
  assert.match(await page.innerText("[data-split-rest]"), /^(452\.621\.000|500\.174\.150)$/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  assert.equal(await page.innerText("[data-split-rest]"), "0");
  await shot(page, "bench-split");
  await page.focus("#reason");
  await page.keyboard.type("bảng kê hai hộ kèm ủy nhiệm chi");
  await page.keyboard.press("Enter");
  await told("Đã khớp với khoản chi GPMB23T00");

  assert.ok((await now()).includes("SMS BANKING"));
  await page.keyboard.press("n");
  await page.locator('#decide[action*="/classify"]').waitFor();
  await axe(page);
  await page.keyboard.press("ArrowRight"); // the first kind is a fee
  await page.keyboard.press("Tab");
  await page.keyboard.type("phi tin nhan thang 12");
  await page.keyboard.press("Enter");
  await told("Đã ghi nhận dòng này là: Phí ngân hàng");
  assert.equal(await open(), first - 3);
});

test("two lines that pay one payment are taken together", async () => {
  await at("LUONG QUANG QUY L1");
  await at("LUONG QUANG QUY L2");
  await page.locator('main tr:has-text("QUY L1") input[name=mark]').focus();
  await page.keyboard.press("Space");
  await page.locator("[data-bench-marks]:not([hidden])").waitFor(); // Space, on the line above
  assert.match(await page.innerText("[data-bench-marks]"), /2.*50\.838\.850/s);
  await page.focus("#payment");
  await page.keyboard.type("GPMB23T00399");
  await page.focus("#reason");
  await page.keyboard.type("gửi giữ hai lần");
  await page.keyboard.press("Enter");
  await told("Các dòng gộp lại 50.838.850"); // refused with both figures; marks and words stay
  assert.ok(await page.isChecked('main tr:has-text("QUY L1") input[name=mark]'));
  await page.fill("#payment", "GPMB23T00376");
  await page.keyboard.press("Enter");
  await told("Đã khớp với khoản chi GPMB23T00376");
});

test("whoever may takes a decision back and it is decided again", async () => {
  await page.goto("/recon/TK-VCB?show=matched&q=SMS+BANKING");
  assert.equal(await page.locator("#decide").count(), 0, "the accountant does not undo");
  const accountant = page;
  chief = page = await browser.page();
  await login(page, "chief-accountant");
  await page.goto("/recon/TK-VCB?show=matched&q=SMS+BANKING");
  await axe(page);
  await page.keyboard.press("u");
  await page.keyboard.press("Enter");
  await page.locator("#reason[aria-invalid=true]").waitFor();
  await page.keyboard.type("xem lại chứng từ");
  await page.keyboard.press("Enter");
  await told("Đã hoàn tác dòng 31/12/2023");
  assert.ok((await now()).includes("SMS BANKING"));
  await page.keyboard.press("n");
  await page.locator('#decide[action*="/classify"]').waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await page.keyboard.type("phi tin nhan, hoa don kem theo");
  await page.keyboard.press("Enter");
  await told("Đã ghi nhận dòng này là: Phí ngân hàng");
  await page.locator("[data-bench-undo]").waitFor(); // U takes back the decision just made
  assert.deepEqual(chief.faults, []);
  page = accountant;
});

// Whoever searches for a person or an account leaves neither in an address, nor in the history of the browser.
test("what is searched for stands in no address", async () => {
  const plain = await browser.page({ javaScriptEnabled: false });
  await login(plain, "accountant");
  for (const p of [page, plain]) {
    await p.goto("/recon/TK-VCB?show=matched");
    await p.fill("#bench-q", "SMS BANKING");
    await p.press("#bench-q", "Enter");
    await p.waitForURL(/q=~/);
    assert.equal(await p.inputValue("#bench-q"), "SMS BANKING");
    assert.doesNotMatch(decodeURIComponent(p.url()), /SMS/);
    assert.match(p.url(), /show=matched/);
    await p.goto("/payments");
    await p.fill("main input[name=q]", "minh long");
    await p.press("main input[name=q]", "Enter");
    await p.waitForURL(/\/payments\?.*q=~/);
    assert.equal(await p.inputValue("main input[name=q]"), "minh long");
    assert.match(await p.innerText("main"), /GPMB23T/);
    await p.goto("/deposits");
    await p.fill("main input[name=q]", "luong");
    await p.press("main input[name=q]", "Enter");
    await p.waitForURL(/\/deposits\?.*q=~/);
    for (const link of await p.locator("a[href]").all()) assert.doesNotMatch(await link.getAttribute("href"), /luong/i);
    await p.fill("#frame-q", "khong co ai");
    await p.press("#frame-q", "Enter");
    await p.waitForURL(/\/search\?q=~/);
    await p.goto("/payments");
  }
  await page.goto("/recon/TK-VCB");
});

test("it works without the script, in the dark, in print", async () => {
  const plain = await browser.page({ javaScriptEnabled: false });
  await login(plain, "accountant");
  await plain.goto("/recon/TK-VCB");
  await plain.click('[data-bench-mode="other"]');
  await plain.check('input[name=kind][value="foreign"]');
  await plain.click("#decide button.btn-primary");
  assert.match(await plain.innerText("main"), /Không được để trống/);
  assert.ok(await plain.isChecked('input[name=kind][value="foreign"]'));
  await plain.fill("#reason", "người nộp nhầm tài khoản");
  await plain.click("#decide button.btn-primary");
  assert.match(await plain.innerText("main"), /Không phải của ta/);
  const dark = await browser.page({ colorScheme: "dark" });
  await login(dark, "accountant");
  await dark.goto("/recon/TK-VCB");
  await axe(dark);
  await shot(dark, "bench-dark");
  await dark.emulateMedia({ media: "print" });
  assert.equal(await dark.isVisible("#decide button.btn-primary"), false);
  assert.deepEqual([...page.faults, ...dark.faults], []);
});
