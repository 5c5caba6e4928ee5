/**
 * Two roots asked in turns while documents are written, over replicas that lag behind one another: documents are only
 * added, so a read that finds fewer than one before it has gone back. Real processes' parts, on free ports, in this process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLeaf } from '../../leaf/main.ts';
import { startRoot } from '../../root/main.ts';
import { readConfig } from '../../shared/config/read.ts';
import { startLog } from '../../shared/log/main.ts';
import type { Random } from '../../shared/random/random.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';

export interface ReadsResult {
  readonly reads: number;
  /** Reads that found fewer documents than one before them, or did not find one that was found before. */
  readonly wentBack: number;
  readonly found: number;
}

export interface Reading {
  readonly reads: number;
  /** Whether each read gives back the token of the one before. */
  readonly givesToken: boolean;
  readonly random: Random;
}

export interface ReadsCluster {
  read(reading: Reading): Promise<ReadsResult>;
  close(): Promise<void>;
}

/** One refreshes soon, the other seldom: which of them is ahead, and by how much, changes all the time. */
const refreshMs = [30, 400] as const;
const shards = 4;
/** Between two writes, at most. */
const pauseMsMax = 12;

export async function startReadsCluster(): Promise<ReadsCluster> {
  await using open = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-reads-'));
  open.defer(() => rmSync(folder, { recursive: true, force: true }));
  const log = await startLog({ host: '127.0.0.1', port: 0, data: join(folder, 'log') }, silentTelemetry);
  open.defer(() => log.close());
  const common = { port: '0', telemetryLevel: 'silent', log: `127.0.0.1:${log.port}` };
  const places: string[] = [];
  for (const [i, ms] of refreshMs.entries()) {
    const name = `leaf-${i}`;
    const flags = { ...common, name, data: join(folder, name), drainMs: '0', refreshMs: String(ms) };
    const leaf = await startLeaf(readConfig('leaf', flags, {}), silentTelemetry, {});
    open.defer(() => leaf.close());
    places.push(`${name}=127.0.0.1:${leaf.port}`);
  }
  const urls: string[] = [];
  for (let i = 0; i < 2; i++) {
    const flags = { ...common, leaves: places.join(','), lingerMs: '0' };
    const root = await startRoot(readConfig('root', flags, {}), silentTelemetry, {});
    open.defer(() => root.close());
    urls.push(`http://127.0.0.1:${root.port}`);
  }
  let indexes = 0;
  for (const url of urls) await until(async () => (await fetch(`${url}/v1/health/ready`)).ok);
  const owned = open.move();
  return {
    read: (reading) => readInTurns(urls, `reads-${indexes++}`, reading),
    close: () => owned.disposeAsync(),
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 400) throw new Error('waited in vain');
    await sleep(50);
  }
}

async function readInTurns(
  urls: readonly string[],
  index: string,
  { reads, givesToken, random }: Reading,
): Promise<ReadsResult> {
  const json = { 'content-type': 'application/json' };
  const schema = { fields: { n: { kind: 'integer' } } };
  const path = `/v1/indexes/${index}`;
  const created = await fetch(`${urls[0]}${path}`, {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ shards, replicas: 2, schema }),
  });
  if (!created.ok) throw new Error(await created.text());
  await until(async () => (await fetch(`${urls[1]}${path}/search?size=0`)).ok);
  const over = new AbortController();
  const writing = (async () => {
    for (let n = 0; !over.signal.aborted; n++) {
      const written = await fetch(`${urls[n % 2]}${path}/documents/${n}`, {
        method: 'PUT',
        headers: json,
        body: JSON.stringify({ n }),
      });
      if (!written.ok) throw new Error(await written.text());
      await sleep(random.integer(0, pauseMsMax));
    }
  })();
  let token: string | null = null;
  let found = 0;
  let wentBack = 0;
  try {
    for (let read = 0; read < reads; read++) {
      const headers: Record<string, string> = givesToken && token !== null ? { 'sheaf-token': token } : {};
      const answer = await fetch(`${urls[read % 2]}${path}/search?size=0&track_total_hits=true&timeout=5s`, {
        headers,
      });
      const body = (await answer.json()) as { readonly hits?: { readonly total: { readonly value: number } } };
      if (body.hits === undefined) throw new Error(JSON.stringify(body));
      const { value } = body.hits.total;
      if (value < found) wentBack++;
      found = Math.max(found, value);
      token = answer.headers.get('sheaf-token');
    }
  } finally {
    over.abort();
    await writing;
  }
  return { reads, wentBack, found };
}
