/**
 * Copies the documents that match into another index, and goes on with what is written meanwhile. The version of a copy is that of
 * its source, one more than its sequence: what comes late or twice changes nothing.
 */
import { SheafError } from '../../../shared/errors.ts';
import { readNonEmptyString, type Reader } from '../../../shared/json/readers.ts';
import { checkIndexName } from '../../../shared/schema/index-name.ts';
import { splitRouting } from '../../../shared/schema/routing.ts';
import { checkSwap } from '../swap-alias.ts';
import type { ChangingKind } from './job-kind.ts';

const readName: Reader<string> = (node) => {
  const name = readNonEmptyString(node);
  checkIndexName(name, node.at);
  return name;
};

export const reindex: ChangingKind = {
  does: 'changes',
  operation: 'changeDocument',
  properties: ['into', 'alias', 'retireAs'],
  read: async (properties, index, { find, catalog }) => {
    const into = properties.required('into', readNonEmptyString);
    if (into === index.name) {
      throw new SheafError('REQUEST_VALUE_INVALID', {
        at: '/into',
        detail: { expected: 'another index', actual: into },
      });
    }
    const target = await find(into);
    const alias = properties.optional('alias', readName, undefined);
    const retireAs = properties.optional('retireAs', readName, undefined);
    const retires = alias === index.name;
    if (retires !== (retireAs !== undefined)) {
      const expected = 'a name that the index has in the end, where its own becomes the alias, and only there';
      throw new SheafError('REQUEST_VALUE_INVALID', {
        at: '/retireAs',
        detail: { expected, actual: retireAs ?? 'nothing' },
      });
    }
    const swap = { ...(alias === undefined ? {} : { alias }), ...(retireAs === undefined ? {} : { retireAs }) };
    checkSwap(catalog.state, { index: index.name, indexId: index.id, into: target.name, intoId: target.id, ...swap });
    return { into: target.name, intoId: target.id, ...swap };
  },
  follows: true,
  // Gone already is as good as deleted.
  counts: { not_found: 'noop' },
  needsSources: true,
  lineOf: (_spec, { key, sequence, source }) => {
    const { routing, source: document } = splitRouting(source);
    const text = Buffer.from(document.buffer, document.byteOffset, document.byteLength).toString();
    const routed = routing === null ? '' : `,"_routing":${JSON.stringify(routing)}`;
    return `{"_put":${text},"_key":${JSON.stringify(key)},"_version":${sequence + 1}${routed}}`;
  },
};
