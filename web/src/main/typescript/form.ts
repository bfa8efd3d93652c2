// An experiment's parameters as a form: what a field is for, what it can be, and what is wrong with it all come from the server.

import { type Experiment, type Field, post, Refused, type RunState, type Upload } from "./api.ts";
import { byId, element, say, size } from "./dom.ts";

const MOST_UPLOAD = 2 ** 30;
/** Fields that are shown at first; the others can be asked for. */
const FIRST_FIELDS = 9;

interface Shown {
  field: Field;
  box: HTMLElement;
  input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
}

/** The texts of a field; empty if it says nothing but the default. */
function texts({ field, input }: Shown): string[] {
  if (input instanceof HTMLInputElement && input.type === "checkbox") {
    return input.checked ? ["true"] : [];
  }
  const parts = field.many ? input.value.split(field.lines ? "\n" : ",") : [input.value];
  const given = parts.map((part) => part.trim()).filter((part) => part !== "");
  const subject = field.lines && field.defaults.length === 0;
  return !subject && given.join("\n") === field.defaults.join("\n") ? [] : given;
}

/** The texts that a field has, its default if it says nothing. */
function effective(shown: Shown): string[] {
  const given = texts(shown);
  return given.length > 0 ? given : shown.field.defaults;
}

function hint(field: Field): string {
  const meaning = field.meaning.charAt(0).toUpperCase() + field.meaning.slice(1);
  const values = field.bounds === "" ? "" : `: ${field.bounds}`;
  const several = field.many ? (field.lines ? "; one a line" : "; several with commas") : "";
  const usual = field.kind === "choice" || field.kind === "flag" || field.defaults.length === 0 ? "" : ` (default: ${field.defaults.join(", ")})`;
  return `${meaning}${values}${several}${usual}.`;
}

function control(field: Field, id: string): Shown["input"] {
  const common = { id, name: field.name, "aria-describedby": `${id}-hint` };
  switch (field.kind) {
    case "flag":
      return element("input", { ...common, type: "checkbox" });
    case "choice":
      if (!field.many) {
        const words = field.defaults.length === 0 ? ["", ...field.words] : field.words;
        return element(
          "select",
          common,
          ...words.map((word) => element("option", { value: word, selected: word === field.defaults[0] }, word === "" ? "not given" : word)),
        );
      }
      break;
    default:
      break;
  }
  if (field.many && field.lines) {
    const area = element("textarea", { ...common, rows: "2", spellcheck: "false" });
    area.value = field.defaults.join("\n");
    return area;
  }
  const list = field.suggestions.length > 0 ? `${id}-list` : undefined;
  const text = element("input", {
    ...common,
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: field.defaults.length === 0 ? "not given" : undefined,
    list,
  });
  text.value = field.defaults.join(",");
  return text;
}

