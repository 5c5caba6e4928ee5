/**
 * Whether a leaf is left out for failing: after 5 errors in a row it is out for 30 s, the n-th time for n × 30 s, at
 * most 300 s; then it is on probation, where one success brings it back and one error puts it out again. Pure: the state
 * before and what happened in, the state after out.
 *
 * Being out only ranks a leaf behind the others (see replica-choice.ts): the last live replica of a shard is asked
 * whatever its state.
 *
 * Source: outlier detection of Envoy (consecutive errors, base and maximum ejection time).
 */
export type Standing =
  | { readonly kind: 'in'; readonly errors: number; readonly ejections: number; readonly since: number }
  | { readonly kind: 'out'; readonly until: number; readonly ejections: number }
  | { readonly kind: 'probation'; readonly ejections: number };

const errorsMax = 5;
const ejectionMs = 30_000;
const ejectionMsMax = 300_000;
/** Ejections are forgiven one by one, each after so long without another. */
const forgivenMs = 60_000;

/** Of a leaf that has just been met. */
export function newStanding(now: number): Standing {
  return { kind: 'in', errors: 0, ejections: 0, since: now };
}

/** The same standing at a later time: who has been out long enough is on probation. */
export function standingAt(standing: Standing, now: number): Standing {
  if (standing.kind !== 'out' || now < standing.until) return standing;
  return { kind: 'probation', ejections: standing.ejections };
}

export function afterSuccess(before: Standing, now: number): Standing {
  const standing = standingAt(before, now);
  switch (standing.kind) {
    case 'in': {
      const forgiven = Math.min(standing.ejections, Math.floor((now - standing.since) / forgivenMs));
      if (forgiven > 0) return { kind: 'in', errors: 0, ejections: standing.ejections - forgiven, since: now };
      return standing.errors === 0 ? standing : { ...standing, errors: 0 };
    }
    case 'probation':
      return { kind: 'in', errors: 0, ejections: standing.ejections, since: now };
    case 'out':
      // A late answer to what was asked before. It stays out: the answers of one moment prove nothing about the next.
      return standing;
  }
}

export function afterError(before: Standing, now: number): Standing {
  const standing = standingAt(before, now);
  switch (standing.kind) {
    case 'in':
      return standing.errors + 1 >= errorsMax
        ? eject(standing.ejections, now)
        : { ...standing, errors: standing.errors + 1 };
    case 'probation':
      return eject(standing.ejections, now);
    case 'out':
      return standing;
  }
}

function eject(ejectionsBefore: number, now: number): Standing {
  const ejections = ejectionsBefore + 1;
  return { kind: 'out', ejections, until: now + Math.min(ejectionMsMax, ejectionMs * ejections) };
}
