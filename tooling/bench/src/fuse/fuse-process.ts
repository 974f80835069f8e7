import { referenceLinearAlgebra } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { fashionMnist, firstImages } from '@fuseinit/node-fuse/fashion-mnist';
import { modelFrom } from '@fuseinit/node-fuse/model-artifacts';
import { startBackend } from '@fuseinit/node-fuse/start-backend';
import { readTeacher } from '@fuseinit/node-fuse/teacher';
import { createLinalgBackend } from '@fuseinit/tfjs';
import { answerOrder } from '../measuring/in-child.js';
import { demoSpans } from './demo-spans.js';
import type { FuseAnswer, FuseOrder } from './fuse-order.js';
import { watchedFuse } from './watched-fuse.js';
import { wideTeacher } from './wide-teacher.js';

answerOrder<FuseOrder, FuseAnswer>(async ({ backend, solver, samples, teacher: width }) => {
  const device = await startBackend(backend);
  const { images, count } = firstImages(fashionMnist('calibration'), samples);
  const teacher =
    width === 'demo' ? await modelFrom(device.tf, await readTeacher()) : wideTeacher(device.tf, width);
  const linalg = solver === 'wasm' ? await createLinearAlgebra() : undefined;
  const linearAlgebra = linalg ?? referenceLinearAlgebra;
  const bytesBefore = process.memoryUsage().rss;
  const { seconds } = await watchedFuse(
    linalg ? { ...device, backend: createLinalgBackend(linalg) } : device,
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
