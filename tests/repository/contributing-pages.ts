/** What the pages for contributors claim of the repository, as far as it can be told from their text. Pure. */

/** Files and folders by which a path is recognised as one: what it begins with, or how it ends. */
interface Repository {
  /** The folders at the top. */
  readonly folders: readonly string[];
  /** Whether a file or folder matches a glob. */
  readonly has: (glob: string) => boolean;
}

/** Code spans that name a file or a folder; `<kind>` in one stands for anything. */
export function pathsNamed(page: string, folders: readonly string[]): string[] {
  const spans = Array.from(page.matchAll(/`([^`\s]+)`/g), ([, span]) => span!);
  const isPath = (span: string): boolean =>
    /^[\w./<>*{},-]+$/.test(span) && (/\w\.(?:ts|md|json)$/.test(span) || folders.includes(span.split('/')[0]!));
  return [...new Set(spans.filter((span) => isPath(span) && (span.includes('/') || /\.(?:md|json)$/.test(span))))];
}

/** The files of code that a page says are edited, tests aside. */
export function filesEdited(page: string, folders: readonly string[]): string[] {
  const section = /^## Edit\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(page)?.[1] ?? '';
  return pathsNamed(section, folders).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
}

/** Existing files of code that an addition may need. */
const editedMax = 3;
const linesMax = 60;

/** What is wrong with a page. */
export function faultsOf(page: string, { folders, has }: Repository): string[] {
  const missing = pathsNamed(page, folders).filter((path) => !has(path.replaceAll(/<[^>]*>/g, '*')));
  const edited = filesEdited(page, folders);
  const lines = page.trimEnd().split('\n').length;
  return [
    ...missing.map((path) => `there is no ${path}`),
    ...(edited.length === 0 ? ['nothing is edited'] : []),
    ...(edited.length > editedMax ? [`${edited.length} files are edited: ${edited.join(', ')}`] : []),
    ...(lines > linesMax ? [`${lines} lines`] : []),
  ];
}
