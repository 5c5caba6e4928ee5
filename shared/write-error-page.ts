/** Writes docs/errors.md anew, after a change of the table. */
import { writeFileSync } from 'node:fs';
import { renderErrorPage } from './error-page.ts';

writeFileSync(new URL('../docs/errors.md', import.meta.url), renderErrorPage());
