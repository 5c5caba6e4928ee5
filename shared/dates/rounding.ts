/**
 * What of a unit is meant by a text that says no more than the unit: its first millisecond (`down`), or its last (`up`). A range
 * takes its bounds so: `gte` and `lt` a day are about its beginning, `lte` and `gt` about its end.
 */
export type Rounding = 'down' | 'up';
