// Charts of a document as options of ECharts: what is data there is data here, and no figure is
// computed.

import type { EChartsOption } from "echarts/core";
import { type Bars, type Distribution, figure, type Grid, label, type Measure, type Series } from "./document.ts";
import { better, depth, heading, text } from "./figures.ts";
import { inkOn, paler, type Theme } from "./theme.ts";

const NARROW = 520;
const MOST_LEGEND_ROWS = 4;
// What a grid of words has where nothing is to be had.
const NONE = "none";

/** How much room a chart has and needs. */
export interface Frame {
  width: number;
  theme: Theme;
}

/** A chart's options and height. */
export interface Drawn {
  option: EChartsOption;
  height: number;
}

function common(frame: Frame, names: string[]): EChartsOption {
  const { theme } = frame;
  return {
    animation: false,
    backgroundColor: "transparent",
    color: theme.colours,
    textStyle: { fontFamily: "system-ui, sans-serif", color: theme.ink, fontSize: 12 },
    aria: { enabled: false },
    legend: names.length > 1
      ? {
        data: names,
        top: 0,
        left: 0,
        type: legendRows(names, frame) > MOST_LEGEND_ROWS ? "scroll" : "plain",
        textStyle: { color: theme.ink },
        pageIconColor: theme.ink,
        pageIconInactiveColor: theme.line,
        pageTextStyle: { color: theme.ink },
        itemGap: 12,
      }
      : { show: false },
  };
}

/** About how wide `name` is. */
function wide(name: string): number {
  return 6.8 * name.length + 3.8 * (name.match(/[MWmw%@]/g)?.length ?? 0);
}

function legendRows(names: string[], frame: Frame): number {
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const width = wide(name) + 46;
    if (used > 0 && used + width > frame.width) {
      rows++;
      used = 0;
    }
    used += width;
  }
  return rows;
}

/** The height of a legend; 0 if there is none. */
function legendHeight(names: string[], frame: Frame): number {
  const rows = legendRows(names, frame);
  return names.length < 2 ? 0 : 26 * (rows > MOST_LEGEND_ROWS ? 1 : rows) + 6;
}

/** Bytes are counted in powers of two: so are the lines of an axis of them. */
function steps(measure: Measure, most: number): EChartsOption {
  if (measure.unit !== "bytes" || !(most > 0)) {
    return {};
  }
  if (measure.scale === "LOGARITHMIC") {
    return { logBase: 2 };
  }
  const interval = 2 ** Math.ceil(Math.log2(most / 6));
  return { interval, max: interval * Math.ceil(most / interval) };
}

function tooltip(frame: Frame): EChartsOption {
  const { theme } = frame;
  return { confine: true, backgroundColor: theme.paper, borderColor: theme.line, textStyle: { color: theme.ink, fontSize: 12 } };
}

function axis(measure: Measure, frame: Frame, place: "x" | "y", most: number): EChartsOption {
  const { theme } = frame;
  return {
    type: measure.scale === "LOGARITHMIC" ? "log" : "value",
    name: heading(measure) + (place === "y" ? better(measure) : ""),
    nameLocation: place === "x" ? "middle" : "end",
    nameGap: place === "x" ? 30 : 12,
    nameTextStyle: { color: theme.ink, align: place === "y" ? "left" : "center", padding: 0 },
    axisLabel: { color: theme.faint, formatter: (value: number) => text(value, measure), hideOverlap: true },
    axisLine: { show: place === "x", lineStyle: { color: theme.line } },
    splitLine: { lineStyle: { color: theme.line, opacity: 0.6 } },
    minorTick: { show: false },
    splitNumber: frame.width < NARROW && place === "x" ? 3 : 5,
    ...steps(measure, most),
  };
}

/** Where the axes are: below the legend and the name of an axis that goes up. */
function plot(frame: Frame, names: string[], left: number): EChartsOption {
  return { left, right: frame.width < NARROW ? 14 : 28, top: legendHeight(names, frame) + 30, bottom: 50 };
}

