// One walk on the page: its switches, address, grid, costs, and the step that was made last.

import { button, element, whole } from "./dom.ts";
import { type Data, type Step, type Values, type View, walk } from "./engine.ts";
import { costs, grid } from "./grid.ts";

export interface Owner {
  data: Data;
  /** Something was asked for that is not what the panel shows. */
  changed: (panel: Panel, values: Values) => void;
  jump: (panel: Panel, step: number) => void;
}

const PRIVILEGES = ["user", "supervisor", "implicit"];
const MACHINE = "machine";

export class Panel {
  readonly place = element("section", { class: "panel" });
  values: Values = {};
  view: View | null = null;
  error = "";
  private readonly form = element("form", { class: "switches" });
  private readonly message = element("p", { class: "error", role: "alert" });
  private readonly body = element("div", { class: "body" });

  constructor(private readonly owner: Owner, readonly name: string) {
    this.place.setAttribute("aria-label", name);
    this.place.append(this.form, this.message, this.body);
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", () => this.owner.changed(this, this.asked()));
    this.makeForm();
  }

  private makeForm(): void {
    const address = element("input", { name: "gva", spellcheck: "false", autocomplete: "off", size: "18" });
    this.form.append(labelled("address", address));
    const choices = [...this.owner.data.form, { name: MACHINE, meaning: "whose caches and latencies", words: Object.keys(this.owner.data.machines) }];
    for (const choice of choices) {
      const select = element("select", { name: choice.name, title: choice.meaning }, ...choice.words.map((word) => element("option", { value: word }, word)));
      this.form.append(labelled(NAMES[choice.name] ?? choice.name, select));
    }
    const by = element("select", { name: "by", title: "who makes the access" }, ...PRIVILEGES.map((word) => element("option", { value: word }, word)));
    const warm = element("select", { name: "warm", title: "whether a walk of the same address has filled the walk caches" }, element("option", { value: "false" }, "cold"), element("option", { value: "true" }, "warm"));
    const set = element("input", { name: "set", spellcheck: "false", size: "18", placeholder: "cr4.SMEP=1", title: "bits of the processor's state, with commas:\n" + this.owner.data.settings.join("\n") });
    this.form.append(labelled("by", by), labelled("walk caches", warm), labelled("processor state", set));
  }

  private field(name: string): HTMLInputElement | HTMLSelectElement {
    return this.form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  }

  /** What the switches ask for; what is usual is not said. */
  private asked(): Values {
    const values: Values = {};
    const put = (name: string, text: string, usual: string) => {
      if (text !== usual) {
        values[name] = [text];
      }
    };
    put("gva", this.field("gva").value.trim(), "");
    this.owner.data.form.forEach((choice) => put(choice.name, this.field(choice.name).value, choice.words[0]!));
    put(MACHINE, this.field(MACHINE).value, Object.keys(this.owner.data.machines)[0]!);
    const by = this.field("by").value;
    put(by, "true", by === PRIVILEGES[0] ? "true" : "");
    put("warm", this.field("warm").value, "false");
    const set = this.field("set").value.split(",").map((text) => text.trim()).filter((text) => text !== "");
    if (set.length > 0) {
      values["set"] = set;
    }
    for (const kept of ["layout", "seed", "entry"]) {
      if (this.values[kept] !== undefined) {
        values[kept] = this.values[kept];
      }
    }
    return values;
  }

  /** Shows the walk of `values`; if there is none, says why and leaves the last one. */
  ask(values: Values): void {
    this.values = values;
    const usual = (name: string) => this.owner.data.form.find((choice) => choice.name === name)?.words[0] ?? "";
    this.field("gva").value = values["gva"]?.[0] ?? "";
    this.owner.data.form.forEach((choice) => this.field(choice.name).value = values[choice.name]?.[0] ?? usual(choice.name));
    this.field(MACHINE).value = values[MACHINE]?.[0] ?? Object.keys(this.owner.data.machines)[0]!;
    this.field("by").value = PRIVILEGES.find((word) => values[word]?.[0] === "true") ?? PRIVILEGES[0]!;
    this.field("warm").value = values["warm"]?.[0] ?? "false";
    this.field("set").value = (values["set"] ?? []).join(", ");
    const answer = walk(values);
    this.error = typeof answer === "string" ? answer : "";
    this.message.textContent = this.error;
    if (typeof answer !== "string") {
      this.view = answer;
    }
  }

