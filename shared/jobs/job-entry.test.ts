import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { limits } from '../limits.ts';
import { noCounts, readJobEntry, writeJobEntry, type Job, type JobEntry, type JobSpec } from './job-entry.ts';

const spec: JobSpec = {
  kind: 'deleteByQuery',
  index: 'films',
  indexId: 'x7',
  query: { term: { year: 1999 } },
  conflicts: 'count',
  docsPerSecond: null,
};
const specText =
  '{"kind":"deleteByQuery","index":"films","indexId":"x7","query":{"term":{"year":1999}},"conflicts":"count","docsPerSecond":null}';
const pending = { partition: 'x7/1', after: 8, count: 2, digest: 'ab12' };
const step = {
  entry: 'step',
  job: 3,
  item: 1,
  step: 4,
  upTo: 9,
  workedMs: 12,
  counts: { read: 2 },
  pending: [pending],
} as const;
const job: Job = {
  id: 3,
  spec,
  catalogOffset: 2,
  createdAtMs: 5,
  wanted: 'run',
  ended: null,
  items: [{ scanUntil: 7, until: 9, upTo: 4, steps: 1, lastStep: 6, pending: [] }],
  counts: noCounts,
  workedMs: 7,
};

// Each row: an entry, and its body as it stands in the log for good.
const golden: [entry: JobEntry, body: string][] = [
  [
    { entry: 'create', catalogOffset: 0, spec, until: [4, -1], atMs: 5 },
    `{"version":1,"entry":"create","catalogOffset":0,"spec":${specText},"until":[4,-1],"atMs":5}`,
  ],
  [
    { entry: 'create', catalogOffset: 0, spec, until: [4, -1], matches: [2, 0], atMs: 5 },
    `{"version":1,"entry":"create","catalogOffset":0,"spec":${specText},"until":[4,-1],"matches":[2,0],"atMs":5}`,
  ],
  [
    {
      entry: 'create',
      catalogOffset: 0,
      spec,
      until: [4, -1],
      since: [7],
      request: { key: 'k', digest: 'ab' },
      atMs: 5,
    },
    `{"version":1,"entry":"create","catalogOffset":0,"spec":${specText},"until":[4,-1],"since":[7],"request":{"key":"k","digest":"ab"},"atMs":5}`,
  ],
  [
    { entry: 'create', catalogOffset: 0, spec, until: [4], base: { lacks: ['t.raw'], replicas: 2 }, atMs: 5 },
    `{"version":1,"entry":"create","catalogOffset":0,"spec":${specText},"until":[4],"base":{"lacks":["t.raw"],"replicas":2},"atMs":5}`,
  ],
  [
    step,
    '{"version":1,"entry":"step","job":3,"item":1,"step":4,"upTo":9,"workedMs":12,"counts":{"read":2},"pending":[{"partition":"x7/1","after":8,"count":2,"digest":"ab12"}]}',
  ],
  [
    { ...step, refused: [{ key: 'k', code: 'DOCUMENT_FIELD_TYPE', at: '/n' }] },
    '{"version":1,"entry":"step","job":3,"item":1,"step":4,"upTo":9,"workedMs":12,"counts":{"read":2},"pending":[{"partition":"x7/1","after":8,"count":2,"digest":"ab12"}],"refused":[{"key":"k","code":"DOCUMENT_FIELD_TYPE","at":"/n"}]}',
  ],
  [{ entry: 'control', job: 3, wanted: 'pause' }, '{"version":1,"entry":"control","job":3,"wanted":"pause"}'],
  [
    { entry: 'end', job: 3, outcome: 'done', error: null, atMs: 6 },
    '{"version":1,"entry":"end","job":3,"outcome":"done","error":null,"atMs":6}',
  ],
  [{ entry: 'forget', jobs: [3] }, '{"version":1,"entry":"forget","jobs":[3]}'],
  [
    { entry: 'checkpoint', upTo: 8, jobs: [{ ...job, items: [{ ...job.items[0]!, left: 3 }] }] },
    `{"version":1,"entry":"checkpoint","upTo":8,"jobs":[{"id":3,"spec":${specText},"catalogOffset":2,"createdAtMs":5,"wanted":"run","ended":null,"items":[{"scanUntil":7,"until":9,"upTo":4,"steps":1,"lastStep":6,"pending":[],"left":3}],"counts":{"read":0,"created":0,"updated":0,"deleted":0,"noop":0,"conflicts":0,"rejected":0,"uncertain":0},"workedMs":7}]}`,
  ],
  [
    { entry: 'checkpoint', upTo: 8, jobs: [job] },
    `{"version":1,"entry":"checkpoint","upTo":8,"jobs":[{"id":3,"spec":${specText},"catalogOffset":2,"createdAtMs":5,"wanted":"run","ended":null,"items":[{"scanUntil":7,"until":9,"upTo":4,"steps":1,"lastStep":6,"pending":[]}],"counts":{"read":0,"created":0,"updated":0,"deleted":0,"noop":0,"conflicts":0,"rejected":0,"uncertain":0},"workedMs":7}]}`,
  ],
];

