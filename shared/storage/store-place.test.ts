import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStorePlace, type StorePlace } from './store-place.ts';

// Each row: what is written, the place.
const rows: [text: string, place: StorePlace | undefined][] = [
  ['s3://bucket', { kind: 's3', bucket: 'bucket', prefix: '' }],
  ['s3://bucket/', { kind: 's3', bucket: 'bucket', prefix: '' }],
  ['s3://my.bucket-1/a/b', { kind: 's3', bucket: 'my.bucket-1', prefix: 'a/b' }],
  ['file:/var/sheaf', { kind: 'folder', folder: '/var/sheaf' }],
  ['file:///var/sheaf', { kind: 'folder', folder: '/var/sheaf' }],
  ['file:snapshots', { kind: 'folder', folder: 'snapshots' }],
  ['file:', undefined],
  ['file://host/share', undefined],
  ['s3://', undefined],
  ['s3://B', undefined],
  ['s3://bucket//a', undefined],
  ['s3://bucket/../a', undefined],
  ['s3://bucket/a b', undefined],
  ['https://bucket.example/a', undefined],
  ['/var/sheaf', undefined],
];

for (const [text, place] of rows) {
  test(`readStorePlace: ${text}`, () => assert.deepEqual(readStorePlace(text), place));
}
