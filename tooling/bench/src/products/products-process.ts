import { sizeOf } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createAdapter, startBackend } from '@fuseinit/node-backends';
import { fashionImages, firstImages } from '@fuseinit/teacher';
import { collectStatistics, createLinalgBackend } from '@fuseinit/tfjs';
import { wideTeacher } from '../fuse/fused-teachers.js';
import { answerOrder } from '../measuring/in-child.js';
import { interleave } from '../measuring/measurements.js';
import { contenders, type ProductsAnswer, type ProductsOrder } from './products-order.js';

answerOrder<ProductsOrder, ProductsAnswer>(async ({ from, to, width, samples, repeats }) => {
  const started = await startBackend('node-gpu');
  const { tf, computesOn } = started;
  const backend = await createAdapter(started);
  const linalg = await createLinearAlgebra();
  const { images, count } = firstImages(fashionImages('calibration'), samples);
  const teacher = wideTeacher(tf, width);
  const adapters = { device: backend, linalg: createLinalgBackend(linalg) };
  let patchSize = 0;
  const turns = await interleave(
    contenders.map((contender) => async () => {
      const start = performance.now();
      const { spans } = await collectStatistics(teacher, {
        tf,
        backend: adapters[contender],
        spans: [{ from, to }],
        calibrationData: { data: images, shape: [count, 28, 28, 1] },
      });
      const seconds = (performance.now() - start) / 1000;
      patchSize = sizeOf(spans[0]!.collected.moments!.inputMean.shape);
      return seconds;
    }),
    { repeats },
  );
  return {
    computesOn,
    linalg: linalg.name,
    patchSize,
    seconds: Object.fromEntries(contenders.map((name, index) => [name, turns[index]!])) as never,
  };
});
