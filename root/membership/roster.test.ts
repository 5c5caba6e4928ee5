import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import type { LeafReport } from '../../shared/protocol/reports.ts';
import { isGone, Roster } from './roster.ts';

const at = { host: 'h', port: 1 };

function report(leaf: string, sequence: number, more: Partial<LeafReport> = {}): LeafReport {
  return { leaf, incarnation: 1, sequence, queued: 0, replicas: replicasOf([]), ...more };
}

/**
 * Steps as words: `a,b` are discovered, `+a` speaks, `-a` is lost, `~a` says that it drains, `a'` speaks as a new process;
 * a number is the seconds that pass.
 */
function after(steps: string): { roster: Roster; now: number } {
  const roster = new Roster();
  let now = 0;
  let sequence = 0;
  for (const step of steps.split(' ').filter((each) => each !== '')) {
    if (/^[\d.]+$/.test(step)) now += Number(step) * 1000;
    else if (step.startsWith('+')) roster.heard(report(step.slice(1), ++sequence), at, now);
    else if (step.startsWith('~')) roster.heard(report(step.slice(1), ++sequence, { draining: true }), at, now);
    else if (step.startsWith('-')) roster.lost(step.slice(1), now);
    else if (step.endsWith("'")) roster.heard(report(step.slice(0, -1), 1, { incarnation: 2 }), at, now);
    else roster.discovered(new Set(step === 'none' ? [] : step.split(',')), now);
  }
  return { roster, now };
}

// Each row: what happened, who is on the ring then, who is gone.
const rows: [name: string, steps: string, ring: string, gone: string][] = [
  ['nobody', '', '', ''],
  ['sorted, whatever the order', 'b,a', 'a b', ''],
  ['a leaf has its place before it is connected', 'a,b +a', 'a b', ''],
  ['but not for ever', 'a,b +a 30', 'a', ''],
  ['one that is lost keeps its place', 'a,b +a +b -b 29.9', 'a b', 'b'],
  ['for 30 s', 'a,b +a +b -b 30', 'a', 'b'],
  ['and is told to be gone after a second', 'a,b +a +b -b 0.9', 'a b', ''],
  ['one that comes back has lost nothing', 'a,b +a +b -b 20 +b 20', 'a b', ''],
  ['one that comes back late has its place again', 'a,b +a +b -b 40 +b', 'a b', ''],
  ['one that drains gives its place up at once', 'a,b +a ~b', 'a', ''],
  ['and is gone as soon as it is lost', 'a,b +a ~b -b', 'a', 'b'],
  ['restarted, it has its place again', "a,b +a ~b -b 1 b'", 'a b', ''],
  ['an old word of a former process changes nothing', "a,b +a b' ~b", 'a b', ''],
  ['one no longer discovered keeps its place while discovery may err', 'a,b +a +b a 29', 'a b', ''],
  ['and loses it then, though it is connected', 'a,b +a +b a 30', 'a', ''],
  ['discovered again, it has lost nothing', 'a,b +a +b a 20 a,b 20', 'a b', ''],
  ['all can be lost', 'a +a none -a 30', '', ''],
  ['one that is not discovered and is lost is forgotten', 'a,b +a +b a -b 30', 'a', ''],
  ['one discovered again without a connection has its time from when it was lost', 'a +a -a 20 none 5 a 5', '', 'a'],
];

for (const [name, steps, ring, gone] of rows) {
  test(`Roster: ${name}`, () => {
    const { roster, now } = after(steps);
    assert.equal(roster.ring(now).join(' '), ring);
    const absent = [...roster.entries].filter((entry) => isGone(entry, now)).map((entry) => entry.name);
    assert.equal(absent.join(' '), gone);
  });
}

// Each row: what happened, in how many seconds time alone changes something.
const times: [steps: string, seconds: number][] = [
  ['', Infinity],
  ['a +a', Infinity],
  ['a', 30],
  ['a +a 5 -a', 1],
  ['a +a 5 -a 1', 29],
  ['a +a -a 30', Infinity],
  ['a,b +a +b -a 2 -b', 1],
];

for (const [steps, seconds] of times) {
  test(`Roster.nextChangeAt: after "${steps}" in ${seconds} s`, () => {
    const { roster, now } = after(steps);
    assert.equal((roster.nextChangeAt(now) - now) / 1000, seconds);
  });
}

// Each row: the report after { ready replica of shard 0 at offset 5 }, whether others must hear of it at once.
const replica = { index: 'x', shard: 0, state: 'ready', offset: 5, documents: 1 } as const;
const news: [name: string, change: Partial<LeafReport>, urgent: boolean][] = [
  ['nothing', {}, false],
  ['load', { queued: 9, overloaded: true }, false],
  ['an offset', { replicas: replicasOf([{ ...replica, offset: 6, documents: 2 }]) }, false],
  ['a state', { replicas: replicasOf([{ ...replica, state: 'draining' }]) }, true],
  ['another replica', { replicas: replicasOf([replica, { ...replica, shard: 1 }]) }, true],
  ['no replica', { replicas: replicasOf([]) }, true],
  ['draining', { draining: true }, true],
  ['a new process', { incarnation: 2 }, true],
  ['what it has seen', { seen: [{ leaf: 'b', incarnation: 1, sequence: 1 }] }, true],
];

for (const [name, change, urgent] of news) {
  test(`Roster: ${name} is ${urgent ? '' : 'no '}urgent news`, () => {
    const roster = new Roster();
    roster.heard(report('a', 1, { replicas: replicasOf([replica]) }), at, 0);
    const { version } = roster.get('a')!;
    roster.heard(report('a', 2, { replicas: replicasOf([replica]), ...change }), at, 0);
    assert.equal(roster.get('a')!.version !== version, urgent);
    assert.equal(roster.get('a')!.report!.sequence, 2);
  });
}
