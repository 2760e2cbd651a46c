import type { DeploymentView } from '../model/deployment-view.ts';
import { shortRelease } from '../model/format.ts';
import type { Connection, PageState } from '../model/page-state.ts';
import { healthWord, StatusMark } from './status-mark.tsx';

const CONNECTION: Readonly<Record<Connection, string>> = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting', locked: 'Locked' };

export function Header({ state, deployment }: { state: PageState; deployment: DeploymentView | undefined }) {
  const { report, connection } = state;
  const health = report?.health ?? 'empty';
  const doing = deployment?.state === 'running' ? `Deploying ${deployment.version || shortRelease(deployment.to)}` : undefined;
  return (
    <header class="top">
      <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
        <path d="M2 17h8l3.5-9 5 17 3.5-8H30" />
      </svg>
      <h1>{report?.game ?? 'Beamline'}</h1>
      {report && <span class="pill">{report.environment}</span>}
      {report?.release.id && (
        <span class="release" title={`Release ${report.release.id}`}>
          {report.release.version} <span class="quiet mono">{shortRelease(report.release.id)}</span>
        </span>
      )}
      <span class="spacer" />
      {doing && <span class="pill busy">{doing}</span>}
      {report && <span class="quiet node" title={report.node.build}>{report.node.url}</span>}
      <span class={`connection ${connection}`}><i aria-hidden="true" />{CONNECTION[connection]}</span>
      {report && <span class={`overall ${health}`}><StatusMark health={health} size={20} />{healthWord(health)}</span>}
      <span class="unseen" role="status">
        {report && `${report.game} ${report.environment}: ${healthWord(health)}. ${doing ?? ''}`}
      </span>
    </header>
  );
}
