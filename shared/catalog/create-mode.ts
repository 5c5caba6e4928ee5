/**
 * What a write to a name that stands for nothing does: `never`, it is refused; `template`, an index is created as the template that
 * fits the name says; `dynamic`, where none fits, one that takes every field by its values.
 */
export const createModes = ['never', 'template', 'dynamic'] as const;
export type CreateMode = (typeof createModes)[number];
