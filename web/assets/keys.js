// Keys: Ctrl-K searches, j and k walk the rows of a list, data-key presses a button. Never while somebody is typing.
const typing = (el) => el.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

function walk(step) {
  const here = document.activeElement.closest?.("table[data-rows]");
  const table = here ?? document.querySelector("table[data-rows]");
  const links = [...(table?.querySelectorAll("tbody tr") ?? [])].map((r) => r.querySelector("a[href], button, input[type=radio]")).filter(Boolean);
  if (!links.length) return false;
  const row = document.activeElement.closest("tr");
  const at = here ? links.findIndex((l) => row?.contains(l)) : -1;
  const next = links[Math.min(Math.max(at < 0 ? 0 : at + step, 0), links.length - 1)];
  next.focus();
  next.closest("tr").scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k") {
    const search = document.querySelector("[data-search]");
    if (search) { e.preventDefault(); search.focus(); search.select(); }
    return;
  }
  if (e.key === "Escape") document.querySelector("details.who[open]")?.removeAttribute("open");
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector("dialog[open]")) return;
  const inRows = e.target.closest?.("table[data-rows] tr");
  const step = { j: 1, k: -1, ...(inRows && { ArrowDown: 1, ArrowUp: -1 }) }[e.key];
  if (step && walk(step)) return e.preventDefault();
  const act = [...document.querySelectorAll("[data-key]")].find((b) => b.dataset.key === e.key && !b.disabled);
  if (act) { e.preventDefault(); act.click(); }
});

document.addEventListener("click", (e) => {
  const menu = document.querySelector("details.who[open]");
  if (menu && !menu.contains(e.target)) menu.removeAttribute("open");
});
