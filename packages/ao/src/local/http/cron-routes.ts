import { hash } from 'node:crypto';
import { refusal } from '../answer-fault.ts';
import type { Answer } from './answer.ts';
import type { Cron } from './cron.ts';
import type { Segment } from './path.ts';
import { paramOf, type LocalRequest } from './request.ts';

const UNITS: [unit: string, ms: number][] = [['millisecond', 1], ['second', 1_000], ['minute', 60_000], ['hour', 3_600_000], ['day', 86_400_000]];

/**
 * `/~cron@1.0/{once,every,stop,info}`, and `/~cron@1.0/5-minutes="<path>"` for short. Anybody may, nothing is signed:
 * a task that asks for `now` computes what was scheduled; one that asks for `push` without `slot` is refused each time.
 */
export function cronRoute(cron: Cron, segment: Segment | undefined, request: LocalRequest): Answer {
  const param = (name: string): string | undefined => paramOf(request, segment, name);
  switch (segment?.key) {
    case 'once': return start(cron, request, pathOf(param('cron-path')));
    case 'every': {
      const path = pathOf(param('cron-path'));
      const interval = param('interval');
      if (interval === undefined) throw refusal(400, 'ao/bad-task', 'No interval found in message.');
      return start(cron, request, path, intervalMs(interval));
    }
    case 'stop': return stop(cron, param('task'));
    case 'info': return { status: 200, value: { description: 'Cron device for scheduling messages', version: '1.0' } };
    default:
      return short(cron, request);
  }
}

/** Read from the whole address: the path in quotes has slashes of its own. */
function short(cron: Cron, request: LocalRequest): Answer {
  const [, interval, path] = /^\/~cron@1\.0\/(\d+-[a-z]+)="([^"]+)"$/i.exec(decodeURIComponent(request.url.split('?', 1)[0] as string)) ?? [];
  if (interval === undefined) throw refusal(404, 'ao/not-found', 'there is no such key');
  return start(cron, request, pathOf(path), intervalMs(interval));
}

function start(cron: Cron, { url }: LocalRequest, path: string, everyMs?: number): Answer {
  const id = hash('sha256', url, 'base64url');
  cron.start(id, path, everyMs);
  return { status: 200, value: id };
}

function stop(cron: Cron, task: string | undefined): Answer {
  if (task === undefined) throw refusal(400, 'ao/bad-task', 'No task ID found in message.');
  if (!cron.stop(task)) throw refusal(400, 'ao/bad-task', 'Task not found.');
  return { status: 200, value: { body: { message: 'Task stopped successfully', task_id: task } } };
}

function pathOf(path: string | undefined): string {
  if (path !== undefined && path !== '') return path.startsWith('/') ? path : `/${path}`;
  throw refusal(400, 'ao/bad-task', 'No cron path found in message.');
}

/** A node refuses an interval without a dash, and crashes on any other that makes no sense. */
function intervalMs(text: string): number {
  const dash = text.indexOf('-');
  if (dash < 0) throw refusal(400, 'ao/bad-task', 'Error parsing interval');
  const amount = text.slice(0, dash);
  const unit = UNITS.find(([name]) => text.slice(dash + 1).toLowerCase().startsWith(name));
  if (!/^\d{1,9}$/.test(amount) || Number(amount) === 0 || !unit) throw refusal(500, 'ao/bad-task', `${text.slice(0, 80)} is no interval`);
  return Number(amount) * unit[1];
}
