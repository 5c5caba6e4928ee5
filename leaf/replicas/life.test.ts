import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { born, stepLife, type Life, type LifeEvent } from './life.ts';

/** Those that have what is not found here, in the rows. */
const sources = ['b', 'c'];

/** Events and lives as words, so that the rows read from left to right. */
function eventOf(word: string): LifeEvent {
  const [kind, number] = word.split(':') as [string, string | undefined];
  const offset = Number(number);
  switch (kind) {
    case 'opened':
      return { kind, offset, complete: false, sources };
    case 'openedComplete':
      return { kind: 'opened', offset, complete: true, sources };
    case 'trimmed':
      return { kind, sources: number === 'nobody' ? [] : sources };
    case 'unwanted':
      return { kind, since: offset };
    case 'close':
      return { kind, discard: number === 'discard' };
    case 'head':
      return { kind: 'headRead', head: offset };
    case 'published':
      return { kind, offset };
    default:
      return { kind } as LifeEvent;
  }
}

function live(words: string): { life: Life; effects: string } {
  let { life } = born;
  let effects = '';
  for (const word of words.split(' ').filter((one) => one !== '')) {
    const next = stepLife(life, eventOf(word));
    life = next.life;
    effects = next.effects.map((effect) => Object.values(effect).join(':')).join(' ');
  }
  return { life, effects };
}

// Each row: what happened, the state after, what the last event asks to be done.
const rows: [name: string, events: string, kind: Life['kind'], effects: string][] = [
  ['is born', '', 'opening', ''],
  ['reads the log after its files', 'opened:4', 'loading', 'subscribe:5 readHead'],
  ['is searched once when nothing is missing', 'opened:4 head:4', 'warming', 'warm'],
  ['is searched once when the log is empty', 'openedComplete:-1 head:-1', 'warming', 'warm'],
  ['loads until the head is searchable', 'opened:4 head:9 published:8', 'loading', ''],
  ['is searched once at the head', 'opened:4 head:9 published:9', 'warming', 'warm'],
  ['is searched once beyond the head', 'opened:4 published:12 head:9', 'warming', 'warm'],
  ['is searched once before what it cannot read', 'opened:4 published:7 stopped', 'warming', 'warm'],
  ['stays ready before what it cannot read', 'opened:4 head:4 warmed stopped', 'ready', ''],
  ['is kept when a newer version wrote it', 'refused', 'refused', 'unsubscribe'],
  ['is not deleted when a newer version wrote it', 'refused unwanted:3', 'closed', 'unsubscribe'],
  ['is ready when it is warm', 'opened:4 head:4 warmed', 'ready', ''],
  ['is not ready before the head is known', 'opened:4 published:12', 'loading', ''],
  ['waits for the log when it was never complete', 'opened:4 headFailed', 'loading', 'readHeadLater'],
  ['goes on without the log when it was complete', 'openedComplete:4 headFailed', 'warming', 'warm'],
  ['asks again', 'opened:4 headFailed head:4', 'warming', 'warm'],
  ['is copied when nothing is found', 'opened:-1', 'copying', 'copy:b'],
  ['is opened again when it is copied', 'opened:-1 copied', 'opening', 'open'],
  ['reads the log after what was copied', 'opened:-1 copied openedComplete:7', 'loading', 'subscribe:8 readHead'],
  ['needs no copy of what is empty', 'opened:-1 copied openedComplete:-1', 'loading', 'subscribe:0 readHead'],
  ['asks the next leaf', 'opened:-1 copyFailed', 'copying', 'copy:c'],
  ['asks the next leaf when the copy was bad', 'opened:-1 copied opened:-1', 'copying', 'copy:c'],
  [
    'is read from the log when nobody can give it',
    'opened:-1 copyFailed copyFailed',
    'loading',
    'subscribe:0 readHead',
  ],
  ['asks nobody twice', 'opened:-1 copied opened:-1 copied opened:-1', 'loading', 'subscribe:0 readHead'],
  ['is copied when the log has gone on without it', 'opened:4 trimmed', 'copying', 'unsubscribe copy:b'],
  ['is copied when it was ready and fell behind', 'opened:4 head:4 warmed trimmed', 'copying', 'unsubscribe copy:b'],
  ['reads on after what was copied then', 'opened:4 trimmed copied opened:9', 'loading', 'subscribe:10 readHead'],
  [
    'is tried again when nobody can give what the log lacks',
    'opened:4 trimmed:nobody',
    'broken',
    'unsubscribe reopenLater',
  ],
  ['does not begin with what the log lacks', 'opened:4 trimmed copyFailed copyFailed', 'broken', 'reopenLater'],
  [
    'new, it does not begin with what the log lacks',
    'opened:-1 copyFailed copyFailed trimmed copyFailed',
    'copying',
    'copy:c',
  ],
  [
    'goes when the log has gone on on its way out',
    'opened:4 head:4 warmed unwanted:3 trimmed',
    'closed',
    'unsubscribe discard',
  ],
  ['is not copied when it is not wanted', 'opened:-1 unwanted:3', 'closed', 'unsubscribe discard'],
  ['goes at once when it never answered', 'opened:4 head:9 unwanted:3', 'closed', 'unsubscribe discard'],
  ['goes at once when it is not warm', 'opened:4 head:4 unwanted:3', 'closed', 'unsubscribe discard'],
  ['answers when it is not wanted any more', 'opened:4 head:4 warmed unwanted:3', 'draining', ''],
  ['reads on while it drains', 'opened:4 head:4 warmed unwanted:3 published:8', 'draining', ''],
  ['is wanted again', 'opened:4 head:4 warmed unwanted:3 wanted', 'ready', ''],
  ['lingers when others have it', 'opened:4 head:4 warmed unwanted:3 handedOver', 'lingering', 'linger'],
  [
    'goes when it has lingered',
    'opened:4 head:4 warmed unwanted:3 handedOver lingered',
    'closed',
    'unsubscribe discard',
  ],
  ['is wanted while it lingers', 'opened:4 head:4 warmed unwanted:3 handedOver wanted lingered', 'ready', ''],
  ['drains again when the others are lost', 'opened:4 head:4 warmed unwanted:3 handedOver unwanted:9', 'draining', ''],
  [
    'has not lingered in a former time',
    'opened:4 head:4 warmed unwanted:3 handedOver unwanted:9 lingered',
    'draining',
    '',
  ],
  ['does not go while it is wanted', 'opened:4 head:4 warmed unwanted:3 wanted handedOver', 'ready', ''],
  ['goes when it breaks on its way out', 'opened:4 head:4 warmed unwanted:3 broke', 'closed', 'unsubscribe discard'],
  ['keeps what the log lacks, and serves it not', 'openedComplete:4 head:3', 'ahead', 'unsubscribe'],
  ['is ahead when the log says so first', 'openedComplete:4 replaced', 'ahead', 'unsubscribe'],
  ['is ready no more when the log is replaced', 'opened:4 head:4 warmed replaced', 'ahead', 'unsubscribe'],
  ['stays ahead', 'opened:4 head:4 replaced published:9 head:9 broke pauseOver warmed', 'ahead', ''],
  ['ends, being ahead', 'opened:4 head:3 close', 'closed', 'unsubscribe'],
  ['keeps what the log lacks, wanted or not', 'opened:4 head:3 unwanted:1', 'closed', 'unsubscribe'],
  ['keeps files when a head was asked before an entry came', 'opened:4 published:6 head:5', 'warming', 'warm'],
  ['stays ready while it lags', 'opened:4 head:4 warmed published:7', 'ready', ''],
  ['is opened again after a pause', 'opened:4 broke', 'broken', 'unsubscribe reopenLater'],
  ['is opened again', 'opened:4 broke pauseOver', 'opening', 'open'],
  ['breaks while it opens', 'broke', 'broken', 'unsubscribe reopenLater'],
  ['ignores what comes too late', 'opened:4 broke published:9', 'broken', ''],
  ['ends', 'opened:4 close', 'closed', 'unsubscribe'],
  ['ends for good', 'opened:4 close:discard', 'closed', 'unsubscribe discard'],
  ['stays closed', 'opened:4 close opened:9', 'closed', ''],
];

