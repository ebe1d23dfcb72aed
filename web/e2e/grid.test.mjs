// The month's entry as planners do it: 31 rows out of a spreadsheet, one of them wrong; drafts that save themselves; a jump that needs its reason;
// the head returns one, and accepts.
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

// press sends a form by its button and answers the question a button may ask first.
async function press(page, button) {
  const target = page.locator(button).first();
  const asks = await target.evaluate((e) => "confirm" in e.dataset);
  const gone = page.waitForNavigation({ timeout: 20_000 });
  await target.click();
  if (asks) await page.locator("dialog[open] .btn-primary").click();
  await gone;
}

async function said(page, words, where = "body") {
  await page.waitForFunction(([w, s]) => document.querySelector(s)?.innerText.replaceAll("\u00a0", " ").includes(w), [words, where], { timeout: 15_000 })
    .catch(async () => assert.fail(`“${words}” is not on ${page.url()}:\n${(await page.innerText("body")).slice(0, 2500)}`));
}

const address = "/progress?month=2023-12";
const wrong = "7941415"; // whose cell is wrong
let codes = [], sheet = [];

const more = (amount) => String(BigInt(amount.replaceAll(".", "")) + 1_000_000n).replace(/\B(?=(\d{3})+$)/g, ".");

const pasteInto = (page, selector, text) => page.locator(selector).first().evaluate((cell, t) => {
  const data = new DataTransfer();
  data.setData("text/plain", t);
  cell.focus();
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}, text);

const entry = async (page, code) => (await (await page.request.get(`/api/v1/projects/${code}/progress`)).json()).items.find((e) => e.month === "2023-12");

test("the head gives December back to be looked through once more", async () => {
  const head = await as("planning-head");
  await head.goto(address);
  codes = await head.locator('[name="pick"]').evaluateAll((all) => all.map((e) => e.value));
  assert.equal(codes.length, 31);
  for (const box of await head.locator('[name="pick"]').all()) await box.check();
  await head.fill('#accept [name="reason"]', "Rà soát số liệu cuối năm");
  await axe(head);
  await press(head, "#accept button.btn-outline-danger");
  await said(head, "Đã trả lại 31 công trình");
});

test("the planner pastes 31 rows; the one wrong cell is named, marked, and nothing is sent", async () => {
  const page = await as("planner");
  await page.goto(address);
  await said(page, "Bị trả lại: Rà soát số liệu cuối năm");
  const value = (code, name) => page.inputValue(`[name="${code}.${name}"]`);
  for (const code of codes) {
    sheet.push([code, "Công trình", "x", "1", await value(code, "executed"), more(await value(code, "estimate_month_end")), await value(code, "disbursed"), await value(code, "disbursed_treasury"), await value(code, "physical")]);
  }
  const rows = [...sheet].reverse().map((r) => [...r]); // by code, not by place
  rows.find((r) => r[0] === wrong)[6] = "sáu tỷ";
  const block = [["Mã", "Công trình", "KH năm", "Lũy kế T11", "Lũy kế T12", "Ước hết T12", "Giải ngân", "KBNN xác nhận", "% KL"], ...rows, ["", "Tổng cộng", "", "", "1"]].map((r) => r.join("\t")).join("\n");
  await pasteInto(page, "input.cell", block);
  await said(page, `${wrong}, Giải ngân: “sáu tỷ”`, "[data-grid-faults]");
  await said(page, "Còn 1 ô phải sửa", "[data-grid-faults]");
  await said(page, "Bỏ qua 1 dòng");
  const cell = page.locator(`[name="${wrong}.disbursed"]`);
  assert.equal(await cell.getAttribute("aria-invalid"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.name), `${wrong}.disbursed`, "the cursor stands in the cell to mend");
  for (const row of sheet) if (row[0] !== wrong) assert.equal(await value(row[0], "executed"), row[4]);
  await axe(page);
  await shot(page, "grid-paste");
  await page.waitForTimeout(2600);
  assert.equal((await entry(page, codes[0])).state, "returned", "nothing is sent while a cell is wrong");
  await page.click('button[value="submit"]');
  assert.equal(new URL(page.url()).pathname, "/progress");
  assert.equal((await entry(page, codes[0])).state, "returned");
});

test("mended, the drafts save themselves; a jump needs its reason before it is handed in", async () => {
  const page = await as("planner");
  await page.fill(`[name="${wrong}.disbursed"]`, sheet.find((r) => r[0] === wrong)[6]);
  await said(page, "Đã lưu nháp lúc");
  assert.equal((await entry(page, codes[0])).state, "draft");
  assert.equal(await page.locator("[data-grid-faults]").isHidden(), true);
  const calm = [];
  for (const code of codes) if (Number((await page.inputValue(`[name="${code}.physical"]`)).replace(",", ".")) < 75) calm.push(code);
  let jumper = "";
  for (const code of calm) if (!jumper && !await page.inputValue(`[name="${code}.reason"]`)) jumper = code;
  const share = Number((await page.inputValue(`[name="${jumper}.physical"]`)).replace(",", "."));
  await page.fill(`[name="${jumper}.physical"]`, String(Math.floor(share) + 25));
  await said(page, "cần lý do", `tr[data-why="${jumper}"]`);
  await axe(page);
  await shot(page, "grid-reason");
  await press(page, 'button[value="submit"]');
  await said(page, `${jumper}, % khối lượng: ▲ khối lượng`, ".faults");
  await axe(page);
  await page.fill(`[name="${jumper}.reason"]`, "Nghiệm thu dồn hai gói thầu trong tháng 12");
  await press(page, 'button[value="submit"]');
  await said(page, "Đã gửi 31 công trình");
  assert.equal((await entry(page, jumper)).reason, "Nghiệm thu dồn hai gói thầu trong tháng 12");
  await axe(page);
});

