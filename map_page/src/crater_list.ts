/** The list of craters: search by name, show and hide the ejecta of each. */

import type { Crater } from "./data";
import { byId, colorKey, element, tell } from "./dom";
import type { State, Store } from "./state";
import { kilometres } from "./words";

interface Row {
  crater: Crater;
  item: HTMLLIElement;
  box: HTMLInputElement;
}

export class CraterList {
  private readonly rows: Row[];

  constructor(
    craters: readonly Crater[],
    private readonly store: Store,
    private readonly choose: (crater: Crater) => void,
  ) {
    const inOrder = [...craters].sort((a, b) => a.label.localeCompare(b.label, "en", { numeric: true }));
    this.rows = inOrder.map((crater) => this.row(crater));
    byId("craters").append(...this.rows.map((row) => row.item));
    const query = byId<HTMLInputElement>("query");
    query.addEventListener("input", () => this.filter(query.value));
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.chooseFirst(query.value);
    });
    byId("show-all").addEventListener("click", () => this.setAll(true));
    byId("hide-all").addEventListener("click", () => this.setAll(false));
    this.filter("");
  }

  update(state: State): void {
    for (const { crater, item, box } of this.rows) {
      box.checked = !state.hidden.has(crater.id);
      const isChosen = state.selected === crater.id;
      if (isChosen && !item.classList.contains("chosen")) item.scrollIntoView({ block: "nearest" });
      item.classList.toggle("chosen", isChosen);
    }
  }

  private row(crater: Crater): Row {
    const box = element("input", { type: "checkbox", "aria-label": `Ejecta of ${crater.label}` });
    box.disabled = crater.probe === null;
    box.addEventListener("change", () => {
      const hidden = new Set(this.store.state.hidden);
      if (box.checked) hidden.delete(crater.id);
      else hidden.add(crater.id);
      this.store.change({ hidden });
    });
    const diameter = kilometres((2 * crater.radius_m) / 1000);
    const button = element(
      "button",
      { type: "button" },
      element("span", {}, crater.label),
      element("span", { class: "size" }, diameter),
    );
    button.addEventListener("click", () => this.choose(crater));
    return { crater, box, item: element("li", {}, box, colorKey(crater.color), button) };
  }

  private filter(query: string): void {
    let found = 0;
    for (const { crater, item } of this.rows) {
      item.hidden = !plain(crater.label).includes(plain(query));
      found += item.hidden ? 0 : 1;
    }
    byId("found").textContent =
      found === this.rows.length ? String(found) : `${found} of ${this.rows.length}`;
  }

  /** Choose the crater of that name, else the first whose name begins so, else the first shown. */
  private chooseFirst(query: string): void {
    const shown = this.rows.filter((row) => !row.item.hidden).map((row) => row.crater);
    const sought = plain(query);
    const found =
      shown.find((crater) => plain(crater.label) === sought) ??
      shown.find((crater) => plain(crater.label).startsWith(sought)) ??
      shown[0];
    if (found === undefined) tell(`No crater is called ${query}`);
    else this.choose(found);
  }

  private setAll(isShown: boolean): void {
    const hidden = isShown ? [] : this.rows.map((row) => row.crater.id);
    this.store.change({ hidden: new Set(hidden) });
    tell(isShown ? "All ejecta are shown" : "All ejecta are hidden");
  }
}

/** Return a name without accents, in lower case. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .trim();
}
