// Runs as they wait, run and end, told by server-sent events.

import { post, type Progress, type RunState } from "./api.ts";
import { byId, counted, element, say, time } from "./dom.ts";
import { LiveCharts } from "./livecharts.ts";
import { PageMap } from "./pagemap.ts";

const WORDS = {
  WAITING: "waits",
  RUNNING: "runs",
  DONE: "done",
  CANCELLED: "cancelled",
  REFUSED: "not possible",
  FAILED: "failed",
};

function isOver(run: RunState): boolean {
  return run.phase !== "WAITING" && run.phase !== "RUNNING";
}

function state(run: RunState): string {
  if (run.phase === "WAITING" && run.place !== undefined) {
    const before = run.place - 1;
    return before === 0 ? "is next" : `waits for ${before} ${before === 1 ? "other" : "others"}`;
  }
  return run.phase === "DONE" && run.complete === false ? "cancelled: what there was so far" : WORDS[run.phase];
}

function far(of: Progress): string {
  const part = of.total === undefined ? "" : ` of ${counted(of.total)}`;
  const left = of.secondsLeft === undefined ? "" : `, ${time(of.secondsLeft)} left`;
  const figures = Object.entries(of.figures).map(([name, value]) => `; ${name} ${value.toLocaleString("en")}`).join("");
  return `${of.phase}: ${counted(of.done)}${part} ${of.unit}, ${counted(of.rate)} a second${left}${figures}`;
}

function quoted(word: string): string {
  return /^[\w:=.,/@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** One run on the page. */
class Card {
  readonly element = element("article", {});
  private readonly name = element("span", {});
  private readonly stateText = element("span", { class: "state" });
  private readonly bar = element("progress", { max: "1" });
  private readonly text = element("p", { class: "far" });
  private readonly phases = element("p", { class: "far" });
  private readonly message = element("p", { class: "wrong" });
  private readonly actions = element("p", { class: "tools" });
  private readonly cancel = element("button", { type: "button" }, "Cancel");
  private map: PageMap | null = null;
  private charts: LiveCharts | null = null;
  private told = "";
  private begun = false;

  constructor(private readonly id: number, first: RunState) {
    const title = `Run ${id}: ${first.command[0] ?? first.experiment}`;
    this.name.textContent = title;
    this.bar.setAttribute("aria-label", `${title}, how far it is`);
    this.cancel.setAttribute("aria-label", `Cancel run ${id}`);
    this.cancel.addEventListener("click", () => {
      this.cancel.disabled = true;
      post<RunState>("/api/cancel", { id: String(id) }).catch((problem: Error) => {
        this.message.textContent = problem.message;
        this.cancel.disabled = false;
      });
    });
    const line = first.command.map((word, i) => i === 0 ? word : quoted(word)).join(" ");
    this.actions.append(this.cancel);
    this.element.append(
      element("h3", {}, this.name, this.stateText),
      element("code", { class: "line", tabindex: "0" }, line),
      this.bar,
      this.text,
      this.phases,
      this.message,
      this.actions,
    );
    this.show(first);
  }

  show(run: RunState): void {
    this.element.className = `run ${run.phase}`;
    this.stateText.textContent = state(run);
    if (run.phase === "RUNNING" && !this.begun) {
      this.begun = true;
      this.toTop();
    }
    this.message.textContent = run.message ?? "";
    const now = run.progress;
    this.bar.hidden = run.phase !== "RUNNING";
    if (now?.total === undefined) {
      this.bar.removeAttribute("value");
    } else {
      this.bar.value = now.done / Math.max(1, now.total);
    }
    this.text.hidden = run.phase !== "RUNNING" || now === undefined;
    this.text.textContent = now === undefined ? "" : far(now);
    this.phases.hidden = run.done.length === 0 || isOver(run);
    this.phases.textContent = "Done: " + run.done.map((one) => `${one.phase} (${counted(one.done)} ${one.unit})`).join(", ");
    if (run.live !== undefined && !isOver(run)) {
      this.map ??= new PageMap(this.id);
      if (!this.map.element.isConnected) {
        this.actions.before(this.map.element);
      }
      void this.map.show(run.live);
    }
    if (run.charts !== undefined && !isOver(run)) {
      this.charts ??= new LiveCharts(this.id);
      if (!this.charts.element.isConnected) {
        this.actions.before(this.charts.element);
      }
      void this.charts.show(run.charts);
    }
    if (state(run) !== this.told) {
      this.told = state(run);
      say(`Run ${this.id} ${this.told}`);
    }
    if (isOver(run)) {
      // Its report has them, and all that came after.
      this.charts?.element.remove();
      this.over(run);
    }
  }

  /** What runs is above what waits. */
  private toTop(): void {
    const focused = document.activeElement;
    const list = byId("run-list");
    if (this.element.isConnected && list.firstElementChild !== this.element) {
      const had = this.element.contains(focused);
      list.prepend(this.element);
      if (had && focused instanceof HTMLElement) {
        focused.focus();
      }
    }
  }

  private over(run: RunState): void {
    const focused = this.actions.contains(document.activeElement);
    this.actions.replaceChildren();
    if (run.result !== undefined) {
      this.actions.append(...links(run.result, `run ${run.id}`));
      if (focused) {
        this.actions.querySelector("a")?.focus();
      }
    }
  }
}

/** A result as its report, and to keep. */
export function links(result: string, what: string): HTMLElement[] {
  return [
    element("a", { class: "button", href: `/report?id=${result}`, target: "_blank", rel: "noopener" }, "Open the report", element("span", { class: "heard" }, ` of ${what}`)),
    ...["html", "json", "csv"].map((as) =>
      element("a", { href: `/download?id=${result}&as=${as}`, download: true }, as.toUpperCase(), element("span", { class: "heard" }, ` of ${what}`))
    ),
  ];
}

export class Runs {
  private readonly cards = new Map<number, Card>();

  constructor(private readonly ended: (run: RunState) => void) {
    byId("run-list").append(element("p", { class: "none" }, "Nothing has been started yet."));
  }

  /** Shows a run, and follows it until it is over. */
  follow(run: RunState): void {
    byId("run-list").querySelector(".none")?.remove();
    const card = this.cards.get(run.id) ?? new Card(run.id, run);
    if (!this.cards.has(run.id)) {
      this.cards.set(run.id, card);
      const running = byId("run-list").querySelector(":scope > .RUNNING");
      if (running === null || run.phase === "RUNNING") {
        byId("run-list").prepend(card.element);
      } else {
        running.after(card.element);
      }
    }
    if (isOver(run)) {
      return;
    }
    const source = new EventSource(`/api/runs/events?id=${run.id}`);
    source.onmessage = (event: MessageEvent<string>) => {
      const now = JSON.parse(event.data) as RunState;
      card.show(now);
      if (isOver(now)) {
        source.close();
        this.ended(now);
      }
    };
  }
}
