/** What every Log promises, held by each implementation: in memory, SQLite over a real socket, and Kafka where there is a broker. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { SheafError } from '../errors.ts';
import { createRandom } from '../random/random.ts';
import { silentTelemetry } from '../telemetry/telemetry.ts';
import { keyedBatch, textBatch, textOf } from './batch.fixture.ts';
import { batchVersion } from './batch.ts';
import { BasedLog } from './based-log.ts';
import { connectLog } from './client.ts';
import { freshLogName, openKafkaLog, skipWithoutKafka } from './kafka/kafka.fixture.ts';
import type { RequestOutcome } from './keyed-requests.ts';
import {
  catalogPartition,
  claimsPartition,
  jobsPartition,
  leasesPartition,
  sourcesPartition,
  type Log,
  type LogBatch,
} from './log.ts';
import type { AppendBatch, Appended } from './append-batch.ts';
import { startLog } from './main.ts';
import { MemoryLog } from './memory.ts';

/** A batch that says it is of another version. */
function ofVersion(partition: string, version: number): AppendBatch {
  const made = batch(partition, 1, 'x');
  const bytes = Buffer.from(made.bytes);
  bytes.writeUInt16LE(version, 4);
  return { ...made, bytes };
}

function change(body: unknown): AppendBatch {
  return batch(catalogPartition, 1, JSON.stringify(body));
}

const definition = { kind: 'document', shards: 1, replicas: 1, schema: { dynamic: 'strict', fields: {} } };

// Each row: what no reader could read, and the code it is refused with.
const refused: [what: string, code: string, batch: () => AppendBatch][] = [
  ['bytes that are no batch', 'BATCH_INVALID', () => ({ partition: 'p', count: 1, bytes: Buffer.from('abcd') })],
  ['nothing', 'BATCH_INVALID', () => ({ partition: 'p', count: 1, bytes: Buffer.alloc(0) })],
  ['a batch of a newer version', 'BATCH_VERSION_UNKNOWN', () => ofVersion('p', batchVersion + 1)],
  ['a batch of no version', 'BATCH_INVALID', () => ofVersion('p', 0)],
  ['fewer entries than it says', 'BATCH_INVALID', () => ({ ...batch('p', 2, 'x'), count: 3 })],
  ['more entries than it says', 'BATCH_INVALID', () => ({ ...batch('p', 2, 'x'), count: 1 })],
  [
    'a batch cut short',
    'BATCH_INVALID',
    () => ({ ...batch('p', 1, 'xyz'), bytes: batch('p', 1, 'xyz').bytes.subarray(0, -1) }),
  ],
  [
    'the same in the catalog',
    'BATCH_INVALID',
    () => ({ ...batch(catalogPartition, 1, ''), bytes: Buffer.from('abcd') }),
  ],
  ['an entry of the catalog that is no JSON', 'BATCH_INVALID', () => batch(catalogPartition, 1, '{')],
  ['a change of the catalog that nobody knows', 'BATCH_INVALID', () => change({ change: 'rename', id: 'x0' })],
  [
    'an index of no kind',
    'BATCH_INVALID',
    () => change({ change: 'create', definition: { ...definition, kind: 'z' } }),
  ],
  [
    'a field of no kind',
    'BATCH_INVALID',
    () => change({ change: 'addFields', id: 'x0', fields: { a: { kind: 'poem' } } }),
  ],
  ['an entry of leases that is no JSON', 'BATCH_INVALID', () => batch(leasesPartition, 1, '{')],
  ['an entry of claims that is no JSON', 'BATCH_INVALID', () => batch(claimsPartition, 1, '{')],
  ['an entry of claims without a holder', 'BATCH_INVALID', () => batch(claimsPartition, 1, '{"version":1}')],
  ['an entry of jobs that is no JSON', 'BATCH_INVALID', () => batch(jobsPartition, 1, '{')],
  ['an entry of jobs of a newer version', 'BATCH_VERSION_UNKNOWN', () => batch(jobsPartition, 1, '{"version":2}')],
  ['an entry of sources that is no JSON', 'BATCH_INVALID', () => batch(sourcesPartition, 1, '{')],
  ['an entry of leases of a newer version', 'BATCH_VERSION_UNKNOWN', () => batch(leasesPartition, 1, '{"version":2}')],
];

interface Opened {
  readonly log: Log;
  readonly close: () => Promise<void>;
}

/** Where the offsets of the partitions of a based log begin, but of those that every process reads. */
const raised = 2 ** 33 + 7;

