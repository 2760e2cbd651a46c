import { abortReason, isPaused, type Holder, type JournalStanding, type OperatorRequest } from '@beamline/deployer';
import type { Choice, Decision } from './deployments.ts';

export interface DecisionFacts {
  environment: string;
  id: string;
  standing: JournalStanding | undefined;
  requests: readonly OperatorRequest[];
  /** Who works on it now. */
  holder: Holder | undefined;
}

const SITUATION: Readonly<Record<JournalStanding['situation'], string>> = {
  untouched: 'The old release serves, untouched: players notice nothing.',
  held: 'What players send to instances that change may be held until this goes on; nothing of it is lost.',
  served: 'Players are served.',
};

/** How a deployment that has not ended stands, and everything a person can do about it. */
export function decisionOf({ environment, id, standing, requests, holder }: DecisionFacts): Decision {
  const place = standing === undefined ? '' : ` at '${standing.phase}'${standing.batch === undefined ? '' : ` of batch ${standing.batch}`}${standing.direction === 'reverse' ? ', on the way back' : ''}`;
  const aborting = abortReason(requests);
  const paused = isPaused(requests) && aborting === undefined;
  const say = (command: string, effect: string): Choice => ({ command: `beamline deployments ${command} ${environment} ${id}`, effect });
  const facts = [
    standing?.stuck !== undefined ? `It is stuck${place}: ${standing.stuck}.`
      : holder === undefined ? `It was interrupted${place}: nobody works on it.`
      : `${holder.purpose} goes on${place}, by process ${holder.pid} on ${holder.host}.`,
    ...(paused ? ['Somebody paused it.'] : []), ...(aborting === undefined ? [] : [`It is to be taken back: ${aborting}.`]),
    ...(standing === undefined ? ['This program does not know its strategy: use the one that began it.'] : [SITUATION[standing.situation]]),
    ...(standing?.noWayBack === undefined ? [] : [`There is no way back: ${standing.noWayBack}.`]),
  ];
  const waitsForPromotion = standing?.phase === 'gating' && holder !== undefined;
  const failedItsTests = standing?.stuck !== undefined && ['freezing', 'unfreezing', 'proving'].includes(standing.phase);
  const canAbort = standing !== undefined && (standing.noWayBack === undefined || standing.situation === 'untouched') && standing.direction === 'forward' && aborting === undefined;
  return {
    needed: holder === undefined || paused, facts, serving: standing?.serving ?? {},
    choices: [
      ...(paused ? [say('continue', 'It goes on.')] : []),
      ...(waitsForPromotion ? [say('promote', 'The next batch begins, where a person has to agree.')] : []),
      ...(holder === undefined ? [say('resume', resumed(standing))] : []),
      ...(failedItsTests ? [say('accept', 'The release stays as it is, untested; players go on with it.')] : []),
      ...(canAbort ? [say('abort', standing.situation === 'untouched'
        ? 'The old release goes on; what was prepared is thrown away.' : 'The old release comes back, with what players did since.')] : []),
      ...(holder !== undefined && !paused ? [say('pause', 'It begins nothing more that can wait.')] : []),
    ],
  };
}

function resumed(standing: JournalStanding | undefined): string {
  if (standing?.stuck === undefined) return 'It goes on where it stopped, here or on another machine with the same state and keys.';
  return standing.phase === 'freezing' || standing.phase === 'unfreezing'
    ? 'Players go on with the new release, which is tested again. Do it once what failed is mended from outside, or was no fault.'
    : `It tries '${standing.phase}' again. Do it once the cause is mended: nothing is sent twice.`;
}
