/** What part of a query's time goes into unpacking blocks, by the profiler of the runtime. */
import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';
import { SheafEngine } from '../engine/sheaf.ts';
import { engineQueryKinds } from '../engine/queries.ts';
import type { EngineQuery, EngineQueryKind } from '../engine/queries.ts';

const k = 10;
const samplingUs = 100;
const unpacking = ['unpackAscending', 'unpackBlock'];

export interface UnpackingShare {
  readonly kind: EngineQueryKind;
  /** Of the samples in the search, 0 to 1. */
  readonly share: number;
  readonly samples: number;
}

/** @param passes how often all queries of a kind are asked */
export function unpackingShares(
  engine: SheafEngine,
  queries: readonly EngineQuery[],
  passes: number,
): UnpackingShare[] {
  const session = new Session();
  session.connect();
  try {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: samplingUs });
    return engineQueryKinds.map((kind) => {
      const ofKind = queries.filter((query) => query.kind === kind);
      ask(engine, ofKind, 1);
      session.post('Profiler.start');
      ask(engine, ofKind, passes);
      return { kind, ...shareOf(stop(session)) };
    });
  } finally {
    session.disconnect();
  }
}

function ask(engine: SheafEngine, queries: readonly EngineQuery[], passes: number): void {
  for (let pass = 0; pass < passes; pass++) for (const query of queries) engine.search(query, k);
}

/** Within one thread the answer comes before `post` returns. */
function stop(session: Session): Profiler.Profile {
  let profile: Profiler.Profile | null = null;
  session.post('Profiler.stop', (error, result) => {
    if (error !== null) throw error;
    profile = result.profile;
  });
  if (profile === null) throw new Error('the profiler did not answer');
  return profile;
}

function shareOf({ nodes }: Profiler.Profile): { share: number; samples: number } {
  let samples = 0;
  let found = 0;
  for (const { callFrame, hitCount = 0 } of nodes) {
    if (callFrame.functionName.startsWith('(')) continue;
    samples += hitCount;
    if (unpacking.includes(callFrame.functionName)) found += hitCount;
  }
  return { share: samples === 0 ? 0 : found / samples, samples };
}
