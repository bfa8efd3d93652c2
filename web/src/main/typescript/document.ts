// The charts of a document as the page has them: the records of org.nestwalk.document as JSON.

/** What figures are figures of. */
export interface Measure {
  name: string;
  /** `bytes`, `ns` and `part` are shown in the largest unit or in percent, others as they are. */
  unit: string;
  meaning: string;
  scale: "LINEAR" | "LOGARITHMIC";
  better: "NEITHER" | "MORE" | "LESS";
}

export interface Cell {
  text: string;
  value?: number | string | boolean;
}

export interface Series {
  name: string;
  x: Measure;
  y: Measure;
  lines: { name: string; meaning: string; points: { x: number; y: number }[] }[];
  form: "CURVES" | "BANDS";
}

export interface Distribution {
  name: string;
  values: Measure;
  counts: Measure;
  parts: {
    name: string;
    meaning: string;
    bins: { from: number; to: number; count: number }[];
    percentiles: { part: number; value: number }[];
  }[];
}

export interface Label {
  group: string;
  name: string;
}

export interface Grid {
  name: string;
  cells: Measure;
  down: Measure;
  across: Measure;
  columns: Label[];
  rows: { label: Label; cells: Cell[] }[];
  form: "STEPS" | "SHADES" | "WORDS";
}

export interface Bars {
  name: string;
  values: Measure;
  things: Measure;
  parts: { group: string; name: string; meaning: string }[];
  rows: { name: string; cells: Cell[] }[];
  form: "STACKED" | "GROUPED";
}

/** Group and name. */
export function label(of: Label): string {
  return `${of.group} ${of.name}`.trim();
}

/** A cell's figure; null if it has none. */
export function figure(cell: Cell): number | null {
  return typeof cell.value === "number" ? cell.value : null;
}
