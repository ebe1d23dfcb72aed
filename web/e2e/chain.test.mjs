// One new work from its plan to money paid, matched and reported: each step in the browser, by the person whose step it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, browse, login, serve, shot } from "./lib.mjs";

let server, browser;
const pages = {};
before(async () => { server = await serve(); browser = await browse(server.base); });
after(async () => { await browser?.close(); await server?.stop(); });

// as gives the page of a role, signed in once.
async function as(role) {
  if (!pages[role]) { pages[role] = await browser.page(); await login(pages[role], role); }
  return pages[role];
}

const fill = async (page, values) => {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`main [name="${name}"]`).first();
    if (await field.evaluate((e) => e.tagName) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
};

// press sends a form by its button and answers the question a button may ask first.
async function press(page, button) {
  const target = typeof button === "string" ? page.locator(button).first() : button;
  const asks = await target.evaluate((e) => "confirm" in e.dataset);
  const gone = page.waitForNavigation({ timeout: 15_000 });
  await target.click();
  if (asks) await page.locator("dialog[open] .btn-primary").click();
  await gone;
}

const sendTo = (action) => `main form[method="post"][action^="${action}"] button.btn-primary, main form[method="post"][action^="${action}"] button`;
const text = (page) => page.innerText("main").then((t) => t.replaceAll("\u00a0", " "));
async function said(page, words) { const t = await page.innerText("body"); assert.ok(t.includes(words), `“${words}” is not on ${page.url()}:\n${t.slice(0, 1500)}`); }

const work = "7999999", holding = `${work}-0001`;
let plan, order, codes, before_;

test("planner enters a work, its decision and its capital", async () => {
  const page = await as("planner");
  await page.goto("/new/project");
  await fill(page, { code: work, name: "Đường thử từ kế hoạch đến chi trả", group: "C", sector: "transport", state: "building", investor: "Ban QLDA", start_year: "2023", end_year: "2025", total_investment: "30000000000" });
  assert.equal(await page.inputValue("#total_investment"), "30.000.000.000", "money is grouped while typing");
  await page.check('main [name="clearance"]');
  await page.check('main [name="ward_codes"][value="01840"]');
  await axe(page);
  await press(page, sendTo("/projects"));
  await said(page, "Đã thêm công trình");
  await page.goto(`/projects/${work}/capital?year=2023`);
  await page.click("text=Ghi quyết định về vốn >> nth=0");
  await fill(page, { source: "city", capital_kind: "assigned", amount: "10.000.000.000", decision_number: "900/QĐ-UBND", capital_decided_on: "20/12/2023", capital_authority: "UBND thành phố" });
  await press(page, sendTo(`/projects/${work}/capital`));
  await said(page, "900/QĐ-UBND");
  await axe(page);
});

test("planner enters December; a wrong cell is named, and what was typed stays", async () => {
  const page = await as("planner");
  await page.goto(`/progress?month=2023-12&q=${work}`);
  await fill(page, { [`${work}.executed`]: "20.00", [`${work}.estimate_month_end`]: "4.000.000.000", [`${work}.disbursed`]: "3.000.000.000", [`${work}.disbursed_treasury`]: "2.500.000.000", [`${work}.physical`]: "40" });
  const field = page.locator(`[name="${work}.executed"]`);
  await field.evaluate((e) => { e.value = "20,5"; });
  await page.evaluate(() => document.querySelector("#entry").submit());
  await page.waitForLoadState();
  assert.equal(await page.inputValue(`[name="${work}.executed"]`), "20,5");
  assert.equal(await page.inputValue(`[name="${work}.disbursed"]`), "3.000.000.000");
  await said(page, "20,5");
  await axe(page);
  await shot(page, "progress-refused");
  await fill(page, { [`${work}.executed`]: "3.500.000.000" });
  await press(page, 'main button[value="submit"]');
  await said(page, "chờ chấp nhận 1");
});

