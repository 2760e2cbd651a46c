import type { SnapshotStatus } from '@beamline/stack';
import { bytes, clockTime, count } from '../model/format.ts';

const SHOWN = 8;

export function SnapshotList({ snapshots }: { snapshots: readonly SnapshotStatus[] }) {
  return (
    <section class="panel" aria-labelledby="snapshots-title">
      <header>
        <h2 id="snapshots-title">Snapshots</h2>
        {snapshots.length > SHOWN && <span class="quiet">newest {SHOWN} of {count(snapshots.length)}</span>}
      </header>
      {snapshots.length === 0 ? <p class="quiet">None yet.</p> : (
        <table class="snapshots">
          <thead><tr><th scope="col">Instance</th><th scope="col">Slot</th><th scope="col">Added</th><th scope="col">Reused</th><th scope="col">Root</th><th scope="col">At</th></tr></thead>
          <tbody>
            {snapshots.slice(0, SHOWN).map((snapshot) => (
              <tr key={snapshot.ref}>
                <th scope="row">{snapshot.instance}</th>
                <td>{count(snapshot.slot)}</td>
                <td>{bytes(snapshot.bytesAdded)}</td>
                <td>{count(snapshot.pagesReused)}/{count(snapshot.pages)}</td>
                <td class="mono" title={snapshot.root}>{snapshot.root.slice(0, 6)}</td>
                <td>{snapshot.at === 0 ? '' : clockTime(snapshot.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
