/** Setting and deleting templates: one entry of the catalog each, answered after it was read back. */
import { findIndex } from '../../shared/catalog/catalog.ts';
import { templatesKey, type TemplateDefinition } from '../../shared/catalog/definition.ts';
import { setTemplate, type TemplateFault } from '../../shared/catalog/templates.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { AliasCatalog } from './set-aliases.ts';

/** Tries before giving up against other roots that change templates at the same time. */
const attemptsMax = 10;

/**
 * Resolves once the template is what it says, on every root that has read as far.
 * @throws SheafError TEMPLATE_CONFLICT, TEMPLATES_TOO_MANY, NAME_TAKEN, INDEX_NOT_READY where others keep changing, LOG_UNAVAILABLE,
 *   LOG_FULL, PARTITION_STOPPED
 */
export async function putTemplate(
  catalog: AliasCatalog,
  template: TemplateDefinition,
): Promise<'created' | 'changed' | 'unchanged'> {
  await catalog.catchUp();
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { templates } = catalog.state;
    const changed = setTemplate(templates, template);
    if ('fault' in changed) throw errorOf(template, changed.fault);
    const taken = template.aliases.find(({ alias }) => findIndex(catalog.state, alias) !== undefined);
    if (taken !== undefined) throw new SheafError('NAME_TAKEN', { detail: { index: taken.alias } });
    const before = templates.get(template.name);
    if (JSON.stringify(before) === JSON.stringify(template)) return 'unchanged';
    const offset = await catalog.append(templatesKey, { change: 'setTemplate', template });
    if (catalog.state.applied.includes(offset)) return before === undefined ? 'created' : 'changed';
    // Another template came first, against which this one stands now.
  }
  throw othersKeepChanging();
}

/** @throws SheafError TEMPLATE_NOT_FOUND, INDEX_NOT_READY, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED */
export async function deleteTemplate(catalog: AliasCatalog, name: string): Promise<void> {
  await catalog.catchUp();
  if (catalog.state.templates.get(name) === undefined) throw templateNotFound(name);
  await catalog.append(templatesKey, { change: 'deleteTemplate', template: name });
}

export function templateNotFound(name: string): SheafError {
  return new SheafError('TEMPLATE_NOT_FOUND', { detail: { template: name } });
}

function othersKeepChanging(): SheafError {
  return new SheafError('INDEX_NOT_READY', { detail: { reason: 'others keep changing the templates' } });
}

function errorOf({ name, priority }: TemplateDefinition, fault: TemplateFault): SheafError {
  switch (fault.kind) {
    case 'sameNames': {
      const reason = 'both have this priority and fit the same names';
      const { template, patterns } = fault;
      return new SheafError('TEMPLATE_CONFLICT', {
        detail: { reason, template: name, other: template, priority, patterns },
      });
    }
    case 'sameAlias': {
      const reason = 'both say when the alias rolls';
      const { template, alias } = fault;
      return new SheafError('TEMPLATE_CONFLICT', { detail: { reason, template: name, other: template, alias } });
    }
    case 'tooMany':
      return new SheafError('TEMPLATES_TOO_MANY', { detail: { limit: limits.templatesMax, actual: fault.actual } });
  }
}
