// The month's entry as a sheet: arrows and Enter move, "=" declares no change, a pasted block fills by code or by place, bad cells are marked and
// hold everything back, drafts save themselves.
import { exact, group, groupInput } from "./money.js";

const say = (name) => document.body.dataset["say" + name] ?? "";
const cellsOf = (row) => [...row.querySelectorAll("input.cell")];
const rowsOf = (table) => [...table.tBodies].flatMap((b) => [...b.rows]).filter((r) => cellsOf(r).length);
const field = (code, name) => document.getElementById(`${code}.${name}`);
const codeOf = (el) => el.closest("tr").id || el.closest("tr").dataset.why;

// A percentage as people write it, 0 to 100, at most two decimals; null when it is none.
function percent(text) {
  const s = text.trim().replace(/\s*%$/, "").replace(".", ",");
  return /^(100(,0{1,2})?|\d{1,2}(,\d{1,2})?)$/.test(s) ? s : null;
}

function mark(cell, text) {
  if (text) { cell.setAttribute("aria-invalid", "true"); cell.title = text; } else { cell.removeAttribute("aria-invalid"); cell.removeAttribute("title"); }
}

function check(cell) {
  const text = cell.value.trim();
  const bad = text !== "" && (cell.matches("[data-percent]") ? percent(text) : cell.matches("[data-money]") ? exact(text) : "") === null;
  mark(cell, bad ? say("BadCell") : "");
  return bad;
}

// What is wrong stands above the table, each cell by its name and a link to it, until it is settled.
function tellBad(table) {
  const form = table.closest("form"), box = form?.querySelector("[data-grid-faults]");
  const bad = [...table.querySelectorAll('[aria-invalid="true"]')], lost = [...box?.querySelectorAll("li[data-lost]") ?? []];
  if (!box) return bad.length;
  box.hidden = bad.length + lost.length === 0;
  const note = box.querySelector("[data-grid-note]"), text = bad.length ? (form.dataset.sayLeft ?? say("Bad")).replace("{0}", bad.length) : "";
  if (note.textContent !== text) note.textContent = text;
  box.querySelector("ul").replaceChildren(...bad.map((cell) => {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = "#" + cell.id; link.textContent = cell.getAttribute("aria-label");
    link.addEventListener("click", (e) => { e.preventDefault(); cell.focus(); });
    item.append(link, ": " + cell.title);
    return item;
  }), ...lost);
  return bad.length;
}

function fill(cell, text) {
  const money = cell.matches("[data-money]") ? exact(text) : null;
  cell.value = money === null ? text.trim() : money.replace(/\d+/, group);
  check(cell);
}

function sameAsBefore(row, tick) {
  for (const cell of cellsOf(row)) {
    if (cell.dataset.prev === undefined) continue;
    if (tick.checked) fill(cell, cell.dataset.prev);
    cell.readOnly = tick.checked;
  }
}

function move(table, cell, down, right) {
  const rows = rowsOf(table), row = cell.closest("tr");
  const cells = cellsOf(rows[rows.indexOf(row) + down] ?? row);
  const to = cells[cellsOf(row).indexOf(cell) + right];
  if (to) { to.focus(); to.select(); to.closest("tr").scrollIntoView({ block: "nearest" }); }
}

function onKey(e, table) {
  const cell = e.target;
  if (!cell.matches("input.cell") || e.ctrlKey || e.metaKey || e.altKey) return;
  const all = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [e.shiftKey ? -1 : 1, 0] };
  if (all || cell.selectionEnd === 0) steps.ArrowLeft = [0, -1];
  if (all || cell.selectionStart === cell.value.length) steps.ArrowRight = [0, 1];
  if (steps[e.key]) { e.preventDefault(); return move(table, cell, ...steps[e.key]); }
  if (e.key !== "=" || !(cell.matches("[data-money], [data-percent]"))) return;
  e.preventDefault();
  cell.closest("tr").querySelector("[data-same]")?.click();
}


// A block of figures without codes goes where the cursor stands.
function pasteHere(table, cell, text) {
  const rows = rowsOf(table), top = rows.indexOf(cell.closest("tr")), left = cellsOf(rows[top]).indexOf(cell);
  text.split("\n").forEach((line, y) => line.split("\t").forEach((value, x) => {
    const to = rows[top + y] && cellsOf(rows[top + y])[left + x];
    if (to && !to.readOnly) { fill(to, value); touched(to); }
  }));
  tellBad(table);
  const first = table.querySelector('[aria-invalid="true"]') ?? cell;
  first.focus();
  drafts.get(table.closest("form"))?.later();
}

