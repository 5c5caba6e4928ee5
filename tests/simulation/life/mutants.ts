/** Bugs in the life of replicas that the simulation must find. See ../mutants.ts. */
import type { Mutant } from '../mutants.ts';

export const lifeMutants: readonly Mutant[] = [
  {
    name: 'a replica goes before its new owner is ready',
    file: 'leaf/replicas/hand-over.ts',
    from: "stateOf(report, leaver.indexId, leaver.shard) === 'ready'",
    to: 'stateOf(report, leaver.indexId, leaver.shard) !== undefined',
  },
  {
    name: 'the new owner need not know that the replica goes',
    file: 'leaf/replicas/hand-over.ts',
    from: 'return knows === true && ',
    to: 'return ',
  },
  {
    name: 'one root that knows of the new owner is enough',
    file: 'leaf/replicas/hearsay.ts',
    from: 'return [...this.roots.values()];',
    to: 'return [this.all];',
  },
  {
    name: 'a leaf that drains stays on the ring',
    file: 'root/membership/roster.ts',
    from: 'return report?.draining !== true && (',
    to: 'return (',
  },
  {
    name: 'an older word wins over a newer',
    file: 'leaf/replicas/peer-book.ts',
    from: 'if (known === undefined || isNewer(one, known) || !isBacked(known)) return true;',
    to: 'return known === undefined || isNewer(known, one);',
  },
  {
    name: 'a leaf that is outdated is not told',
    file: 'root/membership/relay.ts',
    from: 'return isOutdated(entry) && (told === undefined || isNewer(report, told));',
    to: 'return false;',
  },
  {
    name: 'what is not wanted any more goes at once',
    file: 'leaf/replicas/life.ts',
    from: "return life.kind === 'ready' ? still({ kind: 'draining', offset: life.offset, since }) : close(true);",
    to: 'return close(true);',
  },
  {
    name: 'a leaf ends without handing over',
    file: 'leaf/replicas/departure.ts',
    from: "return facts.notElsewhere === 0 && isQuiet ? 'done' : 'wait';",
    to: "return isQuiet ? 'done' : 'wait';",
  },
  {
    name: 'a leaf that ends counts another that ends',
    file: 'leaf/replicas/hand-over.ts',
    from: 'if (report === undefined || report.draining ||',
    to: 'if (report !== undefined && report.draining) return true;\n  if (report === undefined ||',
  },
  {
    name: 'what is wanted again goes on draining',
    file: 'leaf/replicas/life.ts',
    from: "if (event.kind === 'wanted') return still({ kind: 'ready', offset: life.offset });",
    to: '',
  },
  {
    name: 'a copy that failed is not tried elsewhere',
    file: 'leaf/replicas/life.ts',
    from: "if (event.kind === 'copyFailed') return life.outrun ? copyOutrun(life.untried) : copyOrLoad(life.untried);",
    to: '',
  },
];
