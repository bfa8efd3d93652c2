// What the page shows, which is also what its address says.

import type { Values } from "./engine.ts";

export interface State {
  /** One walk, or two beside each other. */
  walks: Values[];
  /** How many steps have been made. */
  step: number;
}

const SECOND = "b.";

/** Without names of its own, such as `constructor`, which an address can have as well as any other. */
function empty(): Values {
  return Object.create(null) as Values;
}

export function read(hash: string): State | null {
  const walks: Values[] = [empty()];
  let step = 0;
  let any = false;
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    any = true;
    if (name === "step") {
      step = Number.parseInt(text, 10) || 0;
      continue;
    }
    const second = name.startsWith(SECOND);
    const values = second ? (walks[1] ??= empty()) : walks[0]!;
    (values[second ? name.slice(SECOND.length) : name] ??= []).push(text);
  }
  return any ? { walks, step } : null;
}

export function write(state: State): string {
  const fields = new URLSearchParams();
  state.walks.forEach((values, i) => {
    for (const [name, texts] of Object.entries(values)) {
      texts.forEach((text) => fields.append((i === 0 ? "" : SECOND) + name, text));
    }
  });
  fields.append("step", String(state.step));
  return "#" + fields.toString();
}
