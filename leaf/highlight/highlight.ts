/** The fragments of hits: see README.md. */
import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import { keywordAnalyzer } from '../../shared/analysis/keyword-analyzer.ts';
import { limits } from '../../shared/limits.ts';
import type { Highlight, HighlightedField, HighlightRequest } from '../../shared/query/highlight.ts';
import type { Query } from '../../shared/query/query.ts';
import { buildPathTree, forEachValue, type PathTree } from '../../shared/schema/extract.ts';
import type { Steps } from '../schedule/steps.ts';
import { bestFragments, cutFragments, type Fragment } from './fragments.ts';
import { marksIn } from './marks.ts';
import { wantedIn, type Wanted } from './wanted.ts';

/** Characters analysed for what a document costs. */
const charactersPerDocument = 4;

interface FieldToShow {
  readonly field: HighlightedField;
  readonly wanted: Wanted;
}

interface TextFragment extends Fragment {
  readonly text: string;
}

/** Highlights one hit after another of the same query. */
export class Highlighter {
  private readonly request: HighlightRequest;
  private readonly fields: readonly FieldToShow[];
  private readonly paths: PathTree<string>;

  constructor(request: HighlightRequest, query: Query) {
    this.request = request;
    this.fields = request.fields.flatMap((field) => {
      const wanted = wantedIn(query, field.name);
      return wanted === null ? [] : [{ field, wanted }];
    });
    this.paths = buildPathTree(this.fields.map(({ field }) => [field.path, field.path] as const));
  }

  /** Yields what each value took, in documents. @param source the stored document, whole */
  *highlight(source: Uint8Array): Steps<Highlight> {
    const limit = limits.highlightedSourceBytesMax;
    if (source.length > limit) return { skipped: { limit, actual: source.length } };
    if (this.fields.length === 0) return { fragments: {} };
    const texts = this.readTexts(source);
    const fragments: Record<string, readonly string[]> = Object.create(null);
    for (const { field, wanted } of this.fields) {
      const found = yield* fragmentsOf(texts.get(field.path) ?? [], field, wanted);
      if (found.length > 0) fragments[field.name] = found.map((fragment) => this.render(fragment));
    }
    return { fragments };
  }

  /** The string values by path. */
  private readTexts(source: Uint8Array): Map<string, string[]> {
    const document = JSON.parse(Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString()) as object;
    const texts = new Map<string, string[]>();
    forEachValue(document, this.paths, {
      value: (path, value) => {
        if (typeof value !== 'string') return;
        const known = texts.get(path);
        if (known === undefined) texts.set(path, [value]);
        else known.push(value);
      },
    });
    return texts;
  }

  private render({ text, start, end, marks }: TextFragment): string {
    const { preTag, postTag, encoder } = this.request;
    const show = (from: number, to: number): string => {
      const part = text.slice(from, to);
      return encoder === 'html' ? escapeHtml(part) : part;
    };
    let rendered = '';
    let at = start;
    for (const mark of marks) {
      rendered += `${show(at, mark.start)}${preTag}${show(mark.start, mark.end)}${postTag}`;
      at = mark.end;
    }
    return rendered + show(at, end);
  }
}

/** Of several values in turn, as far as the limit of what is looked at goes. */
function* fragmentsOf(texts: readonly string[], field: HighlightedField, wanted: Wanted): Steps<TextFragment[]> {
  const analyzer = field.kind === 'keyword' ? keywordAnalyzer : analyzerOf(field.analyzer);
  const found: TextFragment[] = [];
  let left: number = limits.highlightedLengthMax;
  for (const whole of texts) {
    if (left <= 0) break;
    // A keyword is one term, and a part of it another.
    const text = field.kind === 'keyword' ? whole : whole.slice(0, left);
    left -= text.length;
    const marks = marksIn(text, analyzer, wanted);
    yield 1 + text.length / charactersPerDocument;
    if (marks.length === 0) continue;
    const fragments =
      field.fragments === 0 ? [{ start: 0, end: text.length, marks }] : cutFragments(text, marks, field.fragmentSize);
    for (const fragment of fragments) found.push({ ...fragment, text });
  }
  return field.fragments === 0 ? found : bestFragments(found, field.fragments);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
