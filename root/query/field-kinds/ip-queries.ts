/** Addresses, and blocks of them: an operand may be either. */
import { parseAddressBlock, type AddressBlock } from '../../../shared/addresses/address-block.ts';
import type { Query } from '../../../shared/query/query.ts';
import { ipKind } from '../../../shared/schema/kinds/ip.ts';
import { unreadable, type Operand } from '../operand.ts';
import { valuesPerStep } from '../long-lists.ts';
import type { FieldQueries } from './field-queries.ts';
import { readEach } from './read-each.ts';

/** Those before them are sorted already, so that each time costs little more than these. */
const blocksSortedAtOnce = 2048;

/** Every match scores 1, as with numbers. */
export const ipQueries: FieldQueries = {
  exact(field, operand) {
    return withinBlock(field, readBlock(operand));
  },
  *anyOf(field, operands) {
    const single = new Set<string>();
    let apart: AddressBlock[] = [];
    let unsorted: AddressBlock[] = [];
    const sortIn = (): void => {
      apart = withoutNested([...apart, ...unsorted]);
      unsorted = [];
    };
    yield* readEach(operands, (operand) => {
      const block = readBlock(operand);
      if (isSingle(block)) single.add(block.first);
      else if (unsorted.push(block) === blocksSortedAtOnce) sortIn();
    });
    sortIn();
    const terms: string[] = [];
    let count = 0;
    for (const address of single) {
      if (!isWithin(apart, address)) terms.push(address);
      if (++count % valuesPerStep === 0) yield;
    }
    const ranges = apart.map((block) => withinBlock(field, block));
    return terms.length === 0 ? ranges : [{ kind: 'keywords', field, terms }, ...ranges];
  },
  /** A block as a bound stands for all its addresses: what is above it is above the last, what is not below it begins with the first. */
  range(field, { low, lowInclusive, high, highInclusive }) {
    const lowest = low === undefined ? undefined : readBlock(low)[lowInclusive ? 'first' : 'last'];
    const highest = high === undefined ? undefined : readBlock(high)[highInclusive ? 'last' : 'first'];
    return {
      kind: 'keywordRange',
      field,
      ...(lowest === undefined ? {} : { low: lowest }),
      lowInclusive,
      ...(highest === undefined ? {} : { high: highest }),
      highInclusive,
    };
  },
};

function readBlock(operand: Operand): AddressBlock {
  const { value } = operand;
  const block = typeof value === 'string' ? parseAddressBlock(value) : undefined;
  if (block !== undefined) return block;
  const expected = 'an IP address such as 192.0.2.1 or 2001:db8::1, or a block of them such as 192.0.2.0/24';
  throw unreadable(operand, expected, ipKind);
}

function isSingle({ first, last }: AddressBlock): boolean {
  return first === last;
}

function withinBlock(field: string, block: AddressBlock): Query {
  if (isSingle(block)) return { kind: 'keywords', field, terms: [block.first] };
  return {
    kind: 'keywordRange',
    field,
    low: block.first,
    lowInclusive: true,
    high: block.last,
    highInclusive: true,
  };
}

/** Whether one of the blocks, which ascend and lie apart, has an address. */
function isWithin(blocks: readonly AddressBlock[], address: string): boolean {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.first <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && address <= blocks[low - 1]!.last;
}

/** Blocks lie one inside the other or apart. */
function withoutNested(blocks: readonly AddressBlock[]): AddressBlock[] {
  const apart: AddressBlock[] = [];
  // Of those that begin alike the largest comes first.
  for (const block of blocks.toSorted((a, b) => compare(a.first, b.first) || compare(b.last, a.last))) {
    const before = apart.at(-1);
    if (before === undefined || block.first > before.last) apart.push(block);
  }
  return apart;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
