import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { limits } from '../limits.ts';
import { isTtl, readLeaseEntry, writeLeaseEntry, type LeaseEntry } from './lease-entry.ts';

const take = { entry: 'take', name: 'job/7', holder: 'root-0 a', attempt: 1, ttlMs: 10_000, over: -1 } as const;
const lease = { name: 'job/7', holder: 'root-0 a', token: 3, revision: 9, ttlMs: 10_000 };

// Each row: an entry, and its body as it stands in the log for good.
const golden: [entry: LeaseEntry, body: string][] = [
  [take, '{"version":1,"entry":"take","name":"job/7","holder":"root-0 a","attempt":1,"ttlMs":10000,"over":-1}'],
  [
    { entry: 'renew', holder: 'a', attempt: 2, leases: [['x', 3]] },
    '{"version":1,"entry":"renew","holder":"a","attempt":2,"leases":[["x",3]]}',
  ],
  [
    { entry: 'release', holder: 'a', leases: [['x', 3]] },
    '{"version":1,"entry":"release","holder":"a","leases":[["x",3]]}',
  ],
  [
    { entry: 'expire', holder: 'a', attempt: 3, leases: [['x', 9]] },
    '{"version":1,"entry":"expire","holder":"a","attempt":3,"leases":[["x",9]]}',
  ],
  [
    { entry: 'checkpoint', holder: 'a', attempt: 4, upTo: 12, leases: [lease] },
    '{"version":1,"entry":"checkpoint","holder":"a","attempt":4,"upTo":12,"leases":[["job/7","root-0 a",3,9,10000]]}',
  ],
];

const long = 'x'.repeat(limits.leaseNameLengthMax + 1);
const many = Array.from({ length: limits.leasesPerEntryMax + 1 }, (_, i) => [`${i}`, i]);

// Each row: what is wrong, the fields that are.
const wrong: [what: string, fields: object][] = [
  ['no version', { version: undefined }],
  ['a version of less than one', { version: 0 }],
  ['a version that is a text', { version: '1' }],
  ['an entry of no kind', { entry: 'steal' }],
  ['an entry of a name that every object has', { entry: 'constructor' }],
  ['a name that is empty', { name: '' }],
  ['a name that is too long', { name: long }],
  ['a name that is a number', { name: 7 }],
  ['no holder', { holder: undefined }],
  ['a time of nothing', { ttlMs: 0 }],
  ['a time without end', { ttlMs: limits.leaseTtlMsMax + 1 }],
  ['a fractional time', { ttlMs: 1000.5 }],
  ['a revision below −1', { over: -2 }],
  ['an attempt below 0', { attempt: -1 }],
  ['renewals of nothing known', { entry: 'renew', leases: undefined }],
  ['too many renewals', { entry: 'renew', leases: many }],
  ['a renewal without a token', { entry: 'renew', leases: [['x']] }],
  ['a release of a token that is none', { entry: 'release', leases: [['x', null]] }],
  ['an end without a revision', { entry: 'expire', leases: [['x', 1.5]] }],
  ['a checkpoint without leases', { entry: 'checkpoint', upTo: 1 }],
  ['a checkpoint of half a lease', { entry: 'checkpoint', upTo: 1, leases: [['x', 'a', 1, 1]] }],
  ['a checkpoint of a lease without a holder', { entry: 'checkpoint', upTo: 1, leases: [['x', '', 1, 1, 1000]] }],
  ['a checkpoint of no offset', { entry: 'checkpoint', leases: [] }],
];

suite('lease entry', () => {
  for (const [entry, body] of golden) {
    test(`${entry.entry}: is written and read as it always was`, () => {
      assert.equal(Buffer.from(writeLeaseEntry(entry)).toString(), body);
      assert.deepEqual(readLeaseEntry('put', Buffer.from(body)), entry);
    });
  }
  for (const [what, fields] of wrong) {
    test(`${what} is BATCH_INVALID`, () => {
      const body = Buffer.from(JSON.stringify({ version: 1, ...take, ...fields }));
      assert.throws(() => readLeaseEntry('put', body), { code: 'BATCH_INVALID' });
    });
  }
  // Each row: bytes that are no entry.
  const bytes: [what: string, kind: 'put' | 'delete', body: Uint8Array][] = [
    ['nothing', 'put', Buffer.alloc(0)],
    ['half of JSON', 'put', Buffer.from('{"version":1,')],
    ['an array', 'put', Buffer.from('[1]')],
    ['null', 'put', Buffer.from('null')],
    ['bytes that are no UTF-8', 'put', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a delete', 'delete', writeLeaseEntry(take)],
  ];
  for (const [what, kind, body] of bytes) {
    test(`${what} is BATCH_INVALID`, () => assert.throws(() => readLeaseEntry(kind, body), { code: 'BATCH_INVALID' }));
  }
  test('what a newer version wrote is BATCH_VERSION_UNKNOWN, whatever else is in it', () => {
    const body = Buffer.from('{"version":2,"entry":"lend"}');
    assert.throws(() => readLeaseEntry('put', body), { code: 'BATCH_VERSION_UNKNOWN' });
  });
  test('fields that are not known are passed over', () => {
    const body = Buffer.from(JSON.stringify({ version: 1, ...take, why: 'x' }));
    assert.deepEqual(readLeaseEntry('put', body), take);
  });
  test('a time is a whole number within the limits', () => {
    const times = [limits.leaseTtlMsMin - 1, limits.leaseTtlMsMin, limits.leaseTtlMsMax, limits.leaseTtlMsMax + 1, NaN];
    assert.deepEqual(times.map(isTtl), [false, true, true, false, false]);
  });
});
