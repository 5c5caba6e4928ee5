import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJson, renderReport, type Report } from './report.ts';

const report: Report = {
  name: 'search',
  machine: { cores: 2, cpu: 'Some CPU', memoryGiB: 24, platform: 'linux x64', node: 'v26.0.0' },
  commit: 'abc1234+changes',
  date: '2026-01-31',
  parameters: { documents: 117_791, words: 'drawn' },
  tables: [{ title: 'Latency', columns: ['kind', 'p50 ms'], rows: [['one term', 1.23456]] }],
  notes: ['A note.'],
  drawing: { title: 'A curve:', text: '1 |# 1' },
};

test('renderReport: says on what, of what, what, and how to read it', () => {
  const expected = [
    '# Benchmark: search',
    '',
    'Machine: 2 cores of Some CPU, 24 GiB, linux x64, Node v26.0.0.  ',
    'Commit abc1234+changes, 2026-01-31.  ',
    'Parameters: documents 117,791, words drawn.',
    '',
    '**Latency**',
    '',
    '| kind     | p50 ms |',
    '| -------- | -----: |',
    '| one term |   1.23 |',
    '',
    'A curve:',
    '',
    '```text',
    '1 |# 1',
    '```',
    '',
    '- A note.',
    '',
  ];
  assert.equal(renderReport(report), expected.join('\n'));
});

test('renderJson: keeps every figure in full, by the head of its column', () => {
  const tables = [{ title: 'Latency', rows: [{ kind: 'one term', 'p50 ms': 1.23456 }] }];
  assert.deepEqual(JSON.parse(renderJson(report)), { ...report, tables });
});