// A block with codes is read by the server, which keeps nothing: one reader for every way to paste.
async function pasteByCode(table, text, unit) {
  const form = table.closest("form");
  const body = new URLSearchParams({ paste: text, unit });
  const answer = await fetch(form.dataset.paste, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer || !(answer.headers.get("Content-Type") ?? "").includes("json")) return { fault: form.dataset.sayFailed };
  const block = await answer.json();
  if (block.fault) return block;
  const lost = [];
  for (const { code, field: name, text: value, fault } of block.cells) {
    const cell = field(code, name);
    if (!cell || name === "code") { lost.push(fault); continue; }
    if (cell.type === "checkbox") {
      if (fault) lost.push(fault); else if (cell.checked !== (value === "1")) cell.click();
      continue;
    }
    if (cell.readOnly) { const tick = field(code, "no_change"); if (tick?.checked) tick.click(); }
    cell.value = value;
    mark(cell, fault);
    if (name === "reason") showWhy(code, []);
    touched(cell);
  }
  tellLost(table, lost.filter(Boolean));
  const notes = form.querySelector("[data-paste-notes]");
  if (notes) { notes.textContent = block.notes.join(" "); notes.hidden = !block.notes.length; }
  tellBad(table);
  (table.querySelector('[aria-invalid="true"]') ?? table.querySelector("input.cell")).focus();
  drafts.get(form)?.later();
  return block;
}

// Lines that found no place in the table: told once, they hold nothing back.
function tellLost(table, texts) {
  const box = table.closest("form").querySelector("[data-grid-faults]");
  box?.querySelectorAll("li[data-lost]").forEach((li) => li.remove());
  for (const text of texts) {
    const item = document.createElement("li");
    item.dataset.lost = ""; item.textContent = text;
    box?.querySelector("ul").append(item);
  }
}

const unitNow = () => document.querySelector('[data-units] [aria-pressed="true"]')?.value ?? "1";

async function onPaste(e, table) {
  const text = e.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n+$/, "");
  if (!e.target.matches("input.cell") || !/[\t\n]/.test(text)) return;
  e.preventDefault();
  if (!/(^|[\t\n])\s*\d{7}\s*(\t|$)/m.test(text)) return pasteHere(table, e.target, text);
  const block = await pasteByCode(table, text, unitNow());
  if (block.fault) { tellLost(table, [block.fault]); tellBad(table); }
}

// What of a row needs a reason, as the server found after saving it.
function showWhy(code, needs) {
  const row = document.querySelector(`tr[data-why="${code}"]`);
  if (!row) return;
  const reason = row.querySelector(".reason"), input = row.querySelector(".why-input");
  if (needs.length || input?.value) { row.hidden = false; if (reason) reason.hidden = false; }
  row.querySelector("[data-needs]").replaceChildren(...needs.map((text) => {
    const line = document.createElement("div");
    line.className = "need"; line.textContent = text;
    return line;
  }));
}

const drafts = new Map(); // form → what keeps its drafts
const rowFields = ["executed", "estimate_month_end", "disbursed", "disbursed_treasury", "physical", "reason", "note", "version", "was"];

// A row is kept by itself once somebody typed in it; half a row waits until it is whole.
function touched(el) { const row = document.getElementById(codeOf(el)); if (row) row.dataset.touched = "1"; }
const whole = (row) => row.querySelector("[data-same]")?.checked || cellsOf(row).every((c) => !c.matches("[data-money], [data-percent]") || c.value.trim() !== "" || c.placeholder);

function bodyOf(form, rows) {
  const body = new URLSearchParams();
  for (const row of rows) {
    for (const name of rowFields) body.set(`${row.id}.${name}`, form.elements[`${row.id}.${name}`]?.value ?? "");
    if (row.querySelector("[data-same]")?.checked) body.set(`${row.id}.no_change`, "1");
    body.set(`${row.id}.shown`, "1");
  }
  return body;
}

