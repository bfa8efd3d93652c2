// A virtual machine's pages as it runs: a canvas with a point for each, up to a million, and exits over time.

import { type Live, pages } from "./api.ts";
import { counted, element, size } from "./dom.ts";

const STATES = ["not backed", "4-KiB pages", "in large pages", "shared", "writes trapped", "inherited"];
const LIGHT = ["#eef2f5", "#3d8fb5", "#0b5c99", "#00805c", "#b8320e", "#c98500"];
const DARK = ["#1a222a", "#5cb3f0", "#b9deff", "#3ecf9f", "#e8763f", "#ead27a"];
/** Added to the state of a page that was written in the period that is told. */
const WRITTEN = 8;
const WRITTEN_LIGHT = "#d6006e";
const WRITTEN_DARK = "#ff6fb5";
const PAGE = 4096;
const MOST_POINTS = 400;
const WIDTH = 480;
const HEIGHT = 70;

/** Of each state, and at the end of what was written. */
function colours(): string[] {
  return matchMedia("(prefers-color-scheme: dark)").matches ? [...DARK, WRITTEN_DARK] : [...LIGHT, WRITTEN_LIGHT];
}

/** Pixels of a colour as the canvas has them in memory, little-endian. */
function pixel(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return ((255 << 24) | (blue! << 16) | (green! << 8) | red!) >>> 0;
}

/** Draws `cells` row by row in a square, or what is nearest to one. */
function draw(canvas: HTMLCanvasElement, cells: Uint8Array): void {
  const across = Math.max(1, 2 ** Math.ceil(Math.log2(Math.sqrt(cells.length * 2))));
  canvas.width = across;
  canvas.height = Math.max(1, Math.ceil(cells.length / across));
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  const points = new Uint32Array(image.data.buffer);
  const palette = Uint32Array.from(colours().map(pixel));
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    points[i] = palette[cell < WRITTEN ? cell : STATES.length]!;
  }
  context.putImageData(image, 0, 0);
}

export class PageMap {
  readonly element: HTMLElement;
  private readonly canvas = element("canvas", { role: "img", tabindex: "0", "aria-label": "Pages of the guest's memory" });
  private readonly legend = element("ul", { class: "legend" });
  private readonly text = element("p", { class: "far" });
  private readonly exits = element("div", {});
  private readonly seen: { at: number; exits: number }[] = [];
  private number = 0;
  private loading = false;
  private cells: Uint8Array | null = null;

  constructor(private readonly run: number) {
    this.element = element("div", { class: "live" }, this.canvas, this.legend, this.text, this.exits);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      if (this.cells !== null) {
        draw(this.canvas, this.cells);
      }
    });
  }

  /** Shows the pages as they are now. */
  async show(live: Live): Promise<void> {
    if (live.number === this.number || this.loading) {
      return;
    }
    this.number = live.number;
    this.loading = true;
    try {
      const cells = await pages(this.run);
      if (cells.length === 0) {
        // It has ended meanwhile.
        return;
      }
      this.cells = cells;
      draw(this.canvas, this.cells);
      this.words(live);
    } finally {
      this.loading = false;
    }
  }

  private words(live: Live): void {
    const memory = (cells: number) => size(cells * live.pagesPerCell * PAGE);
    const palette = colours();
    const line = (i: number, text: string) => {
      const colour = element("i", {});
      colour.style.background = palette[i]!;
      return element("li", {}, colour, text);
    };
    const written = live.written === undefined ? [] : [`written from ${live.written.from.toFixed(1)} to ${live.written.until.toFixed(1)} ms: ${size(live.written.pages * PAGE)}`];
    this.legend.replaceChildren(
      ...STATES.flatMap((state, i) => live.cells[i] ? [line(i, `${state}: ${memory(live.cells[i]!)}`)] : []),
      ...written.map((text) => line(STATES.length, text)),
    );
    const each = live.pagesPerCell === 1 ? "a page of 4 KiB" : `${live.pagesPerCell} pages of 4 KiB, shown as the first`;
    this.canvas.setAttribute(
      "aria-label",
      `Pages of the guest's memory, each point ${each}, from address 0 row by row: ` +
        [...STATES.map((state, i) => `${memory(live.cells[i] ?? 0)} ${state}`), ...written].join(", "),
    );
    this.text.textContent = `Each point is ${each}, from address 0, row by row. ${counted(live.exits)} exits after ${counted(live.accesses)} accesses and ${live.milliseconds.toFixed(1)} ms of the guest's time.`;
    this.seen.push({ at: live.milliseconds, exits: live.exits });
    if (this.seen.length > MOST_POINTS) {
      this.seen.splice(0, this.seen.length, ...this.seen.filter((_, i) => i % 2 === 1));
    }
    this.curve();
  }

  /** Exits over the guest's time. */
  private curve(): void {
    const last = this.seen[this.seen.length - 1];
    if (last === undefined || this.seen.length < 2 || last.exits === 0) {
      return;
    }
    const points = [{ at: 0, exits: 0 }, ...this.seen].map(({ at, exits }) =>
      `${(at / last.at * WIDTH).toFixed(1)},${(HEIGHT - 2 - exits / last.exits * (HEIGHT - 4)).toFixed(1)}`
    );
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "exits");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `Exits over time, ${counted(last.exits)} after ${last.at.toFixed(1)} ms`);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", points.join(" "));
    svg.append(line);
    this.exits.replaceChildren(element("p", { class: "far" }, `Exits over the guest's time, from 0 to ${counted(last.exits)}:`), svg);
  }
}