type Implementation = [name: string, open: () => Promise<Opened>, skip: string | false, base: number];
const implementations: Implementation[] = [
  ['memory', openMemory, false, 0],
  ['sqlite', openSqlite, false, 0],
  ['kafka', openKafka, skipWithoutKafka, 0],
  // What is beneath makes no difference to it.
  ['based', openBased, false, raised],
];

async function openBased(): Promise<Opened> {
  const { log: beneath } = await openMemory();
  const isCommon = (partition: string) => [catalogPartition, leasesPartition, jobsPartition].includes(partition);
  const log = new BasedLog(beneath, (partition) => (isCommon(partition) ? 0 : raised));
  return { log, close: () => log.close() };
}

async function openMemory(): Promise<Opened> {
  const random = createRandom(7);
  const log = new MemoryLog(() => random.next());
  return { log, close: () => log.close() };
}

async function openSqlite(): Promise<Opened> {
  const data = await mkdtemp(join(tmpdir(), 'sheaf-log-'));
  const server = await startLog({ host: '127.0.0.1', port: 0, data }, silentTelemetry);
  const address = { host: '127.0.0.1', port: server.port };
  const log = connectLog({ address, random: () => 0.5, producer: 'contract' });
  const close = async (): Promise<void> => {
    await log.close();
    await server.close();
    await rm(data, { recursive: true });
  };
  return { log, close };
}

async function openKafka(): Promise<Opened> {
  const log = openKafkaLog({ name: freshLogName() });
  return { log, close: () => log.close() };
}

function batch(partition: string, count: number, text: string): AppendBatch {
  return textBatch(partition, text, count);
}

/** A subscriber that collects, and can be waited for. */
interface Collector {
  readonly seen: readonly LogBatch[];
  readonly onBatch: (batch: LogBatch) => void;
  /** The texts seen, once there are so many. */
  readonly until: (count: number) => Promise<string[]>;
}