test("the head returns it with a reason, planner mends it, the head accepts", async () => {
  const head = await as("planning-head"), planner = await as("planner");
  await head.goto(`/progress?month=2023-12&q=${work}`);
  await head.check(`[name="pick"][value="${work}"]`);
  await fill(head, { reason: "Thiếu khối lượng nền đường" });
  await press(head, "main button.btn-outline-danger");
  await planner.goto(`/progress?month=2023-12&q=${work}`);
  await said(planner, "Thiếu khối lượng nền đường");
  await fill(planner, { [`${work}.executed`]: "3.600.000.000" });
  await press(planner, 'main button[value="submit"]');
  await head.goto(`/progress?month=2023-12&q=${work}`);
  await head.check(`[name="pick"][value="${work}"]`);
  await axe(head);
  await press(head, "#accept button.btn-primary");
  assert.match(await head.innerText(`tr[id="${work}"]`), /Đã chấp nhận/);
});

test("clearance opens a case of two co-owners; an area that can be read two ways is asked back", async () => {
  const page = await as("clearance");
  await page.goto("/new/case");
  await fill(page, { project: work, ward: "01840", opened_on: "20/04/2023", rule_set: "A-2013", "holder.name": "Hộ Nông Văn Thử", "holder.kind": "household", "holder.ward": "01840",
    "holder.parties.0.full_name": "Nông Văn Thử", "holder.parties.0.relation": "owner", "holder.parties.0.share": "50", "holder.parties.0.identity_no": "999100999001", "holder.parties.0.account_no": "9990555001", "holder.parties.0.bank_name": "BIDV", "holder.parties.0.account_name": "NONG VAN THU",
    "holder.parties.1.full_name": "Hoàng Thị Mẫu", "holder.parties.1.relation": "co_owner", "holder.parties.1.share": "50", "holder.parties.1.identity_no": "999100999002", "holder.parties.1.account_no": "9990555002", "holder.parties.1.bank_name": "BIDV", "holder.parties.1.account_name": "HOANG THI MAU",
    "parcels.0.map_sheet": "12", "parcels.0.number": "17+175", "parcels.0.area": "2.500,00", "parcels.0.land_code": "CLN", "parcels.0.recovered": "1.234" });
  await press(page, sendTo("/cases"));
  await said(page, "1.234,00");
  await said(page, "1,23");
  assert.equal(await page.inputValue('[name="parcels.0.number"]'), "17+175");
  await axe(page);
  await shot(page, "case-ambiguous");
  await fill(page, { "parcels.0.recovered": "1.234,00" });
  await press(page, sendTo("/cases"));
  assert.equal(new URL(page.url()).pathname, `/cases/${holding}`);
  await said(page, "17+175");
});

test("clearance records the steps of the law in their order", async () => {
  const page = await as("clearance");
  for (const [kind, on, paper] of [["notice", "02/05/2023", "01/TB-UBND"], ["inventory", "01/06/2023", "BB-01/KK"], ["posting", "01/08/2023", "01/BB-NY"], ["recovery_decision", "20/11/2023", "500/QĐ-UBND"]]) {
    await page.goto(`/cases/${holding}`);
    const box = page.locator("details", { has: page.locator(`form[action="/cases/${holding}/steps"]`) });
    if (await box.count() && !(await box.first().evaluate((e) => e.open))) await box.first().locator("summary").click();
    await fill(page, { kind, done_on: on, document_no: paper });
    await press(page, sendTo(`/cases/${holding}/steps`));
  }
  await said(page, "500/QĐ-UBND");
  await axe(page);
  await shot(page, "case");
});

