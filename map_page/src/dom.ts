/** Elements of the page: text is always set as text, never as HTML. */

type Attributes = Record<string, string>;

export function byId<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}`);
  return found as Kind;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
  made.append(...children);
  return made;
}

export function drawing(name: string, attributes: Attributes = {}, text = ""): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

export function terms(rows: readonly (readonly [string, string])[]): HTMLDListElement {
  const list = element("dl");
  for (const [what, text] of rows) list.append(element("dt", {}, what), element("dd", {}, text));
  return list;
}

/** A square in the colour of a crater. */
export function colorKey(color: string): HTMLElement {
  const key = element("i", { class: "key", "aria-hidden": "true" });
  key.style.background = color;
  return key;
}

/** Say something to those who do not see the map. */
export function tell(text: string): void {
  byId("told").textContent = text;
}