  get steps(): number {
    return this.view?.steps.length ?? 0;
  }

  /** Draws the panel after `made` steps. */
  draw(made: number, longest: number): void {
    const view = this.view;
    if (view === null) {
      this.body.replaceChildren();
      return;
    }
    const at = Math.min(made, view.steps.length) - 1;
    const step = view.steps[at];
    const narrow = this.place.clientWidth > 0 && this.place.clientWidth < 560;
    const focused = document.activeElement?.getAttribute("data-step") !== undefined && this.body.contains(document.activeElement) ? document.activeElement!.classList.contains("cell") : false;
    const pressed = this.body.contains(document.activeElement) ? document.activeElement?.getAttribute("data-name") ?? null : null;
    this.body.replaceChildren(
      element("p", { class: "head" }, view.head.slice(0, 1).join(""), element("span", { class: "faint" }, ". " + view.head.slice(1).join("; "))),
      ...this.changes(),
      element(
        "div",
        { class: "seen" },
        this.address(view, step),
        element("div", { class: "map" }, grid(view, at, narrow, (index) => this.owner.jump(this, index + 1))),
        element("div", { class: "cost" }, costs(view, at, longest), element("p", { class: "faint" }, this.spent(view, at)), this.legend(view)),
      ),
      element(
        "div",
        { class: "said" },
        ...(at === view.steps.length - 1 ? [this.outcome(view)] : []),
        element("div", { class: "step" }, ...this.explain(view, step, at)),
      ),
    );
    if (focused) {
      this.body.querySelector<SVGElement>(".cell.now")?.focus();
    } else if (pressed !== null) {
      this.body.querySelector<HTMLElement>(`[data-name="${pressed}"]`)?.focus();
    }
  }

  private spent(view: View, at: number): string {
    const made = view.steps.slice(0, at + 1);
    const references = made.filter((step) => step.kind === "reference").length;
    const total = made.findLast((step) => step.total !== undefined)?.total ?? 0;
    return `${references} of ${view.totals.totalReferences} references, ${whole(total)} of ${whole(view.totals.totalCycles)} cycles; fewer is better`;
  }

  /** What the colours of the bar mean, those that are in it. */
  private legend(view: View): HTMLElement {
    const kinds: [string, string, boolean][] = [
      ["second", "second level", view.totals.secondReferences > 0],
      ["guest", view.columns.length > 0 ? "guest's table" : "table", view.totals.guestReferences > 0],
      ["lookup", "look-ups of walk caches", view.steps.some((step) => step.kind === "lookup" && step.cycles! > 0)],
      ["update", "setting flags", view.steps.some((step) => step.kind === "update")],
    ];
    return element("p", { class: "legend" }, ...kinds.filter((kind) => kind[2]).map(([name, text]) => element("span", { class: name }, text)));
  }

  /** What was changed, each with a way back. */
  private changes(): HTMLElement[] {
    const changes = this.values["entry"] ?? [];
    if (changes.length === 0) {
      return [];
    }
    return [element(
      "p",
      { class: "changes" },
      "changed before the walk: ",
      ...changes.map((change) => {
        const back = button(`${change} ✕`, `undo ${change}`, () => this.flip(change));
        back.setAttribute("aria-label", `take back ${change}`);
        return back;
      }),
    )];
  }

  private flip(change: string): void {
    const field = change.slice(0, change.indexOf("="));
    const others = (this.values["entry"] ?? []).filter((other) => other.slice(0, other.indexOf("=")) !== field);
    const { entry: before, ...values } = this.values;
    const entries = others.length === (before ?? []).length ? [...others, change] : others;
    this.owner.changed(this, entries.length === 0 ? values : { ...values, entry: entries });
  }

  private address(view: View, step: Step | undefined): HTMLElement {
    const parts = element("ol", { class: "address", "aria-label": `The linear address ${view.address.text} in parts` });
    for (const part of view.address.parts) {
      const bits = part.high - part.low + 1;
      const now = step !== undefined && step.row !== null && step.row === part.row;
      parts.append(
        element(
          "li",
          { class: now ? "now" : "", style: `flex-grow: ${Math.max(bits, 7)}` },
          element("span", { class: "name" }, part.name),
          element("span", { class: "value" }, part.name === "offset" || part.name === "sign" ? "0x" + part.value.toString(16) : String(part.value)),
          element("span", { class: "bits" }, `${part.high}:${part.low}`),
        ),
      );
    }
    return parts;
  }

