import type { FuseReport } from '@fuseinit/tfjs';
import * as tf from '@tensorflow/tfjs';
import { createReport } from '../create-report.js';
import type { FusionReport } from '../data/fusion-report.js';
import { parseReport } from '../parse/parse-report.js';
import { renderReport } from '../render-report.js';

/** What a page makes of a report's JSON. */
export function pageOf(json: unknown): string {
  return renderReport(parseReport(json));
}

/** Of a network and itself: nothing is fused in the page, only compared. */
export async function reportOfItself(): Promise<FusionReport> {
  await tf.setBackend('cpu');
  const layers = [tf.layers.dense({ name: 'out', units: 2, inputShape: [3] })];
  const model = tf.sequential({ layers });
  const cost = { depth: 1, parameters: 8, multiplyAdds: 6, bytes: 32 };
  const heldOut = { share: 0.1, samples: 5 };
  const measured = { heldOut, outputRelativeMse: [], outputMeasuredOn: 'heldOut' } as const;
  const fused: FuseReport = {
    spans: [],
    refits: [],
    teacher: cost,
    student: cost,
    ...measured,
    warnings: [],
  };
  return createReport({
    tf,
    teacher: model,
    student: model,
    fused,
    data: { data: new Float32Array(15), shape: [5, 3] },
  });
}
