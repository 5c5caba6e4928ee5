/** Java and Maven, where a peer needs them. Touches the world: processes, files. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Linux keeps its JDKs in. */
const homes = '/usr/lib/jvm/*';

/** The folder of the newest JDK of at least this version, `JAVA_HOME` first; null where there is none. */
export function findJdk(versionMin: number): string | null {
  const own = process.env['JAVA_HOME'];
  const found = globSync(homes).map((home) => ({ home, version: jdkVersion(home) }));
  const ordered = found.sort((a, b) => b.version - a.version).filter(({ version }) => version >= versionMin);
  if (own !== undefined && jdkVersion(own) >= versionMin) return own;
  return ordered[0]?.home ?? null;
}

/** 0 where the folder is no JDK. */
function jdkVersion(home: string): number {
  const release = join(home, 'release');
  if (!existsSync(release) || !existsSync(join(home, 'bin/javac'))) return 0;
  return parseRelease(readFileSync(release, 'utf8'));
}

/** The version in the file `release` of a JDK, 0 where it has none. Pure. */
export function parseRelease(text: string): number {
  return Number(/^JAVA_VERSION="(\d+)/m.exec(text)?.[1] ?? 0);
}

export function hasMaven(): boolean {
  return spawnSync('mvn', ['-version']).status === 0;
}

/** The folder with the jars of a pom, which Maven brings where they are missing or those of another pom. */
export function fetchJars(pom: string, folder: string): string {
  const lib = join(folder, 'lib');
  // Written when all are there.
  const mark = join(folder, 'whole.xml');
  const wanted = readFileSync(pom, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return lib;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(lib, { recursive: true });
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${lib}`];
  const { status } = spawnSync('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', ...options], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`Maven did not bring what ${pom} names`);
  writeFileSync(mark, wanted);
  return lib;
}
