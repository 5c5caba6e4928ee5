/** An analyzer put together of parts: the text through filters of characters, cut into tokens, these through filters. */
import { isObject, readObject } from '../../json/read-object.ts';
import { arrayOf, oneOf, type Reader } from '../../json/readers.ts';
import { RequestNode } from '../../json/request-node.ts';
import { limits } from '../../limits.ts';
import type { Analyzer, TokenSink } from '../analyzer.ts';
import { isLong, piecesOf } from '../pieces.ts';
import { charFilters } from './char-filters/table.ts';
import { EditedText } from './edited-text.ts';
import { tokenFilters } from './filters/table.ts';
import type { CharFilter, PartDefinition, TakeToken, TokenFilter, Tokenizer } from './part.ts';
import { tokenizers } from './tokenizers/table.ts';

/** As it is written: parts by their names, or as objects with `type` and options. */
export interface CustomAnalyzer {
  readonly char_filter?: readonly Part[];
  readonly tokenizer: Part;
  readonly filter?: readonly Part[];
}

export type Part = string | Readonly<Record<string, unknown>>;

interface Parts {
  readonly charFilters: readonly CharFilter[];
  readonly tokenizer: Tokenizer;
  readonly filters: readonly TokenFilter[];
}

/** @throws SheafError REQUEST_… for a part or option that there is not, or that cannot be */
export const readCustomAnalyzer: Reader<CustomAnalyzer> = (node) => {
  const { written } = readBoth(node);
  const actual = JSON.stringify(written).length;
  const limit = limits.analyzerLengthMax;
  if (actual > limit) throw node.invalid({ expected: `at most ${limit} characters of JSON`, limit, actual });
  return written;
};

function readBoth(node: RequestNode): { written: CustomAnalyzer; parts: Parts } {
  const properties = readObject(node, ['char_filter', 'tokenizer', 'filter']);
  const before = properties.optional('char_filter', arrayOf(partOf(charFilters), limits.analyzerPartsMax), []);
  const tokenizer = properties.required('tokenizer', partOf(tokenizers));
  const after = properties.optional('filter', arrayOf(partOf(tokenFilters), limits.analyzerPartsMax), []);
  return {
    written: {
      ...(before.length === 0 ? {} : { char_filter: before.map(({ written }) => written) }),
      tokenizer: tokenizer.written,
      ...(after.length === 0 ? {} : { filter: after.map(({ written }) => written) }),
    },
    parts: {
      charFilters: before.map(({ part }) => part),
      tokenizer: tokenizer.part,
      filters: after.map(({ part }) => part),
    },
  };
}

/** A part by its name, or an object with its `type`. */
function partOf<P>(table: Readonly<Record<string, PartDefinition<P>>>): Reader<{ written: Part; part: P }> {
  const readType = oneOf(Object.keys(table));
  return (node) => {
    if (typeof node.value === 'string') {
      const definition = table[readType(node)]!;
      // What it needs is missing where it stands.
      return { written: node.value, part: definition.make(readObject(node.child('', {}), definition.options)) };
    }
    if (!isObject(node.value)) throw node.wrongType('a name or an object');
    const type = readType(node.child('type', node.value['type']));
    const definition = table[type]!;
    return { written: node.value, part: definition.make(readObject(node, ['type', ...definition.options])) };
  };
}

/** @param definition one that was read */
export function makeCustomAnalyzer(definition: CustomAnalyzer): Analyzer {
  return new PartsAnalyzer(readBoth(RequestNode.body(definition)).parts);
}

class PartsAnalyzer implements Analyzer {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** A pattern is not taken apart: only filters that change letters and leave as many terms as there are have a say. */
  normalizeLetters(text: string): string {
    let term = text;
    for (const filter of this.parts.filters) {
      const found: string[] = [];
      const run = filter((token) => found.push(token.term));
      run.take({ term, position: 0, start: 0, end: text.length, isKeyword: true });
      run.end();
      if (found.length === 1) term = found[0]!;
    }
    return term;
  }

  analyze(text: string, sink: TokenSink): boolean {
    let edited = new EditedText(text);
    for (const filter of this.parts.charFilters) edited = edited.apply(filter(edited.text));
    const out = new Positions(edited, sink);
    let take: TakeToken = (token) => out.take(token);
    const runs = this.parts.filters.toReversed().map((filter) => {
      const run = filter(take);
      take = (token) => run.take(token);
      return run;
    });
    // What is too long to be a term is cut before filters multiply it.
    let further = 0;
    const usedDictionaries = this.parts.tokenizer(edited.text, (token) => {
      const position = token.position + further;
      if (!isLong(token.term)) take({ ...token, position });
      else {
        const pieces = piecesOf(token.term);
        pieces.forEach((term, at) => take({ ...token, term, position: position + at }));
        further += pieces.length - 1;
      }
    });
    for (const run of runs.toReversed()) run.end();
    return usedDictionaries;
  }
}

/** Hands terms out, well-formed, with their places in the text as it was, each once at a position. */
class Positions {
  private readonly edited: EditedText;
  private readonly sink: TokenSink;
  private position = -1;
  private readonly here = new Set<string>();

  constructor(edited: EditedText, sink: TokenSink) {
    this.edited = edited;
    this.sink = sink;
  }

  take(token: Parameters<TakeToken>[0]): void {
    const term = token.term.toWellFormed();
    if (term === '') return;
    // A filter may hold tokens back; none goes before one that was handed out.
    const position = Math.max(token.position, this.position);
    if (position > this.position) this.here.clear();
    this.position = position;
    const start = this.edited.originOf(token.start, 'start');
    const end = this.edited.originOf(token.end, 'end');
    // A filter may have made it longer. Pieces of it stand where it does.
    for (const piece of isLong(term) ? piecesOf(term) : [term]) {
      if (this.here.has(piece)) continue;
      this.here.add(piece);
      this.sink(piece, position, start, Math.max(end, start));
    }
  }
}
