// The bench: lines and candidates by keyboard. Every step is a link or a form of the page; this fetches the same page and puts its parts in place,
// so that focus and keys stay under the hands. Without it each step is a page load.
import { group } from "./money.js";

const bench = () => document.querySelector("[data-bench]");
const status = (text) => { const at = bench()?.querySelector("[data-bench-status]"); if (at) at.textContent = text; };
const digits = (text) => BigInt((text ?? "").replace(/[^0-9]/g, "") || "0");
let asked = 0;

async function show(address, options, keep) {
  const mine = ++asked;
  status(bench().dataset.sayAsking);
  let answer, page;
  try {
    answer = await fetch(address, options);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    if (mine === asked) status(bench().dataset.sayLost);
    return;
  }
  if (mine !== asked) return;
  const fresh = page.querySelector("[data-bench]");
  if (!fresh) { location.assign(options?.method === "POST" ? location.href : address); return; } // signed out, or a fault's own page
  const refused = !answer.ok;
  document.querySelectorAll("#main > .note").forEach((n) => n.remove());
  const notes = [...page.querySelectorAll("#main > .note")];
  bench().replaceWith(fresh);
  fresh.previousElementSibling?.before(...notes);
  for (const part of [".side nav", ".month", ".lang"]) { const old = document.querySelector(part), now = page.querySelector(part); if (old && now) old.replaceWith(now); }
  document.title = page.title;
  if (!refused && answer.url !== location.href) history[keep ? "replaceState" : "pushState"](null, "", answer.url);
  settle(refused);
}

// settle puts the focus where the hands go on: the first wrong field, else the chosen line.
function settle(refused) {
  const wrong = refused && (bench().querySelector('[aria-invalid="true"]') ?? bench().querySelector(".faults"));
  const mode = bench().querySelector("[data-bench-mode][aria-current]")?.dataset.benchMode;
  const first = mode === "other" && bench().querySelector('#decide input[name="kind"]') || mode === "split" && (bench().querySelector('#decide input[name="payment"]') ?? bench().querySelector("#bench-find"));
  const undo = new URL(location.href).searchParams.has("undo") && bench().querySelector("#reason");
  const line = bench().querySelector('[data-bench-lines] a[aria-current]');
  (wrong || first || undo || line || bench().querySelector("#line"))?.focus();
  line?.closest("tr").scrollIntoView({ block: "nearest" });
  document.querySelector('[data-units] [aria-pressed="true"]:not([value="1"])')?.click(); // fresh figures in the unit chosen before
  tell();
}

// tell counts while somebody chooses: the rest of a split, the sum of lines taken together.
function tell() {
  const split = bench()?.querySelector("[data-bench-split]");
  if (split) {
    let sum = 0n;
    for (const part of split.querySelectorAll("input[name=payment]:checked")) sum += digits(part.dataset.amount);
    const rest = digits(split.dataset.benchSplit) - sum, say = (n) => (n < 0n ? "-" : "") + group(String(n < 0n ? -n : n));
    split.querySelector("[data-split-sum]").textContent = say(sum);
    const at = split.querySelector("[data-split-rest]");
    at.textContent = say(rest);
    at.classList.toggle("is-zero", rest === 0n);
  }
  const note = bench()?.querySelector("[data-bench-marks]");
  if (note) {
    const marks = [...bench().querySelectorAll("input[name=mark]:checked")];
    note.hidden = !marks.length;
    note.querySelector("[data-marks-count]").textContent = marks.length + 1;
    note.querySelector("[data-marks-sum]").textContent = group(String(marks.reduce((n, m) => n + digits(m.dataset.amount), digits(note.dataset.whole))));
  }
}

const rows = () => [...bench().querySelectorAll("[data-bench-lines] tbody tr")];
const current = () => rows().findIndex((r) => r.classList.contains("is-now"));

// step chooses the line above or below at once and asks for it when the key rests, so that holding a key down asks once.
let resting;
function step(by) {
  const all = rows(), at = current(), next = all[Math.min(Math.max((at < 0 ? 0 : at) + by, 0), all.length - 1)];
  if (!next || next === all[at]) return;
  all[at]?.classList.remove("is-now");
  next.classList.add("is-now");
  const link = next.querySelector("a");
  link.focus();
  next.scrollIntoView({ block: "nearest" });
  clearTimeout(resting);
  asked++;
  resting = setTimeout(() => show(link.href, undefined, true), 90);
}

