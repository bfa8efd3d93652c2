// Large grids on a canvas of their own: a pixel or more for each cell, without an element for each.

import { figure, type Grid, label } from "./document.ts";
import { depth, heading, text } from "./figures.ts";
import type { Frame } from "./options.ts";

/** Cells above which a grid is drawn here. */
export const MANY_CELLS = 10_000;

const MARGIN = { left: 90, right: 8, top: 8, bottom: 40 };
const HEIGHT = 420;

/** Red, green and blue of `#rrggbb`. */
function rgb(colour: string): [number, number, number] {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The colour at `place`, 0 to 1, among `shades`. */
function shade(shades: [number, number, number][], place: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, place)) * (shades.length - 1);
  const from = shades[Math.floor(at)]!;
  const to = shades[Math.min(shades.length - 1, Math.floor(at) + 1)]!;
  const part = at - Math.floor(at);
  return [0, 1, 2].map((i) => Math.round(from[i]! + part * (to[i]! - from[i]!))) as [number, number, number];
}

export function heatmap(place: HTMLElement, data: Grid, frame: Frame): void {
  const rows = data.rows.length;
  const columns = data.columns.length;
  const canvas = document.createElement("canvas");
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(frame.width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  canvas.style.width = "100%";
  canvas.style.height = `${HEIGHT}px`;
  place.replaceChildren(canvas);
  const pen = canvas.getContext("2d");
  if (pen === null) {
    return;
  }
  const image = new ImageData(columns, rows);
  const shades = frame.theme.shades.map(rgb);
  let most = 0;
  for (const row of data.rows) {
    for (const cell of row.cells) {
      most = Math.max(most, figure(cell) ?? 0);
    }
  }
  data.rows.forEach((row, y) =>
    row.cells.forEach((cell, x) => {
      const value = figure(cell);
      image.data.set([...shade(shades, value === null || most === 0 ? 0 : depth(value, data.cells) / depth(most, data.cells)), value === null ? 0 : 255], 4 * (y * columns + x));
    })
  );
  const whole = document.createElement("canvas");
  whole.width = columns;
  whole.height = rows;
  whole.getContext("2d")?.putImageData(image, 0, 0);
  pen.scale(ratio, ratio);
  pen.imageSmoothingEnabled = false;
  const width = frame.width - MARGIN.left - MARGIN.right;
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  pen.drawImage(whole, MARGIN.left, MARGIN.top, width, height);
  pen.strokeStyle = frame.theme.line;
  pen.strokeRect(MARGIN.left, MARGIN.top, width, height);
  pen.fillStyle = frame.theme.ink;
  pen.font = "12px system-ui, sans-serif";
  const first = data.columns[0];
  const last = data.columns[columns - 1];
  if (first !== undefined && last !== undefined) {
    pen.textBaseline = "top";
    pen.fillText(label(first), MARGIN.left, HEIGHT - MARGIN.bottom + 6);
    pen.textAlign = "right";
    pen.fillText(label(last), frame.width - MARGIN.right, HEIGHT - MARGIN.bottom + 6);
    pen.textAlign = "center";
    pen.fillText(`${heading(data.across)}; darkest or lightest: ${text(most, data.cells)}`, MARGIN.left + width / 2, HEIGHT - MARGIN.bottom + 22);
  }
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (let i = 0; i <= 4; i++) {
    const row = data.rows[Math.min(rows - 1, Math.round((i * (rows - 1)) / 4))];
    pen.fillText(row === undefined ? "" : label(row.label), MARGIN.left - 6, MARGIN.top + (i * height) / 4 + (i === 0 ? 6 : i === 4 ? -6 : 0));
  }
}
