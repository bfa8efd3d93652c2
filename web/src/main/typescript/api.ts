// What the server of the page is asked and answers: the records of org.nestwalk.serve as JSON.

export interface Requirement {
  parameter: string;
  present: boolean;
  values: string[];
}

export interface Field {
  name: string;
  label: string;
  meaning: string;
  bounds: string;
  kind: "flag" | "choice" | "number" | "text";
  symbol: string;
  words: string[];
  suggestions: string[];
  defaults: string[];
  many: boolean;
  lines: boolean;
  traces: boolean;
  only: Requirement[];
}

export interface Experiment {
  name: string;
  command: string;
  question: string;
  model: string;
  fields: Field[];
}

export interface Progress {
  phase: string;
  done: number;
  total?: number;
  unit: string;
  seconds: number;
  rate: number;
  secondsLeft?: number;
  figures: Record<string, number>;
}

export interface Live {
  number: number;
  milliseconds: number;
  accesses: number;
  exits: number;
  pages: number;
  pagesPerCell: number;
  /** How many cells there are of each state: none, small, large, shared, protected, inherited. */
  cells: number[];
  /** Pages written in the last period that they were tracked for, in milliseconds of the guest; if they are. */
  written?: { from: number; until: number; pages: number };
}

export interface RunState {
  id: number;
  experiment: string;
  command: string[];
  phase: "WAITING" | "RUNNING" | "DONE" | "CANCELLED" | "REFUSED" | "FAILED";
  place?: number;
  progress?: Progress;
  done: Progress[];
  live?: Live;
  /** How many times there were charts of what runs. */
  charts?: number;
  message?: string;
  parameter?: string;
  result?: string;
  complete?: boolean;
}

export interface Result {
  id: string;
  name: string;
  title: string;
  time: number;
  bytes: number;
}

export interface Upload {
  value: string;
  name: string;
  format: string;
}

/** What a server has refused, with its sentence. */
export class Refused extends Error {
  readonly parameter: string | undefined;

  constructor(message: string, parameter?: string) {
    super(message);
    this.parameter = parameter;
  }
}

const token = document.querySelector<HTMLMetaElement>("meta[name=nestwalk-token]")?.content ?? "";

async function asked<T>(path: string, how: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, how);
  } catch {
    throw new Refused("the server does not answer; it may have ended");
  }
  const body: unknown = await answer.json();
  if (!answer.ok) {
    const refusal = body as { message: string; parameter?: string };
    throw new Refused(refusal.message, refusal.parameter);
  }
  return body as T;
}

export function get<T>(path: string): Promise<T> {
  return asked<T>(path, {});
}

export function post<T>(path: string, body: object | File): Promise<T> {
  return asked<T>(path, {
    method: "POST",
    headers: { "X-Nestwalk-Token": token },
    body: body instanceof File ? body : JSON.stringify(body),
  });
}

/** The charts of what runs, as parts of a page; empty if there are none. */
export async function charts(run: number): Promise<string> {
  const answer = await fetch(`/api/runs/charts?id=${run}`);
  return answer.ok ? answer.text() : "";
}

/** The cells of a run's page map, a byte each. */
export async function pages(run: number): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`/api/runs/pages?id=${run}`)).arrayBuffer());
}
