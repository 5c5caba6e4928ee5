/** The settings of the config table as options of the command line. */
import { Option, type Command } from 'commander';
import { defaultOf, settingsOf, type Role, type Setting } from '../../shared/config/table.ts';

/** Adds an option for every setting of the role; `--help` names its variable and default. */
export function addOptions(command: Command, role: Role): Command {
  for (const setting of settingsOf(role)) command.addOption(toOption(setting, role));
  return command;
}

function toOption(setting: Setting, role: Role): Option {
  const value = setting.kind === 'switch' ? '' : ` <${valueWord(setting)}>`;
  const text = defaultOf(setting, role);
  const about = [...(text === undefined ? [] : [`default: ${text}`]), `variable: ${setting.variable}`];
  return new Option(`${setting.flag}${value}`, `${setting.doc.replaceAll('`', '')} (${about.join(', ')})`);
}

function valueWord(setting: Setting): string {
  switch (setting.kind) {
    case 'integer':
    case 'number':
      return 'number';
    case 'choice':
      return setting.choices?.join('|') ?? 'choice';
    case 'log':
      return 'log';
    case 'leaves':
      return 'leaves';
    case 'url':
      return 'url';
    case 'hosts':
    case 'origins':
    case 'storage':
      return setting.kind;
    case 'switch':
    case 'text':
      return setting.name === 'data' ? 'folder' : setting.name;
  }
}

/** What the command line said, by name of setting. A switch that is there says true. */
export function givenFlags(parsed: Readonly<Record<string, unknown>>, role: Role): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const { name } of settingsOf(role)) {
    const value = parsed[name];
    if (typeof value === 'string') flags[name] = value;
    else if (value === true) flags[name] = 'true';
  }
  return flags;
}
