// Curves and bars out of the JSON blocks beside them. Text in the tooltip is drawn on the canvas: inline styles are refused by policy.
import * as echarts from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent, AriaComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

const vi = (n, places) => new Intl.NumberFormat("vi-VN", { maximumFractionDigits: places }).format(n);
const shown = { vnd: (v) => vi(v, 0) + " đ", bp: (v) => vi(v / 100, 1) + " %", int: (v) => vi(v, 0) };
const { unitMillion, unitBillion } = document.body.dataset;
const onAxis = { vnd: (v) => (Math.abs(v) >= 1e9 ? `${vi(v / 1e9, 1)} ${unitBillion}` : v ? `${vi(v / 1e6, 1)} ${unitMillion}` : "0"), bp: shown.bp, int: shown.int };

function options(chart, width) {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ink = token("--ink"), grey = token("--ink-2"), line = token("--line"), font = { fontFamily: "Be Vietnam Pro, sans-serif", fontSize: 12, color: ink };
  const say = (v) => (v == null ? "–" : (shown[chart.Unit] ?? shown.int)(v));
  return {
    animation: false, textStyle: font, aria: { enabled: true }, color: [token("--accent"), token("--ok"), token("--warn"), token("--bad"), grey, token("--line-2")],
    grid: { left: 8, right: 16, top: width < 700 && chart.Series.length > 3 ? 50 : 32, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: font, itemHeight: 8, icon: chart.Kind === "bar" ? "rect" : undefined },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: say, confine: true, backgroundColor: token("--bg"), borderColor: token("--line-2"), textStyle: font, shadowBlur: 0 },
    xAxis: { type: "category", data: chart.X, boundaryGap: chart.Kind === "bar", axisLabel: { color: grey }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } },
    yAxis: { type: "value", axisLabel: { color: grey, formatter: onAxis[chart.Unit] ?? onAxis.int }, splitLine: { lineStyle: { color: line } } },
    series: chart.Series.map((s) => ({ name: s.Name, data: s.Data, type: chart.Kind === "bar" ? "bar" : "line", symbolSize: 5, connectNulls: false, barMaxWidth: 28, lineStyle: { width: 2, type: s.Dashed ? "dashed" : "solid" } })),
  };
}

for (const block of document.querySelectorAll("script[data-chart]")) {
  const box = document.querySelector(`[data-chart-for="${CSS.escape(block.dataset.chart)}"]`);
  if (!box) continue;
  box.hidden = false;
  const data = JSON.parse(block.textContent);
  const draw = echarts.init(box, null, { renderer: "canvas" });
  draw.setOption(options(data, box.clientWidth));
  new ResizeObserver(() => draw.resize()).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw.setOption(options(data, box.clientWidth), true));
}
