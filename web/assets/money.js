// Money: digits are grouped while typing, and amounts on the page follow one unit. The exact value never leaves its attribute.

export const group = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ".");

// A typed or pasted amount as "-1234567", or null when it is no whole number of đồng.
export function exact(text) {
  const s = text.trim().replace(/[\s\u00a0]|đ$/g, "").replace(/^\((.+)\)$/, "-$1");
  const m = /^(-?)(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+)$/.exec(s);
  return m && m[1] + (m[2].replace(/\D/g, "").replace(/^0+(?=\d)/, ""));
}

export function groupInput(input) {
  const { value, selectionStart } = input;
  if (/[^\d.\s-]/.test(value)) return; // something else is being typed: the server says what is wrong
  const after = value.slice(selectionStart).replace(/\D/g, "").length;
  const shown = (value.trim().startsWith("-") ? "-" : "") + group(value.replace(/\D/g, ""));
  if (shown === value) return;
  input.value = shown;
  if (document.activeElement !== input) return;
  let at = shown.length;
  for (let left = after; left > 0 && at > 0; at--) if (/\d/.test(shown[at - 1])) left--;
  input.setSelectionRange(at, at);
}

document.addEventListener("input", (e) => { if (e.target.matches?.("[data-money]")) groupInput(e.target); });
for (const input of document.querySelectorAll("[data-money]")) groupInput(input);

// In triệu and tỷ: rounded for the eye with integers only, half away from zero.
export function inUnit(value, unit) {
  const v = BigInt(value), size = BigInt(unit), sign = v < 0n ? "-" : "", abs = v < 0n ? -v : v;
  if (size === 1n) return sign + group(String(abs));
  const places = size === 1000000n ? 1n : 3n, scale = 10n ** places;
  const n = (abs * scale * 2n + size) / (size * 2n);
  const rest = String(n % scale).padStart(Number(places), "0");
  return (n ? sign : "") + group(String(n / scale)) + "," + rest;
}

const bar = document.querySelector("[data-units]");
function showUnit(unit) {
  const button = [...bar.children].find((b) => b.value === unit) ?? bar.firstElementChild;
  for (const b of bar.children) b.setAttribute("aria-pressed", String(b === button));
  for (const d of document.querySelectorAll("data.money")) {
    d.dataset.words ??= d.title;
    d.textContent = inUnit(d.value, button.value);
    d.title = `${inUnit(d.value, "1")} đ – ${d.dataset.words}`;
  }
  for (const u of document.querySelectorAll("[data-unit]")) u.textContent = button.textContent;
}
if (bar && document.querySelector("data.money")) {
  bar.hidden = false;
  showUnit(localStorage.getItem("unit") ?? "1");
  bar.addEventListener("click", (e) => {
    if (!e.target.value) return;
    localStorage.setItem("unit", e.target.value);
    showUnit(e.target.value);
  });
}
