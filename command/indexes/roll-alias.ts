/** `sheaf alias rollover`: has writes through an alias go on in a new index, or says what would be done. */
import type { AliasConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';

interface RollAnswer {
  readonly from: string;
  readonly to: string;
  readonly rolled: boolean;
  readonly documents: number | null;
  readonly bytes: number | null;
}

/** @returns exit code 0 */
export async function rollAlias(config: AliasConfig, alias: string, say: (line: string) => void): Promise<number> {
  const { insteadOf, dryRun, write, remove, filter } = config;
  if (write || remove || filter !== undefined) {
    throw new CommandFailure('rollover excludes --write, --remove and --filter');
  }
  const query = new URLSearchParams({
    ...(dryRun ? { dryRun: 'true' } : {}),
    ...(insteadOf === undefined ? {} : { from: insteadOf }),
  });
  const client = new RootClient(config.url);
  try {
    const path = `/v1/aliases/${encodeURIComponent(alias)}/rollover?${query.toString()}`;
    const answer = (await client.ask({ method: 'POST', path })) as RollAnswer;
    say(config.json ? JSON.stringify(answer, null, 2) : sentence(alias, answer, dryRun));
    return 0;
  } finally {
    await client.close();
  }
}

function sentence(alias: string, { from, to, rolled, documents, bytes }: RollAnswer, isDry: boolean): string {
  const size = `${documents ?? 'unknown'} documents, ${bytes ?? 'unknown'} bytes`;
  if (rolled) return `${alias} is written to by ${to} now, and was by ${from} (${size})`;
  return isDry ? `${alias} would roll from ${from} (${size}) to ${to}` : `${alias} is written to by ${to} already`;
}
