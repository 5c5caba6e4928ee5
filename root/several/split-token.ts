/** Tokens of answers that speak of several indexes. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { carryOffsets } from '../route/carry-offsets.ts';
import { refuseOfBefore } from '../route/refuse-of-before.ts';
import { decodeToken, encodeToken, tokenHeader } from '../route/token.ts';

type Offsets = Readonly<Record<string, number>>;

/** What a header's token says of one index; undefined where that is nothing. @throws SheafError TOKEN_INVALID, INDEX_RESTORED */
export function tokenOfIndex(
  token: string,
  index: Pick<IndexDefinition, 'id' | 'restored' | 'took'>,
): string | undefined {
  return partsOfReads(token, [index]).get(index.id);
}

/**
 * The same of several. What it says of others is of no matter, but of those that one of these is in place of.
 * @throws SheafError TOKEN_INVALID, INDEX_RESTORED
 */
export function partsOfReads(
  token: string,
  indexes: readonly Pick<IndexDefinition, 'id' | 'restored' | 'took'>[],
): ReadonlyMap<string, string> {
  const parts = partsByIndex(token, indexes, tokenHeader);
  const ids = new Set(indexes.map(({ id }) => id));
  for (const id of parts.keys()) {
    // A restored copy may be searched beside the index that it is of.
    if (!ids.has(id)) for (const index of indexes) refuseOfBefore(id, index, tokenHeader);
  }
  return parts;
}

/**
 * What a token says of each index, by id, as tokens.
 * @param at where it stood in the request
 * @throws SheafError TOKEN_INVALID
 */
function partsByIndex(
  token: string,
  indexes: readonly Pick<IndexDefinition, 'id' | 'took'>[],
  at: string,
): ReadonlyMap<string, string> {
  const offsets = Object.entries(carryOffsets(decodeToken(token, at), indexes));
  const groups = Map.groupBy(offsets, ([partition]) => partition.slice(0, partition.indexOf('/')));
  return new Map(Array.from(groups, ([id, parts]) => [id, encodeToken(Object.fromEntries(parts))]));
}

/**
 * The same of the token of a request's body, which names writes.
 * @throws SheafError TOKEN_INVALID where it names another, since a write of it would seem to be looked for; INDEX_RESTORED
 */
export function partsOfWrites(
  token: string,
  indexes: readonly Pick<IndexDefinition, 'id' | 'restored' | 'took'>[],
): ReadonlyMap<string, string> {
  const ids = new Set(indexes.map(({ id }) => id));
  const parts = partsByIndex(token, indexes, 'token');
  for (const id of parts.keys()) {
    if (ids.has(id)) continue;
    for (const index of indexes) refuseOfBefore(id, index, 'token');
    throw new SheafError('TOKEN_INVALID', { at: 'token', detail: { reason: 'the token is of another index', id } });
  }
  return parts;
}

/** One token of those of different indexes; null where none says anything, or where it would be longer than a header may be. */
export function joinTokens(tokens: readonly (string | null)[]): string | null {
  const given = tokens.filter((token) => token !== null);
  if (given.reduce((sum, token) => sum + token.length, 0) > limits.tokenLengthMax) return null;
  const offsets: Offsets = Object.assign({}, ...given.map((token) => decodeToken(token)));
  return given.length === 0 ? null : encodeToken(offsets);
}
