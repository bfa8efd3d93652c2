// The page of a server: choose an experiment, start it, watch it, open what came of it.

import { type Experiment, get, type Result, type RunState } from "./api.ts";
import { byId, element, say, size } from "./dom.ts";
import { Form } from "./form.ts";
import { links, Runs } from "./runs.ts";

let form: Form | null = null;
let results: Result[] = [];

const runs = new Runs((run) => {
  void loadResults();
  if (run.phase === "REFUSED" && form?.experiment.name === run.experiment) {
    form.refused(run.message ?? "", run.parameter);
  }
});

function choose(experiments: Experiment[], byUser: boolean): void {
  const experiment = experiments.find((one) => `#${one.name}` === location.hash);
  if (experiment === undefined && form !== null) {
    return;
  }
  const chosen = experiment ?? experiments[0]!;
  form = new Form(chosen, (run) => {
    say(`Run ${run.id} is started`);
    runs.follow(run);
    byId("runs").scrollIntoView({ block: "nearest" });
  });
  document.title = `${chosen.command}: Nestwalk`;
  for (const link of byId("experiments").querySelectorAll("a")) {
    if (link.hash === `#${chosen.name}`) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
  if (byUser) {
    byId("form").querySelector("h2")?.focus();
  }
}

async function loadResults(): Promise<void> {
  results = await get<Result[]>("/api/results");
  showResults();
}

function showResults(): void {
  const words = byId("search") as HTMLInputElement;
  const wanted = words.value.toLowerCase().split(/\s+/);
  const found = results.filter((one) => wanted.every((word) => `${one.title} ${one.name}`.toLowerCase().includes(word)));
  byId("found").textContent = results.length === 0
    ? "There is none yet."
    : `${found.length} of ${results.length} ${results.length === 1 ? "result" : "results"}`;
  byId("result-rows").replaceChildren(...found.map((one) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, element("a", { href: `/report?id=${one.id}`, target: "_blank", rel: "noopener" }, one.title)),
      element("td", { class: "when", title: one.name }, new Date(one.time).toLocaleString()),
      element("td", { class: "number hide-narrow" }, size(one.bytes)),
      element("td", { class: "hide-narrow" }, ...links(one.id, one.name).slice(1).flatMap((link) => [link, " "])),
    )
  ));
  byId("result-table").hidden = results.length === 0;
}

function makeResults(): void {
  const heads: [string, string][] = [["What ran", ""], ["When", ""], ["Size", "number hide-narrow"], ["Keep", "hide-narrow"]];
  const search = element("input", { type: "search", id: "search", autocomplete: "off" });
  search.addEventListener("input", showResults);
  byId("results").append(
    element("h2", {}, "Results"),
    element("p", { class: "tools" }, element("label", { for: "search" }, "Search"), search, element("span", { id: "found", class: "none", role: "status" })),
    element(
      "div",
      { class: "scroll", id: "result-table", tabindex: "0", role: "region", "aria-label": "Results" },
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...heads.map(([name, kind]) => element("th", { scope: "col", class: kind }, name)))),
        element("tbody", { id: "result-rows" }),
      ),
    ),
  );
}

async function begin(): Promise<void> {
  const experiments = await get<Experiment[]>("/api/experiments");
  // First what people come for.
  const first = (one: Experiment) => one.name === "run" ? 0 : one.name === "vm-run" ? 1 : 2;
  experiments.sort((one, other) => first(one) - first(other));
  byId("experiments").append(
    element("h2", {}, "Experiments"),
    element("ul", {}, ...experiments.map((one) => element("li", {}, element("a", { href: `#${one.name}` }, one.command.replace(/^nestwalk /, ""))))),
  );
  makeResults();
  choose(experiments, false);
  addEventListener("hashchange", () => choose(experiments, true));
  for (const run of (await get<RunState[]>("/api/runs")).reverse()) {
    runs.follow(run);
  }
  await loadResults();
  document.documentElement.dataset["ready"] = "yes";
}

begin().catch((problem: Error) => {
  byId("form").replaceChildren(element("p", { class: "wrong", role: "alert" }, problem.message));
});