/** Room to the left for the figures of an axis up to `most`. */
function room(measure: Measure, most: number): number {
  return Math.max(34, Math.max(...[1, 0.75, 0.37].map((part) => wide(text(part * most, measure)))) + 14);
}

/** On a logarithmic axis there is no 0. */
function shown(value: number, measure: Measure): number | null {
  return measure.scale === "LOGARITHMIC" && value <= 0 ? null : value;
}

export function series(data: Series, frame: Frame): Drawn {
  const names = data.lines.map((line) => line.name);
  const points = data.lines.flatMap((line) => line.points);
  const mostX = Math.max(...points.map((point) => point.x));
  const mostY = Math.max(...points.map((point) => point.y));
  const fromZero = data.x.scale === "LINEAR" && points.every((point) => point.x >= 0);
  const few = data.lines.every((line) => line.points.length <= 40);
  return {
    height: 290 + legendHeight(names, frame),
    option: {
      ...common(frame, names),
      grid: plot(frame, names, room(data.y, mostY)),
      tooltip: {
        ...tooltip(frame),
        trigger: "axis",
        valueFormatter: (value: unknown) => typeof value === "number" ? withUnit(value, data.y) : "",
        axisPointer: { label: { formatter: (at: { value: number }) => withUnit(at.value, data.x) } },
      },
      xAxis: { ...axis(data.x, frame, "x", 0), min: fromZero ? 0 : "dataMin", max: mostX, splitLine: { show: false } },
      yAxis: axis(data.y, frame, "y", mostY),
      series: data.lines.map((line, index) => ({
        type: "line",
        name: line.name,
        showSymbol: few,
        symbol: ["circle", "rect", "triangle", "diamond"][index % 4],
        symbolSize: 6,
        lineStyle: { width: 2, type: index % 8 < 4 ? "solid" : "dashed" },
        areaStyle: data.form === "BANDS" && data.lines.length === 1 ? { opacity: 0.2 } : undefined,
        data: line.points.filter((point) => shown(point.x, data.x) !== null).map((point) => [point.x, shown(point.y, data.y)]),
      })),
    },
  };
}

function withUnit(value: number, measure: Measure): string {
  const own = text(value, measure);
  return heading(measure) === measure.name || measure.unit === "" ? own : `${own} ${measure.unit}`;
}

export function distribution(data: Distribution, frame: Frame): Drawn {
  return data.parts.some((part) => part.bins.length > 0) ? histogram(data, frame) : percentiles(data, frame);
}

/** Each bin as wide as it is, as the outline of its bars. */
function histogram(data: Distribution, frame: Frame): Drawn {
  const names = data.parts.map((part) => part.name);
  const most = Math.max(...data.parts.flatMap((part) => part.bins.map((bin) => bin.count)));
  return {
    height: 290 + legendHeight(names, frame),
    option: {
      ...common(frame, names),
      grid: plot(frame, names, room(data.counts, most)),
      tooltip: {
        ...tooltip(frame),
        trigger: "axis",
        valueFormatter: (value: unknown) => typeof value === "number" ? withUnit(value, data.counts) : "",
        axisPointer: { label: { formatter: (at: { value: number }) => withUnit(at.value, data.values) } },
      },
      xAxis: { ...axis(data.values, frame, "x", 0), name: heading(data.values) + better(data.values), min: "dataMin", max: "dataMax", splitLine: { show: false } },
      yAxis: axis(data.counts, frame, "y", most),
      series: data.parts.map((part) => ({
        type: "line",
        name: part.name,
        step: "end",
        showSymbol: false,
        lineStyle: { width: 2 },
        areaStyle: { opacity: 0.18 },
        data: part.bins.flatMap((bin, index) =>
          index === part.bins.length - 1 ? [[bin.from, bin.count], [bin.to, bin.count]] : [[bin.from, bin.count]]
        ),
      })),
    },
  };
}

