// Figures as people read them, at places that the document has no text for: axes and pointers.

import type { Measure } from "./document.ts";

const UNITS: Record<string, [number, string][]> = {
  bytes: [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]],
  ns: [[1e9, "s"], [1e6, "ms"], [1e3, "us"], [1, "ns"]],
};

/** At most three digits that count, thousands apart, no zeros at the end. */
function plain(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const rounded = size >= 1 || size === 0 ? value.toFixed(digits) : value.toPrecision(digits);
  return Number(rounded).toLocaleString("en-US", { maximumFractionDigits: 9 });
}

/** A figure with its unit, as `Measure.text` of the document makes it, but shorter. */
export function text(value: number, measure: Measure): string {
  if (measure.unit === "part") {
    return `${plain(100 * value)} %`;
  }
  const units = UNITS[measure.unit];
  if (units === undefined) {
    return plain(value);
  }
  const [size, unit] = units.find(([least]) => Math.abs(value) >= least) ?? [1, units[units.length - 1]![1]];
  return value === 0 ? "0" : `${plain(value / size)} ${unit}`;
}

/** What an axis is called: the unit too, unless each figure has it. */
export function heading(measure: Measure): string {
  return `${measure.name} ${measure.unit in UNITS || measure.unit === "part" ? "" : measure.unit}`.trim();
}

/** Which figures are better, for the name of an axis. */
export function better(measure: Measure): string {
  return measure.better === "NEITHER" ? "" : measure.better === "MORE" ? " (more is better)" : " (less is better)";
}

/** How dark a figure is drawn: 0 is the lightest on a logarithmic scale, too. */
export function depth(value: number, measure: Measure): number {
  return measure.scale === "LOGARITHMIC" ? Math.log1p(Math.max(0, value)) : value;
}
