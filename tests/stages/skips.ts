/** Tests that were skipped, as they are shown when all has ended. Pure. */

export interface Skip {
  /** From the root of the repository. */
  readonly file: string;
  readonly name: string;
  /** As the test gave it; empty where it gave none. */
  readonly reason: string;
}

/** One line in all, then each reason with its tests; nothing where none was skipped. */
export function skipLines(skips: readonly Skip[]): string[] {
  if (skips.length === 0) return ['no test was skipped'];
  const reasons = Map.groupBy(skips, ({ reason }) => reason || 'no reason is given');
  const lines = [`${skips.length} skipped, for ${reasons.size} ${reasons.size === 1 ? 'reason' : 'reasons'}:`];
  for (const [reason, those] of [...reasons].sort(([, a], [, b]) => b.length - a.length)) {
    lines.push(`  ${those.length} × ${reason}`, ...those.map(({ file, name }) => `      ${file}: ${name}`));
  }
  return lines;
}
