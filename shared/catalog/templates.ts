/** Templates: which one a name has, and what becomes of them by an entry of the catalog. Pure. */
import { limits } from '../limits.ts';
import type { TrieMap } from '../trie/trie-map.ts';
import type { TemplateDefinition } from './definition.ts';
import { fitterOf, overlap } from './pattern.ts';

export type Templates = TrieMap<TemplateDefinition>;

/** Why a template cannot be set where the entry stands. */
export type TemplateFault =
  /** Both fit a name, and neither goes before. */
  | { readonly kind: 'sameNames'; readonly template: string; readonly patterns: readonly [string, string] }
  | { readonly kind: 'sameAlias'; readonly template: string; readonly alias: string }
  | { readonly kind: 'tooMany'; readonly actual: number };

/** The template of an index of this name, or undefined. Cost: a look at every template. */
export function templateFor(templates: Templates, name: string): TemplateDefinition | undefined {
  let found: TemplateDefinition | undefined;
  for (const template of templates.values()) {
    if (found !== undefined && found.priority >= template.priority) continue;
    if (template.patterns.some((pattern) => fitterOf(pattern)(name))) found = template;
  }
  return found;
}

/** The templates with this one, in the place of the one of its name. Cost: a look at every pattern of the others. */
export function setTemplate(
  before: Templates,
  template: TemplateDefinition,
): { readonly templates: Templates } | { readonly fault: TemplateFault } {
  const alias = template.rollover?.alias;
  for (const other of before.values()) {
    if (other.name === template.name) continue;
    if (alias !== undefined && other.rollover?.alias === alias) {
      return { fault: { kind: 'sameAlias', template: other.name, alias } };
    }
    const patterns = other.priority === template.priority ? bothFit(template, other) : null;
    if (patterns !== null) return { fault: { kind: 'sameNames', template: other.name, patterns } };
  }
  const templates = before.with(template.name, template);
  const actual = templates.size;
  if (actual > limits.templatesMax && actual > before.size) return { fault: { kind: 'tooMany', actual } };
  return { templates };
}

function bothFit(one: TemplateDefinition, other: TemplateDefinition): [string, string] | null {
  for (const pattern of one.patterns) {
    const same = other.patterns.find((each) => overlap(pattern, each));
    if (same !== undefined) return [pattern, same];
  }
  return null;
}
