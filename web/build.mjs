// Builds dist/: style, scripts and fonts with hashed names, manifest.json (logical name → file) and LEGAL.txt.
import { build } from "esbuild";
import { readFile, writeFile, readdir, rm, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const out = path.join(here, "dist");
const find = createRequire(import.meta.url).resolve;

// Parts of Tabler that no page of ours has. Everything else stays: pages may use any of its classes.
const unused = /^\.(?:carousel|empty|chart|offcanvas|toast|popover|placeholder|apexcharts|jvm|jsvectormap|litepicker|ts-|tom-select|dropzone|dz-|tox|plyr|noUi|fslightbox|flag|payment|social|chat|avatar|ribbon|page-wrapper|page-body|navbar|nav-tabs|accordion|wizard|ticker|hero|pricing|markdown|fc-|fullcalendar|star-rating|gl-star|signature|switch-icon|icon-|animate|steps|step-item|datagrid|divider|browser|typed|stamp|card-stamp|segmented|tracking|turbo|sticky-top|link-|text-bg-|bg-gradient|btn-(?:facebook|twitter|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler|blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|gray|x\b)|(?:bg|text|border|badge|alert|status|table|list-group-item|legend|steps|form-colorinput|card-status)-[a-z]*-?(?:blue|azure|indigo|purple|pink|orange|yellow|lime|teal|cyan|facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler))/;

// Cuts a style sheet into its top-level rules: [head, body] with the body's braces left out.
function rules(css) {
  const found = [];
  let depth = 0, start = 0, open = 0, quote = "";
  for (let i = 0; i < css.length; i++) {
    const c = css[i];
    if (quote) { if (c === "\\") i++; else if (c === quote) quote = ""; continue; }
    if (c === '"' || c === "'") quote = c;
    else if (c === "{" && depth++ === 0) open = i;
    else if (c === "}" && --depth === 0) { found.push([css.slice(start, open), css.slice(open + 1, i)]); start = i + 1; }
    else if (c === ";" && depth === 0) { found.push([css.slice(start, i + 1), ""]); start = i + 1; }
  }
  return found;
}

// The selectors of a rule that some page may use; a comma inside brackets parts nothing.
function keep(head) {
  const parts = [];
  let depth = 0, from = 0;
  for (let i = 0; i <= head.length; i++) {
    if (head[i] === "(") depth++;
    else if (head[i] === ")") depth--;
    else if (i === head.length || (head[i] === "," && depth === 0)) { parts.push(head.slice(from, i)); from = i + 1; }
  }
  return parts.filter((s) => !unused.test(s.trim()) && !s.includes(".navbar")).join(",");
}

function trim(css) {
  return rules(css).map(([head, body]) => {
    if (!body) return head;
    if (head.startsWith("@media") || head.startsWith("@supports")) return body ? `${head}{${trim(body)}}` : "";
    if (head.startsWith("@")) return `${head}{${body}}`;
    const left = keep(head);
    return left ? `${left}{${body}}` : "";
  }).join("");
}

// Tabler is dark by attribute only; the same rules for people whose system is dark and who chose nothing.
function darkBySystem(css) {
  const dark = rules(css).filter(([head, body]) => body && !head.startsWith("@") && /\[data-bs-theme=["']?dark["']?\]/.test(head) && !head.includes(":not("));
  const text = dark.map(([head, body]) => `${head.replace(/(?::root|html|body)?\[data-bs-theme=["']?dark["']?\]/g, ":root:not([data-bs-theme])")}{${body}}`).join("");
  return `@media (prefers-color-scheme:dark){${text}}`;
}

const tabler = {
  name: "tabler",
  setup(b) {
    b.onResolve({ filter: /^tabler$/ }, () => ({ path: find("@tabler/core/dist/css/tabler.min.css"), namespace: "tabler" }));
    b.onLoad({ filter: /.*/, namespace: "tabler" }, async ({ path: file }) => {
      const whole = await readFile(file, "utf8");
      const legal = whole.match(/\/\*![\s\S]*?\*\//)?.[0] ?? "";
      const css = trim(whole.replace(/\/\*[\s\S]*?\*\//g, "").replace(/@charset "[^"]*";/, ""));
      return { contents: legal + css + darkBySystem(css), loader: "css", resolveDir: path.dirname(file) };
    });
  },
};

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) if (name !== "README.md") await rm(path.join(out, name), { recursive: true });

const result = await build({
  absWorkingDir: here, outdir: out, bundle: true, minify: true, format: "esm", target: ["es2022", "chrome100", "firefox100", "safari15.4"],
  entryPoints: { app: "assets/app.js", chart: "assets/chart.js", style: "assets/app.css" },
  entryNames: "[name]-[hash]", assetNames: "[name]-[hash]", legalComments: "linked", metafile: true, plugins: [tabler],
  loader: { ".woff2": "file", ".svg": "dataurl" }, logLevel: "warning",
});

const manifest = {};
for (const [file, { entryPoint }] of Object.entries(result.metafile.outputs)) {
  if (entryPoint) manifest[path.basename(entryPoint)] = path.basename(file);
}
await writeFile(path.join(out, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");

const packages = ["@tabler/core", "@tabler/icons", "@fontsource/be-vietnam-pro", "@fontsource/inter", "echarts", "zrender", "tslib"];
let legal = "What is bundled in these files, and its licence.\n";
for (const name of packages) {
  const dir = path.join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(path.join(dir, "package.json"), "utf8"));
  const texts = (await readdir(dir, { withFileTypes: true })).filter((f) => f.isFile() && /^(licen[cs]e|copyright|notice)/i.test(f.name)).map((f) => f.name).sort();
  legal += `\n${"=".repeat(100)}\n${name} ${version} (${license})\n\n`;
  if (!texts.length) texts.push("../icons/LICENSE"); // @tabler/core ships no file; same authors, same licence
  for (const f of texts) legal += await readFile(path.join(dir, f), "utf8") + "\n";
}
await writeFile(path.join(out, "LEGAL.txt"), legal);
