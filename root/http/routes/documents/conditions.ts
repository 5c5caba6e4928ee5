/** What makes a write of one document conditional: the headers of RFC 9110, section 13, as far as they say something here. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { SheafError } from '../../../../shared/errors.ts';
import { shorten } from '../../../../shared/json/describe-value.ts';
import type { AskedCondition } from '../../../route/read-of.ts';

export const ifMatchHeader = {
  'if-match': Type.Optional(
    Type.String({
      description: '"TERM.SEQUENCE", an ETag: only if the document is still that one; *: only if there is one.',
    }),
  ),
};
export const ifNoneMatchHeader = {
  'if-none-match': Type.Optional(Type.String({ enum: ['*'], description: '*: only if there is no document yet.' })),
};

export const versionParameter = Type.Optional(
  Type.Integer({ minimum: 1, description: 'A version of your own: only if it is higher than that of the document.' }),
);

const versionText = /^[1-9]\d{0,15}$/;

/**
 * Of a body of many documents, of which each may have a condition of its own and none has that of a header.
 * @throws SheafError CONDITION_INVALID
 */
export function requireUnconditional({ headers }: FastifyRequest): void {
  for (const at of ['if-match', 'if-none-match'] as const) {
    if (headers[at] !== undefined)
      throw invalid(at, 'the condition in each line: _ifSequence and _ifTerm, or _create', headers[at]);
  }
}

/** With a version that the caller keeps. @throws SheafError CONDITION_INVALID, PARAMETER_INVALID */
export function readVersioned(request: FastifyRequest, version: string | undefined): AskedCondition {
  const condition = readCondition(request);
  if (version === undefined) return condition;
  if (condition.kind !== 'none') throw invalid('version', 'a version or a header, not both', version);
  if (versionText.test(version) && Number.isSafeInteger(Number(version))) {
    return { kind: 'newer', version: Number(version) };
  }
  const detail = { expected: 'an integer from 1 to 2^53 − 1', actual: shorten(version) };
  throw new SheafError('PARAMETER_INVALID', { at: 'version', detail });
}

/** The same of a delete, which has nothing to do where nothing is there. @throws SheafError CONDITION_INVALID, PARAMETER_INVALID */
export function readDeletion(request: FastifyRequest, version: string | undefined): AskedCondition {
  const condition = readVersioned(request, version);
  if (condition.kind === 'absent') throw invalid('if-none-match', 'If-Match, or no condition, of a delete', '*');
  return condition;
}

/** The same of a patch, for which a document has to be there, but where it is one itself. @throws SheafError CONDITION_INVALID */
export function readPatchCondition(request: FastifyRequest, isUpsert: boolean): AskedCondition {
  const condition = readCondition(request);
  if (condition.kind === 'absent' && !isUpsert) {
    throw invalid('if-none-match', 'If-Match, or upsert=true: without a document there is nothing to patch', '*');
  }
  return condition;
}

const tagPattern = /^"([1-9]\d{0,15})\.(0|[1-9]\d{0,15})"$/;

/** @throws SheafError CONDITION_INVALID */
function readCondition({ headers }: FastifyRequest): AskedCondition {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && noneMatch !== undefined) throw invalid('if-match', 'one of the two headers', 'both');
  if (noneMatch === '*') return { kind: 'absent' };
  if (noneMatch !== undefined) throw invalid('if-none-match', '*', noneMatch);
  if (match === undefined) return { kind: 'none' };
  if (match === '*') return { kind: 'exists' };
  const [term, sequence] = (tagPattern.exec(match) ?? []).slice(1).map(Number);
  if (Number.isSafeInteger(term) && Number.isSafeInteger(sequence)) {
    return { kind: 'sequence', sequence: sequence!, term: term! };
  }
  throw invalid('if-match', '* or the ETag of a document, "TERM.SEQUENCE" in quotes', match);
}

function invalid(at: string, expected: string, actual: string): SheafError {
  return new SheafError('CONDITION_INVALID', { at, detail: { expected, actual: shorten(actual) } });
}

export const ifNoneMatchOfGet = {
  'if-none-match': Type.Optional(
    Type.String({
      description: 'ETags that the caller has, or *: where the document is one of those, 304 and no body.',
    }),
  ),
};

/** Whether the caller has the document already: compared weakly, as RFC 9110, section 13.1.2, says. */
export function isKnown({ headers }: FastifyRequest, tag: string): boolean {
  const { 'if-none-match': known } = headers;
  if (known === undefined) return false;
  return known.trim() === '*' || known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}

/** What a document is read as: another one for each change of it, and in each index. */
export interface ReadAs {
  /** See termOfIndex. */
  readonly term: number;
  readonly sequence: number;
}

/** The ETag of a document. */
export function entityTag({ term, sequence }: ReadAs): string {
  return `"${term}.${sequence}"`;
}
