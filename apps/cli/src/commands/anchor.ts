import type { CommandResult, CommandRun } from '../command.ts';
import { bytes, table } from '../format.ts';

export interface AnchorFlags {
  role?: string;
  instance?: string;
  wait?: boolean;
  withSnapshot?: boolean;
}

/** `beamline anchor <environment>`: a snapshot of each instance, and its root on Arweave. */
export async function anchor(name: string, { role, instance, wait = false, withSnapshot = false }: AnchorFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const environment = stack.environment(name);
  const taking = progress.start('snapshot');
  const taken = await environment.snapshot({ ...(role !== undefined && { role }), ...(instance !== undefined && { instance }) }, context.signal);
  taking.done(`${taken.length} taken`);
  const step = progress.start(wait ? 'anchoring, until final' : 'anchoring');
  const anchors = await environment.anchors.anchor(taken, { wait, withSnapshot }, context.signal);
  step.done(`${anchors.length} anchored`);
  const rows = anchors.map((each) => [each.instance, each.slot, each.status.state, each.anchor, each.root, ...(withSnapshot ? [bytes(each.snapshotBytes ?? 0)] : [])]);
  return {
    result: { environment: name, anchors },
    text: table(['instance', 'slot', 'status', 'anchor', 'root', ...(withSnapshot ? ['snapshot on Arweave'] : [])], rows),
  };
}
