/**
 * The one walk of a document that finds the values of its fields: the root checks documents with it, the leaf indexes
 * with it. See schema.ts for what a path means.
 */
import { limits } from '../limits.ts';

/** Paths by their segments, so that a walk needs no joined path per property. Maps, because segments are callers' words. */
export interface PathTree<T> {
  readonly children: Map<string, PathTree<T>>;
  /** What stands for the path that ends here; undefined where the path only leads further. */
  target: T | undefined;
}

/** A tree of dotted paths. A path given twice keeps the last target. */
export function buildPathTree<T>(targets: Iterable<readonly [path: string, target: T]>): PathTree<T> {
  const root: PathTree<T> = { children: new Map(), target: undefined };
  for (const [path, target] of targets) {
    let node = root;
    for (const segment of path.split('.')) {
      let child = node.children.get(segment);
      if (child === undefined) node.children.set(segment, (child = { children: new Map(), target: undefined }));
      node = child;
    }
    node.target = target;
  }
  return root;
}

/** Where the walk is. Good only during the call it was handed to. */
export interface DocumentPlace {
  /** The dotted path of the field: `author.name`. */
  path(): string;
  /** A JSON pointer (RFC 6901) to the value: `/author/0/name`. */
  pointer(): string;
}

export interface DocumentVisitor<T> {
  /**
   * One value of a path of the tree, in the order of the document; never an array or null. It is an object where the
   * document has one in place of a value, which no kind accepts.
   */
  value(target: T, value: unknown, place: DocumentPlace): void;
  /** A property that the tree does not have, whatever its value; once, not for what is below it. */
  unknown?(place: DocumentPlace): void;
  /** An object or array deeper than `limits.documentDepthMax`; it is not entered. */
  tooDeep?(place: DocumentPlace): void;
}

/**
 * Visits every value of a parsed JSON object once. What is below an unknown property is walked only where the visitor
 * wants to know of depth.
 */
export function forEachValue<T>(document: object, tree: PathTree<T>, visitor: DocumentVisitor<T>): void {
  new Walk(visitor).enter(document, tree);
}

/** JSON pointer to the first value that a document has under a path; empty where it has none. */
export function placeOfField(document: object, path: string): string {
  let found = '';
  forEachValue(document, buildPathTree([[path, null]]), {
    value(_target, _value, place) {
      if (found === '') found = place.pointer();
    },
  });
  return found;
}

class Walk<T> implements DocumentPlace {
  /** Property names and array indexes from the document to the value. */
  private readonly steps: (string | number)[] = [];
  private depth = 0;
  private readonly visitor: DocumentVisitor<T>;

  constructor(visitor: DocumentVisitor<T>) {
    this.visitor = visitor;
  }

  path(): string {
    return this.steps.filter((step) => typeof step === 'string').join('.');
  }

  pointer(): string {
    return this.steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  }

  /** @param node where the value stands in the tree; null below an unknown property */
  enter(value: unknown, node: PathTree<T> | null): void {
    if (value === null) return;
    if (typeof value !== 'object') this.scalar(value, node);
    else if (this.depth === limits.documentDepthMax) this.visitor.tooDeep?.(this);
    else {
      this.depth++;
      if (Array.isArray(value)) this.elements(value, node);
      else this.object(value, node);
      this.depth--;
    }
  }

  private scalar(value: unknown, node: PathTree<T> | null): void {
    if (node === null) return;
    if (node.target === undefined) this.visitor.unknown?.(this);
    else this.visitor.value(node.target, value, this);
  }

  private elements(values: readonly unknown[], node: PathTree<T> | null): void {
    for (let i = 0; i < values.length; i++) {
      this.steps.push(i);
      this.enter(values[i], node);
      this.steps.pop();
    }
  }

  private object(value: object, node: PathTree<T> | null): void {
    if (node?.target !== undefined && node.children.size === 0) this.visitor.value(node.target, value, this);
    else this.properties(value as Record<string, unknown>, node);
  }

  private properties(object: Readonly<Record<string, unknown>>, node: PathTree<T> | null): void {
    for (const name of Object.keys(object)) {
      this.steps.push(name);
      const child = node === null ? null : descend(node, name);
      if (child !== undefined) this.enter(object[name], child);
      else {
        this.visitor.unknown?.(this);
        if (this.visitor.tooDeep !== undefined) this.enter(object[name], null);
      }
      this.steps.pop();
    }
  }
}

/** The node a property leads to. A literal dotted property means the same path as nested ones. */
function descend<T>(node: PathTree<T>, name: string): PathTree<T> | undefined {
  const child = node.children.get(name);
  if (child !== undefined || !name.includes('.')) return child;
  let at: PathTree<T> | undefined = node;
  for (const segment of name.split('.')) at = at?.children.get(segment);
  return at;
}
