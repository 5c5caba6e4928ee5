/** The command `sheaf`. */
import { main } from './command/main.ts';

const exitCode = await main(process.argv.slice(2));
// Waits until what was written has left, and then for nothing: a socket still open must not keep a finished command.
process.stdout.write('', () => process.exit(exitCode));
