declare module 'consistent-hash' {
  export default class ConsistentHash {
    constructor(options: { range: number; weight: number });
    add(node: string, weight: number, points: readonly number[]): this;
    get(name: string, count: number): string[];
  }
}
