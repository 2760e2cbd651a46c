/** Columns of `$world`. */
export const STATE = { time: 0, tick: 1, alive: 2, rng: 3 } as const;

export const STATE_COLUMNS = 'time:i53,tick:i53,alive:u32,rng#0:u32,rng#1:u32,rng#2:u32,rng#3:u32';