function add(input: Shown["input"], value: string, many: boolean): void {
  input.value = many && input.value.trim() !== "" ? `${input.value.trim()}\n${value}` : value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Programs to choose from and, where it can be, a trace of the user's own. */
function tools(field: Field, id: string, input: Shown["input"], wrong: (text: string) => void): HTMLElement {
  const programs = element(
    "select",
    { "aria-label": `Add a program to ${field.label}`, id: `${id}-add` },
    element("option", { value: "" }, "Add a program …"),
    ...field.suggestions.map((name) => element("option", { value: name }, name)),
  );
  programs.addEventListener("change", () => {
    if (programs.value !== "") {
      add(input, programs.value, field.many);
      programs.value = "";
      input.focus();
    }
  });
  const bar = element("div", { class: "tools" }, programs);
  if (field.traces) {
    const file = element("input", { type: "file", "aria-label": `Upload a trace for ${field.label}`, id: `${id}-file` });
    file.addEventListener("change", async () => {
      const chosen = file.files?.[0];
      if (chosen === undefined) {
        return;
      }
      wrong("");
      if (chosen.size > MOST_UPLOAD) {
        wrong(`${chosen.name} has ${size(chosen.size)}; a trace that is uploaded has at most 1GiB; name larger ones on the command line`);
        file.value = "";
        return;
      }
      try {
        say(`Uploading ${chosen.name}`);
        const upload = await post<Upload>(`/api/upload?name=${encodeURIComponent(chosen.name)}`, chosen);
        add(input, upload.value, field.many);
        say(`${chosen.name} is a trace of the format ${upload.format}, here called ${upload.value}`);
        bar.append(element("span", { class: "hint" }, `${upload.value} is ${upload.name} (${upload.format}, ${size(chosen.size)})`));
      } catch (problem) {
        wrong(problem instanceof Error ? problem.message : String(problem));
      }
      file.value = "";
    });
    bar.append(element("label", { for: file.id, class: "hint" }, "or a trace:"), file);
  }
  return bar;
}

function shown(field: Field, subject: boolean): Shown {
  const id = `field-${field.name}`;
  const input = control(field, id);
  const label = element("label", { for: id }, element("code", {}, field.label));
  const box = element("div", { class: subject ? "field subject" : "field" });
  if (field.kind === "flag") {
    box.append(element("div", { class: "check" }, input, label));
  } else {
    box.append(label, input);
  }
  if (field.suggestions.length > 0) {
    if (field.lines) {
      box.append(tools(field, id, input, (text) => wrongAt({ field, box, input }, text)));
    } else {
      box.append(element("datalist", { id: `${id}-list` }, ...field.suggestions.map((value) => element("option", { value }))));
    }
  }
  box.append(element("p", { class: "hint", id: `${id}-hint` }, hint(field)));
  input.addEventListener("input", () => wrongAt({ field, box, input }, ""));
  return { field, box, input };
}

/** Says at a field what is wrong with it; an empty text says that nothing is. */
function wrongAt({ field, box, input }: Shown, text: string): void {
  const id = `field-${field.name}-error`;
  box.querySelector(".error")?.remove();
  input.toggleAttribute("aria-invalid", false);
  input.setAttribute("aria-describedby", `field-${field.name}-hint`);
  if (text !== "") {
    box.append(element("p", { class: "error", id }, text));
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${id} field-${field.name}-hint`);
  }
}

/** The form of one experiment. */
export class Form {
  private readonly all: Shown[];
  private readonly button = element("button", { type: "submit", class: "main" }, "Start");
  private readonly wrong = element("p", { class: "wrong", role: "alert" });
  private readonly more: HTMLDetailsElement;
  private readonly moreName = element("summary");

  constructor(readonly experiment: Experiment, private readonly started: (run: RunState) => void) {
    this.all = experiment.fields.map((field, i) => shown(field, i === 0 && field.lines && field.many));
    const boxes = this.all.map((one) => one.box);
    this.more = element(
      "details",
      { class: "more" },
      this.moreName,
      element("div", { class: "fields" }, ...boxes.slice(FIRST_FIELDS)),
    );
    const form = element(
      "form",
      { novalidate: true },
      element("div", { class: "fields" }, ...boxes.slice(0, FIRST_FIELDS)),
      ...(boxes.length > FIRST_FIELDS ? [this.more] : []),
      element("div", { class: "actions" }, this.button, this.wrong),
    );
    form.addEventListener("input", () => this.update());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.start();
    });
    byId("form").replaceChildren(
      element("h2", { tabindex: "-1" }, experiment.command),
      element("p", { class: "question" }, experiment.question),
      form,
    );
    this.update();
  }

  /** Shows the fields that have a meaning beside the others. */
  private update(): void {
    const of = (name: string) => {
      const found = this.all.find((one) => one.field.name === name);
      return found === undefined ? [] : effective(found);
    };
    for (const { field, box } of this.all) {
      box.hidden = !field.only.every(({ parameter, present, values }) =>
        values.length === 0 ? of(parameter).length > 0 === present : of(parameter).every((value) => values.includes(value))
      );
    }
    const others = this.all.slice(FIRST_FIELDS).filter((one) => !one.box.hidden).length;
    this.moreName.textContent = others === 1 ? "1 more parameter" : `${others} more parameters`;
    this.more.hidden = others === 0;
  }

  private async start(): Promise<void> {
    this.wrong.textContent = "";
    this.all.forEach((one) => wrongAt(one, ""));
    const values: Record<string, string[]> = {};
    for (const one of this.all) {
      const given = texts(one);
      if (!one.box.hidden && given.length > 0) {
        values[one.field.name] = given;
      }
    }
    this.button.disabled = true;
    try {
      this.started(await post<RunState>("/api/start", { experiment: this.experiment.name, values }));
    } catch (problem) {
      this.refused(problem instanceof Error ? problem.message : String(problem), problem instanceof Refused ? problem.parameter : undefined);
    } finally {
      this.button.disabled = false;
    }
  }

  /** Says what is wrong where it belongs, and goes there. */
  refused(message: string, parameter: string | undefined): void {
    const at = this.all.find((one) => one.field.name === parameter);
    if (at === undefined) {
      this.wrong.textContent = message;
      return;
    }
    wrongAt(at, message);
    if (this.more.contains(at.box)) {
      this.more.open = true;
    }
    at.input.focus();
    say(message);
  }
}
