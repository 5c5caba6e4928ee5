import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heartbeat, heartbeatMs } from './heartbeat.ts';

/**
 * Beats as letters: `.` nothing came, `h` something was heard in it, `s` the process itself was stopped for a minute and then
 * finds nothing, `S` the same, and what the peer said lies in the socket, `f` a beat that comes at once.
 * @returns the beat after which the peer was given up, from 1, or 0
 */
function givenUpAt(beats: string): number {
  let now = 1000;
  const heartbeat = new Heartbeat(now);
  for (const [index, beat] of beats.split('').entries()) {
    if (beat === 'h') heartbeat.heard();
    now += { f: 1, s: 60_000, S: 60_000 }[beat] ?? heartbeatMs;
    heartbeat.beat(now);
    if (beat === 'S') heartbeat.heard();
    if (heartbeat.isSilent(now)) return index + 1;
  }
  return 0;
}

// Each row: what the beats were like, the beat at which the peer is given up.
const rows: [name: string, beats: string, expected: number][] = [
  ['one that speaks is kept', 'hhhhhhhhhhhhhhhh', 0],
  ['one that speaks now and then is kept', '.......h.......h.......h', 0],
  ['one that never spoke is given up', '........', 8],
  ['one that falls silent is given up', 'hhhh........', 12],
  ['to have been stopped oneself is no silence of the peer', 'hhhS.......h', 0],
  ['nor is it where nothing has come yet', 'hhhs......h', 0],
  ['but it counts as a beat', 'hhhs.......', 11],
  ['what had been silent long is heard at the last moment', '.......S.......h', 0],
  ['beats in quick succession are no time', 'hfffffffffffff', 0],
];

for (const [name, beats, expected] of rows) {
  test(`Heartbeat: ${name}`, () => assert.equal(givenUpAt(beats), expected));
}

test('Heartbeat: a word is due in a beat in which nothing was sent', () => {
  const heartbeat = new Heartbeat(0);
  assert.equal(heartbeat.beat(1), true);
  heartbeat.sent();
  assert.deepEqual([heartbeat.beat(2), heartbeat.beat(3)], [false, true]);
});
