import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settings } from '../../../shared/config/table.ts';
import type { FieldKind } from '../../../shared/schema/kinds/field-kinds.ts';
import { readOperationLine } from '../../../root/route/operation-line.ts';
import type { Beginning } from './format.ts';
import { formatOf, formats } from './formats.ts';

function beginningOf(text: string, extension = ''): Beginning {
  return { text, isWhole: true, extension };
}

/** What a file becomes: its lines without their ends, whatever pieces it comes in. */
async function read(name: string, text: string, kinds: Readonly<Record<string, FieldKind>> = {}): Promise<string[]> {
  const format = formats.find((each) => each.name === name)!;
  const results: string[] = [];
  for (const size of [1, 7, 10_000]) {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const out: Uint8Array[] = [];
    const options = { kindOf: (field: string) => kinds[field], say: () => undefined };
    for await (const chunk of format.lines(chunks(), beginningOf(text), options)) out.push(Buffer.from(chunk));
    results.push(Buffer.concat(out).toString());
  }
  assert.deepEqual(results, [results[0], results[0], results[0]], 'the same in whatever pieces it comes');
  return results[0]!.replace(/\n$/, '').split('\n');
}

test('formats: --format names each of them', () => {
  const setting = settings.find(({ name }) => name === 'format');
  assert.deepEqual([...setting!.choices!].sort(), formats.map(({ name }) => name).sort());
});

// Each row: a file, the form it is recognised as.
const sniffed: [what: string, text: string, expected: string, extension?: string][] = [
  ['lines', '{"a":1}\n{"a":2}\n', 'ndjson'],
  ['one line', '{"title":"x","tags":["a","b"]}\n', 'ndjson'],
  ['one document with an array of objects', '{"title":"x","authors":[{"n":1}]}', 'ndjson'],
  ['lines that look like wrappers', '{"data":[{"a":1}]}\n{"data":[{"a":1}]}\n', 'ndjson'],
  ['blank lines first', '\n\n{"a":1}\n', 'ndjson'],
  ['an array', ' [\n{"a":1}]', 'array'],
  ['a wrapper on one line', '{"data":[{"a":1},{"a":2}],"next":null}', 'wrapper'],
  ['a wrapper over several lines', '{\n "count": 2,\n "results": [\n {"a":1}\n ]\n}\n', 'wrapper'],
  ['a wrapper around nothing', '{"total":0,"results":[]}\n', 'wrapper'],
  ['a wrapper that has another empty array', '{"items":[ ],"results":[{"a":1}]}', 'wrapper'],
  ['objects of which the first has an empty array', '{\n "items": []\n}\n{"a":1}', 'objects'],
  ['one document with an empty array', '{"title":"x","tags":[]}', 'ndjson'],
  ['objects over several lines', '{\n "a": 1\n}\n{\n "a": 2\n}\n', 'objects'],
  ['a bulk', '{"index":{"_index":"x","_id":"1"}}\n{"a":1}\n', 'bulk'],
  ['a table whose first column is called ORCID', 'ORCID,name\n1,a\n', 'csv', 'csv'],
  ['a table whose first column is called PAR1', 'PAR1,PAR2\n1,a\n', 'csv', 'csv'],
  ['a bulk of deletes', '{"delete":{"_id":"1"}}\n', 'bulk'],
  ['a document that looks like an action', '{"index":{"number":1}}\n', 'ndjson'],
  ['a document that is called so', '{"create":"2020"}\n', 'ndjson'],
  ['commas', 'a,b\n1,2\n', 'csv'],
  ['tabs', 'a\tb\n1\t2\n', 'csv'],
  ['semicolons, with commas in numbers', 'a;b\n1,5;2\n1,6;3\n', 'csv'],
  ['a table of one column, by its name', 'a\n1\n2\n', 'csv', 'csv'],
];
for (const [what, text, expected, extension] of sniffed) {
  test(`formatOf: ${what} is ${expected}`, () => {
    assert.equal(formatOf(undefined, beginningOf(text, extension), Buffer.from(text), 'f').name, expected);
  });
}

