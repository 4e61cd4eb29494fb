/** The page lets no text become HTML, and loads no scripts but its own data. */

// What OpenLayers measures the height of letters with.
const MEASURED_HTML = "M";
const DATA_SCRIPT = /^data\/[\w/]+\.js$/;

interface Policies {
  createPolicy(name: string, rules: Record<string, (text: string) => string>): unknown;
}

/** Make the rules by which the browser judges; those without Trusted Types judge nothing. */
export function setUpTrust(): void {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  policies?.createPolicy("default", {
    createHTML: (text) => allowed(text, text === MEASURED_HTML),
    createScriptURL: (address) => allowed(address, DATA_SCRIPT.test(address)),
  });
}

function allowed(text: string, isAllowed: boolean): string {
  if (!isAllowed) throw new TypeError(`the page does not take this: ${text.slice(0, 80)}`);
  return text;
}