function pick(by) {
  const all = [...bench().querySelectorAll("#decide input[name=payment], #decide input[name=kind]")];
  if (!all.length) return;
  const at = all.findIndex((i) => i === document.activeElement), ticked = all.findIndex((i) => i.checked);
  const fresh = at >= 0 && all[at].type === "radio" && !all[at].checked; // the focus stands on it, nothing is chosen yet
  const next = fresh && by > 0 ? all[at] : all[((at < 0 ? ticked : at) + by + all.length) % all.length];
  if (next.type === "radio") next.checked = true;
  next.focus();
  next.closest("tr, label").scrollIntoView({ block: "nearest" });
  tell();
}

function act(key) {
  const now = bench();
  if (key === "ArrowDown" || key === "ArrowUp") return step(key === "ArrowDown" ? 1 : -1), true;
  if (key === "ArrowRight" || key === "ArrowLeft") return pick(key === "ArrowRight" ? 1 : -1), true;
  if (key === "/") { now.querySelector("#bench-q").focus(); return true; }
  if (key === "?") { now.querySelector("[data-bench-help]").click(); return true; }
  const press = (link) => { if (link) show(link.href); return Boolean(link); };
  const mode = (name) => press(now.querySelector(`[data-bench-mode="${name}"]`));
  if (key === "s" || key === "S") return mode("split");
  if (key === "n" || key === "N") return mode("other");
  if (key === "Escape") return mode("confirm");
  if (key === "u" || key === "U") return press(now.querySelector("[data-bench-undo]")) || Boolean(now.querySelector("#decide .btn-outline-danger") && (now.querySelector("#reason").focus(), true));
  if (key === " ") {
    const line = rows()[current()];
    const mark = document.activeElement.closest?.("tr")?.querySelector("input[name=mark]");
    if (!line || !mark) return false;
    if (!mark.disabled) { mark.checked = !mark.checked; tell(); }
    return true;
  }
  if (key === "Enter") { now.querySelector("#decide")?.requestSubmit(); return true; }
  return false;
}

if (bench()) {
  document.addEventListener("keydown", (e) => {
    if (!bench() || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    const inBench = bench().contains(e.target);
    if (!inBench && e.target !== document.body && e.target.id !== "main") return;
    const box = e.target.matches?.("input[type=checkbox], input[type=radio]");
    if (e.target.matches?.("input, select, textarea") && !box) {
      if (e.key === "Escape") { e.preventDefault(); e.stopImmediatePropagation(); rows()[current()]?.querySelector("a").focus(); }
      return; // Enter in a field sends its form
    }
    if (e.target.matches?.("button, summary") && (e.key === "Enter" || e.key === " ")) return;
    const link = e.target.closest?.("a");
    if (link && e.key === "Enter" && !link.closest("[data-bench-lines] tr.is-now")) return; // a link is followed; on the chosen line Enter confirms
    if (box && e.key === " ") return; // ticks
    if (act(e.key)) { e.preventDefault(); e.stopImmediatePropagation(); }
  }, true);
  document.addEventListener("click", (e) => {
    const link = e.target.closest?.("[data-bench] a");
    if (!link || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || new URL(link.href).pathname !== location.pathname.replace(/\/lines\/.*/, "")) return;
    e.preventDefault();
    show(link.href);
  });
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || !form.matches?.("[data-bench] form")) return;
    e.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    if (form.method === "get") show(`${form.action}?${fields}`);
    else if (!form.dataset.sent) { // a second Enter while the answer is under way says nothing new
      form.dataset.sent = "1";
      show(form.action, { method: "POST", body: fields }).finally(() => delete form.dataset.sent);
    }
  });
  document.addEventListener("change", (e) => { if (e.target.closest?.("[data-bench]")) tell(); });
  addEventListener("popstate", () => { if (bench()) show(location.href, undefined, true); });
  settle(Boolean(document.querySelector('[data-bench] [aria-invalid="true"], [data-bench] .faults')));
}
