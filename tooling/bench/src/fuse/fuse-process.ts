import { referenceLinearAlgebra } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { createAdapter, startBackend } from '@fuseinit/node-backends';
import { fashionImages, firstImages, readTeacher } from '@fuseinit/teacher';
import { createLinalgBackend } from '@fuseinit/tfjs';
import { modelFrom } from '@fuseinit/tfjs/internal';
import { answerOrder } from '../measuring/in-child.js';
import type { FuseAnswer, FuseOrder } from './fuse-order.js';
import { demoSpans, wideTeacher } from './fused-teachers.js';
import { watchedFuse } from './watched-fuse.js';

answerOrder<FuseOrder, FuseAnswer>(async ({ backend, solver, samples, teacher: width }) => {
  const device = await startBackend(backend);
  const { images, count } = firstImages(fashionImages('calibration'), samples);
  const teacher =
    width === 'demo' ? await modelFrom(device.tf, await readTeacher()) : wideTeacher(device.tf, width);
  const linalg = solver === 'wasm' ? await createLinearAlgebra() : undefined;
  const linearAlgebra = linalg ?? referenceLinearAlgebra;
  const bytesBefore = process.memoryUsage().rss;
  const { seconds } = await watchedFuse(
    { tf: device.tf, backend: linalg ? createLinalgBackend(linalg) : await createAdapter(device) },
    linearAlgebra,
    teacher,
    { data: images, shape: [count, 28, 28, 1] },
    demoSpans,
  );
  return {
    computesOn: device.computesOn,
    solvesBy: linearAlgebra.name,
    seconds,
    bytesBefore,
    peakBytes: 1024 * process.resourceUsage().maxRSS,
  };
});