/** A line for each kind, over the percentiles. */
function percentiles(data: Distribution, frame: Frame): Drawn {
  const names = data.parts.map((part) => part.name);
  const percents = [...new Set(data.parts.flatMap((part) => part.percentiles.map((one) => one.part)))].sort((a, b) => a - b);
  const positive = data.parts.every((part) => part.percentiles.every((one) => one.value > 0));
  const values: Measure = { ...data.values, scale: positive ? "LOGARITHMIC" : "LINEAR" };
  return {
    height: 280 + legendHeight(names, frame),
    option: {
      ...common(frame, names),
      grid: plot(frame, names, 70),
      tooltip: {
        ...tooltip(frame),
        trigger: "axis",
        valueFormatter: (value: unknown) => typeof value === "number" ? withUnit(value, values) : "",
      },
      xAxis: {
        type: "category",
        name: "part that is no greater",
        nameLocation: "middle",
        nameGap: 30,
        nameTextStyle: { color: frame.theme.ink },
        axisLabel: { color: frame.theme.faint },
        axisLine: { lineStyle: { color: frame.theme.line } },
        data: percents.map((part) => part === 1 ? "all" : `${Number((100 * part).toFixed(4))} %`),
      },
      yAxis: axis(values, frame, "y", 0),
      series: data.parts.map((part, index) => ({
        type: "line",
        name: part.name,
        symbol: ["circle", "rect", "triangle", "diamond"][index % 4],
        symbolSize: 8,
        lineStyle: { width: 2, type: index % 8 < 4 ? "solid" : "dashed" },
        data: percents.map((percent) => part.percentiles.find((one) => one.part === percent)?.value ?? null),
      })),
    },
  };
}

/** A colour for each part: one for each group, paler for those before its last. */
function partColours(data: Bars, theme: Theme): string[] {
  const groups = data.parts.map((part, index) => part.group === "" ? `part ${index}` : `group ${part.group}`);
  const kinds = [...new Set(groups)];
  return groups.map((group, index) => {
    const colour = theme.colours[kinds.indexOf(group) % theme.colours.length]!;
    const size = groups.filter((other) => other === group).length;
    const after = groups.slice(index + 1).filter((other) => other === group).length;
    return paler(colour, size === 1 ? 0 : (0.7 * after) / (size - 1), theme.paper);
  });
}

export function bars(data: Bars, frame: Frame): Drawn {
  const names = data.parts.map((part) => `${part.group} ${part.name}`.trim());
  const stacked = data.form === "STACKED";
  const each = stacked || names.length === 1 ? 30 : 15 * names.length + 12;
  const left = Math.min(frame.width * 0.42, Math.max(...data.rows.map((row) => wide(row.name))) + 18);
  const lines = Math.max(...data.rows.map((row) => Math.ceil(wide(row.name) / (left - 12))));
  const sums = data.rows.map((row) => row.cells.map((cell) => figure(cell) ?? 0));
  const most = Math.max(...sums.map((row) => stacked ? row.reduce((sum, value) => sum + value, 0) : Math.max(...row)));
  const colours = partColours(data, frame.theme);
  return {
    height: Math.max(each, 15 * lines + 6) * data.rows.length + legendHeight(names, frame) + 70,
    option: {
      ...common(frame, names),
      color: colours,
      grid: { ...plot(frame, names, left), top: legendHeight(names, frame) + 8 },
      tooltip: {
        ...tooltip(frame),
        trigger: "axis",
        axisPointer: { type: "shadow" },
        valueFormatter: (value: unknown) => typeof value === "number" ? withUnit(value, data.values) : "",
      },
      xAxis: {
        ...axis(data.values, frame, "x", most),
        name: heading(data.values) + better(data.values),
        // Factors are longer or shorter than 1.
        startValue: data.values.scale === "LOGARITHMIC" ? 1 : 0,
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: data.rows.map((row) => row.name),
        axisLabel: { color: frame.theme.ink, width: left - 12, overflow: "break", lineHeight: 14, interval: 0 },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: frame.theme.line } },
      },
      series: names.map((name, index) => ({
        type: "bar",
        name,
        stack: stacked ? "all" : undefined,
        barMaxWidth: 22,
        itemStyle: { borderColor: frame.theme.paper, borderWidth: stacked ? 1 : 0 },
        data: data.rows.map((row) => {
          const cell = row.cells[index];
          return cell === undefined ? null : figure(cell);
        }),
      })),
    },
  };
}

