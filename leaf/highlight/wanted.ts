import type { QueryVisitor, SoughtPhrase, TermTest } from '../../shared/query/clause.ts';
import { childrenOf, definitionOf, type Query } from '../../shared/query/query.ts';

/** What a query looks for in one field. */
export interface Wanted {
  /** Whether a term is looked for wherever it stands. */
  readonly isWanted: TermTest;
  /** Terms that mark where they stand side by side. */
  readonly phrases: readonly SoughtPhrase[];
}

/** What a query looks for in a field, whatever it excludes aside; null where that is nothing. */
export function wantedIn(query: Query, field: string): Wanted | null {
  const collected = new WantedCollector(field);
  visitAll(query, collected);
  return collected.wanted();
}

function visitAll(query: Query, visitor: QueryVisitor): void {
  definitionOf(query.kind).visit?.(query, visitor);
  for (const child of childrenOf(query)) if (child.role !== 'excluded') visitAll(child.query, visitor);
}

class WantedCollector implements QueryVisitor {
  private readonly field: string;
  private readonly terms = new Set<string>();
  private readonly tests: TermTest[] = [];
  private readonly phrases: SoughtPhrase[] = [];

  constructor(field: string) {
    this.field = field;
  }

  term(field: string, term: string): void {
    if (field === this.field) this.terms.add(term);
  }

  pattern(field: string, makeTest: () => TermTest): void {
    if (field === this.field) this.tests.push(makeTest());
  }

  phrase(field: string, phrase: SoughtPhrase): void {
    if (field === this.field) this.phrases.push(phrase);
  }

  wanted(): Wanted | null {
    const { terms, tests, phrases } = this;
    if (terms.size + tests.length + phrases.length === 0) return null;
    const passes = remember((term) => tests.some((test) => test(term)));
    return { isWanted: (term) => terms.has(term) || (tests.length > 0 && passes(term)), phrases };
  }
}

/** Words of a text whose matching is known. */
const rememberedMax = 16_384;

/** Patterns cost more than a look-up, and most words of a text come again. */
function remember(test: TermTest): TermTest {
  const known = new Map<string, boolean>();
  return (term) => {
    let result = known.get(term);
    if (result === undefined) {
      if (known.size >= rememberedMax) known.clear();
      known.set(term, (result = test(term)));
    }
    return result;
  };
}
