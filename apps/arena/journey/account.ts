import { styleText } from 'node:util';

/** The journey's running account for a person at a terminal. `--json` gets a silent one. */
export interface Account {
  /** A new part of the journey. */
  chapter(title: string): void;
  /** A fact that stays on screen. */
  tell(text: string): void;
  /** The state of things right now; overwritten by the next. Dropped where the output is not a terminal. */
  live(text: string): void;
  /** Clears the live line. */
  close(): void;
}

interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export function createAccount(screen: Screen, now: () => number): Account {
  const began = now();
  let shown = false;
  const clear = () => {
    if (shown) screen.write('\r\u001b[2K');
    shown = false;
  };
  const seconds = () => `${((now() - began) / 1000).toFixed(1).padStart(6)} s`;

  return {
    chapter(title) {
      clear();
      screen.write(`\n${styleText('bold', title)}\n`);
    },
    tell(text) {
      clear();
      screen.write(`${styleText('dim', seconds())}  ${text}\n`);
    },
    live(text) {
      if (screen.isTTY !== true) return;
      clear();
      screen.write(styleText('cyan', `${seconds()}  ${text}`.slice(0, (screen.columns ?? 100) - 1)));
      shown = true;
    },
    close: clear,
  };
}

const nothing = () => undefined;

export const silentAccount: Account = { chapter: nothing, tell: nothing, live: nothing, close: nothing };
