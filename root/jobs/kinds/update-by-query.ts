/** Lays a partial document over those that match, as they were when they were found. */
import { SheafError } from '../../../shared/errors.ts';
import { isObject } from '../../../shared/json/read-object.ts';
import type { Reader } from '../../../shared/json/readers.ts';
import { reservedMember } from '../../../shared/schema/routing.ts';
import { planValidation, validateDocument } from '../../../shared/schema/validate.ts';
import type { JobKind } from './job-kind.ts';

const readDocument: Reader<Readonly<Record<string, unknown>>> = (node) => {
  if (!isObject(node.value)) throw node.wrongType('an object: what is laid over each document');
  return node.value;
};

export const updateByQuery: JobKind = {
  operation: 'changeDocument',
  properties: ['document'],
  read: async (properties, { schema }) => {
    const partial = properties.required('document', readDocument);
    const fault = reservedMember(partial) ?? validateDocument(planValidation(schema), partial);
    if (fault !== null) {
      throw new SheafError(fault.code, { at: `/document${fault.at}`, detail: fault.detail });
    }
    return { partial };
  },
  follows: false,
  counts: {},
  needsSources: false,
  lineOf: ({ partial }, { key, sequence }) => JSON.stringify({ _patch: partial, _key: key, _ifSequence: sequence }),
};