// Each row: what is wrong, the fields that are.
const wrong: [what: string, fields: object][] = [
  ['no version', { version: undefined }],
  ['a version of less than one', { version: 0 }],
  ['an entry of no kind', { entry: 'begin' }],
  ['an entry of a name that every object has', { entry: 'constructor' }],
  ['no job', { job: undefined }],
  ['an item that is none', { item: -1 }],
  ['a step that is a fraction', { step: 0.5 }],
  ['an offset below −1', { upTo: -2 }],
  ['counts of what is not counted', { counts: { eaten: 1 } }],
  ['counts below 0', { counts: { read: -1 } }],
  ['something pending without a place', { pending: [{ ...pending, partition: undefined }] }],
  ['something pending that is no list', { pending }],
  ['something refused without a reason', { refused: [{ key: 'k', at: '' }] }],
  [
    'more refused than are named',
    { refused: Array.from({ length: limits.jobRefusalsMax + 1 }, () => ({ key: 'k', code: 'X', at: '' })) },
  ],
  ['a word that is none', { entry: 'control', wanted: 'stop' }],
  ['an end of no kind', { entry: 'end', outcome: 'lost', error: null, atMs: 1 }],
  ['an error without a code', { entry: 'end', outcome: 'failed', error: {}, atMs: 1 }],
  ['a job of no kind', { entry: 'create', catalogOffset: 0, spec: { ...spec, kind: 'dream' }, until: [], atMs: 1 }],
  ['a job of no speed', { entry: 'create', catalogOffset: 0, spec: { ...spec, docsPerSecond: 0 }, until: [], atMs: 1 }],
  ['a job of no place in the catalog', { entry: 'create', spec, until: [], atMs: 1 }],
  ['a base of no fields', { entry: 'create', catalogOffset: 0, spec, until: [], base: { replicas: 1 }, atMs: 1 }],
  ['a job without items', { entry: 'create', catalogOffset: 0, spec, atMs: 1 }],
  [
    'matches of fewer items than there are',
    { entry: 'create', catalogOffset: 0, spec, until: [1, 1], matches: [1], atMs: 1 },
  ],
  [
    'a key that is no text',
    { entry: 'create', catalogOffset: 0, spec, until: [1], request: { key: 7, digest: 'ab' }, atMs: 1 },
  ],
  [
    'a request that is not told',
    { entry: 'create', catalogOffset: 0, spec, until: [1], request: { key: 'k' }, atMs: 1 },
  ],
  ['a place before all offsets', { entry: 'create', catalogOffset: 0, spec, until: [1], since: [-2], atMs: 1 }],
  [
    'a checkpoint of an item of nothing',
    { entry: 'checkpoint', jobs: [{ ...job, items: [{ ...job.items[0], of: 'x' }] }] },
  ],
  ['a checkpoint of a job whose key is no text', { entry: 'checkpoint', jobs: [{ ...job, request: 'k' }] }],
  ['matches that are none', { entry: 'create', catalogOffset: 0, spec, until: [1], matches: [-1], atMs: 1 }],
  ['too many forgotten', { entry: 'forget', jobs: Array(limits.jobsMax + 1).fill(1) }],
  ['a checkpoint of half a job', { entry: 'checkpoint', jobs: [{ ...job, items: undefined }] }],
  [
    'a checkpoint of less than nothing left',
    { entry: 'checkpoint', jobs: [{ ...job, items: [{ ...job.items[0], left: -1 }] }] },
  ],
  ['a checkpoint of an item without an end', { entry: 'checkpoint', jobs: [{ ...job, items: [{}] }] }],
];

suite('job entry', () => {
  for (const [entry, body] of golden) {
    test(`${entry.entry}: is written and read as it always was`, () => {
      assert.equal(Buffer.from(writeJobEntry(entry)).toString(), body);
      assert.deepEqual(readJobEntry('put', Buffer.from(body)), entry);
    });
  }
  for (const [what, fields] of wrong) {
    test(`${what} is BATCH_INVALID`, () => {
      const body = Buffer.from(JSON.stringify({ version: 1, ...step, ...fields }));
      assert.throws(() => readJobEntry('put', body), { code: 'BATCH_INVALID' });
    });
  }
  // Each row: bytes that are no entry.
  const bytes: [what: string, kind: 'put' | 'delete', body: Uint8Array][] = [
    ['nothing', 'put', Buffer.alloc(0)],
    ['half of JSON', 'put', Buffer.from('{"version":1,')],
    ['an array', 'put', Buffer.from('[1]')],
    ['bytes that are no UTF-8', 'put', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a delete', 'delete', writeJobEntry(step)],
  ];
  for (const [what, kind, body] of bytes) {
    test(`${what} is BATCH_INVALID`, () => assert.throws(() => readJobEntry(kind, body), { code: 'BATCH_INVALID' }));
  }
  test('what a newer version wrote is BATCH_VERSION_UNKNOWN, whatever else is in it', () => {
    const body = Buffer.from('{"version":2,"entry":"dream"}');
    assert.throws(() => readJobEntry('put', body), { code: 'BATCH_VERSION_UNKNOWN' });
  });
});
