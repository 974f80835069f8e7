import type { Task } from '../results/result-line.js';
import type { Interval, PairedDifference, Spread } from './statistics.js';

/** Formats a count as in 32,442. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Formats a count as in 4.64 M, or in full below a million. */
export function formatMillions(count: number): string {
  return count < 1e6 ? formatCount(count) : `${(count / 1e6).toFixed(2)} M`;
}

/** Formats a duration as in 12 s, 4 min or 3 h 20 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Formats a count with its noun, as in "1 run" or "3 runs". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Formats accuracy in percent with one decimal, and relative square errors with three digits. */
export function formatScore(task: Task, score: number): string {
  return task === 'classification' ? `${(score * 100).toFixed(1)} %` : digits(score);
}

/** Formats a mean ± its deviation over seeds; a dash if there is none. */
export function formatSpread(task: Task, spread: Spread | undefined): string {
  if (!spread) return '-';
  const { mean, deviation } = spread;
  const score = formatScore(task, mean);
  return deviation === undefined ? score : `${score} ± ${formatSize(task, deviation)}`;
}

/** Formats a difference with its interval, as in `+1.21 (0.80 to 1.62)`; a dash if there is none. */
export function formatDifference(task: Task, difference: PairedDifference | undefined): string {
  if (!difference) return '-';
  const { mean, interval } = difference;
  const text = formatSize(task, mean);
  return `${Number.parseFloat(text) > 0 ? '+' : ''}${text}${formatInterval(interval, (end) => formatSize(task, end))}`;
}

/** Formats an interval as ` (LOW to HIGH)`; empty if there is none. */
export function formatInterval(interval: Interval | undefined, format: (end: number) => string): string {
  return interval ? ` (${format(interval.low)} to ${format(interval.high)})` : '';
}

/**
 * Formats deviations and differences of scores: percentage points with two decimals, or a relative square
 * error with three digits.
 */
export function formatSize(task: Task, difference: number): string {
  const text = task === 'classification' ? (difference * 100).toFixed(2) : digits(difference);
  // A value that rounds to 0 has no sign.
  return Number(text) === 0 ? text.replace(/^-/, '') : text.replace(/^-/, '−');
}

function digits(value: number): string {
  return value !== 0 && Math.abs(value) < 0.0001 ? value.toExponential(1) : value.toPrecision(3);
}
