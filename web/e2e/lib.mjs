// What every browser test needs: the server of the sample city, a browser, signing in, the accessibility check, pictures.
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const here = path.dirname(fileURLToPath(import.meta.url));
export const password = process.env.MATBANG_DEMO_PASSWORD || "mat-bang-e2e-2023";

const freePort = () => new Promise((done, fail) => {
  const probe = createServer();
  probe.once("error", fail);
  probe.listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => done(port)); });
});

// Starts the binary on an empty data folder, or uses E2E_BASE when a server is already there. Answers { base, stop }.
export async function serve() {
  if (process.env.E2E_BASE) return { base: process.env.E2E_BASE.replace(/\/$/, ""), stop: async () => {} };
  const data = await mkdtemp(path.join(tmpdir(), "matbang-e2e-"));
  const base = `http://127.0.0.1:${await freePort()}`;
  const env = { ...process.env, MATBANG_DATA: data, MATBANG_ADDR: base.slice(7), MATBANG_DEMO_PASSWORD: password };
  delete env.DATABASE_URL;
  const child = spawn(process.env.MATBANG_BIN || path.resolve(here, "../../bin/matbang"), ["serve", "--demo"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "", gone = null;
  for (const out of [child.stdout, child.stderr]) out.on("data", (d) => { log = (log + d).slice(-8000); });
  child.once("error", (e) => { gone = e.message; });
  child.once("exit", (code, signal) => { gone = `exit ${code ?? signal}`; });
  const stop = async () => {
    if (gone === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await ended;
      clearTimeout(hard);
    }
    await rm(data, { recursive: true, force: true });
  };
  for (const end = Date.now() + 120_000; ;) {
    if (gone === null && await fetch(base + "/readyz").then((r) => r.ok, () => false)) return { base, stop };
    if (gone !== null || Date.now() > end) {
      await stop();
      throw new Error(`the server did not become ready (${gone ?? "120 s"}):\n${log}`);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}

// Answers { page(options), close }: each page has its own session, and a policy violation or a script error fails the test that looks at page.faults.
export async function browse(base) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const page = async (options = {}) => {
    const context = await browser.newContext({ baseURL: base, viewport: { width: 1366, height: 768 }, locale: "vi-VN", ...options });
    const p = await context.newPage();
    p.faults = [];
    p.on("pageerror", (e) => p.faults.push(e.message));
    p.on("console", (m) => { if (m.type() === "error" && !m.text().startsWith("Failed to load resource")) p.faults.push(m.text()); });
    return p;
  };
  return { page, close: () => browser.close() };
}

export async function login(page, user, word = password) {
  await page.goto("/login");
  await page.fill("#username", user);
  await page.fill("#password", word);
  await Promise.all([page.waitForNavigation(), page.click("form.login button")]);
}

// Throws with every violation and where it stands.
export async function axe(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  if (!violations.length) return;
  throw new Error(violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n` + v.nodes.map((n) => `    ${n.target.join(" ")}  ${n.html.slice(0, 120)}`).join("\n")).join("\n"));
}

export async function shot(page, name) {
  await mkdir(path.join(here, "shots"), { recursive: true });
  await page.screenshot({ path: path.join(here, "shots", name + ".png") });
}
