/** Who waits: someone, or a program that can wait longer and is the first to be refused. */
export type Priority = 'interactive' | 'batch';