test("a plan is drafted, appraised and approved by three persons, and frozen", async () => {
  const page = await as("clearance");
  await page.goto("/new/plan");
  await fill(page, { project: work, name: "Phương án đợt 1", rule_set: "A-2013" });
  await press(page, sendTo("/plans"));
  plan = new URL(page.url()).pathname.split("/")[2];
  await page.goto(`/plans/${plan}/award?case=${holding}`);
  await fill(page, { "lines.1.category": "land", "lines.1.description": "Bồi thường đất trồng cây lâu năm", "lines.1.unit": "m²", "lines.1.quantity": "1234", "lines.1.price": "80.000", "lines.1.factor": "100", "lines.1.basis": "QĐ giá đất (mẫu)",
    "lines.2.category": "support", "lines.2.description": "Hỗ trợ ổn định đời sống", "lines.2.unit": "lần", "lines.2.quantity": "1", "lines.2.price": "1.280.001", "lines.2.factor": "100", "lines.2.basis": "QĐ hỗ trợ (mẫu)" });
  await axe(page);
  await press(page, sendTo(`/plans/${plan}/awards/${holding}`));
  await page.goto(`/plans/${plan}`);
  await said(page, "100.000.001");
  await press(page, sendTo(`/plans/${plan}/submit`));
  assert.equal(await page.locator(`form[action="/plans/${plan}/appraise"]`).count(), 0, "who drafts does not see how to appraise");
  const appraiser = await as("appraiser");
  await appraiser.goto(`/plans/${plan}`);
  await fill(appraiser, { appraisal_number: "77/TĐ-TNMT" });
  await press(appraiser, sendTo(`/plans/${plan}/appraise`));
  const leader = await as("leader");
  before_ = await (await leader.request.get("/api/v1/reports/monthly/2023-12")).json();
  await leader.goto(`/plans/${plan}`);
  await fill(leader, { number: "501/QĐ-UBND", decided_on: "20/11/2023", effective_on: "20/11/2023" });
  await axe(leader);
  await press(leader, sendTo(`/plans/${plan}/approve`));
  await said(leader, "501/QĐ-UBND");
  await page.goto(`/plans/${plan}`);
  assert.equal(await page.locator("#add-case").count(), 0, "an approved plan shows no way to change it");
});

test("a second person checks the payees' accounts", async () => {
  const page = await as("appraiser");
  for (let checked = 0; ; checked++) {
    await page.goto("/accounts");
    const next = page.locator('main tbody a[href^="/accounts/"]').first();
    if (!await next.count()) { assert.ok(checked >= 2, `${checked} accounts checked`); break; }
    await Promise.all([page.waitForNavigation(), next.click()]);
    if (!checked) { await axe(page); await shot(page, "account-check"); }
    await press(page, 'main form[action$="/check"] button');
  }
});

test("an order is made, approved and released by three persons", async () => {
  const maker = await as("accountant");
  await maker.goto(`/new/payout-order?project=${work}`);
  await maker.check(`main input[type=checkbox][value="${plan}/${holding}"]`);
  await fill(maker, { method: "transfer", source: "city", content: "Chi trả đợt 1" });
  await axe(maker);
  await shot(maker, "payout-new");
  await press(maker, 'main form[action="/payout-orders"] button.btn-primary');
  order = new URL(maker.url()).pathname.split("/")[2];
  await press(maker, sendTo(`/payout-orders/${order}/submit`));
  assert.equal(await maker.locator(`form[action="/payout-orders/${order}/approve"]`).count(), 0);
  assert.equal((await maker.request.post(`/payout-orders/${order}/approve`, { form: { version: "2", idempotency_key: "by-hand-0001" } })).status(), 403);
  const checker = await as("chief-accountant");
  await checker.goto(`/payout-orders/${order}`);
  await axe(checker);
  await press(checker, sendTo(`/payout-orders/${order}/approve`));
  assert.equal(await checker.locator(`form[action="/payout-orders/${order}/release"]`).count(), 0);
  const director = await as("director");
  await director.goto(`/payout-orders/${order}`);
  await press(director, sendTo(`/payout-orders/${order}/release`));
  codes = [...new Set((await text(director)).match(/GPMB23T\d{5}/g))];
  assert.equal(codes.length, 2, "one payment for each co-owner");
  await shot(director, "payout-order");
  await axe(director);
});

