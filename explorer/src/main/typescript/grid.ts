// The grid of a walk: guest levels down, second-level references across, each cell one memory reference.

import { svg, whole } from "./dom.ts";
import type { Step, View } from "./engine.ts";

interface Sizes {
  label: number;
  width: number;
  height: number;
  gap: number;
}

const WIDE: Sizes = { label: 118, width: 96, height: 54, gap: 12 };
const NARROW: Sizes = { label: 50, width: 54, height: 46, gap: 5 };

/** Those steps that have a cell, by their cell. */
function cells(view: View): Map<string, number[]> {
  const found = new Map<string, number[]>();
  view.steps.forEach((step, i) => {
    if (step.kind === "reference" || step.kind === "skipped") {
      const key = `${step.row}.${step.column}`;
      found.set(key, [...(found.get(key) ?? []), i]);
    }
  });
  return found;
}

/**
 * @param at index of the step that was made last, -1 for none
 * @param jump shows the state after a step
 */
export function grid(view: View, at: number, narrow: boolean, jump: (step: number) => void): SVGElement {
  const size = narrow ? NARROW : WIDE;
  const columns = [...view.columns.map((column) => ({ level: column.level, name: column.name })), { level: 0, name: view.columns.length > 0 ? "guest entry" : "entry" }];
  const top = 24;
  const x = (column: number) => size.label + column * (size.width + size.gap);
  const y = (row: number) => top + row * (size.height + size.gap);
  const width = x(columns.length) - size.gap + 2;
  const height = y(view.rows.length) - size.gap + 2;
  const picture = svg("svg", {
    class: "grid",
    viewBox: `0 0 ${width} ${height}`,
    role: "group",
    "aria-label": "Memory references of the walk: rows are guest levels, columns second-level entries",
    style: `max-width: ${width}px`,
  });
  columns.forEach((column, i) =>
    picture.append(svg("text", { class: "label", x: x(i) + size.width / 2, y: 15, "text-anchor": "middle" }, narrow ? short(column.name) : column.name))
  );
  const found = cells(view);
  const current = view.steps[at];
  view.rows.forEach((row, r) => {
    const isCurrent = current !== undefined && current.row === row.level;
    picture.append(svg("text", { class: isCurrent ? "label now" : "label", x: 0, y: y(r) + size.height / 2 + (narrow || row.address === null ? 4 : -2) }, narrow ? short(row.name) : row.name));
    if (!narrow && row.address !== null) {
      picture.append(svg("text", { class: "small", x: 0, y: y(r) + size.height / 2 + 14 }, `gpa ${tail(row.address)}`));
    }
    columns.forEach((column, c) => {
      const steps = found.get(`${row.level}.${column.level}`);
      if (steps === undefined) {
        if (column.level === 0 && row.level === 0) {
          picture.append(target(view, at, x(c), y(r), size));
        }
        return;
      }
      if (c > 0 && found.has(`${row.level}.${columns[c - 1]!.level}`)) {
        const middle = y(r) + size.height / 2;
        picture.append(svg("path", { class: "arrow", d: `M${x(c) - size.gap} ${middle}h${size.gap - 1}m-3 -3l3 3l-3 3` }));
      }
      // A step may be made twice where a walk is repeated; the last of those made is shown.
      const shown = steps.filter((step) => step <= at).pop() ?? steps[0]!;
      picture.append(cell(view, view.steps[shown]!, shown, at, x(c), y(r), size, narrow, jump));
    });
  });
  return picture;
}

function cell(view: View, step: Step, index: number, at: number, x: number, y: number, size: Sizes, narrow: boolean, jump: (step: number) => void): SVGElement {
  const last = view.steps.findLastIndex((other) => other.kind === "reference");
  const fails = view.fault !== null && index === last && at >= index;
  const state = index > at ? "ahead" : isAt(view, index, at) ? "now" : "done";
  const skipped = step.kind === "skipped";
  const words = skipped
    ? `${step.name} for the ${step.purpose}: not read, the ${step.from} has it`
    : `Reference ${step.number}: ${step.name} for the ${step.purpose}, ${step.cycles} cycles from ${step.from}${fails ? ", the walk ends here in a fault" : ""}`;
  const group = svg("g", {
    class: `cell ${state} ${skipped ? "skipped" : step.column === 0 ? "guest" : "second"} ${fails ? "fails" : ""}`,
    role: "button",
    tabindex: state === "now" || (at < 0 && step.number === 1) ? 0 : -1,
    "aria-label": words,
    "data-step": index,
    "data-number": step.number ?? "",
  });
  const middle = x + size.width / 2;
  group.append(
    svg("title", {}, words),
    svg("rect", { x: x + 1, y: y + 1, width: size.width - 2, height: size.height - 2, rx: 6 }),
    svg("text", { class: "number", x: middle, y: y + size.height / 2 - 2, "text-anchor": "middle" }, skipped ? "--" : String(step.number)),
    svg("text", { class: "small", x: middle, y: y + size.height / 2 + 16, "text-anchor": "middle" }, skipped ? (narrow ? "cached" : step.from) : narrow ? `${step.cycles}` : `${step.cycles} cy · ${step.from}`),
  );
  group.addEventListener("click", () => jump(index));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      jump(index);
    }
  });
  return group;
}

/** Whether the cell is where the walk is: flag updates and look-ups belong to the reference before. */
function isAt(view: View, index: number, at: number): boolean {
  return index === view.steps.findLastIndex((step, i) => i <= at && (step.kind === "reference" || step.kind === "skipped"));
}

/** What the walk was for. */
function target(view: View, at: number, x: number, y: number, size: Sizes): SVGElement {
  const ended = at >= view.steps.length - 1;
  const fault = view.fault !== null;
  return svg(
    "g",
    { class: `goal ${ended ? (fault ? "fails" : "reached") : "ahead"}` },
    svg("rect", { x: x + 1, y: y + 1, width: size.width - 2, height: size.height - 2, rx: 6 }),
    svg("text", { class: "number", x: x + size.width / 2, y: y + size.height / 2 + 5, "text-anchor": "middle" }, ended ? (fault ? "fault" : "data ✓") : "data"),
  );
}

const short = (name: string): string => name.replace(/^(guest|native|shadow) (?=P)/, "").replace(/^(EPT|NPT) /, "").replace(/^guest entry$/, "guest").replace(" page", "").replace("flat entry", "flat");

const tail = (address: string): string => address.length > 12 ? "…" + address.slice(-9) : address;

/** What the steps made so far have cost, as a bar with a part for each. */
export function costs(view: View, at: number, longest: number): SVGElement {
  const done = view.steps[at]?.total ?? view.steps.slice(0, at + 1).findLast((step) => step.total !== undefined)?.total ?? 0;
  const bar = svg("svg", {
    class: "costs",
    viewBox: "0 0 1000 30",
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": `${whole(done)} of ${whole(view.totals.totalCycles)} cycles so far`,
  });
  bar.append(svg("rect", { class: "all", x: 0, y: 0, width: (1000 * view.totals.totalCycles) / longest, height: 30 }));
  view.steps.forEach((step, i) => {
    if (step.cycles !== undefined && step.total !== undefined && step.cycles > 0) {
      const kind = step.kind === "reference" ? (step.column === 0 ? "guest" : "second") : step.kind;
      bar.append(
        svg("rect", {
          class: `${kind} ${i <= at ? "done" : "ahead"}`,
          x: (1000 * (step.total - step.cycles)) / longest,
          y: 0,
          width: Math.max(0.5, (1000 * step.cycles) / longest - 1.2),
          height: 30,
        }),
      );
    }
  });
  return bar;
}
