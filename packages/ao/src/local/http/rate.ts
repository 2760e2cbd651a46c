/** Says how long to wait before the next request would be answered; 0 when it is answered now. */
export type Rate = (nowMs: number) => number;

/** So many requests a second, and no more at once than in one second (a token bucket). 0 lets everything through. */
export function createRate(perSecond: number): Rate {
  if (perSecond <= 0) return () => 0;
  let tokens = perSecond;
  let last: number | undefined;
  return (nowMs) => {
    tokens = Math.min(perSecond, tokens + (Math.max(0, nowMs - (last ?? nowMs)) * perSecond) / 1000);
    last = nowMs;
    if (tokens < 1) return Math.ceil(((1 - tokens) * 1000) / perSecond);
    tokens -= 1;
    return 0;
  };
}
