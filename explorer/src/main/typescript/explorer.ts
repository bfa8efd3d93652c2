// The walk explorer: walks beside each other, stepped through together.

import { button, element } from "./dom.ts";
import { data, type Values } from "./engine.ts";
import { EXERCISES, TOUR } from "./lessons.ts";
import { Panel } from "./panel.ts";
import { read, type State, write } from "./state.ts";

const known = data();
const state: State = read(location.hash) ?? { walks: [known.walk], step: 0 };
const panels: Panel[] = [];
const place = document.getElementById("explorer")!;
const walks = element("div", { class: "panels" });
const slider = element("input", { type: "range", min: "0", "aria-label": "steps made" });
const heard = element("p", { class: "heard", "aria-live": "polite" });
const lesson = element("div", { class: "lesson" });
let timer = 0;
let linked = 0;
let toured = -1;

const owner = {
  data: known,
  changed: (panel: Panel, values: Values) => {
    state.walks[panels.indexOf(panel)] = values;
    const atEnd = state.step >= steps();
    panel.ask(values);
    // A walk that was seen to its end is seen to its end again, so that a turned bit shows what it does.
    show(atEnd ? steps() : state.step);
  },
  jump: (_: Panel, step: number) => show(step),
};

function steps(): number {
  return Math.max(0, ...panels.map((panel) => panel.steps));
}

function show(step: number): void {
  state.step = Math.max(0, Math.min(steps(), step));
  const longest = Math.max(1, ...panels.map((panel) => panel.view?.totals.totalCycles ?? 0));
  panels.forEach((panel) => panel.draw(state.step, longest));
  slider.max = String(steps());
  slider.value = String(state.step);
  slider.setAttribute("aria-valuetext", `step ${state.step} of ${steps()}`);
  heard.textContent = panels.map((panel) => panel.place.querySelector(".what")?.textContent ?? "").join(" ");
  if (linked === 0) {
    linked = setTimeout(link, 200);
  }
  document.documentElement.dataset["step"] = String(state.step);
}

/** Puts what is shown into the page's address; not at every step, which browsers do not allow. */
function link(): void {
  linked = 0;
  history.replaceState(null, "", write(state));
}

/** Shows as many walks as there are in the state. */
function load(): void {
  while (panels.length > state.walks.length) {
    panels.pop()!.place.remove();
  }
  while (panels.length < state.walks.length) {
    const panel = new Panel(owner, panels.length === 0 ? "walk" : "second walk");
    panels.push(panel);
    walks.append(panel.place);
  }
  walks.classList.toggle("two", panels.length > 1);
  compare.textContent = panels.length > 1 ? "One walk only" : "Beside another walk";
  panels.forEach((panel, i) => panel.ask(state.walks[i]!));
}

function stop(): void {
  clearInterval(timer);
  timer = 0;
  play.textContent = "▶ Play";
}

function toggle(): void {
  if (timer !== 0) {
    stop();
    return;
  }
  if (state.step >= steps()) {
    show(0);
  }
  play.textContent = "Pause";
  timer = setInterval(() => {
    show(state.step + 1);
    if (state.step >= steps()) {
      stop();
    }
  }, 600);
}

function move(step: number): void {
  stop();
  show(step);
}

const play = button("▶ Play", "play", toggle);
const compare = button("Beside another walk", "compare", () => {
  state.walks = state.walks.length > 1 ? [state.walks[0]!] : [state.walks[0]!, { ...state.walks[0]!, host: ["2M"] }];
  const atEnd = state.step >= steps();
  load();
  if (panels[1]?.view === null) {
    // That walk has no such pages.
    state.walks[1] = state.walks[0]!;
    load();
  }
  show(atEnd ? steps() : state.step);
});

function tour(at: number): void {
  stop();
  toured = at;
  const stopAt = TOUR[at];
  if (stopAt === undefined) {
    lesson.replaceChildren();
    return;
  }
  state.walks = stopAt.walks.map((values) => ({ ...values }));
  load();
  show(stopAt.step < 0 ? steps() : stopAt.step);
  const next = button(at + 1 < TOUR.length ? "Next" : "End", "tour next", () => tour(at + 1));
  lesson.replaceChildren(
    element(
      "div",
      { class: "card", role: "region", "aria-label": "tour" },
      element("h2", {}, `${at + 1} of ${TOUR.length}: ${stopAt.title}`),
      element("p", {}, stopAt.text(panels.map((panel) => panel.view!))),
      element("p", {}, ...(at > 0 ? [button("Back", "tour back", () => tour(at - 1)), " "] : []), next, " ", button("Leave", "tour leave", () => tour(-1))),
    ),
  );
  next.focus();
}

