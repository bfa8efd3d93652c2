// The tour of a first lecture, and exercises. Their figures and answers are the engine's, not written here.

import { type Values, type View, walk } from "./engine.ts";

const GVA = { gva: ["0x7f1234567123"] };
const EPT: Values = { ...GVA, mode: ["ept"] };

export interface Stop {
  title: string;
  walks: Values[];
  /** Steps made; -1 for all. */
  step: number;
  text: (views: View[]) => string;
}

const references = (view: View): number => view.totals.totalReferences;

export const TOUR: Stop[] = [
  {
    title: "One address, one table",
    walks: [{ ...GVA, mode: ["native"] }],
    step: -1,
    text: ([view]) => `Without a virtual machine, a processor that misses its TLB reads one entry a level: ${references(view!)} references. Each index in the address chooses an entry, each entry names the next table.`,
  },
  {
    title: "A guest's tables are in guest memory",
    walks: [EPT],
    step: 5,
    text: ([view]) => `In a virtual machine the address of the guest's first table is guest-physical. The processor reads ${view!.columns.length} entries of the second level before it can read the first entry of the guest.`,
  },
  {
    title: "Down, and across at every level",
    walks: [EPT],
    step: -1,
    text: ([view]) => `That happens for each of the guest's tables and once more for the data page: ${references(view!)} references, ${view!.totals.guestReferences} down and ${view!.totals.secondReferences} across. This is (g + 1)(n + 1) - 1 for g and n levels (Bhargava et al., ASPLOS 2008).`,
  },
  {
    title: "Large pages below shorten every row",
    walks: [EPT, { ...EPT, host: ["2M"] }],
    step: -1,
    text: ([small, large]) => `If the hypervisor backs memory with 2M pages, each row loses a column: ${references(large!)} references instead of ${references(small!)}.`,
  },
  {
    title: "Large pages above remove a row",
    walks: [EPT, { ...EPT, guest: ["2M"], host: ["2M"] }],
    step: -1,
    text: ([small, large]) => `A guest that uses 2M pages too has a level less: ${references(large!)} references. Only where both sides are large can the TLB hold a large page.`,
  },
  {
    title: "Caches remember parts of walks",
    walks: [EPT, { ...EPT, warm: ["true"] }],
    step: -1,
    text: ([cold, warm]) => `Processors keep upper entries in paging-structure caches and second-level translations in a nested TLB. A second walk of the same address reads ${references(warm!)} entries, not ${references(cold!)}; what is marked -- was spared.`,
  },
  {
    title: "A fault of the guest's own",
    walks: [{ ...EPT, entry: ["guest.2.P=0"] }],
    step: -1,
    text: ([view]) => `The guest's PDE is not present. The walk stops at reference ${references(view!)}. Told is ${view!.fault?.to}.`,
  },
  {
    title: "A fault below the guest",
    walks: [{ ...EPT, access: ["write"], entry: ["second.data.1.W=0"] }],
    step: -1,
    text: ([view]) => `Now the guest's tables allow the write and the second level does not: ${view!.fault?.meaning}. Told is ${view!.fault?.to}. Turn other bits over and see.`,
  },
];

export interface Exercise {
  question: string;
  walks: Values[];
  /** To choose from; without, the answer is a number. */
  choices?: string[];
  /** The right answer, by the engine. */
  answer: () => string;
  why: () => string;
}

const seen = (values: Values): View => {
  const view = walk(values);
  if (typeof view === "string") {
    throw new Error(view);
  }
  return view;
};

const number = (values: Values): string => String(references(seen(values)));
const told = (values: Values): string => seen(values).fault?.to.includes("hypervisor, by a VM exit") === true ? "the hypervisor" : "the guest's kernel";
const because = (values: Values): string => {
  const fault = seen(values).fault;
  return fault === null ? `${number(values)} references.` : `${fault.meaning}. ${fault.why.join("; ")}.`;
};

const FIVE: Values = { ...EPT, "guest-levels": ["5"], "host-levels": ["5"] };
const TABLE: Values = { ...EPT, entry: ["second.guest2.1.R=0", "second.guest2.1.W=0", "second.guest2.1.X=0"] };
const KEY: Values = { ...EPT, access: ["write"], entry: ["guest.1.W=0"] };
const EXECUTE: Values = { ...EPT, access: ["fetch"], entry: ["second.data.1.X=0"] };
const LARGE: Values = { ...EPT, guest: ["1G"], host: ["1G"] };

const WHO = ["the guest's kernel", "the hypervisor"];

export const EXERCISES: Exercise[] = [
  { question: "Guest and host use 5 levels and 4K pages. How many references does a cold walk make?", walks: [EPT], answer: () => number(FIVE), why: () => because(FIVE) },
  { question: "Guest and host use 4 levels and 1G pages. How many references does a cold walk make?", walks: [EPT], answer: () => number(LARGE), why: () => because(LARGE) },
  { question: "The second level maps nothing (R = W = X = 0) at the page of the guest's page directory. Which reference fails?", walks: [EPT], answer: () => number(TABLE), why: () => because(TABLE) },
  { question: "A write, and the guest's PTE has W = 0. Who is told?", walks: [{ ...EPT, access: ["write"] }], choices: WHO, answer: () => told(KEY), why: () => because(KEY) },
  { question: "An instruction fetch, and the EPT entry of the data page has X = 0. Who is told?", walks: [{ ...EPT, access: ["fetch"] }], choices: WHO, answer: () => told(EXECUTE), why: () => because(EXECUTE) },
];