function collector(): Collector {
  const seen: LogBatch[] = [];
  let wake = (): void => undefined;
  return {
    seen,
    onBatch: (received) => {
      seen.push(received);
      wake();
    },
    until: async (count) => {
      while (seen.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return seen.map(textOf);
    },
  };
}

function lastOf(appended: readonly Appended[]): number {
  return appended.at(-1)!.lastOffset;
}

function show(outcome: RequestOutcome): string {
  return outcome.kind === 'repeated' ? `repeated ${JSON.stringify(outcome.answer)}` : outcome.kind;
}

/** @param base where the offsets of its partitions begin */
type Hold = (log: Log, base: number) => Promise<void>;

const promises: [promise: string, hold: Hold][] = [
  [
    'offsets of one batch are consecutive, of batches ascending',
    async (log, base) => {
      const [first] = await log.append([batch('p', 3, 'a')]);
      const [second] = await log.append([batch('p', 2, 'b')]);
      assert.equal(first!.lastOffset - first!.firstOffset, 2);
      assert.equal(second!.lastOffset - second!.firstOffset, 1);
      assert.ok(first!.firstOffset >= base && second!.firstOffset > first!.lastOffset);
    },
  ],
  [
    'an append answers its batches in their order, twice the same partition included',
    async (log) => {
      const appended = await log.append([batch('z', 1, '1'), batch('a', 5, '2'), batch('z', 1, '3')]);
      assert.deepEqual(
        appended.map(({ partition }) => partition),
        ['z', 'a', 'z'],
      );
      assert.ok(appended[2]!.firstOffset > appended[0]!.lastOffset);
    },
  ],
  [
    'an append of nothing answers nothing',
    async (log) => {
      assert.deepEqual(await log.append([]), []);
      assert.deepEqual(await log.heads([]), []);
    },
  ],
  [
    'heads are the last offsets, −1 where there is no entry',
    async (log, base) => {
      const last = lastOf(await log.append([batch('p', 4, 'a')]));
      assert.deepEqual(await log.heads(['none', 'p']), [base - 1, last]);
    },
  ],
  [
    'a partition without entries begins at its base: below there is nothing, as if it had been trimmed',
    async (log, base) => {
      assert.deepEqual([await log.heads(['p']), await log.earliest(['p'])], [[base - 1], [base]]);
      if (base > 0) {
        const { code, detail } = await new Promise<SheafError>((resolve) => {
          log.subscribe('p', base - 1, () => assert.fail('delivered'), resolve);
        });
        assert.deepEqual([code, detail], ['LOG_TRIMMED', { partition: 'p', from: base - 1, earliest: base }]);
      }
      const { onBatch, until } = collector();
      log.subscribe('p', base, onBatch, () => assert.fail('refused'));
      const [first] = await log.append([batch('p', 1, 'a')]);
      assert.ok(first!.firstOffset >= base);
      assert.deepEqual(await until(1), ['a']);
    },
  ],
  [
    'a subscription delivers what is there and what comes',
    async (log, base) => {
      const { seen, onBatch, until } = collector();
      const [a] = await log.append([batch('p', 2, 'a'), batch('q', 1, 'not this')]);
      log.subscribe('p', base, onBatch);
      assert.deepEqual(await until(1), ['a']);
      const [b] = await log.append([batch('p', 1, 'b')]);
      assert.deepEqual(await until(2), ['a', 'b']);
      assert.deepEqual(
        seen.map(({ partition, firstOffset, count }) => [partition, firstOffset, count]),
        [
          ['p', a!.firstOffset, 2],
          ['p', b!.firstOffset, 1],
        ],
      );
    },
  ],
  [
    'a subscription from the midst of a batch begins with that batch',
    async (log) => {
      await log.append([batch('p', 5, 'before')]);
      const [middle] = await log.append([batch('p', 5, 'middle')]);
      await log.append([batch('p', 5, 'after')]);
      const { onBatch, until } = collector();
      log.subscribe('p', middle!.lastOffset, onBatch);
      assert.deepEqual(await until(2), ['middle', 'after']);
    },
  ],
  [
    'a subscription from the offset after the head waits for what comes',
    async (log) => {
      const last = lastOf(await log.append([batch('p', 1, 'early')]));
      const { onBatch, until } = collector();
      log.subscribe('p', last + 1, onBatch, () => assert.fail('refused'));
      await log.append([batch('p', 1, 'wanted')]);
      assert.deepEqual(await until(1), ['wanted']);
    },
  ],
  [
    'a subscription that has read beyond the head is refused, and stays so',
    async (log) => {
      const last = lastOf(await log.append([batch('p', 1, 'early')]));
      const { onBatch, seen } = collector();
      const error = await new Promise<SheafError>((resolve) => void log.subscribe('p', last + 2, onBatch, resolve));
      assert.deepEqual([error.code, error.detail['partition']], ['LOG_REPLACED', 'p']);
      await log.append([batch('p', 9, 'of another history')]);
      const other = collector();
      log.subscribe('p', last + 1, other.onBatch);
      await other.until(1);
      assert.equal(seen.length, 0);
    },
  ],
  [
    'an identity does not change',
    async (log) => {
      const identity = await log.identity();
      await log.append([batch('p', 1, 'a')]);
      assert.equal(await log.identity(), identity);
      assert.ok(identity.length > 0);
    },
  ],
  [
    'the next batch waits for the subscriber',
    async (log, base) => {
      const { promise: leave, resolve: proceed } = Promise.withResolvers<void>();
      const { promise: began, resolve: begin } = Promise.withResolvers<void>();
      const { onBatch, until, seen } = collector();
      log.subscribe('p', base, async (received) => {
        onBatch(received);
        begin();
        await leave;
      });
      for (const text of 'abcdefghij') await log.append([batch('p', 1, text)]);
      await began;
      assert.equal(seen.length, 1);
      proceed();
      assert.deepEqual((await until(10)).join(''), 'abcdefghij');
    },
  ],
  [
    'appends under way together keep their order, for fast and slow subscribers alike',
    async (log, base) => {
      const [fast, slow, late] = [collector(), collector(), collector()];
      const texts = Array.from({ length: 300 }, (_, index) => `${index}`);
      log.subscribe('p', base, fast.onBatch);
      log.subscribe('p', base, async (received) => {
        if (slow.seen.length % 16 === 0) await new Promise<void>((resolve) => void setTimeout(resolve, 1));
        slow.onBatch(received);
      });
      const appends = texts.map((text) => log.append([batch('p', 1, text)]));
      const offsets = (await Promise.all(appends)).map(lastOf);
      log.subscribe('p', base, late.onBatch);
      assert.deepEqual(
        offsets,
        offsets.toSorted((a, b) => a - b),
      );
      for (const { until } of [fast, slow, late]) assert.deepEqual(await until(texts.length), texts);
    },
  ],
  [
    'a closed subscription delivers nothing more, others go on',
    async (log, base) => {
      const [closed, open] = [collector(), collector()];
      const subscription = log.subscribe('p', base, closed.onBatch);
      log.subscribe('p', base, open.onBatch);
      await log.append([batch('p', 1, 'a')]);
      await Promise.all([closed.until(1), open.until(1)]);
      subscription.close();
      await log.append([batch('p', 1, 'b')]);
      await open.until(2);
      assert.equal(closed.seen.length, 1);
    },
  ],
  [
    'a keyed request is recorded once: a repeat gets the first answer, another body is a conflict, others are recorded',
    async (log, base) => {
      const { onBatch, until } = collector();
      log.subscribe('p', base, onBatch);
      const first = keyedBatch('p', 'k1=ab x k2=c');
      const once = await log.appendOnce([first.batch], first.requests);
      assert.deepEqual(once.outcomes.map(show), ['recorded', 'recorded']);
      const answer = JSON.stringify([['p', once.appended[0]!.lastOffset, 4]]);
      const second = keyedBatch('p', 'k1=ab y k2=d k3=e z');
      const twice = await log.appendOnce([second.batch], second.requests);
      assert.deepEqual(twice.outcomes.map(show), [`repeated ${answer}`, 'conflict', 'recorded']);
      assert.equal(twice.appended[0]!.lastOffset - twice.appended[0]!.firstOffset, 2);
      assert.deepEqual(await until(2), ['abxc', 'yez']);
    },
  ],
  [
    'a keyed request that is twice in one append is recorded once',
    async (log) => {
      const { batch: both, requests } = keyedBatch('p', 'k=ab k=ab k=c');
      const { appended, outcomes } = await log.appendOnce([both], requests);
      const answer = JSON.stringify([['p', appended[0]!.lastOffset, 2]]);
      assert.deepEqual(outcomes.map(show), ['recorded', `repeated ${answer}`, 'conflict']);
      assert.equal(appended[0]!.lastOffset - appended[0]!.firstOffset, 1);
    },
  ],
  [
    'an append of repeats alone records nothing, and offsets go on',
    async (log) => {
      const { batch: one, requests } = keyedBatch('p', 'k=a');
      const once = await log.appendOnce([one], requests);
      const again = await log.appendOnce([one], requests);
      assert.deepEqual(again.appended, []);
      assert.deepEqual(await log.heads(['p']), [lastOf(once.appended)]);
      const [next] = await log.append([batch('p', 1, 'next')]);
      assert.ok(next!.firstOffset > lastOf(once.appended));
    },
  ],
  [
    'keyed requests under way together, each sent three times, are recorded once each',
    async (log) => {
      const keys = Array.from({ length: 100 }, (_, i) => `key${i}`);
      const sends = [...keys, ...keys, ...keys].map(async (key) => {
        const { batch: one, requests } = keyedBatch('p', `${key}=a`);
        return await log.appendOnce([one], requests);
      });
      const all = await Promise.all(sends);
      assert.equal(all.filter(({ outcomes }) => outcomes[0]!.kind === 'recorded').length, keys.length);
      assert.equal(all.flatMap(({ appended }) => appended).length, keys.length);
    },
  ],
  ...refused.map(([what, code, make]): [string, Hold] => [
    `${what} is refused, nothing of its append is recorded, and the next one is taken`,
    async (log, base) => {
      const bad = make();
      await assert.rejects(log.append([batch('q', 1, 'good'), bad]), { code });
      await assert.rejects(log.appendOnce([bad], [{ key: 'k', digest: 'd', ranges: [] }]), { code });
      assert.deepEqual(await log.heads(['q', 'p', catalogPartition, leasesPartition]), [base - 1, base - 1, -1, -1]);
      await log.append([batch('q', 1, 'next')]);
    },
  ]),
  [
    'a repeat whose entries cannot be cut out of its batch is refused',
    async (log) => {
      const first = keyedBatch('p', 'k=ab');
      await log.appendOnce([first.batch], first.requests);
      const { batch: again, requests } = keyedBatch('p', 'k=ab x');
      const ranges = requests[0]!.ranges.map((range) => ({ ...range, end: range.end - 1 }));
      await assert.rejects(log.appendOnce([again], [{ ...requests[0]!, ranges }]), { code: 'BATCH_INVALID' });
      assert.equal((await log.appendOnce([again], requests)).appended.length, 1);
    },
  ],
  [
    'a batch that is skipped is delivered without entries, at the same offsets, to all that ask from then on',
    async (log, base) => {
      await log.append([batch('p', 2, 'a')]);
      const [middle] = await log.append([batch('p', 3, 'b')]);
      const last = lastOf(await log.append([batch('p', 1, 'c')]));
      const { firstOffset, lastOffset } = middle!;
      for (const offset of [lastOffset, firstOffset]) {
        assert.deepEqual(await log.skip('p', offset), { firstOffset, lastOffset });
      }
      const { onBatch, until, seen } = collector();
      log.subscribe('p', base, onBatch);
      assert.deepEqual(await until(3), ['a', '', 'c']);
      assert.deepEqual([seen[1]!.firstOffset, seen[1]!.count, seen[1]!.skipped], [firstOffset, 3, true]);
      assert.deepEqual(await log.heads(['p']), [last]);
      const others = seen.filter(({ skipped }) => skipped !== true);
      assert.equal(others.length, 2);
      await assert.rejects(log.skip('p', last + 1), { code: 'ENTRY_NOT_FOUND' });
      for (const offset of [0, base]) await assert.rejects(log.skip('none', offset), { code: 'ENTRY_NOT_FOUND' });
    },
  ],
  [
    'earliest is the base until a trim, which lets whole batches go; the head stays, and what comes goes on above it',
    async (log, base) => {
      const [a] = await log.append([batch('p', 3, 'a')]);
      const [b] = await log.append([batch('p', 3, 'b')]);
      assert.deepEqual(await log.earliest(['none', 'p']), [base, base]);
      // In the midst of a batch, of the first and of the second.
      assert.equal(await log.trim('p', a!.lastOffset), base);
      const earliest = await log.trim('p', b!.lastOffset);
      assert.ok(earliest > a!.lastOffset && earliest <= b!.firstOffset);
      assert.deepEqual(await log.earliest(['p']), [earliest]);
      const { onBatch, until } = collector();
      log.subscribe('p', earliest, onBatch);
      assert.deepEqual(await until(1), ['b']);
      assert.equal(await log.trim('p', b!.lastOffset + 1), b!.lastOffset + 1);
      assert.deepEqual(await log.heads(['p']), [b!.lastOffset]);
      const [c] = await log.append([batch('p', 1, 'c')]);
      assert.ok(c!.firstOffset > b!.lastOffset);
      assert.deepEqual(await until(2), ['b', 'c']);
      assert.deepEqual(await log.earliest(['p']), [b!.lastOffset + 1]);
    },
  ],
  [
    'a trim that is repeated, or lower, changes nothing; one above the head is refused, and nothing is trimmed',
    async (log, base) => {
      const last = lastOf(await log.append([batch('p', 2, 'a')]));
      await assert.rejects(log.trim('p', last + 2), ({ code, detail }: SheafError) => {
        assert.deepEqual([code, detail['partition'], detail['head']], ['LOG_REPLACED', 'p', last]);
        return true;
      });
      await assert.rejects(log.trim('none', base + 1), { code: 'LOG_REPLACED' });
      assert.equal(await log.trim('none', 0), base);
      assert.deepEqual(await log.earliest(['p', 'none']), [base, base]);
      for (const before of [last + 1, last + 1, 0]) assert.equal(await log.trim('p', before), last + 1);
    },
  ],
  [
    'a subscription from below the earliest is LOG_TRIMMED, which names it; from there on it is served',
    async (log) => {
      await log.append([batch('p', 2, 'a')]);
      const last = lastOf(await log.append([batch('p', 2, 'b')]));
      const earliest = await log.trim('p', last);
      for (const from of [0, earliest - 1]) {
        const error = await new Promise<SheafError>((resolve) => {
          log.subscribe('p', from, () => assert.fail('delivered'), resolve);
        });
        assert.deepEqual([error.code, error.detail], ['LOG_TRIMMED', { partition: 'p', from, earliest }]);
      }
      const { onBatch, until } = collector();
      log.subscribe('p', earliest, onBatch, () => assert.fail('refused'));
      assert.deepEqual(await until(1), ['b']);
      await log.trim('p', last + 1);
      const after = collector();
      log.subscribe('p', last + 1, after.onBatch, () => assert.fail('refused'));
      await log.append([batch('p', 1, 'c')]);
      assert.deepEqual(await after.until(1), ['c']);
    },
  ],
  [
    'a subscriber that falls behind a trim is told LOG_TRIMMED, and gets nothing from beyond the gap',
    async (log, base) => {
      const { promise: leave, resolve: proceed } = Promise.withResolvers<void>();
      const { promise: refusal, resolve: refuse } = Promise.withResolvers<SheafError>();
      const { seen, onBatch, until } = collector();
      log.subscribe(
        'p',
        base,
        async (received) => {
          onBatch(received);
          await leave;
        },
        refuse,
      );
      for (let i = 0; i < 20; i++) await log.append([batch('p', 1, `${i}`)]);
      await until(1);
      const before = lastOf(await log.append([batch('p', 1, 'last')]));
      const earliest = await log.trim('p', before);
      proceed();
      const { code, detail } = await refusal;
      assert.deepEqual([code, detail['earliest']], ['LOG_TRIMMED', earliest]);
      const texts = seen.map(textOf);
      assert.deepEqual(
        texts,
        texts.map((_, i) => `${i}`),
      );
      assert.ok(texts.length < 20);
    },
  ],
  [
    'what becomes of a keyed request does not depend on what was trimmed',
    async (log) => {
      const { batch: one, requests } = keyedBatch('p', 'k=ab');
      const once = await log.appendOnce([one], requests);
      await log.trim('p', lastOf(once.appended) + 1);
      const again = await log.appendOnce([one], requests);
      const answer = JSON.stringify([['p', lastOf(once.appended), 2]]);
      assert.deepEqual([again.appended, again.outcomes.map(show)], [[], [`repeated ${answer}`]]);
      const other = keyedBatch('p', 'k=c');
      assert.deepEqual((await log.appendOnce([other.batch], other.requests)).outcomes.map(show), ['conflict']);
    },
  ],
  [
    'a skip below a trim is that of no entry; one above it stays',
    async (log) => {
      const [a] = await log.append([batch('p', 1, 'a')]);
      const [b] = await log.append([batch('p', 1, 'b')]);
      for (const { firstOffset } of [a!, b!]) await log.skip('p', firstOffset);
      const earliest = await log.trim('p', b!.firstOffset);
      await assert.rejects(log.skip('p', a!.firstOffset), { code: 'ENTRY_NOT_FOUND' });
      const { onBatch, until, seen } = collector();
      log.subscribe('p', earliest, onBatch);
      await until(1);
      assert.deepEqual([seen[0]!.firstOffset, seen[0]!.skipped], [b!.firstOffset, true]);
    },
  ],
  [
    'appends, trims and subscribers at once: each reads all from where it began, or is told where it may begin',
    async (log, base) => {
      const texts = Array.from({ length: 200 }, (_, index) => `${index}`);
      const ends = texts.map(async (text, i) => {
        const last = lastOf(await log.append([batch('p', 1, text)]));
        if (i % 10 === 9) await log.trim('p', last - 20 > 0 ? last - 20 : 0);
      });
      const readers = texts
        .filter((_, i) => i % 20 === 0)
        .map(async () => {
          const got: string[] = [];
          for (let from = base; ;) {
            const { promise, resolve } = Promise.withResolvers<number | null>();
            const subscription = log.subscribe(
              'p',
              from,
              (received) => {
                got.push(textOf(received));
                if (got.at(-1) === texts.at(-1)) resolve(null);
              },
              ({ code, detail }) => {
                assert.equal(code, 'LOG_TRIMMED');
                got.length = 0;
                resolve(detail['earliest'] as number);
              },
            );
            const next = await promise;
            subscription.close();
            if (next === null) return got;
            from = next;
          }
        });
      await Promise.all(ends);
      for (const got of await Promise.all(readers)) assert.deepEqual(got, texts.slice(texts.length - got.length));
    },
  ],
  [
    'a closed log refuses, and delivers nothing to who subscribes',
    async (log, base) => {
      await log.append([batch('p', 1, 'a')]);
      await log.close();
      const { seen, onBatch } = collector();
      log.subscribe('p', base, onBatch, () => assert.fail('refused'));
      await assert.rejects(log.append([batch('p', 1, 'a')]), { code: 'LOG_UNAVAILABLE' });
      await assert.rejects(log.heads(['p']), { code: 'LOG_UNAVAILABLE' });
      await assert.rejects(log.earliest(['p']), { code: 'LOG_UNAVAILABLE' });
      await assert.rejects(log.trim('p', 0), { code: 'LOG_UNAVAILABLE' });
      for (let i = 0; i < 10; i++) await new Promise(setImmediate);
      assert.deepEqual(seen, []);
    },
  ],
];

for (const [name, open, skip, base] of implementations) {
  suite(`log contract: ${name}`, () => {
    for (const [promise, hold] of promises) {
      test(promise, { skip }, async () => {
        const { log, close } = await open();
        try {
          await hold(log, base);
        } finally {
          await close();
        }
      });
    }
  });
}
