import type { ReleaseSizes } from '@beamline/stack';
import { bytes, shortRelease } from '../model/format.ts';
import { change, sizeBars, type Stretch } from '../model/size-bars.ts';

const SHOWN = 8;

/** Where the bytes of the bundles that run are, and how that was in the release before. */
export function BundleSizes({ sizes }: { sizes: ReleaseSizes }) {
  const { release, before, roles } = sizes;
  return (
    <section class="panel sizes" aria-labelledby="sizes-title">
      <header>
        <h2 id="sizes-title">Bundle sizes</h2>
        <span class="quiet">{release.version} {shortRelease(release.id)}{before ? `, before: ${before.version} ${shortRelease(before.id)}` : ''}</span>
      </header>
      {sizeBars(roles).map(({ role, now, before: then }) => (
        <details key={role.role} data-role={role.role}>
          <summary>
            <b>{role.role}</b> {bytes(role.bytes)} <span class="quiet">{bytes(role.gzipBytes)} gzipped</span> <Change now={role.bytes} before={role.before?.bytes} />
            <Bar stretches={now} label={`${role.role}: ${bytes(role.bytes)}`} />
            {then.length > 0 && <Bar stretches={then} label={`${role.role} before: ${bytes(role.before?.bytes ?? 0)}`} past />}
          </summary>
          <table>
            <thead><tr><th scope="col">Module</th><th scope="col">Bytes</th><th scope="col">Change</th></tr></thead>
            <tbody>
              {role.modules.slice(0, SHOWN).map((module) => (
                <tr key={module.path}>
                  <th scope="row" class="mono" title={module.path}><i class={`o-${module.origin}`} />{module.path}</th>
                  <td>{bytes(module.bytes)}</td>
                  <td><Change now={module.bytes} before={module.before} /></td>
                </tr>
              ))}
            </tbody>
          </table>
          {role.modules.length > SHOWN && <p class="quiet">and {role.modules.length - SHOWN} smaller ones</p>}
        </details>
      ))}
    </section>
  );
}

function Bar({ stretches, label, past = false }: { stretches: readonly Stretch[]; label: string; past?: boolean }) {
  return (
    <svg class={past ? 'past' : ''} viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label={label}>
      {stretches.map(({ module, x, width }) => (
        <rect key={module.path} class={`o-${module.origin}`} x={x} y={0} width={width} height={10}><title>{module.path}: {bytes(past ? (module.before ?? 0) : module.bytes)}</title></rect>
      ))}
    </svg>
  );
}

function Change({ now, before }: { now: number; before: number | undefined }) {
  const text = change(now, before, bytes);
  return text === '' ? null : <span class={now > (before ?? 0) ? 'grew' : 'shrank'}>{text}</span>;
}
