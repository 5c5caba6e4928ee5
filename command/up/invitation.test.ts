import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formats } from '../load/formats/formats.ts';
import { invitation } from './invitation.ts';

test('invitation: names every form of file that load reads, and the address where it is not the usual one', () => {
  const lines = invitation('http://127.0.0.1:7711', '/telemetry').join('\n');
  assert.ok(formats.length > 1);
  for (const { inWords } of formats) assert.ok(lines.includes(inWords), inWords);
  assert.match(lines, /load films .* --url http:\/\/127\.0\.0\.1:7711\n/);
  assert.doesNotMatch(invitation('http://127.0.0.1:7700', '/telemetry').join('\n'), /--url/);
});
