/** As in 32,442. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** As in 4.64 M, or in full where there isn't one. */
export function formatMillions(count: number): string {
  return count < 1e6 ? formatCount(count) : `${(count / 1e6).toFixed(2)} M`;
}

/** As in 12 s, 4 min or 3 h 20 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** As in "1 run" or "3 runs". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