for (const [name, events, kind, effects] of rows) {
  test(`life: ${name}`, () => {
    const after = live(events);
    assert.deepEqual([after.life.kind, after.effects], [kind, effects]);
  });
}

test('life: in any order of events it is subscribed exactly while it reads the log', () => {
  const seed = 20_240_611;
  const random = createRandom(seed);
  const words = [
    'opened:4',
    'openedComplete:4',
    'head:2',
    'head:6',
    'headFailed',
    'published:7',
    'warmed',
    'opened:-1',
    'copied',
    'copyFailed',
    'unwanted:3',
    'wanted',
    'handedOver',
    'lingered',
    'broke',
    'pauseOver',
    'replaced',
    'trimmed',
    'trimmed:nobody',
  ];
  for (let round = 0; round < 2000; round++) {
    let { life } = born;
    let subscribed = 0;
    for (let i = 0; i < 12; i++) {
      const step = stepLife(life, eventOf(random.pick(words)));
      for (const { kind } of step.effects) {
        if (kind === 'subscribe') subscribed++;
        if (kind === 'unsubscribe') subscribed = 0;
      }
      life = step.life;
      const expected = ['loading', 'warming', 'ready', 'draining', 'lingering'].includes(life.kind) ? 1 : 0;
      assert.equal(subscribed, expected, `seed ${seed}, round ${round}, ${life.kind}`);
    }
  }
});
