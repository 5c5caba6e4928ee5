import type { RequestNode } from '../../shared/json/request-node.ts';
import type { Query } from '../../shared/query/query.ts';

/** How many edits a word of so many characters may be away. */
export type Fuzziness = (characters: number) => 0 | 1 | 2;

/** None below 3 characters, 1 below 6, else 2: as Elasticsearch's AUTO. */
export const autoFuzziness: Fuzziness = (characters) => (characters < 3 ? 0 : characters < 6 ? 1 : 2);

const fixed: Readonly<Record<string, Fuzziness>> = { '0': () => 0, '1': () => 1, '2': () => 2, AUTO: autoFuzziness };

/** `"AUTO"`, 0, 1 or 2. */
export function readFuzziness(node: RequestNode): Fuzziness {
  const { value } = node;
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  const found = Object.hasOwn(fixed, text) ? fixed[text] : undefined;
  if (found === undefined) throw node.invalid({ expected: 'AUTO, 0, 1 or 2' });
  return found;
}

/** The terms of a field that a term may be meant for; null where it can only be meant as it is. */
export function fuzzyQuery(field: string, term: string, fuzziness: Fuzziness, prefixLength = 0): Query | null {
  const edits = fuzziness(Array.from(term).length);
  return edits === 0 ? null : { kind: 'fuzzy', field, term, edits, prefixLength };
}
