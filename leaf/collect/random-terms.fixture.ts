/** Seeded requests for terms over the schema of random-documents.fixture.ts. */
import type { TermChoice, TermSet } from '../../shared/aggregation/term-choice.ts';
import type { TermsListing } from '../../shared/aggregation/terms-listing.ts';
import type { TermsOrder, TermsOrderKey } from '../../shared/aggregation/terms-order.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { ValueKind } from '../../shared/aggregation/value-kind.ts';
import { names, numbers, type Draw } from '../segment/random-documents.fixture.ts';

/** @param field what it is of */
export function randomTerms(
  draw: Draw,
  field: { readonly field: string; readonly values: ValueKind },
): Omit<TermsRequest, 'aggregations'> {
  const { values } = field;
  return {
    kind: 'terms',
    ...field,
    show: 'plain',
    ...randomListing(draw),
    ...(draw.chance(0.3) ? { missing: randomValue(draw, values) } : {}),
    ...(draw.chance(0.4) ? { choice: randomChoice(draw, values) } : {}),
  };
}

export function randomListing(draw: Draw): Omit<TermsListing, 'aggregations'> {
  const size = 1 + draw.below(5);
  const from = 1 + draw.below(4);
  const wanted = { kind: 'counts', from, upTo: from + draw.below(10) } as const;
  return {
    size,
    shardSize: size + draw.below(10),
    order: randomOrder(draw),
    minDocCount: 1,
    ...(draw.chance(0.2) ? { wanted } : {}),
  };
}

export function randomValue(draw: Draw, values: ValueKind): number | string {
  return values === 'string' ? draw.pick(names) : draw.pick(numbers) + 0;
}

function randomOrder(draw: Draw): TermsOrder {
  const key = (): TermsOrderKey => {
    const descending = draw.chance(0.5);
    const by = draw.pick(['count', 'count', 'key', 'metric'] as const);
    return by === 'metric' ? { by, path: ['a'], property: ['value'], descending } : { by, descending };
  };
  return Array.from({ length: 1 + draw.below(2) }, key);
}

function randomChoice(draw: Draw, values: ValueKind): TermChoice {
  return {
    ...(draw.chance(0.7) ? { include: randomSet(draw, values) } : {}),
    ...(draw.chance(0.5) ? { exclude: randomSet(draw, values) } : {}),
  };
}

function randomSet(draw: Draw, values: ValueKind): TermSet {
  const partitions = 1 + draw.below(4);
  return draw.pick<() => TermSet>([
    () => ({ kind: 'values', values: draw.some(6, () => randomValue(draw, values)) }),
    () => ({ kind: 'partition', partition: draw.below(partitions), partitions }),
    () => ({ kind: 'pattern', pattern: draw.pick(['.*', 'a.*', '.*b', '[a-c]+.*', '']) }),
  ])();
}
