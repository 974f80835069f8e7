import type { FusionReport } from '../data/fusion-report.js';
import { ratio, seconds } from './format.js';
import type { KeyFigure } from './key-figure.js';
import { speedOf } from './speed.js';

export function speedFigure({ given, latency }: FusionReport): KeyFigure {
  const title = 'Speed, warm';
  if (!latency) {
    return {
      title,
      value: '–',
      unit: 'not measured',
      lines: ['No latency came with this report.'],
      isBad: false,
    };
  }
  const { factor, low, high, verdict } = speedOf(latency);
  const { teacher, student, backend, batchSize } = latency;
  const unit = { faster: 'as fast', notFaster: 'NOT faster', unclear: 'as fast, or chance' }[verdict];
  const lines = [
    `${seconds(teacher.warm.median)} → ${seconds(student.warm.median)}, ${backend}, batch of ${batchSize}`,
    `${ratio(low)} to ${ratio(high)}${given ? ', beside the simplified teacher' : ''}`,
    ...(given?.latency ? [`${seconds(given.latency.warm.median)} as given`] : []),
  ];
  return { title, value: ratio(factor), unit, lines, isBad: verdict !== 'faster' };
}
