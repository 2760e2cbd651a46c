import type { RatePoint } from '@beamline/stack';
import { useEffect, useReducer } from 'preact/hooks';
import { follow } from './model/event-source.ts';
import { emptyPage, nextPage, type PageAction, type PageState } from './model/page-state.ts';

/** The page's state, kept current by the server's event stream. */
export function usePage(token: string | undefined): PageState {
  const [state, dispatch] = useReducer<PageState, PageAction>(nextPage, emptyPage);

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    void fetch('api/rates', { headers, signal })
      .then(async (response) => { if (response.ok) dispatch({ on: 'history', rates: await response.json() as RatePoint[] }); })
      .catch(() => undefined); // the stream says what is wrong
    void follow({
      url: 'api/events',
      token,
      signal,
      onConnection: (connection) => dispatch({ on: 'connection', connection }),
      onEvent: ({ event, data }) => {
        if (event === 'timeline') dispatch({ on: 'event', event: JSON.parse(data) });
        if (event === 'status') dispatch({ on: 'status', ...JSON.parse(data) });
        if (event === 'problem') dispatch({ on: 'problem', ...JSON.parse(data) });
      },
    });
    return () => stop.abort();
  }, [token]);

  return state;
}
