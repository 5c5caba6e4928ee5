import { dead, type Dfa } from '../../shared/query/patterns/regexp/dfa.ts';

/**
 * Takes an automaton over one term after another, which ascend: what was found out for the characters that a term shares with the
 * one before is kept. The automaton's start must not be dead.
 */
export class TermWalk {
  /** Characters taken of the last term, those that were kept aside. */
  taken = 0;
  private readonly automaton: Dfa;
  /** By character of the last term, as far as it was walked: its code point, and where it ends in bytes. */
  private codes = new Uint32Array(64);
  private ends = new Uint32Array(64);
  /** By count of characters: the state after them. */
  private states = new Int32Array(65);
  /** The last term, as far as it was walked. */
  private bytes = new Uint8Array(256);
  private depth = 0;

  constructor(automaton: Dfa) {
    this.automaton = automaton;
    this.states[0] = automaton.start;
  }

  /** Whether a term, as the first `length` bytes of UTF-8, matches as a whole. */
  accepts(bytes: Uint8Array, length: number): boolean {
    const { automaton } = this;
    this.depth = this.sharedDepth(bytes, length);
    const kept = this.depth;
    let at = kept === 0 ? 0 : this.ends[kept - 1]!;
    let state = this.states[kept]!;
    while (at < length && state !== dead) {
      const first = bytes[at]!;
      const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      let code = more === 0 ? first : first & (0x3f >> more);
      for (let i = 1; i <= more; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
      state = automaton.next(state, code);
      this.push(code, bytes, at, at + more + 1, state);
      at += more + 1;
    }
    this.taken = this.depth - kept;
    return state !== dead && automaton.isAccepting(state);
  }

  /** Whether no term that begins as the last one does, as far as it was walked, matches. */
  get isDead(): boolean {
    return this.states[this.depth] === dead;
  }

  /** Where the last one was dead: the least string after all that begin so which a match may begin with, null where there is none. */
  next(): string | null {
    const { automaton, codes, states } = this;
    for (let depth = this.depth - 1; depth >= 0; depth--) {
      const code = automaton.nextLive(states[depth]!, codes[depth]! + 1);
      if (code < 0) continue;
      let text = '';
      for (let i = 0; i < depth; i++) text += String.fromCodePoint(codes[i]!);
      return text + String.fromCodePoint(code);
    }
    return null;
  }

  /** Characters at the beginning of a term that are those of the last one. */
  private sharedDepth(bytes: Uint8Array, length: number): number {
    let { depth } = this;
    const walked = depth === 0 ? 0 : this.ends[depth - 1]!;
    const end = Math.min(length, walked);
    let shared = 0;
    while (shared < end && this.bytes[shared] === bytes[shared]) shared++;
    while (depth > 0 && this.ends[depth - 1]! > shared) depth--;
    return depth;
  }

  private push(code: number, bytes: Uint8Array, start: number, end: number, state: number): void {
    const { depth } = this;
    if (depth === this.codes.length || end > this.bytes.length) this.grow(end);
    for (let i = start; i < end; i++) this.bytes[i] = bytes[i]!;
    this.codes[depth] = code;
    this.ends[depth] = end;
    this.states[depth + 1] = state;
    this.depth = depth + 1;
  }

  private grow(end: number): void {
    const size = 2 * Math.max(end, this.codes.length, this.bytes.length);
    const { codes, ends, states, bytes } = this;
    (this.codes = new Uint32Array(size)).set(codes);
    (this.ends = new Uint32Array(size)).set(ends);
    (this.states = new Int32Array(size + 1)).set(states);
    (this.bytes = new Uint8Array(size)).set(bytes);
  }
}
