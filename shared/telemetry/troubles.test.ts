/** What of troubles that come and go is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Troubles } from './troubles.ts';

// Each row: what happens, one after the other, as CODE/SUBJECT, +SUBJECT where its trouble is over, or =SUBJECTS that are there; and what is told.
const rows: [name: string, happens: string, told: string][] = [
  ['the same again', 'A/x A/x A/x', 'A/x'],
  ['two that take turns', 'A/x B/x A/x B/x A/x', 'A/x B/x'],
  ['again after it was over', 'A/x B/x +x A/x B/x', 'A/x B/x A/x B/x'],
  ['of another subject', 'A/x A/y +x A/x A/y', 'A/x'],
  ['of others, over one after the other', 'A/x A/y +x +y A/x', 'A/x A/x'],
  ['of what is gone', 'A/x A/y =y A/y A/x', 'A/x'],
  ['of all that are gone', 'A/x A/y B/y = A/z B/z', 'A/x B/y A/z B/z'],
];
for (const [name, happens, told] of rows) {
  test(`Troubles: ${name}`, () => {
    const troubles = new Troubles();
    const found: string[] = [];
    for (const each of happens.split(' ')) {
      const [code, subject] = each.split('/');
      if (each.startsWith('+')) troubles.over(each.slice(1));
      else if (each.startsWith('=')) troubles.keep((one) => one === each.slice(1));
      else if (troubles.isNew(code!, subject!)) found.push(each);
    }
    assert.equal(found.join(' '), told);
  });
}
