// Draws the charts of a report: each from the data beside it, and again when the page turns dark or
// becomes wider. Without this, each chart's table says the same.

import * as echarts from "echarts/core";
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapContinuousComponent, VisualMapPiecewiseComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import type { Bars, Distribution, Grid, Series } from "./document.ts";
import { heatmap, MANY_CELLS } from "./heatmap.ts";
import { bars, distribution, type Drawn, type Frame, grid, series } from "./options.ts";
import { theme } from "./theme.ts";

echarts.use([
  AriaComponent,
  BarChart,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  SVGRenderer,
  TooltipComponent,
  VisualMapContinuousComponent,
  VisualMapPiecewiseComponent,
]);

interface Chart {
  place: HTMLElement;
  draw: (frame: Frame) => Drawn | null;
}

function charts(): Chart[] {
  return [...document.querySelectorAll<HTMLElement>(".chart")].map((place) => {
    const data: unknown = JSON.parse(place.parentElement?.querySelector("script.data")?.textContent ?? "null");
    return { place, draw: (frame) => drawn(place, data, frame) };
  });
}

/** What to draw; null if it is drawn already. */
function drawn(place: HTMLElement, data: unknown, frame: Frame): Drawn | null {
  switch (place.dataset["kind"]) {
    case "series":
      return series(data as Series, frame);
    case "distribution":
      return distribution(data as Distribution, frame);
    case "bars":
      return bars(data as Bars, frame);
    case "grid": {
      const of = data as Grid;
      if (of.rows.length * of.columns.length <= MANY_CELLS) {
        return grid(of, frame);
      }
      heatmap(place, of, frame);
      return null;
    }
    default:
      throw new Error(`no chart of the kind ${place.dataset["kind"]}`);
  }
}

function draw(all: Chart[]): void {
  const colours = theme();
  for (const { place, draw } of all) {
    const result = draw({ width: place.clientWidth, theme: colours });
    if (result !== null) {
      place.style.height = `${result.height}px`;
      const chart = echarts.getInstanceByDom(place) ?? echarts.init(place, null, { renderer: "svg" });
      chart.resize();
      chart.setOption(result.option, true);
    }
  }
}

// Without scripts there is no place for charts.
document.documentElement.dataset["scripts"] = "on";
let all = charts();
draw(all);
// With charts to look at, tables wait to be asked for.
document.querySelectorAll<HTMLDetailsElement>("figure > details").forEach((table) => table.open = false);

const again = () => draw(all);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) {
    width = innerWidth;
    requestAnimationFrame(again);
  }
});
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((details) => details.open = true);
  again();
});
// A page on which charts come and go says so.
document.addEventListener("nestwalk-charts", () => {
  for (const { place } of all) {
    if (!place.isConnected) {
      echarts.getInstanceByDom(place)?.dispose();
    }
  }
  all = charts();
  draw(all);
});
document.documentElement.dataset["drawn"] = String(all.length);
