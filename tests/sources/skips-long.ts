/** The long form of the skipped shards: `npm run test:skips -- [searches] [seed]`. Exit code 1 where two answers differ. */
import { compareSkipping } from './skip-loop.ts';

const requests = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const { skipping, shards, matched } = await compareSkipping({ requests, seed });
console.log(`${requests} searches alike: ${skipping} skipped ${shards} shards, ${matched} found something`);
process.exit();