// Each row: the first bytes of a file, what is said of it.
const unreadable: [what: string, bytes: string, expected: RegExp][] = [
  ['nothing', '', /f is empty/],
  ['a ZIP archive', 'PK\x03\x04xx', /ZIP archive/],
  ['Parquet', 'PAR1\x15\x04xx', /Parquet/],
  ['zstd', '\x28\xb5\x2f\xfdxx', /zstd -dc/],
  ['UTF-16', '\xff\xfe{\x00', /UTF-16.*iconv/],
  ['SQLite', 'SQLite format 3\x00', /sqlite3/],
  ['XML', '\n<?xml version="1.0"?>', /XML/],
  ['a tar archive', `${'x'.repeat(257)}ustar`, /tar archive/],
  ['bytes', 'ab\x00\x01', /no text/],
  ['prose', 'Call me Ishmael.\nSome years ago.\n', /begins with "Call me Ishmael.*--format/],
];
for (const [what, bytes, expected] of unreadable) {
  test(`formatOf: ${what} is refused in one line`, () => {
    const first = Buffer.from(bytes, 'latin1');
    assert.throws(
      () => formatOf(undefined, beginningOf(first.toString()), first, 'f'),
      (error: Error) => {
        assert.match(error.message, expected);
        return !error.message.includes('\n');
      },
    );
  });
}

// Each row: a table, kinds that are known, the documents.
const tables: [what: string, text: string, kinds: Record<string, FieldKind>, expected: string[]][] = [
  ['numbers and text', 'a,b\n1,x\n2.50,y\n', {}, ['{"a":1,"b":"x"}', '{"a":2.50,"b":"y"}']],
  ['a column that is not all numbers', 'a\tb\n1\tx\n?\ty', {}, ['{"a":"1","b":"x"}', '{"a":"?","b":"y"}']],
  ['zeros in front are text', 'zip,n\n01234,1\n90210,2\n', {}, ['{"zip":"01234","n":1}', '{"zip":"90210","n":2}']],
  ['digits are kept', 'id,n\n9007199254740993,1', {}, ['{"id":"9007199254740993","n":1}']],
  [
    'digits of a field of numbers are kept',
    'id,n\n9007199254740993,1',
    { id: 'float' },
    ['{"id":9007199254740993,"n":1}'],
  ],
  ['booleans', 'a,b\ntrue,1\nFALSE,2', {}, ['{"a":true,"b":1}', '{"a":false,"b":2}']],
  ['empty cells are no values', 'a,b,c\n1,,\n,x,\n', {}, ['{"a":1}', '{"b":"x"}']],
  ['quotes', 'a,b\n"x, ""y""\n z",1\n', {}, ['{"a":"x, \\"y\\"\\n z","b":1}']],
  ['line ends of Windows', 'a,b\r\n1,2\r\n\r\n3,4\r\n', {}, ['{"a":1,"b":2}', '', '{"a":3,"b":4}']],
  ['a row that is short', 'a,b\n1\n', {}, ['{"a":1}']],
  ['kinds that are known', 'a,b\n1,2\n', { a: 'keyword' }, ['{"a":"1","b":2}']],
  ['no number in a column of numbers', 'a,b\nx,2\n', { a: 'integer' }, ['{"a":"x","b":2}']],
  ['names', ' Release Date ,,_x\n1,2,3\n', {}, ['{"Release_Date":1,"column2":2,"x":3}']],
];
for (const [what, text, kinds, expected] of tables) {
  test(`csv: ${what}`, async () => assert.deepEqual(await read('csv', text, kinds), expected));
}

test('csv: a column that stops being numbers after a thousand rows goes on as it stands', async () => {
  const rows = Array.from({ length: 1200 }, (_, i) => (i === 1100 ? 'n/a,1' : `${i},1`)).join('\n');
  const lines = await read('csv', `a,b\n${rows}\n`);
  assert.deepEqual([lines.length, lines[0], lines[1100]], [1200, '{"a":0,"b":1}', '{"a":"n/a","b":1}']);
});

test('csv: faults name the row', async () => {
  await assert.rejects(read('csv', 'a,b\n1,2\n1,2,3\n'), /row 3 has 3 columns, and the table 2/);
  await assert.rejects(read('csv', 'a,b,a\n1,2,3\n'), /two columns are named a/);
  await assert.rejects(read('csv', 'a,b\n1,2\n3,"4\n5,6\n7,8\n'), /the quote that opens in row 3 does not close/);
});

const bulkRows: [what: string, text: string, expected: string[]][] = [
  ['index', '{"index":{"_id":"1"}}\n{"a": 1.0}\n', ['{"_put":{"a": 1.0},"_key":"1"}']],
  ['a number as id', '{"index":{"_id":7}}\n{"a":1}\n', ['{"_put":{"a":1},"_key":"7"}']],
  ['without an id', '{"index":{}}\n{"a":1}', ['{"_put":{"a":1}}']],
  ['create', '{"create":{"_id":"1","_index":"x"}}\n{"a":1}\n', ['{"_create":{"a":1},"_key":"1"}']],
  ['delete', '{"delete":{"_id":"a\\"b"}}\n', ['{"_delete":"a\\"b"}']],
  [
    'a routing',
    '{"index":{"_id":"1","routing":"a\\"b"}}\n{"a":1}\n',
    ['{"_put":{"a":1},"_key":"1","_routing":"a\\"b"}'],
  ],
  ['a routing without an id', '{"create":{"routing":7}}\n{"a":1}\n', ['{"_create":{"a":1},"_routing":"7"}']],
  ['a routing as it was written once', '{"delete":{"_id":"1","_routing":"r"}}\n', ['{"_delete":"1","_routing":"r"}']],
  [
    'a routing of an update',
    '{"update":{"_id":"1","routing":"r"}}\n{"doc":{"a":1}}\n',
    ['{"_patch":{"a":1},"_key":"1","_routing":"r"}'],
  ],
  [
    'update',
    '{"update":{"_id":"1"}}\n{"doc":{"a":1},"doc_as_upsert":true}\n',
    ['{"_patch":{"a":1},"_upsert":true,"_key":"1"}'],
  ],
  [
    'update, as it was written',
    '{"update":{"_id":"1"}}\n{"doc":{"a": 9007199254740993},"upsert":{"a":1.0},"detect_noop":false}\n',
    ['{"_patch":{"a": 9007199254740993},"_upsert":{"a":1.0},"_detectNoop":false,"_key":"1"}'],
  ],
  [
    'a version of the sender',
    '{"index":{"_id":"1","version":7,"version_type":"external"}}\n{"a":1}\n{"delete":{"_id":"1","version":8,"version_type":"external_gt"}}\n',
    ['{"_put":{"a":1},"_key":"1","_version":7}', '{"_delete":"1","_version":8}'],
  ],
  [
    'a type of operation',
    '{"index":{"_id":"1","op_type":"create"}}\n{"a":1}\n{"index":{"_id":"2","op_type":"index"}}\n{"a":1}\n',
    ['{"_create":{"a":1},"_key":"1"}', '{"_put":{"a":1},"_key":"2"}'],
  ],
  [
    'several, blank lines between',
    '{"index":{"_id":"1"}}\n{"a":1}\n\n{"delete":{"_id":"2"}}\n{"index":{"_id":"3"}}\r\n{"a":3}\r\n',
    ['{"_put":{"a":1},"_key":"1"}', '{"_delete":"2"}', '{"_put":{"a":3}\r,"_key":"3"}'],
  ],
];
for (const [what, text, expected] of bulkRows) {
  test(`bulk: ${what}`, async () => {
    const lines = await read('bulk', text);
    assert.deepEqual(lines, expected);
    for (const line of lines) JSON.parse(line);
  });
}

// Each row: an action; where the root finds what it refuses of it.
const refusedActions: [action: string, at: string][] = [
  ['{"index":{"_id":"1","if_seq_no":3,"if_primary_term":1}}', '/if_seq_no'],
  ['{"delete":{"_id":"1","if_seq_no":3,"if_primary_term":1}}', '/if_seq_no'],
  ['{"update":{"_id":"1","if_seq_no":3,"if_primary_term":1}}', '/if_seq_no'],
  ['{"index":{"_id":"1","if_primary_term":1}}', '/if_primary_term'],
  ['{"index":{"_id":"1","version":3}}', '/version'],
  ['{"index":{"_id":"1","version":3,"version_type":"internal"}}', '/version'],
  ['{"index":{"_id":"1","version":3,"version_type":"external_gte"}}', '/version'],
  ['{"create":{"_id":"1","version":3,"version_type":"external"}}', '/version'],
  ['{"index":{"_id":"1","version":3,"version_type":"external","op_type":"create"}}', '/version'],
  ['{"update":{"_id":"1","version":3}}', '/version'],
  ['{"index":{"_id":"1","version_type":"external"}}', '/version_type'],
  ['{"create":{"_id":"1","op_type":"index"}}', '/op_type'],
  ['{"delete":{"_id":"1","op_type":"create"}}', '/op_type'],
];
for (const [action, at] of refusedActions) {
  test(`bulk: of ${action} the root refuses ${at}`, async () => {
    const document = action.startsWith('{"delete"')
      ? ''
      : action.startsWith('{"update"')
        ? '{"doc":{"a":1}}\n'
        : '{"a":1}\n';
    const [line = ''] = await read('bulk', `${action}\n${document}`);
    const said = readOperationLine(JSON.parse(line), { bytes: Buffer.from(line), index: { id: 'x1' } });
    assert(said !== null && 'code' in said, line);
    assert.deepEqual([said.code, said.at], ['DOCUMENT_FIELD_UNKNOWN', at]);
  });
}

test('bulk: faults name the line', async () => {
  await assert.rejects(read('bulk', '{"index":{}}\n{"a":1}\n{"a":1}\n'), /line 3 is no action/);
  await assert.rejects(read('bulk', '{"index":{}}\n'), /ends after the action of line 1/);
  await assert.rejects(read('bulk', '{"update":{"_id":"1"}}\n{"script":"x"}\n'), /line 2 updates without a "doc"/);
  await assert.rejects(read('bulk', '{"delete":{}}\n'), /line 1 deletes without an _id/);
});