function exercise(at: number): void {
  stop();
  toured = -1;
  const asked = EXERCISES[at]!;
  state.walks = asked.walks.map((values) => ({ ...values }));
  load();
  show(0);
  const verdict = element("p", { class: "verdict", role: "status" });
  const given = asked.choices === undefined
    ? element("input", { name: "answer", inputmode: "numeric", size: "5", "aria-label": "your answer" })
    : element("select", { name: "answer", "aria-label": "your answer" }, ...asked.choices.map((choice) => element("option", {}, choice)));
  const form = element("form", {}, given, " ", element("button", { "data-name": "check" }, "Check"), " ");
  if (at > 0) {
    form.append(button("Back", "exercise back", () => exercise(at - 1)), " ");
  }
  if (at + 1 < EXERCISES.length) {
    form.append(button("Next", "exercise next", () => exercise(at + 1)), " ");
  }
  form.append(button("Leave", "exercise leave", () => tour(-1)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const right = given.value.trim() === asked.answer();
    verdict.textContent = right ? `Right. ${asked.why()}` : "Not so. Step through the walk, change it, and try again.";
    verdict.className = right ? "verdict right" : "verdict wrong";
  });
  lesson.replaceChildren(
    element("div", { class: "card", role: "region", "aria-label": "exercise" }, element("h2", {}, `Exercise ${at + 1} of ${EXERCISES.length}`), element("p", {}, asked.question), form, verdict),
  );
  given.focus();
}

slider.addEventListener("input", () => move(Number(slider.value)));
place.append(
  element(
    "div",
    { class: "bar" },
    button("Tour", "tour", () => tour(0)),
    button("Exercises", "exercises", () => exercise(0)),
    compare,
    element("span", { class: "faint" }, "the address of this page is this view: copy it to share"),
  ),
  lesson,
  element(
    "div",
    { class: "player", role: "group", "aria-label": "steps" },
    named("|◀", "first", "to the beginning", () => move(0)),
    named("◀", "back", "one step back", () => move(state.step - 1)),
    play,
    named("▶", "forward", "one step forward", () => move(state.step + 1)),
    named("▶|", "last", "to the end", () => move(steps())),
    slider,
  ),
  heard,
  walks,
);

function named(text: string, name: string, label: string, press: () => void): HTMLButtonElement {
  const made = button(text, name, press);
  made.setAttribute("aria-label", label);
  made.title = label;
  return made;
}

addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.altKey || event.metaKey || target.closest("input:not([type=range]), select, textarea") !== null) {
    return;
  }
  const keys: Record<string, () => void> = {
    ArrowRight: () => move(state.step + 1),
    ArrowLeft: () => move(state.step - 1),
    ArrowDown: () => move(nextRow(1)),
    ArrowUp: () => move(nextRow(-1)),
    Home: () => move(0),
    End: () => move(steps()),
    " ": toggle,
  };
  const press = keys[event.key];
  if (press !== undefined && !(event.key === " " && target.closest("button, summary") !== null)) {
    event.preventDefault();
    press();
  }
});

/** How many steps lead to the first or the last of the next row, or of the one before. */
function nextRow(direction: number): number {
  const all = panels[0]?.view?.steps ?? [];
  const row = all[state.step - 1]?.row;
  let at = state.step;
  while (at + direction >= 1 && at + direction <= all.length) {
    at += direction;
    if (all[at - 1]!.row !== row) {
      return at;
    }
  }
  return direction < 0 ? 0 : all.length;
}

addEventListener("hashchange", () => {
  const asked = read(location.hash);
  if (asked !== null) {
    state.walks = asked.walks;
    load();
    show(asked.step);
  }
});

let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) {
    width = innerWidth;
    show(state.step);
  }
});

const report = document.querySelector<HTMLDetailsElement>("#report")!;
report.open = false;
report.hidden = report.querySelector("table") === null;
load();
if (panels[0]!.view === null) {
  // The address asks for a walk that there is not: that is said, over the usual one.
  const { error } = panels[0]!;
  panels[0]!.ask(known.walk);
  panels[0]!.place.querySelector(".error")!.textContent = error;
  state.walks[0] = known.walk;
}
show(state.step);
// As reports do, with the number of their charts.
document.documentElement.dataset["drawn"] = String(document.querySelectorAll(".chart").length);
