import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../shared/clock/clock.ts';
import { isAlive } from './process-table.ts';
import { Supervisor } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
const supervisors: Supervisor[] = [];
after(() => {
  // None is left where an assertion failed before its test could stop it.
  for (const each of supervisors) each.kill();
  rmSync(folder, { recursive: true });
});

/** Says that it is ready, writes its name when it is asked to end, and ends with its parent. */
const steady =
  "process.on('disconnect',()=>process.exit());process.on('SIGTERM',()=>{console.log('end');process.exit()});" +
  "process.send({kind:'ready'});setInterval(()=>{},1e3)";
const hopeless = "process.send({kind:'failed',line:'PORT_IN_USE: no luck'},()=>process.exit(1))";
const stubborn = "process.on('SIGTERM',()=>{});process.send({kind:'ready'});setInterval(()=>{},1e3)";
const deaf = "process.on('SIGTERM',()=>process.exit());process.send({kind:'ready'});setInterval(()=>{},1e3)";

function supervise(children: Readonly<Record<string, string>>, names?: readonly string[]) {
  const said: string[] = [];
  const fatal = Promise.withResolvers<Error>();
  let ids: Readonly<Record<string, number>> = {};
  const commands = Object.entries(children).map(([name, code]) => {
    return { name, executable: process.execPath, args: ['-e', code], telemetry: folder };
  });
  const supervisor = new Supervisor(commands, {
    clock: systemClock,
    say: (line) => said.push(line),
    onProcesses: (now) => (ids = now),
    onFatal: fatal.resolve,
  });
  supervisors.push(supervisor);
  supervisor.start(names);
  return { supervisor, said, fatal: fatal.promise, ids: () => ids };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    assert(i < 500, 'waited 10 s in vain');
    await sleep(20);
  }
}

test('Supervisor: starts a child that was killed again, and says so', async () => {
  const { supervisor, said, ids } = supervise({ a: steady, b: steady });
  const { a, b } = ids();
  process.kill(a!, 'SIGKILL');
  await until(() => ids()['a'] !== undefined && ids()['a'] !== a);
  assert.equal(ids()['b'], b, 'the other one lives on');
  assert.deepEqual(said, ['a ended (SIGKILL); starting it again in 100 ms']);
  await supervisor.stop([['a', 'b']]);
  assert.deepEqual(ids(), {});
  assert(!isAlive(b!));
});

test('Supervisor: starts those named, and tells when each of them serves', async () => {
  const slow = steady.replace("process.send({kind:'ready'})", "setTimeout(()=>process.send({kind:'ready'}),400)");
  const { supervisor, ids } = supervise({ slow, quick: steady, late: steady }, ['slow', 'quick']);
  await supervisor.ready(['quick']);
  const order: string[] = [];
  const all = supervisor.ready(['slow', 'quick']).then(() => order.push('slow'));
  await supervisor.ready(['quick']).then(() => order.push('quick'));
  await all;
  assert.deepEqual(order, ['quick', 'slow']);
  assert.deepEqual(Object.keys(ids()), ['slow', 'quick']);
  supervisor.start(['late']);
  await supervisor.ready(['late']);
  assert.deepEqual(Object.keys(ids()), ['slow', 'quick', 'late']);
  await supervisor.stop([['slow', 'quick', 'late']]);
});

test('Supervisor: a child that cannot start is fatal, with its own words', async () => {
  const { supervisor, fatal } = supervise({ good: steady, bad: hopeless });
  assert.equal((await fatal).message, 'PORT_IN_USE: no luck');
  await supervisor.stop([['good'], ['bad']]);
});

test('Supervisor: a child that cannot start and says nothing is fatal, with the place of its telemetry', async () => {
  const { fatal } = supervise({ mute: 'process.exit(1)' });
  assert.match((await fatal).message, /^mute could not start; see .*mute\.ndjson$/);
});

test('Supervisor: groups end one after the other', async () => {
  const slow = steady.replace(
    "console.log('end');process.exit()",
    'setTimeout(()=>{console.log(Date.now());process.exit()},300)',
  );
  const quick = steady.replace("'end'", 'Date.now()');
  const { supervisor } = supervise({ first: slow, second: quick });
  await sleep(500);
  await supervisor.stop([['first'], ['second']]);
  const endedAt = (name: string): number => Number(readFileSync(join(folder, `${name}.ndjson`), 'utf8'));
  assert(endedAt('first') > 0 && endedAt('second') >= endedAt('first'));
});

test('Supervisor: when the parent is killed, the channel tells the children', async () => {
  const url = new URL('./supervisor.ts', import.meta.url).href;
  const commands = JSON.stringify([
    { name: 'orphan', executable: process.execPath, args: ['-e', steady], telemetry: folder },
  ]);
  const code = `import {Supervisor} from '${url}'; new Supervisor(${commands}, {clock:{now:()=>0}, say(){}, onFatal(){},
    onProcesses:(ids)=>console.log(ids.orphan)}).start(); setInterval(()=>{},1e3)`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
  const orphan = Number(chunk.toString());
  assert(isAlive(orphan));
  parent.kill('SIGKILL');
  await until(() => !isAlive(orphan));
});

// Each row: what a child does when it is asked to end; whether it has to be killed at the end of its grace period.
const retirements: [name: string, code: string, killed: boolean][] = [
  ['that ends', steady, false],
  ['that does not end', stubborn, true],
];
for (const [name, code, killed] of retirements) {
  test(`Supervisor: a child ${name} is retired in its time, and not started again`, async () => {
    const { supervisor, said, ids } = supervise({ a: code, b: steady });
    await supervisor.ready(['a', 'b']);
    const { a, b } = ids();
    assert.equal(await supervisor.retire('a', killed ? 200 : 20_000), killed);
    assert(!isAlive(a!));
    assert.deepEqual([ids(), said], [{ b }, []]);
    await supervisor.stop([['b']]);
  });
}

test('Supervisor: kill ends children that would take their time', async () => {
  const { supervisor, ids } = supervise({ deaf });
  const id = ids()['deaf']!;
  supervisor.kill();
  await until(() => !isAlive(id));
});
