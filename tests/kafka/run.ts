/**
 * The tests that need Kafka, with brokers of their own: `npm run test:kafka -- [--brokers 1|3] [file…]`. Without options most run on one broker, and then those
 * that lose one on three, with three copies of which two have to be in sync. Where there is no Java, it says so and tests nothing; where CI=true it fails.
 * Touches the world: processes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brokerObstacle } from './broker.ts';
import { withBrokers } from './with-brokers.ts';

const repository = join(import.meta.dirname, '../..');

interface Run {
  readonly brokers: number;
  readonly files: readonly string[];
}

const all: readonly Run[] = [
  {
    brokers: 1,
    files: [
      'shared/log/contract.test.ts',
      'shared/log/kafka/kafka-log.test.ts',
      'tests/kafka/kill.test.ts',
      'tests/scenarios/restore.test.ts',
      'tests/kafka/source.test.ts',
    ],
  },
  { brokers: 3, files: ['tests/kafka/three-brokers.test.ts'] },
];

function runsOf(args: readonly string[]): readonly Run[] {
  const options = { brokers: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.brokers === undefined && positionals.length === 0) return all;
  const files = positionals.length === 0 ? all.flatMap((run) => run.files) : positionals;
  return [{ brokers: Number(values.brokers ?? 1), files }];
}

/** @returns the exit code of the tests */
async function runTests({ brokers, files }: Run): Promise<number> {
  return await withBrokers(brokers, async (places) => {
    const env = {
      ...process.env,
      SHEAF_TEST_KAFKA: places.map(({ port }) => `127.0.0.1:${port}`).join(','),
      SHEAF_TEST_KAFKA_PLACES: JSON.stringify(places),
    };
    const ending = ['--import', join(repository, 'tests/stages/ending.ts')];
    const options = ['--test', '--test-timeout=300000', '--test-concurrency=1', '--test-reporter=spec'];
    const args = [...ending, ...options, '--test-name-pattern=kafka|Kafka', ...files];
    const child = spawn(process.execPath, args, { cwd: repository, stdio: 'inherit', env });
    // Whoever ends this ends the tests, and the brokers after them.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  });
}

const obstacle = brokerObstacle();
if (obstacle === null) {
  for (const run of runsOf(process.argv.slice(2))) {
    console.log(`Brokers: ${run.brokers}. Files: ${run.files.join(' ')}`);
    process.exitCode = await runTests(run);
    if (process.exitCode !== 0) break;
  }
} else {
  console.log(`SKIPPED, all tests of Kafka: ${obstacle}`);
  process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
}
