import type { CostName } from '@fuseinit/planner';
import { count, large, milliseconds } from '../../terminal/figures.js';

/** One cost with what it is, in words. */
export function costText(cost: CostName, value: number): string {
  switch (cost) {
    case 'latency':
      return `a latency of ${milliseconds(value)}`;
    case 'parameters':
      return `${count(value)} parameters`;
    case 'multiplyAdds':
      return `${large(value)} multiply-adds`;
    default:
      return `${count(value)} ${value === 1 ? 'layer' : 'layers'} with weights`;
  }
}
