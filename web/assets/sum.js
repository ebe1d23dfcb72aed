// A sum told while its parts are typed: percentages that must make 100 together.
import { exact, group } from "./money.js";
const hundredths = (text) => {
  const m = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  return m ? Number(m[1]) * 100 + Number((m[2] ?? "").padEnd(2, "0")) : 0;
};
const percent = (n) => `${Math.floor(n / 100)},${String(n % 100).padStart(2, "0").replace(/0$/, "")} %`; // one decimal as the server writes it, a second where it says more

for (const out of document.querySelectorAll("[data-sum]")) {
  const table = out.closest("table"), note = table.querySelector("[data-sum-note]"), whole = Number(out.dataset.sum) * 100;
  table.addEventListener("input", () => tell());
  table.addEventListener("change", () => tell());
  const tell = () => {
    let sum = 0;
    for (const part of table.querySelectorAll("[data-sum-part]")) if (!part.closest("tr").querySelector("input[type=checkbox]")?.checked) sum += hundredths(part.value);
    out.textContent = percent(sum);
    note.textContent = sum === whole ? note.dataset.whole : (sum < whole ? note.dataset.missing : note.dataset.over).replace("{}", percent(Math.abs(whole - sum)));
  };
}

// A payout order's sum while cases are ticked: amounts, or shares of what is left, less the fund.
for (const note of document.querySelectorAll("[data-order-sum]")) {
  const form = note.closest("form");
  const part = (row) => {
    const input = row.querySelector("input[data-left]"), left = BigInt(input?.dataset.left ?? row.dataset.amount ?? "0");
    if (!input) return left;
    if (input.value.includes("%")) return (left * BigInt(hundredths(input.value)) + 5000n) / 10000n;
    const typed = exact(input.value);
    return typed ? BigInt(typed) : 0n;
  };
  form.addEventListener("input", () => {
    let count = 0, sum = 0n;
    for (const tick of form.querySelectorAll("input[name=pick]:checked, input[name=again]:checked")) {
      count++;
      sum += part(tick.closest("tr"));
    }
    const say = (what, n) => { const at = note.querySelector(`[data-sum-${what}]`); if (at) at.textContent = n < 0n ? "-" + group(String(-n)) : group(String(n)); };
    say("count", BigInt(count));
    say("amount", sum);
    const left = note.querySelector("[data-sum-left]");
    if (left) {
      const after = BigInt(left.dataset.sumLeft) - sum + BigInt([...form.querySelectorAll("input[name=again]:checked")].reduce((n, t) => n + Number(t.closest("tr").dataset.amount), 0));
      say("left", after);
      note.querySelector("[data-sum-short]").hidden = after >= 0n;
    }
  });
}
