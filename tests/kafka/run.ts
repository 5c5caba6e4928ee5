/**
 * The tests that need Kafka, with a broker of their own: `npm run test:kafka -- [file…]`. Where there is no Java, it says so and tests nothing;
 * where CI=true it fails. Touches the world: processes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerObstacle, fetchJars, prepareBroker, startBroker, stopBroker } from './broker.ts';

const repository = join(import.meta.dirname, '../..');
const files = [
  'shared/log/contract.test.ts',
  'shared/log/kafka/kafka-log.test.ts',
  'tests/kafka/kill.test.ts',
  'tests/scenarios/restore.test.ts',
  'tests/kafka/source.test.ts',
];

async function runTests(given: readonly string[]): Promise<number> {
  const obstacle = brokerObstacle();
  if (obstacle !== null) {
    console.log(`SKIPPED, all tests of Kafka: ${obstacle}`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const lib = fetchJars(join(repository, 'node_modules/.cache/kafka'));
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-kafka-'));
  try {
    const place = await prepareBroker({ lib, folder });
    await startBroker(place);
    const env = {
      ...process.env,
      SHEAF_TEST_KAFKA: `127.0.0.1:${place.port}`,
      SHEAF_TEST_KAFKA_PLACE: JSON.stringify(place),
    };
    const ending = ['--import', join(repository, 'tests/stages/ending.ts')];
    const options = ['--test', '--test-timeout=300000', '--test-concurrency=1', '--test-reporter=spec'];
    const args = [...ending, ...options, '--test-name-pattern=kafka|Kafka', ...given];
    const child = spawn(process.execPath, args, { cwd: repository, stdio: 'inherit', env });
    // Whoever ends this ends the tests, and the broker after them.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await stopBroker(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

const given = process.argv.slice(2);
process.exitCode = await runTests(given.length === 0 ? files : given);
