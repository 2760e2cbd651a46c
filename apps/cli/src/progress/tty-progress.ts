import { Listr, ListrLogger, ProcessOutput, type ListrTaskWrapper } from 'listr2';
import type { Progress } from './progress.ts';

type Line = ListrTaskWrapper<unknown, never, never>;

/** Columns of a terminal that doesn't say. */
const COLUMNS = 80;

/** A turning line for the step that runs, a quiet one for each that is done; or a drawing that changes where it stands. */
export function createTtyProgress(screen: NodeJS.WriteStream): Progress {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(screen, screen, { leaveEmptyLine: false }) });
  // One renderer at a time: two would write over each other.
  let written: Promise<void> = Promise.resolve();
  const open = new Set<() => void>();
  let drawn = 0;

  return {
    start(title) {
      let line: Line | undefined;
      let said = '';
      let failure: Error | undefined;
      let settle = (): void => undefined;
      const settled = new Promise<void>((resolve) => { settle = resolve; });
      const finish = (): void => {
        open.delete(finish);
        settle();
      };
      const show = (text: string): void => {
        said = text;
        if (line !== undefined) line.title = text === '' ? title : `${title}  ${text}`;
      };
      const task = async (_: unknown, own: unknown): Promise<void> => {
        line = own as Line;
        if (said !== '') show(said);
        await settled;
        if (failure !== undefined) throw failure;
      };
      open.add(finish);
      written = written.then(() =>
        new Listr([{ title, task }], { renderer: 'default', rendererOptions: { logger, collapseErrors: false }, registerSignalListeners: false })
          .run().then(() => undefined, () => undefined));
      return {
        update: show,
        done(text = '') {
          show(text);
          finish();
        },
        fail(text) {
          failure = new Error(text);
          finish();
        },
      };
    },
    draw(lines) {
      for (const finish of open) finish();
      written = written.then(() => {
        const shown = lines(screen.columns > 0 ? screen.columns : COLUMNS);
        // Up to where the last drawing began, and everything below it away.
        screen.write(`${drawn === 0 ? '' : `\u001b[${drawn}A`}\u001b[J${shown.map((line) => `${line}\n`).join('')}`);
        drawn = shown.length;
      });
    },
    async close() {
      drawn = 0;
      for (const finish of open) finish();
      await written;
    },
  };
}
