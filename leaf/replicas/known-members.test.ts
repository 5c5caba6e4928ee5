import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameRing, ringOf, takeMembers, type KnownMembers } from './known-members.ts';

/** `a@x b@- c`: a is in zone x, b in none, of c nothing has been heard. */
function members(written: string): KnownMembers {
  const pairs = written.split(' ').map((each) => each.split('@') as [string, string?]);
  const heard = pairs.filter(([, zone]) => zone !== undefined);
  const zones = Object.fromEntries(heard.map(([leaf, zone]) => [leaf, zone === '-' ? null : zone!]));
  return { leaves: pairs.map(([leaf]) => leaf), zones };
}

// Each row: what was known, what a root tells, what is known then.
const taken: [name: string, before: string | null, told: string, after: string][] = [
  ['the first word', null, 'a@x b@- c', 'a@x b@- c'],
  ['a leaf that the root has not heard is where it was', 'a@x b@y', 'a@x b', 'a@x b@y'],
  ['and so are all of a root that has just started', 'a@x b@y c@-', 'a b c', 'a@x b@y c@-'],
  ['a leaf that moves', 'a@x b@y', 'a@x b@z', 'a@x b@z'],
  ['a leaf that is in no zone any more', 'a@x b@y', 'a@x b@-', 'a@x b@-'],
  ['a leaf that is off the ring is forgotten', 'a@x b@y', 'a@x', 'a@x'],
  ['a leaf that is new, and not heard yet', 'a@x', 'a@x b', 'a@x b'],
];
for (const [name, before, told, after] of taken) {
  test(`takeMembers: ${name}`, () => {
    assert.deepEqual(takeMembers(before === null ? null : members(before), members(told)), members(after));
  });
}

// Each row: what was known, what a root tells that knows of no zones, or one that does to a leaf that knew of none.
const untold: [name: string, before: KnownMembers | null, told: KnownMembers, after: KnownMembers][] = [
  ['what was known stays', members('a@x b@y'), { leaves: ['a', 'b'] }, members('a@x b@y')],
  ['nothing was known', null, { leaves: ['a', 'b'] }, { leaves: ['a', 'b'] }],
  ['those that were there were in none', { leaves: ['a', 'b'] }, members('a@x b c'), members('a@x b@- c')],
];
for (const [name, before, told, after] of untold) {
  test(`takeMembers: without zones, ${name}`, () => assert.deepEqual(takeMembers(before, told), after));
}

test('ringOf: where nobody told of zones, all others are by themselves', () => {
  const { leaves, zones } = ringOf({ leaves: ['a', 'b', 'c'] }, { name: 'a', zone: 'x' });
  assert.deepEqual([leaves, [...zones]], [['a', 'b', 'c'], [['a', 'x']]]);
});

// Each row: what is known, the zone of leaf a, by whom replicas are placed.
const rings: [name: string, known: string, own: string | null, ring: string][] = [
  ['no zones: all, heard or not', 'a@- b@- c', null, 'a b c'],
  ['zones: those that were heard', 'a@x b@y c', 'x', 'a@x b@y'],
  ['one in none is by itself', 'a@x b@- c@y', 'x', 'a@x b c@y'],
  ['the own zone is as it is', 'a@x b@y', 'z', 'a@z b@y'],
  ['the own zone is known to be none', 'a@x b@y', null, 'a b@y'],
  ['the leaf itself need not have been heard', 'a b@y', 'x', 'a@x b@y'],
  ['the leaf itself may be off the ring', 'b@y', 'x', 'b@y'],
];
for (const [name, known, zone, expected] of rings) {
  test(`ringOf: ${name}`, () => {
    const { leaves, zones } = ringOf(members(known), { name: 'a', zone });
    const told = leaves.map((leaf) => (zones.has(leaf) ? `${leaf}@${zones.get(leaf)}` : leaf));
    assert.equal(told.join(' '), expected);
  });
}

// Each row: two that are known, whether they are the same.
const pairs: [a: string, b: string, same: boolean][] = [
  ['a@x b@y', 'a@x b@y', true],
  ['a@x b@y', 'a@x b@z', false],
  ['a@x b@y', 'a@x b', false],
  ['a@x b@-', 'a@x b', false],
  ['a@x', 'a@x b@y', false],
];
for (const [a, b, same] of pairs) {
  test(`isSameRing: ${a} and ${b}`, () => assert.equal(isSameRing(members(a), members(b)), same));
}
