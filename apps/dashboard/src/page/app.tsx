import { useState } from 'preact/hooks';
import { deploymentsOf } from './model/deployment-view.ts';
import { usePage } from './use-page.ts';
import { useSizes } from './use-sizes.ts';
import { BundleSizes } from './view/bundle-sizes.tsx';
import { DeploymentTimeline } from './view/deployment-timeline.tsx';
import { EventLog } from './view/event-log.tsx';
import { Figures } from './view/figures.tsx';
import { Header } from './view/header.tsx';
import { InstanceCard } from './view/instance-card.tsx';
import { Recoveries } from './view/recoveries.tsx';
import { SnapshotList } from './view/snapshot-list.tsx';
import { ThroughputChart } from './view/throughput-chart.tsx';
import { TokenForm } from './view/token-form.tsx';

const TOKEN = 'beamline-token';

export function App() {
  const [token, setToken] = useState(() => sessionStorage.getItem(TOKEN) ?? undefined);
  const state = usePage(token);
  const deployments = deploymentsOf(state.events);
  const report = state.report;
  const sizes = useSizes(token, report?.release.id);

  if (state.connection === 'locked') {
    return <TokenForm refused={token !== undefined} onToken={(given) => { sessionStorage.setItem(TOKEN, given); setToken(given); }} />;
  }
  return (
    <>
      <Header state={state} deployment={deployments.at(-1)} />
      <main>
        {state.problem && <p class="banner" role="alert">The environment cannot be read: {state.problem}</p>}
        <Figures report={report} />
        <div class="columns">
          <div class="column">
            <ThroughputChart rates={state.rates} instances={report?.instances ?? []} deployments={deployments} />
            <section aria-labelledby="instances-title">
              <h2 id="instances-title">Instances</h2>
              {report?.instances.length === 0 && <p class="panel quiet">Nothing is deployed yet. The first deployment appears here by itself.</p>}
              <div class="cards">
                {report?.instances.map((instance) => (
                  <InstanceCard key={instance.id} instance={instance} rates={state.rates} roles={rolesOf(report.instances)} />
                ))}
              </div>
            </section>
            <EventLog events={state.events} />
          </div>
          <div class="column">
            <DeploymentTimeline deployments={deployments} />
            {sizes && <BundleSizes sizes={sizes} />}
            <Recoveries events={state.events} />
            <SnapshotList snapshots={report?.snapshots ?? []} />
          </div>
        </div>
      </main>
    </>
  );
}

const rolesOf = (instances: readonly { role: string }[]): readonly string[] => [...new Set(instances.map(({ role }) => role))];