/** The colour of a word. */
function wordColour(kinds: string[], index: number, theme: Theme): string {
  return kinds[index] === NONE ? theme.line : theme.colours[index % theme.colours.length]!;
}

export function grid(data: Grid, frame: Frame): Drawn {
  const columns = data.columns.map(label);
  const rows = data.rows.map((row) => label(row.label));
  const words = data.form === "WORDS";
  const kinds = words ? [...new Set(data.rows.flatMap((row) => row.cells.map((cell) => cell.text)))].filter((kind) => kind !== "") : [];
  const shade = (value: number | null) => value === null ? null : depth(value, data.cells);
  const cells = data.rows.flatMap((row, y) => row.cells.map((cell, x) => [x, y, words ? kinds.indexOf(cell.text) : shade(figure(cell))]));
  const figures = data.rows.flatMap((row) => row.cells.map(figure)).filter((value): value is number => value !== null);
  const shades = cells.map((cell) => cell[2]).filter((value): value is number => typeof value === "number");
  const { theme } = frame;
  const small = rows.length > 20 || columns.length > 20;
  const named = (measure: Measure) => ({ name: heading(measure), nameTextStyle: { color: theme.ink } });
  return {
    height: Math.max(200, (small ? 14 : 30) * rows.length + (words ? 150 : 170)),
    option: {
      ...common(frame, []),
      grid: {
        left: Math.min(frame.width * 0.4, Math.max(30, ...rows.map(wide)) + 16),
        right: 24,
        top: words ? legendHeight([...kinds, ""], frame) + 36 : 34,
        bottom: words ? 50 : 100,
      },
      tooltip: {
        ...tooltip(frame),
        formatter: (at: { value: [number, number, number] }) => {
          const [x, y] = at.value;
          return escaped(`${rows[y]}, ${columns[x]}: ${data.rows[y]?.cells[x]?.text ?? ""}`);
        },
      },
      xAxis: { type: "category", data: columns, ...named(data.across), nameLocation: "middle", nameGap: 30, axisLabel: { color: theme.faint }, axisTick: { show: false }, axisLine: { show: false } },
      yAxis: { type: "category", data: rows, inverse: true, ...named(data.down), nameLocation: "start", axisLabel: { color: theme.faint }, axisTick: { show: false }, axisLine: { show: false } },
      visualMap: words
        ? {
          type: "piecewise",
          orient: "horizontal",
          left: 0,
          top: 0,
          selectedMode: false,
          showLabel: true,
          textStyle: { color: theme.ink },
          pieces: kinds.map((kind, index) => ({ value: index, label: kind, color: wordColour(kinds, index, theme) })),
        }
        : {
          type: "continuous",
          min: Math.min(0, ...shades),
          max: Math.max(...shades),
          orient: "horizontal",
          left: "center",
          bottom: 0,
          calculable: false,
          text: [text(Math.max(...figures), data.cells) + better(data.cells), text(Math.min(0, ...figures), data.cells)],
          textStyle: { color: theme.ink },
          inRange: { color: theme.shades },
        },
      series: [{
        type: "heatmap",
        data: cells.map((value) => ({ value, label: words ? { color: inkOn(wordColour(kinds, value[2] ?? 0, theme)) } : {} })),
        itemStyle: { borderColor: theme.paper, borderWidth: small ? 0.5 : 2 },
        label: { show: words && !small && frame.width >= NARROW, fontWeight: 600, formatter: (at: { value: [number, number, number] }) => kinds[at.value[2]] ?? "" },
        emphasis: { itemStyle: { borderColor: theme.ink } },
      }],
    },
  };
}

function escaped(plainText: string): string {
  return plainText.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
