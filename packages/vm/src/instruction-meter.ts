/** What one message cost: Lua's own instructions, equal on every machine and at every replay. */
export interface Cost {
  /** Of `compute` itself, systems included; not of copying base and the request in and out. */
  instructions: number;
  /** Of each system that ran, by name; several steps of one message add up. */
  systems: Record<string, number>;
}

/** Counts down from here; a message that takes more is stopped by the time limit long before. */
const FULL = 0x7fffffff;
/** `lua_State` is smaller. */
const SEARCH_BYTES = 256;

export type InstructionMeter = ReturnType<typeof createInstructionMeter>;

/** Where `hookcount` lies: behind `basehookcount`, which `sethook` has just set. Only Lua 5.3's struct has them so. */
export function findHookCount(view: DataView, L: number): number {
  for (let at = L; at < L + SEARCH_BYTES; at += 4) {
    const left = view.getInt32(at + 4, true);
    if (view.getInt32(at, true) === FULL && left > FULL - 100_000 && left < FULL) return at + 4;
  }
  throw new Error('this Lua has no instruction count where it is looked for');
}

/** Reads and resets the count that Lua keeps at an address of its memory. */
export function createInstructionMeter(view: () => DataView, countAt: number) {
  let part = '';
  let from = FULL;
  let cost: Cost = { instructions: 0, systems: {} };

  function mark(next: string): void {
    const left = view().getInt32(countAt, true);
    const spent = from - left;
    if (part !== '') cost.instructions += spent;
    const system = part.startsWith('system ') ? part.slice(7) : undefined;
    if (system !== undefined) cost.systems[system] = (cost.systems[system] ?? 0) + spent;
    part = next;
    from = left;
  }

  return {
    begin(): void {
      view().setInt32(countAt, FULL, true);
      part = '';
      from = FULL;
      cost = { instructions: 0, systems: {} };
    },
    /** What runs from here on: nothing that counts (''), `message`, or `system <name>`. */
    mark,
    end(): Cost {
      mark('');
      return cost;
    },
  };
}

export function addCosts(sum: Cost | undefined, { instructions, systems }: Cost): Cost {
  const total: Cost = { instructions: (sum?.instructions ?? 0) + instructions, systems: { ...sum?.systems } };
  for (const [name, count] of Object.entries(systems)) total.systems[name] = (total.systems[name] ?? 0) + count;
  return total;
}
