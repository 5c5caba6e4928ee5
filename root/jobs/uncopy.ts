/**
 * What a stretch of the log of a shard takes from the copies there are: those whose documents are gone, or match no more, or are elsewhere now. Touches
 * the world through replicas.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Log } from '../../shared/log/log.ts';
import { splitRouting } from '../../shared/schema/routing.ts';
import { getDocument } from '../get-document.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { encodeToken } from '../route/token.ts';
import { deletionsOf, type CopyDeletion } from './copies.ts';
import { findKeys } from './find-keys.ts';
import type { Page } from './scan-page.ts';

/** Keys that a stretch of the log of a shard writes to. */
export interface Stretch {
  readonly index: IndexDefinition;
  readonly shard: number;
  /** The index that has the copies. */
  readonly target: IndexDefinition;
  /** By key, the offset of the first of its entries. */
  readonly keys: ReadonlyMap<string, number>;
  /** The end of the stretch before. */
  readonly above: number;
  readonly signal: AbortSignal;
}

const getTimeoutMs = 10_000;
/** Documents that are asked for at a time. */
const getsAtOnce = 32;

/** @param page what of the stretch is to be copied; as far as it goes the keys are looked at. @throws SheafError COVERAGE_TOO_LOW, LOG_UNAVAILABLE */
export async function uncopy(
  root: RoundDependencies & { readonly log: Log },
  { index, shard, target, keys, above, signal }: Stretch,
  { documents, upTo }: Pick<Page, 'documents' | 'upTo'>,
): Promise<CopyDeletion[]> {
  const found = new Map(documents.map((document) => [document.key, document]));
  const touched = [...keys].filter(([, first]) => first <= upTo).map(([key]) => key);
  const copies = Map.groupBy(
    await findKeys(root, { index: target, keys: touched, query: { kind: 'all' }, signal }),
    ({ key }) => key,
  );
  const deletionsOfKey = async (key: string): Promise<CopyDeletion[]> => {
    const about = { key, copies: copies.get(key) ?? [] };
    const document = found.get(key);
    if (document !== undefined) {
      const { routing } = splitRouting(document.source);
      const version = document.sequence;
      return deletionsOf({ index, shard, target }, { ...about, now: { routing }, routing, version });
    }
    const token = encodeToken({ [partitionOf(index, shard)]: upTo });
    const asked = { index, key, shard, realtime: false, timeoutMs: getTimeoutMs, token };
    const { found: other } = await getDocument(root, asked);
    // Untouched by the stretch, or written again after it, which a later stretch has.
    if (other !== null && (other.sequence <= above || other.sequence > upTo)) return [];
    const routing = other === null ? null : splitRouting(other.source).routing;
    const version = other?.sequence ?? upTo + 1;
    return deletionsOf({ index, shard, target }, { ...about, now: null, routing, version });
  };
  const deletions: CopyDeletion[] = [];
  for (let from = 0; from < touched.length; from += getsAtOnce) {
    const some = await Promise.all(touched.slice(from, from + getsAtOnce).map(deletionsOfKey));
    deletions.push(...some.flat());
  }
  return deletions;
}
