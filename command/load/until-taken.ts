/** What a load has before anything of it is worth an index: whatever the index would refuse is counted, and no index is made for it. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { errorTable, SheafError } from '../../shared/errors.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import type { KeySource } from '../../root/route/bulk-router.ts';
import { takenOf } from '../../root/route/probe-body.ts';
import type { LineBatch, LongLine } from './lines.ts';
import type { LoadTotals } from './totals.ts';

export interface NewIndexOfLoad {
  /** As it will be asked for. */
  readonly schema: unknown;
  /** Field that has the keys, where one has, and the same of the routings. */
  readonly key: string | undefined;
  readonly routing: string | undefined;
  readonly stop: AbortSignal;
}

/** What one batch is to the index; null where this is left to the root to say. */
type Judged = ReturnType<typeof takenOf> | null;

/**
 * Reads on to the first batch of which a new index would hold a document, and counts the lines before it as rejected. Cost: the lines up to there are
 * parsed.
 * @returns that batch and all after it, or null where the batches ended, or the load was stopped, before there was one
 */
export async function untilTaken(
  batches: AsyncIterable<LineBatch | LongLine>,
  totals: LoadTotals,
  options: NewIndexOfLoad,
): Promise<AsyncIterable<LineBatch | LongLine> | null> {
  const iterator = batches[Symbol.asyncIterator]();
  const judge = judgeOf(options);
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    if (options.stop.aborted) return null;
    const batch = next.value;
    if (batch.kind === 'tooLong') {
      totals.rejectLong(batch);
      continue;
    }
    const judged = judge(batch.body);
    if (judged?.taken !== 'nothing') return withFirst(batch, iterator);
    const listed = judged.rejections.map((each) => ({ ...each, message: errorTable[each.code].message }));
    totals.answer(batch, { accepted: 0, rejected: { count: listed.length, listed } });
  }
  return null;
}

async function* withFirst(
  first: LineBatch | LongLine,
  rest: AsyncIterator<LineBatch | LongLine>,
): AsyncGenerator<LineBatch | LongLine> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

function judgeOf({ schema, key, routing }: NewIndexOfLoad): (body: Buffer) => Judged {
  const index = indexOf(schema);
  // The root will say what is wrong with the schema.
  if (index === null) return () => null;
  const source: KeySource = key === undefined ? { kind: 'generated' } : { kind: 'field', field: key };
  const options = { key: source, arrivedAtMs: 0, isOneAppend: false, keySeed: null, tellsOutcomes: false };
  const byField = routing === undefined ? {} : { routingField: routing };
  return (body) => takenOf(body, index, { are: 'documents', deletable: true }, { ...options, ...byField });
}

function indexOf(schema: unknown): IndexDefinition | null {
  try {
    const { given: _given, ...definition } = parseIndexBody({ schema });
    return { ...definition, id: '', name: '' };
  } catch (error) {
    if (error instanceof SheafError) return null;
    throw error;
  }
}
