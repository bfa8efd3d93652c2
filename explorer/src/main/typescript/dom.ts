// Elements, made in one expression.

type Content = Node | string | null;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean>,
  ...content: Content[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, content);
}

export function svg(tag: string, attributes: Record<string, string | number | boolean>, ...content: Content[]): SVGElement {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag) as SVGElement, attributes, content);
}

function fill<E extends Element>(made: E, attributes: Record<string, string | number | boolean>, content: Content[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...content.filter((part) => part !== null));
  return made;
}

export function button(text: string, name: string, press: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", "data-name": name }, text);
  made.addEventListener("click", press);
  return made;
}

export const whole = (value: number): string => value.toLocaleString("en");