test("the head sees the reason and returns one with a reason of its own", async () => {
  const head = await as("planning-head");
  await head.goto(address);
  await said(head, "Nghiệm thu dồn hai gói thầu trong tháng 12");
  await head.check(`[name="pick"][value="${wrong}"]`);
  await head.fill(`[name="${wrong}.return_reason"]`, "Giải ngân chưa khớp sổ kho bạc");
  await axe(head);
  await shot(head, "grid-head");
  await press(head, "#accept button.btn-outline-danger");
  await said(head, "Đã trả lại 1 công trình");
});

test("the planner sees why, mends it without the mouse, hands it in; the head accepts all", async () => {
  const page = await as("planner"), head = await as("planning-head");
  await page.goto(`${address}&q=${wrong}`);
  await said(page, "Bị trả lại: Giải ngân chưa khớp sổ kho bạc");
  const cell = page.locator(`[name="${wrong}.executed"]`);
  await cell.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.name), `${wrong}.disbursed`);
  await page.fill(`[name="${wrong}.note"]`, "Đã khớp sổ ngày 31/12");
  await axe(page);
  await press(page, 'button[value="submit"]');
  await said(page, "Đã gửi 1 công trình");
  await head.goto(address);
  for (const box of await head.locator('[name="pick"]').all()) await box.check();
  await press(head, "#accept button.btn-primary");
  await said(head, "đã chấp nhận 31");
  await axe(head);
});

test("a page that somebody else overtook keeps what was typed and says who", async () => {
  const head = await as("planning-head"), page = await as("planner");
  await head.goto(`${address}&q=${wrong}`);
  await head.check(`[name="pick"][value="${wrong}"]`);
  await head.fill('#accept [name="reason"]', "Xem lại lần nữa");
  await press(head, "#accept button.btn-outline-danger");
  await page.goto(`${address}&q=${wrong}`);
  const other = await browser.page();
  await login(other, "planner");
  await other.goto(`${address}&q=${wrong}`);
  await other.fill(`[name="${wrong}.note"]`, "sửa ở máy khác");
  await said(other, "Đã lưu nháp lúc");
  await page.fill(`[name="${wrong}.note"]`, "sửa ở máy này");
  await said(page, "đã thay đổi mục này");
  assert.equal(await page.inputValue(`[name="${wrong}.note"]`), "sửa ở máy này");
  await axe(page);
  await page.fill(`[name="${wrong}.executed"]`, sheet.find((r) => r[0] === wrong)[4]);
  await said(page, "Đã lưu nháp lúc");
  assert.equal((await entry(page, wrong)).note, "sửa ở máy này");
  assert.deepEqual(other.faults, []);
});

test("without scripts the same block fills the grid, with its faults", async () => {
  const page = await browser.page({ javaScriptEnabled: false });
  await login(page, "planner");
  await page.goto(`${address}&q=${wrong}`);
  await page.click("text=Dán từ Excel");
  await page.fill("main textarea", `Mã\tGiải ngân\tLũy kế T12\n${wrong}\t20.000\t5.000.000.000\n`);
  await page.click("text=Điền vào bảng");
  assert.ok((await page.innerText("main")).includes(`${wrong}, Giải ngân: “20.000” là hai mươi nghìn đồng`));
  assert.equal(await page.inputValue(`[name="${wrong}.executed"]`), "5.000.000.000");
  assert.equal(await page.inputValue(`[name="${wrong}.disbursed"]`), "20.000");
  await shot(page, "grid-paste-plain");
});

test("a correction of an issued month enters the open one and is named to the head", async () => {
  const page = await as("planner"), head = await as("planning-head");
  await page.goto(`/projects/${wrong}/progress`);
  await page.selectOption('[name="for_month"]', "2023-11");
  await page.selectOption('[name="figure"]', "executed");
  await page.fill('[name="change"]', "-5.000.000");
  await axe(page);
  await press(page, '#adjustments form.grid button.btn-primary'); // without a reason
  await said(page, "Không được để trống");
  await page.fill('[name="reason"]', "Giảm khối lượng theo biên bản nghiệm thu lại");
  await press(page, '#adjustments form.grid button.btn-primary');
  await said(page, "vào tháng 12/2023.", ".note-ok");
  const made = (await page.innerText(".note-ok")).match(/DC-\d+/)[0];
  await axe(page);
  await shot(page, "adjustments");
  await page.goto(`${address}&q=${wrong}`);
  await said(page, `Điều chỉnh ${made} của tháng 11/2023`);
  await head.goto(`${address}&q=${wrong}`);
  await said(head, "Giảm khối lượng theo biên bản nghiệm thu lại");
  for (const p of Object.values(pages)) assert.deepEqual(p.faults, []);
});
