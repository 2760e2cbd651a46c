import { describeBroken, rehearsalMarkdown, type DeploymentPlan } from '@beamline/stack';
import { duration, shortRelease } from '../format.ts';
import { planDetails } from '../commands/plan-text.ts';
import { inline, markdownTable } from './markdown.ts';

/** A plan for a pull request: what happens to each instance, then what to know about it, then the steps, folded. */
export function planMarkdown(plan: DeploymentPlan): string {
  const { environment, from, to, toVersion, strategy, instances, steps, expectedPauseMs, expectedMessages, reverse, brokenMessages = [], rehearsal } = plan;
  const details = [...instances.flatMap(planDetails), ...brokenMessages.map((broken) => `not understood: ${describeBroken(broken)}`)];
  return [
    `### Plan for ${inline(environment)}`, '',
    `${from === undefined ? 'nothing' : `\`${shortRelease(from)}\``} → \`${shortRelease(to)}\` (${inline(toVersion)}), ${inline(strategy)}: about ${expectedMessages} messages, writes pause for about ${duration(expectedPauseMs)}.`, '',
    ...markdownTable(['instance', 'action', 'layout', 'because'], instances.map(({ instance, action, layout, because }) => [
      instance, action, layout.verdict === 'migrated' ? layout.needs : layout.verdict, because,
    ])), '',
    ...(details.length === 0 ? [] : [...details.map((line) => `- ${inline(line.trim())}`), '']),
    'impossible' in reverse ? `No way back by itself: ${inline(reverse.impossible)}.` : 'If the new release fails its tests, the old one comes back with what players did since.', '',
    '<details><summary>Steps</summary>', '', ...steps.map((step, at) => `${at + 1}. ${inline(step)}`), '', '</details>', '',
    ...(rehearsal === undefined ? [] : [rehearsalMarkdown(rehearsal)]),
  ].join('\n');
}
