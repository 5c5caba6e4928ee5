/** `sheaf template`: lists templates, shows one, sets one from a file, deletes one. Touches the world: reads a file. */
import type { TemplateConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';
import { readOperandFile } from '../operand-file.ts';

interface Template {
  readonly name: string;
  readonly patterns: readonly string[];
  readonly priority: number;
  readonly shards: number;
  readonly aliases: Readonly<Record<string, unknown>>;
  readonly rollover?: Readonly<Record<string, unknown>>;
}

export interface TemplateOperands {
  /** Nothing is `list`. */
  readonly action: string;
  readonly name: string;
  /** With the template as JSON, as PUT takes it. */
  readonly file: string;
}

const actions = ['list', 'get', 'put', 'delete'];

/** @returns exit code 0 */
export async function template(
  config: TemplateConfig,
  { action, name, file }: TemplateOperands,
  say: (line: string) => void,
): Promise<number> {
  const wanted = action === '' ? 'list' : action;
  if (!actions.includes(wanted)) throw new CommandFailure(`${wanted} is none of ${actions.join(', ')}`);
  if (wanted !== 'list' && name === '') throw new CommandFailure(`name the template: sheaf template ${wanted} NAME`);
  if (wanted === 'put' && file === '') {
    throw new CommandFailure(`say the file that has the template: sheaf template put ${name} template.json`);
  }
  const client = new RootClient(config.url);
  const path = `/v1/templates/${encodeURIComponent(name)}`;
  try {
    switch (wanted) {
      case 'get':
        say(JSON.stringify(await client.ask({ method: 'GET', path }), null, 2));
        return 0;
      case 'put': {
        const set = (await client.ask({ method: 'PUT', path, body: readOperandFile(file) })) as Template;
        say(config.json ? JSON.stringify(set, null, 2) : `set ${name}, which fits ${set.patterns.join(', ')}`);
        return 0;
      }
      case 'delete': {
        const answer = await client.ask({ method: 'DELETE', path });
        say(config.json ? JSON.stringify(answer, null, 2) : `deleted ${name}`);
        return 0;
      }
      default: {
        const all = (await client.ask({ method: 'GET', path: '/v1/templates' })) as { readonly templates: Template[] };
        if (config.json) say(JSON.stringify(all, null, 2));
        else for (const line of describe(all.templates)) say(line);
        return 0;
      }
    }
  } finally {
    await client.close();
  }
}

function describe(templates: readonly Template[]): string[] {
  if (templates.length === 0) return ['no templates'];
  const rows = templates.map(({ name, patterns, priority, shards, aliases, rollover = {} }) => {
    const rolls = Object.entries(rollover).map(([option, value]) => `${option} ${String(value)}`);
    return [name, patterns.join(' '), priority, shards, Object.keys(aliases).join(' '), rolls.join(', ')];
  });
  return textTable([['template', 'patterns', 'priority', 'shards', 'aliases', 'rolls'], ...rows]);
}
