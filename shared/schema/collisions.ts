/**
 * Field paths that cannot stand beside one another. `a` holds values and `a.b` needs an object there, so no path may
 * be a dotted prefix of another. This also keeps a sub-field's name (`title.raw`) from being a path of its own.
 */
import { limits } from '../limits.ts';
import type { FieldDefinition } from './schema.ts';

export type Fields = Readonly<Record<string, FieldDefinition>>;

export interface Collision {
  readonly field: string;
  /** The field that holds values where `field` needs an object. */
  readonly inside: string;
}

/** Every field that lies inside another, in the order of the fields. Cost: the dots of all paths. */
export function fieldCollisions(fields: Fields): Collision[] {
  const collisions: Collision[] = [];
  for (const field of Object.keys(fields)) {
    for (let dot = field.indexOf('.'); dot >= 0; dot = field.indexOf('.', dot + 1)) {
      const inside = field.slice(0, dot);
      if (Object.hasOwn(fields, inside)) collisions.push({ field, inside });
    }
  }
  return collisions;
}

/** A field that the path is, that it lies inside of, or that lies inside it; undefined where there is none. Cost: one look at each field. */
export function collisionWith(fields: Fields, path: string): string | undefined {
  if (Object.hasOwn(fields, path)) return path;
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    if (Object.hasOwn(fields, path.slice(0, dot))) return path.slice(0, dot);
  }
  const inside = `${path}.`;
  return Object.keys(fields).find((other) => other.startsWith(inside));
}

/** Whether there is such a field. */
export function collidesWith(fields: Fields, path: string): boolean {
  return collisionWith(fields, path) !== undefined;
}

/** Fields of a schema, sub-fields included. */
export function countFields(fields: Fields): number {
  return Object.values(fields).reduce((sum, field) => sum + 1 + Object.keys(field.fields ?? {}).length, 0);
}

/** Whether the fields can make up one schema: none inside another, and no more than `limits.fieldsMax`. */
export function fieldsFit(fields: Fields): boolean {
  return countFields(fields) <= limits.fieldsMax && fieldCollisions(fields).length === 0;
}
