import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDecision, writeDecision, type Decision } from './decision.ts';

const answer = [['x7/1', 9, 2]] as const;
const other = [['x7/2', 4, 1]] as const;

// Each row: an entry, and its bytes as they stand in Kafka for good.
const golden: [decision: Decision, text: string][] = [
  [{ kind: 'commit', append: 'ab', seen: -1, keys: [] }, '{"version":1,"kind":"commit","append":"ab","seen":-1}'],
  [
    {
      kind: 'commit',
      append: 'ab',
      seen: 4,
      keys: [
        { key: 'k', digest: 'd', answer },
        { key: 'l', digest: 'e', answer },
        { key: 'm', digest: 'f', answer: other },
      ],
    },
    '{"version":1,"kind":"commit","append":"ab","seen":4,"answers":[[["x7/1",9,2]],[["x7/2",4,1]]],"keys":[["k","d",0],["l","e",0],["m","f",1]]}',
  ],
  [{ kind: 'abandon', append: 'ab' }, '{"version":1,"kind":"abandon","append":"ab"}'],
  [{ kind: 'forget', before: 7 }, '{"version":1,"kind":"forget","before":7}'],
];
for (const [decision, text] of golden) {
  test(`decision: ${text.slice(0, 60)} is written and read as it always was`, () => {
    assert.equal(writeDecision(decision).toString(), text);
    assert.deepEqual(readDecision(Buffer.from(text)), decision);
  });
}

// Each row: what is no entry, the code.
const wrong: [text: string, code: string][] = [
  ['', 'BATCH_INVALID'],
  ['[]', 'BATCH_INVALID'],
  ['{"version":2,"kind":"dream"}', 'BATCH_VERSION_UNKNOWN'],
  ['{"version":1,"kind":"dream","append":"ab"}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"commit","seen":1}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"forget","before":"7"}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"commit","append":"ab","seen":0.5}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"commit","append":"ab","seen":1,"keys":[["k","d",0]]}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"commit","append":"ab","seen":1,"answers":[[["p",1]]],"keys":[["k",1,0]]}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"commit","append":"ab","seen":1,"answers":[[["p"]]]}', 'BATCH_INVALID'],
];
for (const [text, code] of wrong) {
  test(`decision: ${text} is ${code}`, () => assert.throws(() => readDecision(Buffer.from(text)), { code }));
}
