/** Seeded requests for keys of several values over the schema of random-documents.fixture.ts. */
import type { CompositeRequest } from '../../shared/aggregation/composite.ts';
import type { CompositeSource } from '../../shared/aggregation/composite/source.ts';
import type { MultiTermsRequest, TermSource } from '../../shared/aggregation/multi-terms.ts';
import type { Tuple } from '../../shared/aggregation/tuple-key.ts';
import type { ValueKind } from '../../shared/aggregation/value-kind.ts';
import { calendarUnits } from '../../shared/dates/date-borders.ts';
import { dates, type Draw } from '../segment/random-documents.fixture.ts';
import { randomListing, randomValue } from './random-terms.fixture.ts';

type MakeField = () => { readonly field: string; readonly values: ValueKind };

export function randomMultiTerms(draw: Draw, makeField: MakeField): Omit<MultiTermsRequest, 'aggregations'> {
  const source = (): TermSource => {
    const field = makeField();
    const missing = draw.chance(0.4) ? { missing: randomValue(draw, field.values) } : {};
    return { ...field, show: 'plain', ...missing };
  };
  const sources = Array.from({ length: 2 + draw.below(2) }, source);
  return { kind: 'multi_terms', sources, ...randomListing(draw) };
}

export function randomComposite(draw: Draw, makeField: MakeField): Omit<CompositeRequest, 'aggregations'> {
  const source = (name: string): CompositeSource => {
    const { field, values } = makeField();
    const own = { name, field, descending: draw.chance(0.4) };
    const missing = draw.chance(0.5) ? { missing: draw.pick(['first', 'last'] as const) } : {};
    if (values === 'string' || draw.chance(0.5)) return { ...own, by: 'terms', values, show: 'plain', ...missing };
    if (draw.chance(0.4)) {
      const unit = draw.pick(calendarUnits);
      const interval = draw.chance(0.7)
        ? ({ kind: 'calendar', unit } as const)
        : ({ kind: 'fixed', ms: 5_400_000 } as const);
      const timeZone = draw.pick(['UTC', 'Europe/Paris', 'Pacific/Apia', '-03:30']);
      return {
        ...own,
        field: 'made',
        by: 'date_histogram',
        interval,
        timeZone,
        offset: draw.pick([0, 3_600_000]),
        ...missing,
      };
    }
    const interval = draw.pick([0.5, 1, 2.5, 86_400_000]);
    return { ...own, by: 'histogram', interval, offset: draw.chance(0.5) ? 0 : interval / 4, ...missing };
  };
  const sources = Array.from({ length: 1 + draw.below(3) }, (_, i) => source(`s${i}`));
  const after = sources.map((each): Tuple[number] => {
    if (each.missing !== undefined && draw.chance(0.3)) return null;
    if (each.by === 'date_histogram') return Date.parse(draw.pick(dates));
    return each.by === 'terms' ? randomValue(draw, each.values) : draw.below(5) - 2;
  });
  return { kind: 'composite', sources, size: 1 + draw.below(8), ...(draw.chance(0.5) ? { after } : {}) };
}
