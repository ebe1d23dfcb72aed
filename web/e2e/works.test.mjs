// What goes with a work beyond its month: its file, contracts, capital, vouchers, schedule, obstacles, the year's figures and the register of
// violations. Each step in the browser, by the person whose step it is; every refusal tells what is wrong and keeps what was typed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, browse, login, serve, shot } from "./lib.mjs";

let server, browser;
const pages = {};
before(async () => { server = await serve(); browser = await browse(server.base); });
after(async () => { await browser?.close(); await server?.stop(); });

async function as(role) {
  if (!pages[role]) { pages[role] = await browser.page(); pages[role].setDefaultTimeout(12_000); await login(pages[role], role); }
  return pages[role];
}

// open goes to an address that must be there, and looks at it with the eyes of the accessibility check.
async function open(page, address) {
  const answer = await page.goto(address);
  assert.equal(answer.status(), 200, address);
  await axe(page);
}

const formOf = (page, action) => page.locator(`main form[method="post"][action="${action}"], main form[method="post"][action^="${action}?"]`);

// write unfolds a form and fills its fields.
async function write(form, values) {
  await form.evaluate((e) => { for (let d = e.closest("details"); d; d = d.parentElement.closest("details")) d.open = true; });
  for (const [name, value] of Object.entries(values)) {
    const field = form.locator(`[name="${name}"]`);
    if (await field.evaluate((e) => e.tagName) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
}

// send presses the button with these words, answers the question it may ask first, and looks at the page that comes.
async function send(page, form, words) {
  const button = form.getByRole("button", { name: words, exact: true });
  const asks = await button.evaluate((e) => "confirm" in e.dataset);
  const gone = page.waitForNavigation({ timeout: 20_000 });
  await button.click();
  if (asks) await page.locator("dialog[open] .btn-primary").click();
  await gone;
  await axe(page);
}

const words = (page, where = "main") => page.innerText(where).then((t) => t.replaceAll("\u00a0", " "));
async function said(page, what, where = "body") {
  const t = await words(page, where);
  assert.ok(t.includes(what), `“${what}” is not on ${page.url()}:\n${t.slice(Math.max(0, t.indexOf("\nEN\n")), 3000)}`);
}
const typed = async (page, values, form = page.locator("main form[data-guard]")) => {
  for (const [name, value] of Object.entries(values)) assert.equal(await form.locator(`[name="${name}"]`).first().inputValue(), value, name);
};

const code = "7999888", work = `/projects/${code}`;
let contract;

test("a phase whose paper is missing is refused by name; with the paper it opens", async () => {
  const page = await as("planner");
  await open(page, "/new/project");
  let form = formOf(page, "/projects");
  await write(form, { code, name: "Đường thử hồ sơ công trình", group: "C", sector: "transport", state: "preparing", investor: "Ban QLDA", start_year: "2023", end_year: "2025", total_investment: "30.000.000.000" });
  await form.locator('[name="ward_codes"][value="01840"]').check();
  if (await form.locator('[name="state_since"]').count()) await write(form, { state_since: "05/01/2023" });
  await send(page, form, "Lưu");
  await said(page, "Đã thêm công trình");
  await open(page, work);
  await said(page, "Điều kiện để mở giai đoạn “Chuẩn bị, phê duyệt dự án”");
  await said(page, "Còn thiếu", "ul.gate");
  const opening = { entered_on: "20/01/2023", document: "12/TTr-BQLDA", reason: "Trình sớm để kịp kế hoạch" };
  form = formOf(page, `${work}/phases`);
  await write(form, opening);
  await send(page, form, "Mở giai đoạn “Chuẩn bị, phê duyệt dự án”");
  await said(page, "Chưa mở được giai đoạn “Chuẩn bị, phê duyệt dự án” ngày 20/01/2023: chưa có quyết định chủ trương đầu tư.");
  await typed(page, opening, formOf(page, `${work}/phases`));
  await shot(page, "works-gate");
  form = formOf(page, `${work}/decisions`);
  await write(form, { kind: "policy", number: "900/NQ-HĐND", decided_on: "10/01/2023", authority: "HĐND thành phố", total_investment: "30.000.000.000" });
  await send(page, form, "Thêm quyết định");
  form = formOf(page, `${work}/phases`);
  await write(form, opening);
  await send(page, form, "Mở giai đoạn “Chuẩn bị, phê duyệt dự án”");
  await said(page, "Điều kiện để mở giai đoạn “Đấu thầu”");
});

test("an adjustment whose parts do not add up is told both sums; mended, it holds", async () => {
  const page = await as("planner");
  let form = formOf(page, `${work}/decisions`);
  await write(form, { kind: "investment", number: "901/QĐ-UBND", decided_on: "10/02/2023", authority: "UBND thành phố", total_investment: "30.000.000.000" });
  await send(page, form, "Thêm quyết định");
  const adjusted = { kind: "adjustment", number: "902/QĐ-UBND", decided_on: "15/06/2023", authority: "UBND thành phố", total_investment: "32.000.000.000",
    construction: "25.000.000.000", equipment: "1.000.000.000", management: "800.000.000", consulting: "2.200.000.000", contingency: "2.000.000.000" };
  form = formOf(page, `${work}/decisions`);
  await write(form, adjusted);
  await send(page, form, "Thêm quyết định");
  await said(page, "Các khoản cộng lại là 31.000.000.000 đ, khác tổng mức 32.000.000.000 đ.");
  await typed(page, adjusted, formOf(page, `${work}/decisions`));
  await shot(page, "works-parts");
  form = formOf(page, `${work}/decisions`);
  await write(form, { contingency: "3.000.000.000" });
  await send(page, form, "Thêm quyết định");
  await said(page, "Cơ cấu theo quyết định 902/QĐ-UBND");
  assert.match(await words(page, "dl.facts, .facts"), /32\.000\.000\.000/);
  form = formOf(page, `${work}/phases`);
  await write(form, { entered_on: "20/02/2023" });
  await send(page, form, "Mở giai đoạn “Đấu thầu”");
  await said(page, "hợp đồng thi công (hoặc mua sắm) đã ký", "ul.gate");
});

test("a contract above the estimate of its package needs a reason; its advance gets a guarantee", async () => {
  const page = await as("planner");
  await open(page, `${work}/contracts`);
  await page.getByRole("link", { name: "Thêm gói thầu" }).click();
  await axe(page);
  let form = formOf(page, `${work}/packages`);
  await write(form, { code: "XL-01", name: "Thi công nền, mặt đường", field: "works", method: "open", estimate: "10.000.000.000", decision_number: "30/QĐ-BQLDA", decided_on: "20/03/2023", authority: "Ban QLDA" });
  await send(page, form, "Lưu");
  await said(page, "Đã thêm gói thầu XL-01.");
  await page.getByRole("link", { name: "Thêm hợp đồng" }).click();
  await axe(page);
  form = formOf(page, "/contracts");
  const signed = { package: "XL-01", known_contractor: "0099900039", number: "88/2023/HĐ-XD", kind: "fixed_unit", signed_on: "20/04/2023", value: "10.500.000.000", starts_on: "25/04/2023", ends_on: "30/09/2025", advance: "20" };
  await write(form, signed);
  await send(page, form, "Lưu");
  await said(page, "Giá trị các hợp đồng 10.500.000.000 đ vượt giá gói thầu 10.000.000.000 đ; nếu đúng, hãy ghi lý do.");
  await typed(page, signed);
  await shot(page, "works-over-estimate");
  form = formOf(page, "/contracts");
  await write(form, { over_estimate_reason: "Giá vật liệu tăng, đã được người quyết định đầu tư chấp thuận" });
  await send(page, form, "Lưu");
  contract = new URL(page.url()).pathname.split("/")[2];
  await said(page, `Đã thêm hợp đồng ${contract}.`);
  await said(page, "Vượt giá gói thầu, lý do: Giá vật liệu tăng");
  form = formOf(page, `/contracts/${contract}/guarantees`);
  await write(form, { guarantee_kind: "advance", guarantee_number: "BLTU-88", guarantee_bank: "BIDV Bắc Kạn", guarantee_amount: "2.100.000.000", guarantee_valid_from: "20/04/2023", guarantee_expires_on: "30/09/2025" });
  await send(page, form, "Ghi bảo lãnh");
  await said(page, "Đã ghi bảo lãnh BLTU-88.");
  await said(page, "Bảo lãnh tạm ứng", "table.sheet");
  await shot(page, "works-contract");
});

test("capital of the year lets building begin", async () => {
  const page = await as("planner");
  await open(page, work);
  let form = formOf(page, `${work}/phases`);
  await write(form, { entered_on: "25/04/2023" });
  await send(page, form, "Mở giai đoạn “Thi công”");
  await said(page, "chưa có vốn bố trí trong năm.");
  await open(page, `${work}/capital?year=2023`);
  form = formOf(page, `${work}/capital`);
  await write(form, { year: "2023", source: "city", capital_kind: "assigned", amount: "8.000.000.000", decision_number: "903/QĐ-UBND", capital_decided_on: "20/02/2023", capital_authority: "UBND thành phố" });
  await send(page, form, "Ghi quyết định về vốn");
  await said(page, "903/QĐ-UBND");
  await open(page, work);
  form = formOf(page, `${work}/phases`);
  await write(form, { entered_on: "25/04/2023", document: "88/2023/HĐ-XD" });
  await send(page, form, "Mở giai đoạn “Thi công”");
  await said(page, "Đang thi công", ".facts");
});

const vouchers = `${work}/disbursements`;
const voucherForm = (page, act) => formOf(page, vouchers).filter({ has: page.locator(`input[name="act"][value="${act}"]`) });
const targetOf = (form) => form.locator('[name="target"] option', { hasText: "88/2023/HĐ-XD" }).getAttribute("value");
const rowsOf = async (page, number) => (await words(page, 'section[aria-labelledby="h-vouchers"]')).split(number).length - 1;

test("an advance sent twice with one key is one voucher", async () => {
  const page = await as("planner");
  await open(page, `${vouchers}?year=2023`);
  const form = voucherForm(page, "advance");
  await write(form, { target: await targetOf(form), source: "city", amount: "2.000.000.000", number: "01/GRV-88", paid_on: "05/05/2023" });
  const sent = await form.evaluate((e) => Object.fromEntries(new FormData(e)));
  assert.ok(sent.idempotency_key.length >= 8);
  const gone = page.waitForNavigation();
  await form.getByRole("button", { name: "Ghi chứng từ" }).dblclick();
  await gone;
  await page.waitForLoadState();
  await said(page, "Đã ghi chứng từ");
  const again = await page.request.post(vouchers, { form: sent });
  assert.equal(again.status(), 200);
  await open(page, `${vouchers}?year=2023`);
  assert.equal(await rowsOf(page, "01/GRV-88"), 1);
  const other = await page.request.post(vouchers, { form: { ...sent, amount: "1.000.000" } });
  assert.ok((await other.text()).includes("Mã chống ghi trùng này đã dùng cho nội dung khác."));
});

test("drawing beyond the fund is refused; a payment with recovery shows its equation", async () => {
  const page = await as("planner");
  let form = voucherForm(page, "payment");
  const paid = { target: await targetOf(form), source: "city", amount: "7.000.000.000", number: "02/GRV-88", paid_on: "30/06/2023" };
  await write(form, paid);
  await send(page, form, "Ghi chứng từ");
  await said(page, "giải ngân sẽ là 9.000.000.000 đ, vượt số được giải ngân 8.000.000.000 đ.");
  await typed(page, paid, voucherForm(page, "payment"));
  await shot(page, "works-over-drawn");
  form = voucherForm(page, "payment");
  await said(page, "khối lượng = thanh toán + thu hồi");
  await write(form, { amount: "3.000.000.000", recover: "1.000.000.000" });
  await send(page, form, "Ghi chứng từ");
  await said(page, "Đã ghi chứng từ");
  await said(page, "4.000.000.000");
  const fund = await words(page, 'section[aria-labelledby="h-funds"] tbody');
  // what may be drawn, advanced, paid, recovered, drawn, left, still open
  assert.deepEqual(fund.match(/[\d.]{5,}/g), ["8.000.000.000", "2.000.000.000", "3.000.000.000", "1.000.000.000", "5.000.000.000", "3.000.000.000", "1.000.000.000"]);
  await shot(page, "works-vouchers");
});

test("an adjustment below what is drawn is refused with both figures, and what was typed stays", async () => {
  const page = await as("planner");
  await open(page, `${work}/capital?year=2023`);
  const cut = { year: "2023", source: "city", capital_kind: "adjusted", amount: "-4.000.000.000", decision_number: "904/QĐ-UBND", capital_decided_on: "20/12/2023", capital_authority: "UBND thành phố" };
  let form = formOf(page, `${work}/capital`);
  await write(form, cut);
  await send(page, form, "Ghi quyết định về vốn");
  await said(page, "còn 4.000.000.000 đ, ít hơn số đã giải ngân");
  await said(page, "5.000.000.000 đ", ".faults");
  await typed(page, cut, formOf(page, `${work}/capital`));
  await shot(page, "works-below-drawn");
  form = formOf(page, `${work}/capital`);
  await write(form, { amount: "-2.000.000.000" });
  await send(page, form, "Ghi quyết định về vốn");
  await said(page, "904/QĐ-UBND");
  await said(page, "6.000.000.000", 'section[aria-labelledby="h-year"]');
});

test("the accountant writes what the treasury confirms; whoever recorded vouchers may not", async () => {
  const page = await as("accountant");
  await open(page, `${vouchers}?year=2023`);
  assert.equal(await voucherForm(page, "advance").count(), 0, "the accountant does not record vouchers");
  let form = formOf(page, `${vouchers}/confirm`);
  await write(form, { source: "city", through: "31/10/2023", amount: "4.900.000.000", agreed_on: "05/11/2023", number: "88/ĐC-KBNN" });
  await send(page, form, "Ghi số xác nhận");
  await said(page, "Đã ghi số Kho bạc xác nhận đến 31/10/2023.");
  await said(page, "100.000.000", 'section[aria-labelledby="h-agreed"]');
  await shot(page, "works-agreed");
  assert.equal((await (await as("planner")).request.post(`${vouchers}/confirm`, { form: { plan_year: "2023" } })).status(), 403);

  const admin = await as("admin");
  await open(admin, "/users/planner");
  form = formOf(admin, "/users/planner/roles");
  await form.locator('[name="roles"][value="accountant"]').check();
  await send(admin, form, await form.locator("button.btn-primary").innerText());
  const both = await browser.page();
  await login(both, "planner");
  await open(both, `${vouchers}?year=2023`);
  form = voucherForm(both, "payment");
  await write(form, { target: await targetOf(form), source: "city", amount: "500.000.000", number: "03/GRV-88", paid_on: "20/11/2023" });
  await send(both, form, "Ghi chứng từ");
  form = formOf(both, `${vouchers}/confirm`);
  await write(form, { source: "city", through: "30/11/2023", amount: "5.500.000.000", agreed_on: "05/12/2023", number: "89/ĐC-KBNN" });
  await send(both, form, "Ghi số xác nhận");
  await said(both, "Bạn đã ghi chứng từ của công trình, năm và nguồn này kể từ lần đối chiếu trước; người khác phải ghi số Kho bạc xác nhận.");
  assert.deepEqual(both.faults, []);
  await open(admin, "/users/planner");
  form = formOf(admin, "/users/planner/roles");
  await form.locator('[name="roles"][value="accountant"]').uncheck();
  await send(admin, form, await form.locator("button.btn-primary").innerText());
  delete pages.planner; // its session ended with its roles
});

test("the control list names the advances that are late, and what to do", async () => {
  const page = await as("chief-accountant");
  await open(page, "/disbursements");
  await open(page, "/disbursements/control");
  const late = await page.locator("main table.sheet tbody tr", { hasText: /Quá hạn tất toán|Quá 3 tháng|Quá 1 năm/ }).count();
  assert.ok(late > 0, "no advance is late");
  await said(page, "NĐ 99/2021/NĐ-CP", "table.sheet");
  await shot(page, "works-control");
});

test("a schedule short of weight is told how much; whole, the head fixes it", async () => {
  const page = await as("planner"), head = await as("planning-head");
  await open(page, `${work}/schedule`);
  await page.getByRole("link", { name: "Lập kế hoạch mốc" }).first().click();
  await axe(page);
  let form = formOf(page, `${work}/schedule/plan`);
  await write(form, { "m1.name": "Nền đường", "m1.weight": "50", "m1.start": "01/06/2023", "m1.end": "31/12/2023", "m2.name": "Mặt đường", "m2.weight": "40", "m2.start": "01/11/2023", "m2.end": "30/06/2024" });
  await said(page, "còn thiếu 10,0 %", "[data-sum-note]");
  await shot(page, "works-weights");
  await send(page, form, "Lưu");
  await said(page, "Đã lưu; tổng trọng số mới được 90 %, cần đủ 100 % để chốt.");
  await said(page, "còn thiếu 10,0 %", "[data-sum-note]");
  await open(head, `${work}/schedule`);
  await said(head, "Trọng số các mốc còn thiếu 10,0 %: chưa chốt được đường gốc.");
  await send(head, formOf(head, `${work}/schedule/baseline`), "Chốt đường gốc");
  await said(head, "Tổng trọng số phải đúng 100 % mới chốt được; đang là 90 %.");
  await open(page, `${work}/schedule`);
  await page.getByRole("link", { name: "Sửa kế hoạch" }).click();
  form = formOf(page, `${work}/schedule/plan`);
  await write(form, { "m2.weight": "50" });
  await said(page, "đủ 100 %", "[data-sum-note]");
  await send(page, form, "Lưu");
  await said(page, "Đã lưu kế hoạch mốc.");
  assert.equal(await formOf(page, `${work}/schedule/baseline`).count(), 0, "the planner does not fix");
  await open(head, `${work}/schedule`);
  await send(head, formOf(head, `${work}/schedule/baseline`), "Chốt đường gốc");
  await said(head, "Đã chốt đường gốc lần 1.");
});

test("recorded progress draws today's line and says when the work will end", async () => {
  const page = await as("planner");
  for (const [on, done] of [["31/08/2023", "20"], ["31/10/2023", "50"], ["31/12/2023", "80"]]) {
    await open(page, `${work}/schedule/progress`);
    const form = formOf(page, `${work}/schedule/progress`);
    await write(form, on === "31/08/2023" ? { on, "m1.done": done, "m1.started": "05/06/2023" } : { on, "m1.done": done });
    await send(page, form, "Ghi tiến độ");
    await said(page, "Đã ghi tiến độ của 1 mốc.");
  }
  assert.equal(await page.locator("svg.gantt:not(.key) .g-today").count(), 1);
  assert.equal(await page.locator("svg.gantt:not(.key) .g-fore").count(), 1);
  await said(page, "Dự báo hoàn thành");
  assert.match(await words(page, ".kpis"), /Dự báo hoàn thành\s+\d\d\/\d\d\/20\d\d/i);
  await shot(page, "works-gantt");
  await open(page, "/schedules");
});

test("more households than are open are refused; an obstacle is answered, then resolved", async () => {
  const page = await as("planner");
  let form;
  for (const p of ["7941207", "7941233", "7941246", "7941259", "7941272", "7941285"]) {
    await page.goto(`/new/obstacle?project=${p}`);
    form = formOf(page, "/obstacles");
    if (await form.locator('[name="households"]').count()) break;
  }
  await axe(page);
  const open_ = Number((await words(page)).match(/không vượt số hộ chưa bàn giao: (\d+)/)[1]);
  const told = { kind: "land", level: "city", content: "Các hộ đề nghị xem lại đơn giá cây trồng", body: "UBND phường Đức Xuân", opened_on: "01/12/2023", due_on: "20/12/2023", households: String(open_ + 1) };
  await write(form, told);
  await send(page, form, "Lưu");
  await said(page, `${open_ + 1}`, ".faults");
  await said(page, `${open_}`, ".faults");
  await typed(page, told, formOf(page, "/obstacles"));
  await shot(page, "works-households");
  form = formOf(page, "/obstacles");
  await write(form, { households: "1" });
  await send(page, form, "Lưu");
  await said(page, "Đã thêm vướng mắc");
  const obstacle = (await words(page, "body")).match(/Đã thêm vướng mắc (\S+?)\./)[1];
  await open(page, `/obstacles/${obstacle}`);
  await said(page, "Quá hạn");
  form = formOf(page, `/obstacles/${obstacle}/answer`);
  await write(form, { answered_on: "15/12/2023", document_no: "77/UBND", answered_by: "UBND phường Đức Xuân", promised_on: "25/12/2023", answer: "Sẽ họp dân trong tháng" });
  await send(page, form, "Thêm trả lời");
  await said(page, "Sẽ họp dân trong tháng");
  await said(page, "quá hẹn");
  await shot(page, "works-obstacle");
  form = formOf(page, `/obstacles/${obstacle}/resolve`);
  await write(form, { resolved_on: "30/12/2023", outcome: "Các hộ đã thống nhất" });
  await send(page, form, "Giải quyết xong");
  await said(page, "Xong 30/12/2023");
  await open(page, "/obstacles");
});

test("who has not reported is listed; the head reminds, the planner sees the note and puts it away", async () => {
  const head = await as("planning-head"), page = await as("planner");
  await open(head, "/progress/missing?month=2023-12");
  await said(head, "Chưa báo cáo tháng 12/2023");
  await said(head, code);
  const form = formOf(head, "/progress/remind").first();
  await write(form, { words: "Còn đường thử, cần gửi trong hôm nay" });
  await send(head, form, "Nhắc ngay");
  await said(head, "Đã nhắc");
  await said(head, "Chưa xem");
  await shot(head, "works-missing");
  await open(page, "/");
  await said(page, "“Còn đường thử, cần gửi trong hôm nay”");
  await shot(page, "works-note");
  const note = page.locator("form.note", { hasText: "Còn đường thử" });
  await send(page, note, "Đã xem");
  assert.equal(await note.count(), 0);
  await open(page, "/");
  assert.equal(await note.count(), 0);
});

test("the department enters its figure, the head accepts it, the report shows it", async () => {
  const page = await as("department"), head = await as("planning-head");
  await open(page, "/indicators?year=2023");
  assert.equal(await page.locator('[name="BAN-LE.result"]').count(), 0, "another unit's figure is not the department's");
  let form = formOf(page, "/indicators");
  await write(form, { "THU-NS.result": "22x" });
  await send(page, form, "Lưu");
  await said(page, "“22x”");
  assert.equal(await page.inputValue('[name="THU-NS.result"]'), "22x");
  form = formOf(page, "/indicators");
  await write(form, { "THU-NS.result": "224,5" });
  await send(page, form, "Lưu");
  await said(page, "Đã lưu 1 chỉ tiêu.");
  await said(page, "Chờ chấp nhận");
  await shot(page, "works-indicators");
  await open(head, "/indicators?year=2023");
  await head.locator('[name="pick"][value="THU-NS"]').check();
  await send(head, formOf(head, "/indicators/accept"), "Chấp nhận các dòng đã chọn");
  await open(head, "/reports/monthly/2023-12");
  await said(head, "trên 224,5", 'section[aria-labelledby="h-indicators"]');
});

test("a violation is entered without a name, handled with its decision, and counted", async () => {
  const page = await as("department"), leader = await as("leader");
  await open(leader, "/violations");
  const found = async () => Number((await words(leader, ".kpis")).match(/Phát hiện\s+(\d+)/i)[1]);
  const was = await found();
  await open(page, "/violations");
  await page.getByRole("link", { name: "Thêm vi phạm" }).click();
  await axe(page);
  let form = formOf(page, "/violations");
  const seen = { what: "no_permit", found_on: "05/12/2023", ward: "01840", due_on: "20/12/2023", description: "Xây tường rào khi chưa có giấy phép" };
  await write(form, seen);
  await send(page, form, "Lưu");
  await said(page, "Không được để trống");
  await typed(page, seen, formOf(page, "/violations"));
  form = formOf(page, "/violations");
  await write(form, { place: "Tổ 4, đường Nguyễn Thị Minh Khai" });
  await send(page, form, "Lưu");
  const path = new URL(page.url()).pathname;
  await said(page, "Quá hạn 11 ngày");
  form = formOf(page, `${path}/handle`);
  await write(form, { handle_decision_number: "QĐ 901/QĐ-XPHC", handle_decided_on: "10/12/2023", handle_measure: "fine", handle_fine: "30.000.000", handle_handled_on: "28/12/2023", handle_outcome: "Đã nộp phạt, đã tháo dỡ" });
  await send(page, form, "Ghi kết quả xử lý");
  await said(page, "Xong 28/12/2023");
  await shot(page, "works-violation");
  await open(leader, "/violations");
  assert.equal(await found(), was + 1);
  for (const p of Object.values(pages)) assert.deepEqual(p.faults, []);
});
