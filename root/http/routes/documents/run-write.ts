/** A write, from the request that was read to the answer of the log: what all routes that write share. */
import type { IndexDefinition } from '../../../../shared/catalog/catalog.ts';
import { SheafError } from '../../../../shared/errors.ts';
import { ingest, type IngestAnswer } from '../../../ingest.ts';
import type { KeySource } from '../../../route/bulk-router.ts';
import type { RequestIdentity } from '../../../route/increment-lane.ts';
import type { WriteSource } from '../../../route/write-jobs.ts';
import type { RootServices } from '../../services.ts';

const refreshTimeoutMs = 30_000;
/** After the log has the write: what has no outcome by then is told as uncertain. */
const outcomesTimeoutMs = 10_000;

export interface Write {
  readonly index: IndexDefinition;
  readonly key: KeySource;
  readonly source: WriteSource;
  /** Answer when the writes can be searched. */
  readonly wait: boolean;
  /** See IngestRequest, as the next. */
  readonly name?: string;
  readonly identity?: () => RequestIdentity;
  /** See BulkOptions. */
  readonly keySeed?: string;
  readonly tellsOutcomes?: boolean;
  readonly routing?: string;
  readonly routingField?: string;
}

/** Runs and counts a write. @throws SheafError what ended it early, with what became of its entries in detail */
export async function runWrite(
  services: RootServices,
  { index, name, key, source, wait, identity, keySeed, tellsOutcomes = false, routing, routingField }: Write,
): Promise<IngestAnswer> {
  const { metrics } = services;
  const arrivedAtMs = services.timeOfDay();
  const request = {
    index,
    key,
    source,
    arrivedAtMs,
    ...(name === undefined ? {} : { name }),
    identity: identity ?? null,
    keySeed: keySeed ?? null,
    tellsOutcomes,
    ...(routing === undefined ? {} : { routing }),
    ...(routingField === undefined ? {} : { routingField }),
    outcomesTimeoutMs,
    refreshTimeoutMs: wait ? refreshTimeoutMs : undefined,
  };
  const answer = await ingest(services, request);
  metrics.documentsAccepted.inc(answer.accepted);
  for (const [code, count] of answer.rejectedByCode) metrics.documentsRejected.inc({ code }, count);
  if (answer.fault !== null) throw withCounts(answer.fault, answer);
  return answer;
}

/** What was accepted stays, and what is uncertain may: a caller that repeats the request must know of both. */
function withCounts(fault: SheafError, { accepted, uncertain, rejected, token }: IngestAnswer): SheafError {
  const detail = { ...fault.detail, accepted, uncertain, rejected, token };
  return new SheafError(fault.code, { ...(fault.at === undefined ? {} : { at: fault.at }), detail, cause: fault });
}
