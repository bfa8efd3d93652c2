// Charts of what runs, made anew a few times a second: what the server says of them replaces what was there, and the
// script of reports draws them.

import { charts } from "./api.ts";
import { element } from "./dom.ts";

let script: HTMLScriptElement | null = null;

/** Has the script of reports draw what is on the page; it is fetched when there is something to draw. */
function draw(): void {
  if (script === null) {
    script = element("script", { src: "/report.js" });
    document.head.append(script);
  } else {
    document.dispatchEvent(new Event("nestwalk-charts"));
  }
}

/** Takes over what a figure says of itself; the place that it is drawn in stays. */
function replace(figure: Element, by: Element): void {
  for (const part of ["figcaption", "script.data", "details > .scroll", "details > table"]) {
    const now = figure.querySelector(part);
    const then = by.querySelector(part);
    if (now !== null && then !== null) {
      now.replaceWith(then);
    }
  }
}

export class LiveCharts {
  readonly element = element("div", { class: "live charts" });
  private number = 0;
  private loading = false;

  constructor(private readonly run: number) {}

  /** Shows what there is now. */
  async show(number: number): Promise<void> {
    if (number === this.number || this.loading) {
      return;
    }
    this.number = number;
    this.loading = true;
    try {
      const html = await charts(this.run);
      if (html !== "" && this.element.isConnected) {
        this.take(html);
        draw();
      }
    } finally {
      this.loading = false;
    }
  }

  private take(html: string): void {
    const made = new DOMParser().parseFromString(html, "text/html").body;
    const names = (of: Element) => [...of.children].map((one) => `${one.tagName} ${one.id}`).join();
    if (names(made) !== names(this.element)) {
      made.querySelectorAll("details").forEach((table) => table.open = false);
      this.element.replaceChildren(...made.childNodes);
      return;
    }
    [...made.children].forEach((one, i) => {
      const now = this.element.children[i]!;
      if (one.tagName === "FIGURE") {
        replace(now, one);
      } else {
        now.replaceWith(one);
      }
    });
  }
}
