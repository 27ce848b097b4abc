// Keeps the words of the form over a sign-in, where the portal itself keeps them too: portal/drafts.py reads them back.

const QUARTER_HOUR = 15 * 60;
const LONGEST = 600;

export function keepDraft({ slot, cba, includes, nickname }) {
  const words = Object.entries({ slot, cba, includes, nickname }).filter(([, word]) => word);
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(words.map(([name, word]) => [name, word.slice(0, LONGEST)]))));
  const value = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `cx_draft=${value}; path=/documents; max-age=${QUARTER_HOUR}; samesite=lax${secure}`;
}
