/** What is chosen: a crater with its profile, and a place with those who claim it. */

import type { Crater, Facts, LonLat, Profile } from "./data";
import { byId, colorKey, element, tell, terms } from "./dom";
import type { Claim, Probe } from "./probe";
import { profilePlot } from "./profile_plot";
import type { Change, State } from "./state";
import { area, kilometres, placeWords, short } from "./words";

export interface Actions {
  choose(crater: Crater): void;
  centerOn(crater: Crater): void;
  close(what: "selected" | "place"): void;
}

export class Details {
  private readonly hint = [...byId("details").children];
  private readonly crater = element("section", { "aria-label": "Crater" });
  private readonly place = element("section", { "aria-label": "Place", "aria-live": "polite" });

  constructor(
    private readonly facts: Facts,
    private readonly profiles: Record<string, Profile>,
    private readonly probe: Probe,
    private readonly actions: Actions,
  ) {}

  update(state: State, change: Change): void {
    if ("place" in change) void this.showPlace(state.place);
    if ("selected" in change) this.showCrater(state.selected);
    const shown = [
      ...(state.place === null ? [] : [this.place]),
      ...(state.selected === null ? [] : [this.crater]),
    ];
    byId("details").replaceChildren(...(shown.length > 0 ? shown : this.hint));
  }

  private showCrater(id: number | null): void {
    const crater = this.facts.craters.find((one) => one.id === id);
    if (crater === undefined) return;
    const rows: [string, string][] = [
      ["Centre", placeWords(crater.at)],
      ["Diameter", kilometres((2 * crater.radius_m) / 1000)],
    ];
    if (crater.mask_km2 !== null) rows.push(["Mask", area(crater.mask_km2)]);
    if (crater.expected_km2 !== null) {
      const [expected, low, high] = crater.expected_km2;
      rows.push(["Expected", `${area(expected)} (95 %: ${short(low)} to ${short(high)})`]);
    }
    if (crater.state !== "current") rows.push(["State", crater.state]);
    const center = element("button", { type: "button" }, "Centre");
    center.addEventListener("click", () => this.actions.centerOn(crater));
    const profile = this.profiles[String(crater.id)];
    this.crater.replaceChildren(
      element("div", { class: "titled" }, colorKey(crater.color), element("h2", {}, crater.label), center, this.closer("selected")),
      terms(rows),
      ...(profile === undefined ? [] : [profilePlot(profile, crater.label)]),
    );
  }

  private async showPlace(place: LonLat | null): Promise<void> {
    if (place === null) return;
    const title = element("div", { class: "titled" }, element("h2", {}, placeWords(place)), this.closer("place"));
    this.place.replaceChildren(title, element("p", { class: "note" }, "Looking up who claims it."));
    try {
      const claims = await this.probe.claims(place);
      this.place.replaceChildren(title, ...this.told(claims));
      tell(`${placeWords(place)}: ${inWords(claims)}`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.place.replaceChildren(title, element("p", { role: "alert" }, text));
    }
  }

  private told(claims: readonly Claim[]): Node[] {
    if (claims.length === 0) return [element("p", {}, "No crater claims this place.")];
    const list = element("ol", { class: "claims" });
    list.append(...claims.map((claim) => element("li", {}, this.row(claim))));
    return [list];
  }

  private row(claim: Claim): HTMLElement {
    const { crater, isClaimed, distance_km, radii } = claim;
    const percent = isSure(claim) ? "mapped" : `${claim.percent}%`;
    const more = `${isClaimed ? "claims it" : "does not claim it"}, ${kilometres(distance_km)} or ${short(radii)} radii away`;
    const row = element(
      "button",
      { type: "button" },
      colorKey(crater.color),
      element("span", { class: "claim-name" }, crater.label),
      element("span", { class: "claim-percent" }, percent),
      element("span", { class: "claim-more" }, more),
    );
    row.addEventListener("click", () => this.actions.choose(crater));
    return row;
  }

  private closer(what: "selected" | "place"): HTMLElement {
    const label = what === "selected" ? "Close the crater" : "Close the place";
    const close = element("button", { type: "button", "aria-label": label }, "×");
    close.addEventListener("click", () => this.actions.close(what));
    return close;
  }
}

/** Published masks have no probability. */
function isSure({ crater, isClaimed }: Claim): boolean {
  return isClaimed && !crater.has_probability;
}

function inWords(claims: readonly Claim[]): string {
  if (claims.length === 0) return "no crater claims this place";
  return claims
    .map((claim) => {
      const sure = isSure(claim) ? "" : `, ${claim.percent} percent`;
      return `${claim.crater.label}${claim.isClaimed ? " claims it" : " does not claim it"}${sure}`;
    })
    .join("; ");
}
