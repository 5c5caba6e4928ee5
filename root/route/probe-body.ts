/**
 * Whether an index would take anything of a body, before there is that index: its beginning is routed as the body will be, and what comes of it is
 * thrown away.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { decodeChange } from '../../shared/judge/change.ts';
import { judge } from '../../shared/judge/judge.ts';
import { absent } from '../../shared/judge/key-state.ts';
import { readEntries, type Entry } from '../../shared/log/batch.ts';
import { IncrementReader } from '../../shared/rollup/read-increment.ts';
import { planValidation } from '../../shared/schema/validate.ts';
import { BulkRouter, type BulkOptions, type Rejection } from './bulk-router.ts';

/** Whoever has so much that is wrong is told so by the index. Parsed on the thread that answers. */
export const probedBytesMax = 1024 * 1024;

/**
 * What an index without documents would take of a body: a line that makes a document; nothing but such as change nothing there, as deletions do and
 * what follows on a document; or nothing at all.
 */
export type Taken = 'documents' | 'noEffect' | 'nothing';

type ProbeOptions = Omit<BulkOptions, 'index' | 'entries' | 'catalogOffset'>;

/** The same of a whole body. @param rejections what was wrong, in the order of the lines */
export function takenOf(
  body: Buffer,
  index: IndexDefinition,
  entries: BulkOptions['entries'],
  options: ProbeOptions,
): { readonly taken: Taken; readonly rejections: readonly Rejection[] } {
  const attempt = new ProbeAttempt({ ...options, index, entries, catalogOffset: 0 });
  const taken = attempt.takes(body) || attempt.takes(null) ? 'documents' : attempt.withoutDocuments;
  return { taken, rejections: attempt.rejections };
}

export class BodyProbe {
  /** Of a body of which nothing was taken: what was wrong, in the order of the lines. */
  rejections: readonly Rejection[] = [];
  private readonly pieces: AsyncIterator<Buffer>;
  private readonly read: Buffer[] = [];
  private readBytes = 0;
  private isWhole = false;

  constructor(body: AsyncIterable<Buffer>) {
    this.pieces = body[Symbol.asyncIterator]();
  }

  /**
   * Reads on until a document would be taken, or the body is over or too long to be looked at: then it is as if one would.
   * @param index as it would be
   * @throws SheafError JSON_MALFORMED where an array goes wrong before; what the body throws
   */
  async taken(index: IndexDefinition, entries: BulkOptions['entries'], options: ProbeOptions): Promise<Taken> {
    const attempt = new ProbeAttempt({ ...options, index, entries, catalogOffset: 0 });
    for (const piece of this.read) if (attempt.takes(piece)) return 'documents';
    while (!this.isWhole && this.readBytes <= probedBytesMax) {
      const next = await this.pieces.next();
      if (next.done === true) this.isWhole = true;
      else {
        this.read.push(next.value);
        this.readBytes += next.value.length;
        if (attempt.takes(next.value)) return 'documents';
      }
    }
    if (!this.isWhole || attempt.takes(null)) return 'documents';
    if (attempt.withoutDocuments === 'nothing') this.rejections = attempt.rejections;
    return attempt.withoutDocuments;
  }

  /** The same body, from its beginning on. */
  async *body(): AsyncGenerator<Buffer> {
    yield* this.read;
    if (!this.isWhole) yield* { [Symbol.asyncIterator]: () => this.pieces };
  }
}

class ProbeAttempt {
  readonly rejections: Rejection[] = [];
  /** What was taken, where it made no document. */
  withoutDocuments: 'noEffect' | 'nothing' = 'nothing';
  private readonly options: BulkOptions;
  private readonly router: BulkRouter;

  constructor(options: BulkOptions) {
    this.options = options;
    const { index, entries } = options;
    this.router = new BulkRouter(options, {
      plan: planValidation(index.schema),
      increments: entries.are === 'increments' ? new IncrementReader(entries.of) : null,
      generateKey: String,
    });
  }

  /** Whether a document is. @param piece the next of the body; null: it is over */
  takes(piece: Buffer | null): boolean {
    const { router } = this;
    if (piece === null) router.end();
    else router.push(piece);
    if (router.isHolding) this.resume();
    this.rejections.push(...router.takeRejections());
    const entries = router.takeBatches().flatMap(({ bytes }) => [...readEntries(bytes)]);
    if (entries.length > 0) this.withoutDocuments = 'noEffect';
    return entries.some(makesDocument);
  }

  /** As if the fields that are missing had been added. */
  private resume(): void {
    const { index } = this.options;
    const fields = { ...index.schema.fields, ...this.router.missingFields() };
    const grown = { ...index, schema: { ...index.schema, fields } };
    this.router.resume({ index: grown, catalogOffset: 0, isLast: true }, planValidation(grown.schema));
  }
}

/** Where there is none yet. */
function makesDocument({ kind, body }: Entry): boolean {
  if (kind === 'judged') return judge(absent, decodeChange(body), 0).outcome.result === 'created';
  return kind !== 'delete';
}
