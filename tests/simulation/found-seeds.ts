/** Seeds of simulated clusters that have failed, and what was found by each. `npm run sim -- --regressions` simulates all of them. */
export const foundSeeds: readonly (readonly [seed: number, what: string])[] = [
  [777_050, 'a leaf shed a batch task at half load, with most of its time left'],
  [7_310_339, 'hedges at half load left a limit that refused queries'],
  [138_950, 'two roots held each other at 0.65 of what the leaves can do'],
  [7_310_491, 'two roots held each other at 0.7 of what the leaves can do'],
  [9_400_080, 'a round that counted until the deadline was followed by tasks without any time'],
  [31_000_518, 'wide searches stood in line for each of their lots, until their time was over: goodput 0.886'],
  [30_000_928, 'they did so with four roots, on leaves that took 8 ms a task: 0.899'],
  [30_000_971, 'they did so, and half of what was answered in full otherwise was not: 0.8998'],
  [
    31_000_758,
    'a burst of nine queries at half load was refused, which all could have been answered within 150 ms of 500',
  ],
  [44_000_175, 'one leaf refused half, the other said nothing, and retries were wanted past their budget'],
  [54_601_037, 'a batch query got nothing for its 500 ms, behind interactive ones that came after it'],
  [
    59_210_062,
    'of the queries let in under overload 98.2 % were answered in full: pages far down had a round more than the door thought',
  ],
  [59_210_123, 'the same, on three leaves: 98.4 %'],
  [54_601_572, 'three did so on two leaves, a second after an overload'],
];
