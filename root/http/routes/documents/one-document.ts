/** What PUT, DELETE and GET of one document share. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IndexDefinition } from '../../../../shared/catalog/catalog.ts';
import { termOfIndex } from '../../../../shared/catalog/index-id.ts';
import { SheafError } from '../../../../shared/errors.ts';
import { checkKey } from '../../../../shared/schema/key.ts';
import type { Outcome } from '../../../../shared/judge/judge.ts';
import type { IngestAnswer } from '../../../ingest.ts';
import type { LineOutcome } from '../../../plan/ask-outcomes.ts';
import type { AskedCondition } from '../../../route/read-of.ts';
import { requireOperation } from '../../../kinds/root-kind.ts';
import { requireRouting } from '../../../query/read-routing.ts';
import { readParameters, requireOneOf } from '../../parameters.ts';
import type { RootServices } from '../../services.ts';
import { entityTag } from './conditions.ts';
import { faultOfResult } from './fault-of-result.ts';

export interface DocumentName {
  /** Of the index. */
  readonly name: string;
  readonly key: string;
}

/** @throws SheafError KEY_INVALID, KEY_TOO_LONG */
export function readDocumentName(request: FastifyRequest): DocumentName {
  const { index, key } = request.params as { index: string; key: string };
  const fault = checkKey(key);
  if (fault !== null) throw new SheafError(fault.code, fault);
  return { name: index, key };
}

/**
 * What decides the shard of a document in place of its key; nothing where that is not said.
 * @throws SheafError PARAMETER_INVALID, INDEX_KIND_WRONG, ROUTING_MISSING where the index requires it
 */
export function readRouting(
  { kinds }: Pick<RootServices, 'kinds'>,
  index: IndexDefinition,
  routing: string | undefined,
): { readonly routing?: string } {
  if (routing === undefined) {
    if (index.routing === 'required') throw new SheafError('ROUTING_MISSING', { detail: { index: index.name } });
    return {};
  }
  return readBulkRouting({ kinds }, index, routing);
}

/** The same of many documents, of which each may say its own. @throws SheafError PARAMETER_INVALID, INDEX_KIND_WRONG */
export function readBulkRouting(
  { kinds }: Pick<RootServices, 'kinds'>,
  index: IndexDefinition,
  routing: string | undefined,
): { readonly routing?: string } {
  if (routing === undefined) return {};
  requireOperation(kinds, index, 'route');
  requireRouting(routing);
  return { routing };
}

export interface WriteParameters extends DocumentName {
  /** Answer when the write can be searched. */
  readonly wait: boolean;
  /** Answer with what came of the write. */
  readonly tellsOutcomes: boolean;
  /** As it was written, as is the next. */
  readonly version: string | undefined;
  readonly routing: string | undefined;
  readonly create: string | undefined;
}

/** The document to write, and what the caller waits for. @param more parameters of the route beside those of all @throws SheafError PARAMETER_…, KEY_… */
export function readTarget(request: FastifyRequest, more: readonly 'create'[] = []): WriteParameters {
  const parameters = readParameters(request.query, ['refresh', 'result', 'version', 'routing', ...more]);
  const { refresh, result, version, routing, create } = parameters;
  if (refresh !== undefined) requireOneOf('refresh', refresh, ['wait']);
  if (result !== undefined) requireOneOf('result', result, ['wait']);
  const [wait, tellsOutcomes] = [refresh !== undefined, result !== undefined];
  return { ...readDocumentName(request), wait, tellsOutcomes, version, routing, create };
}

interface Written {
  readonly index: IndexDefinition;
  readonly key: string;
  /** As it was asked. */
  readonly condition: AskedCondition;
  readonly answer: IngestAnswer;
}

/** @throws SheafError why the document was rejected, BODY_MISSING; of a write that is judged also what came of it */
export function replyToWrite(
  reply: FastifyReply,
  acknowledged: 'put' | 'delete',
  { index, key, condition, answer }: Written,
): FastifyReply {
  const [rejection] = answer.rejections;
  if (rejection !== undefined) throw new SheafError(rejection.code, rejection);
  if (answer.accepted === 0) throw new SheafError('BODY_MISSING');
  const { token, refreshed } = answer;
  const { name, id } = answer.judgedIn ?? index;
  const term = termOfIndex(id);
  const [line] = answer.outcomes;
  const outcome = line === undefined ? null : requireDone(line, condition, { index: name, key, token, term });
  if (outcome?.result === 'created') reply.code(201);
  if (outcome !== null && outcome.result !== 'deleted')
    reply.header('etag', entityTag({ term, sequence: outcome.sequence }));
  return reply.send({
    _index: name,
    _id: key,
    ...(outcome === null ? { result: acknowledged } : { ...outcome, term }),
    token,
    ...(refreshed === null ? {} : { refreshed }),
  });
}

/** @throws SheafError where nothing was changed, or nobody knows */
function requireDone(
  { outcome, offset }: LineOutcome,
  condition: AskedCondition,
  about: Readonly<Record<string, unknown>>,
): Outcome {
  if (outcome === null) throw new SheafError('OUTCOME_UNCERTAIN', { detail: { ...about, offset, uncertain: 1 } });
  const fault = faultOfResult(outcome.result, condition);
  if (fault === null) return outcome;
  const { version, sequence } = outcome;
  throw new SheafError(fault, { detail: { ...about, version, sequence } });
}
