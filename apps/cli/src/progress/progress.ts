/** What a command is doing, for whoever waits. */
export interface Progress {
  /** A step began. Steps follow one another; one that is still open when the next begins was left by a crash. */
  start(title: string): ProgressStep;
  /** Shows these lines in place of those shown before; absent where lines can't be taken back. `width`: columns of the screen. */
  draw?(lines: (width: number) => readonly string[]): void;
  /** Waits until everything said is on the screen. */
  close(): Promise<void>;
}

export interface ProgressStep {
  update(text: string): void;
  done(text?: string): void;
  fail(text: string): void;
}
