/** Writes docs/configuration.md anew, after a change of the table. */
import { writeFileSync } from 'node:fs';
import { configurationPage } from './document.ts';

writeFileSync(new URL('../../docs/configuration.md', import.meta.url), configurationPage());
