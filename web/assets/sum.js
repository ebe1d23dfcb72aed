// A sum told while its parts are typed: percentages that must make 100 together.
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
