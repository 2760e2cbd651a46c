import { useState } from 'preact/hooks';
import { pausingSteps, stepsOf, type DeploymentView, type StepView } from '../model/deployment-view.ts';
import { stepName } from '../model/describe-event.ts';
import { clockTime, count, duration, shortRelease } from '../model/format.ts';

const STATE: Readonly<Record<DeploymentView['state'], string>> = {
  running: 'Running', complete: 'Complete', 'rolled-back': 'Rolled back', aborted: 'Aborted', stuck: 'Needs a person',
};

export function DeploymentTimeline({ deployments }: { deployments: readonly DeploymentView[] }) {
  const [chosen, choose] = useState<string>();
  const shown = deployments.find(({ id }) => id === chosen) ?? deployments.at(-1);
  return (
    <section class="panel deployment" aria-labelledby="deployment-title">
      <header>
        <h2 id="deployment-title">Deployment</h2>
        {deployments.length > 1 && (
          <select aria-label="Which deployment" value={shown?.id} onChange={(event) => choose(event.currentTarget.value)}>
            {deployments.toReversed().map(({ id, to, startedAt }) => (
              <option key={id} value={id}>{clockTime(startedAt)} · {shortRelease(to)}</option>
            ))}
          </select>
        )}
      </header>
      {shown === undefined ? <p class="quiet">None yet.</p> : <Shown deployment={shown} />}
    </section>
  );
}

function Shown({ deployment }: { deployment: DeploymentView }) {
  const { from, to, version, strategy, batches, state, detail, ms, pauses } = deployment;
  const steps = stepsOf(deployment);
  const pausing = new Set(pausingSteps(deployment));
  const slowest = Math.max(1, ...steps.map((step) => step.ms ?? 0));
  return (
    <>
      <p class="route">
        <span class="mono" title={from}>{from ? shortRelease(from) : 'nothing'}</span>
        <svg class="arrow" viewBox="0 0 16 10" role="img" aria-label="to"><path d="M1 5h13M10 1l4 4-4 4" /></svg>
        {version && <b>{version}</b>}
        <span class="mono" title={to}>{shortRelease(to)}</span>
        <span class="quiet">{strategy}{batches > 0 && `, ${count(batches)} batches`}</span>
        <span class={`state ${state}`}>{STATE[state]}{ms === undefined ? '' : ` in ${duration(ms)}`}</span>
      </p>
      <ol class="steps">
        {steps.map((step, at) => {
          const before = steps[at - 1];
          return (
            <Step
              key={`${step.step}-${at}`} step={step} slowest={slowest} turns={step.reverse && !before?.reverse}
              pause={!pausing.has(step) ? 'no' : before !== undefined && pausing.has(before) ? 'goes on' : 'begins'}
            />
          );
        })}
      </ol>
      {detail && <p class={`why ${state}`}>{detail}</p>}
      {pauses.length > 0 && (
        <table>
          <caption>Write pause</caption>
          <tbody>
            {pauses.map((pause, at) => (
              <tr key={`${pause.instance}-${at}`}><th scope="row">{pause.instance}</th><td>{duration(pause.ms)}</td><td>{count(pause.held)} held</td></tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface StepProps {
  step: StepView;
  slowest: number;
  /** The first step of the way back. */
  turns: boolean;
  pause: 'no' | 'begins' | 'goes on';
}

function Step({ step: { step, state, reverse, ms, detail }, slowest, turns, pause }: StepProps) {
  return (
    <li class={`${state} ${reverse ? 'reverse' : ''} ${pause === 'no' ? '' : 'pausing'}`} title={detail}>
      {turns && <span class="turn">Way back</span>}
      <i aria-hidden="true" />
      <span class="name">{stepName(step)}{pause === 'begins' && <em>writes wait</em>}</span>
      <span class="bar" aria-hidden="true"><span style={{ width: `${Math.sqrt((ms ?? 0) / slowest) * 100}%` }} /></span>
      <span class="ms">{state === 'ahead' ? '' : ms === undefined ? '…' : duration(ms)}</span>
      {detail && state !== 'done' && <span class="detail">{detail}</span>}
    </li>
  );
}