  private explain(view: View, step: Step | undefined, at: number): HTMLElement[] {
    if (step === undefined) {
      return [element("p", { class: "what" }, view.steps.length === 0 ? "The walk reads no entry at all." : "Nothing has been read yet. Press → for the first step.")];
    }
    const lines: string[] = [];
    switch (step.kind) {
      case "reference":
        lines.push(`Reference ${step.number}: ${step.name}, for the ${step.purpose}.`);
        lines.push(`${step.cycles} cycles, served by ${step.from}; ${whole(step.total!)} so far.`);
        break;
      case "skipped":
        lines.push(`Not read: ${step.name}, for the ${step.purpose}. The ${step.from} has what it says.`);
        break;
      case "update":
        lines.push(`The processor sets flags in the ${step.name}: ${step.before} becomes ${step.value}.`);
        lines.push(`${step.cycles} cycles; ${whole(step.total!)} so far.`);
        break;
      case "lookup":
        lines.push(`Look-up of the ${step.name} for the ${step.purpose}: ${step.from}.`);
        lines.push(`${step.cycles} cycles; ${whole(step.total!)} so far.`);
    }
    const made: HTMLElement[] = [element("p", { class: "what" }, lines[0]!), element("p", { class: "faint" }, `Step ${at + 1} of ${view.steps.length}. ${lines[1] ?? ""}`)];
    if (step.bits !== undefined) {
      const facts = element("dl", { class: "entry" });
      const fact = (name: string, text: string | null | undefined) => {
        if (text) {
          facts.append(element("dt", {}, name), element("dd", {}, text));
        }
      };
      fact("translates", step.translates ? `${step.translates}${step.selects ? ", " + step.selects : ""}` : null);
      fact("entry", `${step.value} at host-physical ${step.hpa}${step.gpa ? ", guest-physical " + step.gpa : ""}`);
      fact("grants", `${step.grants}${step.leaf ? "; maps a page" : ""}`);
      made.push(facts, this.bits(step));
    }
    return made;
  }

  private bits(step: Step): HTMLElement {
    const table = element("table", { class: "bits" }, element("caption", {}, `Bits of the ${step.name}`), element("thead", {}, row("th", "bits", "name", "value", "meaning", "")));
    const rows = element("tbody", {});
    for (const bit of step.bits!) {
      const changed = (this.values["entry"] ?? []).some((change) => change.startsWith(`${step.place}.${bit.name}=`));
      const set = bit.value !== "0x0";
      const line = row("td", bit.high === bit.low ? String(bit.low) : `${bit.high}:${bit.low}`, bit.name, bit.value.replace(/^0x([01])$/, "$1"), bit.meaning);
      line.className = `${set ? "set" : ""} ${changed ? "changed" : ""}`;
      const press = bit.change === null ? "" : button(changed ? "take back" : `make ${bit.change.split("=")[1]}`, `flip ${step.place}.${bit.name}`, () => this.flip(bit.change!));
      if (press !== "") {
        press.setAttribute("aria-label", `${changed ? "take back the change of" : "turn over"} ${bit.name} of ${step.place}`);
      }
      line.append(element("td", {}, press));
      rows.append(line);
    }
    table.append(rows);
    return element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "bits" }, table);
  }

  private outcome(view: View): HTMLElement {
    const rows = element("tbody", {});
    for (const fact of view.facts) {
      rows.append(element("tr", {}, element("th", { scope: "row" }, fact[0] ?? ""), element("td", {}, fact.slice(1).join(" "))));
    }
    return element(
      "div",
      { class: view.fault === null ? "outcome" : "outcome fault", role: "status" },
      element("h2", {}, view.fault === null ? "What came of it" : view.fault.meaning),
      element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "outcome" }, element("table", {}, rows)),
    );
  }
}

const NAMES: Record<string, string> = {
  guest: "guest pages",
  host: "host pages",
  "guest-levels": "guest levels",
  "host-levels": "host levels",
};

function labelled(name: string, field: HTMLElement): HTMLElement {
  return element("label", {}, element("span", {}, name), field);
}

function row(tag: "td" | "th", ...texts: string[]): HTMLTableRowElement {
  return element("tr", {}, ...texts.map((text) => tag === "td" || text === "" ? element("td", {}, text) : element("th", { scope: "col" }, text)));
}
