import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { decide, hasHeirs, notElsewhere, type HeldReplica, type LeafView } from './decide.ts';
import type { Life } from './life.ts';
import { Hearsay } from './hearsay.ts';
import type { PlacedShard } from './placement.ts';

const own = 'a';

function lifeOf(kind: string): Life {
  switch (kind) {
    case 'ready':
      return { kind, offset: 0 };
    case 'draining':
    case 'lingering':
      return { kind, offset: 0, since: 5 };
    case 'ahead':
      return { kind };
    default:
      return { kind: 'opening', untried: null };
  }
}

function placed(owners: readonly string[]): PlacedShard {
  return { indexId: 'x0', shard: 0, index: { kind: 'document', shards: 1 }, fields: [], owners };
}

const root = {};

/** One root is connected, and has told nothing. */
function nobody(): Hearsay {
  const heard = new Hearsay(own);
  heard.met(root);
  return heard;
}

/** b has the shard ready, and has seen the fifth word of this leaf. */
function heir(): Hearsay {
  const heard = nobody();
  const replicas = replicasOf([{ index: 'x0', shard: 0, state: 'ready', offset: 0, documents: 0 }]);
  const seen = [{ leaf: own, incarnation: 1, sequence: 5 }];
  heard.take(root, [{ leaf: 'b', incarnation: 1, sequence: 1, host: 'h', port: 1, draining: false, replicas, seen }]);
  return heard;
}

interface Row {
  readonly life: string | null;
  /** Null when the index is gone. */
  readonly owners: string | null;
  readonly leaving?: boolean;
  readonly heir?: boolean;
  readonly expected: string;
}

const rows: Readonly<Record<string, Row>> = {
  'what belongs here is opened': { life: null, owners: 'a b', expected: 'open' },
  'what belongs elsewhere is not': { life: null, owners: 'b', expected: '' },
  'a leaf that leaves opens nothing': { life: null, owners: 'a', leaving: true, expected: '' },
  'what is ready stays': { life: 'ready', owners: 'a', expected: '' },
  'what is ready elsewhere too begins to drain': { life: 'ready', owners: 'b', heir: true, expected: 'unwanted:9' },
  'what never answered goes': { life: 'opening', owners: 'b', expected: 'unwanted:9' },
  'what drains waits for others': { life: 'draining', owners: 'b', expected: '' },
  'what drains goes when others have it': { life: 'draining', owners: 'b', heir: true, expected: 'handedOver' },
  'what drains stays when nobody should have it': { life: 'draining', owners: '', heir: true, expected: '' },
  'what drains is wanted again': { life: 'draining', owners: 'a', heir: true, expected: 'wanted' },
  'what lingers is left alone while others have it': { life: 'lingering', owners: 'b', heir: true, expected: '' },
  'what lingers drains again when they have not': { life: 'lingering', owners: 'b', expected: 'unwanted:9' },
  'what lingers is wanted again': { life: 'lingering', owners: 'a', heir: true, expected: 'wanted' },
  'what lingers on a leaf that leaves stays': { life: 'lingering', owners: 'b', leaving: true, expected: '' },
  'a deleted index goes, whoever has it': { life: 'ready', owners: null, expected: 'close:true' },
  'a deleted index goes from a leaf that leaves': {
    life: 'draining',
    owners: null,
    leaving: true,
    expected: 'close:true',
  },
  'a leaf that leaves drains what answers': { life: 'ready', owners: 'b', leaving: true, expected: 'unwanted:9' },
  'and keeps the files of it': { life: 'draining', owners: 'b', leaving: true, heir: true, expected: '' },
  'and of what does not answer': { life: 'opening', owners: 'b', leaving: true, expected: 'close:false' },
};

for (const [name, row] of Object.entries(rows)) {
  test(`decide: ${name}`, () => {
    const held = new Map<string, HeldReplica>();
    if (row.life !== null) held.set('x0/0', { indexId: 'x0', shard: 0, life: lifeOf(row.life) });
    const { owners } = row;
    const names = owners?.split(' ').filter((one) => one !== '');
    const view: LeafView = {
      own,
      incarnation: 1,
      placement: new Map(names === undefined ? [] : [['x0/0', placed(names)]]),
      heard: row.heir === true ? heir() : nobody(),
      leaving: row.leaving === true,
      nextSequence: 9,
    };
    const { open, events } = decide(held, view);
    const said = events.map(({ event }) => Object.values(event).join(':'));
    assert.equal([...open.map(() => 'open'), ...said].join(' '), row.expected);
  });
}

// Each row: what a leaf that leaves has, whether b has taken over, what is not elsewhere.
const left: [name: string, life: string, taken: boolean, expected: string][] = [
  ['what nobody else has', 'draining', false, 'x0/0'],
  ['what another has', 'draining', true, ''],
  ['what others were last told to be ready here', 'ready', true, 'x0/0'],
  ['what does not answer anyway', 'ahead', false, ''],
];
for (const [name, life, taken, expected] of left) {
  test(`notElsewhere: ${name}`, () => {
    const held = new Map([['x0/0', { indexId: 'x0', shard: 0, life: lifeOf(life) }]]);
    const heard = taken ? heir() : nobody();
    const view: LeafView = { own, incarnation: 1, placement: new Map(), heard, leaving: true, nextSequence: 9 };
    assert.equal(notElsewhere(held, view).join(), expected);
  });
}

test('hasHeirs: whoever is on the ring and does not leave itself', () => {
  const heard = heir();
  heard.take(root, [
    { leaf: 'c', incarnation: 1, sequence: 1, host: 'h', port: 1, draining: true, replicas: replicasOf([]) },
  ]);
  heard.take(root, [{ leaf: 'd', incarnation: 1, sequence: 1, gone: true }]);
  const found = [['a'], ['a', 'b'], ['a', 'c'], ['a', 'd'], ['a', 'e']].map((leaves) =>
    hasHeirs(leaves, { own, heard }),
  );
  assert.deepEqual(found, [false, true, false, true, true]);
});
