/**
 * Parts a gloss of WordNet into definition and examples. Pure.
 *
 * Examples stand in quotes after the definition, parted by semicolons, some with their source behind them:
 * `freedom from doubt; "his assurance"; "He came"- W.Scott`. Quotes inside the definition belong to it: a quote
 * opens an example only where an item begins.
 */
export interface Gloss {
  readonly definition: string;
  readonly examples: readonly string[];
}

export function readGloss(text: string): Gloss {
  const definition: string[] = [];
  const examples: string[] = [];
  for (const item of splitItems(text)) {
    const quoted = /^"([^"]*)"?/.exec(item);
    if (quoted === null) definition.push(item);
    else if (quoted[1]!.trim() !== '') examples.push(quoted[1]!.trim());
  }
  return { definition: definition.join('; '), examples };
}

/** The items of a gloss: ended by `;` or `:` before a quote, never inside quotes or parentheses. */
function splitItems(text: string): string[] {
  const items: string[] = [];
  let start = 0;
  let inQuotes = false;
  let depth = 0;
  const end = (at: number): void => {
    const item = text.slice(start, at).trim();
    if (item !== '') items.push(item);
    start = at + 1;
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') inQuotes = !inQuotes;
    else if (inQuotes) continue;
    else if (character === '(') depth++;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0 && endsItem(text, i)) end(i);
  }
  end(text.length);
  return items;
}

function endsItem(text: string, at: number): boolean {
  if (text[at] === ';') return true;
  return (text[at] === ':' || text[at] === ',') && /^\s*"/.test(text.slice(at + 1, at + 4));
}
