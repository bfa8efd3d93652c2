// What the page asks its engine, and what it is told. No rule of translation is in this page's scripts.

export type Values = Record<string, string[]>;

export interface Bit {
  name: string;
  high: number;
  low: number;
  value: string;
  meaning: string;
  change: string | null;
}

export interface Step {
  kind: "reference" | "skipped" | "update" | "lookup";
  row: number | null;
  name: string;
  purpose: string;
  from: string;
  /** Of references, from 1. */
  number?: number;
  /** Of entries: 0 in the guest's table, else the level. */
  column?: number;
  place?: string;
  hpa?: string;
  gpa?: string | null;
  value?: string;
  before?: string;
  grants?: string;
  leaf?: boolean;
  translates?: string | null;
  selects?: string;
  bits?: Bit[];
  cycles?: number;
  total?: number;
}

export interface Fault {
  meaning: string;
  to: string;
  why: string[];
  code: string | null;
  bits: string[];
}

export interface View {
  head: string[];
  facts: string[][];
  outcome: string;
  fault: Fault | null;
  address: { text: string; canonical: boolean; parts: { name: string; high: number; low: number; value: number; row: number | null }[] };
  columns: { level: number; name: string }[];
  rows: { level: number; name: string; address: string | null }[];
  steps: Step[];
  changed: string[];
  totals: { guestReferences: number; secondReferences: number; totalReferences: number; referenceCycles: number; totalCycles: number };
}

export interface Data {
  walk: Values;
  form: { name: string; meaning: string; words: string[] }[];
  settings: string[];
  machines: Record<string, unknown>;
}

declare const nestwalk: (question: string) => string;

/** The view of a walk, or what is wrong with the question. */
export function walk(values: Values): View | string {
  try {
    const answer = JSON.parse(nestwalk(JSON.stringify({ walk: values }))) as { walk?: View; error?: string };
    return answer.error ?? answer.walk!;
  } catch {
    // An address can say anything, and the engine knows only what walks have.
    return `this is no walk: ${Object.keys(values).join(", ")}`;
  }
}

export function data(): Data {
  const read = JSON.parse(document.getElementById("data")!.textContent!) as Data;
  nestwalk(JSON.stringify({ machines: read.machines }));
  return read;
}
