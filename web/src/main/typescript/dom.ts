// Elements of a page.

type Attributes = Record<string, string | boolean | undefined>;

/** An element with attributes and what is in it; attributes that are false or undefined are left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children);
  return made;
}

/** The element of the page with that id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`the page has no ${id}`);
  }
  return found;
}

/** Has screen readers say a sentence. */
export function say(text: string): void {
  byId("told").textContent = text;
}

export function counted(value: number): string {
  return Math.round(value).toLocaleString("en");
}

export function time(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 100) {
    return `${whole} s`;
  }
  return whole < 6000 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${counted(Math.floor(whole / 3600))} h ${Math.floor(whole / 60) % 60} min`;
}

export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