function keepDrafts(form, table) {
  const note = form.querySelector("[data-saved]");
  const tell = (text) => { if (note) note.textContent = text; };
  const keeper = { timer: 0, busy: null, later() { clearTimeout(this.timer); this.timer = setTimeout(() => this.save(), 2000); } };
  const kept = (answer) => {
    for (const [code, now] of Object.entries(answer.rows)) {
      form.elements[`${code}.version`].value = now.version;
      form.elements[`${code}.was`].value = now.was;
      const badge = document.getElementById(code).querySelector("[data-state] .state");
      if (badge) { badge.textContent = now.word; badge.className = "state state-idle"; }
      showWhy(code, now.needs);
    }
  };
  const refused = (answer) => {
    for (const [code, version] of Object.entries(answer.theirs ?? {})) form.elements[`${code}.version`].value = version;
    for (const [name, text] of Object.entries(answer.faults)) {
      const cell = document.getElementById(name);
      const theirs = (answer.theirs ?? {})[name.split(".")[0]] !== undefined;
      if (cell?.matches("input")) mark(cell, theirs ? `${text} ${form.dataset.sayTheirs}` : text);
    }
    tellBad(table);
  };
  const send = async (rows) => {
    tell(say("Saving"));
    for (const row of rows) delete row.dataset.touched;
    try {
      const answer = await fetch(form.dataset.drafts, { method: "POST", body: bodyOf(form, rows), headers: { Accept: "application/json" } });
      if (!(answer.headers.get("Content-Type") ?? "").includes("json")) throw new Error(String(answer.status));
      const found = await answer.json();
      if (answer.ok) {
        kept(found);
        if (!rowsOf(table).some((r) => r.dataset.touched)) form.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
        return tell(say("Saved").replace("{0}", new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })));
      }
      for (const row of rows) row.dataset.touched = "1";
      refused(found);
      tell(found.fault ?? say("Unsaved"));
    } catch {
      for (const row of rows) row.dataset.touched = "1";
      tell(say("Unsaved"));
      keeper.timer = setTimeout(() => keeper.save(), 15000);
    }
  };
  keeper.save = async () => {
    if (keeper.busy) return keeper.later();
    const rows = rowsOf(table).filter((r) => r.dataset.touched && whole(r));
    if (!rows.length || table.querySelector('[aria-invalid="true"]')) return; // nothing is sent until every marked cell is settled
    keeper.busy = send(rows);
    await keeper.busy;
    keeper.busy = null;
  };
  drafts.set(form, keeper);
  const onChange = (e) => { if (e.target.closest("tr")) { touched(e.target); keeper.later(); } };
  form.addEventListener("input", onChange);
  form.addEventListener("change", onChange);
}

for (const table of document.querySelectorAll("table[data-grid]")) {
  const form = table.closest("form");
  table.addEventListener("keydown", (e) => onKey(e, table));
  table.addEventListener("paste", (e) => onPaste(e, table));
  table.addEventListener("input", (e) => { if (e.target.matches("input.cell")) { check(e.target); tellBad(table); } });
  table.addEventListener("change", (e) => { if (e.target.matches("[data-same]")) { sameAsBefore(e.target.closest("tr"), e.target); tellBad(table); } });
  table.addEventListener("focusin", (e) => { if (e.target.matches("input.cell")) e.target.select(); });
  for (const tick of table.querySelectorAll("[data-same]:checked")) for (const cell of cellsOf(tick.closest("tr"))) cell.readOnly = cell.dataset.prev !== undefined;
  for (const cell of table.querySelectorAll("input.cell[data-money]")) groupInput(cell);
  if (form?.dataset.drafts) keepDrafts(form, table);
  form?.addEventListener("submit", async (e) => {
    const keeper = drafts.get(form);
    clearTimeout(keeper?.timer);
    if (tellBad(table)) {
      e.preventDefault();
      return table.querySelector('[aria-invalid="true"]').focus();
    }
    if (!keeper?.busy) return;
    e.preventDefault(); // the draft on its way gives rows a new version
    e.stopImmediatePropagation();
    await keeper.busy;
    keeper.busy = null;
    form.requestSubmit(e.submitter);
  });
  const box = document.querySelector("dialog.paste");
  const pasteForm = box?.querySelector("[data-paste-form]");
  if (!pasteForm) continue;
  document.querySelector("[data-paste-open]")?.addEventListener("click", (e) => {
    e.preventDefault();
    pasteForm.elements.unit.value = unitNow();
    box.showModal();
    pasteForm.elements.paste.focus();
  });
  box.querySelector("[data-paste-close]").addEventListener("click", (e) => { e.preventDefault(); box.close(); });
  pasteForm.addEventListener("submit", async (e) => {
    e.preventDefault();
    const fault = pasteForm.querySelector("[data-paste-fault]");
    const block = await pasteByCode(table, pasteForm.elements.paste.value, pasteForm.elements.unit.value);
    fault.textContent = block.fault ?? "";
    fault.hidden = !block.fault;
    if (!block.fault) { pasteForm.reset(); box.close(); }
  });
}
