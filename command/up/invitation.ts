/** What `up` says once it is ready: what to do next. Pure. */
import { formats } from '../load/formats/formats.ts';
import { defaultOf, settings } from '../../shared/config/table.ts';

const usualUrl = defaultOf(
  settings.find(({ name }) => name === 'url')!,
  'load',
);

/** @param telemetry folder of what the processes say of themselves */
export function invitation(url: string, telemetry: string): string[] {
  const at = url === usualUrl ? '' : ` --url ${url}`;
  return [
    'Load your own documents and search them:',
    `  npm run sheaf -- load films films.ndjson --key id${at}`,
    `  npm run sheaf -- search films 'title:night'${at}`,
    `  load reads ${formats.map(({ inWords }) => inWords).join(', ')}`,
    `The API:\n  ${url}/docs`,
    `What the processes say of themselves, a file each:\n  ${telemetry}`,
    'Ctrl-C stops everything.',
  ];
}
