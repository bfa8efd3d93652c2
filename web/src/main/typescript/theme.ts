// Colours of the page's style sheet, so that charts are light or dark with it.

export interface Theme {
  ink: string;
  faint: string;
  line: string;
  paper: string;
  dark: boolean;
  /** Colours of lines and parts, in order: apart from each other for eyes that see no red or green. */
  colours: string[];
  /** From little to much. */
  shades: string[];
}

// After Okabe and Ito (2008), darkened or lightened to stand out from the paper; the first ones differ in how light they are,
// too, so that parts of a bar are told apart without colours.
const LIGHT = ["#0b5c99", "#c98500", "#b8320e", "#00805c", "#a8437f", "#3d8fb5", "#5b4fa3", "#6b6b6b", "#93311f", "#3e7d1f"];
const DARK = ["#5cb3f0", "#ead27a", "#e8763f", "#3ecf9f", "#e48fc2", "#8fd3ee", "#b3a8f0", "#b0b0b0", "#ef8a77", "#9cd67a"];

/** `colour`, of which a part of 0 to 1 is replaced by the paper's. */
export function paler(colour: string, part: number, paper: string): string {
  const of = (hex: string) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const to = of(paper);
  return "#" + of(colour).map((value, i) => Math.round(value + part * (to[i]! - value)).toString(16).padStart(2, "0")).join("");
}

/** What can be read on `colour`. */
export function inkOn(colour: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.3 * red! + 0.6 * green! + 0.1 * blue! > 115 ? "#10181f" : "#ffffff";
}

/** The theme that the page has now. */
export function theme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches;
  return {
    ink: of("--ink"),
    faint: of("--faint"),
    line: of("--line"),
    paper: of("--paper"),
    dark,
    colours: dark ? DARK : LIGHT,
    shades: dark ? ["#182430", "#1d4f7c", "#2f86c4", "#8fd0f5", "#f4fbff"] : ["#f1f6fa", "#b5d3ea", "#5fa2d3", "#1c6bab", "#0a2f57"],
  };
}
