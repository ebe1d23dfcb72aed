// The month's entry as a sheet: arrows and Enter move, "=" declares no change, a pasted block fills, bad cells are marked and hold the form.
import { exact, group, groupInput } from "./money.js";

const say = (name) => document.body.dataset["say" + name] ?? "";
const cellsOf = (row) => [...row.querySelectorAll("input.cell")];
const rowsOf = (table) => [...table.tBodies].flatMap((b) => [...b.rows]).filter((r) => cellsOf(r).length);

// A percentage as people write it, 0 to 100, at most two decimals; null when it is none.
function percent(text) {
  const s = text.trim().replace(/\s*%$/, "").replace(".", ",");
  return /^(100(,0{1,2})?|\d{1,2}(,\d{1,2})?)$/.test(s) ? s : null;
}

function check(cell) {
  const text = cell.value.trim();
  const bad = text !== "" && (cell.matches("[data-percent]") ? percent(text) : cell.matches("[data-money]") ? exact(text) : "") === null;
  if (bad) cell.setAttribute("aria-invalid", "true"); else cell.removeAttribute("aria-invalid");
  if (bad) cell.title = say("BadCell"); else cell.removeAttribute("title");
  return bad;
}

function tellBad(table) {
  const bad = table.querySelectorAll('[aria-invalid="true"]').length;
  const note = table.closest("form")?.querySelector("[data-grid-note]");
  if (note) note.textContent = bad ? say("Bad").replace("{0}", bad) : "";
  return bad;
}

function fill(cell, text) {
  const money = cell.matches("[data-money]") ? exact(text) : null;
  cell.value = money === null ? text.trim() : money.replace(/\d+/, group);
  check(cell);
}

function sameAsBefore(row, tick) {
  for (const cell of cellsOf(row)) {
    if (tick.checked && cell.dataset.prev !== undefined) fill(cell, cell.dataset.prev);
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
  if (e.key !== "=") return;
  e.preventDefault();
  cell.closest("tr").querySelector("[data-same]")?.click();
}

function onPaste(e, table) {
  const text = e.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n+$/, "");
  if (!e.target.matches("input.cell") || !/[\t\n]/.test(text)) return;
  e.preventDefault();
  const rows = rowsOf(table), top = rows.indexOf(e.target.closest("tr")), left = cellsOf(rows[top]).indexOf(e.target);
  text.split("\n").forEach((line, y) => line.split("\t").forEach((value, x) => {
    const cell = rows[top + y] && cellsOf(rows[top + y])[left + x];
    if (cell && !cell.readOnly) fill(cell, value);
  }));
  e.target.dispatchEvent(new Event("input", { bubbles: true }));
  (table.querySelector('[aria-invalid="true"]') ?? e.target).focus();
}

for (const table of document.querySelectorAll("table[data-grid]")) {
  table.addEventListener("keydown", (e) => onKey(e, table));
  table.addEventListener("paste", (e) => onPaste(e, table));
  table.addEventListener("input", (e) => { if (e.target.matches("input.cell")) check(e.target); tellBad(table); });
  table.addEventListener("change", (e) => { if (e.target.matches("[data-same]")) { sameAsBefore(e.target.closest("tr"), e.target); tellBad(table); } });
  table.addEventListener("focusin", (e) => { if (e.target.matches("input.cell")) e.target.select(); });
  for (const tick of table.querySelectorAll("[data-same]:checked")) for (const cell of cellsOf(tick.closest("tr"))) cell.readOnly = true;
  for (const cell of table.querySelectorAll("input.cell[data-money]")) groupInput(cell);
  table.closest("form")?.addEventListener("submit", (e) => {
    if (!tellBad(table)) return;
    e.preventDefault();
    table.querySelector('[aria-invalid="true"]').focus();
  });
}
