import type { SortBound } from './sort-bound.ts';

/** The bound for the order in which documents come: what comes later ranks below, once there are as many hits as wanted. */
export const arrivalBound: SortBound = {
  turnsAway: () => true,
  skip: (docId, end, worst) => (worst === undefined ? docId : end),
};
