// Forms: ask before what cannot be taken back, warn before losing work, start at the first wrong field, keep drafts.
const say = (name) => document.body.dataset["say" + name] ?? "";

document.addEventListener("change", (e) => { if (e.target.matches("[data-submit]")) e.target.form.requestSubmit(); });

document.addEventListener("focusout", (e) => {
  if (!e.target.matches?.("[data-date]")) return;
  const m = /^(\d{1,2})[\s./-]?(\d{1,2})[\s./-]?(\d{4})$/.exec(e.target.value.trim());
  if (m) e.target.value = `${m[1].padStart(2, "0")}/${m[2].padStart(2, "0")}/${m[3]}`;
});

function ask(question, label) {
  const box = document.createElement("dialog"), text = document.createElement("p"), acts = document.createElement("div");
  const no = document.createElement("button"), yes = document.createElement("button");
  box.className = "ask"; acts.className = "acts"; no.className = "btn"; yes.className = "btn btn-primary";
  text.textContent = question; text.id = "ask-text"; no.textContent = say("Cancel"); yes.textContent = label || say("Ok");
  box.setAttribute("aria-labelledby", "ask-text");
  acts.append(no, yes); box.append(text, acts); document.body.append(box);
  return new Promise((done) => {
    box.addEventListener("close", () => { box.remove(); done(box.returnValue === "yes"); });
    no.addEventListener("click", () => box.close("no"));
    yes.addEventListener("click", () => box.close("yes"));
    box.showModal();
  });
}

document.addEventListener("submit", async (e) => {
  const button = e.submitter;
  if (e.defaultPrevented || !button?.dataset.confirm || button.dataset.sure) return;
  e.preventDefault();
  if (!await ask(button.dataset.confirm, button.textContent.trim())) return button.focus();
  button.dataset.sure = "1";
  e.target.requestSubmit(button);
  delete button.dataset.sure;
});

// A preview is fetched, so that the chosen file and what was typed stay where they are; without this it is a page of its own.
document.addEventListener("click", async (e) => {
  const button = e.target.closest("button[data-preview]"), place = button && document.getElementById("preview");
  if (!place) return;
  e.preventDefault();
  const body = new FormData(button.form, button); // a disabled button would not say its name
  button.disabled = true;
  try {
    const answer = await fetch(button.getAttribute("formaction") ?? button.form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const faults = page.querySelector("#main .faults"), seen = page.getElementById("preview");
    place.replaceChildren(...(seen?.childNodes.length ? seen.childNodes : [faults ?? document.createTextNode(say("Lost"))]));
    for (const b of page.querySelectorAll("button[name=act]")) document.querySelectorAll(`button[name=act][value="${b.value}"]`).forEach((mine) => { mine.className = b.className; }); // what comes next stands out
    place.scrollIntoView({ block: "start" });
  } catch {
    place.textContent = say("Lost");
  }
  button.disabled = false;
});

const dirty = new Set();
document.addEventListener("input", (e) => { const form = e.target.form; if (form?.matches("[data-guard]")) dirty.add(form); });
document.addEventListener("submit", (e) => queueMicrotask(() => { if (!e.defaultPrevented) dirty.delete(e.target); }));
document.addEventListener("kept", (e) => dirty.delete(e.target));
addEventListener("beforeunload", (e) => { if (dirty.size) e.preventDefault(); });

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const note = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  const tell = (text) => { if (note) note.textContent = text; };
  let timer, round = 0;
  const save = async () => {
    const mine = ++round;
    tell(say("Saving"));
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
      if (!answer.ok) throw new Error(String(answer.status));
      if (mine !== round) return;
      dirty.delete(form);
      tell(say("Saved").replace("{0}", new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })));
    } catch {
      tell(say("Unsaved"));
      if (mine === round) timer = setTimeout(save, 15000);
    }
  };
  form.addEventListener("input", () => { round++; clearTimeout(timer); timer = setTimeout(save, 2000); });
  form.addEventListener("submit", () => queueMicrotask(() => clearTimeout(timer)));
}

// A sentence of the summary is named after its field, and stands in the order of the page.
const names = [...document.querySelectorAll(".faults li > a[href^='#']")].map((link) => ({ link, field: document.getElementById(link.hash.slice(1)) })).filter(({ field }) => field);
for (const { link, field } of names) {
  const label = field.getAttribute("aria-label") ?? [...field.labels ?? []].map((l) => l.firstChild?.textContent.trim()).find(Boolean);
  if (label && link.parentElement.firstChild === link && !link.textContent.startsWith(label)) link.prepend(`${label}: `);
}
names.sort((a, b) => (a.field.compareDocumentPosition(b.field) & 4 ? -1 : 1)).forEach(({ link }) => link.closest("ul").append(link.parentElement));

const wrong = document.querySelector('main [aria-invalid="true"]') ?? document.querySelector(".faults");
wrong?.focus();
if (wrong?.select) wrong.select();

const offline = document.querySelector("[data-offline]");
const online = () => { if (offline) offline.hidden = navigator.onLine; };
addEventListener("online", online);
addEventListener("offline", online);
online();