test("the statement is loaded and matched; a wrong reference is confirmed by hand", async () => {
  const page = await as("accountant");
  const head = ["NGÂN HÀNG (mẫu thử)", "Số dư đầu kỳ/Opening balance,2.022.900.448", "", "STT,Ngày giao dịch,Ngày hiệu lực,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Số dư,Mô tả"];
  const lines = [`1,31/12/2023,31/12/2023,9001,50.000.001,,1.972.900.447,MBVCB.1.${codes[0]}.CHI TRA BT NONG VAN THU`,
    `2,31/12/2023,31/12/2023,9002,50.000.000,,1.922.900.447,CHI TRA BT ${codes[1].slice(0, -1)}${(Number(codes[1].at(-1)) + 5) % 10} HOANG THI MAU`];
  const file = (closing) => Buffer.from([...head, ...lines, `Tổng số/Total,,,,100.000.001,0,,`, `Số dư cuối kỳ/Closing balance,${closing}`].join("\n"));
  await page.goto("/recon/TK-VCB/statements");
  await page.setInputFiles('main input[type=file]', { name: "sai.csv", mimeType: "text/csv", buffer: file("1.922.900.446") });
  await press(page, 'main form[enctype] button[value=load]');
  await said(page, "1.922.900.446");
  await axe(page);
  await shot(page, "statement-refused");
  await page.setInputFiles('main input[type=file]', { name: "31-12.csv", mimeType: "text/csv", buffer: file("1.922.900.447") });
  await press(page, 'main form[enctype] button[value=load]');
  await page.goto("/recon/TK-VCB");
  await press(page, sendTo("/recon/TK-VCB/runs"));
  await page.goto("/recon/TK-VCB?q=HOANG+THI+MAU");
  await axe(page);
  await shot(page, "bench");
  await page.check(`main input[name=payment][value="${codes[1]}"]`);
  await fill(page, { reason: "Mã sai một chữ số; đúng người, đúng số tiền" });
  await page.click("#decide button.btn-primary"); // answered without leaving the page
  await page.getByText(`Đã khớp với khoản chi ${codes[1]}`).waitFor();
  await page.goto(`/payments/${codes[1]}`);
  await said(page, "Đã chi");
});

test("the bridge of the work closes, and nobody reads what is not theirs", async () => {
  const page = await as("accountant");
  await page.goto(`/bridge?project=${work}`);
  await said(page, "100.000.001");
  await axe(page);
  await shot(page, "bridge");
  const bridge = await (await page.request.get(`/api/v1/bridge?project=${work}`)).json();
  const b = bridge.bridge ?? bridge.total ?? bridge;
  assert.equal(b.difference_vnd, 0);
  assert.equal(b.paid_vnd, 100_000_001);
  const ward = await as("ward-ducxuan");
  assert.equal((await ward.goto("/payments")).status(), 403);
});

test("December adds up: exactly the old figures and what was entered; issued, it is frozen", async () => {
  const leader = await as("leader");
  const now = await (await leader.request.get("/api/v1/reports/monthly/2023-12")).json();
  assert.equal(now.capital.works, 32);
  assert.equal(now.capital.plan_vnd, 298_350_000_000 + 10_000_000_000);
  assert.equal(now.capital.executed_vnd, 299_842_000_000 + 3_600_000_000);
  assert.deepEqual([now.land.projects, now.land.holders, now.land.cases, now.land.area_m2], [12, 469, 472, 426_500 + 1_234]);
  assert.equal(now.compensation.approved_vnd, before_.compensation.approved_vnd + 100_000_001);
  assert.equal(now.compensation.in_payment.paid_vnd, 23_890_000_000 + 100_000_001);
  assert.equal(now.compensation.bridge.difference_vnd, 0);
  await leader.goto("/reports/monthly/2023-12");
  await fill(leader, { number: "600/BC-UBND" });
  await press(leader, sendTo("/reports/monthly/2023-12/issue"));
  await said(leader, "600/BC-UBND");
  await axe(leader);
  await shot(leader, "report-issued");
  const planner = await as("planner");
  const answer = await planner.request.post("/progress?month=2023-12", { form: { [`${work}.executed`]: "1", [`${work}.shown`]: "1", [`${work}.version`]: "9", act: "save" } });
  assert.ok([409, 422].includes(answer.status()), `an issued month took a change: ${answer.status()}`);
  for (const page of Object.values(pages)) assert.deepEqual(page.faults, []);
});
