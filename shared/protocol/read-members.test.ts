import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMembers } from './read-members.ts';

const replica = { index: 'x0', shard: 0, state: 'ready', offset: -1, documents: 0 };
const word = { leaf: 'b', incarnation: 1, sequence: 2 };
const report = { ...word, host: '127.0.0.1', port: 7710, draining: false, replicas: [replica] };

// Each row: the header of the frame, what the leaf reads.
const good: [name: string, header: unknown, expected: unknown][] = [
  ['sorts, and drops repeats', { leaves: ['b', 'a', 'b'], peers: [] }, { leaves: ['a', 'b'], peers: [] }],
  ['takes a root that relays nothing', { leaves: ['a'] }, { leaves: ['a'], peers: [] }],
  [
    'takes zones, and that a leaf is in none',
    { leaves: ['a', 'b'], zones: { a: 'eu-1a', b: null } },
    { leaves: ['a', 'b'], zones: { a: 'eu-1a', b: null }, peers: [] },
  ],
  ['takes a report', { leaves: [], peers: [report] }, { leaves: [], peers: [report] }],
  [
    'takes what others have seen',
    { leaves: [], peers: [{ ...report, seen: [word] }] },
    { leaves: [], peers: [{ ...report, seen: [word] }] },
  ],
  [
    'takes a leaf that is gone',
    { leaves: [], peers: [{ ...word, gone: true }] },
    { leaves: [], peers: [{ ...word, gone: true }] },
  ],
];
for (const [name, header, expected] of good) {
  test(`readMembers: ${name}`, () => assert.deepEqual(readMembers(header), expected));
}

// Each row: what no root may send, the field that is wrong.
const bad: [name: string, header: unknown, field: string][] = [
  ['null', null, 'leaves'],
  ['names that are no texts', { leaves: [1] }, 'leaves'],
  ['zones that are no names', { leaves: ['a'], zones: { a: 1 } }, 'zones'],
  ['zones that are a list', { leaves: ['a'], zones: ['eu-1a'] }, 'zones'],
  ['peers that are no array', { leaves: [], peers: {} }, 'peers'],
  ['a word without a sequence', { leaves: [], peers: [{ ...report, sequence: undefined }] }, 'peers'],
  ['a word without an address that is not gone', { leaves: [], peers: [word] }, 'peers'],
  ['a report without replicas', { leaves: [], peers: [{ ...report, replicas: undefined }] }, 'peers'],
  [
    'a replica without a shard',
    { leaves: [], peers: [{ ...report, replicas: [{ ...replica, shard: '0' }] }] },
    'peers',
  ],
  ['something seen that is no word', { leaves: [], peers: [{ ...report, seen: ['b'] }] }, 'peers'],
];
for (const [name, header, field] of bad) {
  test(`readMembers: refuses ${name}`, () => {
    assert.throws(
      () => readMembers(header),
      (error: { code: string; detail: { field: string } }) => {
        assert.deepEqual([error.code, error.detail.field], ['FRAME_INVALID', field]);
        return true;
      },
    );
  });
}
